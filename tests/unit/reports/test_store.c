/* Kept runs: written bit by bit, whatever other processes do, and the same when they come back. */
#include "harness/archive/store.h"

#include "core/file.h"
#include "tests/unit/report_run.h"
#include "reports/format.h"
#include "harness/run/run_addition.h"
#include "reports/json/result_json.h"
#include "harness/run/run_head.h"

#include <check.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64], path[96];
static struct error err;

static const char *const rows[] = {
	"staple/stale: c! W* R R C~",
	"crl/crl-good: C - E X H",
	"chain/expired: . . R . .",
};

static void set_up(void)
{
	snprintf(folder, sizeof folder, "/tmp/revoscope-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/runs.db", folder);
	err = ERROR_INIT;
}

static void tear_down(void)
{
	file_remove_tree(folder);
}

static struct store *open_store(enum store_mode mode)
{
	struct store *store = store_open(path, mode, &err);
	ck_assert_msg(store != NULL, "%s", err.text);
	return store;
}

static void add_all(struct store_writer *writer, struct run *run)
{
	for (size_t row = 0; row < run_num_rows(run); row++)
		for (size_t i = 0; i < run_num_classes(run); i++)
			if ((run_cell(run, row, i)->marks & CELL_DONE) != 0)
				store_add(writer, row, i);
}

static void keep(struct run *run)
{
	struct store *store = open_store(STORE_WRITE);
	struct store_writer *writer = store_begin(store, run, &err);
	ck_assert_msg(writer != NULL, "%s", err.text);
	add_all(writer, run);
	run_finish(run, false);
	ck_assert_msg(store_finish(writer, &err), "%s", err.text);
	store_close(store);
}

static struct run *load(const char *word, unsigned what)
{
	struct store *store = open_store(STORE_READ);
	struct run *run = store_load(store, word, what, &err);
	ck_assert_msg(run != NULL, "%s", err.text);
	store_close(store);
	return run;
}

static void check_same(struct run *one, struct run *other)
{
	char *bytes[2] = {NULL, NULL};
	struct run *both[2] = {one, other};
	for (int i = 0; i < 2; i++) {
		size_t len;
		FILE *out = open_memstream(&bytes[i], &len);
		ck_assert(result_json_write_run(out, both[i], NULL, &err));
		fclose(out);
	}
	ck_assert_str_eq(bytes[0], bytes[1]);
	free(bytes[0]);
	free(bytes[1]);
}

START_TEST(a_kept_run_comes_back_as_it_was)
{
	struct run *run = report_run(rows, 3, true);
	keep(run);
	struct run *again = load("latest", STORE_RECORDS);
	check_same(run, again);
	run_free(again);
	/* For comparing, the cells do. */
	again = load(run_id(run), STORE_CELLS_ONLY);
	for (size_t i = 0; i < 15; i++) {
		const struct cell *one = run_cell(run, i / 5, i % 5);
		const struct cell *other = run_cell(again, i / 5, i % 5);
		ck_assert_int_eq(one->outcome, other->outcome);
		ck_assert_int_eq(one->reason, other->reason);
		ck_assert_uint_eq(one->marks, other->marks);
		ck_assert_int_eq(other->spool_offset, -1);
	}
	run_free(again);
	run_free(run);
}
END_TEST

START_TEST(endpoints_come_back_too)
{
	static const char *const endpoints[] = {"host:443: C W! R R .", "other:1@x: E E* E E E"};
	struct run *run = report_run(endpoints, 2, false);
	/* What stands beside the cells too. */
	json_t *examinations = json_pack("{s:{s:s}}", "host:443", "headline", "it's \"well\"");
	ck_assert(
		run_addition_read(run, RUN_ADDITION_EXAMINATIONS, examinations, ERROR_USAGE, &err));
	json_decref(examinations);
	keep(run);
	struct run *again = load("latest", STORE_RECORDS);
	check_same(run, again);
	run_free(again);
	run_free(run);
}
END_TEST

/* As if it had been killed: its end is not in the database. */
START_TEST(what_was_due_is_there_without_an_end)
{
	struct store_run_list list;
	struct run *run = report_run(rows, 3, true);
	struct store *store = open_store(STORE_WRITE), *reader = open_store(STORE_READ);
	struct store_writer *writer = store_begin(store, run, &err);
	ck_assert_int_eq(store_tick(writer), -1);
	add_all(writer, run);
	int due = store_tick(writer);
	ck_assert_int_gt(due, 0);
	ck_assert_int_le(due, STORE_EVERY_MS);
	usleep((unsigned)due * 1000 + 2000);
	ck_assert_int_eq(store_tick(writer), -1);
	ck_assert(store_list(reader, &list, &err));
	ck_assert_uint_eq(list.num, 1);
	ck_assert_str_eq(list.items[0].state, "unfinished");
	ck_assert_uint_eq(list.items[0].num_done, 11);
	ck_assert_uint_eq(list.items[0].num_cells, 15);
	store_run_list_clear(&list);
	struct run *again = load("latest", STORE_RECORDS);
	ck_assert_ptr_null(run_finished(again));
	check_same(run, again);
	run_free(again);
	/* What changes afterwards is written once more, and nothing else. */
	run_cell(run, 1, 0)->marks |= CELL_EXPOSED;
	run_finish(run, true);
	ck_assert(store_finish(writer, &err));
	again = load("latest", STORE_RECORDS);
	ck_assert_uint_ne(run_cell(again, 1, 0)->marks & CELL_EXPOSED, 0);
	check_same(run, again);
	ck_assert(store_list(reader, &list, &err));
	ck_assert_str_eq(list.items[0].state, "interrupted");
	store_run_list_clear(&list);
	run_free(again);
	store_close(reader);
	store_close(store);
	run_free(run);
}
END_TEST

START_TEST(who_locks_the_database_is_not_waited_for)
{
	sqlite3 *other;
	struct run *run = report_run(rows, 3, true);
	struct store *store = open_store(STORE_WRITE);
	struct store_writer *writer = store_begin(store, run, &err);
	ck_assert_int_eq(sqlite3_open(path, &other), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	add_all(writer, run);
	usleep(STORE_EVERY_MS * 1000 + 20000);
	/* Tried, put off, and wanted again. */
	ck_assert_int_gt(store_tick(writer), 0);
	ck_assert_int_eq(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	run_finish(run, false);
	ck_assert_msg(store_finish(writer, &err), "%s", err.text);
	struct run *again = load("latest", STORE_RECORDS);
	check_same(run, again);
	run_free(again);
	store_close(store);
	run_free(run);
}
END_TEST

START_TEST(a_failure_is_reported_at_the_end_and_costs_the_run_nothing)
{
	sqlite3 *other;
	struct run *run = report_run(rows, 3, true);
	struct store *store = open_store(STORE_WRITE);
	struct store_writer *writer = store_begin(store, run, &err);
	ck_assert_int_eq(sqlite3_open(path, &other), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(other, "DROP TABLE cells", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	add_all(writer, run);
	usleep(STORE_EVERY_MS * 1000 + 20000);
	ck_assert_int_eq(store_tick(writer), -1);
	ck_assert_int_eq(store_tick(writer), -1);
	ck_assert(!store_finish(writer, &err));
	ck_assert_msg(strstr(err.text, path) != NULL, "%s", err.text);
	ck_assert_ptr_nonnull(strstr(err.text, "--db FILE"));
	store_close(store);
	run_free(run);
}
END_TEST

START_TEST(old_runs_go)
{
	size_t num;
	struct run *old = report_run(rows, 3, true), *new = report_run(rows, 3, true);
	struct run_origin origin = {
		.id = "20200101T000000Z-0000",
		.version = "0",
		.rules = 1,
		.started = "2020-01-01T00:00:00Z",
		.vantage = "here",
		.command = "revoscope run",
		.clock = *run_clock(old),
		.time_factor = 1,
	};
	ck_assert(run_restore(old, &origin, &err));
	keep(new);
	keep(old);
	struct run *again = load("latest", STORE_CELLS_ONLY);
	ck_assert_str_eq(run_id(again), run_id(new));
	run_free(again);
	again = load("20200101", STORE_CELLS_ONLY);
	ck_assert_str_eq(run_id(again), origin.id);
	run_free(again);
	struct store *store = open_store(STORE_WRITE);
	ck_assert(store_prune(store, 1600000000, &num, &err));
	ck_assert_uint_eq(num, 1);
	ck_assert_ptr_null(store_load(store, "20200101", STORE_CELLS_ONLY, &err));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	store_close(store);
	run_free(old);
	run_free(new);
}
END_TEST

START_TEST(a_database_that_is_not_there_is_made_only_to_write)
{
	ck_assert_ptr_null(store_open(path, STORE_READ, &err));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_int_ne(access(path, F_OK), 0);
	snprintf(path, sizeof path, "%s/a/b/runs.db", folder);
	err = ERROR_INIT;
	store_close(open_store(STORE_WRITE));
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

static Suite *store_suite(void)
{
	Suite *suite = suite_create("store");
	TCase *tcase = tcase_create("store");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_kept_run_comes_back_as_it_was);
	tcase_add_test(tcase, endpoints_come_back_too);
	tcase_add_test(tcase, what_was_due_is_there_without_an_end);
	tcase_add_test(tcase, who_locks_the_database_is_not_waited_for);
	tcase_add_test(tcase, a_failure_is_reported_at_the_end_and_costs_the_run_nothing);
	tcase_add_test(tcase, old_runs_go);
	tcase_add_test(tcase, a_database_that_is_not_there_is_made_only_to_write);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(store_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
