/* Knows the section of the page that says what the doctor found. */
#include "reports/doctor_report.h"

#include "harness/run/run_head.h"
#include "reports/words/doctor_view.h"
#include "reports/html/html_text.h"
#include "reports/html/staple_chart.h"

#include <stdlib.h>

/* Names of classes that the style has; anything else is foreign and gets none. */
static const char *style_of(const struct word *weight, const struct name_table *names)
{
	return weight->is_known ? word_spelling(weight, names) : "info";
}

static void write_evidence(FILE *out, const struct finding *cause)
{
	fputs("<dt>Seen\n", out);
	for (size_t i = 0; i < cause->evidence.num; i++) {
		fputs("<dd>", out);
		html_write(out, cause->evidence.items[i]);
		fputs("\n", out);
	}
}

static void add_classes(void *context, const char *effect, const char *classes)
{
	FILE *out = context;
	fprintf(out, "<dt>Clients that %s\n<dd>", effect);
	html_write(out, classes);
	fputs("\n", out);
}

static void add_line(void *context, const char *line)
{
	html_write(context, line);
	fputs("\n", context);
}

static void begin_lines(FILE *out, const char *heading)
{
	fputs("<h4>", out);
	html_write(out, heading);
	fputs("</h4>\n<pre tabindex=0>", out);
}

static void write_commands(FILE *out, const char *heading, const struct texts *list)
{
	if (list->num == 0)
		return;
	begin_lines(out, heading);
	doctor_view_list(list, add_line, out);
	fputs("</pre>\n", out);
}

/* first: what is there to be done is open on the page. */
static void write_fix(FILE *out, const struct finding *cause, bool first)
{
	const struct fix *fix = &cause->fix;
	const char *server = doctor_view_server(fix);
	fputs("<dt>Fix\n<dd>", out);
	html_write(out, doctor_view_text(fix->text));
	fputs("\n<dt>Afterwards\n<dd>", out);
	html_write(out, doctor_view_text(cause->afterwards));
	fputs("\n</dl>\n", out);
	bool has_more = server != NULL || fix->commands.num > 0 || !doctor_view_is_sure(cause);
	if (!has_more)
		return;
	fprintf(out, "<details%s><summary>Configuration and commands</summary>\n",
		first ? " open" : "");
	if (server != NULL) {
		begin_lines(out, server);
		doctor_view_lines(fix->snippet, add_line, out);
		fputs("</pre>\n", out);
	}
	write_commands(out, "Then, on the server", &fix->commands);
	if (!doctor_view_is_sure(cause))
		write_commands(out, "To confirm the cause, on the server", &cause->on_server);
	fputs("</details>\n", out);
}

static void write_cause(FILE *out, const struct run *run, const struct finding *cause, bool first)
{
	struct text weight;
	text_init(&weight, 0);
	doctor_view_append_weight(&weight, cause);
	fprintf(out, "<article class=\"cause %s\">\n<h3>",
		severity_names.names[doctor_view_severity(cause)]);
	html_write(out, doctor_view_text(cause->title));
	fputs("</h3>\n<p class=muted>", out);
	html_write(out, text_string(&weight));
	fputs(" <code>", out);
	html_write(out, doctor_view_word(&cause->id, &cause_names));
	fputs("</code></p>\n<p>", out);
	html_write(out, doctor_view_text(cause->text));
	fputs("</p>\n<dl>\n", out);
	write_evidence(out, cause);
	doctor_view_classes(run, cause, add_classes, out);
	write_fix(out, cause, first);
	fputs("</article>\n", out);
	text_clear(&weight);
}

static void write_steps(FILE *out, const struct examination *examination)
{
	fputs("<details class=steps><summary>Steps of the "
	      "examination</summary>\n<table>\n<thead><tr><th "
	      "scope=col>Step<th scope=col>Result<th scope=col>Seen</thead>\n<tbody>\n",
	      out);
	for (size_t i = 0; i < examination->num_steps; i++) {
		const struct examination_step *step = &examination->steps[i];
		fputs("<tr><th scope=row>", out);
		html_write(out, doctor_view_word(&step->step, &step_names));
		fprintf(out, "<td class=%s>%s<td>",
			!step->ok.is_known ? "fact"
			: step->ok.value   ? "fine"
					   : "fault",
			!step->ok.is_known ? ""
			: step->ok.value   ? "no fault"
					   : "fault");
		html_write(out, doctor_view_text(step->text));
		fputs("\n", out);
	}
	fputs("</tbody></table>\n</details>\n", out);
}

static void write_not_examined(FILE *out, const struct examination *one)
{
	if (one->num_not_examined == 0)
		return;
	fputs("<h3>Not examined, and why</h3>\n<ul class=unexamined>\n", out);
	for (size_t i = 0; i < one->num_not_examined; i++) {
		const struct unexamined *about = &one->not_examined[i];
		fputs("<li><strong>", out);
		html_write(out, doctor_view_text(about->what));
		fputs("</strong>: ", out);
		html_write(out, doctor_view_text(about->text));
		fputs(" <code>", out);
		html_write(out, doctor_view_word(&about->why, &unexamined_why_names));
		fputs("</code>\n", out);
	}
	fputs("</ul>\n", out);
}

/* number: of the endpoint in the page; one of several has no configuration open. */
static void write_examination(FILE *out, const struct run *run, const struct examination *one,
			      size_t number, bool is_alone)
{
	fprintf(out, "<h2 id=doctor-%zu>", number);
	html_write(out, one->id);
	fprintf(out, "</h2>\n<p class=\"headline %s\"><strong>",
		style_of(&one->level, &level_names));
	html_write(out, doctor_view_text(one->headline));
	fputs("</strong> <span class=muted>", out);
	html_write(out, doctor_view_level(one));
	fputs("</span></p>\n", out);
	staple_chart_write(out, one, staple_lives_find(run_lives(run), doctor_view_text(one->id)),
			   number);
	for (size_t i = 0; i < one->num_causes; i++)
		write_cause(out, run, &one->causes[i], i == 0 && is_alone);
	write_not_examined(out, one);
	write_steps(out, one);
}

static void write_overview(FILE *out, const struct examination *const *order, size_t num)
{
	struct text left;
	text_init(&left, 0);
	fprintf(out,
		"<h2 id=doctor-all>%zu endpoints, the worst first</h2>\n<div class=wide tabindex=0 "
		"role=region aria-labelledby=doctor-all><table class=overview>\n<thead><tr><th "
		"scope=col>Endpoint<th scope=col>Level<th "
		"scope=col>Headline<th scope=col>Staple left</thead>\n<tbody>\n",
		num);
	for (size_t i = 0; i < num; i++) {
		const struct examination *one = order[i];
		text_reset(&left);
		doctor_view_append_left(&left, one);
		fprintf(out, "<tr><th scope=row><a href=\"#doctor-%zu\">", i + 1);
		html_write(out, doctor_view_text(one->id));
		fprintf(out, "</a><td class=\"level %s\">",
			one->level.is_known ? style_of(&one->level, &level_names) : "warning");
		html_write(out, doctor_view_level(one));
		fputs("<td>", out);
		html_write(out, doctor_view_text(one->headline));
		fputs("<td class=left>", out);
		html_write(out, text_string(&left));
		fputs("\n", out);
	}
	fputs("</tbody></table></div>\n", out);
	text_clear(&left);
}

void doctor_write_html(FILE *out, const struct run *run)
{
	const struct examinations *all = run_examinations(run);
	const struct examination **order = doctor_view_order(all);
	if (order == NULL)
		return;
	fputs("<section id=doctor>\n", out);
	if (all->num_items > 1)
		write_overview(out, order, all->num_items);
	for (size_t i = 0; i < all->num_items; i++)
		write_examination(out, run, order[i], i + 1, all->num_items == 1);
	fputs("</section>\n", out);
	free(order);
}
