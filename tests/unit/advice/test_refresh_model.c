/* How long an outage is survived, by server. */
#include "harness/advice/refresh_model.h"

#include "harness/model/server_facts.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIN INT64_C(60)
#define H   (60 * MIN)
#define D   (24 * H)

static const struct {
	int64_t life_s, left_s;
} lefts[] = {
	{4 * H, 2 * H}, {12 * H, 6 * H}, {16 * H, 8 * H}, {1 * D, 8 * H},
	{4 * D, 8 * H}, {7 * D, 3 * D},  {10 * D, 6 * D},
};

START_TEST(a_fetched_answer_has_a_least_life)
{
	ck_assert_int_eq(margin_least_left(lefts[_i].life_s), lefts[_i].left_s);
}
END_TEST

static const struct {
	const char *name;
	enum refresh server;
	int64_t life_s;
	int64_t least_s, usual_s, most_s, restart_least_s;
} rows[] = {
	/* An hour old at most when the outage begins. */
	{"nginx", REFRESH_NGINX, 7 * D, 3 * D - H, 5 * D - H / 2, 7 * D, 0},
	{"nginx, answers of a few hours", REFRESH_NGINX, 4 * H, H, 2 * H + 30 * MIN, 4 * H, 0},
	{"nginx, answers of an hour", REFRESH_NGINX, H, 0, 15 * MIN, H, 0},
	/* The next refresh loses it, however long it would have been valid. */
	{"Apache", REFRESH_APACHE, 7 * D, 0, H / 2, H, 0},
	{"mod_md", REFRESH_APACHE_MD, 10 * D, 10 * D * 33 / 100, (10 * D * 33 / 100 + 8 * D) / 2,
	 10 * D, 10 * D * 33 / 100},
	{"HAProxy", REFRESH_HAPROXY, 7 * D, 3 * D - H - 300, 5 * D - H / 2 - 300, 7 * D - 300,
	 3 * D - H - 300},
	/* Half of ten days, looked at every hour, is less than the six that were fetched at least.
	 */
	{"Caddy", REFRESH_CADDY, 10 * D, 5 * D - H, (5 * D - H + 8 * D) / 2, 10 * D, 5 * D - H},
	{"Caddy, when the answer was older", REFRESH_CADDY, 7 * D, 3 * D, 4 * D, 7 * D, 3 * D},
	{"h2o", REFRESH_H2O, 7 * D, 12 * H, 14 * H, 16 * H, 0},
	{"hitch", REFRESH_HITCH, 7 * D, 10 * MIN, (10 * MIN + 5 * D) / 2, 7 * D, 10 * MIN},
	{"nginx with a file", REFRESH_NGINX_FILE, 7 * D, 2 * D, 4 * D + 12 * H, 7 * D, 2 * D},
	{"HAProxy with a file", REFRESH_HAPROXY_FILE, 7 * D, 2 * D - 300, 4 * D + 12 * H - 300,
	 7 * D - 300, 2 * D - 300},
	{"a file", REFRESH_LIGHTTPD, 7 * D, 2 * D, 4 * D + 12 * H, 7 * D, 2 * D},
	{"a file, answers of a day", REFRESH_LIGHTTPD, D, 0, 4 * H, D, 0},
};

START_TEST(each_server_has_its_margin)
{
	struct margin margin;
	margin_make(&margin, rows[_i].server, rows[_i].life_s);
	ck_assert_msg(margin.least_s == rows[_i].least_s, "%s: least %lld", rows[_i].name,
		      (long long)margin.least_s);
	ck_assert_msg(margin.usual_s == rows[_i].usual_s, "%s: usual %lld", rows[_i].name,
		      (long long)margin.usual_s);
	ck_assert_msg(margin.most_s == rows[_i].most_s, "%s: most %lld", rows[_i].name,
		      (long long)margin.most_s);
	ck_assert_msg(margin.restart_least_s == rows[_i].restart_least_s, "%s: restart %lld",
		      rows[_i].name, (long long)margin.restart_least_s);
}
END_TEST

START_TEST(no_margin_is_out_of_order)
{
	static const int64_t lives[] = {1, MIN, H, 8 * H, D, 4 * D, 7 * D, 10 * D, 400 * D};
	for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
		for (int server = 0; server < NUM_REFRESHES; server++) {
			struct margin margin;
			margin_make(&margin, (enum refresh)server, lives[i]);
			ck_assert_int_ge(margin.least_s, 0);
			ck_assert_msg(margin.least_s <= margin.usual_s,
				      "%s, life %lld: %lld, usually %lld",
				      refresh_table[server].name, (long long)lives[i],
				      (long long)margin.least_s, (long long)margin.usual_s);
			ck_assert_int_le(margin.usual_s, margin.most_s);
			ck_assert_int_le(margin.most_s, lives[i]);
			ck_assert_int_le(margin.restart_least_s, margin.least_s);
		}
	}
}
END_TEST

static const struct {
	int kind;
	const char *software;
	int server; /* -1: none */
} of_servers[] = {
	{SERVER_KIND_NGINX, "nginx/1.22.1", REFRESH_NGINX},
	{SERVER_KIND_HAPROXY, "haproxy/2.6.12", REFRESH_HAPROXY_FILE},
	{SERVER_KIND_HAPROXY, "haproxy/3.0", REFRESH_HAPROXY},
	{SERVER_KIND_HAPROXY, NULL, REFRESH_HAPROXY},
	{SERVER_KIND_HAPROXY, "nginx/1.22.1", REFRESH_HAPROXY},
	{SERVER_KIND_LIGHTTPD, "lighttpd/1.4.69", REFRESH_LIGHTTPD},
	{SERVER_KIND_HITCH, NULL, REFRESH_HITCH},
	{SERVER_KIND_POSTFIX, NULL, -1},
	{-1, "nginx/1.22.1", -1},
};

START_TEST(a_version_that_does_not_fetch_has_a_file)
{
	ck_assert_int_eq(refresh_of_server(of_servers[_i].kind, of_servers[_i].software),
			 of_servers[_i].server);
}
END_TEST

/* What its own facts say of a server and what becomes of its staple are the same. */
START_TEST(the_table_of_servers_says_the_same)
{
	int kind = server_kind_parse(refresh_names.names[_i], NULL);
	const struct refresh_facts *row = &refresh_table[_i];
	struct server_facts facts = server_facts_of(kind, NULL);
	if (kind < 0) /* "apache-md": a module of its own */
		return;
	if (server_does(&facts, SERVER_TRAIT_WITHHOLDS_EXPIRED))
		ck_assert_int_eq(row->after, STAPLE_STATE_NONE);
	if (server_does(&facts, SERVER_TRAIT_REJECTS_STALE_FILE) &&
	    refresh_is_by_job((enum refresh)_i))
		ck_assert_int_eq(row->after, STAPLE_STATE_NONE);
	if (server_does(&facts, SERVER_TRAIT_WAITS_IN_HANDSHAKE))
		ck_assert_int_eq(row->start, REFRESH_START_STAPLED);
	if (server_does(&facts, SERVER_TRAIT_COLD_WORKERS))
		ck_assert_int_eq(row->start, REFRESH_START_LATE);
}
END_TEST

/* A kind of server is called as the doctor calls it, with the way that it staples behind a dash. */
START_TEST(servers_are_those_of_the_doctor)
{
	char name[32];
	snprintf(name, sizeof name, "%.*s", (int)strcspn(refresh_names.names[_i], "-"),
		 refresh_names.names[_i]);
	ck_assert_msg(name_find(&server_kind_names, name) >= 0, "%s", refresh_names.names[_i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("margin");
	TCase *tests = tcase_create("margin");
	tcase_add_loop_test(tests, a_fetched_answer_has_a_least_life, 0,
			    sizeof lefts / sizeof *lefts);
	tcase_add_loop_test(tests, each_server_has_its_margin, 0, sizeof rows / sizeof *rows);
	tcase_add_test(tests, no_margin_is_out_of_order);
	tcase_add_loop_test(tests, a_version_that_does_not_fetch_has_a_file, 0,
			    sizeof of_servers / sizeof *of_servers);
	tcase_add_loop_test(tests, the_table_of_servers_says_the_same, 0, (int)refresh_names.num);
	tcase_add_loop_test(tests, servers_are_those_of_the_doctor, 0, (int)refresh_names.num);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
