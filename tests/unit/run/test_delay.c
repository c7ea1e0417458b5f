/* Which time-outs are the scenario's, and which are this machine's. */
#include "harness/run/delay.h"

#include "harness/run/observation_read.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS  1000
#define DEADLINE_MS 10000

/* An answer with these fetches: {kind, depth, layer, ms}, from an endpoint that let the client on.
 */
struct row {
	const char *name;
	int behaviour; /* of responder and CRL */
	int64_t delay_ms;
	const char *url; /* of both; NULL: the lab's */
	bool has_dead_url;
	const char *outcome, *reason;
	const char *fetches;
	enum doubt_kind kind;
	int64_t longest_us;
};

#define OCSP(layer, ms) \
	"{\"kind\": \"ocsp\", \"depth\": 0, \"layer\": \"" layer "\", \"ms\": " ms "}"
#define CRL(layer, ms) "{\"kind\": \"crl\", \"depth\": 0, \"layer\": \"" layer "\", \"ms\": " ms "}"
#define ABOVE(layer, ms) \
	"{\"kind\": \"ocsp\", \"depth\": 1, \"layer\": \"" layer "\", \"ms\": " ms "}"
#define NO_MS(layer) "{\"kind\": \"ocsp\", \"depth\": 0, \"layer\": \"" layer "\"}"

enum { ANSWER = BEHAVIOUR_ANSWER, SLOW = BEHAVIOUR_SLOW, SILENT = BEHAVIOUR_SILENT };

static const struct row rows[] = {
	{"answered in time", ANSWER, 0, NULL, 0, "connect", "status-good", OCSP("answer", "20"),
	 DOUBT_NONE, 20000},
	{"nothing fetched", ANSWER, 0, NULL, 0, "warn", "staple-missing", "", DOUBT_NONE, 7000},
	{"a healthy responder timed out", ANSWER, 0, NULL, 0, "warn", "staple-stale",
	 OCSP("timeout", "1001"), DOUBT_TIMED_OUT, 7000},
	{"a healthy CRL server timed out", ANSWER, 0, NULL, 0, "reject", "crl-timeout",
	 CRL("timeout", "1001"), DOUBT_TIMED_OUT, 7000},
	{"it timed out, and the next URL answered", ANSWER, 0, NULL, 0, "connect", "status-good",
	 OCSP("timeout", "1001") ", " OCSP("answer", "3"), DOUBT_TIMED_OUT, 7000},
	{"a silent one", SILENT, 0, NULL, 0, "warn", "responder-timeout", OCSP("timeout", "1001"),
	 DOUBT_NONE, 7000},
	{"an endless one", BEHAVIOUR_ENDLESS, 0, NULL, 0, "warn", "responder-timeout",
	 OCSP("timeout", "1001"), DOUBT_NONE, 7000},
	{"one that drips", BEHAVIOUR_DRIP, 0, NULL, 0, "warn", "responder-timeout",
	 OCSP("timeout", "1001"), DOUBT_NONE, 7000},
	{"slower than the client waits", SLOW, 1250, NULL, 0, "warn", "responder-timeout",
	 OCSP("timeout", "1001"), DOUBT_NONE, 7000},
	{"slow, but the client waited longer", SLOW, 1250, NULL, 0, "reject", "responder-timeout",
	 OCSP("timeout", "2003"), DOUBT_TIMED_OUT, 7000},
	{"slow, and the client does not say how long it waited", SLOW, 1250, NULL, 0, "warn",
	 "responder-timeout", NO_MS("timeout"), DOUBT_NONE, 7000},
	{"slower only than its time-out", SLOW, 750, NULL, 0, "warn", "responder-timeout",
	 NO_MS("timeout"), DOUBT_TIMED_OUT, 7000},
	{"a slow answer is no measure of the machine", SLOW, 750, NULL, 0, "connect", "status-good",
	 OCSP("answer", "760"), DOUBT_NONE, 7000},
	{"the server above is never slow", SILENT, 0, NULL, 0, "warn", "responder-timeout",
	 ABOVE("timeout", "1001"), DOUBT_TIMED_OUT, 7000},
	{"above it, with what the silent one left", SILENT, 0, NULL, 0, "warn", "responder-timeout",
	 OCSP("timeout", "9000") ", " ABOVE("timeout", "0"), DOUBT_NONE, 7000},
	{"above it, with all of its own time", SILENT, 0, NULL, 0, "warn", "responder-timeout",
	 OCSP("timeout", "1001") ", " ABOVE("timeout", "1000"), DOUBT_TIMED_OUT, 7000},
	{"a server that is not the lab's", ANSWER, 0, "http://x.test/", 0, "warn",
	 "responder-timeout", OCSP("timeout", "1001"), DOUBT_NONE, 7000},
	{"a server of CRLs that is not the lab's", ANSWER, 0, "http://x.test/", 0, "warn",
	 "crl-timeout", CRL("timeout", "1001"), DOUBT_NONE, 7000},
	{"the lab's by another spelling", ANSWER, 0, "http://u:p@{lab}#top", 0, "warn",
	 "responder-timeout", OCSP("timeout", "1001"), DOUBT_TIMED_OUT, 7000},
	{"the lab's CRL by another spelling", ANSWER, 0, "http://{lab}#top", 0, "warn",
	 "crl-timeout", CRL("timeout", "1001"), DOUBT_TIMED_OUT, 7000},
	{"the lab's by another spelling, which is silent", SILENT, 0, "http://{lab}#top", 0, "warn",
	 "responder-timeout", OCSP("timeout", "1001"), DOUBT_NONE, 7000},
	{"the lab's by another spelling is not there", ANSWER, 0, "http://{lab}#top", 0, "warn",
	 "responder-connect", OCSP("connect", "0"), DOUBT_LOST, 7000},
	{"the lab's by another spelling answers", ANSWER, 0, "http://{lab}#top", 0, "connect",
	 "status-good", OCSP("answer", "20"), DOUBT_NONE, 20000},
	{"a responder that refuses by name", BEHAVIOUR_REFUSE, 0, NULL, 0, "warn",
	 "responder-connect", OCSP("connect", "0"), DOUBT_NONE, 7000},
	{"one that resets", BEHAVIOUR_RESET, 0, NULL, 0, "warn", "responder-connect",
	 OCSP("connect", "0"), DOUBT_NONE, 7000},
	{"a healthy one that is not there", ANSWER, 0, NULL, 0, "warn", "responder-connect",
	 OCSP("connect", "0"), DOUBT_LOST, 7000},
	{"a silent one that closes the connection", SILENT, 0, NULL, 0, "warn", "responder-connect",
	 OCSP("connect", "30"), DOUBT_LOST, 7000},
	{"one that drips no longer", BEHAVIOUR_DRIP, 0, NULL, 0, "warn", "responder-connect",
	 OCSP("connect", "30"), DOUBT_LOST, 7000},
	{"the dead URL before it", ANSWER, 0, NULL, true, "connect", "status-good",
	 OCSP("connect", "0") ", " OCSP("answer", "3"), DOUBT_NONE, 7000},
	{"HTTP errors are the scenario's", BEHAVIOUR_HTTP, 0, NULL, 0, "warn", "responder-http",
	 OCSP("http", "3"), DOUBT_NONE, 7000},
	{"the handshake timed out", ANSWER, 0, NULL, 0, "error", "tls-timeout", "", DOUBT_TIMED_OUT,
	 7000},
	{"also at a silent responder's", SILENT, 0, NULL, 0, "error", "tls-timeout", "",
	 DOUBT_TIMED_OUT, 7000},
	{"no connection in time", ANSWER, 0, NULL, 0, "error", "connect-timeout", "",
	 DOUBT_TIMED_OUT, 7000},
	{"no connection", ANSWER, 0, NULL, 0, "error", "connect-refused", "", DOUBT_LOST, 7000},
	{"a connection that ended", ANSWER, 0, NULL, 0, "error", "tls-closed", "", DOUBT_LOST,
	 7000},
	{"another error", ANSWER, 0, NULL, 0, "error", "tls-protocol", "", DOUBT_NONE, 7000},
	{"unsupported", ANSWER, 0, NULL, 0, "unsupported", "tls-unsupported", "", DOUBT_NONE, 7000},
};

START_TEST(the_rule)
{
	const struct row *row = &rows[_i];
	struct situation situation;
	struct observation seen;
	struct error err = ERROR_INIT;
	char text[1024];
	situation_init(&situation, STATUS_GOOD);
	situation.responder.behaviour = situation.crl.behaviour = row->behaviour;
	situation.responder.delay_ms = situation.crl.delay_ms = row->delay_ms;
	for (int i = 0; i < 2; i++)
		ck_assert(situation_set(
			&situation,
			situation_find_field("certificate", i == 0 ? "ocsp_url" : "crl_url"),
			row->url != NULL ? row->url : "true", &err));
	situation.certificate.dead_ocsp_url_first = row->has_dead_url;
	snprintf(text, sizeof text,
		 "{\"outcome\": \"%s\", \"reason\": \"%s\", \"fetches\": [%s],"
		 " \"timing_us\": {\"handshake\": 7000}}",
		 row->outcome, row->reason, row->fetches);
	json_t *object = json_loads(text, 0, NULL);
	ck_assert_msg(object != NULL && observation_read(&seen, object, &err), "%s: %s", row->name,
		      err.text);
	struct delay_frame frame = {&situation, TIMEOUT_MS, DEADLINE_MS, false};
	struct doubt doubt = delay_doubt(&seen, &frame);
	ck_assert_msg(doubt.kind == row->kind, "%s: %d, %s", row->name, (int)doubt.kind,
		      doubt.text);
	ck_assert_int_eq(doubt.text[0] != '\0', row->kind != DOUBT_NONE);
	ck_assert_msg(delay_longest_us(&seen, &frame) == row->longest_us, "%s", row->name);
	observation_clear(&seen);
	json_decref(object);
}
END_TEST

/* At a real endpoint, whose servers are not known. */
struct endpoint_row {
	const char *name;
	const char *outcome, *reason;
	const char *fetches;
	int total_ms, late_ms;
	enum doubt_kind kind;
};

#define LATE(layer, ms, late_us) \
	"{\"kind\": \"ocsp\", \"layer\": \"" layer "\", \"ms\": " ms ", \"late_us\": " late_us "}"

static const struct endpoint_row endpoint_rows[] = {
	{"a slow server", "warn", "responder-timeout", LATE("timeout", "1001", "3000"), 1100, 4,
	 DOUBT_NONE},
	{"a slow server, of which a client says no more", "warn", "responder-timeout",
	 LATE("timeout", "1001", "null"), 1100, 4, DOUBT_NONE},
	{"a client that was late for a quarter", "warn", "responder-timeout",
	 LATE("timeout", "1000", "250000"), 1100, 260, DOUBT_TIMED_OUT},
	{"a little less", "warn", "responder-timeout", LATE("timeout", "1000", "249000"), 1100, 260,
	 DOUBT_NONE},
	{"one that was stopped meanwhile", "warn", "responder-timeout",
	 LATE("timeout", "4200", "0"), 4300, 0, DOUBT_TIMED_OUT},
	{"late, and in time", "connect", "status-good", LATE("answer", "900", "600000"), 1000, 650,
	 DOUBT_NONE},
	{"no connection to the responder", "warn", "responder-connect", LATE("connect", "0", "0"),
	 100, 90, DOUBT_NONE},
	{"no time was left", "warn", "responder-timeout", LATE("timeout", "0", "null"), 100, 0,
	 DOUBT_NONE},
	{"a slow handshake", "error", "tls-timeout", "", 10010, 30, DOUBT_NONE},
	{"a slow handshake of a late client", "error", "tls-timeout", "", 10010, 5000,
	 DOUBT_TIMED_OUT},
	{"of one that was stopped", "error", "tls-timeout", "", 14000, 0, DOUBT_TIMED_OUT},
	{"no connection of a late client", "error", "connect-timeout", "", 10010, 5000,
	 DOUBT_TIMED_OUT},
	{"a closed connection is the endpoint's", "error", "tls-closed", "", 10010, 5000,
	 DOUBT_NONE},
};

START_TEST(the_rule_for_endpoints)
{
	const struct endpoint_row *row = &endpoint_rows[_i];
	struct observation seen;
	struct error err = ERROR_INIT;
	char text[1024];
	snprintf(text, sizeof text,
		 "{\"outcome\": \"%s\", \"reason\": \"%s\", \"fetches\": [%s],"
		 " \"timing_us\": {\"handshake\": 7000, \"total\": %d, \"late\": %d}}",
		 row->outcome, row->reason, row->fetches, row->total_ms * 1000,
		 row->late_ms * 1000);
	json_t *object = json_loads(text, 0, NULL);
	ck_assert_msg(object != NULL && observation_read(&seen, object, &err), "%s: %s", row->name,
		      err.text);
	struct delay_frame frame = {NULL, TIMEOUT_MS, DEADLINE_MS, false};
	struct doubt doubt = delay_doubt(&seen, &frame);
	ck_assert_msg(doubt.kind == row->kind, "%s: %d, %s", row->name, (int)doubt.kind,
		      doubt.text);
	ck_assert_int_eq(strstr(doubt.text, "itself was late") != NULL, row->kind != DOUBT_NONE);
	ck_assert_int_eq(delay_longest_us(&seen, &frame), row->late_ms * 1000);
	observation_clear(&seen);
	json_decref(object);
}
END_TEST

START_TEST(a_session_that_did_not_come_is_doubted_of_clients_that_resume)
{
	struct situation situation;
	struct observation seen;
	struct error err = ERROR_INIT;
	situation_init(&situation, STATUS_GOOD);
	json_t *object = json_loads("{\"outcome\": \"connect\", \"reason\": \"status-good\","
				    " \"earlier\": [{\"left_session\": true},"
				    " {\"left_session\": false}]}",
				    0, NULL);
	ck_assert(observation_read(&seen, object, &err));
	for (int gives = 0; gives < 2; gives++) {
		for (int resumes = 0; resumes < 2; resumes++) {
			struct delay_frame frame = {&situation, TIMEOUT_MS, DEADLINE_MS, resumes};
			situation.server.resumption = gives;
			ck_assert_int_eq(delay_doubt(&seen, &frame).kind,
					 gives && resumes ? DOUBT_LOST : DOUBT_NONE);
		}
	}
	observation_clear(&seen);
	json_decref(object);
}
END_TEST

START_TEST(the_sentence_names_the_event)
{
	struct situation situation;
	struct observation seen;
	struct error err = ERROR_INIT;
	situation_init(&situation, STATUS_GOOD);
	json_t *object = json_loads("{\"outcome\": \"warn\", \"reason\": \"staple-stale\", "
				    "\"fetches\": [{\"kind\": \"ocsp\","
				    " \"depth\": 0, \"layer\": \"timeout\", \"ms\": 1017,"
				    " \"url\": \"http://127.0.0.1:1/stale/ocsp\\u001b[1m\"}]}",
				    0, NULL);
	ck_assert(observation_read(&seen, object, &err));
	struct doubt doubt = delay_doubt(
		&seen, &(struct delay_frame){&situation, TIMEOUT_MS, DEADLINE_MS, false});
	ck_assert_msg(strstr(doubt.text, "/stale/ocsp") != NULL, "%s", doubt.text);
	ck_assert_msg(strstr(doubt.text, "timed out after 1017 ms") != NULL, "%s", doubt.text);
	ck_assert_msg(strchr(doubt.text, '\033') == NULL, "%s", doubt.text);
	observation_clear(&seen);
	json_decref(object);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("delay");
	TCase *tests = tcase_create("delay");
	tcase_add_loop_test(tests, the_rule, 0, (int)(sizeof rows / sizeof *rows));
	tcase_add_loop_test(tests, the_rule_for_endpoints, 0,
			    (int)(sizeof endpoint_rows / sizeof *endpoint_rows));
	tcase_add_test(tests, a_session_that_did_not_come_is_doubted_of_clients_that_resume);
	tcase_add_test(tests, the_sentence_names_the_event);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
