/*
 * What client programs say of themselves: `PROGRAM --describe` (clients/README.md), of several
 * side by side and without waiting for any.
 */
#ifndef HARNESS_DRIVE_DESCRIPTION_H
#define HARNESS_DRIVE_DESCRIPTION_H

#include "core/error.h"
#include "harness/drive/program.h"

#include <jansson.h>
#include <poll.h>

#define DESCRIPTION_TIMEOUT_MS 10000

/* Checks what --describe printed. *version and *stack are borrowed from object. */
bool description_check(const json_t *object, const char **stack, const char **version,
		       int *max_concurrency, struct error *err);

struct descriptions;

/*
 * Starts `PROGRAM --describe` of every program that has a path and no fault yet. All are borrowed:
 * the programs get their descriptions, and what is wrong with one goes to its faults[i] (new
 * memory, NULL when all is well). stacks[i] is what program i has to call itself. NULL without
 * memory.
 */
struct descriptions *descriptions_start(struct program *programs, const char *const *stacks,
					char **faults, size_t num);

/* Kills what still runs, which is a fault of that program, and frees. NULL is fine. */
void descriptions_end(struct descriptions *descriptions);

/* Fills fds, PROCESS_NUM_FDS entries for each program and one for the signals, with what is waited
 * for. Returns for how many ms at most. */
int descriptions_poll(const struct descriptions *descriptions, struct pollfd *fds);

/* Reads what came, without waiting: fds as descriptions_poll filled and poll answered them. False
 * when all programs have ended, or their time has. */
bool descriptions_step(struct descriptions *descriptions, const struct pollfd *fds);

/* Starts, and waits until all have ended. False with err: ERROR_INTERRUPTED, or out of memory. */
bool descriptions_read(struct program *programs, const char *const *stacks, char **faults,
		       size_t num, struct error *err);

#endif
