/* Knows the course of an examination. */
#include "harness/doctor/examiner.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/text.h"
#include "harness/doctor/examine_parts.h"
#include "harness/doctor/examining.h"
#include "harness/doctor/nameserver.h"
#include "harness/doctor/unexamined.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

char *examining_copy(struct examining *x, const char *text)
{
	char *new = text != NULL ? strdup(text) : NULL;
	examining_need(x, text == NULL || new != NULL);
	return new;
}

void examining_need(struct examining *x, bool has_memory)
{
	if (has_memory)
		return;
	error_set(x->err, ERROR_UNABLE, "out of memory");
	x->failed = true;
}

void examining_step(struct examining *x, enum step_name step, enum step_result result,
		    const char *format, ...)
{
	struct text visible;
	va_list args;
	text_init(&visible, 0);
	va_start(args, format);
	text_append_visible_list(&visible, format, args);
	va_end(args);
	struct examination_step *about = RECORD_ADD(&x->seen, steps);
	examining_need(x, about != NULL);
	if (about != NULL) {
		about->step = word_of(step);
		about->ok = (struct flag){result != STEP_FACT, result == STEP_FINE};
		about->text = examining_copy(x, text_string(&visible));
	}
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

void examining_ask_resolvers(struct examining *x, struct name_server **list, size_t *num,
			     const char *host)
{
	int wait_ms = x->options->deadline_ms < NAMESERVER_WAIT_MS ? x->options->deadline_ms
								   : NAMESERVER_WAIT_MS;
	examining_need(x, nameserver_ask(list, num, host, NULL, wait_ms));
}

void examining_tell_resolvers(struct examining *x, const char *host,
			      const struct name_server *resolvers, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		const struct name_server *one = &resolvers[i];
		examining_step(x, STEP_NAMES, one->addresses.num > 0 ? STEP_FACT : STEP_FAULT,
			       "name server %s for %s: %s, %zu address%s (%lld ms)", one->server,
			       host, one->result, one->addresses.num,
			       one->addresses.num == 1 ? "" : "es", (long long)one->ms);
	}
}

static void describe_target(struct examining *x)
{
	const struct target *target = x->target;
	struct examined_target *about = &x->seen.target;
	char other[320];
	bool elsewhere =
		strcmp(target->reach, target->host) != 0 || target->reach_port != target->port;
	snprintf(other, sizeof other, "%s:%d", target->reach, target->reach_port);
	about->record.is_there = true;
	about->host = examining_copy(x, target->host);
	about->port = target->port;
	about->server_name = examining_copy(x, target->server_name);
	about->starttls = examining_copy(x, x->options->starttls);
	about->connect = examining_copy(x, elsewhere ? other : NULL);
	about->proxy = x->options->proxy != NULL;
}

static void log_names(struct examining *x, const struct error *fault, int64_t ms)
{
	struct text list;
	text_init(&list, 4096);
	for (size_t i = 0; i < x->num_addresses; i++)
		text_append_format(&list, "%s%s", i > 0 ? ", " : "", x->addresses[i]);
	if (fault->kind != ERROR_NONE)
		examining_step(x, STEP_NAMES, STEP_FAULT, "%s", fault->text);
	else if (x->options->proxy_resolves)
		examining_step(x, STEP_NAMES, STEP_FACT, "%s is resolved by the proxy",
			       x->target->reach);
	else if (x->num_addresses == 1 && strcmp(x->addresses[0], x->target->reach) == 0)
		examining_step(x, STEP_NAMES, STEP_FACT, "%s is an address", x->target->reach);
	else
		examining_step(x, STEP_NAMES, STEP_FINE, "%s: %s (%lld ms)", x->target->reach,
			       text_string(&list), (long long)ms);
	text_clear(&list);
}

static bool examine_names(struct examining *x)
{
	struct error fault = ERROR_INIT;
	struct resolution *about = &x->seen.resolution;
	int64_t start_us = clock_monotonic_us();
	x->num_addresses = 0;
	if (x->options->proxy_resolves) {
		x->addresses = calloc(1, sizeof *x->addresses);
		if (x->addresses != NULL && (x->addresses[0] = strdup(x->target->reach)) != NULL)
			x->num_addresses = 1;
	} else {
		endpoint_resolve(&x->addresses, &x->num_addresses, x->target->reach,
				 x->options->family, true, x->options->deadline_ms, &fault);
	}
	about->record.is_there = true;
	about->ms = (clock_monotonic_us() - start_us) / 1000;
	for (size_t i = 0; i < x->num_addresses; i++)
		examining_need(x, texts_add(&about->addresses, x->addresses[i]));
	about->host = examining_copy(x, x->target->reach);
	about->error = examining_copy(x, fault.kind != ERROR_NONE ? fault.text : NULL);
	if (!x->options->proxy_resolves)
		examining_ask_resolvers(x, &about->resolvers, &about->num_resolvers,
					x->target->reach);
	log_names(x, &fault, about->ms);
	examining_tell_resolvers(x, x->target->reach, about->resolvers, about->num_resolvers);
	return false;
}

static struct number now(void)
{
	return (struct number){true, clock_wall_s()};
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
	{examine_repeats, examine_take_sources},
	{examine_checks, NULL},
	{examine_status, NULL},
};
#define NUM_PARTS (sizeof parts / sizeof *parts)

static void begin(struct examining *x)
{
	x->seen.id = examining_copy(x, x->target->id);
	x->seen.started = now();
	describe_target(x);
}

static bool is_stopped(const struct examining *x)
{
	return x->failed || x->interrupted;
}

static void note_unexamined(struct examining *x)
{
	const char *fetch = x->options->fetch;
	examining_need(
		x, unexamined_note(&x->seen,
				   &(struct unexamined_facts){
					   .fetches = fetch == NULL || strcmp(fetch, "none") != 0,
					   .proxy_resolves = x->options->proxy_resolves,
					   .addresses_max = EXAMINER_ADDRESSES_MAX,
					   .has_route = unexamined_has_route,
				   }));
}

/* Frees all but the examination itself. */
static void finish(struct examining *x)
{
	if (!is_stopped(x) && x->part == NUM_PARTS)
		x->seen.finished = now();
	if (x->seen.id != NULL && !x->failed)
		note_unexamined(x);
	if (x->directory != NULL)
		file_remove_tree(x->directory);
	free(x->directory);
	for (size_t i = 0; i < x->num_known; i++) {
		free(x->known[i].bytes);
		free(x->known[i].id);
		free(x->known[i].pem);
	}
	free(x->known);
	for (size_t i = 0; i < x->num_fetched; i++) {
		free(x->fetched[i].bytes);
		free(x->fetched[i].file);
	}
	free(x->fetched);
	for (size_t i = 0; i < x->num_signers; i++)
		free(x->signers[i].subject);
	free(x->signers);
	examine_drop_handshakes(x->handshakes);
	examine_drop_fetchings(x->fetchings);
	endpoint_free_addresses(x->addresses, x->num_addresses);
}

/* Hands an examination over; of a target that was named twice the last one stays. */
static bool hand_over(struct examinations *out, struct examining *x)
{
	struct examination *one = examinations_find(out, x->target->id);
	if (one != NULL)
		examination_clear(one);
	else
		one = RECORD_ADD(out, items);
	if (one == NULL || x->seen.id == NULL) {
		examination_clear(&x->seen);
		return error_set(x->err, ERROR_UNABLE, "out of memory");
	}
	*one = x->seen;
	return true;
}

/* Continues until requests are queued; false when there are none, and the examination has ended. */
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
 * waits for these only, since no other requests are queued then.
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
						      &list[i].seen);
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

enum examiner_end examiner_run(struct examinations *out, const struct target *targets,
			       size_t num_targets, struct examine_client *examine_client,
			       const struct examiner_options *options, struct error *err)
{
	enum examiner_end end = EXAMINER_DONE;
	for (size_t from = 0, num; from < num_targets; from += num) {
		struct examining list[EXAMINER_SIDE_BY_SIDE] = {0};
		struct examining_orders orders = {0};
		num = num_targets - from < EXAMINER_SIDE_BY_SIDE ? num_targets - from
								 : EXAMINER_SIDE_BY_SIDE;
		for (size_t i = 0; i < num; i++) {
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
			if (!hand_over(out, &list[i]))
				end = EXAMINER_FAILED;
		}
		examining_orders_clear(&orders);
	}
	return end;
}
