/* Knows how one cell's evidence is written: request, observation, decision, stack, lab. */
#include "reports/html/html_seen.h"

#include "harness/run/verdict.h"
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

/* " LABEL VALUE" when there is one. */
static void write_text(FILE *out, const char *label, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	fputs(label, out);
	html_write(out, text);
}

static void write_number(FILE *out, const char *label, const struct number *number)
{
	if (number->is_known)
		fprintf(out, "%s%lld", label, (long long)number->value);
}

static void write_staple(FILE *out, const struct observed_staple *staple)
{
	fputs("<dd>a staple", out);
	if (staple->depth.value > 0)
		fprintf(out, " for the intermediate (depth %lld)", (long long)staple->depth.value);
	write_number(out, " of ", &staple->bytes);
	fputs(" bytes: <b>", out);
	write_text(out, "", staple->check.text);
	fputs("</b>", out);
	write_text(out, ", status ", staple->status);
	if (staple->response_status.value > 0)
		write_number(out, ", error status ", &staple->response_status);
	write_text(out, ", from ", staple->this_update);
	write_text(out, " to ", staple->next_update);
	write_text(out, ", signed by ", staple->signer);
	fputc('\n', out);
}

static void write_staples(FILE *out, const struct observation *seen)
{
	if (seen->num_staples > 0)
		fputs("<dt>Received\n", out);
	for (size_t i = 0; i < seen->num_staples; i++)
		write_staple(out, &seen->staples[i]);
}

static void write_fetch(FILE *out, const struct observed_fetch *fetch)
{
	fputs("<dd>", out);
	write_text(out, "", fetch->kind);
	if (fetch->depth.value > 0)
		fputs(" of the intermediate", out);
	write_text(out, ", ", fetch->method);
	fputs(" <code>", out);
	write_text(out, "", fetch->url);
	fputs("</code>", out);
	write_number(out, ": HTTP ", &fetch->http_status);
	write_text(out, ", layer ", fetch->layer);
	fputs(", <b>", out);
	write_text(out, "", fetch->check.text);
	fputs("</b>", out);
	write_text(out, ", ", fetch->text);
	fputc('\n', out);
}

static void write_fetches(FILE *out, const struct observation *seen)
{
	if (seen->num_fetches > 0)
		fputs("<dt>Fetched\n", out);
	for (size_t i = 0; i < seen->num_fetches; i++)
		write_fetch(out, &seen->fetches[i]);
}

/* How the client ended it, and what it knew by then. */
static void write_decision(FILE *out, const struct cell *cell, const struct observation *seen)
{
	static const char *const knew[NUM_STATUSES] = {
		[STATUS_NONE] = "had no status",
		[STATUS_GOOD] = "had status good",
		[STATUS_REVOKED] = "had status revoked",
		[STATUS_UNKNOWN] = "had status unknown",
	};
	const struct observed_alert *alert = &seen->alert;
	if (!(cell->marks & CELL_DONE))
		return;
	fputs("<dt>Decided\n<dd>", out);
	if (seen->has_stage && seen->stage > STAGE_NONE)
		fprintf(out, "%s, ", stage_names.texts[seen->stage]);
	if (alert->is_present) {
		fputs("alert", out);
		write_text(out, " ", alert->direction);
		write_number(out, ": ", &alert->number);
		write_text(out, " ", alert->name);
		fputs(", ", out);
	}
	fprintf(out, "%s\n", knew[cell->assurance]);
}

static void write_native(FILE *out, const struct observed_native *native)
{
	if (!native->is_present)
		return;
	fputs("<dt>Native result\n<dd><code>", out);
	write_text(out, "", native->library);
	write_number(out, " ", &native->code);
	write_text(out, " ", native->name);
	fputs("</code>", out);
	write_text(out, " ", native->text);
	fputc('\n', out);
}

/* The lab's side of the connection, so that the client's word can be held against it. */
static void write_connection(FILE *out, const struct lab_connection *connection)
{
	fputs("<dd>TLS ", out);
	write_text(out, "", connection->tls);
	fputs(connection->status_request.value ? ", received a request for a staple"
					       : ", received no request for a staple",
	      out);
	write_number(out, ", sent one of ", &connection->staple.bytes);
	fputs(connection->staple.is_present ? " bytes" : ", sent none", out);
	write_number(out, ", for the intermediate one of ", &connection->staple_above.bytes);
	fputs(connection->completed.value ? "; the handshake completed"
					  : "; the handshake did not complete",
	      out);
	write_number(out, "; received alert ", &connection->alert.number);
	write_text(out, " ", connection->alert.name);
	fputc('\n', out);
}

/* The path without what a GET puts the request into: that differs by nonce and says nothing. */
static void write_request(FILE *out, const struct lab_request *request)
{
	fputs("<dd>", out);
	write_text(out, "", request->method);
	write_text(out, " for ", request->kind);
	write_number(out, ", answered with HTTP ", &request->http_status);
	write_text(out, ", behaviour ", request->behaviour);
	fputc('\n', out);
}

static void write_server(FILE *out, const struct cell_record *record)
{
	if (record->num_connections > 0)
		fputs("<dt>Server log\n", out);
	for (size_t i = 0; i < record->num_connections; i++)
		write_connection(out, &record->connections[i]);
	if (record->num_requests > 0)
		fputs("<dt>Responder log\n", out);
	for (size_t i = 0; i < record->num_requests; i++)
		write_request(out, &record->requests[i]);
	if (record->is_incomplete)
		fputs("<dt>Lab log\n<dd>incomplete: a connection or a request is missing\n", out);
}

static void write_repeats(FILE *out, int num_repeats)
{
	if (num_repeats > 0)
		fprintf(out,
			"<dt>Repeated\n<dd>%d × alone, after a time-out that no server caused\n",
			num_repeats);
}

static void write_attempts(FILE *out, const struct attempts *attempts)
{
	if (attempts->num > 0)
		fputs("<dt>Attempts\n", out);
	for (size_t i = 0; i < attempts->num; i++)
		fprintf(out, "<dd>%lld × %s, %s\n", (long long)attempts->items[i].times,
			outcome_name(attempts->items[i].outcome),
			reason_name(attempts->items[i].reason));
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
	if (cell_has_split_reason(cell))
		fprintf(out,
			"; newer rules split this reason, and <code>%s</code> is its successor "
			"here",
			reason_name(cell->reason));
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
	write_staples(out, &record->observation);
	write_fetches(out, &record->observation);
	write_decision(out, cell, &record->observation);
	write_native(out, &record->observation.native);
	write_server(out, record);
	write_repeats(out, record->source.num_repeats);
	write_attempts(out, &record->attempts);
	write_expectation(out, cell);
	fputs("</dl>\n", out);
}

void html_write_times(FILE *out, const struct cell *cell, const struct cell_record *record)
{
	const struct observation *seen = &record->observation;
	if (cell->duration_us == 0)
		return;
	fprintf(out, "%llu ms", (unsigned long long)((cell->duration_us + 500) / 1000));
	for (size_t i = 0; i < seen->num_fetches; i++) {
		write_number(out, i == 0 ? " (fetches: " : ", ", &seen->fetches[i].ms);
		fputs(" ms", out);
	}
	if (seen->num_fetches > 0)
		fputc(')', out);
}
