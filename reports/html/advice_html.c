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

static void write_rows(FILE *out, const struct run *run, const json_t *rows)
{
	size_t i;
	const json_t *row;
	json_array_foreach((json_t *)rows, i, row)
	{
		const char *id = json_string_value(row);
		fputs(i == 0 ? " <span class=muted>" : ", ", out);
		write_row_link(out, run, id != NULL ? id : "");
	}
	fputs(json_array_size(rows) > 0 ? "</span>" : "", out);
}

static void write_list(FILE *out, const struct run *run, const json_t *advice, const char *heading,
		       const char *key)
{
	size_t i;
	const json_t *statement, *list = advice_view_list(advice, key);
	if (json_array_size(list) == 0)
		return;
	fprintf(out, "<h3>%s</h3>\n<ul>\n", heading);
	json_array_foreach((json_t *)list, i, statement)
	{
		fputs("<li>", out);
		html_write(out, advice_view_text(statement, "text"));
		if (json_is_true(json_object_get(statement, "better")))
			fputs(" <strong>This is the better way here.</strong>", out);
		write_rows(out, run, json_object_get(statement, "rows"));
		fputc('\n', out);
	}
	fputs("</ul>\n", out);
}

static void write_answers(FILE *out, const char *heading, const json_t *list)
{
	size_t i;
	const json_t *one;
	if (json_array_size(list) == 0)
		return;
	fprintf(out,
		"<h3>%s</h3>\n<table>\n<thead><tr><th scope=col>Question<th scope=col>Answer<th "
		"scope=col>Why</thead>\n<tbody>\n",
		heading);
	json_array_foreach((json_t *)list, i, one)
	{
		fputs("<tr><th scope=row>", out);
		html_write(out, advice_view_text(one, "question"));
		fputs("<td>", out);
		html_write(out, advice_view_text(one, "answer"));
		fputs("<td>", out);
		html_write(out, advice_view_text(one, "text"));
		fputc('\n', out);
	}
	fputs("</tbody></table>\n", out);
}

static void write_pair(FILE *out, const struct run *run, const struct advice_row *row)
{
	char number[ADVICE_WORD_MAX];
	size_t i;
	const json_t *class;
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
	json_array_foreach((json_t *)row->classes, i, class)
	{
		fputs(i > 0 ? ", " : "", out);
		html_write(out, json_string_value(class));
	}
	fputc('\n', out);
}

static void write_family(FILE *out, const struct run *run, const json_t *pairs, const char *family)
{
	size_t i;
	const json_t *pair;
	bool any = false;
	json_array_foreach((json_t *)pairs, i, pair)
	{
		struct advice_row row;
		advice_view_row(&row, pair);
		if (strcmp(row.family, family) != 0)
			continue;
		if (!any) {
			fputs("<h3>", out);
			html_write(out, advice_view_heading(family));
			fputs("</h3>\n", out);
			advice_chart_write(out, pairs, family);
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

static void write_margins(FILE *out, const json_t *advice)
{
	size_t i;
	const json_t *server;
	struct text words;
	char number[ADVICE_WORD_MAX];
	text_init(&words, 0);
	advice_view_append_life(&words, advice);
	fputs("<h3>How long an outage is survived</h3>\n<p>", out);
	html_write(out, text_string(&words));
	fputs("</p>\n<div class=wide tabindex=0 role=region aria-label=\"Margins in "
	      "time\">\n<table>\n"
	      "<thead><tr><th scope=col>Server<th scope=col>At least<th scope=col>Usually<th "
	      "scope=col>After a restart<th scope=col>Then clients get<th scope=col>What it does"
	      "</thead>\n<tbody>\n",
	      out);
	json_array_foreach(json_object_get(json_object_get(advice, "margins"), "servers"), i,
			   server)
	{
		fputs("<tr><th scope=row>", out);
		html_write(out, advice_view_text(server, "title"));
		fprintf(out, "<td>%s",
			advice_duration(number,
					json_integer_value(json_object_get(server, "least_s"))));
		fprintf(out, "<td>%s",
			advice_duration(number,
					json_integer_value(json_object_get(server, "usual_s"))));
		text_reset(&words);
		advice_view_append_restart(&words, server);
		fprintf(out, "<td>%s<td>%s<td>", text_string(&words), advice_view_after(server));
		html_write(out, advice_view_text(server, "text"));
		fputc('\n', out);
	}
	fputs("</tbody></table>\n</div>\n", out);
	text_clear(&words);
}

static void write_notes(FILE *out, const struct run *run, const json_t *advice)
{
	size_t i;
	const json_t *note;
	struct text words;
	fputs("<ul class=\"notes muted\">\n", out);
	json_array_foreach(json_object_get(advice, "notes"), i, note)
	{
		fputs("<li>", out);
		html_write(out, json_string_value(note));
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
static const char *style_of(const char *word)
{
	if (strcmp(word, "safe") == 0)
		return "connect";
	return strcmp(word, "safe-if") == 0 ? "warn" : "exposed";
}

static void write_environment(FILE *out, const json_t *advice)
{
	size_t i;
	const json_t *client, *environment = json_object_get(advice, "environment");
	char number[ADVICE_WORD_MAX];
	fputs("<details><summary>The clients: ", out);
	html_write(out, advice_view_text(environment, "title"));
	fputs("</summary>\n<table class=shares>\n<thead><tr><th scope=col>Client class<th "
	      "scope=col>Share<th scope=col>What it is</thead>\n<tbody>\n",
	      out);
	json_array_foreach(json_object_get(environment, "clients"), i, client)
	{
		fputs("<tr><th scope=row>", out);
		html_write(out, advice_view_text(client, "class"));
		fprintf(out, "<td>%s<td>",
			advice_percent(number, advice_view_number(client, "share")));
		html_write(out, advice_view_text(client, "title"));
		fputc('\n', out);
	}
	fputs("</tbody></table>\n</details>\n", out);
}

void advice_write_html(FILE *out, const struct run *run)
{
	const json_t *advice = advice_view_of(run), *answer = json_object_get(advice, "answer");
	const json_t *pairs = json_object_get(advice, "pairs");
	const json_t *endpoint = json_object_get(advice, "endpoint");
	if (advice == NULL)
		return;
	fputs("<section id=advice aria-labelledby=advice-title>\n<h2 id=advice-title>Is "
	      "must-staple "
	      "safe here? <span class=\"verdict ",
	      out);
	fprintf(out, "%s\">", style_of(advice_view_text(answer, "word")));
	html_write(out, advice_view_text(answer, "title"));
	fputs("</span></h2>\n<p><strong>", out);
	html_write(out, advice_view_text(answer, "text"));
	fputs("</strong></p>\n", out);
	write_environment(out, advice);
	write_list(out, run, advice, "Conditions", "conditions");
	write_list(out, run, advice, "Why", "reasons");
	write_list(out, run, advice, "Instead", "instead");
	write_answers(out, "Four questions, which want four times yes",
		      json_object_get(advice, "questions"));
	if (json_is_object(endpoint))
		write_answers(out, "What was seen of the endpoint",
			      json_object_get(endpoint, "facts"));
	fputs("<p class=legend><span><b class=\"swatch without\"></b> without must-staple</span> "
	      "<span><b class=\"swatch with\"></b> with it</span></p>\n",
	      out);
	for (int i = 0; i < NUM_ADVICE_FAMILIES; i++)
		write_family(out, run, pairs, advice_family_names.names[i]);
	write_margins(out, advice);
	write_notes(out, run, advice);
	fputs("</section>\n", out);
}
