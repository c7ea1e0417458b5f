/* The plain-text prologues, against servers whose whole answer is written beforehand. */
#include "clients/net/starttls.h"

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bytes with their length, since some protocols have a NUL in every message. */
struct bytes {
	const char *data;
	size_t len;
};
#define B(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

struct row {
	const char *name;
	enum starttls protocol;
	struct bytes server; /* all that the server says */
	struct bytes client; /* all that the client has to have said */
	const char *failure; /* in the error; NULL when TLS may begin */
};

#define EHLO     "EHLO revoscope.invalid\r\n"
#define LHLO     "LHLO revoscope.invalid\r\n"
#define INJECTED "in the clear before TLS"

/* RFC 4511 section 4.14.1, as in the protocol's own encoding. */
#define LDAP_REQUEST                           \
	"\x30\x1d\x02\x01\x01\x77\x18\x80\x16" \
	"1.3.6.1.4.1.1466.20037"
#define LDAP_SUCCESS "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"
/* "SSLRequest" in the PostgreSQL documentation, "Message Formats". */
#define POSTGRES_REQUEST "\0\0\0\x08\x04\xd2\x16\x2f"
/* Protocol::HandshakeV10 and Protocol::SSLRequest in the MySQL documentation. */
#define MYSQL_BODY(flags)                   \
	"\x0a"                              \
	"8.0.36\0"                          \
	"\x08\0\0\0"                        \
	"saltsalt"                          \
	"\0" flags "\xff\x02\0\xff\xdf\x15" \
	"\0\0\0\0\0\0\0\0\0\0"              \
	"moresaltmore\0"                    \
	"caching_sha2_password\0"
#define MYSQL_GREETING(flags) "\x4a\0\0\0" MYSQL_BODY(flags)
#define MYSQL_REQUEST  \
	"\x20\0\0\x01" \
	"\0\x8a\0\0"   \
	"\0\0\0\x01"   \
	"\x21"         \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define STREAM(ns)                                                             \
	"<?xml version='1.0'?><stream:stream to='mail.example.org' xmlns='" ns \
	"' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
#define XMPP_STREAM STREAM("jabber:client")
#define XMPP_OPEN                                                                   \
	"<?xml version='1.0'?>\n<stream:stream from='mail.example.org' id=\"a>b\" " \
	"xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
#define XMPP_ASK "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
#define XMPP_FEATURES                                                                    \
	"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/>" \
	"</starttls></stream:features>"
#define XMPP_PROCEED "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"

static const struct row rows[] = {
	{"smtp", STARTTLS_SMTP, B("220 mx\r\n250-mx\r\n250-SIZE\r\n250 STARTTLS\r\n220 go\r\n"),
	 B(EHLO "STARTTLS\r\n"), NULL},
	{"smtp with a long greeting", STARTTLS_SMTP, B("220-a\r\n220 b\r\n250 ok\r\n220 go\r\n"),
	 B(EHLO "STARTTLS\r\n"), NULL},
	{"smtp without carriage returns", STARTTLS_SMTP, B("220 mx\n250 ok\n220 go\n"),
	 B(EHLO "STARTTLS\r\n"), NULL},
	{"smtp without words", STARTTLS_SMTP, B("220\r\n250\r\n220\r\n"), B(EHLO "STARTTLS\r\n"),
	 NULL},
	{"smtp refuses STARTTLS", STARTTLS_SMTP, B("220 mx\r\n250 ok\r\n454 not now\r\n"),
	 B(EHLO "STARTTLS\r\n"), "the server answered '454 not now'"},
	{"smtp refuses at once", STARTTLS_SMTP, B("554 go away\r\n"), B(""),
	 "answered '554 go away'"},
	{"smtp changes its number within a reply", STARTTLS_SMTP, B("220-a\r\n250 b\r\n"), B(""),
	 "answered '250 b'"},
	{"smtp with a number that goes on", STARTTLS_SMTP, B("2200 mx\r\n"), B(""),
	 "answered '2200 mx'"},
	{"smtp injects a reply", STARTTLS_SMTP, B("220 mx\r\n250 ok\r\n220 go\r\n250 fine\r\n"),
	 B(EHLO "STARTTLS\r\n"), INJECTED},
	{"smtp injects one byte", STARTTLS_SMTP, B("220 mx\r\n250 ok\r\n220 go\r\n\x16"),
	 B(EHLO "STARTTLS\r\n"), "'\\x16'"},
	{"smtp with a NUL in a line", STARTTLS_SMTP, B("220 mx\0\r\n"), B(""), "NUL or CR inside"},
	{"smtp with a CR in a line", STARTTLS_SMTP, B("220 mx\r250 ok\r\n"), B(""),
	 "'220 mx\\x0d250 ok'"},
	{"the end in the middle", STARTTLS_SMTP, B("220 mx\r\n250-"), B(EHLO),
	 "server closed the connection"},
	{"nothing at all", STARTTLS_SMTP, B(""), B(""), "server closed the connection"},
	{"lmtp", STARTTLS_LMTP, B("220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n"),
	 B(LHLO "STARTTLS\r\n"), NULL},
	{"lmtp refuses", STARTTLS_LMTP, B("220 mx\r\n250 mx\r\n500 what\r\n"),
	 B(LHLO "STARTTLS\r\n"), "answered '500 what'"},
	{"ftp", STARTTLS_FTP, B("220 hi\r\n234 go\r\n"), B("AUTH TLS\r\n"), NULL},
	{"ftp with a free middle", STARTTLS_FTP,
	 B("220-hi\r\n Rules\r\n234 of them\r\n220 hi\r\n234 go\r\n"), B("AUTH TLS\r\n"), NULL},
	{"ftp refuses", STARTTLS_FTP, B("220 hi\r\n530 log in first\r\n"), B("AUTH TLS\r\n"),
	 "answered '530 log in first'"},
	{"ftp injects", STARTTLS_FTP, B("220 hi\r\n234 go\r\n230 in\r\n"), B("AUTH TLS\r\n"),
	 INJECTED},
	{"nntp", STARTTLS_NNTP, B("201 no posting\r\n382 go\r\n"), B("STARTTLS\r\n"), NULL},
	{"nntp refuses", STARTTLS_NNTP, B("200 hi\r\n580 no\r\n"), B("STARTTLS\r\n"),
	 "answered '580 no'"},
	{"nntp is none", STARTTLS_NNTP, B("220 mx\r\n"), B(""), "answered '220 mx'"},
	{"imap", STARTTLS_IMAP, B("* OK ready\r\n* CAPABILITY x\r\na1 OK go\r\n"),
	 B("a1 STARTTLS\r\n"), NULL},
	{"imap refuses", STARTTLS_IMAP, B("* OK ready\r\na1 BAD what\r\n"), B("a1 STARTTLS\r\n"),
	 "answered 'a1 BAD what'"},
	{"imap says goodbye", STARTTLS_IMAP, B("* OK ready\r\n* BYE busy\r\n"),
	 B("a1 STARTTLS\r\n"), "answered '* BYE busy'"},
	{"imap is authenticated already", STARTTLS_IMAP, B("* PREAUTH hello\r\n"), B(""),
	 "authenticated already"},
	{"imap injects", STARTTLS_IMAP, B("* OK ready\r\na1 OK go\r\n* OK more\r\n"),
	 B("a1 STARTTLS\r\n"), INJECTED},
	{"pop3", STARTTLS_POP3, B("+OK hi\r\n+OK go\r\n"), B("STLS\r\n"), NULL},
	{"pop3 refuses", STARTTLS_POP3, B("+OK hi\r\n-ERR no\r\n"), B("STLS\r\n"),
	 "answered '-ERR no'"},
	{"pop3 with a word that goes on", STARTTLS_POP3, B("+OKAY\r\n"), B(""), "answered '+OKAY'"},
	{"an escape sequence is shown harmlessly", STARTTLS_POP3, B("-ERR \033[31m\r\n"), B(""),
	 "\\x1b[31m"},
	{"sieve", STARTTLS_SIEVE,
	 B("\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK\r\nOK \"Begin\"\r\n"), B("STARTTLS\r\n"),
	 NULL},
	{"sieve with literals", STARTTLS_SIEVE,
	 B("{14}\r\nIMPLEMENTATION {4+}\r\nOK\r\n\r\nOK (TAG {2}\r\nab) {3}\r\nx\r\n\r\nOK "
	   "{2}\r\ngo\r\n"),
	 B("STARTTLS\r\n"), NULL},
	{"sieve refuses", STARTTLS_SIEVE, B("OK\r\nNO \"TLS is off\"\r\n"), B("STARTTLS\r\n"),
	 "answered 'NO \"TLS is off\"'"},
	{"sieve says goodbye", STARTTLS_SIEVE, B("BYE \"busy\"\r\n"), B(""), "answered 'BYE"},
	{"sieve with a huge literal", STARTTLS_SIEVE, B("\"A\" {999999}\r\n"), B(""), "too long"},
	{"sieve injects", STARTTLS_SIEVE, B("OK\r\nOK\r\nOK\r\n"), B("STARTTLS\r\n"), INJECTED},
	{"ldap", STARTTLS_LDAP, B(LDAP_SUCCESS), B(LDAP_REQUEST), NULL},
	{"ldap with long lengths and a name", STARTTLS_LDAP,
	 B("\x30\x84\0\0\0\x28\x02\x01\x01\x78\x84\0\0\0\x1f\x0a\x01\0\x04\0\x04\0\x8a\x16"
	   "1.3.6.1.4.1.1466.20037"),
	 B(LDAP_REQUEST), NULL},
	{"ldap refuses", STARTTLS_LDAP,
	 B("\x30\x10\x02\x01\x01\x78\x0b\x0a\x01\x34\x04\x00\x04\x04no\033!"), B(LDAP_REQUEST),
	 "result 52 (unavailable): 'no\\x1b!'"},
	{"ldap disconnects", STARTTLS_LDAP,
	 B("\x30\x0f\x02\x01\x00\x78\x0a\x0a\x01\x02\x04\x00\x04\x03"
	   "bye"),
	 B(LDAP_REQUEST), "disconnects with LDAP result 2 (protocolError): 'bye'"},
	{"ldap answers another request", STARTTLS_LDAP,
	 B("\x30\x0c\x02\x01\x02\x78\x07\x0a\x01\x00\x04\x00\x04\x00"), B(LDAP_REQUEST),
	 "another request"},
	{"ldap is none", STARTTLS_LDAP, B("220 mx\r\n"), B(LDAP_REQUEST),
	 "not an LDAP message: '22'"},
	{"ldap of indefinite length", STARTTLS_LDAP, B("\x30\x80\x02\x01\x01\0\0"), B(LDAP_REQUEST),
	 "malformed"},
	{"ldap of a huge length", STARTTLS_LDAP, B("\x30\x84\xff\xff\xff\xff\x02"), B(LDAP_REQUEST),
	 "larger than 8192 bytes"},
	{"ldap with an inner length that lies", STARTTLS_LDAP,
	 B("\x30\x0c\x02\x01\x01\x78\x7f\x0a\x01\x00\x04\x00\x04\x00"), B(LDAP_REQUEST),
	 "not an extended response"},
	{"ldap with a negative result", STARTTLS_LDAP,
	 B("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x80\x04\x00\x04\x00"), B(LDAP_REQUEST),
	 "not an extended response"},
	{"ldap injects", STARTTLS_LDAP, B(LDAP_SUCCESS "0"), B(LDAP_REQUEST), INJECTED},
	{"postgres", STARTTLS_POSTGRES, B("S"), B(POSTGRES_REQUEST), NULL},
	{"postgres refuses", STARTTLS_POSTGRES, B("N"), B(POSTGRES_REQUEST), "answered 'N'"},
	{"postgres has an error", STARTTLS_POSTGRES,
	 B("E\0\0\0\x1fSFATAL\0C57P03\0Mstarting up\0\0"), B(POSTGRES_REQUEST),
	 "answered 'starting up'"},
	{"postgres has an error of no size", STARTTLS_POSTGRES, B("E\0\0\0\x03"),
	 B(POSTGRES_REQUEST), "malformed"},
	{"postgres has an error without an end", STARTTLS_POSTGRES, B("E\0\0\0\x07Mab"),
	 B(POSTGRES_REQUEST), "answered 'ab'"},
	{"postgres is none", STARTTLS_POSTGRES, B("\033"), B(POSTGRES_REQUEST), "answered '\\x1b'"},
	{"postgres injects", STARTTLS_POSTGRES, B("SR\0\0\0\x08\0\0\0\0"), B(POSTGRES_REQUEST),
	 INJECTED},
	{"mysql", STARTTLS_MYSQL, B(MYSQL_GREETING("\xff\xff")), B(MYSQL_REQUEST), NULL},
	{"mysql without TLS", STARTTLS_MYSQL, B(MYSQL_GREETING("\xff\xf7")), B(""), "does no TLS"},
	{"mysql is full", STARTTLS_MYSQL, B("\x17\0\0\0\xff\x10\x04Too many connections"), B(""),
	 "answered 'Too many connections'"},
	{"mysql has an error that is cut", STARTTLS_MYSQL, B("\x01\0\0\0\xff"), B(""),
	 "answered ''"},
	{"mysql of version 9", STARTTLS_MYSQL,
	 B("\x04\0\0\0\x09"
	   "3.2"),
	 B(""), "none of MySQL 4.1"},
	{"mysql with a short greeting", STARTTLS_MYSQL,
	 B("\x08\0\0\0\x0a"
	   "8.0\0abc"),
	 B(""), "none of MySQL 4.1"},
	{"mysql is none", STARTTLS_MYSQL, B("220 mx\r\n"), B(""), "not a MySQL packet: '220 '"},
	{"mysql injects", STARTTLS_MYSQL, B(MYSQL_GREETING("\xff\xff") "\x01"), B(""), INJECTED},
	{"xmpp", STARTTLS_XMPP, B(XMPP_OPEN XMPP_FEATURES XMPP_PROCEED), B(XMPP_STREAM XMPP_ASK),
	 NULL},
	{"xmpp with a proceed of two tags", STARTTLS_XMPP,
	 B(XMPP_OPEN XMPP_FEATURES "<proceed xmlns='x'></proceed>"), B(XMPP_STREAM XMPP_ASK), NULL},
	{"xmpp between servers", STARTTLS_XMPP_SERVER, B(XMPP_OPEN XMPP_FEATURES XMPP_PROCEED),
	 B(STREAM("jabber:server") XMPP_ASK), NULL},
	{"xmpp without TLS", STARTTLS_XMPP, B(XMPP_OPEN "<stream:features/>"), B(XMPP_STREAM),
	 "does no TLS"},
	{"xmpp with starttls outside of the features", STARTTLS_XMPP,
	 B(XMPP_OPEN "<starttls/><stream:features></stream:features>"), B(XMPP_STREAM),
	 "does no TLS"},
	{"xmpp fails", STARTTLS_XMPP, B(XMPP_OPEN XMPP_FEATURES "<failure xmlns='x'/>"),
	 B(XMPP_STREAM XMPP_ASK), "answered 'failure xmlns='x'/'"},
	{"xmpp does not know the host", STARTTLS_XMPP,
	 B(XMPP_OPEN "<stream:error><host-unknown xmlns='x'/></stream:error></stream:stream>"),
	 B(XMPP_STREAM), "refuses the stream: 'host-unknown'"},
	{"xmpp closes the stream", STARTTLS_XMPP, B(XMPP_OPEN "</stream:stream>"), B(XMPP_STREAM),
	 "closed the stream"},
	{"xmpp is none", STARTTLS_XMPP, B("<html>"), B(XMPP_STREAM), "opens no stream: 'html'"},
	{"xmpp with a comment", STARTTLS_XMPP, B(XMPP_OPEN "<!-- -->"), B(XMPP_STREAM), "forbids"},
	{"xmpp with a NUL", STARTTLS_XMPP, B("<stream\0>"), B(XMPP_STREAM), "not XML: 'stream'"},
	{"xmpp with an empty tag", STARTTLS_XMPP, B("<>"), B(XMPP_STREAM), "forbids"},
	{"xmpp injects", STARTTLS_XMPP, B(XMPP_OPEN XMPP_FEATURES XMPP_PROCEED "\n"),
	 B(XMPP_STREAM XMPP_ASK), INJECTED},
};

static const struct starttls_way way = {.server_name = "mail.example.org"};

/* A socket to a server that says these bytes and no more. */
static struct net net_to(int *server, const char *bytes, size_t len)
{
	int ends[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	ck_assert_int_eq(write(ends[1], bytes, len), (ssize_t)len);
	shutdown(ends[1], SHUT_WR);
	*server = ends[1];
	return (struct net){.fd = ends[0], .deadline = deadline_in_ms(5000)};
}

START_TEST(talks_as_the_row_says)
{
	const struct row *row = &rows[_i];
	struct error err = ERROR_INIT;
	char said[512];
	int server;
	struct net net = net_to(&server, row->server.data, row->server.len);
	bool begun = starttls_begin(&net, row->protocol, &way, &err);
	ck_assert_msg(begun == (row->failure == NULL), "%s: %s", row->name, err.text);
	if (row->failure != NULL)
		ck_assert_msg(strstr(err.text, row->failure) != NULL, "%s: %s", row->name,
			      err.text);
	net_close(&net);
	ssize_t len = read(server, said, sizeof said);
	/* Linux reports to a peer of AF_UNIX that left something unread. */
	if (len < 0 && errno == ECONNRESET)
		len = 0;
	ck_assert_msg(len == (ssize_t)row->client.len &&
			      memcmp(said, row->client.data, row->client.len) == 0,
		      "%s: the client said %zd bytes: %.*s", row->name, len, (int)len, said);
	close(server);
}
END_TEST

/* Every prologue must end, with an error, whatever of a good talk is missing. */
START_TEST(no_beginning_of_a_talk_is_enough)
{
	const struct row *row = &rows[_i];
	for (size_t len = 0; row->failure == NULL && len < row->server.len; len++) {
		struct error err = ERROR_INIT;
		int server;
		struct net net = net_to(&server, row->server.data, len);
		bool begun = starttls_begin(&net, row->protocol, &way, &err);
		ck_assert_msg(!begun && err.kind != ERROR_NONE, "%s: %zu bytes are enough",
			      row->name, len);
		net_close(&net);
		close(server);
	}
}
END_TEST

struct endless_row {
	const char *name;
	enum starttls protocol;
	const char *start;
	const char *piece; /* over and over */
};

static const struct endless_row endless_rows[] = {
	{"smtp lines", STARTTLS_SMTP, "", "220-more\r\n"},
	{"one smtp line", STARTTLS_SMTP, "", "0123456789"},
	{"ftp's free middle", STARTTLS_FTP, "220-\r\n", "anything\r\n"},
	{"untagged imap", STARTTLS_IMAP, "* OK\r\n", "* NOISE\r\n"},
	{"sieve capabilities", STARTTLS_SIEVE, "", "\"X\"\r\n"},
	{"sieve literals", STARTTLS_SIEVE, "\"X\" {1}\r\n", "y {1}\r\n"},
	{"xmpp text", STARTTLS_XMPP, "", "    "},
	{"xmpp tags", STARTTLS_XMPP, "<stream>", "<a>"},
	{"one xmpp tag", STARTTLS_XMPP, "<stream ", "a='<>' "},
};

START_TEST(who_never_comes_to_the_point_is_left)
{
	const struct endless_row *row = &endless_rows[_i];
	static char all[80000];
	struct error err = ERROR_INIT;
	int ends[2];
	size_t len = strlen(row->start);
	memcpy(all, row->start, len);
	while (len + strlen(row->piece) < sizeof all) {
		memcpy(all + len, row->piece, strlen(row->piece));
		len += strlen(row->piece);
	}
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	struct net net = {.fd = ends[0], .deadline = deadline_in_ms(20000)};
	ck_assert_int_eq(write(ends[1], all, len), (ssize_t)len);
	/* The other end stays open: it ends because of a limit, not because nothing comes. */
	ck_assert_msg(!starttls_begin(&net, row->protocol, &way, &err), "%s", row->name);
	ck_assert_msg(!net.timed_out && strstr(err.text, "closed") == NULL, "%s: %s", row->name,
		      err.text);
	net_close(&net);
	close(ends[1]);
}
END_TEST

START_TEST(a_silent_server_is_left_at_the_deadline)
{
	struct error err = ERROR_INIT;
	int ends[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	struct net net = {.fd = ends[0], .deadline = deadline_in_ms(50)};
	ck_assert(!starttls_begin(&net, (enum starttls)_i, &way, &err));
	ck_assert(net.timed_out);
	ck_assert_ptr_nonnull(strstr(err.text, "no answer of the server"));
	net_close(&net);
	close(ends[1]);
}
END_TEST

static void *drip(void *context)
{
	int fd = *(int *)context;
	while (send(fd, " ", 1, MSG_NOSIGNAL) == 1)
		usleep(5000);
	return NULL;
}

START_TEST(a_dripping_server_is_left_at_the_deadline)
{
	struct error err = ERROR_INIT;
	pthread_t dripper;
	int ends[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_eq(pthread_create(&dripper, NULL, drip, &ends[1]), 0);
	struct net net = {.fd = ends[0], .deadline = deadline_in_ms(120)};
	ck_assert(!starttls_begin(&net, STARTTLS_XMPP, &way, &err));
	ck_assert(net.timed_out);
	net_close(&net);
	pthread_join(dripper, NULL);
	close(ends[1]);
}
END_TEST

START_TEST(a_name_cannot_leave_its_attribute)
{
	static const struct starttls_way odd = {.server_name = "a'><x y=\"&"};
	struct error err = ERROR_INIT;
	char said[512] = "";
	int server;
	struct net net = net_to(&server, "", 0);
	ck_assert(!starttls_begin(&net, STARTTLS_XMPP, &odd, &err));
	net_close(&net);
	ck_assert_int_gt(read(server, said, sizeof said - 1), 0);
	ck_assert_ptr_nonnull(strstr(said, "to='a&#39;&#62;&#60;x y=&#34;&#38;' xmlns="));
	close(server);
}
END_TEST

START_TEST(knows_its_protocols)
{
	char list[256];
	ck_assert_str_eq(name_list(list, sizeof list, &starttls_names),
			 "ftp, imap, ldap, lmtp, mysql, nntp, pop3, postgres, sieve, smtp, xmpp, "
			 "xmpp-server");
	ck_assert_int_eq(name_find(&starttls_names, "SMTP"), -1);
	ck_assert_int_eq(starttls_port(STARTTLS_SIEVE), 4190);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("starttls");
	TCase *cases = tcase_create("starttls");
	tcase_set_timeout(cases, 30);
	tcase_add_loop_test(cases, talks_as_the_row_says, 0, sizeof rows / sizeof rows[0]);
	tcase_add_loop_test(cases, no_beginning_of_a_talk_is_enough, 0,
			    sizeof rows / sizeof rows[0]);
	tcase_add_loop_test(cases, who_never_comes_to_the_point_is_left, 0,
			    sizeof endless_rows / sizeof endless_rows[0]);
	tcase_add_loop_test(cases, a_silent_server_is_left_at_the_deadline, 0, NUM_STARTTLS);
	tcase_add_test(cases, a_dripping_server_is_left_at_the_deadline);
	tcase_add_test(cases, a_name_cannot_leave_its_attribute);
	tcase_add_test(cases, knows_its_protocols);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
