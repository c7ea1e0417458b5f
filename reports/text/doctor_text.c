/* Knows how the diagnosis of the doctor is shown at a terminal. */
#include "reports/doctor_report.h"

#include "reports/words/doctor_view.h"
#include "reports/words/wrapped_text.h"

#include <stdlib.h>
#include <string.h>

/* Of the table of several endpoints. */
#define TARGET_COLUMNS 44
#define LEVEL_COLUMNS  12
#define LEFT_COLUMNS   22

struct page {
	struct text *out;
	const struct run *run;
	const struct format_options *options;
	const struct examination *const *order;
	bool is_folded; /* several endpoints: without configuration and commands */
};

static void append_visible(struct text *out, const char *words)
{
	text_append_visible(out, words, strlen(words));
}

static void append_wrapped(struct page *page, const char *words, size_t indent, size_t used)
{
	wrapped_text_append(page->out, words, indent, used, page->options->width);
}

/* Words in a colour, where colours are welcome. */
static void append_colored(struct page *page, const char *color, const char *words)
{
	text_append(page->out, page->options->color ? color : "");
	append_visible(page->out, words);
	text_append(page->out, page->options->color ? "\033[0m" : "");
}

static const char *color_of(enum severity severity)
{
	return severity == SEVERITY_CRITICAL  ? "\033[1;31m"
	       : severity == SEVERITY_WARNING ? "\033[1;33m"
					      : "\033[1m";
}

/* "   label   words, wrapped behind the label" */
static void append_labelled(struct page *page, const char *label, const char *words)
{
	if (words[0] == '\0')
		return;
	text_append_format(page->out, "   %-11s", label);
	append_wrapped(page, words, 14, 14);
}

static void append_evidence(struct page *page, const struct finding *cause)
{
	for (size_t i = 0; i < cause->evidence.num; i++)
		append_labelled(page, i == 0 ? "seen" : "",
				doctor_view_text(cause->evidence.items[i]));
}

/* The page, and whether its label is written. */
struct affected_lines {
	struct page *page;
	bool has_label;
};

static void add_classes(void *context, const char *effect, const char *classes)
{
	struct affected_lines *lines = context;
	struct text words;
	text_init(&words, 0);
	text_append_format(&words, "%s: %s", effect, classes);
	append_labelled(lines->page, lines->has_label ? "" : "clients", text_string(&words));
	lines->has_label = true;
	text_clear(&words);
}

static void append_classes(struct page *page, const struct finding *cause)
{
	struct affected_lines lines = {page, false};
	doctor_view_classes(page->run, cause, add_classes, &lines);
}

/* Lines as they are, to be copied. */
static void add_line(void *context, const char *line)
{
	struct page *page = context;
	text_append(page->out, line[0] != '\0' ? "     " : "");
	append_visible(page->out, line);
	text_append(page->out, "\n");
}

static void add_command(void *context, const char *line)
{
	struct page *page = context;
	text_append(page->out, "     $ ");
	append_visible(page->out, line);
	text_append(page->out, "\n");
}

static void append_fix(struct page *page, const struct finding *cause)
{
	const struct fix *fix = &cause->fix;
	const char *server = doctor_view_server(fix);
	append_labelled(page, "fix", doctor_view_text(fix->text));
	if (page->is_folded) {
		append_labelled(page, "afterwards", doctor_view_text(cause->afterwards));
		return;
	}
	if (server != NULL) {
		text_append_format(page->out, "\n   %s:\n\n", server);
		doctor_view_lines(fix->snippet, add_line, page);
		text_append(page->out, "\n");
	}
	if (fix->commands.num > 0) {
		text_append(page->out, "   then, on the server:\n\n");
		doctor_view_list(&fix->commands, add_command, page);
		text_append(page->out, "\n");
	}
	if (!doctor_view_is_sure(cause) && cause->on_server.num > 0) {
		text_append(page->out, "   to confirm the cause, on the server:\n\n");
		doctor_view_list(&cause->on_server, add_command, page);
		text_append(page->out, "\n");
	}
	append_labelled(page, "afterwards", doctor_view_text(cause->afterwards));
}

/* Whether an earlier cause has the same configuration: it is shown once. */
static size_t find_same_fix(const struct finding *causes, size_t index)
{
	const char *own = causes[index].fix.snippet;
	for (size_t i = 0; own != NULL && i < index; i++)
		if (causes[i].fix.snippet != NULL && strcmp(causes[i].fix.snippet, own) == 0)
			return i;
	return index;
}

static void append_cause(struct page *page, const struct finding *causes, size_t index)
{
	const struct finding *cause = &causes[index];
	struct text weight;
	char words[64];
	text_init(&weight, 0);
	doctor_view_append_weight(&weight, cause);
	text_append_format(page->out, "\n%zu. ", index + 1);
	append_colored(page, color_of(doctor_view_severity(cause)), doctor_view_text(cause->title));
	text_append(page->out, "  (");
	append_visible(page->out, doctor_view_word(&cause->id, &cause_names));
	text_append(page->out, "; ");
	append_visible(page->out, text_string(&weight));
	text_append(page->out, ")\n");
	text_clear(&weight);
	append_labelled(page, "", doctor_view_text(cause->text));
	append_evidence(page, cause);
	append_classes(page, cause);
	size_t same = find_same_fix(causes, index);
	if (same == index) {
		append_fix(page, cause);
		return;
	}
	snprintf(words, sizeof words, "as %zu.", same + 1);
	append_labelled(page, "fix", words);
	append_labelled(page, "afterwards", doctor_view_text(cause->afterwards));
}

static void append_steps(struct page *page, const struct examination *examination)
{
	text_append(page->out, "\nSteps of the examination (+ no fault, ! fault, - fact)\n");
	for (size_t i = 0; i < examination->num_steps; i++) {
		const struct examination_step *step = &examination->steps[i];
		const char *name = doctor_view_word(&step->step, &step_names);
		size_t used = strlen(name);
		text_append_format(page->out, "  %s ",
				   !step->ok.is_known ? "-"
				   : step->ok.value   ? "+"
						      : "!");
		append_visible(page->out, name);
		text_append_format(page->out, "%*s", used < 12 ? (int)(12 - used) : 1, "");
		append_wrapped(page, doctor_view_text(step->text), 16, 16);
	}
}

static void append_not_examined(struct page *page, const struct examination *one)
{
	struct text words;
	text_init(&words, 0);
	if (one->num_not_examined > 0)
		text_append(page->out, "\nNot examined, and why\n");
	for (size_t i = 0; i < one->num_not_examined; i++) {
		const struct unexamined *about = &one->not_examined[i];
		text_reset(&words);
		text_append_format(&words, "%s: %s (%s)", doctor_view_text(about->what),
				   doctor_view_text(about->text),
				   doctor_view_word(&about->why, &unexamined_why_names));
		text_append(page->out, "  - ");
		append_wrapped(page, text_string(&words), 4, 4);
	}
	text_clear(&words);
}

static enum severity severity_of(const struct examination *one)
{
	return one->level.is_known && one->level.value > LEVEL_OK
		       ? (enum severity)(one->level.value - LEVEL_INFO)
		       : SEVERITY_INFO;
}

/* Columns of words at a terminal, once they are made visible. */
static size_t columns_of(const char *words)
{
	struct text visible;
	size_t num = 0;
	text_init(&visible, 0);
	append_visible(&visible, words);
	for (const char *p = text_string(&visible); *p != '\0'; p++)
		num += ((unsigned char)*p & 0xc0) != 0x80;
	text_clear(&visible);
	return num;
}

static void append_padded(struct page *page, const char *words, size_t columns)
{
	size_t len = columns_of(words);
	append_visible(page->out, words);
	text_append_format(page->out, "%*s", len < columns ? (int)(columns - len) : 0, "");
}

/* The rest of a line: the headline goes below where there is no room for it. */
static void append_row(struct page *page, const struct examination *one, const char *left,
		       size_t width)
{
	const char *id = doctor_view_text(one->id), *headline = doctor_view_text(one->headline);
	size_t indent = 2 + LEVEL_COLUMNS, len = columns_of(id);
	size_t used = indent + (len > width ? len : width) + LEFT_COLUMNS;
	if (used + columns_of(headline) <= (size_t)page->options->width) {
		append_padded(page, id, width);
		append_padded(page, left, LEFT_COLUMNS);
	} else {
		append_padded(page, id, left[0] != '\0' ? width : 0);
		append_padded(page, left, 0);
		text_append_format(page->out, "\n%*s", (int)indent, "");
		used = indent;
	}
	append_wrapped(page, headline, indent, used);
}

/* "  critical       a.example:443  expired 25 hours ago  The staple is stale." */
static void append_overview(struct page *page, size_t num)
{
	size_t width = 0;
	struct text left;
	text_init(&left, 0);
	for (size_t i = 0; i < num; i++) {
		size_t len = columns_of(doctor_view_text(page->order[i]->id));
		width = len > width && len <= TARGET_COLUMNS ? len : width;
	}
	text_append_format(page->out,
			   "\n%zu endpoints, the worst first: level, endpoint, time "
			   "left of the staple, headline\n",
			   num);
	for (size_t i = 0; i < num; i++) {
		const struct examination *one = page->order[i];
		const char *level = doctor_view_level(one);
		text_reset(&left);
		doctor_view_append_left(&left, one);
		text_append(page->out, "  ");
		append_colored(page, color_of(severity_of(one)), level);
		append_padded(page, "", LEVEL_COLUMNS - columns_of(level));
		append_row(page, one, text_string(&left), width + 2);
	}
	text_clear(&left);
}

static void append_examination(struct page *page, size_t index)
{
	const struct examination *one = page->order[index];
	text_append(page->out, "\n");
	append_visible(page->out, doctor_view_text(one->id));
	text_append(page->out, ": ");
	append_colored(page, color_of(severity_of(one)), doctor_view_level(one));
	text_append(page->out, "\n");
	append_wrapped(page, doctor_view_text(one->headline), 0, 0);
	append_steps(page, one);
	append_not_examined(page, one);
	for (size_t i = 0; i < one->num_causes; i++)
		append_cause(page, one->causes, i);
}

void doctor_append_text(struct text *out, const struct run *run,
			const struct format_options *options)
{
	const struct examinations *all = run_examinations(run);
	const struct examination **order = doctor_view_order(all);
	struct page page = {out, run, options, order, false};
	bool is_sick = false;
	if (all == NULL || order == NULL)
		return;
	page.is_folded = all->num_items > 1;
	if (page.is_folded)
		append_overview(&page, all->num_items);
	for (size_t i = 0; i < all->num_items; i++) {
		append_examination(&page, i);
		is_sick = is_sick || order[i]->num_causes > 0;
	}
	if (is_sick)
		text_append(out, "\nAfter a fix: `revoscope retest` repeats the examination and "
				 "shows the differences.\n");
	if (is_sick && page.is_folded)
		text_append(out,
			    "Configuration and commands of each fix: `revoscope report --format "
			    "html=FILE` (or markdown=FILE),\nor `revoscope doctor` with one "
			    "endpoint.\n");
	free(order);
}
