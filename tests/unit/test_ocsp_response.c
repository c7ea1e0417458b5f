/* OCSP responses: each wrong one is wrong in its own way, and in no other. */
#include "fixtures/ocsp_response.h"

#include "core/clock.h"

#include <check.h>
#include <openssl/bn.h>
#include <string.h>

static struct pki pki;
static struct leaf leaf, other_leaf;
static struct situation situation;
static const struct places places = {.host = "a.lab.localhost"};
static const struct places other_places = {.host = "b.lab.localhost"};

static void set_up(void)
{
	struct error err = ERROR_INIT;
	situation_init(&situation, STATUS_GOOD);
	ck_assert_msg(pki_init(&pki, clock_wall_s(), NULL, NULL, &err) &&
			      leaf_init(&leaf, &pki, &situation, &places, &err) &&
			      leaf_init(&other_leaf, &pki, &situation, &other_places, &err),
		      "%s", err.text);
}

static void tear_down(void)
{
	leaf_clear(&leaf);
	leaf_clear(&other_leaf);
	pki_clear(&pki);
}

static void set(const char *key, const char *value)
{
	struct error err = ERROR_INIT;
	ck_assert_msg(
		situation_set(&situation, situation_find_field("server.staple", key), value, &err),
		"%s", err.text);
}

static struct bytes make(OCSP_REQUEST *request)
{
	struct bytes bytes = {0};
	struct error err = ERROR_INIT;
	struct question question = {pki.started, HUGE_LEN, request};
	ck_assert_msg(
		response_make(&bytes, &situation.server.staple.ocsp, &pki, &leaf, &question, &err),
		"%s", err.text);
	return bytes;
}

/* What a careful client finds out, in order; each is only looked at after the one before. */
struct finding {
	bool whole; /* parses, and nothing is behind it */
	int response_status;
	bool has_basic;
	bool verified;
	bool found; /* an entry for the leaf by SHA-1 */
	int status;
	bool has_next_update;
	bool current;
};

static bool verify(OCSP_BASICRESP *basic)
{
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *chain = sk_X509_new_null();
	X509_STORE_add_cert(store, pki.lab.root.certificate);
	sk_X509_push(chain, leaf.credential.certificate);
	sk_X509_push(chain, pki.lab.intermediate.certificate);
	sk_X509_push(chain, pki.lab.root.certificate);
	bool done = OCSP_basic_verify(basic, chain, store, 0) == 1;
	sk_X509_free(chain);
	X509_STORE_free(store);
	return done;
}

static void look_at_entry(struct finding *finding, OCSP_BASICRESP *basic, const EVP_MD *hash)
{
	ASN1_GENERALIZEDTIME *this_update;
	ASN1_GENERALIZEDTIME *next_update;
	OCSP_CERTID *id = OCSP_cert_to_id(hash, leaf.credential.certificate,
					  pki.lab.intermediate.certificate);
	finding->found = OCSP_resp_find_status(basic, id, &finding->status, NULL, NULL,
					       &this_update, &next_update) == 1;
	OCSP_CERTID_free(id);
	if (!finding->found)
		return;
	finding->has_next_update = next_update != NULL;
	finding->current = OCSP_check_validity(this_update, next_update, 0, -1) == 1;
}

static struct finding look(const struct bytes *bytes)
{
	struct finding finding = {.response_status = -1, .status = -1};
	const unsigned char *end = bytes->data;
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &end, (long)bytes->len);
	if (response == NULL)
		return finding;
	finding.whole = end == bytes->data + bytes->len;
	finding.response_status = OCSP_response_status(response);
	OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
	finding.has_basic = basic != NULL;
	if (basic != NULL) {
		finding.verified = verify(basic);
		look_at_entry(&finding, basic, EVP_sha1());
	}
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	return finding;
}

enum { GOOD = V_OCSP_CERTSTATUS_GOOD, REVOKED = V_OCSP_CERTSTATUS_REVOKED };

struct response_row {
	const char *name;
	const char *sets[4]; /* key, value, key, value */
	struct finding wanted;
};

static const struct response_row response_rows[] = {
	{"good", {"status", "good"}, {true, 0, true, true, true, GOOD, true, true}},
	{"revoked", {"status", "revoked"}, {true, 0, true, true, true, REVOKED, true, true}},
	{"unknown",
	 {"status", "unknown"},
	 {true, 0, true, true, true, V_OCSP_CERTSTATUS_UNKNOWN, true, true}},
	{"no nextUpdate", {"next_update", "none"}, {true, 0, true, true, true, GOOD, false, true}},
	{"stale",
	 {"this_update", "-4d", "next_update", "-1h"},
	 {true, 0, true, true, true, GOOD, true, false}},
	{"not yet valid", {"this_update", "1h"}, {true, 0, true, true, true, GOOD, true, false}},
	{"a delegate signs", {"signer", "delegate"}, {true, 0, true, true, true, GOOD, true, true}},
	{"without the EKU",
	 {"signer", "delegate-no-eku"},
	 {true, 0, true, false, true, GOOD, true, true}},
	{"an expired delegate",
	 {"signer", "delegate-expired"},
	 {true, 0, true, false, true, GOOD, true, true}},
	{"a delegate of the root",
	 {"signer", "delegate-of-root"},
	 {true, 0, true, false, true, GOOD, true, true}},
	{"the leaf signs", {"signer", "leaf"}, {true, 0, true, false, true, GOOD, true, true}},
	{"the root signs", {"signer", "root"}, {true, 0, true, false, true, GOOD, true, true}},
	{"an unrelated one signs",
	 {"signer", "unrelated"},
	 {true, 0, true, false, true, GOOD, true, true}},
	{"an impostor signs",
	 {"signer", "impostor"},
	 {true, 0, true, false, true, GOOD, true, true}},
	{"another server signs",
	 {"signer", "sibling"},
	 {true, 0, true, false, true, GOOD, true, true}},
	{"a delegate that stays away",
	 {"signer", "delegate-omitted"},
	 {true, 0, true, false, true, GOOD, true, true}},
	{"a delegate without nocheck",
	 {"signer", "delegate-no-nocheck"},
	 {true, 0, true, true, true, GOOD, true, true}},
	{"a delegate of another key of the name",
	 {"signer", "delegate-other-key"},
	 {true, 0, true, false, true, GOOD, true, true}},
	{"a foreign entry first",
	 {"entries", "foreign-first"},
	 {true, 0, true, true, true, GOOD, true, true}},
	/* OCSP_resp_find_status takes the first. */
	{"good and revoked at once",
	 {"entries", "contradicting"},
	 {true, 0, true, true, true, GOOD, true, true}},
	/* OpenSSL verifies no response that says nothing. */
	{"no entry", {"entries", "none"}, {true, 0, true, false, false, -1, false, false}},
	{"an unknown critical extension",
	 {"extension", "unknown-critical"},
	 {true, 0, true, true, true, GOOD, true, true}},
	{"one of the entry",
	 {"extension", "unknown-critical-entry"},
	 {true, 0, true, true, true, GOOD, true, true}},
	{"version 2", {"version", "v2"}, {true, 0, true, true, true, GOOD, true, true}},
	{"version 2 by a delegate",
	 {"version", "v2", "signer", "delegate"},
	 {true, 0, true, true, true, GOOD, true, true}},
	{"on hold",
	 {"status", "revoked", "revocation", "hold"},
	 {true, 0, true, true, true, REVOKED, true, true}},
	{"a nonce that nobody sent",
	 {"nonce", "wrong"},
	 {true, 0, true, true, true, GOOD, true, true}},
	{"the digit 0", {"encoding", "zero"}, {.response_status = -1, .status = -1}},
	{"a corrupt signature",
	 {"signature", "corrupt"},
	 {true, 0, true, false, true, GOOD, true, true}},
	{"a corrupt signature of a delegate",
	 {"signature", "corrupt", "signer", "delegate"},
	 {true, 0, true, false, true, GOOD, true, true}},
	{"another serial",
	 {"certid", "wrong-serial"},
	 {true, 0, true, true, false, -1, false, false}},
	/* OpenSSL compares the responder with the key hash of the entry. */
	{"another issuer",
	 {"certid", "wrong-issuer"},
	 {true, 0, true, false, false, -1, false, false}},
	{"a CertID by SHA-256",
	 {"certid_hash", "sha256"},
	 {true, 0, true, true, false, -1, false, false}},
	{"malformedRequest", {"response", "malformed-request"}, {true, 1, .status = -1}},
	{"internalError", {"response", "internal-error"}, {true, 2, .status = -1}},
	{"tryLater", {"response", "try-later"}, {true, 3, .status = -1}},
	{"sigRequired", {"response", "sig-required"}, {true, 5, .status = -1}},
	{"unauthorized", {"response", "unauthorized"}, {true, 6, .status = -1}},
	{"no responseBytes", {"encoding", "no-bytes"}, {true, 0, .status = -1}},
	{"trailing bytes",
	 {"encoding", "trailing"},
	 {false, 0, true, true, true, GOOD, true, true}},
	{"huge", {"encoding", "huge"}, {true, 0, true, true, true, GOOD, true, true}},
	{"truncated", {"encoding", "truncated"}, {.response_status = -1, .status = -1}},
	{"a truncated error",
	 {"encoding", "truncated", "response", "try-later"},
	 {.response_status = -1, .status = -1}},
	{"garbage", {"encoding", "garbage"}, {.response_status = -1, .status = -1}},
	{"a page", {"encoding", "html"}, {.response_status = -1, .status = -1}},
	{"empty", {"encoding", "empty"}, {.response_status = -1, .status = -1}},
};

START_TEST(a_response_is_wrong_in_one_way_only)
{
	const struct response_row *row = &response_rows[_i];
	for (size_t i = 0; i + 1 < 4 && row->sets[i] != NULL; i += 2)
		set(row->sets[i], row->sets[i + 1]);
	struct bytes bytes = make(NULL);
	struct finding got = look(&bytes);
	const struct finding *wanted = &row->wanted;
	ck_assert_msg(got.whole == wanted->whole, "%s: whole", row->name);
	ck_assert_msg(got.response_status == wanted->response_status, "%s: status %d", row->name,
		      got.response_status);
	ck_assert_msg(got.has_basic == wanted->has_basic, "%s: responseBytes", row->name);
	ck_assert_msg(got.verified == wanted->verified, "%s: signature", row->name);
	ck_assert_msg(got.found == wanted->found, "%s: entry", row->name);
	ck_assert_msg(got.status == wanted->status, "%s: certStatus %d", row->name, got.status);
	ck_assert_msg(got.has_next_update == wanted->has_next_update, "%s: nextUpdate", row->name);
	ck_assert_msg(got.current == wanted->current, "%s: times", row->name);
	bytes_clear(&bytes);
}
END_TEST

START_TEST(an_encoding_has_its_length)
{
	struct bytes whole = make(NULL);
	ck_assert_uint_gt(whole.len, 200);
	bytes_clear(&whole);
	set("encoding", "garbage");
	struct bytes garbage = make(NULL);
	ck_assert_uint_eq(garbage.len, 64);
	bytes_clear(&garbage);
	set("encoding", "empty");
	struct bytes empty = make(NULL);
	ck_assert_uint_eq(empty.len, 0);
	ck_assert_ptr_nonnull(empty.data);
	bytes_clear(&empty);
	set("encoding", "huge");
	struct bytes huge = make(NULL);
	ck_assert_uint_gt(huge.len, HUGE_LEN);
	bytes_clear(&huge);
}
END_TEST

/* The first SingleResponse of bytes, and all that must be freed with it. */
struct parsed {
	OCSP_RESPONSE *response;
	OCSP_BASICRESP *basic;
	OCSP_SINGLERESP *single;
};

static struct parsed parse(const struct bytes *bytes)
{
	const unsigned char *end = bytes->data;
	struct parsed parsed = {.response = d2i_OCSP_RESPONSE(NULL, &end, (long)bytes->len)};
	ck_assert_ptr_nonnull(parsed.response);
	parsed.basic = OCSP_response_get1_basic(parsed.response);
	ck_assert_ptr_nonnull(parsed.basic);
	parsed.single = OCSP_resp_get0(parsed.basic, 0);
	return parsed;
}

static void parsed_clear(struct parsed *parsed)
{
	OCSP_BASICRESP_free(parsed->basic);
	OCSP_RESPONSE_free(parsed->response);
}

START_TEST(times_are_exact)
{
	ASN1_GENERALIZEDTIME *revoked_at;
	ASN1_GENERALIZEDTIME *this_update;
	ASN1_GENERALIZEDTIME *next_update;
	int reason;
	set("status", "revoked");
	set("this_update", "-25h");
	set("next_update", "-1h");
	set("revoked_at", "-3d");
	struct bytes bytes = make(NULL);
	struct parsed parsed = parse(&bytes);
	OCSP_single_get0_status(parsed.single, &reason, &revoked_at, &this_update, &next_update);
	time_t now = (time_t)pki.started;
	ck_assert_int_eq(reason, OCSP_REVOKED_STATUS_KEYCOMPROMISE);
	ck_assert_int_eq(ASN1_TIME_cmp_time_t(this_update, now - 25 * 3600), 0);
	ck_assert_int_eq(ASN1_TIME_cmp_time_t(next_update, now - 3600), 0);
	ck_assert_int_eq(ASN1_TIME_cmp_time_t(revoked_at, now - 3 * 86400), 0);
	ck_assert_int_eq(
		ASN1_TIME_cmp_time_t(OCSP_resp_get0_produced_at(parsed.basic), now - 25 * 3600), 0);
	parsed_clear(&parsed);
	bytes_clear(&bytes);
}
END_TEST

START_TEST(a_response_from_the_future_was_produced_now)
{
	set("this_update", "2h");
	struct bytes bytes = make(NULL);
	struct parsed parsed = parse(&bytes);
	ck_assert_int_eq(
		ASN1_TIME_cmp_time_t(OCSP_resp_get0_produced_at(parsed.basic), (time_t)pki.started),
		0);
	parsed_clear(&parsed);
	bytes_clear(&bytes);
}
END_TEST

static OCSP_REQUEST *ask(const struct leaf *about, const EVP_MD *hash)
{
	OCSP_REQUEST *request = OCSP_REQUEST_new();
	OCSP_CERTID *id = OCSP_cert_to_id(hash, about->credential.certificate,
					  pki.lab.intermediate.certificate);
	ck_assert_ptr_nonnull(OCSP_request_add0_id(request, id));
	return request;
}

START_TEST(an_answer_is_about_the_certid_that_was_asked)
{
	const EVP_MD *hash = _i == 0 ? EVP_sha1() : EVP_sha256();
	OCSP_REQUEST *request = ask(&leaf, hash);
	struct bytes bytes = make(request);
	struct parsed parsed = parse(&bytes);
	OCSP_CERTID *asked = OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, 0));
	ck_assert_int_eq(OCSP_resp_count(parsed.basic), 1);
	ck_assert_int_eq(OCSP_id_cmp((OCSP_CERTID *)OCSP_SINGLERESP_get0_id(parsed.single), asked),
			 0);
	ck_assert(verify(parsed.basic));
	parsed_clear(&parsed);
	bytes_clear(&bytes);
	OCSP_REQUEST_free(request);
}
END_TEST

START_TEST(a_nonce_is_echoed_when_one_was_sent)
{
	OCSP_REQUEST *request = ask(&leaf, EVP_sha1());
	struct bytes bytes = make(request);
	struct parsed parsed = parse(&bytes);
	ck_assert_int_eq(OCSP_check_nonce(request, parsed.basic), 2); /* both absent */
	parsed_clear(&parsed);
	bytes_clear(&bytes);

	OCSP_request_add1_nonce(request, NULL, 16);
	bytes = make(request);
	parsed = parse(&bytes);
	ck_assert_int_eq(OCSP_check_nonce(request, parsed.basic), 1); /* both, and equal */
	parsed_clear(&parsed);
	bytes_clear(&bytes);
	OCSP_REQUEST_free(request);
}
END_TEST

struct nonce_row {
	const char *nonce;
	int check; /* OCSP_check_nonce: -1 missing, 0 another, 1 the same */
};

static const struct nonce_row nonce_rows[] = {{"echo", 1}, {"ignore", -1}, {"wrong", 0}};

START_TEST(a_nonce_becomes_what_the_situation_says)
{
	OCSP_REQUEST *request = ask(&leaf, EVP_sha1());
	OCSP_request_add1_nonce(request, NULL, 32);
	set("nonce", nonce_rows[_i].nonce);
	struct bytes bytes = make(request);
	struct parsed parsed = parse(&bytes);
	ck_assert_int_eq(OCSP_check_nonce(request, parsed.basic), nonce_rows[_i].check);
	parsed_clear(&parsed);
	bytes_clear(&bytes);
	OCSP_REQUEST_free(request);
}
END_TEST

START_TEST(a_question_about_another_leaf_is_unauthorized)
{
	OCSP_REQUEST *request = ask(&other_leaf, EVP_sha1());
	struct bytes bytes = make(request);
	ck_assert_int_eq(look(&bytes).response_status, OCSP_RESPONSE_STATUS_UNAUTHORIZED);
	bytes_clear(&bytes);
	OCSP_REQUEST_free(request);
}
END_TEST

START_TEST(a_question_about_many_is_answered_for_ours)
{
	OCSP_REQUEST *request = ask(&other_leaf, EVP_sha1());
	OCSP_request_add0_id(request, OCSP_cert_to_id(EVP_sha1(), leaf.credential.certificate,
						      pki.lab.intermediate.certificate));
	struct bytes bytes = make(request);
	struct parsed parsed = parse(&bytes);
	ck_assert_int_eq(OCSP_resp_count(parsed.basic), 1);
	parsed_clear(&parsed);
	ck_assert(look(&bytes).found);
	bytes_clear(&bytes);
	OCSP_REQUEST_free(request);
}
END_TEST

START_TEST(a_wrong_serial_is_wrong_in_an_answer_too)
{
	OCSP_REQUEST *request = ask(&leaf, EVP_sha1());
	set("certid", "wrong-serial");
	struct bytes bytes = make(request);
	struct finding finding = look(&bytes);
	ck_assert(finding.verified);
	ck_assert(!finding.found);
	bytes_clear(&bytes);
	OCSP_REQUEST_free(request);
}
END_TEST

START_TEST(the_root_speaks_of_the_intermediate)
{
	struct bytes bytes = {0};
	OCSP_REQUEST *request = OCSP_REQUEST_new();
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), pki.lab.intermediate.certificate,
					  pki.lab.root.certificate);
	OCSP_request_add0_id(request, id);
	struct question question = {pki.started, HUGE_LEN, request};
	situation_init(&situation, _i == 0 ? STATUS_GOOD : STATUS_REVOKED);
	ck_assert(
		response_make_above(&bytes, &situation.responder.ocsp, &pki.lab, &question, NULL));
	struct parsed parsed = parse(&bytes);
	int status = -1;
	ck_assert_int_eq(OCSP_resp_find_status(parsed.basic, id, &status, NULL, NULL, NULL, NULL),
			 1);
	ck_assert_int_eq(status, _i == 0 ? GOOD : REVOKED);
	ck_assert(verify(parsed.basic));
	parsed_clear(&parsed);
	bytes_clear(&bytes);
	OCSP_REQUEST_free(request);
}
END_TEST

START_TEST(a_time_beyond_the_calendar_is_refused)
{
	struct error err = ERROR_INIT;
	struct bytes bytes = {0};
	struct question question = {INT64_C(400000000000), HUGE_LEN, NULL};
	ck_assert(!response_make(&bytes, &situation.server.staple.ocsp, &pki, &leaf, &question,
				 &err));
	ck_assert_int_eq(err.kind, ERROR_UNABLE);
	bytes_clear(&bytes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ocsp_response");
	TCase *tests = tcase_create("ocsp_response");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, a_response_is_wrong_in_one_way_only, 0,
			    sizeof response_rows / sizeof response_rows[0]);
	tcase_add_test(tests, an_encoding_has_its_length);
	tcase_add_test(tests, times_are_exact);
	tcase_add_test(tests, a_response_from_the_future_was_produced_now);
	tcase_add_loop_test(tests, an_answer_is_about_the_certid_that_was_asked, 0, 2);
	tcase_add_test(tests, a_nonce_is_echoed_when_one_was_sent);
	tcase_add_loop_test(tests, a_nonce_becomes_what_the_situation_says, 0,
			    sizeof nonce_rows / sizeof nonce_rows[0]);
	tcase_add_test(tests, a_question_about_another_leaf_is_unauthorized);
	tcase_add_test(tests, a_question_about_many_is_answered_for_ours);
	tcase_add_test(tests, a_wrong_serial_is_wrong_in_an_answer_too);
	tcase_add_loop_test(tests, the_root_speaks_of_the_intermediate, 0, 2);
	tcase_add_test(tests, a_time_beyond_the_calendar_is_refused);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
