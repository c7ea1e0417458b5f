/* Examinations: their document is written as it was read. */
#include "harness/model/examination_json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static json_t *load(void)
{
	json_error_t fault;
	json_t *all = json_load_file(EXAMINATIONS, JSON_REJECT_DUPLICATES, &fault);
	ck_assert_msg(all != NULL, "%s:%d: %s", EXAMINATIONS, fault.line, fault.text);
	return all;
}

START_TEST(a_document_is_written_as_it_was_read)
{
	json_t *before = load();
	struct error err = ERROR_INIT;
	struct examinations *all = examinations_read(before, ERROR_USAGE, &err);
	ck_assert_msg(all != NULL, "%s", err.text);
	json_t *after = examinations_write(all);
	char *text = json_dumps(after, JSON_INDENT(1) | JSON_SORT_KEYS);
	ck_assert_msg(json_equal(before, after), "%s", text);
	free(text);
	json_decref(before);
	json_decref(after);
	examinations_free(all);
}
END_TEST

START_TEST(its_parts_are_found_by_their_keys)
{
	json_t *document = load();
	struct error err = ERROR_INIT;
	struct examinations *all = examinations_read(document, ERROR_USAGE, &err);
	ck_assert_ptr_null(examinations_find(all, "nowhere.test:443"));
	ck_assert_ptr_null(examinations_find(NULL, "well.test:443"));
	const struct examination *one = examinations_find(all, "renewed.test:8443");
	ck_assert_ptr_nonnull(one);
	ck_assert_str_eq(examination_leaf(one)->serial, "0b");
	ck_assert(examination_chain(one, "1")->verified);
	ck_assert_ptr_null(examination_chain(one, "2"));
	ck_assert_ptr_null(examination_staple(one, NULL));
	ck_assert(word_is(examination_staple(one, "b2")->answer.check, CHECK_WRONG_CERTIFICATE));
	/* Of one that is there twice the first; what a later version found is none of these. */
	const struct finding *found = examination_finding(one, CAUSE_STAPLE_WRONG_CERTIFICATE);
	ck_assert_int_eq(finding_severity(found), SEVERITY_WARNING);
	ck_assert_int_eq(finding_confidence(found), CONFIDENCE_CERTAIN);
	ck_assert_ptr_null(examination_finding(one, CAUSE_STAPLE_STALE));
	ck_assert_uint_eq(one->num_causes, 4);
	ck_assert_str_eq(one->causes[2].id.foreign, "not-a-cause");
	ck_assert_ptr_null(examination_leaf(examinations_find(all, "interrupted.test:443")));
	json_decref(document);
	examinations_free(all);
}
END_TEST

/* Each value is of the wrong type; where says how its place is named. */
static const struct {
	const char *text, *where;
} wrong[] = {
	{"[]", "examinations"},
	{"{'a:443':7}", "examinations.a:443"},
	{"{'a:443':{'handshakes':[1]}}", "examinations.a:443.handshakes[0]"},
	{"{'a:443':{'handshakes':[{'address':5}]}}", "examinations.a:443.handshakes[0].address"},
	{"{'a:443':{'handshakes':[{'staples':[{}]}]}}",
	 "examinations.a:443.handshakes[0].staples[0]"},
	{"{'a:443':{'chains':{'1':7}}}", "examinations.a:443.chains.1"},
	{"{'a:443':{'staples':{'1':[]}}}", "examinations.a:443.staples.1"},
	{"{'a:443':{'staples':{'1':{'stacks':{'gnutls':{'check':{}}}}}}}",
	 "examinations.a:443.staples.1.stacks.gnutls.check"},
	{"{'a:443':{'leaf':3}}", "examinations.a:443.leaf"},
	{"{'a:443':{'responders':[{'attempts':[{'next_update':'soon'}]}]}}",
	 "examinations.a:443.responders[0].attempts[0].next_update"},
	{"{'a:443':{'crls':[5]}}", "examinations.a:443.crls[0]"},
	{"{'a:443':{'steps':9}}", "examinations.a:443.steps"},
	{"{'a:443':{'clock':[]}}", "examinations.a:443.clock"},
	{"{'a:443':{'resolution':'x'}}", "examinations.a:443.resolution"},
	{"{'a:443':{'server':1}}", "examinations.a:443.server"},
	{"{'a:443':{'causes':[{'evidence':[7]}]}}", "examinations.a:443.causes[0].evidence[0]"},
	{"{'a:443':{'causes':[{'classes':{'refuse':'all'}}]}}",
	 "examinations.a:443.causes[0].classes.refuse"},
	{"{'a:443':{'causes':[{'fix':{'commands':[[]]}}]}}",
	 "examinations.a:443.causes[0].fix.commands[0]"},
};

START_TEST(a_wrong_member_is_refused_with_its_place)
{
	char text[256], place[256];
	json_error_t fault;
	struct error err = ERROR_INIT;
	snprintf(text, sizeof text, "%s", wrong[_i].text);
	for (char *p = text; *p != '\0'; p++)
		*p = *p == '\'' ? '"' : *p;
	json_t *document = json_loads(text, 0, &fault);
	ck_assert_msg(document != NULL, "%s: %s", text, fault.text);
	ck_assert_ptr_null(examinations_read(document, ERROR_UNABLE, &err));
	snprintf(place, sizeof place, "'%s' is not ", wrong[_i].where);
	ck_assert_msg(strncmp(err.text, place, strlen(place)) == 0, "%s", err.text);
	ck_assert_int_eq(err.kind, ERROR_UNABLE);
	json_decref(document);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("examination");
	TCase *tests = tcase_create("examination");
	tcase_add_test(tests, a_document_is_written_as_it_was_read);
	tcase_add_test(tests, its_parts_are_found_by_their_keys);
	tcase_add_loop_test(tests, a_wrong_member_is_refused_with_its_place, 0,
			    sizeof wrong / sizeof *wrong);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
