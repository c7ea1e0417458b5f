/* Reports of several endpoints: the worst first; and the life of staples over kept runs. */
#include "core/file.h"
#include "core/text.h"
#include "harness/archive/store.h"
#include "harness/model/examination.h"
#include "harness/model/staple_life.h"
#include "harness/run/run_addition.h"
#include "harness/run/run_head.h"
#include "reports/format.h"
#include "tests/unit/report_run.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static char folder[64], path[96];
static struct error err;

static void set_up(void)
{
	snprintf(folder, sizeof folder, "/tmp/revoscope-pages-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/runs.db", folder);
	err = ERROR_INIT;
}

static void tear_down(void)
{
	file_remove_tree(folder);
}

/* A run of one row with these examinations; takes over the reference. */
static struct run *run_of(json_t *examinations)
{
	static const char *const rows[] = {"well.test:443: C C C C C"};
	struct run *run = report_run(rows, 1, false);
	ck_assert_ptr_nonnull(examinations);
	ck_assert_msg(
		run_addition_read(run, RUN_ADDITION_EXAMINATIONS, examinations, ERROR_USAGE, &err),
		"%s", err.text);
	json_decref(examinations);
	return run;
}

static char *report(struct run *run, const char *name)
{
	char *bytes = NULL;
	size_t len;
	const struct format *format = format_find(name, strlen(name), &err);
	FILE *out = open_memstream(&bytes, &len);
	ck_assert_msg(format->write(out, run, &(struct format_options){80, false}, &err), "%s",
		      err.text);
	fclose(out);
	return bytes;
}

static const struct {
	const char *format;
	const char *in_order[6];
} pages[] = {
	{"html",
	 {"4 endpoints, the worst first", "<td class=\"level critical\">critical", "#doctor-2",
	  "incomplete", "<td class=\"level info\">info", "<h2 id=doctor-1>"}},
	{"markdown",
	 {"## 4 endpoints, the worst first", "The name does not resolve", "| warning |",
	  "incomplete", "| info |", "## Diagnosis of"}},
	{"text",
	 {"4 endpoints, the worst first", "critical    nobody", "warning     renewed.test:8443",
	  "incomplete  interrupted.test:443", "info        well.test:443", "Steps of the"}},
};

START_TEST(several_endpoints_are_a_table_first_with_the_worst_on_top)
{
	json_error_t fault;
	struct run *run = run_of(json_load_file(EXAMINATIONS, JSON_REJECT_DUPLICATES, &fault));
	char *bytes = report(run, pages[_i].format);
	const char *at = bytes;
	for (size_t i = 0; i < 6; i++) {
		const char *words = pages[_i].in_order[i];
		const char *found = strstr(at, words);
		ck_assert_msg(found != NULL, "%s: no %s behind\n%.400s", pages[_i].format, words,
			      at);
		at = found;
	}
	free(bytes);
	run_free(run);
}
END_TEST

/* Of well.test:443 at a time, with a staple of these times, or none. */
static json_t *one_endpoint(const char *started, const char *this_update, const char *next_update,
			    const char *connect)
{
	json_t *staples = json_object();
	if (this_update != NULL)
		json_object_set_new(staples, "aa",
				    json_pack("{s:i, s:s, s:s, s:s?}", "depth", 0, "check", "good",
					      "this_update", this_update, "next_update",
					      next_update));
	return json_pack("{s:{s:s, s:s, s:s, s:o, s:{s:s, s:s?}, s:s, s:[], s:s}}", "well.test:443",
			 "started", started, "finished", started, "leaf", "cc", "staples", staples,
			 "target", "host", "well.test", "connect", connect, "level", "ok", "causes",
			 "headline", "Fine.");
}

START_TEST(what_was_not_examined_is_said_with_its_reason)
{
	static const char *const names[] = {"html", "markdown", "text"};
	json_error_t fault;
	struct run *run = run_of(json_load_file(EXAMINATIONS, JSON_REJECT_DUPLICATES, &fault));
	char *bytes = report(run, names[_i]);
	const char *at = strstr(bytes, "Not examined, and why");
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_nonnull(strstr(at, "the examination was interrupted"));
	ck_assert_ptr_nonnull(strstr(at, "not-a-reason"));
	ck_assert_ptr_null(strchr(bytes, 0x1b));
	/* Where all was examined, there is nothing to say. */
	ck_assert_ptr_null(strstr(at + 1, "Not examined, and why"));
	free(bytes);
	run_free(run);
}
END_TEST

/* With a cause that has a configuration. */
static json_t *sick_endpoint(void)
{
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:[{s:s, s:s, s:s, s:s, s:{s:s, s:s, s:s, s:[s]}}]}",
		"started", "2026-11-03T00:00:00Z", "finished", "2026-11-03T00:00:00Z", "leaf", "cc",
		"level", "warning", "headline", "Stale.", "causes", "id", "staple-stale", "title",
		"Stale", "severity", "warning", "confidence", "certain", "fix", "text",
		"Refresh it.", "server", "nginx", "snippet", "ssl stapling on", "commands",
		"reload nginx");
}

/* Where it is and how it begins, of one endpoint and of two; NULL: it is not there. */
static const struct {
	const char *format, *one, *two;
} folds[] = {
	{"html", "<details open><summary>Configuration", "<details><summary>Configuration"},
	{"markdown", "\nnginx:\n", "<details><summary>Configuration"},
	{"text", "ssl stapling on", NULL},
};

START_TEST(configuration_is_folded_away_on_a_page_of_several)
{
	for (int num = 1; num <= 2; num++) {
		json_t *all = json_pack("{s:o}", "a.test:443", sick_endpoint());
		if (num == 2)
			json_object_set_new(all, "b.test:443", sick_endpoint());
		struct run *run = run_of(all);
		char *bytes = report(run, folds[_i].format);
		const char *wanted = num == 1 ? folds[_i].one : folds[_i].two;
		ck_assert_ptr_nonnull(strstr(bytes, "Refresh it."));
		if (wanted != NULL)
			ck_assert_msg(strstr(bytes, wanted) != NULL, "%s of %d: %s",
				      folds[_i].format, num, bytes);
		else
			ck_assert(strstr(bytes, "ssl stapling on") == NULL &&
				  strstr(bytes, "report --format html=FILE") != NULL);
		const char *other = num == 2 ? folds[_i].one : "<details><summary>Configuration";
		ck_assert_msg(strcmp(folds[_i].format, "markdown") == 0 ||
				      strstr(bytes, other) == NULL,
			      "%s of %d: %s", folds[_i].format, num, other);
		free(bytes);
		run_free(run);
	}
}
END_TEST

START_TEST(one_endpoint_needs_no_table)
{
	static const char *const names[] = {"html", "markdown", "text"};
	struct run *run = run_of(one_endpoint("2026-11-03T00:00:00Z", NULL, NULL, NULL));
	char *bytes = report(run, names[_i]);
	ck_assert_ptr_nonnull(strstr(bytes, "Fine."));
	ck_assert_ptr_null(strstr(bytes, "the worst first"));
	ck_assert_ptr_null(strstr(bytes, "<figure>"));
	free(bytes);
	run_free(run);
}
END_TEST

static void keep(json_t *examinations)
{
	struct run *run = run_of(examinations);
	struct store *store = store_open(path, STORE_WRITE, &err);
	ck_assert_msg(store != NULL, "%s", err.text);
	struct store_writer *writer = store_begin(store, run, &err);
	run_finish(run, false);
	ck_assert_msg(store_finish(writer, &err), "%s", err.text);
	store_close(store);
	run_free(run);
}

/* The report of a run of now, with what the store has of earlier ones. */
static char *page_with_lives(json_t *examinations, size_t num_earlier)
{
	struct run *run = run_of(examinations);
	struct store *store = store_open(path, STORE_READ, &err);
	ck_assert_msg(store != NULL, "%s", err.text);
	ck_assert_msg(store_read_lives(store, run, &err), "%s", err.text);
	store_close(store);
	const struct staple_life *life = staple_lives_find(run_lives(run), "well.test:443");
	ck_assert_uint_eq(life != NULL ? life->num_sightings : 0, num_earlier);
	char *bytes = report(run, "html");
	run_free(run);
	return bytes;
}

START_TEST(the_life_of_staples_is_drawn_over_kept_runs)
{
	keep(one_endpoint("2026-11-01T06:00:00Z", "2026-11-01T00:00:00Z", "2026-11-05T00:00:00Z",
			  NULL));
	keep(one_endpoint("2026-11-02T06:00:00Z", "2026-11-01T00:00:00Z", "2026-11-05T00:00:00Z",
			  NULL));
	keep(one_endpoint("2026-11-03T06:00:00Z", NULL, NULL, NULL));
	keep(one_endpoint("2026-11-02T08:00:00Z", "2026-10-01T00:00:00Z", "2026-10-05T00:00:00Z",
			  "192.0.2.9:443"));
	char *bytes = page_with_lives(one_endpoint("2026-11-04T06:00:00Z", "2026-11-04T00:00:00Z",
						   "2026-11-08T00:00:00Z", NULL),
				      3);
	ck_assert_ptr_nonnull(strstr(bytes, "4 examinations since 2026-11-01 06:00 saw 2 staples; "
					    "1 got none."));
	/* The first staple was there from the start, the second came between the last two. */
	ck_assert_ptr_nonnull(
		strstr(bytes, "<tr><td>2026-11-01 00:00<td>2026-11-05 00:00<td><td>2026-11-02 "
			      "06:00<td>2 days<td>2<td>good"));
	ck_assert_ptr_nonnull(strstr(bytes,
				     "<tr><td>2026-11-04 00:00<td>2026-11-08 00:00<td>2026-11-04 "
				     "06:00<td>2026-11-04 06:00<td>3 days<td>1<td>good"));
	const char *figure = strstr(bytes, "<figure>");
	size_t num_seen = 0, num_refreshed = 0;
	for (const char *p = figure; (p = strstr(p, "<circle class=seen")) != NULL; p++)
		num_seen++;
	for (const char *p = figure; (p = strstr(p, "<line class=refreshed")) != NULL; p++)
		num_refreshed++;
	ck_assert_uint_eq(num_seen, 3);
	ck_assert_uint_eq(num_refreshed, 1);
	free(bytes);
}
END_TEST

/* A foreign document has any times; the picture stays in its box. */
START_TEST(absurd_times_stay_in_the_picture)
{
	static const char *const times[][3] = {
		{"2026-11-04T06:00:00Z", "1970-01-02T00:00:00Z", "9999-12-31T23:59:59Z"},
		{"2026-11-04T06:00:00Z", "9999-12-31T23:59:59Z", "1970-01-02T00:00:00Z"},
		{"1970-01-02T00:00:00Z", "1970-01-02T00:00:00Z", "1970-01-02T00:00:00Z"},
		{"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", NULL},
	};
	struct run *run = run_of(one_endpoint(times[_i][0], times[_i][1], times[_i][2], NULL));
	char *bytes = report(run, "html");
	const char *figure = strstr(bytes, "<figure>");
	ck_assert_ptr_nonnull(figure);
	ck_assert_ptr_null(strstr(figure, "nan"));
	for (const char *p = figure; (p = strstr(p, " x=")) != NULL; p++)
		ck_assert_double_le(strtod(p + 3, NULL), 720);
	for (const char *p = figure; (p = strstr(p, " width=")) != NULL; p++)
		ck_assert_double_ge(strtod(p + 7, NULL), 0);
	free(bytes);
	run_free(run);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("doctor_pages");
	TCase *tests = tcase_create("doctor_pages");
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, several_endpoints_are_a_table_first_with_the_worst_on_top, 0, 3);
	tcase_add_loop_test(tests, what_was_not_examined_is_said_with_its_reason, 0, 3);
	tcase_add_loop_test(tests, configuration_is_folded_away_on_a_page_of_several, 0, 3);
	tcase_add_loop_test(tests, one_endpoint_needs_no_table, 0, 3);
	tcase_add_test(tests, the_life_of_staples_is_drawn_over_kept_runs);
	tcase_add_loop_test(tests, absurd_times_stay_in_the_picture, 0, 4);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
