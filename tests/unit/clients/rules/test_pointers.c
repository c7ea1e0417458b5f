/* What a certificate says about its own status, and for which addresses it is. */
#include "clients/rules/pointers.h"

#include "tests/unit/clients/rules/element.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void wrap_into(struct element *to, int tag, const struct element *content)
{
	element_put(to, tag, content->bytes, content->len);
}

/* Of a certificate with these extensions. */
static struct certificate_facts read_facts(const struct element *extensions)
{
	const struct certificate certificate = {.extensions = element_der(extensions)};
	struct certificate_facts facts;
	pointers_read(&facts, &certificate);
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

static void expect_unusable(const struct url_list *list, size_t at, const char *url,
			    enum url_fault why)
{
	ck_assert_uint_gt(list->num_unusable, at);
	ck_assert_str_eq(list->unusable[at].url, url);
	ck_assert_str_eq(url_fault_name(list->unusable[at].why), url_fault_name(why));
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
	facts = read_facts(&list);
	ck_assert(facts.must_staple);
	ck_assert(!facts.no_rev_avail);
	ck_assert_uint_eq(facts.ocsp.num, 2);
	ck_assert_str_eq(facts.ocsp.urls[0], ocsp[0]);
	ck_assert_str_eq(facts.ocsp.urls[1], ocsp[1]);
	ck_assert_uint_eq(facts.ocsp.num_unusable, 0);
	ck_assert_uint_eq(facts.issuer.num, 1);
	ck_assert_str_eq(facts.issuer.urls[0], issuers[0]);
	ck_assert_uint_eq(facts.crl.num, 1);
	ck_assert_str_eq(facts.crl.urls[0], "http://crl.test/a.crl");
	expect_unusable(&facts.crl, 0, "dNSName", URL_FAULT_NOT_A_URL);
}
END_TEST

START_TEST(feature_17_alone_is_no_must_staple)
{
	struct element list = {.len = 0};
	struct certificate_facts facts;
	put_features(&list, "\x02\x01\x11", 3);
	facts = read_facts(&list);
	ck_assert(!facts.must_staple);
}
END_TEST

START_TEST(no_rev_avail_is_read)
{
	struct element list = {.len = 0}, null = {.len = 0};
	struct certificate_facts facts;
	element_put(&null, 0x05, "", 0);
	element_put_extension(&list, "\x55\x1d\x38", 3, false, &null); /* id-ce 56, RFC 9608 */
	facts = read_facts(&list);
	ck_assert(facts.no_rev_avail);
}
END_TEST

/* None of them is an absent one. */
START_TEST(unusable_urls_are_kept_with_the_reason)
{
	static const char *const urls[] = {"http://one.test/\n", "",
					   "ldap:///cn=x",       "one.test/ocsp",
					   "http://[one/",       "http://good.test/"};
	char longest[URL_TEXT_MAX + 1];
	const char *const too_long[] = {longest};
	struct element list = {.len = 0};
	memset(longest, 'a', URL_TEXT_MAX);
	memcpy(longest, "http://", 7);
	longest[URL_TEXT_MAX] = '\0';
	put_authority_info(&list, "\x2b\x06\x01\x05\x05\x07\x30\x01", too_long, 1);
	put_authority_info(&list, "\x2b\x06\x01\x05\x05\x07\x30\x01", urls,
			   sizeof urls / sizeof urls[0]);
	struct certificate_facts facts = read_facts(&list);
	ck_assert_uint_eq(facts.ocsp.num, 1);
	ck_assert_str_eq(facts.ocsp.urls[0], "http://good.test/");
	longest[URL_TEXT_MAX - 1] = '\0';
	expect_unusable(&facts.ocsp, 0, longest, URL_FAULT_TOO_LONG);
	expect_unusable(&facts.ocsp, 1, "http://one.test/\\n", URL_FAULT_CHARACTERS);
	expect_unusable(&facts.ocsp, 2, "", URL_FAULT_MALFORMED);
	expect_unusable(&facts.ocsp, 3, "ldap:///cn=x", URL_FAULT_SCHEME);
	expect_unusable(&facts.ocsp, 4, "one.test/ocsp", URL_FAULT_NO_SCHEME);
	expect_unusable(&facts.ocsp, 5, "http://[one/", URL_FAULT_MALFORMED);
	ck_assert_uint_eq(facts.ocsp.num_unusable, 6);
}
END_TEST

/* What cannot be used takes no place from what can. */
START_TEST(the_usable_ones_count)
{
	static const char *const urls[] = {"ldap:///a",      "ldap:///b",      "ldap:///c",
					   "ldap:///d",      "ldap:///e",      "ldap:///f",
					   "ldap:///g",      "ldap:///h",      "ldap:///i",
					   "http://1.test/", "http://2.test/", "http://3.test/",
					   "http://4.test/", "http://5.test/", "http://6.test/",
					   "http://7.test/", "http://8.test/"};
	static const char *const one_more[] = {
		"http://1.test/", "http://2.test/", "http://3.test/",
		"http://4.test/", "http://5.test/", "http://6.test/",
		"http://7.test/", "http://8.test/", "http://9.test/"};
	struct element list = {.len = 0}, more = {.len = 0};
	put_authority_info(&list, "\x2b\x06\x01\x05\x05\x07\x30\x01", urls, 17);
	struct certificate_facts facts = read_facts(&list);
	ck_assert_uint_eq(facts.ocsp.num, MAX_URLS);
	ck_assert_str_eq(facts.ocsp.urls[7], "http://8.test/");
	ck_assert_uint_eq(facts.ocsp.num_unusable, MAX_URLS);
	put_authority_info(&more, "\x2b\x06\x01\x05\x05\x07\x30\x01", one_more, 9);
	facts = read_facts(&more);
	ck_assert_uint_eq(facts.ocsp.num, MAX_URLS);
	expect_unusable(&facts.ocsp, 0, "http://9.test/", URL_FAULT_TOO_MANY);
}
END_TEST

START_TEST(extensions_that_do_not_parse_name_something)
{
	struct element list = {.len = 0}, broken = {.len = 0};
	element_put(&broken, DER_SEQUENCE, "\x30\x05\x06", 3);
	element_put_extension(&list, "\x2b\x06\x01\x05\x05\x07\x01\x01", 8, false, &broken);
	element_put_extension(&list, "\x55\x1d\x1f", 3, false, &broken);
	struct certificate_facts facts = read_facts(&list);
	expect_unusable(&facts.ocsp, 0, "authorityInfoAccess", URL_FAULT_UNREADABLE);
	expect_unusable(&facts.crl, 0, "cRLDistributionPoints", URL_FAULT_UNREADABLE);
	ck_assert_uint_eq(facts.ocsp.num + facts.crl.num, 0);
}
END_TEST

/* RFC 5280 section 4.2.1.13: by cRLIssuer alone, and by a name below that of the issuer. */
START_TEST(distribution_points_without_a_url_name_a_list)
{
	struct element list = {.len = 0}, point = {.len = 0}, all = {.len = 0}, value = {.len = 0};
	struct element relative = {.len = 0}, name = {.len = 0};
	element_put(&point, DER_CONSTRUCTED(2), "\xa4\x00", 2);
	wrap_into(&all, DER_SEQUENCE, &point);
	element_put(&relative, DER_CONSTRUCTED(1), "\x30\x00", 2);
	wrap_into(&name, DER_CONSTRUCTED(0), &relative);
	wrap_into(&all, DER_SEQUENCE, &name);
	wrap_into(&value, DER_SEQUENCE, &all);
	element_put_extension(&list, "\x55\x1d\x1f", 3, false, &value);
	struct certificate_facts facts = read_facts(&list);
	expect_unusable(&facts.crl, 0, "cRLIssuer", URL_FAULT_NOT_A_URL);
	expect_unusable(&facts.crl, 1, "nameRelativeToCRLIssuer", URL_FAULT_NOT_A_URL);
	ck_assert_uint_eq(facts.crl.num_unusable, 2);
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
	pointers_read(&facts, &certificate);
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
	tcase_add_test(tests, unusable_urls_are_kept_with_the_reason);
	tcase_add_test(tests, the_usable_ones_count);
	tcase_add_test(tests, extensions_that_do_not_parse_name_something);
	tcase_add_test(tests, distribution_points_without_a_url_name_a_list);
	tcase_add_test(tests, an_address_is_found_among_other_names);
	tcase_add_test(tests, a_certificate_is_read);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
