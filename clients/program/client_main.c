/* Knows the protocol loop of every client program: lines in, worker threads, lines out. */
#include "clients/program/client_main.h"

#include "clients/protocol/answer.h"
#include "clients/program/examine.h"
#include "clients/net/fetch.h"
#include "clients/program/memory_watch.h"
#include "clients/program/moved_clock.h"
#include "clients/program/attempt.h"
#include "clients/program/queue.h"
#include "clients/program/verify.h"

#include "core/json.h"
#include "core/lines.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A probe is on the heap; TLS stacks and getaddrinfo need some room of their own. */
#define WORKER_STACK ((size_t)512 << 10)
#define MOST_WORKERS 64

enum { EXIT_DONE = 0, EXIT_NO_OUTPUT = 1, EXIT_USAGE = 2, EXIT_UNABLE = 3 };

struct loop {
	const struct client_backend *backend;
	struct queue *queue;
	pthread_mutex_t output_lock;
	bool output_failed; /* under output_lock */
};

static const char *const capability_names[] = {
#define CAPABILITY(symbol, spelling) spelling,
#include "core/capability.def"
#undef CAPABILITY
};

static void write_all(struct loop *loop, const struct text *text)
{
	const char *from = text_string(text);
	size_t left = text->len;
	pthread_mutex_lock(&loop->output_lock);
	while (left > 0 && !loop->output_failed) {
		ssize_t sent = write(STDOUT_FILENO, from, left);
		if (sent >= 0) {
			from += sent;
			left -= (size_t)sent;
		} else if (errno != EINTR) {
			loop->output_failed = true;
		}
	}
	pthread_mutex_unlock(&loop->output_lock);
}

static bool is_output_gone(struct loop *loop)
{
	pthread_mutex_lock(&loop->output_lock);
	bool gone = loop->output_failed;
	pthread_mutex_unlock(&loop->output_lock);
	return gone;
}

static void answer_probe(struct text *out, const struct client_backend *backend,
			 const struct request *request)
{
	struct probe *probe = calloc(1, sizeof *probe);
	if (probe == NULL) {
		answer_append_refusal(out, request->id, OUTCOME_ERROR, REASON_OUT_OF_MEMORY,
				      "the client program has no memory");
		return;
	}
	attempt_run(probe, backend, request);
	if (probe->evidence_error.kind != ERROR_NONE)
		fprintf(stderr, "evidence: %s\n", probe->evidence_error.text);
	answer_append(out, request->id, &probe->observation);
	probe_clear(probe);
	free(probe);
}

static void answer_line(struct loop *loop, struct text *out, const char *line, size_t len)
{
	struct request request;
	struct error err = ERROR_INIT;
	text_reset(out);
	memory_watch_begin();
	switch (request_parse(&request, line, len, &err)) {
	case REQUEST_READ:
		if (request.verification.wanted)
			verify_answer(out, loop->backend, &request);
		else if (request.examination.wanted)
			examine_answer(out, loop->backend, &request);
		else
			answer_probe(out, loop->backend, &request);
		break;
	case REQUEST_UNSUPPORTED:
		answer_append_refusal(out, request.id, OUTCOME_UNSUPPORTED,
				      REASON_POLICY_UNSUPPORTED, err.text);
		break;
	case REQUEST_BROKEN:
		answer_append_refusal(out, NULL, OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, err.text);
		break;
	}
	/* What lacked memory may look like any other failure, or like a finding. */
	if (memory_watch_has_failed()) {
		text_reset(out);
		answer_append_refusal(out, request.id, OUTCOME_ERROR, REASON_OUT_OF_MEMORY,
				      "memory ran out in the client program, so that there is no "
				      "verdict");
	}
	request_clear(&request);
	write_all(loop, out);
	if (memory_watch_has_failed())
		memory_watch_answered();
}

static void *work(void *context)
{
	struct loop *loop = context;
	struct text out;
	char *line;
	size_t len;
	text_init(&out, 0);
	while ((line = queue_take(loop->queue, &len)) != NULL) {
		if (!is_output_gone(loop))
			answer_line(loop, &out, line, len);
		free(line);
	}
	text_clear(&out);
	return NULL;
}

static void answer_broken(struct loop *loop, const char *detail)
{
	struct text out;
	text_init(&out, 0);
	answer_append_refusal(&out, NULL, OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, detail);
	write_all(loop, &out);
	text_clear(&out);
}

/* Reads until the end of input; returns false when reading failed. */
static bool read_requests(struct loop *loop)
{
	struct lines *lines = lines_new(STDIN_FILENO, LINE_MAX_BYTES);
	const char *line;
	size_t len;
	bool open = lines != NULL, done = false;
	while (open && !is_output_gone(loop)) {
		switch (lines_next(lines, &line, &len)) {
		case LINES_LINE: open = queue_put(loop->queue, line, len); break;
		case LINES_TOO_LONG: answer_broken(loop, "a line is longer than 1 MiB"); break;
		case LINES_PARTIAL: answer_broken(loop, "the last line has no end"); break;
		case LINES_END:
			done = true;
			open = false;
			break;
		case LINES_WAIT: /* only a non-blocking descriptor says so */
		case LINES_FAILED: open = false; break;
		}
	}
	lines_free(lines);
	return done;
}

static size_t start_workers(struct loop *loop, pthread_t threads[static MOST_WORKERS])
{
	pthread_attr_t attributes;
	size_t num = 0;
	size_t wanted = (size_t)loop->backend->max_concurrency;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, WORKER_STACK);
	while (num < wanted && num < MOST_WORKERS &&
	       pthread_create(&threads[num], &attributes, work, loop) == 0)
		num++;
	pthread_attr_destroy(&attributes);
	return num;
}

static int serve(const struct client_backend *backend)
{
	struct loop loop = {.backend = backend,
			    .queue = queue_new(2 * (size_t)backend->max_concurrency)};
	pthread_t threads[MOST_WORKERS];
	pthread_mutex_init(&loop.output_lock, NULL);
	size_t num_threads = loop.queue != NULL ? start_workers(&loop, threads) : 0;
	bool read_all = false;
	if (num_threads > 0)
		read_all = read_requests(&loop);
	if (loop.queue != NULL)
		queue_close(loop.queue);
	for (size_t i = 0; i < num_threads; i++)
		pthread_join(threads[i], NULL);
	queue_free(loop.queue);
	pthread_mutex_destroy(&loop.output_lock);
	if (loop.output_failed)
		return EXIT_NO_OUTPUT;
	return read_all ? EXIT_DONE : EXIT_UNABLE;
}

static int describe(const struct client_backend *backend)
{
	json_t *object = json_object(), *capabilities = json_array(), *lacks = json_object();
	struct text out;
	for (int i = 0; i < NUM_CAPABILITIES; i++) {
		const char *why = i == CAPABILITY_EXAMINE ? examine_lack(backend)
							  : backend->lacks((enum capability)i);
		if (why == NULL)
			json_array_append_new(capabilities, json_string(capability_names[i]));
		else
			json_set(lacks, capability_names[i], json_string(why));
	}
	json_set(object, "protocol", json_integer(1));
	json_set(object, "stack", json_string(backend->stack));
	json_set(object, "version", json_string(backend->version()));
	json_set(object, "capabilities", capabilities);
	json_set(object, "lacks", lacks);
	json_set(object, "max_concurrency", json_integer(backend->max_concurrency));
	text_init(&out, 0);
	bool done = json_append_line(&out, object) && fputs(text_string(&out), stdout) >= 0 &&
		    fflush(stdout) == 0;
	text_clear(&out);
	json_decref(object);
	return done ? EXIT_DONE : EXIT_NO_OUTPUT;
}

static int usage(const struct client_backend *backend, FILE *to, int status)
{
	fprintf(to,
		"Usage: revoscope-client-%s [--clock-offset SECONDS]\n"
		"       revoscope-client-%s --describe | --help\n"
		"Connects as a %s client: one JSON request per line on standard input, one JSON\n"
		"answer per line on standard output (see clients/README.md).\n"
		"\n"
		"  --clock-offset SECONDS  move this program's wall clock by so much (signed)\n"
		"  --describe              print what this client can do, as one JSON object\n"
		"  --help                  print this text\n",
		backend->stack, backend->stack, backend->library);
	return status;
}

/* One option at the most; true when it was understood. */
static bool read_arguments(bool *describes, int argc, char **argv)
{
	int64_t offset_s = 0;
	*describes = argc == 2 && strcmp(argv[1], "--describe") == 0;
	if (argc == 1 || *describes)
		return true;
	if (argc != 3 || strcmp(argv[1], "--clock-offset") != 0 ||
	    !moved_clock_parse(&offset_s, argv[2]))
		return false;
	moved_clock_set(offset_s);
	return true;
}

int client_main(const struct client_backend *backend, int argc, char **argv)
{
	struct error err = ERROR_INIT;
	bool describes;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return usage(backend, stdout, EXIT_DONE);
	if (!read_arguments(&describes, argc, argv))
		return usage(backend, stderr, EXIT_USAGE);
	signal(SIGPIPE, SIG_IGN);
	if (!fetch_start() || !backend->start(&err)) {
		fprintf(stderr, "revoscope-client-%s: %s\n", backend->stack,
			err.kind != ERROR_NONE ? err.text : "libcurl does not start");
		return EXIT_UNABLE;
	}
	int status = describes ? describe(backend) : serve(backend);
	backend->stop();
	fetch_stop();
	return status;
}
