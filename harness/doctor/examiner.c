/* Knows the course of an examination. */
#include "harness/doctor/examiner.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "harness/doctor/examining.h"
#include "harness/config/timestamp.h"
#include "harness/doctor/nameserver.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void examining_step(struct examining *x, const char *step, enum step_result result,
		    const char *format, ...)
{
	struct text visible;
	va_list args;
	text_init(&visible, 0);
	va_start(args, format);
	text_append_visible_list(&visible, format, args);
	va_end(args);
	json_t *about = json_object();
	json_set(about, "step", json_string(step));
	json_set(about, "ok",
		 result == STEP_TOLD ? json_null() : json_boolean(result == STEP_FINE));
	json_set(about, "text", json_foreign_string(text_string(&visible)));
	json_array_append_new(examining_member(x->out, "steps", true), about);
	if (x->options->step != NULL)
		x->options->step(x->options->context, step, result, text_string(&visible));
	text_clear(&visible);
}

void examining_ask(struct examining *x, const struct message_examination *question, json_t **answer)
{
	if (!examine_client_ask(x->examine_client, question, answer, x->err))
		x->failed = true;
}

bool examining_wait(struct examining *x)
{
	if (x->failed || x->interrupted)
		return false;
	switch (examine_client_wait(x->examine_client, x->err)) {
	case EXAMINE_CLIENT_DONE: return true;
	case EXAMINE_CLIENT_INTERRUPTED: x->interrupted = true; break;
	case EXAMINE_CLIENT_FAILED: x->failed = true; break;
	}
	return false;
}

json_t *examining_member(json_t *object, const char *key, bool is_array)
{
	json_t *member = json_object_get(object, key);
	if (member == NULL) {
		member = is_array ? json_array() : json_object();
		json_set(object, key, member);
	}
	return member;
}

bool examining_time(int64_t *out, const json_t *text)
{
	struct error ignored = ERROR_INIT;
	return json_is_string(text) && timestamp_parse(out, json_string_value(text), 0, &ignored);
}

void examining_tell_resolvers(struct examining *x, const char *host, const json_t *resolvers)
{
	size_t i;
	json_t *one;
	json_array_foreach((json_t *)resolvers, i, one)
	{
		size_t num = json_array_size(json_object_get(one, "addresses"));
		const char *result = json_string_value(json_object_get(one, "result"));
		examining_step(x, "names", num > 0 ? STEP_TOLD : STEP_FAULT,
			       "name server %s says of %s: %s, %zu address%s (%lld ms)",
			       json_string_value(json_object_get(one, "server")), host, result, num,
			       num == 1 ? "" : "es",
			       (long long)json_integer_value(json_object_get(one, "ms")));
	}
}

static void describe_target(struct examining *x)
{
	const struct target *target = x->target;
	const char *starttls = x->options->starttls;
	char other[320];
	bool elsewhere =
		strcmp(target->reach, target->host) != 0 || target->reach_port != target->port;
	snprintf(other, sizeof other, "%s:%d", target->reach, target->reach_port);
	json_t *about = json_object();
	json_set(about, "host", json_foreign_string(target->host));
	json_set(about, "port", json_integer(target->port));
	json_set(about, "server_name", json_foreign_string(target->server_name));
	json_set(about, "starttls", starttls != NULL ? json_string(starttls) : json_null());
	json_set(about, "connect", elsewhere ? json_foreign_string(other) : json_null());
	json_set(about, "proxy", json_boolean(x->options->proxy != NULL));
	json_set(x->out, "target", about);
}

static void tell_names(struct examining *x, const struct error *fault, int64_t ms)
{
	struct text list;
	text_init(&list, 4096);
	for (size_t i = 0; i < x->num_addresses; i++)
		text_append_format(&list, "%s%s", i > 0 ? ", " : "", x->addresses[i]);
	if (fault->kind != ERROR_NONE)
		examining_step(x, "names", STEP_FAULT, "%s", fault->text);
	else if (x->options->proxy_resolves)
		examining_step(x, "names", STEP_TOLD, "%s is resolved by the proxy",
			       x->target->reach);
	else if (x->num_addresses == 1 && strcmp(x->addresses[0], x->target->reach) == 0)
		examining_step(x, "names", STEP_TOLD, "%s is an address", x->target->reach);
	else
		examining_step(x, "names", STEP_FINE, "%s: %s (%lld ms)", x->target->reach,
			       text_string(&list), (long long)ms);
	text_clear(&list);
}

static bool examine_names(struct examining *x)
{
	struct error fault = ERROR_INIT;
	json_t *about = json_object(), *list = json_array();
	int64_t start_us = clock_monotonic_us();
	x->num_addresses = 0;
	if (x->options->proxy_resolves) {
		x->addresses = calloc(1, sizeof *x->addresses);
		if (x->addresses != NULL && (x->addresses[0] = strdup(x->target->reach)) != NULL)
			x->num_addresses = 1;
	} else {
		endpoint_resolve(&x->addresses, &x->num_addresses, x->target->reach,
				 x->options->family, true, &fault);
	}
	int64_t ms = (clock_monotonic_us() - start_us) / 1000;
	for (size_t i = 0; i < x->num_addresses; i++)
		json_array_append_new(list, json_string(x->addresses[i]));
	json_set(about, "host", json_foreign_string(x->target->reach));
	json_set(about, "addresses", list);
	json_set(about, "error",
		 fault.kind != ERROR_NONE ? json_foreign_string(fault.text) : json_null());
	json_set(about, "ms", json_integer((json_int_t)ms));
	json_set(about, "resolvers",
		 x->options->proxy_resolves ? json_array()
					    : nameserver_ask(x->target->reach, NULL));
	json_set(x->out, "resolution", about);
	tell_names(x, &fault, ms);
	examining_tell_resolvers(x, x->target->reach, json_object_get(about, "resolvers"));
	return false;
}

static json_t *now_text(void)
{
	char text[32];
	return json_string(clock_print_utc(text, clock_wall_s()));
}

/* --- several side by side --- */

static const struct part {
	bool (*ask)(struct examining *x);
	void (*take)(struct examining *x); /* NULL: the answers are in place */
} parts[] = {
	{examine_names, NULL},
	{examine_handshakes, examine_take_handshakes},
	{examine_server, NULL},
	{examine_chains, NULL},
	{examine_sources, examine_take_sources},
	{examine_checks, NULL},
};
#define NUM_PARTS (sizeof parts / sizeof *parts)

static void begin(struct examining *x)
{
	x->out = json_object();
	x->pem = json_object();
	x->ids = json_object();
	x->fetched = json_array();
	json_set(x->out, "started", now_text());
	describe_target(x);
}

static bool is_stopped(const struct examining *x)
{
	return x->failed || x->interrupted;
}

/* Frees all but the examination itself. */
static void finish(struct examining *x)
{
	bool is_whole = !is_stopped(x) && x->part == NUM_PARTS;
	json_set(x->out, "finished", is_whole ? now_text() : json_null());
	if (x->directory != NULL)
		file_remove_tree(x->directory);
	free(x->directory);
	json_decref(x->pem);
	json_decref(x->ids);
	json_decref(x->fetched);
	examine_drop_handshakes(x->handshakes);
	examine_drop_fetchings(x->fetchings);
	endpoint_free_addresses(x->addresses, x->num_addresses);
}

/* Goes on until questions are queued; false when there are none, and all is over. */
static bool go_on(struct examining *x)
{
	while (x->part < NUM_PARTS && !is_stopped(x)) {
		if (parts[x->part].ask(x))
			return true;
		x->part++;
	}
	return false;
}

/* One moment for all servers that want it. */
static void pause_for_some(const struct examining *list, size_t num)
{
	struct timespec pause = {0, FETCH_PAUSE_MS * 1000000L};
	for (size_t i = 0; i < num; i++) {
		if (list[i].part < NUM_PARTS && examine_wants_pause(&list[i])) {
			nanosleep(&pause, NULL);
			return;
		}
	}
}

/* What ended one has ended all. */
static bool find_stopped(enum examiner_end *end, const struct examining *list, size_t num)
{
	for (size_t i = 0; i < num; i++)
		if (is_stopped(&list[i]))
			*end = list[i].failed ? EXAMINER_FAILED : EXAMINER_INTERRUPTED;
	return *end != EXAMINER_DONE;
}

/*
 * All ask, then there is one wait, then all take their answers. Who asks for more while it takes
 * waits for that alone, since nobody else's questions are queued then.
 */
static enum examiner_end run_batch(struct examining *list, size_t num)
{
	enum examiner_end end = EXAMINER_DONE;
	for (;;) {
		struct examining *waiting = NULL;
		for (size_t i = 0; i < num; i++) {
			if (list[i].part == NUM_PARTS)
				continue;
			if (go_on(&list[i]))
				waiting = &list[i];
			else if (!is_stopped(&list[i]) && list[i].options->over != NULL)
				list[i].options->over(list[i].options->context, list[i].number,
						      list[i].out);
		}
		if (find_stopped(&end, list, num) || waiting == NULL)
			return end;
		if (examining_wait(waiting))
			examining_verify(waiting);
		if (find_stopped(&end, list, num))
			return end;
		for (size_t i = 0; i < num; i++)
			if (list[i].part < NUM_PARTS && parts[list[i].part].take != NULL)
				parts[list[i].part].take(&list[i]);
		if (find_stopped(&end, list, num))
			return end;
		pause_for_some(list, num);
	}
}

enum examiner_end examiner_run(json_t **out, const struct target *targets, size_t num_targets,
			       struct examine_client *examine_client,
			       const struct examiner_options *options, struct error *err)
{
	enum examiner_end end = EXAMINER_DONE;
	for (size_t from = 0, num; from < num_targets; from += num) {
		struct examining list[EXAMINER_SIDE_BY_SIDE] = {0};
		struct examining_orders orders = {0};
		num = num_targets - from < EXAMINER_SIDE_BY_SIDE ? num_targets - from
								 : EXAMINER_SIDE_BY_SIDE;
		for (size_t i = 0; i < num; i++) {
			out[from + i] = NULL;
			list[i].target = &targets[from + i];
			list[i].number = from + i;
			list[i].options = options;
			list[i].examine_client = examine_client;
			list[i].orders = &orders;
			list[i].err = err;
			if (end == EXAMINER_DONE)
				begin(&list[i]);
		}
		if (end != EXAMINER_DONE)
			continue;
		end = run_batch(list, num);
		for (size_t i = 0; i < num; i++) {
			finish(&list[i]);
			out[from + i] = list[i].out;
		}
		examining_orders_clear(&orders);
	}
	return end;
}
