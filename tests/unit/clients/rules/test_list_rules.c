/* When a CRL speaks for an issuer, and what it says about a certificate. */
#include "clients/rules/list_rules.h"

#include "tests/unit/clients/rules/stack.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define DAY STACK_DAY

/* An Extension of a list or of an entry; its value is a NULL unless the id wants another. */
enum kind {
	NONE,
	STRANGE,
	STRANGE_CRITICAL,
	CUTOFF_CRITICAL, /* of an OCSP response */
	REASON_CRITICAL,
	REMOVED, /* the reason removeFromCRL */
	OTHER_ISSUER,
	OWN_ISSUER,
	DELTA,
	DELTA_CRITICAL,
	FOREIGN_SCOPE, /* for attribute certificates only */
	BROKEN_SCOPE,
	SOME_REASONS,
	OTHER_KEY,
	OWN_KEY,
	BROKEN_ISSUER,
	FRESHEST,
};

static void put_extension(struct element *to, enum kind kind)
{
	static const struct {
		const char *id;
		size_t len;
		bool critical;
	} all[] = {
		[STRANGE] = {"\x2a\x03", 2, false},
		[STRANGE_CRITICAL] = {"\x2a\x03", 2, true},
		[CUTOFF_CRITICAL] = {"\x2b\x06\x01\x05\x05\x07\x30\x01\x06", 9, true},
		[REASON_CRITICAL] = {"\x55\x1d\x15", 3, true},
		[REMOVED] = {"\x55\x1d\x15", 3, false},
		[OTHER_ISSUER] = {"\x55\x1d\x1d", 3, false},
		[OWN_ISSUER] = {"\x55\x1d\x1d", 3, false},
		[DELTA] = {"\x55\x1d\x1b", 3, false},
		[DELTA_CRITICAL] = {"\x55\x1d\x1b", 3, true},
		[FOREIGN_SCOPE] = {"\x55\x1d\x1c", 3, true},
		[BROKEN_SCOPE] = {"\x55\x1d\x1c", 3, true},
		[SOME_REASONS] = {"\x55\x1d\x1c", 3, true},
		[OTHER_KEY] = {"\x55\x1d\x23", 3, false},
		[OWN_KEY] = {"\x55\x1d\x23", 3, false},
		[BROKEN_ISSUER] = {"\x55\x1d\x1d", 3, true},
		[FRESHEST] = {"\x55\x1d\x2e", 3, false},
	};
	struct element value = {.len = 0};
	switch (kind) {
	case NONE: return;
	case REASON_CRITICAL: element_put(&value, DER_ENUMERATED, "\x01", 1); break;
	case REMOVED: element_put(&value, DER_ENUMERATED, "\x08", 1); break;
	case OTHER_ISSUER:
	case OWN_ISSUER:
		element_put_name(&value, kind == OWN_ISSUER ? "issuer" : "another", 0x13);
		element_wrap(&value, DER_CONSTRUCTED(4));
		element_wrap(&value, DER_SEQUENCE);
		break;
	case FOREIGN_SCOPE:
		element_put(&value, DER_CONTEXT(5), "\xff", 1);
		element_wrap(&value, DER_SEQUENCE);
		break;
	case SOME_REASONS: /* keyCompromise */
		element_put(&value, DER_CONTEXT(3), "\x06\x40", 2);
		element_wrap(&value, DER_SEQUENCE);
		break;
	case OTHER_KEY:
	case OWN_KEY:
		element_put(&value, DER_CONTEXT(0), kind == OWN_KEY ? "own" : "new", 3);
		element_wrap(&value, DER_SEQUENCE);
		break;
	default: element_put(&value, 0x05, NULL, 0); break;
	}
	element_put_extension(to, all[kind].id, all[kind].len, all[kind].critical, &value);
}

/* A list; zeroed it is one of a day ago for six days without entries. */
struct recipe {
	bool lists; /* the certificate, in the last entry */
	bool long_serial;
	enum kind entry;
	bool two_entries;                 /* another serial number first, with that extension */
	int64_t this_update, next_update; /* seconds from now; 0: a day ago, in five days */
	bool no_next;
	const char *this_text, *next_text; /* instead; what is shorter is a UTCTime */
	int issuer_tag;                    /* of its strings; 0: UTF8String */
	const char *issuer;                /* NULL: "issuer" */
	enum kind extensions[2];
};

static void put_entry(struct element *to, const char *serial, size_t len, enum kind kind)
{
	struct element body = {.len = 0}, extensions = {.len = 0};
	element_put(&body, DER_INTEGER, serial, len);
	stack_put_time(&body, -2 * DAY);
	put_extension(&extensions, kind);
	if (extensions.len > 0)
		element_put(&body, DER_SEQUENCE, extensions.bytes, extensions.len);
	element_wrap(&body, DER_SEQUENCE);
	element_add(to, &body);
}

static void put_time(struct element *to, const char *text, int64_t offset)
{
	if (text == NULL)
		stack_put_time(to, offset);
	else
		element_put(to, strlen(text) < 14 ? DER_UTC_TIME : DER_GENERALIZED_TIME, text,
			    strlen(text));
}

static void make_list(struct element *out, const struct recipe *recipe)
{
	struct element entries = {.len = 0}, extensions = {.len = 0};
	out->len = 0;
	element_put(out, DER_INTEGER, "\x01", 1);
	element_put(out, DER_SEQUENCE, NULL, 0);
	element_put_name(out, recipe->issuer != NULL ? recipe->issuer : "issuer",
			 recipe->issuer_tag != 0 ? recipe->issuer_tag : 0x0c);
	put_time(out, recipe->this_text, recipe->this_update != 0 ? recipe->this_update : -DAY);
	if (!recipe->no_next)
		put_time(out, recipe->next_text,
			 recipe->next_update != 0 ? recipe->next_update : 5 * DAY);
	if (recipe->two_entries)
		put_entry(&entries, "\x77", 1, recipe->entry);
	if (recipe->lists)
		put_entry(&entries, recipe->long_serial ? "\x00\x11" : "\x11",
			  recipe->long_serial ? 2 : 1, recipe->two_entries ? NONE : recipe->entry);
	if (entries.len > 0)
		element_put(out, DER_SEQUENCE, entries.bytes, entries.len);
	for (size_t i = 0; i < 2; i++)
		put_extension(&extensions, recipe->extensions[i]);
	if (extensions.len > 0) {
		element_wrap(&extensions, DER_SEQUENCE);
		element_put(out, DER_CONSTRUCTED(0), extensions.bytes, extensions.len);
	}
	element_wrap(out, DER_SEQUENCE);
	element_put(out, DER_SEQUENCE, NULL, 0);
	element_put(out, DER_BIT_STRING, "\x00sign", 5);
	element_wrap(out, DER_SEQUENCE);
}

static const struct row {
	const char *name;
	struct recipe recipe;
	enum check check;
} rows[] = {
	{"not listed", {0}, CHECK_GOOD},
	{"listed", {.lists = true}, CHECK_REVOKED},
	{"listed behind another", {.lists = true, .two_entries = true}, CHECK_REVOKED},
	{"listed with superfluous bytes in its number",
	 {.lists = true, .long_serial = true},
	 CHECK_REVOKED},
	{"stale", {.next_update = -60}, CHECK_STALE},
	{"from the future", {.this_update = 60}, CHECK_NOT_YET_VALID},
	{"crossed times, within the tolerance",
	 {.this_update = 30, .next_update = -30},
	 CHECK_STALE},

	{"of another issuer", {.issuer = "another"}, CHECK_UNAUTHORIZED_SIGNER},
	{"of the issuer in another type of string, not listed", {.issuer_tag = 0x13}, CHECK_GOOD},
	{"of the issuer in another type of string, listed",
	 {.lists = true, .issuer_tag = 0x13},
	 CHECK_REVOKED},
	{"of the issuer in another case", {.lists = true, .issuer = "ISSUER"}, CHECK_REVOKED},

	{"a strange extension", {.extensions = {STRANGE}}, CHECK_GOOD},
	{"a strange critical extension", {.extensions = {STRANGE_CRITICAL}}, CHECK_MALFORMED},
	{"a strange critical extension of any entry",
	 {.lists = true, .two_entries = true, .entry = STRANGE_CRITICAL},
	 CHECK_MALFORMED},
	{"a strange extension of an entry", {.lists = true, .entry = STRANGE}, CHECK_REVOKED},
	{"a critical reason", {.lists = true, .entry = REASON_CRITICAL}, CHECK_REVOKED},
	{"an extension of an OCSP response",
	 {.lists = true, .entry = CUTOFF_CRITICAL},
	 CHECK_MALFORMED},
	{"a strange critical extension of another issuer's list",
	 {.issuer = "another", .lists = true, .entry = STRANGE_CRITICAL},
	 CHECK_UNAUTHORIZED_SIGNER},

	{"for other certificates", {.extensions = {FOREIGN_SCOPE}}, CHECK_WRONG_CERTIFICATE},
	{"for other certificates, and a strange one",
	 {.extensions = {FOREIGN_SCOPE, STRANGE_CRITICAL}},
	 CHECK_MALFORMED},
	{"a scope that cannot be read", {.extensions = {BROKEN_SCOPE}}, CHECK_MALFORMED},
	{"some reasons, not listed", {.extensions = {SOME_REASONS}}, CHECK_INCOMPLETE},
	{"some reasons, listed", {.lists = true, .extensions = {SOME_REASONS}}, CHECK_REVOKED},
	{"a critical delta CRL", {.extensions = {DELTA_CRITICAL}}, CHECK_MALFORMED},
	{"a delta CRL that is not critical", {.extensions = {DELTA}}, CHECK_MALFORMED},
	{"another key, not listed", {.extensions = {OTHER_KEY}}, CHECK_UNAUTHORIZED_SIGNER},
	{"another key, listed", {.lists = true, .extensions = {OTHER_KEY}}, CHECK_REVOKED},
	{"the issuer's key", {.extensions = {OWN_KEY}}, CHECK_GOOD},

	{"a time that is none", {.this_text = "soon"}, CHECK_MALFORMED},
	{"a nextUpdate that is none", {.next_text = "soon"}, CHECK_MALFORMED},
	{"a time without seconds", {.this_text = "2609201426Z"}, CHECK_MALFORMED},
	{"a time without seconds, listed",
	 {.lists = true, .this_text = "2609201426Z"},
	 CHECK_REVOKED},
	{"a time without a zone", {.this_text = "260920142640"}, CHECK_MALFORMED},
	{"a time without a zone, listed",
	 {.lists = true, .this_text = "260920142640"},
	 CHECK_REVOKED},
	{"a time with a fraction", {.this_text = "20260920142640.5Z"}, CHECK_MALFORMED},
	{"a time with a fraction, listed",
	 {.lists = true, .this_text = "20260920142640.5Z"},
	 CHECK_REVOKED},

	{"removed from the list", {.lists = true, .entry = REMOVED}, CHECK_GOOD},
	{"another issuer's entry", {.lists = true, .entry = OTHER_ISSUER}, CHECK_GOOD},
	{"an entry behind another issuer's",
	 {.lists = true, .two_entries = true, .entry = OTHER_ISSUER},
	 CHECK_GOOD},
	{"its own issuer's entry", {.lists = true, .entry = OWN_ISSUER}, CHECK_REVOKED},
	{"an entry of an issuer that cannot be read",
	 {.lists = true, .entry = BROKEN_ISSUER},
	 CHECK_MALFORMED},
};

static struct status_check judge(const struct recipe *recipe, const struct question *question)
{
	struct element list;
	struct status_check seen;
	struct element id = {.len = 0}, extensions = {.len = 0};
	struct certificate issuer = *question->issuer;
	element_put(&id, DER_OCTET_STRING, "own", 3);
	element_put_extension(&extensions, "\x55\x1d\x0e", 3, false, &id);
	if (issuer.extensions.len == 0)
		issuer.extensions = element_der(&extensions);
	struct question asked = *question;
	asked.issuer = &issuer;
	asked.skew_s = recipe->this_update == 30 ? 60 : 0;
	make_list(&list, recipe);
	list_judge(&seen, &asked, element_der(&list));
	return seen;
}

START_TEST(a_list_has_its_check)
{
	const struct row *row = &rows[_i];
	enum signature signature;
	struct question question = stack_question(&signature);
	struct status_check seen = judge(&row->recipe, &question);
	ck_assert_msg(seen.check == row->check, "%s: %s (%s)", row->name, check_name(seen.check),
		      seen.native.text);
}
END_TEST

/* The issuer field of the certificate is spelled otherwise than its issuer's subject. */
START_TEST(a_list_is_for_certificates_of_its_issuer_in_any_spelling)
{
	const struct recipe listed = {.lists = true}, own = {.lists = true, .entry = OWN_ISSUER};
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element name = {.len = 0};
	struct certificate leaf = stack_leaf;
	element_put_name(&name, " Issuer", 0x13);
	leaf.issuer = element_der(&name);
	question.certificate = &leaf;
	ck_assert_int_eq(judge(&listed, &question).check, CHECK_REVOKED);
	ck_assert_int_eq(judge(&own, &question).check, CHECK_REVOKED);
}
END_TEST

/* In the CRL or in the certificate (RFC 5280 sections 5.2.6 and 4.2.1.15). */
START_TEST(a_delta_that_is_not_used_is_said)
{
	const struct recipe good = {0}, with_delta = {.extensions = {FRESHEST}},
			    listed = {.lists = true, .extensions = {FRESHEST}};
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element extensions = {.len = 0};
	struct certificate leaf = stack_leaf;
	ck_assert_str_eq(judge(&good, &question).native.text, "");
	struct status_check seen = judge(&with_delta, &question);
	ck_assert_int_eq(seen.check, CHECK_GOOD);
	ck_assert_ptr_nonnull(strstr(seen.native.text, "delta"));
	ck_assert_str_eq(seen.native.library, "revoscope");
	ck_assert_str_eq(judge(&listed, &question).native.text, "");
	put_extension(&extensions, FRESHEST);
	leaf.extensions = element_der(&extensions);
	question.certificate = &leaf;
	ck_assert_ptr_nonnull(strstr(judge(&good, &question).native.text, "delta"));
}
END_TEST

START_TEST(refused_algorithm_shows_a_revocation_alone)
{
	const struct recipe none = {0}, listed = {.lists = true};
	enum signature signature;
	struct question question = stack_question(&signature);
	signature = SIGNATURE_REFUSED;
	struct status_check seen = judge(&none, &question);
	ck_assert_int_eq(seen.check, CHECK_ALGORITHM_UNSUPPORTED);
	ck_assert(!seen.authentic);
	seen = judge(&listed, &question);
	ck_assert_int_eq(seen.check, CHECK_REVOKED);
	ck_assert(seen.authentic);
}
END_TEST

START_TEST(unsupported_algorithm_shows_nothing)
{
	const struct recipe listed = {.lists = true};
	enum signature signature;
	struct question question = stack_question(&signature);
	signature = SIGNATURE_UNSUPPORTED;
	struct status_check seen = judge(&listed, &question);
	ck_assert_int_eq(seen.check, CHECK_ALGORITHM_UNSUPPORTED);
	ck_assert(!seen.authentic);
}
END_TEST

START_TEST(a_signer_needs_the_usage_and_the_signature)
{
	const struct recipe stale = {.next_update = -60, .lists = true};
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element extensions = {.len = 0}, usage = {.len = 0};
	struct certificate issuer = stack_issuer;
	signature = SIGNATURE_BAD;
	struct status_check seen = judge(&stale, &question);
	ck_assert_int_eq(seen.check, CHECK_BAD_SIGNATURE);
	ck_assert(!seen.authentic);
	signature = SIGNATURE_GOOD;
	seen = judge(&stale, &question);
	ck_assert_int_eq(seen.check, CHECK_STALE);
	ck_assert(seen.authentic && !seen.fresh);
	ck_assert_int_eq(seen.status, STATUS_REVOKED);
	ck_assert_int_eq(seen.revocation_time, STACK_NOW - 2 * DAY);
	/* digitalSignature alone. */
	element_put(&usage, DER_BIT_STRING, "\x07\x80", 2);
	element_put_extension(&extensions, "\x55\x1d\x0f", 3, true, &usage);
	issuer.extensions = element_der(&extensions);
	question.issuer = &issuer;
	ck_assert_int_eq(judge(&stale, &question).check, CHECK_UNAUTHORIZED_SIGNER);
}
END_TEST

/* Every length: on the heap, so that a read beyond the end is seen. */
START_TEST(what_is_cut_short_is_malformed)
{
	const struct recipe recipe = {.lists = true, .entry = STRANGE, .extensions = {STRANGE}};
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element list;
	struct status_check seen;
	make_list(&list, &recipe);
	for (size_t len = 0; len < list.len; len++) {
		uint8_t *cut = malloc(len + 1);
		memcpy(cut, list.bytes, len);
		list_judge(&seen, &question, der_of(cut, len));
		ck_assert_msg(seen.check == CHECK_MALFORMED, "%zu bytes", len);
		free(cut);
	}
}
END_TEST

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
	Suite *suite = suite_create("list_rules");
	TCase *tests = tcase_create("list_rules");
	tcase_add_unchecked_fixture(tests, stack_make, NULL);
	tcase_add_loop_test(tests, a_list_has_its_check, 0, NUM(rows));
	tcase_add_test(tests, refused_algorithm_shows_a_revocation_alone);
	tcase_add_test(tests, unsupported_algorithm_shows_nothing);
	tcase_add_test(tests, a_list_is_for_certificates_of_its_issuer_in_any_spelling);
	tcase_add_test(tests, a_delta_that_is_not_used_is_said);
	tcase_add_test(tests, a_signer_needs_the_usage_and_the_signature);
	tcase_add_test(tests, what_is_cut_short_is_malformed);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
