/* Knows what an answer, or none, means for its cell. */
#include "harness/drive/work_parts.h"

#include "core/clock.h"
#include "core/json.h"
#include "harness/run/delay.h"
#include "harness/drive/evidence.h"
#include "harness/run/cell_record.h"

#include <stdlib.h>
#include <string.h>

/* An attempt ended so; takes over observation. */
static void end_attempt(struct work *work, struct task *task, const struct attempt *attempt,
			const char *detail, json_t *observation)
{
	struct cell *cell = work_cell(work, task);
	task->busy_us += clock_monotonic_us() - task->started_us;
	task->num_repeats_now = 0;
	if (!attempts_add(&task->attempts, attempt, detail)) {
		error_set(&work->err, ERROR_UNABLE, "out of memory");
		work_fail(work);
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
			work_collect(work, task);
		if (!pool_add(work->pool, run_class_at(work->run, task->class)->stack, cookie,
			      true))
			work_fail(work);
	} else {
		work_settle_task(work, task);
	}
}

/* Looks at the times of an answer: the regulator learns from them. */
static struct doubt examine_times(struct work *work, const struct task *task,
				  const struct observation *seen)
{
	struct situation situation;
	struct delay_frame frame;
	struct regulator *regulator = pool_regulator(work->pool);
	work_request_frame(&frame, &situation, work->run, work->options, task);
	struct doubt doubt = delay_doubt(seen, &frame);
	int64_t longest_us = delay_longest_us(seen, &frame);
	if (doubt.kind == DOUBT_TIMED_OUT)
		regulator_note_timeout(regulator);
	else if (longest_us > 0)
		regulator_note(regulator, longest_us);
	return doubt;
}

static void repeat_alone(struct work *work, struct task *task, uint64_t cookie)
{
	task->busy_us += clock_monotonic_us() - task->started_us;
	task_begin_again(task, work_cell(work, task)->num_attempts == 0);
	if (!pool_add_alone(work->pool, run_class_at(work->run, task->class)->stack, cookie))
		work_fail(work);
}

/* Takes what an attempt gave; of one that stays doubtful the time-out is the result, whatever the
 * client made of it. */
static void take_answer(struct work *work, struct task *task, const struct observation *seen,
			const struct doubt *doubt, json_t *observation)
{
	struct attempt attempt = {seen->outcome, seen->reason, seen->assurance};
	char text[sizeof doubt->text + 160];
	if (work->lab != NULL)
		task_expect(task, seen);
	if (doubt->kind != DOUBT_TIMED_OUT) {
		end_attempt(work, task, &attempt, seen->detail, observation);
		return;
	}
	snprintf(text, sizeof text,
		 "%s, also when it was repeated alone; the client's own result was %s (%s)",
		 doubt->text, outcome_name(seen->outcome), reason_name(seen->reason));
	attempt = (struct attempt){OUTCOME_ERROR, REASON_OVERLOAD_TIMEOUT, STATUS_NONE};
	end_attempt(work, task, &attempt, text, observation);
}

void work_answered(void *context, uint64_t cookie, struct answer *answer)
{
	struct work *work = context;
	struct task *task = work->tasks[cookie];
	const struct observation *seen = &answer->observation;
	if (!work_keep_evidence(work, task, "answer.json", answer->object))
		work_fail(work);
	struct doubt doubt = examine_times(work, task, seen);
	if (doubt.kind != DOUBT_NONE && task->num_repeats_now < POOL_REPEATS_MAX) {
		repeat_alone(work, task, cookie);
	} else {
		/* The id is the pool's, and means nothing to a reader. */
		json_t *observation = json_incref(answer->object);
		json_object_del(observation, "id");
		take_answer(work, task, seen, &doubt, observation);
	}
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

void work_failed(void *context, uint64_t cookie, const struct pool_failure *failure)
{
	struct work *work = context;
	struct task *task = work_take_task(work, cookie);
	struct attempt attempt = {failure->outcome, failure->reason, STATUS_NONE};
	if (task == NULL) {
		work_fail(work);
		return;
	}
	if (!task->asked)
		task->started_us = clock_monotonic_us();
	bool is_late = failure->reason == REASON_OVERLOAD_TIMEOUT;
	if (is_late)
		regulator_note_timeout(pool_regulator(work->pool));
	if (is_late && task->num_repeats_now < POOL_REPEATS_MAX) {
		repeat_alone(work, task, cookie);
		return;
	}
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
		work_fail(work);
	if (work->lab != NULL && task->asked)
		task->connections_due++;
	end_attempt(work, task, &attempt, failure->detail, observation);
}

/* A second answer takes the first's worth away, also when its record is written. */
void work_doubted(void *context, uint64_t cookie, const char *detail)
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
		work_report(work, row, class);
	else
		work_fail(work);
	cell_source_clear(&source);
}
