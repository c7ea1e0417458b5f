/* The client protocol: what a request says, and which answers are believed. */
#include "harness/drive/answer.h"
#include "harness/drive/description.h"
#include "harness/drive/message.h"

#include "core/json.h"
#include "core/text.h"
#include "harness/run/observation_read.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct row {
	const char *name;
	const char *line;
	const char *fault; /* NULL: it is taken */
};

#define GOOD "\"outcome\": \"warn\", \"reason\": \"staple-stale\""

static const struct row rows[] = {
	{"the least", "{" GOOD "}", NULL},
	{"an unknown key", "{" GOOD ", \"mood\": [1]}", NULL},
	{"nulls", "{" GOOD ", \"native\": null, \"alert\": null, \"tls\": null, \"detail\": null}",
	 NULL},
	{"everything",
	 "{" GOOD
	 ", \"stage\": \"handshake\", \"assurance\": \"none\", \"detail\": \"d\", \"native\": "
	 "{\"library\": \"l\", \"code\": -3, \"name\": null, \"text\": \"t\"}, \"staples\": "
	 "[{\"depth\": 0, "
	 "\"check\": \"stale\"}], \"fetches\": [{\"kind\": \"ocsp\", \"local_port\": 7}], "
	 "\"local_port\": 1}",
	 NULL},
	{"no outcome", "{\"reason\": \"staple-stale\"}", "'outcome' is absent"},
	{"no reason", "{\"outcome\": \"warn\"}", "'reason' is absent"},
	{"an outcome that is none", "{\"outcome\": \"perhaps\", \"reason\": \"staple-stale\"}",
	 "'outcome' has an invalid outcome 'perhaps'"},
	{"an outcome that is a number", "{\"outcome\": 1, \"reason\": \"staple-stale\"}",
	 "'outcome'"},
	{"a reason that is none", "{\"outcome\": \"warn\", \"reason\": \"bad-weather\"}",
	 "'reason' has an invalid reason 'bad-weather'"},
	{"a crash is not its to give", "{\"outcome\": \"crash\", \"reason\": \"program-crash\"}",
	 "'outcome' crash"},
	{"nor a hang", "{\"outcome\": \"hang\", \"reason\": \"program-hang\"}", "'outcome' hang"},
	{"assurance unknown", "{" GOOD ", \"assurance\": \"unknown\"}", "'assurance'"},
	{"a stage that is none", "{" GOOD ", \"stage\": \"lunch\"}",
	 "'stage' has an invalid stage 'lunch'"},
	{"detail is an object", "{" GOOD ", \"detail\": {}}", "'detail' has the wrong type"},
	{"native is text", "{" GOOD ", \"native\": \"x\"}", "'native' has the wrong type"},
	{"native.code is text", "{" GOOD ", \"native\": {\"code\": \"1\"}}", "'native.code'"},
	{"alert.number is text", "{" GOOD ", \"alert\": {\"number\": \"x\"}}", "'alert.number'"},
	{"staples is an object", "{" GOOD ", \"staples\": {}}", "'staples'"},
	{"a staple is text", "{" GOOD ", \"staples\": [\"x\"]}", "'staples'"},
	{"a staple's bytes are text", "{" GOOD ", \"staples\": [{\"bytes\": \"x\"}]}",
	 "'staples.bytes'"},
	{"a port is text", "{" GOOD ", \"fetches\": [{\"local_port\": \"80\"}]}",
	 "'fetches.local_port'"},
	{"URLs that are numbers", "{" GOOD ", \"certificate\": {\"ocsp_urls\": [1]}}",
	 "'certificate.ocsp_urls'"},
	{"an unusable URL is text", "{" GOOD ", \"certificate\": {\"unusable_urls\": [\"x\"]}}",
	 "'unusable_urls'"},
	{"an unusable URL without words",
	 "{" GOOD ", \"certificate\": {\"unusable_urls\": [{\"url\": 1}]}}", "'unusable_urls.url'"},
	{"unusable URLs of a later version",
	 "{" GOOD ", \"certificate\": {\"unusable_urls\": [{\"kind\": \"ocsp\", \"url\": \"x\", "
	 "\"why\": \"too-new\"}]}}",
	 NULL},
	{"stderr is for the harness to say", "{" GOOD ", \"stderr\": [1]}", NULL},
	{"an earlier port is text", "{" GOOD ", \"earlier\": [{\"local_port\": \"1\"}]}",
	 "'earlier.local_port'"},
	{"a time is text", "{" GOOD ", \"timing_us\": {\"total\": \"1\"}}", "'timing_us.total'"},
	{"verified is text", "{" GOOD ", \"chain\": {\"verified\": \"yes\"}}", "'chain.verified'"},
};

START_TEST(answers_are_checked_before_they_are_believed)
{
	const struct row *row = &rows[_i];
	struct error err = ERROR_INIT;
	struct answer answer;
	json_t *object = json_parse_object(row->line, strlen(row->line), ERROR_UNABLE, &err);
	ck_assert_msg(object != NULL, "%s: %s", row->name, err.text);
	bool taken = answer_take(&answer, object, &err);
	ck_assert_msg(taken == (row->fault == NULL), "%s: %s", row->name, err.text);
	if (taken) {
		ck_assert_int_eq(answer.observation.outcome, OUTCOME_WARN);
		ck_assert_int_eq(answer.observation.reason, REASON_STAPLE_STALE);
		ck_assert_ptr_nonnull(answer.observation.detail);
	} else {
		ck_assert_msg(strstr(err.text, row->fault) != NULL, "%s: %s", row->name, err.text);
	}
	answer_clear(&answer);
}
END_TEST

START_TEST(a_list_without_end_is_refused)
{
	struct error err = ERROR_INIT;
	struct answer answer;
	struct text line;
	text_init(&line, 0);
	text_append(&line, "{" GOOD ", \"staples\": [{}");
	for (int i = 0; i < OBSERVATION_LIST_MAX; i++)
		text_append(&line, ", {}");
	text_append(&line, "]}");
	json_t *object = json_parse_object(text_string(&line), line.len, ERROR_UNABLE, &err);
	ck_assert_ptr_nonnull(object);
	ck_assert(!answer_take(&answer, object, &err));
	ck_assert_msg(strstr(err.text, "'staples' has more than") != NULL, "%s", err.text);
	text_clear(&line);
}
END_TEST

static const struct row check_rows[] = {
	{"the least check", "{\"check\": {\"check\": \"stale\"}}", NULL},
	{"a whole check",
	 "{\"check\": {\"check\": \"good\", \"status\": \"good\", \"authentic\": true, \"fresh\": "
	 "true, \"response_status\": 0, \"this_update\": \"t\", \"next_update\": null, "
	 "\"certid\": {\"hash\": \"sha1\"}, \"native\": {\"code\": 1}, \"mood\": 1}}",
	 NULL},
	{"no chain for it", "{\"outcome\": \"reject\", \"reason\": \"chain-untrusted\"}", NULL},
	{"not supported", "{\"outcome\": \"unsupported\", \"reason\": \"policy-unsupported\"}",
	 NULL},
	{"a connection", "{\"outcome\": \"connect\", \"reason\": \"status-good\"}",
	 "verdict on a connection"},
	{"nothing", "{}", "'outcome'"},
	{"a check that is text", "{\"check\": \"good\"}", "'check' is not an object"},
	{"a check that is none", "{\"check\": {\"check\": \"fine\"}}",
	 "'check' has an invalid check 'fine'"},
	{"a status that is none", "{\"check\": {\"check\": \"good\", \"status\": \"ok\"}}",
	 "'status' has an invalid status 'ok'"},
	{"authentic as text", "{\"check\": {\"check\": \"good\", \"authentic\": \"yes\"}}",
	 "'check.authentic'"},
	{"a CertID of numbers", "{\"check\": {\"check\": \"good\", \"certid\": {\"serial\": 5}}}",
	 "'check.certid.serial'"},
};

START_TEST(checks_are_checked_before_they_are_believed)
{
	const struct row *row = &check_rows[_i];
	struct error err = ERROR_INIT;
	struct answer answer;
	json_t *object = json_parse_object(row->line, strlen(row->line), ERROR_UNABLE, &err);
	ck_assert_msg(object != NULL, "%s: %s", row->name, err.text);
	bool taken = answer_take_check(&answer, object, &err);
	ck_assert_msg(taken == (row->fault == NULL), "%s: %s", row->name, err.text);
	if (!taken)
		ck_assert_msg(strstr(err.text, row->fault) != NULL, "%s: %s", row->name, err.text);
	else if (answer.check == NULL)
		ck_assert_int_ne(answer.observation.outcome, OUTCOME_CONNECT);
	else
		ck_assert(answer.seen.verdict == CHECK_STALE ||
			  (answer.seen.verdict == CHECK_GOOD && answer.seen.status == STATUS_GOOD &&
			   answer.seen.authentic.value));
	answer_clear(&answer);
}
END_TEST

START_TEST(a_verification_says_what_is_wanted_and_no_more)
{
	struct policy policy;
	policy_init(&policy);
	json_t *object = message_verification_to_json(&(struct message_verification){
		.id = "1",
		.is_crl = true,
		.bytes = "MAA=",
		.certificate = "c",
		.has_time = true,
		.at_s = 0,
		.policy = &policy,
	});
	json_t *verify = json_object_get(object, "verify");
	ck_assert_str_eq(json_string_value(json_object_get(verify, "kind")), "crl");
	ck_assert_str_eq(json_string_value(json_object_get(verify, "bytes")), "MAA=");
	ck_assert_str_eq(json_string_value(json_object_get(verify, "certificate")), "c");
	ck_assert_ptr_null(json_object_get(verify, "file"));
	ck_assert_ptr_null(json_object_get(verify, "issuer"));
	ck_assert(json_is_integer(json_object_get(object, "at")));
	ck_assert_uint_eq(json_object_size(json_object_get(object, "policy")), 3);
	ck_assert_ptr_null(json_object_get(object, "connect"));
	json_decref(object);
}
END_TEST

static json_t *make_request(bool native, const char *fetch)
{
	struct policy policy;
	policy_init(&policy);
	policy.asks_staple = YES;
	json_t *object = message_request_to_json(&(struct message_request){
		.id = "1-2",
		.address = "127.0.0.1",
		.port = 443,
		.server_name = "example.org",
		.native = native,
		.policy = native ? NULL : &policy,
		.fetch = fetch,
		.deadline_ms = 500,
	});
	ck_assert_ptr_nonnull(object);
	return object;
}

START_TEST(a_request_says_what_is_wanted_and_no_more)
{
	json_t *object = make_request(false, NULL);
	json_t *policy = json_object_get(object, "policy");
	ck_assert_str_eq(json_string_value(json_object_get(policy, "asks_staple")), "yes");
	ck_assert_str_eq(json_string_value(json_object_get(object, "enforcement")), "application");
	ck_assert_int_eq(json_integer_value(json_object_get(object, "deadline_ms")), 500);
	/* A program that does not know a key refuses it, so absent is sent as absent. */
	ck_assert_ptr_null(json_object_get(object, "fetch"));
	ck_assert_ptr_null(json_object_get(object, "trust"));
	ck_assert_ptr_null(json_object_get(object, "starttls"));
	ck_assert_ptr_null(json_object_get(object, "proxy"));
	ck_assert_ptr_null(json_object_get(object, "evidence_dir"));
	json_decref(object);
}
END_TEST

/* The policy of a request, with one axis set. */
static json_t *requested_policy(const char *axis, const char *value)
{
	struct policy policy;
	policy_init(&policy);
	ck_assert(policy_set(&policy, policy_find_axis(axis), value, NULL));
	json_t *object = message_request_to_json(
		&(struct message_request){.id = "1", .address = "127.0.0.1", .policy = &policy});
	json_t *axes = json_incref(json_object_get(object, "policy"));
	json_decref(object);
	return axes;
}

START_TEST(axes_that_came_later_are_sent_when_they_are_set)
{
	json_t *plain = requested_policy("asks_staple", "no");
	json_t *later = requested_policy("on_try_later", "reject");
	/* Those that version 1 of the protocol began with are there, also at their default. */
	ck_assert_uint_eq(json_object_size(plain), 22);
	ck_assert_str_eq(json_string_value(json_object_get(plain, "asks_staple")), "no");
	ck_assert_str_eq(json_string_value(json_object_get(plain, "on_revoked")), "reject");
	ck_assert_ptr_null(json_object_get(plain, "on_try_later"));
	ck_assert_uint_eq(json_object_size(later), 23);
	ck_assert_str_eq(json_string_value(json_object_get(later, "on_try_later")), "reject");
	json_decref(plain);
	json_decref(later);
}
END_TEST

START_TEST(native_enforcement_has_no_policy)
{
	struct error err = ERROR_INIT;
	json_begin();
	json_t *object = make_request(true, "none");
	ck_assert_msg(json_end(&err), "%s", err.text);
	ck_assert_ptr_null(json_object_get(object, "policy"));
	ck_assert_str_eq(json_string_value(json_object_get(object, "enforcement")), "native");
	ck_assert_str_eq(json_string_value(json_object_get(object, "fetch")), "none");
	json_decref(object);
}
END_TEST

static const struct {
	const char *name;
	const char *line;
	const char *fault; /* NULL: it is taken */
	int concurrency;   /* of one that is taken */
} descriptions[] = {
	{"good",
	 "{\"protocol\": 1, \"stack\": \"s\", \"version\": \"1\", \"capabilities\": [\"crl\"], "
	 "\"max_concurrency\": 4}",
	 NULL, 4},
	{"says nothing of concurrency",
	 "{\"protocol\": 1, \"stack\": \"s\", \"version\": \"1\", \"capabilities\": []}", NULL, 1},
	{"as many at a time as are used",
	 "{\"protocol\": 1, \"stack\": \"s\", \"version\": \"1\", \"capabilities\": [], "
	 "\"max_concurrency\": 64}",
	 NULL, 64},
	{"more at a time than are used",
	 "{\"protocol\": 1, \"stack\": \"s\", \"version\": \"1\", \"capabilities\": [], "
	 "\"max_concurrency\": 65}",
	 NULL, 64},
	{"more at a time than an int holds",
	 "{\"protocol\": 1, \"stack\": \"s\", \"version\": \"1\", \"capabilities\": [], "
	 "\"max_concurrency\": 4294967298}",
	 NULL, 64},
	{"a number at a time as text",
	 "{\"protocol\": 1, \"stack\": \"s\", \"version\": \"1\", \"capabilities\": [], "
	 "\"max_concurrency\": \"4\"}",
	 "'max_concurrency'", 0},
	{"another protocol",
	 "{\"protocol\": 2, \"stack\": \"s\", \"version\": \"1\", \"capabilities\": []}",
	 "'protocol'", 0},
	{"no version", "{\"protocol\": 1, \"stack\": \"s\", \"capabilities\": []}", "'version'", 0},
	{"no capabilities", "{\"protocol\": 1, \"stack\": \"s\", \"version\": \"1\"}",
	 "'capabilities'", 0},
	{"no room",
	 "{\"protocol\": 1, \"stack\": \"s\", \"version\": \"1\", \"capabilities\": [], "
	 "\"max_concurrency\": 0}",
	 "'max_concurrency'", 0},
};

START_TEST(descriptions_are_checked)
{
	const char *name = descriptions[_i].name, *line = descriptions[_i].line;
	const char *fault = descriptions[_i].fault;
	struct error err = ERROR_INIT;
	const char *stack, *version;
	int concurrency = 0;
	json_t *object = json_parse_object(line, strlen(line), ERROR_UNABLE, &err);
	bool good = description_check(object, &stack, &version, &concurrency, &err);
	ck_assert_msg(good == (fault == NULL), "%s: %s", name, err.text);
	if (good)
		ck_assert_msg(concurrency == descriptions[_i].concurrency, "%s: %d", name,
			      concurrency);
	else
		ck_assert_msg(strstr(err.text, fault) != NULL, "%s: %s", name, err.text);
	json_decref(object);
}
END_TEST

static Suite *message_suite(void)
{
	Suite *suite = suite_create("message");
	TCase *tcase = tcase_create("message");
	tcase_add_loop_test(tcase, checks_are_checked_before_they_are_believed, 0,
			    sizeof check_rows / sizeof *check_rows);
	tcase_add_test(tcase, a_verification_says_what_is_wanted_and_no_more);
	tcase_add_loop_test(tcase, answers_are_checked_before_they_are_believed, 0,
			    (int)(sizeof rows / sizeof *rows));
	tcase_add_test(tcase, a_list_without_end_is_refused);
	tcase_add_test(tcase, a_request_says_what_is_wanted_and_no_more);
	tcase_add_test(tcase, axes_that_came_later_are_sent_when_they_are_set);
	tcase_add_test(tcase, native_enforcement_has_no_policy);
	tcase_add_loop_test(tcase, descriptions_are_checked, 0,
			    (int)(sizeof descriptions / sizeof *descriptions));
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(message_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
