/* Result documents: what was written comes back as it was, and what is no document is refused. */
#include "harness/archive/document.h"

#include "tests/unit/report_run.h"
#include "reports/format.h"
#include "reports/json/result_json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static char *write_run(struct run *run)
{
	char *bytes = NULL;
	size_t len = 0;
	struct error err = ERROR_INIT;
	FILE *out = open_memstream(&bytes, &len);
	ck_assert_msg(result_json_write_run(out, run, NULL, &err), "%s", err.text);
	fclose(out);
	return bytes;
}

static bool read_bytes(struct run **run, const char *bytes, size_t len, struct error *err)
{
	*err = ERROR_INIT;
	FILE *file = fmemopen((void *)(uintptr_t)bytes, len, "r");
	ck_assert_ptr_nonnull(file);
	bool done = document_read(run, file, "test.json", err);
	fclose(file);
	ck_assert_int_eq(done, *run != NULL);
	ck_assert_int_eq(done, err->kind == ERROR_NONE);
	return done;
}

static const struct {
	const char *name;
	const char *rows[3];
	size_t num;
	bool in_lab;
} runs[] = {
	{"every letter and mark",
	 {"staple/stale: c! W* R R C~", "crl/crl-good: C - E X H", "chain/expired: R R R R R"},
	 3,
	 true},
	{"interrupted", {"staple/stale: C W . R .", "crl/crl-good: . . . . ."}, 2, true},
	{"nothing was run", {"staple/stale: . . . . ."}, 1, true},
	{"in an order of its own", {"z/b: C C C C C", "a/c: C C C C C", "m/a: R R R R R"}, 3, true},
	{"endpoints", {"host:443: C W! R R .", "[2001:db8::1]:8443@x: E E* E E E"}, 2, false},
};

START_TEST(what_was_written_comes_back)
{
	struct error err;
	struct run *again = NULL, *run = report_run(runs[_i].rows, runs[_i].num, runs[_i].in_lab);
	run_set_advice(run, json_pack("{s:s}", "answer", runs[_i].name));
	char *bytes = write_run(run);
	ck_assert_msg(read_bytes(&again, bytes, strlen(bytes), &err), "%s: %s", runs[_i].name,
		      err.text);
	char *second = write_run(again);
	ck_assert_str_eq(bytes, second);
	/* The document is sorted by ids, the matrix is not. */
	for (size_t i = 0; i < run_num_rows(run); i++)
		ck_assert_str_eq(run_row_at(run, i)->id, run_row_at(again, i)->id);
	for (size_t i = 0; i < run_num_classes(run); i++)
		ck_assert_str_eq(run_class_at(run, i)->class->id,
				 run_class_at(again, i)->class->id);
	free(bytes);
	free(second);
	run_free(run);
	run_free(again);
}
END_TEST

START_TEST(a_document_that_is_cut_anywhere_is_refused)
{
	struct error err;
	struct run *again = NULL, *run = report_run(runs[0].rows, 1, true);
	char *bytes = write_run(run);
	size_t len = strlen(bytes);
	/* The last byte is a newline behind the end. */
	for (size_t cut = 1; cut < len - 1; cut += 1 + cut / 97) {
		ck_assert_msg(!read_bytes(&again, bytes, cut, &err), "cut at %zu", cut);
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		ck_assert_ptr_null(strchr(err.text, '\n'));
		ck_assert_ptr_nonnull(strstr(err.text, "test.json"));
	}
	ck_assert(read_bytes(&again, bytes, len - 1, &err));
	run_free(again);
	free(bytes);
	run_free(run);
}
END_TEST

/* What of a good document becomes what; and the words that say what is wrong with it. */
static const struct {
	const char *from, *to, *words;
} faults[] = {
	{"\"schema\":1", "\"schema\":7", "has schema 7"},
	{"\"schema\":1", "\"schema\":true", "'schema' is not a number"},
	{"\"schema\":1,", "", "not a result document"},
	{"\"id\":\"2", "\"id\":\"2\\n", "of a run"},
	{"\"class\":\"openssl/no-check\"", "\"class\":\"x/y\"", "not in the document"},
	{"\"outcome\":\"connect\"", "\"outcome\":\"perhaps\"", "'perhaps' is not a known outcome"},
	{"\"enforcement\":\"application\"", "\"enforcement\":7", "'enforcement'"},
	{"\"truth\":\"", "\"truth\":\"not-", "is not a known status"},
	{"\"offset_s\":0", "\"offset_s\":\"0\"", "offset_s"},
	{"\"stack\":\"openssl\"", "\"stack\":\"nss\"", "'nss' is not among the stacks"},
	{"\"cells\":[", "\"cells\":[1,", "not in the document"},
	{"\"cells\":[", "\"cells\":{", "expected here"},
	{"\"summary\":{", "\"run\":{", "duplicate key 'run'"},
	{"\"arguments\":null", "\"arguments\":[1]", "'arguments'"},
	{"\"classes\":{", "\"classes\":{\"\x1b[2J\":{},", "not JSON"},
	{"\"classes\":{", "\"classes\":{\"\\u001b[2J\":{},", "is missing"},
};

START_TEST(what_is_wrong_is_named)
{
	struct error err;
	struct text broken;
	struct run *again = NULL, *run = report_run(runs[0].rows, 1, true);
	char *bytes = write_run(run);
	const char *at = strstr(bytes, faults[_i].from);
	ck_assert_msg(at != NULL, "no %s in the document", faults[_i].from);
	text_init(&broken, 0);
	text_append_bytes(&broken, bytes, (size_t)(at - bytes));
	text_append(&broken, faults[_i].to);
	text_append(&broken, at + strlen(faults[_i].from));
	ck_assert(!read_bytes(&again, text_string(&broken), broken.len, &err));
	ck_assert_msg(strstr(err.text, faults[_i].words) != NULL, "%s: %s", faults[_i].to,
		      err.text);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	text_clear(&broken);
	free(bytes);
	run_free(run);
}
END_TEST

START_TEST(more_cells_than_there_can_be_are_refused)
{
	struct error err;
	struct text many;
	struct run *run = NULL;
	text_init(&many, 0);
	text_append(&many, "{\"schema\":1,\"revoscope\":\"1\",\"run\":{\"id\":\"x\",\"started\":"
			   "\"2026-11-23T00:00:00Z\",\"vantage\":\"\",\"command\":\"\","
			   "\"time_factor\":1,\"clock\":{\"offset_s\":0,\"at\":"
			   "\"2026-11-23T00:00:00Z\"}},\"summary\":{},\"cells\":[],\"stacks\":{"
			   "\"s\":{\"title\":\"S\"}},\"classes\":{");
	for (int i = 0; i < 2000; i++)
		text_append_format(&many,
				   "%s\"s/%d\":{\"stack\":\"s\",\"title\":\"\",\"policy_id\":"
				   "\"native\",\"enforcement\":\"native\",\"origin\":\"\"}",
				   i > 0 ? "," : "", i);
	text_append(&many, "},\"endpoints\":{");
	for (int i = 0; i < 2000; i++)
		text_append_format(&many,
				   "%s\"h%d:1\":{\"host\":\"h\",\"port\":1,\"server_name\":\"h\"}",
				   i > 0 ? "," : "", i);
	text_append(&many, "}}");
	ck_assert(!read_bytes(&run, text_string(&many), many.len, &err));
	ck_assert_msg(strstr(err.text, "more than 2000000 cells") != NULL, "%s", err.text);
	text_clear(&many);
}
END_TEST

static Suite *document_suite(void)
{
	Suite *suite = suite_create("document");
	TCase *tcase = tcase_create("document");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, what_was_written_comes_back, 0, sizeof runs / sizeof *runs);
	tcase_add_test(tcase, a_document_that_is_cut_anywhere_is_refused);
	tcase_add_loop_test(tcase, what_is_wrong_is_named, 0, sizeof faults / sizeof *faults);
	tcase_add_test(tcase, more_cells_than_there_can_be_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(document_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
