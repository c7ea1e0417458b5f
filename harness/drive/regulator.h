/*
 * How much a machine is given to do at once: a limit that follows how long pieces of work take.
 *
 * What takes longer with more at once (a handshake, a fetch that is answered at once) is noted here
 * with its duration. While these durations exceed the target the limit falls in proportion, since
 * with a busy processor a duration is the number of pieces at once times their cost (Little's law);
 * far below the target it grows step by step to its most. A piece of work that timed out although
 * nothing delayed it halves the limit at once.
 *
 * Plain data without a clock: for probes in flight here, and for anything else that has a limit and
 * durations.
 */
#ifndef HARNESS_DRIVE_REGULATOR_H
#define HARNESS_DRIVE_REGULATOR_H

#include <stdint.h>

struct regulator {
	int most, limit;
	int64_t target_us;
	int num_stale; /* pieces begun under an earlier limit, whose durations say nothing of this
			  one */
	int num;       /* noted since, with their sum */
	int64_t sum_us;
};

/* Begins at the most, at least REGULATOR_LEAST. target_us: a mean duration that is fine. */
void regulator_init(struct regulator *regulator, int most, int64_t target_us);

/* Below it a machine does not get faster by doing less at once: one piece waits while another
 * works. */
#define REGULATOR_LEAST 2

/* How many pieces may be under way. */
int regulator_limit(const struct regulator *regulator);

/* A piece of work that took so long. */
void regulator_note(struct regulator *regulator, int64_t took_us);

/* A piece of work that timed out, though nothing but the machine delayed it. */
void regulator_note_timeout(struct regulator *regulator);

#endif
