/* Knows which handshakes are tried at an endpoint, and in which order. */
#include "core/json.h"
#include "core/name.h"
#include "harness/examining.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* For a server that fetches its staple when somebody asks for one: long enough for a responder
 * that is well, short enough not to bore. */
#define FETCH_PAUSE_MS 400

/* One handshake that is tried. */
struct attempt {
	const char *address;
	size_t round;
	const char *offered; /* "any", "1.2" or "1.3" */
	bool asks_staple;
	bool asks_http; /* for the Server header */
	json_t *answer;
};

static void ask(struct examining *x, struct attempt *attempt)
{
	const struct examiner_options *options = x->options;
	const char *only = strcmp(attempt->offered, "any") != 0 ? attempt->offered : NULL;
	examining_ask(x,
		      &(struct message_examination){
			      .kind = EXAMINATION_HANDSHAKE,
			      .address = attempt->address,
			      .port = x->target->reach_port,
			      .proxy = options->proxy,
			      .proxy_port = options->proxy_port,
			      .server_name = x->target->server_name,
			      .starttls = options->starttls,
			      .tls_min = only,
			      .tls_max = only,
			      .trust = options->trust,
			      .deadline_ms = options->deadline_ms,
			      .asks_staple = attempt->asks_staple,
			      .asks_http = attempt->asks_http,
		      },
		      &attempt->answer);
}

static void copy_member(json_t *to, const json_t *from, const char *key)
{
	json_t *value = json_object_get(from, key);
	json_set(to, key, value != NULL ? json_incref(value) : json_null());
}

static void note(struct examining *x, const struct attempt *attempt)
{
	static const char *const copied[] = {"completed", "reason",     "stage",
					     "detail",    "alert",      "tls",
					     "native",    "timing_us",  "client_certificate",
					     "greeting",  "http_server"};
	json_t *about = json_object();
	json_set(about, "address", json_foreign_string(attempt->address));
	json_set(about, "port", json_integer(x->target->reach_port));
	json_set(about, "round", json_integer((json_int_t)attempt->round));
	json_set(about, "offered", json_string(attempt->offered));
	json_set(about, "asks_staple", json_boolean(attempt->asks_staple));
	for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
		copy_member(about, attempt->answer, copied[i]);
	if (!asker_has_answered(attempt->answer))
		json_set(about, "completed", json_false());
	examining_take_chain(x, about, attempt->answer);
	examining_take_staples(x, about, attempt->answer);
	json_array_append_new(examining_member(x->out, "handshakes", true), about);
}

/* Side by side, since they are at different addresses or ask for different things. */
static bool try(struct examining *x, struct attempt *attempts, size_t num)
{
	for (size_t i = 0; i < num; i++)
		ask(x, &attempts[i]);
	bool done = examining_wait(x);
	for (size_t i = 0; i < num; i++) {
		if (attempts[i].answer != NULL)
			note(x, &attempts[i]);
		json_decref(attempts[i].answer);
	}
	return done;
}

static bool is_stapled(const json_t *handshake)
{
	return json_array_size(json_object_get(handshake, "staples")) > 0;
}

static bool is_completed(const json_t *handshake)
{
	return json_is_true(json_object_get(handshake, "completed"));
}

/* After a round without staples: what the server fetches now comes with the next one. */
static bool wants_pause(const struct examining *x, size_t round)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(x->out, "handshakes"), i, one)
	{
		if ((size_t)json_integer_value(json_object_get(one, "round")) == round &&
		    is_completed(one) && !is_stapled(one))
			return true;
	}

	return false;
}

/* What can stand in a Host field (RFC 9110 section 7.2); a client program refuses all others. */
static bool is_host(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.:";
	return name[strspn(name, letters)] == '\0';
}

static bool try_round(struct examining *x, size_t round, size_t *left)
{
	struct attempt attempts[EXAMINER_ADDRESSES_MAX] = {0};
	size_t num = 0;
	size_t most = *left < EXAMINER_ADDRESSES_MAX ? *left : EXAMINER_ADDRESSES_MAX;
	for (size_t i = 0; i < x->num_addresses && i < most; i++) {
		attempts[num++] = (struct attempt){
			.address = x->addresses[i],
			.round = round,
			.offered = "any",
			.asks_staple = true,
			.asks_http = round == 1 && i == 0 && x->options->starttls == NULL &&
				     is_host(x->target->server_name),
		};
	}
	*left -= num;
	return try(x, attempts, num);
}

/* All at the first address: what depends on what the client offers. */
static bool try_variants(struct examining *x, size_t round)
{
	struct attempt attempts[] = {
		{x->addresses[0], round, "1.2", true, false, NULL},
		{x->addresses[0], round, "1.3", true, false, NULL},
		{x->addresses[0], round, "any", false, false, NULL},
	};
	return try(x, attempts, sizeof attempts / sizeof *attempts);
}

static bool is_reason(const json_t *handshake, enum reason reason)
{
	const char *text = json_string_value(json_object_get(handshake, "reason"));
	return text != NULL && strcmp(text, reason_name(reason)) == 0;
}

/* Whether there is more to see: a handshake came to its end, or as far as a certificate, or
 * failed over what a client that does not ask for a staple is not sent. */
static bool is_worth_more(const struct examining *x)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(x->out, "handshakes"), i, one)
	{
		if (is_completed(one) || json_object_get(one, "chain") != NULL ||
		    is_reason(one, REASON_STAPLE_MALFORMED))
			return true;
	}
	return false;
}

struct tally {
	size_t num, num_completed, num_stapled;
	const char *fault; /* what the first that failed says */
};

/* Of the handshakes that asked for a staple at an address (NULL: all), by any version. */
static struct tally count(const struct examining *x, const char *address, const char *offered)
{
	struct tally tally = {0};
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(x->out, "handshakes"), i, one)
	{
		const char *at = json_string_value(json_object_get(one, "address"));
		if ((address != NULL && strcmp(at, address) != 0) ||
		    strcmp(json_string_value(json_object_get(one, "offered")), offered) != 0 ||
		    !json_is_true(json_object_get(one, "asks_staple")))
			continue;
		tally.num++;
		tally.num_completed += is_completed(one);
		tally.num_stapled += is_stapled(one);
		if (!is_completed(one) && tally.fault == NULL)
			tally.fault = json_string_value(json_object_get(one, "detail"));
	}
	return tally;
}

static void tell_address(struct examining *x, const char *address)
{
	struct tally tally = count(x, address, "any");
	if (tally.num_completed == 0)
		examining_step(x, "handshake", STEP_FAULT, "%s: %s", address,
			       tally.fault != NULL ? tally.fault : "no handshake was completed");
	else
		examining_step(
			x, "handshake", tally.num_completed == tally.num ? STEP_FINE : STEP_FAULT,
			"%s: %zu of %zu handshakes completed, %zu of %zu stapled", address,
			tally.num_completed, tally.num, tally.num_stapled, tally.num_completed);
}

static void tell_version(struct examining *x, const char *version)
{
	struct tally tally = count(x, NULL, version);
	if (tally.num == 0)
		return;
	if (tally.num_completed > 0)
		examining_step(x, "handshake", STEP_TOLD, "TLS %s: %s", version,
			       tally.num_stapled > 0 ? "with a staple" : "without a staple");
	else
		examining_step(x, "handshake", STEP_TOLD, "TLS %s: %s", version,
			       tally.fault != NULL ? tally.fault : "no handshake");
}

static void pause_for_fetch(void)
{
	struct timespec pause = {0, FETCH_PAUSE_MS * 1000000L};
	nanosleep(&pause, NULL);
}

void examine_handshakes(struct examining *x)
{
	size_t num_addresses = x->num_addresses < EXAMINER_ADDRESSES_MAX ? x->num_addresses
									 : EXAMINER_ADDRESSES_MAX;
	size_t least = 2 * num_addresses, left = (size_t)x->options->rounds, round = 0;
	if (num_addresses == 0)
		return;
	/* Twice everywhere, or a cold server could not be told from a bad one. */
	if (left < least)
		left = least;
	bool goes_on = true;
	while (goes_on && left > 0) {
		goes_on = try_round(x, round, &left);
		if (goes_on && round == 0 && !is_worth_more(x))
			break; /* nobody is there: six refusals say no more than one */
		if (goes_on && round == 0 && wants_pause(x, round))
			pause_for_fetch();
		round++;
	}
	for (size_t i = 0; i < num_addresses; i++)
		tell_address(x, x->addresses[i]);
	if (!goes_on || !is_worth_more(x))
		return;
	try_variants(x, round);
	tell_version(x, "1.2");
	tell_version(x, "1.3");
}
