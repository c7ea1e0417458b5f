/* Tests which server is taken for which, from a name, an HTTP field and a greeting. */
#include "harness/model/server_kind.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define NONE (-1)

static const struct {
	const char *http, *greeting;
	int kind;
} seen[] = {
	{"nginx/1.22.1", NULL, SERVER_KIND_NGINX},
	{"nginx", NULL, SERVER_KIND_NGINX},
	{"openresty/1.21.4.1", NULL, SERVER_KIND_NGINX},
	{"Angie/1.7.0", NULL, SERVER_KIND_NGINX},
	{"Apache/2.4.62 (Debian)", NULL, SERVER_KIND_APACHE},
	{"Apache", NULL, SERVER_KIND_APACHE},
	{"APACHE/2.4.6 (CentOS) OpenSSL/1.0.2k-fips", NULL, SERVER_KIND_APACHE},
	{"Caddy", NULL, SERVER_KIND_CADDY},
	{"lighttpd/1.4.69", NULL, SERVER_KIND_LIGHTTPD},
	{"h2o/2.2.5", NULL, SERVER_KIND_H2O},
	{"  h2o", NULL, SERVER_KIND_H2O},
	{"nghttpx", NULL, SERVER_KIND_NGHTTPX},
	{"ATS/9.2.5", NULL, SERVER_KIND_TRAFFIC_SERVER},
	{"Jetty(10.0.15)", NULL, SERVER_KIND_JSSE},
	/* The first product counts, and all of it. */
	{"Apache-Coyote/1.1", NULL, NONE},
	{"gunicorn/20 nginx/1.2", NULL, NONE},
	{"ngin", NULL, NONE},
	{"nginx|openresty", NULL, NONE},
	{"", NULL, NONE},
	{"/", NULL, NONE},
	{NULL, NULL, NONE},
	/* Greetings. */
	{NULL, "220 mx.example.org ESMTP Exim 4.96 Sun, 29 Nov 2026 10:00:00 +0000",
	 SERVER_KIND_EXIM},
	{NULL, "220 mx.example.org ESMTP Postfix (Debian/GNU)", SERVER_KIND_POSTFIX},
	{NULL, "220 mx.example.org ESMTP Postfix\r\n", SERVER_KIND_POSTFIX},
	{NULL, "220-mx.example.org ESMTP Exim 4.96\r\n220 no spam", SERVER_KIND_EXIM},
	{NULL, "220 mx.example.org Dovecot (Debian) ready.", SERVER_KIND_DOVECOT},
	{NULL, "+OK Dovecot (Debian) ready.", SERVER_KIND_DOVECOT},
	{NULL, "* OK [CAPABILITY IMAP4rev1 ID] Dovecot (Debian) ready.", SERVER_KIND_DOVECOT},
	{NULL, "* OK Dovecot ready.", SERVER_KIND_DOVECOT},
	{NULL, "\"IMPLEMENTATION\" \"Dovecot Pigeonhole\"", SERVER_KIND_DOVECOT},
	{NULL, "* OK [CAPABILITY Dovecot] IMAP4 ready", NONE},
	{NULL, "* OK [CAPABILITY Dovecot", NONE},
	{NULL, "+OK dovecot.example.org ready", NONE},
	{NULL, "* BYE Dovecot", NONE},
	{NULL, "220 ProFTPD Server (Debian) [192.0.2.1]", SERVER_KIND_PROFTPD},
	{NULL, "220 proftpd ESMTP", NONE},
	/* The host may be called anything, and a word is a whole one. */
	{NULL, "220 postfix ESMTP", NONE},
	{NULL, "220 postfix", NONE},
	{NULL, "220 mx.example.org ESMTP Eximious", NONE},
	{NULL, "554 mx.example.org Postfix", NONE},
	{NULL, "220", NONE},
	{NULL, "220 ", NONE},
	{NULL, "", NONE},
	/* What speaks HTTP is asked first. */
	{"nginx", "220 a ESMTP Exim", SERVER_KIND_NGINX},
	{"unheard-of", "220 a ESMTP Exim", SERVER_KIND_EXIM},
};

START_TEST(servers_are_recognised_by_what_they_say)
{
	ck_assert_msg(server_recognize(seen[_i].http, seen[_i].greeting) == seen[_i].kind,
		      "'%s', '%s'", seen[_i].http != NULL ? seen[_i].http : "-",
		      seen[_i].greeting != NULL ? seen[_i].greeting : "-");
}
END_TEST

static const struct {
	const char *text;
	int kind;
	const char *version; /* NULL: none */
} named[] = {
	{"nginx", SERVER_KIND_NGINX, NULL},
	{"haproxy/2.6.12", SERVER_KIND_HAPROXY, "2.6.12"},
	{"stunnel", SERVER_KIND_STUNNEL, NULL},
	{"exim/4", SERVER_KIND_EXIM, "4"},
	{"haproxy/", NONE, NULL},
	{"haproxy/new", NONE, NULL},
	{"Haproxy", NONE, NULL},
	{"haprox", NONE, NULL},
	{"", NONE, NULL},
	{"/2.6", NONE, NULL},
};

START_TEST(servers_are_named_with_or_without_a_version)
{
	const char *version = "untouched";
	ck_assert_int_eq(server_kind_parse(named[_i].text, &version), named[_i].kind);
	if (named[_i].version == NULL)
		ck_assert_ptr_null(version);
	else
		ck_assert_str_eq(version, named[_i].version);
	ck_assert_int_eq(server_kind_parse(named[_i].text, NULL), named[_i].kind);
}
END_TEST

static const struct {
	const char *text, *nearest; /* NULL: none */
} mistyped[] = {
	{"ngnix", "nginx"},
	{"NGINX/1.22", "nginx"},
	{"apache2", "apache"},
	{"httpd/2.4", "apache"},
	{"haprox/2.6", "haproxy"},
	{"Java", "jsse"},
	{"openresty", "nginx"},
	{"nodejs", "node"},
	{"traffic-server", "trafficserver"},
	{"stunnel4", "stunnel"},
	{"exim4", "exim"},
	{"proftp", "proftpd"},
	{"haproxy/new", "haproxy"},
	{"iis", NULL},
	{"", NULL},
};

START_TEST(a_mistyped_kind_has_a_nearest_one)
{
	const char *nearest = server_kind_nearest(mistyped[_i].text);
	if (mistyped[_i].nearest == NULL)
		ck_assert_msg(nearest == NULL, "%s: %s", mistyped[_i].text, nearest);
	else
		ck_assert_pstr_eq(nearest, mistyped[_i].nearest);
}
END_TEST

static const struct {
	const char *software;
	int kind;
	const char *begins; /* NULL: no version */
} versions[] = {
	{"nginx/1.22.1", SERVER_KIND_NGINX, "1.22.1"},
	{"openresty/1.21.4.1", SERVER_KIND_NGINX, "1.21.4.1"},
	{"Apache/2.4.62 (Debian) OpenSSL/3.0.1", SERVER_KIND_APACHE, "2.4.62 "},
	{"stunnel/5.68", SERVER_KIND_STUNNEL, "5.68"},
	{"HAProxy 1.8", SERVER_KIND_HAPROXY, "1.8"},
	{"220 mx.example.org ESMTP Exim 4.96 Sun, 29 Nov", SERVER_KIND_EXIM, "4.96 "},
	{"220 10.0.0.1 ESMTP Postfix", SERVER_KIND_POSTFIX, NULL},
	{"ATS/9.2.5", SERVER_KIND_TRAFFIC_SERVER, "9.2.5"},
	{"Jetty(10.0.15)", SERVER_KIND_JSSE, NULL}, /* a version of Jetty, not of Java */
	/* Of another program. */
	{"nginx/1.22.1", SERVER_KIND_HAPROXY, NULL},
	{"Apache/2.4.62 OpenSSL/3.0.1", SERVER_KIND_NGINX, NULL},
	{"mynginx/1.22.1", SERVER_KIND_NGINX, NULL},
	{"nginx", SERVER_KIND_NGINX, NULL},
	{"nginx/", SERVER_KIND_NGINX, NULL},
	{"nginx/new", SERVER_KIND_NGINX, NULL},
	{"", SERVER_KIND_NGINX, NULL},
	{NULL, SERVER_KIND_NGINX, NULL},
	{"nginx/1.22.1", NONE, NULL},
	{"nginx/1.22.1", NUM_SERVER_KINDS, NULL},
};

START_TEST(a_version_is_that_of_the_kind)
{
	const char *version = server_version_in(versions[_i].software, versions[_i].kind);
	if (versions[_i].begins == NULL)
		ck_assert_ptr_null(version);
	else
		ck_assert_msg(version != NULL && strncmp(version, versions[_i].begins,
							 strlen(versions[_i].begins)) == 0,
			      "%s", versions[_i].software);
}
END_TEST

START_TEST(every_kind_has_a_name_that_finds_it)
{
	enum server_kind kind = (enum server_kind)_i;
	ck_assert_int_eq(server_kind_parse(server_kind_name(kind), NULL), _i);
	ck_assert_int_eq(name_find(&server_kind_names, server_kind_name(kind)), _i);
	ck_assert_int_gt((int)strlen(server_kind_title(kind)), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("server_kind");
	TCase *tests = tcase_create("server_kind");
	tcase_add_loop_test(tests, servers_are_recognised_by_what_they_say, 0,
			    sizeof seen / sizeof *seen);
	tcase_add_loop_test(tests, servers_are_named_with_or_without_a_version, 0,
			    sizeof named / sizeof *named);
	tcase_add_loop_test(tests, a_mistyped_kind_has_a_nearest_one, 0,
			    sizeof mistyped / sizeof *mistyped);
	tcase_add_loop_test(tests, a_version_is_that_of_the_kind, 0,
			    sizeof versions / sizeof *versions);
	tcase_add_loop_test(tests, every_kind_has_a_name_that_finds_it, 0, NUM_SERVER_KINDS);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
