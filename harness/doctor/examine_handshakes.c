/* Knows which handshakes are tried at an endpoint, and in which order. */
#include "core/name.h"
#include "harness/doctor/examine_parts.h"
#include "harness/doctor/collected.h"

#include <stdlib.h>
#include <string.h>

#define OTHER_LEAF_REPEATS 2

/* One handshake that is tried. */
struct attempt {
	const char *address;
	size_t round;
	enum offered offered;
	enum offered_key key;
	bool asks_staple;
	bool asks_http; /* for the Server header */
	json_t *answer;
};

/* Those of a round, or the variants at one address. */
#define ATTEMPTS_MAX EXAMINER_ADDRESSES_MAX

/* What is in hand: rounds, then what depends on what the client offers. */
struct handshakes {
	struct attempt attempts[ATTEMPTS_MAX];
	size_t num;
	size_t round; /* of the attempts that come next */
	size_t left;  /* attempts of rounds that may be made still */
	bool has_variants, has_repeats, is_logged;
};

static void ask(struct examining *x, struct attempt *attempt)
{
	const struct examiner_options *options = x->options;
	const char *only =
		attempt->offered != OFFERED_ANY ? offered_names.names[attempt->offered] : NULL;
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
			      .key = attempt->key != OFFERED_KEY_ANY
					     ? offered_key_names.names[attempt->key]
					     : NULL,
			      .asks_staple = attempt->asks_staple,
			      .asks_http = attempt->asks_http,
		      },
		      &attempt->answer);
}

static void note(struct examining *x, const struct attempt *attempt)
{
	struct handshake_answer answer = {0};
	struct handshake *about = RECORD_ADD(&x->seen, handshakes);
	examining_need(x, about != NULL);
	if (about == NULL)
		return;
	if (!handshake_answer_read(&answer, about, attempt->answer, x->err))
		x->failed = true;
	about->address = examining_copy(x, attempt->address);
	about->port = x->target->reach_port;
	about->round = (int64_t)attempt->round;
	about->offered = word_of(attempt->offered);
	if (attempt->key != OFFERED_KEY_ANY)
		about->key = word_of(attempt->key);
	about->asks_staple = attempt->asks_staple;
	if (!x->failed) {
		examining_take_chain(x, about, &answer);
		examining_take_staples(x, about, &answer);
	}
	handshake_answer_clear(&answer);
}

static bool is_stapled(const struct handshake *handshake)
{
	return handshake->staples.num > 0;
}

/* After a round without staples: what the server fetches now comes with the next one. */
static bool wants_pause(const struct examining *x, size_t round)
{
	for (size_t i = 0; i < x->seen.num_handshakes; i++) {
		const struct handshake *one = &x->seen.handshakes[i];
		if (one->round == (int64_t)round && one->completed && !is_stapled(one))
			return true;
	}
	return false;
}

/* What can be in a Host field (RFC 9110 section 7.2); a client program refuses all others. */
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
				 .offered = OFFERED_ANY,
				 .asks_staple = true,
				 .asks_http = in_hand->round == 1 && i == 0 &&
					      x->options->starttls == NULL &&
					      is_host(x->target->server_name),
			 });
		in_hand->left--;
	}
}

/* The first address that showed a certificate; a dead one hides nothing. */
static const char *live_address(const struct examining *x)
{
	for (size_t i = 0; i < x->seen.num_handshakes; i++)
		if (x->seen.handshakes[i].chain != NULL)
			return x->seen.handshakes[i].address;
	return x->addresses[0];
}

/* All at one address: by version, by the kind of the certificate's key, and without a wish. */
static void ask_variants(struct examining *x)
{
	struct attempt variant = {.address = live_address(x), .round = x->handshakes->round};
	x->handshakes->has_variants = true;
	queue(x, &variant);
	variant.asks_staple = true;
	for (int version = OFFERED_TLS_1_2; version < NUM_OFFERED; version++) {
		variant.offered = (enum offered)version;
		for (int key = OFFERED_KEY_ANY; key < NUM_OFFERED_KEYS; key++) {
			variant.key = (enum offered_key)key;
			queue(x, &variant);
		}
	}
}

/* A leaf that only handshakes of this kind of key received. */
static bool brings_other_leaf(const struct examining *x, enum offered_key key)
{
	const struct examination *seen = &x->seen;
	for (size_t i = 0; i < seen->num_handshakes; i++) {
		const struct handshake *one = &seen->handshakes[i];
		const char *leaf = examination_leaf_of(seen, one->chain);
		if (word_is(one->key, (int)key) && leaf != NULL && strcmp(leaf, seen->leaf) != 0)
			return true;
	}
	return false;
}

/* What was seen of another leaf once more, to tell a cold server from a bad one. Whether there is
 * something to ask. */
static bool ask_other_leaves(struct examining *x)
{
	x->handshakes->has_repeats = true;
	for (int key = OFFERED_KEY_RSA; key < NUM_OFFERED_KEYS; key++) {
		if (!brings_other_leaf(x, (enum offered_key)key))
			continue;
		for (int i = 0; i < OTHER_LEAF_REPEATS; i++)
			queue(x, &(struct attempt){.address = live_address(x),
						   .round = x->handshakes->round,
						   .key = (enum offered_key)key,
						   .asks_staple = true});
	}
	return x->handshakes->num > 0;
}

/* Whether there is more to see: a handshake came to its end, or as far as a certificate, or
 * failed over what a client that does not ask for a staple is not sent. */
static bool is_worth_more(const struct examining *x)
{
	for (size_t i = 0; i < x->seen.num_handshakes; i++) {
		const struct handshake *one = &x->seen.handshakes[i];
		if (one->completed || one->chain != NULL ||
		    word_is(one->reason, REASON_STAPLE_MALFORMED))
			return true;
	}
	return false;
}

/* Whether all of them failed in the middle of TLS: then it may be the staple that the server fails
 * over. */
static bool may_fail_over_staple(const struct examining *x)
{
	bool any = false;
	for (size_t i = 0; i < x->seen.num_handshakes; i++) {
		const struct handshake *one = &x->seen.handshakes[i];
		if (!one->asks_staple)
			continue;
		if (!word_is(one->reason, REASON_TLS_ALERT) &&
		    !word_is(one->reason, REASON_TLS_CLOSED) &&
		    !word_is(one->reason, REASON_TLS_TIMEOUT) &&
		    !word_is(one->reason, REASON_TLS_PROTOCOL))
			return false;
		any = true;
	}
	return any;
}

/* One without a wish, and another one with it. */
static void ask_without_staple(struct examining *x)
{
	struct attempt attempt = {.address = x->addresses[0], .round = x->handshakes->round};
	x->handshakes->has_variants = x->handshakes->has_repeats = true;
	queue(x, &attempt);
	attempt.asks_staple = true;
	queue(x, &attempt);
}

struct tally {
	size_t num, num_completed, num_stapled;
	int64_t connect_us; /* of the first */
	const char *fault;  /* what the first that failed says */
};

/* Of the handshakes that asked for a staple at an address (NULL: all), by any version. */
static struct tally count(const struct examining *x, const char *address, enum offered offered)
{
	struct tally tally = {0};
	for (size_t i = 0; i < x->seen.num_handshakes; i++) {
		const struct handshake *one = &x->seen.handshakes[i];
		if ((address != NULL && strcmp(one->address, address) != 0) ||
		    !word_is(one->offered, offered) || !one->asks_staple || one->key.is_known)
			continue;
		if (tally.num++ == 0)
			tally.connect_us = one->timing_us.connect;
		tally.num_completed += one->completed;
		tally.num_stapled += is_stapled(one);
		if (!one->completed && tally.fault == NULL)
			tally.fault = one->detail;
	}
	return tally;
}

static void log_address(struct examining *x, const char *address)
{
	struct tally tally = count(x, address, OFFERED_ANY);
	if (tally.num_completed == 0)
		examining_step(x, STEP_HANDSHAKE, STEP_FAULT, "%s: %s", address,
			       tally.fault != NULL ? tally.fault : "no handshake completed");
	else
		examining_step(
			x, STEP_HANDSHAKE,
			tally.num_completed == tally.num ? STEP_FINE : STEP_FAULT,
			"%s: TCP in %.1f ms; %zu of %zu handshakes completed, %zu of %zu stapled",
			address, (double)tally.connect_us / 1000, tally.num_completed, tally.num,
			tally.num_stapled, tally.num_completed);
}

static void log_version(struct examining *x, enum offered offered)
{
	const char *version = offered_names.names[offered];
	struct tally tally = count(x, NULL, offered);
	if (tally.num == 0)
		return;
	if (tally.num_completed > 0)
		examining_step(x, STEP_HANDSHAKE, STEP_FACT, "TLS %s: %s", version,
			       tally.num_stapled > 0 ? "with a staple" : "without a staple");
	else
		examining_step(x, STEP_HANDSHAKE, STEP_FACT, "TLS %s: %s", version,
			       tally.fault != NULL ? tally.fault : "no handshake");
}

/* The leaf of one kind of key, where it is not the first one. */
static void log_other_leaves(struct examining *x)
{
	for (int key = OFFERED_KEY_RSA; key < NUM_OFFERED_KEYS; key++) {
		size_t num = 0, num_stapled = 0;
		for (size_t i = 0; i < x->seen.num_handshakes; i++) {
			const struct handshake *one = &x->seen.handshakes[i];
			bool counts = one->completed && word_is(one->key, key);
			num += counts;
			num_stapled += counts && is_stapled(one);
		}
		if (num > 0 && brings_other_leaf(x, (enum offered_key)key))
			examining_step(x, STEP_HANDSHAKE, STEP_FACT,
				       "another certificate for clients that offer %s alone: %zu "
				       "of %zu handshakes stapled",
				       key == OFFERED_KEY_RSA ? "RSA" : "ECDSA", num_stapled, num);
	}
}

/* The handshake that asks for nothing has no business with staples: one that comes unasked breaks
 * it. */
static void log_unasked(struct examining *x)
{
	for (size_t i = 0; i < x->seen.num_handshakes; i++) {
		const struct handshake *one = &x->seen.handshakes[i];
		if (one->asks_staple)
			continue;
		if (one->completed)
			examining_step(x, STEP_HANDSHAKE, STEP_FACT,
				       "without a staple request: completed");
		else
			examining_step(x, STEP_HANDSHAKE, STEP_FAULT,
				       "without a staple request: %s",
				       one->detail != NULL ? one->detail : "failed");
	}
}

/* --- the part --- */

static void start(struct examining *x)
{
	size_t num_addresses = x->num_addresses < EXAMINER_ADDRESSES_MAX ? x->num_addresses
									 : EXAMINER_ADDRESSES_MAX;
	size_t least = 2 * num_addresses, left = (size_t)x->options->rounds;
	x->handshakes = calloc(1, sizeof *x->handshakes);
	examining_need(x, x->handshakes != NULL);
	if (x->handshakes != NULL)
		/* Twice everywhere, to distinguish a cold server from a bad one. */
		x->handshakes->left = left < least ? least : left;
}

static void log_handshakes(struct examining *x)
{
	if (x->handshakes->is_logged)
		return;
	x->handshakes->is_logged = true;
	for (size_t i = 0; i < x->num_addresses && i < EXAMINER_ADDRESSES_MAX; i++)
		log_address(x, x->addresses[i]);
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
		log_handshakes(x);
		if (!in_hand->has_repeats && ask_other_leaves(x))
			return true;
		log_version(x, OFFERED_TLS_1_2);
		log_version(x, OFFERED_TLS_1_3);
		log_other_leaves(x);
		log_unasked(x);
		return false;
	}
	/* If no server listens, one refused connection is enough. */
	bool is_there = in_hand->round == 0 || is_worth_more(x);
	if (is_there && in_hand->left > 0) {
		ask_round(x);
		return true;
	}
	if (!is_there && may_fail_over_staple(x)) {
		ask_without_staple(x);
		return true;
	}
	log_handshakes(x);
	if (is_there)
		ask_variants(x);
	return is_there;
}

void examine_take_handshakes(struct examining *x)
{
	struct handshakes *in_hand = x->handshakes;
	for (size_t i = 0; i < in_hand->num; i++) {
		if (in_hand->attempts[i].answer != NULL && !x->failed)
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
