/*
 * Runs that are kept: a SQLite database that any tool can read (docs/store.md). A run is
 * written while it goes on, so that one that is killed keeps the cells that it had.
 */
#ifndef HARNESS_ARCHIVE_STORE_H
#define HARNESS_ARCHIVE_STORE_H

#include "harness/run/run.h"
#include "harness/run/run_head.h"

struct store;

enum store_mode {
	STORE_READ,  /* has to be there */
	STORE_WRITE, /* made, with its folder, when it is not */
};

/* "$XDG_STATE_HOME/revoscope/runs.db", or below ~/.local/state; new memory. NULL with err when
 * neither is known. */
char *store_default_path(struct error *err);

/*
 * Opens a database and brings its tables up to date. The file may be anything: what is none of
 * ours, damaged, or of a newer version is one line of err, ERROR_UNABLE, or ERROR_USAGE when there
 * is no such file.
 */
struct store *store_open(const char *path, enum store_mode mode, struct error *err);
void store_close(struct store *store); /* NULL is fine */

/* --- a run that is written --- */

struct store_writer;

/*
 * Notes that a run with its rows, classes and cells has begun. Store and run are borrowed and
 * have to outlive the writer. NULL with err.
 */
struct store_writer *store_begin(struct store *store, struct run *run, struct error *err);

/*
 * A cell is done and judged, or is done once more. It is written with others in a short
 * transaction after STORE_BATCH cells or STORE_EVERY_MS. Never waits for another process: what is
 * locked is tried again later. A failure is reported by store_finish.
 */
#define STORE_BATCH    64
#define STORE_EVERY_MS 500
void store_add(struct store_writer *writer, size_t row, size_t class);

/* Writes what is due. Returns in how many ms it wants to be asked again, -1 for never. */
int store_tick(struct store_writer *writer);

/*
 * Writes what is left, what changed since it was written, and how the run ended. Waits some
 * seconds for other processes. Frees the writer in any case.
 */
bool store_finish(struct store_writer *writer, struct error *err);

/* --- runs that are there --- */

enum store_what {
	STORE_CELLS_ONLY = 0, /* no details and observations: for comparing */
	STORE_RECORDS = 1,    /* all that reports want */
};

/*
 * A kept run. word is an id, its beginning, or what is behind its '-'; `latest` is the one that
 * started last, `latest~1` the one before. Owned by the caller; independent of the store. NULL with
 * err, which names near ids when there is none, and all that fit when there are several.
 */
struct run *store_load(struct store *store, const char *word, unsigned what, struct error *err);

/*
 * Gives a run that has examinations what earlier ones of the store saw of the staples at its
 * endpoints from the same place (run_lives), of the latest 100 runs and 8 MB at most.
 */
bool store_read_lives(struct store *store, struct run *run, struct error *err);

/* The whole id that a word stands for, as above. */
bool store_find(struct store *store, char id[static RUN_ID_MAX + 1], const char *word,
		struct error *err);

/* What `list runs` shows. */
struct store_run {
	char id[RUN_ID_MAX + 1];
	char started[32], finished[32]; /* UTC; finished "" when it did not */
	char state[16];                 /* "finished", "interrupted" or "unfinished" */
	bool in_lab;
	char *vantage, *command;
	size_t num_cells, num_done, num_unexpected;
};
struct store_run_list {
	struct store_run *items; /* latest first */
	size_t num;
};
bool store_list(struct store *store, struct store_run_list *out, struct error *err);
void store_run_list_clear(struct store_run_list *list);

/* Removes the runs that began before a second since 1970 and gives their pages back to the
 * file system. */
bool store_prune(struct store *store, int64_t before, size_t *num, struct error *err);

#endif
