/* The lab's scenarios: found by id, SNI and path; their URLs; what is refused. */
#include "fixtures/catalogue.h"

#include "core/clock.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static struct pki pki;
static const struct ports ports = {1001, 1002, 1003, 1004};

static void set_up(void)
{
	ck_assert(pki_init(&pki, clock_wall_s(), NULL, NULL, NULL));
}

static void tear_down(void)
{
	pki_clear(&pki);
}

static bool read_text(struct catalogue *catalogue, const char *text, struct error *err)
{
	json_t *scenarios = json_loads(text, 0, NULL);
	ck_assert_msg(scenarios != NULL, "%s", text);
	bool done = catalogue_init(catalogue, scenarios, &pki, &ports, err);
	json_decref(scenarios);
	return done;
}

struct url_row {
	const char *name;
	const char *situation;
	const char *ocsp_url, *crl_url; /* NULL: none */
};

#define UNRESOLVABLE \
	"http://xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.invalid"

static const struct url_row url_rows[] = {
	{"the default", "{}", "http://127.0.0.1:1002/s/ocsp", NULL},
	{"none", "{\"certificate\": {\"ocsp_url\": \"false\"}}", NULL, NULL},
	{"a CRL too", "{\"certificate\": {\"crl_url\": \"true\"}}", "http://127.0.0.1:1002/s/ocsp",
	 "http://127.0.0.1:1002/s/crl"},
	{"refused", "{\"responder\": {\"behaviour\": \"refuse\"}}", "http://127.0.0.1:1003/s/ocsp",
	 NULL},
	{"https", "{\"responder\": {\"behaviour\": \"https\"}}", "https://127.0.0.1:1002/s/ocsp",
	 NULL},
	{"unresolvable", "{\"responder\": {\"behaviour\": \"unresolvable\"}}",
	 UNRESOLVABLE "/s/ocsp", NULL},
	{"a CRL refused",
	 "{\"certificate\": {\"crl_url\": \"true\"}, \"crl\": {\"behaviour\": \"refuse\"}}",
	 "http://127.0.0.1:1002/s/ocsp", "http://127.0.0.1:1003/s/crl"},
	{"as given",
	 "{\"certificate\": {\"ocsp_url\": \"https://x.example/o?a\"},"
	 " \"responder\": {\"behaviour\": \"refuse\"}}",
	 "https://x.example/o?a", NULL},
};

static void check_url(const char *name, const char *got, const char *wanted)
{
	ck_assert_msg((got == NULL) == (wanted == NULL) &&
			      (got == NULL || strcmp(got, wanted) == 0),
		      "%s: %s", name, got != NULL ? got : "none");
}

START_TEST(urls_lead_where_the_behaviour_says)
{
	const struct url_row *row = &url_rows[_i];
	struct catalogue catalogue;
	struct error err = ERROR_INIT;
	char text[1024];
	snprintf(text, sizeof text,
		 "[{\"id\": \"s\", \"host\": \"s.lab.localhost\", \"situation\": %s}]",
		 row->situation);
	ck_assert_msg(read_text(&catalogue, text, &err), "%s: %s", row->name, err.text);
	check_url(row->name, catalogue.scenarios[0].ocsp_url, row->ocsp_url);
	check_url(row->name, catalogue.scenarios[0].crl_url, row->crl_url);
	catalogue_clear(&catalogue);
}
END_TEST

static const char three[] = "[{\"id\": \"b@1\", \"host\": \"b-1.lab.localhost\"},"
			    " {\"id\": \"a\", \"host\": \"a.lab.localhost\"},"
			    " {\"id\": \"far\", \"host\": \"far.example\"}]";

static const char *id_of(const struct lab_scenario *scenario)
{
	return scenario != NULL ? scenario->id : "";
}

START_TEST(scenarios_are_found)
{
	struct catalogue catalogue;
	ck_assert(read_text(&catalogue, three, NULL));
	ck_assert_str_eq(id_of(catalogue_find_id(&catalogue, "b@1")), "b@1");
	ck_assert_str_eq(id_of(catalogue_find_id(&catalogue, "b")), "");
	ck_assert_str_eq(id_of(catalogue_find_host(&catalogue, "a.lab.localhost")), "a");
	ck_assert_str_eq(id_of(catalogue_find_host(&catalogue, "x.b-1.lab.localhost")), "b@1");
	ck_assert_str_eq(id_of(catalogue_find_host(&catalogue, "x.y.a.lab.localhost")), "");
	ck_assert_str_eq(id_of(catalogue_find_host(&catalogue, ".a.lab.localhost")), "");
	ck_assert_str_eq(id_of(catalogue_find_host(&catalogue, "")), "");
	ck_assert_str_eq(id_of(catalogue_find_path(&catalogue, "b-1/ocsp", 3)), "b@1");
	ck_assert_str_eq(id_of(catalogue_find_path(&catalogue, "far.example", 11)), "far");
	ck_assert_str_eq(id_of(catalogue_find_path(&catalogue, "b", 1)), "");
	catalogue_clear(&catalogue);
}
END_TEST

START_TEST(what_is_told_of_a_scenario_can_be_used)
{
	struct catalogue catalogue;
	ck_assert(read_text(&catalogue, three, NULL));
	json_t *object = lab_scenario_to_json(&catalogue.scenarios[1]);
	ck_assert_str_eq(json_string_value(json_object_get(object, "host")), "a.lab.localhost");
	ck_assert_str_eq(json_string_value(json_object_get(object, "ocsp_url")),
			 "http://127.0.0.1:1002/a/ocsp");
	ck_assert(json_is_null(json_object_get(object, "crl_url")));
	ck_assert_uint_eq(strlen(json_string_value(json_object_get(object, "serial"))), 32);
	json_decref(object);
	catalogue_clear(&catalogue);
}
END_TEST

struct refusal {
	const char *name;
	const char *text;
	const char *error; /* a part of it */
};

static const struct refusal refusals[] = {
	{"no array", "{}", "scenarios: an array"},
	{"no id", "[{\"host\": \"a.lab.localhost\"}]", "scenario: an id"},
	{"no host", "[{\"id\": \"a\"}]", "a: host:"},
	{"an upper-case host", "[{\"id\": \"a\", \"host\": \"A.lab.localhost\"}]", "a: host:"},
	{"an empty label", "[{\"id\": \"a\", \"host\": \"a..localhost\"}]", "a: host:"},
	{"a path in a host", "[{\"id\": \"a\", \"host\": \"a/b\"}]", "a: host:"},
	{"the intermediate's name", "[{\"id\": \"a\", \"host\": \"intermediate.lab.localhost\"}]",
	 "a: host:"},
	{"an unknown key", "[{\"id\": \"a\", \"host\": \"a.lab.localhost\", \"x\": 1}]",
	 "a: unknown key 'x'"},
	{"no object", "[{\"id\": \"a\", \"host\": \"a.lab.localhost\", \"situation\": 1}]",
	 "a: situation:"},
	{"a wrong value",
	 "[{\"id\": \"a\", \"host\": \"a.lab.localhost\", \"situation\": {\"certificate\": "
	 "{\"key\": \"dsa\"}}}]",
	 "a: certificate: unknown key 'dsa'"},
	{"no TLS version",
	 "[{\"id\": \"a\", \"host\": \"a.lab.localhost\", \"situation\": {\"server\": "
	 "{\"tls\": \"\"}}}]",
	 "a: server: tls:"},
	{"two of one host",
	 "[{\"id\": \"a\", \"host\": \"a.lab.localhost\"},"
	 " {\"id\": \"b\", \"host\": \"a.lab.localhost\"}]",
	 "another scenario has the host a.lab.localhost"},
	{"two of one id",
	 "[{\"id\": \"a\", \"host\": \"a.lab.localhost\"},"
	 " {\"id\": \"a\", \"host\": \"b.lab.localhost\"}]",
	 "a: another scenario has this id"},
};

START_TEST(wrong_scenarios_are_refused_by_name)
{
	const struct refusal *row = &refusals[_i];
	struct catalogue catalogue;
	struct error err = ERROR_INIT;
	ck_assert_msg(!read_text(&catalogue, row->text, &err), "%s", row->name);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_msg(strstr(err.text, row->error) != NULL, "%s: %s", row->name, err.text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("catalogue");
	TCase *tests = tcase_create("catalogue");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, urls_lead_where_the_behaviour_says, 0,
			    sizeof url_rows / sizeof url_rows[0]);
	tcase_add_test(tests, scenarios_are_found);
	tcase_add_test(tests, what_is_told_of_a_scenario_can_be_used);
	tcase_add_loop_test(tests, wrong_scenarios_are_refused_by_name, 0,
			    sizeof refusals / sizeof refusals[0]);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
