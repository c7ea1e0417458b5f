/* Lists of test vectors, and the differences from them that are explained. */
#include "harness/verify/explained.h"
#include "harness/verify/vector_index.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD "suite\tcase\tkind\tresponse_file\tcert_file\ttime\talt_time\texpected_status\n"

START_TEST(a_vector_is_read_by_the_names_of_columns)
{
	static const char text[] =
		"expected_status\tlicence\tcase\tresponse_file\tkind\tsuite\tother_files\tissuer_"
		"file\r\n"
		"invalid:bad-signature\twords\tc/1\tr.der\tocsp-signature\ts\ta;b\ti.pem\r\n\n";
	struct vector_index index;
	struct error err = ERROR_INIT;
	ck_assert_msg(vector_index_parse(&index, "x.tsv", text, sizeof text - 1, &err), "%s",
		      err.text);
	ck_assert_uint_eq(index.num, 1);
	const struct vector *vector = &index.items[0];
	ck_assert_int_eq(vector->line, 2);
	ck_assert_str_eq(vector->name, "s/c/1");
	ck_assert_str_eq(vector->expected, "invalid:bad-signature");
	ck_assert_str_eq(vector->response, "r.der");
	ck_assert_str_eq(vector->issuer, "i.pem");
	ck_assert_str_eq(vector->others, "a;b");
	ck_assert_ptr_null(vector->certificate);
	ck_assert_int_eq(vector->kind, VECTOR_SIGNATURE);
	ck_assert_int_eq(vector->class, CLASS_INVALID);
	ck_assert(!vector->has_time);
	vector_index_clear(&index);
}
END_TEST

static const struct {
	const char *name, *row;
	int class; /* -1: refused */
	int64_t at_s;
	const char *fault;
} rows[] = {
	{"good", "s\tc\tocsp\tr\tl\t\t\tgood", CLASS_GOOD, -1, NULL},
	{"revoked with a remark", "s\tc\tocsp-parse\tr\t\t\t\trevoked(odd)", CLASS_REVOKED, -1,
	 NULL},
	{"what is in brackets after parse-ok", "s\tc\tocsp-parse\tr\t\t\t\tparse-ok(unknown)",
	 CLASS_UNKNOWN, -1, NULL},
	{"a time", "s\tc\tocsp\tr\tl\t1488672000\t\tgood", CLASS_GOOD, 1488672000, NULL},
	{"a better time", "s\tc\tocsp\tr\tl\t1488672000\t1350000000\tgood", CLASS_GOOD, 1350000000,
	 NULL},
	{"a day", "s\tc\tocsp\tr\tl\t2026-11-23\t\tgood", CLASS_GOOD, 1795392000, NULL},
	{"too few fields", "s\tc\tocsp\tr\tl\t\tgood", -1, 0, "x.tsv:2: does not have the number"},
	{"too many fields", "s\tc\tocsp\tr\tl\t\t\tgood\t", -1, 0,
	 "does not have the number of fields"},
	{"a CRL", "s\tc\tcrl\tr\tl\t\t\trevoked", CLASS_REVOKED, -1, NULL},
	{"CRLs of a chain", "s\tc\tcrl-chain\tr\tl\t\t\tgood", CLASS_GOOD, -1, NULL},
	{"a CRL about no certificate", "s\tc\tcrl\tr\t\t\t\tgood", -1, 0, "needs a cert_file"},
	{"an error response without certificates", "s\tc\tocsp\tr\t\t\t\tinvalid:try-later",
	 CLASS_INVALID, -1, NULL},
	{"an unknown kind", "s\tc\tarl\tr\tl\t\t\tgood", -1, 0, "unknown kind: arl"},
	{"an unknown status", "s\tc\tocsp\tr\tl\t\t\tfine", -1, 0, "fine"},
	{"no status", "s\tc\tocsp\tr\tl\t\t\t", -1, 0, "expected_status"},
	{"no response", "s\tc\tocsp\t\tl\t\t\tgood", -1, 0, "response_file is empty"},
	{"no certificate", "s\tc\tocsp\tr\t\t\t\tgood", -1, 0, "cert_file"},
	{"no case", "s\t\tocsp\tr\tl\t\t\tgood", -1, 0, "case is empty"},
	{"no time", "s\tc\tocsp\tr\tl\tsoon\t\tgood", -1, 0, "no time: soon"},
	{"a time from now", "s\tc\tocsp\tr\tl\t+3d\t\tgood", -1, 0, "no time: +3d"},
};

START_TEST(a_row_is_read_or_refused_with_its_line)
{
	struct vector_index index;
	struct error err = ERROR_INIT;
	char text[512];
	snprintf(text, sizeof text, "%s%s\n", HEAD, rows[_i].row);
	bool done = vector_index_parse(&index, "x.tsv", text, strlen(text), &err);
	ck_assert_msg(done == (rows[_i].class >= 0), "%s: %s", rows[_i].name, err.text);
	if (done) {
		const struct vector *vector = &index.items[0];
		ck_assert_int_eq((int)vector->class, rows[_i].class);
		ck_assert_msg(vector->has_time == (rows[_i].at_s >= 0), "%s", rows[_i].name);
		if (vector->has_time)
			ck_assert_int_eq(vector->at_s, rows[_i].at_s);
	} else {
		ck_assert_msg(strstr(err.text, rows[_i].fault) != NULL, "%s: %s", rows[_i].name,
			      err.text);
		ck_assert_uint_eq(index.num, 0);
	}
	vector_index_clear(&index);
}
END_TEST

static const struct {
	const char *name, *text;
	size_t len;
	const char *fault;
} broken[] = {
	{"nothing", "", 0, "a column is missing: suite"},
	{"a header alone", HEAD, sizeof HEAD - 1, "no vector"},
	{"a column too few", "suite\tcase\tkind\tresponse_file\n", 30, "expected_status"},
	{"a column twice", "suite\tsuite\n", 12, "twice: suite"},
	{"a misspelt column", "suite\tissuer_fle\n", 17, "unknown column: issuer_fle"},
	{"a NUL", "suite\0case\n", 11, "not text"},
};

START_TEST(a_broken_list_says_why)
{
	struct vector_index index;
	struct error err = ERROR_INIT;
	ck_assert_msg(!vector_index_parse(&index, "x.tsv", broken[_i].text, broken[_i].len, &err),
		      "%s", broken[_i].name);
	ck_assert_msg(strstr(err.text, broken[_i].fault) != NULL, "%s: %s", broken[_i].name,
		      err.text);
}
END_TEST

START_TEST(paths_are_relative_to_the_list)
{
	static const struct {
		const char *index, *path, *wanted;
	} paths[] = {
		{"a/b.tsv", "c/d.der", "a/c/d.der"},
		{"b.tsv", "d.der", "d.der"},
		{"/a/b.tsv", "../d.der", "/a/../d.der"},
		{"a/b.tsv", "/d.der", "/d.der"},
	};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		char *path = vector_path(paths[i].index, paths[i].path);
		ck_assert_str_eq(path, paths[i].wanted);
		free(path);
	}
}
END_TEST

/* Reads explained differences from a file with this text. */
static bool read_explained(struct explained *out, const char *text, struct error *err)
{
	char path[] = "/tmp/revoscope-explained-XXXXXX";
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	bool done = explained_read(out, path, err);
	unlink(path);
	return done;
}

START_TEST(a_difference_is_explained_by_stack_case_and_result)
{
	struct explained explained;
	struct error err = ERROR_INIT;
	ck_assert_msg(read_explained(&explained,
				     "- {stack: gnutls, case: 'a/*', got: invalid, why: one}\n"
				     "- {stack: '*', case: b/1, got: good, why: other}\n",
				     &err),
		      "%s", err.text);
	const struct explanation *one = explained_find(&explained, "gnutls", "a/1", CLASS_INVALID);
	ck_assert_ptr_nonnull(one);
	ck_assert_str_eq(one->why, "one");
	ck_assert_ptr_nonnull(strstr(one->from, ":1"));
	ck_assert_ptr_null(explained_find(&explained, "openssl", "a/1", CLASS_INVALID));
	ck_assert_ptr_null(explained_find(&explained, "gnutls", "a/1", CLASS_REVOKED));
	ck_assert_ptr_null(explained_find(&explained, "gnutls", "b/2", CLASS_GOOD));
	ck_assert_uint_eq(explained.items[0].num_used, 1);
	ck_assert_uint_eq(explained.items[1].num_used, 0);
	explained_clear(&explained);
}
END_TEST

static const char *const wrong_explanations[] = {
	"stack: gnutls\n",
	"- {stack: gnutls, case: a, got: invalid}\n",
	"- {stack: gnutls, case: a, why: w}\n",
	"- {stack: gnutls, case: a, got: bad, why: w}\n",
	"- {stack: gnutls, case: a, got: good, why: w, until: x}\n",
	"- word\n",
	"[\n",
};

START_TEST(an_explanation_lacks_nothing)
{
	struct explained explained;
	struct error err = ERROR_INIT;
	ck_assert_msg(!read_explained(&explained, wrong_explanations[_i], &err), "%s",
		      wrong_explanations[_i]);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
}
END_TEST

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

static Suite *suite(void)
{
	Suite *suite = suite_create("vector_index");
	TCase *tests = tcase_create("vector_index");
	tcase_add_test(tests, a_vector_is_read_by_the_names_of_columns);
	tcase_add_loop_test(tests, a_row_is_read_or_refused_with_its_line, 0, NUM(rows));
	tcase_add_loop_test(tests, a_broken_list_says_why, 0, NUM(broken));
	tcase_add_test(tests, paths_are_relative_to_the_list);
	tcase_add_test(tests, a_difference_is_explained_by_stack_case_and_result);
	tcase_add_loop_test(tests, an_explanation_lacks_nothing, 0, NUM(wrong_explanations));
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
