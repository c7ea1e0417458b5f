/* `list runs`: which runs are kept, and the end of old ones. */
#ifndef HARNESS_CLI_LIST_RUNS_H
#define HARNESS_CLI_LIST_RUNS_H

#include "core/error.h"

/* Prints the kept runs, latest first; a database that is not there has none. */
bool list_runs(const char *db, bool as_json, struct error *err);

/* Deletes the runs that began longer ago than an age ("90d") and says how many. */
bool list_runs_prune(const char *db, const char *age, bool as_json, struct error *err);

#endif
