/* Knows how probes are handed to one client program, and what its misbehaviour means. */
#include "harness/lane.h"

#include "core/json.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define REQUEUES_MAX   3   /* of a probe that was in flight when another was to blame */
#define LINES_PER_TURN 256 /* so that one program cannot hold the loop */

void lane_init(struct lane *lane, struct program *program, int share)
{
	int most = program->max_concurrency < FLIGHTS_MAX ? program->max_concurrency : FLIGHTS_MAX;
	int wanted = share < most ? share : most;
	*lane = (struct lane){.program = program, .share = wanted > 0 ? (size_t)wanted : 1};
}

void lane_clear(struct lane *lane)
{
	queue_clear(&lane->waiting);
	queue_clear(&lane->suspects);
	free(lane->last_failure);
	free(lane->given_up);
	*lane = (struct lane){0};
}

static void fail(struct dispatch *dispatch, uint64_t cookie, const struct pool_failure *failure)
{
	dispatch->source->failed(dispatch->source->context, cookie, failure);
}

static void give_up(struct dispatch *dispatch, struct lane *lane, const char *last)
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
		fail(dispatch, item.cookie, &failure);
}

static void note_failure(struct lane *lane, const char *what)
{
	lane->failures_in_row++;
	lane->num_failures++;
	free(lane->last_failure);
	lane->last_failure = strdup(what);
}

/* Whoever is in flight and not to blame goes back: to be tried alone, or as before. */
static void put_back(struct dispatch *dispatch, struct lane *lane, bool suspected)
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
			fail(dispatch, item.cookie, &too_often);
		else if (!queue_push(suspected ? &lane->suspects : &lane->waiting, item, true))
			dispatch->stopped = true;
	}
}

/*
 * The program broke (died, or must be killed): deals with what is in flight and leaves
 * it stopped, to be started anew by the next probe.
 */
static void lane_broke(struct dispatch *dispatch, struct lane *lane, struct pool_failure *failure)
{
	struct process *process = &lane->program->process;
	process_drain(process);
	failure->talk = process_tail(process);
	note_failure(lane, failure->detail);
	if (lane->num_flights == 1 && !lane->draining) {
		uint64_t cookie = lane->flights[0].cookie;
		lane->num_flights = 0;
		fail(dispatch, cookie, failure);
	} else {
		put_back(dispatch, lane, true);
	}
	lane->alone = false;
	lane->draining = false;
	process_stop(process, 0);
	if (lane->failures_in_row >= POOL_FAILURES_MAX)
		give_up(dispatch, lane, failure->detail);
}

static void lane_babbled(struct dispatch *dispatch, struct lane *lane, const char *what,
			 const char *bytes, size_t len)
{
	struct pool_failure failure = {
		.outcome = OUTCOME_ERROR,
		.reason = REASON_PROGRAM_PROTOCOL,
		.detail = what,
		.bytes = bytes,
		.num_bytes = len < PROCESS_TAIL_MAX ? len : PROCESS_TAIL_MAX,
	};
	lane_broke(dispatch, lane, &failure);
}

static void lane_died(struct dispatch *dispatch, struct lane *lane)
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
	lane_broke(dispatch, lane, &failure);
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
static void lane_stray(struct dispatch *dispatch, struct lane *lane, const char *id,
		       const char *line, size_t len)
{
	uint64_t cookie, serial;
	if (!read_id(id, &cookie, &serial) || serial >= dispatch->next_serial) {
		lane_babbled(dispatch, lane, "an answer with an id that nobody asked about", line,
			     len);
		return;
	}
	dispatch->source->doubted(dispatch->source->context, cookie,
				  "the client program answered twice");
	put_back(dispatch, lane, false);
	lane->alone = false;
	note_failure(lane, "the client program answered twice");
	process_stop(&lane->program->process, 0);
	if (lane->failures_in_row >= POOL_FAILURES_MAX)
		give_up(dispatch, lane, "the client program answered twice");
}

/* False when the program was stopped because of it. */
static bool lane_line(struct dispatch *dispatch, struct lane *lane, const char *line, size_t len)
{
	struct error err = ERROR_INIT;
	json_t *object = json_parse_object(line, len, ERROR_UNABLE, &err);
	if (object == NULL) {
		error_prefix(&err, "the client program wrote a line that is no answer");
		lane_babbled(dispatch, lane, err.text, line, len);
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
		lane_stray(dispatch, lane, id, line, len);
		json_decref(object);
		return false;
	}
	lane->flights[at] = lane->flights[--lane->num_flights];
	struct answer answer;
	if (answer_take_as(&answer, dispatch->source->kind, object, &err)) {
		lane->failures_in_row = 0;
		dispatch->source->answered(dispatch->source->context, cookie, &answer);
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
		fail(dispatch, cookie, &failure);
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
static void lane_ended(struct dispatch *dispatch, struct lane *lane, const char *line, size_t len)
{
	struct process *process = &lane->program->process;
	await_end(process);
	bool well = process->wait_status == CLD_EXITED && process->wait_value == 0;
	if (len > 0 && well)
		lane_babbled(dispatch, lane, "the client program ended in the middle of a line",
			     line, len);
	else
		lane_died(dispatch, lane);
}

/* Whole lines first, then the end: an answer that came before a crash counts. */
void lane_read(struct dispatch *dispatch, struct lane *lane)
{
	struct process *process = &lane->program->process;
	for (int i = 0; i < LINES_PER_TURN && process->pid != 0; i++) {
		const char *line = "";
		size_t len = 0;
		switch (process_line(process, &line, &len)) {
		case LINES_LINE:
			if (!lane_line(dispatch, lane, line, len))
				return;
			break;
		case LINES_TOO_LONG:
			lane_babbled(dispatch, lane,
				     "the client program wrote more than 1 MiB in one line", NULL,
				     0);
			return;
		case LINES_PARTIAL:
		case LINES_END: lane_ended(dispatch, lane, line, len); return;
		case LINES_FAILED:
			lane_babbled(dispatch, lane, "the client program's output cannot be read",
				     NULL, 0);
			return;
		case LINES_WAIT: return;
		}
	}
}

static bool lane_launch(struct dispatch *dispatch, struct lane *lane, const struct queue_item *item)
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
		give_up(dispatch, lane, err.text);
		goto out;
	}
	struct flight *flight = &lane->flights[lane->num_flights];
	*flight = (struct flight){
		.cookie = item->cookie,
		.serial = dispatch->next_serial++,
		.tries = item->tries,
		.deadline = deadline_in_ms((int64_t)dispatch->deadline_ms + POOL_GRACE_MS),
	};
	print_id(id, sizeof id, flight->cookie, flight->serial);
	if (!dispatch->source->request(dispatch->source->context, item->cookie, id, item->tries > 0,
				       &line) ||
	    line.failed) {
		struct pool_failure failure = {
			.outcome = OUTCOME_ERROR,
			.reason = REASON_PROGRAM_PROTOCOL,
			.detail = "the request could not be written",
			.talk = "",
		};
		fail(dispatch, item->cookie, &failure);
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

void lane_fill(struct dispatch *dispatch, struct lane *lane)
{
	struct queue_item item;
	if (lane->given_up != NULL || dispatch->stopped)
		return;
	if (lane->draining && lane->num_flights == 0) {
		process_stop(&lane->program->process, 0);
		/* Who hangs is found out next; this end alone says nothing about the program. */
		note_failure(lane, "the client program did not answer in time");
		lane->failures_in_row--;
		lane->draining = false;
	}
	if (lane->draining || (lane->alone && lane->num_flights > 0))
		return;
	lane->alone = false;
	if (lane->suspects.num > 0) {
		if (lane->num_flights == 0 && queue_pop(&lane->suspects, &item))
			lane->alone = lane_launch(dispatch, lane, &item);
		return;
	}
	while (!dispatch->stopped && lane->num_flights < lane->share &&
	       queue_pop(&lane->waiting, &item))
		if (!lane_launch(dispatch, lane, &item))
			return;
}

/* A probe past its hard deadline: to blame when it is alone, else to be tried alone. */
void lane_expire(struct dispatch *dispatch, struct lane *lane)
{
	for (size_t i = 0; i < lane->num_flights; i++) {
		if (!deadline_over(lane->flights[i].deadline))
			continue;
		if (lane->num_flights == 1 && !lane->draining) {
			char text[128];
			snprintf(text, sizeof text, "the client program gave no answer in %d ms",
				 dispatch->deadline_ms + POOL_GRACE_MS);
			struct pool_failure failure = {
				.outcome = OUTCOME_HANG,
				.reason = REASON_PROGRAM_HANG,
				.detail = text,
			};
			lane_broke(dispatch, lane, &failure);
			return;
		}
		struct queue_item item = {.cookie = lane->flights[i].cookie, .tries = 1};
		/* What else goes wrong before the restart cannot be laid at another's door. */
		if (!queue_push(&lane->suspects, item, false))
			dispatch->stopped = true;
		lane->flights[i--] = lane->flights[--lane->num_flights];
		lane->draining = true;
	}
}
