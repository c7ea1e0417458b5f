/* URLs of certificates: which of them are asked, and what of them is sent. */
#include "clients/net/fetch.h"

#include "tests/unit/clients/net/http_server.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No resolver will ask about a label of 64 letters. */
#define LETTERS "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

#define OCSP_OK "HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\n"

/* The answer that does not matter to what is asked. */
static const struct server any_server = {.answer = OCSP_OK "Content-Length: 3\r\n\r\nabc",
					 .answer_len =
						 sizeof OCSP_OK "Content-Length: 3\r\n\r\nabc" - 1};

struct sent_row {
	const char *name;
	const char *user, *path; /* of the URL */
	enum ocsp_method method;
	const char *line; /* of the request */
	const char *text;
};

static const struct sent_row sent_rows[] = {
	{"a fragment is not sent, and swallows no request", "", "/ocsp#part", OCSP_METHOD_GET,
	 "GET /ocsp/cnJy HTTP/1.1\r\n", ""},
	{"nor by POST", "", "/ocsp#part", OCSP_METHOD_POST, "POST /ocsp HTTP/1.1\r\n", ""},
	{"a query stays, and the request follows it", "", "/ocsp?a=b", OCSP_METHOD_GET,
	 "GET /ocsp?a=b/cnJy HTTP/1.1\r\n", ""},
	{"a user name and password are not sent", "user:secret@", "/ocsp", OCSP_METHOD_GET,
	 "GET /ocsp/cnJy HTTP/1.1\r\n", "the user name of the URL was not sent"},
	{"nor by POST, and a name alone neither", "user@", "/ocsp", OCSP_METHOD_POST,
	 "POST /ocsp HTTP/1.1\r\n", "the user name of the URL was not sent"},
};

START_TEST(only_the_resource_is_sent)
{
	const struct sent_row *row = &sent_rows[_i];
	struct server server = any_server;
	struct fetch_facts facts = {.depth = 0};
	struct text body;
	char url[128];
	server_start(&server);
	snprintf(url, sizeof url, "http://%s127.0.0.1:%d%s", row->user, server.port, row->path);
	struct fetch_order order = {
		.url = url,
		.ocsp_request = (const uint8_t *)"rrr",
		.ocsp_request_len = 3,
		.method = row->method,
		.max_len = OCSP_MAX_LEN,
		.deadline = deadline_in_ms(5000),
	};
	text_init(&body, OCSP_MAX_LEN);
	ck_assert_msg(fetch(&facts, &body, &order), "%s: %s", row->name, facts.text);
	server_stop(&server);
	ck_assert_msg(strstr(server.request, row->line) == server.request, "%s: %s", row->name,
		      server.request);
	ck_assert_msg(strcasestr(server.request, "authorization") == NULL &&
			      strstr(server.request, "user") == NULL,
		      "%s: %s", row->name, server.request);
	ck_assert_str_eq(facts.text, row->text);
	ck_assert_str_eq(facts.url, url);
	text_clear(&body);
}
END_TEST

/* The proxy is given no password of the URL either. */
START_TEST(a_proxy_sees_no_user_name)
{
	struct server server = any_server;
	struct fetch_facts facts = {.is_crl = true};
	struct text body;
	server_start(&server);
	struct fetch_order order = {
		.url = "http://user:secret@127.0.0.1:1/a.crl#part",
		.proxy = "127.0.0.1",
		.proxy_port = server.port,
		.max_len = CRL_MAX_LEN,
		.deadline = deadline_in_ms(5000),
	};
	text_init(&body, CRL_MAX_LEN);
	ck_assert_msg(fetch(&facts, &body, &order), "%s", facts.text);
	server_stop(&server);
	ck_assert_ptr_nonnull(strstr(server.request, "GET http://127.0.0.1:1/a.crl HTTP/1.1\r\n"));
	ck_assert_ptr_null(strcasestr(server.request, "authorization"));
	text_clear(&body);
}
END_TEST

struct url_row {
	const char *name;
	const char *url;
	enum fetch_layer layer;
};

static const struct url_row url_rows[] = {
	{"a name that does not resolve", "http://" LETTERS ".invalid/", FETCH_DNS},
	{"https", "https://127.0.0.1:1/", FETCH_UNUSABLE},
	{"a file", "file:///etc/passwd", FETCH_UNUSABLE},
	{"ldap", "ldap://127.0.0.1/", FETCH_UNUSABLE},
	{"no scheme", "127.0.0.1:1/", FETCH_UNUSABLE},
	{"one slash", "http:/127.0.0.1:1/", FETCH_UNUSABLE},
	{"a port beyond", "http://127.0.0.1:65536/", FETCH_UNUSABLE},
	{"a blank", "http://127.0.0.1:1/a b", FETCH_UNUSABLE},
	{"brackets around no address, which libcurl alone sees", "http://[1:2]/", FETCH_UNUSABLE},
	{"nothing listens", "http://127.0.0.1:1/", FETCH_CONNECT},
};

START_TEST(urls_that_lead_nowhere)
{
	const struct url_row *row = &url_rows[_i];
	struct fetch_facts facts = {.is_crl = true};
	struct text body;
	struct fetch_order order = {
		.url = row->url, .deadline = deadline_in_ms(5000), .max_len = OCSP_MAX_LEN};
	text_init(&body, OCSP_MAX_LEN);
	ck_assert(!fetch(&facts, &body, &order));
	ck_assert_msg(facts.layer == row->layer, "%s: layer %d, %s", row->name, facts.layer,
		      facts.text);
	ck_assert_str_eq(facts.url, row->url);
	ck_assert_str_ne(facts.text, "");
	text_clear(&body);
}
END_TEST

START_TEST(the_url_of_a_get_is_base64_in_url_encoding)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *url;
	} encodings[] = {
		{"\xfb\xff\xfe", 3, "http://r/%2B%2F%2F%2B"},
		{"a", 1, "http://r/YQ%3D%3D"},
		{"ab", 2, "http://r/YWI%3D"},
		{"abc", 3, "http://r/YWJj"},
	};
	for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
		const uint8_t *bytes = (const uint8_t *)encodings[i].bytes;
		char *url = fetch_ocsp_get_url("http://r", bytes, encodings[i].len);
		char *same = fetch_ocsp_get_url("http://r/", bytes, encodings[i].len);
		ck_assert_str_eq(url, encodings[i].url);
		ck_assert_str_eq(same, encodings[i].url);
		free(url);
		free(same);
	}
}
END_TEST

static void start(void)
{
	ck_assert(fetch_start());
}

int main(void)
{
	Suite *suite = suite_create("fetch_url");
	TCase *cases = tcase_create("fetch_url");
	tcase_set_timeout(cases, 30);
	tcase_add_unchecked_fixture(cases, start, fetch_stop);
	tcase_add_loop_test(cases, only_the_resource_is_sent, 0,
			    sizeof sent_rows / sizeof sent_rows[0]);
	tcase_add_test(cases, a_proxy_sees_no_user_name);
	tcase_add_loop_test(cases, urls_that_lead_nowhere, 0, sizeof url_rows / sizeof url_rows[0]);
	tcase_add_test(cases, the_url_of_a_get_is_base64_in_url_encoding);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
