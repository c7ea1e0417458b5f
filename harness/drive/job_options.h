/* How a job does its work, and who hears of it. Plain data. */
#ifndef HARNESS_DRIVE_JOB_OPTIONS_H
#define HARNESS_DRIVE_JOB_OPTIONS_H

#include "harness/config/data_paths.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOB_DEADLINE_MS 10000 /* per probe, when nothing else is said */
#define JOB_REPEAT_MAX  10000

/* Who is informed while cells are run. Functions may be NULL. All have to be quick: nothing else
 * goes on meanwhile. */
struct job_listener {
	void *context;
	/*
	 * For each cell when its record is stored and it is judged, in any order; once more when a
	 * later answer took its worth away. What other cells at an endpoint say about it (exposed)
	 * is known only at the end. False ends the job as an interruption does.
	 */
	bool (*cell)(void *context, size_t row, size_t class);
	/* After every step; returns in how many ms it wants to be called again, or -1. */
	int (*tick)(void *context);
	/* After each cell; num_done of num_cells. */
	void (*progress)(void *context, size_t num_done, size_t num_cells);
};

/* Strings are borrowed and may be NULL. */
struct job_options {
	const struct data_paths *paths; /* never NULL */
	const char *const *clients;     /* "STACK=PATH": instead of the one that would be found */
	size_t num_clients;
	bool only_programs;     /* done when the programs are described and checked */
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
	struct job_listener listener;
};

#endif
