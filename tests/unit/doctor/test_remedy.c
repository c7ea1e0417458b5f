/* Tests that every remedy is whole, for its version, and harmless whatever the names in it are. */
#include "harness/doctor/remedy.h"

#include "core/file.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct remedy_facts plain = {
	.server_name = "www.example.org",
	.responder_host = "ocsp.example.net",
	.responder_url = "http://ocsp.example.net/a?b=c&d",
};

static struct text snippet, commands;

static void open_texts(void)
{
	text_init(&snippet, 0);
	text_init(&commands, 0);
}

static void close_texts(void)
{
	text_clear(&snippet);
	text_clear(&commands);
}

static bool write_remedy(int server, int topic, const struct remedy_facts *facts)
{
	text_reset(&snippet);
	text_reset(&commands);
	return remedy_write(&snippet, &commands, (enum server_kind)server, (enum remedy_topic)topic,
			    facts);
}

/* Nothing of the grammar of the files is left in what is printed. */
static void check_whole(const struct text *text, const char *what)
{
	const char *string = text_string(text);
	ck_assert_msg(!text->failed, "%s", what);
	/* "$@" of a shell and "@" of a mail address stay; "@KEY@" and "@include" do not. */
	for (const char *at = strchr(string, '@'); at != NULL; at = strchr(at + 1, '@')) {
		size_t len = strspn(at + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
		ck_assert_msg(len == 0 || at[1 + len] != '@', "%s: %.20s", what, at);
	}
	ck_assert_msg(strstr(string, "@include") == NULL, "%s", what);
	/* Shown on a terminal and pasted from there. */
	const char *p = string;
	while (*p == '\n' || (*p >= ' ' && *p <= '~'))
		p++;
	ck_assert_msg(*p == '\0', "%s: %.20s", what, p);
	ck_assert_msg(strstr(string, "@define") == NULL, "%s", what);
	ck_assert_msg(strncmp(string, "== ", 3) != 0 && strstr(string, "\n== ") == NULL, "%s",
		      what);
	ck_assert_msg(strstr(string, "\n-- ") == NULL, "%s", what);
	ck_assert_msg(text->len == 0 || string[text->len - 1] == '\n', "%s", what);
	ck_assert_msg(text->len < 2 || string[text->len - 2] != '\n', "%s", what);
}

/* What a server has of its own at least, and what those have that are known here; the rest falls
 * back. */
static const char least_topics[] = "enable chain cold renewed must-staple";
static const char *const topics_of[NUM_SERVER_KINDS] = {
	[SERVER_KIND_NGINX] = "enable reach chain cold stale renewed error off must-staple",
	[SERVER_KIND_APACHE] = "enable reach chain cold stale renewed error off must-staple",
	[SERVER_KIND_HAPROXY] = "enable reach chain cold stale renewed error off must-staple",
	[SERVER_KIND_CADDY] = "enable reach chain cold stale renewed error off must-staple",
	[SERVER_KIND_LIGHTTPD] = "enable reach chain cold stale renewed error off must-staple",
	[SERVER_KIND_H2O] = "enable reach chain cold stale renewed off must-staple",
	[SERVER_KIND_STUNNEL] = "enable chain cold renewed must-staple",
	[SERVER_KIND_EXIM] = "enable reach chain cold stale renewed error off must-staple",
	[SERVER_KIND_HITCH] = "enable reach chain cold stale renewed error off must-staple",
	[SERVER_KIND_NGHTTPX] = "enable reach chain cold stale renewed error off must-staple",
	[SERVER_KIND_TRAFFIC_SERVER] =
		"enable reach chain cold stale renewed error off must-staple",
	[SERVER_KIND_JSSE] = "enable reach chain cold stale renewed error off must-staple",
	[SERVER_KIND_NODE] = "enable reach chain cold stale renewed error off must-staple",
	[SERVER_KIND_PROFTPD] = "enable reach chain cold stale renewed error off must-staple",
	[SERVER_KIND_DOVECOT] = "enable chain cold renewed must-staple",
	[SERVER_KIND_POSTFIX] = "enable chain cold renewed must-staple",
};

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	for (const char *p = strstr(words, word); p != NULL; p = strstr(p + 1, word))
		if ((p == words || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0'))
			return true;
	return false;
}

START_TEST(every_topic_has_a_remedy_or_a_general_word)
{
	open_texts();
	for (int topic = 0; topic < NUM_REMEDY_TOPICS; topic++) {
		char what[64];
		const char *name = remedy_topic_names.names[topic];
		snprintf(what, sizeof what, "%s %s", server_kind_name((enum server_kind)_i), name);
		bool is_there = write_remedy(_i, topic, &plain);
		ck_assert_msg(is_there || !has_word(least_topics, name), "%s", what);
		if (topics_of[_i] != NULL)
			ck_assert_msg(is_there == has_word(topics_of[_i], name), "%s", what);
		ck_assert_msg((snippet.len > 0) == is_there && (commands.len > 0) == is_there, "%s",
			      what);
		check_whole(&snippet, what);
		check_whole(&commands, what);
		ck_assert_msg(strstr(text_string(&commands), "\n\n") == NULL, "%s", what);
		ck_assert_msg(strlen(remedy_general((enum remedy_topic)topic)) > 80, "%s", what);
	}
	close_texts();
}
END_TEST

/* A server is one row of server.def and one file; both are named where a reader looks. */
START_TEST(every_server_is_named_in_the_document)
{
	struct text document;
	struct error err = ERROR_INIT;
	text_init(&document, 0);
	ck_assert_msg(file_read(&document, DOCTOR_DOCUMENT, 1 << 20, &err), "%s", err.text);
	const char *sentence = strstr(text_string(&document), "There are remedies for ");
	ck_assert_ptr_nonnull(sentence);
	const char *title = strstr(sentence, server_kind_title((enum server_kind)_i));
	ck_assert_msg(title != NULL && title < strchr(sentence, ':'), "%s",
		      server_kind_title((enum server_kind)_i));
	text_clear(&document);
}
END_TEST

START_TEST(every_file_of_remedies_is_of_a_server)
{
	struct dirent *entry;
	size_t num = 0;
	DIR *folder = opendir(REMEDIES);
	ck_assert_ptr_nonnull(folder);
	while ((entry = readdir(folder)) != NULL) {
		char name[64];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "%.*s", (int)strcspn(entry->d_name, "."),
			 entry->d_name);
		ck_assert_msg(strcmp(name, "any") == 0 || server_kind_parse(name, NULL) >= 0, "%s",
			      entry->d_name);
		num++;
	}
	closedir(folder);
	ck_assert_uint_eq(num, NUM_SERVER_KINDS + 1);
}
END_TEST

START_TEST(every_topic_has_questions_for_the_server)
{
	open_texts();
	for (int server = -1; server < NUM_SERVER_KINDS; server++) {
		text_reset(&commands);
		remedy_on_server(&commands, server, (enum remedy_topic)_i, &plain);
		ck_assert_msg(commands.len > 0, "server %d", server);
		check_whole(&commands, "on the server");
		/* Each says what it shows. */
		const char *line = text_string(&commands);
		for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
			const char *mark = strstr(line, " # ");
			ck_assert_msg(mark != NULL && mark < end, "%.60s", line);
		}
	}
	close_texts();
}
END_TEST

static const struct {
	const char *name;
	bool is_kept;
} names[] = {
	{"www.example.org", true},
	{"192.0.2.1", true},
	{"a_b.example", true},
	{NULL, false},
	{"", false},
	{"../../etc/passwd", false},
	{"a..b", false},
	{".hidden", false},
	{"-rf", false},
	{"a/b", false},
	{"a b", false},
	{"a;reboot", false},
	{"$(reboot)", false},
	{"a\nb", false},
	{"a\x1b[2J", false},
	{"2001:db8::1", false},
	{"*.example.org", false},
	{"@URL@", false},
};

START_TEST(a_name_is_a_host_name_or_left_out)
{
	struct remedy_facts facts = plain;
	facts.server_name = names[_i].name;
	facts.responder_host = names[_i].name;
	open_texts();
	for (int server = 0; server < NUM_SERVER_KINDS; server++) {
		ck_assert(write_remedy(server, REMEDY_ENABLE, &facts));
		remedy_on_server(&commands, server, REMEDY_ENABLE, &facts);
		const char *text = text_string(&snippet), *lines = text_string(&commands);
		if (names[_i].is_kept) {
			ck_assert_ptr_nonnull(strstr(text, names[_i].name));
			ck_assert_ptr_nonnull(strstr(lines, names[_i].name));
		} else {
			ck_assert_ptr_nonnull(strstr(text, "/etc/ssl/SERVER/"));
			ck_assert_ptr_nonnull(strstr(lines, "getent hosts RESPONDER"));
		}
	}
	close_texts();
}
END_TEST

static const char *const bad_urls[] = {
	"http://a/'$(reboot)'",
	"http://a/ b",
	"http://a/\n",
	"ftp://a/",
	"javascript:1",
	"http://a/\"",
	"http://a/`b`",
	"",
	NULL,
};

START_TEST(a_url_stays_within_its_quotes)
{
	struct remedy_facts facts = plain;
	open_texts();
	remedy_on_server(&commands, -1, REMEDY_REACH, &facts);
	ck_assert_ptr_nonnull(strstr(text_string(&commands), "'http://ocsp.example.net/a?b=c&d'"));
	for (size_t i = 0; i < sizeof bad_urls / sizeof *bad_urls; i++) {
		text_reset(&commands);
		facts.responder_url = bad_urls[i];
		remedy_on_server(&commands, -1, REMEDY_REACH, &facts);
		ck_assert_ptr_nonnull(strstr(text_string(&commands), "'RESPONDER_URL'"));
	}
	close_texts();
}
END_TEST

static const struct {
	int server;
	const char *software;
	bool newer, older;
} versions[] = {
	{SERVER_KIND_HAPROXY, "HAProxy/2.8.3", true, false},
	{SERVER_KIND_HAPROXY, "haproxy/3.1", true, false},
	{SERVER_KIND_HAPROXY, "haproxy/2.6.12", false, true},
	{SERVER_KIND_HAPROXY, "HAProxy 1.8", false, true},
	{SERVER_KIND_HAPROXY, "HAProxy", true, true},
	{SERVER_KIND_HAPROXY, "nginx/1.22.1", true, true}, /* the server behind it */
	{SERVER_KIND_HAPROXY, NULL, true, true},
};

START_TEST(a_version_chooses_and_none_shows_all)
{
	struct remedy_facts facts = plain;
	facts.software = versions[_i].software;
	bool both = versions[_i].newer && versions[_i].older;
	open_texts();
	ck_assert(write_remedy(versions[_i].server, REMEDY_ENABLE, &facts));
	const char *text = text_string(&snippet);
	ck_assert((strstr(text, "ocsp-update on") != NULL) == versions[_i].newer);
	ck_assert((strstr(text, "openssl ocsp") != NULL) == versions[_i].older);
	ck_assert((strstr(text, "##### HAProxy 2.8 and newer\n") != NULL) == both);
	ck_assert((strstr(text, "##### HAProxy before 2.8\n") != NULL) == both);
	ck_assert((strstr(text_string(&commands), "##### ") != NULL) == both);
	close_texts();
}
END_TEST

START_TEST(every_version_has_a_remedy)
{
	static const char *const numbers[] = {"1.0",   "1.4.55", "1.4.56", "2.7.9", "2.8",
					      "2.9.1", "3.0",    "5.70",   "5.71",  "99"};
	char software[64];
	open_texts();
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		for (int topic = 0; topic < NUM_REMEDY_TOPICS; topic++) {
			struct remedy_facts facts = plain;
			snprintf(software, sizeof software, "%s/%s",
				 server_kind_name((enum server_kind)_i), numbers[i]);
			facts.software = software;
			bool is_there = has_word(topics_of[_i], remedy_topic_names.names[topic]);
			ck_assert_msg(write_remedy(_i, topic, &facts) == is_there, "%s topic %d",
				      software, topic);
			ck_assert_ptr_null(strstr(text_string(&snippet), "##### "));
		}
	close_texts();
}
END_TEST

START_TEST(must_staple_is_reported_where_it_matters)
{
	struct remedy_facts facts = plain;
	open_texts();
	ck_assert(write_remedy(SERVER_KIND_NGINX, REMEDY_ENABLE, &facts));
	ck_assert_ptr_null(strstr(text_string(&snippet), "The certificate is must-staple"));
	facts.must_staple = true;
	ck_assert(write_remedy(SERVER_KIND_NGINX, REMEDY_ENABLE, &facts));
	ck_assert_ptr_nonnull(strstr(text_string(&snippet), "The certificate is must-staple"));
	close_texts();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("remedy");
	TCase *tests = tcase_create("remedy");
	tcase_add_loop_test(tests, every_topic_has_a_remedy_or_a_general_word, 0, NUM_SERVER_KINDS);
	tcase_add_loop_test(tests, every_server_is_named_in_the_document, 0, NUM_SERVER_KINDS);
	tcase_add_test(tests, every_file_of_remedies_is_of_a_server);
	tcase_add_loop_test(tests, every_topic_has_questions_for_the_server, 0, NUM_REMEDY_TOPICS);
	tcase_add_loop_test(tests, a_name_is_a_host_name_or_left_out, 0,
			    sizeof names / sizeof *names);
	tcase_add_test(tests, a_url_stays_within_its_quotes);
	tcase_add_loop_test(tests, a_version_chooses_and_none_shows_all, 0,
			    sizeof versions / sizeof *versions);
	tcase_add_loop_test(tests, every_version_has_a_remedy, 0, NUM_SERVER_KINDS);
	tcase_add_test(tests, must_staple_is_reported_where_it_matters);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
