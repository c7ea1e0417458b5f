/* Which scenarios are a pair of advice, and in what state the server's staple is. */
#include "harness/advice/advice_pairs.h"

#include "core/text.h"
#include "harness/config/scenario_read.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT "why: W\nexpect: {'*': connect}\n"
#define STOLEN                                                                                  \
	"title: T\ntags: [attack]\nserver: {staple: none}\nresponder: silent\ntruth: revoked\n" \
	"variants: {plain: {}, must-staple: {certificate: {must_staple: true}}}\n" EXPECT

/* Files of a catalogue; each is called by its number. */
struct catalogue {
	const char *name;
	const char *files[4];
	const char *pairs; /* "family plain must-staple state;", or a part of the error */
	bool is_refused;
};

static const struct catalogue catalogues[] = {
	{"variants of a file", {STOLEN}, "attack f0@plain f0@must-staple none withheld;", false},
	{"the twin has another file and no tag",
	 {STOLEN,
	  "title: T\ntags: [outage]\ncertificate: {must_staple: true}\nserver: {staple: "
	  "none}\nresponder: refuse\n" EXPECT,
	  "title: T\ntags: [x]\nserver: {staple: none}\nresponder: refuse\n" EXPECT},
	 "outage f2 f1 none;attack f0@plain f0@must-staple none withheld;",
	 false},
	{"the twin of the same file goes first",
	 {STOLEN,
	  "title: T\ntags: [x]\nserver: {staple: {next_update: -1h, this_update: -7d}}\n" EXPECT,
	  "title: T\ntags: [misconfiguration]\nserver: {staple: {next_update: -1h, this_update: "
	  "-7d}}\nvariants: {a: {certificate: {must_staple: true}}, b: {}}\n" EXPECT},
	 "misconfiguration f2@b f2@a stale;attack f0@plain f0@must-staple none withheld;",
	 false},
	{"another truth is no twin",
	 {STOLEN, "title: T\ntags: [outage]\ncertificate: {must_staple: true}\nserver: {staple: "
		  "none}\nresponder: silent\n" EXPECT},
	 "f1.yaml: f1 has the tag outage and no twin",
	 true},
	{"tagged without the extension, it is only a twin",
	 {STOLEN, "title: T\ntags: [outage]\nserver: {staple: none}\n" EXPECT},
	 "attack f0@plain f0@must-staple none withheld;",
	 false},
	{"of two families the first",
	 {STOLEN, "title: T\ntags: [misconfiguration, outage]\nserver: {staple: {skip_first: 1}}\n"
		  "variants: {a: {certificate: {must_staple: true}}, b: {}}\n" EXPECT},
	 "outage f1@b f1@a first;attack f0@plain f0@must-staple none withheld;",
	 false},
	{"what stands aside is none",
	 {STOLEN,
	  "title: T\ntags: [outage, aside]\ncertificate: {must_staple: true}\nserver: {staple: "
	  "none}\n" EXPECT},
	 "attack f0@plain f0@must-staple none withheld;",
	 false},
	{"withheld goes before other attacks",
	 {"title: T\ntags: [attack]\ntruth: revoked\nserver: {staple: {status: good, this_update: "
	  "-3d, next_update: 4d}}\n"
	  "variants: {a: {certificate: {must_staple: true}}, b: {}}\n" EXPECT,
	  STOLEN},
	 "attack f1@plain f1@must-staple none withheld;attack f0@b f0@a valid;",
	 false},
	{"no attack", {"title: T\ntags: [x]\n" EXPECT}, "blocked responder remains", true},
	{"the responder is not blocked",
	 {"title: T\ntags: [attack]\nserver: {staple: none}\ntruth: revoked\n"
	  "variants: {plain: {}, must-staple: {certificate: {must_staple: true}}}\n" EXPECT},
	 "blocked responder remains",
	 true},
	{"an error and garbage",
	 {STOLEN,
	  "title: T\ntags: [outage]\nvariants: {a: {certificate: {must_staple: true}, server: "
	  "{staple: {response: try-later}}}, b: {server: {staple: {response: try-later}}}, c: "
	  "{certificate: {must_staple: true}, server: {staple: {encoding: garbage}}}, d: {server: "
	  "{staple: {encoding: garbage}}}}\n" EXPECT},
	 "outage f1@b f1@a error;outage f1@d f1@c other;attack f0@plain f0@must-staple none "
	 "withheld;",
	 false},
};

static void read_files(struct scenario_list *list, const char *const *files)
{
	for (size_t i = 0; i < 4 && files[i] != NULL; i++) {
		char path[64];
		struct error err = ERROR_INIT;
		snprintf(path, sizeof path, "x/f%zu.yaml", i);
		struct yaml *yaml = yaml_parse(path, files[i], strlen(files[i]), &err);
		ck_assert_msg(yaml != NULL && scenario_read_yaml(list, yaml, path, &err), "%s",
			      err.text);
		yaml_free(yaml);
	}
}

static void describe(struct text *out, const struct advice_pairs *pairs)
{
	for (size_t i = 0; i < pairs->num; i++) {
		const struct advice_pair *pair = &pairs->items[i];
		text_append_format(out, "%s %s %s %s%s;", advice_family_names.names[pair->family],
				   pair->plain->id, pair->must_staple->id,
				   staple_state_names.names[pair->state],
				   pair->is_withheld ? " withheld" : "");
	}
}

START_TEST(pairs_are_found)
{
	const struct catalogue *row = &catalogues[_i];
	struct scenario_list list = {0};
	struct advice_pairs pairs;
	struct error err = ERROR_INIT;
	struct text shown;
	text_init(&shown, 0);
	read_files(&list, row->files);
	bool done = advice_pairs_find(&pairs, &list, &err);
	describe(&shown, &pairs);
	ck_assert_msg(done != row->is_refused, "%s: %s", row->name, err.text);
	if (row->is_refused)
		ck_assert_msg(strstr(err.text, row->pairs) != NULL, "%s: %s", row->name, err.text);
	else
		ck_assert_msg(strcmp(text_string(&shown), row->pairs) == 0, "%s: %s", row->name,
			      text_string(&shown));
	text_clear(&shown);
	advice_pairs_clear(&pairs);
	scenario_list_clear(&list);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("advice_pairs");
	TCase *tests = tcase_create("advice_pairs");
	tcase_add_loop_test(tests, pairs_are_found, 0, sizeof catalogues / sizeof *catalogues);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
