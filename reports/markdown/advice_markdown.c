/* Knows how an advice is told on a page of a wiki. */
#include "reports/advice_report.h"

#include "harness/advice/advice.h"
#include "reports/words/advice_view.h"
#include "reports/markdown/markdown_text.h"

#include <string.h>

static void write_rows(FILE *out, const json_t *rows)
{
	size_t i;
	const json_t *row;
	json_array_foreach((json_t *)rows, i, row)
	{
		fputs(i == 0 ? " [" : ", ", out);
		markdown_write_code(out, json_string_value(row));
	}
	fputs(json_array_size(rows) > 0 ? "]" : "", out);
}

static void write_list(FILE *out, const json_t *advice, const char *heading, const char *key)
{
	size_t i;
	const json_t *statement;
	json_array_foreach((json_t *)advice_view_list(advice, key), i, statement)
	{
		if (i == 0)
			fprintf(out, "\n### %s\n\n", heading);
		/* A name in front keeps the words from beginning a block. */
		fputs("- ", out);
		markdown_write_code(out, advice_view_text(statement, "id"));
		fputs(": ", out);
		markdown_write(out, advice_view_text(statement, "text"));
		write_rows(out, json_object_get(statement, "rows"));
		if (json_is_true(json_object_get(statement, "better")))
			fputs(" **This is the better way here.**", out);
		fputc('\n', out);
	}
}

static void write_answers(FILE *out, const char *heading, const json_t *list)
{
	size_t i;
	const json_t *one;
	if (json_array_size(list) == 0)
		return;
	fprintf(out, "\n### %s\n\n| question | answer | |\n|---|---|---|\n", heading);
	json_array_foreach((json_t *)list, i, one)
	{
		fputs("| ", out);
		markdown_write(out, advice_view_text(one, "question"));
		fputs(" | ", out);
		markdown_write(out, advice_view_text(one, "answer"));
		fputs(" | ", out);
		markdown_write(out, advice_view_text(one, "text"));
		fputs(" |\n", out);
	}
}

static void write_classes(FILE *out, const json_t *classes)
{
	size_t i;
	const json_t *class;
	json_array_foreach((json_t *)classes, i, class)
	{
		fputs(i > 0 ? ", " : "", out);
		markdown_write_code(out, json_string_value(class));
	}
}

static void write_pair(FILE *out, const struct advice_row *row)
{
	char number[ADVICE_WORD_MAX];
	fputs("| ", out);
	markdown_write(out, row->label);
	fprintf(out, " | %s", advice_percent(number, row->without));
	fprintf(out, " | %s", advice_percent(number, row->with));
	fprintf(out, " | %s | ", row->changed > 0 ? advice_percent(number, row->changed) : "-");
	write_classes(out, row->classes);
	fputs(" | ", out);
	markdown_write_code(out, row->plain_id);
	fputs(", ", out);
	markdown_write_code(out, row->must_staple_id);
	fputs(" |\n", out);
}

static void write_pairs(FILE *out, const json_t *advice)
{
	size_t i;
	const json_t *pair;
	const char *family = NULL;
	json_array_foreach(json_object_get(advice, "pairs"), i, pair)
	{
		struct advice_row row;
		advice_view_row(&row, pair);
		if (family == NULL || strcmp(family, row.family) != 0) {
			fputs("\n### ", out);
			markdown_write(out, advice_view_heading(row.family));
			fprintf(out,
				"\n\n| situation | without must-staple | with it | %s | refused "
				"only "
				"with it | rows |\n|---|---|---|---|---|---|\n",
				row.is_attack ? "gained" : "lost");
		}
		family = row.family;
		write_pair(out, &row);
	}
}

static void write_margins(FILE *out, const json_t *advice)
{
	size_t i;
	const json_t *server;
	struct text words;
	char number[ADVICE_WORD_MAX];
	text_init(&words, 0);
	advice_view_append_life(&words, advice);
	fprintf(out,
		"\n### How long an outage is survived\n\n%s\n\n| server | least | usual | after a "
		"restart | then clients get | what it does |\n|---|---|---|---|---|---|\n",
		text_string(&words));
	json_array_foreach(json_object_get(json_object_get(advice, "margins"), "servers"), i,
			   server)
	{
		fputs("| ", out);
		markdown_write(out, advice_view_text(server, "title"));
		fprintf(out, " | %s",
			advice_duration(number,
					json_integer_value(json_object_get(server, "least_s"))));
		fprintf(out, " | %s",
			advice_duration(number,
					json_integer_value(json_object_get(server, "usual_s"))));
		text_reset(&words);
		advice_view_append_restart(&words, server);
		fprintf(out, " | %s | %s | ", text_string(&words), advice_view_after(server));
		markdown_write(out, advice_view_text(server, "text"));
		fputs(" |\n", out);
	}
	text_clear(&words);
}

static void write_notes(FILE *out, const struct run *run, const json_t *advice)
{
	size_t i;
	const json_t *note;
	struct text words;
	fputs("\n### To this advice\n\n", out);
	json_array_foreach(json_object_get(advice, "notes"), i, note)
	{
		fputs("- Note: ", out);
		markdown_write(out, json_string_value(note));
		fputc('\n', out);
	}
	text_init(&words, 0);
	advice_view_append_explain(&words, run, advice);
	fputs("- Every number is made of cells; one of them: ", out);
	markdown_write_code(out, text_string(&words));
	fputc('\n', out);
	text_clear(&words);
}

void advice_write_markdown(FILE *out, const struct run *run)
{
	const json_t *advice = advice_view_of(run);
	const json_t *answer = json_object_get(advice, "answer");
	const json_t *endpoint = json_object_get(advice, "endpoint");
	if (advice == NULL)
		return;
	fputs("\n## Is must-staple safe here?\n\nAnswer: **", out);
	markdown_write(out, advice_view_text(answer, "title"));
	fputs("** - ", out);
	markdown_write(out, advice_view_text(answer, "text"));
	fputs("\n\nThe clients: ", out);
	markdown_write(out, advice_view_text(json_object_get(advice, "environment"), "title"));
	fputs("\n", out);
	write_list(out, advice, "Conditions", "conditions");
	write_list(out, advice, "Why", "reasons");
	write_list(out, advice, "Instead", "instead");
	write_answers(out, "Four questions, which want four times yes",
		      json_object_get(advice, "questions"));
	if (json_is_object(endpoint))
		write_answers(out, "What was seen of the endpoint",
			      json_object_get(endpoint, "facts"));
	write_pairs(out, advice);
	write_margins(out, advice);
	write_notes(out, run, advice);
}
