/* OCSP responses of odd contents: entries, extensions, versions, kinds of revocation. */
#include "fixtures/ocsp_response.h"

#include "core/clock.h"

#include <check.h>
#include <string.h>

static struct pki pki;
static struct leaf leaf;
static struct situation situation;

static void set_up(void)
{
	struct error err = ERROR_INIT;
	const struct places places = {.host = "a.lab.localhost"};
	situation_init(&situation, STATUS_GOOD);
	ck_assert_msg(pki_init(&pki, clock_wall_s(), NULL, NULL, &err) &&
			      leaf_init(&leaf, &pki, &situation, &places, &err),
		      "%s", err.text);
}

static void tear_down(void)
{
	leaf_clear(&leaf);
	pki_clear(&pki);
}

static void set(const char *key, const char *value)
{
	struct error err = ERROR_INIT;
	ck_assert_msg(
		situation_set(&situation, situation_find_field("server.staple", key), value, &err),
		"%s", err.text);
}

/* A response, its first entry, and all that must be freed with it. */
struct parsed {
	struct bytes bytes;
	OCSP_RESPONSE *response;
	OCSP_BASICRESP *basic;
	OCSP_SINGLERESP *single; /* NULL: it has none */
};

static struct parsed make(void)
{
	struct parsed parsed = {0};
	struct error err = ERROR_INIT;
	struct question question = {pki.started, HUGE_LEN, NULL};
	ck_assert_msg(response_make(&parsed.bytes, &situation.server.staple.ocsp, &pki, &leaf,
				    &question, &err),
		      "%s", err.text);
	const unsigned char *end = parsed.bytes.data;
	parsed.response = d2i_OCSP_RESPONSE(NULL, &end, (long)parsed.bytes.len);
	ck_assert_ptr_nonnull(parsed.response);
	parsed.basic = OCSP_response_get1_basic(parsed.response);
	ck_assert_ptr_nonnull(parsed.basic);
	parsed.single = OCSP_resp_get0(parsed.basic, 0);
	return parsed;
}

static void parsed_clear(struct parsed *parsed)
{
	OCSP_BASICRESP_free(parsed->basic);
	OCSP_RESPONSE_free(parsed->response);
	bytes_clear(&parsed->bytes);
}

enum { GOOD = V_OCSP_CERTSTATUS_GOOD, REVOKED = V_OCSP_CERTSTATUS_REVOKED };

START_TEST(what_was_never_issued_is_on_hold_since_1970)
{
	ASN1_GENERALIZEDTIME *revoked_at;
	int reason;
	set("status", "revoked");
	set("revocation", "never-issued");
	struct parsed parsed = make();
	OCSP_single_get0_status(parsed.single, &reason, &revoked_at, NULL, NULL);
	ck_assert_int_eq(reason, OCSP_REVOKED_STATUS_CERTIFICATEHOLD);
	ck_assert_int_eq(ASN1_TIME_cmp_time_t(revoked_at, 0), 0);
	ASN1_OBJECT *object = OBJ_txt2obj("1.3.6.1.5.5.7.48.1.9", 1);
	ck_assert_int_ge(OCSP_BASICRESP_get_ext_by_OBJ(parsed.basic, object, -1), 0);
	ASN1_OBJECT_free(object);
	parsed_clear(&parsed);
}
END_TEST

START_TEST(a_strange_extension_is_critical_and_where_it_should_be)
{
	static const char *const values[] = {"none", "unknown-critical", "unknown-critical-entry"};
	set("extension", values[_i]);
	struct parsed parsed = make();
	ck_assert_int_eq(OCSP_BASICRESP_get_ext_by_critical(parsed.basic, 1, -1) >= 0, _i == 1);
	ck_assert_int_eq(OCSP_SINGLERESP_get_ext_by_critical(parsed.single, 1, -1) >= 0, _i == 2);
	parsed_clear(&parsed);
}
END_TEST

/* ResponseData begins with [0] EXPLICIT INTEGER when it is not version 1. */
START_TEST(a_version_stands_in_front_of_everything)
{
	static const unsigned char version[] = {0xa0, 0x03, 0x02, 0x01, 0x01};
	if (_i == 1)
		set("version", "v2");
	struct parsed parsed = make();
	unsigned char *der = NULL;
	const unsigned char *content;
	long content_len;
	int tag, class;
	int len = i2d_OCSP_RESPDATA((OCSP_RESPDATA *)OCSP_resp_get0_respdata(parsed.basic), &der);
	content = der;
	ASN1_get_object(&content, &content_len, &tag, &class, len);
	ck_assert_int_eq(memcmp(content, version, sizeof version) == 0, _i == 1);
	OPENSSL_free(der);
	parsed_clear(&parsed);
}
END_TEST

static int status_at(const struct parsed *parsed, int index)
{
	return OCSP_single_get0_status(OCSP_resp_get0(parsed->basic, index), NULL, NULL, NULL,
				       NULL);
}

START_TEST(entries_come_in_their_order)
{
	set("entries", _i == 0 ? "foreign-first" : "contradicting");
	struct parsed parsed = make();
	ck_assert_int_eq(OCSP_resp_count(parsed.basic), 2);
	ck_assert_int_eq(status_at(&parsed, 0), _i == 0 ? REVOKED : GOOD);
	ck_assert_int_eq(status_at(&parsed, 1), _i == 0 ? GOOD : REVOKED);
	const OCSP_CERTID *one = OCSP_SINGLERESP_get0_id(OCSP_resp_get0(parsed.basic, 0));
	const OCSP_CERTID *other = OCSP_SINGLERESP_get0_id(OCSP_resp_get0(parsed.basic, 1));
	ck_assert_int_eq(OCSP_id_cmp((OCSP_CERTID *)one, (OCSP_CERTID *)other) == 0, _i == 1);
	parsed_clear(&parsed);
}
END_TEST

START_TEST(the_signer_is_named_by_key_or_by_name)
{
	const ASN1_OCTET_STRING *key;
	const X509_NAME *name;
	set("responder_id", _i == 0 ? "key" : "name");
	struct parsed parsed = make();
	ck_assert_int_eq(OCSP_resp_get0_id(parsed.basic, &key, &name), 1);
	ck_assert_int_eq(key != NULL, _i == 0);
	ck_assert_int_eq(name != NULL, _i == 1);
	parsed_clear(&parsed);
}
END_TEST

START_TEST(a_response_may_have_no_entry)
{
	set("entries", "none");
	struct parsed parsed = make();
	ck_assert_int_eq(OCSP_resp_count(parsed.basic), 0);
	ck_assert_ptr_null(parsed.single);
	parsed_clear(&parsed);
}
END_TEST

START_TEST(a_nonce_that_nobody_asked_for_has_its_length)
{
	set("nonce", "wrong");
	set("nonce_bytes", "129");
	struct parsed parsed = make();
	int at = OCSP_BASICRESP_get_ext_by_NID(parsed.basic, NID_id_pkix_OCSP_Nonce, -1);
	ck_assert_int_ge(at, 0);
	X509_EXTENSION *extension = OCSP_BASICRESP_get_ext(parsed.basic, at);
	/* Within an OCTET STRING of its own (RFC 9654 section 2.1). */
	ck_assert_int_eq(ASN1_STRING_length(X509_EXTENSION_get_data(extension)), 129 + 3);
	parsed_clear(&parsed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ocsp_response_contents");
	TCase *tests = tcase_create("ocsp_response_contents");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, what_was_never_issued_is_on_hold_since_1970);
	tcase_add_loop_test(tests, a_strange_extension_is_critical_and_where_it_should_be, 0, 3);
	tcase_add_loop_test(tests, a_version_stands_in_front_of_everything, 0, 2);
	tcase_add_loop_test(tests, entries_come_in_their_order, 0, 2);
	tcase_add_loop_test(tests, the_signer_is_named_by_key_or_by_name, 0, 2);
	tcase_add_test(tests, a_response_may_have_no_entry);
	tcase_add_test(tests, a_nonce_that_nobody_asked_for_has_its_length);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
