/* Stale, expired and unused expectations in the document of a run, there and back. */
#include "harness/archive/expectation_json.h"

#include <check.h>
#include <string.h>

START_TEST(the_faults_of_a_list_survive_the_document)
{
	struct expectation_list own = {0}, again = {0};
	struct error err = ERROR_INIT;
	static const char text[] = "- {class: a/b, endpoint: 'stale:1', verdict: warn, why: w}\n"
				   "- {class: a/b, endpoint: 'seen:1', verdict: warn}\n"
				   "- {class: a/b, endpoint: 'over:1', verdict: reject, reason: "
				   "staple-stale, until: 2020-01-31}\n"
				   "- {class: a/b, scenario: 'unused', verdict: warn}\n";
	struct yaml *yaml = yaml_parse("own.yaml", text, strlen(text), &err);
	ck_assert_msg(yaml != NULL && expectation_read_own_yaml(&own, yaml, &err), "%s", err.text);
	yaml_free(yaml);
	own.items[0].num_decided = own.items[0].num_applied = 2;
	own.items[1].num_decided = own.items[1].num_applied = own.items[1].num_seen = 2;
	struct expectation_cell cell = {
		.class_id = "a/b", .row_id = "over:1", .now = 1800000000, .is_endpoint = true};
	expectation_note_expired(&own, &cell);

	json_t *first = expectation_faults_to_json(&own);
	ck_assert_msg(expectation_faults_from_json(&again, first, &err), "%s", err.text);
	ck_assert_uint_eq(again.num, 3);
	ck_assert_int_eq(expectation_fault(&again.items[0]), EXPECTATION_STALE);
	ck_assert_int_eq(expectation_fault(&again.items[1]), EXPECTATION_EXPIRED);
	ck_assert_int_eq(expectation_fault(&again.items[2]), EXPECTATION_UNUSED);
	ck_assert_str_eq(again.items[1].until, "2020-01-31");
	json_t *second = expectation_faults_to_json(&again);
	ck_assert(json_equal(first, second));
	json_decref(first);
	json_decref(second);
	expectation_list_clear(&own);
	expectation_list_clear(&again);
}
END_TEST

static const char *const bad_faults[] = {
	"{}",
	"{\"stale\": 1, \"expired\": [], \"unused\": []}",
	"{\"stale\": [1], \"expired\": [], \"unused\": []}",
	"{\"stale\": [{\"class\": \"a\"}], \"expired\": [], \"unused\": []}",
	"{\"stale\": [{\"class\": \"a\", \"scenario\": \"b\", \"outcome\": \"joy\", \"why\": null, "
	"\"until\": null, \"from\": \"f\"}], \"expired\": [], \"unused\": []}",
};

START_TEST(refuses_what_is_no_list_of_faults)
{
	struct expectation_list list = {0};
	struct error err = ERROR_INIT;
	json_t *faults = json_loads(bad_faults[_i], 0, NULL);
	ck_assert(!expectation_faults_from_json(&list, faults, &err));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	json_decref(faults);
	expectation_list_clear(&list);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("expectation_json");
	TCase *tcase = tcase_create("expectation_json");
	tcase_add_test(tcase, the_faults_of_a_list_survive_the_document);
	tcase_add_loop_test(tcase, refuses_what_is_no_list_of_faults, 0,
			    sizeof bad_faults / sizeof *bad_faults);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
