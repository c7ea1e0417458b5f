/* Examinations as lines: what is asked for, and which answers are believed. */
#include "harness/drive/message_examination.h"

#include "core/json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Whole answers, from which each row takes away or changes one thing. */
static const char *const wholes[NUM_EXAMINATION_KINDS] = {
	[EXAMINATION_HANDSHAKE] =
		"{\"examination\": {\"kind\": \"handshake\", \"completed\": true, \"reason\": "
		"\"tls-alert\", \"stage\": \"after-handshake\", \"detail\": \"d\", \"native\": "
		"{\"library\": \"l\", \"code\": -1, \"name\": \"\", \"text\": \"t\"}, \"alert\": "
		"{\"direction\": \"received\", \"number\": 116, \"name\": "
		"\"certificate_required\"}, \"tls\": {\"version\": \"1.3\", \"cipher\": \"c\"}, "
		"\"sent\": [\"MAA=\"], \"num_sent\": 1, \"chain\": {\"verified\": false, "
		"\"reason\": \"chain-expired\", \"error\": \"e\", \"depth\": 0, "
		"\"certificates\": []}, \"staples\": [{\"depth\": 0, \"bytes\": \"\"}], "
		"\"client_certificate\": \"required\", \"greeting\": null, \"http_server\": null, "
		"\"timing_us\": {\"connect\": 1, \"handshake\": 2}, \"local_port\": 5, \"mood\": "
		"1}}",
	[EXAMINATION_CERTIFICATES] =
		"{\"examination\": {\"kind\": \"certificates\", \"certificates\": [{\"sha256\": "
		"\"" DIGEST "\", \"pem\": \"p\", \"subject\": \"s\", \"issuer\": \"i\", "
		"\"common_name\": null, \"serial\": \"1\", \"not_before\": \"t\", \"not_after\": "
		"\"t\", \"names\": [\"n\"], \"is_ca\": true, \"self_signed\": true, "
		"\"must_staple\": false, \"no_rev_avail\": false, \"ocsp_signing\": false, "
		"\"ocsp_urls\": [], \"crl_urls\": [], \"issuer_urls\": [\"u\"], \"key_id\": "
		"null, \"issuer_key_id\": null, \"key\": \"EC P-256\", \"unusable_urls\": "
		"[{\"kind\": \"crl\", \"url\": \"ldap:///\", \"why\": \"scheme\"}]}]}}",
	[EXAMINATION_FETCH] =
		"{\"examination\": {\"kind\": \"fetch\", \"url\": \"u\", \"method\": \"post\", "
		"\"layer\": \"answer\", \"http_status\": 200, \"content_type\": null, \"date\": "
		"\"t\", \"address\": \"::1\", \"redirects\": 0, \"ms\": 1, \"ms_dns\": 0, "
		"\"ms_connect\": 0, \"text\": null, \"length\": 2, \"sha256\": \"" DIGEST "\", "
		"\"bytes\": \"MAA=\"}}",
};

struct row {
	const char *name;
	enum examination_kind kind;
	const char *path;  /* to the object, from the examination: "chain", "staples.0" */
	const char *key;   /* NULL: nothing is changed */
	const char *value; /* JSON; NULL: it is taken away */
	const char *fault; /* in the error; NULL: it is believed */
};

static const struct row rows[] = {
	{"a handshake", EXAMINATION_HANDSHAKE, "", NULL, NULL, NULL},
	{"certificates", EXAMINATION_CERTIFICATES, "", NULL, NULL, NULL},
	{"a fetch", EXAMINATION_FETCH, "", NULL, NULL, NULL},
	{"nothing wrong", EXAMINATION_HANDSHAKE, "", "reason", "null", NULL},
	{"no alert", EXAMINATION_HANDSHAKE, "", "alert", "null", NULL},
	{"no TLS", EXAMINATION_HANDSHAKE, "", "tls", "null", NULL},
	{"no body", EXAMINATION_FETCH, "", "bytes", "null", NULL},
	{"cut", EXAMINATION_HANDSHAKE, "", "cut", "true", NULL},

	{"no kind", EXAMINATION_FETCH, "", "kind", NULL, "'kind'"},
	{"another kind", EXAMINATION_FETCH, "", "kind", "\"palm\"", "invalid kind 'palm'"},
	{"no reason", EXAMINATION_HANDSHAKE, "", "reason", NULL, "'reason'"},
	{"a reason that is none", EXAMINATION_HANDSHAKE, "", "reason", "\"bored\"", "bored"},
	{"a stage that is none", EXAMINATION_HANDSHAKE, "", "stage", "\"later\"", "later"},
	{"a wish that is none", EXAMINATION_HANDSHAKE, "", "client_certificate", "\"yes\"", "yes"},
	{"completed as text", EXAMINATION_HANDSHAKE, "", "completed", "\"yes\"",
	 "'examination.completed'"},
	{"completed as null", EXAMINATION_HANDSHAKE, "", "completed", "null",
	 "'examination.completed'"},
	{"no chain", EXAMINATION_HANDSHAKE, "", "chain", NULL, "'examination.chain' is missing"},
	{"a chain of text", EXAMINATION_HANDSHAKE, "", "chain", "\"x\"", "'examination.chain'"},
	{"a chain without a word", EXAMINATION_HANDSHAKE, "chain", "verified", NULL,
	 "'chain.verified'"},
	{"a chain for another reason", EXAMINATION_HANDSHAKE, "chain", "reason", "1", "'reason'"},
	{"a depth below", EXAMINATION_HANDSHAKE, "chain", "depth", "-1", "'chain.depth'"},
	{"a certificate in no base64", EXAMINATION_HANDSHAKE, "", "sent", "[\"MAA\"]",
	 "'examination.sent'"},
	{"a certificate as a number", EXAMINATION_HANDSHAKE, "", "sent", "[1]",
	 "'examination.sent'"},
	{"fewer than none", EXAMINATION_HANDSHAKE, "", "num_sent", "-1", "'examination.num_sent'"},
	{"a staple as text", EXAMINATION_HANDSHAKE, "", "staples", "[\"MAA=\"]",
	 "'examination.staples'"},
	{"a staple in no base64", EXAMINATION_HANDSHAKE, "staples.0", "bytes", "\"?\"",
	 "'staples.bytes'"},
	{"a staple without depth", EXAMINATION_HANDSHAKE, "staples.0", "depth", NULL,
	 "'staples.depth'"},
	{"an alert from nowhere", EXAMINATION_HANDSHAKE, "alert", "direction", "\"up\"", "up"},
	{"an alert without a number", EXAMINATION_HANDSHAKE, "alert", "number", NULL,
	 "'alert.number'"},
	{"native words as a number", EXAMINATION_HANDSHAKE, "native", "text", "1", "'native.text'"},
	{"TLS of a number", EXAMINATION_HANDSHAKE, "tls", "version", "1.3", "'tls.version'"},
	{"no time", EXAMINATION_HANDSHAKE, "timing_us", "connect", NULL, "'timing_us.connect'"},
	{"a greeting that is no text", EXAMINATION_HANDSHAKE, "", "greeting", "[]",
	 "'examination.greeting'"},
	{"no certificates", EXAMINATION_CERTIFICATES, "", "certificates", NULL,
	 "'examination.certificates'"},
	{"a digest that is short", EXAMINATION_CERTIFICATES, "certificates.0", "sha256", "\"00\"",
	 "'certificates.sha256'"},
	{"no PEM", EXAMINATION_CERTIFICATES, "certificates.0", "pem", "null", "'certificates.pem'"},
	{"names that are numbers", EXAMINATION_CERTIFICATES, "certificates.0", "names", "[1]",
	 "'certificates.names'"},
	{"URLs in one", EXAMINATION_CERTIFICATES, "certificates.0", "ocsp_urls", "\"u\"",
	 "'certificates.ocsp_urls'"},
	{"an unusable URL that is none", EXAMINATION_CERTIFICATES, "certificates.0.unusable_urls.0",
	 "url", "1", "'certificates.unusable_urls.url'"},
	{"a fault of a URL that is none", EXAMINATION_CERTIFICATES,
	 "certificates.0.unusable_urls.0", "why", "\"ugly\"", "ugly"},
	{"a pointer to nothing", EXAMINATION_CERTIFICATES, "certificates.0.unusable_urls.0", "kind",
	 "\"root\"", "root"},
	{"a CA as text", EXAMINATION_CERTIFICATES, "certificates.0", "is_ca", "\"no\"",
	 "'certificates.is_ca'"},
	{"a method that is none", EXAMINATION_FETCH, "", "method", "\"POST\"", "POST"},
	{"a layer that is none", EXAMINATION_FETCH, "", "layer", "\"tcp\"", "tcp"},
	{"a length below", EXAMINATION_FETCH, "", "length", "-2", "'examination.length'"},
	{"a body in no base64", EXAMINATION_FETCH, "", "bytes", "\"***\"", "'examination.bytes'"},
	{"a digest in capitals", EXAMINATION_FETCH, "", "sha256",
	 "\""
	 "A"
	 "\"",
	 "'examination.sha256'"},
	{"no date", EXAMINATION_FETCH, "", "date", NULL, "'examination.date' is missing"},
};

static json_t *object_at(json_t *examination, const char *path)
{
	char names[64], *rest = NULL;
	json_t *found = examination;
	snprintf(names, sizeof names, "%s", path);
	for (char *name = strtok_r(names, ".", &rest); name != NULL;
	     name = strtok_r(NULL, ".", &rest))
		found = strcmp(name, "0") == 0 ? json_array_get(found, 0)
					       : json_object_get(found, name);
	return found;
}

static json_t *make(const struct row *row)
{
	struct error err = ERROR_INIT;
	const char *whole = wholes[row->kind];
	json_t *object = json_parse_object(whole, strlen(whole), ERROR_UNABLE, &err);
	ck_assert_msg(object != NULL, "%s", err.text);
	json_t *at = object_at(json_object_get(object, "examination"), row->path);
	ck_assert_msg(json_is_object(at), "%s", row->name);
	if (row->key != NULL && row->value == NULL)
		json_object_del(at, row->key);
	if (row->value != NULL)
		json_object_set_new(at, row->key, json_loads(row->value, JSON_DECODE_ANY, NULL));
	return object;
}

START_TEST(examinations_are_checked_before_they_are_believed)
{
	const struct row *row = &rows[_i];
	struct error err = ERROR_INIT;
	struct answer answer;
	bool taken = answer_take_examination(&answer, make(row), &err);
	ck_assert_msg(taken == (row->fault == NULL), "%s: %s", row->name, err.text);
	if (taken)
		ck_assert(json_is_object(answer.examination));
	else
		ck_assert_msg(strstr(err.text, row->fault) != NULL, "%s: %s", row->name, err.text);
	answer_clear(&answer);
}
END_TEST

struct refusal {
	const char *line;
	const char *fault; /* NULL: it is believed */
};

static const struct refusal refusals[] = {
	{"{\"outcome\": \"error\", \"reason\": \"chain-invalid\", \"detail\": \"d\"}", NULL},
	{"{\"outcome\": \"unsupported\", \"reason\": \"policy-unsupported\"}", NULL},
	{"{\"outcome\": \"warn\", \"reason\": \"status-good\"}", "'examination' is missing"},
	{"{}", "'outcome'"},
	{"{\"examination\": []}", "'examination' is not an object"},
	{"{\"examination\": null}", "'examination' is not an object"},
};

START_TEST(why_there_is_none_is_no_verdict)
{
	const struct refusal *row = &refusals[_i];
	struct error err = ERROR_INIT;
	struct answer answer;
	json_t *object = json_parse_object(row->line, strlen(row->line), ERROR_UNABLE, &err);
	bool taken = answer_take_examination(&answer, object, &err);
	ck_assert_msg(taken == (row->fault == NULL), "%s: %s", row->line, err.text);
	if (taken)
		ck_assert_ptr_null(answer.examination);
	else
		ck_assert_msg(strstr(err.text, row->fault) != NULL, "%s", err.text);
	answer_clear(&answer);
}
END_TEST

static void compare(json_t *object, const char *expected)
{
	json_t *wanted = json_loads(expected, 0, NULL);
	ck_assert_ptr_nonnull(wanted);
	char *shown = json_dumps(object, JSON_SORT_KEYS);
	ck_assert_msg(json_equal(object, wanted), "%s", shown);
	free(shown);
	json_decref(wanted);
	json_decref(object);
}

START_TEST(a_handshake_is_asked_for_whole)
{
	compare(message_examination_to_json(&(struct message_examination){
			.id = "1",
			.kind = EXAMINATION_HANDSHAKE,
			.address = "::1",
			.port = 25,
			.server_name = "h",
			.starttls = "smtp",
			.tls_max = "1.2",
			.trust = "/t",
			.proxy = "192.0.2.1",
			.proxy_port = 3128,
			.deadline_ms = 9,
			.asks_staple = true,
		}),
		"{\"id\": \"1\", \"connect\": {\"address\": \"::1\", \"port\": 25}, "
		"\"server_name\": \"h\", \"starttls\": \"smtp\", \"tls\": {\"max\": \"1.2\"}, "
		"\"trust\": \"/t\", \"proxy\": {\"address\": \"192.0.2.1\", \"port\": 3128}, "
		"\"deadline_ms\": 9, \"examine\": {\"kind\": \"handshake\", \"asks_staple\": true, "
		"\"http\": false}}");
}
END_TEST

START_TEST(only_what_goes_with_a_kind_is_sent)
{
	struct message_examination wanted = {
		.id = "1",
		.kind = EXAMINATION_CERTIFICATES,
		.address = "::1",
		.proxy = "::1",
		.deadline_ms = 9,
		.bytes = "MAA=",
		.url = "u",
		.file = "/f",
		.certificate = "c",
		.issuer = "i",
		.what = EXAMINATION_CRL,
	};
	compare(message_examination_to_json(&wanted),
		"{\"id\": \"1\", \"examine\": {\"kind\": \"certificates\", \"bytes\": \"MAA=\"}}");
	wanted.kind = EXAMINATION_FETCH;
	wanted.proxy = NULL;
	compare(message_examination_to_json(&wanted),
		"{\"id\": \"1\", \"deadline_ms\": 9, \"examine\": {\"kind\": \"fetch\", \"what\": "
		"\"crl\", \"url\": \"u\", \"file\": \"/f\"}}");
	wanted.what = EXAMINATION_ISSUER;
	wanted.fetch = "public";
	compare(message_examination_to_json(&wanted),
		"{\"id\": \"1\", \"deadline_ms\": 9, \"fetch\": \"public\", \"examine\": "
		"{\"kind\": "
		"\"fetch\", \"what\": \"issuer\", \"url\": \"u\"}}");
	wanted.what = EXAMINATION_OCSP;
	wanted.fetch = NULL;
	compare(message_examination_to_json(&wanted),
		"{\"id\": \"1\", \"deadline_ms\": 9, \"examine\": {\"kind\": \"fetch\", \"what\": "
		"\"ocsp\", \"url\": \"u\", \"method\": \"get\", \"certificate\": \"c\", "
		"\"issuer\": "
		"\"i\"}}");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("message_examination");
	TCase *cases = tcase_create("message_examination");
	tcase_add_loop_test(cases, examinations_are_checked_before_they_are_believed, 0,
			    sizeof rows / sizeof *rows);
	tcase_add_loop_test(cases, why_there_is_none_is_no_verdict, 0,
			    sizeof refusals / sizeof *refusals);
	tcase_add_test(cases, a_handshake_is_asked_for_whole);
	tcase_add_test(cases, only_what_goes_with_a_kind_is_sent);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
