/*
 * How long a thread was ready to run and did not: what a busy machine takes from the time limits of
 * a client. It does not count what a stopped process loses; that shows by waits that end too late.
 */
#ifndef CLIENTS_NET_LATENESS_H
#define CLIENTS_NET_LATENESS_H

#include <stdint.h>

/* Microseconds since the calling thread began (the second number of /proc/thread-self/schedstat,
 * Documentation/scheduler/sched-stats.rst of Linux); -1 where the system does not say. */
int64_t lateness_us(void);

/* The difference to what lateness_us said before; -1 when either is not known. */
int64_t lateness_since_us(int64_t before_us);

#endif
