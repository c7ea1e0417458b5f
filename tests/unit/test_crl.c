/* CRLs: what they list, how long they last, who signed them. */
#include "fixtures/crl.h"

#include "core/clock.h"

#include <check.h>
#include <openssl/x509v3.h>

static struct pki pki;
static struct leaf leaf;
static struct situation situation;

static void set_up(void)
{
	struct error err = ERROR_INIT;
	situation_init(&situation, STATUS_GOOD);
	ck_assert_msg(pki_init(&pki, clock_wall_s(), NULL, NULL, &err) &&
			      leaf_init(&leaf, &pki, &situation.certificate, "a.lab.localhost",
					NULL, NULL, &err),
		      "%s", err.text);
}

static void tear_down(void)
{
	leaf_clear(&leaf);
	pki_clear(&pki);
}

static struct bytes make(void)
{
	struct bytes bytes = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(crl_make(&bytes, &situation.crl, &pki, &leaf, pki.started, &err), "%s",
		      err.text);
	return bytes;
}

struct finding {
	bool parsed;
	bool of_issuer; /* the name */
	bool signed_by_issuer;
	bool listed;
	bool has_next_update;
};

static struct finding look(const struct bytes *bytes)
{
	struct finding finding = {0};
	X509_REVOKED *entry;
	const unsigned char *end = bytes->data;
	X509_CRL *crl = d2i_X509_CRL(NULL, &end, (long)bytes->len);
	if (crl == NULL)
		return finding;
	X509 *issuer = pki.lab.intermediate.certificate;
	finding.parsed = true;
	finding.of_issuer =
		X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) == 0;
	finding.signed_by_issuer = X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1;
	finding.listed = X509_CRL_get0_by_cert(crl, &entry, leaf.credential.certificate) == 1;
	finding.has_next_update = X509_CRL_get0_nextUpdate(crl) != NULL;
	X509_CRL_free(crl);
	return finding;
}

struct crl_row {
	const char *name;
	const char *key, *value;
	struct finding wanted;
};

static const struct crl_row crl_rows[] = {
	{"the leaf is not listed", "status", "good", {true, true, true, false, true}},
	{"the leaf is listed", "status", "revoked", {true, true, true, true, true}},
	{"no nextUpdate", "next_update", "none", {true, true, true, false, false}},
	{"a corrupt signature", "signature", "corrupt", {true, true, false, false, true}},
	{"an unrelated CA", "signer", "unrelated", {true, false, false, false, true}},
	{"an impostor", "signer", "impostor", {true, true, false, false, true}},
	{"huge", "encoding", "huge", {true, true, true, false, true}},
	{"trailing bytes", "encoding", "trailing", {true, true, true, false, true}},
	{"truncated", "encoding", "truncated", {0}},
	{"garbage", "encoding", "garbage", {0}},
	{"a page", "encoding", "html", {0}},
	{"empty", "encoding", "empty", {0}},
	{"an empty SEQUENCE", "encoding", "no-bytes", {0}},
};

START_TEST(a_crl_is_as_the_situation_says)
{
	const struct crl_row *row = &crl_rows[_i];
	struct error err = ERROR_INIT;
	ck_assert_msg(
		situation_set(&situation, situation_find_field("crl", row->key), row->value, &err),
		"%s: %s", row->name, err.text);
	struct bytes bytes = make();
	struct finding got = look(&bytes);
	const struct finding *wanted = &row->wanted;
	ck_assert_msg(got.parsed == wanted->parsed, "%s: parses", row->name);
	ck_assert_msg(got.of_issuer == wanted->of_issuer, "%s: issuer", row->name);
	ck_assert_msg(got.signed_by_issuer == wanted->signed_by_issuer, "%s: signature", row->name);
	ck_assert_msg(got.listed == wanted->listed, "%s: entry", row->name);
	ck_assert_msg(got.has_next_update == wanted->has_next_update, "%s: nextUpdate", row->name);
	bytes_clear(&bytes);
}
END_TEST

START_TEST(times_are_exact)
{
	situation.crl.this_update_ms = INT64_C(-9) * 86400 * 1000;
	situation.crl.next_update_ms = INT64_C(-2) * 86400 * 1000;
	struct bytes bytes = make();
	const unsigned char *end = bytes.data;
	X509_CRL *crl = d2i_X509_CRL(NULL, &end, (long)bytes.len);
	ck_assert_ptr_nonnull(crl);
	ck_assert_int_eq(ASN1_TIME_cmp_time_t(X509_CRL_get0_lastUpdate(crl),
					      (time_t)(pki.started - 9 * 86400)),
			 0);
	ck_assert_int_eq(ASN1_TIME_cmp_time_t(X509_CRL_get0_nextUpdate(crl),
					      (time_t)(pki.started - 2 * 86400)),
			 0);
	X509_CRL_free(crl);
	bytes_clear(&bytes);
}
END_TEST

START_TEST(a_crl_of_an_unrelated_ca_is_signed_by_that_ca)
{
	situation.crl.signer = SIGNER_UNRELATED;
	struct bytes bytes = make();
	const unsigned char *end = bytes.data;
	X509_CRL *crl = d2i_X509_CRL(NULL, &end, (long)bytes.len);
	X509 *other = pki.unrelated.intermediate.certificate;
	ck_assert_int_eq(X509_CRL_verify(crl, X509_get0_pubkey(other)), 1);
	ck_assert_int_eq(X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(other)), 0);
	X509_CRL_free(crl);
	bytes_clear(&bytes);
}
END_TEST

START_TEST(the_root_lists_nothing)
{
	struct bytes bytes = {0};
	ck_assert(crl_make_for_root(&bytes, &pki.lab, pki.started, NULL));
	const unsigned char *end = bytes.data;
	X509_CRL *crl = d2i_X509_CRL(NULL, &end, (long)bytes.len);
	ck_assert_ptr_nonnull(crl);
	ck_assert_int_eq(X509_CRL_verify(crl, X509_get0_pubkey(pki.lab.root.certificate)), 1);
	ck_assert_ptr_null(X509_CRL_get_REVOKED(crl));
	X509_CRL_free(crl);
	bytes_clear(&bytes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("crl");
	TCase *tests = tcase_create("crl");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, a_crl_is_as_the_situation_says, 0,
			    sizeof crl_rows / sizeof crl_rows[0]);
	tcase_add_test(tests, times_are_exact);
	tcase_add_test(tests, a_crl_of_an_unrelated_ca_is_signed_by_that_ca);
	tcase_add_test(tests, the_root_lists_nothing);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
