/* Knows how the diagnosis of the doctor is written for a wiki or a ticket. */
#include "reports/doctor_report.h"

#include "reports/words/doctor_view.h"
#include "reports/markdown/markdown_text.h"

#include <stdlib.h>

static void write_point(FILE *out, const char *label, const char *words)
{
	if (words[0] == '\0')
		return;
	fprintf(out, "- %s: ", label);
	markdown_write(out, words);
	fputs("\n", out);
}

static void add_classes(void *context, const char *effect, const char *classes)
{
	FILE *out = context;
	fprintf(out, "- client classes that %s: ", effect);
	markdown_write(out, classes);
	fputs("\n", out);
}

static void add_line(void *context, const char *line)
{
	markdown_write_line(context, line);
}

/* Commands as one block, since they are run one behind the other. */
static void write_commands(FILE *out, const char *heading, const struct texts *list)
{
	if (list->num == 0)
		return;
	fprintf(out, "\n%s:\n\n", heading);
	markdown_begin_lines(out);
	doctor_view_list(list, add_line, out);
	markdown_end_lines(out);
}

/* folds: several endpoints are on the page. */
static void write_fix(FILE *out, const struct finding *cause, bool folds)
{
	const struct fix *fix = &cause->fix;
	const char *server = doctor_view_server(fix);
	write_point(out, "fix", doctor_view_text(fix->text));
	write_point(out, "afterwards", doctor_view_text(cause->afterwards));
	bool has_more = server != NULL || fix->commands.num > 0 ||
			(!doctor_view_is_sure(cause) && cause->on_server.num > 0);
	if (folds && has_more)
		fputs("\n<details><summary>Configuration and commands</summary>\n", out);
	if (server != NULL) {
		fprintf(out, "\n%s:\n\n", server);
		markdown_begin_lines(out);
		doctor_view_lines(fix->snippet, add_line, out);
		markdown_end_lines(out);
	}
	write_commands(out, "Then, on the server", &fix->commands);
	if (!doctor_view_is_sure(cause))
		write_commands(out, "To confirm the cause, on the server", &cause->on_server);
	if (folds && has_more)
		fputs("\n</details>\n", out);
}

static void write_cause(FILE *out, const struct run *run, const struct finding *cause,
			size_t number, bool folds)
{
	struct text weight;
	text_init(&weight, 0);
	doctor_view_append_weight(&weight, cause);
	fprintf(out, "\n### %zu. ", number);
	markdown_write(out, doctor_view_text(cause->title));
	fputs("\n\n", out);
	markdown_write_code(out, doctor_view_word(&cause->id, &cause_names));
	fputs(", ", out);
	markdown_write(out, text_string(&weight));
	fputs(": ", out);
	markdown_write(out, doctor_view_text(cause->text));
	fputs("\n\n", out);
	for (size_t i = 0; i < cause->evidence.num; i++)
		write_point(out, "seen", doctor_view_text(cause->evidence.items[i]));

	doctor_view_classes(run, cause, add_classes, out);
	write_fix(out, cause, folds);
	text_clear(&weight);
}

static void write_steps(FILE *out, const struct examination *examination)
{
	fputs("\n### Steps of the examination\n\n| | step | |\n|---|---|---|\n", out);
	for (size_t i = 0; i < examination->num_steps; i++) {
		const struct examination_step *step = &examination->steps[i];
		fprintf(out, "| %s | ",
			!step->ok.is_known ? ""
			: step->ok.value   ? "no fault"
					   : "not");
		markdown_write(out, doctor_view_word(&step->step, &step_names));
		fputs(" | ", out);
		markdown_write(out, doctor_view_text(step->text));
		fputs(" |\n", out);
	}
}

static void write_not_examined(FILE *out, const struct examination *one)
{
	if (one->num_not_examined > 0)
		fputs("\n### Not examined, and why\n\n", out);
	for (size_t i = 0; i < one->num_not_examined; i++) {
		const struct unexamined *about = &one->not_examined[i];
		fputs("- ", out);
		markdown_write_code(out, doctor_view_text(about->what));
		fputs(": ", out);
		markdown_write(out, doctor_view_text(about->text));
		fputs(" (", out);
		markdown_write_code(out, doctor_view_word(&about->why, &unexamined_why_names));
		fputs(")\n", out);
	}
}

static void write_overview(FILE *out, const struct examination *const *order, size_t num)
{
	struct text left;
	text_init(&left, 0);
	fprintf(out,
		"\n## %zu endpoints, the worst first\n\n| endpoint | level | headline | staple "
		"left "
		"|\n|---|---|---|---|\n",
		num);
	for (size_t i = 0; i < num; i++) {
		text_reset(&left);
		doctor_view_append_left(&left, order[i]);
		fputs("| ", out);
		markdown_write_code(out, doctor_view_text(order[i]->id));
		fputs(" | ", out);
		markdown_write(out, doctor_view_level(order[i]));
		fputs(" | ", out);
		markdown_write(out, doctor_view_text(order[i]->headline));
		fputs(" | ", out);
		markdown_write(out, text_string(&left));
		fputs(" |\n", out);
	}
	text_clear(&left);
}

static void write_examination(FILE *out, const struct run *run, const struct examination *one,
			      bool folds)
{
	fputs("\n## Diagnosis of ", out);
	markdown_write_code(out, doctor_view_text(one->id));
	fputs("\n\n**", out);
	markdown_write(out, doctor_view_level(one));
	fputs("**: ", out);
	markdown_write(out, doctor_view_text(one->headline));
	fputs("\n", out);
	for (size_t i = 0; i < one->num_causes; i++)
		write_cause(out, run, &one->causes[i], i + 1, folds);
	write_not_examined(out, one);
	write_steps(out, one);
}

void doctor_write_markdown(FILE *out, const struct run *run)
{
	const struct examinations *all = run_examinations(run);
	const struct examination **order = doctor_view_order(all);
	if (order == NULL)
		return;
	if (all->num_items > 1)
		write_overview(out, order, all->num_items);
	for (size_t i = 0; i < all->num_items; i++)
		write_examination(out, run, order[i], all->num_items > 1);
	free(order);
}
