/* CRLs: what they list, how long they last, who signed them. */
#include "fixtures/crl.h"

#include "core/clock.h"

#include <check.h>
#include <openssl/x509v3.h>

static struct pki pki;
static struct leaf leaf;
static struct situation situation;
static const struct places places = {.host = "a.lab.localhost"};

static void set_up(void)
{
	struct error err = ERROR_INIT;
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

static struct bytes make(void)
{
	struct bytes bytes = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(crl_make(&bytes, &situation, &pki, &leaf, pki.started, &err), "%s", err.text);
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

static X509_CRL *read_crl(const struct bytes *bytes)
{
	const unsigned char *end = bytes->data;
	X509_CRL *crl = d2i_X509_CRL(NULL, &end, (long)bytes->len);
	ck_assert_ptr_nonnull(crl);
	return crl;
}

static void set(const char *section, const char *key, const char *value)
{
	struct error err = ERROR_INIT;
	ck_assert_msg(situation_set(&situation, situation_find_field(section, key), value, &err),
		      "%s", err.text);
}

static int count_entries(const X509_CRL *crl)
{
	const STACK_OF(X509_REVOKED) *list = X509_CRL_get_REVOKED((X509_CRL *)crl);
	return list != NULL ? sk_X509_REVOKED_num(list) : 0;
}

START_TEST(as_many_others_are_listed_as_asked)
{
	set("crl", "extra_entries", "1000");
	set("crl", "status", "revoked");
	struct bytes bytes = make();
	X509_CRL *crl = read_crl(&bytes);
	ck_assert_int_eq(count_entries(crl), 1001);
	ck_assert(look(&bytes).listed);
	ck_assert_uint_gt(bytes.len, 20000);
	X509_CRL_free(crl);
	bytes_clear(&bytes);
}
END_TEST

struct extension_row {
	const char *key, *value;
	int nid; /* of an extension that the CRL has; NID_undef: one that nobody knows */
	bool in_entry;
};

static const struct extension_row extension_rows[] = {
	{"extension", "unknown-critical", NID_undef, false},
	{"extension", "unknown-critical-entry", NID_undef, true},
	{"scope", "authorities", NID_issuing_distribution_point, false},
	{"scope", "another-shard", NID_issuing_distribution_point, false},
	{"scope", "delta", NID_delta_crl, false},
};

START_TEST(a_critical_extension_is_where_it_should_be)
{
	const struct extension_row *row = &extension_rows[_i];
	set("crl", row->key, row->value);
	struct bytes bytes = make();
	X509_CRL *crl = read_crl(&bytes);
	int on_list = 0, on_entries = 0;
	for (int i = 0; i < X509_CRL_get_ext_count(crl); i++) {
		X509_EXTENSION *extension = X509_CRL_get_ext(crl, i);
		on_list += X509_EXTENSION_get_critical(extension) &&
			   OBJ_obj2nid(X509_EXTENSION_get_object(extension)) == row->nid;
	}
	for (int i = 0; i < count_entries(crl); i++) {
		X509_REVOKED *entry = sk_X509_REVOKED_value(X509_CRL_get_REVOKED(crl), i);
		for (int k = 0; k < X509_REVOKED_get_ext_count(entry); k++)
			on_entries += X509_EXTENSION_get_critical(X509_REVOKED_get_ext(entry, k));
	}
	ck_assert_msg(on_list == !row->in_entry, "%s: the list has %d", row->value, on_list);
	ck_assert_msg(on_entries == row->in_entry, "%s: entries have %d", row->value, on_entries);
	ck_assert(look(&bytes).signed_by_issuer);
	ck_assert(!look(&bytes).listed);
	X509_CRL_free(crl);
	bytes_clear(&bytes);
}
END_TEST

START_TEST(a_revoked_ocsp_signer_is_listed)
{
	X509_REVOKED *entry;
	set("server.staple", "signer", "delegate-revoked");
	struct bytes bytes = make();
	X509_CRL *crl = read_crl(&bytes);
	X509 *signer = leaf.authority->delegate_revoked.certificate;
	ck_assert_int_eq(X509_CRL_get0_by_cert(crl, &entry, signer), 1);
	ck_assert_int_eq(count_entries(crl), 1);
	X509_CRL_free(crl);
	bytes_clear(&bytes);
}
END_TEST

START_TEST(the_root_lists_the_intermediate_or_nothing)
{
	struct bytes bytes = {0};
	X509_REVOKED *entry;
	X509 *listed = pki.lab.intermediate.certificate;
	ck_assert(crl_make_above(&bytes, &pki.lab, _i == 1, pki.started, NULL));
	X509_CRL *crl = read_crl(&bytes);
	ck_assert_int_eq(X509_CRL_verify(crl, X509_get0_pubkey(pki.lab.root.certificate)), 1);
	ck_assert_int_eq(count_entries(crl), _i);
	ck_assert_int_eq(X509_CRL_get0_by_cert(crl, &entry, listed), _i);
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
	tcase_add_test(tests, as_many_others_are_listed_as_asked);
	tcase_add_loop_test(tests, a_critical_extension_is_where_it_should_be, 0,
			    sizeof extension_rows / sizeof extension_rows[0]);
	tcase_add_test(tests, a_revoked_ocsp_signer_is_listed);
	tcase_add_loop_test(tests, the_root_lists_the_intermediate_or_nothing, 0, 2);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
