/*
 * Time: a monotonic clock for deadlines, the wall clock for what is signed, and
 * the durations of scenario files ("-4d", "2500ms").
 */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Microseconds of CLOCK_MONOTONIC; never moved by --at or by an administrator. */
int64_t clock_monotonic_us(void);

/* Seconds since 1970 through time(), the one function that a moved clock moves. */
int64_t clock_wall_s(void);

/* A time by which something must have ended. Plain data. */
struct deadline {
	int64_t at_us; /* CLOCK_MONOTONIC */
};

struct deadline deadline_in_ms(int64_t ms);

/* The earlier of two. */
struct deadline deadline_earlier(struct deadline a, struct deadline b);

/* Milliseconds left, rounded up so that poll() does not spin; 0 when the deadline has passed. */
int deadline_left_ms(struct deadline deadline);

bool deadline_over(struct deadline deadline);

/*
 * Reads "[+|-]DIGITS(ms|s|m|h|d|y)": a day is 86,400 s, a year 365 days. Returns
 * false, and leaves *ms alone, for anything else and for what does not fit.
 */
bool duration_parse(int64_t *ms, const char *text);

/* Writes "2500ms", "10min", "25h", "4d": the largest unit that divides. Returns out. */
const char *duration_print(char out[static 32], int64_t ms);

/* For people: "5 hours", "3 days", the whole units of which there are two at least; without its
 * sign. out is returned. */
const char *duration_about(char out[static 32], int64_t seconds);

/* Writes "2026-11-23T01:02:03Z" (UTC). Returns out. */
const char *clock_print_utc(char out[static 32], int64_t seconds);

/* Reads what clock_print_utc writes, of the years 1000 to 9999, and no other form. */
bool clock_parse_utc(int64_t *seconds, const char *text);

#endif
