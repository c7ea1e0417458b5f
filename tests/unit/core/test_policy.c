/* The axes of a policy: how they are spelt, what contradicts, and the way through JSON. */
#include "core/policy.h"

#include "core/json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(every_axis_takes_each_of_its_values_and_says_it_again)
{
	const struct policy_axis *axis = &policy_axes[_i];
	struct policy policy;
	struct error err = ERROR_INIT;
	char buffer[16];
	policy_init(&policy);
	ck_assert_int_eq(policy_get(&policy, axis), axis->fallback);
	ck_assert_ptr_eq(policy_find_axis(axis->name), axis);
	ck_assert_ptr_nonnull(axis->text);
	for (size_t i = 0; axis->table != NULL && i < axis->table->num; i++) {
		const char *spelling = axis->table->names[i];
		bool is_final = strcmp(axis->name, "on_revoked") == 0 ||
				strcmp(axis->name, "on_unavailable") == 0;
		bool goes_on = strncmp(spelling, "next", 4) == 0;
		bool set = policy_set(&policy, axis, spelling, NULL);
		ck_assert_msg(set == !(is_final && goes_on), "%s=%s", axis->name, spelling);
		if (set)
			ck_assert_str_eq(policy_spell(&policy, axis, buffer), spelling);
	}
	ck_assert(!policy_set(&policy, axis, "nonsense", &err));
	ck_assert_ptr_nonnull(strstr(err.text, "nonsense"));
}
END_TEST

START_TEST(numbers_keep_their_bounds)
{
	struct policy policy;
	char number[32];
	policy_init(&policy);
	for (size_t i = 0; i < num_policy_axes; i++) {
		const struct policy_axis *axis = &policy_axes[i];
		if (axis->table != NULL)
			continue;
		snprintf(number, sizeof number, "%d", axis->most);
		ck_assert(policy_set(&policy, axis, number, NULL));
		snprintf(number, sizeof number, "%ld", (long)axis->most + 1);
		ck_assert(!policy_set(&policy, axis, number, NULL));
		snprintf(number, sizeof number, "%ld", (long)axis->least - 1);
		ck_assert(!policy_set(&policy, axis, number, NULL));
		ck_assert(!policy_set(&policy, axis, "", NULL));
		ck_assert(!policy_set(&policy, axis, "1x", NULL));
		ck_assert_int_eq(policy_get(&policy, axis), axis->most);
	}
}
END_TEST

struct words_row {
	const char *name;
	const char *json;
	const char *text; /* of the error, or of the contradiction; NULL: neither */
};

static const struct words_row json_rows[] = {
	{"empty", "{}", NULL},
	{"true for yes", "{\"asks_staple\": true}", NULL},
	{"a name", "{\"fetches_ocsp\": \"leaf\"}", NULL},
	{"a number", "{\"timeout_ms\": 2000}", NULL},
	{"an unknown axis", "{\"on_missign\": \"warn\"}", "policy: unknown axis 'on_missign'"},
	{"an unknown value", "{\"on_missing\": \"wran\"}", "policy: unknown action 'wran'"},
	{"a slip is guessed at", "{\"on_missing\": \"rejct\"}", "did you mean 'reject'"},
	{"a number for a name", "{\"on_missing\": 1}", "wrong type"},
	{"a name for a number", "{\"timeout_ms\": \"2000\"}", "wrong type"},
	{"a fraction", "{\"timeout_ms\": 2.5}", "wrong type"},
	{"null", "{\"timeout_ms\": null}", "wrong type"},
	{"true for a number", "{\"timeout_ms\": true}", "no value of timeout_ms"},
	{"too large a number", "{\"timeout_ms\": 99999999999999}", "no value of timeout_ms"},
	{"an action that goes on at the end", "{\"on_revoked\": \"next\"}", "ends the walk"},
};

START_TEST(reads_json_strictly)
{
	const struct words_row *row = &json_rows[_i];
	struct error err = ERROR_INIT;
	struct policy policy;
	json_t *object = json_parse_object(row->json, strlen(row->json), ERROR_USAGE, &err);
	ck_assert_ptr_nonnull(object);
	bool read = policy_from_json(&policy, object, &err);
	json_decref(object);
	ck_assert_msg(read == (row->text == NULL), "%s: %s", row->name, err.text);
	if (!read)
		ck_assert_msg(strstr(err.text, row->text) != NULL, "%s: %s", row->name, err.text);
}
END_TEST

static const struct words_row contradictions[] = {
	{"nothing", "{}", NULL},
	{"all in order",
	 "{\"asks_staple\": true, \"checks_staple\": \"full\", \"requires_staple\": true,"
	 " \"must_staple\": \"valid\"}",
	 NULL},
	{"required and unasked", "{\"requires_staple\": true, \"checks_staple\": \"full\"}",
	 "required but not requested"},
	{"enforced and unasked", "{\"must_staple\": \"presence\"}", "RFC 7633"},
	{"checked and unasked", "{\"checks_staple\": \"full\"}", "checked but not requested"},
	{"required and unchecked", "{\"requires_staple\": true, \"asks_staple\": true}",
	 "required but not fully checked"},
	{"valid and unchecked", "{\"must_staple\": \"valid\", \"asks_staple\": true}",
	 "demanded but not fully checked"},
	{"presence needs no check", "{\"must_staple\": \"presence\", \"asks_staple\": true}", NULL},
	{"CRLs alone, and staples",
	 "{\"uses_crl\": \"only\", \"asks_staple\": true, \"checks_staple\": \"revoked-only\"}",
	 "yet staples are checked"},
	{"CRLs alone, and staples that are insisted on",
	 "{\"uses_crl\": \"only\", \"asks_staple\": true, \"checks_staple\": \"full\","
	 " \"must_staple\": \"valid\"}",
	 NULL},
	{"OCSP of a chain that is not looked at", "{\"fetches_ocsp\": \"chain\"}",
	 "only the leaf is checked"},
	{"OCSP of a chain that is looked at", "{\"fetches_ocsp\": \"chain\", \"scope\": \"chain\"}",
	 NULL},
	{"a staple for a query that is not made",
	 "{\"staple_replaces_ocsp\": \"own\", \"asks_staple\": true, \"checks_staple\": \"full\"}",
	 "yet OCSP is not fetched"},
	{"a staple that is not checked for a query",
	 "{\"staple_replaces_ocsp\": \"own\", \"asks_staple\": true, \"fetches_ocsp\": \"leaf\"}",
	 "yet it is not checked"},
	{"CRLs alone, and OCSP", "{\"uses_crl\": \"only\", \"fetches_ocsp\": \"leaf\"}",
	 "only CRLs are used"},
};

START_TEST(finds_what_contradicts)
{
	const struct words_row *row = &contradictions[_i];
	const struct policy_axis *one = NULL, *other = NULL;
	struct policy policy;
	json_t *object = json_parse_object(row->json, strlen(row->json), ERROR_USAGE, NULL);
	ck_assert(policy_from_json(&policy, object, NULL));
	json_decref(object);
	const char *text = policy_contradiction(&policy, &one, &other);
	ck_assert_msg((text == NULL) == (row->text == NULL), "%s: %s", row->name,
		      text != NULL ? text : "nothing found");
	if (text == NULL)
		return;
	ck_assert_ptr_nonnull(strstr(text, row->text));
	ck_assert_ptr_nonnull(one);
	ck_assert_ptr_nonnull(other);
}
END_TEST

START_TEST(a_policy_survives_the_way_through_json)
{
	struct policy policy, again;
	for (int least = 0; least < 2; least++) {
		policy_init(&policy);
		for (size_t i = 0; i < num_policy_axes; i++) {
			const struct policy_axis *axis = &policy_axes[i];
			char number[32];
			snprintf(number, sizeof number, "%d", least ? axis->least : axis->most);
			policy_set(&policy, axis,
				   axis->table == NULL ? number : axis->table->names[least ? 0 : 1],
				   NULL);
		}
		json_t *object = policy_to_json(&policy);
		ck_assert_uint_eq(json_object_size(object), num_policy_axes);
		ck_assert(policy_from_json(&again, object, NULL));
		json_decref(object);
		ck_assert_mem_eq(&policy, &again, sizeof policy);
	}
}
END_TEST

START_TEST(a_policy_is_an_object)
{
	struct error err = ERROR_INIT;
	struct policy policy;
	json_t *array = json_array();
	ck_assert(!policy_from_json(&policy, array, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "object"));
	json_decref(array);
	ck_assert_ptr_null(policy_find_axis("no such axis"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy");
	TCase *cases = tcase_create("policy");
	tcase_add_loop_test(cases, every_axis_takes_each_of_its_values_and_says_it_again, 0,
			    (int)num_policy_axes);
	tcase_add_test(cases, numbers_keep_their_bounds);
	tcase_add_loop_test(cases, reads_json_strictly, 0, sizeof json_rows / sizeof json_rows[0]);
	tcase_add_loop_test(cases, finds_what_contradicts, 0,
			    sizeof contradictions / sizeof contradictions[0]);
	tcase_add_test(cases, a_policy_survives_the_way_through_json);
	tcase_add_test(cases, a_policy_is_an_object);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
