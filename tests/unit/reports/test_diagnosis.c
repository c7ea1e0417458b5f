/* Diagnoses: which causes an examination comes to, and what a change of it moves. */
#include "harness/doctor/diagnosis.h"

#include "core/file.h"
#include "harness/compare/diff_examinations.h"
#include "harness/doctor/case_facts.h"
#include "harness/model/examination_json.h"
#include "harness/model/remedy_topic.h"
#include "harness/model/server_kind.h"
#include "tests/unit/examined_case.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* --- what an examination comes to --- */

/* "id severity confidence, ..." */
static void describe(struct text *out, const struct examination *examined)
{
	for (size_t i = 0; i < examined->num_causes; i++) {
		const struct finding *one = &examined->causes[i];
		text_append_format(out, "%s%s %s %s", i > 0 ? ", " : "",
				   word_spelling(&one->id, &cause_names),
				   severity_names.names[finding_severity(one)],
				   confidence_names.names[finding_confidence(one)]);
	}
}

static const struct {
	const char *name, *patch, *causes;
} rows[] = {
#include "tests/unit/reports/diagnosis_rows.def"
};

START_TEST(an_examination_comes_to_its_causes)
{
	struct examinations *all = seen_case(rows[_i].patch);
	struct examination *examined = &all->items[0];
	struct text shown;
	text_init(&shown, 0);
	conclude_case(all, NULL);
	describe(&shown, examined);
	ck_assert_msg(strcmp(text_string(&shown), rows[_i].causes) == 0, "%s:\n  %s\nand not\n  %s",
		      rows[_i].name, text_string(&shown), rows[_i].causes);
	ck_assert_int_eq(rows[_i].causes[0] == '\0', word_is(examined->level, LEVEL_OK));
	ck_assert_uint_gt(strlen(examined->headline), 0);
	text_clear(&shown);
	examinations_free(all);
}
END_TEST

/* Whatever can be concluded has words, and every cause says what to do. */
START_TEST(every_cause_has_evidence_and_a_fix)
{
	struct examinations *all = seen_case(rows[_i].patch);
	struct examination *examined = &all->items[0];
	examined->server.kind = word_of(SERVER_KIND_NGINX);
	conclude_case(all, NULL);
	for (size_t i = 0; i < examined->num_causes; i++) {
		const struct finding *cause = &examined->causes[i];
		ck_assert(cause->id.is_known);
		const struct cause_about *about = cause_about((enum cause)cause->id.value);
		ck_assert_uint_gt(cause->evidence.num, 0);
		ck_assert_uint_gt(strlen(cause->fix.text), 0);
		ck_assert_uint_gt(strlen(cause->afterwards), 0);
		/* What nginx's configuration fixes has that configuration. */
		ck_assert_int_eq(about->topic != NO_TOPIC, cause->on_server.num > 0);
		if (about->topic != NO_TOPIC && about->topic != REMEDY_MUST_STAPLE)
			ck_assert_msg(cause->fix.snippet != NULL, "%s", about->id);
	}
	examinations_free(all);
}
END_TEST

/* Two addresses, and whether clients meet something else at the second. */
static const struct {
	const char *patch;
	bool differ;
} addresses[] = {
	{"{'handshakes':[H1,O1,H1,O1]}", false},
	{"{'handshakes':[H1,O0,H1,O0]}", true},
	{"{'handshakes':[H1,OX,H1,OX]}", true},
	{"{'handshakes':[H1,P2],'chains':{'2':{'sent':['rr','bb'],'verified':true}}}", true},
	{"{'handshakes':[H1,P2],'chains':{'2':{'sent':['aa'],'verified':false}}}", true},
	{"{'handshakes':[H1,P2],'chains':{'2':{'sent':['aa'],'verified':true}}}", false},
	{"{'handshakes':[H1,P2],'chains':{'2':{'sent':['aa'],'verified':true}},'staples':{'2':{"
	 "'bytes':'MAA=','depth':0,'chain':'2','check':'stale'}}}",
	 true},
};

START_TEST(addresses_where_clients_meet_something_else_differ)
{
	struct examinations *all = seen_case(addresses[_i].patch);
	struct case_facts facts;
	case_facts_read(&facts, &all->items[0]);
	ck_assert_uint_eq(facts.num_addresses, 2);
	ck_assert_int_eq(
		case_addresses_differ(&all->items[0], &facts.addresses[0], &facts.addresses[1]),
		addresses[_i].differ);
	examinations_free(all);
}
END_TEST

static const struct {
	const char *text;
	bool is_fraction;
	double left;
} limits[] = {{"25%", true, 0.25},    {"0%", true, 0},       {"6h", false, 21600},
	      {"90min", false, 5400}, {"3600", false, 3600}, {"2d", false, 172800}};

START_TEST(limits_are_times_or_parts)
{
	struct staple_limit limit;
	struct error err = ERROR_INIT;
	ck_assert_msg(staple_limit_parse(&limit, limits[_i].text, &err), "%s", err.text);
	ck_assert_int_eq(limit.is_fraction, limits[_i].is_fraction);
	ck_assert_double_eq_tol(limit.left, limits[_i].left, 1e-9);
}
END_TEST

START_TEST(what_is_no_limit_is_refused)
{
	static const char *const wrong[] = {"",    "%",   "101%",        "-1%",  "x",
					    "-6h", "6 h", "99999999999", "nan%", "1e3%x"};
	struct staple_limit limit;
	struct error err = ERROR_INIT;
	ck_assert_msg(!staple_limit_parse(&limit, wrong[_i], &err), "%s", wrong[_i]);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
}
END_TEST

START_TEST(limits_can_be_times)
{
	struct examinations *all = seen_case("{}");
	struct examination *examined = &all->items[0];
	struct diagnosis_options options = {.warn = {false, 600000}, .critical = {false, 3600}};
	ck_assert(diagnose(examined, NULL, TARGET, &options));
	ck_assert(word_is(examined->level, LEVEL_WARNING));
	options.critical.left = 599999;
	ck_assert(diagnose(examined, NULL, TARGET, &options));
	ck_assert(word_is(examined->level, LEVEL_CRITICAL));
	examinations_free(all);
}
END_TEST

/* The row of a cause begins with its id in code. */
static bool has_row(const struct text *document, const char *id)
{
	char wanted[96];
	snprintf(wanted, sizeof wanted, "`%s`", id);
	for (const char *line = text_string(document); line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		const char *end = strchr(line + 1, '|');
		const char *at = line[0] == '|' ? strstr(line, wanted) : NULL;
		if (at != NULL && end != NULL && at < end)
			return true;
	}
	return false;
}

static bool has_test(const char *id)
{
	size_t len = strlen(id);
	/* It takes clients: only_refusals_over_revocation_status_…, what_no_cause_explains_… */
	if (strcmp(id, cause_about(CAUSE_SOFT_FAIL_HIDES)->id) == 0 ||
	    strcmp(id, cause_about(CAUSE_CLIENTS_REJECT)->id) == 0)
		return true;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (const char *p = rows[i].causes; (p = strstr(p, id)) != NULL; p += len)
			if ((p == rows[i].causes || p[-1] == ' ') && p[len] == ' ')
				return true;
	return false;
}

START_TEST(a_cause_has_a_row_in_the_document_a_test_and_something_to_do)
{
	const struct cause_about *about = cause_about((enum cause)_i);
	struct text document;
	struct error err = ERROR_INIT;
	text_init(&document, 0);
	ck_assert_msg(file_read(&document, DOCTOR_DOCUMENT, 1 << 20, &err), "%s", err.text);
	ck_assert_msg(has_row(&document, about->id), "%s has no row in docs/doctor.md", about->id);
	ck_assert_msg(has_test(about->id), "no examination in diagnosis_rows.def comes to %s",
		      about->id);
	if (about->topic == NO_TOPIC)
		ck_assert_msg(about->advice != NULL && about->advice[0] != '\0',
			      "%s has neither a remedy nor advice", about->id);
	else
		ck_assert_ptr_null(about->advice);
	text_clear(&document);
}
END_TEST

/* --- two of them --- */

static const struct {
	const char *name, *before, *after;
	const char *moved;  /* facts */
	const char *causes; /* "-gone +new =stays" */
} pairs[] = {
	{"the same", "{}", "{}", "", ""},
	{"only time went by", "{}", STAPLE("{'left_s':500000,'used':0.18}"), "", ""},
	{"stapling was enabled", "{" NO_STAPLE "}", "{}", "stapled staple",
	 "-stapling-not-enabled -server-cannot-reach-responder"},
	{"the staple is stale now", "{}", STAPLE("{'check':'stale','left_s':-9}"), "staple",
	 "+staple-stale +server-cannot-reach-responder"},
	{"another fault", STAPLE("{'check':'malformed'}"), "{'handshakes':[H0,H1,H1]}",
	 "stapled staple", "-staple-malformed +staple-missing-first"},
	{"still so", STAPLE("{'check':'unknown'}"), STAPLE("{'check':'unknown'}"), "",
	 "=staple-unknown"},
};

START_TEST(two_examinations_are_compared_without_their_times)
{
	struct examinations *before = seen_case(pairs[_i].before),
			    *after = seen_case(pairs[_i].after);
	struct diff_examination *items = NULL;
	struct error err = ERROR_INIT;
	struct text moved, causes;
	size_t num = 0;
	text_init(&moved, 0);
	text_init(&causes, 0);
	conclude_case(before, NULL);
	conclude_case(after, NULL);
	/* What only one of them has is not compared. */
	struct examination *gone = RECORD_ADD(before, items), *new = RECORD_ADD(after, items);
	gone->id = strdup("gone:443");
	new->id = strdup("new:443");
	ck_assert(diff_examinations_make(&items, &num, before, after, &err));
	ck_assert_uint_eq(num, 1);
	for (size_t i = 0; i < DIFF_FACTS_NUM; i++)
		if (items->facts[i].moved)
			text_append_format(&moved, "%s%s", moved.len > 0 ? " " : "",
					   items->facts[i].what);
	for (size_t i = 0; i < items->num_causes; i++)
		text_append_format(&causes, "%s%s%s", i > 0 ? " " : "",
				   items->causes[i].after == NULL    ? "-"
				   : items->causes[i].before == NULL ? "+"
								     : "=",
				   items->causes[i].id);
	ck_assert_msg(strcmp(text_string(&moved), pairs[_i].moved) == 0, "%s: %s", pairs[_i].name,
		      text_string(&moved));
	ck_assert_msg(strcmp(text_string(&causes), pairs[_i].causes) == 0, "%s: %s", pairs[_i].name,
		      text_string(&causes));
	bool is_other = items->num_gone + items->num_new > 0 || moved.len > 0;
	ck_assert_int_eq(diff_examination_has_moved(items), is_other);
	diff_examinations_free(items, num);
	text_clear(&moved);
	text_clear(&causes);
	examinations_free(before);
	examinations_free(after);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diagnosis");
	TCase *tests = tcase_create("diagnosis");
	tcase_add_loop_test(tests, an_examination_comes_to_its_causes, 0,
			    (int)(sizeof rows / sizeof *rows));
	tcase_add_loop_test(tests, every_cause_has_evidence_and_a_fix, 0,
			    (int)(sizeof rows / sizeof *rows));
	tcase_add_loop_test(tests, addresses_where_clients_meet_something_else_differ, 0,
			    (int)(sizeof addresses / sizeof *addresses));
	tcase_add_loop_test(tests, limits_are_times_or_parts, 0,
			    (int)(sizeof limits / sizeof *limits));
	tcase_add_loop_test(tests, what_is_no_limit_is_refused, 0, 10);
	tcase_add_test(tests, limits_can_be_times);
	tcase_add_loop_test(tests, a_cause_has_a_row_in_the_document_a_test_and_something_to_do, 0,
			    NUM_CAUSES);
	tcase_add_loop_test(tests, two_examinations_are_compared_without_their_times, 0,
			    (int)(sizeof pairs / sizeof *pairs));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
