/* Knows which event of the lab belongs to which cell. */
#include "harness/drive/lab_log.h"

#include "core/clock.h"
#include "harness/run/lab_event.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_MAX    8192
#define EVENT_LIFE_MS 120000 /* longer than any probe's deadline that is likely */

struct event {
	json_t *object;
	bool is_request;
	size_t cell; /* of a connection, as is the next */
	int retries;
	int port; /* of a request, as is the scenario */
	const char *scenario;
	struct deadline life;
};

/* Oldest first. Few at any time: cells collect theirs within moments. */
struct lab_log {
	struct event *events;
	size_t num, size;
	bool news;
};

struct lab_log *lab_log_new(void)
{
	return calloc(1, sizeof(struct lab_log));
}

void lab_log_free(struct lab_log *lab_log)
{
	if (lab_log == NULL)
		return;
	for (size_t i = 0; i < lab_log->num; i++)
		json_decref(lab_log->events[i].object);
	free(lab_log->events);
	free(lab_log);
}

const char *lab_log_label(char out[static 32], size_t cell, int retries)
{
	if (retries > 0)
		snprintf(out, 32, "c%zur%d.", cell + 1, retries);
	else
		snprintf(out, 32, "c%zu.", cell + 1);
	return out;
}

static bool read_label(size_t *cell, int *retries, const char *sni)
{
	char *end;
	*retries = 0;
	if (sni == NULL || sni[0] != 'c' || sni[1] < '0' || sni[1] > '9')
		return false;
	if (strspn(sni + 1, "0123456789") > 15)
		return false;
	unsigned long long number = strtoull(sni + 1, &end, 10);
	if (*end == 'r') {
		unsigned long long tries = strtoull(end + 1, &end, 10);
		*retries = tries < INT_MAX ? (int)tries : INT_MAX;
	}
	if (*end != '.' || number == 0)
		return false;
	*cell = (size_t)number - 1;
	return true;
}

static void forget(struct lab_log *lab_log, size_t num)
{
	for (size_t i = 0; i < num; i++)
		json_decref(lab_log->events[i].object);
	memmove(lab_log->events, lab_log->events + num,
		(lab_log->num - num) * sizeof *lab_log->events);
	lab_log->num -= num;
}

static bool make_room(struct lab_log *lab_log)
{
	size_t old = 0;
	while (old < lab_log->num && deadline_over(lab_log->events[old].life))
		old++;
	if (old == 0 && lab_log->num == EVENTS_MAX)
		old = EVENTS_MAX / 4;
	if (old > 0)
		forget(lab_log, old);
	if (lab_log->num < lab_log->size)
		return true;
	size_t size = lab_log->size == 0 ? 64 : lab_log->size * 2;
	struct event *events = reallocarray(lab_log->events, size, sizeof *events);
	if (events == NULL)
		return false;
	lab_log->events = events;
	lab_log->size = size;
	return true;
}

/* Whether it is of a cell. */
static bool take_connection(struct event *taken)
{
	struct lab_connection connection;
	lab_connection_read(&connection, taken->object);
	return read_label(&taken->cell, &taken->retries, connection.sni);
}

static bool take_request(struct event *taken)
{
	struct lab_request request;
	lab_request_read(&request, taken->object);
	taken->is_request = true;
	taken->port = request.peer_port.value <= UINT16_MAX ? (int)request.peer_port.value : 0;
	taken->scenario = request.scenario;
	return taken->port > 0;
}

void lab_log_take(struct lab_log *lab_log, json_t *event)
{
	struct event taken = {.object = event, .life = deadline_in_ms(EVENT_LIFE_MS)};
	int kind = lab_event_kind(event);
	bool wanted = kind == LAB_EVENT_CONNECTION ? take_connection(&taken)
		      : kind == LAB_EVENT_REQUEST  ? take_request(&taken)
						   : false;
	if (!wanted || !make_room(lab_log)) {
		json_decref(event);
		return;
	}
	json_object_del(event, "event");
	lab_log->events[lab_log->num++] = taken;
	lab_log->news = true;
}

bool lab_log_has_news(struct lab_log *lab_log)
{
	bool news = lab_log->news;
	lab_log->news = false;
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

size_t lab_log_collect_connections(struct lab_log *lab_log, json_t *list, size_t cell,
				   int first_retry)
{
	size_t kept = 0, num = 0;
	for (size_t i = 0; i < lab_log->num; i++) {
		struct event *event = &lab_log->events[i];
		if (event->is_request || event->cell != cell) {
			lab_log->events[kept++] = *event;
		} else if (event->retries < first_retry) {
			json_decref(event->object);
		} else {
			move_to(list, event);
			num++;
		}
	}
	lab_log->num = kept;
	return num;
}

size_t lab_log_collect_requests(struct lab_log *lab_log, json_t *list, const char *scenario,
				int port)
{
	size_t kept = 0;
	for (size_t i = 0; i < lab_log->num; i++) {
		struct event *event = &lab_log->events[i];
		/* The intermediate that scenarios share has requests of none (fixtures/README.md).
		 */
		if (event->is_request && event->port == port &&
		    (event->scenario == NULL || strcmp(event->scenario, scenario) == 0))
			move_to(list, event);
		else
			lab_log->events[kept++] = *event;
	}
	size_t num = lab_log->num - kept;
	lab_log->num = kept;
	return num;
}
