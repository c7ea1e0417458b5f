/* Answer lines: every documented key is there, what is absent is null, and foreign bytes
 * cannot break the line. */
#include "clients/protocol/answer.h"

#include "core/json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct observation nothing_seen = {
	.outcome = OUTCOME_ERROR,
	.reason = REASON_CONNECT_REFUSED,
	.stage = STAGE_CONNECT,
	.alert_number = -1,
	.chain_depth = -1,
};

/* Writes, checks that it is one line, and reads it again. */
static json_t *write_and_read(const struct observation *seen)
{
	struct text line;
	struct error err = ERROR_INIT;
	text_init(&line, 0);
	ck_assert(answer_append(&line, "id-1", seen));
	const char *string = text_string(&line);
	ck_assert_ptr_eq(strchr(string, '\n'), string + line.len - 1);
	json_t *object = json_parse_object(string, line.len, ERROR_UNABLE, &err);
	ck_assert_msg(object != NULL, "%s", err.text);
	text_clear(&line);
	return object;
}

/* "a.b" or "a.0.b". Borrowed. */
static json_t *at(json_t *value, const char *path)
{
	char copy[128], *rest = NULL;
	snprintf(copy, sizeof copy, "%s", path);
	for (char *part = strtok_r(copy, ".", &rest); part != NULL;
	     part = strtok_r(NULL, ".", &rest))
		value = json_is_array(value) ? json_array_get(value, (size_t)atoi(part))
					     : json_object_get(value, part);
	ck_assert_msg(value != NULL, "no '%s'", path);
	return value;
}

static void expect_text(json_t *object, const char *path, const char *expected)
{
	const char *got = json_string_value(at(object, path));
	ck_assert_msg(got != NULL && strcmp(got, expected) == 0, "%s: '%s'", path,
		      got != NULL ? got : "no text");
}

static void expect_number(json_t *object, const char *path, json_int_t expected)
{
	ck_assert_msg(json_is_integer(at(object, path)), "%s", path);
	ck_assert_int_eq(json_integer_value(at(object, path)), expected);
}

START_TEST(what_is_absent_is_null)
{
	static const char *const nulls[] = {"native",      "alert",      "certificate",
					    "tls.version", "tls.cipher", "chain.error",
					    "chain.depth", "local_port"};
	json_t *object = write_and_read(&nothing_seen);
	expect_text(object, "id", "id-1");
	expect_text(object, "outcome", "error");
	expect_text(object, "reason", "connect-refused");
	expect_text(object, "stage", "connect");
	expect_text(object, "assurance", "none");
	for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
		ck_assert_msg(json_is_null(at(object, nulls[i])), "%s", nulls[i]);
	ck_assert(json_is_false(at(object, "chain.verified")));
	ck_assert_uint_eq(json_array_size(at(object, "staples")), 0);
	ck_assert_uint_eq(json_array_size(at(object, "fetches")), 0);
	expect_number(object, "timing_us.total", 0);
	json_decref(object);
}
END_TEST

static void see_everything(struct observation *seen)
{
	*seen = (struct observation){
		.outcome = OUTCOME_REJECT,
		.reason = REASON_STAPLE_STALE,
		.stage = STAGE_HANDSHAKE,
		.detail = "the staple is stale",
		.native = {"OpenSSL", 167772488, "function", "invalid status response"},
		.alert_number = 113,
		.alert_sent = true,
		.tls_version = "1.3",
		.cipher = "TLS_AES_128_GCM_SHA256",
		.certificate = {.present = true,
				.serial = "ab",
				.must_staple = true,
				.ocsp.num = 1,
				.ocsp.num_unusable = 1,
				.crl.num = 2,
				.not_before = 1,
				.not_after = 1795395723},
		.chain_verified = true,
		.chain_depth = 0,
		.chain_error = "none really",
		.num_staples = 1,
		.num_fetches = 1,
		.connect_us = 1,
		.handshake_us = 2,
		.revocation_us = 3,
		.total_us = 6,
		.local_port = 4242,
	};
	memset(seen->certificate.sha256, 0xab, 32);
	snprintf(seen->certificate.ocsp.urls[0], URL_TEXT_MAX, "http://o/");
	seen->certificate.ocsp.unusable[0] =
		(struct unusable_url){"ldap:///\xff", URL_FAULT_SCHEME};
	snprintf(seen->certificate.crl.urls[1], URL_TEXT_MAX, "http://c/");
	seen->staples[0] = (struct staple_facts){.len = 280,
						 .check = {.check = CHECK_STALE,
							   .status = STATUS_GOOD,
							   .this_update = 1795395723,
							   .signer = "CN=issuer"}};
	seen->fetches[0] = (struct fetch_facts){.is_crl = true,
						.url = "http://c/",
						.layer = FETCH_HTTP,
						.http_status = 503,
						.ms = 12,
						.local_port = 99,
						.check = {.check = CHECK_UNAVAILABLE}};
}

START_TEST(everything_that_was_seen_arrives)
{
	struct observation *seen = malloc(sizeof *seen);
	see_everything(seen);
	json_t *object = write_and_read(seen);
	free(seen);
	expect_text(object, "native.library", "OpenSSL");
	expect_number(object, "native.code", 167772488);
	expect_text(object, "native.name", "function");
	expect_text(object, "native.text", "invalid status response");
	expect_text(object, "alert.direction", "sent");
	expect_number(object, "alert.number", 113);
	expect_text(object, "alert.name", "bad_certificate_status_response");
	expect_text(object, "tls.version", "1.3");
	expect_text(object, "certificate.sha256",
		    "abababababababababababababababababababababababababababababababab");
	ck_assert(json_is_true(at(object, "certificate.must_staple")));
	expect_text(object, "certificate.ocsp_urls.0", "http://o/");
	expect_text(object, "certificate.crl_urls.1", "http://c/");
	expect_text(object, "certificate.unusable_urls.0.kind", "ocsp");
	expect_text(object, "certificate.unusable_urls.0.url", "ldap:///\\xff");
	expect_text(object, "certificate.unusable_urls.0.why", "scheme");
	expect_text(object, "certificate.not_after", "2026-11-23T01:02:03Z");
	expect_number(object, "chain.depth", 0);
	expect_number(object, "staples.0.bytes", 280);
	expect_text(object, "staples.0.check", "stale");
	expect_text(object, "staples.0.status", "good");
	expect_text(object, "staples.0.this_update", "2026-11-23T01:02:03Z");
	ck_assert(json_is_null(at(object, "staples.0.next_update")));
	expect_text(object, "staples.0.signer", "CN=issuer");
	expect_text(object, "fetches.0.kind", "crl");
	expect_text(object, "fetches.0.layer", "http");
	expect_text(object, "fetches.0.method", "GET");
	expect_number(object, "fetches.0.http_status", 503);
	expect_text(object, "fetches.0.check", "unavailable");
	expect_number(object, "timing_us.revocation", 3);
	expect_number(object, "local_port", 4242);
	json_decref(object);
}
END_TEST

START_TEST(foreign_bytes_cannot_break_the_line)
{
	struct observation *seen = malloc(sizeof *seen);
	*seen = nothing_seen;
	seen->certificate = (struct certificate_facts){.present = true, .ocsp.num = 1};
	snprintf(seen->certificate.ocsp.urls[0], URL_TEXT_MAX, "http://\xff\n\"\\/");
	snprintf(seen->detail, sizeof seen->detail, "two\nlines, \xc3");
	snprintf(seen->chain_error, sizeof seen->chain_error, "\x1b[31m");
	seen->native.code = -1;
	json_t *object = write_and_read(seen);
	free(seen);
	expect_text(object, "certificate.ocsp_urls.0", "http://\\xff\\n\"\\/");
	expect_text(object, "detail", "two\\nlines, \\xc3");
	json_decref(object);
}
END_TEST

START_TEST(a_check_says_what_was_found)
{
	struct status_check check = {
		.check = CHECK_STALE,
		.status = STATUS_REVOKED,
		.authentic = true,
		.this_update = 1,
		.revocation_reason = 1,
		.certid = {.hash = "sha1", .name_hash = {0xab}, .name_len = 1, .serial = "5"},
	};
	struct error err = ERROR_INIT;
	struct text line;
	text_init(&line, 0);
	ck_assert(answer_append_check(&line, "id-1", &check));
	json_t *object = json_parse_object(text_string(&line), line.len, ERROR_UNABLE, &err);
	ck_assert_msg(object != NULL, "%s", err.text);
	expect_text(object, "id", "id-1");
	expect_text(object, "check.check", "stale");
	expect_text(object, "check.status", "revoked");
	expect_text(object, "check.this_update", "1970-01-01T00:00:01Z");
	expect_text(object, "check.certid.issuer_name_hash", "ab");
	expect_text(object, "check.certid.serial", "5");
	expect_number(object, "check.revocation_reason", 1);
	ck_assert(json_is_null(at(object, "check.next_update")));
	ck_assert(json_is_null(at(object, "check.native")));
	ck_assert(json_is_true(at(object, "check.authentic")));
	ck_assert_ptr_null(json_object_get(object, "outcome"));
	json_decref(object);
	text_clear(&line);
}
END_TEST

START_TEST(a_refusal_has_an_id_or_null)
{
	struct text line;
	text_init(&line, 0);
	ck_assert(
		answer_append_refusal(&line, NULL, OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, "why"));
	ck_assert_str_eq(text_string(&line),
			 "{\"detail\":\"why\",\"id\":null,\"outcome\":\"error\","
			 "\"reason\":\"program-protocol\"}\n");
	text_reset(&line);
	ck_assert(answer_append_refusal(&line, "x", OUTCOME_UNSUPPORTED, REASON_POLICY_UNSUPPORTED,
					"why"));
	ck_assert_ptr_nonnull(strstr(text_string(&line), "\"id\":\"x\""));
	text_clear(&line);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("answer");
	TCase *cases = tcase_create("answer");
	tcase_add_test(cases, what_is_absent_is_null);
	tcase_add_test(cases, everything_that_was_seen_arrives);
	tcase_add_test(cases, foreign_bytes_cannot_break_the_line);
	tcase_add_test(cases, a_check_says_what_was_found);
	tcase_add_test(cases, a_refusal_has_an_id_or_null);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
