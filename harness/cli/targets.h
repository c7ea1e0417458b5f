/*
 * The targets of a command line and of its files, and the rows of a run that are made of them.
 */
#ifndef HARNESS_CLI_TARGETS_H
#define HARNESS_CLI_TARGETS_H

#include "harness/run/run.h"
#include "harness/config/target.h"
#include "harness/cli/target_options.h"

struct target_list {
	struct target *items;
	size_t num;
};

/* All words, then all files of --targets; one that was named before is left out. False with an
 * ERROR_USAGE that shows what is wrong and, for a file, where. */
bool target_list_read(struct target_list *list, const struct word_list *words,
		      const struct target_options *options, struct error *err);
void target_list_clear(struct target_list *list);

/* Whether the proxy resolves the names of targets, not we. */
bool target_is_resolved_by_proxy(const struct target_options *options);

/* The rows in the making, and why those without an address have none. */
struct target_rows {
	struct run *run; /* borrowed */
	char **faults;   /* by row: for struct engine_options; owned */
	size_t num;
};

/*
 * Resolves a target and adds its row, or with `all` one for each address, called id@address. A
 * name that does not resolve is a row with a fault.
 */
bool target_rows_add(struct target_rows *rows, const struct target *target,
		     const struct target_options *options, bool all, struct error *err);
/* A row for a target at an address that is known; called id@address when it is one of several. */
bool target_rows_add_address(struct target_rows *rows, const struct target *target,
			     const char *address, bool one_of_several, struct error *err);
void target_rows_clear(struct target_rows *rows);

#endif
