/* Runs that were saved: the store, and result documents. */
#ifndef HARNESS_CLI_SAVED_RUN_H
#define HARNESS_CLI_SAVED_RUN_H

#include "harness/archive/store.h"

/* Opens the store at db, or where saved runs are usually when that is NULL. NULL with err. */
struct store *saved_run_open_store(const char *db, enum store_mode mode, struct error *err);

/* A run by a word of the command line: a result document (a path with a slash, the ending .json, or
 * "-"), or a run of the store (store_load). what: enum store_what. */
struct run *saved_run_load(const char *word, const char *db, unsigned what, struct error *err);

#endif
