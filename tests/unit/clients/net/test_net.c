/* The socket with one deadline: connecting, waiting, and peers that drip or do not read. */
#include "clients/net/net.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A listening socket on 127.0.0.1 at a port that the system chose. */
static int listen_somewhere(int *port)
{
	struct sockaddr_in own = {.sin_family = AF_INET};
	socklen_t len = sizeof own;
	own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&own, len), 0);
	ck_assert_int_eq(listen(fd, 4), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&own, &len), 0);
	*port = ntohs(own.sin_port);
	return fd;
}

struct pair {
	int listener;
	int peer;
	struct net net;
};

static void connect_pair(struct pair *pair, int deadline_ms)
{
	int port;
	enum reason reason;
	struct error err = ERROR_INIT;
	pair->listener = listen_somewhere(&port);
	ck_assert_msg(net_connect(&pair->net, &reason, "127.0.0.1", port,
				  deadline_in_ms(deadline_ms), &err),
		      "%s", err.text);
	pair->peer = accept(pair->listener, NULL, NULL);
	ck_assert_int_ge(pair->peer, 0);
}

static void close_pair(struct pair *pair)
{
	net_close(&pair->net);
	close(pair->peer);
	close(pair->listener);
}

START_TEST(bytes_go_both_ways)
{
	struct pair pair;
	char buffer[8];
	connect_pair(&pair, 5000);
	ck_assert_int_gt(net_local_port(&pair.net), 0);
	ck_assert_int_eq(net_write(&pair.net, "ping", 4), 4);
	ck_assert_int_eq(read(pair.peer, buffer, sizeof buffer), 4);
	ck_assert_int_eq(write(pair.peer, "pong", 4), 4);
	ck_assert_int_eq(net_read(&pair.net, buffer, sizeof buffer), 4);
	ck_assert_mem_eq(buffer, "pong", 4);
	shutdown(pair.peer, SHUT_WR);
	ck_assert_int_eq(net_read(&pair.net, buffer, sizeof buffer), 0);
	close_pair(&pair);
	ck_assert_int_eq(net_local_port(&pair.net), 0);
}
END_TEST

START_TEST(a_port_where_nobody_listens_refuses)
{
	int port;
	enum reason reason;
	struct net net;
	struct error err = ERROR_INIT;
	close(listen_somewhere(&port));
	ck_assert(!net_connect(&net, &reason, "127.0.0.1", port, deadline_in_ms(5000), &err));
	ck_assert_int_eq(reason, REASON_CONNECT_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "refused"));
	ck_assert_int_eq(net.fd, -1);
}
END_TEST

START_TEST(a_deadline_that_is_over_is_a_time_out)
{
	int port;
	enum reason reason;
	struct net net;
	struct error err = ERROR_INIT;
	/* A full backlog: further connections stay half open. */
	int listener = listen_somewhere(&port), fill[16];
	ck_assert_int_eq(listen(listener, 0), 0);
	for (size_t i = 0; i < sizeof fill / sizeof fill[0]; i++) {
		struct net filler;
		struct error ignored = ERROR_INIT;
		fill[i] = net_connect(&filler, &reason, "127.0.0.1", port, deadline_in_ms(20),
				      &ignored)
				  ? filler.fd
				  : -1;
	}
	int64_t start = clock_monotonic_us();
	ck_assert(!net_connect(&net, &reason, "127.0.0.1", port, deadline_in_ms(50), &err));
	ck_assert_int_eq(reason, REASON_CONNECT_TIMEOUT);
	ck_assert(net.timed_out);
	ck_assert_int_ge(clock_monotonic_us() - start, 50000);
	for (size_t i = 0; i < sizeof fill / sizeof fill[0]; i++)
		if (fill[i] >= 0)
			close(fill[i]);
	close(listener);
}
END_TEST

struct address_row {
	const char *name;
	const char *address;
	int port;
};

static const struct address_row bad_addresses[] = {
	{"a name", "localhost", 443},
	{"nothing", "", 443},
	{"a short form", "127.1", 443},
	{"with a port", "127.0.0.1:443", 443},
	{"in brackets", "[::1]", 443},
	{"an interface that is not there", "fe80::1%nosuch0", 443},
	{"no interface", "fe80::1%", 443},
	{"interface 0", "fe80::1%0", 443},
	{"an interface of IPv4", "127.0.0.1%lo", 443},
	{"no address before the interface", "%lo", 443},
	{"port 0", "127.0.0.1", 0},
	{"port 65536", "127.0.0.1", 65536},
	{"port -1", "127.0.0.1", -1},
};

START_TEST(only_numeric_addresses_are_connected_to)
{
	const struct address_row *row = &bad_addresses[_i];
	struct net net;
	enum reason reason;
	struct error err = ERROR_INIT;
	if (row->port == 443)
		ck_assert_msg(!net_is_address(row->address), "%s", row->name);
	ck_assert_msg(
		!net_connect(&net, &reason, row->address, row->port, deadline_in_ms(1000), &err),
		"%s", row->name);
	ck_assert_ptr_nonnull(strstr(err.text, "invalid numeric address"));
}
END_TEST

START_TEST(an_address_has_the_bytes_of_a_certificate)
{
	uint8_t bytes[16];
	ck_assert_uint_eq(net_address_bytes(bytes, "192.0.2.1"), 4);
	ck_assert_mem_eq(bytes, "\xc0\x00\x02\x01", 4);
	ck_assert_uint_eq(net_address_bytes(bytes, "2001:DB8::1"), 16);
	ck_assert_mem_eq(bytes, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	ck_assert_uint_eq(net_address_bytes(bytes, "localhost"), 0);
	ck_assert_uint_eq(net_address_bytes(bytes, "192.0.2"), 0);
	ck_assert_uint_eq(net_address_bytes(bytes, "[::1]"), 0);
	ck_assert(net_is_address("fe80::1%1"));
	ck_assert(net_is_address("fe80::1%lo"));
}
END_TEST

START_TEST(a_silent_peer_ends_at_the_deadline)
{
	struct pair pair;
	char byte;
	connect_pair(&pair, 60);
	int64_t start = clock_monotonic_us();
	ck_assert_int_eq(net_read(&pair.net, &byte, 1), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert(pair.net.timed_out);
	ck_assert_int_lt(clock_monotonic_us() - start, 5000000);
	ck_assert(!net_wait(&pair.net, POLLIN));
	close_pair(&pair);
}
END_TEST

static void *drip(void *context)
{
	int fd = *(int *)context;
	while (send(fd, "x", 1, MSG_NOSIGNAL) == 1)
		usleep(5000);
	return NULL;
}

START_TEST(a_dripping_peer_ends_at_the_deadline)
{
	struct pair pair;
	pthread_t dripper;
	char byte;
	connect_pair(&pair, 150);
	ck_assert_int_eq(pthread_create(&dripper, NULL, drip, &pair.peer), 0);
	int64_t start = clock_monotonic_us();
	int num = 0;
	while (net_read(&pair.net, &byte, 1) == 1)
		num++;
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_int_gt(num, 1);
	ck_assert_int_lt(clock_monotonic_us() - start, 5000000);
	net_close(&pair.net);
	pthread_join(dripper, NULL);
	close_pair(&pair);
}
END_TEST

START_TEST(a_peer_that_does_not_read_ends_at_the_deadline)
{
	static const char block[65536];
	struct pair pair;
	ssize_t sent;
	connect_pair(&pair, 100);
	do {
		sent = net_write(&pair.net, block, sizeof block);
	} while (sent > 0);
	ck_assert_int_eq(errno, ETIMEDOUT);
	close_pair(&pair);
}
END_TEST

START_TEST(a_reset_is_an_error_and_no_signal)
{
	struct pair pair;
	struct linger reset = {.l_onoff = 1};
	char byte;
	connect_pair(&pair, 5000);
	setsockopt(pair.peer, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(pair.peer);
	ck_assert_int_eq(net_read(&pair.net, &byte, 1), -1);
	ck_assert_int_eq(errno, ECONNRESET);
	ck_assert_int_eq(net_write(&pair.net, "x", 1), -1);
	ck_assert(!pair.net.timed_out);
	net_close(&pair.net);
	close(pair.listener);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("net");
	TCase *cases = tcase_create("net");
	tcase_set_timeout(cases, 30);
	tcase_add_test(cases, bytes_go_both_ways);
	tcase_add_test(cases, a_port_where_nobody_listens_refuses);
	tcase_add_test(cases, a_deadline_that_is_over_is_a_time_out);
	tcase_add_loop_test(cases, only_numeric_addresses_are_connected_to, 0,
			    sizeof bad_addresses / sizeof bad_addresses[0]);
	tcase_add_test(cases, an_address_has_the_bytes_of_a_certificate);
	tcase_add_test(cases, a_silent_peer_ends_at_the_deadline);
	tcase_add_test(cases, a_dripping_peer_ends_at_the_deadline);
	tcase_add_test(cases, a_peer_that_does_not_read_ends_at_the_deadline);
	tcase_add_test(cases, a_reset_is_an_error_and_no_signal);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
