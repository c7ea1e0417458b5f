/* The result document: whole, sorted, and the same for the same cells. */
#include "reports/json/result_json.h"

#include "tests/unit/report_run.h"
#include "reports/format.h"
#include "reports/json/document_schema.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char *const rows[] = {
	"staple/stale: c! W* R R C~",
	"crl/crl-good: C - E X H",
	"chain/expired: . . . . .",
};

static json_t *write_run(const char *const *drawn, size_t num, bool in_lab)
{
	char *bytes = NULL;
	size_t len = 0;
	struct error err = ERROR_INIT;
	json_error_t fault;
	struct run *run = report_run(drawn, num, in_lab);
	FILE *out = open_memstream(&bytes, &len);
	ck_assert_msg(result_json_write_run(out, run, NULL, &err), "%s", err.text);
	fclose(out);
	json_t *document = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &fault);
	ck_assert_msg(document != NULL, "%s at %d:\n%s", fault.text, fault.line, bytes);
	free(bytes);
	run_free(run);
	return document;
}

static json_int_t number(const json_t *document, const char *key)
{
	return json_integer_value(json_object_get(json_object_get(document, "summary"), key));
}

START_TEST(the_document_is_whole)
{
	static const char *const keys[] = {"schema",  "revoscope", "run",   "stacks",
					   "classes", "scenarios", "cells", "summary"};
	json_t *document = write_run(rows, 3, true);
	ck_assert_uint_eq(json_object_size(document), sizeof keys / sizeof *keys);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		ck_assert_ptr_nonnull(json_object_get(document, keys[i]));
	ck_assert_uint_eq(json_array_size(json_object_get(document, "cells")), 15);
	ck_assert_int_eq(number(document, "cells"), 15);
	ck_assert_int_eq(number(document, "done"), 10);
	ck_assert_int_eq(number(document, "exposed"), 1);
	ck_assert_int_eq(number(document, "blind"), 1);
	ck_assert_int_eq(number(document, "varies"), 1);
	ck_assert_int_eq(number(document, "unexpected"), 1);
	json_decref(document);
}
END_TEST

START_TEST(cells_are_sorted_and_none_lacks_a_reason)
{
	json_t *document = write_run(rows, 3, true);
	json_t *cells = json_object_get(document, "cells");
	char last[256] = "";
	for (size_t i = 0; i < json_array_size(cells); i++) {
		json_t *cell = json_array_get(cells, i);
		char name[256];
		snprintf(name, sizeof name, "%s\x01%s",
			 json_string_value(json_object_get(cell, "scenario")),
			 json_string_value(json_object_get(cell, "class")));
		ck_assert_msg(strcmp(last, name) < 0, "%s after %s", name, last);
		snprintf(last, sizeof last, "%s", name);
		ck_assert_uint_gt(json_string_length(json_object_get(cell, "reason")), 0);
		ck_assert_uint_gt(json_string_length(json_object_get(cell, "detail")), 0);
	}
	json_decref(document);
}
END_TEST

static json_t *find_cell(json_t *document, const char *class)
{
	size_t i;
	json_t *cell;
	json_array_foreach(json_object_get(document, "cells"), i,
			   cell) if (strcmp(json_string_value(json_object_get(cell, "scenario")),
					    "stale") == 0 &&
				     strcmp(json_string_value(json_object_get(cell, "class")),
					    class) == 0) return cell;
	ck_abort_msg("no cell %s", class);
}

START_TEST(marks_become_words)
{
	json_t *document = write_run(rows, 3, true);
	json_t *exposed = find_cell(document, "openssl/no-check");
	json_t *unexpected = find_cell(document, "gnutls/no-check");
	json_t *varies = find_cell(document, "browser/firefox");
	ck_assert(json_is_true(json_object_get(exposed, "exposed")));
	ck_assert(json_is_true(json_object_get(exposed, "blind")));
	ck_assert(json_is_true(json_object_get(exposed, "as_expected")));
	ck_assert(json_is_false(json_object_get(unexpected, "as_expected")));
	ck_assert_str_eq(
		json_string_value(json_object_get(json_object_get(unexpected, "expected"), "from")),
		"scenarios/f/s.yaml:7");
	ck_assert(json_is_true(json_object_get(varies, "varies")));
	ck_assert_str_eq(
		json_string_value(json_object_get(json_object_get(varies, "observation"), "stage")),
		"handshake");
	json_decref(document);
}
END_TEST

START_TEST(a_probe_has_endpoints_and_expects_nothing)
{
	static const char *const endpoints[] = {"host:443: C W R R ."};
	json_t *document = write_run(endpoints, 1, false);
	ck_assert_ptr_null(json_object_get(document, "scenarios"));
	ck_assert_ptr_nonnull(json_object_get(json_object_get(document, "endpoints"), "host:443"));
	json_t *cell = json_array_get(json_object_get(document, "cells"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(cell, "endpoint")), "host:443");
	ck_assert(json_is_null(json_object_get(cell, "expected")));
	ck_assert(json_is_null(json_object_get(cell, "as_expected")));
	json_decref(document);
}
END_TEST

START_TEST(the_schema_names_the_outcomes_that_there_are)
{
	json_t *schema = document_schema_result();
	ck_assert_ptr_nonnull(schema);
	json_t *outcomes = json_object_get(
		json_object_get(json_object_get(schema, "$defs"), "outcome"), "enum");
	ck_assert_uint_eq(json_array_size(outcomes), NUM_OUTCOMES);
	for (int i = 0; i < NUM_OUTCOMES; i++)
		ck_assert_str_eq(json_string_value(json_array_get(outcomes, (size_t)i)),
				 outcome_name((enum outcome)i));
	json_decref(schema);
}
END_TEST

/* It is described by no hand: the table of a handshake has it. */
START_TEST(the_schema_has_what_the_tables_have)
{
	json_t *schema = document_schema_result(), *items = NULL;
	ck_assert_int_eq(json_unpack(schema, "{s:{s:{s:{s:{s:o}}}}}", "$defs", "examination",
				     "properties", "handshakes", "items", &items),
			 0);
	ck_assert_ptr_nonnull(json_object_get(json_object_get(items, "properties"), "http_server"));
	json_decref(schema);
}
END_TEST

START_TEST(formats_are_found_by_their_whole_name)
{
	struct error err = ERROR_INIT;
	ck_assert_str_eq(format_find("json=x", 4, &err)->name, "json");
	ck_assert_ptr_null(format_find("jso", 3, &err));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, "did you mean 'json'?"));
	ck_assert_ptr_nonnull(strstr(err.text, "text"));
}
END_TEST

static Suite *result_json_suite(void)
{
	Suite *suite = suite_create("result_json");
	TCase *tcase = tcase_create("result_json");
	tcase_add_test(tcase, the_document_is_whole);
	tcase_add_test(tcase, cells_are_sorted_and_none_lacks_a_reason);
	tcase_add_test(tcase, marks_become_words);
	tcase_add_test(tcase, a_probe_has_endpoints_and_expects_nothing);
	tcase_add_test(tcase, the_schema_names_the_outcomes_that_there_are);
	tcase_add_test(tcase, the_schema_has_what_the_tables_have);
	tcase_add_test(tcase, formats_are_found_by_their_whole_name);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(result_json_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
