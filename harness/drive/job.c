/* Knows the course of a run from the first program to the last verdict, step by step. */
#include "harness/drive/job.h"

#include "harness/drive/compliance.h"
#include "harness/drive/description.h"
#include "harness/drive/interrupt.h"
#include "harness/drive/work.h"
#include "harness/run/verdict.h"
#include "harness/run/stack_description.h"
#include "harness/run/run_head.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LAB_PROGRAM "revoscope-lab"

/* What the job waits for. */
enum phase {
	PHASE_NEW,
	PHASE_DESCRIPTIONS,
	PHASE_LAB,
	PHASE_COMPLIANCE,
	PHASE_ENDING,
	PHASE_CELLS,
};

struct job {
	struct run *run;
	struct job_options options;
	enum phase phase;
	enum job_state state;
	struct program *programs; /* one per stack of the run, as the next two */
	char **faults;
	const char **ids;
	size_t num;
	struct program lab_program;
	struct lab_process lab;
	struct situation compliance_situation;
	struct descriptions *descriptions;
	struct compliance *compliance;
	struct deadline ending; /* in PHASE_ENDING: how long it may take */
	struct pool *pool;
	struct work *work;
};

static bool find_programs(struct job *job, struct error *err)
{
	job->num = run_num_stacks(job->run);
	job->programs = calloc(job->num + 1, sizeof *job->programs);
	job->faults = calloc(job->num + 1, sizeof *job->faults);
	job->ids = calloc(job->num + 1, sizeof *job->ids);
	if (job->programs == NULL || job->faults == NULL || job->ids == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	for (size_t i = 0; i < job->num; i++)
		process_init(&job->programs[i].process);
	for (size_t i = 0; i < job->num; i++) {
		const struct stack *stack = run_stack_at(job->run, i)->stack;
		job->ids[i] = stack->id;
		if (!program_find(&job->programs[i], &job->faults[i], job->options.paths, stack,
				  job->options.clients, job->options.num_clients, err))
			return false;
		job->programs[i].sees_proxies = !run_is_lab(job->run);
	}
	return true;
}

static bool begin_lab(struct job *job, struct error *err)
{
	size_t num = 0, num_rows = run_is_lab(job->run) ? run_num_rows(job->run) : 0;
	struct lab_scenario *scenarios = calloc(num_rows + 1, sizeof *scenarios);
	if (scenarios == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	situation_init(&job->compliance_situation, STATUS_GOOD);
	scenarios[num++] =
		(struct lab_scenario){COMPLIANCE_ID, COMPLIANCE_HOST, &job->compliance_situation};
	for (size_t i = 0; i < num_rows; i++) {
		const struct scenario *scenario = run_row_at(job->run, i)->scenario;
		scenarios[num++] =
			(struct lab_scenario){scenario->id, scenario->host, &scenario->situation};
	}
	bool done = program_init(&job->lab_program, job->options.paths, LAB_PROGRAM, err);
	if (done && job->lab_program.path == NULL)
		done = error_set(err, ERROR_UNABLE, "%s", job->lab_program.missing);
	if (done)
		done = lab_process_begin(&job->lab, job->lab_program.path, scenarios, num,
					 run_time_factor(job->run), err);
	free(scenarios);
	return done;
}

/* Probes in flight in each program. */
static int share_of(const struct job *job)
{
	if (job->options.jobs <= 0)
		return POOL_SHARE;
	int share = job->options.jobs / (job->num > 0 ? (int)job->num : 1);
	return share > 0 ? share : 1;
}

static bool any_usable(const struct job *job)
{
	for (size_t i = 0; i < job->num; i++)
		if (job->faults[i] == NULL)
			return true;
	return false;
}

/* Hands what is known of the programs to the run. */
static void fill_stacks(struct job *job)
{
	for (size_t i = 0; i < job->num; i++) {
		struct run_stack *stack = run_stack_at(job->run, i);
		json_t *description = job->programs[i].description;
		struct stack_description said;
		stack_description_read(&said, description);
		json_decref(stack->description);
		free(stack->version);
		free(stack->fault);
		stack->description = json_incref(description);
		stack->version = said.version != NULL ? strdup(said.version) : NULL;
		stack->compliant = job->faults[i] == NULL;
		stack->fault = job->faults[i] != NULL ? strdup(job->faults[i]) : NULL;
	}
}

/* The cells that no probe is needed, or possible, for. */
static bool settle_hopeless(struct job *job, struct work *work, struct error *err)
{
	bool done = true;
	for (size_t row = 0; done && row < run_num_rows(job->run); row++) {
		const char *row_fault =
			job->options.row_faults != NULL ? job->options.row_faults[row] : NULL;
		for (size_t i = 0; done && i < run_num_classes(job->run); i++) {
			size_t stack = run_class_at(job->run, i)->stack;
			const struct program *program = &job->programs[stack];
			const char *fault = job->faults[stack];
			char text[512];
			const char *clock_fault =
				job->options.clock_offset_s != 0
					? program_clock_fault(program, text, sizeof text)
					: NULL;
			if (fault != NULL && program->path == NULL && !program->built)
				done = work_settle(work, row, i, OUTCOME_UNSUPPORTED,
						   REASON_PROGRAM_MISSING, fault, err);
			else if (fault != NULL)
				done = work_settle(work, row, i, OUTCOME_ERROR,
						   program->path == NULL
							   ? REASON_PROGRAM_MISSING
							   : REASON_PROGRAM_NOT_COMPLIANT,
						   fault, err);
			else if (clock_fault != NULL)
				done = work_settle(work, row, i, OUTCOME_UNSUPPORTED,
						   REASON_POLICY_UNSUPPORTED, clock_fault, err);
			else if (row_fault != NULL)
				done = work_settle(work, row, i, OUTCOME_ERROR, REASON_CONNECT_DNS,
						   row_fault, err);
		}
	}
	return done;
}

/* What the programs did other than answer: also failures that no cell caused. */
static void note_failures(struct job *job)
{
	for (size_t i = 0; i < job->num; i++) {
		const char *why = pool_given_up(job->pool, i);
		const char *last = pool_last_failure(job->pool, i);
		struct run_stack *stack = run_stack_at(job->run, i);
		stack->num_restarts = pool_num_failures(job->pool, i);
		stack->last_failure = last != NULL ? strdup(last) : NULL;
		if (why != NULL && stack->fault == NULL)
			stack->fault = strdup(why);
	}
}

/* --- the phases, each with what it takes to begin and its steps --- */

static enum job_state out_of_memory(struct error *err)
{
	error_set(err, ERROR_UNABLE, "out of memory");
	return JOB_FAILED;
}

static enum job_state state_of(enum pool_end end)
{
	static const enum job_state states[] = {
		[POOL_MORE] = JOB_MORE,
		[POOL_DONE] = JOB_DONE,
		[POOL_INTERRUPTED] = JOB_INTERRUPTED,
		[POOL_FAILED] = JOB_FAILED,
	};
	return states[end];
}

static enum job_state begin_descriptions(struct job *job, struct error *err)
{
	if (!find_programs(job, err))
		return JOB_FAILED;
	job->descriptions = descriptions_start(job->programs, job->ids, job->faults, job->num);
	if (job->descriptions == NULL)
		return out_of_memory(err);
	job->phase = PHASE_DESCRIPTIONS;
	return JOB_MORE;
}

static enum job_state begin_cells(struct job *job, struct error *err)
{
	bool in_lab = run_is_lab(job->run);
	job->work = work_new(job->run, job->pool, in_lab ? &job->lab : NULL, &job->options);
	if (job->work == NULL)
		return out_of_memory(err);
	if (!settle_hopeless(job, job->work, err))
		return JOB_FAILED;
	if (!work_begin(job->work))
		return out_of_memory(err);
	job->phase = PHASE_CELLS;
	return state_of(work_step(job->work, NULL, err));
}

/* The client programs, and behind them the lab. */
static struct process *process_at(struct job *job, size_t i)
{
	return i < job->num ? &job->programs[i].process : &job->lab.process;
}

/*
 * Whether a process has to end before the cells. A lab that endpoints were checked with has done
 * its work. Programs with a moved clock are started again: they were checked without, since one
 * that is moved may rightly refuse the good endpoint of the check.
 */
static bool has_to_end(const struct job *job, size_t i)
{
	return i < job->num ? job->options.clock_offset_s != 0 : !run_is_lab(job->run);
}

static int poll_ending(const struct job *job, struct pollfd *fds)
{
	for (size_t i = 0; i <= job->num; i++) {
		const struct process *process =
			i < job->num ? &job->programs[i].process : &job->lab.process;
		if (has_to_end(job, i))
			process_poll(process, fds + i * PROCESS_NUM_FDS);
	}
	fds[job_num_fds(job) - 1] = (struct pollfd){.fd = interrupt_fd(), .events = POLLIN};
	return deadline_left_ms(job->ending);
}

static enum job_state step_ending(struct job *job, const struct pollfd *fds, struct error *err)
{
	size_t num_running = 0;
	for (size_t i = 0; i <= job->num; i++) {
		struct process *process = process_at(job, i);
		if (!has_to_end(job, i))
			continue;
		if (fds != NULL)
			process_turn_unheard(process, fds + i * PROCESS_NUM_FDS);
		num_running += process_running(process);
	}
	if (num_running > 0 && !deadline_over(job->ending))
		return JOB_MORE;
	for (size_t i = 0; i <= job->num; i++)
		if (has_to_end(job, i))
			process_stop(process_at(job, i), 0);
	for (size_t i = 0; i < job->num; i++)
		job->programs[i].clock_offset_s = job->options.clock_offset_s;
	if (has_to_end(job, job->num))
		lab_process_stop(&job->lab);
	return begin_cells(job, err);
}

static enum job_state begin_ending(struct job *job, struct error *err)
{
	fill_stacks(job);
	if (job->options.only_programs)
		return JOB_DONE;
	for (size_t i = 0; i <= job->num; i++)
		if (has_to_end(job, i))
			process_close_input(process_at(job, i));
	job->ending = deadline_in_ms(PROGRAM_STOP_MS);
	job->phase = PHASE_ENDING;
	return step_ending(job, NULL, err);
}

static enum job_state step_compliance(struct job *job, const struct pollfd *fds, struct error *err)
{
	enum job_state state = state_of(pool_step(job->pool, fds));
	return state == JOB_DONE ? begin_ending(job, err) : state;
}

static enum job_state step_lab(struct job *job, const struct pollfd *fds, struct error *err)
{
	enum lab_process_state state = lab_process_step(&job->lab, fds, err);
	if (state != LAB_PROCESS_READY)
		return state == LAB_PROCESS_STARTS ? JOB_MORE : JOB_FAILED;
	job->compliance = compliance_begin(job->pool, &job->lab, job->faults, job->num,
					   run_id(job->run), job->options.deadline_ms);
	if (job->compliance == NULL)
		return out_of_memory(err);
	job->phase = PHASE_COMPLIANCE;
	return step_compliance(job, NULL, err);
}

static enum job_state step_descriptions(struct job *job, const struct pollfd *fds,
					struct error *err)
{
	if (descriptions_step(job->descriptions, fds))
		return JOB_MORE;
	descriptions_end(job->descriptions);
	job->descriptions = NULL;
	job->pool = pool_new(job->programs, job->num, share_of(job), job->options.deadline_ms);
	if (job->pool == NULL)
		return out_of_memory(err);
	if (!any_usable(job))
		return begin_ending(job, err);
	if (!begin_lab(job, err))
		return JOB_FAILED;
	job->phase = PHASE_LAB;
	return JOB_MORE;
}

/* --- for the owner --- */

struct job *job_start(struct run *run, const struct job_options *options)
{
	struct job *job = calloc(1, sizeof *job);
	if (job == NULL)
		return NULL;
	job->run = run;
	job->options = *options;
	job->num = run_num_stacks(run);
	process_init(&job->lab.process);
	process_init(&job->lab_program.process);
	return job;
}

/* Of the phase with most of them: the programs, the lab, the signals. */
size_t job_num_fds(const struct job *job)
{
	return (job->num + 1) * PROCESS_NUM_FDS + 1;
}

int job_poll(const struct job *job, struct pollfd *fds)
{
	for (size_t i = 0; i < job_num_fds(job); i++)
		fds[i] = (struct pollfd){.fd = -1};
	switch (job->phase) {
	case PHASE_DESCRIPTIONS: return descriptions_poll(job->descriptions, fds);
	case PHASE_LAB: return lab_process_poll(&job->lab, fds);
	case PHASE_ENDING: return poll_ending(job, fds);
	case PHASE_COMPLIANCE:
	case PHASE_CELLS: return pool_poll(job->pool, fds);
	case PHASE_NEW: break;
	}
	return 0;
}

enum job_state job_step(struct job *job, const struct pollfd *fds, struct error *err)
{
	if (job->state != JOB_MORE)
		return job->state;
	/* The pool looks for itself: what is done by then is not interrupted. */
	bool has_pool = job->phase == PHASE_COMPLIANCE || job->phase == PHASE_CELLS;
	if (!has_pool && interrupt_count() > 0)
		return job->state = JOB_INTERRUPTED;
	switch (job->phase) {
	case PHASE_NEW: job->state = begin_descriptions(job, err); break;
	case PHASE_DESCRIPTIONS: job->state = step_descriptions(job, fds, err); break;
	case PHASE_LAB: job->state = step_lab(job, fds, err); break;
	case PHASE_COMPLIANCE: job->state = step_compliance(job, fds, err); break;
	case PHASE_ENDING: job->state = step_ending(job, fds, err); break;
	case PHASE_CELLS: job->state = state_of(work_step(job->work, fds, err)); break;
	}
	return job->state;
}

static void clean_up(struct job *job)
{
	bool at_once = job->state != JOB_DONE || job->options.only_programs;
	if (job->pool != NULL)
		pool_end_programs(job->pool, at_once ? 200 : PROGRAM_STOP_MS);
	lab_process_stop(&job->lab);
	for (size_t i = 0; job->programs != NULL && i < job->num; i++)
		program_clear(&job->programs[i]);
	program_clear(&job->lab_program);
	for (size_t i = 0; job->faults != NULL && i < job->num; i++)
		free(job->faults[i]);
	work_free(job->work);
	compliance_end(job->compliance);
	pool_free(job->pool);
	free(job->programs);
	free(job->faults);
	free(job->ids);
}

void job_finish(struct job *job)
{
	if (job == NULL)
		return;
	descriptions_end(job->descriptions);
	job->descriptions = NULL;
	if (job->phase == PHASE_CELLS)
		note_failures(job);
	else if (job->phase != PHASE_NEW && job->state != JOB_FAILED)
		fill_stacks(job);
	clean_up(job);
	verdict_compare_endpoints(job->run);
	run_finish(job->run, job->state != JOB_DONE);
	free(job);
}

static enum job_state step_until_end(struct job *job, struct pollfd *fds, struct error *err)
{
	enum job_state state = JOB_MORE;
	while (state == JOB_MORE) {
		int timeout_ms = job_poll(job, fds);
		if (poll(fds, job_num_fds(job), timeout_ms) < 0 && errno != EINTR) {
			error_set_errno(err, ERROR_UNABLE, "poll");
			return JOB_FAILED;
		}
		state = job_step(job, fds, err);
	}
	return state;
}

enum job_state job_run(struct run *run, const struct job_options *options, struct error *err)
{
	struct job *job = job_start(run, options);
	struct pollfd *fds = job != NULL ? calloc(job_num_fds(job), sizeof *fds) : NULL;
	enum job_state state = fds != NULL ? step_until_end(job, fds, err) : out_of_memory(err);
	job_finish(job);
	free(fds);
	return state;
}
