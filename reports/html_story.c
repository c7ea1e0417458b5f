/* Knows how one cell's story is told: verdict, sources, the stack's words, the lab's view. */
#include "reports/html_story.h"

#include "reports/html_text.h"

#include <string.h>

void html_write_cell_id(FILE *out, const struct run_row *row, const struct run_class *class)
{
	fputs("cell-", out);
	html_write_id(out, row->id);
	fputc('-', out);
	html_write_id(out, class->class->id);
}

const char *html_cell_style(const struct cell *cell)
{
	if (cell->marks & CELL_EXPOSED)
		return "exposed";
	if (cell->marks & CELL_BLIND)
		return "blind";
	return outcome_is_verdict(cell->outcome) ? outcome_name(cell->outcome) : "other";
}

void html_write_cell_words(FILE *out, const struct cell *cell)
{
	if (!(cell->marks & CELL_DONE)) {
		fputs("not run", out);
		return;
	}
	fputs(outcome_name(cell->outcome), out);
	if (cell->marks & CELL_BLIND)
		fputs(", blind", out);
	if (cell->marks & CELL_EXPOSED)
		fputs(", exposed", out);
	if (cell->marks & CELL_VARIES)
		fputs(", varies", out);
	if (cell->marks & CELL_UNEXPECTED)
		fputs(", unexpected", out);
}

static void write_labelled(FILE *out, const char *label, const json_t *object, const char *key)
{
	if (!json_is_object(object) || json_is_null(json_object_get(object, key)) ||
	    json_object_get(object, key) == NULL)
		return;
	fprintf(out, " %s ", label);
	html_write_member(out, object, key);
}

static void write_staples(FILE *out, const json_t *observation)
{
	size_t i;
	json_t *staple;
	json_array_foreach(json_object_get(observation, "staples"), i, staple)
	{
		fputs("<li>staple for depth ", out);
		html_write_member(out, staple, "depth");
		fputs(", ", out);
		html_write_member(out, staple, "bytes");
		fputs(" bytes: ", out);
		html_write_member(out, staple, "check");
		write_labelled(out, "· status", staple, "status");
		write_labelled(out, "· thisUpdate", staple, "this_update");
		write_labelled(out, "· nextUpdate", staple, "next_update");
		write_labelled(out, "· signed by", staple, "signer");
		fputs("</li>\n", out);
	}
}

static void write_fetches(FILE *out, const json_t *observation)
{
	size_t i;
	json_t *fetch;
	json_array_foreach(json_object_get(observation, "fetches"), i, fetch)
	{
		fputs("<li>", out);
		html_write_member(out, fetch, "method");
		fputs(" <code>", out);
		html_write_member(out, fetch, "url");
		fputs("</code>:", out);
		write_labelled(out, "reached", fetch, "layer");
		write_labelled(out, "· HTTP", fetch, "http_status");
		write_labelled(out, "· check", fetch, "check");
		write_labelled(out, "· ms", fetch, "ms");
		fputs("</li>\n", out);
	}
}

static void write_native(FILE *out, const json_t *observation)
{
	const json_t *native = json_object_get(observation, "native");
	const json_t *alert = json_object_get(observation, "alert");
	if (json_is_object(native)) {
		fputs("<li>the stack says <span class=\"native\">", out);
		html_write_member(out, native, "library");
		write_labelled(out, "", native, "code");
		write_labelled(out, "", native, "name");
		write_labelled(out, "", native, "text");
		fputs("</span></li>\n", out);
	}
	if (json_is_object(alert)) {
		fputs("<li>alert ", out);
		html_write_member(out, alert, "direction");
		write_labelled(out, "", alert, "number");
		write_labelled(out, "", alert, "name");
		fputs("</li>\n", out);
	}
}

/* What the lab's side of the connection saw, so that the client's word can be held against it. */
static void write_server(FILE *out, const json_t *server)
{
	size_t i;
	json_t *connection;
	json_array_foreach(json_object_get(server, "connections"), i, connection)
	{
		fputs("<li>the server saw: staple asked for ", out);
		html_write_member(out, connection, "status_request");
		const json_t *staple = json_object_get(connection, "staple");
		fputs(", staple sent ", out);
		if (!html_write_member(out, staple, "bytes"))
			fputs("none", out);
		else
			fputs(" bytes", out);
		fputs(", handshake completed ", out);
		html_write_member(out, connection, "completed");
		write_labelled(out, ", alert", json_object_get(connection, "alert"), "name");
		fputs("</li>\n", out);
	}
	json_array_foreach(json_object_get(server, "requests"), i, connection)
	{
		fputs("<li>the responder saw: ", out);
		html_write_member(out, connection, "method");
		fputs(" <code>", out);
		html_write_member(out, connection, "path");
		fputs("</code>, behaviour ", out);
		html_write_member(out, connection, "behaviour");
		fputs("</li>\n", out);
	}
}

static void write_attempts(FILE *out, const json_t *attempts)
{
	size_t i;
	json_t *attempt;
	json_array_foreach(attempts, i, attempt)
	{
		fprintf(out, "<li>attempt %zu: ", i + 1);
		html_write_member(out, attempt, "outcome");
		fputs(", ", out);
		html_write_member(out, attempt, "reason");
		fputs("</li>\n", out);
	}
}

static void write_expectation(FILE *out, const struct cell *cell)
{
	const struct expectation *expected = cell->expectation;
	if (expected == NULL) {
		fputs("<span class=\"muted\">nothing stated</span>", out);
		return;
	}
	fputs(cell->marks & CELL_UNEXPECTED ? "<strong>no, expected " : "yes, ", out);
	fputs(outcome_name(expected->outcome), out);
	if (expected->has_reason)
		fprintf(out, " (%s)", reason_name(expected->reason));
	if (cell->marks & CELL_UNEXPECTED)
		fputs("</strong>", out);
	if (expected->why != NULL) {
		fputs("<br><span class=\"muted\">", out);
		html_write(out, expected->why);
		fputs("</span>", out);
	}
}

static void write_cell_row(FILE *out, const struct run_row *row, const struct run_class *class,
			   const struct cell *cell, const struct cell_record *record)
{
	fputs("<tr id=\"", out);
	html_write_cell_id(out, row, class);
	fputs("\"><th scope=\"row\">", out);
	html_write(out, class->class->id);
	fprintf(out, "</th><td><span class=\"verdict %s\">", html_cell_style(cell));
	html_write_cell_words(out, cell);
	fprintf(out, "</span></td><td><strong>%s</strong><br>", reason_name(cell->reason));
	html_write(out, record->detail);
	fputs("<details><summary>evidence</summary><ul class=\"plain\">\n", out);
	write_staples(out, record->observation);
	write_fetches(out, record->observation);
	write_native(out, record->observation);
	write_server(out, record->server);
	write_attempts(out, record->attempts);
	fputs("</ul></details></td><td>", out);
	write_expectation(out, cell);
	fputs("</td></tr>\n", out);
}

static void write_heading(FILE *out, const struct run_row *row)
{
	fputs("<h3 id=\"row-", out);
	html_write_id(out, row->id);
	fputs("\">", out);
	if (row->scenario != NULL) {
		html_write(out, row->scenario->title);
		fputs(" <code>", out);
		html_write(out, row->id);
		fputs("</code></h3>\n<p>", out);
		html_write(out, row->scenario->why);
		if (row->scenario->source != NULL) {
			fputs(" <span class=\"muted\">(", out);
			html_write(out, row->scenario->source);
			fputs(")</span>", out);
		}
		fprintf(out, "</p>\n<p class=\"muted\">What the CA knows: %s.</p>\n",
			status_name(row->scenario->truth));
	} else {
		html_write(out, row->id);
		fputs("</h3>\n<p class=\"muted\">", out);
		html_write(out, row->address != NULL ? row->address : "did not resolve");
		fprintf(out, ", port %d, server name ", row->port);
		html_write(out, row->server_name);
		fputs("</p>\n", out);
	}
}

bool html_write_stories(FILE *out, struct run *run, struct error *err)
{
	fputs("<h2 id=\"stories\">Stories</h2>\n<div class=\"stories\">\n", out);
	for (size_t r = 0; r < run_num_rows(run); r++) {
		const struct run_row *row = run_row_at(run, r);
		fputs("<section>\n", out);
		write_heading(out, row);
		fputs("<table><thead><tr><th scope=\"col\">client class</th><th "
		      "scope=\"col\">verdict</th>"
		      "<th scope=\"col\">why</th><th scope=\"col\">as "
		      "expected</th></tr></thead>\n<tbody>\n",
		      out);
		for (size_t c = 0; c < run_num_classes(run); c++) {
			const struct cell *cell = run_cell(run, r, c);
			struct cell_record record = {0};
			if (!run_load_record(run, cell, &record, err))
				return false;
			write_cell_row(out, row, run_class_at(run, c), cell, &record);
			cell_record_clear(&record);
		}
		fputs("</tbody></table>\n</section>\n", out);
	}
	fputs("</div>\n", out);
	return true;
}
