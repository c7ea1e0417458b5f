/* Knows which memory an observation owns, and which of its staples is the leaf's. */
#include "harness/run/observation.h"

#include <stdlib.h>

const struct observed_staple *observation_leaf_staple(const struct observation *observation)
{
	for (size_t i = 0; i < observation->num_staples; i++) {
		const struct observed_staple *staple = &observation->staples[i];
		if (staple->depth.is_known && staple->depth.value == 0)
			return staple;
	}
	return NULL;
}

void observation_clear(struct observation *observation)
{
	free(observation->staples);
	free(observation->fetches);
	free(observation->unusable_urls);
	free(observation->earlier);
	*observation = (struct observation){0};
}
