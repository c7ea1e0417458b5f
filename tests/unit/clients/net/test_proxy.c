/* The way through an HTTP proxy, against proxies whose whole answer is written beforehand. */
#include "clients/net/proxy.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct row {
	const char *name;
	const char *proxy;   /* all that it says */
	const char *failure; /* in the error; NULL when the way is open */
	const char *left;    /* bytes of the server, which must not have been read */
};

#define LINE_OF_100                                                                                \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567" \
	"890123456789"
#define LINE_OF_500 LINE_OF_100 LINE_OF_100 LINE_OF_100 LINE_OF_100 LINE_OF_100

static const struct row rows[] = {
	{"the way is open", "HTTP/1.1 200 Connection established\r\n\r\n", NULL, ""},
	{"any number from 200 to 299 opens it", "HTTP/1.1 204\r\n\r\n", NULL, ""},
	{"an old proxy", "HTTP/1.0 200 OK\nVia: x\n\n", NULL, ""},
	{"what the server says first is left to it", "HTTP/1.1 200 OK\r\nVia: x\r\n\r\n220 mx\r\n",
	 NULL, "220 mx\r\n"},
	{"a length that means nothing here", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12345",
	 NULL, "12345"},
	{"something interim first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", NULL,
	 ""},
	{"it refuses", "HTTP/1.1 403 \033[31mNo\r\n\r\n", "answered 'HTTP/1.1 403 \\x1b[31mNo'",
	 NULL},
	{"it does not reach the endpoint", "HTTP/1.1 502 Bad Gateway\r\n\r\n", "502 Bad Gateway",
	 NULL},
	{"it wants credentials", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
	 "wants credentials, and none can be given: 'HTTP/1.1 407", NULL},
	{"a redirect is followed nowhere", "HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n",
	 "302", NULL},
	{"it speaks HTTP/2", "HTTP/2 200\r\n\r\n", "answered 'HTTP/2 200'", NULL},
	{"a status of two digits", "HTTP/1.1 20\r\n\r\n", "answered", NULL},
	{"a status of four digits", "HTTP/1.1 2000\r\n\r\n", "answered", NULL},
	{"no HTTP", "SSH-2.0-x\r\n", "answered 'SSH-2.0-x'", NULL},
	{"it closes at once", "", "the proxy closed the connection", NULL},
	{"it closes in the headers", "HTTP/1.1 200 OK\r\nVia: x\r\n", "closed", NULL},
	{"a NUL in a header would hide its end", "HTTP/1.1 200 OK\r\nVia: \r\r\n\r\n", "NUL or CR",
	 NULL},
	{"a header is too long",
	 "HTTP/1.1 200 OK\r\n" LINE_OF_500 LINE_OF_500 LINE_OF_100 "\r\n\r\n", "too long", NULL},
};

static bool open_by(struct net *net, int *proxy, const char *says, const char *host,
		    struct error *err)
{
	int ends[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	ck_assert_int_eq(write(ends[1], says, strlen(says)), (ssize_t)strlen(says));
	shutdown(ends[1], SHUT_WR);
	*proxy = ends[1];
	*net = (struct net){.fd = ends[0], .deadline = deadline_in_ms(5000)};
	return proxy_open(net, host, 8443, err);
}

START_TEST(goes_by_what_the_proxy_says)
{
	const struct row *row = &rows[_i];
	struct error err = ERROR_INIT;
	struct net net;
	int proxy;
	char left[64] = "";
	bool open = open_by(&net, &proxy, row->proxy, "www.example.org", &err);
	ck_assert_msg(open == (row->failure == NULL), "%s: %s", row->name, err.text);
	if (open) {
		ck_assert_int_ge(read(net.fd, left, sizeof left - 1), 0);
		ck_assert_str_eq(left, row->left);
	} else {
		ck_assert_msg(strstr(err.text, row->failure) != NULL, "%s: %s", row->name,
			      err.text);
	}
	net_close(&net);
	close(proxy);
}
END_TEST

struct target_row {
	const char *host;
	const char *asked; /* NULL: no target */
};

static const struct target_row targets[] = {
	{"www.example.org",
	 "CONNECT www.example.org:8443 HTTP/1.1\r\nHost: www.example.org:8443\r\n"},
	{"192.0.2.1", "CONNECT 192.0.2.1:8443 HTTP/1.1\r\nHost: 192.0.2.1:8443\r\n"},
	{"2001:db8::1", "CONNECT [2001:db8::1]:8443 HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n"},
	{"", NULL},
	{"a b", NULL},
	{"a\r\nX: y", NULL},
	{"user@host", NULL},
	{"host:1", NULL},
	{"[::1]", NULL},
	{"fe80::1%lo", NULL},
	{"m\xc3\xbcnchen.example", NULL},
};

START_TEST(asks_for_hosts_and_addresses_alone)
{
	const struct target_row *row = &targets[_i];
	struct error err = ERROR_INIT;
	struct net net;
	int proxy;
	char asked[512] = "";
	ck_assert_int_eq(proxy_is_target(row->host), row->asked != NULL);
	if (row->asked == NULL)
		return;
	ck_assert(open_by(&net, &proxy, "HTTP/1.1 200 OK\r\n\r\n", row->host, &err));
	net_close(&net);
	ssize_t len = read(proxy, asked, sizeof asked - 1);
	ck_assert_int_gt(len, 4);
	ck_assert_msg(strncmp(asked, row->asked, strlen(row->asked)) == 0, "%s", asked);
	ck_assert_str_eq(asked + len - 4, "\r\n\r\n");
	close(proxy);
}
END_TEST

/* Headers, interim answers, one line: whatever does not end. */
static const char *const endless[] = {"Via: x\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "x"};

START_TEST(a_proxy_that_never_comes_to_the_point_is_left)
{
	static char all[80000];
	size_t len = (size_t)snprintf(all, sizeof all, "HTTP/1.1 100 Continue\r\n");
	for (size_t one = strlen(endless[_i]); len + one < sizeof all - 1; len += one)
		memcpy(all + len, endless[_i], one + 1);
	struct error err = ERROR_INIT;
	struct net net;
	int proxy;
	ck_assert(!open_by(&net, &proxy, all, "www.example.org", &err));
	ck_assert(!net.timed_out);
	ck_assert_ptr_null(strstr(err.text, "closed"));
	net_close(&net);
	close(proxy);
}
END_TEST

START_TEST(a_silent_proxy_is_left_at_the_deadline)
{
	struct error err = ERROR_INIT;
	int ends[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	struct net net = {.fd = ends[0], .deadline = deadline_in_ms(50)};
	ck_assert(!proxy_open(&net, "www.example.org", 443, &err));
	ck_assert(net.timed_out);
	ck_assert_ptr_nonnull(strstr(err.text, "no answer of the proxy"));
	net_close(&net);
	close(ends[1]);
}
END_TEST

#define NUM(rows) ((int)(sizeof(rows) / sizeof(rows)[0]))

int main(void)
{
	Suite *suite = suite_create("proxy");
	TCase *cases = tcase_create("proxy");
	tcase_set_timeout(cases, 30);
	tcase_add_loop_test(cases, goes_by_what_the_proxy_says, 0, NUM(rows));
	tcase_add_loop_test(cases, asks_for_hosts_and_addresses_alone, 0, NUM(targets));
	tcase_add_loop_test(cases, a_proxy_that_never_comes_to_the_point_is_left, 0, NUM(endless));
	tcase_add_test(cases, a_silent_proxy_is_left_at_the_deadline);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
