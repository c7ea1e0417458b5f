/* Tests what is known of server programs, with a version and without one. */
#include "harness/model/server_facts.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE (-1)

static const struct {
	int kind;
	const char *software;
	enum server_stapling stapling;
} stapling[] = {
	{SERVER_KIND_NGINX, "nginx/1.22.1", SERVER_STAPLING_CONFIGURED},
	{SERVER_KIND_NGINX, NULL, SERVER_STAPLING_CONFIGURED},
	{SERVER_KIND_CADDY, "Caddy", SERVER_STAPLING_BY_DEFAULT},
	{SERVER_KIND_H2O, "h2o/2.2.5", SERVER_STAPLING_BY_DEFAULT},
	{SERVER_KIND_POSTFIX, NULL, SERVER_STAPLING_NEVER},
	{SERVER_KIND_DOVECOT, NULL, SERVER_STAPLING_NEVER},
	{SERVER_KIND_NGHTTPX, "nghttpx", SERVER_STAPLING_BY_DEFAULT},
	{SERVER_KIND_TRAFFIC_SERVER, "ATS/9.2.5", SERVER_STAPLING_CONFIGURED},
	{SERVER_KIND_STUNNEL, "stunnel/5.68", SERVER_STAPLING_NEVER},
	{SERVER_KIND_STUNNEL, "stunnel/5.70", SERVER_STAPLING_NEVER},
	{SERVER_KIND_STUNNEL, "stunnel/5.71", SERVER_STAPLING_BY_DEFAULT},
	{SERVER_KIND_STUNNEL, "stunnel", SERVER_STAPLING_UNKNOWN},
	/* What is behind stunnel says nothing of stunnel. */
	{SERVER_KIND_STUNNEL, "nginx/1.22.1", SERVER_STAPLING_UNKNOWN},
	{SERVER_KIND_LIGHTTPD, "lighttpd/1.4.55", SERVER_STAPLING_NEVER},
	{SERVER_KIND_LIGHTTPD, "lighttpd/1.4.69", SERVER_STAPLING_CONFIGURED},
	{NONE, "nginx/1.22.1", SERVER_STAPLING_UNKNOWN},
	{NUM_SERVER_KINDS, NULL, SERVER_STAPLING_UNKNOWN},
};

START_TEST(when_a_server_staples_depends_on_kind_and_version)
{
	struct server_facts facts = server_facts_of(stapling[_i].kind, stapling[_i].software);
	ck_assert_int_eq(facts.stapling, stapling[_i].stapling);
}
END_TEST

static const struct {
	int kind;
	const char *software;
	enum server_trait trait;
	enum trait_value value;
} traits[] = {
	{SERVER_KIND_HAPROXY, "HAProxy/2.6.12", SERVER_TRAIT_FETCHES, TRAIT_NO},
	{SERVER_KIND_HAPROXY, "HAProxy/2.8", SERVER_TRAIT_FETCHES, TRAIT_YES},
	{SERVER_KIND_HAPROXY, NULL, SERVER_TRAIT_FETCHES, TRAIT_UNKNOWN},
	{SERVER_KIND_HAPROXY, NULL, SERVER_TRAIT_READS_FILE, TRAIT_YES},
	{SERVER_KIND_HAPROXY, NULL, SERVER_TRAIT_TAKES_NO_NEXT_UPDATE, TRAIT_NO},
	{SERVER_KIND_NGINX, NULL, SERVER_TRAIT_WITHHOLDS_REVOKED, TRAIT_YES},
	{SERVER_KIND_NGINX, NULL, SERVER_TRAIT_COLD_WORKERS, TRAIT_YES},
	{SERVER_KIND_APACHE, NULL, SERVER_TRAIT_WITHHOLDS_REVOKED, TRAIT_NO},
	{SERVER_KIND_APACHE, NULL, SERVER_TRAIT_ENDS_HANDSHAKE_FOR_HTTPS, TRAIT_YES},
	{SERVER_KIND_CADDY, NULL, SERVER_TRAIT_FOLLOWS_REDIRECT, TRAIT_NO},
	{NONE, NULL, SERVER_TRAIT_FETCHES, TRAIT_UNKNOWN},
};

START_TEST(a_trait_holds_does_not_hold_or_is_unknown)
{
	struct server_facts facts = server_facts_of(traits[_i].kind, traits[_i].software);
	ck_assert_int_eq(facts.traits[traits[_i].trait], traits[_i].value);
	ck_assert_int_eq(server_does(&facts, traits[_i].trait), traits[_i].value == TRAIT_YES);
	ck_assert_int_eq(server_does_not(&facts, traits[_i].trait), traits[_i].value == TRAIT_NO);
}
END_TEST

/* No kind without a row, no version between two rows. */
START_TEST(every_kind_is_described_in_every_version)
{
	static const char *const numbers[] = {"0.1",   "1.4.55", "1.4.56", "2.7.9", "2.8",
					      "2.9.1", "3.0",    "5.70",   "5.71",  "99"};
	char software[64];
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		snprintf(software, sizeof software, "%s/%s", server_kind_name((enum server_kind)_i),
			 numbers[i]);
		struct server_facts facts = server_facts_of(_i, software);
		ck_assert_msg(facts.stapling != SERVER_STAPLING_UNKNOWN, "%s", software);
		ck_assert_msg(facts.source != NULL && *facts.source != '\0', "%s", software);
		bool staples = facts.stapling != SERVER_STAPLING_NEVER;
		ck_assert_msg(staples || (server_does_not(&facts, SERVER_TRAIT_FETCHES) &&
					  server_does_not(&facts, SERVER_TRAIT_READS_FILE)),
			      "%s", software);
	}
}
END_TEST

START_TEST(every_trait_has_a_sentence)
{
	ck_assert_uint_gt(strlen(server_trait_text((enum server_trait)_i)), 15);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("server_facts");
	TCase *tests = tcase_create("server_facts");
	tcase_add_loop_test(tests, when_a_server_staples_depends_on_kind_and_version, 0,
			    sizeof stapling / sizeof *stapling);
	tcase_add_loop_test(tests, a_trait_holds_does_not_hold_or_is_unknown, 0,
			    sizeof traits / sizeof *traits);
	tcase_add_loop_test(tests, every_kind_is_described_in_every_version, 0, NUM_SERVER_KINDS);
	tcase_add_loop_test(tests, every_trait_has_a_sentence, 0, NUM_SERVER_TRAITS);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
