/* Knows how probes are handed to client programs and what to do when these misbehave. */
#include "harness/pool.h"

#include "core/clock.h"
#include "core/json.h"
#include "harness/interrupt.h"
#include "harness/queue.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define FLIGHTS_MAX     64
#define REQUEUES_MAX    3   /* of a probe that was in flight when another was to blame */
#define LINES_PER_TURN  256 /* so that one program cannot hold the loop */
#define EVENTS_PER_TURN 65536

struct flight {
	uint64_t cookie;
	uint64_t serial;
	int tries;
	struct deadline deadline;
};

/* One program with its work. */
struct lane {
	struct program *program;
	struct queue waiting;
	struct queue suspects; /* to be tried alone, one after the other */
	struct flight flights[FLIGHTS_MAX];
	size_t num_flights;
	size_t share;
	bool alone;    /* what is in flight is a suspect */
	bool draining; /* a probe hangs in it: nothing new until the others are done */
	int failures_in_row;
	size_t num_restarts;
	char *given_up;
};

struct pool {
	struct lane *lanes;
	size_t num_lanes;
	int deadline_ms;
	uint64_t next_serial;
	const struct pool_source *source;
	struct process *attached;
	void (*on_line)(void *context, const char *line, size_t len);
	void *line_context;
	bool attached_ended;
	bool stopped;
};

struct pool *pool_new(struct program *programs, size_t num_programs, int share, int deadline_ms)
{
	struct pool *pool = calloc(1, sizeof *pool);
	if (pool == NULL)
		return NULL;
	pool->lanes = calloc(num_programs > 0 ? num_programs : 1, sizeof *pool->lanes);
	if (pool->lanes == NULL) {
		free(pool);
		return NULL;
	}
	pool->num_lanes = num_programs;
	pool->deadline_ms = deadline_ms;
	for (size_t i = 0; i < num_programs; i++) {
		int most = programs[i].max_concurrency < FLIGHTS_MAX ? programs[i].max_concurrency
								     : FLIGHTS_MAX;
		pool->lanes[i].program = &programs[i];
		pool->lanes[i].share = (size_t)(share < most ? share : most);
		if (pool->lanes[i].share < 1)
			pool->lanes[i].share = 1;
	}
	return pool;
}

void pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	for (size_t i = 0; i < pool->num_lanes; i++) {
		queue_clear(&pool->lanes[i].waiting);
		queue_clear(&pool->lanes[i].suspects);
		free(pool->lanes[i].given_up);
	}
	free(pool->lanes);
	free(pool);
}

void pool_attach(struct pool *pool, struct process *process,
		 void (*on_line)(void *context, const char *line, size_t len), void *context)
{
	pool->attached = process;
	pool->on_line = on_line;
	pool->line_context = context;
	pool->attached_ended = false;
}

bool pool_add(struct pool *pool, size_t program, uint64_t cookie, bool first)
{
	struct queue_item item = {.cookie = cookie};
	return queue_push(&pool->lanes[program].waiting, item, first);
}

void pool_stop(struct pool *pool)
{
	pool->stopped = true;
}

size_t pool_num_restarts(const struct pool *pool, size_t program)
{
	return pool->lanes[program].num_restarts;
}

const char *pool_given_up(const struct pool *pool, size_t program)
{
	return pool->lanes[program].given_up;
}

static void fail(struct pool *pool, uint64_t cookie, const struct pool_failure *failure)
{
	pool->source->failed(pool->source->context, cookie, failure);
}

static void give_up(struct pool *pool, struct lane *lane, const char *last)
{
	char text[512];
	snprintf(text, sizeof text, "given up after %d failures in a row; the last: %s",
		 lane->failures_in_row, last);
	lane->given_up = strdup(text);
	struct pool_failure failure = {
		.outcome = OUTCOME_ERROR,
		.reason = REASON_PROGRAM_CRASH,
		.detail = text,
		.talk = "",
	};
	struct queue_item item;
	while (queue_pop(&lane->suspects, &item) || queue_pop(&lane->waiting, &item))
		fail(pool, item.cookie, &failure);
}

/* Whoever is in flight and not to blame goes back: to be tried alone, or as before. */
static void put_back(struct pool *pool, struct lane *lane, bool suspected)
{
	static const struct pool_failure too_often = {
		.outcome = OUTCOME_ERROR,
		.reason = REASON_PROGRAM_PROTOCOL,
		.detail = "the client program broke its protocol whenever this probe was in flight",
		.talk = "",
	};
	size_t num = lane->num_flights;
	lane->num_flights = 0;
	for (size_t i = num; i-- > 0;) {
		const struct flight *flight = &lane->flights[i];
		struct queue_item item = {.cookie = flight->cookie, .tries = flight->tries + 1};
		if (!suspected && item.tries > REQUEUES_MAX)
			fail(pool, item.cookie, &too_often);
		else if (!queue_push(suspected ? &lane->suspects : &lane->waiting, item, true))
			pool_stop(pool);
	}
}

/*
 * The program broke (died, or must be killed): deals with what is in flight and leaves
 * it stopped, to be started anew by the next probe.
 */
static void lane_broke(struct pool *pool, struct lane *lane, struct pool_failure *failure)
{
	struct process *process = &lane->program->process;
	process_drain(process);
	failure->talk = process_tail(process);
	lane->failures_in_row++;
	lane->num_restarts++;
	if (lane->num_flights == 1 && !lane->draining) {
		uint64_t cookie = lane->flights[0].cookie;
		lane->num_flights = 0;
		fail(pool, cookie, failure);
	} else {
		put_back(pool, lane, true);
	}
	lane->alone = false;
	lane->draining = false;
	process_stop(process, 0);
	if (lane->failures_in_row >= POOL_FAILURES_MAX)
		give_up(pool, lane, failure->detail);
}

static void lane_babbled(struct pool *pool, struct lane *lane, const char *what, const char *bytes,
			 size_t len)
{
	struct pool_failure failure = {
		.outcome = OUTCOME_ERROR,
		.reason = REASON_PROGRAM_PROTOCOL,
		.detail = what,
		.bytes = bytes,
		.num_bytes = len < PROCESS_TAIL_MAX ? len : PROCESS_TAIL_MAX,
	};
	lane_broke(pool, lane, &failure);
}

static void lane_died(struct pool *pool, struct lane *lane)
{
	char end[160], text[256];
	struct process *process = &lane->program->process;
	snprintf(text, sizeof text, "the client program %s",
		 process_end_text(process, end, sizeof end));
	struct pool_failure failure = {
		.outcome = OUTCOME_CRASH,
		.reason = REASON_PROGRAM_CRASH,
		.detail = text,
	};
	lane_broke(pool, lane, &failure);
}

/* An id is "COOKIE-SERIAL" in hexadecimal. */
static void print_id(char *out, size_t size, uint64_t cookie, uint64_t serial)
{
	snprintf(out, size, "%" PRIx64 "-%" PRIx64, cookie, serial);
}

static bool read_id(const char *id, uint64_t *cookie, uint64_t *serial)
{
	char again[48];
	if (id == NULL || sscanf(id, "%" SCNx64 "-%" SCNx64, cookie, serial) != 2)
		return false;
	print_id(again, sizeof again, *cookie, *serial);
	return strcmp(again, id) == 0;
}

/* An answer to something that is not in flight. A second answer shows by itself which
 * cell it is about; the probes in flight are then not suspected. */
static void lane_stray(struct pool *pool, struct lane *lane, const char *id, const char *line,
		       size_t len)
{
	uint64_t cookie, serial;
	if (!read_id(id, &cookie, &serial) || serial >= pool->next_serial) {
		lane_babbled(pool, lane, "an answer with an id that nobody asked about", line, len);
		return;
	}
	pool->source->doubted(pool->source->context, cookie, "the client program answered twice");
	put_back(pool, lane, false);
	lane->alone = false;
	lane->num_restarts++;
	lane->failures_in_row++;
	process_stop(&lane->program->process, 0);
	if (lane->failures_in_row >= POOL_FAILURES_MAX)
		give_up(pool, lane, "the client program answered twice");
}

/* False when the program was stopped because of it. */
static bool lane_line(struct pool *pool, struct lane *lane, const char *line, size_t len)
{
	struct error err = ERROR_INIT;
	json_t *object = json_parse_object(line, len, ERROR_UNABLE, &err);
	if (object == NULL) {
		error_prefix(&err, "the client program wrote a line that is no answer");
		lane_babbled(pool, lane, err.text, line, len);
		return false;
	}
	uint64_t cookie = 0, serial = 0;
	const char *id = json_string_value(json_object_get(object, "id"));
	size_t at = lane->num_flights;
	if (read_id(id, &cookie, &serial))
		for (at = 0; at < lane->num_flights; at++)
			if (lane->flights[at].serial == serial &&
			    lane->flights[at].cookie == cookie)
				break;
	if (at == lane->num_flights) {
		lane_stray(pool, lane, id, line, len);
		json_decref(object);
		return false;
	}
	lane->flights[at] = lane->flights[--lane->num_flights];
	struct answer answer;
	if (answer_take(&answer, object, &err)) {
		lane->failures_in_row = 0;
		pool->source->answered(pool->source->context, cookie, &answer);
	} else {
		error_prefix(&err, "the client program broke its protocol");
		struct pool_failure failure = {
			.outcome = OUTCOME_ERROR,
			.reason = REASON_PROGRAM_PROTOCOL,
			.detail = err.text,
			.talk = process_tail(&lane->program->process),
			.bytes = line,
			.num_bytes = len < PROCESS_TAIL_MAX ? len : PROCESS_TAIL_MAX,
		};
		fail(pool, cookie, &failure);
	}
	return true;
}

/* Waits a moment for the end of a program whose output ended: the two come apart. */
static void await_end(struct process *process)
{
	for (int i = 0; i < 10 && process_running(process); i++) {
		struct pollfd fds[PROCESS_NUM_FDS];
		process_poll(process, fds);
		fds[0].fd = fds[1].fd = -1;
		poll(fds, PROCESS_NUM_FDS, 10);
		process_turn(process, fds);
	}
}

/* Its output ended, perhaps in the middle of a line. A signal or an exit status says more
 * about that than the half line does. */
static void lane_ended(struct pool *pool, struct lane *lane, const char *line, size_t len)
{
	struct process *process = &lane->program->process;
	await_end(process);
	bool well = process->wait_status == CLD_EXITED && process->wait_value == 0;
	if (len > 0 && well)
		lane_babbled(pool, lane, "the client program ended in the middle of a line", line,
			     len);
	else
		lane_died(pool, lane);
}

/* Whole lines first, then the end: an answer that came before a crash counts. */
static void lane_read(struct pool *pool, struct lane *lane)
{
	struct process *process = &lane->program->process;
	for (int i = 0; i < LINES_PER_TURN && process->pid != 0; i++) {
		const char *line = "";
		size_t len = 0;
		switch (process_line(process, &line, &len)) {
		case LINES_LINE:
			if (!lane_line(pool, lane, line, len))
				return;
			break;
		case LINES_TOO_LONG:
			lane_babbled(pool, lane,
				     "the client program wrote more than 1 MiB in one line", NULL,
				     0);
			return;
		case LINES_PARTIAL:
		case LINES_END: lane_ended(pool, lane, line, len); return;
		case LINES_FAILED:
			lane_babbled(pool, lane, "the client program's output cannot be read", NULL,
				     0);
			return;
		case LINES_WAIT: return;
		}
	}
}

static bool lane_launch(struct pool *pool, struct lane *lane, const struct queue_item *item)
{
	char id[48];
	struct error err = ERROR_INIT;
	struct process *process = &lane->program->process;
	struct text line;
	text_init(&line, LINE_MAX_BYTES);
	bool done = false;
	if (process->pid == 0 && !program_start(lane->program, &err)) {
		lane->failures_in_row = POOL_FAILURES_MAX;
		queue_push(&lane->waiting, *item, true);
		give_up(pool, lane, err.text);
		goto out;
	}
	struct flight *flight = &lane->flights[lane->num_flights];
	*flight = (struct flight){
		.cookie = item->cookie,
		.serial = pool->next_serial++,
		.tries = item->tries,
		.deadline = deadline_in_ms((int64_t)pool->deadline_ms + POOL_GRACE_MS),
	};
	print_id(id, sizeof id, flight->cookie, flight->serial);
	if (!pool->source->request(pool->source->context, item->cookie, id, item->tries > 0,
				   &line) ||
	    line.failed) {
		struct pool_failure failure = {
			.outcome = OUTCOME_ERROR,
			.reason = REASON_PROGRAM_PROTOCOL,
			.detail = "the request could not be written",
			.talk = "",
		};
		fail(pool, item->cookie, &failure);
		done = true;
		goto out;
	}
	lane->num_flights++;
	/* A program that is gone shows by its output's end; the probe is in flight until then. */
	process_send(process, text_string(&line), line.len);
	done = true;
out:
	text_clear(&line);
	return done;
}

static void lane_fill(struct pool *pool, struct lane *lane)
{
	struct queue_item item;
	if (lane->given_up != NULL || pool->stopped)
		return;
	if (lane->draining && lane->num_flights == 0) {
		process_stop(&lane->program->process, 0);
		lane->num_restarts++;
		lane->draining = false;
	}
	if (lane->draining || (lane->alone && lane->num_flights > 0))
		return;
	lane->alone = false;
	if (lane->suspects.num > 0) {
		if (lane->num_flights == 0 && queue_pop(&lane->suspects, &item))
			lane->alone = lane_launch(pool, lane, &item);
		return;
	}
	while (!pool->stopped && lane->num_flights < lane->share &&
	       queue_pop(&lane->waiting, &item))
		if (!lane_launch(pool, lane, &item))
			return;
}

/* A probe past its hard deadline: to blame when it is alone, else to be tried alone. */
static void lane_expire(struct pool *pool, struct lane *lane)
{
	for (size_t i = 0; i < lane->num_flights; i++) {
		if (!deadline_over(lane->flights[i].deadline))
			continue;
		if (lane->num_flights == 1 && !lane->draining) {
			char text[128];
			snprintf(text, sizeof text, "the client program gave no answer in %d ms",
				 pool->deadline_ms + POOL_GRACE_MS);
			struct pool_failure failure = {
				.outcome = OUTCOME_HANG,
				.reason = REASON_PROGRAM_HANG,
				.detail = text,
			};
			lane_broke(pool, lane, &failure);
			return;
		}
		struct queue_item item = {.cookie = lane->flights[i].cookie, .tries = 1};
		/* What else goes wrong before the restart cannot be laid at another's door. */
		if (!queue_push(&lane->suspects, item, false))
			pool_stop(pool);
		lane->flights[i--] = lane->flights[--lane->num_flights];
		lane->draining = true;
	}
}

static int next_deadline(const struct pool *pool, int wanted)
{
	int left = wanted;
	for (size_t i = 0; i < pool->num_lanes; i++) {
		for (size_t k = 0; k < pool->lanes[i].num_flights; k++) {
			int ms = deadline_left_ms(pool->lanes[i].flights[k].deadline);
			if (left < 0 || ms < left)
				left = ms;
		}
	}
	return left;
}

static void read_attached(struct pool *pool)
{
	const char *line = "";
	size_t len = 0;
	for (int i = 0; i < EVENTS_PER_TURN && !pool->attached_ended; i++) {
		enum lines_event event = process_line(pool->attached, &line, &len);
		if (event == LINES_WAIT)
			return;
		pool->attached_ended = event != LINES_LINE;
		pool->on_line(pool->line_context, event == LINES_LINE ? line : NULL, len);
	}
}

static bool all_done(const struct pool *pool)
{
	for (size_t i = 0; i < pool->num_lanes; i++) {
		const struct lane *lane = &pool->lanes[i];
		if (lane->num_flights > 0 || lane->waiting.num > 0 || lane->suspects.num > 0)
			return false;
	}
	return pool->source->finished == NULL || pool->source->finished(pool->source->context);
}

static bool turn(struct pool *pool, struct pollfd *fds, size_t num_fds, int timeout_ms,
		 struct error *err)
{
	size_t attached_at = pool->num_lanes * PROCESS_NUM_FDS;
	for (size_t i = 0; i < pool->num_lanes; i++)
		process_poll(&pool->lanes[i].program->process, fds + i * PROCESS_NUM_FDS);
	if (pool->attached != NULL)
		process_poll(pool->attached, fds + attached_at);
	if (pool->attached_ended)
		fds[attached_at + 1].fd = -1;
	fds[num_fds - 1] = (struct pollfd){.fd = interrupt_fd(), .events = POLLIN};
	if (poll(fds, num_fds, timeout_ms) < 0 && errno != EINTR)
		return error_set_errno(err, ERROR_UNABLE, "poll");
	if (pool->attached != NULL) {
		process_turn(pool->attached, fds + attached_at);
		read_attached(pool);
	}
	for (size_t i = 0; i < pool->num_lanes; i++) {
		struct lane *lane = &pool->lanes[i];
		if (lane->program->process.pid != 0) {
			process_turn(&lane->program->process, fds + i * PROCESS_NUM_FDS);
			lane_read(pool, lane);
		}
		lane_expire(pool, lane);
	}
	return true;
}

enum pool_end pool_run(struct pool *pool, const struct pool_source *source, struct error *err)
{
	size_t num_fds = (pool->num_lanes + 1) * PROCESS_NUM_FDS + 1;
	struct pollfd *fds = calloc(num_fds, sizeof *fds);
	enum pool_end end = POOL_FAILED;
	if (fds == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return end;
	}
	for (size_t i = 0; i < num_fds; i++)
		fds[i].fd = -1;
	pool->source = source;
	pool->stopped = false;
	for (;;) {
		for (size_t i = 0; i < pool->num_lanes; i++)
			lane_fill(pool, &pool->lanes[i]);
		int wanted = source->tick != NULL ? source->tick(source->context) : -1;
		if (pool->stopped)
			break;
		if (all_done(pool)) {
			end = POOL_DONE;
			break;
		}
		if (interrupt_count() > 0) {
			end = POOL_INTERRUPTED;
			break;
		}
		if (!turn(pool, fds, num_fds, next_deadline(pool, wanted), err))
			break;
	}
	free(fds);
	return end;
}

void pool_end_programs(struct pool *pool, int grace_ms)
{
	struct deadline deadline = deadline_in_ms(grace_ms);
	for (size_t i = 0; i < pool->num_lanes; i++)
		process_close_input(&pool->lanes[i].program->process);
	for (size_t i = 0; i < pool->num_lanes; i++)
		process_stop(&pool->lanes[i].program->process, deadline_left_ms(deadline));
}
