/* Knows how the document of an advice is read. */
#include "reports/words/advice_view.h"

#include "harness/advice/advice.h"

#include <string.h>

const json_t *advice_view_of(const struct run *run)
{
	return run_addition(run, RUN_ADDITION_ADVICE);
}

const char *advice_view_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text != NULL ? text : "";
}

double advice_view_number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static int64_t seconds(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static double lets_in(const json_t *side)
{
	return advice_view_number(side, "connects") + advice_view_number(side, "warns");
}

void advice_view_row(struct advice_row *row, const json_t *pair)
{
	const json_t *without = json_object_get(pair, "without");
	const json_t *with = json_object_get(pair, "with");
	const json_t *changed = json_object_get(pair, "newly_refused");
	*row = (struct advice_row){
		.family = advice_view_text(pair, "family"),
		.label = advice_view_text(pair, "label"),
		.plain_id = advice_view_text(without, "row"),
		.must_staple_id = advice_view_text(with, "row"),
		.changed = advice_view_number(changed, "share"),
		.classes = json_object_get(changed, "classes"),
	};
	row->is_attack = strcmp(row->family, "attack") == 0;
	row->without = row->is_attack ? lets_in(without) : advice_view_number(without, "refuses");
	row->with = row->is_attack ? lets_in(with) : advice_view_number(with, "refuses");
}

const char *advice_view_heading(const char *family)
{
	static const char *const headings[NUM_ADVICE_FAMILIES] = {
		[ADVICE_BASELINE] = "All is well: who is refused",
		[ADVICE_OUTAGE] = "Outage of the responder: who is refused",
		[ADVICE_MISCONFIGURATION] = "Misconfiguration: who is refused",
		[ADVICE_ATTACK] = "Attack with a stolen, revoked certificate: who still connects",
	};
	int found = name_find(&advice_family_names, family);
	return found >= 0 ? headings[found] : family;
}

const json_t *advice_view_list(const json_t *advice, const char *key)
{
	return json_object_get(json_object_get(advice, "answer"), key);
}

void advice_view_append_life(struct text *out, const json_t *advice)
{
	static const struct {
		const char *from, *words;
	} origins[] = {
		{"option", "as --staple-life says"},
		{"staple", "as the endpoint's staple does"},
		{"responder", "as the responder's answer does"},
	};
	const json_t *margins = json_object_get(advice, "margins");
	const char *from = advice_view_text(margins, "life_from"), *words = "an assumption";
	char life[ADVICE_WORD_MAX], fetched[ADVICE_WORD_MAX], outage[ADVICE_WORD_MAX];
	for (size_t i = 0; i < sizeof origins / sizeof *origins; i++)
		if (strcmp(origins[i].from, from) == 0)
			words = origins[i].words;
	text_append_format(
		out,
		"An answer lives %s (%s), of which at least %s are left when a server fetches it. "
		"An outage of %s is to be survived.",
		advice_duration(life, seconds(margins, "staple_life_s")), words,
		advice_duration(fetched, seconds(margins, "fetched_least_s")),
		advice_duration(outage, seconds(margins, "outage_s")));
}

const char *advice_view_after(const json_t *server)
{
	const char *after = advice_view_text(server, "after");
	if (strcmp(after, "stale") == 0)
		return "the stale answer";
	return strcmp(after, "error") == 0 ? "tryLater" : "no staple";
}

void advice_view_append_restart(struct text *out, const json_t *server)
{
	char least[ADVICE_WORD_MAX];
	const char *restart = advice_view_text(server, "restart");
	if (strcmp(restart, "lost") == 0) {
		text_append(out, "nothing");
		return;
	}
	text_append_format(out, "%s%s", advice_duration(least, seconds(server, "restart_least_s")),
			   strcmp(restart, "kept-if-saved") == 0 ? " if saved" : "");
}

/* A class that does otherwise with must-staple, in the pair of the stolen certificate. */
void advice_view_append_explain(struct text *out, const struct run *run, const json_t *advice)
{
	size_t i;
	const json_t *pair;
	json_array_foreach(json_object_get(advice, "pairs"), i, pair)
	{
		struct advice_row row;
		advice_view_row(&row, pair);
		const char *class = json_string_value(json_array_get(row.classes, 0));
		if (!row.is_attack || !json_is_true(json_object_get(pair, "withheld")))
			continue;
		if (class == NULL)
			class = advice_view_text(
				json_array_get(
					json_object_get(json_object_get(pair, "with"), "cells"), 0),
				"class");
		text_append_format(out, "revoscope explain %s/%s/%s", run_id(run),
				   row.must_staple_id, class);
		return;
	}
}
