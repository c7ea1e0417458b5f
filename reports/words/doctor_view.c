/* Knows how what the doctor found is put into words. */
#include "reports/words/doctor_view.h"

#include "core/clock.h"
#include "harness/doctor/case_facts.h"
#include "harness/model/server_kind.h"
#include "harness/run/class_set.h"

#include <stdlib.h>
#include <string.h>

/* What a list is sorted by. */
struct ranked {
	const struct examination *one;
	int rank;
	bool has_left;
	int64_t left_s;
	size_t index;
};

/* Of the staple that ends first, whatever else is wrong with it. */
static bool find_left(int64_t *left_s, const struct examination *one)
{
	struct case_facts facts;
	bool is_found = false;
	case_facts_read(&facts, one);
	for (size_t i = 0; i < facts.num_staples; i++) {
		const struct case_staple *staple = &facts.staples[i];
		if (!staple->has_left || (is_found && staple->left_s >= *left_s))
			continue;
		*left_s = staple->left_s;
		is_found = true;
	}
	return is_found;
}

static struct ranked rank(const struct examination *one, size_t index)
{
	static const int ranks[NUM_LEVELS] = {
		[LEVEL_OK] = 0, [LEVEL_INFO] = 1, [LEVEL_WARNING] = 3, [LEVEL_CRITICAL] = 4};
	struct ranked ranked = {.one = one, .rank = 2, .index = index};
	if (one->level.is_known)
		ranked.rank = ranks[one->level.value];
	ranked.has_left = find_left(&ranked.left_s, one);
	return ranked;
}

static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *one = left, *other = right;
	if (one->rank != other->rank)
		return other->rank - one->rank;
	if (one->has_left != other->has_left)
		return (int)other->has_left - (int)one->has_left;
	if (one->left_s != other->left_s)
		return one->left_s < other->left_s ? -1 : 1;
	return one->index < other->index ? -1 : 1;
}

const struct examination **doctor_view_order(const struct examinations *all)
{
	size_t num = all != NULL ? all->num_items : 0;
	if (num == 0)
		return NULL;
	const struct examination **order = calloc(num, sizeof *order);
	struct ranked *ranked = calloc(num, sizeof *ranked);
	for (size_t i = 0; ranked != NULL && i < num; i++)
		ranked[i] = rank(&all->items[i], i);
	if (ranked != NULL)
		qsort(ranked, num, sizeof *ranked, compare_ranked);
	for (size_t i = 0; order != NULL && i < num; i++)
		order[i] = ranked != NULL ? ranked[i].one : &all->items[i];
	free(ranked);
	return order;
}

const char *doctor_view_level(const struct examination *one)
{
	const char *level = word_spelling(&one->level, &level_names);
	return level != NULL ? level : "incomplete";
}

void doctor_view_append_left(struct text *out, const struct examination *one)
{
	char words[32];
	int64_t left_s;
	if (!find_left(&left_s, one))
		return;
	duration_about(words, left_s);
	text_append_format(out, left_s < 0 ? "expired %s ago" : "%s", words);
}

const char *doctor_view_text(const char *text)
{
	return text != NULL ? text : "";
}

const char *doctor_view_word(const struct word *word, const struct name_table *names)
{
	return doctor_view_text(word_spelling(word, names));
}

static void append_classes(struct text *out, const struct run *run, const struct finding *cause,
			   enum effect effect)
{
	const struct texts *list = &cause->classes.by_effect[effect];
	size_t num = run_num_classes(run);
	struct class_member *members = calloc(num + 1, sizeof *members);
	if (members == NULL || list->num == 0) {
		free(members);
		return;
	}
	for (size_t i = 0; i < num; i++) {
		const char *id = run_class_at(run, i)->class->id;
		members[i] = (struct class_member){id, texts_have(list, id)};
	}
	class_set_append(out, members, num);
	free(members);
}

void doctor_view_classes(const struct run *run, const struct finding *cause,
			 void (*write)(void *context, const char *effect, const char *classes),
			 void *context)
{
	struct text words;
	text_init(&words, 0);
	for (int i = 0; i < NUM_EFFECTS; i++) {
		text_reset(&words);
		append_classes(&words, run, cause, (enum effect)i);
		if (words.len > 0)
			write(context, effect_names.texts[i], text_string(&words));
	}
	text_clear(&words);
}

enum severity doctor_view_severity(const struct finding *cause)
{
	return word_is(cause->confidence, CONFIDENCE_POSSIBLE) ? SEVERITY_INFO
							       : finding_severity(cause);
}

void doctor_view_append_weight(struct text *out, const struct finding *cause)
{
	const char *severity = doctor_view_word(&cause->severity, &severity_names);
	const char *confidence = doctor_view_word(&cause->confidence, &confidence_names);
	if (doctor_view_severity(cause) != finding_severity(cause))
		text_append_format(out, "%s, would be %s%s", confidence,
				   finding_severity(cause) == SEVERITY_WARNING ? "a " : "",
				   severity);
	else
		text_append_format(out, "%s%s%s", severity,
				   severity[0] != '\0' && confidence[0] != '\0' ? ", " : "",
				   confidence);
}

const char *doctor_view_server(const struct fix *fix)
{
	if (!fix->server.is_known || fix->snippet == NULL)
		return NULL;
	return server_kind_title((enum server_kind)fix->server.value);
}

void doctor_view_lines(const char *lines, void (*write)(void *context, const char *line),
		       void *context)
{
	struct text line;
	text_init(&line, 0);
	while (*lines != '\0') {
		text_reset(&line);
		for (; *lines != '\0' && *lines != '\n'; lines++)
			text_append_bytes(&line, *lines == '\t' ? "    " : lines,
					  *lines == '\t' ? 4 : 1);
		write(context, text_string(&line));
		lines += *lines == '\n';
	}
	text_clear(&line);
}

void doctor_view_list(const struct texts *list, void (*write)(void *context, const char *line),
		      void *context)
{
	for (size_t i = 0; i < list->num; i++)
		if (list->items[i] != NULL)
			doctor_view_lines(list->items[i], write, context);
}

bool doctor_view_is_sure(const struct finding *cause)
{
	return word_is(cause->confidence, CONFIDENCE_CERTAIN);
}
