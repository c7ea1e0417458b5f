/* Knows how a comparison is shown at a terminal. */
#include "reports/diff_report.h"

#include "reports/words/wrapped_text.h"

#include <string.h>

#define ROWS_SHOWN 12

struct page {
	const struct diff *diff;
	struct text *out;
	const struct format_options *options;
};

static void append_color(struct page *page, const char *code)
{
	if (page->options->color)
		text_append(page->out, code);
}

static const char *color_of(const struct diff_state *state)
{
	if (state->exposed)
		return "\033[1;31m";
	switch (state->outcome) {
	case OUTCOME_CONNECT: return "\033[32m";
	case OUTCOME_WARN: return "\033[33m";
	case OUTCOME_REJECT: return "\033[36m";
	case OUTCOME_UNSUPPORTED: return "\033[2m";
	default: return "\033[1;35m";
	}
}

static void append_wrapped(struct page *page, const char *words, size_t indent, size_t used)
{
	wrapped_text_append(page->out, words, indent, used, page->options->width);
}

static void add_line(void *context, const char *words)
{
	struct page *page = context;
	append_wrapped(page, words, 2, 0);
}

static void append_run(struct page *page, const char *label, const struct run *run)
{
	struct text words;
	text_init(&words, 0);
	diff_words_run(&words, run);
	text_append(page->out, label);
	append_wrapped(page, text_string(&words), strlen(label), strlen(label));
	text_clear(&words);
}

static void append_state(struct page *page, const struct diff_group *group,
			 const struct diff_state *state)
{
	struct text words;
	text_init(&words, 0);
	diff_words_state(&words, group, state);
	append_color(page, color_of(state));
	text_append(page->out, text_string(&words));
	append_color(page, "\033[0m");
	text_clear(&words);
}

/*   ROWS
 *       CLASSES
 *       connect (staple-stale) → reject (staple-stale) */
static void append_group(struct page *page, const struct diff_group *group)
{
	struct text words;
	text_init(&words, 0);
	diff_words_rows(&words, page->diff, group, ROWS_SHOWN);
	text_append(page->out, "  ");
	append_wrapped(page, text_string(&words), 2, 2);
	text_append(page->out, "      ");
	append_wrapped(page, group->class_words, 6, 6);
	text_append(page->out, "      ");
	append_state(page, group, &group->before);
	text_append(page->out, " → ");
	append_state(page, group, &group->after);
	text_append(page->out, "\n");
	text_clear(&words);
}

static void append_moves(struct page *page)
{
	struct text words;
	const struct diff *diff = page->diff;
	text_init(&words, 0);
	for (size_t i = 0; i < diff->num_groups; i++) {
		enum move move = diff->groups[i].move;
		if (i == 0 || move != diff->groups[i - 1].move) {
			text_reset(&words);
			diff_words_heading(&words, diff, move);
			text_append(page->out, "\n");
			append_color(page, "\033[1m");
			text_append_format(page->out, "%s:", text_string(&words));
			append_color(page, "\033[0m");
			text_append(page->out, "\n");
		}
		append_group(page, &diff->groups[i]);
	}
	text_clear(&words);
}

/* Before and after side by side: what the doctor saw, and what it made of that. */
static void append_examination(struct page *page, const struct diff_examination *one)
{
	struct text words;
	text_init(&words, 0);
	text_append(page->out, "\n");
	append_color(page, "\033[1m");
	text_append_visible(page->out, one->target, strlen(one->target));
	append_color(page, "\033[0m");
	text_append(page->out, ": ");
	diff_words_examination(&words, page->diff, one);
	append_wrapped(page, text_string(&words), 2, strlen(one->target) + 2);
	text_clear(&words);
	text_append_format(page->out, "    %-12s %-32s %s\n", "", "before", "after");
	for (size_t i = 0; i < DIFF_FACTS_NUM; i++) {
		const struct diff_fact *fact = &one->facts[i];
		struct text before;
		text_init(&before, 0);
		text_append_visible(&before, fact->before, strlen(fact->before));
		text_append_format(page->out, "  %s %-12s %-32s ", fact->moved ? "*" : " ",
				   fact->what, text_string(&before));
		text_append_visible(page->out, fact->after, strlen(fact->after));
		text_append(page->out, "\n");
		text_clear(&before);
	}
	for (size_t i = 0; i < one->num_causes; i++) {
		const struct diff_cause *cause = &one->causes[i];
		const char *state = diff_words_cause(cause);
		text_append(page->out, "    ");
		append_color(page, cause->after == NULL    ? "\033[32m"
				   : cause->before == NULL ? "\033[1;31m"
							   : "\033[33m");
		text_append_format(page->out, "%-12s", state);
		append_color(page, "\033[0m");
		text_append(page->out, " ");
		append_wrapped(page, cause->title, 17, 17);
	}
}

bool diff_text_write(FILE *out, const struct diff *diff, const struct format_options *options,
		     struct error *err)
{
	struct text text, words;
	struct page page = {diff, &text, options};
	text_init(&text, 0);
	text_init(&words, 0);
	append_run(&page, "before  ", diff->before);
	append_run(&page, "after   ", diff->after);
	diff_words_notes(diff, add_line, &page);
	for (size_t i = 0; i < diff->num_examinations; i++)
		append_examination(&page, &diff->examinations[i]);
	append_moves(&page);
	text_append(&text, "\n");
	diff_words_changes(diff, add_line, &page);
	diff_words_summary(&words, diff);
	append_wrapped(&page, text_string(&words), 0, 0);
	bool done = !text.failed || error_set(err, ERROR_UNABLE, "the report is too large");
	if (done)
		fwrite(text_string(&text), 1, text.len, out);
	text_clear(&text);
	text_clear(&words);
	return done;
}
