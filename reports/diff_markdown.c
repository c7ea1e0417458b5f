/* Knows how a comparison is written for a ticket or a merge request. */
#include "reports/diff_report.h"

#include <string.h>

#define ROWS_SHOWN 40

/* Foreign words as text of Markdown and of a table's cell: visible first, then every letter that
 * CommonMark or its tables could take for more gets a backslash (CommonMark 0.31, section 2.4). */
static void write_words(FILE *out, const char *words)
{
	struct text visible;
	text_init(&visible, 0);
	text_append_visible(&visible, words, strlen(words));
	for (const char *p = text_string(&visible); *p != '\0'; p++) {
		if (strchr("\\`*_{}[]<>()#+!|~&@", *p) != NULL)
			fputc('\\', out);
		/* No word of a peer becomes a link by itself. */
		fputs(strncmp(p, "://", 3) == 0 ? "&#58;" : (char[]){*p, '\0'}, out);
	}
	text_clear(&visible);
}

static void tell_point(void *context, const char *words)
{
	fputs("- ", context);
	write_words(context, words);
	fputs("\n", context);
}

static void write_run(FILE *out, const char *label, const struct run *run)
{
	struct text words;
	text_init(&words, 0);
	diff_words_run(&words, run);
	fprintf(out, "- %s: ", label);
	write_words(out, text_string(&words));
	fputs("\n", out);
	text_clear(&words);
}

static void write_state(FILE *out, const struct diff_group *group, const struct diff_state *state)
{
	struct text words;
	text_init(&words, 0);
	diff_words_state(&words, group, state);
	write_words(out, text_string(&words));
	text_clear(&words);
}

static void write_group(FILE *out, const struct diff *diff, const struct diff_group *group)
{
	struct text words;
	text_init(&words, 0);
	diff_words_rows(&words, diff, group, ROWS_SHOWN);
	fputs("| ", out);
	write_words(out, text_string(&words));
	fputs(" | ", out);
	write_words(out, group->class_words);
	fputs(" | ", out);
	write_state(out, group, &group->before);
	fputs(" | ", out);
	write_state(out, group, &group->after);
	fputs(" |\n", out);
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
	fputs("# What moved\n\n**", out);
	write_words(out, text_string(&words));
	fputs("**\n\n", out);
	write_run(out, "before", diff->before);
	write_run(out, "after", diff->after);
	diff_words_notes(diff, tell_point, out);
	diff_words_changes(diff, tell_point, out);
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
