/* Knows how a cell is asked for and how its record comes about. */
#include "harness/drive/work.h"

#include "core/clock.h"
#include "core/json.h"
#include "harness/drive/evidence.h"
#include "harness/run/attempts.h"
#include "harness/run/cell_record.h"
#include "harness/run/time_factor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How long the lab's log may come after the client's answer. It takes a few milliseconds, more
 * on a machine under load; only a cell whose events never come waits for the whole of it. */
#define SETTLE_MS 2000
#define PORTS_MAX 64

/* A cell in the making: from its first request until its record is written. */
struct job {
	size_t row, class;
	int retries;
	int64_t started_us;
	int64_t busy_us;
	bool asked; /* a request for it was sent */
	bool settling;
	struct deadline settle;
	size_t connections_due; /* that the lab must have seen, and has not reported yet */
	int ports[PORTS_MAX];   /* of fetches whose requests were not reported yet */
	size_t num_ports;
	char *detail;
	json_t *observation, *connections, *requests; /* as they came */
	struct attempts attempts;
	char *folder; /* of the attempt in flight; NULL without --evidence */
	struct job *previous, *next;
};

struct work {
	struct run *run;
	struct pool *pool;
	struct lab_process *lab;
	const struct engine_options *options;
	struct lab_log *lab_log;
	struct job **jobs;    /* by cell; NULL when not in the making */
	struct job *settling; /* list */
	size_t num_done, num_cells;
	struct error err;
};

struct work *work_new(struct run *run, struct pool *pool, struct lab_process *lab,
		      const struct engine_options *options)
{
	struct work *work = calloc(1, sizeof *work);
	if (work == NULL)
		return NULL;
	work->run = run;
	work->pool = pool;
	work->lab = lab;
	work->options = options;
	work->num_cells = run_num_rows(run) * run_num_classes(run);
	work->jobs = calloc(work->num_cells + 1, sizeof *work->jobs);
	work->lab_log = lab_log_new();
	if (work->jobs == NULL || work->lab_log == NULL) {
		work_free(work);
		return NULL;
	}
	return work;
}

static void job_free(struct job *job)
{
	if (job == NULL)
		return;
	free(job->detail);
	free(job->folder);
	json_decref(job->observation);
	json_decref(job->connections);
	json_decref(job->requests);
	attempts_clear(&job->attempts);
	free(job);
}

void work_free(struct work *work)
{
	if (work == NULL)
		return;
	for (size_t i = 0; work->jobs != NULL && i < work->num_cells; i++)
		job_free(work->jobs[i]);
	free(work->jobs);
	lab_log_free(work->lab_log);
	free(work);
}

static void fail_all(struct work *work)
{
	pool_stop(work->pool);
}

static struct cell *job_cell(struct work *work, const struct job *job)
{
	return run_cell(work->run, job->row, job->class);
}

/* Its record is written: it is judged, and told to whoever listens. */
static void tell_cell(struct work *work, size_t row, size_t class)
{
	const struct engine_options *options = work->options;
	verdict_judge_cell(work->run, row, class);
	if (options->cell_done != NULL && !options->cell_done(options->cell_context, row, class))
		pool_interrupt(work->pool);
}

static void done_one(struct work *work, size_t row, size_t class)
{
	tell_cell(work, row, class);
	work->num_done++;
	if (work->options->progress != NULL)
		work->options->progress(work->options->progress_context, work->num_done,
					work->num_cells);
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

static struct job *take_job(struct work *work, uint64_t cookie)
{
	struct job *job = work->jobs[cookie];
	if (job != NULL)
		return job;
	job = calloc(1, sizeof *job);
	if (job == NULL)
		return NULL;
	job->row = cookie / run_num_classes(work->run);
	job->class = cookie % run_num_classes(work->run);
	job->connections = json_array();
	job->requests = json_array();
	work->jobs[cookie] = job;
	return job;
}

static bool keep_evidence(struct work *work, struct job *job, const char *name,
			  const json_t *object)
{
	return job->folder == NULL || evidence_keep_json(job->folder, name, object, &work->err);
}

static bool open_evidence(struct work *work, struct job *job)
{
	if (work->options->evidence == NULL)
		return true;
	int attempt = work->options->repeat > 1 ? job_cell(work, job)->num_attempts + 1 : 0;
	free(job->folder);
	job->folder = evidence_folder(work->options->evidence, run_row_at(work->run, job->row)->id,
				      run_class_at(work->run, job->class)->class->id, attempt,
				      &work->err);
	return job->folder != NULL;
}

static bool make_request(void *context, uint64_t cookie, const char *id, bool again,
			 struct text *line)
{
	struct work *work = context;
	struct job *job = take_job(work, cookie);
	if (job == NULL)
		return false;
	const struct run_row *row = run_row_at(work->run, job->row);
	const struct client_class *class = run_class_at(work->run, job->class)->class;
	struct policy policy = class->policy;
	char label[32], name[512];
	/* A first attempt that is tried anew must not find the lab's counters moved. */
	if (again && job_cell(work, job)->num_attempts == 0)
		job->retries++;
	if (row->scenario != NULL)
		snprintf(name, sizeof name, "%s%s", lab_log_label(label, cookie, job->retries),
			 row->scenario->host);
	time_factor_shorten_policy(&policy, run_time_factor(work->run));
	if (!open_evidence(work, job)) {
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
		.evidence_dir = job->folder,
	});
	job->started_us = clock_monotonic_us();
	job->asked = true;
	bool done = json_append_line(line, request);
	if (!keep_evidence(work, job, "request.json", request))
		fail_all(work);
	json_decref(request);
	return done;
}

static void collect(struct work *work, struct job *job)
{
	const struct run_row *row = run_row_at(work->run, job->row);
	size_t cell = job->row * run_num_classes(work->run) + job->class;
	size_t num = lab_log_collect_connections(work->lab_log, job->connections, cell);
	job->connections_due -= num < job->connections_due ? num : job->connections_due;
	for (size_t i = 0; i < job->num_ports;) {
		if (lab_log_collect_requests(work->lab_log, job->requests, row->scenario->id,
					     job->ports[i]) > 0)
			job->ports[i] = job->ports[--job->num_ports];
		else
			i++;
	}
}

/* Notes which events of the lab must still come for this answer. */
static void expect_events(struct job *job, const struct observation *seen)
{
	if (seen->outcome == OUTCOME_UNSUPPORTED)
		return;
	job->connections_due += seen->num_earlier;
	if (!seen->has_stage || seen->stage != STAGE_CONNECT)
		job->connections_due++;
	for (size_t i = 0; i < seen->num_fetches; i++) {
		int64_t port = seen->fetches[i].local_port.value;
		if (port > 0 && port <= UINT16_MAX && job->num_ports < PORTS_MAX)
			job->ports[job->num_ports++] = (int)port;
	}
}

static bool finish_job(struct work *work, struct job *job)
{
	struct cell *cell = job_cell(work, job);
	json_t *server = NULL, *attempts = NULL;
	json_begin();
	if (work->lab != NULL)
		server = json_pack("{s:O, s:O}", "connections", job->connections, "requests",
				   job->requests);
	if (work->lab != NULL && server == NULL)
		error_set(&work->err, ERROR_UNABLE, "out of memory");
	if (work->options->repeat > 1)
		attempts = attempts_to_json(&job->attempts);
	struct cell_source source = {
		.detail = job->detail,
		.observation = job->observation,
		.server = server,
		.attempts = attempts,
	};
	cell->duration_us = (uint64_t)job->busy_us;
	bool done = json_end(&work->err) && cell_source_store(work->run, cell, &source, &work->err);
	json_decref(server);
	json_decref(attempts);
	if (job->settling) {
		*(job->previous != NULL ? &job->previous->next : &work->settling) = job->next;
		if (job->next != NULL)
			job->next->previous = job->previous;
	}
	work->jobs[job->row * run_num_classes(work->run) + job->class] = NULL;
	if (done)
		done_one(work, job->row, job->class);
	job_free(job);
	return done;
}

/* The last attempt is over: the record waits a moment for the lab's log. */
static void settle_job(struct work *work, struct job *job)
{
	if (work->lab != NULL) {
		collect(work, job);
		if (job->connections_due > 0 || job->num_ports > 0) {
			job->settling = true;
			job->settle = deadline_in_ms(SETTLE_MS);
			job->next = work->settling;
			if (job->next != NULL)
				job->next->previous = job;
			work->settling = job;
			return;
		}
	}
	if (!finish_job(work, job))
		fail_all(work);
}

/* An attempt ended so; takes over observation. */
static void end_attempt(struct work *work, struct job *job, const struct attempt *attempt,
			const char *detail, json_t *observation)
{
	struct cell *cell = job_cell(work, job);
	job->busy_us += clock_monotonic_us() - job->started_us;
	if (!attempts_add(&job->attempts, attempt, detail)) {
		error_set(&work->err, ERROR_UNABLE, "out of memory");
		fail_all(work);
	}
	if (verdict_add(cell, attempt)) {
		json_decref(job->observation);
		free(job->detail);
		job->observation = json_incref(observation);
		job->detail = strdup(detail);
	}
	json_decref(observation);
	if (cell->num_attempts < work->options->repeat) {
		uint64_t cookie = job->row * run_num_classes(work->run) + job->class;
		if (work->lab != NULL)
			collect(work, job);
		if (!pool_add(work->pool, run_class_at(work->run, job->class)->stack, cookie, true))
			fail_all(work);
	} else {
		settle_job(work, job);
	}
}

static void answered(void *context, uint64_t cookie, struct answer *answer)
{
	struct work *work = context;
	struct job *job = work->jobs[cookie];
	const struct observation *seen = &answer->observation;
	struct attempt attempt = {seen->outcome, seen->reason, seen->assurance};
	if (!keep_evidence(work, job, "answer.json", answer->object))
		fail_all(work);
	if (work->lab != NULL)
		expect_events(job, seen);
	/* The id is the pool's, and means nothing to a reader. */
	json_t *observation = json_incref(answer->object);
	json_object_del(observation, "id");
	end_attempt(work, job, &attempt, seen->detail, observation);
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
	struct job *job = take_job(work, cookie);
	struct attempt attempt = {failure->outcome, failure->reason, STATUS_NONE};
	if (job == NULL) {
		fail_all(work);
		return;
	}
	if (!job->asked)
		job->started_us = clock_monotonic_us();
	json_t *observation = json_object();
	if (failure->talk[0] != '\0')
		json_set(observation, "stderr", json_foreign_string(failure->talk));
	if (failure->bytes != NULL)
		json_set(observation, "output", visible(failure->bytes, failure->num_bytes));
	if (job->folder != NULL &&
	    (!evidence_keep(job->folder, "stderr.txt", failure->talk, strlen(failure->talk),
			    &work->err) ||
	     (failure->bytes != NULL && !evidence_keep(job->folder, "output.txt", failure->bytes,
						       failure->num_bytes, &work->err))))
		fail_all(work);
	if (work->lab != NULL && job->asked)
		job->connections_due++;
	end_attempt(work, job, &attempt, failure->detail, observation);
}

/* A second answer takes the first's worth away, also when its record is written. */
static void doubted(void *context, uint64_t cookie, const char *detail)
{
	struct work *work = context;
	if (cookie >= work->num_cells)
		return;
	struct job *job = work->jobs[cookie];
	size_t row = cookie / run_num_classes(work->run),
	       class = cookie % run_num_classes(work->run);
	struct cell *cell = run_cell(work->run, row, class);
	if (cell->num_attempts == 0)
		return;
	struct cell_source source;
	if (job == NULL)
		verdict_withdraw(cell);
	cell->outcome = OUTCOME_ERROR;
	cell->reason = REASON_PROGRAM_PROTOCOL;
	cell->assurance = STATUS_NONE;
	if (job != NULL) {
		free(job->detail);
		job->detail = strdup(detail);
		return;
	}
	bool done = cell_source_load(&source, work->run, cell, &work->err);
	source.detail = detail;
	if (done && cell_source_store(work->run, cell, &source, &work->err))
		tell_cell(work, row, class);
	else
		fail_all(work);
	cell_source_clear(&source);
}

static int tick(void *context)
{
	struct work *work = context;
	const struct engine_options *options = work->options;
	int wanted = -1;
	bool news = work->settling != NULL && lab_log_has_news(work->lab_log);
	for (struct job *job = work->settling, *next; job != NULL; job = next) {
		next = job->next;
		if (news)
			collect(work, job);
		int left = deadline_left_ms(job->settle);
		if (left == 0 || (job->connections_due == 0 && job->num_ports == 0)) {
			if (!finish_job(work, job))
				fail_all(work);
		} else if (wanted < 0 || left < wanted) {
			wanted = left;
		}
	}
	int listener = options->cell_tick != NULL ? options->cell_tick(options->cell_context) : -1;
	return listener >= 0 && (wanted < 0 || listener < wanted) ? listener : wanted;
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

enum pool_end work_run(struct work *work, struct error *err)
{
	if (!add_cells(work, true) || !add_cells(work, false)) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return POOL_FAILED;
	}
	if (work->lab != NULL)
		pool_attach(work->pool, &work->lab->process, on_line, work);
	enum pool_end end = pool_run(work->pool,
				     &(struct pool_source){
					     .context = work,
					     .request = make_request,
					     .answered = answered,
					     .failed = failed,
					     .doubted = doubted,
					     .tick = tick,
					     .finished = finished,
				     },
				     err);
	while (end == POOL_INTERRUPTED && work->settling != NULL)
		if (!finish_job(work, work->settling))
			end = POOL_FAILED;
	if (end == POOL_FAILED && work->err.kind != ERROR_NONE)
		error_set(err, work->err.kind, "%s", work->err.text);
	return end;
}
