/* Which of the certificates that were sent, or that are given, make the chain. */
#include "clients/backend/chain.h"

#include "tests/unit/clients/rules/element.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* From the time of Unix 0 to 2049, or outdated: '-' since 2001, '+' until 2048. */
static void put_validity(struct element *to, char kind)
{
	struct element validity = {.len = 0};
	element_put(&validity, DER_UTC_TIME, kind == '+' ? "480101000000Z" : "700101000000Z", 13);
	element_put(&validity, DER_UTC_TIME, kind == '-' ? "010101000000Z" : "491231235959Z", 13);
	element_wrap(&validity, DER_SEQUENCE);
	element_add(to, &validity);
}

/* TLS features (RFC 7633): '5', '7' for 17, 'b' for both, '0' for none of them. */
static void put_features(struct element *to, char kind)
{
	struct element value = {.len = 0}, list = {.len = 0};
	if (kind == '5' || kind == 'b')
		element_put(&value, DER_INTEGER, "\x05", 1);
	if (kind == '7' || kind == 'b')
		element_put(&value, DER_INTEGER, "\x11", 1);
	element_wrap(&value, DER_SEQUENCE);
	element_put_extension(&list, "\x2b\x06\x01\x05\x05\x07\x01\x18", 8, false, &value);
	element_wrap(&list, DER_SEQUENCE);
	element_wrap(&list, 0xa3);
	element_add(to, &list);
}

/* "SUBJECT<ISSUER key signer", then validity and TLS features as above: the certificate has the key
 * and is signed with the signer's. Names, keys and signers are single letters; the signer is the
 * serial number, and the signature. */
static struct der certificate_of(const char *text)
{
	static struct element made[16];
	static size_t num;
	struct element *out = &made[num++ % 16], key = {.len = 0}, empty = {.len = 0};
	char subject[2] = {text[0]}, issuer[2] = {text[2]};
	uint8_t bits[] = {0, (uint8_t)text[4]}, signer = (uint8_t)text[6];
	const uint8_t signature[] = {0, signer};
	*out = (struct element){.len = 0};
	element_wrap(&empty, DER_SEQUENCE);
	element_put(out, DER_INTEGER, &signer, 1);
	element_add(out, &empty);
	/* Behind the signer there may be a validity and features. */
	const char *more = strlen(text) > 8 && text[7] == ' ' ? text + 8 : ".";
	element_put_name(out, issuer, 0x0c);
	put_validity(out, more[0]);
	element_put_name(out, subject, 0x0c);
	element_add(&key, &empty);
	element_put(&key, DER_BIT_STRING, bits, sizeof bits);
	element_wrap(&key, DER_SEQUENCE);
	element_add(out, &key);
	if (more[1] != '\0' && more[1] != ',')
		put_features(out, more[1]);
	element_wrap(out, DER_SEQUENCE);
	element_add(out, &empty);
	element_put(out, DER_BIT_STRING, signature, sizeof signature);
	element_wrap(out, DER_SEQUENCE);
	return element_der(out);
}

static size_t num_verified;

/* The stack does not know the algorithm of the key '*'. */
static enum signature verify(struct status_check *out, struct der signer,
			     const struct signed_bytes *what)
{
	struct certificate one;
	(void)out;
	num_verified++;
	if (!certificate_read(&one, signer) || one.key.at[0] != what->signature.at[0])
		return SIGNATURE_BAD;
	return one.key.at[0] == '*' ? SIGNATURE_UNSUPPORTED : SIGNATURE_GOOD;
}

static bool has_signed(struct der issuer, struct der certificate)
{
	struct certificate one, other;
	return certificate_read(&one, issuer) && certificate_read(&other, certificate) &&
	       one.key.at[0] == other.serial.at[0];
}

/* Certificates apart by commas. */
static bool read_pem(struct der_list *out, const char *pem, struct error *err)
{
	if (strcmp(pem, "broken") == 0)
		return error_set(err, ERROR_UNABLE, "no such letters");
	for (const char *at = pem; at != NULL; at = strchr(at, ',')) {
		at += *at == ',';
		der_list_add(out, certificate_of(at));
	}
	return true;
}

/* A path is good when its first certificate is signed by an anchor. */
static bool verify_path(enum reason *reason, char text[static NATIVE_MAX],
			const struct der_list *path, const struct der_list *anchors)
{
	for (size_t i = 0; i < anchors->num; i++)
		if (has_signed(der_list_at(anchors, i), der_list_at(path, 0)))
			return true;
	*reason = REASON_CHAIN_UNTRUSTED;
	snprintf(text, NATIVE_MAX, "no anchor");
	return false;
}

static size_t digest(uint8_t out[static DIGEST_MAX], const char *hash, struct der bytes)
{
	(void)hash;
	(void)bytes;
	memset(out, 0, 32);
	return 32;
}

static const struct client_backend backend = {
	.library = "double",
	.digest = digest,
	.read_pem = read_pem,
	.verify = verify,
	.verify_path = verify_path,
};

static const char *anchor; /* what the trusted ones have for every certificate; NULL: none */

static void add_anchor(struct der_list *anchors, const struct probe *probe, struct der certificate)
{
	struct certificate one, other;
	(void)probe;
	if (anchor == NULL)
		return;
	struct der der = certificate_of(anchor);
	ck_assert(certificate_read(&one, der) && certificate_read(&other, certificate));
	if (der_same(one.subject, other.issuer))
		der_list_add(anchors, der);
}

/* The subjects and keys of the chain, leaf first. */
static const char *chain_text(const struct probe *probe)
{
	static char text[64];
	struct certificate one;
	text[0] = '\0';
	for (size_t i = 0; i < probe->chain.num; i++) {
		bool is_there = certificate_read(&one, der_list_at(&probe->chain, i));
		size_t len = strlen(text);
		snprintf(text + len, sizeof text - len, "%c%c ",
			 is_there ? one.subject.at[one.subject.len - 1] : '-',
			 is_there ? one.key.at[0] : '-');
	}
	return text;
}

static struct request request;

static struct probe *new_probe(void)
{
	struct probe *probe = calloc(1, sizeof *probe);
	ck_assert_ptr_nonnull(probe);
	request = (struct request){0};
	probe->backend = &backend;
	probe->request = &request;
	num_verified = 0;
	return probe;
}

static void free_probe(struct probe *probe)
{
	probe_clear(probe);
	free(probe);
}

static const struct {
	const char *name, *sent, *anchor;
	bool is_verified;
	const char *chain;
	size_t num_verified;
} sent_rows[] = {
	{"verified, no name twice", "L<I l i,I<R i r", "R<R r r", true, "Ll Ii Rr ", 0},
	{"the root is sent as well", "L<I l i,I<R i r,R<R r r", "R<R r r", true, "Ll Ii Rr ", 0},
	{"in another order, one more", "L<I l i,X<R x r,I<R i r", "R<R r r", true, "Ll Ii Rr ", 0},
	/* The name alone would take what the server says for its issuer. */
	{"a decoy with the name of a trusted issuer", "L<R l r,R<R d d", "R<R r r", true, "Ll Rr ",
	 2},
	{"a decoy before the issuer", "L<I l i,I<R d r,I<R i r", "R<R r r", true, "Ll Ii Rr ", 2},
	{"not verified: signatures count", "L<I l i,I<R d r", "R<R r r", false, "Ll ", 1},
	{"not verified, by a key that the stack lacks", "L<I l *,I<R * r", "R<R r r", false, "Ll ",
	 1},
	{"not verified, one of two keys is lacking", "L<I l *,I<R i r,I<R * r", "R<R r r", false,
	 "Ll ", 2},
	{"not verified, good", "L<I l i,I<R i r", "R<R r r", false, "Ll Ii Rr ", 2},
	{"no anchor", "L<I l i,I<R i r", NULL, true, "Ll Ii ", 0},
	{"a root that is not trusted", "L<R l r,R<R r r", NULL, false, "Ll Rr ", 1},
	{"a root's next key", "L<R l n,R<R n r", "R<R r r", false, "Ll Rn Rr ", 2},
	{"a root's next key, verified", "L<R l n,R<R n r", "R<R r r", true, "Ll Rn Rr ", 2},
};

START_TEST(chain_is_made_of_what_was_sent)
{
	struct probe *probe = new_probe();
	struct der_list sent = {0};
	anchor = sent_rows[_i].anchor;
	ck_assert(read_pem(&sent, sent_rows[_i].sent, NULL));
	chain_order(probe, &sent, sent_rows[_i].is_verified, add_anchor);
	ck_assert_msg(strcmp(chain_text(probe), sent_rows[_i].chain) == 0, "%s: %s",
		      sent_rows[_i].name, chain_text(probe));
	ck_assert_msg(num_verified == sent_rows[_i].num_verified, "%s: %zu", sent_rows[_i].name,
		      num_verified);
	ck_assert(probe->chain_lacks_algorithm == (strstr(sent_rows[_i].sent, "*") != NULL));
	ck_assert(probe->observation.certificate.present);
	der_list_clear(&sent);
	free_probe(probe);
}
END_TEST

static const struct {
	const char *name, *certificate, *issuer, *chain, *trust;
	const char *result;
	enum reason reason; /* without a result */
} given_rows[] = {
	{"an issuer that is trusted by itself", "L<I l i", "I<R i r", NULL, NULL, "Ll Ii ", 0},
	{"the issuer among others", "L<I l i", NULL, "X<R x r,I<R i r", NULL, "Ll Ii ", 0},
	{"one of the issuer's name, not its key", "L<I l i", NULL, "I<R d r,I<R i r", NULL,
	 "Ll Ii ", 0},
	{"the issuer among anchors", "L<I l i", NULL, NULL, "I<R i r", "Ll Ii ", 0},
	{"no issuer", "L<I l i", NULL, "X<R x r", NULL, NULL, REASON_CHAIN_INCOMPLETE},
	{"an issuer alone", NULL, "I<R i r", NULL, NULL, "-- Ii ", 0},
	{"several issuers alone", NULL, "I<R i r,X<R x r", NULL, NULL, NULL,
	 REASON_CHAIN_INCOMPLETE},
	{"an issuer of another name", "L<I l i", "X<R i r", NULL, NULL, NULL,
	 REASON_CHAIN_INCOMPLETE},
	{"an issuer of the name with another key", "L<I l i", "I<R d r", NULL, NULL, NULL,
	 REASON_CHAIN_INCOMPLETE},
	{"an issuer with a key that the stack lacks", "L<I l *", "I<R * r", NULL, NULL, NULL,
	 REASON_CHAIN_ALGORITHM_UNSUPPORTED},
	{"one with such a key among others", "L<I l *", NULL, "I<R d r,I<R * r", NULL, NULL,
	 REASON_CHAIN_ALGORITHM_UNSUPPORTED},
	{"one among the issuers, whatever the others are", "L<I l i", "X<R x r,I<R d r,I<R i r",
	 NULL, NULL, "Ll Ii ", 0},
	{"none among the issuers, though the chain has it", "L<I l i", "X<R x r,I<R d r", "I<R i r",
	 NULL, NULL, REASON_CHAIN_INCOMPLETE},
	{"another of the issuers has the path", "L<I l i", "I<R i r,I<S i s", NULL, "S<S s s",
	 "Ll Ii ", 0},
	{"a certificate that issued itself", "L<L l l", "L<L l l", NULL, NULL, "Ll Ll ", 0},
	{"nothing", NULL, NULL, NULL, NULL, "", 0},
	{"a path to an anchor", "L<I l i", "I<R i r", NULL, "R<R r r", "Ll Ii ", 0},
	{"no path to an anchor", "L<I l i", "I<R i r", NULL, "R<R s s", NULL,
	 REASON_CHAIN_UNTRUSTED},
	{"a cross-certificate has the path", "L<I l i", "I<R i r", "I<S i s", "S<S s s", "Ll Ii ",
	 0},
	{"one of the same name with another key has it", "L<I l i", "I<R i r", "I<S j s", "S<S s s",
	 NULL, REASON_CHAIN_UNTRUSTED},
	{"what cannot be read", "broken", NULL, NULL, NULL, NULL, REASON_CHAIN_INVALID},
};

START_TEST(chain_is_made_of_what_is_given)
{
	struct probe *probe = new_probe();
	request.verification = (struct verification){
		.certificate = (char *)given_rows[_i].certificate,
		.issuer = (char *)given_rows[_i].issuer,
		.chain = (char *)given_rows[_i].chain,
		.trust = (char *)given_rows[_i].trust,
	};
	bool done = chain_open_given(probe);
	ck_assert_msg(done == (given_rows[_i].result != NULL), "%s: %s", given_rows[_i].name,
		      probe->observation.detail);
	if (done)
		ck_assert_msg(strcmp(chain_text(probe), given_rows[_i].result) == 0, "%s: %s",
			      given_rows[_i].name, chain_text(probe));
	else
		ck_assert_msg(probe->observation.outcome == OUTCOME_REJECT &&
				      probe->observation.reason == given_rows[_i].reason,
			      "%s: %s", given_rows[_i].name, probe->observation.detail);
	free_probe(probe);
}
END_TEST

START_TEST(resumed_session_has_the_chain_of_the_earlier_connection)
{
	struct probe *probe = new_probe();
	ck_assert(der_list_add(&probe->kept_chain, certificate_of("L<I l i")));
	ck_assert(der_list_add(&probe->kept_chain, certificate_of("I<R i r")));
	chain_resume(probe);
	ck_assert_str_eq(chain_text(probe), "Ll Ii ");
	ck_assert(probe->observation.resumed && probe->observation.chain_verified);
	ck_assert_str_eq(probe->observation.certificate.serial, "69");
	free_probe(probe);
}
END_TEST

START_TEST(lone_leaf_of_another_issuer_is_incomplete)
{
	struct probe *probe = new_probe();
	ck_assert(!chain_is_incomplete(probe));
	struct der leaf = certificate_of("L<I l i"), own = certificate_of("L<L l l");
	ck_assert(chain_keep(probe, 0, leaf.at, leaf.len) && chain_is_incomplete(probe));
	ck_assert(chain_keep(probe, 0, own.at, own.len) && !chain_is_incomplete(probe));
	free_probe(probe);
}
END_TEST

START_TEST(chain_has_an_end)
{
	struct probe *probe = new_probe();
	struct der one = certificate_of("L<I l i");
	for (size_t depth = 0; depth < 2 * MAX_CHAIN; depth++)
		ck_assert(chain_keep(probe, depth, one.at, one.len));
	ck_assert_uint_eq(probe->chain.num, MAX_CHAIN + 1);
	free_probe(probe);
}
END_TEST

static void keep_all(struct probe *probe, const char *text)
{
	struct der_list all = {0};
	ck_assert(read_pem(&all, text, NULL));
	for (size_t i = 0; i < all.num; i++) {
		struct der one = der_list_at(&all, i);
		ck_assert(chain_keep(probe, i, one.at, one.len));
	}
	der_list_clear(&all);
}

static const struct {
	const char *name, *chain;
	int outdated;
} outdated_rows[] = {
	{"all are valid", "L<I l i .,I<R i r .,R<R r r .", -1},
	{"the leaf has expired", "L<I l i -,I<R i r .,R<R r r .", 0},
	{"the leaf is not valid yet", "L<I l i +,I<R i r .,R<R r r .", 0},
	{"the intermediate has expired", "L<I l i .,I<R i r -,R<R r r .", 1},
	{"the intermediate is not valid yet", "L<I l i .,I<R i r +,R<R r r .", 1},
	{"the root has expired", "L<I l i .,I<R i r .,R<R r r -", 2},
	{"the first of two", "L<I l i .,I<R i r -,R<R r r -", 1},
};

START_TEST(the_first_outdated_certificate_is_found)
{
	struct probe *probe = new_probe();
	keep_all(probe, outdated_rows[_i].chain);
	int got = chain_find_outdated(probe);
	ck_assert_msg(got == outdated_rows[_i].outdated, "%s: %d", outdated_rows[_i].name, got);
	free_probe(probe);
}
END_TEST

static const struct {
	const char *name, *chain;
	bool is_lacking;
} feature_rows[] = {
	{"no features", "L<I l i .,I<R i r .,R<R r r .", false},
	{"of the leaf alone", "L<I l i .5,I<R i r .,R<R r r .", false},
	{"of the CA, and of its leaf", "L<I l i .5,I<R i r .5,R<R r r .", false},
	{"of the CA alone", "L<I l i .,I<R i r .5,R<R r r .", true},
	{"of the CA, and the leaf has others", "L<I l i .7,I<R i r .5,R<R r r .", true},
	{"of the CA, and the leaf lacks one", "L<I l i .5,I<R i r .b,R<R r r .", true},
	{"an empty list of the CA, and the leaf has none", "L<I l i .,I<R i r .0,R<R r r .", true},
	{"of the root, and the intermediate lacks them", "L<I l i .5,I<R i r .,R<R r r .5", true},
	{"of all", "L<I l i .5,I<R i r .5,R<R r r .5", false},
	{"none but the leaf", "L<I l i .5", false},
};

START_TEST(ca_with_features_that_its_certificate_lacks_is_found)
{
	struct probe *probe = new_probe();
	keep_all(probe, feature_rows[_i].chain);
	ck_assert_msg(chain_lacks_feature(probe) == feature_rows[_i].is_lacking, "%s",
		      feature_rows[_i].name);
	free_probe(probe);
}
END_TEST

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
	Suite *suite = suite_create("chain");
	TCase *tests = tcase_create("chain");
	tcase_add_loop_test(tests, chain_is_made_of_what_was_sent, 0, NUM(sent_rows));
	tcase_add_loop_test(tests, chain_is_made_of_what_is_given, 0, NUM(given_rows));
	tcase_add_test(tests, resumed_session_has_the_chain_of_the_earlier_connection);
	tcase_add_test(tests, lone_leaf_of_another_issuer_is_incomplete);
	tcase_add_test(tests, chain_has_an_end);
	tcase_add_loop_test(tests, the_first_outdated_certificate_is_found, 0, NUM(outdated_rows));
	tcase_add_loop_test(tests, ca_with_features_that_its_certificate_lacks_is_found, 0,
			    NUM(feature_rows));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
