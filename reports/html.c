/* Knows the page: the answer in words, the matrix with its groups, the legend. */
#include "reports/html.h"

#include "harness/time_factor.h"
#include "reports/answer_words.h"
#include "reports/html_story.h"
#include "reports/html_text.h"
#include "core/clock.h"
#include "core/text.h"

#include <string.h>

static const char style[] = {
#include "reports/html_style.inc"
};

/* One sentence "N of M client classes SAID: names." */
static void write_sentence(FILE *out, struct run *run, enum answer_topic topic)
{
	struct answer_sentence sentence;
	answer_sentence_make(&sentence, run, topic);
	fprintf(out, "<p><strong>%zu of %zu</strong> client classes %s", sentence.num,
		sentence.num_classes, sentence.said);
	if (sentence.names.len > 0) {
		fputs(": <span class=\"muted\">", out);
		html_write(out, text_string(&sentence.names));
		fputs("</span>", out);
	}
	fputs(".</p>\n", out);
	answer_sentence_clear(&sentence);
}

static void write_answer(FILE *out, struct run *run)
{
	struct run_summary summary;
	run_summarise(run, &summary);
	fputs("<div class=\"answer\">\n", out);
	for (int topic = 0; topic < NUM_ANSWER_TOPICS; topic++)
		write_sentence(out, run, (enum answer_topic)topic);
	if (summary.num_unexpected > 0)
		fprintf(out, "<p><strong>%zu of %zu cells are not as expected.</strong></p>\n",
			summary.num_unexpected, summary.num_cells);
	else
		fprintf(out, "<p>%zu cells%s.</p>\n", summary.num_done,
			run_clock(run)->offset_s == 0 ? ", all as expected" : "");
	if (summary.num_done < summary.num_cells)
		fprintf(out, "<p><strong>The run was ended before %zu of its cells.</strong></p>\n",
			summary.num_cells - summary.num_done);
	fputs("</div>\n", out);
}

/* The policy's part of a class: the columns with the same one stand under one heading. */
static const char *group_of(const struct run *run, size_t class)
{
	return run_class_at(run, class)->class->policy_id;
}

static void write_column_heads(FILE *out, struct run *run)
{
	size_t num = run_num_classes(run);
	fputs("<thead><tr><th class=\"corner\" rowspan=\"2\" scope=\"col\">", out);
	fputs(run_is_lab(run) ? "scenario" : "endpoint", out);
	fputs("</th>", out);
	for (size_t c = 0; c < num;) {
		size_t end = c + 1;
		while (end < num && strcmp(group_of(run, end), group_of(run, c)) == 0)
			end++;
		fprintf(out, "<th scope=\"colgroup\" colspan=\"%zu\">", end - c);
		html_write(out, group_of(run, c));
		fputs("</th>", out);
		c = end;
	}
	fputs("</tr>\n<tr>", out);
	for (size_t c = 0; c < num; c++) {
		const struct run_class *class = run_class_at(run, c);
		fputs("<th scope=\"col\" title=\"", out);
		html_write(out, class->class->title);
		fputs("\">", out);
		html_write(out, run_stack_at(run, class->stack)->stack->title);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n", out);
}

static void write_cell(FILE *out, struct run *run, size_t r, size_t c)
{
	const struct cell *cell = run_cell(run, r, c);
	fprintf(out, "<td class=\"%s%s\"><a href=\"#", html_cell_style(cell),
		cell->marks & CELL_UNEXPECTED ? " unexpected" : "");
	html_write_cell_id(out, run_row_at(run, r), run_class_at(run, c));
	fprintf(out, "\" title=\"%s\">", reason_name(cell->reason));
	html_write_cell_words(out, cell);
	fputs("</a></td>", out);
}

static void write_matrix(FILE *out, struct run *run)
{
	const char *family = NULL;
	fputs("<h2 id=\"matrix\">Matrix</h2>\n<div class=\"matrix\" tabindex=\"0\" role=\"region\" "
	      "aria-label=\"Matrix of client classes by rows\">\n<table>\n",
	      out);
	write_column_heads(out, run);
	fputs("<tbody>\n", out);
	for (size_t r = 0; r < run_num_rows(run); r++) {
		const struct run_row *row = run_row_at(run, r);
		if (row->scenario != NULL &&
		    (family == NULL || strcmp(family, row->scenario->family) != 0)) {
			family = row->scenario->family;
			fprintf(out, "<tr><th class=\"family\" scope=\"rowgroup\" colspan=\"%zu\">",
				run_num_classes(run) + 1);
			html_write(out, family);
			fputs("</th></tr>\n", out);
		}
		fputs("<tr><th scope=\"row\"><a href=\"#row-", out);
		html_write_id(out, row->id);
		fputs("\">", out);
		html_write(out, row->id);
		fputs("</a></th>", out);
		for (size_t c = 0; c < run_num_classes(run); c++)
			write_cell(out, run, r, c);
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table>\n</div>\n", out);
}

static void write_legend(FILE *out)
{
	fputs("<h2>Words</h2>\n<ul>\n", out);
	for (size_t i = 0; i < outcome_names.num; i++)
		fprintf(out, "<li><strong>%s</strong>: the client %s</li>\n",
			outcome_names.names[i], outcome_names.texts[i]);
	fputs("<li><strong>blind</strong>: connected, says nothing, and knows nothing of the "
	      "status</li>\n"
	      "<li><strong>exposed</strong>: completed the connection to a revoked "
	      "certificate</li>\n</ul>\n",
	      out);
}

static void write_stacks(FILE *out, struct run *run)
{
	fputs("<h2>Stacks</h2>\n<ul>\n", out);
	for (size_t i = 0; i < run_num_stacks(run); i++) {
		const struct run_stack *stack = run_stack_at(run, i);
		fputs("<li><strong>", out);
		html_write(out, stack->stack->title);
		fputs("</strong> ", out);
		html_write(out, stack->version);
		if (stack->fault != NULL) {
			fputs(" <strong>", out);
			html_write(out, stack->fault);
			fputs("</strong>", out);
		}
		const char *capability;
		json_t *why;
		json_object_foreach(json_object_get(stack->description, "lacks"), capability, why)
		{
			fputs("<br><span class=\"muted\">lacks ", out);
			html_write(out, capability);
			fputs(": ", out);
			html_write(out, json_string_value(why));
			fputs("</span>", out);
		}
		fputs("</li>\n", out);
	}
	fputs("</ul>\n", out);
}

/* A page that is passed on must not hide that it speaks of another day. */
static void write_clock(FILE *out, struct run *run)
{
	const struct run_clock *clock = run_clock(run);
	char offset[32];
	if (clock->offset_s == 0)
		return;
	fprintf(out,
		"<p class=\"clock\"><strong>The clock of the clients was moved by %s%s</strong>, "
		"to "
		"%s. Servers, staples and responders are those of now: this shows who breaks if "
		"nothing is refreshed until then. Nothing is expected of such cells.</p>\n",
		clock->offset_s > 0 ? "+" : "", duration_print(offset, clock->offset_s * 1000),
		clock->at);
}

static void write_override(FILE *out, bool *first, const char *id, const char *from)
{
	fputs(*first ? "<p class=\"muted\">In place of the project's own: " : ", ", out);
	*first = false;
	html_write(out, id);
	fputs(" (from <code>", out);
	html_write(out, from);
	fputs("</code>)", out);
}

/* What is a user's own in the place of the project's. */
static void write_overrides(FILE *out, const struct run *run)
{
	bool first = true;
	for (size_t i = 0; i < run_num_classes(run); i++) {
		const struct client_class *class = run_class_at(run, i)->class;
		if (class->overrides != NULL)
			write_override(out, &first, class->id, class->from);
	}
	for (size_t i = 0; i < run_num_rows(run); i++) {
		const struct scenario *scenario = run_row_at(run, i)->scenario;
		if (scenario != NULL && scenario->overrides != NULL)
			write_override(out, &first, scenario->id, scenario->file);
	}
	if (!first)
		fputs(".</p>\n", out);
}

static void write_time_factor(FILE *out, const struct run *run)
{
	char factor[24];
	if (run_time_factor(run) != 1)
		fprintf(out,
			"<p class=\"muted\">Times of slow responders and time-outs were divided "
			"by %s.</p>\n",
			time_factor_print(factor, run_time_factor(run)));
}

bool html_write_run(FILE *out, struct run *run, struct error *err)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, "
	      "initial-scale=1\">\n<title>revoscope ",
	      out);
	html_write(out, run_id(run));
	fputs("</title>\n<style>\n", out);
	fwrite(style, 1, sizeof style, out);
	fputs("</style>\n</head>\n<body>\n<main>\n<h1>When revocation status goes wrong: who "
	      "connects, "
	      "who warns, who refuses</h1>\n<p class=\"run\">run ",
	      out);
	html_write(out, run_id(run));
	fputs(", ", out);
	html_write(out, run_started(run));
	fputs(", seen from ", out);
	html_write(out, run_vantage(run));
	fputs(", <code>", out);
	html_write(out, run_command(run));
	fputs("</code></p>\n", out);
	write_clock(out, run);
	write_answer(out, run);
	write_matrix(out, run);
	bool done = html_write_stories(out, run, err);
	write_legend(out);
	write_stacks(out, run);
	write_overrides(out, run);
	write_time_factor(out, run);
	fputs("</main>\n</body>\n</html>\n", out);
	return done;
}
