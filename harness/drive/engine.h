/*
 * Does the work of a run: starts lab and client programs, checks these before they
 * are trusted, sends every cell's probes, listens to both sides, judges.
 */
#ifndef HARNESS_DRIVE_ENGINE_H
#define HARNESS_DRIVE_ENGINE_H

#include "harness/config/data_paths.h"
#include "harness/run/run.h"

#define ENGINE_DEADLINE_MS 10000
#define ENGINE_REPEAT_MAX  10000

/* Plain data; strings are borrowed and may be NULL. */
struct engine_options {
	const struct data_paths *paths; /* never NULL */
	const char *const *clients;     /* "STACK=PATH": instead of the one that would be found */
	size_t num_clients;
	int jobs;               /* probes in flight altogether; 0: POOL_SHARE per program */
	int deadline_ms;        /* per probe */
	int repeat;             /* attempts per cell, at least 1 */
	int64_t clock_offset_s; /* by which the clients' clocks are moved; the lab's never */
	const char *evidence;   /* directory */
	const char *fetch;      /* "public", "none" or NULL */
	const char *trust;      /* endpoints: a PEM file */
	const char *starttls;   /* endpoints */
	const char *proxy;      /* endpoints: numeric address of an HTTP proxy before them */
	int proxy_port;
	int connections; /* endpoints: of one attempt, in a row; 0 or 1: one */
	/* Endpoints: why row i cannot be tried (its address is NULL), by row. */
	const char *const *row_faults;
	/*
	 * Called for each cell when its record is stored and it is judged, in any order; once more
	 * when a later answer took its worth away. What other cells at an endpoint say about it
	 * (exposed) is known only at the end. False ends the run as an interruption does.
	 */
	bool (*cell_done)(void *context, size_t row, size_t class);
	/* Called while the cells are run; returns in how many ms it wants to be called again, or
	 * -1. NULL: nobody asks. Both have to be quick: nothing else goes on meanwhile. */
	int (*cell_tick)(void *context);
	void *cell_context;
	/* Called after each cell; num_done of num_cells. */
	void (*progress)(void *context, size_t num_done, size_t num_cells);
	void *progress_context;
};

enum engine_end { ENGINE_DONE, ENGINE_INTERRUPTED, ENGINE_FAILED };

/*
 * Runs every cell of run, which has its stacks, classes, rows and cells. Stacks without a usable
 * program get their fault and their cells an outcome; that is no failure. After an
 * interruption the cells that were done are there and judged. Nothing is left running.
 */
enum engine_end engine_run(struct run *run, const struct engine_options *options,
			   struct error *err);

/* Only finds and describes the programs and checks their compliance in a lab of its own:
 * fills run's stacks. For `list stacks`. */
enum engine_end engine_describe(struct run *run, const struct engine_options *options,
				struct error *err);

#endif
