/* Knows how probes are handed to one client program, and what its misbehaviour means. */
#include "harness/drive/client_slot.h"

#include "core/json.h"
#include "core/memory_notice.h"
#include "core/process_lateness.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define REQUEUES_MAX   3   /* of a probe that was in flight when another was to blame */
#define LINES_PER_TURN 256 /* so that one program cannot hold the loop */
#define LATE_PART      4 /* of the time for a probe, which part of lateness excuses it: a quarter */

void client_slot_init(struct client_slot *slot, struct program *program, int share)
{
	int most = program->max_concurrency < FLIGHTS_MAX ? program->max_concurrency : FLIGHTS_MAX;
	int wanted = share < most ? share : most;
	*slot = (struct client_slot){.program = program, .share = wanted > 0 ? (size_t)wanted : 1};
}

void client_slot_clear(struct client_slot *slot)
{
	queue_clear(&slot->waiting);
	queue_clear(&slot->suspects);
	free(slot->last_failure);
	free(slot->given_up);
	*slot = (struct client_slot){0};
}

static void fail(struct dispatch *dispatch, uint64_t cookie, const struct pool_failure *failure)
{
	dispatch->source.failed(dispatch->source.context, cookie, failure);
}

static void give_up(struct dispatch *dispatch, struct client_slot *slot, const char *last)
{
	char text[512];
	snprintf(text, sizeof text, "stopped after %d consecutive failures; the last: %s",
		 slot->failures_in_row, last);
	slot->given_up = strdup(text);
	struct pool_failure failure = {
		.outcome = OUTCOME_ERROR,
		.reason = REASON_PROGRAM_CRASH,
		.detail = text,
		.talk = "",
	};
	struct queue_item item;
	while (queue_pop(&slot->suspects, &item) || queue_pop(&slot->waiting, &item))
		fail(dispatch, item.cookie, &failure);
}

static void note_failure(struct client_slot *slot, const char *what)
{
	slot->failures_in_row++;
	slot->num_failures++;
	free(slot->last_failure);
	slot->last_failure = strdup(what);
}

/* Probes in flight that are not to blame go back: to be tried alone, or as before. */
static void put_back(struct dispatch *dispatch, struct client_slot *slot, bool suspected)
{
	static const struct pool_failure too_often = {
		.outcome = OUTCOME_ERROR,
		.reason = REASON_PROGRAM_PROTOCOL,
		.detail = "the client program violated the protocol whenever this probe was in "
			  "flight",
		.talk = "",
	};
	size_t num = slot->num_flights;
	slot->num_flights = 0;
	for (size_t i = num; i-- > 0;) {
		const struct flight *flight = &slot->flights[i];
		struct queue_item item = {.cookie = flight->cookie, .tries = flight->tries + 1};
		if (!suspected && item.tries > REQUEUES_MAX)
			fail(dispatch, item.cookie, &too_often);
		else if (!queue_push(suspected ? &slot->suspects : &slot->waiting, item, true))
			dispatch->stopped = true;
	}
}

/*
 * The program broke (died, or must be killed): deals with what is in flight and leaves
 * it stopped, to be started again by the next probe.
 */
static void client_slot_broke(struct dispatch *dispatch, struct client_slot *slot,
			      struct pool_failure *failure)
{
	struct process *process = &slot->program->process;
	process_drain(process);
	failure->talk = process_tail(process);
	note_failure(slot, failure->detail);
	if (slot->num_flights == 1 && !slot->draining) {
		uint64_t cookie = slot->flights[0].cookie;
		slot->num_flights = 0;
		fail(dispatch, cookie, failure);
	} else {
		put_back(dispatch, slot, true);
	}
	slot->alone = false;
	slot->draining = false;
	process_stop(process, 0);
	if (slot->failures_in_row >= POOL_FAILURES_MAX)
		give_up(dispatch, slot, failure->detail);
}

static void client_slot_violated(struct dispatch *dispatch, struct client_slot *slot,
				 const char *what, const char *bytes, size_t len)
{
	struct pool_failure failure = {
		.outcome = OUTCOME_ERROR,
		.reason = REASON_PROGRAM_PROTOCOL,
		.detail = what,
		.bytes = bytes,
		.num_bytes = len < PROCESS_TAIL_MAX ? len : PROCESS_TAIL_MAX,
	};
	client_slot_broke(dispatch, slot, &failure);
}

/* Whether memory ran out in what it did not answer. */
static bool has_lacked_memory(const char *talk)
{
	const char *last = NULL;
	for (const char *at = talk; (at = strstr(at, MEMORY_NOTICE_FAILED)) != NULL; at++)
		last = at;
	return last != NULL && strstr(last, MEMORY_NOTICE_ANSWERED) == NULL;
}

/* Some libraries end the process that has no memory. That is no finding about the stack. */
static void client_slot_died(struct dispatch *dispatch, struct client_slot *slot)
{
	char end[160], text[256];
	struct process *process = &slot->program->process;
	process_drain(process);
	bool lacked = has_lacked_memory(process_tail(process));
	snprintf(text, sizeof text, "%sthe client program %s", lacked ? "memory ran out, and " : "",
		 process_end_text(process, end, sizeof end));
	struct pool_failure failure = {
		.outcome = lacked ? OUTCOME_ERROR : OUTCOME_CRASH,
		.reason = lacked ? REASON_OUT_OF_MEMORY : REASON_PROGRAM_CRASH,
		.detail = text,
	};
	client_slot_broke(dispatch, slot, &failure);
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
static void client_slot_stray(struct dispatch *dispatch, struct client_slot *slot, const char *id,
			      const char *line, size_t len)
{
	uint64_t cookie, serial;
	if (!read_id(id, &cookie, &serial) || serial >= dispatch->next_serial) {
		client_slot_violated(dispatch, slot, "an answer with an unknown id", line, len);
		return;
	}
	dispatch->source.doubted(dispatch->source.context, cookie,
				 "the client program answered twice");
	put_back(dispatch, slot, false);
	slot->alone = false;
	note_failure(slot, "the client program answered twice");
	process_stop(&slot->program->process, 0);
	if (slot->failures_in_row >= POOL_FAILURES_MAX)
		give_up(dispatch, slot, "the client program answered twice");
}

/* False when the program was stopped because of it. */
static bool client_slot_line(struct dispatch *dispatch, struct client_slot *slot, const char *line,
			     size_t len)
{
	struct error err = ERROR_INIT;
	json_t *object = json_parse_object(line, len, ERROR_UNABLE, &err);
	if (object == NULL) {
		error_prefix(&err, "the client program wrote a line that is not an answer");
		client_slot_violated(dispatch, slot, err.text, line, len);
		return false;
	}
	uint64_t cookie = 0, serial = 0;
	const char *id = answer_id(object);
	size_t at = slot->num_flights;
	if (read_id(id, &cookie, &serial))
		for (at = 0; at < slot->num_flights; at++)
			if (slot->flights[at].serial == serial &&
			    slot->flights[at].cookie == cookie)
				break;
	if (at == slot->num_flights) {
		client_slot_stray(dispatch, slot, id, line, len);
		json_decref(object);
		return false;
	}
	slot->flights[at] = slot->flights[--slot->num_flights];
	struct answer answer;
	if (dispatch->source.take(&answer, object, &err)) {
		slot->failures_in_row = 0;
		dispatch->source.answered(dispatch->source.context, cookie, &answer);
	} else {
		error_prefix(&err, "the client program violated the protocol");
		struct pool_failure failure = {
			.outcome = OUTCOME_ERROR,
			.reason = REASON_PROGRAM_PROTOCOL,
			.detail = err.text,
			.talk = process_tail(&slot->program->process),
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
static void client_slot_ended(struct dispatch *dispatch, struct client_slot *slot, const char *line,
			      size_t len)
{
	struct process *process = &slot->program->process;
	await_end(process);
	bool well = process->wait_status == CLD_EXITED && process->wait_value == 0;
	if (len > 0 && well)
		client_slot_violated(dispatch, slot,
				     "the client program exited in the middle of a line", line,
				     len);
	else
		client_slot_died(dispatch, slot);
}

/* Whole lines first, then the end: an answer that came before a crash counts. */
void client_slot_read(struct dispatch *dispatch, struct client_slot *slot)
{
	struct process *process = &slot->program->process;
	for (int i = 0; i < LINES_PER_TURN && process->pid != 0; i++) {
		const char *line = "";
		size_t len = 0;
		switch (process_line(process, &line, &len)) {
		case LINES_LINE:
			if (!client_slot_line(dispatch, slot, line, len))
				return;
			break;
		case LINES_TOO_LONG:
			client_slot_violated(dispatch, slot,
					     "the client program wrote more than 1 MiB in one line",
					     NULL, 0);
			return;
		case LINES_PARTIAL:
		case LINES_END: client_slot_ended(dispatch, slot, line, len); return;
		case LINES_FAILED:
			client_slot_violated(dispatch, slot,
					     "the client program's output cannot be read", NULL, 0);
			return;
		case LINES_WAIT: return;
		}
	}
}

static bool client_slot_launch(struct dispatch *dispatch, struct client_slot *slot,
			       const struct queue_item *item)
{
	char id[48];
	struct error err = ERROR_INIT;
	struct process *process = &slot->program->process;
	struct text line;
	text_init(&line, LINE_MAX_BYTES);
	bool done = false;
	if (process->pid == 0 && !program_start(slot->program, &err)) {
		slot->failures_in_row = POOL_FAILURES_MAX;
		queue_push(&slot->waiting, *item, true);
		give_up(dispatch, slot, err.text);
		goto out;
	}
	struct flight *flight = &slot->flights[slot->num_flights];
	*flight = (struct flight){
		.cookie = item->cookie,
		.serial = dispatch->next_serial++,
		.tries = item->tries,
		.deadline = deadline_in_ms((int64_t)dispatch->deadline_ms + POOL_GRACE_MS),
		.may_rest = dispatch->source.waits != NULL &&
			    dispatch->source.waits(dispatch->source.context, item->cookie),
		.rest = deadline_in_ms(FLIGHT_REST_MS),
		.is_alone = slot->num_flights == 0,
	};
	if (flight->is_alone)
		flight->late_us = process_lateness_us(process->pid);
	print_id(id, sizeof id, flight->cookie, flight->serial);
	if (!dispatch->source.request(dispatch->source.context, item->cookie, id, item->tries > 0,
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
	slot->num_flights++;
	/* A program that is gone shows by its output's end; the probe is in flight until then. */
	process_send(process, text_string(&line), line.len);
	done = true;
out:
	text_clear(&line);
	return done;
}

/* Of a program that was given up, what is added later fails too. */
static void fail_waiting(struct dispatch *dispatch, struct client_slot *slot)
{
	struct pool_failure failure = {
		.outcome = OUTCOME_ERROR,
		.reason = REASON_PROGRAM_CRASH,
		.detail = slot->given_up,
		.talk = "",
	};
	struct queue_item item;
	while (!dispatch->stopped && queue_pop(&slot->waiting, &item))
		fail(dispatch, item.cookie, &failure);
}

/* After the others are done a program in which a probe hangs is started afresh. */
static void end_draining(struct client_slot *slot)
{
	process_stop(&slot->program->process, 0);
	/* Who hangs is found out next; this end alone says nothing about the program. */
	note_failure(slot, "the client program did not answer in time");
	slot->failures_in_row--;
	slot->draining = false;
}

bool client_slot_send(struct dispatch *dispatch, struct client_slot *slot)
{
	struct queue_item item;
	if (slot->given_up != NULL)
		fail_waiting(dispatch, slot);
	if (slot->given_up != NULL || dispatch->stopped)
		return false;
	if (slot->draining && slot->num_flights == 0)
		end_draining(slot);
	if (slot->draining || (slot->alone && slot->num_flights > 0))
		return false;
	slot->alone = false;
	if (slot->suspects.num > 0) {
		if (slot->num_flights == 0 && queue_pop(&slot->suspects, &item))
			slot->alone = client_slot_launch(dispatch, slot, &item);
		return slot->alone;
	}
	return slot->num_flights < slot->share && queue_pop(&slot->waiting, &item) &&
	       client_slot_launch(dispatch, slot, &item);
}

size_t client_slot_busy(const struct client_slot *slot, int *rest_ms)
{
	size_t num = 0;
	for (size_t i = 0; i < slot->num_flights; i++) {
		const struct flight *flight = &slot->flights[i];
		int left_ms = deadline_left_ms(flight->rest);
		if (flight->may_rest && left_ms == 0)
			continue;
		num++;
		if (flight->may_rest && (*rest_ms < 0 || left_ms < *rest_ms))
			*rest_ms = left_ms;
	}
	return num;
}

/*
 * Whether the machine kept the program from answering, or this program from seeing the answer in
 * time: for how long, in words.
 */
static bool was_kept(char *text, size_t size, const struct flight *flight, pid_t pid, int limit_ms)
{
	int64_t limit_us = (int64_t)limit_ms * 1000;
	int64_t overdue_us = clock_monotonic_us() - flight->deadline.at_us;
	int64_t now_us = process_lateness_us(pid);
	int64_t late_us = flight->late_us >= 0 && now_us >= 0 ? now_us - flight->late_us : 0;
	int len = snprintf(text, size, "the client program did not answer within %d ms", limit_ms);
	text += len;
	size -= (size_t)len;
	if (process_lateness_is_stopped(pid))
		snprintf(text, size, ", and it was stopped");
	else if (late_us >= limit_us / LATE_PART)
		snprintf(text, size, ", and it was late for %" PRId64 " ms of it", late_us / 1000);
	else if (overdue_us >= limit_us / LATE_PART)
		snprintf(text, size, ", and revoscope itself was late for %" PRId64 " ms",
			 overdue_us / 1000);
	else
		return false;
	return true;
}

static void expire_alone(struct dispatch *dispatch, struct client_slot *slot)
{
	char text[192];
	bool kept = was_kept(text, sizeof text, &slot->flights[0], slot->program->process.pid,
			     dispatch->deadline_ms + POOL_GRACE_MS);
	struct pool_failure failure = {
		.outcome = kept ? OUTCOME_ERROR : OUTCOME_HANG,
		.reason = kept ? REASON_OVERLOAD_TIMEOUT : REASON_PROGRAM_HANG,
		.detail = text,
	};
	/* That says nothing about the program. */
	if (kept)
		slot->failures_in_row--;
	client_slot_broke(dispatch, slot, &failure);
}

/* A probe past its hard deadline: to blame when it was always alone, else to be tried alone. */
void client_slot_expire(struct dispatch *dispatch, struct client_slot *slot)
{
	for (size_t i = 0; i < slot->num_flights; i++) {
		if (!deadline_over(slot->flights[i].deadline))
			continue;
		if (slot->num_flights == 1 && slot->flights[i].is_alone && !slot->draining) {
			expire_alone(dispatch, slot);
			return;
		}
		struct queue_item item = {.cookie = slot->flights[i].cookie, .tries = 1};
		/* What else goes wrong before the restart cannot be laid at another's door. */
		if (!queue_push(&slot->suspects, item, false))
			dispatch->stopped = true;
		slot->flights[i--] = slot->flights[--slot->num_flights];
		slot->draining = true;
	}
}
