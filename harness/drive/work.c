/* Knows how a cell is asked for and how its record comes about. */
#include "harness/drive/work.h"

#include "core/clock.h"
#include "core/json.h"
#include "harness/drive/evidence.h"
#include "harness/drive/lab_log.h"
#include "harness/drive/message.h"
#include "harness/drive/task.h"
#include "harness/run/attempts.h"
#include "harness/run/cell_record.h"
#include "harness/run/time_factor.h"
#include "harness/run/run_head.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How long the lab's log may come after the client's answer. It takes a few milliseconds, more
 * on a machine under load; only a cell whose events never come waits for the whole of it. */
#define SETTLE_MS 2000

struct work {
	struct run *run;
	struct pool *pool;
	struct lab_process *lab;
	const struct job_options *options;
	struct lab_log *lab_log;
	struct task **tasks;   /* by cell; NULL when not in the making */
	struct task *settling; /* list */
	size_t num_done, num_cells;
	struct error err;
};

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

static void fail_all(struct work *work)
{
	pool_stop(work->pool);
}

static struct cell *task_cell(struct work *work, const struct task *task)
{
	return run_cell(work->run, task->row, task->class);
}

/* Its record is written: it is judged, and the listener gets it. */
static void report_cell(struct work *work, size_t row, size_t class)
{
	const struct job_listener *listener = &work->options->listener;
	verdict_judge_cell(work->run, row, class);
	if (listener->cell != NULL && !listener->cell(listener->context, row, class))
		pool_interrupt(work->pool);
}

static void done_one(struct work *work, size_t row, size_t class)
{
	report_cell(work, row, class);
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

static struct task *take_task(struct work *work, uint64_t cookie)
{
	struct task *task = work->tasks[cookie];
	if (task != NULL)
		return task;
	task = task_new(cookie / run_num_classes(work->run), cookie % run_num_classes(work->run));
	work->tasks[cookie] = task;
	return task;
}

static bool keep_evidence(struct work *work, struct task *task, const char *name,
			  const json_t *object)
{
	return task->folder == NULL || evidence_keep_json(task->folder, name, object, &work->err);
}

static bool open_evidence(struct work *work, struct task *task)
{
	if (work->options->evidence == NULL)
		return true;
	int attempt = work->options->repeat > 1 ? task_cell(work, task)->num_attempts + 1 : 0;
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
	struct task *task = take_task(work, cookie);
	if (task == NULL)
		return false;
	const struct run_row *row = run_row_at(work->run, task->row);
	const struct client_class *class = run_class_at(work->run, task->class)->class;
	struct policy policy = class->policy;
	char label[32], name[512];
	/* A first attempt that is tried again must not find the lab's counters moved. */
	if (again && task_cell(work, task)->num_attempts == 0)
		task->retries++;
	if (row->scenario != NULL)
		snprintf(name, sizeof name, "%s%s", lab_log_label(label, cookie, task->retries),
			 row->scenario->host);
	time_factor_shorten_policy(&policy, run_time_factor(work->run));
	if (!open_evidence(work, task)) {
		fail_all(work);
		return false;
	}
	json_t *request = message_request_to_json(&(struct message_request){
		.id = id,
		.address = row->scenario != NULL ? "127.0.0.1" : row->address,
		.port = row->scenario != NULL ? lab_process_port(work->lab, row->scenario->id)
					      : row->port,
		.server_name = row->scenario != NULL ? name : row->server_name,
		.proxy = row->scenario != NULL ? NULL : work->options->proxy,
		.proxy_port = work->options->proxy_port,
		.starttls = row->scenario != NULL ? NULL : work->options->starttls,
		.trust = row->scenario != NULL ? work->lab->trust : work->options->trust,
		.native = class->native,
		.policy = class->native ? NULL : &policy,
		.fetch = work->options->fetch,
		.deadline_ms = work->options->deadline_ms,
		.connections = row->scenario != NULL ? row->scenario->situation.client.connections
						     : work->options->connections,
		.evidence_dir = task->folder,
	});
	task->started_us = clock_monotonic_us();
	task->asked = true;
	bool done = json_append_line(line, request);
	if (!keep_evidence(work, task, "request.json", request))
		fail_all(work);
	json_decref(request);
	return done;
}

static void collect(struct work *work, struct task *task)
{
	const struct run_row *row = run_row_at(work->run, task->row);
	size_t cell = task->row * run_num_classes(work->run) + task->class;
	size_t num = lab_log_collect_connections(work->lab_log, task->connections, cell);
	task->connections_due -= num < task->connections_due ? num : task->connections_due;
	for (size_t i = 0; i < task->num_ports;) {
		if (lab_log_collect_requests(work->lab_log, task->requests, row->scenario->id,
					     task->ports[i]) > 0)
			task->ports[i] = task->ports[--task->num_ports];
		else
			i++;
	}
}

static bool finish_task(struct work *work, struct task *task)
{
	struct cell *cell = task_cell(work, task);
	json_t *server = NULL, *attempts = NULL;
	json_begin();
	if (work->lab != NULL)
		server = json_pack("{s:O, s:O}", "connections", task->connections, "requests",
				   task->requests);
	if (work->lab != NULL && server == NULL)
		error_set(&work->err, ERROR_UNABLE, "out of memory");
	if (work->options->repeat > 1)
		attempts = attempts_to_json(&task->attempts);
	struct cell_source source = {
		.detail = task->detail,
		.observation = task->observation,
		.server = server,
		.attempts = attempts,
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
static void settle_task(struct work *work, struct task *task)
{
	if (work->lab != NULL) {
		collect(work, task);
		if (task->connections_due > 0 || task->num_ports > 0) {
			task->settling = true;
			task->settle = deadline_in_ms(SETTLE_MS);
			task->next = work->settling;
			if (task->next != NULL)
				task->next->previous = task;
			work->settling = task;
			return;
		}
	}
	if (!finish_task(work, task))
		fail_all(work);
}

/* An attempt ended so; takes over observation. */
static void end_attempt(struct work *work, struct task *task, const struct attempt *attempt,
			const char *detail, json_t *observation)
{
	struct cell *cell = task_cell(work, task);
	task->busy_us += clock_monotonic_us() - task->started_us;
	if (!attempts_add(&task->attempts, attempt, detail)) {
		error_set(&work->err, ERROR_UNABLE, "out of memory");
		fail_all(work);
	}
	if (verdict_add(cell, attempt)) {
		json_decref(task->observation);
		free(task->detail);
		task->observation = json_incref(observation);
		task->detail = strdup(detail);
	}
	json_decref(observation);
	if (cell->num_attempts < work->options->repeat) {
		uint64_t cookie = task->row * run_num_classes(work->run) + task->class;
		if (work->lab != NULL)
			collect(work, task);
		if (!pool_add(work->pool, run_class_at(work->run, task->class)->stack, cookie,
			      true))
			fail_all(work);
	} else {
		settle_task(work, task);
	}
}

static void answered(void *context, uint64_t cookie, struct answer *answer)
{
	struct work *work = context;
	struct task *task = work->tasks[cookie];
	const struct observation *seen = &answer->observation;
	struct attempt attempt = {seen->outcome, seen->reason, seen->assurance};
	if (!keep_evidence(work, task, "answer.json", answer->object))
		fail_all(work);
	if (work->lab != NULL)
		task_expect(task, seen);
	/* The id is the pool's, and means nothing to a reader. */
	json_t *observation = json_incref(answer->object);
	json_object_del(observation, "id");
	end_attempt(work, task, &attempt, seen->detail, observation);
	answer_clear(answer);
}

static json_t *visible(const char *bytes, size_t len)
{
	struct text text;
	text_init(&text, 0);
	text_append_visible(&text, bytes, len);
	json_t *string = json_string(text_string(&text));
	text_clear(&text);
	return string;
}

static void failed(void *context, uint64_t cookie, const struct pool_failure *failure)
{
	struct work *work = context;
	struct task *task = take_task(work, cookie);
	struct attempt attempt = {failure->outcome, failure->reason, STATUS_NONE};
	if (task == NULL) {
		fail_all(work);
		return;
	}
	if (!task->asked)
		task->started_us = clock_monotonic_us();
	json_t *observation = json_object();
	if (failure->talk[0] != '\0')
		json_set(observation, "stderr", json_foreign_string(failure->talk));
	if (failure->bytes != NULL)
		json_set(observation, "output", visible(failure->bytes, failure->num_bytes));
	if (task->folder != NULL &&
	    (!evidence_keep(task->folder, "stderr.txt", failure->talk, strlen(failure->talk),
			    &work->err) ||
	     (failure->bytes != NULL && !evidence_keep(task->folder, "output.txt", failure->bytes,
						       failure->num_bytes, &work->err))))
		fail_all(work);
	if (work->lab != NULL && task->asked)
		task->connections_due++;
	end_attempt(work, task, &attempt, failure->detail, observation);
}

/* A second answer takes the first's worth away, also when its record is written. */
static void doubted(void *context, uint64_t cookie, const char *detail)
{
	struct work *work = context;
	if (cookie >= work->num_cells)
		return;
	struct task *task = work->tasks[cookie];
	size_t row = cookie / run_num_classes(work->run),
	       class = cookie % run_num_classes(work->run);
	struct cell *cell = run_cell(work->run, row, class);
	if (cell->num_attempts == 0)
		return;
	struct cell_source source;
	if (task == NULL)
		verdict_withdraw(cell);
	cell->outcome = OUTCOME_ERROR;
	cell->reason = REASON_PROGRAM_PROTOCOL;
	cell->assurance = STATUS_NONE;
	if (task != NULL) {
		free(task->detail);
		task->detail = strdup(detail);
		return;
	}
	bool done = cell_source_load(&source, work->run, cell, &work->err);
	source.detail = detail;
	if (done && cell_source_store(work->run, cell, &source, &work->err))
		report_cell(work, row, class);
	else
		fail_all(work);
	cell_source_clear(&source);
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
			collect(work, task);
		int left = deadline_left_ms(task->settle);
		if (left == 0 || (task->connections_due == 0 && task->num_ports == 0)) {
			if (!finish_task(work, task))
				fail_all(work);
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
		fail_all(work);
	else
		lab_log_take(work->lab_log, event);
}

static bool will_wait(const struct run_row *row, const struct client_class *class)
{
	return row->scenario != NULL && !class->native &&
	       (class->policy.fetches_ocsp != FETCHES_NO ||
		class->policy.uses_crl != USES_CRL_NO) &&
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

bool work_begin(struct work *work)
{
	if (!add_cells(work, true) || !add_cells(work, false))
		return false;
	if (work->lab != NULL)
		pool_attach(work->pool, &work->lab->process, on_line, work);
	pool_begin(work->pool, &(struct pool_source){
				       .context = work,
				       .take = answer_take,
				       .request = make_request,
				       .answered = answered,
				       .failed = failed,
				       .doubted = doubted,
				       .tick = tick,
				       .finished = finished,
			       });
	return true;
}

enum pool_end work_step(struct work *work, const struct pollfd *fds, struct error *err)
{
	enum pool_end end = pool_step(work->pool, fds);
	while (end == POOL_INTERRUPTED && work->settling != NULL)
		if (!finish_task(work, work->settling))
			end = POOL_FAILED;
	if (end == POOL_FAILED && work->err.kind != ERROR_NONE)
		error_set(err, work->err.kind, "%s", work->err.text);
	return end;
}
