/* Scenario files: what they mean, and that every fault has its place. */
#include "harness/config/scenario_read.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "harness/config/data_paths.h"

#define DAY_MS INT64_C(86400000)
/* What every good file begins with; rows go on at line 4. */
#define HEAD "title: T\nwhy: W\ntags: [a]\n"
#define TAIL "\nexpect: {'*/*': connect}\n"

static bool read_text(struct scenario_list *list, const char *path, const char *text,
		      struct error *err)
{
	struct yaml *yaml = yaml_parse(path, text, strlen(text), err);
	ck_assert_msg(yaml != NULL, "%s", err->text);
	bool done = scenario_read_yaml(list, yaml, path, err);
	yaml_free(yaml);
	return done;
}

struct refusal {
	const char *name;
	const char *text;
	const char *error; /* the whole of it */
};

static const struct refusal refusals[] = {
	{"a slip in a key", HEAD "certificat: {must_staple: true}" TAIL,
	 "x/f.yaml:4:1: unknown key 'certificat' in a scenario, did you mean 'certificate'?"},
	{"a slip in a section", HEAD "certificate: {must_stapel: true}" TAIL,
	 "x/f.yaml:4:15: unknown key 'must_stapel' in certificate, did you mean 'must_staple'?"},
	{"a key of another section", HEAD "server: {must_staple: true}" TAIL,
	 "x/f.yaml:4:10: unknown key 'must_staple' in server"},
	{"a slip in a value", HEAD "server: {staple: {status: goood}}" TAIL,
	 "x/f.yaml:4:27: unknown status 'goood', did you mean 'good' (one of: good, revoked, "
	 "unknown)"},
	{"no duration", HEAD "server: {staple: {next_update: tomorrow}}" TAIL,
	 "x/f.yaml:4:32: 'tomorrow' is no value of next_update (a duration such as -4d, 90min, "
	 "2500ms, or none)"},
	{"a list for a word", HEAD "certificate: {key: [rsa-2048]}" TAIL,
	 "x/f.yaml:4:20: key is a string, not a list or a mapping"},
	{"a word for a section", HEAD "certificate: yes" TAIL,
	 "x/f.yaml:4:14: certificate is a mapping (key: value)"},
	{"a staple that is a word", HEAD "server: {staple: stale}" TAIL,
	 "x/f.yaml:4:18: staple is none or a mapping, not 'stale'"},
	{"an unknown behaviour", HEAD "responder: unresolveable" TAIL,
	 "x/f.yaml:4:12: unknown behaviour 'unresolveable', did you mean 'unresolvable' (one of: "
	 "none, answer, unresolvable, refuse, silent, slow, reset, http, wrong-type, endless, "
	 "drip, "
	 "redirect-loop, redirect, get-refused, post-refused, https)"},
	{"a behaviour beside another's time", HEAD "responder: {behaviour: silent, slow: 2s}" TAIL,
	 "x/f.yaml:4:32: slow means behaviour: slow, but behaviour is 'silent'"},
	{"slow and an error at once", HEAD "responder: {slow: 2s, http: 503}" TAIL,
	 "x/f.yaml:4:23: slow and http contradict each other"},
	{"slow without a time", HEAD "responder: slow" TAIL,
	 "x/f.yaml:4:12: a slow answer needs its time: write { slow: 2500ms }"},
	{"an HTTP error without a status", HEAD "crl: {behaviour: http}" TAIL,
	 "x/f.yaml:4:6: an HTTP error needs its status: write { http: 503 }"},
	{"an HTTP status that is none", HEAD "responder: {http: 5000}" TAIL,
	 "x/f.yaml:4:19: '5000' is no value of http (a number from 100 to 599)"},
	{"a CRL that is not served", HEAD "crl: {status: revoked}" TAIL,
	 "x/f.yaml:4:6: no CRL is served, so this has no effect: add behaviour: answer"},
	{"a staple that is not there", HEAD "server: {staple: {present: false, status: good}}" TAIL,
	 "x/f.yaml:4:18: no staple is sent, so this has no effect"},
	{"no TLS version", HEAD "server: {tls: []}" TAIL,
	 "x/f.yaml:4:15: the server has no TLS version"},
	{"an old TLS version", HEAD "server: {tls: [1.2, 1.1]}" TAIL,
	 "x/f.yaml:4:21: unknown TLS version '1.1' (one of: 1.2, 1.3)"},
	{"a truth that is none", HEAD "truth: none" TAIL,
	 "x/f.yaml:4:8: unknown truth 'none' (one of: good, revoked, unknown)"},
	{"a tag with a capital", "title: T\nwhy: W\ntags: [a, Bad]" TAIL,
	 "x/f.yaml:3:11: invalid tag 'Bad' (lower-case letters, digits and hyphens)"},
	{"tags as a word", "title: T\nwhy: W\ntags: a" TAIL,
	 "x/f.yaml:3:7: tags is a list of words: [staple, time]"},
	{"no title, why, tags, expect", "truth: good\n",
	 "x/f.yaml:1:1: title is missing\nx/f.yaml:1:1: why is missing\n"
	 "x/f.yaml:1:1: tags is missing\nx/f.yaml:1:1: expect is missing"},
	{"an empty title", "title: ''\nwhy: W\ntags: [a]" TAIL, "x/f.yaml:1:8: title has no value"},
	{"a list as document", "[1, 2]\n", "x/f.yaml:1:1: a scenario is a mapping (key: value)"},
	{"variants that are none", HEAD "variants: {}" TAIL, "x/f.yaml:4:11: variants is empty"},
	{"a variant's bad name", HEAD "variants: {One: {}}" TAIL,
	 "x/f.yaml:4:12: invalid name of a variant 'One' ([a-z0-9][a-z0-9-]*, 40 letters)"},
	{"a variant's unknown key", HEAD "variants: {a: {why: x}}" TAIL,
	 "x/f.yaml:4:16: unknown key 'why' in a variant"},
	{"a variant without expectation", HEAD "variants: {a: {expect: {'*': warn}}, b: {}}\n",
	 "x/f.yaml:4:38: expect is missing, here and in the file"},
	{"a file's fault, said once for all variants",
	 HEAD "truth: bad\nvariants: {a: {}, b: {truth: worse}}" TAIL,
	 "x/f.yaml:4:8: unknown truth 'bad' (one of: good, revoked, unknown)\n"
	 "x/f.yaml:5:30: unknown truth 'worse' (one of: good, revoked, unknown)"},
	{"unasked beside a staple for the intermediate",
	 HEAD
	 "intermediate: {staple: good}\nserver: {staple: {unasked: true}}\nexpect: {'*': warn}\n",
	 "x/f.yaml:1:1: unasked and a staple for the intermediate exclude each other"},
	{"all faults in one go", HEAD "server: {staple: {status: x, certid: y}}\nexpect: {a: b}\n",
	 "x/f.yaml:4:27: unknown status 'x' (one of: good, revoked, unknown)\n"
	 "x/f.yaml:4:38: unknown CertID 'y' (one of: match, wrong-serial, wrong-issuer)\n"
	 "x/f.yaml:5:10: invalid pattern of classes 'a' (such as */soft-fail, openssl/native, or * "
	 "for "
	 "all)\n"
	 "x/f.yaml:5:13: unknown verdict 'b' (one of: connect, warn, reject, unsupported, error)"},
};

START_TEST(refuses_with_place_and_rule)
{
	const struct refusal *row = &refusals[_i];
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(!read_text(&list, "x/f.yaml", row->text, &err), "%s: accepted", row->name);
	ck_assert_msg(strcmp(err.text, row->error) == 0, "%s:\n%s", row->name, err.text);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_uint_eq(list.num, 0);
	scenario_list_clear(&list);
}
END_TEST

static const char *const bad_names[] = {"x/Bad.yaml",
					"x/-a.yaml",
					"x/a_b.yaml",
					"x/a.b.yaml",
					"x/.yaml",
					"x/a@b.yaml",
					"x/a23456789-123456789-123456789-123456789-1.yaml"};

START_TEST(refuses_a_name_that_is_no_id)
{
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(!read_text(&list, bad_names[_i], HEAD TAIL, &err), "%s", bad_names[_i]);
	ck_assert_ptr_nonnull(strstr(err.text, ":1:1: invalid id '"));
	scenario_list_clear(&list);
}
END_TEST

START_TEST(reads_what_a_file_says)
{
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(read_text(&list, "scenarios/staple/f-1.yaml",
				"title: T\nwhy: W\nsource: S\ntags: [a, b-c]\n"
				"certificate: {must_staple: true, crl_url: 'http://x.example/c'}\n"
				"server: {tls: 1.3, staple: {next_update: -1h, this_update: -4d}}\n"
				"responder: {slow: 2500ms}\n"
				"crl: refuse\n"
				"truth: revoked" TAIL,
				&err),
		      "%s", err.text);
	ck_assert_uint_eq(list.num, 1);
	const struct scenario *scenario = &list.items[0];
	const struct situation *situation = &scenario->situation;
	ck_assert_str_eq(scenario->id, "f-1");
	ck_assert_str_eq(scenario->family, "staple");
	ck_assert_str_eq(scenario->host, "f-1.lab.localhost");
	ck_assert_str_eq(scenario->file, "scenarios/staple/f-1.yaml");
	ck_assert_str_eq(scenario->source, "S");
	ck_assert_uint_eq(scenario->num_tags, 2);
	ck_assert_str_eq(scenario->tags[1], "b-c");
	ck_assert_int_eq(scenario->truth, STATUS_REVOKED);
	ck_assert_int_eq(situation->certificate.must_staple, 1);
	ck_assert_int_eq(situation->certificate.crl_url, POINTER_URL);
	ck_assert_str_eq(situation->certificate.crl_url_text, "http://x.example/c");
	ck_assert_int_eq(situation->server.tls, TLS_BIT_1_3);
	ck_assert(situation->server.staple.ocsp.next_update_ms == -DAY_MS / 24);
	ck_assert(situation->server.staple.ocsp.this_update_ms == -4 * DAY_MS);
	/* What the CA knows is what staple and responder say unless a key says otherwise. */
	ck_assert_int_eq(situation->server.staple.ocsp.status, 1);
	ck_assert_int_eq(situation->responder.ocsp.status, 1);
	ck_assert_int_eq(situation->responder.behaviour, BEHAVIOUR_SLOW);
	ck_assert(situation->responder.delay_ms == 2500);
	ck_assert_int_eq(situation->crl.behaviour, BEHAVIOUR_REFUSE);
	ck_assert(scenario_waits(scenario));
	scenario_list_clear(&list);
}
END_TEST

START_TEST(lays_each_variant_over_the_file)
{
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(read_text(&list, "a/f.yaml",
				HEAD "server: {staple: none}\nresponder: silent\n"
				     "expect: {'*/soft-fail': warn, '*/native': connect}\n"
				     "variants:\n"
				     "  z: {title: Own}\n"
				     "  a:\n"
				     "    server: {staple: {signer: leaf}}\n"
				     "    responder: {http: 503}\n"
				     "    truth: unknown\n"
				     "    expect: {'*/soft-fail': reject}\n",
				&err),
		      "%s", err.text);
	ck_assert_uint_eq(list.num, 2);
	const struct scenario *z = &list.items[0], *a = &list.items[1];
	ck_assert_str_eq(z->id, "f@z");
	ck_assert_str_eq(z->title, "Own");
	ck_assert_str_eq(a->title, "T (a)");
	ck_assert_str_eq(a->host, "a.f.lab.localhost");
	ck_assert_int_eq(z->situation.server.staple.present, 0);
	ck_assert_int_eq(a->situation.server.staple.present, 1);
	ck_assert_int_eq(a->situation.server.staple.ocsp.signer, SIGNER_LEAF);
	ck_assert_int_eq(a->situation.responder.behaviour, BEHAVIOUR_HTTP);
	ck_assert_int_eq(a->situation.responder.ocsp.status, 2);
	ck_assert_int_eq(a->truth, STATUS_UNKNOWN);
	ck_assert(scenario_waits(z) && !scenario_waits(a));
	struct expectation_cell cell = {.class_id = "openssl/soft-fail", .row_id = a->id};
	struct expectation *own =
		expectation_find((struct expectation_list *)&a->expect, NULL, &cell);
	ck_assert_int_eq(own->outcome, OUTCOME_REJECT);
	ck_assert_str_eq(own->from, "a/f.yaml:13");
	cell.class_id = "gnutls/native";
	ck_assert_ptr_nonnull(expectation_find((struct expectation_list *)&a->expect, NULL, &cell));
	scenario_list_clear(&list);
}
END_TEST

START_TEST(shows_a_scenario_whole)
{
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	ck_assert(read_text(&list, "a/f.yaml", HEAD "server: {staple: none}" TAIL, &err));
	json_t *object = scenario_to_json(&list.items[0]);
	struct situation again;
	ck_assert_str_eq(json_string_value(json_object_get(object, "family")), "a");
	ck_assert_str_eq(json_string_value(json_object_get(object, "truth")), "good");
	ck_assert_ptr_null(json_object_get(object, "source"));
	ck_assert_uint_eq(json_array_size(json_object_get(object, "tags")), 1);
	ck_assert(situation_from_json(&again, json_object_get(object, "situation"), &err));
	ck_assert_int_eq(again.server.staple.present, 0);
	json_decref(object);
	scenario_list_clear(&list);
}
END_TEST

/* Whether text has the word between backquotes. */
static bool has_word(const char *text, const char *word)
{
	char quoted[80];
	snprintf(quoted, sizeof quoted, "`%s`", word);
	return strstr(text, quoted) != NULL;
}

START_TEST(the_readme_has_every_key_and_value)
{
	struct data_paths paths;
	struct error err = ERROR_INIT;
	struct text readme;
	text_init(&readme, 0);
	ck_assert_msg(data_paths_find(&paths, &err), "%s", err.text);
	char *path = file_join(paths.scenarios, "README.md");
	ck_assert_msg(file_read(&readme, path, (size_t)1 << 20, &err), "%s", err.text);
	for (size_t i = 0; i < num_situation_fields; i++) {
		const struct situation_field *field = &situation_fields[i];
		ck_assert_msg(has_word(text_string(&readme), field->key), "%s", field->key);
		for (size_t k = 0; field->table != NULL && k < field->table->num; k++)
			ck_assert_msg(has_word(text_string(&readme), field->table->names[k]),
				      "%s of %s", field->table->names[k], field->key);
	}
	free(path);
	text_clear(&readme);
	data_paths_clear(&paths);
}
END_TEST

/* A folder of folders with scenario files, removed after the test. */
static char tree[64];

static void make_tree(void)
{
	snprintf(tree, sizeof tree, "/tmp/revoscope-scenarios-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(tree));
}

static void remove_tree(void)
{
	file_remove_tree(tree);
}

static void put_file(const char *family, const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", tree, family);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/%s/%s", tree, family, name);
	struct error err = ERROR_INIT;
	ck_assert_msg(file_write(path, text, strlen(text), &err), "%s", err.text);
}

START_TEST(reads_families_in_their_order)
{
	static const char *const ids[] = {"ok", "a", "a-b", "z", "crl-1", "mine", "own"};
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	put_file("zz", "own.yaml", HEAD TAIL);
	put_file("crl", "crl-1.yaml", HEAD TAIL);
	put_file("staple", "z.yaml", HEAD TAIL);
	put_file("staple", "a-b.yaml", HEAD TAIL);
	put_file("staple", "a.yaml", HEAD TAIL);
	put_file("healthy", "ok.yaml", HEAD TAIL);
	put_file("my", "mine.yaml", HEAD TAIL);
	put_file("my", ".hidden.yaml", "not: read");
	put_file("my", "README.md", "not read");
	ck_assert_msg(scenario_read_trees(&list, (const char *const[]){tree}, 1, &err), "%s",
		      err.text);
	ck_assert_uint_eq(list.num, sizeof ids / sizeof ids[0]);
	for (size_t i = 0; i < list.num; i++)
		ck_assert_str_eq(list.items[i].id, ids[i]);
	scenario_list_clear(&list);
}
END_TEST

START_TEST(names_both_files_of_one_id)
{
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	char expected[512];
	put_file("staple", "a.yaml", HEAD TAIL);
	put_file("crl", "a.yaml", HEAD "variants: {v: {}}" TAIL);
	ck_assert(!scenario_read_trees(&list, (const char *const[]){tree}, 1, &err));
	snprintf(expected, sizeof expected,
		 "%s/crl/a.yaml:1:1: duplicate id 'a', first defined in %s/staple/a.yaml", tree,
		 tree);
	ck_assert_str_eq(err.text, expected);
	scenario_list_clear(&list);
}
END_TEST

START_TEST(a_later_folder_overrides_an_earlier_one_by_id)
{
	static const char *const ids[] = {"fine", "a@own", "b", "c@1", "c@2", "new"};
	char one[128], two[128], path[160];
	const char *const folders[] = {one, two};
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	snprintf(one, sizeof one, "%s/one", tree);
	snprintf(two, sizeof two, "%s/two", tree);
	mkdir(one, 0700);
	mkdir(two, 0700);
	put_file("one/healthy", "fine.yaml", HEAD TAIL);
	put_file("one/staple", "a.yaml", HEAD "variants: {x: {}, y: {}}" TAIL);
	put_file("one/staple", "b.yaml", HEAD TAIL);
	/* Not even read: it is another file that counts. */
	put_file("one/crl", "c.yaml", HEAD "truth: broken" TAIL);
	put_file("two/staple", "a.yaml", HEAD "variants: {own: {}}" TAIL);
	put_file("two/staple", "c.yaml", HEAD "variants: {1: {}, 2: {}}" TAIL);
	put_file("two/zz", "new.yaml", HEAD TAIL);
	ck_assert_msg(scenario_read_trees(&list, folders, 2, &err), "%s", err.text);
	ck_assert_uint_eq(list.num, sizeof ids / sizeof ids[0]);
	for (size_t i = 0; i < list.num; i++)
		ck_assert_str_eq(list.items[i].id, ids[i]);
	ck_assert_ptr_null(list.items[0].overrides);
	ck_assert_ptr_null(list.items[5].overrides);
	snprintf(path, sizeof path, "%s/staple/a.yaml", one);
	ck_assert_str_eq(list.items[1].overrides, path);
	snprintf(path, sizeof path, "%s/crl/c.yaml", one);
	ck_assert_str_eq(list.items[3].overrides, path);
	ck_assert_str_eq(list.items[4].overrides, path);
	scenario_list_clear(&list);
}
END_TEST

START_TEST(an_id_twice_in_a_later_folder_is_refused)
{
	char one[128], two[128];
	const char *const folders[] = {one, two};
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	snprintf(one, sizeof one, "%s/one", tree);
	snprintf(two, sizeof two, "%s/two", tree);
	mkdir(one, 0700);
	mkdir(two, 0700);
	put_file("one/staple", "a.yaml", HEAD TAIL);
	put_file("two/staple", "a.yaml", HEAD TAIL);
	put_file("two/crl", "a.yaml", HEAD TAIL);
	ck_assert(!scenario_read_trees(&list, folders, 2, &err));
	ck_assert_ptr_nonnull(
		strstr(err.text, "/two/crl/a.yaml:1:1: duplicate id 'a', first defined in "));
	ck_assert_ptr_nonnull(strstr(err.text, "/two/staple/a.yaml"));
	ck_assert_ptr_null(strstr(err.text, "/one/"));
	scenario_list_clear(&list);
}
END_TEST

START_TEST(names_every_broken_file)
{
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	put_file("staple", "a.yaml", "");
	put_file("staple", "b.yaml", HEAD TAIL);
	put_file("staple", "c.yaml", HEAD "truth: x" TAIL);
	ck_assert(!scenario_read_trees(&list, (const char *const[]){tree}, 1, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "/staple/a.yaml:1:1: empty\n"));
	ck_assert_ptr_nonnull(strstr(err.text, "/staple/c.yaml:4:8: unknown truth"));
	scenario_list_clear(&list);
}
END_TEST

START_TEST(an_empty_or_absent_folder_is_an_error)
{
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	ck_assert(!scenario_read_trees(&list, (const char *const[]){tree}, 1, &err));
	ck_assert_ptr_nonnull(strstr(err.text, ": no scenario file (*.yaml) here"));
	err = ERROR_INIT;
	ck_assert(!scenario_read_trees(&list, (const char *const[]){"/nonexistent"}, 1, &err));
	ck_assert_str_eq(err.text, "/nonexistent: No such file or directory");
	scenario_list_clear(&list);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("scenario");
	TCase *grammar = tcase_create("grammar");
	tcase_add_loop_test(grammar, refuses_with_place_and_rule, 0,
			    sizeof refusals / sizeof refusals[0]);
	tcase_add_loop_test(grammar, refuses_a_name_that_is_no_id, 0,
			    sizeof bad_names / sizeof bad_names[0]);
	tcase_add_test(grammar, reads_what_a_file_says);
	tcase_add_test(grammar, lays_each_variant_over_the_file);
	tcase_add_test(grammar, shows_a_scenario_whole);
	tcase_add_test(grammar, the_readme_has_every_key_and_value);
	TCase *folders = tcase_create("folders");
	tcase_add_checked_fixture(folders, make_tree, remove_tree);
	tcase_add_test(folders, reads_families_in_their_order);
	tcase_add_test(folders, names_both_files_of_one_id);
	tcase_add_test(folders, a_later_folder_overrides_an_earlier_one_by_id);
	tcase_add_test(folders, an_id_twice_in_a_later_folder_is_refused);
	tcase_add_test(folders, names_every_broken_file);
	tcase_add_test(folders, an_empty_or_absent_folder_is_an_error);
	suite_add_tcase(suite, grammar);
	suite_add_tcase(suite, folders);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
