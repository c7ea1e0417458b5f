/* The lab's log: which event belongs to which cell. */
#include "harness/witness.h"

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
	int cell; /* -1: nobody's */
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
	struct witness *witness = witness_new();
	json_t *list = json_array();
	witness_take(witness, connection(row->sni));
	ck_assert_int_eq(witness_has_news(witness), row->cell >= 0);
	ck_assert(!witness_has_news(witness));
	size_t num =
		witness_collect_connections(witness, list, row->cell >= 0 ? (size_t)row->cell : 0);
	ck_assert_msg(num == (row->cell >= 0 ? 1U : 0U), "%s", row->sni);
	json_decref(list);
	witness_free(witness);
}
END_TEST

START_TEST(the_label_that_is_given_is_the_label_that_is_read)
{
	char label[32], sni[64];
	struct witness *witness = witness_new();
	json_t *list = json_array();
	for (int retries = 0; retries < 3; retries++) {
		snprintf(sni, sizeof sni, "%sstale.lab.localhost",
			 witness_label(label, 41, retries));
		witness_take(witness, connection(sni));
	}
	ck_assert_uint_eq(witness_collect_connections(witness, list, 41), 3);
	ck_assert_uint_eq(witness_collect_connections(witness, list, 41), 0);
	json_decref(list);
	witness_free(witness);
}
END_TEST

START_TEST(requests_belong_to_a_port_and_a_scenario)
{
	struct witness *witness = witness_new();
	json_t *list = json_array();
	witness_take(witness, request("stale", 1000));
	witness_take(witness, request("stale", 1001));
	witness_take(witness, request("other", 1000));
	witness_take(witness, request("stale", 1000));
	ck_assert_uint_eq(witness_collect_requests(witness, list, "stale", 1000), 2);
	ck_assert_uint_eq(witness_collect_requests(witness, list, "stale", 1000), 0);
	ck_assert_uint_eq(witness_collect_requests(witness, list, "other", 1000), 1);
	json_decref(list);
	witness_free(witness);
}
END_TEST

START_TEST(what_nobody_asks_for_is_forgotten)
{
	struct witness *witness = witness_new();
	json_t *list = json_array();
	for (int i = 0; i < 20000; i++)
		witness_take(witness, connection("c1.a.lab.localhost"));
	/* The newest thousands are there; a reader keeps the first 50 of them. */
	size_t num = witness_collect_connections(witness, list, 0);
	ck_assert_uint_ge(num, 6000);
	ck_assert_uint_le(num, 8192);
	ck_assert_uint_eq(json_array_size(list), 50);
	json_decref(list);
	witness_free(witness);
}
END_TEST

static Suite *witness_suite(void)
{
	Suite *suite = suite_create("witness");
	TCase *tcase = tcase_create("witness");
	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(tcase, a_label_names_the_cell, 0, (int)(sizeof rows / sizeof *rows));
	tcase_add_test(tcase, the_label_that_is_given_is_the_label_that_is_read);
	tcase_add_test(tcase, requests_belong_to_a_port_and_a_scenario);
	tcase_add_test(tcase, what_nobody_asks_for_is_forgotten);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(witness_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
