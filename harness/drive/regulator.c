/* Knows how a limit follows durations: down in proportion, up in steps. */
#include "harness/drive/regulator.h"

#define FALL_MOST                                                                                  \
	4             /* the limit falls to a quarter at once at most: one mean may be an accident \
		       */
#define GROWS_BY    4 /* by a quarter of itself */
#define ROUND_LEAST 4 /* durations, before their mean counts */

void regulator_init(struct regulator *regulator, int most, int64_t target_us)
{
	int limit = most > REGULATOR_LEAST ? most : REGULATOR_LEAST;
	*regulator = (struct regulator){.most = limit, .limit = limit, .target_us = target_us};
}

int regulator_limit(const struct regulator *regulator)
{
	return regulator->limit;
}

/* What was begun under the old limit ends under the new one. */
static void set_limit(struct regulator *regulator, int limit)
{
	int old = regulator->limit;
	if (limit > regulator->most)
		limit = regulator->most;
	regulator->limit = limit > REGULATOR_LEAST ? limit : REGULATOR_LEAST;
	regulator->num_stale = regulator->limit != old ? old : 0;
	regulator->num = 0;
	regulator->sum_us = 0;
}

static int fallen(const struct regulator *regulator, int64_t mean_us)
{
	int64_t limit = regulator->limit * regulator->target_us / mean_us;
	int64_t least = regulator->limit / FALL_MOST;
	return (int)(limit > least ? limit : least);
}

void regulator_note(struct regulator *regulator, int64_t took_us)
{
	if (regulator->num_stale > 0) {
		regulator->num_stale--;
		return;
	}
	regulator->sum_us += took_us;
	regulator->num++;
	if (regulator->num < ROUND_LEAST || regulator->num < regulator->limit / 2)
		return;
	int64_t mean_us = regulator->sum_us / regulator->num;
	if (mean_us > regulator->target_us)
		set_limit(regulator, fallen(regulator, mean_us));
	else if (mean_us < regulator->target_us / 2)
		set_limit(regulator,
			  regulator->limit + (regulator->limit + GROWS_BY - 1) / GROWS_BY);
	else
		set_limit(regulator, regulator->limit);
}

void regulator_note_timeout(struct regulator *regulator)
{
	/* Those that come together have one cause. */
	if (regulator->num_stale == 0)
		set_limit(regulator, regulator->limit / 2);
}
