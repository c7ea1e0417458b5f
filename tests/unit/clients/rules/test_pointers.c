/* What a certificate says about its own status, and for which addresses it is. */
#include "clients/rules/pointers.h"

#include "clients/rules/flags.h"
#include "tests/unit/clients/rules/element.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void wrap_into(struct element *to, int tag, const struct element *content)
{
	element_put(to, tag, content->bytes, content->len);
}

/* Of a certificate with these extensions. */
static struct certificate_facts read_facts(const struct element *extensions, unsigned flags)
{
	const struct certificate certificate = {.extensions = element_der(extensions)};
	struct certificate_facts facts;
	pointers_read(&facts, &certificate, flags);
	return facts;
}

/* SEQUENCE { SEQUENCE { id-ad-…, [6] url } }: as many descriptions as urls. */
static void put_authority_info(struct element *list, const char *method, const char *const *urls,
			       size_t num)
{
	struct element all = {.len = 0}, value = {.len = 0};
	for (size_t i = 0; i < num; i++) {
		struct element one = {.len = 0};
		element_put(&one, DER_OID, method, strlen(method));
		element_put(&one, DER_CONTEXT(6), urls[i], strlen(urls[i]));
		wrap_into(&all, DER_SEQUENCE, &one);
	}
	wrap_into(&value, DER_SEQUENCE, &all);
	element_put_extension(list, "\x2b\x06\x01\x05\x05\x07\x01\x01", 8, false, &value);
}

static void put_distribution_point(struct element *list, const char *url)
{
	struct element full = {.len = 0}, name = {.len = 0}, point = {.len = 0}, all = {.len = 0},
		       value = {.len = 0};
	element_put(&full, DER_CONTEXT(2), "a.dns.name", 10);
	element_put(&full, DER_CONTEXT(6), url, strlen(url));
	wrap_into(&name, DER_CONSTRUCTED(0), &full);
	wrap_into(&point, DER_CONSTRUCTED(0), &name);
	wrap_into(&all, DER_SEQUENCE, &point);
	wrap_into(&value, DER_SEQUENCE, &all);
	element_put_extension(list, "\x55\x1d\x1f", 3, false, &value);
}

static void put_features(struct element *list, const void *features, size_t len)
{
	struct element value = {.len = 0};
	element_put(&value, DER_SEQUENCE, features, len);
	element_put_extension(list, "\x2b\x06\x01\x05\x05\x07\x01\x18", 8, false, &value);
}

START_TEST(extensions_are_read)
{
	static const char *const ocsp[] = {"http://one.test/ocsp", "http://two.test/ocsp"};
	static const char *const issuers[] = {"http://issuer.test/cert"};
	struct element list = {.len = 0};
	struct certificate_facts facts;
	put_features(&list, "\x02\x01\x11\x02\x01\x05", 6);
	put_authority_info(&list, "\x2b\x06\x01\x05\x05\x07\x30\x02", issuers, 1);
	put_authority_info(&list, "\x2b\x06\x01\x05\x05\x07\x30\x01", ocsp, 2);
	put_distribution_point(&list, "http://crl.test/a.crl");
	facts = read_facts(&list, 0);
	ck_assert(facts.must_staple);
	ck_assert(!facts.no_rev_avail);
	ck_assert_uint_eq(facts.num_ocsp_urls, 2);
	ck_assert_str_eq(facts.ocsp_urls[0], ocsp[0]);
	ck_assert_str_eq(facts.ocsp_urls[1], ocsp[1]);
	ck_assert_uint_eq(facts.num_crl_urls, 1);
	ck_assert_str_eq(facts.crl_urls[0], "http://crl.test/a.crl");
}
END_TEST

START_TEST(feature_17_alone_is_no_must_staple)
{
	struct element list = {.len = 0};
	struct certificate_facts facts;
	put_features(&list, "\x02\x01\x11", 3);
	facts = read_facts(&list, 0);
	ck_assert(!facts.must_staple);
}
END_TEST

START_TEST(no_rev_avail_is_read)
{
	struct element list = {.len = 0}, null = {.len = 0};
	struct certificate_facts facts;
	element_put(&null, 0x05, "", 0);
	element_put_extension(&list, "\x55\x1d\x38", 3, false, &null); /* id-ce 56, RFC 9608 */
	facts = read_facts(&list, 0);
	ck_assert(facts.no_rev_avail);
}
END_TEST

START_TEST(hostile_urls_are_left_out)
{
	static const char *const urls[] = {
		"http://one.test/\n", "http://\x7f.test/", " http://x/", "",
		"http://good.test/",  "http://a/",         "http://b/",  "http://c/",
		"http://d/"};
	char longest[URL_TEXT_MAX + 1];
	const char *const too_long[] = {longest};
	struct element list = {.len = 0};
	struct certificate_facts facts;
	memset(longest, 'a', URL_TEXT_MAX);
	longest[URL_TEXT_MAX] = '\0';
	put_authority_info(&list, "\x2b\x06\x01\x05\x05\x07\x30\x01", too_long, 1);
	put_authority_info(&list, "\x2b\x06\x01\x05\x05\x07\x30\x01", urls,
			   sizeof urls / sizeof urls[0]);
	facts = read_facts(&list, 0);
	ck_assert_uint_eq(facts.num_ocsp_urls, MAX_URLS);
	ck_assert_str_eq(facts.ocsp_urls[0], "http://good.test/");
	facts = read_facts(&list, RULE_ANY_URL_BYTES);
	ck_assert_str_eq(facts.ocsp_urls[0], urls[0]);
}
END_TEST

START_TEST(an_address_is_found_among_other_names)
{
	static const uint8_t own[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, other[16] = {[15] = 1};
	struct element names = {.len = 0}, value = {.len = 0}, all = {.len = 0};
	element_put(&names, DER_CONTEXT(2), "::1", 3);
	element_put(&names, DER_CONTEXT(7), own, sizeof own);
	element_put(&names, DER_CONTEXT(7), "\xc0\x00\x02\x01", 4);
	wrap_into(&value, DER_SEQUENCE, &names);
	element_put_extension(&all, "\x55\x1d\x11", 3, false, &value);
	struct certificate certificate = {.extensions = element_der(&all)};
	ck_assert(pointers_have_address(&certificate, der_of(own, sizeof own)));
	ck_assert(pointers_have_address(&certificate, der_of("\xc0\x00\x02\x01", 4)));
	ck_assert(!pointers_have_address(&certificate, der_of("\xc0\x00\x02\x02", 4)));
	ck_assert(!pointers_have_address(&certificate, der_of(own, 4)));
	ck_assert(!pointers_have_address(&certificate, der_of(other, sizeof other)));
	certificate.extensions.len -= 2;
	ck_assert(!pointers_have_address(&certificate, der_of(own, sizeof own)));
	certificate.extensions.len = 0;
	ck_assert(!pointers_have_address(&certificate, der_of(own, sizeof own)));
}
END_TEST

/* Serial number and validity, and the names and the key that the others go by. */
START_TEST(a_certificate_is_read)
{
	struct element body = {.len = 0}, validity = {.len = 0}, key = {.len = 0};
	struct element extensions = {.len = 0}, constraints = {.len = 0};
	struct certificate certificate;
	struct certificate_facts facts;
	element_put(&body, DER_CONSTRUCTED(0), "\x02\x01\x02", 3);
	element_put(&body, DER_INTEGER, "\x00\xa2\x34", 3);
	element_put(&body, DER_SEQUENCE, NULL, 0);
	element_put_name(&body, "issuer", 0x0c);
	element_put(&validity, DER_UTC_TIME, "200101000000Z", 13);
	element_put(&validity, DER_GENERALIZED_TIME, "20500101000000Z", 15);
	wrap_into(&body, DER_SEQUENCE, &validity);
	element_put_name(&body, "subject", 0x0c);
	element_put(&key, DER_SEQUENCE, NULL, 0);
	element_put(&key, DER_BIT_STRING, "\x00key", 4);
	wrap_into(&body, DER_SEQUENCE, &key);
	element_put(&constraints, DER_BOOLEAN, "\xff", 1);
	element_wrap(&constraints, DER_SEQUENCE);
	element_put_extension(&extensions, "\x55\x1d\x13", 3, true, &constraints);
	element_wrap(&extensions, DER_SEQUENCE);
	wrap_into(&body, DER_CONSTRUCTED(3), &extensions);
	element_wrap(&body, DER_SEQUENCE);
	element_wrap(&body, DER_SEQUENCE);
	ck_assert(certificate_read(&certificate, element_der(&body)));
	ck_assert(certificate_is_ca(&certificate));
	ck_assert(certificate_has_usage(&certificate, KEY_USAGE_CRL_SIGN));
	ck_assert(DER_IS(certificate.key, "key"));
	ck_assert(!der_same(certificate.issuer, certificate.subject));
	pointers_read(&facts, &certificate, 0);
	ck_assert(facts.present);
	ck_assert_str_eq(facts.serial, "a234");
	ck_assert_int_eq(facts.not_before, 1577836800);
	ck_assert_int_eq(facts.not_after, 2524608000);
	ck_assert(!certificate_read(&certificate, der_of(body.bytes, body.len - 1)));
	ck_assert(!certificate_read(&certificate, der_of(NULL, 0)));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rules_pointers");
	TCase *tests = tcase_create("rules_pointers");
	tcase_add_test(tests, extensions_are_read);
	tcase_add_test(tests, feature_17_alone_is_no_must_staple);
	tcase_add_test(tests, no_rev_avail_is_read);
	tcase_add_test(tests, hostile_urls_are_left_out);
	tcase_add_test(tests, an_address_is_found_among_other_names);
	tcase_add_test(tests, a_certificate_is_read);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
