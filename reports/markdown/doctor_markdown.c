/* Knows how what the doctor found is told on a page of a wiki, or in a ticket. */
#include "reports/doctor_report.h"

#include "reports/words/doctor_view.h"
#include "reports/markdown/markdown_text.h"

#include <string.h>

static void write_point(FILE *out, const char *label, const char *words)
{
	if (words[0] == '\0')
		return;
	fprintf(out, "- %s: ", label);
	markdown_write(out, words);
	fputs("\n", out);
}

static void write_classes(FILE *out, const struct run *run, const json_t *cause)
{
	struct text words;
	text_init(&words, 0);
	for (size_t i = 0; i < DOCTOR_EFFECTS_NUM; i++) {
		text_reset(&words);
		doctor_view_append_classes(&words, run, cause, doctor_effects[i].key);
		if (words.len == 0)
			continue;
		fprintf(out, "- client classes that %s: ", doctor_effects[i].words);
		markdown_write(out, text_string(&words));
		fputs("\n", out);
	}
	text_clear(&words);
}

static void tell_line(void *context, const char *line)
{
	markdown_write_line(context, line);
}

/* Commands as one block, since they are run one behind the other. */
static void write_commands(FILE *out, const char *heading, const json_t *list)
{
	if (json_array_size(list) == 0)
		return;
	fprintf(out, "\n%s:\n\n", heading);
	markdown_begin_lines(out);
	doctor_view_list(list, tell_line, out);
	markdown_end_lines(out);
}

static void write_fix(FILE *out, const json_t *cause)
{
	const json_t *fix = json_object_get(cause, "fix");
	const char *server = doctor_view_server(fix);
	write_point(out, "mend", doctor_view_text(fix, "text"));
	write_point(out, "afterwards", doctor_view_text(cause, "afterwards"));
	if (server != NULL) {
		fprintf(out, "\n%s:\n\n", server);
		markdown_begin_lines(out);
		doctor_view_lines(doctor_view_text(fix, "snippet"), tell_line, out);
		markdown_end_lines(out);
	}
	write_commands(out, "Then, on the server", json_object_get(fix, "commands"));
	if (!doctor_view_is_sure(cause))
		write_commands(out, "To be sure of the cause, on the server",
			       json_object_get(cause, "on_server"));
}

static void write_cause(FILE *out, const struct run *run, const json_t *cause, size_t number)
{
	struct text weight;
	size_t i;
	json_t *one;
	text_init(&weight, 0);
	doctor_view_append_weight(&weight, cause);
	fprintf(out, "\n### %zu. ", number);
	markdown_write(out, doctor_view_text(cause, "title"));
	fputs("\n\n", out);
	markdown_write_code(out, doctor_view_text(cause, "id"));
	fputs(", ", out);
	markdown_write(out, text_string(&weight));
	fputs(": ", out);
	markdown_write(out, doctor_view_text(cause, "text"));
	fputs("\n\n", out);
	json_array_foreach(json_object_get(cause, "evidence"), i, one)
	{
		write_point(out, "seen", json_is_string(one) ? json_string_value(one) : "");
	}

	write_classes(out, run, cause);
	write_fix(out, cause);
	text_clear(&weight);
}

static void write_steps(FILE *out, const json_t *examination)
{
	size_t i;
	json_t *step;
	fputs("\n### What was looked at\n\n| | step | |\n|---|---|---|\n", out);
	json_array_foreach(json_object_get(examination, "steps"), i, step)
	{
		const json_t *ok = json_object_get(step, "ok");
		fprintf(out, "| %s | ", json_is_true(ok) ? "well" : json_is_false(ok) ? "not" : "");
		markdown_write(out, doctor_view_text(step, "step"));
		fputs(" | ", out);
		markdown_write(out, doctor_view_text(step, "text"));
		fputs(" |\n", out);
	}
}

void doctor_write_markdown(FILE *out, const struct run *run)
{
	const char *target;
	json_t *examination;
	json_object_foreach(doctor_view_of(run), target, examination)
	{
		const json_t *causes = json_object_get(examination, "causes");
		fputs("\n## What the doctor says of ", out);
		markdown_write_code(out, target);
		fputs("\n\n**", out);
		markdown_write(out, doctor_view_text(examination, "level"));
		fputs("**: ", out);
		markdown_write(out, doctor_view_text(examination, "headline"));
		fputs("\n", out);
		for (size_t i = 0; i < json_array_size(causes); i++)
			write_cause(out, run, json_array_get(causes, i), i + 1);
		write_steps(out, examination);
	}
}
