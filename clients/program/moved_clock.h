/*
 * The wall clock of a client program, which can be moved.
 *
 * The time setters of the stacks do not reach everything that a stack judges by time
 * (OpenSSL's and GnuTLS's leave OCSP or our own checks out, mbedTLS has none), so the
 * program defines time(), gettimeofday() and clock_gettime() itself, and its libraries
 * find these before the C library's. Not moved: CLOCK_MONOTONIC, by which deadlines are
 * kept, and what the C library does within itself.
 */
#ifndef CLIENTS_PROGRAM_MOVED_CLOCK_H
#define CLIENTS_PROGRAM_MOVED_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* A thousand years: more than any lifetime of a certificate, and no time_t overflows. */
#define MOVED_CLOCK_MAX_S INT64_C(31536000000)

/* Reads a signed number of seconds of at most MOVED_CLOCK_MAX_S either way. */
bool moved_clock_parse(int64_t *offset_s, const char *text);

/* Moves the clock of the whole process by so many seconds; before its threads start. */
void moved_clock_set(int64_t offset_s);

/*
 * Lets this thread alone take now for at_s (seconds since 1970), until
 * moved_clock_leave; its clock goes on from there. One that is moved thus is not
 * moved by moved_clock_set as well.
 */
void moved_clock_enter(int64_t at_s);
void moved_clock_leave(void);

#endif
