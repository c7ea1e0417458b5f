/* Knows how far the wall clock is moved, and answers all who ask for the time. */
#include "clients/program/moved_clock.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* The kernel fills in this very type: else the call below would be another one. */
_Static_assert(sizeof(struct timespec) == 2 * sizeof(long), "time_t is a long");

static _Atomic int64_t process_offset_s;
static _Thread_local int64_t thread_offset_s;
static _Thread_local bool thread_is_moved;

/* The kernel's own answer: the C library's function of that name is hidden by ours. */
static int read_clock(clockid_t clock, struct timespec *out)
{
	return (int)syscall(SYS_clock_gettime, clock, out);
}

static int64_t offset_s(void)
{
	return thread_is_moved ? thread_offset_s : atomic_load(&process_offset_s);
}

static bool is_wall_clock(clockid_t clock)
{
	return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ||
	       clock == CLOCK_REALTIME_ALARM || clock == CLOCK_TAI;
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
	int result = read_clock(clock, out);
	if (result == 0 && is_wall_clock(clock))
		out->tv_sec += offset_s();
	return result;
}

time_t time(time_t *out)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}

/* The time zone is obsolete and is not filled in. */
int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec now = {0};
	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	*out = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
	return 0;
}

bool moved_clock_parse(int64_t *seconds, const char *text)
{
	char *end;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || number > MOVED_CLOCK_MAX_S ||
	    number < -MOVED_CLOCK_MAX_S)
		return false;
	*seconds = number;
	return true;
}

void moved_clock_set(int64_t seconds)
{
	atomic_store(&process_offset_s, seconds);
}

void moved_clock_enter(int64_t at_s)
{
	struct timespec now = {0};
	read_clock(CLOCK_REALTIME, &now);
	thread_offset_s = at_s - now.tv_sec;
	thread_is_moved = true;
}

void moved_clock_leave(void)
{
	thread_is_moved = false;
	thread_offset_s = 0;
}
