/* Client classes: which there are, in which order, and that faults have their place. */
#include "harness/config/class.h"
#include "harness/config/class_read.h"

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
	 "c.yaml:1:10: invalid id of a stack 'A b' ([a-z0-9][a-z0-9-]*)"},
	{"a policy called native", STACKS "policies: {native: {title: P, text: T}}\n" NATIVES,
	 "c.yaml:2:12: invalid id of a policy 'native' ([a-z0-9][a-z0-9-]*; native and own are "
	 "reserved)"},
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
	 "c.yaml:7:5: p contradicts itself: a staple is required but not requested: "
	 "requires_staple is yes\n"
	 "c.yaml:6:5: p contradicts itself: a staple is required but not requested: asks_staple is "
	 "no"},
	{"axes that contradict, one by default",
	 STACKS "policies:\n  p: {title: P, text: T, must_staple: presence}\n" NATIVES,
	 "c.yaml:3:26: p contradicts itself: must-staple is enforced but no staple is requested "
	 "(RFC 7633 section 4.3.3): must_staple is presence\n"
	 "c.yaml:3:3: p contradicts itself: must-staple is enforced but no staple is requested "
	 "(RFC "
	 "7633 section 4.3.3): asks_staple is no by default"},
	{"a native of no stack",
	 STACKS POLICIES
	 "natives: {a: {title: N, text: X}, b: {title: N, text: X}, bb: {title: N, text: X}}\n",
	 "c.yaml:3:59: unknown stack 'bb', did you mean 'b'?"},
	{"a stack without native", STACKS POLICIES "natives: {a: {title: N, text: X}}\n",
	 "c.yaml:3:10: 'b' has no native"},
	{"a class's bad id",
	 GOOD "classes: {firefox: {stack: a, title: T, origin: source, like: p}}",
	 "c.yaml:4:11: invalid id of a class 'firefox' (such as browser/firefox: lower-case "
	 "letters, digits, "
	 "dots, hyphens)"},
	{"a class that is built in",
	 GOOD "classes: {a/p: {stack: a, title: T, origin: source, like: p}}",
	 "c.yaml:4:11: duplicate class 'a/p'"},
	{"a class of an unknown stack",
	 GOOD "classes: {x/y: {stack: aa, title: T, origin: source, like: p}}",
	 "c.yaml:4:24: unknown stack 'aa', did you mean 'a'?"},
	{"a class like no policy",
	 GOOD "classes: {x/y: {stack: a, title: T, origin: source, like: q}}",
	 "c.yaml:4:59: unknown policy or class 'q'"},
	{"a class like a native",
	 GOOD "classes: {x/y: {stack: a, title: T, origin: source, like: a/native}}",
	 "c.yaml:4:59: 'a/native' is native and has no axes to start from"},
	{"a class like itself",
	 GOOD "classes: {x/y: {stack: a, title: T, origin: source, like: x/y}}",
	 "c.yaml:4:59: unknown policy or class 'x/y'"},
	{"a class like a later one",
	 GOOD "classes: {x/y: {stack: a, title: T, origin: source, like: x/z}, "
	      "x/z: {stack: a, title: T, origin: source, like: p}}",
	 "c.yaml:4:59: unknown policy or class 'x/z'"},
	{"a class that is a native",
	 GOOD "classes: {a/native: {stack: a, title: T, origin: source, like: p}}",
	 "c.yaml:4:11: 'a/native' belongs under natives"},
	{"a class without policy", GOOD "classes: {x/y: {stack: a, title: T, origin: source}}",
	 "c.yaml:4:11: a class has like, or policy, or both, unless its enforcement is native"},
	{"a native class with axes",
	 GOOD "classes: {x/y: {stack: a, enforcement: native, title: T, origin: source, like: p, "
	      "policy: {skew_s: 5}}}",
	 "c.yaml:4:80: a native class has the stack's own defaults, and no like\n"
	 "c.yaml:4:91: a native class has the stack's own defaults, and no policy"},
	{"a class like a native one of a name",
	 GOOD "classes: {x/y: {stack: a, enforcement: native, title: T, origin: source}, "
	      "x/z: {stack: a, title: T, origin: source, like: x/y}}",
	 "c.yaml:4:123: 'x/y' is native and has no axes to start from"},
	{"an unknown enforcement",
	 GOOD "classes: {x/y: {stack: a, enforcement: nativ, title: T, origin: source, like: p}}",
	 "c.yaml:4:40: unknown enforcement 'nativ', did you mean 'native'? (one of: application, "
	 "native)"},
	{"a class without origin", GOOD "classes: {x/y: {stack: a, title: T, like: p}}",
	 "c.yaml:4:16: origin is missing"},
	{"an unknown origin", GOOD "classes: {x/y: {stack: a, title: T, origin: rumour, like: p}}",
	 "c.yaml:4:45: unknown origin 'rumour' (one of: measured, source, documentation)"},
	{"a class that contradicts what it is like",
	 STACKS
	 "policies:\n  p: {title: P, text: T, asks_staple: yes, checks_staple: full}\n" NATIVES
	 "classes:\n  x/y:\n    {stack: a, title: T, origin: source, like: p,\n"
	 "     policy: {asks_staple: no}}\n",
	 "c.yaml:3:44: x/y contradicts itself: a staple is checked but not requested: "
	 "checks_staple "
	 "is full\n"
	 "c.yaml:8:15: x/y contradicts itself: a staple is checked but not requested: asks_staple "
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

START_TEST(a_named_class_may_be_native)
{
	struct class_file file;
	struct error err = ERROR_INIT;
	ck_assert_msg(
		read_text(&file,
			  GOOD
			  "classes:\n"
			  "  x/y: {stack: b, enforcement: native, title: T, origin: measured}\n"
			  "  x/z: {stack: a, enforcement: application, title: T, origin: source,\n"
			  "    like: p}\n",
			  &err),
		"%s", err.text);
	const struct client_class *native = &file.classes[file.num_classes - 2];
	ck_assert_str_eq(native->id, "x/y");
	ck_assert(native->native && !native->is_default);
	ck_assert_uint_eq(native->stack, 1);
	ck_assert_str_eq(native->policy_id, "native");
	ck_assert_str_eq(native->origin, "measured");
	ck_assert(!native[1].native);
	ck_assert_str_eq(native[1].policy_id, "p");
	class_file_clear(&file);
}
END_TEST

/* Reads one text on top of another; the second is own.yaml. */
static bool read_two(struct class_file *file, const char *first, const char *own, struct error *err)
{
	ck_assert_msg(read_text(file, first, err), "%s", err->text);
	struct yaml *yaml = yaml_parse("own.yaml", own, strlen(own), err);
	ck_assert_msg(yaml != NULL, "%s", err->text);
	bool done = class_file_add_yaml(file, yaml, err);
	yaml_free(yaml);
	return done;
}

static const char base[] = STACKS
	"policies:\n  p: {title: P, text: T, asks_staple: yes, checks_staple: full}\n"
	"  q: {title: Q, text: U}\n" NATIVES
	"classes:\n  x/y: {stack: a, title: Y, origin: measured, like: p, policy: {skew_s: 5}}\n"
	"  x/z: {stack: b, title: Z, origin: source, like: q}\n";

static const struct refusal own_refusals[] = {
	{"nothing", "{}", "own.yaml:1:1: the file of classes is empty"},
	{"an unknown part", "clases: {}",
	 "own.yaml:1:1: unknown key 'clases' in a file of classes, did you mean 'classes'?"},
	{"an id twice", "policies:\n  p: {title: P, text: T}\n  p: {title: P, text: T}\n", NULL},
	{"a class twice",
	 "classes:\n  x/y: {stack: a, title: T, origin: source, like: p}\n"
	 "  x/y: {stack: a, title: T, origin: source, like: p}\n",
	 NULL},
	{"a class that its own policy makes",
	 "policies: {r: {title: R, text: T}}\n"
	 "classes: {a/r: {stack: a, title: T, origin: source, like: p}}\n",
	 "own.yaml:2:11: duplicate class 'a/r'"},
	{"a native as a class",
	 "classes: {a/native: {stack: a, title: T, origin: source, like: p}}\n",
	 "own.yaml:1:11: 'a/native' belongs under natives"},
	{"a stack without native", "stacks: {c: {title: C, program: pc}}\n",
	 "own.yaml:1:1: 'c' has no native"},
	{"a contradiction with what it is like elsewhere",
	 "classes:\n  o/w:\n    {stack: a, title: T, origin: source, like: x/y,\n"
	 "     policy: {asks_staple: no}}\n",
	 "c.yaml:3:44: o/w contradicts itself: a staple is checked but not requested: "
	 "checks_staple is full\n"
	 "own.yaml:4:15: o/w contradicts itself: a staple is checked but not requested: "
	 "asks_staple is no"},
	{"a policy that contradicts itself",
	 "policies:\n  p:\n    title: P\n    text: T\n    requires_staple: yes\n",
	 "own.yaml:5:5: p contradicts itself: a staple is required but not requested: "
	 "requires_staple is yes\n"
	 "own.yaml:2:3: p contradicts itself: a staple is required but not requested: asks_staple "
	 "is no by default"},
};

START_TEST(a_file_on_top_is_refused_with_its_own_places)
{
	const struct refusal *row = &own_refusals[_i];
	struct class_file file;
	struct error err = ERROR_INIT;
	if (row->error == NULL) {
		/* Refused by the reader of YAML already. */
		ck_assert_ptr_null(yaml_parse("own.yaml", row->text, strlen(row->text), &err));
		return;
	}
	ck_assert_msg(!read_two(&file, base, row->text, &err), "%s: accepted", row->name);
	ck_assert_msg(strcmp(err.text, row->error) == 0, "%s:\n%s", row->name, err.text);
	class_file_clear(&file);
}
END_TEST

static const struct client_class *class_of(const struct class_file *file, const char *id)
{
	for (size_t i = 0; i < file->num_classes; i++)
		if (strcmp(file->classes[i].id, id) == 0)
			return &file->classes[i];
	ck_abort_msg("no class %s", id);
}

START_TEST(a_policy_on_top_overrides_for_every_stack)
{
	static const char *const ids[] = {"a/p", "b/p",      "a/q",      "b/q", "a/r",
					  "b/r", "a/native", "b/native", "x/y", "x/z"};
	struct class_file file;
	struct error err = ERROR_INIT;
	ck_assert_msg(read_two(&file, base,
			       "policies:\n  r: {title: R, text: V, skew_s: 9}\n"
			       "  p: {title: Own P, text: W, timeout_ms: 7}\n",
			       &err),
		      "%s", err.text);
	ck_assert_uint_eq(file.num_classes, sizeof ids / sizeof *ids);
	for (size_t i = 0; i < file.num_classes; i++)
		ck_assert_str_eq(file.classes[i].id, ids[i]);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(file.classes[i].policy.timeout_ms, 7);
		/* The whole policy is another: nothing of the old one is left in it. */
		ck_assert_int_eq(file.classes[i].policy.asks_staple, NO);
		ck_assert_str_eq(file.classes[i].from, "own.yaml:3");
		ck_assert_str_eq(file.classes[i].overrides, "c.yaml:3");
		ck_assert(file.classes[i].is_default);
	}
	ck_assert_str_eq(file.classes[1].title, "B, Own P");
	ck_assert_str_eq(file.policies[0].overrides, "c.yaml:3");
	ck_assert_str_eq(class_of(&file, "a/q")->from, "c.yaml:4");
	ck_assert_ptr_null(class_of(&file, "a/q")->overrides);
	ck_assert_str_eq(class_of(&file, "b/r")->from, "own.yaml:2");
	ck_assert_ptr_null(class_of(&file, "b/r")->overrides);
	/* A program's profile does not change because a policy of the same name did. */
	ck_assert_int_eq(class_of(&file, "x/y")->policy.checks_staple, CHECKS_STAPLE_FULL);
	ck_assert_ptr_null(class_of(&file, "x/y")->overrides);
	class_file_clear(&file);
}
END_TEST

START_TEST(a_class_on_top_overrides_and_may_start_from_the_old)
{
	struct class_file file;
	struct error err = ERROR_INIT;
	ck_assert_msg(read_two(&file, base,
			       "classes:\n"
			       "  x/y: {stack: b, title: Own, origin: source, like: x/y, policy: "
			       "{max_age_s: 3}}\n"
			       "  o/w: {stack: a, title: W, origin: source, like: x/y}\n"
			       "  b/q: {stack: b, title: BQ, origin: source, like: p}\n",
			       &err),
		      "%s", err.text);
	ck_assert_uint_eq(file.num_classes, 9);
	const struct client_class *own = &file.classes[6], *added = &file.classes[8];
	ck_assert_str_eq(own->id, "x/y");
	ck_assert_uint_eq(own->stack, 1);
	ck_assert_int_eq(own->policy.skew_s, 5);
	ck_assert_int_eq(own->policy.max_age_s, 3);
	ck_assert_str_eq(own->from, "own.yaml:2");
	ck_assert_str_eq(own->overrides, "c.yaml:7");
	ck_assert(!own->is_default);
	ck_assert_str_eq(added->id, "o/w");
	ck_assert_int_eq(added->policy.max_age_s, 3);
	ck_assert_ptr_null(added->overrides);
	/* One cell of the grid alone; it stays where it was, in the default run too. */
	ck_assert_str_eq(file.classes[3].id, "b/q");
	ck_assert_str_eq(file.classes[3].overrides, "c.yaml:4");
	ck_assert_int_eq(file.classes[3].policy.asks_staple, YES);
	ck_assert(file.classes[3].is_default);
	ck_assert_int_eq(file.classes[2].policy.asks_staple, NO);
	class_file_clear(&file);
}
END_TEST

START_TEST(a_native_class_and_one_with_axes_stand_in_place_of_each_other)
{
	struct class_file file;
	struct error err = ERROR_INIT;
	static const char last[] =
		"classes: {x/y: {stack: a, title: Last, origin: source, like: q}}";
	ck_assert_msg(
		read_two(&file, base,
			 "classes:\n"
			 "  x/y: {stack: b, enforcement: native, title: Own, origin: source}\n"
			 "  a/q: {stack: a, enforcement: native, title: AQ, origin: source}\n",
			 &err),
		"%s", err.text);
	ck_assert(class_of(&file, "x/y")->native);
	ck_assert_str_eq(class_of(&file, "x/y")->overrides, "c.yaml:7");
	ck_assert(class_of(&file, "a/q")->native);
	ck_assert(class_of(&file, "a/q")->is_default);
	struct yaml *yaml = yaml_parse("last.yaml", last, strlen(last), &err);
	ck_assert_msg(class_file_add_yaml(&file, yaml, &err), "%s", err.text);
	yaml_free(yaml);
	ck_assert(!class_of(&file, "x/y")->native);
	ck_assert_str_eq(class_of(&file, "x/y")->policy_id, "q");
	class_file_clear(&file);
}
END_TEST

START_TEST(stacks_and_natives_on_top)
{
	struct class_file file;
	struct error err = ERROR_INIT;
	ck_assert_msg(
		read_two(&file, base,
			 "stacks: {a: {title: AA, program: /opt/pa}, c: {title: C, program: pc}}\n"
			 "natives: {b: {title: NN, text: X}, c: {title: NC, text: Y}}\n",
			 &err),
		"%s", err.text);
	ck_assert_uint_eq(file.num_stacks, 3);
	ck_assert_str_eq(file.stacks[0].program, "/opt/pa");
	ck_assert_str_eq(class_of(&file, "a/p")->title, "AA, P");
	ck_assert_str_eq(class_of(&file, "c/q")->title, "C, Q");
	ck_assert_str_eq(class_of(&file, "a/native")->title, "NA");
	ck_assert_ptr_null(class_of(&file, "a/native")->overrides);
	ck_assert_str_eq(class_of(&file, "b/native")->title, "NN");
	ck_assert_str_eq(class_of(&file, "b/native")->overrides, "c.yaml:5");
	ck_assert_str_eq(class_of(&file, "c/native")->title, "NC");
	ck_assert_uint_eq(class_of(&file, "x/z")->stack, 1);
	class_file_clear(&file);
}
END_TEST

START_TEST(of_three_files_the_last_decides)
{
	struct class_file file;
	struct error err = ERROR_INIT;
	static const char last[] =
		"classes: {x/y: {stack: a, title: Last, origin: source, like: q}}";
	ck_assert(read_two(&file, base,
			   "classes: {x/y: {stack: b, title: Own, origin: source, like: p}}",
			   &err));
	struct yaml *yaml = yaml_parse("last.yaml", last, strlen(last), &err);
	ck_assert(class_file_add_yaml(&file, yaml, &err));
	yaml_free(yaml);
	ck_assert_str_eq(class_of(&file, "x/y")->title, "Last");
	ck_assert_str_eq(class_of(&file, "x/y")->overrides, "own.yaml:1");
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
	tcase_add_test(tcase, a_named_class_may_be_native);
	tcase_add_loop_test(tcase, a_file_on_top_is_refused_with_its_own_places, 0,
			    sizeof own_refusals / sizeof own_refusals[0]);
	tcase_add_test(tcase, a_policy_on_top_overrides_for_every_stack);
	tcase_add_test(tcase, a_class_on_top_overrides_and_may_start_from_the_old);
	tcase_add_test(tcase, a_native_class_and_one_with_axes_stand_in_place_of_each_other);
	tcase_add_test(tcase, stacks_and_natives_on_top);
	tcase_add_test(tcase, of_three_files_the_last_decides);
	tcase_add_test(tcase, json_claims_no_axes_for_a_native);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
