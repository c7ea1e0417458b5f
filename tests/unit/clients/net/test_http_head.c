/* Heads of HTTP answers: where the server's name is found, and when there is no point in reading
 * on. */
#include "clients/net/http_head.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
	const char *name;
	const char *bytes;
	const char *server; /* NULL: none */
	bool is_over;
};

static const struct row rows[] = {
	{"an answer", "HTTP/1.1 200 OK\r\nDate: x\r\nServer: nginx/1.22.1\r\n", "nginx/1.22.1",
	 true},
	{"in any case", "HTTP/1.0 404 No\r\nsERVER:Apache \t\r\n", "Apache", true},
	{"with lone newlines", "HTTP/1.1 200 OK\nServer: a\n\n", "a", true},
	{"the first of two", "HTTP/1.1 200 OK\r\nServer: a\r\nServer: b\r\n\r\n", "a", true},
	{"behind an interim answer",
	 "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nServer: a\r\n", "a", true},
	{"an interim answer alone", "HTTP/1.1 100 Continue\r\n\r\n", NULL, false},
	{"in the body", "HTTP/1.1 200 OK\r\n\r\nServer: a\r\n", NULL, true},
	{"as part of another field", "HTTP/1.1 200 OK\r\nX-Server: a\r\nServer-X: b\r\n\r\n", NULL,
	 true},
	{"half a line", "HTTP/1.1 200 OK\r\nServer: ngin", NULL, false},
	{"without a value", "HTTP/1.1 200 OK\r\nServer: \r\n", NULL, true},
	{"nothing at all", "", NULL, false},
	{"another protocol", "220 mail ESMTP\r\nServer: a\r\n", NULL, true},
	{"another version", "HTTP/2 200\r\nServer: a\r\n", NULL, true},
	{"a status line of a letter", "H\r\nServer: a\r\n", NULL, true},
	{"a status line without a status", "HTTP/1.\r\nServer: a\r\n", "a", true},
	{"what a terminal would obey", "HTTP/1.1 200 OK\r\nServer: \x1b[2J\xff\r\n",
	 "\\x1b[2J\\xff", true},
};

START_TEST(finds_what_the_row_says)
{
	const struct row *row = &rows[_i];
	struct text server;
	/* Exactly as long, so that a byte too far is seen. */
	size_t len = strlen(row->bytes);
	char *bytes = malloc(len > 0 ? len : 1);
	memcpy(bytes, row->bytes, len);
	text_init(&server, 0);
	bool found = http_head_server(&server, bytes, len);
	ck_assert_msg(found == (row->server != NULL), "%s", row->name);
	if (found)
		ck_assert_str_eq(text_string(&server), row->server);
	ck_assert_msg(http_head_is_over(bytes, len) == row->is_over, "%s", row->name);
	text_clear(&server);
	free(bytes);
}
END_TEST

START_TEST(a_long_name_is_cut)
{
	char bytes[2048];
	struct text server;
	text_init(&server, 0);
	int len = snprintf(bytes, sizeof bytes, "HTTP/1.1 200 OK\r\nServer: %01000d\r\n", 0);
	ck_assert(http_head_server(&server, bytes, (size_t)len));
	ck_assert_uint_eq(server.len, HTTP_SERVER_MAX);
	text_clear(&server);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http_head");
	TCase *cases = tcase_create("http_head");
	tcase_add_loop_test(cases, finds_what_the_row_says, 0, sizeof rows / sizeof rows[0]);
	tcase_add_test(cases, a_long_name_is_cut);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
