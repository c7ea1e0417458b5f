/* Knows how a comparison is written for a ticket or a merge request. */
#include "reports/diff_report.h"

#include "reports/markdown/markdown_text.h"

#define ROWS_SHOWN 40

static void add_point(void *context, const char *words)
{
	fputs("- ", context);
	markdown_write(context, words);
	fputs("\n", context);
}

static void write_run(FILE *out, const char *label, const struct run *run)
{
	struct text words;
	text_init(&words, 0);
	diff_words_run(&words, run);
	fprintf(out, "- %s: ", label);
	markdown_write(out, text_string(&words));
	fputs("\n", out);
	text_clear(&words);
}

static void write_state(FILE *out, const struct diff_group *group, const struct diff_state *state)
{
	struct text words;
	text_init(&words, 0);
	diff_words_state(&words, group, state);
	markdown_write(out, text_string(&words));
	text_clear(&words);
}

static void write_rows(FILE *out, const struct diff *diff, const struct diff_group *group)
{
	size_t shown = group->num_rows <= ROWS_SHOWN + 1 ? group->num_rows : ROWS_SHOWN;
	for (size_t i = 0; i < shown; i++) {
		fputs(i > 0 ? ", " : "", out);
		markdown_write_code(out, run_row_at(diff->before, group->rows[i])->id);
	}
	if (shown < group->num_rows)
		fprintf(out, " and %zu more", group->num_rows - shown);
}

static void write_group(FILE *out, const struct diff *diff, const struct diff_group *group)
{
	fputs("| ", out);
	write_rows(out, diff, group);
	fputs(" | ", out);
	markdown_write(out, group->class_words);
	fputs(" | ", out);
	write_state(out, group, &group->before);
	fputs(" | ", out);
	write_state(out, group, &group->after);
	fputs(" |\n", out);
}

static void write_examination(FILE *out, const struct diff *diff,
			      const struct diff_examination *one)
{
	struct text words;
	text_init(&words, 0);
	fputs("\n## Examination of ", out);
	markdown_write_code(out, one->target);
	fputs("\n\n", out);
	diff_words_examination(&words, diff, one);
	fputs("**", out);
	markdown_write(out, text_string(&words));
	fputs("**\n\n| | before | after |\n|---|---|---|\n", out);
	for (size_t i = 0; i < DIFF_FACTS_NUM; i++) {
		const struct diff_fact *fact = &one->facts[i];
		fprintf(out, "| %s%s%s | ", fact->moved ? "**" : "", fact->what,
			fact->moved ? "**" : "");
		markdown_write(out, fact->before);
		fputs(" | ", out);
		markdown_write(out, fact->after);
		fputs(" |\n", out);
	}
	fputs(one->num_causes > 0 ? "\n" : "", out);
	for (size_t i = 0; i < one->num_causes; i++) {
		fprintf(out, "- %s: ", diff_words_cause(&one->causes[i]));
		markdown_write(out, one->causes[i].title);
		fputs("\n", out);
	}
	text_clear(&words);
}

bool diff_markdown_write(FILE *out, const struct diff *diff, const struct format_options *options,
			 struct error *err)
{
	struct text words;
	(void)options;
	(void)err;
	text_init(&words, 0);
	diff_words_summary(&words, diff);
	fputs("# Differences\n\n**", out);
	markdown_write(out, text_string(&words));
	fputs("**\n\n", out);
	write_run(out, "before", diff->before);
	write_run(out, "after", diff->after);
	diff_words_notes(diff, add_point, out);
	diff_words_changes(diff, add_point, out);
	for (size_t i = 0; i < diff->num_examinations; i++)
		write_examination(out, diff, &diff->examinations[i]);
	for (size_t i = 0; i < diff->num_groups; i++) {
		enum move move = diff->groups[i].move;
		if (i == 0 || move != diff->groups[i - 1].move) {
			text_reset(&words);
			diff_words_heading(&words, diff, move);
			fprintf(out, "\n## %s\n\n| %s | client classes | before | after |\n",
				text_string(&words),
				run_is_lab(diff->after) ? "scenarios" : "endpoints");
			fputs("|---|---|---|---|\n", out);
		}
		write_group(out, diff, &diff->groups[i]);
	}
	text_clear(&words);
	return true;
}
