/*
 * The staples of an endpoint as one examination after another saw them: plain data for a picture
 * over time. Only staples of the leaf; one that no stack found good is there too.
 */
#ifndef HARNESS_MODEL_STAPLE_LIFE_H
#define HARNESS_MODEL_STAPLE_LIFE_H

#include "harness/model/examination.h"

#define STAPLE_LIFE_MAX 500 /* sightings; no more are kept */

/* What one examination saw: a staple, or none in any of its handshakes. Times are UTC. */
struct staple_sighting {
	int64_t at;
	bool has_staple;
	struct number this_update, next_update;
	bool is_good; /* by the first stack that looked */
};

struct staple_life {
	char *target; /* owned */
	struct staple_sighting *sightings;
	size_t num_sightings;
};

/* Zero bytes are none. */
struct staple_lives {
	struct staple_life *items; /* owned */
	size_t num_items;
};

/* Adds what an examination saw to the life of its target, which begins with it if there is none.
 * One that got no certificate, or has no time, saw nothing. False without memory. */
bool staple_lives_add(struct staple_lives *lives, const struct examination *seen);

/* Puts the sightings of every life in the order of time. */
void staple_lives_sort(struct staple_lives *lives);

/* NULL when there is none of this target, or no lives (NULL). */
const struct staple_life *staple_lives_find(const struct staple_lives *lives, const char *target);

/* Whether two sightings are of the same staple, by its times. */
bool staple_sighting_is_same(const struct staple_sighting *one,
			     const struct staple_sighting *other);

void staple_lives_clear(struct staple_lives *lives);
void staple_lives_free(struct staple_lives *lives); /* which is on the heap; NULL is fine */

#endif
