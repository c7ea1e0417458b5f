/* Knows what a run comes to, in words. */
#include "reports/words/answer_words.h"

#include "harness/run/verdict.h"

#include <string.h>

/* What is said of a class in a topic: in the lab, and at endpoints. */
static const char *const said[NUM_ANSWER_TOPICS][2] = {
	[ANSWER_EXPOSED] = {"connect to a revoked certificate in at least one scenario (exposed)",
			    "connect although the certificate is revoked according to another "
			    "class (exposed)"},
	[ANSWER_REFUSES] = {"reject a good certificate in at least one scenario, because its "
			    "status cannot be established",
			    "reject an endpoint"},
	[ANSWER_BLIND] =
		{"connect at least once without knowing the status and without a warning (blind)",
		 "connect at least once without knowing the status and without a warning (blind)"},
};

/* Refusing a good certificate is the price of strictness, unless the chain itself is bad. */
static bool refuses_good(const struct run_row *row, const struct cell *cell)
{
	if (cell->outcome != OUTCOME_REJECT)
		return false;
	if (row->scenario == NULL)
		return true;
	return row->scenario->truth == STATUS_GOOD && strcmp(row->scenario->family, "chain") != 0;
}

static bool cell_fits(const struct run_row *row, const struct cell *cell, enum answer_topic topic)
{
	switch (topic) {
	case ANSWER_EXPOSED: return (cell->marks & CELL_EXPOSED) != 0;
	case ANSWER_REFUSES: return refuses_good(row, cell);
	default: return (cell->marks & CELL_BLIND) != 0;
	}
}

static bool class_fits(struct run *run, size_t class, enum answer_topic topic)
{
	for (size_t row = 0; row < run_num_rows(run); row++)
		if (cell_fits(run_row_at(run, row), run_cell(run, row, class), topic))
			return true;
	return false;
}

void answer_sentence_make(struct answer_sentence *sentence, struct run *run,
			  enum answer_topic topic)
{
	*sentence = (struct answer_sentence){
		.num_classes = run_num_classes(run),
		.said = said[topic][run_is_lab(run) ? 0 : 1],
	};
	text_init(&sentence->names, 0);
	for (size_t i = 0; i < sentence->num_classes; i++) {
		if (!class_fits(run, i, topic))
			continue;
		text_append_format(&sentence->names, "%s%s", sentence->num > 0 ? ", " : "",
				   run_class_at(run, i)->class->id);
		sentence->num++;
	}
	if (sentence->num == sentence->num_classes)
		text_reset(&sentence->names);
}

void answer_sentence_clear(struct answer_sentence *sentence)
{
	text_clear(&sentence->names);
}

/* "3 cells: ", "1 cell: ": the first letters of plural make one of many. */
static void append_number(struct text *words, size_t num, const char *noun, const char *plural)
{
	size_t letters = strcspn(plural, " :,");
	text_append_format(words, "%zu %s%s", num, noun, num == 1 ? plural + letters : plural);
}

void answer_append_size(struct text *out, struct run *run)
{
	struct run_summary summary;
	bool first = true;
	run_summarize(run, &summary);
	append_number(out, run_num_rows(run), run_is_lab(run) ? "scenario" : "endpoint", "s by ");
	append_number(out, run_num_classes(run), "client class", "es, ");
	append_number(out, summary.num_cells, "cell", "s: ");
	for (int i = 0; i < NUM_OUTCOMES; i++) {
		if (summary.by_outcome[i] == 0)
			continue;
		text_append_format(out, "%s%zu %s", first ? "" : ", ", summary.by_outcome[i],
				   outcome_name((enum outcome)i));
		if (i == OUTCOME_CONNECT && summary.num_blind > 0)
			text_append_format(out, " (%zu of them blind)", summary.num_blind);
		first = false;
	}
	if (first)
		text_append(out, "nothing was tested");
	text_append(out, ".");
}

void answer_append_exposed(struct text *out, struct run *run)
{
	struct run_summary summary;
	bool first = true;
	run_summarize(run, &summary);
	if (summary.num_exposed == 0)
		return;
	text_append_format(out, "Exposed, that is connected to a revoked certificate, in %zu %s: ",
			   summary.num_exposed, summary.num_exposed == 1 ? "cell" : "cells");
	for (size_t i = 0; i < run_num_classes(run); i++) {
		size_t num = 0;
		for (size_t row = 0; row < run_num_rows(run); row++)
			num += (run_cell(run, row, i)->marks & CELL_EXPOSED) != 0;
		if (num == 0)
			continue;
		text_append_format(out, "%s%s (%zu)", first ? "" : ", ",
				   run_class_at(run, i)->class->id, num);
		first = false;
	}
	text_append(out, ".");
}

void answer_append_judgement(struct text *out, struct run *run)
{
	struct run_summary summary;
	size_t num_judged = 0;
	run_summarize(run, &summary);
	for (size_t row = 0; row < run_num_rows(run); row++)
		for (size_t i = 0; i < run_num_classes(run); i++)
			num_judged += cell_is_judged(run_cell(run, row, i));
	if (summary.num_unexpected > 0)
		text_append_format(out, "Not as expected: %zu of %zu.", summary.num_unexpected,
				   num_judged);
	else if (num_judged == 1 && summary.num_cells == 1)
		text_append(out, "The one cell is as expected.");
	else if (num_judged == summary.num_cells)
		text_append_format(out, "All %zu cells are as expected.", num_judged);
	else if (num_judged > 0)
		text_append_format(out, "All %zu cells with an expectation are as expected.",
				   num_judged);
	if (summary.num_varies > 0)
		text_append_format(out, "%sAttempts differ in %zu cells.", out->len > 0 ? " " : "",
				   summary.num_varies);
	if (summary.num_stale + summary.num_expired > 0)
		text_append_format(out, "%sExpectations: %zu stale and %zu expired.",
				   out->len > 0 ? " " : "", summary.num_stale, summary.num_expired);
}
