/* Knows how an examination is summed up. */
#include "harness/doctor/case_facts.h"

#include <string.h>

/* 0 for what is not known. */
static int64_t value_of(struct number number)
{
	return number.is_known ? number.value : 0;
}

/* --- handshakes --- */

static struct case_address *find_address(struct case_facts *facts, const char *address)
{
	for (size_t i = 0; i < facts->num_addresses; i++)
		if (strcmp(facts->addresses[i].address, address) == 0)
			return &facts->addresses[i];
	if (facts->num_addresses == CASE_ADDRESSES_MAX)
		return NULL;
	struct case_address *one = &facts->addresses[facts->num_addresses++];
	*one = (struct case_address){.address = address};
	return one;
}

static void add_to_address(struct case_facts *facts, const struct handshake *handshake)
{
	struct case_address *at =
		handshake->address != NULL ? find_address(facts, handshake->address) : NULL;
	bool stapled = handshake->staples.num > 0;
	bool has_reason = handshake->reason.is_known || handshake->reason.foreign != NULL;
	if (at == NULL)
		return;
	at->num++;
	at->has_chain = at->has_chain || handshake->chain != NULL;
	if (!handshake->completed && has_reason && !at->has_fault) {
		at->has_fault = true;
		at->reason = handshake->reason;
		at->detail = handshake->detail;
	}
	/* One that was ended for want of a client certificate showed its staple all the same. */
	if (!handshake->completed && handshake->chain == NULL)
		return;
	at->num_completed++;
	at->num_stapled += stapled;
	at->num_bare_first += at->num_stapled == 0;
	at->ends_stapled = stapled;
	at->chain = handshake->chain;
	at->staple = stapled ? handshake->staples.items[0] : NULL;
}

static void add_to_version(struct case_version *version, const struct handshake *handshake)
{
	version->num++;
	version->num_completed += handshake->completed;
	version->num_stapled += handshake->completed && handshake->staples.num > 0;
}

static void add_to_versions(struct case_facts *facts, const struct handshake *handshake)
{
	const char *version = handshake->tls.version;
	bool is_12 = version != NULL ? strcmp(version, "1.2") == 0
				     : word_is(handshake->offered, OFFERED_TLS_1_2);
	bool is_13 = version != NULL ? strcmp(version, "1.3") == 0
				     : word_is(handshake->offered, OFFERED_TLS_1_3);
	if (is_12)
		add_to_version(&facts->tls12, handshake);
	else if (is_13)
		add_to_version(&facts->tls13, handshake);
}

/* What an examination is looked at for: one leaf, or all of it (NULL). */
struct reading {
	struct case_facts *facts;
	const struct examination *examination;
	const char *leaf;
	bool is_first; /* it is the first leaf, or all */
};

static bool is_of_leaf(const struct reading *at, const char *chain)
{
	const char *leaf = examination_leaf_of(at->examination, chain);
	if (at->leaf == NULL)
		return true;
	return leaf != NULL ? strcmp(leaf, at->leaf) == 0 : at->is_first;
}

/* One that offers a kind of key and gets no certificate says that the server has none of it. */
static bool is_of_other_key(const struct handshake *handshake)
{
	return handshake->key.is_known && handshake->key.value != OFFERED_KEY_ANY;
}

static void read_handshake(const struct reading *at, const struct handshake *one)
{
	struct case_facts *facts = at->facts;
	facts->client_certificate_needed |=
		word_is(one->client_certificate, CLIENT_CERTIFICATE_REQUIRED);
	facts->client_certificate_asked |=
		word_is(one->client_certificate, CLIENT_CERTIFICATE_ASKED);
	if (!one->asks_staple) {
		facts->num_unasked++;
		facts->num_unasked_completed += one->completed;
		if (one->completed && one->timing_us.handshake > facts->unasked_us)
			facts->unasked_us = one->timing_us.handshake;
		return;
	}
	if (one->completed && (facts->asked_us == 0 || one->timing_us.handshake < facts->asked_us))
		facts->asked_us = one->timing_us.handshake;
	if (!is_of_leaf(at, one->chain) ||
	    (is_of_other_key(one) && (one->chain == NULL || at->leaf == NULL)))
		return;
	/* The rounds are counted; of another leaf there may be none. */
	if (!at->is_first || (word_is(one->offered, OFFERED_ANY) && !is_of_other_key(one)))
		add_to_address(facts, one);
	add_to_versions(facts, one);
}

static void read_handshakes(const struct reading *at)
{
	struct case_facts *facts = at->facts;
	for (size_t i = 0; i < at->examination->num_handshakes; i++)
		read_handshake(at, &at->examination->handshakes[i]);
	for (size_t i = 0; i < facts->num_addresses; i++) {
		facts->num_handshakes += facts->addresses[i].num;
		facts->num_completed += facts->addresses[i].num_completed;
		facts->num_stapled += facts->addresses[i].num_stapled;
	}
}

/* --- certificate and chain --- */

static void read_leaf(const struct reading *at)
{
	struct case_facts *facts = at->facts;
	const struct certificate *leaf = examination_certificate(
		at->examination, at->leaf != NULL ? at->leaf : at->examination->leaf);
	facts->has_leaf = leaf != NULL;
	if (leaf == NULL)
		return;
	facts->serial = leaf->serial;
	facts->must_staple = leaf->must_staple;
	facts->no_rev_avail = leaf->no_rev_avail;
	facts->num_ocsp_urls = leaf->ocsp_urls.num;
	facts->num_crl_urls = leaf->crl_urls.num;
	facts->unusable_urls = leaf->unusable_urls;
	facts->num_unusable_urls = leaf->num_unusable_urls;
	for (size_t i = 0; i < leaf->num_unusable_urls; i++) {
		facts->num_unusable_ocsp += word_is(leaf->unusable_urls[i].kind, POINTER_KIND_OCSP);
		facts->num_unusable_crl += word_is(leaf->unusable_urls[i].kind, POINTER_KIND_CRL);
	}
	facts->not_before = value_of(leaf->not_before);
	facts->not_after = value_of(leaf->not_after);
}

/* Of several chains (several addresses) the worst is reported. */
static void read_chains(const struct reading *at)
{
	struct case_facts *facts = at->facts;
	for (size_t i = 0; i < at->examination->num_chains; i++) {
		const struct sent_chain *chain = &at->examination->chains[i];
		if (!is_of_leaf(at, chain->id))
			continue;
		facts->chain_verified = facts->chain_verified || !facts->has_chain;
		facts->has_chain = true;
		facts->missing_issuer |= chain->missing_issuer;
		facts->out_of_order |= chain->out_of_order;
		facts->root_sent |= chain->root_sent;
		facts->num_superfluous += chain->superfluous.num;
		facts->num_expired += chain->expired.num;
		if (chain->verified || !facts->chain_verified)
			continue;
		facts->chain_verified = false;
		facts->chain_reason = chain->reason;
		facts->chain_error = chain->error;
	}
}

/* --- staples --- */

/* What a client makes of a check: which of several faults it is does not matter. */
static int meaning_of(const struct word *check)
{
	return word_is(*check, CHECK_GOOD) || word_is(*check, CHECK_REVOKED) ||
			       word_is(*check, CHECK_UNKNOWN)
		       ? check->value
		       : -1;
}

bool case_stacks_disagree(const struct status_answer *answer)
{
	const struct word *first = NULL;
	for (size_t i = 0; i < answer->num_stacks; i++) {
		const struct word *check = &answer->stacks[i].check;
		if (!check->is_known && check->foreign == NULL)
			continue;
		if (first != NULL && meaning_of(first) != meaning_of(check))
			return true;
		first = check;
	}
	return false;
}

static void read_staples(const struct reading *at)
{
	struct case_facts *facts = at->facts;
	for (size_t i = 0; i < at->examination->num_staples; i++) {
		const struct staple *staple = &at->examination->staples[i];
		const struct status_answer *answer = &staple->answer;
		/* A document of before has no other end than nextUpdate. */
		int64_t early_s = answer->ends.is_known && answer->next_update.is_known
					  ? answer->next_update.value - answer->ends.value
					  : 0;
		if (facts->num_staples == CASE_STAPLES_MAX)
			return;
		if (staple->depth != 0 || !is_of_leaf(at, staple->chain))
			continue;
		facts->staples[facts->num_staples++] = (struct case_staple){
			.staple = staple,
			.check = answer->check.is_known ? (enum check)answer->check.value
							: CHECK_NOT_CHECKED,
			.serial = answer->serial,
			.this_update = value_of(answer->this_update),
			.next_update = value_of(answer->next_update),
			.left_s = value_of(answer->left_s),
			.life_s = value_of(answer->life_s),
			.has_left = answer->left_s.is_known,
			.ends_by = answer->ends_by.is_known ? (enum life_end)answer->ends_by.value
							    : LIFE_NEXT_UPDATE,
			.past_s = answer->left_s.is_known ? -answer->left_s.value - early_s : -1,
			.used = answer->used.is_known ? answer->used.value : 0,
			.disagree = case_stacks_disagree(answer),
			.seen = (size_t)staple->seen,
		};
	}
}

static bool is_worse(const struct case_staple *one, const struct case_staple *other)
{
	bool is_good = one->check == CHECK_GOOD, other_is_good = other->check == CHECK_GOOD;
	if (is_good != other_is_good)
		return other_is_good;
	/* An error in the place of an answer has no end, and is no better for it. */
	if (one->has_left != other->has_left)
		return !one->has_left;
	return one->left_s < other->left_s;
}

const struct case_staple *case_facts_worst_staple(const struct case_facts *facts)
{
	const struct case_staple *worst = NULL;
	for (size_t i = 0; i < facts->num_staples; i++)
		if (worst == NULL || is_worse(&facts->staples[i], worst))
			worst = &facts->staples[i];
	return worst;
}

/* --- sources --- */

static void read_attempt(struct case_facts *facts, const struct responder_attempt *attempt)
{
	int64_t this_update = value_of(attempt->answer.this_update);
	if (source_verdict_of_fetch(&attempt->fetch, &attempt->answer) < SOURCE_GOOD)
		return;
	facts->get_works |= word_is(attempt->fetch.method, FETCH_GET);
	facts->post_works |= word_is(attempt->fetch.method, FETCH_POST);
	if (this_update > facts->responder_this_update) {
		facts->responder_this_update = this_update;
		facts->responder_next_update = value_of(attempt->answer.next_update);
	}
}

static const struct status_sources *sources_of(const struct reading *at)
{
	static const struct status_sources none = {0};
	if (at->is_first)
		return &at->examination->sources;
	for (size_t i = 0; i < at->examination->num_others; i++) {
		const struct examined_certificate *one = &at->examination->others[i];
		if (one->depth == 0 && one->certificate != NULL &&
		    strcmp(one->certificate, at->leaf) == 0)
			return &one->sources;
	}
	return &none;
}

/* Whether one responder gave a good answer and another one by the same method. */
static bool has_both(const struct responder *responder, enum fetch_method method)
{
	bool good = false, other = false;
	for (size_t i = 0; i < responder->num_attempts; i++) {
		const struct responder_attempt *one = &responder->attempts[i];
		bool is_good = word_is(one->answer.check, CHECK_GOOD);
		if (!word_is(one->fetch.method, (int)method))
			continue;
		good = good || is_good;
		other = other || !is_good;
	}
	return good && other;
}

static void read_sources(struct case_facts *facts, const struct status_sources *sources)
{
	facts->responder = source_verdict_best_responder(sources);
	facts->crl = source_verdict_best_crl(sources);
	for (size_t i = 0; i < sources->num_responders; i++)
		facts->responder_varies = facts->responder_varies ||
					  has_both(&sources->responders[i], FETCH_GET) ||
					  has_both(&sources->responders[i], FETCH_POST);
	for (size_t i = 0; i < sources->num_responders; i++)
		for (size_t k = 0; k < sources->responders[i].num_attempts; k++)
			read_attempt(facts, &sources->responders[i].attempts[k]);
}

/* --- intermediates --- */

static const char *name_of(const struct certificate *one)
{
	if (one == NULL)
		return NULL;
	return one->common_name != NULL && one->common_name[0] != '\0' ? one->common_name
								       : one->subject;
}

static void read_intermediate(struct case_facts *facts, const struct examination *examination,
			      const struct examined_certificate *one)
{
	struct case_intermediate *about;
	if (facts->num_intermediates == CASE_INTERMEDIATES_MAX || one->depth == 0)
		return;
	about = &facts->intermediates[facts->num_intermediates++];
	*about = (struct case_intermediate){
		.certificate = one,
		.name = name_of(examination_certificate(examination, one->certificate)),
		.responder = source_verdict_best_responder(&one->sources),
		.crl = source_verdict_best_crl(&one->sources),
	};
	for (size_t i = 0; i < examination->num_staples; i++) {
		const struct staple *staple = &examination->staples[i];
		const struct sent_chain *chain = examination_chain(examination, staple->chain);
		if (staple->depth != one->depth || one->certificate == NULL ||
		    (chain != NULL && !texts_have(&chain->path, one->certificate)))
			continue;
		about->staple_is_good |= word_is(staple->answer.check, CHECK_GOOD);
		about->staple_is_revoked |= word_is(staple->answer.check, CHECK_REVOKED);
	}
}

bool case_intermediate_is_revoked(const struct case_intermediate *at)
{
	return at->responder == SOURCE_REVOKED || at->crl == SOURCE_REVOKED ||
	       at->staple_is_revoked;
}

static void read_all(const struct reading *at)
{
	struct case_facts *facts = at->facts;
	const struct examination *examination = at->examination;
	*facts = (struct case_facts){.responder = SOURCE_NONE, .crl = SOURCE_NONE};
	facts->resolve_error = examination->resolution.error;
	facts->is_resolved = facts->resolve_error == NULL;
	read_handshakes(at);
	read_leaf(at);
	read_chains(at);
	read_staples(at);
	facts->sources = sources_of(at);
	read_sources(facts, facts->sources);
	for (size_t i = 0; i < examination->num_others; i++)
		read_intermediate(facts, examination, &examination->others[i]);
	facts->has_clock = examination->clock.responder_s.is_known;
	facts->num_clocks = examination->clock.sources;
	facts->responder_ahead_s = value_of(examination->clock.responder_s);
}

void case_facts_read(struct case_facts *facts, const struct examination *examination)
{
	read_all(&(struct reading){facts, examination, NULL, true});
}

void case_facts_read_leaf(struct case_facts *facts, const struct examination *examination,
			  const char *leaf)
{
	bool is_first = examination->leaf != NULL && strcmp(examination->leaf, leaf) == 0;
	read_all(&(struct reading){facts, examination, leaf, is_first});
}

bool case_addresses_differ(const struct examination *examination, const struct case_address *one,
			   const struct case_address *other)
{
	const struct sent_chain *chain = examination_chain(examination, one->chain);
	const struct sent_chain *other_chain = examination_chain(examination, other->chain);
	const struct staple *staple = examination_staple(examination, one->staple);
	const struct staple *other_staple = examination_staple(examination, other->staple);
	if ((one->num_completed > 0) != (other->num_completed > 0) ||
	    one->ends_stapled != other->ends_stapled)
		return true;
	if (chain != NULL && other_chain != NULL &&
	    (!examination_is_same_leaf(examination, one->chain, other->chain) ||
	     chain->verified != other_chain->verified))
		return true;
	return staple != NULL && other_staple != NULL && staple->answer.check.is_known &&
	       other_staple->answer.check.is_known &&
	       staple->answer.check.value != other_staple->answer.check.value;
}

size_t case_leaves(const char **out, size_t max, const struct examination *examination)
{
	size_t num = 0;
	if (examination->leaf != NULL && max > 0)
		out[num++] = examination->leaf;
	for (size_t i = 0; i < examination->num_chains && num < max; i++) {
		const char *leaf = examination_leaf_of(examination, examination->chains[i].id);
		bool is_there = leaf == NULL;
		for (size_t k = 0; k < num && !is_there; k++)
			is_there = strcmp(out[k], leaf) == 0;
		if (!is_there)
			out[num++] = leaf;
	}
	return num;
}
