/* Client classes: which there are, in which order, and that faults have their place. */
#include "harness/class.h"
#include "harness/class_read.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STACKS   "stacks: {a: {title: A, program: pa}, b: {title: B, program: pb}}\n"
#define POLICIES "policies: {p: {title: P, text: T}}\n"
#define NATIVES  "natives: {a: {title: NA, text: X}, b: {title: NB, text: Y}}\n"
#define GOOD     STACKS POLICIES NATIVES

static bool read_text(struct class_file *file, const char *text, struct error *err)
{
	*file = (struct class_file){0};
	struct yaml *yaml = yaml_parse("c.yaml", text, strlen(text), err);
	ck_assert_msg(yaml != NULL, "%s", err->text);
	bool done = class_file_read_yaml(file, yaml, err);
	yaml_free(yaml);
	return done;
}

struct refusal {
	const char *name;
	const char *text;
	const char *error; /* the whole of it */
};

static const struct refusal refusals[] = {
	{"an unknown part", GOOD "clases: {}",
	 "c.yaml:4:1: unknown key 'clases' in a file of classes, did you mean 'classes'?"},
	{"nothing that is needed", "classes: {}",
	 "c.yaml:1:1: stacks is missing\nc.yaml:1:1: policies is missing"},
	{"no natives", STACKS POLICIES, "c.yaml:1:1: natives is missing"},
	{"no stack at all", "stacks: {}\n" POLICIES NATIVES, "c.yaml:1:9: stacks names none"},
	{"a stack without program", "stacks: {a: {title: A}}\n" POLICIES NATIVES,
	 "c.yaml:1:13: program is missing"},
	{"a stack's bad id", "stacks: {A b: {title: A, program: p}}\n" POLICIES NATIVES,
	 "c.yaml:1:10: 'A b' is no id of a stack ([a-z0-9][a-z0-9-]*)"},
	{"a policy called native", STACKS "policies: {native: {title: P, text: T}}\n" NATIVES,
	 "c.yaml:2:12: 'native' is no id of a policy ([a-z0-9][a-z0-9-]*; native and own are "
	 "taken)"},
	{"a slip in an axis",
	 STACKS "policies: {p: {title: P, text: T, ask_staple: yes}}\n" NATIVES,
	 "c.yaml:2:35: unknown key 'ask_staple' in a policy, did you mean 'asks_staple'?"},
	{"a slip in an axis's value",
	 STACKS "policies: {p: {title: P, text: T, on_stale: rejct}}\n" NATIVES,
	 "c.yaml:2:45: unknown action 'rejct' for on_stale, did you mean 'reject' (one of: "
	 "connect, "
	 "warn, reject, next, next-or-reject)"},
	{"a number out of bounds",
	 STACKS "policies: {p: {title: P, text: T, timeout_ms: 0}}\n" NATIVES,
	 "c.yaml:2:47: '0' is no value of timeout_ms (a number from 1 to 600000)"},
	{"axes that contradict, both written",
	 STACKS "policies:\n  p:\n    title: P\n    text: T\n    asks_staple: no\n"
		"    requires_staple: yes\n    checks_staple: no\n" NATIVES,
	 "c.yaml:7:5: p contradicts itself: a staple is required but not asked for: "
	 "requires_staple is yes\n"
	 "c.yaml:6:5: p contradicts itself: a staple is required but not asked for: asks_staple is "
	 "no"},
	{"axes that contradict, one by default",
	 STACKS "policies:\n  p: {title: P, text: T, must_staple: presence}\n" NATIVES,
	 "c.yaml:3:26: p contradicts itself: must-staple is enforced but no staple is asked for "
	 "(RFC 7633 section 4.3.3): must_staple is presence\n"
	 "c.yaml:3:3: p contradicts itself: must-staple is enforced but no staple is asked for "
	 "(RFC "
	 "7633 section 4.3.3): asks_staple is no when nothing is said"},
	{"a native of no stack",
	 STACKS POLICIES
	 "natives: {a: {title: N, text: X}, b: {title: N, text: X}, bb: {title: N, text: X}}\n",
	 "c.yaml:3:59: unknown stack 'bb', did you mean 'b'?"},
	{"a stack without native", STACKS POLICIES "natives: {a: {title: N, text: X}}\n",
	 "c.yaml:3:10: the native of 'b' is missing"},
	{"a class's bad id",
	 GOOD "classes: {firefox: {stack: a, title: T, origin: source, like: p}}",
	 "c.yaml:4:11: 'firefox' is no id of a class (as browser/firefox: small letters, digits, "
	 "dots, hyphens)"},
	{"a class that is built in",
	 GOOD "classes: {a/p: {stack: a, title: T, origin: source, like: p}}",
	 "c.yaml:4:11: the class 'a/p' exists already"},
	{"a class of an unknown stack",
	 GOOD "classes: {x/y: {stack: aa, title: T, origin: source, like: p}}",
	 "c.yaml:4:24: unknown stack 'aa', did you mean 'a'?"},
	{"a class like no policy",
	 GOOD "classes: {x/y: {stack: a, title: T, origin: source, like: q}}",
	 "c.yaml:4:59: unknown policy 'q'"},
	{"a class without policy", GOOD "classes: {x/y: {stack: a, title: T, origin: source}}",
	 "c.yaml:4:11: a class has like, or policy, or both"},
	{"a class without origin", GOOD "classes: {x/y: {stack: a, title: T, like: p}}",
	 "c.yaml:4:16: origin is missing"},
	{"an unknown origin", GOOD "classes: {x/y: {stack: a, title: T, origin: rumour, like: p}}",
	 "c.yaml:4:45: unknown origin 'rumour' (one of: measured, source, documentation)"},
	{"a class that contradicts what it is like",
	 STACKS
	 "policies:\n  p: {title: P, text: T, asks_staple: yes, checks_staple: full}\n" NATIVES
	 "classes:\n  x/y:\n    {stack: a, title: T, origin: source, like: p,\n"
	 "     policy: {asks_staple: no}}\n",
	 "c.yaml:3:44: x/y contradicts itself: a staple is checked but not asked for: "
	 "checks_staple "
	 "is full\n"
	 "c.yaml:8:15: x/y contradicts itself: a staple is checked but not asked for: asks_staple "
	 "is "
	 "no"},
};

START_TEST(refuses_with_place_and_rule)
{
	const struct refusal *row = &refusals[_i];
	struct class_file file;
	struct error err = ERROR_INIT;
	ck_assert_msg(!read_text(&file, row->text, &err), "%s: accepted", row->name);
	ck_assert_msg(strcmp(err.text, row->error) == 0, "%s:\n%s", row->name, err.text);
	class_file_clear(&file);
}
END_TEST

START_TEST(every_policy_exists_for_every_stack)
{
	static const char *const ids[] = {"a/p",      "b/p",      "a/q",  "b/q",
					  "a/native", "b/native", "x/y.1"};
	struct class_file file;
	struct error err = ERROR_INIT;
	ck_assert_msg(
		read_text(&file,
			  STACKS
			  "policies:\n"
			  "  p: {title: P, text: T}\n"
			  "  q: {title: Q, text: U, asks_staple: yes, timeout_ms: 7}\n" NATIVES
			  "classes:\n"
			  "  x/y.1: {stack: b, title: Y, origin: measured, reference: R,\n"
			  "    like: q, policy: {skew_s: 5}}\n",
			  &err),
		"%s", err.text);
	ck_assert_uint_eq(file.num_stacks, 2);
	ck_assert_uint_eq(file.num_policies, 2);
	ck_assert_uint_eq(file.num_classes, 7);
	for (size_t i = 0; i < 7; i++)
		ck_assert_str_eq(file.classes[i].id, ids[i]);
	const struct client_class *built_in = &file.classes[3], *native = &file.classes[4];
	const struct client_class *named = &file.classes[6];
	ck_assert_str_eq(built_in->title, "B, Q");
	ck_assert_str_eq(built_in->policy_id, "q");
	ck_assert_str_eq(built_in->origin, "built-in");
	ck_assert_str_eq(built_in->text, "U");
	ck_assert_uint_eq(built_in->stack, 1);
	ck_assert_int_eq(built_in->policy.timeout_ms, 7);
	ck_assert(built_in->is_default && !built_in->native);
	ck_assert(native->is_default && native->native);
	ck_assert_str_eq(native->policy_id, "native");
	ck_assert_str_eq(native->title, "NA");
	ck_assert(!named->is_default && !named->native);
	ck_assert_str_eq(named->policy_id, "own");
	ck_assert_str_eq(named->origin, "measured");
	ck_assert_str_eq(named->reference, "R");
	/* What it is like, and what it says itself. */
	ck_assert_int_eq(named->policy.timeout_ms, 7);
	ck_assert_int_eq(named->policy.skew_s, 5);
	class_file_clear(&file);
}
END_TEST

START_TEST(a_class_without_own_axes_has_the_policys_name)
{
	struct class_file file;
	struct error err = ERROR_INIT;
	ck_assert(read_text(
		&file, GOOD "classes: {x/y: {stack: a, title: T, origin: source, like: p}}", &err));
	ck_assert_str_eq(file.classes[file.num_classes - 1].policy_id, "p");
	class_file_clear(&file);
}
END_TEST

START_TEST(json_claims_no_axes_for_a_native)
{
	struct class_file file;
	struct error err = ERROR_INIT;
	ck_assert(read_text(&file, GOOD, &err));
	json_t *built_in = class_to_json(&file, &file.classes[1]);
	json_t *native = class_to_json(&file, &file.classes[2]);
	ck_assert_str_eq(json_string_value(json_object_get(built_in, "stack")), "b");
	ck_assert_str_eq(json_string_value(json_object_get(built_in, "enforcement")),
			 "application");
	json_t *policy = json_object_get(built_in, "policy");
	ck_assert_str_eq(json_string_value(json_object_get(policy, "asks_staple")), "no");
	ck_assert_str_eq(json_string_value(json_object_get(native, "enforcement")), "native");
	ck_assert(json_is_null(json_object_get(native, "policy")));
	ck_assert(json_is_null(json_object_get(native, "reference")));
	json_decref(built_in);
	json_decref(native);
	class_file_clear(&file);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("class");
	TCase *tcase = tcase_create("class");
	tcase_add_loop_test(tcase, refuses_with_place_and_rule, 0,
			    sizeof refusals / sizeof refusals[0]);
	tcase_add_test(tcase, every_policy_exists_for_every_stack);
	tcase_add_test(tcase, a_class_without_own_axes_has_the_policys_name);
	tcase_add_test(tcase, json_claims_no_axes_for_a_native);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
