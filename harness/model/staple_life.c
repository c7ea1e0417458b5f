/* Knows which staples of an endpoint were seen when. */
#include "harness/model/staple_life.h"

#include <stdlib.h>
#include <string.h>

static bool is_equal(struct number one, struct number other)
{
	return one.is_known == other.is_known && (!one.is_known || one.value == other.value);
}

bool staple_sighting_is_same(const struct staple_sighting *one, const struct staple_sighting *other)
{
	return one->has_staple == other->has_staple &&
	       is_equal(one->this_update, other->this_update) &&
	       is_equal(one->next_update, other->next_update);
}

static struct staple_life *take_life(struct staple_lives *lives, const char *target)
{
	struct staple_life *life = (struct staple_life *)staple_lives_find(lives, target);
	if (life != NULL)
		return life;
	char *copy = strdup(target);
	life = copy != NULL ? RECORD_ADD(lives, items) : NULL;
	if (life == NULL) {
		free(copy);
		return NULL;
	}
	life->target = copy;
	return life;
}

static bool add(struct staple_life *life, const struct staple_sighting *sighting)
{
	if (life->num_sightings >= STAPLE_LIFE_MAX)
		return true;
	struct staple_sighting *new = RECORD_ADD(life, sightings);
	if (new != NULL)
		*new = *sighting;
	return new != NULL;
}

/* A staple that was seen in several handshakes, or with other bytes and the same times, once. */
static bool add_staples(struct staple_life *life, const struct examination *seen)
{
	size_t first = life->num_sightings;
	for (size_t i = 0; i < seen->num_staples; i++) {
		const struct status_answer *answer = &seen->staples[i].answer;
		struct staple_sighting sighting = {
			.at = seen->started.value,
			.has_staple = true,
			.this_update = answer->this_update,
			.next_update = answer->next_update,
			.is_good = word_is(answer->check, CHECK_GOOD),
		};
		bool is_known = seen->staples[i].depth != 0 || !answer->this_update.is_known;
		for (size_t k = first; !is_known && k < life->num_sightings; k++)
			is_known = staple_sighting_is_same(&life->sightings[k], &sighting);
		if (!is_known && !add(life, &sighting))
			return false;
	}
	return true;
}

static bool has_any_staple(const struct examination *seen)
{
	for (size_t i = 0; i < seen->num_staples; i++)
		if (seen->staples[i].depth == 0)
			return true;
	return false;
}

bool staple_lives_add(struct staple_lives *lives, const struct examination *seen)
{
	if (seen->id == NULL || seen->leaf == NULL || !seen->started.is_known)
		return true;
	struct staple_life *life = take_life(lives, seen->id);
	if (life == NULL)
		return false;
	if (has_any_staple(seen))
		return add_staples(life, seen);
	return add(life, &(struct staple_sighting){.at = seen->started.value});
}

/* Of one time, the older staple first. */
static int compare(const void *left, const void *right)
{
	const struct staple_sighting *one = left, *other = right;
	int by_time = (one->at > other->at) - (one->at < other->at);
	return by_time != 0 ? by_time
			    : (one->this_update.value > other->this_update.value) -
				      (one->this_update.value < other->this_update.value);
}

void staple_lives_sort(struct staple_lives *lives)
{
	for (size_t i = 0; i < lives->num_items; i++)
		if (lives->items[i].num_sightings > 1)
			qsort(lives->items[i].sightings, lives->items[i].num_sightings,
			      sizeof *lives->items[i].sightings, compare);
}

const struct staple_life *staple_lives_find(const struct staple_lives *lives, const char *target)
{
	for (size_t i = 0; lives != NULL && i < lives->num_items; i++)
		if (strcmp(lives->items[i].target, target) == 0)
			return &lives->items[i];
	return NULL;
}

void staple_lives_clear(struct staple_lives *lives)
{
	for (size_t i = 0; i < lives->num_items; i++) {
		free(lives->items[i].target);
		free(lives->items[i].sightings);
	}
	free(lives->items);
	*lives = (struct staple_lives){0};
}

void staple_lives_free(struct staple_lives *lives)
{
	if (lives != NULL)
		staple_lives_clear(lives);
	free(lives);
}
