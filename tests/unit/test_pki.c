/* Authorities and leaves: what clients would verify, and who signs for whom. */
#include "fixtures/pki.h"

#include "core/clock.h"

#include <check.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST "stale.lab.localhost"

static struct pki pki;
static struct situation situation;

static void set_up(void)
{
	struct error err = ERROR_INIT;
	ck_assert_msg(
		pki_init(&pki, clock_wall_s(), "http://127.0.0.1:1/intermediate/ocsp", NULL, &err),
		"%s", err.text);
	situation_init(&situation, STATUS_GOOD);
}

static void tear_down(void)
{
	pki_clear(&pki);
}

static struct leaf make_leaf(const char *ocsp_url, const char *crl_url)
{
	struct leaf leaf;
	struct error err = ERROR_INIT;
	const struct places places = {.host = HOST, .ocsp_url = ocsp_url, .crl_url = crl_url};
	ck_assert_msg(leaf_init(&leaf, &pki, &situation, &places, &err), "%s", err.text);
	return leaf;
}

/* What a client that trusts the lab's root says; X509_V_OK for a good chain. */
static int verify(const struct leaf *leaf, const char *host)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	STACK_OF(X509) *sent = sk_X509_new_null();
	X509_STORE_add_cert(store, pki.lab.root.certificate);
	if (leaf->sends_intermediate)
		sk_X509_push(sent, leaf->authority->intermediate.certificate);
	X509_STORE_CTX_init(context, store, leaf->credential.certificate, sent);
	X509_VERIFY_PARAM_set1_host(X509_STORE_CTX_get0_param(context), host, 0);
	X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
	X509_verify_cert(context);
	int error = X509_STORE_CTX_get_error(context);
	sk_X509_free(sent);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	return error;
}

struct chain_row {
	const char *name;
	const char *key, *value; /* of section "certificate" */
	int error;
};

static const struct chain_row chain_rows[] = {
	{"the default verifies", "chain", "full", X509_V_OK},
	{"an RSA leaf verifies", "key", "rsa-2048", X509_V_OK},
	{"a must-staple leaf verifies", "must_staple", "true", X509_V_OK},
	{"a critical feature is refused", "must_staple", "critical",
	 X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION},
	{"noRevAvail verifies", "no_rev_avail", "true", X509_V_OK},
	{"without the intermediate", "chain", "no-intermediate",
	 X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
	{"of an unrelated authority", "chain", "untrusted",
	 X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
	{"self-signed", "chain", "self-signed", X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
	{"for another name", "name", "mismatch", X509_V_ERR_HOSTNAME_MISMATCH},
	{"expired", "starts", "-91d", X509_V_ERR_CERT_HAS_EXPIRED},
	{"not yet valid", "starts", "1h", X509_V_ERR_CERT_NOT_YET_VALID},
};

START_TEST(a_chain_is_as_the_situation_says)
{
	const struct chain_row *row = &chain_rows[_i];
	struct error err = ERROR_INIT;
	ck_assert_msg(situation_set(&situation, situation_find_field("certificate", row->key),
				    row->value, &err),
		      "%s: %s", row->name, err.text);
	struct leaf leaf = make_leaf(NULL, NULL);
	int error = verify(&leaf, HOST);
	ck_assert_msg(error == row->error, "%s: %s", row->name,
		      X509_verify_cert_error_string(error));
	leaf_clear(&leaf);
}
END_TEST

START_TEST(a_leaf_is_for_the_host_and_one_label_in_front)
{
	struct leaf leaf = make_leaf(NULL, NULL);
	ck_assert_int_eq(verify(&leaf, HOST), X509_V_OK);
	ck_assert_int_eq(verify(&leaf, "c17." HOST), X509_V_OK);
	ck_assert_int_eq(verify(&leaf, "a.b." HOST), X509_V_ERR_HOSTNAME_MISMATCH);
	ck_assert_int_eq(verify(&leaf, "other.lab.localhost"), X509_V_ERR_HOSTNAME_MISMATCH);
	leaf_clear(&leaf);
}
END_TEST

struct feature_row {
	const char *value;
	int num; /* of features; -1: no extension */
	long features[2];
	int critical;
};

static const struct feature_row feature_rows[] = {
	{"false", -1, {0}, -1}, {"true", 1, {5}, 0},        {"critical", 1, {5}, 1},
	{"v2", 1, {17}, 0},     {"with-v2", 2, {5, 17}, 0}, {"unknown-number", 1, {64321}, 0},
	{"empty", 0, {0}, 0},
};

static void check_features(const X509 *certificate, const struct feature_row *row)
{
	int critical;
	TLS_FEATURE *features = X509_get_ext_d2i(certificate, NID_tlsfeature, &critical, NULL);
	int num = features != NULL ? sk_ASN1_INTEGER_num(features) : -1;
	ck_assert_msg(num == row->num, "%s: %d features", row->value, num);
	ck_assert_msg(critical == row->critical, "%s: critical %d", row->value, critical);
	for (int i = 0; i < num; i++)
		ck_assert_int_eq(ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)),
				 row->features[i]);
	sk_ASN1_INTEGER_pop_free(features, ASN1_INTEGER_free);
}

START_TEST(must_staple_is_a_list_of_tls_features)
{
	const struct feature_row *row = &feature_rows[_i];
	ck_assert(situation_set(&situation, situation_find_field("certificate", "must_staple"),
				row->value, NULL));
	struct leaf leaf = make_leaf(NULL, NULL);
	check_features(leaf.credential.certificate, row);
	leaf_clear(&leaf);
}
END_TEST

START_TEST(no_rev_avail_is_an_extension_of_rfc_9608)
{
	ASN1_OBJECT *object = OBJ_txt2obj("2.5.29.56", 1);
	struct leaf plain = make_leaf(NULL, NULL);
	situation.certificate.no_rev_avail = 1;
	struct leaf bearing = make_leaf(NULL, NULL);
	ck_assert_int_lt(X509_get_ext_by_OBJ(plain.credential.certificate, object, -1), 0);
	int at = X509_get_ext_by_OBJ(bearing.credential.certificate, object, -1);
	ck_assert_int_ge(at, 0);
	X509_EXTENSION *extension = X509_get_ext(bearing.credential.certificate, at);
	ck_assert_int_eq(X509_EXTENSION_get_critical(extension), 0);
	leaf_clear(&plain);
	leaf_clear(&bearing);
	ASN1_OBJECT_free(object);
}
END_TEST

START_TEST(an_authority_of_its_own_is_under_the_same_root)
{
	struct leaf shared = make_leaf(NULL, NULL);
	ck_assert_ptr_null(shared.own);
	leaf_clear(&shared);
	situation.intermediate.must_staple = 1;
	const struct places places = {.host = HOST,
				      .upper_ocsp_url = "http://a.example/o",
				      .upper_crl_url = "http://a.example/c"};
	struct leaf leaf;
	ck_assert(leaf_init(&leaf, &pki, &situation, &places, NULL));
	ck_assert_ptr_nonnull(leaf.own);
	ck_assert_int_eq(verify(&leaf, HOST), X509_V_OK);
	X509 *certificate = leaf.authority->intermediate.certificate;
	check_features(certificate, &feature_rows[1]);
	ck_assert_int_ne(X509_cmp(certificate, pki.lab.intermediate.certificate), 0);
	STACK_OF(OPENSSL_STRING) *urls = X509_get1_ocsp(certificate);
	ck_assert_str_eq(sk_OPENSSL_STRING_value(urls, 0), places.upper_ocsp_url);
	X509_email_free(urls);
	leaf_clear(&leaf);
}
END_TEST

START_TEST(a_dead_pointer_comes_first)
{
	const struct places places = {.host = HOST,
				      .first_ocsp_url = "http://dead.example/",
				      .ocsp_url = "http://a.example/"};
	struct leaf leaf;
	ck_assert(leaf_init(&leaf, &pki, &situation, &places, NULL));
	STACK_OF(OPENSSL_STRING) *urls = X509_get1_ocsp(leaf.credential.certificate);
	ck_assert_int_eq(sk_OPENSSL_STRING_num(urls), 2);
	ck_assert_str_eq(sk_OPENSSL_STRING_value(urls, 0), places.first_ocsp_url);
	ck_assert_str_eq(sk_OPENSSL_STRING_value(urls, 1), places.ocsp_url);
	X509_email_free(urls);
	leaf_clear(&leaf);
}
END_TEST

static void check_crl_url(const X509 *certificate, const char *url)
{
	CRL_DIST_POINTS *points =
		X509_get_ext_d2i(certificate, NID_crl_distribution_points, NULL, NULL);
	ck_assert_ptr_nonnull(points);
	ck_assert_int_eq(sk_DIST_POINT_num(points), 1);
	GENERAL_NAMES *names = sk_DIST_POINT_value(points, 0)->distpoint->name.fullname;
	const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, 0);
	ck_assert_int_eq(name->type, GEN_URI);
	ck_assert_str_eq((const char *)ASN1_STRING_get0_data(name->d.ia5), url);
	CRL_DIST_POINTS_free(points);
}

START_TEST(pointers_stand_in_the_certificate_as_given)
{
	static const char ocsp_url[] = "http://responder.example/a%2Fb?c";
	static const char crl_url[] = "http://crl.example/x,y;z.crl";
	struct leaf leaf = make_leaf(ocsp_url, crl_url);
	X509 *certificate = leaf.credential.certificate;
	STACK_OF(OPENSSL_STRING) *urls = X509_get1_ocsp(certificate);
	ck_assert_int_eq(sk_OPENSSL_STRING_num(urls), 1);
	ck_assert_str_eq(sk_OPENSSL_STRING_value(urls, 0), ocsp_url);
	X509_email_free(urls);
	check_crl_url(certificate, crl_url);
	leaf_clear(&leaf);

	leaf = make_leaf(NULL, NULL);
	ck_assert_int_lt(X509_get_ext_by_NID(leaf.credential.certificate, NID_info_access, -1), 0);
	ck_assert_int_lt(
		X509_get_ext_by_NID(leaf.credential.certificate, NID_crl_distribution_points, -1),
		0);
	leaf_clear(&leaf);
}
END_TEST

START_TEST(times_count_from_the_start)
{
	situation.certificate.starts_ms = -3600 * 1000;
	situation.certificate.lifetime_ms = 7200 * 1000;
	struct leaf leaf = make_leaf(NULL, NULL);
	const X509 *certificate = leaf.credential.certificate;
	ck_assert_int_eq(ASN1_TIME_cmp_time_t(X509_get0_notBefore(certificate),
					      (time_t)(pki.started - 3600)),
			 0);
	ck_assert_int_eq(
		ASN1_TIME_cmp_time_t(X509_get0_notAfter(certificate), (time_t)(pki.started + 3600)),
		0);
	leaf_clear(&leaf);
}
END_TEST

static int compare_serials(const void *a, const void *b)
{
	return strcmp(a, b);
}

START_TEST(two_hundred_leaves_have_distinct_serials_of_one_length)
{
	enum { NUM = 200 };
	static char serials[NUM][64];
	for (size_t i = 0; i < NUM; i++) {
		struct leaf leaf = make_leaf(NULL, NULL);
		certificate_serial(serials[i], leaf.credential.certificate);
		ck_assert_uint_eq(strlen(serials[i]), 32);
		ck_assert_uint_eq(strspn(serials[i], "0123456789abcdef"), 32);
		leaf_clear(&leaf);
	}
	qsort(serials, NUM, sizeof serials[0], compare_serials);
	for (size_t i = 1; i < NUM; i++)
		ck_assert_str_ne(serials[i - 1], serials[i]);
}
END_TEST

START_TEST(rsa_leaves_share_one_key)
{
	situation.certificate.key = KEY_RSA_2048;
	struct leaf one = make_leaf(NULL, NULL);
	struct leaf other = make_leaf(NULL, NULL);
	ck_assert_int_eq(EVP_PKEY_get_bits(one.credential.key), 2048);
	ck_assert_ptr_eq(one.credential.key, other.credential.key);
	leaf_clear(&one);
	leaf_clear(&other);
}
END_TEST

struct signer_row {
	enum signer signer;
	const char *name;
	bool own_key;         /* the key is that of the certificate claimed */
	bool by_intermediate; /* the claimed certificate was issued by it */
	bool ocsp_signing;    /* and has EKU OCSPSigning and nocheck */
	size_t num_included;
};

static const struct signer_row signer_rows[] = {
	{SIGNER_ISSUER, "issuer", true, false, false, 0},
	{SIGNER_DELEGATE, "delegate", true, true, true, 1},
	{SIGNER_DELEGATE_NO_EKU, "delegate-no-eku", true, true, false, 1},
	{SIGNER_DELEGATE_EXPIRED, "delegate-expired", true, true, true, 1},
	{SIGNER_DELEGATE_OF_ROOT, "delegate-of-root", true, false, true, 1},
	{SIGNER_LEAF, "leaf", true, true, false, 1},
	{SIGNER_ROOT, "root", true, false, false, 1},
	{SIGNER_UNRELATED, "unrelated", true, false, true, 2},
	{SIGNER_IMPOSTOR, "impostor", false, false, false, 0},
	{SIGNER_SIBLING, "sibling", true, true, false, 1},
	{SIGNER_DELEGATE_OMITTED, "delegate-omitted", true, true, true, 0},
	{SIGNER_DELEGATE_NO_NOCHECK, "delegate-no-nocheck", true, true, false, 1},
	{SIGNER_DELEGATE_REVOKED, "delegate-revoked", true, true, false, 1},
	{SIGNER_DELEGATE_OTHER_KEY, "delegate-other-key", true, false, true, 2},
};

START_TEST(each_signer_is_who_it_should_be)
{
	const struct signer_row *row = &signer_rows[_i];
	struct leaf leaf = make_leaf(NULL, NULL);
	struct signing signing;
	pki_signing(&signing, &pki, &leaf, row->signer);
	EVP_PKEY *issuer = X509_get0_pubkey(pki.lab.intermediate.certificate);
	bool ocsp = (X509_get_extended_key_usage(signing.claimed) & XKU_OCSP_SIGN) != 0 &&
		    X509_get_extended_key_usage(signing.claimed) != UINT32_MAX &&
		    X509_get_ext_by_NID(signing.claimed, NID_id_pkix_OCSP_noCheck, -1) >= 0;
	ck_assert_msg((X509_check_private_key(signing.claimed, signing.key) == 1) == row->own_key,
		      "%s: key", row->name);
	ck_assert_msg((X509_verify(signing.claimed, issuer) == 1) == row->by_intermediate,
		      "%s: issuer", row->name);
	ck_assert_msg(ocsp == row->ocsp_signing, "%s: EKU", row->name);
	ck_assert_msg(signing.num_included == row->num_included, "%s: certificates", row->name);
	bool expired = X509_cmp_current_time(X509_get0_notAfter(signing.claimed)) < 0;
	ck_assert_msg(expired == (row->signer == SIGNER_DELEGATE_EXPIRED), "%s: time", row->name);
	leaf_clear(&leaf);
}
END_TEST

START_TEST(an_unrelated_signer_is_unrelated_to_an_untrusted_leaf_too)
{
	situation.certificate.chain = CHAIN_UNTRUSTED;
	struct leaf leaf = make_leaf(NULL, NULL);
	struct signing signing;
	pki_signing(&signing, &pki, &leaf, SIGNER_UNRELATED);
	ck_assert_ptr_eq(signing.claimed, pki.lab.delegate.certificate);
	pki_signing(&signing, &pki, &leaf, SIGNER_ISSUER);
	ck_assert_ptr_eq(signing.claimed, pki.unrelated.intermediate.certificate);
	leaf_clear(&leaf);
}
END_TEST

START_TEST(a_self_signed_leaf_is_its_own_issuer)
{
	situation.certificate.chain = CHAIN_SELF_SIGNED;
	struct leaf leaf = make_leaf(NULL, NULL);
	struct signing signing;
	pki_signing(&signing, &pki, &leaf, SIGNER_ISSUER);
	ck_assert_ptr_eq(signing.claimed, leaf.credential.certificate);
	ck_assert_ptr_eq(signing.key, leaf.credential.key);
	leaf_clear(&leaf);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pki");
	TCase *tests = tcase_create("pki");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, a_chain_is_as_the_situation_says, 0,
			    sizeof chain_rows / sizeof chain_rows[0]);
	tcase_add_test(tests, a_leaf_is_for_the_host_and_one_label_in_front);
	tcase_add_loop_test(tests, must_staple_is_a_list_of_tls_features, 0,
			    sizeof feature_rows / sizeof feature_rows[0]);
	tcase_add_test(tests, no_rev_avail_is_an_extension_of_rfc_9608);
	tcase_add_test(tests, an_authority_of_its_own_is_under_the_same_root);
	tcase_add_test(tests, a_dead_pointer_comes_first);
	tcase_add_test(tests, pointers_stand_in_the_certificate_as_given);
	tcase_add_test(tests, times_count_from_the_start);
	tcase_add_test(tests, two_hundred_leaves_have_distinct_serials_of_one_length);
	tcase_add_test(tests, rsa_leaves_share_one_key);
	tcase_add_loop_test(tests, each_signer_is_who_it_should_be, 0,
			    sizeof signer_rows / sizeof signer_rows[0]);
	tcase_add_test(tests, an_unrelated_signer_is_unrelated_to_an_untrusted_leaf_too);
	tcase_add_test(tests, a_self_signed_leaf_is_its_own_issuer);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
