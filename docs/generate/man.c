/* Knows how commands and options are shown in revoscope(1). */
#include "docs/generate/mdoc.h"
#include "docs/generate/page.h"
#include "reports/format.h"

#include <string.h>

static void write_commands(FILE *out, const struct surface *surface)
{
	fputs(".Bl -tag -width explain\n", out);
	for (size_t i = 0; i < surface->num_commands; i++) {
		const struct command *command = surface->commands[i].command;
		fprintf(out, ".It Cm %s\n", command->name);
		mdoc_text(out, command->text);
	}
	fputs(".El\n", out);
}

static void write_option(FILE *out, const struct surface_option *option)
{
	fputs(".It", out);
	if (option->letter != '\0') {
		fprintf(out, " Fl %c", option->letter);
		if (option->arg != NULL) {
			fputs(" Ar ", out);
			mdoc_word(out, option->arg);
		}
		fputs(" ,", out);
	}
	fputs(" Fl ", out);
	char dashed[80];
	snprintf(dashed, sizeof dashed, "-%s", option->name);
	mdoc_word(out, dashed);
	if (option->arg != NULL) {
		fputs(" Ns = Ns Ar ", out);
		mdoc_word(out, option->arg);
	}
	fputc('\n', out);
	mdoc_text(out, option->text);
}

/* "Work:" as the words of a sentence, without the colon. */
static void write_group_name(FILE *out, const char *group)
{
	struct text name;
	size_t len = strlen(group);
	text_init(&name, 0);
	text_append_bytes(&name, group, len > 0 && group[len - 1] == ':' ? len - 1 : len);
	mdoc_word(out, text_string(&name));
	text_clear(&name);
}

/* Options of several commands, by name, are described once for all of them. */
static bool is_shared(const struct surface *surface, const struct surface_option *option)
{
	return option->group != NULL && surface_users(surface, option->owner) > 1;
}

static void write_own_options(FILE *out, const struct surface *surface,
			      const struct surface_command *command)
{
	const char *group = NULL;
	bool open = false;
	for (size_t i = 0; i < command->num_options; i++) {
		const struct surface_option *option = &command->options[i];
		if (option->hidden || is_shared(surface, option))
			continue;
		if (!open || option->group != group) {
			if (open)
				fputs(".El\n", out);
			/* A list begins a paragraph by itself. */
			if (option->group != NULL)
				fputs(".Pp\n", out);
			if (option->group != NULL)
				mdoc_text(out, option->group);
			fputs(".Bl -tag -width Ds\n", out);
		}
		group = option->group;
		open = true;
		write_option(out, option);
	}
	if (open)
		fputs(".El\n", out);
}

static void refer_to_shared_options(FILE *out, const struct surface *surface,
				    const struct surface_command *command)
{
	const struct argp *last = NULL;
	for (size_t i = 0; i < command->num_options; i++) {
		const struct surface_option *option = &command->options[i];
		if (!is_shared(surface, option) || option->owner == last)
			continue;
		fputs(last == NULL ? ".Pp\nBesides, the options of\n.Sx " : "and of\n.Sx ", out);
		write_group_name(out, option->group);
		fputc('\n', out);
		last = option->owner;
	}
	if (last != NULL)
		fputs("are understood.\n", out);
}

static void write_details(FILE *out, const struct surface *surface)
{
	for (size_t i = 0; i < surface->num_commands; i++) {
		const struct surface_command *command = &surface->commands[i];
		const char *words = command->command->argp->args_doc;
		fprintf(out, ".Ss revoscope %s\n.Nm\n.Cm %s\n", command->command->name,
			command->command->name);
		if (command->num_options > 0)
			fputs(".Op Ar option ...\n", out);
		if (words != NULL) {
			fputs(".Ar ", out);
			mdoc_word(out, words);
			fputc('\n', out);
		}
		fputs(".Pp\n", out);
		mdoc_text(out, command->before);
		write_own_options(out, surface, command);
		refer_to_shared_options(out, surface, command);
		if (command->after[0] != '\0' && command->after[0] != ' ')
			fputs(".Pp\n", out);
		mdoc_text(out, command->after);
	}
}

/* In the first command that has them; the later ones have the same. */
static bool was_written(const struct surface *surface, size_t command, const struct argp *owner)
{
	for (size_t i = 0; i < command; i++)
		for (size_t k = 0; k < surface->commands[i].num_options; k++)
			if (surface->commands[i].options[k].owner == owner)
				return true;
	return false;
}

static void write_shared(FILE *out, const struct surface *surface)
{
	for (size_t i = 0; i < surface->num_commands; i++) {
		const struct surface_command *command = &surface->commands[i];
		const struct argp *owner = NULL;
		for (size_t k = 0; k < command->num_options; k++) {
			const struct surface_option *option = &command->options[k];
			if (!is_shared(surface, option) || was_written(surface, i, option->owner))
				continue;
			if (option->owner != owner) {
				fputs(owner != NULL ? ".El\n.Ss " : ".Ss ", out);
				write_group_name(out, option->group);
				fputs("\n.Bl -tag -width Ds\n", out);
			}
			owner = option->owner;
			write_option(out, option);
		}
		if (owner != NULL)
			fputs(".El\n", out);
	}
}

static void write_formats(FILE *out, const struct surface *surface)
{
	(void)surface;
	fputs(".Bl -tag -width openmetrics\n", out);
	for (size_t i = 0; i < format_names.num; i++) {
		fprintf(out, ".It Cm %s , Fl \\-%s Ns Op Ns = Ns Ar FILE\n", formats[i].name,
			formats[i].name);
		mdoc_text(out, formats[i].text);
	}
	fputs(".El\n", out);
}

const struct part man_parts[] = {
	{"COMMANDS", write_commands},
	{"DETAILS", write_details},
	{"SHARED_OPTIONS", write_shared},
	{"FORMATS", write_formats},
	{NULL, NULL},
};
