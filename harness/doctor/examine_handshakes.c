/* Knows which handshakes are tried at an endpoint, and in which order. */
#include "core/json.h"
#include "core/name.h"
#include "harness/doctor/examining.h"

#include <stdlib.h>
#include <string.h>

/* One handshake that is tried. */
struct attempt {
	const char *address;
	size_t round;
	const char *offered; /* "any", "1.2" or "1.3" */
	bool asks_staple;
	bool asks_http; /* for the Server header */
	json_t *answer;
};

/* What is in hand: rounds, then what depends on what the client offers. */
struct handshakes {
	struct attempt attempts[EXAMINER_ADDRESSES_MAX];
	size_t num;
	size_t round; /* of the attempts that come next */
	size_t left;  /* attempts of rounds that may be made still */
	bool has_variants;
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
	if (!examine_client_has_answered(attempt->answer))
		json_set(about, "completed", json_false());
	examining_take_chain(x, about, attempt->answer);
	examining_take_staples(x, about, attempt->answer);
	json_array_append_new(examining_member(x->out, "handshakes", true), about);
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

static void queue(struct examining *x, const struct attempt *attempt)
{
	struct handshakes *in_hand = x->handshakes;
	struct attempt *kept = &in_hand->attempts[in_hand->num++];
	*kept = *attempt;
	ask(x, kept);
}

static void ask_round(struct examining *x)
{
	struct handshakes *in_hand = x->handshakes;
	for (size_t i = 0; i < x->num_addresses && i < EXAMINER_ADDRESSES_MAX && in_hand->left > 0;
	     i++) {
		queue(x, &(struct attempt){
				 .address = x->addresses[i],
				 .round = in_hand->round,
				 .offered = "any",
				 .asks_staple = true,
				 .asks_http = in_hand->round == 1 && i == 0 &&
					      x->options->starttls == NULL &&
					      is_host(x->target->server_name),
			 });
		in_hand->left--;
	}
}

/* All at the first address. */
static void ask_variants(struct examining *x)
{
	const char *address = x->addresses[0];
	size_t round = x->handshakes->round;
	x->handshakes->has_variants = true;
	queue(x, &(struct attempt){address, round, "1.2", true, false, NULL});
	queue(x, &(struct attempt){address, round, "1.3", true, false, NULL});
	queue(x, &(struct attempt){address, round, "any", false, false, NULL});
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
	int64_t connect_us; /* of the first */
	const char *fault;  /* what the first that failed says */
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
		if (tally.num++ == 0)
			tally.connect_us = json_integer_value(
				json_object_get(json_object_get(one, "timing_us"), "connect"));
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
			"%s: TCP in %.1f ms; %zu of %zu handshakes completed, %zu of %zu stapled",
			address, (double)tally.connect_us / 1000, tally.num_completed, tally.num,
			tally.num_stapled, tally.num_completed);
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

/* The handshake that asks for nothing has no business with staples: one that comes unasked breaks
 * it. */
static void tell_unasked(struct examining *x)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(x->out, "handshakes"), i, one)
	{
		const char *detail = json_string_value(json_object_get(one, "detail"));
		if (json_is_true(json_object_get(one, "asks_staple")))
			continue;
		if (is_completed(one))
			examining_step(x, "handshake", STEP_TOLD,
				       "without asking for a staple: completed");
		else
			examining_step(x, "handshake", STEP_FAULT,
				       "without asking for a staple: %s",
				       detail != NULL ? detail : "failed");
	}
}

/* --- the part --- */

static void start(struct examining *x)
{
	size_t num_addresses = x->num_addresses < EXAMINER_ADDRESSES_MAX ? x->num_addresses
									 : EXAMINER_ADDRESSES_MAX;
	size_t least = 2 * num_addresses, left = (size_t)x->options->rounds;
	x->handshakes = calloc(1, sizeof *x->handshakes);
	if (x->handshakes == NULL)
		x->failed = true;
	else
		/* Twice everywhere, or a cold server could not be told from a bad one. */
		x->handshakes->left = left < least ? least : left;
}

static void tell(struct examining *x)
{
	for (size_t i = 0; i < x->num_addresses && i < EXAMINER_ADDRESSES_MAX; i++)
		tell_address(x, x->addresses[i]);
}

/* Those of a round are at different addresses, those of the variants ask for different things; each
 * goes side by side. */
bool examine_handshakes(struct examining *x)
{
	if (x->handshakes == NULL && x->num_addresses > 0)
		start(x);
	struct handshakes *in_hand = x->handshakes;
	if (in_hand == NULL)
		return false;
	if (in_hand->has_variants) {
		tell_version(x, "1.2");
		tell_version(x, "1.3");
		tell_unasked(x);
		return false;
	}
	/* When nobody is there six refusals say no more than one. */
	bool is_there = in_hand->round == 0 || is_worth_more(x);
	if (is_there && in_hand->left > 0) {
		ask_round(x);
		return true;
	}
	tell(x);
	if (is_there)
		ask_variants(x);
	return is_there;
}

void examine_take_handshakes(struct examining *x)
{
	struct handshakes *in_hand = x->handshakes;
	for (size_t i = 0; i < in_hand->num; i++) {
		if (in_hand->attempts[i].answer != NULL)
			note(x, &in_hand->attempts[i]);
		json_decref(in_hand->attempts[i].answer);
	}
	in_hand->num = 0;
	in_hand->round++;
}

bool examine_wants_pause(const struct examining *x)
{
	return x->handshakes != NULL && x->handshakes->round == 1 && wants_pause(x, 0);
}

void examine_drop_handshakes(struct handshakes *handshakes)
{
	for (size_t i = 0; handshakes != NULL && i < handshakes->num; i++)
		json_decref(handshakes->attempts[i].answer);
	free(handshakes);
}
