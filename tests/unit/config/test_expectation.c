/* Expectations: how they are read, and which one decides a cell. */
#include "harness/config/expectation.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_mapping(struct expectation_list *list, const char *text, struct error *err)
{
	struct yaml *yaml = yaml_parse("f.yaml", text, strlen(text), err);
	ck_assert_msg(yaml != NULL, "%s", err->text);
	bool done = expectation_read_mapping(list, yaml, yaml_root(yaml), err);
	yaml_free(yaml);
	return done;
}

static bool read_own(struct expectation_list *list, const char *text, struct error *err)
{
	struct yaml *yaml = yaml_parse("own.yaml", text, strlen(text), err);
	ck_assert_msg(yaml != NULL, "%s", err->text);
	bool done = expectation_read_own_yaml(list, yaml, err);
	yaml_free(yaml);
	return done;
}

static bool read_deviations(struct expectation_list *list, const char *text, struct error *err)
{
	char path[] = "/tmp/revoscope-deviations-XXXXXX";
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	bool done = expectation_read_deviations(list, path, err);
	unlink(path);
	return done;
}

struct refusal {
	const char *name;
	const char *text;
	const char *error;
};

static const struct refusal refusals[] = {
	{"no verdict of a client", "'*/*': crash",
	 "f.yaml:1:8: unknown verdict 'crash' (one of: connect, warn, reject, unsupported, error)"},
	{"a slip in a verdict", "'*/*': {verdict: rejct}",
	 "f.yaml:1:18: unknown verdict 'rejct', did you mean 'reject'? (one of: connect, warn, "
	 "reject, unsupported, error)"},
	{"a slip in a reason", "'*/*': {verdict: warn, reason: staple-stal}",
	 "f.yaml:1:32: unknown reason 'staple-stal', did you mean 'staple-stale'?"},
	{"a slip in a key", "'*/*': {verdict: warn, reasn: staple-stale}",
	 "f.yaml:1:24: unknown key 'reasn' in an expectation, did you mean 'reason'?"},
	{"a deviation's key", "'*/*': {verdict: warn, until: 2027-01-01}",
	 "f.yaml:1:24: unknown key 'until' in an expectation"},
	{"versions in a list", "'*/*': {verdict: warn, versions: ['<3']}",
	 "f.yaml:1:34: versions is a string, not a list or a mapping"},
	{"a deviation's class", "'*/*': {verdict: warn, class: a/b}",
	 "f.yaml:1:24: unknown key 'class' in an expectation"},
	{"a range that is none", "'*/*': {verdict: warn, versions: '>=3.0 && <3.6'}",
	 "f.yaml:1:34: invalid range of versions '>=3.0 && <3.6' (such as \">=3.0 <3.6\": <, <=, "
	 ">, >= or "
	 "= and a number each)"},
	{"no verdict", "'*/*': {reason: staple-stale}", "f.yaml:1:8: verdict is missing"},
	{"a list", "'*/*': [warn]", "f.yaml:1:8: an expectation is a mapping (key: value)"},
	{"a bare word as pattern", "openssl: warn",
	 "f.yaml:1:1: invalid pattern of classes 'openssl' (such as */soft-fail, openssl/native, "
	 "or * for "
	 "all)"},
	{"an empty pattern", "'a/b, ': warn", "f.yaml:1:1: an empty pattern"},
	{"a pattern in two keys", "'a/b, c/d': warn\n'c/d': reject",
	 "f.yaml:2:1: duplicate pattern 'c/d', first defined at f.yaml:1"},
	{"nothing", "{}", "f.yaml:1:1: expect is empty"},
	{"no mapping", "warn", "f.yaml:1:1: expect is a mapping (key: value)"},
	{"two faults", "'*/a': wrn\n'*/b': {verdict: connect, why: ''}",
	 "f.yaml:1:8: unknown verdict 'wrn', did you mean 'warn'? (one of: connect, warn, reject, "
	 "unsupported, error)\nf.yaml:2:32: why has no value"},
};

START_TEST(refuses_with_place_and_rule)
{
	const struct refusal *row = &refusals[_i];
	struct expectation_list list = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(!read_mapping(&list, row->text, &err), "%s: accepted", row->name);
	ck_assert_msg(strcmp(err.text, row->error) == 0, "%s: '%s'", row->name, err.text);
	expectation_list_clear(&list);
}
END_TEST

static const struct refusal bad_deviations[] = {
	{"no list", "class: a/b", ":1:1: a file of deviations is a list"},
	{"no why", "- {class: a/b, scenario: x, verdict: warn}", ":1:3: why is missing"},
	{"no scenario", "- {class: a/b, why: x, verdict: warn}", ":1:3: scenario is missing"},
	{"no class", "- {scenario: x, why: x, verdict: warn}", ":1:3: class is missing"},
	{"a day that is none",
	 "- {class: a/b, scenario: x, why: x, verdict: warn, until: 2027-02-30}",
	 ":1:59: invalid day '2027-02-30'"},
	{"a day in another form",
	 "- {class: a/b, scenario: x, why: x, verdict: warn, until: 1.2.2027}",
	 ":1:59: invalid day '1.2.2027'"},
	{"a range that is none",
	 "- {class: a/b, scenario: x, why: x, verdict: warn, versions: \"3.0\"}",
	 ":1:62: invalid range of versions '3.0' (such as \">=3.0 <3.6\""},
	{"scenarios and endpoints",
	 "- {class: a/b, scenario: x, endpoint: y, why: x, verdict: warn}",
	 ":1:3: scenario and endpoint exclude each other"},
	{"an empty list of patterns", "- {class: [], scenario: x, why: x, verdict: warn}",
	 ":1:11: a list of patterns is an empty list"},
	{"a class that is a mapping", "- {class: {}, scenario: x, why: x, verdict: warn}",
	 ":1:11: class"},
	{"a list in a list", "- {class: a/b, scenario: [[x]], why: x, verdict: warn}",
	 "a list of patterns"},
	{"a class in a list that is none", "- {class: [b], scenario: x, why: x, verdict: warn}",
	 "invalid pattern of classes 'b'"},
	{"no version of the rules", "- rules: 0", ":1:10: invalid version of the rules '0'"},
	{"a version that is none", "- rules: two", ":1:10: invalid version of the rules 'two'"},
	{"a version that is long", "- rules: 1234567", ":1:10: invalid version of the rules"},
	{"a version in an entry", "- {class: a/b, scenario: x, why: x, verdict: warn, rules: 2}",
	 "unknown key 'rules'"},
	{"the second of two", "- {class: a/b, scenario: x, why: x, verdict: warn}\n- x",
	 ":2:3: a deviation is a mapping"},
};

START_TEST(refuses_bad_deviations)
{
	const struct refusal *row = &bad_deviations[_i];
	struct expectation_list list = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(!read_deviations(&list, row->text, &err), "%s: accepted", row->name);
	ck_assert_msg(strstr(err.text, row->error) != NULL, "%s: '%s'", row->name, err.text);
	expectation_list_clear(&list);
}
END_TEST

struct decision {
	const char *name;
	const char *class_id;
	const char *row_id;
	const char *class_pattern; /* of the one that decides; NULL for none */
	enum outcome outcome;
};

static const char scenario_text[] =
	"'*': connect\n"
	"'*/must-staple, */hard-fail': reject\n"
	"'openssl/*': {verdict: warn, reason: staple-stale, why: because}\n"
	"'gnutls/native': reject\n"
	"'?nutls/native': warn\n";
static const char deviation_text[] =
	"- {class: 'mbedtls/*', scenario: 'sta*', verdict: unsupported, why: wide}\n"
	"- {class: 'mbedtls/native', scenario: '*', verdict: connect, why: near}\n"
	"- {class: 'gnutls/soft-fail', scenario: 'stale@25h, stale@8d', verdict: warn, why: "
	"some}\n"
	"- {class: 'botan/*', scenario: stale, verdict: warn, why: every variant}\n"
	"- {class: 'wolfssl/*', scenario: 'expired', verdict: warn, why: one row}\n"
	"- {class: 'wolfssl/n*', scenario: '*', verdict: connect, why: nearer class}\n"
	"- {class: 'nss/soft-fail', scenario: '*', verdict: connect, why: long}\n"
	"- {class: 'nss/[abcdefghijklmnopqrstuvwxyz]oft-fail', scenario: '*', verdict: warn, why: "
	"set}\n"
	"- {class: 'nss/h\\ard-fail', scenario: '*', verdict: connect, why: escaped}\n"
	"- {class: 'nss/hard-fail', scenario: '*', verdict: warn, why: later}\n";

static const struct decision decisions[] = {
	{"the catch-all", "gnutls/no-check", "good", "*", OUTCOME_CONNECT},
	{"the second pattern of a list", "gnutls/hard-fail", "good", "*/hard-fail", OUTCOME_REJECT},
	{"more letters win", "openssl/must-staple", "good", "*/must-staple", OUTCOME_REJECT},
	{"a stack before the catch-all", "openssl/soft-fail", "good", "openssl/*", OUTCOME_WARN},
	{"a question mark is no letter", "gnutls/native", "good", "gnutls/native", OUTCOME_REJECT},
	{"a deviation before the scenario", "mbedtls/hard-fail", "stale", "mbedtls/*",
	 OUTCOME_UNSUPPORTED},
	{"a deviation of other rows", "mbedtls/hard-fail", "good", "*/hard-fail", OUTCOME_REJECT},
	{"the nearest of two deviations", "mbedtls/native", "stale", "mbedtls/native",
	 OUTCOME_CONNECT},
	{"a row without variant is for all variants", "mbedtls/soft-fail", "stale@25h", "mbedtls/*",
	 OUTCOME_UNSUPPORTED},
	{"a variant that is listed", "gnutls/soft-fail", "stale@8d", "gnutls/soft-fail",
	 OUTCOME_WARN},
	{"a variant that is not listed", "gnutls/soft-fail", "stale@1h", "*", OUTCOME_CONNECT},
	{"a row by its name is for its variants", "botan/native", "stale@8d", "botan/*",
	 OUTCOME_WARN},
	{"a row by its name is no other's front", "botan/native", "stalest", "*", OUTCOME_CONNECT},
	{"letters of the row count too", "wolfssl/native", "expired", "wolfssl/*", OUTCOME_WARN},
	{"a set of letters is a wildcard", "nss/soft-fail", "good", "nss/soft-fail",
	 OUTCOME_CONNECT},
	{"a backslash is no letter", "nss/hard-fail", "good", "nss/hard-fail", OUTCOME_WARN},
};

START_TEST(the_most_specific_decides)
{
	const struct decision *row = &decisions[_i];
	struct expectation_list own = {0}, deviations = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(read_mapping(&own, scenario_text, &err), "%s", err.text);
	ck_assert_msg(read_deviations(&deviations, deviation_text, &err), "%s", err.text);
	struct expectation_cell cell = {.class_id = row->class_id, .row_id = row->row_id};
	struct expectation *found = expectation_find(&own, &deviations, &cell);
	ck_assert_msg(found != NULL, "%s: none", row->name);
	ck_assert_msg(strcmp(found->class_pattern, row->class_pattern) == 0, "%s: %s", row->name,
		      found->class_pattern);
	ck_assert_msg(found->outcome == row->outcome, "%s", row->name);
	expectation_list_clear(&own);
	expectation_list_clear(&deviations);
}
END_TEST

START_TEST(reads_what_is_written)
{
	struct expectation_list list = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(
		read_mapping(&list,
			     "'a/b': {verdict: reject, reason: staple-stale, why: w}\n"
			     "'c/d': {verdict: connect, reason: status-good, versions: '<3'}\n"
			     "'e/f': connect\n",
			     &err),
		"%s", err.text);
	ck_assert_uint_eq(list.num, 3);
	ck_assert(list.items[0].has_reason && list.items[1].has_reason &&
		  !list.items[2].has_reason);
	ck_assert_int_eq(list.items[0].outcome, OUTCOME_REJECT);
	ck_assert_int_eq(list.items[0].reason, REASON_STAPLE_STALE);
	ck_assert_int_eq(list.items[1].outcome, OUTCOME_CONNECT);
	ck_assert_int_eq(list.items[1].reason, REASON_STATUS_GOOD);
	ck_assert_int_eq(list.items[2].outcome, OUTCOME_CONNECT);
	ck_assert_str_eq(list.items[0].why, "w");
	ck_assert_str_eq(list.items[1].versions, "<3");
	ck_assert_ptr_null(list.items[0].row_pattern);
	ck_assert(!list.items[0].is_deviation && !list.items[0].is_own);
	expectation_list_clear(&list);
	ck_assert_msg(read_own(&list, "- {class: a/b, scenario: x, verdict: warn}\n", &err), "%s",
		      err.text);
	ck_assert(list.items[0].is_own && !list.items[0].is_deviation);
	ck_assert_str_eq(list.items[0].from, "own.yaml:1");
	expectation_list_clear(&list);
}
END_TEST

START_TEST(entries_know_for_which_rules_they_were_written)
{
	struct expectation_list list = {0};
	struct error err = ERROR_INIT;
	const char *text = "- {class: 'a/b, a/c', scenario: x, why: x, verdict: warn}\n"
			   "- rules: 2\n"
			   "- {class: a/d, scenario: x, why: x, verdict: warn}\n"
			   "- rules: 3\n"
			   "- {class: a/e, scenario: 'x, y', why: x, verdict: warn}\n";
	static const int wanted[] = {0, 0, 2, 3, 3};
	ck_assert_msg(read_deviations(&list, text, &err), "%s", err.text);
	ck_assert_uint_eq(list.num, 5);
	for (size_t i = 0; i < list.num; i++)
		ck_assert_int_eq(list.items[i].rules, wanted[i]);
	expectation_list_clear(&list);
}
END_TEST

START_TEST(the_later_of_equals_decides)
{
	struct expectation_list list = {0};
	struct error err = ERROR_INIT;
	ck_assert(read_mapping(&list, "'*/soft-fail': warn", &err));
	ck_assert(read_mapping(&list, "\n'*/soft-fail': {verdict: reject, why: a variant}", &err));
	struct expectation_cell cell = {.class_id = "openssl/soft-fail", .row_id = "x@y"};
	struct expectation_cell other = {.class_id = "openssl/native", .row_id = "x"};
	struct expectation *found = expectation_find(&list, NULL, &cell);
	ck_assert_int_eq(found->outcome, OUTCOME_REJECT);
	ck_assert_str_eq(found->from, "f.yaml:2");
	ck_assert_str_eq(found->why, "a variant");
	ck_assert(!found->has_reason && !found->is_deviation);
	ck_assert_ptr_null(expectation_find(&list, NULL, &other));
	ck_assert_ptr_null(expectation_find(NULL, NULL, &cell));
	expectation_list_clear(&list);
}
END_TEST

START_TEST(what_is_not_for_a_version_is_skipped)
{
	static const char own_text[] =
		"'*/native': connect\n"
		"'gnutls/*': {verdict: warn, versions: '<3.8'}\n"
		"'gnutls/native': {verdict: reject, versions: '>=3.7 <3.8'}\n";
	static const struct {
		const char *version;
		enum outcome outcome;
	} rows[] = {{"3.7.9", OUTCOME_REJECT},
		    {"3.6.13", OUTCOME_WARN},
		    {"3.8.3", OUTCOME_CONNECT},
		    {"git", OUTCOME_CONNECT},
		    {NULL, OUTCOME_CONNECT}};
	struct expectation_list own = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(read_mapping(&own, own_text, &err), "%s", err.text);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct expectation_cell cell = {
			.class_id = "gnutls/native", .row_id = "x", .version = rows[i].version};
		ck_assert_int_eq(expectation_find(&own, NULL, &cell)->outcome, rows[i].outcome);
	}
	expectation_list_clear(&own);
}
END_TEST

START_TEST(a_deviation_that_is_over_leaves_it_to_the_next)
{
	struct expectation_list deviations = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(read_deviations(&deviations,
				      "- {class: 'a/*', scenario: x, verdict: warn, why: wide}\n"
				      "- {class: a/b, scenario: x, verdict: reject, why: near, "
				      "until: 2027-01-31}\n",
				      &err),
		      "%s", err.text);
	struct expectation_cell cell = {.class_id = "a/b", .row_id = "x", .now = 1801353600};
	ck_assert_int_eq(expectation_find(NULL, &deviations, &cell)->outcome, OUTCOME_REJECT);
	cell.now += 86400;
	ck_assert_int_eq(expectation_find(NULL, &deviations, &cell)->outcome, OUTCOME_WARN);
	expectation_list_clear(&deviations);
}
END_TEST

START_TEST(a_day_ends_at_its_end)
{
	char day[] = "2027-01-31";
	struct expectation item = {.until = day};
	/* 2027-01-31T00:00:00Z is 1801353600. */
	ck_assert(!expectation_expired(&item, 1801353600));
	ck_assert(!expectation_expired(&item, 1801353600 + 86399));
	ck_assert(expectation_expired(&item, 1801353600 + 86400));
	item.until = NULL;
	ck_assert(!expectation_expired(&item, INT64_MAX));
}
END_TEST

START_TEST(an_endpoint_is_no_scenario)
{
	struct expectation_list own = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(read_own(&own,
			       "- {class: '*', endpoint: ['a,b:443', '[::1]:443', 'c:*'], verdict: "
			       "warn}\n"
			       "- {class: '*', scenario: 's*', verdict: reject}\n",
			       &err),
		      "%s", err.text);
	static const struct {
		const char *row;
		bool is_endpoint;
		int outcome; /* -1: nothing is expected */
	} rows[] = {{"a,b:443", true, OUTCOME_WARN},        {"[::1]:443", true, OUTCOME_WARN},
		    {"c:25@192.0.2.1", true, OUTCOME_WARN}, {"c:25", false, -1},
		    {"stale", false, OUTCOME_REJECT},       {"a", true, -1}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct expectation_cell cell = {.class_id = "a/b",
						.row_id = rows[i].row,
						.is_endpoint = rows[i].is_endpoint};
		struct expectation *found = expectation_find(NULL, &own, &cell);
		ck_assert_msg((found != NULL ? (int)found->outcome : -1) == rows[i].outcome, "%s",
			      rows[i].row);
	}
	expectation_list_clear(&own);
}
END_TEST

START_TEST(stale_expired_and_unused_are_three_things)
{
	struct expectation_list own = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(read_own(&own,
			       "- {class: a/b, endpoint: 'stale:1', verdict: warn, why: w}\n"
			       "- {class: a/b, endpoint: 'seen:1', verdict: warn}\n"
			       "- {class: a/b, endpoint: 'over:1', verdict: reject, reason: "
			       "staple-stale, until: 2020-01-31}\n"
			       "- {class: a/b, scenario: 'unused', verdict: warn}\n",
			       &err),
		      "%s", err.text);
	own.items[0].num_decided = own.items[0].num_applied = 2;
	own.items[1].num_decided = own.items[1].num_applied = own.items[1].num_seen = 2;
	struct expectation_cell cell = {
		.class_id = "a/b", .row_id = "over:1", .now = 1800000000, .is_endpoint = true};
	ck_assert_ptr_null(expectation_find(NULL, &own, &cell));
	expectation_note_expired(&own, &cell);
	static const enum expectation_fault faults[] = {EXPECTATION_STALE, EXPECTATION_FINE,
							EXPECTATION_EXPIRED, EXPECTATION_UNUSED};
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(expectation_fault(&own.items[i]), faults[i]);
	/* What a scenario expects is never any of them. */
	static const struct expectation of_scenario = {.num_decided = 2, .num_applied = 2};
	ck_assert_int_eq(expectation_fault(&of_scenario), EXPECTATION_FINE);
	expectation_list_clear(&own);
}
END_TEST

START_TEST(no_deviation_is_a_fine_list)
{
	struct expectation_list list = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(read_deviations(&list, "[]\n", &err), "%s", err.text);
	ck_assert_uint_eq(list.num, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("expectation");
	TCase *tcase = tcase_create("expectation");
	tcase_add_loop_test(tcase, refuses_with_place_and_rule, 0,
			    sizeof refusals / sizeof refusals[0]);
	tcase_add_loop_test(tcase, refuses_bad_deviations, 0,
			    sizeof bad_deviations / sizeof bad_deviations[0]);
	tcase_add_loop_test(tcase, the_most_specific_decides, 0,
			    sizeof decisions / sizeof decisions[0]);
	tcase_add_test(tcase, reads_what_is_written);
	tcase_add_test(tcase, entries_know_for_which_rules_they_were_written);
	tcase_add_test(tcase, the_later_of_equals_decides);
	tcase_add_test(tcase, what_is_not_for_a_version_is_skipped);
	tcase_add_test(tcase, a_deviation_that_is_over_leaves_it_to_the_next);
	tcase_add_test(tcase, a_day_ends_at_its_end);
	tcase_add_test(tcase, an_endpoint_is_no_scenario);
	tcase_add_test(tcase, stale_expired_and_unused_are_three_things);
	tcase_add_test(tcase, no_deviation_is_a_fine_list);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
