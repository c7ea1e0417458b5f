/* What the mbedTLS backend accepts as an OCSP response, and how it asks for one. */
#include "tests/unit/clients/mbedtls/maker.h"

#include "clients/rules/inquiry.h"
#include "clients/rules/response_rules.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define DAY 86400

static struct maker maker;
static const uint8_t nonce[] = "0123456789abcdef0123456789abcdef";
static const uint8_t other_nonce[] = "fedcba9876543210fedcba9876543210";
#define NONCE_LEN 32

/* What a row asks: everything but certificate, issuer and now. */
struct ask {
	int skew_s;
	int max_age_s; /* 0 here stands for -1, any; -2 for 0, a nextUpdate is wanted */
	bool sha1_only;
	bool with_nonce;
};

static struct question question_of(const struct ask *ask)
{
	struct question question = maker_question(&maker);
	question.skew_s = ask->skew_s;
	question.max_age_s = ask->max_age_s == 0 ? -1 : ask->max_age_s == -2 ? 0 : ask->max_age_s;
	question.any_certid_hash = !ask->sha1_only;
	if (ask->with_nonce)
		question.nonce = der_of(nonce, NONCE_LEN);
	return question;
}

#define ONE(...)      .singles = {{__VA_ARGS__}}
#define TWO(one, two) .singles = {one, two}, .num_singles = 2
#define SINGLE(...)         \
	{                   \
		__VA_ARGS__ \
	}

static const struct {
	const char *name;
	struct recipe recipe;
	struct ask ask;
	enum check check;
	enum status status;
	bool authentic;
} rows[] = {
	{"good", {0}, {0}, CHECK_GOOD, STATUS_GOOD, true},
	{"revoked", {ONE(.status = STATUS_REVOKED)}, {0}, CHECK_REVOKED, STATUS_REVOKED, true},
	{"unknown", {ONE(.status = STATUS_UNKNOWN)}, {0}, CHECK_UNKNOWN, STATUS_UNKNOWN, true},

	{"error status", {.response_status = 3}, {0}, CHECK_ERROR_RESPONSE, STATUS_NONE, false},
	{"successful without bytes", {.no_bytes = true}, {0}, CHECK_MALFORMED, STATUS_NONE, false},
	{"another response type", {.other_type = true}, {0}, CHECK_MALFORMED, STATUS_NONE, false},
	{"version 2", {.version_2 = true}, {0}, CHECK_MALFORMED, STATUS_NONE, false},
	{"no entries", {.no_entries = true}, {0}, CHECK_MALFORMED, STATUS_NONE, false},
	{"unknown critical extension",
	 {.critical_extension = true},
	 {0},
	 CHECK_MALFORMED,
	 STATUS_NONE,
	 false},
	{"unknown critical extension of the entry",
	 {ONE(.critical_extension = true)},
	 {0},
	 CHECK_MALFORMED,
	 STATUS_GOOD,
	 false},

	{"another serial",
	 {ONE(.wrong = WRONG_SERIAL)},
	 {0},
	 CHECK_WRONG_CERTIFICATE,
	 STATUS_NONE,
	 false},
	{"another issuer name",
	 {ONE(.wrong = WRONG_NAME)},
	 {0},
	 CHECK_WRONG_CERTIFICATE,
	 STATUS_NONE,
	 false},
	{"another issuer key",
	 {ONE(.wrong = WRONG_KEY)},
	 {0},
	 CHECK_WRONG_CERTIFICATE,
	 STATUS_NONE,
	 false},
	{"CertID by SHA-256", {ONE(.sha256 = true)}, {0}, CHECK_GOOD, STATUS_GOOD, true},
	{"CertID by SHA-256 for a client that knows SHA-1",
	 {ONE(.sha256 = true)},
	 {.sha1_only = true},
	 CHECK_WRONG_CERTIFICATE,
	 STATUS_NONE,
	 false},
	{"our entry second",
	 {TWO(SINGLE(.wrong = WRONG_SERIAL), SINGLE(.wrong = RIGHT))},
	 {0},
	 CHECK_GOOD,
	 STATUS_GOOD,
	 true},
	{"our entry second and revoked",
	 {TWO(SINGLE(.wrong = WRONG_SERIAL), SINGLE(.status = STATUS_REVOKED))},
	 {0},
	 CHECK_REVOKED,
	 STATUS_REVOKED,
	 true},
	{"a foreign revoked entry first",
	 {TWO(SINGLE(.wrong = WRONG_SERIAL, .status = STATUS_REVOKED), SINGLE(.wrong = RIGHT))},
	 {0},
	 CHECK_GOOD,
	 STATUS_GOOD,
	 true},
	{"good and revoked for the same certificate",
	 {TWO(SINGLE(.status = STATUS_GOOD), SINGLE(.status = STATUS_REVOKED))},
	 {0},
	 CHECK_REVOKED,
	 STATUS_REVOKED,
	 true},

	{"corrupt signature", {.corrupt = true}, {0}, CHECK_BAD_SIGNATURE, STATUS_GOOD, false},
	{"corrupt signature, revoked",
	 {.corrupt = true, ONE(.status = STATUS_REVOKED)},
	 {0},
	 CHECK_BAD_SIGNATURE,
	 STATUS_REVOKED,
	 false},
	{"the issuer by key hash", {.named_by_key = true}, {0}, CHECK_GOOD, STATUS_GOOD, true},
	{"delegate", {.signer = DELEGATE}, {0}, CHECK_GOOD, STATUS_GOOD, true},
	{"delegate by key hash",
	 {.signer = DELEGATE, .named_by_key = true},
	 {0},
	 CHECK_GOOD,
	 STATUS_GOOD,
	 true},
	{"delegate with a corrupt signature",
	 {.signer = DELEGATE, .corrupt = true},
	 {0},
	 CHECK_BAD_SIGNATURE,
	 STATUS_GOOD,
	 false},
	{"delegate that says revoked",
	 {.signer = DELEGATE, ONE(.status = STATUS_REVOKED)},
	 {0},
	 CHECK_REVOKED,
	 STATUS_REVOKED,
	 true},
	{"delegate without its certificate",
	 {.signer = DELEGATE, .no_certificate = true},
	 {0},
	 CHECK_UNAUTHORIZED_SIGNER,
	 STATUS_GOOD,
	 false},
	{"delegate under the issuer's name",
	 {.signer = DELEGATE, .named = ISSUER},
	 {0},
	 CHECK_BAD_SIGNATURE,
	 STATUS_GOOD,
	 false},
	{"delegate without the usage",
	 {.signer = NO_EKU},
	 {0},
	 CHECK_UNAUTHORIZED_SIGNER,
	 STATUS_GOOD,
	 false},
	{"expired delegate",
	 {.signer = EXPIRED},
	 {0},
	 CHECK_UNAUTHORIZED_SIGNER,
	 STATUS_GOOD,
	 false},
	{"delegate of a delegate",
	 {.signer = GRANDCHILD},
	 {0},
	 CHECK_UNAUTHORIZED_SIGNER,
	 STATUS_GOOD,
	 false},
	{"the leaf itself",
	 {.signer = LEAF, .by_leaf = true},
	 {0},
	 CHECK_UNAUTHORIZED_SIGNER,
	 STATUS_GOOD,
	 false},
	{"an unrelated authority",
	 {.signer = UNRELATED},
	 {0},
	 CHECK_UNAUTHORIZED_SIGNER,
	 STATUS_GOOD,
	 false},
	{"RSA with SHA-256", {.signer = RSA_DELEGATE}, {0}, CHECK_GOOD, STATUS_GOOD, true},
	{"RSA with SHA-1, as old responders have it",
	 {.signer = RSA_DELEGATE, .hash = MBEDTLS_MD_SHA1},
	 {0},
	 CHECK_GOOD,
	 STATUS_GOOD,
	 true},
	{"RSA with MD5",
	 {.signer = RSA_DELEGATE, .hash = MBEDTLS_MD_MD5},
	 {0},
	 CHECK_ALGORITHM_UNSUPPORTED,
	 STATUS_GOOD,
	 false},
	{"RSA with MD5, revoked",
	 {.signer = RSA_DELEGATE, .hash = MBEDTLS_MD_MD5, ONE(.status = STATUS_REVOKED)},
	 {0},
	 CHECK_ALGORITHM_UNSUPPORTED,
	 STATUS_REVOKED,
	 false},
	{"another key under the issuer's name",
	 {.signer = OTHER_ISSUER, .no_certificate = true},
	 {0},
	 CHECK_BAD_SIGNATURE,
	 STATUS_GOOD,
	 false},
	{"another key under the issuer's name, its certificate inside",
	 {.signer = OTHER_ISSUER},
	 {0},
	 CHECK_UNAUTHORIZED_SIGNER,
	 STATUS_GOOD,
	 false},
	{"an impostor that says revoked",
	 {.signer = OTHER_ISSUER, .no_certificate = true, ONE(.status = STATUS_REVOKED)},
	 {0},
	 CHECK_BAD_SIGNATURE,
	 STATUS_REVOKED,
	 false},

	{"from the future", {ONE(.this_update = 60)}, {0}, CHECK_NOT_YET_VALID, STATUS_GOOD, true},
	{"from the future within the tolerance",
	 {ONE(.this_update = 60)},
	 {.skew_s = 60},
	 CHECK_GOOD,
	 STATUS_GOOD,
	 true},
	{"from the future beyond the tolerance",
	 {ONE(.this_update = 61)},
	 {.skew_s = 60},
	 CHECK_NOT_YET_VALID,
	 STATUS_GOOD,
	 true},
	{"stale", {ONE(.next_update = -1)}, {0}, CHECK_STALE, STATUS_GOOD, true},
	{"stale within the tolerance",
	 {ONE(.next_update = -60)},
	 {.skew_s = 60},
	 CHECK_GOOD,
	 STATUS_GOOD,
	 true},
	{"stale beyond the tolerance",
	 {ONE(.next_update = -61)},
	 {.skew_s = 60},
	 CHECK_STALE,
	 STATUS_GOOD,
	 true},
	{"stale and revoked",
	 {ONE(.status = STATUS_REVOKED, .next_update = -1)},
	 {0},
	 CHECK_STALE,
	 STATUS_REVOKED,
	 true},
	{"nextUpdate before thisUpdate",
	 {ONE(.this_update = -10, .next_update = -20)},
	 {.skew_s = 3600},
	 CHECK_STALE,
	 STATUS_GOOD,
	 true},
	{"no nextUpdate, any age",
	 {ONE(.no_next_update = true, .this_update = -400 * DAY)},
	 {0},
	 CHECK_GOOD,
	 STATUS_GOOD,
	 true},
	{"no nextUpdate, one is wanted",
	 {ONE(.no_next_update = true)},
	 {.max_age_s = -2},
	 CHECK_NO_NEXT_UPDATE,
	 STATUS_GOOD,
	 true},
	{"no nextUpdate, young enough",
	 {ONE(.no_next_update = true, .this_update = -3600)},
	 {.max_age_s = 3600},
	 CHECK_GOOD,
	 STATUS_GOOD,
	 true},
	{"no nextUpdate, too old",
	 {ONE(.no_next_update = true, .this_update = -3601)},
	 {.max_age_s = 3600},
	 CHECK_STALE,
	 STATUS_GOOD,
	 true},

	{"the nonce that was sent",
	 {.nonce = nonce, .nonce_len = NONCE_LEN},
	 {.with_nonce = true},
	 CHECK_GOOD,
	 STATUS_GOOD,
	 true},
	{"no nonce", {0}, {.with_nonce = true}, CHECK_GOOD, STATUS_GOOD, true},
	{"another nonce",
	 {.nonce = other_nonce, .nonce_len = NONCE_LEN},
	 {.with_nonce = true},
	 CHECK_WRONG_NONCE,
	 STATUS_GOOD,
	 true},
	{"a nonce that the request did not have",
	 {.nonce = nonce, .nonce_len = NONCE_LEN},
	 {0},
	 CHECK_GOOD,
	 STATUS_GOOD,
	 true},
};

START_TEST(response_has_its_check)
{
	struct made made;
	struct status_check seen;
	struct question question = question_of(&rows[_i].ask);
	maker_respond(&made, &maker, &rows[_i].recipe);
	response_judge(&seen, &question, der_of(made.data, made.len));
	ck_assert_msg(seen.check == rows[_i].check, "%s: %s instead of %s (%s)", rows[_i].name,
		      check_name(seen.check), check_name(rows[_i].check), seen.native.text);
	ck_assert_msg(seen.status == rows[_i].status, "%s: status %s", rows[_i].name,
		      status_name(seen.status));
	ck_assert_msg(seen.authentic == rows[_i].authentic, "%s: authentic", rows[_i].name);
	ck_assert_int_eq(seen.response_status, rows[_i].recipe.response_status);
}
END_TEST

START_TEST(facts_of_a_response_are_reported)
{
	const struct recipe recipe = {.signer = DELEGATE, ONE(.status = STATUS_REVOKED)};
	const struct ask ask = {0};
	struct question question = question_of(&ask);
	struct made made;
	struct status_check seen;
	maker_respond(&made, &maker, &recipe);
	response_judge(&seen, &question, der_of(made.data, made.len));
	ck_assert_int_eq(seen.this_update, MAKER_NOW - DAY);
	ck_assert_int_eq(seen.next_update, MAKER_NOW + 6 * DAY);
	ck_assert_int_eq(seen.produced_at, MAKER_NOW - DAY);
	ck_assert_int_eq(seen.revocation_time, MAKER_NOW - 2 * DAY);
	ck_assert_int_eq(seen.revocation_reason, 1);
	ck_assert_str_eq(seen.signer, "CN=delegate");
	ck_assert_str_eq(seen.certid.hash, "sha1");
	ck_assert_uint_eq(seen.certid.name_len, 20);
	ck_assert_uint_eq(seen.certid.key_len, 20);
	ck_assert_str_ne(seen.certid.serial, "");
}
END_TEST

/* Every byte of a response is covered by the signature, or by the syntax. */
START_TEST(response_with_one_changed_byte_is_not_good)
{
	static const struct recipe recipes[] = {{0}, {.signer = DELEGATE}};
	const struct ask ask = {0};
	struct question question = question_of(&ask);
	struct made made;
	struct status_check seen;
	maker_respond(&made, &maker, &recipes[_i]);
	/* What follows in the delegate's response is its certificate, whose own unsigned
	 * parts may change. */
	size_t end = _i == 0 ? made.len : made.len - maker.certificates[DELEGATE].raw.len;
	for (size_t at = 0; at < end; at++) {
		made.data[at] ^= 0x41;
		response_judge(&seen, &question, der_of(made.data, made.len));
		ck_assert_msg(seen.check != CHECK_GOOD, "byte %zu", at);
		made.data[at] ^= 0x41;
	}
	response_judge(&seen, &question, der_of(made.data, made.len));
	ck_assert_int_eq(seen.check, CHECK_GOOD);
}
END_TEST

START_TEST(response_of_another_length_is_malformed)
{
	const struct recipe recipe = {0};
	const struct ask ask = {0};
	struct question question = question_of(&ask);
	struct made made;
	struct status_check seen;
	maker_respond(&made, &maker, &recipe);
	for (size_t len = 0; len < made.len; len++) {
		/* In memory of its own, so that a read beyond the end is seen. */
		uint8_t *exact = malloc(len > 0 ? len : 1);
		ck_assert_ptr_nonnull(exact);
		memcpy(exact, made.data, len);
		response_judge(&seen, &question, der_of(exact, len));
		free(exact);
		ck_assert_msg(seen.check == CHECK_MALFORMED, "%zu bytes", len);
	}
	made.data[made.len] = 0;
	response_judge(&seen, &question, der_of(made.data, made.len + 1));
	ck_assert_int_eq(seen.check, CHECK_MALFORMED);
}
END_TEST

START_TEST(request_asks_for_the_certificate)
{
	struct error err = ERROR_INIT;
	uint8_t *bytes = NULL, hash[MBEDTLS_MD_MAX_SIZE];
	size_t len = 0;
	struct der in, request, tbs, list, one, id, field, extensions;
	const struct ask ask = {.with_nonce = _i != 0};
	struct question question = question_of(&ask);
	ck_assert(inquiry_write(&bytes, &len, &question, &err));
	in = der_of(bytes, len);
	ck_assert(der_take(&in, &request, DER_SEQUENCE) && in.len == 0);
	ck_assert(der_take(&request, &tbs, DER_SEQUENCE) && request.len == 0);
	ck_assert(der_take(&tbs, &list, DER_SEQUENCE) && der_take(&list, &one, DER_SEQUENCE));
	ck_assert(list.len == 0 && der_take(&one, &id, DER_SEQUENCE) && one.len == 0);
	ck_assert(der_skip(&id) && der_skip(&id));
	ck_assert(der_take(&id, &field, DER_OCTET_STRING));
	ck_assert_uint_eq(question.digest(hash, "sha1", maker.issuer.key), 20);
	ck_assert(der_equals(field, hash, 20));
	ck_assert(der_take(&id, &field, DER_INTEGER) && id.len == 0);
	ck_assert(der_same(field, maker.leaf.serial));
	ck_assert_int_eq(der_take(&tbs, &extensions, DER_CONSTRUCTED(2)), _i != 0);
	ck_assert(tbs.len == 0);
	if (_i != 0)
		ck_assert_ptr_nonnull(memmem(bytes, len, nonce, NONCE_LEN));
	free(bytes);
}
END_TEST

START_TEST(nonce_that_is_too_long_is_refused)
{
	static const uint8_t zeros[129];
	struct error err = ERROR_INIT;
	uint8_t *bytes = NULL;
	size_t len = 0;
	struct question question = maker_question(&maker);
	question.nonce = der_of(zeros, sizeof zeros);
	ck_assert(!inquiry_write(&bytes, &len, &question, &err));
	ck_assert_int_eq(err.kind, ERROR_UNABLE);
}
END_TEST

static void set_up(void)
{
	maker_init(&maker);
	maker_add_rsa(&maker);
}

static void tear_down(void)
{
	maker_clear(&maker);
}

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
	Suite *suite = suite_create("mbedtls_ocsp");
	TCase *tests = tcase_create("mbedtls_ocsp");
	tcase_add_unchecked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, response_has_its_check, 0, NUM(rows));
	tcase_add_test(tests, facts_of_a_response_are_reported);
	tcase_add_loop_test(tests, response_with_one_changed_byte_is_not_good, 0, 2);
	tcase_add_test(tests, response_of_another_length_is_malformed);
	tcase_add_loop_test(tests, request_asks_for_the_certificate, 0, 2);
	tcase_add_test(tests, nonce_that_is_too_long_is_refused);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
