/* Knows how one cell's evidence is told: asked, saw, decided, the stack's words, the lab's view. */
#include "reports/html/html_seen.h"

#include "reports/html/html_text.h"

#include <string.h>

void html_write_cell_style(FILE *out, const struct cell *cell)
{
	if (!(cell->marks & CELL_DONE)) {
		fputs("notrun", out);
		return;
	}
	fputs(cell->marks & CELL_BLIND ? "blind" : outcome_name(cell->outcome), out);
	if (cell->marks & CELL_EXPOSED)
		fputs(" exposed", out);
	if (cell->marks & CELL_UNEXPECTED)
		fputs(" unexpected", out);
	if (cell->marks & CELL_VARIES)
		fputs(" varies", out);
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
	if (cell->marks & CELL_UNEXPECTED)
		fputs(", unexpected", out);
	if (cell->marks & CELL_VARIES)
		fputs(", varies", out);
}

/* " LABEL VALUE" when the member is there. */
static void write_labelled(FILE *out, const char *label, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	if (!json_is_string(value) && !json_is_integer(value) && !json_is_boolean(value))
		return;
	if (json_is_string(value) && json_string_length(value) == 0)
		return;
	fputs(label, out);
	html_write_member(out, object, key);
}

static void write_staple(FILE *out, const json_t *staple)
{
	json_int_t depth = json_integer_value(json_object_get(staple, "depth"));
	fputs("<dd>a staple", out);
	if (depth > 0)
		fprintf(out, " for the issuing CA (depth %" JSON_INTEGER_FORMAT ")", depth);
	write_labelled(out, " of ", staple, "bytes");
	fputs(" bytes: <b>", out);
	html_write_member(out, staple, "check");
	fputs("</b>", out);
	write_labelled(out, ", says ", staple, "status");
	if (json_integer_value(json_object_get(staple, "response_status")) > 0)
		write_labelled(out, ", error status ", staple, "response_status");
	write_labelled(out, ", from ", staple, "this_update");
	write_labelled(out, " to ", staple, "next_update");
	write_labelled(out, ", signed by ", staple, "signer");
	fputc('\n', out);
}

static void write_fetch(FILE *out, const json_t *fetch)
{
	json_int_t depth = json_integer_value(json_object_get(fetch, "depth"));
	fputs("<dd>", out);
	html_write_member(out, fetch, "kind");
	if (depth > 0)
		fputs(" of the issuing CA", out);
	write_labelled(out, ", ", fetch, "method");
	fputs(" <code>", out);
	html_write_member(out, fetch, "url");
	fputs("</code>", out);
	write_labelled(out, ": HTTP ", fetch, "http_status");
	write_labelled(out, ", reached ", fetch, "layer");
	fputs(", <b>", out);
	html_write_member(out, fetch, "check");
	fputs("</b>", out);
	write_labelled(out, ", ", fetch, "text");
	fputc('\n', out);
}

static void write_list(FILE *out, const char *title, const json_t *list,
		       void (*write)(FILE *out, const json_t *item))
{
	size_t i;
	json_t *item;
	if (json_array_size(list) > 0)
		fprintf(out, "<dt>%s\n", title);
	json_array_foreach((json_t *)list, i, item) write(out, item);
}

/* How the client ended it, and what it knew by then. */
static void write_decision(FILE *out, const struct cell *cell, const json_t *observation)
{
	static const char *const knew[NUM_STATUSES] = {
		[STATUS_NONE] = "knew nothing of the status",
		[STATUS_GOOD] = "knew the certificate to be good",
		[STATUS_REVOKED] = "knew the certificate to be revoked",
		[STATUS_UNKNOWN] = "was told that nobody knows the certificate",
	};
	const json_t *alert = json_object_get(observation, "alert");
	const char *stage = json_string_value(json_object_get(observation, "stage"));
	if (!(cell->marks & CELL_DONE))
		return;
	fputs("<dt>Decided\n<dd>", out);
	int known = stage != NULL ? name_find(&stage_names, stage) : -1;
	if (known > STAGE_NONE)
		fprintf(out, "%s, ", stage_names.texts[known]);
	if (json_is_object(alert)) {
		fputs("alert", out);
		write_labelled(out, " ", alert, "direction");
		write_labelled(out, ": ", alert, "number");
		write_labelled(out, " ", alert, "name");
		fputs(", ", out);
	}
	fprintf(out, "%s\n", knew[cell->assurance]);
}

static void write_native(FILE *out, const json_t *native)
{
	if (!json_is_object(native))
		return;
	fputs("<dt>The stack says\n<dd><code>", out);
	html_write_member(out, native, "library");
	write_labelled(out, " ", native, "code");
	write_labelled(out, " ", native, "name");
	fputs("</code>", out);
	write_labelled(out, " ", native, "text");
	fputc('\n', out);
}

/* The lab's side of the connection, so that the client's word can be held against it. */
static void write_connection(FILE *out, const json_t *connection)
{
	const json_t *staple = json_object_get(connection, "staple");
	fputs("<dd>TLS ", out);
	html_write_member(out, connection, "tls");
	fputs(json_is_true(json_object_get(connection, "status_request"))
		      ? ", was asked for a staple"
		      : ", was not asked for a staple",
	      out);
	write_labelled(out, ", sent one of ", staple, "bytes");
	fputs(json_is_object(staple) ? " bytes" : ", sent none", out);
	write_labelled(out, ", for the issuing CA one of ",
		       json_object_get(connection, "staple_above"), "bytes");
	fputs(json_is_true(json_object_get(connection, "completed"))
		      ? "; the handshake was completed"
		      : "; the handshake was not completed",
	      out);
	write_labelled(out, "; got alert ", json_object_get(connection, "alert"), "number");
	write_labelled(out, " ", json_object_get(connection, "alert"), "name");
	fputc('\n', out);
}

/* The path without what a GET puts the request into: that differs by nonce and says nothing. */
static void write_request(FILE *out, const json_t *request)
{
	fputs("<dd>", out);
	html_write_member(out, request, "method");
	write_labelled(out, " for ", request, "kind");
	write_labelled(out, ", answered with HTTP ", request, "http_status");
	write_labelled(out, ", behaviour ", request, "behaviour");
	fputc('\n', out);
}

static void write_attempt(FILE *out, const json_t *attempt)
{
	fputs("<dd>", out);
	write_labelled(out, "", attempt, "times");
	write_labelled(out, " × ", attempt, "outcome");
	write_labelled(out, ", ", attempt, "reason");
	fputc('\n', out);
}

static void write_expectation(FILE *out, const struct cell *cell)
{
	const struct expectation *expected = cell->expectation;
	if (expected == NULL)
		return;
	fprintf(out, "<dt>Expected\n<dd%s>",
		cell->marks & CELL_UNEXPECTED ? " class=mismatch" : "");
	fputs(cell->marks & CELL_UNEXPECTED ? "<b>no</b>, but " : "yes: ", out);
	fputs(outcome_name(expected->outcome), out);
	if (expected->has_reason)
		fprintf(out, ", %s", reason_name(expected->reason));
	if (expected->is_deviation)
		fputs(", a known deviation", out);
	if (expected->why != NULL) {
		fputs(". ", out);
		html_write(out, expected->why);
	}
	fputs(" <span class=muted>", out);
	html_write(out, expected->from);
	fputs("</span>\n", out);
}

void html_write_seen(FILE *out, const struct cell *cell, const struct cell_record *record)
{
	const char *detail = record->detail;
	fputs("<p class=what><span class=\"verdict ", out);
	html_write_cell_style(out, cell);
	fputs("\">", out);
	html_write_cell_words(out, cell);
	fputs("</span> ", out);
	if (cell->marks & CELL_DONE)
		fprintf(out, "<code>%s</code>", reason_name(cell->reason));
	fputs("\n<p>", out);
	html_write(out, detail != NULL && detail[0] != '\0' ? detail : reason_text(cell->reason));
	fputs("\n<dl>", out);
	write_list(out, "Got", json_object_get(record->observation, "staples"), write_staple);
	write_list(out, "Fetched", json_object_get(record->observation, "fetches"), write_fetch);
	write_decision(out, cell, record->observation);
	write_native(out, json_object_get(record->observation, "native"));
	write_list(out, "The server saw", json_object_get(record->server, "connections"),
		   write_connection);
	write_list(out, "The responder saw", json_object_get(record->server, "requests"),
		   write_request);
	write_list(out, "Attempts", record->attempts, write_attempt);
	write_expectation(out, cell);
	fputs("</dl>\n", out);
}

void html_write_times(FILE *out, const struct cell *cell, const struct cell_record *record)
{
	size_t i;
	json_t *fetch;
	const json_t *fetches = json_object_get(record->observation, "fetches");
	if (cell->duration_us == 0)
		return;
	fprintf(out, "%llu ms", (unsigned long long)((cell->duration_us + 500) / 1000));
	json_array_foreach((json_t *)fetches, i, fetch)
	{
		write_labelled(out, i == 0 ? " (fetches: " : ", ", fetch, "ms");
		fputs(" ms", out);
	}
	if (json_array_size(fetches) > 0)
		fputc(')', out);
}
