/* Knows how the tables of argp are read, and the values of each placeholder of a command line. */
#include "docs/generate/surface.h"

#include "core/name.h"
#include "harness/advice/refresh_model.h"
#include "harness/model/server_kind.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The more special row first: `option` NULL is any option or word. */
static const struct {
	const char *placeholder;
	const char *option;
	const char *values;
	const struct name_table *names; /* instead of values, where there is a table */
} placeholders[] = {
	{"PATTERN", "class", "@class", NULL},
	{"PATTERN", "exclude", "@class @scenario @family", NULL},
	{"SCENARIO", NULL, "@scenario", NULL},
	{"FAMILY", NULL, "@family", NULL},
	{"CLASS", NULL, "@class", NULL},
	{"POLICY", NULL, "@policy", NULL},
	{"REASON", NULL, "@reason", NULL},
	{"CAUSE", NULL, "@cause", NULL},
	{"RUN", NULL, "@run", NULL},
	{"RUN/ROW/CLASS", NULL, "@run", NULL},
	{"A", NULL, "@run @file", NULL},
	{"B", NULL, "@run @file", NULL},
	{"FILE", NULL, "@file", NULL},
	{"FILE.json", NULL, "@file", NULL},
	{"FILE.tsv", NULL, "@file", NULL},
	{"DIR", NULL, "@directory", NULL},
	{"LEVEL", NULL, "unexpected reject warn unsupported never", NULL},
	{"PROTO", NULL, "", &starttls_names},
	{"KIND", NULL, "", &refresh_names},
	{"SERVER", NULL, "", &server_kind_names},
	/* Free text. */
	{"...", NULL, "", NULL},
	{"GLOB", NULL, "", NULL},
	{"TARGET", NULL, "", NULL},
	{"ADDR[:PORT]", NULL, "", NULL},
	{"NAME", NULL, "", NULL},
	{"STACK=PATH", NULL, "", NULL},
	{"TAG", NULL, "", NULL},
	{"AGE", NULL, "", NULL},
	{"PERCENT", NULL, "", NULL},
	{"LEFT", NULL, "", NULL},
	{"TIME", NULL, "", NULL},
	{"URL", NULL, "", NULL},
	{"WHEN", NULL, "", NULL},
	{"N", NULL, "", NULL},
	{"S", NULL, "", NULL},
};

static void *need(void *memory)
{
	if (memory == NULL)
		abort();
	return memory;
}

/* A text as --help shows it, through the parser's filter. */
static char *filter(const struct argp *argp, int key, const char *text)
{
	char *shown = argp->help_filter != NULL ? argp->help_filter(key, text, NULL) : NULL;
	if (shown == NULL)
		return need(strdup(text));
	return shown == text ? need(strdup(shown)) : shown;
}

static void add_option(struct surface_command *command, const struct argp *argp,
		       const struct argp_option *option, const char *group)
{
	command->options = need(
		reallocarray(command->options, command->num_options + 1, sizeof *command->options));
	command->options[command->num_options++] = (struct surface_option){
		.name = option->name,
		.letter = option->key > 0 && option->key < 0x80 && isprint(option->key)
				  ? (char)option->key
				  : '\0',
		.arg = option->arg,
		.text = filter(argp, option->key, option->doc != NULL ? option->doc : ""),
		.group = group,
		.owner = argp,
		.optional = (option->flags & OPTION_ARG_OPTIONAL) != 0,
		.hidden = (option->flags & OPTION_HIDDEN) != 0,
	};
}

static void add_options(struct surface_command *command, const struct argp *argp)
{
	const char *group = NULL;
	for (const struct argp_option *o = argp->options;
	     o != NULL && (o->name != NULL || o->key != 0 || o->doc != NULL); o++) {
		if (o->name == NULL && o->doc != NULL)
			group = o->doc;
		else if (o->name != NULL)
			add_option(command, argp, o, group);
	}
	for (const struct argp_child *c = argp->children; c != NULL && c->argp != NULL; c++)
		add_options(command, c->argp);
}

void surface_init(struct surface *surface)
{
	surface->num_commands = num_commands;
	surface->commands = need(calloc(num_commands, sizeof *surface->commands));
	for (size_t i = 0; i < num_commands; i++) {
		struct surface_command *command = &surface->commands[i];
		command->command = &command_table[i];
		const struct argp *argp = command->command->argp;
		/* argp shows what is in front of a vertical tab above the options. */
		const char *doc = argp->doc != NULL ? argp->doc : "";
		size_t len = strcspn(doc, "\v");
		command->before = need(strndup(doc, len));
		command->after = need(strdup(doc[len] != '\0' ? doc + len + 1 : ""));
		add_options(command, argp);
	}
}

void surface_clear(struct surface *surface)
{
	for (size_t i = 0; i < surface->num_commands; i++) {
		struct surface_command *command = &surface->commands[i];
		for (size_t k = 0; k < command->num_options; k++)
			free(command->options[k].text);
		free(command->options);
		free(command->before);
		free(command->after);
	}
	free(surface->commands);
	*surface = (struct surface){0};
}

static void append_values(struct text *out, const char *values)
{
	if (values[0] != '\0')
		text_append_format(out, "%s%s", out->len > 0 ? " " : "", values);
}

/* The names behind "One of: " in a text; they end where a name cannot go on. */
static bool append_named(struct text *out, const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	const char *at = text != NULL ? strstr(text, "One of: ") : NULL;
	if (at == NULL)
		return false;
	for (at += strlen("One of: ");; at += 2) {
		size_t len = strspn(at, letters);
		text_append_format(out, "%s%.*s", out->len > 0 ? " " : "", (int)len, at);
		at += len;
		if (strncmp(at, ", ", 2) != 0)
			return true;
	}
}

/* One word of a placeholder such as "SCENARIO|FAMILY". */
static bool append_word(struct text *out, const char *word, const struct surface_option *option)
{
	if (islower((unsigned char)word[0])) {
		append_values(out, word);
		return true;
	}
	for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++) {
		if (strcmp(placeholders[i].placeholder, word) != 0)
			continue;
		if (placeholders[i].option != NULL &&
		    (option == NULL || strcmp(placeholders[i].option, option->name) != 0))
			continue;
		const struct name_table *names = placeholders[i].names;
		append_values(out, placeholders[i].values);
		for (size_t k = 0; names != NULL && k < names->num; k++)
			append_values(out, names->names[k]);
		return true;
	}
	return false;
}

bool surface_values(struct text *out, const char *arg, const struct surface_option *option)
{
	static const char file[] = "[=FILE]";
	bool known = true;
	struct text words;
	text_init(&words, 0);
	const char *tail = strstr(arg, file);
	text_append_bytes(&words, arg, tail != NULL ? (size_t)(tail - arg) : strlen(arg));
	char *copy = need(strdup(text_string(&words)));
	text_clear(&words);
	/* "[SCENARIO|FILE ...]" is what a command's words look like, and "A B". */
	const char *between = option == NULL ? "| []" : "|";
	char *rest = NULL;
	for (char *word = strtok_r(copy, between, &rest); word != NULL;
	     word = strtok_r(NULL, between, &rest)) {
		bool done = strcmp(word, "FMT") == 0 && option != NULL
				    ? append_named(out, option->text)
				    : append_word(out, word, option);
		known = known && done;
	}
	free(copy);
	if (tail != NULL)
		append_values(out, "@NAME=file");
	return known;
}

static bool has_child(const struct argp *argp, const struct argp *wanted)
{
	for (const struct argp_child *c = argp->children; c != NULL && c->argp != NULL; c++)
		if (c->argp == wanted || has_child(c->argp, wanted))
			return true;
	return false;
}

size_t surface_users(const struct surface *surface, const struct argp *owner)
{
	size_t num = 0;
	for (size_t i = 0; i < surface->num_commands; i++)
		num += has_child(surface->commands[i].command->argp, owner);
	return num;
}
