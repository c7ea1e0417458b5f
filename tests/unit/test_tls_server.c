/* The TLS endpoint: what it picks by SNI, what it staples, and what it tells of it. */
#include "fixtures/tls_server.h"

#include "core/clock.h"

#include <arpa/inet.h>
#include <check.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* clang-format off */
static const char scenarios_text[] =
"[{\"id\": \"good\", \"host\": \"good.lab.localhost\"},"
" {\"id\": \"none\", \"host\": \"none.lab.localhost\", \"situation\": {\"server.staple\": {\"present\": \"false\"}}},"
" {\"id\": \"empty\", \"host\": \"empty.lab.localhost\", \"situation\": {\"server.staple\": {\"encoding\": \"empty\"}}},"
" {\"id\": \"garbage\", \"host\": \"garbage.lab.localhost\", \"situation\": {\"server.staple\": {\"encoding\": \"garbage\"}}},"
" {\"id\": \"huge\", \"host\": \"huge.lab.localhost\", \"situation\": {\"server.staple\": {\"encoding\": \"huge\"}}},"
" {\"id\": \"first\", \"host\": \"first.lab.localhost\", \"situation\": {\"server.staple\": {\"skip_first\": \"2\"}}},"
" {\"id\": \"every\", \"host\": \"every.lab.localhost\", \"situation\": {\"server.staple\": {\"skip_every\": \"3\"}}},"
" {\"id\": \"pushy\", \"host\": \"pushy.lab.localhost\", \"situation\": {\"server.staple\": {\"unasked\": \"true\"}}},"
" {\"id\": \"old\", \"host\": \"old.lab.localhost\", \"situation\": {\"server\": {\"tls\": \"1.2\"}}},"
" {\"id\": \"new\", \"host\": \"new.lab.localhost\", \"situation\": {\"server\": {\"tls\": \"1.3\"}}},"
" {\"id\": \"rsa\", \"host\": \"rsa.lab.localhost\", \"situation\": {\"certificate\": {\"key\": \"rsa-2048\"}}},"
" {\"id\": \"foreign\", \"host\": \"foreign.lab.localhost\", \"situation\": {\"certificate\": {\"chain\": \"untrusted\"}}}]";
/* clang-format on */

static struct pki pki;
static struct catalogue catalogue;
static struct listener listener;
static struct events events;
static struct server *server;

static void set_up(void)
{
	struct error err = ERROR_INIT;
	struct ports ports = {1, 2, 3, 4};
	json_t *scenarios = json_loads(scenarios_text, 0, NULL);
	ck_assert_ptr_nonnull(scenarios);
	/* Nothing is ever flushed: the tests read what waits. */
	events_init(&events, STDOUT_FILENO);
	ck_assert_msg(pki_init(&pki, clock_wall_s(), NULL, NULL, &err) &&
			      catalogue_init(&catalogue, scenarios, &pki, &ports, &err) &&
			      listener_init(&listener, &err) && listener_open(&listener, &err),
		      "%s", err.text);
	json_decref(scenarios);
	server = server_new(&openssl_driver, &catalogue, &listener, &events, &err);
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
	const char *sni; /* NULL: none is sent */
	bool asks;
	int max_version;     /* 0: no limit */
	bool trusts;         /* verifies the chain against the lab's root */
	const char *request; /* HTTP, sent after the handshake */

	bool completed;
	int version;
	bool stapled;
	struct bytes staple;
	int key_type;
	char answer[512];
	bool has_session; /* a ticket or an id that could be resumed */
};

static int see_staple(SSL *ssl, void *argument)
{
	struct attempt *attempt = argument;
	const unsigned char *data;
	long len = SSL_get_tlsext_status_ocsp_resp(ssl, &data);
	attempt->stapled = data != NULL && len >= 0;
	if (attempt->stapled)
		bytes_set(&attempt->staple, data, (size_t)len, NULL);
	return 1;
}

static int connect_to(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	struct timeval soon = {.tv_usec = 1000};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
	return fd;
}

/* Repeats a call of OpenSSL, while the server runs, until it is decided. */
static int drive(SSL *ssl, int (*call)(SSL *ssl))
{
	struct deadline deadline = deadline_in_ms(10000);
	while (!deadline_over(deadline)) {
		server_run(server);
		int result = call(ssl);
		if (result > 0)
			return result;
		int error = SSL_get_error(ssl, result);
		if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
			return result;
	}
	ck_abort_msg("the server does not answer");
	return -1;
}

static char read_buffer[512];

static int read_some(SSL *ssl)
{
	return SSL_read(ssl, read_buffer, sizeof read_buffer - 1);
}

static void finish(struct attempt *attempt, SSL *ssl)
{
	attempt->completed = true;
	attempt->version = SSL_version(ssl);
	X509 *certificate = SSL_get1_peer_certificate(ssl);
	attempt->key_type = EVP_PKEY_get_base_id(X509_get0_pubkey(certificate));
	X509_free(certificate);
	if (attempt->request != NULL) {
		SSL_write(ssl, attempt->request, (int)strlen(attempt->request));
		int len = drive(ssl, read_some);
		if (len > 0) {
			read_buffer[len] = '\0';
			memcpy(attempt->answer, read_buffer, (size_t)len + 1);
		}
	}
	attempt->has_session = SSL_SESSION_is_resumable(SSL_get0_session(ssl)) == 1;
	SSL_shutdown(ssl);
}

static void run(struct attempt *attempt)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_max_cert_list(context, 4 << 20);
	if (attempt->asks) {
		SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
		SSL_CTX_set_tlsext_status_cb(context, see_staple);
		SSL_CTX_set_tlsext_status_arg(context, attempt);
	}
	if (attempt->trusts) {
		X509_STORE_add_cert(SSL_CTX_get_cert_store(context), pki.lab.root.certificate);
		SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	}
	SSL_CTX_set_max_proto_version(context, attempt->max_version);
	SSL *ssl = SSL_new(context);
	int fd = connect_to(listener.port);
	SSL_set_fd(ssl, fd);
	if (attempt->sni != NULL)
		SSL_set_tlsext_host_name(ssl, attempt->sni);
	if (drive(ssl, SSL_connect) == 1)
		finish(attempt, ssl);
	SSL_free(ssl);
	close(fd);
	SSL_CTX_free(context);
	/* Until the server has seen the end. */
	struct deadline deadline = deadline_in_ms(5000);
	while (server_num_connections(server) > 0 && !deadline_over(deadline))
		server_run(server);
	ck_assert_uint_eq(server_num_connections(server), 0);
}

/* The only event that waits; it is taken away. New reference. */
static json_t *take_event(void)
{
	json_t *event = json_loads(text_string(&events.waiting), JSON_DISABLE_EOF_CHECK, NULL);
	ck_assert_msg(event != NULL, "no event");
	text_reset(&events.waiting);
	return event;
}

static const char *text_of(const json_t *event, const char *key)
{
	const char *text = json_string_value(json_object_get(event, key));
	return text != NULL ? text : "";
}

struct staple_row {
	const char *host;
	int max_version;
	bool stapled;
	size_t least, most; /* bytes */
};

static const struct staple_row staple_rows[] = {
	{"good.lab.localhost", 0, true, 200, 400},
	{"good.lab.localhost", TLS1_2_VERSION, true, 200, 400},
	{"c17.good.lab.localhost", 0, true, 200, 400},
	{"none.lab.localhost", 0, false, 0, 0},
	{"none.lab.localhost", TLS1_2_VERSION, false, 0, 0},
	{"garbage.lab.localhost", 0, true, 64, 64},
	{"garbage.lab.localhost", TLS1_2_VERSION, true, 64, 64},
	{"huge.lab.localhost", 0, true, 64000, 65535},
};

START_TEST(bytes_are_stapled_as_they_are_when_asked_for)
{
	const struct staple_row *row = &staple_rows[_i];
	struct attempt asking = {.sni = row->host, .asks = true, .max_version = row->max_version};
	run(&asking);
	ck_assert_msg(asking.completed, "%s: no handshake", row->host);
	ck_assert_msg(asking.stapled == row->stapled, "%s: stapled", row->host);
	ck_assert_uint_ge(asking.staple.len, row->least);
	ck_assert_uint_le(asking.staple.len, row->most);
	json_t *event = take_event();
	ck_assert(json_is_true(json_object_get(event, "status_request")));
	const json_t *told = json_object_get(event, "staple");
	if (row->stapled) {
		char digest[65];
		bytes_sha256(digest, &asking.staple);
		ck_assert_str_eq(text_of(told, "sha256"), digest);
		ck_assert_int_eq(json_integer_value(json_object_get(told, "bytes")),
				 (json_int_t)asking.staple.len);
	} else {
		ck_assert(json_is_null(told));
	}
	json_decref(event);
	bytes_clear(&asking.staple);

	struct attempt silent = {.sni = row->host, .max_version = row->max_version};
	run(&silent);
	ck_assert(silent.completed);
	event = take_event();
	ck_assert(json_is_false(json_object_get(event, "status_request")));
	ck_assert(json_is_null(json_object_get(event, "staple")));
	json_decref(event);
}
END_TEST

/* RFC 8446 section 4.2, RFC 5246 section 7.4.1.4: what was not asked for ends the handshake. */
START_TEST(who_did_not_ask_can_be_given_a_staple_all_the_same)
{
	int max_version = _i == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
	struct attempt asking = {
		.sni = "pushy.lab.localhost", .asks = true, .max_version = max_version};
	run(&asking);
	ck_assert(asking.completed && asking.stapled);
	bytes_clear(&asking.staple);
	json_decref(take_event());

	struct attempt silent = {.sni = "pushy.lab.localhost", .max_version = max_version};
	run(&silent);
	ck_assert(!silent.completed);
	json_t *event = take_event();
	ck_assert(json_is_false(json_object_get(event, "status_request")));
	ck_assert(json_is_object(json_object_get(event, "staple")));
	const json_t *alert = json_object_get(event, "alert");
	ck_assert_int_eq(json_integer_value(json_object_get(alert, "number")),
			 SSL_AD_UNSUPPORTED_EXTENSION);
	json_decref(event);
}
END_TEST

/* OpenSSL 3.0 as a client takes at most 16 KiB in a CertificateStatus of TLS 1.2. */
START_TEST(a_megabyte_is_stapled_in_tls_1_2)
{
	struct attempt attempt = {
		.sni = "huge.lab.localhost", .asks = true, .max_version = TLS1_2_VERSION};
	run(&attempt);
	ck_assert(!attempt.completed);
	json_t *event = take_event();
	const json_t *staple = json_object_get(event, "staple");
	ck_assert_int_gt(json_integer_value(json_object_get(staple, "bytes")), 1 << 20);
	const json_t *alert = json_object_get(event, "alert");
	ck_assert_int_eq(json_integer_value(json_object_get(alert, "number")),
			 SSL_AD_ILLEGAL_PARAMETER);
	json_decref(event);
}
END_TEST

/* OpenSSL 3.0 as a client takes an empty staple for a lack of memory and says so. */
START_TEST(an_empty_staple_is_sent_and_the_alert_is_told)
{
	struct attempt attempt = {.sni = "empty.lab.localhost", .asks = true};
	run(&attempt);
	ck_assert(!attempt.completed);
	json_t *event = take_event();
	const json_t *staple = json_object_get(event, "staple");
	ck_assert(json_is_object(staple));
	ck_assert_int_eq(json_integer_value(json_object_get(staple, "bytes")), 0);
	ck_assert(json_is_false(json_object_get(event, "completed")));
	ck_assert(json_is_object(json_object_get(event, "alert")));
	json_decref(event);
}
END_TEST

struct sni_row {
	const char *sni;
	const char *scenario; /* "" for none */
};

static const struct sni_row sni_rows[] = {
	{"good.lab.localhost", "good"}, {"a.good.lab.localhost", "good"},
	{"GOOD.lab.LOCALHOST", "good"}, {"a.b.good.lab.localhost", ""},
	{"lab.localhost", ""},          {"other.example", ""},
	{"xgood.lab.localhost", ""},    {NULL, ""},
};

START_TEST(the_scenario_is_picked_by_sni)
{
	const struct sni_row *row = &sni_rows[_i];
	struct attempt attempt = {.sni = row->sni};
	run(&attempt);
	json_t *event = take_event();
	const char *shown = row->sni != NULL ? row->sni : "none";
	ck_assert_msg(attempt.completed == (*row->scenario != '\0'), "%s", shown);
	ck_assert_str_eq(text_of(event, "scenario"), row->scenario);
	if (row->sni != NULL)
		ck_assert_int_eq(strcasecmp(text_of(event, "sni"), row->sni), 0);
	else
		ck_assert(json_is_null(json_object_get(event, "sni")));
	json_decref(event);
}
END_TEST

struct version_row {
	const char *host;
	int max_version;
	int version; /* 0: no handshake */
	const char *told;
};

static const struct version_row version_rows[] = {
	{"good.lab.localhost", 0, TLS1_3_VERSION, "1.3"},
	{"good.lab.localhost", TLS1_2_VERSION, TLS1_2_VERSION, "1.2"},
	{"old.lab.localhost", 0, TLS1_2_VERSION, "1.2"},
	{"new.lab.localhost", 0, TLS1_3_VERSION, "1.3"},
	{"new.lab.localhost", TLS1_2_VERSION, 0, ""},
};

START_TEST(versions_are_those_of_the_scenario)
{
	const struct version_row *row = &version_rows[_i];
	struct attempt attempt = {.sni = row->host, .max_version = row->max_version};
	run(&attempt);
	ck_assert_int_eq(attempt.version, row->version);
	json_t *event = take_event();
	ck_assert_str_eq(text_of(event, "tls"), row->told);
	json_decref(event);
}
END_TEST

static bool is_stapled(const char *sni, bool asks)
{
	struct attempt attempt = {.sni = sni, .asks = asks};
	run(&attempt);
	ck_assert(attempt.completed);
	text_reset(&events.waiting);
	bytes_clear(&attempt.staple);
	return attempt.stapled;
}

START_TEST(the_first_connections_are_counted_per_sni)
{
	ck_assert(!is_stapled("a.first.lab.localhost", true));
	ck_assert(!is_stapled("a.first.lab.localhost", false)); /* did not ask: not counted */
	ck_assert(!is_stapled("a.first.lab.localhost", true));
	ck_assert(!is_stapled("b.first.lab.localhost", true));
	ck_assert(is_stapled("a.first.lab.localhost", true));
	ck_assert(!is_stapled("b.first.lab.localhost", true));
	ck_assert(is_stapled("b.first.lab.localhost", true));
	ck_assert(!is_stapled("first.lab.localhost", true));
}
END_TEST

START_TEST(every_third_connection_gets_none)
{
	static const bool wanted[] = {true, true, false, true, true, false};
	for (size_t i = 0; i < sizeof wanted; i++)
		ck_assert_msg(is_stapled("a.every.lab.localhost", true) == wanted[i],
			      "connection %zu", i + 1);
}
END_TEST

START_TEST(a_client_that_verifies_is_content_with_the_chain)
{
	struct attempt good = {.sni = "good.lab.localhost", .trusts = true};
	run(&good);
	ck_assert(good.completed);
	ck_assert_int_eq(good.key_type, EVP_PKEY_EC);
	text_reset(&events.waiting);
	struct attempt rsa = {.sni = "rsa.lab.localhost", .trusts = true};
	run(&rsa);
	ck_assert(rsa.completed);
	ck_assert_int_eq(rsa.key_type, EVP_PKEY_RSA);
	text_reset(&events.waiting);
	struct attempt foreign = {.sni = "foreign.lab.localhost", .trusts = true};
	run(&foreign);
	ck_assert(!foreign.completed);
	json_t *event = take_event();
	const json_t *alert = json_object_get(event, "alert");
	ck_assert_int_eq(json_integer_value(json_object_get(alert, "number")), SSL_AD_UNKNOWN_CA);
	ck_assert_str_eq(text_of(alert, "name"), "unknown_ca");
	json_decref(event);
}
END_TEST

START_TEST(no_session_can_be_resumed)
{
	struct attempt attempt = {.sni = "good.lab.localhost",
				  .max_version = _i == 0 ? 0 : TLS1_2_VERSION,
				  .request = "GET / HTTP/1.0\r\n\r\n"};
	run(&attempt);
	ck_assert(attempt.completed);
	ck_assert(!attempt.has_session);
}
END_TEST

START_TEST(a_request_gets_an_answer_that_names_the_scenario)
{
	struct attempt attempt = {.sni = "good.lab.localhost",
				  .request = "GET / HTTP/1.1\r\nHost: good\r\n\r\n"};
	run(&attempt);
	ck_assert_int_eq(strncmp(attempt.answer, "HTTP/1.0 200 OK\r\n", 17), 0);
	ck_assert_ptr_nonnull(strstr(attempt.answer, "\r\n\r\nrevoscope lab: good\n"));
}
END_TEST

/* Bytes that are no TLS end the connection and nothing else. */
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
	struct attempt attempt = {.sni = "good.lab.localhost"};
	run(&attempt);
	ck_assert(attempt.completed);
}
END_TEST

START_TEST(a_connection_that_is_cut_short_has_its_event)
{
	int fd = connect_to(listener.port);
	while (server_num_connections(server) == 0)
		server_run(server);
	ck_assert_int_ge(server_timeout_ms(server), SERVER_CONNECTION_MS - 1000);
	server_free(server);
	server = NULL;
	close(fd);
	json_t *event = take_event();
	ck_assert_str_eq(text_of(event, "event"), "connection");
	ck_assert_int_gt(json_integer_value(json_object_get(event, "peer_port")), 0);
	json_decref(event);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tls_server");
	TCase *tests = tcase_create("tls_server");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, bytes_are_stapled_as_they_are_when_asked_for, 0,
			    sizeof staple_rows / sizeof staple_rows[0]);
	tcase_add_loop_test(tests, who_did_not_ask_can_be_given_a_staple_all_the_same, 0, 2);
	tcase_add_test(tests, a_megabyte_is_stapled_in_tls_1_2);
	tcase_add_test(tests, an_empty_staple_is_sent_and_the_alert_is_told);
	tcase_add_loop_test(tests, the_scenario_is_picked_by_sni, 0,
			    sizeof sni_rows / sizeof sni_rows[0]);
	tcase_add_loop_test(tests, versions_are_those_of_the_scenario, 0,
			    sizeof version_rows / sizeof version_rows[0]);
	tcase_add_test(tests, the_first_connections_are_counted_per_sni);
	tcase_add_test(tests, every_third_connection_gets_none);
	tcase_add_test(tests, a_client_that_verifies_is_content_with_the_chain);
	tcase_add_loop_test(tests, no_session_can_be_resumed, 0, 2);
	tcase_add_test(tests, a_request_gets_an_answer_that_names_the_scenario);
	tcase_add_test(tests, rubbish_is_survived);
	tcase_add_test(tests, a_connection_that_is_cut_short_has_its_event);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
