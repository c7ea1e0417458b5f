/* A cell's record: passed on as it came, and typed for reports; what is odd in it is absent. */
#include "harness/run/cell_record.h"

#include "core/json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct stack stack = {.id = (char *)"openssl", .title = (char *)"OpenSSL"};
static struct client_class class = {.id = (char *)"openssl/no-check",
				    .policy_id = (char *)"no-check"};

/* Of one cell. */
static struct run *make_run(void)
{
	struct error err = ERROR_INIT;
	struct run *run = run_new("here", "revoscope run", &err);
	ck_assert_msg(run != NULL, "%s", err.text);
	ck_assert_int_eq(run_add_stack(run, &stack), 0);
	ck_assert_int_eq(run_add_class(run, &class, 0), 0);
	ck_assert_int_eq(run_add_row(run, &(struct run_row){.id = (char *)"a:443"}), 0);
	ck_assert(run_make_cells(run, &err));
	return run;
}

static json_t *parse(const char *text)
{
	struct error err = ERROR_INIT;
	json_t *object = json_parse_object(text, strlen(text), ERROR_UNABLE, &err);
	ck_assert_msg(object != NULL, "%s: %s", err.text, text);
	return object;
}

static const char answer[] =
	"{\"outcome\": \"warn\", \"reason\": \"staple-stale\", \"stage\": \"handshake\", "
	"\"assurance\": \"good\", \"detail\": \"d\", \"local_port\": 4, \"mood\": [1], \"native\": "
	"{\"library\": \"l\", \"code\": -3, \"name\": null, \"text\": \"t\", \"more\": 1}, "
	"\"alert\": {\"direction\": \"sent\", \"number\": 42, \"name\": \"n\"}, \"tls\": "
	"{\"version\": \"1.3\", \"cipher\": \"c\", \"resumed\": false}, \"chain\": {\"verified\": "
	"true, \"error\": \"e\", \"depth\": 1}, \"certificate\": {\"sha256\": \"00\", \"serial\": "
	"\"01\", \"must_staple\": true, \"ocsp_urls\": [\"u\", \"v\"], \"crl_urls\": [], "
	"\"not_before\": \"nb\", \"not_after\": \"na\"}, \"staples\": [{\"depth\": 1}, {\"depth\": "
	"0, \"bytes\": 471, \"response_status\": \"successful\", \"status\": \"good\", "
	"\"this_update\": \"tu\", \"next_update\": \"nu\", \"check\": \"stale\"}], \"fetches\": "
	"[{\"kind\": \"ocsp\", \"url\": \"u\", \"http_status\": 503, \"ms\": 9, \"check\": "
	"\"sulks\", \"local_port\": 7}], \"earlier\": [{\"outcome\": \"connect\", "
	"\"left_session\": "
	"true}], \"timing_us\": {\"connect\": 1, \"handshake\": 2, \"revocation\": 3, \"total\": "
	"6}}";
static const char server[] =
	"{\"connections\": [{\"sni\": \"c1.x\", \"peer_port\": 5, \"tls\": \"1.2\", "
	"\"status_request\": true, \"staple\": {\"bytes\": 471}, \"staple_above\": null, "
	"\"completed\": false, \"alert\": {\"number\": 113, \"name\": \"a\"}}], \"requests\": "
	"[{\"kind\": \"crl\", \"scenario\": \"s\", \"peer_port\": 6, \"method\": \"GET\", "
	"\"path\": \"/p\", \"behaviour\": \"answer\", \"http_status\": 200}]}";

static void store(struct run *run, const char *observation, const char *lab,
		  const struct attempts *attempts)
{
	struct error err = ERROR_INIT;
	struct cell_source source = {
		.detail = "a \xff detail",
		.observation = observation != NULL ? parse(observation) : NULL,
		.server = lab != NULL ? parse(lab) : NULL,
		.attempts = attempts != NULL ? attempts_to_json(attempts) : NULL,
	};
	ck_assert(cell_source_store(run, run_cell(run, 0, 0), &source, &err));
	json_decref(source.observation);
	json_decref(source.server);
	json_decref(source.attempts);
}

START_TEST(a_source_is_passed_on_as_it_came)
{
	struct error err = ERROR_INIT;
	struct run *run = make_run();
	struct cell_source source;
	json_t *wanted = parse(answer), *lab = parse(server);
	store(run, answer, server, NULL);
	ck_assert(cell_source_load(&source, run, run_cell(run, 0, 0), &err));
	ck_assert_str_eq(source.detail, "a \\xff detail");
	ck_assert(json_equal(source.observation, wanted));
	ck_assert(json_equal(source.server, lab));
	ck_assert_ptr_null(source.attempts);
	cell_source_clear(&source);
	json_decref(wanted);
	json_decref(lab);
	run_free(run);
}
END_TEST

static void check_observation(const struct observation *seen)
{
	ck_assert(seen->is_answer && seen->has_stage);
	ck_assert_int_eq(seen->outcome, OUTCOME_WARN);
	ck_assert_int_eq(seen->reason, REASON_STAPLE_STALE);
	ck_assert_int_eq(seen->assurance, STATUS_GOOD);
	ck_assert_int_eq(seen->stage, STAGE_HANDSHAKE);
	ck_assert_str_eq(seen->detail, "d");
	ck_assert_int_eq(seen->local_port.value, 4);
	ck_assert(seen->native.is_present && seen->native.name == NULL);
	ck_assert_str_eq(seen->native.library, "l");
	ck_assert_int_eq(seen->native.code.value, -3);
	ck_assert_str_eq(seen->native.text, "t");
	ck_assert_str_eq(seen->alert.direction, "sent");
	ck_assert_int_eq(seen->alert.number.value, 42);
	ck_assert_str_eq(seen->alert.name, "n");
	ck_assert_str_eq(seen->tls.version, "1.3");
	ck_assert_str_eq(seen->tls.cipher, "c");
	ck_assert(seen->tls.resumed.is_known && !seen->tls.resumed.value);
	ck_assert(seen->chain.verified.value);
	ck_assert_str_eq(seen->chain.error, "e");
	ck_assert_int_eq(seen->chain.depth.value, 1);
	ck_assert_int_eq(seen->timing.connect.value, 1);
	ck_assert_int_eq(seen->timing.handshake.value, 2);
	ck_assert_int_eq(seen->timing.revocation.value, 3);
	ck_assert_int_eq(seen->timing.total.value, 6);
}

static void check_certificate(const struct observed_certificate *certificate)
{
	ck_assert_str_eq(certificate->sha256, "00");
	ck_assert_str_eq(certificate->serial, "01");
	ck_assert(certificate->must_staple.value);
	ck_assert_uint_eq(certificate->ocsp_urls.num, 2);
	ck_assert_str_eq(json_texts_at(&certificate->ocsp_urls, 1), "v");
	ck_assert(certificate->crl_urls.is_known && certificate->crl_urls.num == 0);
	ck_assert_str_eq(certificate->not_before, "nb");
	ck_assert_str_eq(certificate->not_after, "na");
}

static void check_lists(const struct observation *seen)
{
	const struct observed_staple *leaf = observation_leaf_staple(seen);
	ck_assert_uint_eq(seen->num_staples, 2);
	ck_assert_ptr_eq(leaf, &seen->staples[1]);
	ck_assert_int_eq(leaf->bytes.value, 471);
	ck_assert(!leaf->response_status.is_known);
	ck_assert_str_eq(leaf->status, "good");
	ck_assert_str_eq(leaf->this_update, "tu");
	ck_assert_str_eq(leaf->next_update, "nu");
	ck_assert_int_eq(leaf->check.value, CHECK_STALE);
	ck_assert_uint_eq(seen->num_fetches, 1);
	ck_assert_str_eq(seen->fetches[0].kind, "ocsp");
	ck_assert_int_eq(seen->fetches[0].http_status.value, 503);
	ck_assert_int_eq(seen->fetches[0].ms.value, 9);
	ck_assert_int_eq(seen->fetches[0].check.value, -1);
	ck_assert_str_eq(seen->fetches[0].check.text, "sulks");
	ck_assert_int_eq(seen->fetches[0].local_port.value, 7);
	ck_assert_uint_eq(seen->num_earlier, 1);
	ck_assert_str_eq(seen->earlier[0].outcome, "connect");
	ck_assert(seen->earlier[0].left_session.value);
}

static void check_lab(const struct cell_record *record)
{
	const struct lab_connection *connection = record->connections;
	const struct lab_request *request = record->requests;
	ck_assert_uint_eq(record->num_connections, 1);
	ck_assert_uint_eq(record->num_requests, 1);
	ck_assert_str_eq(connection->sni, "c1.x");
	ck_assert_int_eq(connection->peer_port.value, 5);
	ck_assert(connection->status_request.value);
	ck_assert(connection->completed.is_known && !connection->completed.value);
	ck_assert_int_eq(connection->staple.bytes.value, 471);
	ck_assert(!connection->staple_above.is_present);
	ck_assert_int_eq(connection->alert.number.value, 113);
	ck_assert_str_eq(request->kind, "crl");
	ck_assert_str_eq(request->scenario, "s");
	ck_assert_int_eq(request->peer_port.value, 6);
	ck_assert_str_eq(request->path, "/p");
	ck_assert_int_eq(request->http_status.value, 200);
}

START_TEST(a_record_is_typed)
{
	struct error err = ERROR_INIT;
	struct run *run = make_run();
	struct cell_record record;
	store(run, answer, server, NULL);
	ck_assert(cell_record_load(&record, run, run_cell(run, 0, 0), &err));
	ck_assert_str_eq(record.detail, "a \\xff detail");
	ck_assert(record.has_observation && record.has_server);
	check_observation(&record.observation);
	check_certificate(&record.observation.certificate);
	check_lists(&record.observation);
	check_lab(&record);
	ck_assert_uint_eq(record.attempts.num, 0);
	cell_record_clear(&record);
	run_free(run);
}
END_TEST

START_TEST(a_cell_without_a_record_has_nothing)
{
	struct error err = ERROR_INIT;
	struct run *run = make_run();
	struct cell_record record;
	ck_assert(cell_record_load(&record, run, run_cell(run, 0, 0), &err));
	ck_assert_ptr_null(record.detail);
	ck_assert(!record.has_observation && !record.has_server);
	ck_assert_ptr_null(observation_leaf_staple(&record.observation));
	cell_record_clear(&record);
	run_free(run);
}
END_TEST

/* Documents are foreign: what one part has wrong takes nothing from the others. */
START_TEST(what_is_odd_in_a_record_is_absent)
{
	struct error err = ERROR_INIT;
	struct run *run = make_run();
	struct cell_record record;
	store(run,
	      "{\"stderr\": \"boom\", \"stage\": \"lunch\", \"native\": \"x\", \"alert\": "
	      "{\"number\": \"x\", \"name\": \"n\"}, \"certificate\": {\"ocsp_urls\": [1], "
	      "\"serial\": \"01\"}, \"staples\": [{\"depth\": 0}, 5], \"fetches\": {}}",
	      "{\"connections\": 7, \"requests\": [{\"kind\": 1, \"path\": \"/p\"}]}", NULL);
	ck_assert(cell_record_load(&record, run, run_cell(run, 0, 0), &err));
	const struct observation *seen = &record.observation;
	ck_assert_int_eq(err.kind, ERROR_NONE);
	ck_assert(!seen->is_answer && !seen->has_stage);
	ck_assert_str_eq(seen->stderr_text, "boom");
	ck_assert(!seen->native.is_present);
	ck_assert(!seen->alert.number.is_known);
	ck_assert_str_eq(seen->alert.name, "n");
	ck_assert(!seen->certificate.ocsp_urls.is_known);
	ck_assert_str_eq(seen->certificate.serial, "01");
	ck_assert_uint_eq(seen->num_staples, 1);
	ck_assert_uint_eq(seen->num_fetches, 0);
	ck_assert_uint_eq(record.num_connections, 0);
	ck_assert_uint_eq(record.num_requests, 1);
	ck_assert_ptr_null(record.requests[0].kind);
	ck_assert_str_eq(record.requests[0].path, "/p");
	cell_record_clear(&record);
	run_free(run);
}
END_TEST

START_TEST(attempts_come_back_as_they_went)
{
	static const struct attempt good = {OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD};
	static const struct attempt stale = {OUTCOME_WARN, REASON_STAPLE_STALE, STATUS_NONE};
	struct error err = ERROR_INIT;
	struct run *run = make_run();
	struct cell_record record;
	struct attempts attempts = {0};
	ck_assert(attempts_add(&attempts, &good, "one"));
	ck_assert(attempts_add(&attempts, &good, "two"));
	ck_assert(attempts_add(&attempts, &stale, "three"));
	store(run, NULL, NULL, &attempts);
	ck_assert(cell_record_load(&record, run, run_cell(run, 0, 0), &err));
	ck_assert_uint_eq(record.attempts.num, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct attempts_entry *a = &attempts.items[i], *b = &record.attempts.items[i];
		ck_assert_int_eq(a->outcome, b->outcome);
		ck_assert_int_eq(a->reason, b->reason);
		ck_assert_int_eq(a->times, b->times);
		ck_assert_str_eq(a->detail, b->detail);
	}
	ck_assert_int_eq(record.attempts.items[0].times, 2);
	ck_assert_str_eq(record.attempts.items[0].detail, "one");
	ck_assert_int_eq(attempts_total(&record.attempts), 3);
	cell_record_clear(&record);
	attempts_clear(&attempts);
	run_free(run);
}
END_TEST

START_TEST(at_most_a_hundred_attempts_are_kept)
{
	struct attempts attempts = {0};
	for (int i = 0; i < 3 * ATTEMPTS_MAX; i++)
		ck_assert(
			attempts_add(&attempts,
				     &(struct attempt){i % 2 == 0 ? OUTCOME_WARN : OUTCOME_CONNECT,
						       REASON_STAPLE_STALE, STATUS_NONE},
				     "d"));
	ck_assert_uint_eq(attempts.num, ATTEMPTS_MAX);
	attempts_clear(&attempts);
}
END_TEST

START_TEST(attempts_that_are_none_are_refused)
{
	static const char *const rows[] = {
		"{\"a\": 5}",
		"{\"a\": [5]}",
		"{\"a\": [{\"outcome\": \"perhaps\", \"reason\": \"status-good\"}]}",
		"{\"a\": [{\"outcome\": \"warn\"}]}",
		"{\"a\": [{\"outcome\": \"warn\", \"reason\": \"status-good\", \"times\": \"2\"}]}",
		"{\"a\": [{\"outcome\": \"warn\", \"reason\": \"status-good\"}, 5]}",
	};
	struct error err = ERROR_INIT;
	struct attempts attempts;
	json_t *object = parse(rows[_i]);
	ck_assert_msg(!attempts_read(&attempts, json_object_get(object, "a"), &err), "%s",
		      rows[_i]);
	ck_assert_int_eq(err.kind, ERROR_UNABLE);
	ck_assert_uint_eq(attempts.num, 0);
	json_decref(object);
}
END_TEST

#define TIMES(number) "{\"outcome\": \"warn\", \"reason\": \"staple-stale\", \"times\": " number "}"

static const struct {
	const char *name, *text;
	int total;
} totals[] = {
	{"none, which is one", "{}", 1},
	{"null, which is one", "{\"a\": null}", 1},
	{"without a number", "{\"a\": [{\"outcome\": \"warn\", \"reason\": \"staple-stale\"}]}", 1},
	{"zero times", "{\"a\": [" TIMES("0") "]}", 1},
	{"twice and three times", "{\"a\": [" TIMES("2") ", " TIMES("3") "]}", 5},
	{"as many as a number holds", "{\"a\": [" TIMES("2147483646") "]}", 2147483646},
	{"more than a number holds", "{\"a\": [" TIMES("2147483646") ", " TIMES("1") "]}", 1},
	{"more than any number holds",
	 "{\"a\": [" TIMES("9223372036854775807") ", " TIMES("9223372036854775807") "]}", 1},
};

START_TEST(attempts_are_counted)
{
	struct error err = ERROR_INIT;
	struct attempts attempts;
	json_t *object = parse(totals[_i].text);
	ck_assert_msg(attempts_read(&attempts, json_object_get(object, "a"), &err), "%s: %s",
		      totals[_i].name, err.text);
	int total = attempts_total(&attempts);
	ck_assert_msg(total == totals[_i].total, "%s: %d", totals[_i].name, total);
	attempts_clear(&attempts);
	json_decref(object);
}
END_TEST

/* What is said of a record beside its verdict, on the way to the spool and from the database. */
START_TEST(how_a_record_came_about_is_marked)
{
	static const struct {
		const char *server;
		int num_repeats;
		unsigned marks;
	} rows[] = {
		{NULL, 0, 0},
		{"{\"connections\": [], \"requests\": []}", 0, 0},
		{"{\"complete\": true}", 0, 0},
		{"{\"complete\": false}", 0, CELL_INCOMPLETE},
		{"{\"complete\": true}", 2, CELL_REPEATED},
		{"{\"complete\": false}", 1, CELL_INCOMPLETE | CELL_REPEATED},
	};
	struct error err = ERROR_INIT;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct run *run = make_run();
		struct cell *cell = run_cell(run, 0, 0);
		struct cell_source source = {
			.detail = "\"complete\":false, \"repeats\": 3",
			.observation = parse("{\"complete\": false, \"repeats\": 3}"),
			.server = rows[i].server != NULL ? parse(rows[i].server) : NULL,
			.num_repeats = rows[i].num_repeats};
		struct cell_record record;
		struct text line;
		text_init(&line, 0);
		cell->marks = CELL_DONE;
		ck_assert(cell_source_store(run, cell, &source, &err));
		ck_assert_uint_eq(cell->marks, CELL_DONE | rows[i].marks);
		ck_assert(run_read_record(run, cell, &line, &err));
		ck_assert_uint_eq(cell_record_marks(text_string(&line), line.len), rows[i].marks);
		ck_assert(cell_record_load(&record, run, cell, &err));
		ck_assert_int_eq(record.source.num_repeats, rows[i].num_repeats);
		ck_assert_int_eq(record.is_incomplete, (rows[i].marks & CELL_INCOMPLETE) != 0);
		cell_record_clear(&record);
		text_clear(&line);
		json_decref(source.observation);
		json_decref(source.server);
		run_free(run);
	}
	ck_assert_uint_eq(cell_record_marks(NULL, 0), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cell_record");
	TCase *tests = tcase_create("cell_record");
	tcase_add_test(tests, a_source_is_passed_on_as_it_came);
	tcase_add_test(tests, how_a_record_came_about_is_marked);
	tcase_add_test(tests, a_record_is_typed);
	tcase_add_test(tests, a_cell_without_a_record_has_nothing);
	tcase_add_test(tests, what_is_odd_in_a_record_is_absent);
	tcase_add_test(tests, attempts_come_back_as_they_went);
	tcase_add_test(tests, at_most_a_hundred_attempts_are_kept);
	tcase_add_loop_test(tests, attempts_that_are_none_are_refused, 0, 6);
	tcase_add_loop_test(tests, attempts_are_counted, 0, sizeof totals / sizeof *totals);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
