/* Knows how an examination is read as facts. */
#include "harness/doctor/case_facts.h"

#include "harness/config/timestamp.h"

#include <string.h>

const char *source_verdict_name(enum source_verdict verdict)
{
	static const char *const names[] = {"none", "not-asked", "unavailable", "bad-answer",
					    "good", "revoked",   "unknown"};
	return names[verdict];
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool flag_of(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static int64_t time_of(const json_t *object, const char *key)
{
	int64_t out = 0;
	struct error ignored = ERROR_INIT;
	const char *text = text_of(object, key);
	return text != NULL && timestamp_parse(&out, text, 0, &ignored) ? out : 0;
}

static bool is(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
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

static void add_to_address(struct case_facts *facts, const json_t *handshake)
{
	const char *address = text_of(handshake, "address");
	struct case_address *at = address != NULL ? find_address(facts, address) : NULL;
	bool completed = flag_of(handshake, "completed");
	bool stapled = json_array_size(json_object_get(handshake, "staples")) > 0;
	if (at == NULL)
		return;
	at->num++;
	at->has_chain = at->has_chain || text_of(handshake, "chain") != NULL;
	if (!completed && at->reason == NULL) {
		at->reason = text_of(handshake, "reason");
		at->detail = text_of(handshake, "detail");
	}
	/* One that was ended for want of a client certificate showed its staple all the same. */
	if (!completed && text_of(handshake, "chain") == NULL)
		return;
	at->num_completed++;
	at->num_stapled += stapled;
	at->num_bare_first += at->num_stapled == 0;
	at->ends_stapled = stapled;
}

static void add_to_version(struct case_version *version, const json_t *handshake)
{
	version->tried = true;
	version->completed = flag_of(handshake, "completed");
	version->stapled = json_array_size(json_object_get(handshake, "staples")) > 0;
	version->detail = text_of(handshake, "detail");
}

static void read_handshakes(struct case_facts *facts, const json_t *list)
{
	size_t i;
	json_t *one;
	json_array_foreach((json_t *)list, i, one)
	{
		const char *offered = text_of(one, "offered");
		const char *wish = text_of(one, "client_certificate");
		facts->client_certificate_needed |= is(wish, "required");
		facts->client_certificate_asked |= is(wish, "asked");
		if (!flag_of(one, "asks_staple"))
			continue;
		if (is(offered, "any"))
			add_to_address(facts, one);
		else if (is(offered, "1.2"))
			add_to_version(&facts->tls12, one);
		else if (is(offered, "1.3"))
			add_to_version(&facts->tls13, one);
	}
	for (i = 0; i < facts->num_addresses; i++) {
		facts->num_handshakes += facts->addresses[i].num;
		facts->num_completed += facts->addresses[i].num_completed;
		facts->num_stapled += facts->addresses[i].num_stapled;
	}
}

/* --- certificate and chain --- */

static void read_leaf(struct case_facts *facts, const json_t *examination)
{
	const char *id = text_of(examination, "leaf");
	const json_t *leaf =
		id != NULL ? json_object_get(json_object_get(examination, "certificates"), id)
			   : NULL;
	facts->has_leaf = leaf != NULL;
	facts->serial = text_of(leaf, "serial");
	facts->must_staple = flag_of(leaf, "must_staple");
	facts->no_rev_avail = flag_of(leaf, "no_rev_avail");
	facts->num_ocsp_urls = json_array_size(json_object_get(leaf, "ocsp_urls"));
	facts->num_crl_urls = json_array_size(json_object_get(leaf, "crl_urls"));
	facts->not_before = time_of(leaf, "not_before");
	facts->not_after = time_of(leaf, "not_after");
}

/* Of several chains (several addresses) the worst is told. */
static void read_chains(struct case_facts *facts, json_t *chains)
{
	const char *key;
	json_t *chain;
	json_object_foreach(chains, key, chain)
	{
		if (!json_is_object(chain))
			continue;
		facts->chain_verified = facts->chain_verified || !facts->has_chain;
		facts->has_chain = true;
		facts->missing_issuer |= flag_of(chain, "missing_issuer");
		facts->out_of_order |= flag_of(chain, "out_of_order");
		facts->root_sent |= flag_of(chain, "root_sent");
		facts->num_superfluous += json_array_size(json_object_get(chain, "superfluous"));
		facts->num_expired += json_array_size(json_object_get(chain, "expired"));
		if (flag_of(chain, "verified") || !facts->chain_verified)
			continue;
		facts->chain_verified = false;
		facts->chain_reason = text_of(chain, "reason");
		facts->chain_error = text_of(chain, "error");
	}
}

/* --- staples --- */

static bool stacks_disagree(json_t *stacks)
{
	const char *key, *first = NULL;
	json_t *stack;
	json_object_foreach(stacks, key, stack)
	{
		const char *check = text_of(stack, "check");
		if (check == NULL)
			continue;
		if (first != NULL && strcmp(first, check) != 0)
			return true;
		first = check;
	}
	return false;
}

static void read_staples(struct case_facts *facts, const json_t *examination)
{
	const char *key;
	json_t *staple;
	json_object_foreach(json_object_get(examination, "staples"), key, staple)
	{
		if (facts->num_staples == CASE_STAPLES_MAX)
			return;
		if (json_integer_value(json_object_get(staple, "depth")) != 0)
			continue;
		struct case_staple *one = &facts->staples[facts->num_staples++];
		const char *check = text_of(staple, "check");
		int found = check != NULL ? name_find(&check_names, check) : -1;
		*one = (struct case_staple){
			.id = key,
			.check = found >= 0 ? (enum check)found : CHECK_NOT_CHECKED,
			.serial = text_of(staple, "serial"),
			.this_update = time_of(staple, "this_update"),
			.next_update = time_of(staple, "next_update"),
			.left_s = json_integer_value(json_object_get(staple, "left_s")),
			.life_s = json_integer_value(json_object_get(staple, "life_s")),
			.has_left = json_is_integer(json_object_get(staple, "left_s")),
			.used = json_number_value(json_object_get(staple, "used")),
			.disagree = stacks_disagree(json_object_get(staple, "stacks")),
			.seen = (size_t)json_integer_value(json_object_get(staple, "seen")),
		};
		one->check_text = check_text(one->check);
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

static enum source_verdict verdict_of(const json_t *attempt)
{
	const char *check = text_of(attempt, "check");
	if (check == NULL)
		return SOURCE_UNAVAILABLE;
	return is(check, "good")      ? SOURCE_GOOD
	       : is(check, "revoked") ? SOURCE_REVOKED
	       : is(check, "unknown") ? SOURCE_UNKNOWN
				      : SOURCE_BAD_ANSWER;
}

/* Revoked outweighs all; else the best that somebody gets. */
static int rank(enum source_verdict verdict)
{
	static const int ranks[] = {
		[SOURCE_NONE] = 0,       [SOURCE_NOT_ASKED] = 1, [SOURCE_UNAVAILABLE] = 2,
		[SOURCE_BAD_ANSWER] = 3, [SOURCE_UNKNOWN] = 4,   [SOURCE_GOOD] = 5,
		[SOURCE_REVOKED] = 6};
	return ranks[verdict];
}

enum source_verdict source_verdict_of(const json_t *attempts)
{
	enum source_verdict best = SOURCE_NOT_ASKED;
	size_t i;
	json_t *one;
	json_array_foreach((json_t *)attempts, i, one)
	{
		enum source_verdict verdict = verdict_of(one);
		if (rank(verdict) > rank(best))
			best = verdict;
	}
	return best;
}

static void read_responders(struct case_facts *facts, const json_t *list)
{
	size_t i, k;
	json_t *responder, *attempt;
	json_array_foreach((json_t *)list, i, responder)
	{
		const json_t *attempts = json_object_get(responder, "attempts");
		enum source_verdict verdict = source_verdict_of(attempts);
		if (rank(verdict) > rank(facts->responder))
			facts->responder = verdict;
		json_array_foreach((json_t *)attempts, k, attempt)
		{
			int64_t this_update = time_of(attempt, "this_update");
			if (verdict_of(attempt) < SOURCE_GOOD)
				continue;
			facts->get_works |= is(text_of(attempt, "method"), "get");
			facts->post_works |= is(text_of(attempt, "method"), "post");
			if (this_update > facts->responder_this_update) {
				facts->responder_this_update = this_update;
				facts->responder_next_update = time_of(attempt, "next_update");
			}
		}
	}
}

static void read_crls(struct case_facts *facts, const json_t *list)
{
	size_t i;
	json_t *crl;
	json_array_foreach((json_t *)list, i, crl)
	{
		enum source_verdict verdict =
			text_of(crl, "why") != NULL ? SOURCE_NOT_ASKED : verdict_of(crl);
		if (rank(verdict) > rank(facts->crl))
			facts->crl = verdict;
	}
}

void case_facts_read(struct case_facts *facts, const json_t *examination)
{
	const json_t *resolution = json_object_get(examination, "resolution");
	const json_t *clock = json_object_get(examination, "clock");
	*facts = (struct case_facts){.responder = SOURCE_NONE, .crl = SOURCE_NONE};
	facts->resolve_error = text_of(resolution, "error");
	facts->is_resolved = facts->resolve_error == NULL;
	read_handshakes(facts, json_object_get(examination, "handshakes"));
	read_leaf(facts, examination);
	read_chains(facts, json_object_get(examination, "chains"));
	read_staples(facts, examination);
	read_responders(facts, json_object_get(examination, "responders"));
	read_crls(facts, json_object_get(examination, "crls"));
	facts->has_clock = json_is_integer(json_object_get(clock, "responder_s"));
	facts->responder_ahead_s = json_integer_value(json_object_get(clock, "responder_s"));
}
