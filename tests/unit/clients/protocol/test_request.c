/* Request lines: what is read, what is refused by id, and what is no request at all. */
#include "clients/protocol/request.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define START         "{\"id\": \"a\", \"connect\": {\"address\": \"127.0.0.1\", \"port\": 443}, "
#define VERIFY        "{\"id\": \"a\", \"verify\": {\"kind\": \"ocsp\", "
#define EXAMINE(kind) "{\"id\": \"a\", \"examine\": {\"kind\": \"" kind "\""
#define FETCH(what)   EXAMINE("fetch") ", \"what\": \"" what "\", \"url\": \"http://h.test/\""
#define SHAKE         NAME ", \"examine\": {\"kind\": \"handshake\""
#define NAME          START "\"server_name\": \"host.test\""

START_TEST(the_least_request_has_the_documented_defaults)
{
	struct request request;
	struct error err = ERROR_INIT;
	const char *line = NAME "}";
	ck_assert_int_eq(request_parse(&request, line, strlen(line), &err), REQUEST_READ);
	ck_assert_str_eq(request.id, "a");
	ck_assert_str_eq(request.address, "127.0.0.1");
	ck_assert_int_eq(request.port, 443);
	ck_assert_str_eq(request.server_name, "host.test");
	ck_assert_ptr_null(request.starttls);
	ck_assert_int_eq(request.tls, TLS_BIT_1_2 | TLS_BIT_1_3);
	ck_assert_ptr_nonnull(request.trust);
	ck_assert_int_eq(request.enforcement, ENFORCEMENT_APPLICATION);
	ck_assert_int_eq(request.policy.asks_staple, NO);
	ck_assert_int_eq(request.fetch, FETCH_ANY);
	ck_assert_int_eq(request.deadline_ms, 10000);
	ck_assert_ptr_null(request.evidence_dir);
	request_clear(&request);
}
END_TEST

START_TEST(every_key_arrives)
{
	struct request request;
	struct error err = ERROR_INIT;
	const char *line = "{\"id\": \"b\", \"connect\": {\"address\": \"::1\", \"port\": 25},"
			   " \"server_name\": \"mail.test\", \"starttls\": \"smtp\","
			   " \"tls\": {\"min\": \"1.2\", \"max\": \"1.2\"}, \"trust\": \"r.pem\","
			   " \"enforcement\": \"application\", \"policy\": {\"asks_staple\": true,"
			   " \"timeout_ms\": 2000}, \"fetch\": \"public\", \"deadline_ms\": 500,"
			   " \"evidence_dir\": \"e\"}";
	ck_assert_msg(request_parse(&request, line, strlen(line), &err) == REQUEST_READ, "%s",
		      err.text);
	ck_assert_str_eq(request.address, "::1");
	ck_assert_str_eq(request.starttls, "smtp");
	ck_assert_int_eq(request.tls, TLS_BIT_1_2);
	ck_assert_str_eq(request.trust, "r.pem");
	ck_assert_int_eq(request.enforcement, ENFORCEMENT_APPLICATION);
	ck_assert_int_eq(request.policy.asks_staple, YES);
	ck_assert_int_eq(request.policy.timeout_ms, 2000);
	ck_assert_int_eq(request.fetch, FETCH_PUBLIC);
	ck_assert_int_eq(request.deadline_ms, 500);
	ck_assert_str_eq(request.evidence_dir, "e");
	request_clear(&request);
	request_clear(NULL);
}
END_TEST

START_TEST(a_verification_arrives)
{
	struct request request;
	struct error err = ERROR_INIT;
	const char *line = VERIFY "\"bytes\": \"MAMKAQY=\", \"certificate\": \"c\", \"issuer\": "
				  "\"i\", \"chain\": \"h\", \"trust\": \"t\"}, \"at\": 1355875200, "
				  "\"policy\": {\"certid_hash\": \"any\"}}";
	ck_assert_msg(request_parse(&request, line, strlen(line), &err) == REQUEST_READ, "%s",
		      err.text);
	const struct verification *wanted = &request.verification;
	ck_assert(wanted->wanted);
	ck_assert_int_eq(wanted->kind, VERIFICATION_OCSP);
	ck_assert_uint_eq(wanted->len, 5);
	ck_assert_mem_eq(wanted->bytes, "\x30\x03\x0a\x01\x06", 5);
	ck_assert_str_eq(wanted->certificate, "c");
	ck_assert_str_eq(wanted->issuer, "i");
	ck_assert_str_eq(wanted->chain, "h");
	ck_assert_str_eq(wanted->trust, "t");
	ck_assert(wanted->has_time);
	ck_assert_int_eq(wanted->at_s, 1355875200);
	ck_assert_int_eq(request.policy.certid_hash, CERTID_HASH_ANY);
	ck_assert_ptr_null(request.address);
	request_clear(&request);
}
END_TEST

START_TEST(an_examined_handshake_arrives)
{
	struct request request;
	struct error err = ERROR_INIT;
	const char *line = NAME ", \"trust\": \"r.pem\", \"tls\": {\"max\": \"1.2\"}, "
				"\"deadline_ms\": 7, \"examine\": {\"kind\": \"handshake\", "
				"\"asks_staple\": false, \"http\": true}}";
	ck_assert_msg(request_parse(&request, line, strlen(line), &err) == REQUEST_READ, "%s",
		      err.text);
	const struct examination *wanted = &request.examination;
	ck_assert(wanted->wanted);
	ck_assert_int_eq(wanted->kind, EXAMINATION_HANDSHAKE);
	ck_assert(!wanted->asks_staple);
	ck_assert(wanted->asks_http);
	ck_assert_str_eq(request.server_name, "host.test");
	ck_assert_int_eq(request.tls, TLS_BIT_1_2);
	ck_assert_int_eq(request.deadline_ms, 7);
	ck_assert(!request.verification.wanted);
	request_clear(&request);
}
END_TEST

START_TEST(an_examined_handshake_asks_for_a_staple_and_no_more_by_default)
{
	struct request request;
	struct error err = ERROR_INIT;
	const char *line = SHAKE "}}";
	ck_assert_int_eq(request_parse(&request, line, strlen(line), &err), REQUEST_READ);
	ck_assert(request.examination.asks_staple);
	ck_assert(!request.examination.asks_http);
	request_clear(&request);
}
END_TEST

START_TEST(an_examined_fetch_arrives)
{
	struct request request;
	struct error err = ERROR_INIT;
	const char *line = FETCH("ocsp") ", \"method\": \"post\", \"certificate\": \"c\", "
					 "\"issuer\": \"i\"}, \"fetch\": \"public\"}";
	ck_assert_msg(request_parse(&request, line, strlen(line), &err) == REQUEST_READ, "%s",
		      err.text);
	const struct examination *wanted = &request.examination;
	ck_assert_int_eq(wanted->kind, EXAMINATION_FETCH);
	ck_assert_int_eq(wanted->what, EXAMINATION_OCSP);
	ck_assert_int_eq(wanted->method, OCSP_METHOD_POST);
	ck_assert_str_eq(wanted->url, "http://h.test/");
	ck_assert_str_eq(wanted->certificate, "c");
	ck_assert_str_eq(wanted->issuer, "i");
	ck_assert_ptr_null(wanted->file);
	ck_assert_int_eq(request.fetch, FETCH_PUBLIC);
	request_clear(&request);
}
END_TEST

struct row {
	const char *name;
	const char *line;
	enum request_verdict verdict;
	const char *text; /* in the error; NULL when read */
};

static const struct row rows[] = {
	{"a proxy", NAME ", \"proxy\": {\"address\": \"::1\", \"port\": 3128}}", REQUEST_READ,
	 NULL},
	{"null for no proxy", NAME ", \"proxy\": null}", REQUEST_READ, NULL},
	{"a proxy by its name", NAME ", \"proxy\": {\"address\": \"proxy\", \"port\": 3128}}",
	 REQUEST_UNSUPPORTED, "'proxy.address': invalid numeric"},
	{"a proxy without a port", NAME ", \"proxy\": {\"address\": \"::1\"}}", REQUEST_UNSUPPORTED,
	 "'proxy.port'"},
	{"a proxy with a user",
	 NAME ", \"proxy\": {\"address\": \"::1\", \"port\": 1, \"user\": \"me\"}}",
	 REQUEST_UNSUPPORTED, "user"},
	{"a name behind a proxy",
	 "{\"id\": \"a\", \"connect\": {\"address\": \"www.test\", \"port\": 1}, \"server_name\": "
	 "\"h\","
	 " \"proxy\": {\"address\": \"::1\", \"port\": 1}}",
	 REQUEST_READ, NULL},
	{"a header behind a proxy",
	 "{\"id\": \"a\", \"connect\": {\"address\": \"a\\r\\nb: c\", \"port\": 1}, "
	 "\"server_name\": \"h\","
	 " \"proxy\": {\"address\": \"::1\", \"port\": 1}}",
	 REQUEST_UNSUPPORTED, "neither an address nor a host name"},
	{"null for no starttls", NAME ", \"starttls\": null}", REQUEST_READ, NULL},
	{"null for no evidence", NAME ", \"evidence_dir\": null}", REQUEST_READ, NULL},
	{"only TLS 1.3", NAME ", \"tls\": {\"min\": \"1.3\"}}", REQUEST_READ, NULL},

	{"native", NAME ", \"enforcement\": \"native\"}", REQUEST_READ, NULL},
	{"native without axes", NAME ", \"enforcement\": \"native\", \"policy\": {}}", REQUEST_READ,
	 NULL},
	{"native with an axis", NAME ", \"policy\": {\"skew_s\": 0}, \"enforcement\": \"native\"}",
	 REQUEST_UNSUPPORTED, "native enforcement takes no axes"},

	{"empty line", "", REQUEST_BROKEN, "not JSON"},
	{"no JSON", "hello", REQUEST_BROKEN, "not JSON"},
	{"a list", "[]", REQUEST_BROKEN, "object"},
	{"no id", "{\"server_name\": \"x\"}", REQUEST_BROKEN, "'id'"},
	{"an empty id", "{\"id\": \"\"}", REQUEST_BROKEN, "'id'"},
	{"a number as id", "{\"id\": 1}", REQUEST_BROKEN, "'id'"},
	{"a NUL in the id", "{\"id\": \"a\\u0000b\"}", REQUEST_BROKEN, "'id'"},
	{"a key twice", "{\"id\": \"a\", \"id\": \"b\"}", REQUEST_BROKEN, "not JSON"},

	{"an unknown key", NAME ", \"polisy\": {}}", REQUEST_UNSUPPORTED, "unknown key 'polisy'"},
	{"no connect", "{\"id\": \"a\", \"server_name\": \"x\"}", REQUEST_UNSUPPORTED,
	 "'connect' is missing"},
	{"no server name", START "\"trust\": \"x\"}", REQUEST_UNSUPPORTED,
	 "'server_name' is missing"},
	{"a name to be resolved",
	 "{\"id\": \"a\", \"connect\": {\"address\": \"localhost\", \"port\": 1}, \"server_name\": "
	 "\"x\"}",
	 REQUEST_UNSUPPORTED, "invalid numeric address"},
	{"port 0",
	 "{\"id\": \"a\", \"connect\": {\"address\": \"127.0.0.1\", \"port\": 0}, \"server_name\": "
	 "\"x\"}",
	 REQUEST_UNSUPPORTED, "'connect.port'"},
	{"port 65536",
	 "{\"id\": \"a\", \"connect\": {\"address\": \"::1\", \"port\": 65536}, \"server_name\": "
	 "\"x\"}",
	 REQUEST_UNSUPPORTED, "'connect.port'"},
	{"a port as text",
	 "{\"id\": \"a\", \"connect\": {\"address\": \"::1\", \"port\": \"443\"}, \"server_name\": "
	 "\"x\"}",
	 REQUEST_UNSUPPORTED, "'connect.port'"},
	{"an unknown key of connect",
	 "{\"id\": \"a\", \"connect\": {\"address\": \"::1\", \"port\": 1, \"via\": 2}, "
	 "\"server_name\": \"x\"}",
	 REQUEST_UNSUPPORTED, "connect: unknown key 'via'"},
	{"connect as text",
	 "{\"id\": \"a\", \"connect\": \"127.0.0.1:443\", \"server_name\": \"x\"}",
	 REQUEST_UNSUPPORTED, "'connect' is an object"},
	{"a NUL in the server name", START "\"server_name\": \"a\\u0000.test\"}",
	 REQUEST_UNSUPPORTED, "'server_name'"},
	{"TLS 1.1", NAME ", \"tls\": {\"min\": \"1.1\"}}", REQUEST_UNSUPPORTED, "'tls.min'"},
	{"TLS versions the wrong way round",
	 NAME ", \"tls\": {\"min\": \"1.3\", \"max\": \"1.2\"}}", REQUEST_UNSUPPORTED,
	 "tls.min is above tls.max"},
	{"an unknown enforcement", NAME ", \"enforcement\": \"external\"}", REQUEST_UNSUPPORTED,
	 "unknown enforcement 'external'"},
	{"an unknown fetch rule", NAME ", \"fetch\": \"some\"}", REQUEST_UNSUPPORTED,
	 "unknown fetch rule 'some'"},
	{"an unknown axis", NAME ", \"policy\": {\"frobnicates\": true}}", REQUEST_UNSUPPORTED,
	 "unknown axis 'frobnicates'"},
	{"an unknown value", NAME ", \"policy\": {\"checks_staple\": \"half\"}}",
	 REQUEST_UNSUPPORTED, "'half'"},
	{"a contradiction", NAME ", \"policy\": {\"requires_staple\": true}}", REQUEST_UNSUPPORTED,
	 "contradict"},
	{"a policy that is no object", NAME ", \"policy\": \"soft-fail\"}", REQUEST_UNSUPPORTED,
	 "a policy is an object"},
	{"no deadline at all", NAME ", \"deadline_ms\": 0}", REQUEST_UNSUPPORTED, "'deadline_ms'"},
	{"a deadline next week", NAME ", \"deadline_ms\": 604800000}", REQUEST_UNSUPPORTED,
	 "'deadline_ms'"},
	{"a verification", VERIFY "\"bytes\": \"MAA=\"}}", REQUEST_READ, NULL},
	{"a verification with all that it may have",
	 VERIFY "\"bytes\": \"MAA=\", \"certificate\": \"c\", \"issuer\": \"i\", \"chain\": "
		"null, \"trust\": \"t\"}, \"at\": 0, \"policy\": {\"skew_s\": 1}}",
	 REQUEST_READ, NULL},
	{"a verification and a connection", START "\"verify\": {}}", REQUEST_UNSUPPORTED,
	 "'connect' does not go with 'verify'"},
	{"a verification that fetches", VERIFY "\"bytes\": \"MAA=\"}, \"fetch\": \"any\"}",
	 REQUEST_UNSUPPORTED, "'fetch' does not go with 'verify'"},
	{"a time for a connection", NAME ", \"at\": 1}", REQUEST_UNSUPPORTED,
	 "'at' does not go with 'connect'"},
	{"a verification of nothing", VERIFY "\"issuer\": \"i\"}}", REQUEST_UNSUPPORTED,
	 "one of the keys 'bytes' and 'file'"},
	{"a verification of two things", VERIFY "\"bytes\": \"MAA=\", \"file\": \"f\"}}",
	 REQUEST_UNSUPPORTED, "one of the keys 'bytes' and 'file'"},
	{"a verification of no base64", VERIFY "\"bytes\": \"?\"}}", REQUEST_UNSUPPORTED, "base64"},
	{"a verification of a file that is not there", VERIFY "\"file\": \"/nowhere/f\"}}",
	 REQUEST_UNSUPPORTED, "/nowhere/f"},
	{"a verification of another kind", "{\"id\": \"a\", \"verify\": {\"kind\": \"jpeg\"}}",
	 REQUEST_UNSUPPORTED, "'verify.kind'"},
	{"an unknown key of a verification", VERIFY "\"bytes\": \"MAA=\", \"mood\": 1}}",
	 REQUEST_UNSUPPORTED, "verify: unknown key 'mood'"},
	{"an empty certificate", VERIFY "\"bytes\": \"MAA=\", \"certificate\": \"\"}}",
	 REQUEST_UNSUPPORTED, "'verify.certificate'"},
	{"a CRL for no certificate",
	 "{\"id\": \"a\", \"verify\": {\"kind\": \"crl\", \"bytes\": \"MAA=\"}}",
	 REQUEST_UNSUPPORTED, "'verify.certificate' is missing"},
	{"a time before 1970", VERIFY "\"bytes\": \"MAA=\"}, \"at\": -1}", REQUEST_UNSUPPORTED,
	 "'at'"},
	{"a verification that is no object", "{\"id\": \"a\", \"verify\": 1}", REQUEST_UNSUPPORTED,
	 "'verify' is an object"},
	{"examined certificates", EXAMINE("certificates") ", \"bytes\": \"MAA=\"}}", REQUEST_READ,
	 NULL},
	{"an examined list", FETCH("crl") ", \"file\": \"/f\"}}", REQUEST_READ, NULL},
	{"an examined issuer", FETCH("issuer") "}, \"proxy\": null, \"deadline_ms\": 9}",
	 REQUEST_READ, NULL},
	{"an examination that is no object", "{\"id\": \"a\", \"examine\": true}",
	 REQUEST_UNSUPPORTED, "'examine' is an object"},
	{"an examination of no kind", "{\"id\": \"a\", \"examine\": {}}", REQUEST_UNSUPPORTED,
	 "'examine.kind'"},
	{"an examination of another kind", EXAMINE("palm") "}}", REQUEST_UNSUPPORTED,
	 "'examine.kind'"},
	{"an examination and a verification",
	 "{\"id\": \"a\", \"verify\": {\"kind\": \"ocsp\", \"bytes\": \"MAA=\"}, \"examine\": "
	 "{\"kind\": \"handshake\"}}",
	 REQUEST_UNSUPPORTED, "'examine' does not go with 'verify'"},
	{"an unknown key of a handshake", SHAKE ", \"url\": \"x\"}}", REQUEST_UNSUPPORTED,
	 "examine: unknown key 'url'"},
	{"a handshake without an address", EXAMINE("handshake") "}}", REQUEST_UNSUPPORTED,
	 "'connect' is missing"},
	{"a handshake under a policy", SHAKE "}, \"policy\": {}}", REQUEST_UNSUPPORTED,
	 "'policy' does not go with an examination of the kind 'handshake'"},
	{"a handshake more than once", SHAKE "}, \"connections\": 1}", REQUEST_UNSUPPORTED,
	 "'connections' does not go with"},
	{"a flag as text", SHAKE ", \"http\": \"yes\"}}", REQUEST_UNSUPPORTED, "'examine.http'"},
	{"a flag as null", SHAKE ", \"asks_staple\": null}}", REQUEST_UNSUPPORTED,
	 "'examine.asks_staple'"},
	{"HTTP behind a mail server's prologue", SHAKE ", \"http\": true}, \"starttls\": \"smtp\"}",
	 REQUEST_UNSUPPORTED, "'examine.http' does not go with 'starttls'"},
	{"HTTP with a field more",
	 START "\"server_name\": \"a\\r\\nb: c\", \"examine\": {\"kind\": \"handshake\", "
	       "\"http\": true}}",
	 REQUEST_UNSUPPORTED, "'server_name' is neither"},
	{"HTTP to an address",
	 START "\"server_name\": \"::1\", \"examine\": {\"kind\": \"handshake\", \"http\": "
	       "true}}",
	 REQUEST_READ, NULL},
	{"certificates of a server",
	 START "\"examine\": {\"kind\": \"certificates\", \"bytes\": \"MAA=\"}}",
	 REQUEST_UNSUPPORTED, "'connect' does not go with an examination"},
	{"certificates within a time",
	 EXAMINE("certificates") ", \"bytes\": \"MAA=\"}, \"deadline_ms\": 9}", REQUEST_UNSUPPORTED,
	 "'deadline_ms' does not go with"},
	{"no certificates", EXAMINE("certificates") "}}", REQUEST_UNSUPPORTED, "'examine.bytes'"},
	{"certificates in no base64", EXAMINE("certificates") ", \"bytes\": \"?\"}}",
	 REQUEST_UNSUPPORTED, "'examine.bytes'"},
	{"a fetch of something else", FETCH("cake") "}}", REQUEST_UNSUPPORTED, "'examine.what'"},
	{"a fetch from nowhere", EXAMINE("fetch") ", \"what\": \"issuer\"}}", REQUEST_UNSUPPORTED,
	 "'examine.url'"},
	{"a fetch for a server name", FETCH("issuer") "}, \"server_name\": \"x\"}",
	 REQUEST_UNSUPPORTED, "'server_name' does not go with"},
	{"a question in no way", FETCH("ocsp") ", \"certificate\": \"c\", \"issuer\": \"i\"}}",
	 REQUEST_UNSUPPORTED, "'examine.method'"},
	{"a question in whichever way", FETCH("ocsp") ", \"method\": \"auto\"}}",
	 REQUEST_UNSUPPORTED, "'examine.method'"},
	{"a question without a certificate", FETCH("ocsp") ", \"method\": \"get\"}}",
	 REQUEST_UNSUPPORTED, "'examine.certificate'"},
	{"a question to no issuer", FETCH("ocsp") ", \"method\": \"get\", \"certificate\": \"c\"}}",
	 REQUEST_UNSUPPORTED, "'examine.issuer'"},
	{"a list that goes nowhere", FETCH("crl") "}}", REQUEST_UNSUPPORTED, "'examine.file'"},
	{"a list to standard output", FETCH("crl") ", \"file\": \"-\"}}", REQUEST_UNSUPPORTED,
	 "absolute path"},
	{"a list by a method", FETCH("crl") ", \"file\": \"/f\", \"method\": \"get\"}}",
	 REQUEST_UNSUPPORTED, "examine: unknown key 'method'"},
	{"an issuer into a file", FETCH("issuer") ", \"file\": \"/f\"}}", REQUEST_UNSUPPORTED,
	 "examine: unknown key 'file'"},
	{"a number for trust", NAME ", \"trust\": 1}", REQUEST_UNSUPPORTED, "'trust'"},
	{"an empty starttls", NAME ", \"starttls\": \"\"}", REQUEST_UNSUPPORTED, "'starttls'"},
};

START_TEST(judges_the_line_as_the_row_says)
{
	const struct row *row = &rows[_i];
	struct request request;
	struct error err = ERROR_INIT;
	enum request_verdict verdict = request_parse(&request, row->line, strlen(row->line), &err);
	ck_assert_msg(verdict == row->verdict, "%s: %d, %s", row->name, verdict, err.text);
	if (row->text != NULL)
		ck_assert_msg(strstr(err.text, row->text) != NULL, "%s: %s", row->name, err.text);
	if (verdict == REQUEST_UNSUPPORTED) {
		ck_assert_str_eq(request.id, "a");
		ck_assert_ptr_null(request.address);
		ck_assert_ptr_null(request.trust);
	}
	if (verdict == REQUEST_BROKEN)
		ck_assert_ptr_null(request.id);
	request_clear(&request);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("request");
	TCase *cases = tcase_create("request");
	tcase_add_test(cases, the_least_request_has_the_documented_defaults);
	tcase_add_test(cases, every_key_arrives);
	tcase_add_test(cases, a_verification_arrives);
	tcase_add_test(cases, an_examined_handshake_arrives);
	tcase_add_test(cases, an_examined_handshake_asks_for_a_staple_and_no_more_by_default);
	tcase_add_test(cases, an_examined_fetch_arrives);
	tcase_add_loop_test(cases, judges_the_line_as_the_row_says, 0,
			    sizeof rows / sizeof rows[0]);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
