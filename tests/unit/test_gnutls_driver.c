/* The endpoint of GnuTLS: a staple for each certificate, whatever it says. */
#include "fixtures/tls_server.h"

#include "core/clock.h"

#include <arpa/inet.h>
#include <check.h>
#include <gnutls/gnutls.h>
#include <gnutls/ocsp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ABOVE(id, more)                                                             \
	" {\"id\": \"" id "\", \"host\": \"" id ".lab.localhost\", \"situation\": " \
	"{\"intermediate\": {\"staple\": \"" id "\"}" more "}}"

#define NAMED(id, more)                                                             \
	" {\"id\": \"" id "\", \"host\": \"" id ".lab.localhost\", \"situation\": " \
	"{\"intermediate\": {\"staple\": \"good\"}, " more "}}"

static const char scenarios_text
	[] = "[{\"id\": \"plain\", \"host\": \"plain.lab.localhost\"}," ABOVE("good", "") "," ABOVE("revoked", "") "," ABOVE(
		"stale",
		"") "," ABOVE("unknown",
			      ", \"server.staple\": "
			      "{\"present\": \"false\"}") "," NAMED("first",
								    "\"server.staple\": "
								    "{\"skip_first\": "
								    "\"1\"}") "," NAMED("ev"
											"er"
											"y",
											"\""
											"se"
											"rv"
											"er"
											".s"
											"ta"
											"pl"
											"e"
											"\""
											": "
											"{"
											"\""
											"sk"
											"ip"
											"_e"
											"ve"
											"ry"
											"\""
											": "
											"\""
											"3"
											"\""
											"}") "," NAMED("old",
												       "\"server"
												       "\": "
												       "{\"tls\":"
												       " \"1."
												       "2\"}") "," NAMED("new",
															 "\"server\": {\"tls\": \"1.3\"}") "]";

static struct pki pki;
static struct catalogue catalogue;
static struct listener listener;
static struct events events;
static struct server *server;

static void set_up(void)
{
	struct error err = ERROR_INIT;
	json_t *scenarios = json_loads(scenarios_text, 0, NULL);
	ck_assert_ptr_nonnull(scenarios);
	events_init(&events, STDOUT_FILENO);
	ck_assert_msg(listener_init(&listener, &err) && listener_open(&listener, &err), "%s",
		      err.text);
	struct ports ports = {1, 2, 3, listener.port};
	ck_assert_msg(pki_init(&pki, clock_wall_s(), NULL, NULL, &err) &&
			      catalogue_init(&catalogue, scenarios, &pki, &ports, &err),
		      "%s", err.text);
	json_decref(scenarios);
	server = server_new(gnutls_driver(&err), &catalogue, &listener, &events, &err);
	ck_assert_msg(server != NULL, "%s", err.text);
}

static void tear_down(void)
{
	server_free(server);
	listener_clear(&listener);
	catalogue_clear(&catalogue);
	pki_clear(&pki);
	events_clear(&events);
}

/* What a client is to do, and what came of it. */
struct attempt {
	const char *host;
	const char *priorities;
	bool completed;
	unsigned alert; /* that came when it did not */
	int status[2];  /* an OCSP certStatus for leaf and issuer; -1: nothing stapled */
	char answer[512];
};

static int connect_to(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct timeval soon = {.tv_usec = 1000};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
	return fd;
}

static int read_status(gnutls_session_t tls, unsigned index)
{
	gnutls_datum_t bytes;
	gnutls_ocsp_resp_t response;
	unsigned status = 99;
	if (gnutls_ocsp_status_request_get2(tls, index, &bytes) != 0)
		return -1;
	ck_assert_int_eq(gnutls_ocsp_resp_init(&response), 0);
	ck_assert_int_eq(gnutls_ocsp_resp_import(response, &bytes), 0);
	gnutls_ocsp_resp_get_single(response, 0, NULL, NULL, NULL, NULL, &status, NULL, NULL, NULL,
				    NULL);
	gnutls_ocsp_resp_deinit(response);
	return (int)status;
}

static void talk(struct attempt *attempt, gnutls_session_t tls)
{
	struct deadline deadline = deadline_in_ms(10000);
	static const char request[] = "GET / HTTP/1.0\r\n\r\n";
	ssize_t len = GNUTLS_E_AGAIN;
	for (unsigned i = 0; i < 2; i++)
		attempt->status[i] = read_status(tls, i);
	ck_assert_int_gt(gnutls_record_send(tls, request, sizeof request - 1), 0);
	while (len == GNUTLS_E_AGAIN && !deadline_over(deadline)) {
		server_run(server);
		len = gnutls_record_recv(tls, attempt->answer, sizeof attempt->answer - 1);
	}
	ck_assert_int_gt(len, 0);
	gnutls_bye(tls, GNUTLS_SHUT_WR);
}

static void run(struct attempt *attempt)
{
	gnutls_session_t tls;
	gnutls_certificate_credentials_t credentials;
	struct deadline deadline = deadline_in_ms(10000);
	int code = GNUTLS_E_AGAIN;
	int fd = connect_to(listener.port);
	ck_assert_int_eq(gnutls_certificate_allocate_credentials(&credentials), 0);
	ck_assert_int_eq(gnutls_init(&tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK), 0);
	ck_assert_int_eq(gnutls_priority_set_direct(tls, attempt->priorities, NULL), 0);
	gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_server_name_set(tls, GNUTLS_NAME_DNS, attempt->host, strlen(attempt->host));
	gnutls_transport_set_int(tls, fd);
	while (gnutls_error_is_fatal(code) == 0 && code != 0 && !deadline_over(deadline)) {
		server_run(server);
		code = gnutls_handshake(tls);
	}
	attempt->completed = code == 0;
	if (code == 0)
		talk(attempt, tls);
	else if (code == GNUTLS_E_FATAL_ALERT_RECEIVED)
		attempt->alert = gnutls_alert_get(tls);
	gnutls_deinit(tls);
	gnutls_certificate_free_credentials(credentials);
	close(fd);
	while (server_num_connections(server) > 0 && !deadline_over(deadline))
		server_run(server);
	ck_assert_uint_eq(server_num_connections(server), 0);
}

static json_t *take_event(void)
{
	json_t *event = json_loads(text_string(&events.waiting), JSON_DISABLE_EOF_CHECK, NULL);
	ck_assert_msg(event != NULL, "no event");
	text_reset(&events.waiting);
	return event;
}

#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS_1_3 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

struct staple_row {
	const char *host, *priorities, *version;
	int leaf, above; /* certStatus: 0 good, 1 revoked, 2 unknown */
};

static const struct staple_row staple_rows[] = {
	{"good.lab.localhost", TLS_1_3, "1.3", 0, 0},
	{"c7.good.lab.localhost", TLS_1_3, "1.3", 0, 0},
	{"revoked.lab.localhost", TLS_1_3, "1.3", 0, 1},
	{"stale.lab.localhost", TLS_1_3, "1.3", 0, 0},
	{"unknown.lab.localhost", TLS_1_3, "1.3", -1, 2},
	{"good.lab.localhost", TLS_1_2, "1.2", 0, -1},
};

START_TEST(each_certificate_has_its_staple)
{
	const struct staple_row *row = &staple_rows[_i];
	struct attempt attempt = {.host = row->host, .priorities = row->priorities};
	run(&attempt);
	ck_assert_msg(attempt.completed, "%s: no handshake", row->host);
	ck_assert_msg(attempt.status[0] == row->leaf, "%s: leaf %d", row->host, attempt.status[0]);
	ck_assert_msg(attempt.status[1] == row->above, "%s: issuer %d", row->host,
		      attempt.status[1]);
	ck_assert_ptr_nonnull(strstr(attempt.answer, "revoscope lab: "));
	json_t *event = take_event();
	ck_assert_str_eq(json_string_value(json_object_get(event, "tls")), row->version);
	ck_assert(json_is_true(json_object_get(event, "completed")));
	ck_assert(json_is_true(json_object_get(event, "status_request")));
	ck_assert_int_eq(json_is_object(json_object_get(event, "staple")), row->leaf >= 0);
	ck_assert_int_eq(json_is_object(json_object_get(event, "staple_above")), row->above >= 0);
	json_decref(event);
}
END_TEST

static const char *const strangers[] = {"plain.lab.localhost", "other.example"};

START_TEST(a_scenario_of_the_other_endpoint_is_not_played)
{
	struct attempt attempt = {.host = strangers[_i], .priorities = TLS_1_3};
	run(&attempt);
	ck_assert(!attempt.completed);
	ck_assert_uint_eq(attempt.alert, GNUTLS_A_UNRECOGNIZED_NAME);
	json_decref(take_event());
}
END_TEST

/* In the order of the connections: whether each gets its staples. */
static const struct {
	const char *host, *stapled;
} skip_rows[] = {
	{"first.lab.localhost", "-++"},
	{"every.lab.localhost", "++-++-"},
	{"c1.every.lab.localhost", "++-"},
};

START_TEST(connections_without_a_staple_are_counted_per_sni)
{
	for (size_t i = 0; i < sizeof skip_rows / sizeof skip_rows[0]; i++) {
		for (const char *sign = skip_rows[i].stapled; *sign != '\0'; sign++) {
			struct attempt attempt = {.host = skip_rows[i].host, .priorities = TLS_1_3};
			run(&attempt);
			ck_assert(attempt.completed);
			ck_assert_int_eq(attempt.status[0], *sign == '+' ? 0 : -1);
			ck_assert_int_eq(attempt.status[1], *sign == '+' ? 0 : -1);
			json_t *event = take_event();
			ck_assert_int_eq(json_is_object(json_object_get(event, "staple")),
					 *sign == '+');
			ck_assert_int_eq(json_is_object(json_object_get(event, "staple_above")),
					 *sign == '+');
			json_decref(event);
		}
	}
}
END_TEST

/* version NULL: the handshake fails. TLS 1.2 alone is played by the first endpoint. */
static const struct {
	const char *host, *priorities, *version;
} version_rows[] = {
	{"new.lab.localhost", TLS_1_3, "1.3"},
	{"new.lab.localhost", TLS_1_2, NULL},
	{"new.lab.localhost", "NORMAL", "1.3"},
};

START_TEST(versions_are_those_of_the_scenario)
{
	struct attempt attempt = {.host = version_rows[_i].host,
				  .priorities = version_rows[_i].priorities};
	run(&attempt);
	json_t *event = take_event();
	ck_assert_int_eq(attempt.completed, version_rows[_i].version != NULL);
	if (version_rows[_i].version != NULL)
		ck_assert_str_eq(json_string_value(json_object_get(event, "tls")),
				 version_rows[_i].version);
	else
		ck_assert_uint_eq(attempt.alert, GNUTLS_A_HANDSHAKE_FAILURE);
	json_decref(event);
}
END_TEST

START_TEST(rubbish_is_survived)
{
	int fd = connect_to(listener.port);
	ck_assert_int_eq(write(fd, "GET / HTTP/1.0\r\n\r\n", 18), 18);
	struct deadline deadline = deadline_in_ms(5000);
	server_run(server);
	while (server_num_connections(server) > 0 && !deadline_over(deadline))
		server_run(server);
	close(fd);
	json_t *event = take_event();
	ck_assert(json_is_false(json_object_get(event, "completed")));
	json_decref(event);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("gnutls_driver");
	TCase *tests = tcase_create("gnutls_driver");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, each_certificate_has_its_staple, 0,
			    sizeof staple_rows / sizeof staple_rows[0]);
	tcase_add_loop_test(tests, a_scenario_of_the_other_endpoint_is_not_played, 0,
			    sizeof strangers / sizeof strangers[0]);
	tcase_add_test(tests, connections_without_a_staple_are_counted_per_sni);
	tcase_add_loop_test(tests, versions_are_those_of_the_scenario, 0,
			    sizeof version_rows / sizeof version_rows[0]);
	tcase_add_test(tests, rubbish_is_survived);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
