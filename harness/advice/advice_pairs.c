/* Knows which scenarios show what must-staple changes. */
#include "harness/advice/advice_pairs.h"

#include "core/json.h"
#include "harness/config/scenario_read.h"

#include <stdlib.h>
#include <string.h>

static const char *const family_names[NUM_ADVICE_FAMILIES] = {
	[ADVICE_BASELINE] = "baseline",
	[ADVICE_OUTAGE] = "outage",
	[ADVICE_MISCONFIGURATION] = "misconfiguration",
	[ADVICE_ATTACK] = "attack",
};
const struct name_table advice_family_names = {
	.what = "family of advice", .names = family_names, .num = NUM_ADVICE_FAMILIES};

static bool has_tag(const struct scenario *scenario, const char *tag)
{
	for (size_t i = 0; i < scenario->num_tags; i++)
		if (strcmp(scenario->tags[i], tag) == 0)
			return true;
	return false;
}

static bool is_chosen(const struct scenario *scenario, enum advice_family family)
{
	return has_tag(scenario, family_names[family]) && !has_tag(scenario, "aside") &&
	       scenario->situation.certificate.must_staple == FEATURE_STAPLE;
}

/* The situation without the extension, as text that can be compared. New memory, or NULL. */
static char *describe(const struct scenario *scenario)
{
	struct situation situation = scenario->situation;
	situation.certificate.must_staple = FEATURE_NONE;
	json_t *object = situation_to_json(&situation);
	char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(object);
	return text;
}

static bool is_twin(const struct scenario *scenario, const struct scenario *other,
		    const char *described)
{
	if (other->situation.certificate.must_staple != FEATURE_NONE ||
	    other->truth != scenario->truth || has_tag(other, "aside"))
		return false;
	char *text = describe(other);
	bool same = text != NULL && strcmp(text, described) == 0;
	free(text);
	return same;
}

static bool is_of_same_file(const struct scenario *scenario, const struct scenario *other)
{
	size_t len = scenario_plain_len(scenario->id);
	return len == scenario_plain_len(other->id) && strncmp(scenario->id, other->id, len) == 0;
}

/* A variant of the same file goes before a scenario that happens to be the same. */
static const struct scenario *find_twin(const struct scenario_list *all,
					const struct scenario *scenario)
{
	const struct scenario *found = NULL;
	char *described = describe(scenario);
	for (size_t i = 0; described != NULL && i < all->num; i++) {
		const struct scenario *other = &all->items[i];
		if (!is_twin(scenario, other, described))
			continue;
		if (is_of_same_file(scenario, other)) {
			found = other;
			break;
		}
		if (found == NULL)
			found = other;
	}
	free(described);
	return found;
}

static bool is_in_order(const struct ocsp_spec *ocsp)
{
	/* A situation counts its statuses from good. */
	return ocsp->status == 0 && ocsp->this_update_ms <= 0 && ocsp->encoding == ENCODING_DER &&
	       ocsp->certid == CERTID_MATCH && ocsp->signature == SIGNATURE_VALID &&
	       ocsp->entries == ENTRIES_ONE &&
	       (ocsp->signer == SIGNER_ISSUER || ocsp->signer == SIGNER_DELEGATE);
}

static enum staple_state find_state(const struct staple_spec *staple)
{
	const struct ocsp_spec *ocsp = &staple->ocsp;
	if (!staple->present)
		return STAPLE_STATE_NONE;
	if (ocsp->response != RESPONSE_SUCCESSFUL)
		return STAPLE_STATE_ERROR;
	if (!is_in_order(ocsp))
		return STAPLE_STATE_OTHER;
	if (ocsp->next_update_ms != DURATION_NONE && ocsp->next_update_ms < 0)
		return STAPLE_STATE_STALE;
	return staple->skip_first > 0 ? STAPLE_STATE_FIRST : STAPLE_STATE_VALID;
}

static bool blocks_responder(const struct responder_spec *responder)
{
	return responder->behaviour == BEHAVIOUR_REFUSE ||
	       responder->behaviour == BEHAVIOUR_SILENT ||
	       responder->behaviour == BEHAVIOUR_RESET ||
	       responder->behaviour == BEHAVIOUR_UNRESOLVABLE;
}

static struct advice_pair make_pair(enum advice_family family, const struct scenario *plain,
				    const struct scenario *must_staple)
{
	enum staple_state state = find_state(&must_staple->situation.server.staple);
	return (struct advice_pair){
		.family = family,
		.plain = plain,
		.must_staple = must_staple,
		.state = state,
		.is_withheld = family == ADVICE_ATTACK && must_staple->truth == STATUS_REVOKED &&
			       state == STAPLE_STATE_NONE &&
			       blocks_responder(&must_staple->situation.responder),
	};
}

static bool is_paired(const struct advice_pairs *pairs, const struct scenario *scenario)
{
	for (size_t i = 0; i < pairs->num; i++)
		if (pairs->items[i].must_staple == scenario)
			return true;
	return false;
}

static bool add_pair(struct advice_pairs *pairs, const struct scenario_list *all,
		     enum advice_family family, const struct scenario *scenario, struct error *err)
{
	/* With the tags of two families it counts for the first. */
	if (!is_chosen(scenario, family) || is_paired(pairs, scenario))
		return true;
	const struct scenario *twin = find_twin(all, scenario);
	if (twin == NULL) {
		error_add(err, ERROR_USAGE,
			  "%s: %s has the tag %s and no twin: a scenario, or a variant, that "
			  "differs only in certificate.must_staple (advice compares the two)",
			  scenario->file, scenario->id, family_names[family]);
		return false;
	}
	pairs->items[pairs->num++] = make_pair(family, twin, scenario);
	return true;
}

/* The attack that must-staple is designed for comes before the others. */
static void put_withheld_first(struct advice_pairs *pairs)
{
	size_t first = 0;
	while (first < pairs->num && pairs->items[first].family != ADVICE_ATTACK)
		first++;
	for (size_t i = first; i < pairs->num; i++) {
		struct advice_pair pair = pairs->items[i];
		if (!pair.is_withheld)
			continue;
		memmove(&pairs->items[first + 1], &pairs->items[first],
			(i - first) * sizeof *pairs->items);
		pairs->items[first++] = pair;
	}
}

bool advice_pairs_find(struct advice_pairs *pairs, const struct scenario_list *all,
		       struct error *err)
{
	bool done = true, has_withheld = false;
	*pairs = (struct advice_pairs){.items = calloc(all->num + 1, sizeof *pairs->items)};
	if (pairs->items == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	for (int family = 0; family < NUM_ADVICE_FAMILIES; family++)
		for (size_t i = 0; i < all->num; i++)
			done = add_pair(pairs, all, (enum advice_family)family, &all->items[i],
					err) &&
			       done;
	for (size_t i = 0; i < pairs->num; i++)
		has_withheld = has_withheld || pairs->items[i].is_withheld;
	put_withheld_first(pairs);
	if (done && !has_withheld)
		done = error_set(err, ERROR_USAGE,
				 "no attack with a revoked certificate, without a staple and with "
				 "a blocked responder remains: the gain cannot be computed");
	if (!done)
		advice_pairs_clear(pairs);
	return done;
}

void advice_pairs_clear(struct advice_pairs *pairs)
{
	free(pairs->items);
	*pairs = (struct advice_pairs){0};
}
