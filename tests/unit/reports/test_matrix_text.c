/* The matrix as text: its letters, marks, blocks, and that it stays harmless. */
#include "reports/format.h"
#include "reports/text/matrix_text.h"

#include "tests/unit/report_run.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char *const lab_rows[] = {
	"staple/stale@25h: c W R R C",
	"staple/stale@2h: c! W* R R C~",
	"staple/good-staple: C - E X H",
	"crl/crl-good: . . . . .",
};

static char *draw(const char *const *rows, size_t num, bool in_lab, int width, bool color)
{
	struct run *run = report_run(rows, num, in_lab);
	struct text text;
	text_init(&text, 0);
	ck_assert(matrix_text_append(&text, run, &(struct format_options){width, color}));
	char *drawn = strdup(text_string(&text));
	text_clear(&text);
	run_free(run);
	return drawn;
}

START_TEST(the_matrix_is_drawn)
{
	char *drawn = draw(lab_rows, 4, true, 80, false);
	ck_assert_str_eq(
		drawn, "               no-   require- browser/\n"
		       "               check staple   firefox\n"
		       "               o g   o g      o\n"
		       "staple\n"
		       "  stale\n"
		       "    @25h       c W   R R      C\n"
		       "    @2h        c!W*  R R      C~\n"
		       "  good-staple  C -   E X      H\n"
		       "crl\n"
		       "  crl-good     . .   . .      .\n"
		       "\n"
		       "o OpenSSL 3.0.17   g GnuTLS (not there)\n"
		       "C connect   c connect, blind: the status is not known   W warn   R reject\n"
		       "- unsupported   E error   X crash   H hang   . not run\n"
		       "! exposed: connects to a revoked certificate   * not as expected\n"
		       "~ attempts differ\n");
	free(drawn);
}
END_TEST

static size_t longest_line(const char *text)
{
	size_t longest = 0;
	for (; *text != '\0'; text += strcspn(text, "\n") + (text[strcspn(text, "\n")] == '\n'))
		if (strcspn(text, "\n") > longest)
			longest = strcspn(text, "\n");
	return longest;
}

START_TEST(columns_wrap_into_blocks_that_fit)
{
	static const char *const rows[] = {"staple/good-staple-with-a-name: C - E X H"};
	char *wide = draw(rows, 1, true, 200, false);
	char *narrow = draw(rows, 1, true, 40, false);
	/* The rows stand once in one block, and once in each of two. */
	ck_assert_ptr_null(strstr(strstr(wide, "good-staple") + 1, "good-staple"));
	ck_assert_ptr_nonnull(strstr(strstr(narrow, "good-staple") + 1, "good-staple"));
	ck_assert_uint_le(longest_line(narrow), 64); /* the legend's longest entry */
	free(wide);
	free(narrow);
}
END_TEST

START_TEST(colour_is_only_added)
{
	char *plain = draw(lab_rows, 4, true, 80, false);
	char *colored = draw(lab_rows, 4, true, 80, true);
	struct text stripped;
	text_init(&stripped, 0);
	for (const char *p = colored; *p != '\0'; p++) {
		if (*p == '\033')
			p += strcspn(p, "m");
		else
			text_append_bytes(&stripped, p, 1);
	}
	ck_assert_ptr_nonnull(strchr(colored, '\033'));
	ck_assert_ptr_null(strchr(plain, '\033'));
	ck_assert_str_eq(text_string(&stripped), plain);
	text_clear(&stripped);
	free(plain);
	free(colored);
}
END_TEST

START_TEST(a_foreign_endpoint_name_is_harmless)
{
	static const char *const rows[] = {"a\x1b[2Jb:443: C C C C C"};
	char *drawn = draw(rows, 1, false, 80, false);
	ck_assert_ptr_null(strchr(drawn, '\033'));
	ck_assert_ptr_nonnull(strstr(drawn, "a\\x1b[2Jb:443"));
	free(drawn);
}
END_TEST

static char *report(const char *const *rows, size_t num, bool in_lab)
{
	char *bytes = NULL;
	size_t len = 0;
	struct error err = ERROR_INIT;
	struct run *run = report_run(rows, num, in_lab);
	FILE *out = open_memstream(&bytes, &len);
	ck_assert_msg(text_report_write_run(out, run, &(struct format_options){80, false}, &err),
		      "%s", err.text);
	fclose(out);
	run_free(run);
	return bytes;
}

START_TEST(the_report_shows_what_is_not_as_expected)
{
	char *shown = report(lab_rows, 4, true);
	ck_assert_ptr_nonnull(strstr(shown, "Not as expected: 1 of 15."));
	ck_assert_ptr_nonnull(strstr(shown,
				     "  stale@2h by gnutls/no-check\n"
				     "    expected  connect (status-good)  [scenarios/f/s.yaml:7]\n"
				     "    got       warn (staple-stale)\n"
				     "              a detail \\x1b[31m of a peer\n"));
	ck_assert_ptr_nonnull(
		strstr(shown, "Exposed, that is connected to a revoked certificate, in 1 cell: "
			      "openssl/no-check\n(1)."));
	ck_assert_ptr_nonnull(strstr(shown, "gnutls: not built"));
	ck_assert_ptr_nonnull(strstr(shown, "5 of 20 cells were not run"));
	ck_assert_ptr_null(strchr(shown, '\033'));
	free(shown);
}
END_TEST

START_TEST(an_endpoint_is_reported_class_by_class)
{
	static const char *const rows[] = {"host:443: c W R R C"};
	char *shown = report(rows, 1, false);
	ck_assert_ptr_nonnull(strstr(shown, "openssl/require-staple     reject (status-revoked)"));
	ck_assert_ptr_nonnull(strstr(shown, "a detail \\x1b[31m of a peer"));
	ck_assert_ptr_null(strstr(shown, "as expected"));
	free(shown);
}
END_TEST

static Suite *matrix_text_suite(void)
{
	Suite *suite = suite_create("matrix_text");
	TCase *tcase = tcase_create("matrix_text");
	tcase_add_test(tcase, the_matrix_is_drawn);
	tcase_add_test(tcase, columns_wrap_into_blocks_that_fit);
	tcase_add_test(tcase, colour_is_only_added);
	tcase_add_test(tcase, a_foreign_endpoint_name_is_harmless);
	tcase_add_test(tcase, the_report_shows_what_is_not_as_expected);
	tcase_add_test(tcase, an_endpoint_is_reported_class_by_class);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(matrix_text_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
