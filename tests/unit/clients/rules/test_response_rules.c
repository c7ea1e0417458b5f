/* Which entry of an OCSP response counts, in which order it is checked, and what each flag of the
 * rules changes. */
#include "clients/rules/response_rules.h"

#include "clients/rules/flags.h"
#include "tests/unit/clients/rules/response_maker.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define DAY STACK_DAY

#define ONE(...) .singles = {{__VA_ARGS__}}
#define REVOKED  .status = STATUS_REVOKED
#define SENT     "0123456789abcdef"

static const struct row {
	const char *name;
	struct recipe recipe;
	unsigned flag;                /* 0: only without */
	enum check check, under_flag; /* without it, and with it */
} rows[] = {
	{"good", {.status = 0}, 0, CHECK_GOOD, CHECK_GOOD},
	{"revoked", {ONE(REVOKED)}, 0, CHECK_REVOKED, CHECK_REVOKED},
	{"unknown", {ONE(.status = STATUS_UNKNOWN)}, 0, CHECK_UNKNOWN, CHECK_UNKNOWN},
	{"an error", {.status = 3}, 0, CHECK_ERROR_RESPONSE, CHECK_ERROR_RESPONSE},
	{"no entry", {.num_singles = 9}, 0, CHECK_MALFORMED, CHECK_MALFORMED},
	{"version 2", {.version = 1}, 0, CHECK_MALFORMED, CHECK_MALFORMED},
	{"stale", {ONE(.next_update = -60)}, 0, CHECK_STALE, CHECK_STALE},
	{"from the future", {ONE(.this_update = 60)}, 0, CHECK_NOT_YET_VALID, CHECK_NOT_YET_VALID},
	{"another serial number",
	 {ONE(.other_serial = true)},
	 0,
	 CHECK_WRONG_CERTIFICATE,
	 CHECK_WRONG_CERTIFICATE},
	{"another issuer's name",
	 {ONE(.other_name = true)},
	 0,
	 CHECK_WRONG_CERTIFICATE,
	 CHECK_WRONG_CERTIFICATE},
	{"another issuer's key",
	 {ONE(.other_key = true)},
	 0,
	 CHECK_WRONG_CERTIFICATE,
	 CHECK_WRONG_CERTIFICATE},
	{"SHA-256", {ONE(.hash = "sha256")}, 0, CHECK_GOOD, CHECK_GOOD},
	{"SHA-256 where SHA-1 alone counts",
	 {.sha1_only = true, ONE(.hash = "sha256")},
	 0,
	 CHECK_WRONG_CERTIFICATE,
	 CHECK_WRONG_CERTIFICATE},
	{"a hash that the stack does not have",
	 {ONE(.hash = "md5")},
	 0,
	 CHECK_WRONG_CERTIFICATE,
	 CHECK_WRONG_CERTIFICATE},
	{"another certificate's entry is before it",
	 {.singles = {{.other_serial = true, REVOKED}, {.status = STATUS_GOOD}}, .num_singles = 2},
	 0,
	 CHECK_GOOD,
	 CHECK_GOOD},
	{"revoked behind good",
	 {.singles = {{.status = STATUS_GOOD}, {REVOKED}}, .num_singles = 2},
	 0,
	 CHECK_REVOKED,
	 CHECK_REVOKED},
	{"good behind revoked",
	 {.singles = {{REVOKED}, {.status = STATUS_GOOD}}, .num_singles = 2},
	 0,
	 CHECK_REVOKED,
	 CHECK_REVOKED},
	{"the nonce that was sent", {.with_nonce = true, .nonce = SENT}, 0, CHECK_GOOD, CHECK_GOOD},
	{"another nonce",
	 {.with_nonce = true, .nonce = "another"},
	 0,
	 CHECK_WRONG_NONCE,
	 CHECK_WRONG_NONCE},
	{"no nonce", {.with_nonce = true}, 0, CHECK_GOOD, CHECK_GOOD},
	{"another nonce, but none was sent", {.nonce = "another"}, 0, CHECK_GOOD, CHECK_GOOD},
	{"another nonce on a stale response",
	 {.with_nonce = true, .nonce = "another", ONE(.next_update = -60)},
	 0,
	 CHECK_STALE,
	 CHECK_STALE},
	{"a strange extension", {.extension = STRANGE}, 0, CHECK_GOOD, CHECK_GOOD},
	{"a strange critical extension",
	 {.extension = STRANGE_CRITICAL},
	 0,
	 CHECK_MALFORMED,
	 CHECK_MALFORMED},
	{"a strange extension of the entry",
	 {ONE(.extension = STRANGE)},
	 0,
	 CHECK_GOOD,
	 CHECK_GOOD},

	{"ignored entries: a strange extension of another's",
	 {.singles = {{.other_serial = true, .extension = STRANGE_CRITICAL}, {0}},
	  .num_singles = 2},
	 RULE_OTHER_ENTRIES_ARE_IGNORED,
	 CHECK_MALFORMED,
	 CHECK_GOOD},
	{"ignored entries: one of its own",
	 {ONE(.extension = STRANGE_CRITICAL)},
	 RULE_OTHER_ENTRIES_ARE_IGNORED,
	 CHECK_MALFORMED,
	 CHECK_MALFORMED},
	{"ignored entries: of the response, with an entry for another certificate",
	 {.extension = STRANGE_CRITICAL, ONE(.other_serial = true)},
	 RULE_OTHER_ENTRIES_ARE_IGNORED,
	 CHECK_MALFORMED,
	 CHECK_WRONG_CERTIFICATE},
	{"ignored entries: another's time",
	 {.singles = {{.other_serial = true, .this_text = "soon"}, {0}}, .num_singles = 2},
	 RULE_OTHER_ENTRIES_ARE_IGNORED,
	 CHECK_MALFORMED,
	 CHECK_GOOD},
	{"no status extensions: of the response",
	 {.extension = CUTOFF_CRITICAL},
	 RULE_NO_STATUS_EXTENSIONS,
	 CHECK_GOOD,
	 CHECK_MALFORMED},
	{"no status extensions: of the entry",
	 {ONE(.extension = CUTOFF_CRITICAL)},
	 RULE_NO_STATUS_EXTENSIONS,
	 CHECK_GOOD,
	 CHECK_MALFORMED},
	{"shared extensions: the reason of a CRL",
	 {ONE(.extension = REASON_CRITICAL)},
	 RULE_ENTRIES_SHARE_EXTENSIONS,
	 CHECK_MALFORMED,
	 CHECK_GOOD},
	{"latest entry: unknown, and good later",
	 {.singles = {{.status = STATUS_UNKNOWN}, {.this_update = -60}}, .num_singles = 2},
	 RULE_LATEST_ENTRY,
	 CHECK_UNKNOWN,
	 CHECK_GOOD},
	{"latest entry: revoked, and good later",
	 {.singles = {{REVOKED}, {.this_update = -60}}, .num_singles = 2},
	 RULE_LATEST_ENTRY,
	 CHECK_REVOKED,
	 CHECK_REVOKED},
	{"latest entry: SHA-1 among equals",
	 {.singles = {{.hash = "sha256", .status = STATUS_UNKNOWN}, {0}}, .num_singles = 2},
	 RULE_LATEST_ENTRY,
	 CHECK_UNKNOWN,
	 CHECK_GOOD},
	{"two hashes: a third",
	 {ONE(.hash = "sha512")},
	 RULE_TWO_HASHES,
	 CHECK_GOOD,
	 CHECK_WRONG_CERTIFICATE},
	{"two hashes: the second",
	 {ONE(.hash = "sha256")},
	 RULE_TWO_HASHES,
	 CHECK_GOOD,
	 CHECK_GOOD},
	{"short times",
	 {ONE(.this_text = "202609201426Z")},
	 RULE_SHORT_TIMES,
	 CHECK_MALFORMED,
	 CHECK_GOOD},
	{"odd times",
	 {ONE(.this_text = "20260920142640.5+0100")},
	 RULE_ODD_TIMES,
	 CHECK_MALFORMED,
	 CHECK_GOOD},
	{"a broken nextUpdate",
	 {ONE(.next_text = "soon")},
	 RULE_BROKEN_NEXT_IS_ABSENT,
	 CHECK_MALFORMED,
	 CHECK_GOOD},
	{"all times: producedAt",
	 {.produced_text = "soon"},
	 RULE_ALL_TIMES_COUNT,
	 CHECK_GOOD,
	 CHECK_MALFORMED},
	{"all times: of a revocation",
	 {ONE(REVOKED, .revoked_text = "soon")},
	 RULE_ALL_TIMES_COUNT,
	 CHECK_REVOKED,
	 CHECK_MALFORMED},
	{"a nonce without its string: none",
	 {.with_nonce = true, .raw_nonce = "another"},
	 RULE_RAW_NONCE_IS_NONE,
	 CHECK_WRONG_NONCE,
	 CHECK_GOOD},
	{"a nonce without its string: compared",
	 {.with_nonce = true, .raw_nonce = SENT},
	 RULE_RAW_NONCE_COUNTS,
	 CHECK_WRONG_NONCE,
	 CHECK_GOOD},
	{"a nonce without its string: compared, another",
	 {.with_nonce = true, .raw_nonce = "another"},
	 RULE_RAW_NONCE_COUNTS,
	 CHECK_WRONG_NONCE,
	 CHECK_WRONG_NONCE},
};

static struct status_check judge(const struct row *row, unsigned flags)
{
	enum check signer;
	struct question question = stack_question(&signer);
	struct element response;
	struct status_check seen;
	question.flags = flags;
	question.any_certid_hash = !row->recipe.sha1_only;
	if (row->recipe.with_nonce)
		question.nonce = der_of(SENT, sizeof SENT - 1);
	make_response(&response, &row->recipe);
	response_judge(&seen, &question, element_der(&response));
	return seen;
}

START_TEST(a_response_has_its_check)
{
	const struct row *row = &rows[_i];
	struct status_check seen = judge(row, 0);
	ck_assert_msg(seen.check == row->check, "%s: %s (%s)", row->name, check_name(seen.check),
		      seen.native.text);
	if (row->flag == 0)
		return;
	seen = judge(row, row->flag);
	ck_assert_msg(seen.check == row->under_flag, "%s, with its flag: %s (%s)", row->name,
		      check_name(seen.check), seen.native.text);
}
END_TEST

/* The issuer field of the certificate is the same name as its issuer's subject in other bytes. */
static const struct {
	const char *name;
	bool plain_name; /* the CertID hashes the certificate's spelling */
	unsigned flags;
	enum check check;
} spellings[] = {
	{"the certificate's", true, 0, CHECK_GOOD},
	{"the issuer's", false, 0, CHECK_WRONG_CERTIFICATE},
	{"the certificate's, by the subject", true, RULE_CERTID_OF_SUBJECT,
	 CHECK_WRONG_CERTIFICATE},
	{"the issuer's, by the subject", false, RULE_CERTID_OF_SUBJECT, CHECK_GOOD},
	{"the issuer's, by the same bytes", false,
	 RULE_CERTID_OF_SUBJECT | RULE_CERTID_OF_SAME_BYTES, CHECK_WRONG_CERTIFICATE},
};

START_TEST(a_certid_hashes_one_spelling_of_the_name)
{
	const struct recipe recipe = {ONE(.plain_name = spellings[_i].plain_name)};
	enum check signer;
	struct question question = stack_question(&signer);
	struct element response, issuer = {.len = 0};
	struct certificate leaf = stack_leaf;
	struct status_check seen;
	element_put_name(&issuer, "issuer", 0x13);
	leaf.issuer = element_der(&issuer);
	question.certificate = &leaf;
	question.flags = spellings[_i].flags;
	make_response(&response, &recipe);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_msg(seen.check == spellings[_i].check, "%s: %s", spellings[_i].name,
		      check_name(seen.check));
}
END_TEST

START_TEST(without_a_certificate_the_serial_number_is_the_first_one_or_any)
{
	const struct recipe recipe = {.singles = {{0}, {REVOKED, .other_serial = true}},
				      .num_singles = 2};
	enum check signer;
	struct question question = stack_question(&signer);
	struct element response;
	struct status_check seen;
	question.certificate = NULL;
	make_response(&response, &recipe);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.check, CHECK_REVOKED);
	question.flags = RULE_FIRST_SERIAL;
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.check, CHECK_GOOD);
	question.issuer = NULL;
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.check, CHECK_NOT_CHECKED);
	ck_assert_int_eq(seen.status, STATUS_GOOD);
	ck_assert(!seen.authentic);
}
END_TEST

/* Signature and authority come before times and nonce, and behind everything else. */
START_TEST(a_bad_signature_makes_nothing_authentic)
{
	const struct recipe stale = {ONE(.next_update = -60)}, foreign = {ONE(.other_key = true)};
	enum check signer;
	struct question question = stack_question(&signer);
	struct element response;
	struct status_check seen;
	signer = CHECK_BAD_SIGNATURE;
	make_response(&response, &stale);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.check, CHECK_BAD_SIGNATURE);
	ck_assert(!seen.authentic && !seen.fresh);
	signer = CHECK_UNAUTHORIZED_SIGNER;
	make_response(&response, &foreign);
	response_judge(&seen, &question, element_der(&response));
	ck_assert_int_eq(seen.check, CHECK_WRONG_CERTIFICATE);
	signer = CHECK_GOOD;
	make_response(&response, &stale);
	response_judge(&seen, &question, element_der(&response));
	ck_assert(seen.authentic && !seen.fresh);
}
END_TEST

START_TEST(what_the_entry_says_is_noted)
{
	const struct recipe recipe = {ONE(REVOKED)};
	enum check signer;
	struct question question = stack_question(&signer);
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
	ck_assert_str_eq(seen.signer, "whoever");
	ck_assert_str_eq(seen.certid.hash, "sha1");
	ck_assert_str_eq(seen.certid.serial, "11");
	ck_assert_uint_eq(seen.certid.name_len, 20);
}
END_TEST

/* Every length: on the heap, so that a read beyond the end is seen. */
START_TEST(what_is_cut_short_is_malformed)
{
	const struct recipe recipe = {.nonce = "n", ONE(REVOKED, .extension = STRANGE)};
	enum check signer;
	struct question question = stack_question(&signer);
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

START_TEST(a_response_is_too_long_unless_any_length_will_do)
{
	static uint8_t bytes[OCSP_MAX_LEN + 1] = {0x05};
	enum check signer;
	struct question question = stack_question(&signer);
	struct status_check seen;
	response_judge(&seen, &question, der_of(bytes, sizeof bytes));
	ck_assert_int_eq(seen.check, CHECK_MALFORMED);
	ck_assert_ptr_nonnull(strstr(seen.native.text, "64 KiB"));
	question.flags = RULE_ANY_LENGTH;
	response_judge(&seen, &question, der_of(bytes, sizeof bytes));
	ck_assert_ptr_null(strstr(seen.native.text, "64 KiB"));
}
END_TEST

static const struct {
	const char *name;
	int tag; /* of the strings in the responder's name; 0: it is named by its key */
	unsigned flags;
	bool is_by;
} responders[] = {
	{"by name", 0x0c, 0, true},
	{"by another type of string", 0x13, 0, true},
	{"by another type of string, as bytes", 0x13, RULE_NAMES_AS_BYTES, false},
	{"by name, as bytes", 0x0c, RULE_NAMES_AS_BYTES, true},
	{"by key", 0, 0, true},
};

START_TEST(a_responder_is_named)
{
	enum check signer;
	struct question question = stack_question(&signer);
	struct element name = {.len = 0};
	struct response response = {0};
	uint8_t digest[DIGEST_MAX];
	question.flags = responders[_i].flags;
	element_put_name(&name, "issuer", responders[_i].tag);
	if (responders[_i].tag != 0)
		response.responder_name = element_der(&name);
	else
		response.responder_key =
			der_of(digest, stack_digest(digest, "sha1", stack_issuer.key));
	ck_assert_msg(response_is_by(&response, &stack_issuer, &question) == responders[_i].is_by,
		      "%s", responders[_i].name);
	ck_assert_msg(!response_is_by(&response, &stack_leaf, &question), "%s",
		      responders[_i].name);
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
	tcase_add_test(tests, without_a_certificate_the_serial_number_is_the_first_one_or_any);
	tcase_add_test(tests, a_bad_signature_makes_nothing_authentic);
	tcase_add_test(tests, what_the_entry_says_is_noted);
	tcase_add_test(tests, what_is_cut_short_is_malformed);
	tcase_add_test(tests, a_response_is_too_long_unless_any_length_will_do);
	tcase_add_loop_test(tests, a_responder_is_named, 0, NUM(responders));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
