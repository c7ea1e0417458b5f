/* Knows how a row is written as a section of the page, and which of its cells share details. */
#include "reports/html/html_story.h"

#include "core/situation.h"
#include "core/text.h"
#include "reports/html/html_seen.h"
#include "reports/html/html_text.h"
#include "reports/words/repeat.h"

#include <stdlib.h>
#include <string.h>

/* The details of one cell, as HTML; both owned. */
struct shown {
	char *story; /* without times: the same bytes are the same story */
	char *times;
	bool is_written;
};

/* What the scenario's servers do that those of a healthy set-up do not. */
static void write_situation(FILE *out, const struct scenario *scenario)
{
	struct situation healthy;
	bool any = false;
	situation_init(&healthy, scenario->truth);
	fputs("<dt>What is served\n", out);
	for (size_t i = 0; i < num_situation_fields; i++) {
		const struct situation_field *field = &situation_fields[i];
		char value[SITUATION_URL_MAX], usual[SITUATION_URL_MAX];
		situation_spell(&scenario->situation, field, value);
		situation_spell(&healthy, field, usual);
		if (strcmp(value, usual) == 0)
			continue;
		any = true;
		fprintf(out, "<dd><code>%s.%s: ", field->section, field->key);
		html_write(out, value);
		fputs("</code> ", out);
		html_write(out, field->text);
		fputs(" <span class=muted>(usually ", out);
		html_write(out, usual);
		fputs(")</span>\n", out);
	}
	if (!any)
		fputs("<dd>as in a correct setup: a current staple and a responder, both with the "
		      "CA's status\n",
		      out);
}

static void write_scenario(FILE *out, const struct scenario *scenario)
{
	fputs("<p>", out);
	html_write(out, scenario->why);
	fputs("\n<dl>", out);
	if (scenario->source != NULL) {
		fputs("<dt>Source\n<dd>", out);
		html_write(out, scenario->source);
		fputc('\n', out);
	}
	write_situation(out, scenario);
	fprintf(out, "<dt>Status according to the CA\n<dd>%s\n", status_name(scenario->truth));
	if (scenario->file != NULL) {
		fputs("<dt>File\n<dd><code>", out);
		html_write(out, scenario->file);
		fputs("</code>\n", out);
	}
	fputs("</dl>\n", out);
}

static void write_urls(FILE *out, const char *title, const struct json_texts *urls)
{
	for (size_t i = 0; i < urls->num; i++) {
		fprintf(out, "<dt>%s\n<dd><code>", title);
		html_write(out, json_texts_at(urls, i));
		fputs("</code>\n", out);
	}
}

static void write_maybe(FILE *out, const char *label, const char *text)
{
	fputs(label, out);
	if (text != NULL)
		html_write(out, text);
}

/* What is wrong with a pointer, or the name that this version does not know. */
static const char *fault_text(const struct json_name *why)
{
	return why->value >= 0     ? url_fault_text((enum url_fault)why->value)
	       : why->text != NULL ? why->text
				   : "unusable";
}

static void write_unusable(FILE *out, const struct observation *seen)
{
	for (size_t i = 0; i < seen->num_unusable_urls; i++) {
		const struct observed_pointer *one = &seen->unusable_urls[i];
		write_maybe(out, "<dt>Unusable URL\n<dd>", one->kind);
		write_maybe(out, " <code>", one->url);
		fputs("</code>: ", out);
		html_write(out, fault_text(&one->why));
		fputc('\n', out);
	}
}

/* The certificate as the first client saw it that got so far. */
static void write_certificate(FILE *out, const struct observation *seen)
{
	const struct observed_certificate *certificate = &seen->certificate;
	fputs("<dt>Certificate\n<dd>", out);
	fputs(certificate->must_staple.value ? "must-staple, " : "not must-staple, ", out);
	write_maybe(out, "valid from ", certificate->not_before);
	write_maybe(out, " to ", certificate->not_after);
	write_maybe(out, ", serial <code>", certificate->serial);
	write_maybe(out, "</code>, SHA-256 <code>", certificate->sha256);
	fputs("</code>\n", out);
	write_urls(out, "Responder", &certificate->ocsp_urls);
	write_urls(out, "CRL", &certificate->crl_urls);
	write_unusable(out, seen);
}

static bool write_endpoint(FILE *out, struct run *run, size_t r, struct error *err)
{
	const struct run_row *row = run_row_at(run, r);
	fputs("<dl><dt>Address\n<dd>", out);
	html_write(out, row->address != NULL ? row->address : "did not resolve");
	fprintf(out, ", port %d\n<dt>Server name\n<dd>", row->port);
	html_write(out, row->server_name);
	fputc('\n', out);
	for (size_t c = 0; c < run_num_classes(run); c++) {
		struct cell_record record;
		bool done = cell_record_load(&record, run, run_cell(run, r, c), err);
		bool seen = record.observation.certificate.sha256 != NULL;
		if (seen)
			write_certificate(out, &record.observation);
		cell_record_clear(&record);
		if (!done)
			return false;
		if (seen)
			break;
	}
	fputs("</dl>\n", out);
	return true;
}

static bool show_cell(struct shown *shown, struct run *run, const struct cell *cell,
		      struct error *err)
{
	struct cell_record record;
	size_t len;
	if (!cell_record_load(&record, run, cell, err)) {
		cell_record_clear(&record);
		return false;
	}
	FILE *story = open_memstream(&shown->story, &len);
	FILE *times = open_memstream(&shown->times, &len);
	if (story != NULL && times != NULL) {
		html_write_seen(story, cell, &record);
		html_write_times(times, cell, &record);
	}
	bool done = story != NULL && times != NULL;
	done = (story == NULL || fclose(story) == 0) && done;
	done = (times == NULL || fclose(times) == 0) && done;
	cell_record_clear(&record);
	return done || error_set(err, ERROR_UNABLE, "out of memory");
}

/* The story that class `first` and later ones share. */
static void write_shared(FILE *out, struct run *run, size_t row, size_t first, struct shown *shown)
{
	struct text command;
	fputs("<article>\n", out);
	fputs(shown[first].story, out);
	fputs("<ul>", out);
	for (size_t c = first; c < run_num_classes(run); c++) {
		if (shown[c].is_written || strcmp(shown[c].story, shown[first].story) != 0)
			continue;
		shown[c].is_written = true;
		fprintf(out, "<li id=c%zu-%zu><a href=#k%zu>", row, c, c);
		html_write(out, run_class_at(run, c)->class->id);
		fputs("</a> ", out);
		fputs(shown[c].times, out);
		fputc('\n', out);
	}
	text_init(&command, 0);
	repeat_append(&command, run, row, first);
	fputs("</ul>\n<p class=repeat><code>", out);
	html_write(out, text_string(&command));
	fputs("</code>\n</article>\n", out);
	text_clear(&command);
}

static bool write_row_stories(FILE *out, struct run *run, size_t row, struct error *err)
{
	size_t num = run_num_classes(run);
	struct shown *shown = calloc(num + 1, sizeof *shown);
	bool done = true;
	if (shown == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	for (size_t c = 0; done && c < num; c++)
		done = show_cell(&shown[c], run, run_cell(run, row, c), err);
	for (size_t c = 0; done && c < num; c++)
		if (!shown[c].is_written)
			write_shared(out, run, row, c, shown);
	for (size_t c = 0; c < num; c++) {
		free(shown[c].story);
		free(shown[c].times);
	}
	free(shown);
	return done;
}

bool html_write_stories(FILE *out, struct run *run, struct error *err)
{
	bool lab = run_is_lab(run);
	fprintf(out, "<h2 id=rows>%s</h2>\n", lab ? "Scenarios" : "Endpoints");
	fprintf(out,
		"<p class=lead>Each %s with what its servers send, and what every client class "
		"made of it. Classes with the same story share it; behind their names stands how "
		"long they took. The last line repeats it.</p>\n",
		lab ? "scenario" : "endpoint");
	for (size_t r = 0; r < run_num_rows(run); r++) {
		const struct run_row *row = run_row_at(run, r);
		fprintf(out, "<section class=row id=r%zu>\n<h3>", r);
		if (row->scenario != NULL) {
			html_write(out, row->scenario->title);
			fputc(' ', out);
		}
		fputs("<code>", out);
		html_write(out, row->id);
		fputs("</code></h3>\n", out);
		if (row->scenario != NULL)
			write_scenario(out, row->scenario);
		else if (!write_endpoint(out, run, r, err))
			return false;
		if (!write_row_stories(out, run, r, err))
			return false;
		fputs("</section>\n", out);
	}
	return true;
}
