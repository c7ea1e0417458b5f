/* Whose signature a CRL may have: the issuer's, or that of another authority that is named. */
#include "clients/rules/list_signer.h"

#include "tests/unit/clients/rules/stack.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OTHERS = 3 };

/* A certificate with a name and a letter for its key: 'u' may not sign CRLs, 'p' has no path. */
static void make_certificate(struct element *out, const char *name, char key)
{
	struct element usage = {.len = 0}, extensions = {.len = 0}, bits = {.len = 0};
	const uint8_t key_bits[] = {0, (uint8_t)key};
	out->len = 0;
	element_put(out, DER_INTEGER, "\x01", 1);
	element_put(out, DER_SEQUENCE, NULL, 0);
	element_put_name(out, "root", 0x0c);
	element_put(out, DER_SEQUENCE, NULL, 0);
	element_put_name(out, name, 0x0c);
	element_put(&bits, DER_SEQUENCE, NULL, 0);
	element_put(&bits, DER_BIT_STRING, key_bits, 2);
	element_wrap(&bits, DER_SEQUENCE);
	element_add(out, &bits);
	element_put(&usage, DER_BIT_STRING, key == 'u' ? "\x02\x04" : "\x01\x02", 2);
	element_put_extension(&extensions, "\x55\x1d\x0f", 3, true, &usage);
	element_wrap(&extensions, DER_SEQUENCE);
	element_wrap(&extensions, DER_CONSTRUCTED(3));
	element_add(out, &extensions);
	element_wrap(out, DER_SEQUENCE);
	element_put(out, DER_SEQUENCE, NULL, 0);
	element_put(out, DER_BIT_STRING, "\x00sign", 5);
	element_wrap(out, DER_SEQUENCE);
}

/*
 * Words of a name and a key, such as "issuer-a". The keys g, u and p verify the CRL, r by an
 * algorithm that is refused, n is not supported by the stack, any other does not verify it.
 */
static const struct {
	const char *name;
	const char *issuer; /* of the certificate */
	const char *others[MOST_OTHERS];
	const char *list;      /* the name of the CRL's issuer */
	const char *delegated; /* cRLIssuer in the certificate; NULL: none */
	enum check check;
	const char *key; /* of who signed it; of a failure a part of the sentence */
} rows[] = {
	{"the issuer", "issuer-g", {NULL}, "issuer", NULL, CHECK_GOOD, "g"},
	{"the issuer by a refused algorithm", "issuer-r", {NULL}, "issuer", NULL, CHECK_GOOD, "r"},
	{"a bad signature", "issuer-x", {NULL}, "issuer", NULL, CHECK_BAD_SIGNATURE, ""},
	{"an algorithm that is not there",
	 "issuer-n",
	 {NULL},
	 "issuer",
	 NULL,
	 CHECK_ALGORITHM_UNSUPPORTED,
	 ""},
	{"an issuer that may not",
	 "issuer-u",
	 {NULL},
	 "issuer",
	 NULL,
	 CHECK_UNAUTHORIZED_SIGNER,
	 "the issuer's key usage"},
	{"the issuer's other key", "issuer-x", {"issuer-g"}, "issuer", NULL, CHECK_GOOD, "g"},
	{"the issuer's other key without a path",
	 "issuer-x",
	 {"issuer-p"},
	 "issuer",
	 NULL,
	 CHECK_BAD_SIGNATURE,
	 ""},

	{"another issuer",
	 "issuer-g",
	 {"other-g"},
	 "other",
	 NULL,
	 CHECK_UNAUTHORIZED_SIGNER,
	 "names another issuer"},
	{"another issuer, and a third is named",
	 "issuer-g",
	 {"other-g"},
	 "other",
	 "third",
	 CHECK_UNAUTHORIZED_SIGNER,
	 "names another issuer"},
	{"an issuer that is named", "issuer-x", {"other-g"}, "other", "other", CHECK_GOOD, "g"},
	{"in another spelling", "issuer-x", {"other-g"}, "OTHER ", " Other", CHECK_GOOD, "g"},
	{"named, of another name",
	 "issuer-g",
	 {"third-g"},
	 "other",
	 "other",
	 CHECK_UNAUTHORIZED_SIGNER,
	 "is missing"},
	{"named, and not there",
	 "issuer-g",
	 {NULL},
	 "other",
	 "other",
	 CHECK_UNAUTHORIZED_SIGNER,
	 "is missing"},
	{"named, and may not",
	 "issuer-g",
	 {"other-u"},
	 "other",
	 "other",
	 CHECK_UNAUTHORIZED_SIGNER,
	 "key usage of the CRL's issuer"},
	{"named, without a path",
	 "issuer-g",
	 {"other-p"},
	 "other",
	 "other",
	 CHECK_UNAUTHORIZED_SIGNER,
	 "no path to the trust anchor"},
	{"named, with a bad signature",
	 "issuer-g",
	 {"other-x"},
	 "other",
	 "other",
	 CHECK_BAD_SIGNATURE,
	 ""},
	{"named, by a refused algorithm",
	 "issuer-g",
	 {"other-r"},
	 "other",
	 "other",
	 CHECK_GOOD,
	 "r"},
	{"the right one behind others",
	 "issuer-g",
	 {"other-p", "other-x", "other-g"},
	 "other",
	 "other",
	 CHECK_GOOD,
	 "g"},
	{"what came furthest is said",
	 "issuer-g",
	 {"other-x", "other-p", "other-n"},
	 "other",
	 "other",
	 CHECK_UNAUTHORIZED_SIGNER,
	 "no path"},
	{"named, but the issuer's own",
	 "issuer-g",
	 {"other-p"},
	 "issuer",
	 "other",
	 CHECK_GOOD,
	 "g"},
};

static struct element others[MOST_OTHERS];
static size_t num_others;

static struct der other(void *probe, size_t place)
{
	(void)probe;
	return place < num_others ? element_der(&others[place]) : der_of(NULL, 0);
}

static char key_of(struct der bytes)
{
	struct certificate certificate;
	ck_assert(certificate_read(&certificate, bytes));
	ck_assert_uint_eq(certificate.key.len, 1);
	return (char)*certificate.key.at;
}

static bool has_path(void *probe, struct der certificate)
{
	(void)probe;
	return key_of(certificate) != 'p';
}

static enum signature verify(struct status_check *out, struct der signer,
			     const struct signed_bytes *what)
{
	(void)out;
	ck_assert_int_eq(what->kind, SIGNED_LIST);
	switch (key_of(signer)) {
	case 'g':
	case 'u':
	case 'p': return SIGNATURE_GOOD;
	case 'r': return SIGNATURE_REFUSED;
	case 'n': return SIGNATURE_UNSUPPORTED;
	default: return SIGNATURE_BAD;
	}
}

static void make_from(struct element *out, const char *words)
{
	char name[16] = "";
	memcpy(name, words, strlen(words) - 2);
	make_certificate(out, name, words[strlen(words) - 1]);
}

/* A certificate that names who signs CRLs about it. */
static void name_delegate(struct certificate *leaf, struct element *extensions, const char *name)
{
	struct element point = {.len = 0};
	extensions->len = 0;
	if (name == NULL)
		return;
	element_put_name(&point, name, 0x13);
	element_wrap(&point, DER_CONSTRUCTED(4));
	element_wrap(&point, DER_CONSTRUCTED(2));
	element_wrap(&point, DER_SEQUENCE);
	element_wrap(&point, DER_SEQUENCE);
	element_put_extension(extensions, "\x55\x1d\x1f", 3, false, &point);
	leaf->extensions = element_der(extensions);
}

START_TEST(a_crl_has_the_signer_that_the_row_says)
{
	static const char list_bytes[] = "\x30\x0b\x30\x00\x30\x00\x03\x05\x00sign";
	enum signature unused;
	struct element issuer, name = {.len = 0}, extensions;
	struct certificate issuer_view, leaf, signer;
	struct question question = stack_question(&unused);
	struct status_check out = {0};
	bool is_refused = false;
	leaf = stack_leaf;
	make_from(&issuer, rows[_i].issuer);
	ck_assert(certificate_read(&issuer_view, element_der(&issuer)));
	for (num_others = 0; num_others < MOST_OTHERS && rows[_i].others[num_others] != NULL;
	     num_others++)
		make_from(&others[num_others], rows[_i].others[num_others]);
	name_delegate(&leaf, &extensions, rows[_i].delegated);
	element_put_name(&name, rows[_i].list, 0x0c);
	const struct list list = {.issuer = element_der(&name)};
	question.certificate = &leaf;
	question.issuer = &issuer_view;
	question.other = other;
	question.has_path = has_path;
	question.verify = verify;
	const struct list_signature what = {&question, &list, NULL,
					    der_of(list_bytes, sizeof list_bytes - 1)};
	enum check check = list_signer_check(&signer, &is_refused, &out, &what);
	ck_assert_msg(check == rows[_i].check, "%s: %s", rows[_i].name, check_name(check));
	if (check != CHECK_GOOD) {
		ck_assert_msg(strstr(out.native.text, rows[_i].key) != NULL, "%s: %s",
			      rows[_i].name, out.native.text);
		return;
	}
	ck_assert_msg(key_of(signer.whole) == *rows[_i].key, "%s: %c", rows[_i].name,
		      key_of(signer.whole));
	ck_assert_msg(is_refused == (*rows[_i].key == 'r'), "%s", rows[_i].name);
}
END_TEST

int main(void)
{
	stack_make();
	Suite *suite = suite_create("list_signer");
	TCase *tests = tcase_create("list_signer");
	tcase_add_loop_test(tests, a_crl_has_the_signer_that_the_row_says, 0,
			    sizeof rows / sizeof *rows);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
