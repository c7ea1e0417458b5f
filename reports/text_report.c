/* Knows how a run is told at a terminal. */
#include "reports/text_report.h"

#include "core/clock.h"
#include "core/text.h"
#include "harness/time_factor.h"
#include "harness/verdict.h"
#include "reports/matrix_text.h"

#include <stdlib.h>
#include <string.h>

#define UNEXPECTED_SHOWN 40
#define ENDPOINTS_TOLD   3 /* whose cells are told one by one */

struct report {
	struct run *run;
	struct text *out;
	const struct format_options *options;
};

static void append_visible(struct text *out, const char *words)
{
	text_append_visible(out, words, strlen(words));
}

static void append_heading(struct report *report, const char *words)
{
	text_append_format(report->out, "\n%s%s%s\n", report->options->color ? "\033[1m" : "",
			   words, report->options->color ? "\033[0m" : "");
}

/* Appends foreign words in lines that keep the width, each behind `indent` spaces; the
 * first line is begun already and has `used` columns. */
static void append_wrapped(struct report *report, const char *words, size_t indent, size_t used)
{
	struct text visible;
	size_t width = report->options->width > 40 ? (size_t)report->options->width : 40;
	text_init(&visible, 0);
	append_visible(&visible, words);
	const char *p = text_string(&visible);
	bool first = true;
	while (*p != '\0') {
		size_t len = strcspn(p, " ");
		if (!first && used + 1 + len > width) {
			text_append_format(report->out, "\n%*s", (int)indent, "");
			used = indent;
			first = true;
		}
		if (!first)
			text_append(report->out, " ");
		text_append_bytes(report->out, p, len);
		used += len + (first ? 0 : 1);
		first = false;
		p += len;
		p += strspn(p, " ");
	}
	text_append(report->out, "\n");
	text_clear(&visible);
}

/* A paragraph of our own words, wrapped. */
static void append_paragraph(struct report *report, const struct text *words)
{
	append_wrapped(report, text_string(words), 0, 0);
}

static void append_counts(struct text *words, const struct run_summary *summary)
{
	bool first = true;
	for (int i = 0; i < NUM_OUTCOMES; i++) {
		if (summary->by_outcome[i] == 0)
			continue;
		text_append_format(words, "%s%zu %s", first ? "" : ", ", summary->by_outcome[i],
				   outcome_name((enum outcome)i));
		if (i == OUTCOME_CONNECT && summary->num_blind > 0)
			text_append_format(words, " (%zu of them blind)", summary->num_blind);
		first = false;
	}
	if (first)
		text_append(words, "nothing was tested");
	text_append(words, ".");
}

/* "openssl/no-check (5), ..." for cells with a mark. */
static void append_classes(struct text *words, struct run *run, unsigned mark)
{
	bool first = true;
	for (size_t i = 0; i < run_num_classes(run); i++) {
		size_t num = 0;
		for (size_t row = 0; row < run_num_rows(run); row++)
			num += (run_cell(run, row, i)->marks & mark) != 0;
		if (num == 0)
			continue;
		text_append_format(words, "%s%s (%zu)", first ? "" : ", ",
				   run_class_at(run, i)->class->id, num);
		first = false;
	}
}

/* "3 cells: ", "1 cell: ": the first letters of plural make one of many. */
static void append_number(struct text *words, size_t num, const char *noun, const char *plural)
{
	size_t letters = strcspn(plural, " :,");
	text_append_format(words, "%zu %s%s", num, noun, num == 1 ? plural + letters : plural);
}

static void append_summary(struct report *report, const struct run_summary *summary)
{
	struct text words;
	text_init(&words, 0);
	text_append(report->out, "\n");
	append_number(&words, run_num_rows(report->run),
		      run_is_lab(report->run) ? "scenario" : "endpoint", "s by ");
	append_number(&words, run_num_classes(report->run), "client class", "es, ");
	append_number(&words, summary->num_cells, "cell", "s: ");
	append_counts(&words, summary);
	append_paragraph(report, &words);
	if (summary->num_exposed > 0) {
		text_reset(&words);
		text_append_format(
			&words, "Exposed, that is connected to a revoked certificate, in %zu %s: ",
			summary->num_exposed, summary->num_exposed == 1 ? "cell" : "cells");
		append_classes(&words, report->run, CELL_EXPOSED);
		text_append(&words, ".");
		append_paragraph(report, &words);
	}
	text_reset(&words);
	size_t num_judged = 0;
	for (size_t row = 0; row < run_num_rows(report->run); row++)
		for (size_t i = 0; i < run_num_classes(report->run); i++)
			num_judged += cell_is_judged(run_cell(report->run, row, i));
	if (summary->num_unexpected > 0)
		text_append_format(&words, "Not as expected: %zu of %zu.", summary->num_unexpected,
				   num_judged);
	else if (num_judged == summary->num_cells)
		text_append_format(&words, "All %zu cells are as expected.", num_judged);
	else if (num_judged > 0)
		text_append_format(&words,
				   "All %zu cells that something is expected of are as expected.",
				   num_judged);
	if (summary->num_varies > 0)
		text_append_format(&words, " Attempts differ in %zu cells.", summary->num_varies);
	if (words.len > 0)
		append_paragraph(report, &words);
	text_clear(&words);
}

static void append_result(struct text *out, enum outcome outcome, const char *reason)
{
	text_append(out, outcome_name(outcome));
	if (reason != NULL)
		text_append_format(out, " (%s)", reason);
}

/* The attempts of a cell that varies. */
static void append_attempts(struct report *report, const json_t *attempts)
{
	size_t i;
	json_t *one;
	struct text words;
	text_init(&words, 0);
	json_array_foreach((json_t *)attempts, i, one)
		text_append_format(&words, "%s%lld x %s (%s)", i > 0 ? ", " : "",
				   (long long)json_integer_value(json_object_get(one, "times")),
				   json_string_value(json_object_get(one, "outcome")),
				   json_string_value(json_object_get(one, "reason")));
	if (words.len > 0) {
		text_append(report->out, "    attempts  ");
		append_wrapped(report, text_string(&words), 14, 14);
	}
	text_clear(&words);
}

static bool append_cell(struct report *report, size_t row, size_t class, struct error *err)
{
	const struct cell *cell = run_cell(report->run, row, class);
	const struct expectation *expected = cell->expectation;
	struct cell_record record;
	if (!run_load_record(report->run, cell, &record, err))
		return false;
	text_append(report->out, "  ");
	append_visible(report->out, run_row_at(report->run, row)->id);
	text_append_format(report->out, " by %s\n", run_class_at(report->run, class)->class->id);
	text_append(report->out, "    expected  ");
	if (expected != NULL) {
		append_result(report->out, expected->outcome,
			      expected->has_reason ? reason_name(expected->reason) : NULL);
		text_append(report->out, "  [");
		append_visible(report->out, expected->from);
		text_append(report->out, "]\n");
	} else {
		text_append(report->out, "a verdict\n");
	}
	text_append(report->out, "    got       ");
	append_result(report->out, cell->outcome, reason_name(cell->reason));
	text_append(report->out, "\n              ");
	append_wrapped(report, record.detail != NULL ? record.detail : reason_text(cell->reason),
		       14, 14);
	if ((cell->marks & CELL_VARIES) != 0)
		append_attempts(report, record.attempts);
	cell_record_clear(&record);
	return true;
}

/* The cells with a mark, up to UNEXPECTED_SHOWN. */
static bool append_marked(struct report *report, const char *heading, unsigned mark,
			  unsigned without, struct error *err)
{
	size_t num = 0;
	for (size_t row = 0; row < run_num_rows(report->run); row++) {
		for (size_t i = 0; i < run_num_classes(report->run); i++) {
			const struct cell *cell = run_cell(report->run, row, i);
			if ((cell->marks & mark) == 0 || (cell->marks & without) != 0)
				continue;
			if (num == 0)
				append_heading(report, heading);
			if (num < UNEXPECTED_SHOWN && !append_cell(report, row, i, err))
				return false;
			num++;
		}
	}
	if (num > UNEXPECTED_SHOWN)
		text_append_format(report->out, "  and %zu more; --format json has them all\n",
				   num - UNEXPECTED_SHOWN);
	return true;
}

/* An endpoint's cells one by one, for it has no scenario that explains them. */
static bool append_endpoint(struct report *report, size_t row, struct error *err)
{
	const struct run_row *about = run_row_at(report->run, row);
	struct text words;
	text_init(&words, 0);
	append_visible(&words, about->id);
	if (about->address != NULL &&
	    strncmp(about->id, about->address, strlen(about->address)) != 0)
		text_append_format(&words, " (%s, port %d)", about->address, about->port);
	append_heading(report, text_string(&words));
	text_clear(&words);
	for (size_t i = 0; i < run_num_classes(report->run); i++) {
		const struct cell *cell = run_cell(report->run, row, i);
		struct cell_record record;
		if (!run_load_record(report->run, cell, &record, err))
			return false;
		text_append_format(report->out, "  %-26s %s (%s)%s\n",
				   run_class_at(report->run, i)->class->id,
				   outcome_name(cell->outcome), reason_name(cell->reason),
				   (cell->marks & CELL_EXPOSED) != 0 ? " EXPOSED" : "");
		text_append(report->out, "      ");
		append_wrapped(report,
			       record.detail != NULL ? record.detail : reason_text(cell->reason), 6,
			       6);
		if ((cell->marks & CELL_VARIES) != 0)
			append_attempts(report, record.attempts);
		cell_record_clear(&record);
	}
	return true;
}

static void append_note(struct report *report, bool *first, const struct text *words)
{
	if (*first)
		append_heading(report, "Notes");
	*first = false;
	text_append(report->out, "  - ");
	append_wrapped(report, text_string(words), 4, 4);
}

static bool stack_wants_staple(const struct report *report, size_t stack)
{
	for (size_t i = 0; i < run_num_classes(report->run); i++) {
		const struct run_class *class = run_class_at(report->run, i);
		if (class->stack == stack && !class->class->native &&
		    class->class->policy.asks_staple == YES)
			return true;
	}
	return false;
}

static void append_stack_notes(struct report *report, bool *first)
{
	struct text words;
	text_init(&words, 0);
	for (size_t i = 0; i < run_num_stacks(report->run); i++) {
		const struct run_stack *stack = run_stack_at(report->run, i);
		text_reset(&words);
		if (stack->fault != NULL) {
			text_append_format(&words, "%s: %s", stack->stack->id, stack->fault);
			append_note(report, first, &words);
			continue;
		}
		const char *lack = json_string_value(json_object_get(
			json_object_get(stack->description, "lacks"), "status-request"));
		if (lack == NULL || !stack_wants_staple(report, i))
			continue;
		text_append_format(&words,
				   "%s cannot ask for a staple (%s); a policy that insists on one "
				   "fails closed "
				   "there (staple-not-supported).",
				   stack->stack->title, lack);
		append_note(report, first, &words);
	}
	text_clear(&words);
}

/* A user's own in the place of the project's: the reader of a report must not take one for the
 * other. */
static void append_override(struct text *words, const char *id, const char *from)
{
	text_append(words, words->len == 0 ? "in place of the project's own: " : ", ");
	append_visible(words, id);
	text_append(words, " (from ");
	append_visible(words, from);
	text_append(words, ")");
}

static void append_overrides(struct report *report, bool *first)
{
	struct text words;
	text_init(&words, 0);
	for (size_t i = 0; i < run_num_classes(report->run); i++) {
		const struct client_class *class = run_class_at(report->run, i)->class;
		if (class->overrides != NULL)
			append_override(&words, class->id, class->from);
	}
	for (size_t i = 0; i < run_num_rows(report->run); i++) {
		const struct scenario *scenario = run_row_at(report->run, i)->scenario;
		if (scenario != NULL && scenario->overrides != NULL)
			append_override(&words, scenario->id, scenario->file);
	}
	if (words.len > 0)
		append_note(report, first, &words);
	text_clear(&words);
}

static void append_notes(struct report *report, const struct run_summary *summary)
{
	bool first = true;
	struct text words;
	text_init(&words, 0);
	append_stack_notes(report, &first);
	append_overrides(report, &first);
	const struct expectation_list *deviations = run_deviations(report->run);
	for (size_t i = 0; deviations != NULL && i < deviations->num; i++) {
		const struct expectation *item = &deviations->items[i];
		if (!expectation_is_stale(item))
			continue;
		text_reset(&words);
		text_append_format(
			&words, "stale deviation, it no longer happens: %s in %s should be %s [%s]",
			item->class_pattern, item->row_pattern, outcome_name(item->outcome),
			item->from);
		append_note(report, &first, &words);
	}
	if (summary->num_done < summary->num_cells) {
		text_reset(&words);
		text_append_format(&words, "interrupted: %zu of %zu cells were not run.",
				   summary->num_cells - summary->num_done, summary->num_cells);
		append_note(report, &first, &words);
	}
	if (run_time_factor(report->run) != 1) {
		char factor[24];
		text_reset(&words);
		text_append_format(&words,
				   "times of slow responders and time-outs were divided by %s.",
				   time_factor_print(factor, run_time_factor(report->run)));
		append_note(report, &first, &words);
	}
	text_clear(&words);
}

static void append_clock(struct report *report)
{
	const struct run_clock *clock = run_clock(report->run);
	char offset[32];
	struct text words;
	if (clock->offset_s == 0)
		return;
	text_init(&words, 0);
	text_append_format(&words,
			   "The clock of the clients was moved by %s%s, to %s: servers, staples "
			   "and responders are those of now. Nothing is expected of such cells.",
			   clock->offset_s > 0 ? "+" : "",
			   duration_print(offset, clock->offset_s * 1000), clock->at);
	text_append(report->out, "\n");
	append_paragraph(report, &words);
	text_clear(&words);
}

static bool append_all(struct report *report, struct error *err)
{
	struct run_summary summary;
	run_summarise(report->run, &summary);
	if (!matrix_text_append(report->out, report->run, report->options))
		return error_set(err, ERROR_UNABLE, "out of memory");
	append_clock(report);
	append_summary(report, &summary);
	if (!run_is_lab(report->run) && run_num_rows(report->run) <= ENDPOINTS_TOLD) {
		for (size_t row = 0; row < run_num_rows(report->run); row++)
			if (!append_endpoint(report, row, err))
				return false;
	} else if (!append_marked(report, "Not as expected", CELL_UNEXPECTED, 0, err) ||
		   !append_marked(report, "Attempts differ", CELL_VARIES, CELL_UNEXPECTED, err)) {
		return false;
	}
	append_notes(report, &summary);
	return true;
}

bool text_report_write(FILE *out, struct run *run, const struct format_options *options,
		       struct error *err)
{
	struct text text;
	struct report report = {.run = run, .out = &text, .options = options};
	text_init(&text, 0);
	bool done = append_all(&report, err);
	if (done && text.failed)
		done = error_set(err, ERROR_UNABLE, "the report is too large");
	if (done)
		fwrite(text_string(&text), 1, text.len, out);
	text_clear(&text);
	return done;
}
