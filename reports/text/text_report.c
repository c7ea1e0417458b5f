/* Knows how a run is shown at a terminal. */
#include "reports/format.h"

#include "core/text.h"
#include "harness/run/cell_record.h"
#include "harness/run/verdict.h"
#include "reports/advice_report.h"
#include "reports/words/answer_words.h"
#include "reports/doctor_report.h"
#include "reports/text/matrix_text.h"
#include "reports/words/run_notes.h"
#include "reports/words/wrapped_text.h"

#include <stdlib.h>
#include <string.h>

#define UNEXPECTED_SHOWN 40
#define ENDPOINTS_SHOWN  3 /* whose cells are shown one by one */

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

static void append_wrapped(struct report *report, const char *words, size_t indent, size_t used)
{
	wrapped_text_append(report->out, words, indent, used, report->options->width);
}

/* A paragraph of our own words, wrapped. */
static void append_paragraph(struct report *report, const struct text *words)
{
	append_wrapped(report, text_string(words), 0, 0);
}

static void append_summary(struct report *report)
{
	static void (*const parts[])(struct text * out, struct run * run) = {
		answer_append_size, answer_append_exposed, answer_append_judgement};
	struct text words;
	text_init(&words, 0);
	text_append(report->out, "\n");
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		text_reset(&words);
		parts[i](&words, report->run);
		if (words.len > 0)
			append_paragraph(report, &words);
	}
	text_clear(&words);
}

static void append_result(struct text *out, enum outcome outcome, const char *reason)
{
	text_append(out, outcome_name(outcome));
	if (reason != NULL)
		text_append_format(out, " (%s)", reason);
}

/* The attempts of a cell that varies. */
static void append_attempts(struct report *report, const struct attempts *attempts)
{
	struct text words;
	text_init(&words, 0);
	for (size_t i = 0; i < attempts->num; i++)
		text_append_format(&words, "%s%lld x %s (%s)", i > 0 ? ", " : "",
				   (long long)attempts->items[i].times,
				   outcome_name(attempts->items[i].outcome),
				   reason_name(attempts->items[i].reason));
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
	if (!cell_record_load(&record, report->run, cell, err)) {
		cell_record_clear(&record);
		return false;
	}
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
	if (cell_has_split_reason(cell))
		text_append(report->out, ", split from the expected reason by newer rules");
	text_append(report->out, "\n              ");
	append_wrapped(report, record.detail != NULL ? record.detail : reason_text(cell->reason),
		       14, 14);
	if ((cell->marks & CELL_VARIES) != 0)
		append_attempts(report, &record.attempts);
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
		if (!cell_record_load(&record, report->run, cell, err)) {
			cell_record_clear(&record);
			return false;
		}
		text_append_format(report->out, "  %-26s %s (%s)%s\n",
				   run_class_at(report->run, i)->class->id,
				   outcome_name(cell->outcome), reason_name(cell->reason),
				   (cell->marks & CELL_EXPOSED) != 0 ? " EXPOSED" : "");
		text_append(report->out, "      ");
		append_wrapped(report,
			       record.detail != NULL ? record.detail : reason_text(cell->reason), 6,
			       6);
		if ((cell->marks & CELL_VARIES) != 0)
			append_attempts(report, &record.attempts);
		cell_record_clear(&record);
	}
	return true;
}

struct noted {
	struct report *report;
	bool any;
};

static void append_note(void *context, const char *words)
{
	struct noted *noted = context;
	if (!noted->any)
		append_heading(noted->report, "Notes");
	noted->any = true;
	text_append(noted->report->out, "  - ");
	append_wrapped(noted->report, words, 4, 4);
}

static void append_clock(struct report *report)
{
	struct text words;
	text_init(&words, 0);
	run_notes_append_clock(&words, report->run);
	if (words.len > 0) {
		text_append(report->out, "\n");
		append_paragraph(report, &words);
	}
	text_clear(&words);
}

static bool append_all(struct report *report, struct error *err)
{
	bool examined = run_examinations(report->run) != NULL;
	advice_append_text(report->out, report->run, report->options);
	doctor_append_text(report->out, report->run, report->options);
	if (!matrix_text_append(report->out, report->run, report->options))
		return error_set(err, ERROR_UNABLE, "out of memory");
	append_clock(report);
	append_summary(report);
	/* What the doctor says of a cause names the classes that feel it. */
	if (!run_is_lab(report->run) && !examined && run_num_rows(report->run) <= ENDPOINTS_SHOWN) {
		for (size_t row = 0; row < run_num_rows(report->run); row++)
			if (!append_endpoint(report, row, err))
				return false;
	} else if (!append_marked(report, "Not as expected", CELL_UNEXPECTED, 0, err) ||
		   !append_marked(report, "Attempts differ", CELL_VARIES, CELL_UNEXPECTED, err)) {
		return false;
	}
	run_notes(report->run, append_note, &(struct noted){.report = report});
	return true;
}

/*
 * A run for a person at a terminal: the matrix, what it comes to, what is not as it
 * should be, and what one has to know of the stacks.
 */
bool text_report_write_run(FILE *out, struct run *run, const struct format_options *options,
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
