/* Knows what an examination of an endpoint says about must-staple there. */
#include "harness/advice/advice_parts.h"

#include "core/json.h"
#include "harness/config/timestamp.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *organisation;
	bool refuses;
	const char *text;
} ca_policies[] = {
#define CA_POLICY(organisation, refuses, text) {organisation, refuses, text},
#include "harness/advice/ca_policy.def"
#undef CA_POLICY
};

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static const json_t *find_leaf(const json_t *examination)
{
	const char *leaf = text_of(examination, "leaf");
	return leaf != NULL ? json_object_get(json_object_get(examination, "certificates"), leaf)
			    : NULL;
}

/* What lies between two moments of an object, in seconds; 0 when one is not there. */
static int64_t span(const json_t *object, const char *from_key, const char *to_key)
{
	int64_t from_s, to_s;
	const char *from = text_of(object, from_key), *to = text_of(object, to_key);
	struct error ignored = ERROR_INIT;
	if (from == NULL || to == NULL || !timestamp_parse(&from_s, from, 0, &ignored) ||
	    !timestamp_parse(&to_s, to, 0, &ignored) || to_s <= from_s)
		return 0;
	return to_s - from_s;
}

static enum advice_fact yes_or_no(bool is_so)
{
	return is_so ? FACT_YES : FACT_NO;
}

static void take_certificate(struct advice_facts *facts, const json_t *leaf)
{
	if (leaf == NULL)
		return;
	const char *issuer = text_of(leaf, "issuer");
	facts->names_responder = yes_or_no(json_array_size(json_object_get(leaf, "ocsp_urls")) > 0);
	facts->has_extension = yes_or_no(json_is_true(json_object_get(leaf, "must_staple")));
	facts->no_rev_avail = yes_or_no(json_is_true(json_object_get(leaf, "no_rev_avail")));
	facts->lifetime_s = span(leaf, "not_before", "not_after");
	if (facts->lifetime_s > 0)
		facts->short_lived = yes_or_no(facts->lifetime_s <= ADVICE_SHORT_LIVED_S);
	if (facts->has_extension == FACT_YES)
		facts->allows_extension = FACT_YES;
	for (size_t i = 0; i < sizeof ca_policies / sizeof *ca_policies; i++) {
		if (issuer == NULL || strstr(issuer, ca_policies[i].organisation) == NULL ||
		    facts->has_extension == FACT_YES)
			continue;
		if (ca_policies[i].refuses)
			facts->allows_extension = FACT_NO;
		facts->ca_text = ca_policies[i].text;
	}
}

static void take_responders(struct advice_facts *facts, const json_t *responders)
{
	size_t i;
	const json_t *responder;
	json_array_foreach((json_t *)responders, i, responder)
	{
		const char *verdict = text_of(responder, "verdict");
		if (verdict == NULL || strcmp(verdict, "not-asked") == 0)
			continue;
		if (strcmp(verdict, "good") == 0 || strcmp(verdict, "revoked") == 0 ||
		    strcmp(verdict, "unknown") == 0)
			facts->responder_answers = FACT_YES;
		else if (facts->responder_answers == FACT_UNKNOWN)
			facts->responder_answers = FACT_NO;
	}
}

/* Whether a good staple came. One that is there and does not satisfy is as none. */
static bool has_good_staple(const json_t *handshake, const json_t *staples)
{
	const char *first =
		json_string_value(json_array_get(json_object_get(handshake, "staples"), 0));
	const char *check =
		first != NULL ? text_of(json_object_get(staples, first), "check") : NULL;
	return check != NULL && strcmp(check, "good") == 0;
}

static bool is_looked_at(const json_t *handshake)
{
	return json_is_true(json_object_get(handshake, "completed")) &&
	       json_is_true(json_object_get(handshake, "asks_staple"));
}

/* The number of the last round in which somebody asked an address. */
static json_int_t last_round(const json_t *handshakes, const char *address)
{
	size_t i;
	const json_t *handshake;
	json_int_t last = -1;
	json_array_foreach((json_t *)handshakes, i, handshake)
	{
		const char *other = text_of(handshake, "address");
		json_int_t round = json_integer_value(json_object_get(handshake, "round"));
		if (is_looked_at(handshake) && other != NULL && strcmp(other, address) == 0 &&
		    round > last)
			last = round;
	}
	return last;
}

static enum advice_fact from_counts(size_t num_yes, size_t num_no)
{
	if (num_yes + num_no == 0)
		return FACT_UNKNOWN;
	return num_no == 0 ? FACT_YES : num_yes == 0 ? FACT_NO : FACT_PARTLY;
}

static void take_handshakes(struct advice_facts *facts, const json_t *examination)
{
	size_t i, first[2] = {0, 0}, last[2] = {0, 0};
	const json_t *handshake, *staples = json_object_get(examination, "staples");
	const json_t *handshakes = json_object_get(examination, "handshakes");
	json_array_foreach((json_t *)handshakes, i, handshake)
	{
		const char *address = text_of(handshake, "address");
		json_int_t round = json_integer_value(json_object_get(handshake, "round"));
		if (address == NULL || !is_looked_at(handshake))
			continue;
		size_t is_none = !has_good_staple(handshake, staples);
		if (round == 0)
			first[is_none]++;
		if (round == last_round(handshakes, address))
			last[is_none]++;
	}
	facts->first_contact = from_counts(first[0], first[1]);
	facts->all_addresses = from_counts(last[0], last[1]);
}

void advice_facts_take(struct advice_facts *facts, const json_t *examination)
{
	*facts = (struct advice_facts){.has_endpoint = examination != NULL};
	if (examination == NULL)
		return;
	take_certificate(facts, find_leaf(examination));
	take_responders(facts, json_object_get(examination, "responders"));
	take_handshakes(facts, examination);
}

bool advice_measured_life(int64_t *life_s, enum advice_life *from, const json_t *examination)
{
	const char *key;
	const json_t *staple, *responder, *attempt;
	size_t i, k;
	json_object_foreach(json_object_get(examination, "staples"), key, staple)
	{
		const char *check = text_of(staple, "check");
		*life_s = span(staple, "this_update", "next_update");
		*from = ADVICE_LIFE_STAPLE;
		if (*life_s > 0 && check != NULL && strcmp(check, "good") == 0)
			return true;
	}
	json_array_foreach(json_object_get(examination, "responders"), i, responder)
	{
		json_array_foreach(json_object_get(responder, "attempts"), k, attempt)
		{
			const char *check = text_of(attempt, "check");
			*life_s = span(attempt, "this_update", "next_update");
			*from = ADVICE_LIFE_RESPONDER;
			if (*life_s > 0 && check != NULL && strcmp(check, "good") == 0)
				return true;
		}
	}
	return false;
}

int advice_measured_server(const json_t *examination)
{
	const char *kind = text_of(json_object_get(examination, "server"), "kind");
	return kind != NULL ? name_find(&refresh_names, kind) : -1;
}

/* What the server does with its responder down is not tried: that would need the outage. */
static enum advice_fact survives_outage(const struct advice_input *input)
{
	struct margin margin;
	if (input->server < 0)
		return FACT_UNKNOWN;
	margin_make(&margin, (enum refresh)input->server, input->staple_life_s);
	return yes_or_no(margin.least_s >= input->outage_s);
}

static bool add_fact(struct advice *advice, const char *id, const char *question,
		     enum advice_fact answer, const char *text)
{
	struct advice_endpoint *endpoint = &advice->endpoint;
	return advice_ask(&endpoint->facts, &endpoint->num_facts, id, question, answer, text);
}

bool advice_note_endpoint(struct advice *advice, const struct advice_facts *facts,
			  const struct advice_input *input)
{
	if (!facts->has_endpoint)
		return true;
	advice->endpoint.record.is_there = true;
	return advice_copy(&advice->endpoint.id, input->target) &&
	       add_fact(advice, "names-responder", "Does the certificate name an OCSP responder?",
			facts->names_responder, NULL) &&
	       add_fact(advice, "responder-answers", "Does the responder answer for it?",
			facts->responder_answers, NULL) &&
	       add_fact(advice, "allows-extension",
			"Does the CA put must-staple into certificates?", facts->allows_extension,
			facts->ca_text != NULL ? facts->ca_text
			: facts->has_extension == FACT_YES
				? "this certificate has it"
				: "nothing is published that we know of; ask the CA") &&
	       add_fact(advice, "has-extension", "Is this certificate must-staple already?",
			facts->has_extension, NULL) &&
	       add_fact(advice, "short-lived", "Is it short-lived (seven days or less)?",
			facts->short_lived, NULL) &&
	       add_fact(advice, "no-rev-avail",
			"Does it say that no status is available (noRevAvail)?",
			facts->no_rev_avail, NULL) &&
	       add_fact(advice, "first-contact",
			"Does every address staple a good answer on first contact?",
			facts->first_contact,
			"the first of our connections; the server may have had other clients "
			"before") &&
	       add_fact(advice, "all-addresses",
			"Does every address staple a good answer in the end?", facts->all_addresses,
			NULL) &&
	       add_fact(advice, "responder-down", "Does it staple with the responder down?",
			survives_outage(input),
			input->server >= 0
				? "concluded from what this kind of server does, not tried: see "
				  "the margins"
				: "not known: the kind of server was not found (--server names "
				  "it), and nobody can take the responder down");
}
