/* Knows how one cell's story is told in plain words. */
#include "reports/words/cell_text.h"

#include "harness/run/verdict.h"

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

/* A label and a value of a foreign object, where there is one. */
static void add(struct text *words, const char *label, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	if (json_is_string(value)) {
		text_append(words, label);
		append_visible(words, json_string_value(value));
	} else if (json_is_integer(value)) {
		text_append_format(words, "%s%lld", label, (long long)json_integer_value(value));
	} else if (json_is_boolean(value)) {
		text_append_format(words, "%s%s", label, json_is_true(value) ? "yes" : "no");
	}
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
	bool told = record->detail != NULL && record->detail[0] != '\0';
	if ((cell->marks & CELL_DONE) == 0) {
		text_append(words, "not run: the run ended before this cell");
	} else {
		text_append_format(words, "%s (%s): ", outcome_name(cell->outcome),
				   reason_name(cell->reason));
		append_visible(words, told ? record->detail : reason_text(cell->reason));
	}
	append_line(page, 2, words);
	text_reset(words);
	if (cell->marks & CELL_BLIND)
		text_append(words, "It connected blind: silently, knowing nothing of the "
				   "revocation status. ");
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
		text_append(words, unexpected
					   ? "Nothing particular was expected but a verdict, and "
					     "there is none."
					   : "Nothing was expected of it.");
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
		if (expected->why != NULL) {
			text_append(words, ": ");
			append_visible(words, expected->why);
		}
	}
	append_line(page, 2, words);
	text_reset(words);
}

/* --- what the client saw and did --- */

static void append_connection(struct page *page, struct text *words, const json_t *observation)
{
	const json_t *tls = json_object_get(observation, "tls");
	const json_t *native = json_object_get(observation, "native");
	const json_t *alert = json_object_get(observation, "alert");
	const json_t *chain = json_object_get(observation, "chain");
	const json_t *certificate = json_object_get(observation, "certificate");
	add(words, "stage ", observation, "stage");
	add(words, ", TLS ", tls, "version");
	add(words, ", ", tls, "cipher");
	/* "No" without a reason: it did not come to that. */
	if (json_is_true(json_object_get(chain, "verified")) ||
	    json_is_string(json_object_get(chain, "error")))
		add(words, "; chain verified: ", chain, "verified");
	add(words, " (", chain, "error");
	if (json_is_string(json_object_get(chain, "error")))
		text_append(words, ")");
	if (words->len > 0)
		end_line(page, words);
	if (json_is_object(certificate)) {
		add(words, "certificate ", certificate, "serial");
		add(words, ", must-staple: ", certificate, "must_staple");
		add(words, ", valid until ", certificate, "not_after");
		end_line(page, words);
	}
	if (json_is_object(alert)) {
		add(words, "alert ", alert, "direction");
		add(words, ": ", alert, "name");
		add(words, " ", alert, "number");
		end_line(page, words);
	}
	if (json_is_object(native)) {
		add(words, "the stack's own words: ", native, "library");
		add(words, " ", native, "code");
		add(words, " ", native, "name");
		add(words, ": ", native, "text");
		end_line(page, words);
	}
}

static void add_staple(struct text *words, const json_t *staple)
{
	add(words, "staple for depth ", staple, "depth");
	add(words, ", ", staple, "bytes");
	add(words, " bytes, check: ", staple, "check");
	add(words, "; says ", staple, "status");
	add(words, ", thisUpdate ", staple, "this_update");
	add(words, ", nextUpdate ", staple, "next_update");
	add(words, ", signed by ", staple, "signer");
}

static void add_fetch(struct text *words, const json_t *fetch)
{
	add(words, "fetch of ", fetch, "kind");
	add(words, ": ", fetch, "method");
	add(words, " ", fetch, "url");
	add(words, ", got as far as ", fetch, "layer");
	add(words, ", HTTP ", fetch, "http_status");
	add(words, ", check: ", fetch, "check");
	add(words, ", after ", fetch, "ms");
	if (json_is_integer(json_object_get(fetch, "ms")))
		text_append(words, " ms");
	add(words, ": ", fetch, "text");
}

static void add_attempt(struct text *words, const json_t *attempt)
{
	add(words, "", attempt, "times");
	add(words, " times ", attempt, "outcome");
	add(words, " (", attempt, "reason");
	add(words, "): ", attempt, "detail");
}

static void add_connection(struct text *words, const json_t *connection)
{
	const json_t *staple = json_object_get(connection, "staple");
	add(words, "connection from port ", connection, "peer_port");
	add(words, " for ", connection, "sni");
	add(words, ", TLS ", connection, "tls");
	add(words, ", staple asked for: ", connection, "status_request");
	if (json_is_object(staple))
		add(words, ", stapled bytes: ", staple, "bytes");
	else
		text_append(words, ", nothing stapled");
	add(words, ", handshake completed: ", connection, "completed");
	add(words, ", alert received: ", json_object_get(connection, "alert"), "name");
}

static void add_request(struct text *words, const json_t *request)
{
	add(words, "request for ", request, "kind");
	add(words, ": ", request, "method");
	add(words, " ", request, "path");
	add(words, ", behaviour: ", request, "behaviour");
	add(words, ", HTTP ", request, "http_status");
}

static void append_list(struct page *page, struct text *words, const json_t *object,
			const char *key, void (*add_item)(struct text *words, const json_t *item))
{
	const json_t *list = key != NULL ? json_object_get(object, key) : object;
	size_t num = json_array_size(list);
	for (size_t i = 0; i < num && i < LISTED_MAX; i++) {
		add_item(words, json_array_get(list, i));
		end_line(page, words);
	}
	if (num > LISTED_MAX) {
		text_append_format(words, "and %zu more", num - LISTED_MAX);
		end_line(page, words);
	}
}

static void append_talk(struct page *page, struct text *words, const json_t *observation)
{
	static const struct {
		const char *key, *label;
	} talks[] = {{"stderr", "it said: "}, {"output", "it answered: "}};
	for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
		add(words, talks[i].label, observation, talks[i].key);
		if (words->len > 0)
			end_line(page, words);
	}
}

static void append_timing(struct page *page, struct text *words, const json_t *observation)
{
	const json_t *timing = json_object_get(observation, "timing_us");
	const json_t *total = json_object_get(timing, "total");
	if (!json_is_integer(total))
		return;
	text_append_format(words, "%lld ms altogether",
			   (long long)(json_integer_value(total) / 1000));
	add(words, " (microseconds: connect ", timing, "connect");
	add(words, ", handshake ", timing, "handshake");
	add(words, ", revocation ", timing, "revocation");
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
	if (!run_load_record(run, cell, &record, err))
		return false;
	text_init(&words, 0);
	append_title(&page, &words, run, row, class);
	append_verdict(&page, &words, cell, &record);
	append_expected(&page, &words, cell);
	if (json_is_object(record.observation)) {
		text_append(out, "  What the client saw and did:\n");
		append_connection(&page, &words, record.observation);
		append_list(&page, &words, record.observation, "staples", add_staple);
		append_list(&page, &words, record.observation, "fetches", add_fetch);
		append_talk(&page, &words, record.observation);
		append_timing(&page, &words, record.observation);
	}
	if (json_array_size(record.attempts) > 0) {
		text_append(out, "  Its attempts:\n");
		append_list(&page, &words, record.attempts, NULL, add_attempt);
	}
	if (json_is_object(record.server)) {
		text_append(out, "  What the lab saw:\n");
		append_list(&page, &words, record.server, "connections", add_connection);
		append_list(&page, &words, record.server, "requests", add_request);
	}
	text_clear(&words);
	cell_record_clear(&record);
	return !out->failed || error_set(err, ERROR_UNABLE, "out of memory");
}
