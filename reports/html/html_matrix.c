/* Knows the matrix: groups of columns and rows, cells, filter, legend. */
#include "reports/html/html_matrix.h"

#include "reports/html/html_seen.h"
#include "reports/html/html_text.h"

#include <string.h>

#define WORDS_MAX 6 /* classes, up to which there is room for words in the cells */

/* The heading over columns: of a stack's own classes the policy ("hard-fail"), of others what
 * stands before the slash of their id ("browser"). Borrowed letters. */
struct group {
	const char *name;
	size_t len;
	bool is_policy;
};

static struct group group_of(struct run *run, size_t c)
{
	const struct run_class *class = run_class_at(run, c);
	const char *id = class->class->id;
	size_t len = strcspn(id, "/");
	const char *stack = run_stack_at(run, class->stack)->stack->id;
	if (strlen(stack) == len && strncmp(stack, id, len) == 0)
		return (struct group){class->class->policy_id, strlen(class->class->policy_id),
				      true};
	return (struct group){id, len, false};
}

static bool same_group(struct group a, struct group b)
{
	return a.is_policy == b.is_policy && a.len == b.len && strncmp(a.name, b.name, a.len) == 0;
}

static bool begins_group(struct run *run, size_t c)
{
	return c > 0 && !same_group(group_of(run, c), group_of(run, c - 1));
}

static void write_column_heads(FILE *out, struct run *run)
{
	size_t num = run_num_classes(run);
	fprintf(out, "<thead>\n<tr><th class=corner rowspan=2 scope=col>%s\n",
		run_is_lab(run) ? "Scenario" : "Endpoint");
	for (size_t c = 0; c < num;) {
		struct group group = group_of(run, c);
		size_t end = c + 1;
		while (end < num && !begins_group(run, end))
			end++;
		fprintf(out, "<th scope=colgroup colspan=%zu%s>", end - c, c > 0 ? " class=g" : "");
		for (size_t i = 0; i < group.len; i++)
			html_write(out, (char[]){group.name[i], '\0'});
		fputc('\n', out);
		c = end;
	}
	fputs("<tr>", out);
	for (size_t c = 0; c < num; c++) {
		const struct run_class *class = run_class_at(run, c);
		const char *slash = strchr(class->class->id, '/');
		fprintf(out, "<th scope=col%s data-id=\"", begins_group(run, c) ? " class=g" : "");
		html_write(out, class->class->id);
		fprintf(out, "\"><a href=#k%zu title=\"", c);
		html_write(out, class->class->title);
		fputs("\">", out);
		if (group_of(run, c).is_policy || slash == NULL)
			html_write(out, run_stack_at(run, class->stack)->stack->title);
		else
			html_write(out, slash + 1);
		fputs("</a>\n", out);
	}
	fputs("</thead>\n", out);
}

static void write_cell(FILE *out, struct run *run, size_t r, size_t c)
{
	const struct cell *cell = run_cell(run, r, c);
	fputs("<td class=\"", out);
	html_write_cell_style(out, cell);
	fprintf(out, "%s\"><a href=#c%zu-%zu>", begins_group(run, c) ? " g" : "", r, c);
	html_write_cell_words(out, cell);
	fputs("</a>\n", out);
}

static void write_row_head(FILE *out, struct run *run, size_t r)
{
	const struct run_row *row = run_row_at(run, r);
	fprintf(out, "<tr><th scope=row><a href=#r%zu", r);
	if (row->scenario != NULL) {
		fputs(" title=\"", out);
		html_write(out, row->scenario->title);
		fputc('"', out);
	}
	fputc('>', out);
	html_write(out, row->id);
	fputs("</a>\n", out);
}

static void write_body(FILE *out, struct run *run)
{
	const char *family = NULL;
	if (!run_is_lab(run))
		fputs("<tbody>\n", out);
	for (size_t r = 0; r < run_num_rows(run); r++) {
		const struct run_row *row = run_row_at(run, r);
		if (row->scenario != NULL &&
		    (family == NULL || strcmp(family, row->scenario->family) != 0)) {
			family = row->scenario->family;
			fputs("<tbody data-family=\"", out);
			html_write(out, family);
			fprintf(out, "\">\n<tr class=family><th scope=rowgroup colspan=%zu><span>",
				run_num_classes(run) + 1);
			html_write(out, family);
			fputs("</span>\n", out);
		}
		write_row_head(out, run, r);
		for (size_t c = 0; c < run_num_classes(run); c++)
			write_cell(out, run, r, c);
	}
}

static void write_option(FILE *out, const char *value, const char *text)
{
	fputs("<option value=\"", out);
	html_write(out, value);
	fputs("\">", out);
	html_write(out, text);
	fputc('\n', out);
}

static void write_filter(FILE *out, struct run *run, const struct run_summary *summary)
{
	const char *family = NULL;
	fputs("<form id=filter hidden aria-label=\"Filter of the matrix\">\n"
	      "<label>Outcome <select name=outcome>\n<option value=\"\">all\n",
	      out);
	for (int i = 0; i < NUM_OUTCOMES; i++) {
		const char *name = outcome_name((enum outcome)i);
		if (summary->by_outcome[i] > 0)
			write_option(out, name, name);
		if (i == OUTCOME_CONNECT && summary->num_blind > 0)
			write_option(out, "blind", "connect, blind");
	}
	fputs("</select></label>\n", out);
	if (run_is_lab(run)) {
		fputs("<label>Family <select name=family>\n<option value=\"\">all\n", out);
		for (size_t r = 0; r < run_num_rows(run); r++) {
			const char *next = run_row_at(run, r)->scenario->family;
			if (family == NULL || strcmp(family, next) != 0)
				write_option(out, next, next);
			family = next;
		}
		fputs("</select></label>\n", out);
	}
	fputs("<label>Client class <input name=class type=search size=22 "
	      "placeholder=\"gnutls, */hard-fail\" autocomplete=off spellcheck=false></label>\n",
	      out);
	fputs("<label class=check><input type=checkbox name=unexpected> only unexpected</label>\n"
	      "<label class=check><input type=checkbox name=exposed> only exposed</label>\n"
	      "<button type=reset>Show all</button>\n<output id=shown></output>\n</form>\n",
	      out);
}

static void write_key(FILE *out, const char *style, const char *words, const char *meaning)
{
	fprintf(out, "<li><span class=\"key %s\">%s</span> <b>%s</b> %s\n", style, words, words,
		meaning);
}

/* Only what occurs, so that the legend stays short. */
static void write_legend(FILE *out, const struct run_summary *summary)
{
	fputs("<ul class=legend aria-label=Legend>\n", out);
	for (int i = 0; i < NUM_OUTCOMES; i++) {
		const char *name = outcome_name((enum outcome)i);
		bool is_connect = i == OUTCOME_CONNECT;
		if (summary->by_outcome[i] > (is_connect ? summary->num_blind : 0))
			write_key(out, name, name, is_connect ? "connects with status good" : "");
		if (is_connect && summary->num_blind > 0)
			write_key(out, "blind", "connect, blind",
				  "connects blind, without a warning");
	}
	if (summary->num_done < summary->num_cells)
		write_key(out, "notrun", "not run", "");
	if (summary->num_exposed > 0)
		write_key(out, "mark exposed", "exposed", "connects to a revoked certificate");
	if (summary->num_unexpected > 0)
		write_key(out, "mark unexpected", "unexpected", "not as expected");
	if (summary->num_varies > 0)
		write_key(out, "mark varies", "varies", "attempts differ");
	fputs("</ul>\n", out);
}

void html_write_matrix(FILE *out, struct run *run)
{
	struct run_summary summary;
	size_t num = run_num_classes(run);
	bool tall = false;
	run_summarize(run, &summary);
	for (size_t c = 0; c < num; c++)
		tall = tall || !group_of(run, c).is_policy;
	fputs("<h2 id=matrix>Matrix</h2>\n<p class=lead>Every cell links to its details: what the "
	      "server sent, and what the client requested, received and decided.</p>\n",
	      out);
	write_filter(out, run, &summary);
	write_legend(out, &summary);
	fprintf(out,
		"<div class=matrix role=region tabindex=0 aria-label=\"Matrix, %s by client "
		"classes\">\n<table id=cells%s%s>\n",
		run_is_lab(run) ? "scenarios" : "endpoints",
		num <= WORDS_MAX ? " class=\"words" : " class=\"letters", tall ? " tall\"" : "\"");
	write_column_heads(out, run);
	write_body(out, run);
	fputs("</table>\n</div>\n", out);
}
