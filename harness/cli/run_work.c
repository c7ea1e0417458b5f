/* Knows what a command does around a job: reports, store, progress, and what it all comes to. */
#include "harness/cli/run_work.h"

#include "core/clock.h"
#include "core/file.h"
#include "harness/cli/expectation_file.h"
#include "harness/cli/failure.h"
#include "harness/cli/progress.h"
#include "harness/cli/recorder.h"
#include "harness/cli/report_files.h"
#include "harness/config/timestamp.h"
#include "harness/drive/interrupt.h"
#include "harness/drive/job.h"
#include "harness/options/command_data.h"
#include "harness/run/verdict.h"
#include "harness/run/run_head.h"

#include <stdio.h>
#include <string.h>

static bool was_tested(const struct cell *cell)
{
	if ((cell->marks & CELL_DONE) == 0 || cell->outcome == OUTCOME_ERROR)
		return false;
	return cell->outcome != OUTCOME_UNSUPPORTED || cell->expectation != NULL;
}

static bool is_finding(const struct cell *cell, enum fail_on level)
{
	if (level == FAIL_ON_NEVER || (cell->marks & CELL_DONE) == 0)
		return false;
	if ((cell->marks & CELL_UNEXPECTED) != 0)
		return true;
	switch (level) {
	case FAIL_ON_REJECT: return cell->outcome == OUTCOME_REJECT;
	case FAIL_ON_WARN: return cell->outcome == OUTCOME_REJECT || cell->outcome == OUTCOME_WARN;
	case FAIL_ON_UNSUPPORTED: return cell->outcome == OUTCOME_UNSUPPORTED;
	default: return false;
	}
}

static int judge_run(struct run *run, const struct options *options)
{
	size_t num_tested = 0, num_findings = 0;
	struct run_summary summary;
	run_summarize(run, &summary);
	for (size_t row = 0; row < run_num_rows(run); row++) {
		for (size_t i = 0; i < run_num_classes(run); i++) {
			const struct cell *cell = run_cell(run, row, i);
			num_tested += was_tested(cell) && !cell_is_not_built(cell);
			num_findings += is_finding(cell, options->fail_on);
			if (options->strict && cell_is_not_built(cell))
				num_findings++;
		}
	}
	if (options->strict)
		num_findings += summary.num_stale + summary.num_expired;
	if (num_tested == 0 || summary.num_done < summary.num_cells)
		return EXIT_UNABLE;
	return num_findings > 0 ? EXIT_FINDING : EXIT_AS_EXPECTED;
}

static bool move_clock(struct run *run, const struct options *options, struct error *err)
{
	int64_t at_s, now_s = clock_wall_s();
	if (options->at == NULL)
		return true;
	if (!timestamp_parse(&at_s, options->at, now_s, err))
		return error_prefix(err, "--at");
	run_move_clock(run, at_s, now_s);
	return true;
}

/* What is informed while a run goes on. */
struct listeners {
	struct report_files files;
	struct recorder recorder;
	struct progress progress;
};

static bool on_cell(void *context, size_t row, size_t class)
{
	struct listeners *listeners = context;
	recorder_add(&listeners->recorder, row, class);
	return report_files_cell(&listeners->files, row, class);
}

static int on_tick(void *context)
{
	struct listeners *listeners = context;
	return recorder_tick(&listeners->recorder);
}

static void on_progress(void *context, size_t num_done, size_t num_cells)
{
	struct listeners *listeners = context;
	progress_show(&listeners->progress, num_done, num_cells);
}

/* A run that cannot be saved still has its reports. */
static void warn_not_saved(const char *name, const struct error *why)
{
	struct text line;
	text_init(&line, 0);
	text_append_visible(&line, why->text, strlen(why->text));
	fprintf(stderr, "%s: warning: this run is not saved, or not completely: %s\n", name,
		text_string(&line));
	text_clear(&line);
}

/* A file of expectations of half a run would take the place of a whole one. */
static void write_expectations(const char *name, struct file_writer *file, struct run *run,
			       const struct command_data *data, const struct run_summary *summary,
			       struct error *err)
{
	if (file->stream == NULL)
		return;
	if (summary->num_done < summary->num_cells)
		fprintf(stderr, "%s: --write-expect: nothing is written for an unfinished run\n",
			name);
	else
		expectation_file_write(name, file, run, &data->classes, err);
}

/* For `retest`, which looks for the run in the database. */
static void fill_again(const struct options *options, const struct run *run, bool is_kept)
{
	if (options->again == NULL)
		return;
	snprintf(options->again->id, sizeof options->again->id, "%s", run_id(run));
	options->again->is_kept = is_kept;
}

/* What the options say of a job. */
static void fill_job(struct job_options *job, const struct run *run,
		     const struct command_data *data, const struct options *options)
{
	job->paths = &data->paths;
	job->clients = options->clients.items;
	job->num_clients = options->clients.num;
	job->jobs = options->jobs;
	job->deadline_ms = options->deadline_ms;
	job->repeat = options->repeat;
	job->evidence = options->evidence;
	job->fetch = options->fetch;
	job->clock_offset_s = run_clock(run)->offset_s;
}

/* Runs the cells, with all listeners, and says how far it came. */
static enum job_state do_job(struct run *run, struct job_options *options,
			     struct listeners *listeners, struct error *err)
{
	options->listener = (struct job_listener){
		.context = listeners,
		.cell = on_cell,
		.tick = on_tick,
		.progress = on_progress,
	};
	enum job_state state = job_run(run, options, err);
	interrupt_stop();
	progress_end(&listeners->progress);
	return state;
}

int run_work(const char *name, struct run *run, const struct command_data *data,
	     const struct options *options, struct job_options *job, struct conclusion *conclusion)
{
	struct error err = ERROR_INIT;
	struct error save_err = ERROR_INIT;
	struct listeners listeners = {0};
	struct file_writer expectations = {0};
	int status = EXIT_UNABLE;
	if (!move_clock(run, options, &err) || !expectation_file_open(&expectations, options, &err))
		goto out;
	fill_job(job, run, data, options);
	if (!run_make_cells(run, &err) || !report_files_open(&listeners.files, options, &err) ||
	    !interrupt_start(&err))
		goto out;
	report_files_follow(&listeners.files, run);
	recorder_start(&listeners.recorder, run, options, &save_err);
	if (save_err.kind != ERROR_NONE)
		warn_not_saved(name, &save_err);
	enum job_state end = do_job(run, job, &listeners, &err);
	if (conclusion != NULL)
		conclusion->make(conclusion, run, &err);
	if (listeners.files.num > 0)
		recorder_read_lives(&listeners.recorder, run);
	/* Not said twice. */
	if (save_err.kind == ERROR_NONE && !recorder_finish(&listeners.recorder, &save_err))
		warn_not_saved(name, &save_err);
	fill_again(options, run, save_err.kind == ERROR_NONE);
	struct run_summary summary;
	run_summarize(run, &summary);
	/* What was done before a failure is worth its report. */
	if (end != JOB_FAILED || summary.num_done > 0)
		report_files_write(&listeners.files, run, options->color, &err);
	bool unread = report_files_are_unread(&listeners.files);
	if (unread) /* The reader ended the pipe on purpose. */
		err = ERROR_INIT;
	if (unread || end == JOB_INTERRUPTED)
		fprintf(stderr, "%s: %s; %zu of %zu cells were completed\n", name,
			unread ? "the reader of the report closed the pipe" : "interrupted",
			summary.num_done, summary.num_cells);
	write_expectations(name, &expectations, run, data, &summary, &err);
	if (err.kind == ERROR_NONE && !unread)
		status = judge_run(run, options);
	if (status == EXIT_AS_EXPECTED && conclusion != NULL && conclusion->found &&
	    options->fail_on != FAIL_ON_NEVER)
		status = EXIT_FINDING;
	/* A database that was named must have the run. */
	if (options->db != NULL && save_err.kind != ERROR_NONE)
		status = EXIT_UNABLE;
out:
	recorder_finish(&listeners.recorder, &save_err);
	report_files_close(&listeners.files);
	file_writer_abort(&expectations);
	if (err.kind != ERROR_NONE)
		status = failure_print(name, &err);
	return status;
}
