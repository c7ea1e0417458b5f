/* Knows which event of the lab belongs to which cell. */
#include "harness/witness.h"

#include "core/clock.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_MAX    8192
#define EVENT_LIFE_MS 120000 /* longer than any probe's deadline that is likely */

struct event {
	json_t *object;
	bool is_request;
	size_t cell; /* of a connection */
	int port;    /* of a request */
	struct deadline life;
};

/* Oldest first. Few at any time: cells collect theirs within moments. */
struct witness {
	struct event *events;
	size_t num, size;
	bool news;
};

struct witness *witness_new(void)
{
	return calloc(1, sizeof(struct witness));
}

void witness_free(struct witness *witness)
{
	if (witness == NULL)
		return;
	for (size_t i = 0; i < witness->num; i++)
		json_decref(witness->events[i].object);
	free(witness->events);
	free(witness);
}

const char *witness_label(char out[static 32], size_t cell, int retries)
{
	if (retries > 0)
		snprintf(out, 32, "c%zur%d.", cell + 1, retries);
	else
		snprintf(out, 32, "c%zu.", cell + 1);
	return out;
}

static bool read_label(size_t *cell, const char *sni)
{
	char *end;
	if (sni == NULL || sni[0] != 'c' || sni[1] < '0' || sni[1] > '9')
		return false;
	if (strspn(sni + 1, "0123456789") > 15)
		return false;
	unsigned long long number = strtoull(sni + 1, &end, 10);
	if (*end == 'r')
		strtoull(end + 1, &end, 10);
	if (*end != '.' || number == 0)
		return false;
	*cell = (size_t)number - 1;
	return true;
}

static void forget(struct witness *witness, size_t num)
{
	for (size_t i = 0; i < num; i++)
		json_decref(witness->events[i].object);
	memmove(witness->events, witness->events + num,
		(witness->num - num) * sizeof *witness->events);
	witness->num -= num;
}

static bool make_room(struct witness *witness)
{
	size_t old = 0;
	while (old < witness->num && deadline_over(witness->events[old].life))
		old++;
	if (old == 0 && witness->num == EVENTS_MAX)
		old = EVENTS_MAX / 4;
	if (old > 0)
		forget(witness, old);
	if (witness->num < witness->size)
		return true;
	size_t size = witness->size == 0 ? 64 : witness->size * 2;
	struct event *events = reallocarray(witness->events, size, sizeof *events);
	if (events == NULL)
		return false;
	witness->events = events;
	witness->size = size;
	return true;
}

void witness_take(struct witness *witness, json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "event"));
	struct event taken = {.object = event, .life = deadline_in_ms(EVENT_LIFE_MS)};
	bool wanted = false;
	if (kind != NULL && strcmp(kind, "connection") == 0) {
		wanted = read_label(&taken.cell, json_string_value(json_object_get(event, "sni")));
	} else if (kind != NULL && strcmp(kind, "request") == 0) {
		taken.is_request = true;
		taken.port = (int)json_integer_value(json_object_get(event, "peer_port"));
		wanted = taken.port > 0;
	}
	if (!wanted || !make_room(witness)) {
		json_decref(event);
		return;
	}
	json_object_del(event, "event");
	witness->events[witness->num++] = taken;
	witness->news = true;
}

bool witness_has_news(struct witness *witness)
{
	bool news = witness->news;
	witness->news = false;
	return news;
}

/* Moves an event to the list, or drops it when the list is long enough for any reader. */
static void move_to(json_t *list, struct event *event)
{
	const size_t list_max = 50;
	if (json_array_size(list) < list_max)
		json_array_append_new(list, event->object);
	else
		json_decref(event->object);
}

size_t witness_collect_connections(struct witness *witness, json_t *list, size_t cell)
{
	size_t kept = 0;
	for (size_t i = 0; i < witness->num; i++) {
		struct event *event = &witness->events[i];
		if (!event->is_request && event->cell == cell)
			move_to(list, event);
		else
			witness->events[kept++] = *event;
	}
	size_t num = witness->num - kept;
	witness->num = kept;
	return num;
}

size_t witness_collect_requests(struct witness *witness, json_t *list, const char *scenario,
				int port)
{
	size_t kept = 0;
	for (size_t i = 0; i < witness->num; i++) {
		struct event *event = &witness->events[i];
		const char *of = json_string_value(json_object_get(event->object, "scenario"));
		if (event->is_request && event->port == port && of != NULL &&
		    strcmp(of, scenario) == 0)
			move_to(list, event);
		else
			witness->events[kept++] = *event;
	}
	size_t num = witness->num - kept;
	witness->num = kept;
	return num;
}
