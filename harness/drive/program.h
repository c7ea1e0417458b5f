/* A client program: where it is, what it says of itself, and its process. */
#ifndef HARNESS_DRIVE_PROGRAM_H
#define HARNESS_DRIVE_PROGRAM_H

#include "harness/config/class.h"
#include "harness/config/data_paths.h"
#include "harness/drive/process.h"

#include <jansson.h>
#include <stdint.h>

#define PROGRAM_STOP_MS 1500 /* for a program to end after its input did */

/* Open plain data. */
struct program {
	char *path;          /* NULL when it was not found */
	char *missing;       /* why there is no path; NULL when there is one */
	bool built;          /* this build of revoscope made a program of that name */
	json_t *description; /* NULL before it was asked for one (harness/drive/description.h) */
	int max_concurrency;
	int64_t clock_offset_s; /* by which program_start moves its clock */
	bool sees_proxies;      /* http_proxy and its like are left in its environment */
	struct process process;
};

/*
 * Finds a program of the project (a client program or the lab) by name; a name with a
 * slash is a path. `path` is NULL when nothing was found, and `missing` says where it was
 * looked for. False only without memory.
 */
bool program_init(struct program *program, const struct data_paths *paths, const char *name,
		  struct error *err);
/*
 * The same for a stack's program, or the one that the user named instead ("STACK=PATH", the
 * last of several). *fault is new memory that says why there is none, or NULL.
 */
bool program_find(struct program *program, char **fault, const struct data_paths *paths,
		  const struct stack *stack, const char *const *clients, size_t num_clients,
		  struct error *err);

void program_clear(struct program *program); /* kills what still runs */

/* Why the program cannot move its clock, into out; NULL when it says that it can
 * (capability at-time of its description). Returns out. */
const char *program_clock_fault(const struct program *program, char *out, size_t size);

/* Starts the program for work, with its clock moved when clock_offset_s is not 0. */
bool program_start(struct program *program, struct error *err);

#endif
