/* Knows how an advice is written for a wiki. */
#include "reports/advice_report.h"

#include "harness/advice/advice.h"
#include "reports/words/advice_view.h"
#include "reports/markdown/markdown_text.h"

#include <string.h>

static void write_rows(FILE *out, const struct texts *rows)
{
	for (size_t i = 0; i < rows->num; i++) {
		fputs(i == 0 ? " [" : ", ", out);
		markdown_write_code(out, rows->items[i]);
	}
	fputs(rows->num > 0 ? "]" : "", out);
}

static void write_list(FILE *out, const char *heading, const struct advice_statement *statements,
		       size_t num)
{
	for (size_t i = 0; i < num; i++) {
		if (i == 0)
			fprintf(out, "\n### %s\n\n", heading);
		/* A name in front keeps the words from beginning a block. */
		fputs("- ", out);
		markdown_write_code(out, advice_view_text(statements[i].id));
		fputs(": ", out);
		markdown_write(out, advice_view_text(statements[i].text));
		write_rows(out, &statements[i].rows);
		if (statements[i].better)
			fputs(" **This is the better way here.**", out);
		fputc('\n', out);
	}
}

static void write_answers(FILE *out, const char *heading, const struct advice_question *questions,
			  size_t num)
{
	if (num == 0)
		return;
	fprintf(out, "\n### %s\n\n| question | answer | |\n|---|---|---|\n", heading);
	for (size_t i = 0; i < num; i++) {
		fputs("| ", out);
		markdown_write(out, advice_view_text(questions[i].question));
		fputs(" | ", out);
		markdown_write(out, advice_view_answer(&questions[i]));
		fputs(" | ", out);
		markdown_write(out, advice_view_text(questions[i].text));
		fputs(" |\n", out);
	}
}

static void write_classes(FILE *out, const struct texts *classes)
{
	for (size_t i = 0; i < classes->num; i++) {
		fputs(i > 0 ? ", " : "", out);
		markdown_write_code(out, classes->items[i]);
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

static void write_pairs(FILE *out, const struct advice *advice)
{
	const char *family = NULL;
	for (size_t i = 0; i < advice->num_pairs; i++) {
		struct advice_row row;
		advice_view_row(&row, &advice->pairs[i]);
		if (family == NULL || strcmp(family, row.family) != 0) {
			fputs("\n### ", out);
			markdown_write(out, advice_view_heading(row.family));
			fprintf(out,
				"\n\n| situation | without must-staple | with it | %s | reject "
				"only with it | rows |\n|---|---|---|---|---|---|\n",
				row.is_attack ? "gained" : "lost");
		}
		family = row.family;
		write_pair(out, &row);
	}
}

static void write_margins(FILE *out, const struct advice_margins *margins)
{
	struct text words;
	char number[ADVICE_WORD_MAX];
	text_init(&words, 0);
	advice_view_append_life(&words, margins);
	fprintf(out,
		"\n### How long each server survives an outage\n\n%s\n\n| server | least | usual | "
		"after a restart | then clients receive | behaviour |\n|---|---|---|---|---|---|\n",
		text_string(&words));
	for (size_t i = 0; i < margins->num_servers; i++) {
		const struct advice_margin *server = &margins->servers[i];
		fputs("| ", out);
		markdown_write(out, advice_view_text(server->title));
		fprintf(out, " | %s", advice_duration(number, server->least_s));
		fprintf(out, " | %s", advice_duration(number, server->usual_s));
		text_reset(&words);
		advice_view_append_restart(&words, server);
		fprintf(out, " | %s | %s | ", text_string(&words), advice_view_after(server));
		markdown_write(out, advice_view_text(server->text));
		fputs(" |\n", out);
	}
	text_clear(&words);
}

static void write_notes(FILE *out, const struct run *run, const struct advice *advice)
{
	struct text words;
	fputs("\n### Notes\n\n", out);
	for (size_t i = 0; i < advice->notes.num; i++) {
		fputs("- Note: ", out);
		markdown_write(out, advice_view_text(advice->notes.items[i]));
		fputc('\n', out);
	}
	text_init(&words, 0);
	advice_view_append_explain(&words, run, advice);
	fputs("- Every number is computed from cells; one of them: ", out);
	markdown_write_code(out, text_string(&words));
	fputc('\n', out);
	text_clear(&words);
}

static void write_advice(FILE *out, const struct run *run, const struct advice *advice)
{
	const struct advice_answer *answer = &advice->answer;
	fputs("\n## Is must-staple safe here?\n\nAnswer: **", out);
	markdown_write(out, advice_view_text(answer->title));
	fputs("** - ", out);
	markdown_write(out, advice_view_text(answer->text));
	fputs("\n\nThe clients: ", out);
	markdown_write(out, advice_view_text(advice->environment.title));
	fputs("\n", out);
	write_list(out, "Conditions", answer->conditions, answer->num_conditions);
	write_list(out, "Why", answer->reasons, answer->num_reasons);
	write_list(out, "Instead", answer->instead, answer->num_instead);
	write_answers(out, "Four questions that all need the answer yes", advice->questions,
		      advice->num_questions);
	write_answers(out, "Facts of the endpoint", advice->endpoint.facts,
		      advice->endpoint.num_facts);
	write_pairs(out, advice);
	write_margins(out, &advice->margins);
	write_notes(out, run, advice);
}

void advice_write_markdown(FILE *out, const struct run *run)
{
	struct advice advice;
	struct error err = ERROR_INIT;
	if (advice_view_load(&advice, run, &err)) {
		write_advice(out, run, &advice);
	} else if (err.kind != ERROR_NONE) {
		fputs("\n## Is must-staple safe here?\n\nNot known: ", out);
		markdown_write(out, err.text);
		fputs("\n", out);
	}
	advice_clear(&advice);
}
