/* Knows the section of the page that says what the doctor found. */
#include "reports/doctor_report.h"

#include "reports/words/doctor_view.h"
#include "reports/html/html_text.h"

#include <string.h>

/* Names of classes that the style has; anything else is foreign and gets none. */
static const char *style_of(const char *severity)
{
	static const char *const known[] = {"critical", "warning", "info", "ok"};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(severity, known[i]) == 0)
			return known[i];
	return "info";
}

static void write_evidence(FILE *out, const json_t *cause)
{
	size_t i;
	json_t *one;
	fputs("<dt>Seen\n", out);
	json_array_foreach(json_object_get(cause, "evidence"), i, one)
	{
		fputs("<dd>", out);
		html_write(out, json_string_value(one));
		fputs("\n", out);
	}
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
		fprintf(out, "<dt>Clients that %s\n<dd>", doctor_effects[i].words);
		html_write(out, text_string(&words));
		fputs("\n", out);
	}
	text_clear(&words);
}

static void tell_line(void *context, const char *line)
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

static void write_commands(FILE *out, const char *heading, const json_t *list)
{
	if (json_array_size(list) == 0)
		return;
	begin_lines(out, heading);
	doctor_view_list(list, tell_line, out);
	fputs("</pre>\n", out);
}

/* first: what is there to be done is open on the page. */
static void write_fix(FILE *out, const json_t *cause, bool first)
{
	const json_t *fix = json_object_get(cause, "fix");
	const char *server = doctor_view_server(fix);
	fputs("<dt>Mend\n<dd>", out);
	html_write(out, doctor_view_text(fix, "text"));
	fputs("\n<dt>Afterwards\n<dd>", out);
	html_write(out, doctor_view_text(cause, "afterwards"));
	fputs("\n</dl>\n", out);
	bool has_more = server != NULL || json_array_size(json_object_get(fix, "commands")) > 0 ||
			!doctor_view_is_sure(cause);
	if (!has_more)
		return;
	fprintf(out, "<details%s><summary>Configuration and commands</summary>\n",
		first ? " open" : "");
	if (server != NULL) {
		begin_lines(out, server);
		doctor_view_lines(doctor_view_text(fix, "snippet"), tell_line, out);
		fputs("</pre>\n", out);
	}
	write_commands(out, "Then, on the server", json_object_get(fix, "commands"));
	if (!doctor_view_is_sure(cause))
		write_commands(out, "To be sure of the cause, on the server",
			       json_object_get(cause, "on_server"));
	fputs("</details>\n", out);
}

static void write_cause(FILE *out, const struct run *run, const json_t *cause, bool first)
{
	const char *severity = doctor_view_text(cause, "severity");
	struct text weight;
	text_init(&weight, 0);
	doctor_view_append_weight(&weight, cause);
	fprintf(out, "<article class=\"cause %s\">\n<h3>", style_of(severity));
	html_write(out, doctor_view_text(cause, "title"));
	fputs("</h3>\n<p class=muted>", out);
	html_write(out, text_string(&weight));
	fputs(" <code>", out);
	html_write(out, doctor_view_text(cause, "id"));
	fputs("</code></p>\n<p>", out);
	html_write(out, doctor_view_text(cause, "text"));
	fputs("</p>\n<dl>\n", out);
	write_evidence(out, cause);
	write_classes(out, run, cause);
	write_fix(out, cause, first);
	fputs("</article>\n", out);
	text_clear(&weight);
}

static void write_steps(FILE *out, const json_t *examination)
{
	size_t i;
	json_t *step;
	fputs("<details class=steps><summary>What was looked at</summary>\n<table>\n<thead><tr><th "
	      "scope=col>Step<th scope=col>Result<th scope=col>Seen</thead>\n<tbody>\n",
	      out);
	json_array_foreach(json_object_get(examination, "steps"), i, step)
	{
		const json_t *ok = json_object_get(step, "ok");
		fputs("<tr><th scope=row>", out);
		html_write(out, doctor_view_text(step, "step"));
		fprintf(out, "<td class=%s>%s<td>",
			json_is_false(ok)  ? "fault"
			: json_is_true(ok) ? "fine"
					   : "fact",
			json_is_false(ok)  ? "not well"
			: json_is_true(ok) ? "well"
					   : "");
		html_write(out, doctor_view_text(step, "text"));
		fputs("\n", out);
	}
	fputs("</tbody></table>\n</details>\n", out);
}

void doctor_write_html(FILE *out, const struct run *run)
{
	const char *target;
	json_t *examination, *all = doctor_view_of(run);
	if (all == NULL)
		return;
	fputs("<section id=doctor>\n", out);
	json_object_foreach(all, target, examination)
	{
		const json_t *causes = json_object_get(examination, "causes");
		const char *level = doctor_view_text(examination, "level");
		fputs("<h2>", out);
		html_write(out, target);
		fprintf(out, "</h2>\n<p class=\"headline %s\"><strong>", style_of(level));
		html_write(out, doctor_view_text(examination, "headline"));
		fputs("</strong> <span class=muted>", out);
		html_write(out, level);
		fputs("</span></p>\n", out);
		for (size_t i = 0; i < json_array_size(causes); i++)
			write_cause(out, run, json_array_get(causes, i), i == 0);
		write_steps(out, examination);
	}
	fputs("</section>\n", out);
}
