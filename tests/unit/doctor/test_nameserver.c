/* Name servers, each asked for itself: what it says, and what is not believed. */
#include "harness/doctor/nameserver.h"

#include "core/clock.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_MS 1000

/* A server of 127.0.0.1 that answers each question with a code, and A questions with addresses. */
struct server {
	int fd, port;
	int code; /* of RFC 1035 section 4.1.1; -1: garbage */
	int num;  /* addresses 192.0.2.1 and on */
	/* A reply that a stranger could send, before the server's or, if is_silent, alone. */
	enum forgery { FORGES_NOTHING, FORGES_ID, FORGES_NAME, FORGES_TYPE } forges;
	bool is_silent;
	pthread_t thread;
	int num_asked;
};

/* One that is believed would say REFUSED. */
static void forge(unsigned char *out, const unsigned char *question, size_t len,
		  enum forgery forges)
{
	memcpy(out, question, len);
	out[2] = 0x81;
	out[3] = 0x85;
	if (forges == FORGES_ID)
		out[1] ^= 1;
	if (forges == FORGES_NAME)
		out[13] ^= 1;
	if (forges == FORGES_TYPE)
		out[len - 3] ^= 1;
}

/* The header and question come back as they are, with answers behind. */
static size_t make_answer(const struct server *server, unsigned char *packet, size_t len)
{
	size_t end = 12;
	if (server->code < 0)
		return 3;
	while (end < len && packet[end] != 0)
		end += packet[end] + 1u;
	bool is_a = end + 2 < len && packet[end + 2] == 1;
	int num = is_a ? server->num : 0;
	packet[2] = 0x81;
	packet[3] = (unsigned char)(0x80 | server->code);
	packet[6] = 0;
	packet[7] = (unsigned char)num;
	memset(packet + 8, 0, 4);
	len = end + 5;
	for (int i = 0; i < num; i++) {
		const unsigned char record[] = {0xc0, 12, 0, 1, 0,   1, 0, 0,
						0,    60, 0, 4, 192, 0, 2, (unsigned char)(i + 1)};
		memcpy(packet + len, record, sizeof record);
		len += sizeof record;
	}
	return len;
}

static void *serve(void *context)
{
	struct server *server = context;
	for (;;) {
		unsigned char packet[2048], forged[512];
		struct sockaddr_in from;
		socklen_t from_len = sizeof from;
		ssize_t len =
			recvfrom(server->fd, packet, 512, 0, (struct sockaddr *)&from, &from_len);
		if (len < 12)
			return NULL; /* what the test sends to end it */
		server->num_asked++;
		if (server->forges != FORGES_NOTHING) {
			forge(forged, packet, (size_t)len, server->forges);
			sendto(server->fd, forged, (size_t)len, 0, (struct sockaddr *)&from,
			       from_len);
		}
		if (server->is_silent)
			continue;
		size_t answer = make_answer(server, packet, (size_t)len);
		sendto(server->fd, packet, answer, 0, (struct sockaddr *)&from, from_len);
	}
}

static void server_start(struct server *server)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	server->fd = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_eq(bind(server->fd, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(getsockname(server->fd, (struct sockaddr *)&address, &len), 0);
	server->port = ntohs(address.sin_port);
	ck_assert_int_eq(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_stop(struct server *server)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				      .sin_port = htons((uint16_t)server->port)};
	sendto(server->fd, "", 0, 0, (struct sockaddr *)&address, sizeof address);
	pthread_join(server->thread, NULL);
	close(server->fd);
}

/* Zero bytes where no server was asked. */
static struct name_server ask(size_t *num, const char *host, int port)
{
	struct name_server *list = NULL, first = {0};
	*num = 0;
	ck_assert(nameserver_ask(&list, num, host,
				 &(struct nameserver_list){{"127.0.0.1"}, 1, port}, WAIT_MS));
	if (*num > 0)
		first = list[0];
	free(list);
	return first;
}

static void clear(struct name_server *one)
{
	free(one->server);
	free(one->result);
	texts_clear(&one->addresses);
}

static const struct {
	const char *name;
	int code, num;
	const char *result;
	size_t num_addresses;
} rows[] = {
	{"two addresses", 0, 2, "NOERROR", 2},
	{"no address", 0, 0, "NOERROR", 0},
	{"no such name", 3, 0, "NXDOMAIN", 0},
	{"a server in trouble", 2, 0, "SERVFAIL", 0},
	{"a server that will not", 5, 0, "REFUSED", 0},
};

START_TEST(each_server_is_reported_with_what_it_says)
{
	struct server server = {.code = rows[_i].code, .num = rows[_i].num};
	server_start(&server);
	size_t num;
	struct name_server one = ask(&num, "ocsp.example.org", server.port);
	ck_assert_uint_eq(num, 1);
	ck_assert_str_eq(one.server, "127.0.0.1");
	ck_assert_msg(strcmp(one.result, rows[_i].result) == 0, "%s: %s", rows[_i].name,
		      one.result);
	ck_assert_uint_eq(one.addresses.num, rows[_i].num_addresses);
	if (rows[_i].num_addresses > 0)
		ck_assert_str_eq(one.addresses.items[0], "192.0.2.1");
	clear(&one);
	server_stop(&server);
	ck_assert_int_gt(server.num_asked, 0);
}
END_TEST

START_TEST(a_closed_port_is_reported_at_once_and_garbage_is_no_answer)
{
	struct server server = {.code = -1};
	server_start(&server);
	size_t num;
	struct name_server one = ask(&num, "ocsp.example.org", server.port);
	ck_assert_ptr_nonnull(one.result);
	ck_assert_str_eq(one.result, "timeout");
	clear(&one);
	server_stop(&server);
	/* Nothing listens at that port any more. */
	one = ask(&num, "ocsp.example.org", server.port);
	ck_assert_ptr_nonnull(one.result);
	ck_assert_msg(strcmp(one.result, "unreachable") == 0 || strcmp(one.result, "timeout") == 0,
		      "%s", one.result);
	clear(&one);
}
END_TEST

START_TEST(what_a_stranger_sends_is_not_believed)
{
	struct server server = {
		.code = 0, .num = 1, .forges = (enum forgery)(_i % 3 + 1), .is_silent = _i >= 3};
	server_start(&server);
	size_t num;
	struct name_server one = ask(&num, "ocsp.example.org", server.port);
	ck_assert_uint_eq(num, 1);
	ck_assert_str_eq(one.result, server.is_silent ? "timeout" : "NOERROR");
	ck_assert_uint_eq(one.addresses.num, server.is_silent ? 0 : 1);
	if (server.is_silent)
		ck_assert_int_ge(one.ms, WAIT_MS);
	clear(&one);
	server_stop(&server);
}
END_TEST

START_TEST(several_servers_are_asked_at_the_same_time)
{
	struct server server = {.is_silent = true};
	struct name_server *list = NULL;
	size_t num = 0;
	server_start(&server);
	struct nameserver_list servers = {{"127.0.0.1", "127.0.0.1", "127.0.0.1"}, 3, server.port};
	int64_t start_us = clock_monotonic_us();
	ck_assert(nameserver_ask(&list, &num, "ocsp.example.org", &servers, WAIT_MS));
	/* One after another they would need three times as long. */
	ck_assert_int_lt(clock_monotonic_us() - start_us, INT64_C(2000) * WAIT_MS);
	ck_assert_uint_eq(num, 3);
	for (size_t i = 0; i < num; i++) {
		ck_assert_str_eq(list[i].result, "timeout");
		clear(&list[i]);
	}
	free(list);
	server_stop(&server);
}
END_TEST

START_TEST(what_no_name_server_is_asked_for_is_not_asked)
{
	static const char *const local[] = {"127.0.0.1", "::1", "localhost", "x.lab.localhost",
					    "LOCALHOST."};
	struct server server = {.code = 0, .num = 1};
	server_start(&server);
	size_t num;
	ask(&num, local[_i], server.port);
	ck_assert_uint_eq(num, 0);
	server_stop(&server);
	ck_assert_int_eq(server.num_asked, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("nameserver");
	TCase *tests = tcase_create("nameserver");
	tcase_set_timeout(tests, 30);
	tcase_add_loop_test(tests, each_server_is_reported_with_what_it_says, 0,
			    (int)(sizeof rows / sizeof *rows));
	tcase_add_test(tests, a_closed_port_is_reported_at_once_and_garbage_is_no_answer);
	tcase_add_loop_test(tests, what_a_stranger_sends_is_not_believed, 0, 6);
	tcase_add_test(tests, several_servers_are_asked_at_the_same_time);
	tcase_add_loop_test(tests, what_no_name_server_is_asked_for_is_not_asked, 0, 5);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
