/* Knows how the diagnosis of the doctor is shown at a terminal. */
#include "reports/doctor_report.h"

#include "reports/words/doctor_view.h"
#include "reports/words/wrapped_text.h"

#include <string.h>

struct page {
	struct text *out;
	const struct run *run;
	const struct format_options *options;
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

static void append_examination(struct page *page, const struct examination *one)
{
	enum severity level = one->level.is_known && one->level.value > LEVEL_OK
				      ? (enum severity)(one->level.value - LEVEL_INFO)
				      : SEVERITY_INFO;
	text_append(page->out, "\n");
	append_visible(page->out, one->id);
	text_append(page->out, ": ");
	append_colored(page, color_of(level), doctor_view_word(&one->level, &level_names));
	text_append(page->out, "\n");
	append_wrapped(page, doctor_view_text(one->headline), 0, 0);
	append_steps(page, one);
	for (size_t i = 0; i < one->num_causes; i++)
		append_cause(page, one->causes, i);
}

void doctor_append_text(struct text *out, const struct run *run,
			const struct format_options *options)
{
	const struct examinations *all = run_examinations(run);
	struct page page = {out, run, options};
	bool is_sick = false;
	for (size_t i = 0; all != NULL && i < all->num_items; i++) {
		append_examination(&page, &all->items[i]);
		is_sick = is_sick || all->items[i].num_causes > 0;
	}
	if (is_sick)
		text_append(out, "\nAfter a fix: `revoscope retest` repeats the examination and "
				 "shows the differences.\n");
}
