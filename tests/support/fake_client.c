/*
 * A client program without TLS for the tests of the pool: it answers at once, or does
 * what the request's server_name says. One thread; what it is told to delay, it
 * answers after the other requests that have come by then.
 */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void answer(const char *id, const char *outcome)
{
	json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "id", id, "outcome", outcome, "reason",
				   "not-checked", "detail", "as told");
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
	} else if (strcmp(word, "exit") == 0) {
		_exit(7);
	} else if (strcmp(word, "hang") == 0) {
		return;
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

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	signal(SIGPIPE, SIG_DFL);
	while ((len = getline(&line, &size, stdin)) > 0) {
		json_t *object = json_loadb(line, (size_t)len, 0, NULL);
		act(json_string_value(json_object_get(object, "id")),
		    json_string_value(json_object_get(object, "server_name")));
		json_decref(object);
	}
	free(line);
	return 0;
}
