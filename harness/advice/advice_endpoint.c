/* Knows what an examination of an endpoint says about must-staple there. */
#include "harness/advice/advice_parts.h"

#include "core/json.h"
#include "harness/config/timestamp.h"
#include "harness/model/server_kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *organization;
	bool refuses;
	const char *day, *text;
} ca_policies[] = {
#define CA_POLICY(organization, refuses, day, text) {organization, refuses, day, text},
#include "harness/advice/ca_policy.def"
#undef CA_POLICY
};

/* What lies between two times, in seconds; 0 when one is not known. */
static int64_t span(struct number from, struct number to)
{
	return from.is_known && to.is_known && to.value > from.value ? to.value - from.value : 0;
}

static enum advice_fact yes_or_no(bool is_so)
{
	return is_so ? FACT_YES : FACT_NO;
}

/* What is known of a CA grows old: how old it was at the time of the examination. */
static void take_ca_text(struct advice_facts *facts, const char *text, const char *day,
			 const struct examination *examination)
{
	struct error err = ERROR_INIT;
	int64_t recorded_s, now_s = examination->started.value;
	int64_t days = -1;
	if (examination->started.is_known && timestamp_parse(&recorded_s, day, now_s, &err))
		days = (now_s - recorded_s) / 86400;
	facts->ca_text = facts->ca_words;
	if (days >= 0)
		snprintf(facts->ca_words, sizeof facts->ca_words,
			 "%s (recorded on %s, %lld day%s before this examination)", text, day,
			 (long long)days, days == 1 ? "" : "s");
	else
		snprintf(facts->ca_words, sizeof facts->ca_words, "%s (recorded on %s)", text, day);
}

static void take_certificate(struct advice_facts *facts, const struct examination *examination)
{
	const struct certificate *leaf = examination_leaf(examination);
	if (leaf == NULL)
		return;
	const char *issuer = leaf->issuer;
	facts->names_responder = yes_or_no(leaf->ocsp_urls.num > 0);
	for (size_t i = 0; leaf->ocsp_urls.num == 0 && i < leaf->num_unusable_urls; i++)
		facts->responder_is_unusable |=
			word_is(leaf->unusable_urls[i].kind, POINTER_KIND_OCSP);
	facts->has_extension = yes_or_no(leaf->must_staple);
	facts->no_rev_avail = yes_or_no(leaf->no_rev_avail);
	facts->lifetime_s = span(leaf->not_before, leaf->not_after);
	if (facts->lifetime_s > 0)
		facts->short_lived = yes_or_no(facts->lifetime_s <= SHORT_LIVED_S);
	if (facts->has_extension == FACT_YES)
		facts->allows_extension = FACT_YES;
	for (size_t i = 0; i < sizeof ca_policies / sizeof *ca_policies; i++) {
		if (issuer == NULL || strstr(issuer, ca_policies[i].organization) == NULL ||
		    facts->has_extension == FACT_YES)
			continue;
		if (ca_policies[i].refuses)
			facts->allows_extension = FACT_NO;
		take_ca_text(facts, ca_policies[i].text, ca_policies[i].day, examination);
	}
}

static void take_responders(struct advice_facts *facts, const struct examination *examination)
{
	for (size_t i = 0; i < examination->sources.num_responders; i++) {
		struct word verdict = examination->sources.responders[i].verdict;
		if (!verdict.is_known ? verdict.foreign == NULL : verdict.value == SOURCE_NOT_ASKED)
			continue;
		if (verdict.is_known && verdict.value >= SOURCE_GOOD)
			facts->responder_answers = FACT_YES;
		else if (facts->responder_answers == FACT_UNKNOWN)
			facts->responder_answers = FACT_NO;
	}
}

static bool is_good(const struct status_answer *answer)
{
	return word_is(answer->check, CHECK_GOOD);
}

/* Whether a good staple came. One that is there and does not satisfy is as none. */
static bool has_good_staple(const struct handshake *handshake,
			    const struct examination *examination)
{
	const struct staple *first =
		handshake->staples.num > 0
			? examination_staple(examination, handshake->staples.items[0])
			: NULL;
	return first != NULL && is_good(&first->answer);
}

static bool is_looked_at(const struct handshake *handshake)
{
	return handshake->completed && handshake->asks_staple && handshake->address != NULL;
}

/* The number of the last round in which an address was asked. */
static int64_t last_round(const struct examination *examination, const char *address)
{
	int64_t last = -1;
	for (size_t i = 0; i < examination->num_handshakes; i++) {
		const struct handshake *one = &examination->handshakes[i];
		if (is_looked_at(one) && strcmp(one->address, address) == 0 && one->round > last)
			last = one->round;
	}
	return last;
}

static enum advice_fact from_counts(size_t num_yes, size_t num_no)
{
	if (num_yes + num_no == 0)
		return FACT_UNKNOWN;
	return num_no == 0 ? FACT_YES : num_yes == 0 ? FACT_NO : FACT_PARTLY;
}

static void take_handshakes(struct advice_facts *facts, const struct examination *examination)
{
	size_t first[2] = {0, 0}, last[2] = {0, 0};
	for (size_t i = 0; i < examination->num_handshakes; i++) {
		const struct handshake *handshake = &examination->handshakes[i];
		if (!is_looked_at(handshake))
			continue;
		size_t is_none = !has_good_staple(handshake, examination);
		if (handshake->round == 0)
			first[is_none]++;
		if (handshake->round == last_round(examination, handshake->address))
			last[is_none]++;
	}
	facts->first_contact = from_counts(first[0], first[1]);
	facts->all_addresses = from_counts(last[0], last[1]);
}

void advice_facts_take(struct advice_facts *facts, const struct examination *examination)
{
	*facts = (struct advice_facts){.has_endpoint = examination != NULL};
	if (examination == NULL)
		return;
	take_certificate(facts, examination);
	take_responders(facts, examination);
	take_handshakes(facts, examination);
}

static bool take_life(int64_t *life_s, const struct status_answer *answer)
{
	*life_s = span(answer->this_update,
		       answer->ends.is_known ? answer->ends : answer->next_update);
	return *life_s > 0 && is_good(answer);
}

bool advice_measured_life(int64_t *life_s, enum advice_life *from,
			  const struct examination *examination)
{
	if (examination == NULL)
		return false;
	*from = ADVICE_LIFE_STAPLE;
	for (size_t i = 0; i < examination->num_staples; i++)
		if (take_life(life_s, &examination->staples[i].answer))
			return true;
	*from = ADVICE_LIFE_RESPONDER;
	for (size_t i = 0; i < examination->sources.num_responders; i++) {
		const struct responder *responder = &examination->sources.responders[i];
		for (size_t k = 0; k < responder->num_attempts; k++)
			if (take_life(life_s, &responder->attempts[k].answer))
				return true;
	}
	return false;
}

int advice_measured_server(const struct examination *examination)
{
	struct word kind = examination->server.kind;
	return refresh_of_server(kind.is_known ? kind.value : -1, examination->server.software);
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
				: "no published statement is known; ask the CA") &&
	       add_fact(advice, "has-extension", "Is this certificate must-staple already?",
			facts->has_extension, NULL) &&
	       add_fact(advice, "short-lived", "Is it short-lived (seven days or less)?",
			facts->short_lived, NULL) &&
	       add_fact(advice, "no-rev-avail",
			"Does it state that no revocation information is available (noRevAvail)?",
			facts->no_rev_avail, NULL) &&
	       add_fact(advice, "first-contact",
			"Does every address staple a good response on the first connection?",
			facts->first_contact,
			"the first connection of the examination; the server may have had other "
			"clients before") &&
	       add_fact(advice, "all-addresses",
			"Does every address finally staple a good response?", facts->all_addresses,
			NULL) &&
	       add_fact(advice, "responder-down", "Does it staple with the responder down?",
			survives_outage(input),
			input->server >= 0
				? "derived from the behaviour of this kind of server, not tested: "
				  "see the margins"
				: "not known: the kind of server was not recognized (set "
				  "--server), and the responder cannot be taken down");
}
