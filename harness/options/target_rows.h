/* The rows of a run that targets become. */
#ifndef HARNESS_OPTIONS_TARGET_ROWS_H
#define HARNESS_OPTIONS_TARGET_ROWS_H

#include "harness/config/target.h"
#include "harness/options/target_options.h"
#include "harness/run/run.h"

/* Whether the proxy resolves the names of targets, and not this machine. */
bool target_is_resolved_by_proxy(const struct target_options *options);

/* The rows in the making, and why those without an address have none. */
struct target_rows {
	struct run *run; /* borrowed */
	char **faults;   /* by row: for struct job_options; owned */
	size_t num;
};

/*
 * Resolves a target within deadline_ms and adds its row, or with `all` one for each address, called
 * id@address. A name that does not resolve is a row with a fault.
 */
bool target_rows_add(struct target_rows *rows, const struct target *target,
		     const struct target_options *options, bool all, int deadline_ms,
		     struct error *err);
/* A row for a target at an address that is known; called id@address when it is one of several. */
bool target_rows_add_address(struct target_rows *rows, const struct target *target,
			     const char *address, bool one_of_several, struct error *err);
/* A row for a target that does not resolve, with the reason. */
bool target_rows_add_fault(struct target_rows *rows, const struct target *target, const char *fault,
			   struct error *err);
void target_rows_clear(struct target_rows *rows);

#endif
