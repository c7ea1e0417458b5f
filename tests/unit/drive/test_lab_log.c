/* The lab's log: which event belongs to which cell. */
#include "harness/drive/lab_log.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static json_t *connection(const char *sni)
{
	return json_pack("{s:s, s:s}", "event", "connection", "sni", sni);
}

static json_t *request(const char *scenario, int port)
{
	return json_pack("{s:s, s:s, s:i}", "event", "request", "scenario", scenario, "peer_port",
			 port);
}

struct row {
	const char *sni;
	int cell; /* -1: of none */
};

static const struct row rows[] = {
	{"c17.stale.lab.localhost", 16},   {"c1.a.lab.localhost", 0},
	{"c17r2.stale.lab.localhost", 16}, {"c0.a.lab.localhost", -1},
	{"stale.lab.localhost", -1},       {"c17x.lab.localhost", -1},
	{"c.lab.localhost", -1},           {"k3.compliance-check", -1},
	{"c99999999999999999999.x", -1},   {"", -1},
};

START_TEST(a_label_names_the_cell)
{
	const struct row *row = &rows[_i];
	struct lab_log *lab_log = lab_log_new();
	json_t *list = json_array();
	lab_log_take(lab_log, connection(row->sni));
	ck_assert_int_eq(lab_log_has_news(lab_log), row->cell >= 0);
	ck_assert(!lab_log_has_news(lab_log));
	size_t num = lab_log_collect_connections(lab_log, list,
						 row->cell >= 0 ? (size_t)row->cell : 0, 0);
	ck_assert_msg(num == (row->cell >= 0 ? 1U : 0U), "%s", row->sni);
	json_decref(list);
	lab_log_free(lab_log);
}
END_TEST

START_TEST(the_label_that_is_given_is_the_label_that_is_read)
{
	char label[32], sni[64];
	struct lab_log *lab_log = lab_log_new();
	json_t *list = json_array();
	for (int retries = 0; retries < 3; retries++) {
		snprintf(sni, sizeof sni, "%sstale.lab.localhost",
			 lab_log_label(label, 41, retries));
		lab_log_take(lab_log, connection(sni));
	}
	ck_assert_uint_eq(lab_log_collect_connections(lab_log, list, 41, 0), 3);
	ck_assert_uint_eq(lab_log_collect_connections(lab_log, list, 41, 0), 0);
	json_decref(list);
	lab_log_free(lab_log);
}
END_TEST

START_TEST(connections_of_tries_that_do_not_count_are_forgotten)
{
	struct lab_log *lab_log = lab_log_new();
	json_t *list = json_array();
	lab_log_take(lab_log, connection("c17.stale.lab.localhost"));
	lab_log_take(lab_log, connection("c17r1.stale.lab.localhost"));
	lab_log_take(lab_log, connection("c17r2.stale.lab.localhost"));
	lab_log_take(lab_log, connection("c18.stale.lab.localhost"));
	ck_assert_uint_eq(lab_log_collect_connections(lab_log, list, 16, 2), 1);
	ck_assert_str_eq(json_string_value(json_object_get(json_array_get(list, 0), "sni")),
			 "c17r2.stale.lab.localhost");
	ck_assert_uint_eq(lab_log_collect_connections(lab_log, list, 16, 0), 0);
	ck_assert_uint_eq(lab_log_collect_connections(lab_log, list, 17, 0), 1);
	json_decref(list);
	lab_log_free(lab_log);
}
END_TEST

START_TEST(requests_belong_to_a_port_and_a_scenario)
{
	struct lab_log *lab_log = lab_log_new();
	json_t *list = json_array();
	lab_log_take(lab_log, request("stale", 1000));
	lab_log_take(lab_log, request("stale", 1001));
	lab_log_take(lab_log, request("other", 1000));
	lab_log_take(lab_log, json_pack("{s:s, s:n, s:i}", "event", "request", "scenario",
					"peer_port", 1002));
	lab_log_take(lab_log,
		     json_pack("{s:s, s:n, s:i}", "event", "request", "scenario", "peer_port", 0));
	lab_log_take(lab_log, request("stale", 1000));
	ck_assert_uint_eq(lab_log_collect_requests(lab_log, list, "stale", 1000), 2);
	ck_assert_uint_eq(lab_log_collect_requests(lab_log, list, "stale", 1000), 0);
	ck_assert_uint_eq(lab_log_collect_requests(lab_log, list, "other", 1000), 1);
	ck_assert_uint_eq(lab_log_collect_requests(lab_log, list, "stale", 1002), 1);
	ck_assert_uint_eq(lab_log_collect_requests(lab_log, list, "stale", 0), 0);
	json_decref(list);
	lab_log_free(lab_log);
}
END_TEST

START_TEST(what_nobody_asks_for_is_forgotten)
{
	struct lab_log *lab_log = lab_log_new();
	json_t *list = json_array();
	for (int i = 0; i < 20000; i++)
		lab_log_take(lab_log, connection("c1.a.lab.localhost"));
	/* The newest thousands are there; a reader keeps the first 50 of them. */
	size_t num = lab_log_collect_connections(lab_log, list, 0, 0);
	ck_assert_uint_ge(num, 6000);
	ck_assert_uint_le(num, 8192);
	ck_assert_uint_eq(json_array_size(list), 50);
	json_decref(list);
	lab_log_free(lab_log);
}
END_TEST

static Suite *lab_log_suite(void)
{
	Suite *suite = suite_create("lab_log");
	TCase *tcase = tcase_create("lab_log");
	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(tcase, a_label_names_the_cell, 0, (int)(sizeof rows / sizeof *rows));
	tcase_add_test(tcase, the_label_that_is_given_is_the_label_that_is_read);
	tcase_add_test(tcase, connections_of_tries_that_do_not_count_are_forgotten);
	tcase_add_test(tcase, requests_belong_to_a_port_and_a_scenario);
	tcase_add_test(tcase, what_nobody_asks_for_is_forgotten);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(lab_log_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
