/*
 * A client program without TLS for the tests of the pool and of jobs: it answers at once, or does
 * what the request's server_name says. It is compliant: a policy axis that does not exist is
 * unsupported, and a root named "other" is not trusted. With --directory it plays the lab, which
 * says that it is ready and waits for the end of its input, and then as many milliseconds more as
 * FAKE_LAB_LINGER_MS says.
 */
#include "core/memory_notice.h"

#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void answer(const char *id, const char *outcome)
{
	json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "id", id, "outcome", outcome, "reason",
				   "not-checked", "detail", "as requested");
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(object);
}

static void act(const char *id, const char *word)
{
	if (strcmp(word, "crash") == 0) {
		fprintf(stderr, "about to crash\n");
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
	} else if (strcmp(word, "starve") == 0) {
		fputs(MEMORY_NOTICE_ANSWERED MEMORY_NOTICE_FAILED, stderr);
		abort();
	} else if (strcmp(word, "recover") == 0) {
		fputs(MEMORY_NOTICE_FAILED MEMORY_NOTICE_ANSWERED, stderr);
		abort();
	} else if (strcmp(word, "exit") == 0) {
		_exit(7);
	} else if (strcmp(word, "hang") == 0) {
		return;
	} else if (strcmp(word, "stop") == 0) {
		raise(SIGSTOP);
	} else if (strcmp(word, "garbage") == 0) {
		puts("\x01 no JSON");
		fflush(stdout);
	} else if (strcmp(word, "half") == 0) {
		printf("{\"id\": \"%s\", \"outc", id);
		fflush(stdout);
		_exit(0);
	} else if (strcmp(word, "flood") == 0) {
		static char block[65536];
		memset(block, 'x', sizeof block);
		while (fwrite(block, 1, sizeof block, stdout) == sizeof block)
			;
		_exit(1);
	} else if (strcmp(word, "stranger") == 0) {
		answer("ffff-ffff", "connect");
	} else if (strcmp(word, "twice") == 0) {
		answer(id, "connect");
		answer(id, "reject");
	} else if (strcmp(word, "claim") == 0) {
		answer(id, "crash");
	} else {
		answer(id, strcmp(word, "reject") == 0 ? "reject" : "connect");
	}
}

static bool has_unknown_axis(const json_t *policy)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)policy, name,
			    value) if (strncmp(name, "axis_", 5) == 0) return true;
	return false;
}

static void take_request(const json_t *request)
{
	const char *id = json_string_value(json_object_get(request, "id"));
	const char *trust = json_string_value(json_object_get(request, "trust"));
	if (has_unknown_axis(json_object_get(request, "policy")))
		answer(id, "unsupported");
	else if (trust != NULL && strcmp(trust, "other") == 0)
		answer(id, "reject");
	else
		act(id, json_string_value(json_object_get(request, "server_name")));
}

static int describe(void)
{
	puts("{\"protocol\": 1, \"stack\": \"fake\", \"version\": \"1.0\", "
	     "\"capabilities\": [], \"max_concurrency\": 16}");
	return 0;
}

static void say_ready(void)
{
	puts("{\"event\": \"ready\", \"tls_port\": 1, \"http_port\": 1, \"trust\": \"good\", "
	     "\"other_trust\": \"other\", \"scenarios\": {}}");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	bool is_lab = argc > 1 && strcmp(argv[1], "--directory") == 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	if (argc > 1 && strcmp(argv[1], "--describe") == 0)
		return describe();
	if (is_lab)
		say_ready();
	signal(SIGPIPE, SIG_DFL);
	while ((len = getline(&line, &size, stdin)) > 0) {
		json_t *object = json_loadb(line, (size_t)len, 0, NULL);
		if (!is_lab)
			take_request(object);
		json_decref(object);
	}
	free(line);
	const char *linger_ms = getenv("FAKE_LAB_LINGER_MS");
	if (is_lab && linger_ms != NULL)
		poll(NULL, 0, atoi(linger_ms));
	return 0;
}
