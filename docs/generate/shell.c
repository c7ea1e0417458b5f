/* Knows the command line as tables of shell scripts. */
#include "docs/generate/page.h"

#include <string.h>

/* A text inside of '...' of any of the three shells; fish and the others differ in a quote. */
static void put_quoted(FILE *out, const char *text, const char *quote)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs(quote, out);
		else
			fputc(*text, out);
	}
}

#define BETWEEN_QUOTES "'\\''"

/* A text in an option's [...] or a word's NAME:TEXT of zsh. */
static void put_zsh(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("[]:\\", *text) != NULL)
			fputc('\\', out);
		if (*text == '\'')
			fputs(BETWEEN_QUOTES, out);
		else
			fputc(*text, out);
	}
}

/* What fits beside an option in a list: the first clause of its text. Borrows into buffer. */
static const char *first_clause(char buffer[static 80], const char *text)
{
	size_t len = strcspn(text, ".:;(");
	while (len < strlen(text) && text[len] == '.' && text[len + 1] != ' ')
		len += 1 + strcspn(text + len + 1, ".:;(");
	if (len > 70)
		for (len = 70; len > 0 && text[len] != ' ';)
			len--;
	while (len > 0 && strchr(" :,", text[len - 1]) != NULL)
		len--;
	snprintf(buffer, 80, "%.*s", (int)len, text);
	return buffer;
}

/* The values of a placeholder; borrowed until the next call with the same text. */
static const char *values_of(struct text *values, const char *arg,
			     const struct surface_option *option)
{
	text_reset(values);
	if (arg != NULL)
		surface_values(values, arg, option);
	return text_string(values);
}

static void write_bash_command(FILE *out, const struct surface_command *command,
			       struct text *values)
{
	fprintf(out, "\t%s)\n\t\t_revoscope_values='%s'\n\t\t_revoscope_options='",
		command->command->name, values_of(values, command->command->argp->args_doc, NULL));
	for (size_t i = 0; i < command->num_options; i++) {
		const struct surface_option *option = &command->options[i];
		if (option->letter != '\0')
			fprintf(out, "-%c ", option->letter);
		fprintf(out, "--%s%s", option->name, i + 1 < command->num_options ? " " : "");
	}
	fputs("'\n\t\tcase $2 in\n", out);
	for (size_t i = 0; i < command->num_options; i++) {
		const struct surface_option *option = &command->options[i];
		if (option->arg == NULL)
			continue;
		fputs("\t\t", out);
		if (option->letter != '\0')
			fprintf(out, "-%c | ", option->letter);
		/* An optional argument follows a = only; $3 says whether there is one. */
		fprintf(out, "--%s) %s_revoscope_of_option=yes _revoscope_values='%s' ;;\n",
			option->name, option->optional ? "[[ -z $3 ]] || " : "",
			values_of(values, option->arg, option));
	}
	fputs("\t\tesac\n\t\t;;\n", out);
}

static void write_bash(FILE *out, const struct surface *surface)
{
	struct text values;
	text_init(&values, 0);
	fputs("_revoscope_commands=(", out);
	for (size_t i = 0; i < surface->num_commands; i++)
		fprintf(out, "%s%s", i > 0 ? " " : "", surface->commands[i].command->name);
	fputs(")\n\n# COMMAND OPTION [=]: what the command's words or the option's value can be.\n"
	      "_revoscope_table()\n{\n\tcase $1 in\n",
	      out);
	for (size_t i = 0; i < surface->num_commands; i++)
		write_bash_command(out, &surface->commands[i], &values);
	fputs("\t*) return 1 ;;\n\tesac\n}\n", out);
	text_clear(&values);
}

static void write_zsh_commands(FILE *out, const struct surface *surface)
{
	for (size_t i = 0; i < surface->num_commands; i++) {
		fprintf(out, "\t\t'%s:", surface->commands[i].command->name);
		put_zsh(out, surface->commands[i].command->text);
		fputs("'\n", out);
	}
}

static void write_zsh_option(FILE *out, const struct surface_option *option, struct text *values)
{
	char clause[80];
	fputs("\t\t\t\t'*'", out);
	if (option->letter != '\0')
		fprintf(out, "{-%c%s,--%s%s}", option->letter, option->arg != NULL ? "+" : "",
			option->name, option->arg != NULL ? "=" : "");
	else
		fprintf(out, "--%s%s", option->name,
			option->optional      ? "=-"
			: option->arg != NULL ? "="
					      : "");
	fputs("'[", out);
	put_zsh(out, first_clause(clause, option->text));
	fputc(']', out);
	if (option->arg != NULL) {
		fputs(option->optional ? "::" : ":", out);
		put_zsh(out, option->arg);
		fprintf(out, ": _revoscope_value %s", values_of(values, option->arg, option));
	}
	fputs("' \\\n", out);
}

static void write_zsh(FILE *out, const struct surface *surface)
{
	struct text values;
	text_init(&values, 0);
	for (size_t i = 0; i < surface->num_commands; i++) {
		const struct surface_command *command = &surface->commands[i];
		fprintf(out, "\t\t%s)\n\t\t\t_arguments -s \\\n", command->command->name);
		for (size_t k = 0; k < command->num_options; k++)
			write_zsh_option(out, &command->options[k], &values);
		fputs("\t\t\t\t'(- *)--help[show help for this command]'", out);
		const char *words = command->command->argp->args_doc;
		if (words != NULL) {
			fputs(" \\\n\t\t\t\t'*:", out);
			put_zsh(out, words);
			fprintf(out, ": _revoscope_value %s'", values_of(&values, words, NULL));
		}
		fputs("\n\t\t\t;;\n", out);
	}
	text_clear(&values);
}

/* Whether files are possible values. */
static const char *fish_files(const char *values)
{
	return strstr(values, "@file") != NULL ? "-F" : "-f";
}

static void write_fish_command(FILE *out, const struct surface_command *command,
			       struct text *values)
{
	char clause[80];
	const char *name = command->command->name;
	fprintf(out, "complete -c revoscope -n __revoscope_is -a %s -d '", name);
	put_quoted(out, command->command->text, "\\'");
	const char *words = values_of(values, command->command->argp->args_doc, NULL);
	fprintf(out,
		"'\ncomplete -c revoscope -n '__revoscope_is %s' %s -a '(__revoscope_value %s)'\n",
		name, fish_files(words), words);
	for (size_t i = 0; i < command->num_options; i++) {
		const struct surface_option *option = &command->options[i];
		fprintf(out, "complete -c revoscope -n '__revoscope_is %s'", name);
		if (option->letter != '\0')
			fprintf(out, " -s %c", option->letter);
		fprintf(out, " -l %s", option->name);
		if (option->arg != NULL && !option->optional) {
			const char *list = values_of(values, option->arg, option);
			fprintf(out, " -r %s -a '(__revoscope_value %s)'", fish_files(list), list);
		}
		fputs(" -d '", out);
		put_quoted(out, first_clause(clause, option->text), "\\'");
		fputs("'\n", out);
	}
}

static void write_fish(FILE *out, const struct surface *surface)
{
	struct text values;
	text_init(&values, 0);
	for (size_t i = 0; i < surface->num_commands; i++)
		write_fish_command(out, &surface->commands[i], &values);
	text_clear(&values);
}

const struct part shell_parts[] = {
	{"BASH_TABLES", write_bash},
	{"ZSH_COMMANDS", write_zsh_commands},
	{"ZSH_TABLES", write_zsh},
	{"FISH_TABLES", write_fish},
	{NULL, NULL},
};
