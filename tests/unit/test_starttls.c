/* The plain-text prologues, against a server whose whole answer is written beforehand. */
#include "clients/starttls.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct row {
	const char *name;
	const char *protocol;
	const char *server;  /* all that the server says */
	const char *client;  /* all that the client has to have said */
	const char *failure; /* in the error; NULL when TLS may begin */
	const char *left;    /* bytes that must not have been read */
};

#define EHLO "EHLO revoscope.invalid\r\n"

static const struct row rows[] = {
	{"smtp", "smtp", "220 mx\r\n250-mx\r\n250-SIZE\r\n250 STARTTLS\r\n220 go\r\nTLS",
	 EHLO "STARTTLS\r\n", NULL, "TLS"},
	{"smtp with a long greeting", "smtp", "220-a\r\n220 b\r\n250 ok\r\n220 go\r\n",
	 EHLO "STARTTLS\r\n", NULL, ""},
	{"smtp without carriage returns", "smtp", "220 mx\n250 ok\n220 go\n", EHLO "STARTTLS\r\n",
	 NULL, ""},
	{"smtp refuses STARTTLS", "smtp", "220 mx\r\n250 ok\r\n454 not now\r\n",
	 EHLO "STARTTLS\r\n", "answered '454 not now'", ""},
	{"smtp refuses at once", "smtp", "554 go away\r\n", "", "answered '554 go away'", ""},
	{"imap", "imap", "* OK ready\r\n* CAPABILITY x\r\na1 OK go\r\nTLS", "a1 STARTTLS\r\n", NULL,
	 "TLS"},
	{"imap refuses", "imap", "* OK ready\r\na1 BAD what\r\n", "a1 STARTTLS\r\n",
	 "answered 'a1 BAD what'", ""},
	{"pop3", "pop3", "+OK hi\r\n+OK go\r\nTLS", "STLS\r\n", NULL, "TLS"},
	{"pop3 refuses", "pop3", "+OK hi\r\n-ERR no\r\n", "STLS\r\n", "answered '-ERR no'", ""},
	{"the end in the middle", "smtp", "220 mx\r\n250-", EHLO, "closed the connection", ""},
	{"an escape sequence is shown harmlessly", "pop3", "-ERR \033[31m\r\n", "", "\\x1b[31m",
	 ""},
};

START_TEST(talks_as_the_row_says)
{
	const struct row *row = &rows[_i];
	struct error err = ERROR_INIT;
	char said[256] = "", left[256] = "";
	int ends[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	struct net net = {.fd = ends[0], .deadline = deadline_in_ms(5000)};
	ck_assert_int_eq(write(ends[1], row->server, strlen(row->server)),
			 (ssize_t)strlen(row->server));
	shutdown(ends[1], SHUT_WR);
	bool begun = starttls_begin(&net, row->protocol, &err);
	ck_assert_msg(begun == (row->failure == NULL), "%s: %s", row->name, err.text);
	if (row->failure != NULL)
		ck_assert_msg(strstr(err.text, row->failure) != NULL, "%s: %s", row->name,
			      err.text);
	ck_assert_int_ge(read(ends[0], left, sizeof left - 1), 0);
	net_close(&net);
	ck_assert_int_ge(read(ends[1], said, sizeof said - 1), 0);
	ck_assert_str_eq(said, row->client);
	ck_assert_str_eq(left, row->left);
	close(ends[1]);
}
END_TEST

static bool fails_on(const char *piece, int times)
{
	char all[8192] = "";
	for (int i = 0; i < times; i++)
		snprintf(all + (size_t)i * strlen(piece), strlen(piece) + 1, "%s", piece);
	struct error err = ERROR_INIT;
	int ends[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	struct net net = {.fd = ends[0], .deadline = deadline_in_ms(5000)};
	ck_assert_int_eq(write(ends[1], all, strlen(all)), (ssize_t)strlen(all));
	bool begun = starttls_begin(&net, "smtp", &err);
	net_close(&net);
	close(ends[1]);
	return !begun;
}

START_TEST(a_server_that_never_comes_to_the_point_is_left)
{
	ck_assert(fails_on("220-more\r\n", 300));
	ck_assert(fails_on("0123456789", 300));
}
END_TEST

START_TEST(a_silent_server_is_left_at_the_deadline)
{
	struct error err = ERROR_INIT;
	int ends[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	struct net net = {.fd = ends[0], .deadline = deadline_in_ms(50)};
	ck_assert(!starttls_begin(&net, "imap", &err));
	ck_assert(net.timed_out);
	net_close(&net);
	close(ends[1]);
}
END_TEST

START_TEST(knows_its_protocols)
{
	ck_assert(starttls_is_known("smtp"));
	ck_assert(!starttls_is_known("SMTP"));
	ck_assert(!starttls_is_known("xmpp"));
	ck_assert_str_eq(starttls_known(), "imap, pop3, smtp");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("starttls");
	TCase *cases = tcase_create("starttls");
	tcase_add_loop_test(cases, talks_as_the_row_says, 0, sizeof rows / sizeof rows[0]);
	tcase_add_test(cases, a_server_that_never_comes_to_the_point_is_left);
	tcase_add_test(cases, a_silent_server_is_left_at_the_deadline);
	tcase_add_test(cases, knows_its_protocols);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
