/* Knows how two examinations of a target are compared. */
#include "harness/compare/diff_examinations.h"

#include "core/clock.h"
#include "harness/doctor/case_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- facts --- */

/* What is compared of a fact, which has no times in it, and what is shown of it. */
struct description {
	char compared[DIFF_FACT_WORDS], shown[DIFF_FACT_WORDS];
};

static void describe_handshakes(struct description *text, const struct case_facts *facts)
{
	snprintf(text->shown, sizeof text->shown, "%zu of %zu completed", facts->num_completed,
		 facts->num_handshakes);
	snprintf(text->compared, sizeof text->compared, "%s",
		 facts->num_handshakes == 0                      ? "none"
		 : facts->num_completed == facts->num_handshakes ? "all"
		 : facts->num_completed == 0                     ? "no"
								 : "some");
}

static void describe_stapled(struct description *text, const struct case_facts *facts)
{
	snprintf(text->shown, sizeof text->shown, "%zu of %zu", facts->num_stapled,
		 facts->num_completed);
	snprintf(text->compared, sizeof text->compared, "%s",
		 facts->num_stapled == 0                      ? "no"
		 : facts->num_stapled == facts->num_completed ? "all"
							      : "some");
}

/* Of several staples the last one that was seen: it is what there is from now on. */
static void describe_staple(struct description *text, const struct case_facts *facts)
{
	char much[32];
	if (facts->num_staples == 0) {
		snprintf(text->shown, sizeof text->shown, "none");
		snprintf(text->compared, sizeof text->compared, "none");
		return;
	}
	const struct case_staple *staple = &facts->staples[facts->num_staples - 1];
	duration_about(much, staple->left_s);
	snprintf(text->compared, sizeof text->compared, "%s", check_name(staple->check));
	snprintf(text->shown, sizeof text->shown, "%s%s%s%s", check_name(staple->check),
		 !staple->has_left     ? ""
		 : staple->left_s >= 0 ? ", current for "
				       : ", expired for ",
		 staple->has_left ? much : "",
		 staple->has_left && staple->left_s >= 0 ? " more" : "");
}

static void describe_chain(struct description *text, const struct case_facts *facts)
{
	const char *words = !facts->has_chain            ? "none"
			    : facts->missing_issuer      ? "the issuer is missing"
			    : facts->chain_verified      ? "verifies"
			    : facts->chain_error != NULL ? facts->chain_error
							 : "does not verify";
	snprintf(text->shown, sizeof text->shown, "%.150s", words);
	memcpy(text->compared, text->shown, sizeof text->compared);
}

static void describe_source(struct description *text, enum source_verdict verdict)
{
	snprintf(text->shown, sizeof text->shown, "%s", source_verdict_names.names[verdict]);
	memcpy(text->compared, text->shown, sizeof text->compared);
}

static void describe_responder(struct description *text, const struct case_facts *facts)
{
	describe_source(text, facts->responder);
}

static void describe_crl(struct description *text, const struct case_facts *facts)
{
	describe_source(text, facts->crl);
}

static const struct {
	const char *what;
	void (*describe)(struct description *text, const struct case_facts *facts);
} known_facts[DIFF_FACTS_NUM] = {
	{"handshakes", describe_handshakes}, {"stapled", describe_stapled},
	{"staple", describe_staple},         {"chain", describe_chain},
	{"responder", describe_responder},   {"crl", describe_crl},
};

static void compare_facts(struct diff_examination *out, const struct examination *before,
			  const struct examination *after)
{
	struct case_facts facts_before, facts_after;
	case_facts_read(&facts_before, before);
	case_facts_read(&facts_after, after);
	for (size_t i = 0; i < DIFF_FACTS_NUM; i++) {
		struct description one = {0}, other = {0};
		known_facts[i].describe(&one, &facts_before);
		known_facts[i].describe(&other, &facts_after);
		struct diff_fact *fact = &out->facts[i];
		fact->what = known_facts[i].what;
		fact->moved = strcmp(one.compared, other.compared) != 0;
		memcpy(fact->before, one.shown, sizeof fact->before);
		memcpy(fact->after, other.shown, sizeof fact->after);
	}
}

/* --- causes --- */

static const struct finding *find_same(const struct examination *in, const struct finding *one)
{
	for (size_t i = 0; i < in->num_causes; i++)
		if (word_equals(&in->causes[i].id, &one->id))
			return &in->causes[i];
	return NULL;
}

static const char *severity_of(const struct finding *finding)
{
	return finding != NULL ? word_spelling(&finding->severity, &severity_names) : NULL;
}

static void add_cause(struct diff_examination *out, const struct finding *before,
		      const struct finding *after)
{
	const struct finding *one = after != NULL ? after : before;
	if (one == NULL)
		return;
	out->causes[out->num_causes++] = (struct diff_cause){
		.id = word_spelling(&one->id, &cause_names),
		.title = one->title != NULL ? one->title : "",
		.before = severity_of(before),
		.after = severity_of(after),
	};
	out->num_gone += after == NULL;
	out->num_new += before == NULL;
}

/* The causes of one list that are, or are not, in the other. */
static void add_causes(struct diff_examination *out, const struct examination *list,
		       const struct examination *others, bool common, bool list_is_before)
{
	for (size_t i = 0; i < list->num_causes; i++) {
		const struct finding *one = &list->causes[i], *other = find_same(others, one);
		bool has_id = word_spelling(&one->id, &cause_names) != NULL;
		if (has_id && (other != NULL) == common)
			add_cause(out, list_is_before ? one : other, list_is_before ? other : one);
	}
}

static bool compare_causes(struct diff_examination *out, const struct examination *before,
			   const struct examination *after)
{
	out->causes = calloc(before->num_causes + after->num_causes + 1, sizeof *out->causes);
	if (out->causes == NULL)
		return false;
	add_causes(out, before, after, false, true);
	add_causes(out, after, before, false, false);
	add_causes(out, after, before, true, false);
	return true;
}

bool diff_examinations_make(struct diff_examination **out, size_t *num,
			    const struct examinations *before, const struct examinations *after,
			    struct error *err)
{
	*num = 0;
	*out = calloc((after != NULL ? after->num_items : 0) + 1, sizeof(**out));
	if (*out == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	for (size_t i = 0; after != NULL && i < after->num_items; i++) {
		const struct examination *later = &after->items[i];
		const struct examination *earlier = examinations_find(before, later->id);
		if (earlier == NULL)
			continue;
		struct diff_examination *one = &(*out)[(*num)++];
		one->target = later->id;
		one->before = word_spelling(&earlier->level, &level_names);
		one->after = word_spelling(&later->level, &level_names);
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
