/* Knows how a cell is asked for and how its record comes about. */
#include "harness/drive/work.h"

#include "harness/drive/work_parts.h"

#include "core/clock.h"
#include "core/json.h"
#include "harness/drive/evidence.h"
#include "harness/run/attempts.h"
#include "harness/run/cell_record.h"
#include "harness/run/lab_event.h"
#include "harness/run/time_factor.h"
#include "harness/run/run_head.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long the lab's log may come after the client's answer. It takes a few milliseconds, more
 * on a machine under load; only a cell whose events never come waits for the whole of it. Of a
 * connection that was there it comes at the latest when the lab ends that, after 15 s. */
#define SETTLE_MS  2000
#define CERTAIN_MS 20000

/* Of the shortest time-out, how much a step of a client may take on the average. */
#define TARGET_SHARE 4

struct work *work_new(struct run *run, struct pool *pool, struct lab_process *lab,
		      const struct job_options *options)
{
	struct work *work = calloc(1, sizeof *work);
	if (work == NULL)
		return NULL;
	work->run = run;
	work->pool = pool;
	work->lab = lab;
	work->options = options;
	work->num_cells = run_num_rows(run) * run_num_classes(run);
	work->tasks = calloc(work->num_cells + 1, sizeof *work->tasks);
	work->lab_log = lab_log_new();
	if (work->tasks == NULL || work->lab_log == NULL) {
		work_free(work);
		return NULL;
	}
	return work;
}

void work_free(struct work *work)
{
	if (work == NULL)
		return;
	for (size_t i = 0; work->tasks != NULL && i < work->num_cells; i++)
		task_free(work->tasks[i]);
	free(work->tasks);
	lab_log_free(work->lab_log);
	free(work);
}

void work_fail(struct work *work)
{
	pool_stop(work->pool);
}

struct cell *work_cell(struct work *work, const struct task *task)
{
	return run_cell(work->run, task->row, task->class);
}

/* Its record is written: it is judged, and the listener gets it. */
void work_report(struct work *work, size_t row, size_t class)
{
	const struct job_listener *listener = &work->options->listener;
	verdict_judge_cell(work->run, row, class);
	if (listener->cell != NULL && !listener->cell(listener->context, row, class))
		pool_interrupt(work->pool);
}

static void done_one(struct work *work, size_t row, size_t class)
{
	work_report(work, row, class);
	work->num_done++;
	const struct job_listener *listener = &work->options->listener;
	if (listener->progress != NULL)
		listener->progress(listener->context, work->num_done, work->num_cells);
}

bool work_settle(struct work *work, size_t row, size_t class, enum outcome outcome,
		 enum reason reason, const char *detail, struct error *err)
{
	struct cell *cell = run_cell(work->run, row, class);
	verdict_add(cell, &(struct attempt){outcome, reason, STATUS_NONE});
	if (!cell_source_store(work->run, cell, &(struct cell_source){.detail = detail}, err))
		return false;
	done_one(work, row, class);
	return true;
}

struct task *work_take_task(struct work *work, uint64_t cookie)
{
	struct task *task = work->tasks[cookie];
	if (task != NULL)
		return task;
	task = task_new(cookie / run_num_classes(work->run), cookie % run_num_classes(work->run));
	work->tasks[cookie] = task;
	return task;
}

bool work_keep_evidence(struct work *work, struct task *task, const char *name,
			const json_t *object)
{
	return task->folder == NULL || evidence_keep_json(task->folder, name, object, &work->err);
}

static bool open_evidence(struct work *work, struct task *task)
{
	if (work->options->evidence == NULL)
		return true;
	int attempt = work->options->repeat > 1 ? work_cell(work, task)->num_attempts + 1 : 0;
	free(task->folder);
	task->folder = evidence_folder(
		work->options->evidence, run_row_at(work->run, task->row)->id,
		run_class_at(work->run, task->class)->class->id, attempt, &work->err);
	return task->folder != NULL;
}

static bool make_request(void *context, uint64_t cookie, const char *id, bool again,
			 struct text *line)
{
	struct work *work = context;
	struct task *task = work_take_task(work, cookie);
	if (task == NULL)
		return false;
	/* A first attempt that is tried again must not find the lab's counters moved. */
	if (again && work_cell(work, task)->num_attempts == 0)
		task->retries++;
	if (!open_evidence(work, task)) {
		work_fail(work);
		return false;
	}
	json_t *request = work_request_to_json(work->run, work->lab, work->options, task, id);
	task->started_us = clock_monotonic_us();
	task->asked = true;
	bool done = json_append_line(line, request);
	if (!work_keep_evidence(work, task, "request.json", request))
		work_fail(work);
	json_decref(request);
	return done;
}

void work_collect(struct work *work, struct task *task)
{
	const struct run_row *row = run_row_at(work->run, task->row);
	size_t cell = task->row * run_num_classes(work->run) + task->class;
	size_t num = lab_log_collect_connections(work->lab_log, task->connections, cell,
						 task->first_retry);
	task->connections_due -= num < task->connections_due ? num : task->connections_due;
	for (size_t i = 0; i < task->num_ports;) {
		if (lab_log_collect_requests(work->lab_log, task->requests, row->scenario->id,
					     task->ports[i]) > 0)
			task->ports[i] = task->ports[--task->num_ports];
		else
			i++;
	}
}

/* Of a cell that stayed doubtful: what the lab's log says of the last response, so that a reader
 * sees who was late. */
static void append_response(struct task *task, const struct cell *cell)
{
	struct lab_request request;
	size_t num = json_array_size(task->requests);
	char *longer = NULL;
	if (cell->reason != REASON_OVERLOAD_TIMEOUT || num == 0 || task->detail == NULL)
		return;
	lab_request_read(&request, json_array_get(task->requests, num - 1));
	if (asprintf(&longer, "%s; %s, %lld ms after the connection came", task->detail,
		     request.http_status.is_known
			     ? "the lab sent the response"
			     : "the lab had sent no response when it was closed",
		     (long long)request.ms.value) < 0)
		return;
	free(task->detail);
	task->detail = longer;
}

static bool finish_task(struct work *work, struct task *task)
{
	struct cell *cell = work_cell(work, task);
	json_t *server = NULL, *attempts = NULL;
	json_begin();
	if (work->lab != NULL)
		server = json_pack("{s:O, s:O, s:b}", "connections", task->connections, "requests",
				   task->requests, "complete", !task_is_incomplete(task));
	if (work->lab != NULL && server == NULL)
		error_set(&work->err, ERROR_UNABLE, "out of memory");
	if (work->options->repeat > 1)
		attempts = attempts_to_json(&task->attempts);
	append_response(task, cell);
	struct cell_source source = {
		.detail = task->detail,
		.observation = task->observation,
		.server = server,
		.attempts = attempts,
		.num_repeats = task->num_repeats,
	};
	cell->duration_us = (uint64_t)task->busy_us;
	bool done = json_end(&work->err) && cell_source_store(work->run, cell, &source, &work->err);
	json_decref(server);
	json_decref(attempts);
	if (task->settling) {
		*(task->previous != NULL ? &task->previous->next : &work->settling) = task->next;
		if (task->next != NULL)
			task->next->previous = task->previous;
	}
	work->tasks[task->row * run_num_classes(work->run) + task->class] = NULL;
	if (done)
		done_one(work, task->row, task->class);
	task_free(task);
	return done;
}

/* The last attempt has ended: the record waits a moment for the lab's log. */
void work_settle_task(struct work *work, struct task *task)
{
	if (work->lab != NULL) {
		work_collect(work, task);
		if (task_is_incomplete(task)) {
			task->settling = true;
			task->settle = deadline_in_ms(task->is_certain ? CERTAIN_MS : SETTLE_MS);
			task->next = work->settling;
			if (task->next != NULL)
				task->next->previous = task;
			work->settling = task;
			return;
		}
	}
	if (!finish_task(work, task))
		work_fail(work);
}

static int tick(void *context)
{
	struct work *work = context;
	const struct job_listener *listener = &work->options->listener;
	int wanted = -1;
	bool news = work->settling != NULL && lab_log_has_news(work->lab_log);
	for (struct task *task = work->settling, *next; task != NULL; task = next) {
		next = task->next;
		if (news)
			work_collect(work, task);
		int left = deadline_left_ms(task->settle);
		if (left == 0 || !task_is_incomplete(task)) {
			if (!finish_task(work, task))
				work_fail(work);
		} else if (wanted < 0 || left < wanted) {
			wanted = left;
		}
	}
	int other = listener->tick != NULL ? listener->tick(listener->context) : -1;
	return other >= 0 && (wanted < 0 || other < wanted) ? other : wanted;
}

static bool finished(void *context)
{
	const struct work *work = context;
	return work->settling == NULL;
}

static void on_line(void *context, const char *line, size_t len)
{
	struct work *work = context;
	json_t *event = lab_process_read(work->lab, line, len, &work->err);
	if (event == NULL)
		work_fail(work);
	else
		lab_log_take(work->lab_log, event);
}

static bool policy_fetches(const struct policy *policy)
{
	return policy->fetches_ocsp != FETCHES_NO || policy->uses_crl != USES_CRL_NO;
}

static bool will_wait(const struct run_row *row, const struct client_class *class)
{
	return row->scenario != NULL && !class->native && policy_fetches(&class->policy) &&
	       scenario_waits(row->scenario);
}

static bool add_cells(struct work *work, bool waiting)
{
	for (size_t row = 0; row < run_num_rows(work->run); row++) {
		for (size_t i = 0; i < run_num_classes(work->run); i++) {
			const struct run_class *class = run_class_at(work->run, i);
			uint64_t cookie = row * run_num_classes(work->run) + i;
			if ((run_cell(work->run, row, i)->marks & CELL_DONE) == 0 &&
			    will_wait(run_row_at(work->run, row), class->class) == waiting &&
			    !pool_add(work->pool, class->stack, cookie, false))
				return false;
		}
	}
	return true;
}

static bool waits(void *context, uint64_t cookie)
{
	const struct work *work = context;
	size_t num = run_num_classes(work->run);
	return will_wait(run_row_at(work->run, cookie / num),
			 run_class_at(work->run, cookie % num)->class);
}

/* What a step may take on the average, so that hardly any comes near the shortest time-out. */
static void begin_regulator(struct work *work)
{
	int shortest_ms = work->options->deadline_ms;
	for (size_t i = 0; i < run_num_classes(work->run); i++) {
		struct policy policy = run_class_at(work->run, i)->class->policy;
		if (run_class_at(work->run, i)->class->native || !policy_fetches(&policy))
			continue;
		time_factor_shorten_policy(&policy, run_time_factor(work->run));
		if (policy.timeout_ms < shortest_ms)
			shortest_ms = policy.timeout_ms;
	}
	regulator_init(pool_regulator(work->pool), pool_most_in_flight(work->pool),
		       (int64_t)shortest_ms * 1000 / TARGET_SHARE);
}

bool work_begin(struct work *work)
{
	begin_regulator(work);
	if (!add_cells(work, true) || !add_cells(work, false))
		return false;
	if (work->lab != NULL)
		pool_attach(work->pool, &work->lab->process, on_line, work);
	pool_begin(work->pool, &(struct pool_source){
				       .context = work,
				       .take = answer_take,
				       .request = make_request,
				       .answered = work_answered,
				       .failed = work_failed,
				       .doubted = work_doubted,
				       .waits = waits,
				       .tick = tick,
				       .finished = finished,
			       });
	return true;
}

/* Nothing was run, as far as a reader is concerned. */
static void abandon(struct work *work, struct task *task)
{
	struct cell *cell = work_cell(work, task);
	cell->outcome = OUTCOME_ERROR;
	cell->reason = REASON_INTERRUPTED;
	cell->assurance = STATUS_NONE;
	cell->marks = 0;
	cell->num_attempts = 0;
	work->tasks[task->row * run_num_classes(work->run) + task->class] = NULL;
	task_free(task);
}

/*
 * The work ends before its time. Cells whose clients have answered are stored with what the lab has
 * reported of them. A lab that is gone may be the very reason of a failed connection, so that such
 * a cell was not run.
 */
static bool finish_early(struct work *work)
{
	bool done = true, lab_is_gone = work->lab != NULL && work->lab->ended;
	for (struct task *task = work->settling, *next; task != NULL; task = next) {
		next = task->next;
		if (!lab_is_gone || work_cell(work, task)->outcome != OUTCOME_ERROR)
			done = finish_task(work, task) && done;
	}
	work->settling = NULL;
	for (size_t i = 0; i < work->num_cells; i++)
		if (work->tasks[i] != NULL)
			abandon(work, work->tasks[i]);
	return done;
}

enum pool_end work_step(struct work *work, const struct pollfd *fds, struct error *err)
{
	enum pool_end end = pool_step(work->pool, fds);
	if ((end == POOL_INTERRUPTED || end == POOL_FAILED) && !finish_early(work))
		end = POOL_FAILED;
	if (end == POOL_FAILED && work->err.kind != ERROR_NONE)
		error_set(err, work->err.kind, "%s", work->err.text);
	return end;
}
