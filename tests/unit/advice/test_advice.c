/* What cells, shares, servers and an examination come to: the rules of docs/advice.md, one by one.
 */
#include "harness/advice/advice.h"
#include "harness/model/examination_json.h"
#include "harness/model/server_kind.h"

#include "tests/unit/report_run.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The situations; of each a row without must-staple and one with it. */
enum { WELL, DOWN, HELD, STALE, ERROR, FIRST, STOLEN, EXPIRED, NUM_SITUATIONS };

static const struct {
	enum advice_family family;
	enum staple_state state;
	bool is_withheld;
} situations[NUM_SITUATIONS] = {
	[WELL] = {ADVICE_BASELINE, STAPLE_STATE_VALID, false},
	[DOWN] = {ADVICE_OUTAGE, STAPLE_STATE_NONE, false},
	[HELD] = {ADVICE_OUTAGE, STAPLE_STATE_VALID, false},
	[STALE] = {ADVICE_OUTAGE, STAPLE_STATE_STALE, false},
	[ERROR] = {ADVICE_OUTAGE, STAPLE_STATE_ERROR, false},
	[FIRST] = {ADVICE_MISCONFIGURATION, STAPLE_STATE_FIRST, false},
	[STOLEN] = {ADVICE_ATTACK, STAPLE_STATE_NONE, true},
	[EXPIRED] = {ADVICE_ATTACK, STAPLE_STATE_STALE, false},
};

/* Seven of ten clients check nothing, one insists always, two are the firefox of the row. */
static struct environment_client clients[] = {
	{.class_id = (char *)"openssl/no-check", .share = 70},
	{.class_id = (char *)"openssl/require-staple", .share = 10},
	{.class_id = (char *)"browser/firefox", .share = 20},
};
static const struct environment environment = {.file = (char *)"e.yaml",
					       .title = (char *)"E",
					       .clients = clients,
					       .num_clients = 3,
					       .sum = 100};

/* What a Firefox does: without and with must-staple, by situation. */
#define ENFORCES "CC cR CC cR cR CR cR cR"
#define PRESENCE "CC cR CC cc cc CR cR cc"
#define IGNORES  "CC cc CC cc cc Cc cc cc"
#define ALWAYS   "CR cR CR cR cR CR cR cR"
#define UNKNOWN  "EE EE EE EE EE EE EE EE"
#define REFUSES  "CR cR cR cR cR cR RR RR"

#define LEAF(more) "{\"leaf\": \"a\", \"certificates\": {\"a\": {" more "}}"
#define DATES      "\"not_before\": \"2026-11-01T00:00:00Z\", \"not_after\": \"2027-01-30T00:00:00Z\""
#define URL        "\"ocsp_urls\": [\"http://o.example\"], "
#define ANSWERS    ", \"responders\": [{\"verdict\": \"good\"}]"
#define STAPLES                                                                                   \
	", \"staples\": {\"s\": {\"check\": \"good\", \"this_update\": \"2026-11-01T00:00:00Z\"," \
	" \"next_update\": \"2026-11-11T00:00:00Z\"}}"
#define SHAKE(address, round, staples)                                               \
	"{\"address\": \"" address "\", \"round\": " round ", \"completed\": true, " \
	"\"asks_staple\": true, \"staples\": [" staples "]}"
#define ALL_STAPLED                                           \
	STAPLES ", \"handshakes\": [" SHAKE("192.0.2.1", "0", \
					    "\"s\"") ", " SHAKE("192.0.2.2", "0", "\"s\"") "]"
#define IN_ORDER LEAF("\"must_staple\": true, " URL DATES) ANSWERS ALL_STAPLED "}"

struct row {
	const char *name;
	const char *firefox;
	int server; /* enum refresh, or -1 */
	int64_t outage_s;
	const char *examination; /* NULL: none */
	enum advice_word word;
	const char *ids; /* of reasons and conditions, in this order */
};

static const struct row rows[] = {
#include "tests/unit/advice/advice_rows.def"
};

static struct examinations *read_examination(const char *text)
{
	struct error err = ERROR_INIT;
	json_t *one = json_loads(text, 0, NULL);
	ck_assert_msg(one != NULL, "%s", text);
	json_t *document = json_pack("{s:o}", "h:443", one);
	struct examinations *all = examinations_read(document, ERROR_USAGE, &err);
	ck_assert_msg(all != NULL, "%s", err.text);
	json_decref(document);
	return all;
}

/* A run of two rows for each situation, and the pairs that they are. */
struct world {
	struct run *run;
	struct scenario scenarios[2 * NUM_SITUATIONS];
	char ids[2 * NUM_SITUATIONS][16];
	struct advice_pair items[NUM_SITUATIONS];
	struct advice_pairs pairs;
};

static void make_world(struct world *world, const char *firefox)
{
	static char texts[2 * NUM_SITUATIONS][64];
	const char *drawn[2 * NUM_SITUATIONS];
	for (size_t i = 0; i < 2 * NUM_SITUATIONS; i++) {
		/* Behind firefox's letters a blank ends the two of each situation. */
		char letter = firefox[i / 2 * 3 + i % 2];
		snprintf(texts[i], sizeof texts[i], "f/row-%zu: c c %c %c %c", i,
			 i / 2 == WELL || i / 2 == HELD ? 'C' : 'R',
			 i / 2 == WELL || i / 2 == HELD ? 'C' : 'R', letter);
		snprintf(world->ids[i], sizeof world->ids[i], "row-%zu", i);
		drawn[i] = texts[i];
		world->scenarios[i] = (struct scenario){
			.id = world->ids[i],
			.title = (char *)(i % 2 == 1 ? "Must-staple certificate, so it is" : "T"),
			.truth = i / 2 >= STOLEN ? STATUS_REVOKED : STATUS_GOOD,
		};
	}
	world->run = report_run(drawn, 2 * NUM_SITUATIONS, true);
	for (size_t i = 0; i < NUM_SITUATIONS; i++)
		world->items[i] = (struct advice_pair){
			.family = situations[i].family,
			.state = situations[i].state,
			.is_withheld = situations[i].is_withheld,
			.plain = &world->scenarios[2 * i],
			.must_staple = &world->scenarios[2 * i + 1],
		};
	world->pairs = (struct advice_pairs){.items = world->items, .num = NUM_SITUATIONS};
}

static struct advice_input make_input(struct world *world, const struct row *row)
{
	return (struct advice_input){
		.run = world->run,
		.environment = &environment,
		.pairs = &world->pairs,
		.staple_life_s = (int64_t)10 * 86400,
		.life_from = ADVICE_LIFE_ASSUMED,
		.server = row->server,
		.server_from = row->server >= 0 ? "option" : NULL,
		.outage_s = row->outage_s,
		.least_gain = ADVICE_LEAST_GAIN,
		.most_loss = ADVICE_MOST_LOSS,
		.target = row->examination != NULL ? "h:443" : NULL,
	};
}

static void append_ids(struct text *out, const struct advice_statement *statements, size_t num)
{
	for (size_t i = 0; i < num; i++)
		text_append_format(out, "%s%s", out->len > 0 ? " " : "", statements[i].id);
}

/* What is written is read as it was. */
static void check_document(const struct advice *advice, const char *name)
{
	struct advice read;
	struct error err = ERROR_INIT;
	json_t *object = advice_to_json(advice);
	ck_assert_ptr_nonnull(object);
	ck_assert_msg(advice_read(&read, object, &err), "%s: %s", name, err.text);
	json_t *again = advice_to_json(&read);
	ck_assert_msg(json_equal(object, again), "%s", name);
	json_decref(object);
	json_decref(again);
	advice_clear(&read);
}

START_TEST(the_rules)
{
	const struct row *row = &rows[_i];
	struct world world;
	struct error err = ERROR_INIT;
	struct text ids;
	struct advice advice;
	struct examinations *all = NULL;
	make_world(&world, row->firefox);
	struct advice_input input = make_input(&world, row);
	if (row->examination != NULL) {
		all = read_examination(row->examination);
		input.examination = &all->items[0];
	}
	ck_assert_msg(advice_make(&advice, &input, &err), "%s: %s", row->name, err.text);
	const struct advice_answer *answer = &advice.answer;
	text_init(&ids, 0);
	append_ids(&ids, answer->reasons, answer->num_reasons);
	append_ids(&ids, answer->conditions, answer->num_conditions);
	ck_assert_msg(word_is(answer->word, (int)row->word), "%s: %s (%s)", row->name,
		      word_spelling(&answer->word, &advice_word_names), text_string(&ids));
	ck_assert_msg(strcmp(text_string(&ids), row->ids) == 0, "%s: %s", row->name,
		      text_string(&ids));
	/* There is always something to do instead, but where the certificate is short-lived. */
	bool is_short = strstr(row->ids, "short-lived") == row->ids;
	ck_assert_msg(is_short || answer->num_instead > 0, "%s", row->name);
	bool is_open = strstr(row->ids, "ca-runs-ocsp") || strstr(row->ids, "keeps-staple");
	ck_assert(row->word != ADVICE_SAFE_IF || is_open != (answer->text[0] == 'S'));
	check_document(&advice, row->name);
	text_clear(&ids);
	advice_clear(&advice);
	examinations_free(all);
	run_free(world.run);
}
END_TEST

/* Firefox has a fifth of the clients: that is what is gained or lost. */
static const struct {
	const char *name;
	const char *firefox;
	int server;
	double least_gain, most_loss;
	enum advice_word word;
	const char *ids, *instead;
} limits[] = {
	{"a gain of the limit", ENFORCES, REFRESH_CADDY, 20, 1, ADVICE_SAFE, "gain",
	 "short-lived-certificate"},
	{"a gain below the limit", ENFORCES, REFRESH_CADDY, 20.01, 1, ADVICE_POINTLESS, "no-gain",
	 "short-lived-certificate clients-insist"},
	{"a loss of the limit", ENFORCES, REFRESH_NGINX, 1, 20, ADVICE_SAFE, "gain",
	 "short-lived-certificate"},
	{"a loss above the limit", ENFORCES, REFRESH_NGINX, 1, 19.99, ADVICE_NOT_SAFE,
	 "first-connection gain no-restart-in-outage", "short-lived-certificate other-server"},
	{"a loss of the limit though all is well", ALWAYS, REFRESH_CADDY, 1, 20, ADVICE_SAFE,
	 "gain", "short-lived-certificate"},
	{"a loss above the limit though all is well", ALWAYS, REFRESH_CADDY, 1, 19.99,
	 ADVICE_NOT_SAFE, "gain refused-when-well", "short-lived-certificate other-server"},
};

START_TEST(a_value_at_the_limit_is_still_fine)
{
	const struct row row = {.firefox = limits[_i].firefox,
				.server = limits[_i].server,
				.outage_s = 86400,
				.examination = IN_ORDER};
	struct world world;
	struct error err = ERROR_INIT;
	struct text ids;
	struct advice advice;
	make_world(&world, row.firefox);
	struct examinations *all = read_examination(row.examination);
	struct advice_input input = make_input(&world, &row);
	input.examination = &all->items[0];
	input.least_gain = limits[_i].least_gain;
	input.most_loss = limits[_i].most_loss;
	ck_assert_msg(advice_make(&advice, &input, &err), "%s: %s", limits[_i].name, err.text);
	const struct advice_answer *answer = &advice.answer;
	text_init(&ids, 0);
	append_ids(&ids, answer->reasons, answer->num_reasons);
	append_ids(&ids, answer->conditions, answer->num_conditions);
	ck_assert_msg(word_is(answer->word, (int)limits[_i].word), "%s: %s", limits[_i].name,
		      word_spelling(&answer->word, &advice_word_names));
	ck_assert_msg(strcmp(text_string(&ids), limits[_i].ids) == 0, "%s: %s", limits[_i].name,
		      text_string(&ids));
	text_reset(&ids);
	append_ids(&ids, answer->instead, answer->num_instead);
	ck_assert_msg(strcmp(text_string(&ids), limits[_i].instead) == 0, "%s: %s", limits[_i].name,
		      text_string(&ids));
	text_clear(&ids);
	advice_clear(&advice);
	examinations_free(all);
	run_free(world.run);
}
END_TEST

static const struct {
	const char *name;
	const char *firefox;
	int server;
	int64_t outage_s;
	const char *examination;
	const char *answers;
} answers[] = {
	{"all in order", ENFORCES, REFRESH_CADDY, 86400, IN_ORDER,
	 "ca=yes server=yes clients=yes outage=yes"},
	{"nothing is known", ENFORCES, -1, 86400, NULL,
	 "ca=unknown server=unknown clients=yes outage=unknown"},
	{"the server is unknown", ENFORCES, -1, 86400, IN_ORDER,
	 "ca=yes server=unknown clients=yes outage=unknown"},
	{"an outage longer than any response", ENFORCES, -1, 40 * 86400, IN_ORDER,
	 "ca=yes server=unknown clients=yes outage=no"},
	{"an outage as long as is survived", ENFORCES, REFRESH_HITCH, 600, IN_ORDER,
	 "ca=yes server=yes clients=yes outage=yes"},
	{"an outage one second longer", ENFORCES, REFRESH_HITCH, 601, IN_ORDER,
	 "ca=yes server=yes clients=yes outage=no"},
	{"a server that is not safe", ENFORCES, REFRESH_NGINX, 86400, IN_ORDER,
	 "ca=yes server=no clients=yes outage=yes"},
	{"no client enforces it", IGNORES, REFRESH_CADDY, 86400, IN_ORDER,
	 "ca=yes server=unknown clients=no outage=yes"},
	{"no responder", ENFORCES, REFRESH_CADDY, 86400,
	 LEAF("\"must_staple\": true, \"ocsp_urls\": [], " DATES) "}",
	 "ca=no server=yes clients=yes outage=yes"},
	{"no staple at one address", ENFORCES, REFRESH_CADDY, 86400,
	 LEAF("\"must_staple\": true, " URL DATES) ANSWERS STAPLES ", \"handshakes\": [" SHAKE(
		 "192.0.2.1", "0", "\"s\"") ", " SHAKE("192.0.2.2", "0", "") "]}",
	 "ca=yes server=no clients=yes outage=yes"},
	{"no staple at one address of an unknown server", ENFORCES, -1, 86400,
	 LEAF("\"must_staple\": true, " URL DATES) ANSWERS STAPLES ", \"handshakes\": [" SHAKE(
		 "192.0.2.1", "0", "\"s\"") ", " SHAKE("192.0.2.2", "0", "") "]}",
	 "ca=yes server=no clients=yes outage=unknown"},
};

/* What is named and cannot be used is not said to be absent. */
static const char *const no_responders[][2] = {
	{LEAF("\"must_staple\": true, \"ocsp_urls\": [], \"unusable_urls\": [{\"kind\": \"ocsp\", "
	      "\"url\": \"ldap:///\", \"why\": \"scheme\"}], " DATES) "}",
	 "names no OCSP responder with a URL that can be used: no server"},
	{LEAF("\"must_staple\": true, \"ocsp_urls\": [], " DATES) "}",
	 "names no OCSP responder: no server"}};

START_TEST(an_unusable_responder_is_named)
{
	const struct row row = {"", ENFORCES, REFRESH_CADDY, 86400, no_responders[_i][0], 0, ""};
	struct world world;
	struct advice advice;
	make_world(&world, row.firefox);
	struct advice_input input = make_input(&world, &row);
	struct examinations *all = read_examination(row.examination);
	input.examination = &all->items[0];
	ck_assert(advice_make(&advice, &input, NULL));
	ck_assert_ptr_nonnull(strstr(advice.answer.reasons[0].text, no_responders[_i][1]));
	advice_clear(&advice);
	examinations_free(all);
	run_free(world.run);
}
END_TEST

START_TEST(each_question_has_its_answer)
{
	const struct row row = {.firefox = answers[_i].firefox,
				.server = answers[_i].server,
				.outage_s = answers[_i].outage_s,
				.examination = answers[_i].examination};
	struct world world;
	struct error err = ERROR_INIT;
	struct text text;
	struct advice advice;
	struct examinations *all = NULL;
	make_world(&world, row.firefox);
	struct advice_input input = make_input(&world, &row);
	if (row.examination != NULL) {
		all = read_examination(row.examination);
		input.examination = &all->items[0];
	}
	ck_assert_msg(advice_make(&advice, &input, &err), "%s: %s", answers[_i].name, err.text);
	text_init(&text, 0);
	for (size_t i = 0; i < advice.num_questions; i++)
		text_append_format(&text, "%s%s=%s", i > 0 ? " " : "", advice.questions[i].id,
				   word_spelling(&advice.questions[i].answer, &advice_fact_names));
	ck_assert_msg(strcmp(text_string(&text), answers[_i].answers) == 0, "%s: %s",
		      answers[_i].name, text_string(&text));
	text_clear(&text);
	advice_clear(&advice);
	examinations_free(all);
	run_free(world.run);
}
END_TEST

START_TEST(the_numbers_are_the_shares_of_cells)
{
	const struct row row = {.firefox = PRESENCE, .server = -1, .outage_s = 86400};
	struct world world;
	struct advice advice;
	make_world(&world, row.firefox);
	struct advice_input input = make_input(&world, &row);
	ck_assert(advice_make(&advice, &input, NULL));
	ck_assert_double_eq(advice.security.still_without.value, 90);
	ck_assert_double_eq(advice.security.still_with.value, 70);
	ck_assert_double_eq(advice.security.gained.value, 20);
	ck_assert_double_eq(advice.availability.lost_in_outage.value, 20);
	const struct advice_comparison *down = &advice.pairs[DOWN];
	ck_assert_str_eq(down->label, "So it is");
	/* Who insists always is refused without must-staple too, and is no loss of it. */
	ck_assert_double_eq(down->without.refuses.value, 10);
	ck_assert_double_eq(down->with.refuses.value, 30);
	ck_assert_double_eq(down->newly_refused.share.value, 20);
	ck_assert_uint_eq(down->newly_refused.classes.num, 1);
	ck_assert_str_eq(down->newly_refused.classes.items[0], "browser/firefox");
	advice_clear(&advice);
	run_free(world.run);
}
END_TEST

/* The members that the schema knows, with what a document must have where nothing is known. */
START_TEST(a_document_has_every_member)
{
	static const char *const keys[] = {"answer",   "questions",    "environment", "pairs",
					   "security", "availability", "thresholds",  "margins",
					   "endpoint", "notes"};
	const struct row row = {.firefox = PRESENCE, .server = -1, .outage_s = 86400};
	struct world world;
	struct advice advice;
	make_world(&world, row.firefox);
	struct advice_input input = make_input(&world, &row);
	ck_assert(advice_make(&advice, &input, NULL));
	json_t *object = advice_to_json(&advice);
	ck_assert_uint_eq(json_object_size(object), sizeof keys / sizeof *keys);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		ck_assert_msg(json_object_get(object, keys[i]) != NULL, "%s", keys[i]);
	ck_assert(json_is_null(json_object_get(object, "endpoint")));
	const json_t *margins = json_object_get(object, "margins");
	ck_assert(json_is_null(json_object_get(margins, "server_from")));
	ck_assert_uint_eq(json_array_size(json_object_get(margins, "servers")), NUM_REFRESHES);
	const json_t *answer = json_object_get(object, "answer");
	const json_t *reason = json_array_get(json_object_get(answer, "reasons"), 0);
	ck_assert_ptr_null(json_object_get(reason, "better"));
	ck_assert(json_is_array(json_object_get(reason, "rows")));
	const json_t *instead = json_array_get(json_object_get(answer, "instead"), 0);
	ck_assert(json_is_boolean(json_object_get(instead, "better")));
	const json_t *client = json_array_get(
		json_object_get(json_object_get(object, "environment"), "clients"), 0);
	ck_assert(json_is_null(json_object_get(client, "note")));
	json_decref(object);
	advice_clear(&advice);
	run_free(world.run);
}
END_TEST

START_TEST(without_any_verdict_there_is_no_advice)
{
	const struct row row = {.firefox = UNKNOWN, .server = -1, .outage_s = 86400};
	struct environment only = environment;
	struct world world;
	struct advice advice;
	struct error err = ERROR_INIT;
	make_world(&world, row.firefox);
	struct advice_input input = make_input(&world, &row);
	only.clients = &clients[2];
	only.num_clients = 1;
	input.environment = &only;
	ck_assert(!advice_make(&advice, &input, &err));
	advice_clear(&advice);
	ck_assert_int_eq(err.kind, ERROR_UNABLE);
	ck_assert(strstr(err.text, "no client of the environment has a verdict") != NULL);
	run_free(world.run);
}
END_TEST

START_TEST(an_examination_says_how_long_responses_are_valid)
{
	int64_t life_s;
	enum advice_life from;
	struct examinations *all = read_examination(IN_ORDER);
	struct examination *examination = &all->items[0];
	ck_assert(advice_measured_life(&life_s, &from, examination));
	ck_assert_int_eq(life_s, 10 * 86400);
	ck_assert_int_eq(from, ADVICE_LIFE_STAPLE);
	ck_assert_int_eq(advice_measured_server(examination), -1);
	examination->server.kind = word_of(SERVER_KIND_NGINX);
	ck_assert_int_eq(advice_measured_server(examination), REFRESH_NGINX);
	examination->staples[0].answer.check = word_of(CHECK_STALE);
	ck_assert(!advice_measured_life(&life_s, &from, examination));
	struct responder *responder = RECORD_ADD(&examination->sources, responders);
	struct responder_attempt *attempt = RECORD_ADD(responder, attempts);
	*attempt = (struct responder_attempt){.answer = {.check = word_of(CHECK_GOOD),
							 .this_update = {true, 1000},
							 .next_update = {true, 1000 + 4 * 86400}}};
	ck_assert(advice_measured_life(&life_s, &from, examination));
	ck_assert_int_eq(life_s, 4 * 86400);
	ck_assert_int_eq(from, ADVICE_LIFE_RESPONDER);
	examinations_free(all);
	ck_assert(!advice_measured_life(&life_s, &from, NULL));
}
END_TEST

START_TEST(times_are_said_in_two_units)
{
	char out[ADVICE_WORD_MAX];
	ck_assert_str_eq(advice_duration(out, 0), "0 s");
	ck_assert_str_eq(advice_duration(out, 59), "59 s");
	ck_assert_str_eq(advice_duration(out, 3600), "1 h");
	ck_assert_str_eq(advice_duration(out, 5430), "1 h 30 min");
	ck_assert_str_eq(advice_duration(out, 7 * 86400 - 3600), "6 d 23 h");
	ck_assert_str_eq(advice_percent(out, 0), "0 %");
	ck_assert_str_eq(advice_percent(out, 4.5), "4.5 %");
	ck_assert_str_eq(advice_percent(out, 33.333333), "33.33 %");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("advice");
	TCase *tests = tcase_create("advice");
	tcase_add_loop_test(tests, the_rules, 0, sizeof rows / sizeof *rows);
	tcase_add_loop_test(tests, a_value_at_the_limit_is_still_fine, 0,
			    sizeof limits / sizeof *limits);
	tcase_add_loop_test(tests, an_unusable_responder_is_named, 0, 2);
	tcase_add_loop_test(tests, each_question_has_its_answer, 0,
			    sizeof answers / sizeof *answers);
	tcase_add_test(tests, the_numbers_are_the_shares_of_cells);
	tcase_add_test(tests, a_document_has_every_member);
	tcase_add_test(tests, without_any_verdict_there_is_no_advice);
	tcase_add_test(tests, an_examination_says_how_long_responses_are_valid);
	tcase_add_test(tests, times_are_said_in_two_units);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
