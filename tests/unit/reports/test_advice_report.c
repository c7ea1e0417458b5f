/* How an advice reads, and that nothing of one that means harm gets out of its place. */
#include "reports/advice_report.h"

#include "reports/format.h"

#include "tests/unit/report_run.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define EVIL "\x1b[31m<script>alert(1)</script> | [x](http://evil.example) \" ' & `"

static json_t *side(const char *row, double connects, double refuses)
{
	return json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:[]}", "row", row, "title", "T",
			 "connects", connects, "warns", 0.0, "refuses", refuses, "no_verdict", 0.0,
			 "cells");
}

static json_t *pair(const char *family, const char *label, double without, double with)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:{s:f, s:[s]}}", "family", family,
			 "label", label, "staple", "none", "truth", "good", "withheld",
			 strcmp(family, "attack") == 0, "without",
			 side("a", 100 - without, without), "with", side("b", 100 - with, with),
			 "newly_refused", "share", with - without, "classes", "browser/firefox");
}

static json_t *statement(const char *text)
{
	return json_pack("{s:s, s:s, s:[s, s], s:b}", "id", "rule", "text", text, "rows", "a",
			 "none-such", "better", 1);
}

/* An advice in which every foreign text is this. */
static json_t *make_advice(const char *text)
{
	json_t *advice = json_object();
	json_object_set_new(advice, "answer",
			    json_pack("{s:s, s:s, s:s, s:[o], s:[o], s:[o]}", "word", "not-safe",
				      "title", text, "text", text, "reasons", statement(text),
				      "conditions", statement(text), "instead", statement(text)));
	json_object_set_new(advice, "questions",
			    json_pack("[{s:s, s:s, s:s, s:s}]", "id", "q", "question", text,
				      "answer", "no", "text", text));
	json_object_set_new(advice, "environment",
			    json_pack("{s:s, s:[{s:s, s:s, s:f}]}", "title", text, "clients",
				      "class", text, "title", text, "share", 100.0));
	json_object_set_new(advice, "pairs",
			    json_pack("[o, o, o]", pair("baseline", "all is well", 0, 0),
				      pair("outage", text, 0.5, 6), pair("attack", text, 1, 7)));
	json_object_set_new(
		advice, "margins",
		json_pack("{s:i, s:s, s:i, s:i, s:[{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i}]}",
			  "staple_life_s", 604800, "life_from", "assumed", "fetched_least_s",
			  259200, "outage_s", 86400, "servers", "server", text, "title", text,
			  "text", text, "after", "stale", "restart", "kept-if-saved", "least_s",
			  255600, "usual_s", 430200, "restart_least_s", 255600));
	json_object_set_new(advice, "endpoint",
			    json_pack("{s:s, s:[{s:s, s:s, s:s}]}", "id", text, "facts", "id", "f",
				      "question", text, "answer", "partly"));
	json_object_set_new(advice, "notes", json_pack("[s]", text));
	return advice;
}

static struct run *make_run(json_t *advice)
{
	static const char *const rows[] = {"f/a: c C C R c", "f/b: c C R R R"};
	struct run *run = report_run(rows, 2, true);
	/* The page compares a scenario with the healthy one of its truth. */
	for (size_t i = 0; i < 2; i++)
		((struct scenario *)run_row_at(run, i)->scenario)->truth = STATUS_GOOD;
	run_set_advice(run, advice);
	return run;
}

/* The whole report; new memory. */
static char *write_report(struct run *run, const char *name)
{
	char *text = NULL;
	size_t len = 0;
	struct error err = ERROR_INIT;
	struct format_options options = {.width = 80};
	FILE *out = open_memstream(&text, &len);
	const struct format *format = format_find(name, strlen(name), &err);
	ck_assert_msg(format != NULL && format->write(out, run, &options, &err), "%s", err.text);
	fclose(out);
	return text;
}

static const struct {
	const char *format, *wanted;
} rows[] = {
	{"text", "Is must-staple safe here? T"},
	{"text", "    0.5 %       6 %     5.5 %"},
	{"text", "reject only with it: browser/firefox"},
	{"text", "This is the better way here."},
	{"text", "Facts of T"},
	{"text", "2 d 23 h   4 d 23 h   2 d 23 h if saved the stale response"},
	{"text", "/b/browser/firefox"},
	{"markdown", "Answer: **T** - T"},
	{"markdown", "| T | 0.5 % | 6 % | 5.5 % | `browser/firefox` | `a`, `b` |"},
	{"markdown", "| T | 99 % | 93 % | 6 % |"},
	{"markdown", "| T | 2 d 23 h | 4 d 23 h | 2 d 23 h if saved | the stale response | T |"},
	{"html", "<a href=#advice>Advice</a>"},
	{"html", "<span class=\"verdict exposed\">T</span>"},
	{"html", "<svg class=chart role=img"},
	{"html", "<title id=chart-outage>Outage of the responder: clients that reject</title>"},
	{"html", "<a href=#r0>a</a>, none-such"},
};

START_TEST(it_is_reported)
{
	struct run *run = make_run(make_advice("T"));
	char *text = write_report(run, rows[_i].format);
	ck_assert_msg(strstr(text, rows[_i].wanted) != NULL, "%s in\n%s", rows[_i].wanted, text);
	free(text);
	run_free(run);
}
END_TEST

START_TEST(where_all_is_nothing_there_is_no_chart)
{
	struct run *run = make_run(make_advice("T"));
	char *text = write_report(run, "html");
	ck_assert_ptr_null(strstr(text, "chart-baseline"));
	ck_assert_ptr_nonnull(strstr(text, "chart-attack"));
	free(text);
	run_free(run);
}
END_TEST

static const char *const formats_for_people[] = {"text", "markdown", "html"};

START_TEST(what_cannot_be_read_is_said)
{
	json_t *advice = make_advice("T");
	json_object_set_new(json_array_get(json_object_get(advice, "pairs"), 1), "label",
			    json_integer(5));
	struct run *run = make_run(advice);
	char *text = write_report(run, formats_for_people[_i]);
	ck_assert_msg(strstr(text, "pairs[1].label") != NULL ||
			      strstr(text, "pairs\\[1\\].label") != NULL,
		      "%s", text);
	free(text);
	run_free(run);
}
END_TEST

START_TEST(harm_stays_in_its_place)
{
	const char *name = formats_for_people[_i];
	struct run *run = make_run(make_advice(EVIL));
	char *text = write_report(run, name);
	ck_assert_ptr_null(strstr(text, "\x1b"));
	ck_assert_ptr_nonnull(strstr(text, "alert"));
	if (strcmp(name, "text") != 0)
		ck_assert_ptr_null(strstr(text, "<script>alert"));
	if (strcmp(name, "markdown") == 0)
		ck_assert_ptr_null(strstr(text, "[x](http"));
	if (strcmp(name, "html") == 0)
		ck_assert_ptr_null(strstr(text, " style="));
	free(text);
	run_free(run);
}
END_TEST

/* A foreign document may have anything under this key. */
static const char *const nonsense[] = {
	"{}",
	"[]",
	"1",
	"\"x\"",
	"{\"answer\": 1, \"pairs\": {}, \"questions\": \"x\", \"margins\": [], \"notes\": [1, {}]}",
	"{\"answer\": {\"reasons\": [1, [], {\"rows\": [1, {}]}]}, \"pairs\": [1, {}, {\"family\": "
	"\"attack\", \"withheld\": true}, {\"family\": \"outage\", \"without\": {\"refuses\": "
	"-1e300}, \"with\": {\"refuses\": 1e300}, \"newly_refused\": {\"share\": 1e300, "
	"\"classes\": [1, null]}}]}",
	"{\"margins\": {\"servers\": [1, {\"least_s\": 9223372036854775807, \"usual_s\": "
	"-9223372036854775807}]}, \"endpoint\": {\"facts\": [1]}, \"environment\": {\"clients\": "
	"[[]]}}",
};

START_TEST(nonsense_is_reported_as_nothing)
{
	for (size_t i = 0; i < 3; i++) {
		struct run *run = make_run(json_loads(nonsense[_i], JSON_DECODE_ANY, NULL));
		char *text = write_report(run, formats_for_people[i]);
		ck_assert_ptr_nonnull(strstr(text, "must-staple safe here"));
		free(text);
		run_free(run);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("advice_report");
	TCase *tests = tcase_create("advice_report");
	tcase_add_loop_test(tests, it_is_reported, 0, sizeof rows / sizeof *rows);
	tcase_add_test(tests, where_all_is_nothing_there_is_no_chart);
	tcase_add_loop_test(tests, harm_stays_in_its_place, 0, 3);
	tcase_add_loop_test(tests, what_cannot_be_read_is_said, 0, 3);
	tcase_add_loop_test(tests, nonsense_is_reported_as_nothing, 0,
			    sizeof nonsense / sizeof *nonsense);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
