/* Whose signature an OCSP response may have. */
#include "clients/rules/signer.h"

#include "tests/unit/clients/rules/stack.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define OID_USAGE "\x55\x1d\x25"
#define SIGNING   "\x2b\x06\x01\x05\x05\x07\x03\x09"
#define SERVER    "\x2b\x06\x01\x05\x05\x07\x03\x01"

/* A certificate; zeroed it is a good one of "signer". A key is a letter, which is also what it
 * signs with; the issuer's is 'I'. */
struct recipe {
	const char *subject, *issuer;
	char key, signed_by;
	bool no_usage, other_usage, plain_issuer;
	int64_t begin, end;
	const char *extension; /* a critical one: the contents of its OID, of three bytes */
};

static void put_key(struct element *to, char key)
{
	const uint8_t bits[] = {0, (uint8_t)key};
	struct element info = {.len = 0}, empty = {.len = 0};
	element_wrap(&empty, DER_SEQUENCE);
	element_add(&info, &empty);
	element_put(&info, DER_BIT_STRING, bits, sizeof bits);
	element_wrap(&info, DER_SEQUENCE);
	element_add(to, &info);
}

static void put_extensions(struct element *to, const struct recipe *recipe)
{
	struct element all = {.len = 0}, usage = {.len = 0}, empty = {.len = 0};
	element_put(&usage, DER_OID, recipe->other_usage ? SERVER : SIGNING, 8);
	element_wrap(&usage, DER_SEQUENCE);
	if (!recipe->no_usage)
		element_put_extension(&all, OID_USAGE, 3, false, &usage);
	if (recipe->extension != NULL)
		element_put_extension(&all, recipe->extension, 3, true, &empty);
	if (all.len == 0)
		return;
	element_wrap(&all, DER_SEQUENCE);
	element_wrap(&all, DER_CONSTRUCTED(3));
	element_add(to, &all);
}

static void put_certificate(struct element *to, const struct recipe *recipe)
{
	const uint8_t signature[] = {0, (uint8_t)(recipe->signed_by ? recipe->signed_by : 'I')};
	struct element body = {.len = 0}, empty = {.len = 0}, times = {.len = 0};
	element_wrap(&empty, DER_SEQUENCE);
	element_put(&body, DER_INTEGER, "\x01", 1);
	element_add(&body, &empty);
	element_put_name(&body, recipe->issuer != NULL ? recipe->issuer : "issuer",
			 recipe->plain_issuer ? 0x13 : 0x0c);
	stack_put_time(&times, recipe->begin != 0 ? recipe->begin : -STACK_DAY);
	stack_put_time(&times, recipe->end != 0 ? recipe->end : STACK_DAY);
	element_wrap(&times, DER_SEQUENCE);
	element_add(&body, &times);
	element_put_name(&body, recipe->subject != NULL ? recipe->subject : "signer", 0x0c);
	put_key(&body, recipe->key != 0 ? recipe->key : 'S');
	put_extensions(&body, recipe);
	element_wrap(&body, DER_SEQUENCE);
	element_add(&body, &empty);
	element_put(&body, DER_BIT_STRING, signature, sizeof signature);
	element_wrap(&body, DER_SEQUENCE);
	element_add(to, &body);
}

/* The stack has no algorithm for small letters, and refuses digits. */
static enum signature verify(struct status_check *out, struct der signer,
			     const struct signed_bytes *what)
{
	struct certificate one;
	char key = certificate_read(&one, signer) ? (char)one.key.at[0] : '\0';
	if (what->signature.len != 1 || *what->signature.at != (uint8_t)key)
		return SIGNATURE_BAD;
	snprintf(out->signer, sizeof out->signer, "key %c", key);
	return key >= 'a' ? SIGNATURE_UNSUPPORTED : key <= '9' ? SIGNATURE_REFUSED : SIGNATURE_GOOD;
}

static const struct row {
	const char *name, *responder;
	char signed_by, issuer_key;
	struct recipe certificates[3];
	size_t num;
	enum check check;
	const char *signer;
} rows[] = {
	{"the issuer", "issuer", 'I', 'I', {{0}}, 0, CHECK_GOOD, "key I"},
	{"the issuer, with another certificate", "issuer", 'I', 'I', {{0}}, 1, CHECK_GOOD, "key I"},
	{"another key than the issuer's", "issuer", 'X', 'I', {{0}}, 0, CHECK_BAD_SIGNATURE, ""},
	{"an algorithm that the stack lacks",
	 "issuer",
	 'i',
	 'i',
	 {{0}},
	 0,
	 CHECK_ALGORITHM_UNSUPPORTED,
	 "key i"},
	{"the issuer's key under another name",
	 "signer",
	 'I',
	 'I',
	 {{0}},
	 0,
	 CHECK_UNAUTHORIZED_SIGNER,
	 ""},
	{"a delegate", "signer", 'S', 'I', {{0}}, 1, CHECK_GOOD, "key S"},
	{"a delegate of the issuer in another type of string",
	 "signer",
	 'S',
	 'I',
	 {{.plain_issuer = true}},
	 1,
	 CHECK_GOOD,
	 "key S"},
	{"a delegate of another issuer",
	 "signer",
	 'S',
	 'I',
	 {{.issuer = "another"}},
	 1,
	 CHECK_UNAUTHORIZED_SIGNER,
	 "key S"},
	{"a delegate that another key signed",
	 "signer",
	 'S',
	 'I',
	 {{.signed_by = 'X'}},
	 1,
	 CHECK_UNAUTHORIZED_SIGNER,
	 "key S"},
	{"a delegate that signed itself",
	 "signer",
	 'S',
	 'I',
	 {{.signed_by = 'S'}},
	 1,
	 CHECK_UNAUTHORIZED_SIGNER,
	 "key S"},
	{"a delegate whose certificate is refused",
	 "signer",
	 'S',
	 '1',
	 {{.signed_by = '1'}},
	 1,
	 CHECK_ALGORITHM_UNSUPPORTED,
	 "key S"},
	{"a delegate without usage",
	 "signer",
	 'S',
	 'I',
	 {{.no_usage = true}},
	 1,
	 CHECK_UNAUTHORIZED_SIGNER,
	 "key S"},
	{"a delegate with another usage",
	 "signer",
	 'S',
	 'I',
	 {{.other_usage = true}},
	 1,
	 CHECK_UNAUTHORIZED_SIGNER,
	 "key S"},
	{"an expired delegate",
	 "signer",
	 'S',
	 'I',
	 {{.end = -1}},
	 1,
	 CHECK_UNAUTHORIZED_SIGNER,
	 "key S"},
	{"a delegate in its last second",
	 "signer",
	 'S',
	 'I',
	 {{.begin = -1}},
	 1,
	 CHECK_GOOD,
	 "key S"},
	{"a delegate of tomorrow",
	 "signer",
	 'S',
	 'I',
	 {{.begin = 1}},
	 1,
	 CHECK_UNAUTHORIZED_SIGNER,
	 "key S"},
	{"a delegate with an unknown critical extension",
	 "signer",
	 'S',
	 'I',
	 {{.extension = "\x2a\x03\x04"}},
	 1,
	 CHECK_UNAUTHORIZED_SIGNER,
	 "key S"},
	{"a delegate with a critical keyUsage",
	 "signer",
	 'S',
	 'I',
	 {{.extension = "\x55\x1d\x0f"}},
	 1,
	 CHECK_GOOD,
	 "key S"},
	{"the name and the key of the issuer, by its own signature",
	 "issuer",
	 'X',
	 'I',
	 {{.subject = "issuer", .key = 'X', .signed_by = 'X'}},
	 1,
	 CHECK_UNAUTHORIZED_SIGNER,
	 "key X"},
	{"another key first", "signer", 'S', 'I', {{.key = 'X'}, {0}}, 2, CHECK_GOOD, "key S"},
	{"without usage first",
	 "signer",
	 'S',
	 'I',
	 {{.no_usage = true}, {0}},
	 2,
	 CHECK_GOOD,
	 "key S"},
	{"without usage last",
	 "signer",
	 'S',
	 'I',
	 {{0}, {.no_usage = true}},
	 2,
	 CHECK_GOOD,
	 "key S"},
	{"another subject first",
	 "signer",
	 'S',
	 'I',
	 {{.subject = "x"}, {0}},
	 2,
	 CHECK_GOOD,
	 "key S"},
	{"the failure that came furthest",
	 "signer",
	 'S',
	 'I',
	 {{.key = 'X'}, {.no_usage = true}, {.key = 'Y'}},
	 3,
	 CHECK_UNAUTHORIZED_SIGNER,
	 "key S"},
};

START_TEST(a_signer_is_authorized)
{
	const struct row *row = &rows[_i];
	static struct element issuer, certificates, name;
	static struct certificate view;
	const struct recipe own = {
		.subject = "issuer", .key = row->issuer_key, .signed_by = row->issuer_key};
	enum signature unused;
	struct question question = stack_question(&unused);
	struct status_check seen = {0};
	issuer.len = certificates.len = name.len = 0;
	put_certificate(&issuer, &own);
	ck_assert(certificate_read(&view, element_der(&issuer)));
	for (size_t i = 0; i < row->num; i++)
		put_certificate(&certificates, &row->certificates[i]);
	element_put_name(&name, row->responder, 0x13);
	const struct response response = {
		.signed_part = {SIGNED_RESPONSE, {NULL, 0}, {NULL, 0}, der_of(&row->signed_by, 1)},
		.responder_name = element_der(&name),
		.certificates = element_der(&certificates)};
	question.issuer = &view;
	question.verify = verify;
	enum check check = signer_check(&seen, &question, &response);
	ck_assert_msg(check == row->check, "%s: %d", row->name, (int)check);
	ck_assert_msg(strcmp(seen.signer, row->signer) == 0, "%s: %s", row->name, seen.signer);
	ck_assert_msg(check != CHECK_UNAUTHORIZED_SIGNER || seen.native.text[0] != '\0', "%s",
		      row->name);
}
END_TEST

static const struct {
	const char *name;
	int tag; /* 0: by key */
} responders[] = {
	{"by name", 0x0c},
	{"by another type of string", 0x13},
	{"by key", 0},
};

START_TEST(a_responder_is_named)
{
	enum signature signature;
	struct question question = stack_question(&signature);
	struct element name = {.len = 0};
	struct response response = {0};
	struct status_check seen = {0};
	uint8_t digest[DIGEST_MAX];
	element_put_name(&name, "issuer", responders[_i].tag);
	if (responders[_i].tag != 0)
		response.responder_name = element_der(&name);
	else
		response.responder_key =
			der_of(digest, stack_digest(digest, "sha1", stack_issuer.key));
	ck_assert_msg(signer_check(&seen, &question, &response) == CHECK_GOOD, "%s",
		      responders[_i].name);
	question.issuer = &stack_leaf;
	ck_assert_msg(signer_check(&seen, &question, &response) == CHECK_UNAUTHORIZED_SIGNER, "%s",
		      responders[_i].name);
}
END_TEST

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
	Suite *suite = suite_create("signer");
	TCase *tests = tcase_create("signer");
	tcase_add_unchecked_fixture(tests, stack_make, NULL);
	tcase_add_loop_test(tests, a_signer_is_authorized, 0, NUM(rows));
	tcase_add_loop_test(tests, a_responder_is_named, 0, NUM(responders));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
