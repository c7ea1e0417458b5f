/* Knows the sections of the page for a wiki. */
#include "reports/format.h"

#include "core/text.h"
#include "reports/advice_report.h"
#include "reports/words/answer_words.h"
#include "reports/words/cell_facts.h"
#include "reports/doctor_report.h"
#include "reports/markdown/markdown_matrix.h"
#include "reports/markdown/markdown_text.h"
#include "reports/words/repeat.h"
#include "reports/words/run_notes.h"
#include "harness/run/run_head.h"

#include <string.h>

#define UNEXPECTED_MAX 500 /* shown with their detail */

static void write_sentence(FILE *out, struct run *run, enum answer_topic topic)
{
	struct answer_sentence sentence;
	answer_sentence_make(&sentence, run, topic);
	fprintf(out, "- **%zu of %zu** client classes %s", sentence.num, sentence.num_classes,
		sentence.said);
	if (sentence.names.len > 0) {
		fputs(": ", out);
		markdown_write(out, text_string(&sentence.names));
	}
	fputs(".\n", out);
	answer_sentence_clear(&sentence);
}

/* A list item of words that a function appends; nothing when there are none. */
static void write_item(FILE *out, struct run *run,
		       void (*append)(struct text *out, struct run *run))
{
	struct text words;
	text_init(&words, 0);
	append(&words, run);
	if (words.len > 0) {
		fputs("- ", out);
		markdown_write(out, text_string(&words));
		fputc('\n', out);
	}
	text_clear(&words);
}

static void write_answer(FILE *out, struct run *run)
{
	struct text clock;
	text_init(&clock, 0);
	run_notes_append_clock(&clock, run);
	if (clock.len > 0) {
		fputs("**Note:** ", out);
		markdown_write(out, text_string(&clock));
		fputs("\n\n", out);
	}
	text_clear(&clock);
	for (int topic = 0; topic < NUM_ANSWER_TOPICS; topic++)
		write_sentence(out, run, (enum answer_topic)topic);
	write_item(out, run, answer_append_judgement);
	write_item(out, run, answer_append_size);
}

static void write_line(FILE *out, const char *label, const char *value)
{
	fprintf(out, "| %s | ", label);
	markdown_write(out, value);
	fputs(" |\n", out);
}

static void write_environment(FILE *out, struct run *run)
{
	const char *finished = run_finished(run);
	fputs("\n## Environment\n\n| what | value |\n|---|---|\n| run | ", out);
	markdown_write_code(out, run_id(run));
	fputs(" |\n", out);
	write_line(out, "vantage", run_vantage(run));
	write_line(out, "started", run_started(run));
	write_line(out, "finished", finished != NULL ? finished : "not: it was interrupted");
	write_line(out, "revoscope", run_version(run));
	for (size_t i = 0; i < run_num_stacks(run); i++) {
		const struct run_stack *stack = run_stack_at(run, i);
		fputs("| ", out);
		markdown_write(out, stack->stack->title);
		fputs(" | ", out);
		markdown_write(out, stack->version != NULL ? stack->version : "not there");
		fputs(" |\n", out);
	}
	fputs("| command | ", out);
	markdown_write_code(out, run_command(run));
	fputs(" |\n", out);
}

/* A policy without words of its own: its axes that are not at their default. */
static void write_axes(FILE *out, const struct policy *policy)
{
	char number[16];
	bool first = true;
	for (size_t i = 0; i < num_policy_axes; i++) {
		const struct policy_axis *axis = &policy_axes[i];
		if (policy_get(policy, axis) == axis->fallback)
			continue;
		fputs(first ? "" : ", ", out);
		first = false;
		markdown_write(out, axis->name);
		fprintf(out, " %s", policy_spell(policy, axis, number));
	}
	if (first)
		fputs("checks nothing", out);
}

static void write_policy(FILE *out, const struct client_class *class, bool by_class)
{
	fputs("| ", out);
	markdown_write_code(out, by_class ? class->id : class->policy_id);
	fputs(" | ", out);
	if (class->text != NULL)
		markdown_write(out, class->text);
	else if (class->native)
		fputs("the stack's own default settings, without application code", out);
	else
		write_axes(out, &class->policy);
	fputs(" | ", out);
	markdown_write(out, class->origin);
	if (class->reference != NULL) {
		fputs(": ", out);
		markdown_write(out, class->reference);
	}
	fputs(" |\n", out);
}

/* Built-in policies once for all stacks; what is a stack's or a program's own by class. */
static void write_policies(FILE *out, struct run *run)
{
	fputs("\n## Policies\n\n| policy or class | behaviour | origin |\n|---|---|---|\n", out);
	for (size_t i = 0; i < run_num_classes(run); i++) {
		const struct client_class *class = run_class_at(run, i)->class;
		bool by_class = class->native || strcmp(class->policy_id, "own") == 0;
		bool shown = false;
		for (size_t k = 0; !by_class && k < i; k++)
			shown = shown || strcmp(run_class_at(run, k)->class->policy_id,
						class->policy_id) == 0;
		if (!shown)
			write_policy(out, class, by_class);
	}
}

/* "- ROW: class, class" for every row with such cells. */
static void write_marked(FILE *out, struct run *run, const char *heading, const char *text,
			 unsigned mark)
{
	fprintf(out, "\n## %s\n\n%s\n\n", heading, text);
	bool any = false;
	for (size_t row = 0; row < run_num_rows(run); row++) {
		bool first = true;
		for (size_t i = 0; i < run_num_classes(run); i++) {
			if ((run_cell(run, row, i)->marks & mark) == 0)
				continue;
			if (first) {
				fputs("- ", out);
				markdown_write_code(out, run_row_at(run, row)->id);
			}
			fputs(first ? ": " : ", ", out);
			markdown_write(out, run_class_at(run, i)->class->id);
			first = false;
		}
		if (!first)
			fputc('\n', out);
		any = any || !first;
	}
	if (!any)
		fputs("None.\n", out);
}

static void write_unexpected_cell(FILE *out, struct run *run, size_t row, size_t class,
				  const struct cell_facts *facts)
{
	struct text command;
	const struct cell *cell = facts->cell;
	const struct expectation *expected = cell->expectation;
	fputs("- ", out);
	markdown_write_code(out, facts->row->id);
	fputs(" by ", out);
	markdown_write(out, facts->class->class->id);
	fprintf(out, ": got **%s** (%s), expected ", outcome_name(cell->outcome),
		reason_name(cell->reason));
	if (expected != NULL) {
		fprintf(out, "**%s**", outcome_name(expected->outcome));
		if (expected->has_reason)
			fprintf(out, " (%s)", reason_name(expected->reason));
		fputs(" by ", out);
		markdown_write_code(out, expected->from);
	} else {
		fputs("a verdict", out);
	}
	fputs(". Results: ", out);
	markdown_write(out, facts->detail);
	if (facts->seen->native.text != NULL) {
		fputs("; native result: ", out);
		markdown_write(out, facts->seen->native.text);
	}
	fputs(". To repeat: ", out);
	text_init(&command, 0);
	repeat_append(&command, run, row, class);
	markdown_write_code(out, text_string(&command));
	text_clear(&command);
	fputc('\n', out);
}

static bool write_unexpected(FILE *out, struct run *run, struct error *err)
{
	size_t num = 0;
	fputs("\n## Not as expected\n\n", out);
	for (size_t row = 0; row < run_num_rows(run); row++) {
		for (size_t i = 0; i < run_num_classes(run); i++) {
			struct cell_facts facts;
			if ((run_cell(run, row, i)->marks & CELL_UNEXPECTED) == 0 ||
			    num++ >= UNEXPECTED_MAX)
				continue;
			bool done = cell_facts_load(&facts, run, row, i, err);
			if (done)
				write_unexpected_cell(out, run, row, i, &facts);
			cell_facts_clear(&facts);
			if (!done)
				return false;
		}
	}
	if (num > UNEXPECTED_MAX)
		fprintf(out, "- and %zu more; `--format json` has them all\n",
			num - UNEXPECTED_MAX);
	if (num == 0)
		fputs("None.\n", out);
	return true;
}

struct noted {
	FILE *out;
	bool any;
};

static void write_note(void *context, const char *words)
{
	struct noted *noted = context;
	if (!noted->any)
		fputs("\n## Notes\n\n", noted->out);
	noted->any = true;
	/* The words of a note may begin with a foreign one; no list must begin in an item. */
	fputs("- Note: ", noted->out);
	markdown_write(noted->out, words);
	fputc('\n', noted->out);
}

static void write_repeat(FILE *out, struct run *run)
{
	fputs("\n## How to repeat\n\n", out);
	markdown_write_block(out, run_command(run));
	fputc('\n', out);
	fputs(run_is_lab(run)
		      ? "The lab runs locally and creates all signatures when it starts; no "
			"network is needed. One cell with all its evidence: `revoscope run "
			"SCENARIO --class CLASS --evidence DIR`.\n"
		      : "One cell with all its evidence: `revoscope probe ENDPOINT --class CLASS "
			"--evidence DIR`.\n",
	      out);
}

/*
 * A run as a page for a wiki (GitHub- and GitLab-flavoured Markdown): the answer in words, the
 * matrix, who is exposed and who is blind, what is not as expected, the policies in words, how to
 * repeat it.
 */
bool markdown_write_run(FILE *out, struct run *run, const struct format_options *options,
			struct error *err)
{
	(void)options;
	fputs("# When revocation status goes wrong: which clients connect, warn and reject\n\n",
	      out);
	write_answer(out, run);
	advice_write_markdown(out, run);
	doctor_write_markdown(out, run);
	write_environment(out, run);
	write_policies(out, run);
	fputs("\n## Matrix\n", out);
	markdown_write_matrix(out, run);
	write_marked(out, run, "Exposed", "Completed the connection to a revoked certificate.",
		     CELL_EXPOSED);
	write_marked(out, run, "Blind",
		     "Connected without a warning and without a revocation status.", CELL_BLIND);
	if (!write_unexpected(out, run, err))
		return false;
	run_notes(run, write_note, &(struct noted){.out = out});
	write_repeat(out, run);
	return true;
}
