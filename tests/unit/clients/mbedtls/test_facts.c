/* What the mbedTLS backend reads in a certificate, and how it reads times. */
#include "tests/unit/clients/mbedtls/maker.h"

#include "clients/mbedtls/der.h"
#include "clients/mbedtls/facts.h"

#include <check.h>
#include <mbedtls/oid.h>
#include <stdlib.h>
#include <string.h>

static struct maker maker;

static const struct {
	const char *text;
	bool valid;
	int64_t seconds;
} times[] = {
	{"19700101000000Z", true, 0},
	{"20260921142640Z", true, 1790000800},
	{"20000229000000Z", true, 951782400},
	{"19000301000000Z", true, -2203891200},
	{"99991231235959Z", true, 253402300799},
	{"20230229000000Z", false, 0},
	{"21000229000000Z", false, 0},
	{"20261301000000Z", false, 0},
	{"20260921240000Z", false, 0},
	{"20260921146040Z", false, 0},
	{"20260921142660Z", false, 0},
	{"20260921142640", false, 0},
	{"202609211426Z", false, 0},
	{"20260921142640.5Z", false, 0},
	{"20260921142640+0100", false, 0},
	{"2026 921142640Z", false, 0},
};

START_TEST(time_is_read_in_its_only_form)
{
	struct made made = {.len = 0};
	int64_t seconds = 0;
	made_put(&made, MBEDTLS_ASN1_GENERALIZED_TIME, times[_i].text, strlen(times[_i].text));
	struct der in = der_of(made.data, made.len);
	ck_assert_msg(der_take_time(&in, &seconds) == times[_i].valid, "%s", times[_i].text);
	if (times[_i].valid)
		ck_assert_int_eq(seconds, times[_i].seconds);
}
END_TEST

static void put_extension(struct made *list, const char *id, const struct made *value)
{
	struct made extension = {.len = 0};
	made_put(&extension, MBEDTLS_ASN1_OID, id, strlen(id));
	made_wrap(&extension, MBEDTLS_ASN1_OCTET_STRING, value);
	made_wrap(list, DER_SEQUENCE, &extension);
}

/* SEQUENCE { SEQUENCE { id-ad-…, [6] url } }: as many descriptions as urls. */
static void put_authority_info(struct made *list, const char *method, const char *const *urls,
			       size_t num)
{
	struct made all = {.len = 0}, value = {.len = 0};
	for (size_t i = 0; i < num; i++) {
		struct made one = {.len = 0};
		made_put(&one, MBEDTLS_ASN1_OID, method, strlen(method));
		made_put(&one, DER_CONTEXT(6), urls[i], strlen(urls[i]));
		made_wrap(&all, DER_SEQUENCE, &one);
	}
	made_wrap(&value, DER_SEQUENCE, &all);
	put_extension(list, "\x2b\x06\x01\x05\x05\x07\x01\x01", &value);
}

static void put_distribution_point(struct made *list, const char *url)
{
	struct made full = {.len = 0}, name = {.len = 0}, point = {.len = 0}, all = {.len = 0},
		    value = {.len = 0};
	made_put(&full, DER_CONTEXT(2), "a.dns.name", 10);
	made_put(&full, DER_CONTEXT(6), url, strlen(url));
	made_wrap(&name, DER_CONSTRUCTED(0), &full);
	made_wrap(&point, DER_CONSTRUCTED(0), &name);
	made_wrap(&all, DER_SEQUENCE, &point);
	made_wrap(&value, DER_SEQUENCE, &all);
	put_extension(list, "\x55\x1d\x1f", &value);
}

static void put_features(struct made *list, const void *features, size_t len)
{
	struct made value = {.len = 0};
	made_put(&value, DER_SEQUENCE, features, len);
	put_extension(list, "\x2b\x06\x01\x05\x05\x07\x01\x18", &value);
}

START_TEST(extensions_are_read)
{
	static const char *const ocsp[] = {"http://one.test/ocsp", "http://two.test/ocsp"};
	static const char *const issuers[] = {"http://issuer.test/cert"};
	struct made list = {.len = 0}, all = {.len = 0};
	struct certificate_facts facts = {0};
	put_features(&list, "\x02\x01\x11\x02\x01\x05", 6);
	put_authority_info(&list, "\x2b\x06\x01\x05\x05\x07\x30\x02", issuers, 1);
	put_authority_info(&list, "\x2b\x06\x01\x05\x05\x07\x30\x01", ocsp, 2);
	put_distribution_point(&list, "http://crl.test/a.crl");
	made_wrap(&all, DER_SEQUENCE, &list);
	facts_read_extensions(&facts, all.data, all.len);
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
	struct made list = {.len = 0}, all = {.len = 0};
	struct certificate_facts facts = {0};
	put_features(&list, "\x02\x01\x11", 3);
	made_wrap(&all, DER_SEQUENCE, &list);
	facts_read_extensions(&facts, all.data, all.len);
	ck_assert(!facts.must_staple);
}
END_TEST

START_TEST(no_rev_avail_is_read)
{
	struct made list = {.len = 0}, all = {.len = 0}, null = {.len = 0};
	struct certificate_facts facts = {0};
	made_put(&null, MBEDTLS_ASN1_NULL, "", 0);
	put_extension(&list, "\x55\x1d\x38", &null); /* id-ce 56, RFC 9608 */
	made_wrap(&all, DER_SEQUENCE, &list);
	facts_read_extensions(&facts, all.data, all.len);
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
	struct made list = {.len = 0}, all = {.len = 0};
	struct certificate_facts facts = {0};
	memset(longest, 'a', URL_TEXT_MAX);
	longest[URL_TEXT_MAX] = '\0';
	put_authority_info(&list, "\x2b\x06\x01\x05\x05\x07\x30\x01", too_long, 1);
	put_authority_info(&list, "\x2b\x06\x01\x05\x05\x07\x30\x01", urls,
			   sizeof urls / sizeof urls[0]);
	made_wrap(&all, DER_SEQUENCE, &list);
	facts_read_extensions(&facts, all.data, all.len);
	ck_assert_uint_eq(facts.num_ocsp_urls, MAX_URLS);
	ck_assert_str_eq(facts.ocsp_urls[0], "http://good.test/");
}
END_TEST

START_TEST(facts_of_a_certificate_are_read)
{
	struct certificate_facts facts;
	facts_read(&facts, &maker.certificates[EXPIRED]);
	ck_assert(facts.present);
	ck_assert_str_eq(facts.serial, "123456d");
	ck_assert_int_eq(facts.not_before, 1577836800);
	ck_assert_int_eq(facts.not_after, 1735689600);
	ck_assert(!facts.must_staple);
	ck_assert_uint_eq(facts.num_ocsp_urls, 0);
}
END_TEST

static void set_up(void)
{
	maker_init(&maker);
}

static void tear_down(void)
{
	maker_clear(&maker);
}

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

START_TEST(an_address_is_found_among_other_names)
{
	static const uint8_t own[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, other[16] = {[15] = 1};
	struct made names = {.len = 0}, value = {.len = 0}, all = {.len = 0},
		    extensions = {.len = 0};
	made_put(&names, DER_CONTEXT(2), "::1", 3);
	made_put(&names, DER_CONTEXT(7), own, sizeof own);
	made_put(&names, DER_CONTEXT(7), "\xc0\x00\x02\x01", 4);
	made_wrap(&value, DER_SEQUENCE, &names);
	put_extension(&all, MBEDTLS_OID_SUBJECT_ALT_NAME, &value);
	made_wrap(&extensions, DER_SEQUENCE, &all);
	mbedtls_x509_crt certificate = {
		.v3_ext = {.p = extensions.data, .len = extensions.len},
	};
	ck_assert(facts_has_address(&certificate, own, sizeof own));
	ck_assert(facts_has_address(&certificate, (const uint8_t *)"\xc0\x00\x02\x01", 4));
	ck_assert(!facts_has_address(&certificate, (const uint8_t *)"\xc0\x00\x02\x02", 4));
	ck_assert(!facts_has_address(&certificate, own, 4));
	ck_assert(!facts_has_address(&certificate, other, sizeof other));
	certificate.v3_ext.len -= 2;
	ck_assert(!facts_has_address(&certificate, own, sizeof own));
	certificate.v3_ext.len = 0;
	ck_assert(!facts_has_address(&certificate, own, sizeof own));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mbedtls_facts");
	TCase *tests = tcase_create("mbedtls_facts");
	tcase_add_unchecked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, time_is_read_in_its_only_form, 0, NUM(times));
	tcase_add_test(tests, extensions_are_read);
	tcase_add_test(tests, feature_17_alone_is_no_must_staple);
	tcase_add_test(tests, no_rev_avail_is_read);
	tcase_add_test(tests, hostile_urls_are_left_out);
	tcase_add_test(tests, facts_of_a_certificate_are_read);
	tcase_add_test(tests, an_address_is_found_among_other_names);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
