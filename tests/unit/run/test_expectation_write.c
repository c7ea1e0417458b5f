/* What a run showed, written as expectations: reading it back expects exactly that. */
#include "harness/run/expectation_write.h"

#include "tests/unit/diff_run.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define FOUR "openssl/native gnutls/native openssl/soft gnutls/soft"

static struct client_class known[] = {{.id = (char *)"openssl/native"},
				      {.id = (char *)"gnutls/native"},
				      {.id = (char *)"openssl/soft"},
				      {.id = (char *)"gnutls/soft"},
				      {.id = (char *)"browser/soft"}};
static const struct class_file class_file = {.classes = known, .num_classes = 5};

/* The entries, without what is said in front of them. */
static char *entries(struct run *run, const struct class_file *classes)
{
	struct text text;
	struct error err = ERROR_INIT;
	struct expectation_written written;
	text_init(&text, 0);
	ck_assert_msg(expectation_write(&text, run, classes, &written, &err), "%s", err.text);
	const char *start = strstr(text_string(&text), "\n\n- ");
	char *copied = strdup(start != NULL ? start + 2 : strstr(text_string(&text), "[]"));
	text_clear(&text);
	return copied;
}

START_TEST(folds_rows_and_classes)
{
	struct run *run = diff_run(&(struct drawn_run){
		.classes = FOUR,
		.rows = {"f/a: C R W C", "f/b: C R W C", "f/c: C R C C"},
		.in_lab = true,
	});
	char *shown = entries(run, NULL);
	ck_assert_str_eq(shown, "- class: \"openssl/native, gnutls/soft\"\n"
				"  scenario:\n    - \"a\"\n    - \"b\"\n"
				"  verdict: connect\n  reason: status-good\n"
				"  why: \"as observed; give the reason why this is right\"\n\n"
				"- class: \"openssl/*, gnutls/soft\"\n  scenario: \"c\"\n"
				"  verdict: connect\n  reason: status-good\n"
				"  why: \"as observed; give the reason why this is right\"\n\n"
				"- class: \"openssl/soft\"\n"
				"  scenario:\n    - \"a\"\n    - \"b\"\n"
				"  verdict: warn\n  reason: staple-stale\n"
				"  why: \"as observed; give the reason why this is right\"\n\n"
				"- class: \"gnutls/native\"\n"
				"  scenario:\n    - \"a\"\n    - \"b\"\n    - \"c\"\n"
				"  verdict: reject\n  reason: status-revoked\n"
				"  why: \"as observed; give the reason why this is right\"\n");
	free(shown);
	diff_run_free(run);
}
END_TEST

START_TEST(a_glob_says_nothing_of_classes_that_did_not_run)
{
	struct run *run = diff_run(&(struct drawn_run){.classes = FOUR, .rows = {"a:1: C C C C"}});
	char *narrow = entries(run, &class_file), *wide = entries(run, NULL);
	ck_assert_ptr_eq(strstr(narrow, "- class: \"openssl/*, gnutls/*\"\n"), narrow);
	ck_assert_ptr_eq(strstr(wide, "- class: \"*\"\n"), wide);
	free(narrow);
	free(wide);
	diff_run_free(run);
}
END_TEST

START_TEST(leaves_out_what_nobody_can_expect)
{
	struct error err = ERROR_INIT;
	struct expectation_written written;
	struct text text;
	struct run *run = diff_run(
		&(struct drawn_run){.classes = FOUR, .rows = {"a:1: E X H -'", "b:1: - . W' C"}});
	text_init(&text, 0);
	ck_assert_msg(expectation_write(&text, run, NULL, &written, &err), "%s", err.text);
	ck_assert_uint_eq(written.num_cells, 4);
	ck_assert_uint_eq(written.num_left_out, 3);
	ck_assert_uint_eq(written.num_entries, 4);
	ck_assert_ptr_nonnull(strstr(text_string(&text), "verdict: error"));
	ck_assert_ptr_nonnull(strstr(text_string(&text), "verdict: unsupported"));
	text_clear(&text);
	diff_run_free(run);
	run = diff_run(&(struct drawn_run){.classes = FOUR, .rows = {"a:1: H X H ."}});
	char *none = entries(run, NULL);
	ck_assert_str_eq(none, "[]\n");
	free(none);
	diff_run_free(run);
}
END_TEST

/* Each of these would be another pattern, or another document, if it were written as it is. */
static const char *const names[] = {
	"[::1]:443",      "*:443",     "a?b:1",
	"a,b:1",          "a\\b:1",    " a:1 ",
	"a\"b: - x:1",    "a\nb:1",    "a\033[31m:1",
	"#a:1",           "- a:1",     "{a: b}:1",
	"&a:1",           "!a:1",      "\xc3\xa4.de:443",
	"host:443@::1",   "%YAML",     "---",
	"'a':1",          "a\\[b]*:1", "true",
	"host:443@[::2]", "a\tb:1",    "\xe2\x80\xae.\xe2\x80\xac:1",
};
#define NUM_NAMES (sizeof names / sizeof *names)

START_TEST(hostile_names_are_quoted)
{
	struct drawn_run drawn = {.classes = FOUR};
	char rows[NUM_NAMES][64];
	static const char *const cells[] = {"C R W C", "C C C C", "W R C -", "R R' W C!"};
	for (size_t i = 0; i < NUM_NAMES; i++) {
		snprintf(rows[i], sizeof rows[i], "%zu%s: %s", i, names[i], cells[i % 4]);
		/* A name must not end where the test cuts it. */
		char *cut = strstr(rows[i], "b: -");
		if (cut != NULL)
			cut[2] = '_';
		cut = strstr(rows[i], "{a: b");
		if (cut != NULL)
			cut[3] = '_';
		drawn.rows[i] = rows[i];
	}
	struct run *run = diff_run(&drawn);
	struct text text;
	struct error err = ERROR_INIT;
	struct expectation_written written;
	text_init(&text, 0);
	/* It is held against the run there; this test looks at the outside. */
	ck_assert_msg(expectation_write(&text, run, &class_file, &written, &err), "%s", err.text);
	ck_assert_uint_eq(written.num_cells, 4 * NUM_NAMES);
	for (const char *p = text_string(&text); *p != '\0'; p++)
		ck_assert_msg(*p == '\n' || (*p >= ' ' && *p < 0x7f), "no plain ASCII");
	text_clear(&text);
	diff_run_free(run);
}
END_TEST

START_TEST(what_cannot_be_said_is_refused)
{
	struct run *run =
		diff_run(&(struct drawn_run){.classes = FOUR, .rows = {"a\xff:1: C C C C"}});
	struct text text;
	struct error err = ERROR_INIT;
	struct expectation_written written;
	text_init(&text, 0);
	ck_assert(!expectation_write(&text, run, NULL, &written, &err));
	ck_assert_int_eq(err.kind, ERROR_UNABLE);
	ck_assert_ptr_nonnull(strstr(err.text, "could not be read back"));
	text_clear(&text);
	diff_run_free(run);
}
END_TEST

/* Random matrices, held by the reader that a run uses. */
START_TEST(reading_back_expects_what_was_seen)
{
	static const char *const letters[] = {"C", "c", "W", "W'", "R", "R'", "E", "X"};
	unsigned random = 11;
	for (int round = 0; round < 40; round++) {
		struct drawn_run drawn = {.classes = FOUR, .in_lab = round % 2 == 0};
		char rows[12][64];
		for (int i = 0; i < 12; i++) {
			int len = snprintf(rows[i], sizeof rows[i], "f/s%d@v%d:", i / 3, i % 3);
			for (int k = 0; k < 4; k++) {
				random = random * 1103515245 + 12345;
				len += snprintf(rows[i] + len, sizeof rows[i] - (size_t)len, " %s",
						letters[(random >> 16) % 8]);
			}
			drawn.rows[i] = rows[i];
		}
		struct run *run = diff_run(&drawn);
		struct expectation_list list = {0};
		struct error err = ERROR_INIT;
		char *shown = entries(run, round % 3 == 0 ? &class_file : NULL);
		struct yaml *yaml = yaml_parse("f.yaml", shown, strlen(shown), &err);
		ck_assert_msg(yaml != NULL && expectation_read_own_yaml(&list, yaml, &err), "%s",
			      err.text);
		for (size_t i = 0; i < 48; i++) {
			const struct cell *cell = run_cell(run, i / 4, i % 4);
			const struct expectation_cell of = {
				.class_id = run_class_at(run, i % 4)->class->id,
				.row_id = run_row_at(run, i / 4)->id,
				.is_endpoint = !drawn.in_lab,
			};
			const struct expectation *found = expectation_find(NULL, &list, &of);
			ck_assert((found != NULL) == (cell->outcome != OUTCOME_CRASH));
			ck_assert(found == NULL || (found->outcome == cell->outcome &&
						    found->reason == cell->reason));
		}
		expectation_list_clear(&list);
		yaml_free(yaml);
		free(shown);
		diff_run_free(run);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("expectation_write");
	TCase *tcase = tcase_create("expectation_write");
	tcase_add_test(tcase, folds_rows_and_classes);
	tcase_add_test(tcase, a_glob_says_nothing_of_classes_that_did_not_run);
	tcase_add_test(tcase, leaves_out_what_nobody_can_expect);
	tcase_add_test(tcase, hostile_names_are_quoted);
	tcase_add_test(tcase, what_cannot_be_said_is_refused);
	tcase_add_test(tcase, reading_back_expects_what_was_seen);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
