/* Knows how two examinations of a target are compared. */
#include "harness/compare/diff_examinations.h"

#include "core/clock.h"
#include "harness/doctor/case_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* --- facts --- */

/* What is compared of a fact, which has no times in it, and what is shown of it. */
struct told {
	char compared[DIFF_FACT_WORDS], shown[DIFF_FACT_WORDS];
};

static void tell_handshakes(struct told *told, const struct case_facts *facts)
{
	snprintf(told->shown, sizeof told->shown, "%zu of %zu completed", facts->num_completed,
		 facts->num_handshakes);
	snprintf(told->compared, sizeof told->compared, "%s",
		 facts->num_handshakes == 0                      ? "none"
		 : facts->num_completed == facts->num_handshakes ? "all"
		 : facts->num_completed == 0                     ? "no"
								 : "some");
}

static void tell_stapled(struct told *told, const struct case_facts *facts)
{
	snprintf(told->shown, sizeof told->shown, "%zu of %zu", facts->num_stapled,
		 facts->num_completed);
	snprintf(told->compared, sizeof told->compared, "%s",
		 facts->num_stapled == 0                      ? "no"
		 : facts->num_stapled == facts->num_completed ? "all"
							      : "some");
}

/* Of several staples the last one that was seen: it is what there is from now on. */
static void tell_staple(struct told *told, const struct case_facts *facts)
{
	char much[32];
	if (facts->num_staples == 0) {
		snprintf(told->shown, sizeof told->shown, "none");
		snprintf(told->compared, sizeof told->compared, "none");
		return;
	}
	const struct case_staple *staple = &facts->staples[facts->num_staples - 1];
	duration_about(much, staple->left_s);
	snprintf(told->compared, sizeof told->compared, "%s", check_name(staple->check));
	snprintf(told->shown, sizeof told->shown, "%s%s%s%s", check_name(staple->check),
		 !staple->has_left     ? ""
		 : staple->left_s >= 0 ? ", current for "
				       : ", over for ",
		 staple->has_left ? much : "",
		 staple->has_left && staple->left_s >= 0 ? " more" : "");
}

static void tell_chain(struct told *told, const struct case_facts *facts)
{
	const char *words = !facts->has_chain            ? "none"
			    : facts->missing_issuer      ? "the issuer is missing"
			    : facts->chain_verified      ? "verifies"
			    : facts->chain_error != NULL ? facts->chain_error
							 : "does not verify";
	snprintf(told->shown, sizeof told->shown, "%.150s", words);
	memcpy(told->compared, told->shown, sizeof told->compared);
}

static void tell_source(struct told *told, enum source_verdict verdict)
{
	snprintf(told->shown, sizeof told->shown, "%s", source_verdict_name(verdict));
	memcpy(told->compared, told->shown, sizeof told->compared);
}

static void tell_responder(struct told *told, const struct case_facts *facts)
{
	tell_source(told, facts->responder);
}

static void tell_crl(struct told *told, const struct case_facts *facts)
{
	tell_source(told, facts->crl);
}

static const struct {
	const char *what;
	void (*tell)(struct told *told, const struct case_facts *facts);
} known_facts[DIFF_FACTS_NUM] = {
	{"handshakes", tell_handshakes}, {"stapled", tell_stapled},     {"staple", tell_staple},
	{"chain", tell_chain},           {"responder", tell_responder}, {"crl", tell_crl},
};

static void compare_facts(struct diff_examination *out, const json_t *before, const json_t *after)
{
	struct case_facts facts_before, facts_after;
	case_facts_read(&facts_before, before);
	case_facts_read(&facts_after, after);
	for (size_t i = 0; i < DIFF_FACTS_NUM; i++) {
		struct told one = {0}, other = {0};
		known_facts[i].tell(&one, &facts_before);
		known_facts[i].tell(&other, &facts_after);
		struct diff_fact *fact = &out->facts[i];
		fact->what = known_facts[i].what;
		fact->moved = strcmp(one.compared, other.compared) != 0;
		memcpy(fact->before, one.shown, sizeof fact->before);
		memcpy(fact->after, other.shown, sizeof fact->after);
	}
}

/* --- causes --- */

static const json_t *find_cause(const json_t *causes, const char *id)
{
	size_t i;
	json_t *one;
	json_array_foreach((json_t *)causes, i, one)
	{
		const char *other = text_of(one, "id");
		if (other != NULL && strcmp(other, id) == 0)
			return one;
	}
	return NULL;
}

static void add_cause(struct diff_examination *out, const json_t *before, const json_t *after)
{
	const json_t *one = after != NULL ? after : before;
	const char *title = text_of(one, "title");
	out->causes[out->num_causes++] = (struct diff_cause){
		.id = text_of(one, "id"),
		.title = title != NULL ? title : "",
		.before = text_of(before, "severity"),
		.after = text_of(after, "severity"),
	};
	out->num_gone += after == NULL;
	out->num_new += before == NULL;
}

/* The causes of one list that are, or are not, in the other. */
static void add_causes(struct diff_examination *out, const json_t *list, const json_t *others,
		       bool common, bool list_is_before)
{
	size_t i;
	json_t *one;
	json_array_foreach((json_t *)list, i, one)
	{
		const char *id = text_of(one, "id");
		const json_t *other = id != NULL ? find_cause(others, id) : NULL;
		if (id == NULL || (other != NULL) != common)
			continue;
		add_cause(out, list_is_before ? one : other, list_is_before ? other : one);
	}
}

static bool compare_causes(struct diff_examination *out, const json_t *before, const json_t *after)
{
	const json_t *old = json_object_get(before, "causes");
	const json_t *new = json_object_get(after, "causes");
	out->causes = calloc(json_array_size(old) + json_array_size(new) + 1, sizeof *out->causes);
	if (out->causes == NULL)
		return false;
	add_causes(out, old, new, false, true);
	add_causes(out, new, old, false, false);
	add_causes(out, new, old, true, false);
	return true;
}

bool diff_examinations_make(struct diff_examination **out, size_t *num, const json_t *before,
			    const json_t *after, struct error *err)
{
	const char *target;
	json_t *later;
	*num = 0;
	*out = calloc(json_object_size(after) + 1, sizeof(**out));
	if (*out == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	json_object_foreach((json_t *)after, target, later)
	{
		const json_t *earlier = json_object_get(before, target);
		if (!json_is_object(earlier) || !json_is_object(later))
			continue;
		struct diff_examination *one = &(*out)[(*num)++];
		one->target = target;
		one->before = text_of(earlier, "level");
		one->after = text_of(later, "level");
		compare_facts(one, earlier, later);
		if (!compare_causes(one, earlier, later))
			return error_set(err, ERROR_UNABLE, "out of memory");
	}
	return true;
}

void diff_examinations_free(struct diff_examination *items, size_t num)
{
	for (size_t i = 0; i < num; i++)
		free(items[i].causes);
	free(items);
}

bool diff_examination_has_moved(const struct diff_examination *one)
{
	for (size_t i = 0; i < DIFF_FACTS_NUM; i++)
		if (one->facts[i].moved)
			return true;
	return one->num_gone + one->num_new > 0;
}
