/* Diagnoses: which causes an examination comes to, and what a change of it moves. */
#include "harness/doctor/diagnosis.h"

#include "core/file.h"
#include "harness/compare/diff_examinations.h"
#include "harness/model/examination_json.h"
#include "harness/model/remedy_topic.h"
#include "harness/model/server_kind.h"
#include "tests/unit/report_run.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* An endpoint that is well, with one address; what a row changes is merged into it (RFC 7396). */
static const char healthy[] =
	"{'target':{'host':'www.example.org','port':443,'server_name':'www.example.org'},"
	"'resolution':{'addresses':['192.0.2.1'],'error':null},"
	"'handshakes':[H1,H1,H1,V12,V13],"
	"'server':{'kind':null,'software':null,'how':null},"
	"'chains':{'1':{'sent':['aa','bb'],'verified':true,'path':['aa','bb','cc'],"
	"'missing_issuer':false,'out_of_order':false,'superfluous':[],'expired':[],"
	"'root_sent':false}},"
	"'certificates':{'aa':{'serial':'1234','must_staple':false,'no_rev_avail':false,"
	"'ocsp_urls':['http://ocsp.example.org/'],'crl_urls':[],"
	"'not_before':'2026-01-01T00:00:00Z','not_after':'2026-03-31T00:00:00Z'}},"
	"'leaf':'aa',"
	"'staples':{'1':{'bytes':'MAA=','length':2,'depth':0,'seen':5,'check':'good',"
	"'serial':'1234','this_update':'2026-01-10T00:00:00Z','next_update':'2026-01-17T00:00:00Z',"
	"'left_s':518400,'life_s':604800,'used':0.14,"
	"'stacks':{'openssl':{'check':'good'},'gnutls':{'check':'good'}}}},"
	"'responders':[{'url':'http://ocsp.example.org/','host':'ocsp.example.org',"
	"'attempts':[{'method':'get',OK},{'method':'post',OK}]}],"
	"'clock':{'responder_s':1}}";

static const struct {
	const char *word, *text;
} words[] = {
	{"H1", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':true,"
	       "'staples':['1'],'chain':'1'}"},
	{"H0", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':true,"
	       "'staples':[],'chain':'1'}"},
	{"HX", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':false,"
	       "'reason':'connect-refused','detail':'Connection refused','staples':[]}"},
	{"HN", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':false,"
	       "'reason':'tls-protocol','detail':'wrong version number','staples':[]}"},
	{"HC", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':false,"
	       "'reason':'tls-closed','detail':'closed','staples':[]}"},
	{"HM", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':false,"
	       "'reason':'tls-alert','client_certificate':'required','staples':['1'],'chain':'1'}"},
	{"O1", "{'address':'192.0.2.2','offered':'any','asks_staple':true,'completed':true,"
	       "'staples':['1'],'chain':'1'}"},
	{"O0", "{'address':'192.0.2.2','offered':'any','asks_staple':true,'completed':true,"
	       "'staples':[],'chain':'1'}"},
	{"OX", "{'address':'192.0.2.2','offered':'any','asks_staple':true,'completed':false,"
	       "'reason':'connect-timeout','detail':'timed out','staples':[]}"},
	{"V12", "{'address':'192.0.2.1','offered':'1.2','asks_staple':true,'completed':true,"
		"'staples':['1'],'chain':'1'}"},
	{"V13", "{'address':'192.0.2.1','offered':'1.3','asks_staple':true,'completed':true,"
		"'staples':['1'],'chain':'1'}"},
	{"W13", "{'address':'192.0.2.1','offered':'1.3','asks_staple':true,'completed':true,"
		"'staples':[],'chain':'1'}"},
	{"OK", "'layer':'answer','http_status':200,'check':'good',"
	       "'this_update':'2026-01-10T00:00:00Z','next_update':'2026-01-17T00:00:00Z'"},
};

/* Words of the table in their place, ' for " so that C can be read. */
static json_t *parse(const char *text)
{
	struct text out;
	text_init(&out, 0);
	for (const char *p = text; *p != '\0';) {
		size_t i = 0, num = sizeof words / sizeof *words;
		bool begins = p == text || strchr("[{,:", p[-1]) != NULL;
		while (i < num &&
		       (!begins || strncmp(p, words[i].word, strlen(words[i].word)) != 0))
			i++;
		if (i < num) {
			text_append(&out, words[i].text);
			p += strlen(words[i].word);
		} else {
			text_append_bytes(&out, p++, 1);
		}
	}
	for (size_t i = 0; i < out.len; i++)
		if (out.data[i] == '\'')
			out.data[i] = '"';
	json_error_t error;
	json_t *value = json_loads(text_string(&out), 0, &error);
	ck_assert_msg(value != NULL, "%s at %d in %s", error.text, error.position,
		      text_string(&out));
	text_clear(&out);
	return value;
}

static void merge(json_t *into, json_t *patch)
{
	const char *key;
	json_t *value;
	json_object_foreach(patch, key, value)
	{
		json_t *old = json_object_get(into, key);
		if (json_is_null(value))
			json_object_del(into, key);
		else if (json_is_object(value) && json_is_object(old))
			merge(old, value);
		else
			json_object_set(into, key, value);
	}
}

static json_t *examination(const char *patch)
{
	json_t *out = parse(healthy), *change = parse(patch);
	merge(out, change);
	json_decref(change);
	return out;
}

#define TARGET "www.example.org:443"

/* Of one target; JSON is read as a document's. */
static struct examinations *seen(const char *patch)
{
	struct error err = ERROR_INIT;
	json_t *document = json_pack("{s:o}", TARGET, examination(patch));
	struct examinations *all = examinations_read(document, ERROR_USAGE, &err);
	ck_assert_msg(all != NULL, "%s", err.text);
	json_decref(document);
	return all;
}

static void conclude(struct examinations *all, struct run *run)
{
	struct diagnosis_options options = DIAGNOSIS_OPTIONS_INIT;
	ck_assert(diagnose(&all->items[0], run, TARGET, &options));
}

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

#define STAPLE(patch) "{'staples':{'1':" patch "}}"
#define NO_STAPLE     "'handshakes':[H0,H0,H0],'staples':null"
#define MUST          "'certificates':{'aa':{'must_staple':true}}"

static const struct {
	const char *name, *patch, *causes;
} rows[] = {
#include "tests/unit/reports/diagnosis_rows.def"
};

START_TEST(an_examination_comes_to_its_causes)
{
	struct examinations *all = seen(rows[_i].patch);
	struct examination *examined = &all->items[0];
	struct text shown;
	text_init(&shown, 0);
	conclude(all, NULL);
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
	struct examinations *all = seen(rows[_i].patch);
	struct examination *examined = &all->items[0];
	examined->server.kind = word_of(SERVER_KIND_NGINX);
	conclude(all, NULL);
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
	struct examinations *all = seen("{}");
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

/* The classes of report_run.c are openssl/one, openssl/two, gnutls/one, … with letters for cells.
 */
START_TEST(classes_feel_the_causes_that_their_cells_show)
{
	static const char *const cells[] = {"www.example.org:443: C W R R C",
					    "www.example.org:4433: R R R R R"};
	struct run *run = report_run(cells, 2, false);
	struct examinations *all = seen("{" NO_STAPLE "}");
	struct examination *examined = &all->items[0];
	for (size_t i = 1; i < 4; i++)
		run_cell(run, 0, i)->reason = REASON_STAPLE_MISSING;
	for (size_t i = 0; i < 5; i++)
		run_cell(run, 1, i)->reason = REASON_STAPLE_MISSING;
	conclude(all, run);
	const struct texts *classes = examined->causes[0].classes.by_effect;
	ck_assert_uint_eq(classes[EFFECT_WARN].num, 1);
	ck_assert_uint_eq(classes[EFFECT_REFUSE].num, 2);
	ck_assert_str_eq(classes[EFFECT_WARN].items[0], run_class_at(run, 1)->class->id);
	/* Two refuse, the others connect. */
	ck_assert(word_is(examined->causes[examined->num_causes - 1].id, CAUSE_SOFT_FAIL_HIDES));
	examinations_free(all);
	run_free(run);
}
END_TEST

static void fill_row(struct run *run, enum outcome outcome, enum reason reason)
{
	for (size_t i = 0; i < run_num_classes(run); i++) {
		struct cell *cell = run_cell(run, 0, i);
		cell->marks = CELL_DONE;
		cell->outcome = i == 0 ? outcome : OUTCOME_CONNECT;
		cell->reason = i == 0 ? reason : REASON_STATUS_GOOD;
	}
}

/* One class refuses, the others connect. */
static const struct {
	enum reason reason;
	bool hides; /* whether that is about revocation status */
} refusals[] = {
	{REASON_STAPLE_MISSING, true},        {REASON_STATUS_REVOKED, true},
	{REASON_RESPONDER_TIMEOUT, true},     {REASON_CRL_BAD_ANSWER, true},
	{REASON_CHAIN_INCOMPLETE, false},     {REASON_CHAIN_NAME, false},
	{REASON_CHAIN_UNTRUSTED, false},      {REASON_TLS_ALERT, false},
	{REASON_STAPLE_NOT_SUPPORTED, false},
};

START_TEST(only_refusals_over_revocation_status_are_hidden_by_soft_fail)
{
	static const char *const cells[] = {TARGET ": C C C C C"};
	struct run *run = report_run(cells, 1, false);
	struct examinations *all = seen("{}");
	fill_row(run, OUTCOME_REJECT, refusals[_i].reason);
	conclude(all, run);
	bool hides = examination_finding(&all->items[0], CAUSE_SOFT_FAIL_HIDES) != NULL;
	ck_assert_msg(hides == refusals[_i].hides, "%s", reason_name(refusals[_i].reason));
	examinations_free(all);
	run_free(run);
}
END_TEST

/* Rejections and failures of a class, and whether the endpoint that is well needs a cause for them.
 */
static const struct {
	enum outcome outcome;
	enum reason reason;
	bool needs;
} unexplained[] = {
	{OUTCOME_REJECT, REASON_CRL_BAD_ANSWER, true},
	{OUTCOME_REJECT, REASON_CHAIN_INVALID, true},
	{OUTCOME_ERROR, REASON_TLS_PROTOCOL, true},
	{OUTCOME_CONNECT, REASON_STATUS_GOOD, false},
	{OUTCOME_WARN, REASON_CRL_BAD_ANSWER, false},
	{OUTCOME_REJECT, REASON_STAPLE_NOT_SUPPORTED, false},
	{OUTCOME_ERROR, REASON_PROGRAM_CRASH, false},
	{OUTCOME_ERROR, REASON_OVERLOAD_TIMEOUT, false},
};

START_TEST(what_no_cause_explains_is_one_itself)
{
	static const char *const cells[] = {TARGET ": C C C C C"};
	struct run *run = report_run(cells, 1, false);
	struct examinations *all = seen("{}");
	fill_row(run, unexplained[_i].outcome, unexplained[_i].reason);
	conclude(all, run);
	const struct finding *cause = examination_finding(&all->items[0], CAUSE_CLIENTS_REJECT);
	ck_assert_msg((cause != NULL) == unexplained[_i].needs, "%s",
		      reason_name(unexplained[_i].reason));
	if (cause != NULL) {
		ck_assert_ptr_nonnull(
			strstr(cause->evidence.items[0], reason_name(unexplained[_i].reason)));
		ck_assert_ptr_nonnull(
			strstr(cause->evidence.items[0], run_class_at(run, 0)->class->id));
		/* What it says about others comes behind it. */
		ck_assert(word_is(all->items[0].causes[0].id, CAUSE_CLIENTS_REJECT));
	}
	examinations_free(all);
	run_free(run);
}
END_TEST

START_TEST(an_information_that_makes_clients_reject_is_a_warning)
{
	static const char *const cells[] = {TARGET ": C C C C C"};
	struct run *run = report_run(cells, 1, false);
	struct examinations *all =
		seen("{'certificates':{'aa':{'crl_urls':['c']}},'crls':[{'url':'c','layer':'http',"
		     "'http_status':404}]}");
	fill_row(run, OUTCOME_REJECT, REASON_CRL_HTTP);
	conclude(all, run);
	ck_assert(word_is(all->items[0].causes[0].id, CAUSE_CRL_BROKEN));
	ck_assert(word_is(all->items[0].causes[0].severity, SEVERITY_WARNING));
	ck_assert_ptr_null(examination_finding(&all->items[0], CAUSE_CLIENTS_REJECT));
	examinations_free(all);
	run_free(run);
}
END_TEST

START_TEST(who_connects_to_a_revoked_certificate_is_exposed)
{
	static const char *const cells[] = {TARGET ": C C C C C", "other.test:443: C C C C C"};
	struct run *run = report_run(cells, 2, false);
	struct examinations *all =
		seen("{'intermediates':[{'certificate':'bb','depth':1,'crls':[{'url':'c','check':"
		     "'revoked'}]}]}");
	fill_row(run, OUTCOME_REJECT, REASON_STATUS_REVOKED);
	conclude(all, run);
	const struct finding *cause = &all->items[0].causes[0];
	ck_assert_uint_eq(cause->classes.by_effect[EFFECT_EXPOSED].num, 4);
	ck_assert_uint_eq(cause->classes.by_effect[EFFECT_REFUSE].num, 1);
	ck_assert(run_cell(run, 0, 1)->marks & CELL_EXPOSED);
	ck_assert(!(run_cell(run, 0, 0)->marks & CELL_EXPOSED));
	ck_assert(!(run_cell(run, 1, 1)->marks & CELL_EXPOSED));
	examinations_free(all);
	run_free(run);
}
END_TEST

/* Whether a class would refuse a connection without a staple, for a staple that is missing at
 * first only. */
static const struct {
	const char *name;
	bool certificate, native, capability; /* must-staple, native class, native-must-staple */
	int requires, must_staple;            /* axes of its policy */
	bool would_refuse;
} strict[] = {
	{"requires a staple", false, false, false, YES, MUST_STAPLE_IGNORE, true},
	{"wants nothing", true, false, true, NO, MUST_STAPLE_IGNORE, false},
	{"honours must-staple", true, false, false, NO, MUST_STAPLE_VALID, true},
	{"honours must-staple, which is not there", false, false, false, NO, MUST_STAPLE_VALID,
	 false},
	{"native, honours must-staple", true, true, true, NO, MUST_STAPLE_IGNORE, true},
	{"native, must-staple is not there", false, true, true, NO, MUST_STAPLE_IGNORE, false},
	{"native, cannot honour must-staple", true, true, false, NO, MUST_STAPLE_VALID, false},
	{"native, has no policy", false, true, false, YES, MUST_STAPLE_VALID, false},
};

START_TEST(classes_that_insist_would_refuse)
{
	static const char *const cells[] = {TARGET ": C C C C C"};
	struct run *run = report_run(cells, 1, false);
	struct examinations *all =
		seen(strict[_i].certificate ? "{'handshakes':[H0,H1,H1]," MUST "}"
					    : "{'handshakes':[H0,H1,H1]}");
	struct run_stack *stack = run_stack_at(run, 0);
	stack->description = json_pack("{s:[s, s]}", "capabilities", "status-request",
				       strict[_i].capability ? "native-must-staple" : "crl");
	struct client_class *class = (struct client_class *)run_class_at(run, 0)->class;
	class->native = strict[_i].native;
	class->policy.requires_staple = strict[_i].requires;
	class->policy.must_staple = strict[_i].must_staple;
	conclude(all, run);
	const struct finding *found =
		examination_finding(&all->items[0], CAUSE_STAPLE_MISSING_FIRST);
	ck_assert_ptr_nonnull(found);
	bool would = texts_have(&found->classes.by_effect[EFFECT_WOULD_REFUSE], class->id);
	ck_assert_msg(would == strict[_i].would_refuse, "%s", strict[_i].name);
	examinations_free(all);
	run_free(run);
}
END_TEST

/* --- the list of causes --- */

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
	struct examinations *before = seen(pairs[_i].before), *after = seen(pairs[_i].after);
	struct diff_examination *items = NULL;
	struct error err = ERROR_INIT;
	struct text moved, causes;
	size_t num = 0;
	text_init(&moved, 0);
	text_init(&causes, 0);
	conclude(before, NULL);
	conclude(after, NULL);
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
	tcase_add_loop_test(tests, limits_are_times_or_parts, 0,
			    (int)(sizeof limits / sizeof *limits));
	tcase_add_loop_test(tests, what_is_no_limit_is_refused, 0, 10);
	tcase_add_test(tests, limits_can_be_times);
	tcase_add_test(tests, classes_feel_the_causes_that_their_cells_show);
	tcase_add_loop_test(tests, what_no_cause_explains_is_one_itself, 0,
			    sizeof unexplained / sizeof *unexplained);
	tcase_add_test(tests, an_information_that_makes_clients_reject_is_a_warning);
	tcase_add_test(tests, who_connects_to_a_revoked_certificate_is_exposed);
	tcase_add_loop_test(tests, only_refusals_over_revocation_status_are_hidden_by_soft_fail, 0,
			    sizeof refusals / sizeof *refusals);
	tcase_add_loop_test(tests, classes_that_insist_would_refuse, 0,
			    sizeof strict / sizeof *strict);
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
