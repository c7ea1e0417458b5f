/* Which entry of an OCSP response counts, and in which order it is checked. */
#include "clients/rules/response_rules.h"

#include "tests/unit/clients/rules/response_maker.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define DAY STACK_DAY

#define ONE(...) .singles = {{__VA_ARGS__}}
#define TWO(...) .singles = {__VA_ARGS__}, .num_singles = 2
#define GOOD     .status = STATUS_GOOD
#define REVOKED  .status = STATUS_REVOKED
#define UNKNOWN  .status = STATUS_UNKNOWN
#define STALE    .next_update = -60
#define SENT     "0123456789abcdef"

static const struct row {
	const char *name;
	struct recipe recipe;
	enum check check;
} rows[] = {
	{"good", {.status = 0}, CHECK_GOOD},
	{"revoked", {ONE(REVOKED)}, CHECK_REVOKED},
	{"unknown", {ONE(UNKNOWN)}, CHECK_UNKNOWN},
	{"an error", {.status = 3}, CHECK_ERROR_RESPONSE},
	{"no entry", {.num_singles = 9}, CHECK_MALFORMED},
	{"version 2", {.version = 1}, CHECK_MALFORMED},
	{"stale", {ONE(STALE)}, CHECK_STALE},
	{"from the future", {ONE(.this_update = 60)}, CHECK_NOT_YET_VALID},
	{"another serial number", {ONE(.other_serial = true)}, CHECK_WRONG_CERTIFICATE},
	{"another issuer's name", {ONE(.other_name = true)}, CHECK_WRONG_CERTIFICATE},
	{"another issuer's key", {ONE(.other_key = true)}, CHECK_WRONG_CERTIFICATE},

	{"SHA-256", {ONE(.hash = "sha256")}, CHECK_GOOD},
	{"SHA-512", {ONE(.hash = "sha512")}, CHECK_GOOD},
	{"SHA3-384", {ONE(.hash = "sha3-384", REVOKED)}, CHECK_REVOKED},
	{"SHA-256 where SHA-1 alone counts",
	 {.sha1_only = true, ONE(.hash = "sha256")},
	 CHECK_WRONG_CERTIFICATE},
	{"a hash that the stack does not have", {ONE(.hash = "md5")}, CHECK_WRONG_CERTIFICATE},
	{"revoked by another hash than good",
	 {TWO({GOOD}, {.hash = "sha384", REVOKED})},
	 CHECK_REVOKED},
	{"revoked by another hash where SHA-1 alone counts",
	 {.sha1_only = true, TWO({GOOD}, {.hash = "sha384", REVOKED})},
	 CHECK_GOOD},
	{"revoked by a hash that the stack does not have",
	 {TWO({GOOD}, {.hash = "md5", REVOKED})},
	 CHECK_MALFORMED},
	{"good by a hash that the stack does not have", {TWO({.hash = "md5"}, {GOOD})}, CHECK_GOOD},
	{"revoked in the future by a hash that the stack does not have",
	 {TWO({GOOD}, {.hash = "md5", REVOKED, .this_update = 60})},
	 CHECK_GOOD},
	{"revoked by that, and by one that it has",
	 {TWO({REVOKED}, {.hash = "md5", REVOKED})},
	 CHECK_REVOKED},

	{"another certificate's entry is before it",
	 {TWO({.other_serial = true, REVOKED}, {GOOD})},
	 CHECK_GOOD},
	{"revoked behind good", {TWO({GOOD}, {REVOKED})}, CHECK_REVOKED},
	{"good behind revoked", {TWO({REVOKED}, {GOOD})}, CHECK_REVOKED},
	{"good, and revoked before", {TWO({.this_update = -60}, {REVOKED})}, CHECK_REVOKED},
	{"unknown behind good", {TWO({GOOD}, {UNKNOWN})}, CHECK_UNKNOWN},
	{"good behind unknown", {TWO({UNKNOWN}, {GOOD})}, CHECK_UNKNOWN},
	{"good, later than unknown", {TWO({UNKNOWN}, {.this_update = -60})}, CHECK_UNKNOWN},
	{"revoked behind unknown", {TWO({UNKNOWN}, {REVOKED})}, CHECK_REVOKED},
	{"good behind stale", {TWO({STALE}, {GOOD})}, CHECK_GOOD},
	{"stale behind good", {TWO({GOOD}, {STALE})}, CHECK_GOOD},
	{"unknown behind stale", {TWO({STALE}, {UNKNOWN})}, CHECK_UNKNOWN},
	{"good behind stale unknown", {TWO({UNKNOWN, STALE}, {GOOD})}, CHECK_GOOD},
	{"good behind one from the future", {TWO({.this_update = 60}, {GOOD})}, CHECK_GOOD},
	{"revoked from the future behind good",
	 {TWO({GOOD}, {REVOKED, .this_update = 60})},
	 CHECK_GOOD},
	{"revoked from the future alone", {ONE(REVOKED, .this_update = 60)}, CHECK_NOT_YET_VALID},
	{"stale revoked behind good", {TWO({GOOD}, {REVOKED, STALE})}, CHECK_STALE},
	{"stale revoked before good", {TWO({REVOKED, STALE}, {GOOD})}, CHECK_STALE},
	{"stale revoked beside good, not heeded",
	 {.heeds_current_only = true, TWO({REVOKED, STALE}, {GOOD})},
	 CHECK_GOOD},
	{"stale revoked beside unknown", {TWO({UNKNOWN}, {REVOKED, STALE})}, CHECK_STALE},
	{"revoked beside stale revoked", {TWO({REVOKED, STALE}, {REVOKED})}, CHECK_REVOKED},

	{"the first: good", {.only_first = true, TWO({GOOD}, {REVOKED})}, CHECK_GOOD},
	{"the first: revoked", {.only_first = true, TWO({REVOKED}, {GOOD})}, CHECK_REVOKED},
	{"the first: stale", {.only_first = true, TWO({STALE}, {GOOD})}, CHECK_STALE},
	{"the first: behind another certificate's",
	 {.only_first = true, TWO({.other_serial = true, REVOKED}, {GOOD})},
	 CHECK_GOOD},
	{"the first: no matter which hash follows",
	 {.only_first = true, TWO({GOOD}, {.hash = "md5", REVOKED})},
	 CHECK_GOOD},

	{"the nonce that was sent", {.with_nonce = true, .nonce = SENT}, CHECK_GOOD},
	{"another nonce", {.with_nonce = true, .nonce = "another"}, CHECK_WRONG_NONCE},
	{"no nonce", {.with_nonce = true}, CHECK_GOOD},
	{"another nonce, but none was sent", {.nonce = "another"}, CHECK_GOOD},
	{"another nonce on a stale response",
	 {.with_nonce = true, .nonce = "another", ONE(STALE)},
	 CHECK_STALE},
	{"the nonce without its string", {.with_nonce = true, .raw_nonce = SENT}, CHECK_GOOD},
	{"another nonce without its string",
	 {.with_nonce = true, .raw_nonce = "another"},
	 CHECK_WRONG_NONCE},

	{"a strange extension", {.extension = STRANGE}, CHECK_GOOD},
	{"a strange critical extension", {.extension = STRANGE_CRITICAL}, CHECK_MALFORMED},
	{"a strange critical extension, ignored",
	 {.ignores_criticals = true, .extension = STRANGE_CRITICAL},
	 CHECK_GOOD},
	{"a strange extension of the entry", {ONE(.extension = STRANGE)}, CHECK_GOOD},
	{"a strange critical extension of the entry",
	 {ONE(.extension = STRANGE_CRITICAL)},
	 CHECK_MALFORMED},
	{"a strange critical extension of the entry, ignored",
	 {.ignores_criticals = true, ONE(REVOKED, .extension = STRANGE_CRITICAL)},
	 CHECK_REVOKED},
	{"a strange critical extension of another's entry",
	 {TWO({.other_serial = true, .extension = STRANGE_CRITICAL}, {GOOD})},
	 CHECK_GOOD},
	{"a strange critical extension of one entry of two",
	 {TWO({.extension = STRANGE_CRITICAL}, {GOOD})},
	 CHECK_GOOD},
	{"a strange critical extension of a revoked entry beside a good one",
	 {TWO({GOOD}, {REVOKED, .extension = STRANGE_CRITICAL})},
	 CHECK_MALFORMED},
	{"a strange critical extension of a revoked entry beside a revoked one",
	 {TWO({REVOKED}, {REVOKED, .extension = STRANGE_CRITICAL})},
	 CHECK_REVOKED},
	{"a strange critical extension of a revoked entry from the future",
	 {TWO({REVOKED, .this_update = 60, .extension = STRANGE_CRITICAL}, {GOOD})},
	 CHECK_GOOD},
	{"a critical archiveCutoff", {.extension = CUTOFF_CRITICAL}, CHECK_GOOD},
	{"a critical archiveCutoff of the entry",
	 {ONE(REVOKED, .extension = CUTOFF_CRITICAL)},
	 CHECK_REVOKED},
	{"a critical reason of the entry", {ONE(.extension = REASON_CRITICAL)}, CHECK_GOOD},
	{"a critical reason of the response", {.extension = REASON_CRITICAL}, CHECK_MALFORMED},

	{"a time without seconds", {ONE(.this_text = "202609201426Z")}, CHECK_MALFORMED},
	{"revoked by a time without seconds",
	 {ONE(REVOKED, .this_text = "202609201426Z")},
	 CHECK_REVOKED},
	{"a time with a fraction and an offset",
	 {ONE(.this_text = "20260920142640.5+0100")},
	 CHECK_MALFORMED},
	{"revoked by a time with a fraction and an offset",
	 {ONE(REVOKED, .this_text = "20260920142640.5+0100")},
	 CHECK_REVOKED},
	{"a broken nextUpdate", {ONE(.next_text = "soon")}, CHECK_MALFORMED},
	{"a broken thisUpdate of another's entry",
	 {TWO({.other_serial = true, .this_text = "soon"}, {GOOD})},
	 CHECK_GOOD},
	{"a broken time of revocation", {ONE(REVOKED, .revoked_text = "soon")}, CHECK_REVOKED},
	{"a broken producedAt", {.produced_text = "soon"}, CHECK_GOOD},
	{"a broken producedAt of a revoked one",
	 {.produced_text = "soon", ONE(REVOKED)},
	 CHECK_REVOKED},
};

static struct status_check judge(const struct row *row)
{
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element response;
	struct status_check seen;
	question.any_certid_hash = !row->recipe.sha1_only;
	question.only_first = row->recipe.only_first;
	question.ignores_criticals = row->recipe.ignores_criticals;
	question.heeds_stale_revoked = !row->recipe.heeds_current_only;
	if (row->recipe.with_nonce)
		question.nonce = der_of(SENT, sizeof SENT - 1);
	make_response(&response, &row->recipe);
	response_judge(&seen, &question, element_der(&response));
	return seen;
}

START_TEST(a_response_has_its_check)
{
	const struct row *row = &rows[_i];
	struct status_check seen = judge(row);
	ck_assert_msg(seen.check == row->check, "%s: %s (%s)", row->name, check_name(seen.check),
		      seen.native.text);
}
END_TEST

/* The issuer field of the certificate is the same name as its issuer's subject in other bytes: a
 * CertID hashes the former (RFC 6960 section 4.1.1). */
static const struct {
	const char *name;
	bool plain_name; /* the CertID hashes the certificate's spelling */
	enum check check;
} spellings[] = {
	{"the certificate's", true, CHECK_GOOD},
	{"the issuer's", false, CHECK_WRONG_CERTIFICATE},
};

START_TEST(a_certid_hashes_one_spelling_of_the_name)
{
	const struct recipe recipe = {ONE(.plain_name = spellings[_i].plain_name)};
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element response, issuer = {.len = 0};
	struct certificate leaf = stack_leaf;
	struct status_check seen;
	element_put_name(&issuer, "issuer", 0x13);
	leaf.issuer = element_der(&issuer);
	question.certificate = &leaf;
	make_response(&response, &recipe);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_msg(seen.check == spellings[_i].check, "%s: %s", spellings[_i].name,
		      check_name(seen.check));
}
END_TEST

START_TEST(the_issuer_has_the_name_in_the_issuer_field)
{
	const struct recipe recipe = {ONE(.other_name = true)};
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element response, issuer = {.len = 0};
	struct certificate leaf = stack_leaf;
	struct status_check seen;
	element_put_name(&issuer, "another", 0x0c);
	leaf.issuer = element_der(&issuer);
	question.certificate = &leaf;
	make_response(&response, &recipe);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.check, CHECK_WRONG_CERTIFICATE);
}
END_TEST

START_TEST(without_a_certificate_it_is_about_the_first_of_the_issuer)
{
	const struct recipe recipe = {TWO({GOOD}, {REVOKED, .other_serial = true})},
			    foreign = {TWO({.other_key = true}, {REVOKED, .other_serial = true})};
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element response;
	struct status_check seen;
	question.certificate = NULL;
	make_response(&response, &recipe);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.check, CHECK_GOOD);
	make_response(&response, &foreign);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.check, CHECK_REVOKED);
	question.issuer = NULL;
	make_response(&response, &recipe);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.check, CHECK_NOT_CHECKED);
	ck_assert_int_eq(seen.status, STATUS_GOOD);
	ck_assert(!seen.authentic);
}
END_TEST

/* What is said of a response without an entry for the certificate is what is wrong with it. */
static const struct {
	struct single single;
	const char *text;
} mismatches[] = {
	{{.other_serial = true}, "serial number"},
	{{.other_key = true}, "of this issuer"},
	{{.hash = "md5"}, "does not have the hash of the CertID, md5"},
};

START_TEST(why_no_entry_matches_is_said)
{
	const struct recipe recipe = {.singles = {mismatches[_i].single}};
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element response;
	struct status_check seen;
	make_response(&response, &recipe);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.check, CHECK_WRONG_CERTIFICATE);
	ck_assert_msg(strstr(seen.native.text, mismatches[_i].text) != NULL, "%s",
		      seen.native.text);
}
END_TEST

/* Signature and authority come before times and nonce, and behind everything else. */
START_TEST(a_bad_signature_makes_nothing_authentic)
{
	const struct recipe stale = {ONE(.next_update = -60)}, foreign = {ONE(.other_key = true)};
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element response;
	struct status_check seen;
	signature = SIGNATURE_BAD;
	make_response(&response, &stale);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.check, CHECK_BAD_SIGNATURE);
	ck_assert(!seen.authentic && !seen.fresh);
	make_response(&response, &foreign);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.check, CHECK_WRONG_CERTIFICATE);
	signature = SIGNATURE_GOOD;
	make_response(&response, &stale);
	response_judge(&seen, &question, element_der(&response));
	ck_assert(seen.authentic && !seen.fresh);
}
END_TEST

START_TEST(what_the_entry_says_is_noted)
{
	const struct recipe recipe = {ONE(REVOKED)};
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element response;
	struct status_check seen;
	make_response(&response, &recipe);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.status, STATUS_REVOKED);
	ck_assert_int_eq(seen.response_status, 0);
	ck_assert_int_eq(seen.this_update, STACK_NOW - DAY);
	ck_assert_int_eq(seen.next_update, STACK_NOW + 5 * DAY);
	ck_assert_int_eq(seen.produced_at, STACK_NOW - DAY);
	ck_assert_int_eq(seen.revocation_time, STACK_NOW - 2 * DAY);
	ck_assert_int_eq(seen.revocation_reason, -1);
	ck_assert_str_eq(seen.signer, "signer");
	ck_assert_str_eq(seen.certid.hash, "sha1");
	ck_assert_str_eq(seen.certid.serial, "11");
	ck_assert_uint_eq(seen.certid.name_len, 20);
}
END_TEST

/* Every length: on the heap, so that a read beyond the end is seen. */
START_TEST(what_is_cut_short_is_malformed)
{
	const struct recipe recipe = {.nonce = "n", ONE(REVOKED, .extension = STRANGE)};
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element response;
	struct status_check seen;
	make_response(&response, &recipe);
	for (size_t len = 0; len < response.len; len++) {
		uint8_t *cut = malloc(len + 1);
		memcpy(cut, response.bytes, len);
		response_judge(&seen, &question, der_of(cut, len));
		ck_assert_msg(seen.check == CHECK_MALFORMED, "%zu bytes", len);
		free(cut);
	}
}
END_TEST

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
	Suite *suite = suite_create("response_rules");
	TCase *tests = tcase_create("response_rules");
	tcase_add_unchecked_fixture(tests, stack_make, NULL);
	tcase_add_loop_test(tests, a_response_has_its_check, 0, NUM(rows));
	tcase_add_loop_test(tests, a_certid_hashes_one_spelling_of_the_name, 0, NUM(spellings));
	tcase_add_test(tests, the_issuer_has_the_name_in_the_issuer_field);
	tcase_add_test(tests, without_a_certificate_it_is_about_the_first_of_the_issuer);
	tcase_add_loop_test(tests, why_no_entry_matches_is_said, 0, NUM(mismatches));
	tcase_add_test(tests, a_bad_signature_makes_nothing_authentic);
	tcase_add_test(tests, what_the_entry_says_is_noted);
	tcase_add_test(tests, what_is_cut_short_is_malformed);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
