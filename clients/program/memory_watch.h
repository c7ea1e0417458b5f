/*
 * Whether memory ran out in a thread, for the program itself or for a library, which
 * may report the failure as something else, or not at all. A program that is linked with this has
 * allocation functions of its own that pass every call on to the usual ones and note what fails.
 *
 * Not seen: memory that is asked for in another way (memalign and its kin, mmap), and failures in
 * threads that a library starts.
 */
#ifndef CLIENTS_PROGRAM_MEMORY_WATCH_H
#define CLIENTS_PROGRAM_MEMORY_WATCH_H

#include <stdbool.h>

/* Forgets what failed before in this thread. */
void memory_watch_begin(void);

/* Whether an allocation failed in this thread since. */
bool memory_watch_has_failed(void);

#endif
