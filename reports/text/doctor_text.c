/* Knows how what the doctor found is told at a terminal. */
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

static const char *color_of(const char *severity)
{
	return strcmp(severity, "critical") == 0  ? "\033[1;31m"
	       : strcmp(severity, "warning") == 0 ? "\033[1;33m"
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

static void append_evidence(struct page *page, const json_t *cause)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(cause, "evidence"), i, one)
	{
		const char *words = json_string_value(one);
		append_labelled(page, i == 0 ? "seen" : "", words != NULL ? words : "");
	}
}

static void append_classes(struct page *page, const json_t *cause)
{
	bool any = false;
	struct text words;
	text_init(&words, 0);
	for (size_t i = 0; i < DOCTOR_EFFECTS_NUM; i++) {
		size_t before;
		text_reset(&words);
		text_append_format(&words, "%s: ", doctor_effects[i].words);
		before = words.len;
		doctor_view_append_classes(&words, page->run, cause, doctor_effects[i].key);
		if (words.len == before)
			continue;
		append_labelled(page, any ? "" : "clients", text_string(&words));
		any = true;
	}
	text_clear(&words);
}

/* Lines as they are, to be copied. */
static void tell_line(void *context, const char *line)
{
	struct page *page = context;
	text_append(page->out, line[0] != '\0' ? "     " : "");
	append_visible(page->out, line);
	text_append(page->out, "\n");
}

static void tell_command(void *context, const char *line)
{
	struct page *page = context;
	text_append(page->out, "     $ ");
	append_visible(page->out, line);
	text_append(page->out, "\n");
}

static void append_fix(struct page *page, const json_t *cause)
{
	const json_t *fix = json_object_get(cause, "fix");
	const char *server = doctor_view_server(fix);
	const json_t *on_server = json_object_get(cause, "on_server");
	append_labelled(page, "mend", doctor_view_text(fix, "text"));
	if (server != NULL) {
		text_append_format(page->out, "\n   %s:\n\n", server);
		doctor_view_lines(doctor_view_text(fix, "snippet"), tell_line, page);
		text_append(page->out, "\n");
	}
	if (json_array_size(json_object_get(fix, "commands")) > 0) {
		text_append(page->out, "   then, on the server:\n\n");
		doctor_view_list(json_object_get(fix, "commands"), tell_command, page);
		text_append(page->out, "\n");
	}
	if (!doctor_view_is_sure(cause) && json_array_size(on_server) > 0) {
		text_append(page->out, "   to be sure of the cause, on the server:\n\n");
		doctor_view_list(on_server, tell_command, page);
		text_append(page->out, "\n");
	}
	append_labelled(page, "afterwards", doctor_view_text(cause, "afterwards"));
}

/* Whether an earlier cause has the same configuration: it is shown once. */
static size_t find_same_fix(const json_t *causes, size_t index)
{
	const json_t *own =
		json_object_get(json_object_get(json_array_get(causes, index), "fix"), "snippet");
	for (size_t i = 0; json_is_string(own) && i < index; i++)
		if (json_equal(json_object_get(json_object_get(json_array_get(causes, i), "fix"),
					       "snippet"),
			       own))
			return i;
	return index;
}

static void append_cause(struct page *page, const json_t *causes, size_t index)
{
	const json_t *cause = json_array_get(causes, index);
	struct text weight;
	char words[64];
	text_init(&weight, 0);
	doctor_view_append_weight(&weight, cause);
	text_append_format(page->out, "\n%zu. ", index + 1);
	append_colored(page, color_of(doctor_view_text(cause, "severity")),
		       doctor_view_text(cause, "title"));
	text_append(page->out, "  (");
	append_visible(page->out, doctor_view_text(cause, "id"));
	text_append(page->out, "; ");
	append_visible(page->out, text_string(&weight));
	text_append(page->out, ")\n");
	text_clear(&weight);
	append_labelled(page, "", doctor_view_text(cause, "text"));
	append_evidence(page, cause);
	append_classes(page, cause);
	size_t same = find_same_fix(causes, index);
	if (same == index) {
		append_fix(page, cause);
		return;
	}
	snprintf(words, sizeof words, "as %zu.", same + 1);
	append_labelled(page, "mend", words);
	append_labelled(page, "afterwards", doctor_view_text(cause, "afterwards"));
}

static void append_steps(struct page *page, const json_t *examination)
{
	size_t i;
	json_t *step;
	text_append(page->out, "\nWhat was looked at (+ well, ! not, - a fact)\n");
	json_array_foreach(json_object_get(examination, "steps"), i, step)
	{
		text_append_format(page->out, "  %s ", doctor_view_mark(step));
		append_visible(page->out, doctor_view_text(step, "step"));
		size_t used = strlen(doctor_view_text(step, "step"));
		text_append_format(page->out, "%*s", used < 12 ? (int)(12 - used) : 1, "");
		append_wrapped(page, doctor_view_text(step, "text"), 16, 16);
	}
}

void doctor_append_text(struct text *out, const struct run *run,
			const struct format_options *options)
{
	struct page page = {out, run, options};
	const char *target;
	json_t *examination, *all = doctor_view_of(run);
	bool is_sick = false;
	json_object_foreach(all, target, examination)
	{
		const json_t *causes = json_object_get(examination, "causes");
		const char *level = doctor_view_text(examination, "level");
		is_sick = is_sick || json_array_size(causes) > 0;
		text_append(out, "\n");
		append_visible(out, target);
		text_append(out, ": ");
		append_colored(&page, color_of(level), level);
		text_append(out, "\n");
		append_wrapped(&page, doctor_view_text(examination, "headline"), 0, 0);
		append_steps(&page, examination);
		for (size_t i = 0; i < json_array_size(causes); i++)
			append_cause(&page, causes, i);
	}
	if (is_sick)
		text_append(out, "\nWhen something was mended: `revoscope retest` looks again and "
				 "shows what moved.\n");
}
