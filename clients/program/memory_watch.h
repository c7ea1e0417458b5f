/*
 * Whether memory ran out in a thread, for the program itself or for a library, which
 * may report the failure as something else, or not at all. A program that is linked with this has
 * allocation functions of its own that pass every call on to the usual ones and note what fails.
 *
 * A failure in a thread that began nothing here (one that a library starts, for example to resolve
 * a name) counts for every thread that has begun; so does a thread that cannot be started for lack
 * of memory or of threads. Not seen: mmap, with which the TLS libraries map nothing on their way
 * through a handshake or a check.
 */
#ifndef CLIENTS_PROGRAM_MEMORY_WATCH_H
#define CLIENTS_PROGRAM_MEMORY_WATCH_H

#include <stdbool.h>

/* Forgets what failed before in this thread. */
void memory_watch_begin(void);

/* Whether an allocation failed since, in this thread or in one that never began. */
bool memory_watch_has_failed(void);

/* The failure was answered: if the program ends now, then for another reason. stderr has a line
 * for it, and one for each failure before (core/memory_notice.h). */
void memory_watch_answered(void);

#endif
