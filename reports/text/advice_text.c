/* Knows how an advice is told at a terminal. */
#include "reports/advice_report.h"

#include "harness/advice/advice.h"
#include "reports/words/advice_view.h"
#include "reports/words/wrapped_text.h"

#include <string.h>

#define LABEL_MOST 46 /* columns of a label in front of its numbers */

struct page {
	struct text *out;
	const struct format_options *options;
	const json_t *advice;
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

/* "  - text (rows)" for each of a list of the answer. */
static void append_list(struct page *page, const char *heading, const char *key)
{
	size_t i, k;
	const json_t *statement, *row;
	struct text words;
	text_init(&words, 0);
	json_array_foreach((json_t *)advice_view_list(page->advice, key), i, statement)
	{
		const json_t *rows = json_object_get(statement, "rows");
		if (i == 0)
			append_heading(page, heading);
		text_reset(&words);
		text_append(&words, advice_view_text(statement, "text"));
		json_array_foreach((json_t *)rows, k, row)
		{
			const char *id = json_string_value(row);
			text_append_format(&words, "%s%s", k == 0 ? " [" : ", ",
					   id != NULL ? id : "");
		}
		text_append(&words, json_array_size(rows) > 0 ? "]" : "");
		if (json_is_true(json_object_get(statement, "better")))
			text_append(&words, " This is the better way here.");
		text_append(page->out, "  - ");
		append_wrapped(page, text_string(&words), 4, 4);
	}
	text_clear(&words);
}

static void append_answers(struct page *page, const json_t *list)
{
	size_t i;
	const json_t *one;
	struct text words;
	text_init(&words, 0);
	json_array_foreach((json_t *)list, i, one)
	{
		const char *answer = advice_view_text(one, "answer");
		const char *text = advice_view_text(one, "text");
		text_reset(&words);
		text_append_format(&words, "%s%s%s", advice_view_text(one, "question"),
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

/* Who it is, unless it was said of the row before. */
static void append_classes(struct page *page, const struct advice_row *row, const json_t **told)
{
	size_t i;
	const json_t *class;
	struct text words;
	if (json_array_size(row->classes) == 0)
		return;
	text_init(&words, 0);
	if (*told != NULL && json_equal(*told, row->classes)) {
		text_append(&words, "refused only with it: the same clients");
	} else {
		text_append(&words, "refused only with it: ");
		json_array_foreach((json_t *)row->classes, i, class) text_append_format(
			&words, "%s%s", i > 0 ? ", " : "",
			json_string_value(class) != NULL ? json_string_value(class) : "");
	}
	*told = row->classes;
	text_append(page->out, "      ");
	append_wrapped(page, text_string(&words), 6, 6);
	text_clear(&words);
}

static void append_pair(struct page *page, const struct advice_row *row, const json_t **told)
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
	append_classes(page, row, told);
	text_clear(&label);
}

static void append_pairs(struct page *page)
{
	size_t i;
	const json_t *pair, *told = NULL;
	const char *family = "";
	json_array_foreach(json_object_get(page->advice, "pairs"), i, pair)
	{
		struct advice_row row;
		advice_view_row(&row, pair);
		if (i == 0 || strcmp(family, row.family) != 0) {
			append_heading(page, advice_view_heading(row.family));
			text_append_format(page->out, "%*s%9s %9s %9s\n", LABEL_MOST + 2, "",
					   "without", "with", row.is_attack ? "gained" : "lost");
		}
		family = row.family;
		append_pair(page, &row, &told);
	}
}

static void append_margins(struct page *page)
{
	size_t i;
	const json_t *server;
	struct text words;
	const json_t *servers =
		json_object_get(json_object_get(page->advice, "margins"), "servers");
	append_heading(page, "How long an outage is survived");
	text_init(&words, 0);
	advice_view_append_life(&words, page->advice);
	append_wrapped(page, text_string(&words), 0, 0);
	text_append_format(page->out, "  %-10s %-10s %-10s %-15s %s\n", "server", "least", "usual",
			   "after restart", "then clients get");
	json_array_foreach((json_t *)servers, i, server)
	{
		char least[ADVICE_WORD_MAX], usual[ADVICE_WORD_MAX];
		text_reset(&words);
		append_visible(&words, advice_view_text(server, "server"));
		text_append_format(
			page->out, "  %-10.40s %-10s %-10s ", text_string(&words),
			advice_duration(least,
					json_integer_value(json_object_get(server, "least_s"))),
			advice_duration(usual,
					json_integer_value(json_object_get(server, "usual_s"))));
		text_reset(&words);
		advice_view_append_restart(&words, server);
		text_append_format(page->out, "%-15s %s\n", text_string(&words),
				   advice_view_after(server));
	}
	text_clear(&words);
}

static void append_endpoint(struct page *page)
{
	const json_t *endpoint = json_object_get(page->advice, "endpoint");
	struct text words;
	if (!json_is_object(endpoint))
		return;
	text_init(&words, 0);
	text_append_format(&words, "What was seen of %s", advice_view_text(endpoint, "id"));
	append_heading(page, text_string(&words));
	text_clear(&words);
	append_answers(page, json_object_get(endpoint, "facts"));
}

static void append_notes(struct page *page, const struct run *run)
{
	size_t i;
	const json_t *note;
	struct text words;
	append_heading(page, "To this advice");
	json_array_foreach(json_object_get(page->advice, "notes"), i, note)
	{
		const char *text = json_string_value(note);
		text_append(page->out, "  - ");
		append_wrapped(page, text != NULL ? text : "", 4, 4);
	}
	text_init(&words, 0);
	text_append(&words, "Every number is made of cells, RUN/ROW/CLASS: ");
	advice_view_append_explain(&words, run, page->advice);
	text_append(page->out, "  - ");
	append_wrapped(page, text_string(&words), 4, 4);
	text_clear(&words);
}

void advice_append_text(struct text *out, const struct run *run,
			const struct format_options *options)
{
	const json_t *advice = advice_view_of(run);
	struct page page = {.out = out, .options = options, .advice = advice};
	struct text words;
	if (advice == NULL)
		return;
	text_init(&words, 0);
	text_append_format(&words, "Is must-staple safe here? %s",
			   advice_view_text(json_object_get(advice, "answer"), "title"));
	append_heading(&page, text_string(&words));
	append_wrapped(&page, advice_view_text(json_object_get(advice, "answer"), "text"), 0, 0);
	text_reset(&words);
	text_append_format(&words, "The clients: %s.",
			   advice_view_text(json_object_get(advice, "environment"), "title"));
	append_wrapped(&page, text_string(&words), 0, 0);
	text_clear(&words);
	append_list(&page, "Conditions", "conditions");
	append_list(&page, "Why", "reasons");
	append_list(&page, "Instead", "instead");
	append_heading(&page, "Four questions, which want four times yes");
	append_answers(&page, json_object_get(advice, "questions"));
	append_endpoint(&page);
	append_pairs(&page);
	append_margins(&page);
	append_notes(&page, run);
	append_heading(&page, "The cells");
}
