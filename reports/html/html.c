/* Knows the page: its order, the answer in words, notes, stacks, the glossary. */
#include "reports/format.h"

#include "core/policy.h"
#include "core/text.h"
#include "reports/advice_report.h"
#include "reports/words/answer_words.h"
#include "reports/doctor_report.h"
#include "reports/html/html_class.h"
#include "reports/html/html_matrix.h"
#include "reports/html/html_page.h"
#include "reports/html/html_story.h"
#include "reports/html/html_text.h"
#include "reports/words/run_notes.h"
#include "harness/run/stack_description.h"
#include "harness/run/run_head.h"

#include <string.h>

#define NAMES_SHOWN 8 /* of client classes in a sentence; more are folded away */

static void write_header(FILE *out, struct run *run)
{
	bool lab = run_is_lab(run);
	fprintf(out,
		"<a class=skip href=#matrix>To the matrix</a>\n<header>\n<p class=brand>revoscope "
		"%s</p>\n<h1>When revocation status goes wrong: which clients connect, warn and "
		"reject</h1>\n<p class=run>Run <b>",
		REVOSCOPE_VERSION);
	html_write(out, run_id(run));
	fputs("</b>, ", out);
	html_write(out, run_started(run));
	fputs(", vantage ", out);
	html_write(out, run_vantage(run));
	fputs("<br><code>", out);
	html_write(out, run_command(run));
	fprintf(out,
		"</code></p>\n<nav aria-label=\"Parts of the report\">%s%s"
		"<a href=#answer>Answer</a> <a href=#matrix>Matrix</a> "
		"<a href=#classes>Client classes</a> <a href=#rows>%s</a> "
		"<a href=#stacks>Stacks</a> <a href=#words>Words</a></nav>\n</header>\n<main>\n",
		run_advice(run) != NULL ? "<a href=#advice>Advice</a> " : "",
		run_examinations(run) != NULL ? "<a href=#doctor>Doctor</a> " : "",
		lab ? "Scenarios" : "Endpoints");
}

/* A shared page must show that it describes another day. */
static void write_clock(FILE *out, const struct run *run)
{
	struct text words;
	text_init(&words, 0);
	run_notes_append_clock(&words, run);
	if (words.len > 0) {
		fputs("<p class=clock>", out);
		html_write(out, text_string(&words));
		fputs("</p>\n", out);
	}
	text_clear(&words);
}

static size_t count_names(const char *names)
{
	size_t num = names[0] != '\0';
	for (; *names != '\0'; names++)
		num += *names == ',';
	return num;
}

static void write_sentence(FILE *out, struct run *run, enum answer_topic topic)
{
	static const char *const styles[NUM_ANSWER_TOPICS] = {[ANSWER_EXPOSED] = "exposed",
							      [ANSWER_REFUSES] = "reject",
							      [ANSWER_BLIND] = "blind"};
	struct answer_sentence sentence;
	answer_sentence_make(&sentence, run, topic);
	const char *names = text_string(&sentence.names);
	fprintf(out,
		"<div class=\"finding %s\">\n<p><strong>%zu <small>of %zu</small></strong> client "
		"classes %s.</p>\n",
		sentence.num > 0 ? styles[topic] : "none", sentence.num, sentence.num_classes,
		sentence.said);
	bool folded = count_names(names) > NAMES_SHOWN;
	if (names[0] != '\0') {
		fputs(folded ? "<details><summary>Which ones</summary><p>" : "<p class=names>",
		      out);
		html_write(out, names);
		fputs(folded ? "</p></details>\n" : "</p>\n", out);
	}
	fputs("</div>\n", out);
	answer_sentence_clear(&sentence);
}

static void write_answer(FILE *out, struct run *run)
{
	struct run_summary summary;
	struct text words;
	run_summarize(run, &summary);
	fputs("<section id=answer aria-label=\"The answer in words\">\n<div class=findings>\n",
	      out);
	for (int topic = 0; topic < NUM_ANSWER_TOPICS; topic++)
		write_sentence(out, run, (enum answer_topic)topic);
	fputs("</div>\n<p class=size>", out);
	text_init(&words, 0);
	answer_append_size(&words, run);
	html_write(out, text_string(&words));
	text_reset(&words);
	answer_append_judgement(&words, run);
	fputs(summary.num_unexpected > 0 ? " <strong class=mismatch>" : " <strong>", out);
	html_write(out, text_string(&words));
	fputs("</strong></p>\n", out);
	text_clear(&words);
	if (summary.num_done < summary.num_cells)
		fprintf(out, "<p><strong>The run was ended before %zu of its cells.</strong></p>\n",
			summary.num_cells - summary.num_done);
	fputs("</section>\n", out);
}

struct notes {
	FILE *out;
	size_t num;
};

static void take_note(void *context, const char *words)
{
	struct notes *notes = context;
	fputs(notes->num++ == 0 ? "<h2>Notes</h2>\n<ul class=notes>\n<li>" : "<li>", notes->out);
	html_write(notes->out, words);
	fputc('\n', notes->out);
}

static void write_notes(FILE *out, struct run *run)
{
	struct notes notes = {.out = out};
	run_notes(run, take_note, &notes);
	if (notes.num > 0)
		fputs("</ul>\n", out);
}

static void write_stacks(FILE *out, struct run *run)
{
	fputs("<h2 id=stacks>Stacks</h2>\n<dl class=stacks>\n", out);
	for (size_t i = 0; i < run_num_stacks(run); i++) {
		const struct run_stack *stack = run_stack_at(run, i);
		fputs("<dt>", out);
		html_write(out, stack->stack->title);
		fputc(' ', out);
		html_write(out, stack->version);
		fputc('\n', out);
		if (stack->fault != NULL) {
			fputs("<dd class=mismatch>", out);
			html_write(out, stack->fault);
			fputc('\n', out);
		}
		const char *capability;
		json_t *why;
		struct stack_description said;
		stack_description_read(&said, stack->description);
		json_object_foreach((json_t *)said.lacks, capability, why)
		{
			fputs("<dd>lacks <code>", out);
			html_write(out, capability);
			fputs("</code>: ", out);
			html_write(out, json_string_value(why));
			fputc('\n', out);
		}
	}
	fputs("</dl>\n", out);
}

static void write_words(FILE *out)
{
	fputs("<h2 id=words>Words</h2>\n<h3>Outcomes</h3>\n<dl>\n", out);
	for (size_t i = 0; i < outcome_names.num; i++)
		fprintf(out, "<dt>%s\n<dd>the client %s\n", outcome_names.names[i],
			outcome_names.texts[i]);
	fputs("<dt>blind\n<dd>connected without a warning and without a revocation "
	      "status\n<dt>exposed\n<dd>completed the connection to a revoked "
	      "certificate\n</dl>\n<h3>Axes of a policy</h3>\n<dl>\n",
	      out);
	for (size_t i = 0; i < num_policy_axes; i++)
		fprintf(out, "<dt>%s\n<dd>%s\n", policy_axes[i].name, policy_axes[i].text);
	fputs("</dl>\n", out);
}

/* What html.js fills and opens; without scripts a dialog is not shown. */
static void write_panel(FILE *out)
{
	fputs("<dialog id=panel aria-labelledby=panel-title>\n<button id=panel-close "
	      "type=button>Close <kbd>Esc</kbd></button>\n<h2 id=panel-title tabindex=-1></h2>\n"
	      "<div id=panel-body></div>\n</dialog>\n",
	      out);
}

/*
 * A run as one self-contained HTML page: the answer in words, the matrix, and the
 * story of every cell. No network; works from file://, and without scripts, which only filter
 * and open stories beside the matrix.
 */
bool html_write_run(FILE *out, struct run *run, const struct format_options *options,
		    struct error *err)
{
	(void)options;
	struct text title;
	text_init(&title, 0);
	text_append_format(&title, "revoscope %s", run_id(run));
	html_page_begin(out, text_string(&title), true);
	text_clear(&title);
	write_header(out, run);
	write_clock(out, run);
	advice_write_html(out, run);
	doctor_write_html(out, run);
	write_answer(out, run);
	html_write_matrix(out, run);
	html_write_classes(out, run);
	bool done = html_write_stories(out, run, err);
	write_notes(out, run);
	write_stacks(out, run);
	write_words(out);
	fputs("</main>\n", out);
	write_panel(out);
	html_page_end(out, true);
	return done;
}
