/* Knows how what an examination saw of status is told, step by step. */
#include "core/clock.h"
#include "core/json.h"
#include "core/text.h"
#include "harness/doctor/case_facts.h"
#include "harness/doctor/examining.h"

#include <string.h>

#define CLOCK_SLACK_S 300

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool is_good(const char *check)
{
	return check != NULL && strcmp(check, "good") == 0;
}

/* What the stacks say: one word when they agree, else each with its own. */
static void append_checks(struct text *out, const json_t *seen)
{
	const char *check = text_of(seen, "check"), *stack;
	json_t *about, *stacks = json_object_get(seen, "stacks");
	bool agree = true, first = true;
	json_object_foreach(stacks, stack, about)
	{
		const char *own = text_of(about, "check");
		agree = agree && (own == NULL || check == NULL || strcmp(own, check) == 0);
	}
	if (agree) {
		text_append(out, check != NULL ? check : "not looked at");
		return;
	}
	json_object_foreach(stacks, stack, about)
	{
		const char *own = text_of(about, "check");
		text_append_format(out, "%s%s by %s", first ? "" : ", ",
				   own != NULL ? own : "not looked at", stack);
		first = false;
	}
}

/* "2026-01-10T00:00:00Z to 2026-01-17T00:00:00Z, 14 % of it over, current for 6 days more" */
static void append_life(struct text *out, const json_t *seen)
{
	const char *from = text_of(seen, "this_update"), *to = text_of(seen, "next_update");
	json_int_t left_s = json_integer_value(json_object_get(seen, "left_s"));
	char much[32];
	if (from == NULL)
		return;
	text_append_format(out, "; %s to %s", from, to != NULL ? to : "no nextUpdate");
	if (json_object_get(seen, "left_s") == NULL)
		return;
	duration_about(much, left_s);
	if (left_s < 0)
		text_append_format(out, ", over for %s", much);
	else
		text_append_format(out, ", current for %s more (%.0f %% are over)", much,
				   json_number_value(json_object_get(seen, "used")) * 100);
}

static void tell_staples(struct examining *x)
{
	const char *key;
	json_t *staple;
	struct text words;
	text_init(&words, 0);
	json_object_foreach(json_object_get(x->out, "staples"), key, staple)
	{
		const char *signer = text_of(staple, "signer");
		json_int_t depth = json_integer_value(json_object_get(staple, "depth"));
		text_reset(&words);
		if (depth > 0)
			text_append_format(&words,
					   "of issuing certificate %lld: ", (long long)depth);
		append_checks(&words, staple);
		append_life(&words, staple);
		if (signer != NULL && signer[0] != '\0')
			text_append_format(&words, "; signed by %s", signer);
		examining_step(x, "staple",
			       is_good(text_of(staple, "check")) ? STEP_FINE : STEP_FAULT, "%s",
			       text_string(&words));
	}
	text_clear(&words);
}

/* How far it came: the name, the connection, HTTP, and what the stacks make of the answer. */
static void tell_fetch(struct examining *x, const char *step, const char *verb,
		       const json_t *source, const json_t *attempt)
{
	const char *check = text_of(attempt, "check"), *text = text_of(attempt, "text");
	const char *layer = text_of(attempt, "layer"), *type = text_of(attempt, "content_type");
	const char *address = text_of(attempt, "address");
	json_int_t status = json_integer_value(json_object_get(attempt, "http_status"));
	struct text words;
	text_init(&words, 0);
	text_append_format(&words, "%s%s: ", text_of(source, "url"), verb);
	if (address != NULL)
		text_append_format(&words, "%s, ", address);
	if (status > 0)
		text_append_format(&words, "HTTP %lld, %s, ", (long long)status,
				   type != NULL ? type : "no type");
	if (check != NULL) {
		append_checks(&words, attempt);
		append_life(&words, attempt);
	} else {
		text_append_format(&words, "%s%s%s", layer != NULL ? layer : "not fetched",
				   text != NULL ? ": " : "", text != NULL ? text : "");
	}
	examining_step(x, step, is_good(check) ? STEP_FINE : STEP_FAULT, "%s (%lld ms)",
		       text_string(&words),
		       (long long)json_integer_value(json_object_get(attempt, "ms")));
	text_clear(&words);
}

/* Whether the server passes on what the responder says now. */
static void tell_age(struct examining *x)
{
	struct case_facts facts;
	char much[32];
	case_facts_read(&facts, x->out);
	for (size_t i = 0; i < facts.num_staples; i++) {
		const struct case_staple *staple = &facts.staples[i];
		int64_t behind = facts.responder_this_update - staple->this_update;
		if (facts.responder_this_update == 0 || staple->this_update == 0)
			continue;
		if (behind == 0)
			examining_step(x, "staple", STEP_TOLD,
				       "is of the same age as the responder's answer");
		else
			examining_step(
				x, "staple", STEP_TOLD, "is %s %s than the responder's answer",
				duration_about(much, behind), behind > 0 ? "older" : "newer");
	}
}

static void tell_sources(struct examining *x)
{
	json_t *source, *attempt;
	size_t i, k;
	json_array_foreach(json_object_get(x->out, "responders"), i, source)
	{
		const char *why = text_of(source, "why");
		if (why != NULL)
			examining_step(x, "responder", STEP_TOLD, "%s: not asked: %s",
				       text_of(source, "url"), why);
		examining_tell_resolvers(x, text_of(source, "host"),
					 json_object_get(source, "resolvers"));
		json_array_foreach(json_object_get(source, "attempts"), k, attempt)
		{
			const char *method = text_of(attempt, "method");
			bool is_post = method != NULL && strcmp(method, "post") == 0;
			tell_fetch(x, "responder", is_post ? " by POST" : " by GET", source,
				   attempt);
		}
	}
	json_array_foreach(json_object_get(x->out, "crls"), i, source)
	{
		const char *why = text_of(source, "why");
		if (why != NULL)
			examining_step(x, "crl", STEP_TOLD, "%s: not fetched: %s",
				       text_of(source, "url"), why);
		else
			tell_fetch(x, "crl", "", source, source);
	}
}

static void tell_clock(struct examining *x)
{
	const json_t *ahead = json_object_get(json_object_get(x->out, "clock"), "responder_s");
	long long seconds = json_integer_value(ahead);
	if (ahead == NULL)
		return;
	bool is_far = seconds > CLOCK_SLACK_S || seconds < -CLOCK_SLACK_S;
	examining_step(x, "clock", is_far ? STEP_FAULT : STEP_FINE,
		       seconds == 0 ? "the responder's is ours"
				    : "the responder's is %lld s %s ours",
		       seconds < 0 ? -seconds : seconds, seconds < 0 ? "behind" : "ahead of");
}

void examining_tell_status(struct examining *x)
{
	tell_staples(x);
	tell_sources(x);
	tell_age(x);
	tell_clock(x);
}
