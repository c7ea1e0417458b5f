/* Knows how an advice is shown at a terminal. */
#include "reports/advice_report.h"

#include "harness/advice/advice.h"
#include "reports/words/advice_view.h"
#include "reports/words/wrapped_text.h"

#include <string.h>

#define LABEL_MOST 46 /* columns of a label in front of its numbers */

struct page {
	struct text *out;
	const struct format_options *options;
	const struct advice *advice;
};

static void append_visible(struct text *out, const char *words)
{
	text_append_visible(out, words, strlen(words));
}

static void append_heading(struct page *page, const char *words)
{
	text_append(page->out, page->options->color ? "\n\033[1m" : "\n");
	append_visible(page->out, words);
	text_append(page->out, page->options->color ? "\033[0m\n" : "\n");
}

static void append_wrapped(struct page *page, const char *words, size_t indent, size_t used)
{
	wrapped_text_append(page->out, words, indent, used, page->options->width);
}

/* "  - text [rows]" for each of a list of the answer. */
static void append_list(struct page *page, const char *heading,
			const struct advice_statement *statements, size_t num)
{
	struct text words;
	text_init(&words, 0);
	for (size_t i = 0; i < num; i++) {
		const struct texts *rows = &statements[i].rows;
		if (i == 0)
			append_heading(page, heading);
		text_reset(&words);
		text_append(&words, advice_view_text(statements[i].text));
		for (size_t k = 0; k < rows->num; k++)
			text_append_format(&words, "%s%s", k == 0 ? " [" : ", ",
					   advice_view_text(rows->items[k]));
		text_append(&words, rows->num > 0 ? "]" : "");
		if (statements[i].better)
			text_append(&words, " This is the better way here.");
		text_append(page->out, "  - ");
		append_wrapped(page, text_string(&words), 4, 4);
	}
	text_clear(&words);
}

static void append_answers(struct page *page, const struct advice_question *questions, size_t num)
{
	struct text words;
	text_init(&words, 0);
	for (size_t i = 0; i < num; i++) {
		const char *answer = advice_view_answer(&questions[i]);
		const char *text = advice_view_text(questions[i].text);
		text_reset(&words);
		text_append_format(&words, "%s%s%s", advice_view_text(questions[i].question),
				   text[0] != '\0' ? " - " : "", text);
		text_append(page->out, "  ");
		append_visible(page->out, answer);
		size_t len = strlen(answer);
		text_append_format(page->out, "%*s", len < 9 ? (int)(9 - len) : 1, "");
		append_wrapped(page, text_string(&words), 11, 11);
	}
	text_clear(&words);
}

static void append_numbers(struct page *page, const struct advice_row *row)
{
	char without[ADVICE_WORD_MAX], with[ADVICE_WORD_MAX], changed[ADVICE_WORD_MAX];
	text_append_format(page->out, "%9s %9s %9s\n", advice_percent(without, row->without),
			   advice_percent(with, row->with),
			   row->changed > 0 ? advice_percent(changed, row->changed) : "-");
}

static bool are_same(const struct texts *a, const struct texts *b)
{
	if (a->num != b->num)
		return false;
	for (size_t i = 0; i < a->num; i++)
		if (strcmp(advice_view_text(a->items[i]), advice_view_text(b->items[i])) != 0)
			return false;
	return true;
}

/* Who it is, unless it was said of the row before. */
static void append_classes(struct page *page, const struct advice_row *row,
			   const struct texts **said)
{
	struct text words;
	if (row->classes->num == 0)
		return;
	text_init(&words, 0);
	if (*said != NULL && are_same(*said, row->classes)) {
		text_append(&words, "reject only with it: the same clients");
	} else {
		text_append(&words, "reject only with it: ");
		for (size_t i = 0; i < row->classes->num; i++)
			text_append_format(&words, "%s%s", i > 0 ? ", " : "",
					   advice_view_text(row->classes->items[i]));
	}
	*said = row->classes;
	text_append(page->out, "      ");
	append_wrapped(page, text_string(&words), 6, 6);
	text_clear(&words);
}

static void append_pair(struct page *page, const struct advice_row *row, const struct texts **said)
{
	struct text label;
	text_init(&label, 0);
	append_visible(&label, row->label);
	text_append_format(page->out, "  %s", text_string(&label));
	if (label.len > LABEL_MOST)
		text_append_format(page->out, "\n  %*s", LABEL_MOST, "");
	else
		text_append_format(page->out, "%*s", (int)(LABEL_MOST - label.len), "");
	append_numbers(page, row);
	text_reset(&label);
	text_append_format(&label, "%s, %s", row->plain_id, row->must_staple_id);
	text_append(page->out, "      ");
	append_wrapped(page, text_string(&label), 6, 6);
	append_classes(page, row, said);
	text_clear(&label);
}

static void append_pairs(struct page *page)
{
	const struct texts *said = NULL;
	const char *family = "";
	for (size_t i = 0; i < page->advice->num_pairs; i++) {
		struct advice_row row;
		advice_view_row(&row, &page->advice->pairs[i]);
		if (i == 0 || strcmp(family, row.family) != 0) {
			append_heading(page, advice_view_heading(row.family));
			text_append_format(page->out, "%*s%9s %9s %9s\n", LABEL_MOST + 2, "",
					   "without", "with", row.is_attack ? "gained" : "lost");
		}
		family = row.family;
		append_pair(page, &row, &said);
	}
}

static void append_margin(struct page *page, const struct advice_margin *server)
{
	char least[ADVICE_WORD_MAX], usual[ADVICE_WORD_MAX];
	struct text words;
	text_init(&words, 0);
	append_visible(&words, advice_view_text(server->server));
	text_append_format(page->out, "  %-10.40s %-10s %-10s ", text_string(&words),
			   advice_duration(least, server->least_s),
			   advice_duration(usual, server->usual_s));
	text_reset(&words);
	advice_view_append_restart(&words, server);
	text_append_format(page->out, "%-15s %s\n", text_string(&words), advice_view_after(server));
	text_clear(&words);
}

static void append_margins(struct page *page)
{
	struct text words;
	const struct advice_margins *margins = &page->advice->margins;
	append_heading(page, "How long each server survives an outage");
	text_init(&words, 0);
	advice_view_append_life(&words, margins);
	append_wrapped(page, text_string(&words), 0, 0);
	text_append_format(page->out, "  %-10s %-10s %-10s %-15s %s\n", "server", "least", "usual",
			   "after restart", "then clients receive");
	for (size_t i = 0; i < margins->num_servers; i++)
		append_margin(page, &margins->servers[i]);
	text_clear(&words);
}

static void append_endpoint(struct page *page)
{
	const struct advice_endpoint *endpoint = &page->advice->endpoint;
	struct text words;
	if (!endpoint->record.is_there)
		return;
	text_init(&words, 0);
	text_append_format(&words, "Facts of %s", advice_view_text(endpoint->id));
	append_heading(page, text_string(&words));
	text_clear(&words);
	append_answers(page, endpoint->facts, endpoint->num_facts);
}

static void append_notes(struct page *page, const struct run *run)
{
	const struct texts *notes = &page->advice->notes;
	struct text words;
	append_heading(page, "Notes");
	for (size_t i = 0; i < notes->num; i++) {
		text_append(page->out, "  - ");
		append_wrapped(page, advice_view_text(notes->items[i]), 4, 4);
	}
	text_init(&words, 0);
	text_append(&words, "Every number is computed from cells, RUN/ROW/CLASS: ");
	advice_view_append_explain(&words, run, page->advice);
	text_append(page->out, "  - ");
	append_wrapped(page, text_string(&words), 4, 4);
	text_clear(&words);
}

static void append_advice(struct page *page, const struct run *run)
{
	const struct advice *advice = page->advice;
	const struct advice_answer *answer = &advice->answer;
	struct text words;
	text_init(&words, 0);
	text_append_format(&words, "Is must-staple safe here? %s", advice_view_text(answer->title));
	append_heading(page, text_string(&words));
	append_wrapped(page, advice_view_text(answer->text), 0, 0);
	text_reset(&words);
	text_append_format(&words, "The clients: %s.", advice_view_text(advice->environment.title));
	append_wrapped(page, text_string(&words), 0, 0);
	text_clear(&words);
	append_list(page, "Conditions", answer->conditions, answer->num_conditions);
	append_list(page, "Why", answer->reasons, answer->num_reasons);
	append_list(page, "Instead", answer->instead, answer->num_instead);
	append_heading(page, "Four questions that all need the answer yes");
	append_answers(page, advice->questions, advice->num_questions);
	append_endpoint(page);
	append_pairs(page);
	append_margins(page);
	append_notes(page, run);
	append_heading(page, "The cells");
}

void advice_append_text(struct text *out, const struct run *run,
			const struct format_options *options)
{
	struct advice advice;
	struct error err = ERROR_INIT;
	struct page page = {.out = out, .options = options, .advice = &advice};
	if (advice_view_load(&advice, run, &err)) {
		append_advice(&page, run);
	} else if (err.kind != ERROR_NONE) {
		append_heading(&page, "Is must-staple safe here?");
		append_wrapped(&page, err.text, 0, 0);
	}
	advice_clear(&advice);
}
