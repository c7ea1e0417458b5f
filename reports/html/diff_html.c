/* Knows a comparison as one self-contained page: no network, no script. */
#include "reports/diff_report.h"

#include "reports/html/html_page.h"
#include "reports/html/html_text.h"
#include "harness/run/run_head.h"

#define ROWS_SHOWN 200

static void write_words(FILE *out, const struct text *words)
{
	html_write(out, text_string(words));
}

static void add_item(void *context, const char *words)
{
	fputs("<li>", context);
	html_write(context, words);
	fputs("</li>\n", context);
}

static void write_run(FILE *out, const char *label, const struct run *run)
{
	struct text words;
	text_init(&words, 0);
	diff_words_run(&words, run);
	fprintf(out, "<p class=\"run\">%s: ", label);
	write_words(out, &words);
	fputs(", <code>", out);
	html_write(out, run_command(run));
	fputs("</code></p>\n", out);
	text_clear(&words);
}

static const char *style_of(const struct diff_state *state)
{
	if (state->exposed)
		return "exposed";
	return outcome_is_verdict(state->outcome) ? outcome_name(state->outcome) : "other";
}

static void write_state(FILE *out, const struct diff_group *group, const struct diff_state *state)
{
	fprintf(out, "<td><span class=\"verdict %s\">%s%s</span> <span class=\"muted\">%s",
		style_of(state), outcome_name(state->outcome), state->exposed ? ", exposed" : "",
		reason_name(state->reason));
	if (group->move == MOVE_KNOWLEDGE)
		fprintf(out, ", assurance %s", status_name(state->assurance));
	fputs("</span></td>", out);
}

static void write_group(FILE *out, const struct diff *diff, const struct diff_group *group)
{
	struct text words;
	text_init(&words, 0);
	diff_words_rows(&words, diff, group, ROWS_SHOWN);
	fputs("<tr><th scope=\"row\">", out);
	write_words(out, &words);
	fputs("</th><td>", out);
	html_write(out, group->class_words);
	fputs("</td>", out);
	write_state(out, group, &group->before);
	write_state(out, group, &group->after);
	fputs("</tr>\n", out);
	text_clear(&words);
}

static void write_moves(FILE *out, const struct diff *diff)
{
	struct text words;
	text_init(&words, 0);
	fputs("<div class=\"stories\">\n", out);
	for (size_t i = 0; i < diff->num_groups; i++) {
		enum move move = diff->groups[i].move;
		if (i == 0 || move != diff->groups[i - 1].move) {
			text_reset(&words);
			diff_words_heading(&words, diff, move);
			fprintf(out, "%s<h2 id=\"%s\">", i > 0 ? "</tbody></table>\n" : "",
				move_name(move));
			write_words(out, &words);
			fprintf(out,
				"</h2>\n<table><thead><tr><th scope=\"col\">%s</th><th "
				"scope=\"col\">client classes</th><th scope=\"col\">before</th><th "
				"scope=\"col\">after</th></tr></thead><tbody>\n",
				run_is_lab(diff->after) ? "scenarios" : "endpoints");
		}
		write_group(out, diff, &diff->groups[i]);
	}
	fputs(diff->num_groups > 0 ? "</tbody></table>\n</div>\n" : "</div>\n", out);
	text_clear(&words);
}

static void write_cell_text(FILE *out, const char *words)
{
	fputs("<td>", out);
	html_write(out, words);
}

static void write_examination(FILE *out, const struct diff *diff,
			      const struct diff_examination *one)
{
	struct text words;
	text_init(&words, 0);
	fputs("<section>\n<h2>What the doctor sees at ", out);
	html_write(out, one->target);
	fputs("</h2>\n<p><strong>", out);
	diff_words_examination(&words, diff, one);
	write_words(out, &words);
	fputs("</strong></p>\n<table class=\"moves\">\n<thead><tr><th scope=col>What<th "
	      "scope=col>Before<th scope=col>After</thead>\n<tbody>\n",
	      out);
	for (size_t i = 0; i < DIFF_FACTS_NUM; i++) {
		const struct diff_fact *fact = &one->facts[i];
		fprintf(out, "<tr><th scope=row>%s%s", fact->what,
			fact->moved ? " <small>changed</small>" : "");
		write_cell_text(out, fact->before);
		write_cell_text(out, fact->after);
		fputs("\n", out);
	}
	fputs("</tbody></table>\n<ul>\n", out);
	for (size_t i = 0; i < one->num_causes; i++) {
		fprintf(out, "<li>%s: ", diff_words_cause(&one->causes[i]));
		html_write(out, one->causes[i].title);
		fputs("\n", out);
	}
	fputs("</ul>\n</section>\n", out);
	text_clear(&words);
}

bool diff_html_write(FILE *out, const struct diff *diff, const struct format_options *options,
		     struct error *err)
{
	struct text words;
	(void)options;
	(void)err;
	text_init(&words, 0);
	text_append_format(&words, "revoscope %s to %s", run_id(diff->before), run_id(diff->after));
	html_page_begin(out, text_string(&words), false);
	text_reset(&words);
	diff_words_summary(&words, diff);
	fputs("<main>\n<h1>Differences</h1>\n", out);
	write_run(out, "before", diff->before);
	write_run(out, "after", diff->after);
	fputs("<div class=\"answer\">\n<p><strong>", out);
	write_words(out, &words);
	fputs("</strong></p>\n<ul class=\"plain\">\n", out);
	diff_words_changes(diff, add_item, out);
	diff_words_notes(diff, add_item, out);
	fputs("</ul>\n</div>\n", out);
	for (size_t i = 0; i < diff->num_examinations; i++)
		write_examination(out, diff, &diff->examinations[i]);
	write_moves(out, diff);
	fputs("</main>\n", out);
	html_page_end(out, false);
	text_clear(&words);
	return true;
}
