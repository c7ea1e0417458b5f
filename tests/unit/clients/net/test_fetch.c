/* Fetching over HTTP: how far it came is distinguished, lengths and times are bounded,
 * and addresses that are not public can be refused. */
#include "clients/net/fetch.h"

#include "tests/unit/clients/net/http_server.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* No resolver will ask about a label of 64 letters. */
#define LETTERS "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

#define REDIRECT(to) "HTTP/1.1 302 Found\r\nLocation: " to "\r\nContent-Length: 0\r\n\r\n"

#define OCSP_OK "HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\n"

struct row {
	const char *name;
	const char *answer;
	int repeats;
	enum ending ending;
	bool done;
	enum fetch_layer layer;
	int http_status;
	const char *text; /* in facts.text; NULL: must be empty */
};

static const struct row rows[] = {
	{"an answer", OCSP_OK "Content-Length: 3\r\n\r\nabc", 0, ENDING_CLOSE, true, FETCH_ANSWER,
	 200, NULL},
	{"an answer without a length", OCSP_OK "\r\nabc", 0, ENDING_CLOSE, true, FETCH_ANSWER, 200,
	 NULL},
	{"an answer in chunks", OCSP_OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
	 0, ENDING_CLOSE, true, FETCH_ANSWER, 200, NULL},
	{"another content type", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nabc", 0,
	 ENDING_CLOSE, true, FETCH_ANSWER, 200, "Content-Type is text/html"},
	{"no content type", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 0, ENDING_CLOSE,
	 true, FETCH_ANSWER, 200, "Content-Type is absent"},
	{"not found", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0, ENDING_CLOSE, false,
	 FETCH_HTTP, 404, NULL},
	{"unavailable", "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", 0, ENDING_CLOSE, false,
	 FETCH_HTTP, 503, NULL},
	{"no content", "HTTP/1.1 204 No Content\r\n\r\n", 0, ENDING_CLOSE, false, FETCH_HTTP, 204,
	 NULL},
	{"silence", "", 0, ENDING_HOLD, false, FETCH_TIMEOUT, 0, "timed out"},
	{"silence in the middle", OCSP_OK "Content-Length: 9\r\n\r\nabc", 0, ENDING_HOLD, false,
	 FETCH_TIMEOUT, 200, "timed out"},
	{"closed without a word", "", 0, ENDING_CLOSE, false, FETCH_CONNECT, 0, "Empty reply"},
	{"closed in the middle", OCSP_OK "Content-Length: 9\r\n\r\nabc", 0, ENDING_CLOSE, false,
	 FETCH_CONNECT, 200, ""},
	{"a reset", "", 0, ENDING_RESET, false, FETCH_CONNECT, 0, ""},
	{"no HTTP", "SSH-2.0-x\r\n", 0, ENDING_CLOSE, false, FETCH_HTTP, 0, ""},
	{"an endless body", OCSP_OK "\r\n", 100000, ENDING_CLOSE, false, FETCH_ANSWER, 200,
	 "larger than the limit of 65536 bytes"},
	{"a body that is said to be too large", OCSP_OK "Content-Length: 70000\r\n\r\n", 4375,
	 ENDING_CLOSE, false, FETCH_ANSWER, 200,
	 "its 70000 bytes are more than the limit of 65536"},
	{"a broken chunk", OCSP_OK "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc", 0, ENDING_CLOSE,
	 false, FETCH_HTTP, 200, ""},
	{"a length that is no number", OCSP_OK "Content-Length: abc\r\n\r\nabc", 0, ENDING_CLOSE,
	 false, FETCH_HTTP, 200, "Content-Length"},
	{"a header line without a colon", OCSP_OK "oops\r\n\r\nabc", 0, ENDING_CLOSE, false,
	 FETCH_HTTP, 200, ""},
	{"headers without an end", OCSP_OK "X: ", 40000, ENDING_CLOSE, false, FETCH_HTTP, 200, ""},
	{"a version of HTTP that is none", "HTTP/9.9 200 OK\r\n\r\nabc", 0, ENDING_CLOSE, false,
	 FETCH_HTTP, 0, "version"},
	{"a redirect to somewhere that is no HTTP", REDIRECT("file:///etc/passwd"), 0, ENDING_CLOSE,
	 false, FETCH_HTTP, 302, "redirected to file:///etc/passwd"},
	{"a redirect to a malformed URL", REDIRECT("http://127.0.0.1:99999/"), 0, ENDING_CLOSE,
	 false, FETCH_HTTP, 302, "redirect target"},
	{"a redirect to a URL with a password", REDIRECT("http://user:secret@127.0.0.1:1/"), 0,
	 ENDING_CLOSE, false, FETCH_HTTP, 302, "has a user name"},
	{"a redirect to a name that does not resolve", REDIRECT("http://" LETTERS ".invalid/"), 0,
	 ENDING_CLOSE, false, FETCH_DNS, 302, "redirected to http://xxx"},
	{"a redirect to a server that is down", REDIRECT("http://127.0.0.1:1/"), 0, ENDING_CLOSE,
	 false, FETCH_CONNECT, 302, "redirected to http://127.0.0.1:1/"},
	{"a redirect to https is followed", REDIRECT("https://127.0.0.1:1/"), 0, ENDING_CLOSE,
	 false, FETCH_CONNECT, 302, "redirected to https://127.0.0.1:1/"},
	{"a redirect to itself",
	 "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n", 0, ENDING_CLOSE,
	 false, FETCH_HTTP, 302, "redirects"},
};

static void fetch_from(struct server *server, struct fetch_facts *facts, struct text *body,
		       struct fetch_order order)
{
	char url[64];
	snprintf(url, sizeof url, "http://127.0.0.1:%d/ocsp", server->port);
	*facts = (struct fetch_facts){.depth = 0};
	text_init(body, OCSP_MAX_LEN);
	order.url = url;
	order.max_len = OCSP_MAX_LEN;
	if (order.deadline.at_us == 0)
		order.deadline = deadline_in_ms(5000);
	bool done = fetch(facts, body, &order);
	ck_assert_msg(!done || facts->layer == FETCH_ANSWER, "done, and yet no answer");
}

START_TEST(distinguishes_how_far_it_came)
{
	const struct row *row = &rows[_i];
	struct server server = {.answer = row->answer,
				.answer_len = strlen(row->answer),
				.repeats = row->repeats,
				.ending = row->ending};
	struct fetch_facts facts;
	struct text body;
	server_start(&server);
	int ms = row->layer == FETCH_TIMEOUT ? 150 : 5000;
	fetch_from(&server, &facts, &body, (struct fetch_order){.deadline = deadline_in_ms(ms)});
	server_stop(&server);
	ck_assert_msg(facts.layer == row->layer, "%s: layer %d, %s", row->name, facts.layer,
		      facts.text);
	ck_assert_int_eq(facts.http_status, row->http_status);
	if (row->done)
		ck_assert_str_eq(text_string(&body), "abc");
	if (row->text == NULL)
		ck_assert_str_eq(facts.text, "");
	else
		ck_assert_msg(strstr(facts.text, row->text) != NULL, "%s: %s", row->name,
			      facts.text);
	ck_assert_int_gt(facts.local_port, 0);
	/* The first request and at most three redirects. */
	ck_assert_int_le(server.num_requests, 4);
	text_clear(&body);
}
END_TEST

/* The answer that does not matter to what is asked. */
static const struct server any_server = {.answer = OCSP_OK "Content-Length: 3\r\n\r\nabc",
					 .answer_len =
						 sizeof OCSP_OK "Content-Length: 3\r\n\r\nabc" - 1};

struct method_row {
	const char *name;
	enum ocsp_method method;
	size_t request_len;
	bool post;
};

static const struct method_row method_rows[] = {
	{"get", OCSP_METHOD_GET, 80, false},
	{"post", OCSP_METHOD_POST, 80, true},
	{"auto, short", OCSP_METHOD_AUTO, 80, false},
	{"auto, long", OCSP_METHOD_AUTO, 180, true},
	{"get, though it is long", OCSP_METHOD_GET, 180, false},
};

START_TEST(chooses_the_method)
{
	const struct method_row *row = &method_rows[_i];
	struct server server = any_server;
	struct fetch_facts facts;
	struct text body;
	uint8_t request[200];
	memset(request, 'r', sizeof request);
	server_start(&server);
	fetch_from(&server, &facts, &body,
		   (struct fetch_order){.ocsp_request = request,
					.ocsp_request_len = row->request_len,
					.method = row->method});
	server_stop(&server);
	ck_assert_msg(facts.post == row->post, "%s", row->name);
	if (row->post) {
		ck_assert_ptr_nonnull(strstr(server.request, "POST /ocsp HTTP/1.1\r\n"));
		ck_assert_ptr_nonnull(
			strstr(server.request, "Content-Type: application/ocsp-request\r\n"));
		ck_assert_ptr_nonnull(strstr(server.request, "\r\n\r\nrrrr"));
	} else {
		ck_assert_ptr_nonnull(strstr(server.request, "GET /ocsp/cnJy"));
	}
	ck_assert_ptr_null(strstr(server.request, "Authorization"));
	text_clear(&body);
}
END_TEST

START_TEST(a_private_address_is_not_even_connected_to_under_public)
{
	struct server server = any_server;
	struct fetch_facts facts;
	struct text body;
	server_start(&server);
	fetch_from(&server, &facts, &body, (struct fetch_order){.rule = FETCH_PUBLIC});
	server_stop(&server);
	ck_assert_int_eq(facts.layer, FETCH_FORBIDDEN);
	ck_assert_int_eq(server.num_requests, 0);
	ck_assert_ptr_nonnull(strstr(facts.text, "not public"));
	text_clear(&body);
}
END_TEST

START_TEST(nothing_is_fetched_when_nothing_may_be)
{
	struct server server = any_server;
	struct fetch_facts facts;
	struct text body;
	server_start(&server);
	fetch_from(&server, &facts, &body, (struct fetch_order){.rule = FETCH_NOTHING});
	server_stop(&server);
	ck_assert_int_eq(facts.layer, FETCH_FORBIDDEN);
	ck_assert_int_eq(server.num_requests, 0);
	text_clear(&body);
}
END_TEST

/* RFC 5280 section 4.2.1.13 wants DER; the stacks read PEM too. */
START_TEST(a_list_in_pem_is_noted)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
				     "-----BEGIN X509 CRL-----\n";
	struct server server = {.answer = answer, .answer_len = sizeof answer - 1};
	for (int is_crl = 0; is_crl < 2; is_crl++) {
		struct fetch_facts facts = {.is_crl = is_crl};
		struct text body;
		char url[64];
		server_start(&server);
		snprintf(url, sizeof url, "http://127.0.0.1:%d/crl", server.port);
		struct fetch_order order = {
			.url = url, .deadline = deadline_in_ms(5000), .max_len = CRL_MAX_LEN};
		text_init(&body, CRL_MAX_LEN);
		ck_assert(fetch(&facts, &body, &order));
		server_stop(&server);
		ck_assert_int_eq(facts.is_pem, is_crl);
		ck_assert_str_eq(
			facts.text,
			is_crl ? "the CRL is in PEM, RFC 5280 section 4.2.1.13 requires DER"
			       : "Content-Type is text/plain");
		text_clear(&body);
	}
}
END_TEST

START_TEST(a_proxy_is_not_asked_for_loopback)
{
	struct server server = any_server;
	struct fetch_facts facts;
	struct text body;
	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	setenv("no_proxy", "example.test", 1);
	server_start(&server);
	fetch_from(&server, &facts, &body, (struct fetch_order){.rule = FETCH_ANY});
	server_stop(&server);
	ck_assert_int_eq(facts.layer, FETCH_ANSWER);
	ck_assert_int_eq(server.num_requests, 1);
	text_clear(&body);
}
END_TEST

START_TEST(the_proxy_of_an_order_is_asked_for_everything)
{
	struct server server = any_server;
	struct fetch_facts facts = {.depth = 0};
	struct text body;
	setenv("no_proxy", "*", 1);
	server_start(&server);
	struct fetch_order order = {
		.url = "http://127.0.0.1:1/elsewhere",
		.proxy = "127.0.0.1",
		.proxy_port = server.port,
		.max_len = OCSP_MAX_LEN,
		.deadline = deadline_in_ms(5000),
	};
	text_init(&body, OCSP_MAX_LEN);
	ck_assert_msg(fetch(&facts, &body, &order), "%s", facts.text);
	server_stop(&server);
	ck_assert_int_eq(server.num_requests, 1);
	ck_assert_ptr_nonnull(strstr(server.request, "GET http://127.0.0.1:1/elsewhere HTTP/1.1"));
	text_clear(&body);
}
END_TEST

START_TEST(no_time_left_is_a_time_out)
{
	struct fetch_facts facts = {.is_crl = true};
	struct text body;
	struct fetch_order order = {.url = "http://127.0.0.1:1/", .deadline = deadline_in_ms(-1)};
	text_init(&body, 0);
	ck_assert(!fetch(&facts, &body, &order));
	ck_assert_int_eq(facts.layer, FETCH_TIMEOUT);
	text_clear(&body);
}
END_TEST

struct address_row {
	const char *address;
	bool is_private;
};

static const struct address_row address_rows[] = {
	{"127.0.0.1", true},
	{"127.255.255.254", true},
	{"10.1.2.3", true},
	{"172.16.0.1", true},
	{"172.31.255.255", true},
	{"172.32.0.1", false},
	{"172.15.255.255", false},
	{"192.168.1.1", true},
	{"192.169.0.1", false},
	{"169.254.169.254", true},
	{"100.64.0.1", true},
	{"100.128.0.1", false},
	{"0.0.0.0", true},
	{"224.0.0.1", true},
	{"255.255.255.255", true},
	{"198.18.0.1", true},
	{"198.20.0.1", false},
	{"8.8.8.8", false},
	{"::1", true},
	{"::", true},
	{"fe80::1", true},
	{"fc00::1", true},
	{"fd12:3456::1", true},
	{"ff02::1", true},
	{"2001:4860:4860::8888", false},
	{"::ffff:127.0.0.1", true},
	{"::ffff:8.8.8.8", false},
	{"64:ff9b::127.0.0.1", true},
	{"64:ff9b::8.8.8.8", false},
	{"2002:7f00:1::", true},
	{"2002:808:808::", false},
};

START_TEST(knows_private_addresses)
{
	const struct address_row *row = &address_rows[_i];
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	bool is_private;
	if (inet_pton(AF_INET, row->address, &v4.sin_addr) == 1) {
		is_private = fetch_is_private((struct sockaddr *)&v4);
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, row->address, &v6.sin6_addr), 1);
		is_private = fetch_is_private((struct sockaddr *)&v6);
	}
	ck_assert_msg(is_private == row->is_private, "%s", row->address);
}
END_TEST

static void start(void)
{
	ck_assert(fetch_start());
}

int main(void)
{
	Suite *suite = suite_create("fetch");
	TCase *cases = tcase_create("fetch");
	tcase_set_timeout(cases, 30);
	tcase_add_unchecked_fixture(cases, start, fetch_stop);
	tcase_add_loop_test(cases, distinguishes_how_far_it_came, 0, sizeof rows / sizeof rows[0]);
	tcase_add_loop_test(cases, chooses_the_method, 0,
			    sizeof method_rows / sizeof method_rows[0]);
	tcase_add_test(cases, a_private_address_is_not_even_connected_to_under_public);
	tcase_add_test(cases, nothing_is_fetched_when_nothing_may_be);
	tcase_add_test(cases, a_list_in_pem_is_noted);
	tcase_add_test(cases, a_proxy_is_not_asked_for_loopback);
	tcase_add_test(cases, the_proxy_of_an_order_is_asked_for_everything);
	tcase_add_test(cases, no_time_left_is_a_time_out);
	tcase_add_loop_test(cases, knows_private_addresses, 0,
			    sizeof address_rows / sizeof address_rows[0]);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
