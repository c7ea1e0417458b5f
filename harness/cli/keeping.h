/*
 * A run that is kept while it goes on: the store behind the engine's listeners. No trouble of
 * the store stops a run; it is told once.
 */
#ifndef HARNESS_CLI_KEEPING_H
#define HARNESS_CLI_KEEPING_H

#include "harness/drive/engine.h"
#include "harness/cli/options.h"
#include "harness/archive/store.h"

/* All zero bytes at first, and when nothing is kept. */
struct keeping {
	struct store *store;
	struct store_writer *writer;
};

/* Opens the store of --db, or the usual one; not with --no-store. False with err when the run
 * cannot be kept; keeping is usable all the same, and keeps nothing. */
bool keeping_start(struct keeping *keeping, struct run *run, const struct options *options,
		   struct error *err);

/* For the engine's listeners. */
void keeping_take(struct keeping *keeping, size_t row, size_t class);
int keeping_tick(struct keeping *keeping);

/* Ends it; false with err when not all could be kept. */
bool keeping_finish(struct keeping *keeping, struct error *err);

/* Where kept runs are by the options: opens it. NULL with err. */
struct store *keeping_open(const char *db, enum store_mode mode, struct error *err);

/* A run by a word of the command line: a result document (a path with a slash, the ending .json, or
 * "-"), or a run of the store (store_load). what: enum store_what. */
struct run *keeping_load(const char *word, const char *db, unsigned what, struct error *err);

#endif
