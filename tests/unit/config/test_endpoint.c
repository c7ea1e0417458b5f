/* Endpoints: how a target is written, and what it resolves to. */
#include "harness/config/endpoint.h"

#include "core/clock.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct row {
	const char *text;
	const char *host; /* NULL: refused */
	int port;
	const char *fault;
};

static const struct row rows[] = {
	{"example.org", "example.org", 443, NULL},
	{"Example.ORG:8443", "example.org", 8443, NULL},
	{"192.0.2.1:1", "192.0.2.1", 1, NULL},
	{"[2001:DB8::1]:65535", "2001:db8::1", 65535, NULL},
	{"[::1]", "::1", 443, NULL},
	{"2001:db8::1", "2001:db8::1", 443, NULL},
	{"", NULL, 0, "neither a host name"},
	{":443", NULL, 0, "neither a host name"},
	{"example.org:", NULL, 0, "a port is"},
	{"example.org:0", NULL, 0, "a port is"},
	{"example.org:65536", NULL, 0, "a port is"},
	{"example.org:99999999999", NULL, 0, "a port is"},
	{"example.org:+1", NULL, 0, "a port is"},
	{"https://example.org/", NULL, 0, "not a URL"},
	{"example.org/path", NULL, 0, "neither a host name"},
	{"-example.org", NULL, 0, "neither a host name"},
	{"a b", NULL, 0, "neither a host name"},
	{"[::1", NULL, 0, "']' is missing"},
	{"[::1]443", NULL, 0, "host:port"},
	{"[example.org]:443", NULL, 0, "IPv6"},
	{"\x1b[2J", NULL, 0, "neither a host name"},
};

START_TEST(targets_are_read)
{
	const struct row *row = &rows[_i];
	struct endpoint endpoint;
	struct error err = ERROR_INIT;
	bool done = endpoint_parse(&endpoint, row->text, &err);
	ck_assert_msg(done == (row->host != NULL), "%s: %s", row->text, err.text);
	if (done) {
		ck_assert_str_eq(endpoint.host, row->host);
		ck_assert_int_eq(endpoint.port, row->port);
	} else {
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		ck_assert_msg(strstr(err.text, row->fault) != NULL, "%s: %s", row->text, err.text);
	}
	endpoint_clear(&endpoint);
}
END_TEST

static const struct row proxies[] = {
	{"http://proxy.example:3128", "proxy.example", 3128, NULL},
	{"HTTP://Proxy.example:3128/", "proxy.example", 3128, NULL},
	{"proxy.example:3128", "proxy.example", 3128, NULL},
	{"http://[::1]:8080/", "::1", 8080, NULL},
	{"http://proxy.example", NULL, 0, "names no port"},
	{"https://proxy.example:443", NULL, 0, "not an HTTP proxy"},
	{"socks5://proxy.example:1080", NULL, 0, "not an HTTP proxy"},
	{"http://me:secret@proxy.example:3128", NULL, 0, "not supported"},
	{"http://proxy.example:3128/path", NULL, 0, "a port is"},
	{"", NULL, 0, "neither a host name"},
};

START_TEST(proxies_are_read)
{
	const struct row *row = &proxies[_i];
	struct endpoint proxy;
	struct error err = ERROR_INIT;
	bool done = endpoint_parse_proxy(&proxy, row->text, &err);
	ck_assert_msg(done == (row->host != NULL), "%s: %s", row->text, err.text);
	if (done) {
		ck_assert_str_eq(proxy.host, row->host);
		ck_assert_int_eq(proxy.port, row->port);
	} else {
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		ck_assert_msg(strstr(err.text, row->fault) != NULL, "%s: %s", row->text, err.text);
		ck_assert_ptr_nonnull(strstr(err.text, "--proxy"));
		ck_assert_ptr_null(strstr(err.text, "secret"));
	}
	endpoint_clear(&proxy);
}
END_TEST

START_TEST(a_host_of_253_letters_is_the_longest)
{
	struct endpoint endpoint;
	struct error err = ERROR_INIT;
	char host[260];
	memset(host, 'a', sizeof host);
	host[253] = '\0';
	ck_assert(endpoint_parse(&endpoint, host, &err));
	endpoint_clear(&endpoint);
	host[253] = 'a';
	host[254] = '\0';
	ck_assert(!endpoint_parse(&endpoint, host, &err));
}
END_TEST

START_TEST(a_numeric_address_resolves_to_itself)
{
	char **addresses;
	size_t num;
	struct error err = ERROR_INIT;
	ck_assert(endpoint_resolve(&addresses, &num, "127.0.0.1", FAMILY_ANY, true, 1000, &err));
	ck_assert_uint_eq(num, 1);
	ck_assert_str_eq(addresses[0], "127.0.0.1");
	endpoint_free_addresses(addresses, num);
	ck_assert(!endpoint_resolve(&addresses, &num, "127.0.0.1", FAMILY_IPV6, true, 1000, &err));
	ck_assert_int_eq(err.kind, ERROR_UNABLE);
	ck_assert_ptr_nonnull(strstr(err.text, "127.0.0.1 does not resolve"));
}
END_TEST

/* Without any time every resolver is one that does not answer. */
START_TEST(a_resolver_that_does_not_answer_is_waited_for_as_long_as_allowed)
{
	char **addresses;
	size_t num;
	struct error err = ERROR_INIT;
	int64_t start_us = clock_monotonic_us();
	ck_assert(!endpoint_resolve(&addresses, &num, "localhost.invalid", FAMILY_ANY, true, 0,
				    &err));
	ck_assert_int_lt(clock_monotonic_us() - start_us, 1000000);
	/* That there is no such name may be known at once. */
	ck_assert_ptr_nonnull(strstr(err.text, "localhost.invalid does not resolve"));
	ck_assert_ptr_null(addresses);
}
END_TEST

static Suite *endpoint_suite(void)
{
	Suite *suite = suite_create("endpoint");
	TCase *tcase = tcase_create("endpoint");
	tcase_add_loop_test(tcase, targets_are_read, 0, (int)(sizeof rows / sizeof *rows));
	tcase_add_loop_test(tcase, proxies_are_read, 0, (int)(sizeof proxies / sizeof *proxies));
	tcase_add_test(tcase, a_host_of_253_letters_is_the_longest);
	tcase_add_test(tcase, a_numeric_address_resolves_to_itself);
	tcase_add_test(tcase, a_resolver_that_does_not_answer_is_waited_for_as_long_as_allowed);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(endpoint_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
