/* Knows the course of a run from the first program to the last verdict. */
#include "harness/drive/engine.h"

#include "harness/drive/compliance.h"
#include "harness/run/verdict.h"
#include "harness/drive/work.h"

#include <stdlib.h>
#include <string.h>

#define LAB_PROGRAM "revoscope-lab"

struct engine {
	struct run *run;
	const struct engine_options *options;
	struct program *programs; /* one per stack of the run, as the next two */
	char **faults;
	const char **ids;
	size_t num;
	struct program lab_program;
	struct lab_process lab;
	struct pool *pool;
};

static bool find_programs(struct engine *engine, struct error *err)
{
	engine->num = run_num_stacks(engine->run);
	engine->programs = calloc(engine->num + 1, sizeof *engine->programs);
	engine->faults = calloc(engine->num + 1, sizeof *engine->faults);
	engine->ids = calloc(engine->num + 1, sizeof *engine->ids);
	if (engine->programs == NULL || engine->faults == NULL || engine->ids == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	for (size_t i = 0; i < engine->num; i++)
		process_init(&engine->programs[i].process);
	for (size_t i = 0; i < engine->num; i++) {
		const struct stack *stack = run_stack_at(engine->run, i)->stack;
		engine->ids[i] = stack->id;
		if (!program_find(&engine->programs[i], &engine->faults[i], engine->options->paths,
				  stack, engine->options->clients, engine->options->num_clients,
				  err))
			return false;
	}
	return true;
}

static bool start_lab(struct engine *engine, struct error *err)
{
	size_t num = 0, num_rows = run_is_lab(engine->run) ? run_num_rows(engine->run) : 0;
	struct lab_scenario *scenarios = calloc(num_rows + 1, sizeof *scenarios);
	if (scenarios == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	scenarios[num++] =
		(struct lab_scenario){COMPLIANCE_ID, COMPLIANCE_HOST, compliance_situation()};
	for (size_t i = 0; i < num_rows; i++) {
		const struct scenario *scenario = run_row_at(engine->run, i)->scenario;
		scenarios[num++] =
			(struct lab_scenario){scenario->id, scenario->host, &scenario->situation};
	}
	bool done = program_init(&engine->lab_program, engine->options->paths, LAB_PROGRAM, err);
	if (done && engine->lab_program.path == NULL)
		done = error_set(err, ERROR_UNABLE, "%s", engine->lab_program.missing);
	if (done)
		done = lab_process_start(&engine->lab, engine->lab_program.path, scenarios, num,
					 run_time_factor(engine->run), err);
	free(scenarios);
	return done;
}

/* Probes in flight in each program. */
static int share_of(const struct engine *engine)
{
	if (engine->options->jobs <= 0)
		return POOL_SHARE;
	int share = engine->options->jobs / (engine->num > 0 ? (int)engine->num : 1);
	return share > 0 ? share : 1;
}

static bool any_usable(const struct engine *engine)
{
	for (size_t i = 0; i < engine->num; i++)
		if (engine->faults[i] == NULL)
			return true;
	return false;
}

/* Hands what is known of the programs to the run. */
static void fill_stacks(struct engine *engine)
{
	for (size_t i = 0; i < engine->num; i++) {
		struct run_stack *stack = run_stack_at(engine->run, i);
		json_t *description = engine->programs[i].description;
		const char *version = json_string_value(json_object_get(description, "version"));
		json_decref(stack->description);
		free(stack->version);
		free(stack->fault);
		stack->description = json_incref(description);
		stack->version = version != NULL ? strdup(version) : NULL;
		stack->compliant = engine->faults[i] == NULL;
		stack->fault = engine->faults[i] != NULL ? strdup(engine->faults[i]) : NULL;
	}
}

/*
 * From here on the programs have a moved clock. They were checked without: one that is
 * moved may rightly refuse the good endpoint of the check.
 */
static void move_clocks(struct engine *engine)
{
	if (engine->options->clock_offset_s == 0)
		return;
	pool_end_programs(engine->pool, PROGRAM_STOP_MS);
	for (size_t i = 0; i < engine->num; i++)
		engine->programs[i].clock_offset_s = engine->options->clock_offset_s;
}

/* Everything before the first cell: programs found, described, and checked in the lab. */
static enum engine_end prepare(struct engine *engine, struct error *err)
{
	if (!find_programs(engine, err))
		return ENGINE_FAILED;
	process_allow_proxies(!run_is_lab(engine->run));
	if (!programs_describe(engine->programs, engine->ids, engine->faults, engine->num))
		return ENGINE_INTERRUPTED;
	engine->pool = pool_new(engine->programs, engine->num, share_of(engine),
				engine->options->deadline_ms);
	if (engine->pool == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return ENGINE_FAILED;
	}
	if (any_usable(engine)) {
		if (!start_lab(engine, err))
			return strcmp(err->text, "interrupted") == 0 ? ENGINE_INTERRUPTED
								     : ENGINE_FAILED;
		enum pool_end end =
			compliance_check(engine->pool, &engine->lab, engine->faults, engine->num,
					 run_id(engine->run), engine->options->deadline_ms, err);
		if (end != POOL_DONE)
			return end == POOL_FAILED ? ENGINE_FAILED : ENGINE_INTERRUPTED;
	}
	fill_stacks(engine);
	move_clocks(engine);
	return ENGINE_DONE;
}

/* The cells that no probe is needed, or possible, for. */
static bool settle_hopeless(struct engine *engine, struct work *work, struct error *err)
{
	bool done = true;
	for (size_t row = 0; done && row < run_num_rows(engine->run); row++) {
		const char *row_fault = engine->options->row_faults != NULL
						? engine->options->row_faults[row]
						: NULL;
		for (size_t i = 0; done && i < run_num_classes(engine->run); i++) {
			size_t stack = run_class_at(engine->run, i)->stack;
			const struct program *program = &engine->programs[stack];
			const char *fault = engine->faults[stack];
			char text[512];
			const char *clock_fault =
				engine->options->clock_offset_s != 0
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

/* What the programs did besides answering: also what no cell was to blame for. */
static void note_failures(struct engine *engine)
{
	for (size_t i = 0; i < engine->num; i++) {
		const char *why = pool_given_up(engine->pool, i);
		const char *last = pool_last_failure(engine->pool, i);
		struct run_stack *stack = run_stack_at(engine->run, i);
		stack->num_restarts = pool_num_failures(engine->pool, i);
		stack->last_failure = last != NULL ? strdup(last) : NULL;
		if (why != NULL && stack->fault == NULL)
			stack->fault = strdup(why);
	}
}

static enum engine_end do_cells(struct engine *engine, struct error *err)
{
	bool in_lab = run_is_lab(engine->run);
	enum engine_end end = ENGINE_FAILED;
	if (!in_lab)
		lab_process_stop(&engine->lab);
	struct work *work =
		work_new(engine->run, engine->pool, in_lab ? &engine->lab : NULL, engine->options);
	if (work == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return end;
	}
	if (settle_hopeless(engine, work, err)) {
		enum pool_end pool_end = work_run(work, err);
		end = pool_end == POOL_DONE          ? ENGINE_DONE
		      : pool_end == POOL_INTERRUPTED ? ENGINE_INTERRUPTED
						     : ENGINE_FAILED;
	}
	note_failures(engine);
	work_free(work);
	return end;
}

static void clean_up(struct engine *engine, bool at_once)
{
	if (engine->pool != NULL)
		pool_end_programs(engine->pool, at_once ? 200 : PROGRAM_STOP_MS);
	lab_process_stop(&engine->lab);
	for (size_t i = 0; engine->programs != NULL && i < engine->num; i++)
		program_clear(&engine->programs[i]);
	program_clear(&engine->lab_program);
	for (size_t i = 0; engine->faults != NULL && i < engine->num; i++)
		free(engine->faults[i]);
	pool_free(engine->pool);
	free(engine->programs);
	free(engine->faults);
	free(engine->ids);
}

static void start(struct engine *engine, struct run *run, const struct engine_options *options)
{
	*engine = (struct engine){.run = run, .options = options};
	process_init(&engine->lab.process);
	process_init(&engine->lab_program.process);
}

enum engine_end engine_run(struct run *run, const struct engine_options *options, struct error *err)
{
	struct engine engine;
	start(&engine, run, options);
	enum engine_end end = prepare(&engine, err);
	if (end == ENGINE_DONE)
		end = do_cells(&engine, err);
	if (end == ENGINE_INTERRUPTED)
		fill_stacks(&engine);
	clean_up(&engine, end != ENGINE_DONE);
	verdict_compare_endpoints(run);
	run_finish(run, end != ENGINE_DONE);
	return end;
}

enum engine_end engine_describe(struct run *run, const struct engine_options *options,
				struct error *err)
{
	struct engine engine;
	start(&engine, run, options);
	enum engine_end end = prepare(&engine, err);
	clean_up(&engine, true);
	return end;
}
