/* Without memory for one value a document is refused, and never a shorter one. */
#include "reports/format.h"

#include "core/json.h"
#include "harness/archive/document.h"
#include "harness/run/cell_record.h"
#include "tests/unit/report_run.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static size_t num_allocations, failing; /* the one that fails; 0: none */

static void *allocate(size_t size)
{
	return ++num_allocations == failing ? NULL : malloc(size);
}

static struct run *make_run(void)
{
	static const char *const rows[] = {"staple/stale: c! W* R E C~"};
	struct error err = ERROR_INIT;
	struct run *run = report_run(rows, 1, true);
	struct attempts attempts = {0};
	ck_assert(attempts_add(&attempts, &(struct attempt){.outcome = OUTCOME_WARN}, "\xff"));
	ck_assert(attempts_add(&attempts, &(struct attempt){.outcome = OUTCOME_CONNECT}, "d"));
	struct cell_source source = {
		.detail = "d",
		.observation =
			json_pack("{s:s, s:[{s:i}]}", "stage", "handshake", "staples", "depth", 0),
		.server = json_pack("{s:[], s:[]}", "connections", "requests"),
		.attempts = attempts_to_json(&attempts),
	};
	ck_assert(cell_source_store(run, run_cell(run, 0, 1), &source, &err));
	json_decref(source.observation);
	json_decref(source.server);
	json_decref(source.attempts);
	attempts_clear(&attempts);
	run_set_advice(run, json_pack("{s:{s:s}}", "answer", "text", "t"));
	return run;
}

/* New memory, of what was written; *done as the writer says. */
static char *write_run(bool *done, struct run *run, const char *name, struct error *err)
{
	char *bytes = NULL;
	size_t len = 0;
	struct format_options options = {.width = 80};
	FILE *out = open_memstream(&bytes, &len);
	*done = format_find(name, strlen(name), err)->write(out, run, &options, err);
	fclose(out);
	return bytes;
}

static const char *const names[] = {"json", "jsonl", "sarif"};

START_TEST(a_document_is_whole_or_refused)
{
	struct error err = ERROR_INIT;
	struct run *run = make_run();
	bool done;
	json_set_alloc_funcs(allocate, free);
	num_allocations = failing = 0;
	char *whole = write_run(&done, run, names[_i], &err);
	size_t num = num_allocations;
	ck_assert_msg(done, "%s", err.text);
	ck_assert_uint_gt(num, 100);
	for (size_t at = 1; at <= num; at++) {
		err = (struct error){.kind = ERROR_NONE};
		num_allocations = 0;
		failing = at;
		char *bytes = write_run(&done, run, names[_i], &err);
		ck_assert_msg(!done || strcmp(bytes, whole) == 0,
			      "%s is shorter without allocation %zu of %zu:\n%s", names[_i], at,
			      num, bytes);
		ck_assert_msg(done || err.kind == ERROR_UNABLE, "%s, allocation %zu: %s", names[_i],
			      at, err.text);
		free(bytes);
	}
	free(whole);
	json_set_alloc_funcs(malloc, free);
	run_free(run);
}
END_TEST

START_TEST(a_record_is_whole_or_refused)
{
	struct error err = ERROR_INIT;
	struct run *run = make_run();
	struct cell_source source;
	struct text whole, stored;
	text_init(&whole, 0);
	text_init(&stored, 0);
	ck_assert(run_read_record(run, run_cell(run, 0, 1), &whole, &err));
	ck_assert(cell_source_load(&source, run, run_cell(run, 0, 1), &err));
	json_set_alloc_funcs(allocate, free);
	num_allocations = failing = 0;
	ck_assert(cell_source_store(run, run_cell(run, 0, 1), &source, &err));
	size_t num = num_allocations;
	for (size_t at = 1; at <= num; at++) {
		num_allocations = 0;
		failing = at;
		text_reset(&stored);
		if (cell_source_store(run, run_cell(run, 0, 1), &source, &err)) {
			ck_assert(run_read_record(run, run_cell(run, 0, 1), &stored, &err));
			ck_assert_str_eq(text_string(&stored), text_string(&whole));
		}
	}
	json_set_alloc_funcs(malloc, free);
	text_clear(&whole);
	text_clear(&stored);
	cell_source_clear(&source);
	run_free(run);
}
END_TEST

START_TEST(a_document_is_read_whole_or_refused)
{
	struct error err = ERROR_INIT;
	struct run *run = make_run(), *read = NULL;
	bool done;
	char *whole = write_run(&done, run, "json", &err);
	ck_assert_msg(done, "%s", err.text);
	json_set_alloc_funcs(allocate, free);
	size_t num = SIZE_MAX;
	for (size_t at = 0; at <= num; at++) {
		FILE *file = fmemopen(whole, strlen(whole), "r");
		err = (struct error){.kind = ERROR_NONE};
		num_allocations = 0;
		failing = at;
		done = document_read(&read, file, "d", &err);
		fclose(file);
		num = at == 0 ? num_allocations : num;
		/* jansson's reader does not always distinguish lack of memory from what is no JSON.
		 */
		ck_assert_msg(done == (err.kind == ERROR_NONE), "allocation %zu of %zu", at, num);
		failing = 0;
		char *again = done ? write_run(&done, read, "json", &err) : NULL;
		ck_assert_msg(again == NULL || strcmp(again, whole) == 0,
			      "shorter without allocation %zu of %zu:\n%s", at, num, again);
		free(again);
		run_free(read);
		read = NULL;
	}
	json_set_alloc_funcs(malloc, free);
	free(whole);
	run_free(run);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memory");
	TCase *tests = tcase_create("memory");
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, a_document_is_whole_or_refused, 0, sizeof names / sizeof *names);
	tcase_add_test(tests, a_record_is_whole_or_refused);
	tcase_add_test(tests, a_document_is_read_whole_or_refused);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
