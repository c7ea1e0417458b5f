/* Faults on a raw socket: what a client sees of each, and when. */
#include "fixtures/fault.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int server_end, client_end;

/* A TCP connection, not a socket pair: a reset must be one. */
static void set_up(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof address;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &len), 0);
	client_end = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(client_end, (struct sockaddr *)&address, len), 0);
	server_end = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	ck_assert_int_ge(server_end, 0);
	close(listener);
}

static void tear_down(void)
{
	if (server_end >= 0)
		close(server_end);
	close(client_end);
}

static struct fault begin(enum behaviour behaviour, int64_t delay_ms, int http_status, int *status)
{
	struct fault fault;
	*status = fault_begin(&fault, server_end, behaviour, delay_ms, http_status, "/s/ocsp/MAA",
			      "application/ocsp-response");
	return fault;
}

/* Runs the fault until it is over or so much time has passed. */
static enum fault_result run_for(struct fault *fault, int64_t ms)
{
	struct deadline deadline = deadline_in_ms(ms);
	enum fault_result result = fault_run(fault, false);
	while (result == FAULT_WAIT && !deadline_over(deadline)) {
		poll(NULL, 0, 1);
		if (deadline_over(fault->next))
			result = fault_run(fault, false);
	}
	return result;
}

/* Reads what has come; *last is what the last read said: 0 the end, else errno. */
static size_t read_all(char *out, size_t size, int *last)
{
	static char bytes[65536];
	size_t total = 0;
	ssize_t len;
	while ((len = recv(client_end, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
		for (ssize_t i = 0; i < len && total + (size_t)i < size - 1; i++)
			out[total + (size_t)i] = bytes[i];
		total += (size_t)len;
	}
	*last = len == 0 ? 0 : errno;
	out[total < size - 1 ? total : size - 1] = '\0';
	return total;
}

static void close_server_end(void)
{
	close(server_end);
	server_end = -1;
}

START_TEST(silence_sends_nothing)
{
	char out[64];
	int last;
	int status;
	struct fault fault = begin(BEHAVIOUR_SILENT, 0, 0, &status);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(run_for(&fault, 50), FAULT_WAIT);
	ck_assert_uint_eq(read_all(out, sizeof out, &last), 0);
	ck_assert_int_eq(last, EAGAIN);
	ck_assert_int_eq(fault_run(&fault, true), FAULT_OVER);
}
END_TEST

START_TEST(slowness_hands_over_after_the_delay)
{
	int status;
	int64_t began = clock_monotonic_us();
	struct fault fault = begin(BEHAVIOUR_SLOW, 120, 0, &status);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(run_for(&fault, 5000), FAULT_HAND_OVER);
	ck_assert_int_ge(clock_monotonic_us() - began, 120000);
	fault = begin(BEHAVIOUR_SLOW, 60000, 0, &status);
	ck_assert_int_eq(fault_run(&fault, true), FAULT_OVER);
}
END_TEST

START_TEST(a_reset_comes_in_the_middle_of_the_body)
{
	char out[1024];
	int last;
	int status;
	struct fault fault = begin(BEHAVIOUR_RESET, 0, 0, &status);
	ck_assert_int_eq(status, 200);
	ck_assert_int_eq(run_for(&fault, 1000), FAULT_OVER);
	close_server_end();
	poll(NULL, 0, 20);
	size_t len = read_all(out, sizeof out, &last);
	ck_assert_ptr_nonnull(strstr(out, "Content-Length: 1000\r\n"));
	ck_assert_uint_lt(len, 1000);
	ck_assert_int_eq(last, ECONNRESET);
}
END_TEST

struct status_row {
	int status;
	bool has_body;
};

static const struct status_row status_rows[] = {
	{503, true},  {404, true},  {200, true}, {204, false},
	{304, false}, {101, false}, {599, true},
};

START_TEST(a_status_is_a_whole_answer)
{
	const struct status_row *row = &status_rows[_i];
	char out[1024];
	char start[32];
	int last;
	int status;
	struct fault fault = begin(BEHAVIOUR_HTTP, 0, row->status, &status);
	ck_assert_int_eq(status, row->status);
	ck_assert_int_eq(run_for(&fault, 20), FAULT_WAIT); /* for the client to close */
	size_t len = read_all(out, sizeof out, &last);
	ck_assert_int_eq(last, 0);
	snprintf(start, sizeof start, "HTTP/1.1 %d ", row->status);
	ck_assert_msg(strncmp(out, start, strlen(start)) == 0, "%s", out);
	const char *body = strstr(out, "\r\n\r\n");
	ck_assert_ptr_nonnull(body);
	ck_assert_msg((len > (size_t)(body + 4 - out)) == row->has_body, "%d: body", row->status);
	shutdown(client_end, SHUT_WR);
	poll(NULL, 0, 20);
	ck_assert_int_eq(fault_run(&fault, true), FAULT_OVER);
}
END_TEST

START_TEST(a_client_that_never_closes_after_an_answer_is_left)
{
	int status;
	struct fault fault = begin(BEHAVIOUR_HTTP, 0, 500, &status);
	ck_assert_int_eq(run_for(&fault, 10000), FAULT_OVER);
}
END_TEST

START_TEST(a_redirect_leads_to_itself)
{
	char out[1024];
	int last;
	int status;
	struct fault fault = begin(BEHAVIOUR_REDIRECT_LOOP, 0, 0, &status);
	ck_assert_int_eq(status, 302);
	run_for(&fault, 20);
	read_all(out, sizeof out, &last);
	ck_assert_ptr_nonnull(strstr(out, "\r\nLocation: /s/ocsp/MAA\r\n"));
}
END_TEST

START_TEST(a_redirect_leads_to_where_the_answer_is)
{
	char out[1024];
	int last;
	int status;
	struct fault fault = begin(BEHAVIOUR_REDIRECT, 0, 0, &status);
	ck_assert_int_eq(status, 302);
	run_for(&fault, 20);
	read_all(out, sizeof out, &last);
	ck_assert_ptr_nonnull(strstr(out, "\r\nLocation: /s/moved/ocsp/MAA\r\n"));
}
END_TEST

START_TEST(a_dripping_body_comes_byte_by_byte)
{
	char out[2048];
	int last;
	int status;
	struct fault fault = begin(BEHAVIOUR_DRIP, 0, 0, &status);
	ck_assert_int_eq(status, 200);
	size_t first = read_all(out, sizeof out, &last);
	ck_assert_ptr_nonnull(strstr(out, "application/ocsp-response"));
	ck_assert_int_eq(run_for(&fault, 1100), FAULT_WAIT);
	size_t more = read_all(out, sizeof out, &last);
	ck_assert_uint_gt(first, 0);
	ck_assert_uint_ge(more, 2);
	ck_assert_uint_le(more, 6);
	ck_assert_int_eq(last, EAGAIN);
}
END_TEST

START_TEST(an_endless_body_goes_on_until_the_client_leaves)
{
	char out[2048];
	int last;
	int status;
	struct fault fault = begin(BEHAVIOUR_ENDLESS, 0, 0, &status);
	ck_assert_int_eq(status, 200);
	size_t total = 0;
	struct deadline deadline = deadline_in_ms(10000);
	while (total < (size_t)1 << 20 && !deadline_over(deadline)) {
		ck_assert_int_eq(run_for(&fault, 5), FAULT_WAIT);
		total += read_all(out, sizeof out, &last);
	}
	ck_assert_uint_ge(total, (size_t)1 << 20);
	ck_assert_int_eq(last, EAGAIN);
	close(client_end);
	client_end = -1;
	ck_assert_int_eq(run_for(&fault, 2000), FAULT_OVER);
}
END_TEST

START_TEST(an_endless_body_does_not_wait_for_the_client)
{
	int status;
	struct fault fault = begin(BEHAVIOUR_ENDLESS, 0, 0, &status);
	int64_t began = clock_monotonic_us();
	ck_assert_int_eq(run_for(&fault, 500), FAULT_WAIT); /* nobody reads */
	ck_assert_int_lt(clock_monotonic_us() - began, 2000000);
}
END_TEST

START_TEST(what_is_played_here_is_no_healthy_answer)
{
	ck_assert(!fault_is_raw(BEHAVIOUR_ANSWER));
	ck_assert(!fault_is_raw(BEHAVIOUR_WRONG_TYPE));
	ck_assert(!fault_is_raw(BEHAVIOUR_NONE));
	ck_assert(!fault_is_raw(BEHAVIOUR_GET_REFUSED));
	ck_assert(fault_is_raw(BEHAVIOUR_SILENT));
	ck_assert(fault_is_raw(BEHAVIOUR_SLOW));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fault");
	TCase *tests = tcase_create("fault");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, silence_sends_nothing);
	tcase_add_test(tests, slowness_hands_over_after_the_delay);
	tcase_add_test(tests, a_reset_comes_in_the_middle_of_the_body);
	tcase_add_loop_test(tests, a_status_is_a_whole_answer, 0,
			    sizeof status_rows / sizeof status_rows[0]);
	tcase_add_test(tests, a_client_that_never_closes_after_an_answer_is_left);
	tcase_add_test(tests, a_redirect_leads_to_itself);
	tcase_add_test(tests, a_redirect_leads_to_where_the_answer_is);
	tcase_add_test(tests, a_dripping_body_comes_byte_by_byte);
	tcase_add_test(tests, an_endless_body_goes_on_until_the_client_leaves);
	tcase_add_test(tests, an_endless_body_does_not_wait_for_the_client);
	tcase_add_test(tests, what_is_played_here_is_no_healthy_answer);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
