/* Knows the section of the page that is an advice: the answer, its charts, their numbers. */
#include "reports/advice_report.h"

#include "harness/advice/advice.h"
#include "reports/html/advice_chart.h"
#include "reports/words/advice_view.h"
#include "reports/html/html_text.h"

#include <string.h>

/* The row's own document on the page, where it is there. */
static void write_row_link(FILE *out, const struct run *run, const char *id)
{
	for (size_t i = 0; i < run_num_rows(run); i++) {
		if (strcmp(run_row_at(run, i)->id, id) != 0)
			continue;
		fprintf(out, "<a href=#r%zu>", i);
		html_write(out, id);
		fputs("</a>", out);
		return;
	}
	html_write(out, id);
}

static void write_rows(FILE *out, const struct run *run, const struct texts *rows)
{
	for (size_t i = 0; i < rows->num; i++) {
		fputs(i == 0 ? " <span class=muted>" : ", ", out);
		write_row_link(out, run, advice_view_text(rows->items[i]));
	}
	fputs(rows->num > 0 ? "</span>" : "", out);
}

static void write_list(FILE *out, const struct run *run, const char *heading,
		       const struct advice_statement *statements, size_t num)
{
	if (num == 0)
		return;
	fprintf(out, "<h3>%s</h3>\n<ul>\n", heading);
	for (size_t i = 0; i < num; i++) {
		fputs("<li>", out);
		html_write(out, statements[i].text);
		if (statements[i].better)
			fputs(" <strong>This is the better way here.</strong>", out);
		write_rows(out, run, &statements[i].rows);
		fputc('\n', out);
	}
	fputs("</ul>\n", out);
}

static void write_answers(FILE *out, const char *heading, const struct advice_question *questions,
			  size_t num)
{
	if (num == 0)
		return;
	fprintf(out,
		"<h3>%s</h3>\n<table>\n<thead><tr><th scope=col>Question<th scope=col>Answer<th "
		"scope=col>Why</thead>\n<tbody>\n",
		heading);
	for (size_t i = 0; i < num; i++) {
		fputs("<tr><th scope=row>", out);
		html_write(out, questions[i].question);
		fputs("<td>", out);
		html_write(out, advice_view_answer(&questions[i]));
		fputs("<td>", out);
		html_write(out, questions[i].text);
		fputc('\n', out);
	}
	fputs("</tbody></table>\n", out);
}

static void write_pair(FILE *out, const struct run *run, const struct advice_row *row)
{
	char number[ADVICE_WORD_MAX];
	fputs("<tr><th scope=row>", out);
	html_write(out, row->label);
	fputs("<br><span class=muted>", out);
	write_row_link(out, run, row->plain_id);
	fputs(", ", out);
	write_row_link(out, run, row->must_staple_id);
	fprintf(out, "</span><td>%s", advice_percent(number, row->without));
	fprintf(out, "<td>%s", advice_percent(number, row->with));
	fprintf(out, "<td>%s<td class=names>",
		row->changed > 0 ? advice_percent(number, row->changed) : "-");
	for (size_t i = 0; i < row->classes->num; i++) {
		fputs(i > 0 ? ", " : "", out);
		html_write(out, row->classes->items[i]);
	}
	fputc('\n', out);
}

static void write_family(FILE *out, const struct run *run, const struct advice *advice,
			 const char *family)
{
	bool any = false;
	for (size_t i = 0; i < advice->num_pairs; i++) {
		struct advice_row row;
		advice_view_row(&row, &advice->pairs[i]);
		if (strcmp(row.family, family) != 0)
			continue;
		if (!any) {
			fputs("<h3>", out);
			html_write(out, advice_view_heading(family));
			fputs("</h3>\n", out);
			advice_chart_write(out, advice, family);
			fprintf(out,
				"<div class=wide tabindex=0 role=region aria-label=\"Numbers: "
				"%s\">\n"
				"<table class=shares>\n<thead><tr><th scope=col>Situation<th "
				"scope=col>Without<th scope=col>With<th scope=col>%s<th scope=col>"
				"Refused only with must-staple</thead>\n<tbody>\n",
				advice_view_heading(family), row.is_attack ? "Gained" : "Lost");
		}
		any = true;
		write_pair(out, run, &row);
	}
	if (any)
		fputs("</tbody></table>\n</div>\n", out);
}

static void write_margins(FILE *out, const struct advice_margins *margins)
{
	struct text words;
	char number[ADVICE_WORD_MAX];
	text_init(&words, 0);
	advice_view_append_life(&words, margins);
	fputs("<h3>How long an outage is survived</h3>\n<p>", out);
	html_write(out, text_string(&words));
	fputs("</p>\n<div class=wide tabindex=0 role=region aria-label=\"Margins in "
	      "time\">\n<table>\n"
	      "<thead><tr><th scope=col>Server<th scope=col>At least<th scope=col>Usually<th "
	      "scope=col>After a restart<th scope=col>Then clients get<th scope=col>What it does"
	      "</thead>\n<tbody>\n",
	      out);
	for (size_t i = 0; i < margins->num_servers; i++) {
		const struct advice_margin *server = &margins->servers[i];
		fputs("<tr><th scope=row>", out);
		html_write(out, server->title);
		fprintf(out, "<td>%s", advice_duration(number, server->least_s));
		fprintf(out, "<td>%s", advice_duration(number, server->usual_s));
		text_reset(&words);
		advice_view_append_restart(&words, server);
		fprintf(out, "<td>%s<td>%s<td>", text_string(&words), advice_view_after(server));
		html_write(out, server->text);
		fputc('\n', out);
	}
	fputs("</tbody></table>\n</div>\n", out);
	text_clear(&words);
}

static void write_notes(FILE *out, const struct run *run, const struct advice *advice)
{
	struct text words;
	fputs("<ul class=\"notes muted\">\n", out);
	for (size_t i = 0; i < advice->notes.num; i++) {
		fputs("<li>", out);
		html_write(out, advice->notes.items[i]);
		fputc('\n', out);
	}
	text_init(&words, 0);
	advice_view_append_explain(&words, run, advice);
	fputs("<li>Every number is made of cells, which the matrix has; at a terminal: <code>",
	      out);
	html_write(out, text_string(&words));
	fputs("</code>\n</ul>\n", out);
	text_clear(&words);
}

/* The colour of the answer, of the outcomes that there are. */
static const char *style_of(struct word word)
{
	if (word_is(word, ADVICE_SAFE))
		return "connect";
	return word_is(word, ADVICE_SAFE_IF) ? "warn" : "exposed";
}

static void write_environment(FILE *out, const struct advice_environment *environment)
{
	char number[ADVICE_WORD_MAX];
	fputs("<details><summary>The clients: ", out);
	html_write(out, environment->title);
	fputs("</summary>\n<table class=shares>\n<thead><tr><th scope=col>Client class<th "
	      "scope=col>Share<th scope=col>What it is</thead>\n<tbody>\n",
	      out);
	for (size_t i = 0; i < environment->num_clients; i++) {
		const struct advice_client *client = &environment->clients[i];
		fputs("<tr><th scope=row>", out);
		html_write(out, client->class);
		fprintf(out, "<td>%s<td>", advice_percent(number, client->share.value));
		html_write(out, client->title);
		fputc('\n', out);
	}
	fputs("</tbody></table>\n</details>\n", out);
}

static void write_advice(FILE *out, const struct run *run, const struct advice *advice)
{
	const struct advice_answer *answer = &advice->answer;
	fprintf(out, "<span class=\"verdict %s\">", style_of(answer->word));
	html_write(out, answer->title);
	fputs("</span></h2>\n<p><strong>", out);
	html_write(out, answer->text);
	fputs("</strong></p>\n", out);
	write_environment(out, &advice->environment);
	write_list(out, run, "Conditions", answer->conditions, answer->num_conditions);
	write_list(out, run, "Why", answer->reasons, answer->num_reasons);
	write_list(out, run, "Instead", answer->instead, answer->num_instead);
	write_answers(out, "Four questions that all need the answer yes", advice->questions,
		      advice->num_questions);
	write_answers(out, "Facts of the endpoint", advice->endpoint.facts,
		      advice->endpoint.num_facts);
	fputs("<p class=legend><span><b class=\"swatch without\"></b> without must-staple</span> "
	      "<span><b class=\"swatch with\"></b> with it</span></p>\n",
	      out);
	for (int i = 0; i < NUM_ADVICE_FAMILIES; i++)
		write_family(out, run, advice, advice_family_names.names[i]);
	write_margins(out, &advice->margins);
	write_notes(out, run, advice);
}

void advice_write_html(FILE *out, const struct run *run)
{
	struct advice advice;
	struct error err = ERROR_INIT;
	bool is_read = advice_view_load(&advice, run, &err);
	if (is_read || err.kind != ERROR_NONE) {
		fputs("<section id=advice aria-labelledby=advice-title>\n<h2 id=advice-title>Is "
		      "must-staple safe here? ",
		      out);
		if (is_read) {
			write_advice(out, run, &advice);
		} else {
			fputs("</h2>\n<p>", out);
			html_write(out, err.text);
			fputs("</p>\n", out);
		}
		fputs("</section>\n", out);
	}
	advice_clear(&advice);
}
