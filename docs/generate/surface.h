/*
 * The command line as data: which commands, options and words there are, taken from the
 * tables that --help prints, for whatever describes them elsewhere (manual pages, shells).
 */
#ifndef DOCS_GENERATE_SURFACE_H
#define DOCS_GENERATE_SURFACE_H

#include "core/text.h"
#include "harness/cli/commands.h"

struct surface_option {
	const char *name;         /* long, without dashes */
	char letter;              /* short, or 0 */
	const char *arg;          /* "DIR", "auto|always|never"; NULL: it takes none */
	char *text;               /* as --help shows it */
	const char *group;        /* the header above it, with its colon; NULL: none */
	const struct argp *owner; /* whose options it is in: the command's or a child's */
	bool optional;            /* its argument, which then follows a = only */
	bool hidden;              /* --help does not list it: a short form of another */
};

struct surface_command {
	const struct command *command;
	struct surface_option *options; /* in the order of the tables, groups together */
	size_t num_options;
	char *before, *after; /* the command's words around its options */
};

struct surface {
	struct surface_command *commands;
	size_t num_commands;
};

/* Reads every command's tables; ends the program without memory. */
void surface_init(struct surface *surface);
void surface_clear(struct surface *surface);

/*
 * The values of a placeholder, as words with a space between them: a literal
 * means itself, @KIND for what a shell has to look up (@class, @scenario, @family,
 * @policy, @reason, @run, @file, @directory), @NAME=file means that =FILE may follow a literal.
 * `option` is NULL for a command's own words. False when a placeholder is none that is known:
 * surface.c has the table.
 */
bool surface_values(struct text *out, const char *arg, const struct surface_option *option);

/* How many commands have an option in the table `owner`. */
size_t surface_users(const struct surface *surface, const struct argp *owner);

#endif
