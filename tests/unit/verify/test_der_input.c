/* Files of the user's: what is DER, PEM or base64, and what is none of them. */
#include "harness/verify/der_input.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The least that is shaped like a certificate, and the least of anything. */
#define CERT             "\x30\x07\x30\x00\x30\x00\x03\x01\x00"
#define CERT_B64         "MAcwADAAAwEA"
#define ANY              "\x30\x03\x0a\x01\x06"
#define ANY_B64          "MAMKAQY="
#define PEM(label, body) "-----BEGIN " label "-----\n" body "\n-----END " label "-----\n"
#define BYTES(literal)   literal, sizeof(literal) - 1

static const struct {
	const char *name, *bytes;
	size_t len;
	enum der_input_kind kind;
	size_t num;        /* 0: refused */
	const char *fault; /* in the message */
} rows[] = {
	{"a certificate in DER", BYTES(CERT), DER_INPUT_CERTIFICATE, 1, NULL},
	{"a certificate in PEM", BYTES(PEM("CERTIFICATE", CERT_B64)), DER_INPUT_CERTIFICATE, 1,
	 NULL},
	{"a certificate in base64", BYTES(CERT_B64 "\n"), DER_INPUT_CERTIFICATE, 1, NULL},
	{"two certificates",
	 BYTES(PEM("CERTIFICATE", CERT_B64) "words\n" PEM("X509 CERTIFICATE", CERT_B64)),
	 DER_INPUT_CERTIFICATE, 2, NULL},
	{"a trusted certificate with more behind it",
	 BYTES(PEM("TRUSTED CERTIFICATE", "MAcwADAAAwEAMAA=")), DER_INPUT_CERTIFICATE, 1, NULL},
	{"words in front, and CRLF",
	 BYTES("subject=x\r\n-----BEGIN CERTIFICATE-----\r\nMAcw\r\nADAAAwEA\r\n"
	       "-----END CERTIFICATE-----\r\n"),
	 DER_INPUT_CERTIFICATE, 1, NULL},
	{"a key beside it", BYTES(PEM("OTHER", "AAAA") PEM("CERTIFICATE", CERT_B64)),
	 DER_INPUT_CERTIFICATE, 1, NULL},
	{"a response in DER", BYTES(ANY), DER_INPUT_RESPONSE, 1, NULL},
	{"a response in PEM", BYTES(PEM("OCSP RESPONSE", ANY_B64)), DER_INPUT_RESPONSE, 1, NULL},
	{"a response in base64", BYTES(ANY_B64), DER_INPUT_RESPONSE, 1, NULL},
	{"a response with bytes behind it", BYTES(ANY "more"), DER_INPUT_RESPONSE, 1, NULL},
	{"nonsense in a response's der_input", BYTES(PEM("OCSP RESPONSE", "AAAA")),
	 DER_INPUT_RESPONSE, 1, NULL},
	{"a CRL in PEM", BYTES(PEM("X509 CRL", ANY_B64)), DER_INPUT_CRL, 1, NULL},

	{"nothing", BYTES(""), DER_INPUT_RESPONSE, 0, "empty"},
	{"words", BYTES("<html>sign in first</html>"), DER_INPUT_RESPONSE, 0, "neither"},
	{"white space", BYTES(" \n"), DER_INPUT_RESPONSE, 0, "neither"},
	{"base64 of something else", BYTES("aGVsbG8="), DER_INPUT_RESPONSE, 0, "neither"},
	{"another element of DER", BYTES("\x04\x01x"), DER_INPUT_RESPONSE, 0, "neither"},
	{"a tag alone", BYTES("\x30"), DER_INPUT_RESPONSE, 0, "neither"},
	{"an indefinite length", BYTES("\x30\x80\x00\x00"), DER_INPUT_RESPONSE, 0, "neither"},
	{"a length of five bytes", BYTES("\x30\x85\x01\x01\x01\x01\x01"), DER_INPUT_RESPONSE, 0,
	 "neither"},
	{"half a length", BYTES("\x30\x82\x01"), DER_INPUT_RESPONSE, 0, "neither"},
	{"a truncated response", BYTES("\x30\x82\x01\x00\x0a"), DER_INPUT_RESPONSE, 0,
	 "is truncated"},
	{"the longest length", BYTES("\x30\x84\xff\xff\xff\xff\x00"), DER_INPUT_RESPONSE, 0,
	 "is truncated"},
	{"truncated base64", BYTES("MAMK"), DER_INPUT_RESPONSE, 0, "is truncated"},
	{"a certificate with bytes behind it", BYTES(CERT "x"), DER_INPUT_CERTIFICATE, 0,
	 "follow the certificate"},
	{"a response for a certificate", BYTES(ANY), DER_INPUT_CERTIFICATE, 0,
	 "but not a certificate"},
	{"a response in a certificate's der_input", BYTES(PEM("CERTIFICATE", ANY_B64)),
	 DER_INPUT_CERTIFICATE, 0, "is not a certificate"},
	{"a certificate for a response", BYTES(PEM("CERTIFICATE", CERT_B64)), DER_INPUT_RESPONSE, 0,
	 "there is: CERTIFICATE"},
	{"a block without its end", BYTES("-----BEGIN CERTIFICATE-----\n" CERT_B64 "\n"),
	 DER_INPUT_CERTIFICATE, 0, "is incomplete"},
	{"another block's end",
	 BYTES("-----BEGIN CERTIFICATE-----\n" CERT_B64 "\n-----END X509 CRL-----\n"),
	 DER_INPUT_CERTIFICATE, 0, "is incomplete"},
	{"a block of nonsense", BYTES(PEM("CERTIFICATE", "?")), DER_INPUT_CERTIFICATE, 0,
	 "has invalid base64"},
	{"an empty block", BYTES(PEM("CERTIFICATE", "")), DER_INPUT_CERTIFICATE, 0,
	 "has invalid base64"},
	{"a block without a label", BYTES("-----BEGIN -----\n-----END -----\n"),
	 DER_INPUT_CERTIFICATE, 0, "no certificate"},
	{"NUL bytes", BYTES("\0\0\0\0"), DER_INPUT_CERTIFICATE, 0, "neither"},
};

START_TEST(only_what_it_should_be_is_taken)
{
	struct blob_list list = {0};
	struct error err = ERROR_INIT;
	bool done = der_input_parse(&list, rows[_i].bytes, rows[_i].len, rows[_i].kind, &err);
	ck_assert_msg(done == (rows[_i].num > 0), "%s: %s", rows[_i].name, err.text);
	if (done)
		ck_assert_msg(list.num == rows[_i].num, "%s: %zu", rows[_i].name, list.num);
	else
		ck_assert_msg(err.kind == ERROR_USAGE && strstr(err.text, rows[_i].fault) != NULL,
			      "%s: %s", rows[_i].name, err.text);
	for (size_t i = 0; done && rows[_i].kind == DER_INPUT_CERTIFICATE && i < list.num; i++)
		ck_assert(der_input_is_certificate(&list.items[i]));
	blob_list_clear(&list);
}
END_TEST

START_TEST(certificates_come_back_from_their_pem)
{
	struct blob_list list = {0}, again = {0};
	struct text text;
	text_init(&text, 0);
	ck_assert(der_input_parse(&list, BYTES(CERT), DER_INPUT_CERTIFICATE, NULL));
	ck_assert(der_input_print(&text, list.items, list.num));
	ck_assert_str_eq(text_string(&text), PEM("CERTIFICATE", CERT_B64));
	ck_assert(
		der_input_parse(&again, text_string(&text), text.len, DER_INPUT_CERTIFICATE, NULL));
	ck_assert_uint_eq(again.num, 1);
	ck_assert_mem_eq(again.items[0].bytes, CERT, sizeof CERT - 1);
	text_clear(&text);
	blob_list_clear(&list);
	blob_list_clear(&again);
}
END_TEST

START_TEST(a_file_is_named_by_what_is_wrong_with_it)
{
	char path[] = "/tmp/revoscope-der_input-XXXXXX";
	static const char two[] = PEM("OCSP RESPONSE", ANY_B64) PEM("OCSP RESPONSE", ANY_B64);
	struct blob_list list = {0};
	struct error err = ERROR_INIT;
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, two, sizeof two - 1), (ssize_t)sizeof two - 1);
	close(fd);
	ck_assert(der_input_read(&list, path, DER_INPUT_RESPONSE, &err));
	ck_assert_uint_eq(list.num, 2);
	blob_list_clear(&list);
	ck_assert(!der_input_read(&list, path, DER_INPUT_CRL, &err));
	ck_assert_ptr_nonnull(strstr(err.text, path));
	unlink(path);
	err = ERROR_INIT;
	ck_assert(!der_input_read(&list, path, DER_INPUT_RESPONSE, &err));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	err = ERROR_INIT;
	ck_assert(!der_input_read(&list, "/", DER_INPUT_RESPONSE, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "directory"));
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("der_input");
	TCase *tests = tcase_create("der_input");
	tcase_add_loop_test(tests, only_what_it_should_be_is_taken, 0, sizeof rows / sizeof *rows);
	tcase_add_test(tests, certificates_come_back_from_their_pem);
	tcase_add_test(tests, a_file_is_named_by_what_is_wrong_with_it);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
