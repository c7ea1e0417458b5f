/* Knows how one cell is described in plain words. */
#include "reports/words/cell_text.h"

#include "harness/run/cell_record.h"
#include "harness/run/verdict.h"
#include "harness/run/run_head.h"

#include <stdlib.h>
#include <string.h>

#define LISTED_MAX 20 /* staples, fetches, connections: with --repeat there may be thousands */

struct page {
	struct text *out;
	size_t width;
};

/* One line of the story behind an indent; goes on further in. */
static void append_line(struct page *page, size_t indent, const struct text *words)
{
	const char *p = text_string(words);
	size_t used = indent;
	bool first = true;
	text_append_format(page->out, "%*s", (int)indent, "");
	while (*p != '\0') {
		size_t len = strcspn(p, " ");
		if (!first && used + 1 + len > page->width) {
			text_append_format(page->out, "\n%*s", (int)indent + 2, "");
			used = indent + 2;
			first = true;
		}
		if (!first)
			text_append(page->out, " ");
		text_append_bytes(page->out, p, len);
		used += len + (first ? 0 : 1);
		first = false;
		p += len;
		p += strspn(p, " ");
	}
	text_append(page->out, "\n");
}

static void append_visible(struct text *words, const char *foreign)
{
	text_append_visible(words, foreign, strlen(foreign));
}

/* A label and a value, where there is one. */
static void add_text(struct text *words, const char *label, const char *foreign)
{
	if (foreign == NULL)
		return;
	text_append(words, label);
	append_visible(words, foreign);
}

static void add_number(struct text *words, const char *label, const struct number *number)
{
	if (number->is_known)
		text_append_format(words, "%s%lld", label, (long long)number->value);
}

static void add_flag(struct text *words, const char *label, struct flag flag)
{
	if (flag.is_known)
		text_append_format(words, "%s%s", label, flag.value ? "yes" : "no");
}

static void end_line(struct page *page, struct text *words)
{
	append_line(page, 4, words);
	text_reset(words);
}

/* --- what came out --- */

static void append_verdict(struct page *page, struct text *words, const struct cell *cell,
			   const struct cell_record *record)
{
	bool has_detail = record->detail != NULL && record->detail[0] != '\0';
	if ((cell->marks & CELL_DONE) == 0) {
		text_append(words, "not run: the run ended before this cell");
	} else {
		text_append_format(words, "%s (%s): ", outcome_name(cell->outcome),
				   reason_name(cell->reason));
		append_visible(words, has_detail ? record->detail : reason_text(cell->reason));
	}
	append_line(page, 2, words);
	text_reset(words);
	if (cell->marks & CELL_BLIND)
		text_append(
			words,
			"It connected blind: without a warning and without a revocation status. ");
	if (cell->marks & CELL_EXPOSED)
		text_append(words, "It is exposed: the certificate is revoked and it connected. ");
	if (cell->marks & CELL_VARIES)
		text_append(words, "Its attempts differ; the worst is shown.");
	if (words->len > 0)
		append_line(page, 2, words);
	text_reset(words);
}

static void append_expected(struct page *page, struct text *words, const struct cell *cell)
{
	const struct expectation *expected = cell->expectation;
	bool unexpected = (cell->marks & CELL_UNEXPECTED) != 0;
	if (expected == NULL) {
		text_append(words, unexpected ? "Any verdict was expected, and there is none."
					      : "It has no expectation.");
	} else {
		text_append_format(words, "%s: %s%s%s%s, by ",
				   unexpected             ? "NOT as expected"
				   : cell_is_judged(cell) ? "As expected"
							  : "Expected",
				   outcome_name(expected->outcome),
				   expected->has_reason ? " (" : "",
				   expected->has_reason ? reason_name(expected->reason) : "",
				   expected->has_reason ? ")" : "");
		append_visible(words, expected->from);
		if (expected->is_deviation)
			text_append(words, ", a known deviation of the stack");
		if (cell_has_split_reason(cell))
			text_append_format(
				words,
				"; newer rules split this reason, and %s is its successor here",
				reason_name(cell->reason));
		if (expected->why != NULL) {
			text_append(words, ": ");
			append_visible(words, expected->why);
		}
	}
	append_line(page, 2, words);
	text_reset(words);
}

/* --- what the client saw and did --- */

static void append_handshake(struct page *page, struct text *words, const struct observation *seen)
{
	const struct observed_chain *chain = &seen->chain;
	add_text(words, "stage ", seen->has_stage ? stage_name(seen->stage) : NULL);
	add_text(words, ", TLS ", seen->tls.version);
	add_text(words, ", ", seen->tls.cipher);
	/* "No" without a reason: it did not come to that. */
	if (chain->verified.value || chain->error != NULL)
		add_flag(words, "; chain verified: ", chain->verified);
	add_text(words, " (", chain->error);
	if (chain->error != NULL)
		text_append(words, ")");
	if (words->len > 0)
		end_line(page, words);
}

static void append_connection(struct page *page, struct text *words, const struct observation *seen)
{
	append_handshake(page, words, seen);
	if (seen->certificate.is_present) {
		add_text(words, "certificate ", seen->certificate.serial);
		add_flag(words, ", must-staple: ", seen->certificate.must_staple);
		add_text(words, ", valid until ", seen->certificate.not_after);
		end_line(page, words);
	}
	if (seen->alert.is_present) {
		add_text(words, "alert ", seen->alert.direction);
		add_text(words, ": ", seen->alert.name);
		add_number(words, " ", &seen->alert.number);
		end_line(page, words);
	}
	if (seen->native.is_present) {
		add_text(words, "native result: ", seen->native.library);
		add_number(words, " ", &seen->native.code);
		add_text(words, " ", seen->native.name);
		add_text(words, ": ", seen->native.text);
		end_line(page, words);
	}
}

/* Item i of one of the lists of a record. */
typedef void (*add_item)(struct text *words, const struct cell_record *record, size_t i);

static void add_unusable_url(struct text *words, const struct cell_record *record, size_t i)
{
	const struct observed_pointer *one = &record->observation.unusable_urls[i];
	add_text(words, "unusable URL of ", one->kind);
	add_text(words, ": ", one->url);
	add_text(words, ", because ",
		 one->why.value >= 0 ? url_fault_text((enum url_fault)one->why.value)
				     : one->why.text);
}

static void add_staple(struct text *words, const struct cell_record *record, size_t i)
{
	const struct observed_staple *staple = &record->observation.staples[i];
	add_number(words, "staple for depth ", &staple->depth);
	add_number(words, ", ", &staple->bytes);
	add_text(words, " bytes, check: ", staple->check.text);
	add_text(words, "; status ", staple->status);
	add_text(words, ", thisUpdate ", staple->this_update);
	add_text(words, ", nextUpdate ", staple->next_update);
	add_text(words, ", signed by ", staple->signer);
}

static void add_fetch(struct text *words, const struct cell_record *record, size_t i)
{
	const struct observed_fetch *fetch = &record->observation.fetches[i];
	add_text(words, "fetch of ", fetch->kind);
	add_text(words, ": ", fetch->method);
	add_text(words, " ", fetch->url);
	add_text(words, ", layer: ", fetch->layer);
	add_number(words, ", HTTP ", &fetch->http_status);
	add_text(words, ", check: ", fetch->check.text);
	add_number(words, ", after ", &fetch->ms);
	if (fetch->ms.is_known)
		text_append(words, " ms");
	add_text(words, ": ", fetch->text);
}

static void add_attempt(struct text *words, const struct cell_record *record, size_t i)
{
	const struct attempts_entry *attempt = &record->attempts.items[i];
	text_append_format(words, "%lld times %s (%s): ", (long long)attempt->times,
			   outcome_name(attempt->outcome), reason_name(attempt->reason));
	append_visible(words, attempt->detail);
}

static void add_connection(struct text *words, const struct cell_record *record, size_t i)
{
	const struct lab_connection *connection = &record->connections[i];
	add_number(words, "connection from port ", &connection->peer_port);
	add_text(words, " for ", connection->sni);
	add_text(words, ", TLS ", connection->tls);
	add_flag(words, ", staple requested: ", connection->status_request);
	if (connection->staple.is_present)
		add_number(words, ", stapled bytes: ", &connection->staple.bytes);
	else
		text_append(words, ", no staple");
	add_flag(words, ", handshake completed: ", connection->completed);
	add_text(words, ", alert received: ", connection->alert.name);
}

static void add_request(struct text *words, const struct cell_record *record, size_t i)
{
	const struct lab_request *request = &record->requests[i];
	add_text(words, "request for ", request->kind);
	add_text(words, ": ", request->method);
	add_text(words, " ", request->path);
	add_text(words, ", behaviour: ", request->behaviour);
	add_number(words, ", HTTP ", &request->http_status);
	if (request->ms.is_known)
		text_append_format(words, ", after %lld ms", (long long)request->ms.value);
}

static void append_list(struct page *page, struct text *words, const struct cell_record *record,
			size_t num, add_item add)
{
	for (size_t i = 0; i < num && i < LISTED_MAX; i++) {
		add(words, record, i);
		end_line(page, words);
	}
	if (num > LISTED_MAX) {
		text_append_format(words, "and %zu more", num - LISTED_MAX);
		end_line(page, words);
	}
}

/* What is missing, and what did not count. */
static void append_gap(struct page *page, struct text *words, const struct cell_record *record)
{
	if (record->is_incomplete)
		text_append(words, "incomplete: a connection or a request is missing");
	if (words->len > 0)
		end_line(page, words);
	if (record->source.num_repeats > 0)
		text_append_format(
			words,
			"repeated alone, %d times: an attempt before timed out, though no "
			"server caused it",
			record->source.num_repeats);
	if (words->len > 0)
		end_line(page, words);
}

static void append_talk(struct page *page, struct text *words, const struct observation *seen)
{
	add_text(words, "its stderr: ", seen->stderr_text);
	if (words->len > 0)
		end_line(page, words);
	add_text(words, "its stdout: ", seen->output);
	if (words->len > 0)
		end_line(page, words);
}

static void append_timing(struct page *page, struct text *words,
			  const struct observed_timing *timing)
{
	if (!timing->total.is_known)
		return;
	text_append_format(words, "%lld ms in total", (long long)(timing->total.value / 1000));
	add_number(words, " (microseconds: connect ", &timing->connect);
	add_number(words, ", handshake ", &timing->handshake);
	add_number(words, ", revocation ", &timing->revocation);
	text_append(words, ")");
	end_line(page, words);
}

/* --- the whole --- */

static void append_title(struct page *page, struct text *words, struct run *run, size_t row,
			 size_t class)
{
	const struct run_row *about = run_row_at(run, row);
	const struct run_class *of = run_class_at(run, class);
	const struct run_stack *stack = run_stack_at(run, of->stack);
	append_visible(words, about->id);
	text_append(words, about->scenario != NULL ? ": " : "");
	append_visible(words, about->scenario != NULL ? about->scenario->title : "");
	append_line(page, 0, words);
	text_reset(words);
	text_append(words, "by ");
	append_visible(words, of->class->id);
	text_append(words, ": ");
	append_visible(words, of->class->title);
	text_append(words, " (");
	append_visible(words, stack->stack->title);
	text_append(words, stack->version != NULL ? " " : "");
	append_visible(words, stack->version != NULL ? stack->version : "");
	text_append_format(words, "), in run %s of %s", run_id(run), run_started(run));
	append_line(page, 0, words);
	text_reset(words);
}

bool cell_text_append(struct text *out, struct run *run, size_t row, size_t class, int width,
		      struct error *err)
{
	struct page page = {out, width > 40 ? (size_t)width : 40};
	const struct cell *cell = run_cell(run, row, class);
	struct cell_record record;
	struct text words;
	if (!cell_record_load(&record, run, cell, err)) {
		cell_record_clear(&record);
		return false;
	}
	text_init(&words, 0);
	append_title(&page, &words, run, row, class);
	append_verdict(&page, &words, cell, &record);
	append_expected(&page, &words, cell);
	if (record.has_observation) {
		text_append(out, "  Observation of the client:\n");
		append_connection(&page, &words, &record.observation);
		append_list(&page, &words, &record, record.observation.num_unusable_urls,
			    add_unusable_url);
		append_list(&page, &words, &record, record.observation.num_staples, add_staple);
		append_list(&page, &words, &record, record.observation.num_fetches, add_fetch);
		append_talk(&page, &words, &record.observation);
		append_timing(&page, &words, &record.observation.timing);
	}
	if (record.attempts.num > 0) {
		text_append(out, "  Its attempts:\n");
		append_list(&page, &words, &record, record.attempts.num, add_attempt);
	}
	if (record.has_server) {
		text_append(out, "  Log of the lab:\n");
		append_list(&page, &words, &record, record.num_connections, add_connection);
		append_list(&page, &words, &record, record.num_requests, add_request);
		append_gap(&page, &words, &record);
	}
	text_clear(&words);
	cell_record_clear(&record);
	return !out->failed || error_set(err, ERROR_UNABLE, "out of memory");
}
