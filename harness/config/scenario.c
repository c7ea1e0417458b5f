/* Knows what a scenario is once it is read: how it is shown, whether it waits. */
#include "harness/config/scenario.h"

#include "core/json.h"

#include <stdlib.h>
#include <string.h>

void scenario_clear(struct scenario *scenario)
{
	free(scenario->id);
	free(scenario->family);
	free(scenario->file);
	free(scenario->overrides);
	free(scenario->host);
	free(scenario->title);
	free(scenario->why);
	free(scenario->source);
	for (size_t i = 0; i < scenario->num_tags; i++)
		free(scenario->tags[i]);
	free(scenario->tags);
	expectation_list_clear(&scenario->expect);
	*scenario = (struct scenario){0};
}

void scenario_list_clear(struct scenario_list *list)
{
	if (list == NULL)
		return;
	for (size_t i = 0; i < list->num; i++)
		scenario_clear(&list->items[i]);
	free(list->items);
	free(list->left_out);
	*list = (struct scenario_list){0};
}

size_t scenario_plain_len(const char *id)
{
	return strcspn(id, "@");
}

static bool behaviour_waits(int behaviour)
{
	return behaviour == BEHAVIOUR_SILENT || behaviour == BEHAVIOUR_SLOW ||
	       behaviour == BEHAVIOUR_DRIP;
}

bool scenario_waits(const struct scenario *scenario)
{
	const struct situation *situation = &scenario->situation;
	return (situation->certificate.ocsp_url == POINTER_LAB &&
		behaviour_waits(situation->responder.behaviour)) ||
	       (situation->certificate.crl_url == POINTER_LAB &&
		behaviour_waits(situation->crl.behaviour));
}

json_t *scenario_to_json(const struct scenario *scenario)
{
	json_t *object = json_object();
	json_t *tags = json_array();
	for (size_t i = 0; i < scenario->num_tags; i++)
		json_append(tags, json_string(scenario->tags[i]));
	json_set(object, "title", json_string(scenario->title));
	json_set(object, "why", json_string(scenario->why));
	if (scenario->source != NULL)
		json_set(object, "source", json_string(scenario->source));
	/* A folder's name is foreign bytes; all other texts came through the YAML reader. */
	json_set(object, "family", json_foreign_string(scenario->family));
	json_set(object, "tags", tags);
	json_set(object, "truth", json_string(status_name(scenario->truth)));
	json_set(object, "situation", situation_to_json(&scenario->situation));
	json_set(object, "from", json_foreign_string(scenario->file));
	json_set(object, "overrides",
		 scenario->overrides != NULL ? json_foreign_string(scenario->overrides)
					     : json_null());
	return object;
}
