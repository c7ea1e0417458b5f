/* Knows what the commands have in common: data, a run, its reports, the exit status. */
#include "harness/cli/command.h"

#include "core/clock.h"
#include "core/json.h"
#include "harness/cli/added_client.h"
#include "harness/run/expectation_write.h"
#include "harness/drive/interrupt.h"
#include "harness/cli/keeping.h"
#include "harness/config/timestamp.h"
#include "harness/drive/progress.h"
#include "harness/cli/report_files.h"
#include "harness/run/verdict.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int command_fail(const char *name, const struct error *err)
{
	const char *p = err->text;
	while (*p != '\0') {
		struct text line;
		size_t len = strcspn(p, "\n");
		text_init(&line, 0);
		text_append_visible(&line, p, len);
		fprintf(stderr, "%s: %s\n", name, text_string(&line));
		text_clear(&line);
		p += len;
		p += *p == '\n';
	}
	return err->kind == ERROR_USAGE ? EXIT_USAGE : EXIT_UNABLE;
}

/* Cuts the folder of the project's data off a place in it; place may be NULL. */
static void shorten(char *place, const struct data_paths *paths)
{
	const char *slash = strrchr(paths->scenarios, '/');
	size_t len = slash != NULL ? (size_t)(slash - paths->scenarios) + 1 : 0;
	if (place != NULL && len > 0 && strncmp(place, paths->scenarios, len) == 0)
		memmove(place, place + len, strlen(place + len) + 1);
}

static void shorten_list(struct expectation_list *list, const struct data_paths *paths)
{
	for (size_t i = 0; i < list->num; i++)
		shorten(list->items[i].from, paths);
}

static void shorten_classes(struct class_file *file, const struct data_paths *paths)
{
	for (size_t i = 0; i < file->num_policies; i++) {
		shorten(file->policies[i].from, paths);
		shorten(file->policies[i].overrides, paths);
	}
	for (size_t i = 0; i < file->num_classes; i++) {
		shorten(file->classes[i].from, paths);
		shorten(file->classes[i].overrides, paths);
	}
}

void command_shorten_scenarios(struct scenario_list *list, const struct data_paths *paths)
{
	for (size_t i = 0; i < list->num; i++) {
		shorten(list->items[i].file, paths);
		shorten(list->items[i].overrides, paths);
		shorten_list(&list->items[i].expect, paths);
	}
}

bool command_data_load(struct command_data *data, const struct options *options, struct error *err)
{
	*data = (struct command_data){0};
	if (!data_paths_find(&data->paths, err))
		return false;
	bool done = class_file_read(&data->classes, data->paths.classes, err);
	for (size_t i = 0; done && i < options->class_files.num; i++)
		done = class_file_add(&data->classes, options->class_files.items[i], err);
	if (data->paths.deviations != NULL &&
	    !expectation_read_deviations(&data->deviations, data->paths.deviations, err))
		done = false;
	for (size_t i = 0; i < options->deviation_files.num; i++)
		if (!expectation_read_deviations(&data->deviations,
						 options->deviation_files.items[i], err))
			done = false;
	if (options->expectations != NULL &&
	    !expectation_read_own(&data->deviations, options->expectations, err))
		done = false;
	if (done)
		done = added_clients(&data->classes, options->clients.items, options->clients.num,
				     err);
	shorten_list(&data->deviations, &data->paths);
	shorten_classes(&data->classes, &data->paths);
	if (!done)
		command_data_clear(data);
	return done;
}

bool command_plan_scenarios(struct scenario_list *out, const struct data_paths *paths,
			    const struct options *options, const struct selection *selection,
			    struct error *err)
{
	const struct word_list *own = &options->scenario_directories;
	const char **directories = calloc(own->num + 1, sizeof *directories);
	if (directories == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	directories[0] = paths->scenarios;
	for (size_t i = 0; i < own->num; i++)
		directories[i + 1] = own->items[i];
	bool done = plan_scenarios(out, directories, own->num + 1, selection, err);
	free(directories);
	return done;
}

void command_data_clear(struct command_data *data)
{
	class_file_clear(&data->classes);
	expectation_list_clear(&data->deviations);
	data_paths_clear(&data->paths);
	*data = (struct command_data){0};
}

struct selection command_selection(const struct options *options)
{
	return (struct selection){
		.rows = options->words.items,
		.num_rows = options->words.num,
		.classes = options->classes.items,
		.num_classes = options->classes.num,
		.tags = options->tags.items,
		.num_tags = options->tags.num,
		.excludes = options->excludes.items,
		.num_excludes = options->excludes.num,
	};
}

void command_append_line(struct text *out, int argc, char **argv)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@+";
	text_append(out, argv[0]);
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '\0' && strspn(argv[i], plain) == strlen(argv[i])) {
			text_append_format(out, " %s", argv[i]);
			continue;
		}
		text_append(out, " '");
		for (const char *p = argv[i]; *p != '\0'; p++) {
			if (*p == '\'')
				text_append(out, "'\\''");
			else
				text_append_bytes(out, p, 1);
		}
		text_append(out, "'");
	}
}

static bool add_classes(struct run *run, const struct command_data *data, const bool *chosen,
			struct error *err)
{
	const struct class_file *file = &data->classes;
	int *stacks = calloc(file->num_stacks + 1, sizeof *stacks);
	bool done = stacks != NULL;
	for (size_t i = 0; done && i < file->num_stacks; i++) {
		bool wanted = false;
		for (size_t k = 0; k < file->num_classes; k++)
			wanted = wanted || (chosen[k] && file->classes[k].stack == i);
		stacks[i] = wanted ? run_add_stack(run, &file->stacks[i]) : -1;
		done = !wanted || stacks[i] >= 0;
	}
	for (size_t k = 0; done && k < file->num_classes; k++) {
		const struct client_class *class = &file->classes[k];
		if (chosen[k])
			done = run_add_class(run, class, (size_t)stacks[class->stack]) >= 0;
	}
	free(stacks);
	if (!done)
		error_set(err, ERROR_UNABLE, "out of memory");
	else if (run_num_classes(run) == 0)
		done = error_set(err, ERROR_USAGE,
				 "no client class is left: nothing would be tested");
	return done;
}

/* For whoever starts it once more: argv[0] is "revoscope COMMAND". */
static void set_arguments(struct run *run, int argc, char **argv)
{
	char *directory = getcwd(NULL, 0);
	json_t *arguments = json_array();
	const char *command = strchr(argv[0], ' ');
	json_array_append_new(arguments,
			      json_foreign_string(command != NULL ? command + 1 : argv[0]));
	for (int i = 1; i < argc; i++)
		json_array_append_new(arguments, json_foreign_string(argv[i]));
	run_set_arguments(run, directory, arguments);
	json_decref(arguments);
	free(directory);
}

struct run *command_new_run(const struct command_data *data, const struct options *options,
			    int argc, char **argv, struct error *err)
{
	char host[256] = "unknown";
	bool *chosen = NULL;
	struct text command;
	struct selection selection = command_selection(options);
	gethostname(host, sizeof host - 1);
	if (!plan_classes(&chosen, &data->classes, &selection, err))
		return NULL;
	text_init(&command, 65536);
	command_append_line(&command, argc, argv);
	struct run *run = run_new(options->vantage != NULL ? options->vantage : host,
				  text_string(&command), err);
	text_clear(&command);
	if (run != NULL) {
		run_set_time_factor(run, options->time_factor);
		set_arguments(run, argc, argv);
	}
	if (run != NULL && !add_classes(run, data, chosen, err)) {
		run_free(run);
		run = NULL;
	}
	free(chosen);
	return run;
}

struct format_options command_format_options(enum color_choice color, bool to_stdout)
{
	struct format_options options = {.width = 80};
	struct winsize size;
	const char *columns = getenv("COLUMNS"), *term = getenv("TERM"),
		   *no_color = getenv("NO_COLOR");
	bool terminal = to_stdout && isatty(STDOUT_FILENO);
	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		options.width = size.ws_col;
	else if (to_stdout && columns != NULL && atoi(columns) >= 40 && atoi(columns) <= 1000)
		options.width = atoi(columns);
	options.color = color == COLOR_ALWAYS && to_stdout;
	if (color == COLOR_AUTO && terminal)
		options.color = (no_color == NULL || no_color[0] == '\0') &&
				(term == NULL || strcmp(term, "dumb") != 0);
	return options;
}

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
	run_summarise(run, &summary);
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

/* Who listens while a run goes on. */
struct listeners {
	struct report_files files;
	struct keeping keeping;
};

static bool tell_cell(void *context, size_t row, size_t class)
{
	struct listeners *listeners = context;
	keeping_take(&listeners->keeping, row, class);
	return report_files_cell(&listeners->files, row, class);
}

static int tick(void *context)
{
	struct listeners *listeners = context;
	return keeping_tick(&listeners->keeping);
}

/* A run that cannot be kept is worth its reports all the same. */
static void warn_not_kept(const char *name, const struct error *why)
{
	struct text line;
	text_init(&line, 0);
	text_append_visible(&line, why->text, strlen(why->text));
	fprintf(stderr, "%s: warning: this run is not kept, or not whole: %s\n", name,
		text_string(&line));
	text_clear(&line);
}

bool command_write_expectations(const char *name, struct file_writer *file, struct run *run,
				const struct class_file *classes, struct error *err)
{
	struct expectation_written written;
	struct text text;
	text_init(&text, 0);
	bool done = expectation_write(&text, run, classes, &written, err);
	if (done) {
		fwrite(text_string(&text), 1, text.len, file->stream);
		done = file_writer_commit(file, err);
	}
	text_clear(&text);
	if (!done)
		return error_prefix(err, "--write-expect");
	if (written.num_left_out > 0)
		fprintf(stderr,
			"%s: --write-expect: %zu %s left out; crashes, hangs and stacks that are "
			"not built cannot be expected\n",
			name, written.num_left_out,
			written.num_left_out == 1 ? "cell was" : "cells were");
	return true;
}

/* A file of expectations of half a run would take the place of a whole one. */
static void write_expectations(const char *name, struct file_writer *file, struct run *run,
			       const struct command_data *data, const struct run_summary *summary,
			       struct error *err)
{
	if (file->stream == NULL)
		return;
	if (summary->num_done < summary->num_cells)
		fprintf(stderr,
			"%s: --write-expect: nothing is written of a run that was not "
			"finished\n",
			name);
	else
		command_write_expectations(name, file, run, &data->classes, err);
}

/* With a moved clock nothing is expected, so a file would say nothing, or be without effect. */
static bool open_expectations(struct file_writer *file, const struct options *options,
			      struct error *err)
{
	if (options->at != NULL && (options->expectations != NULL || options->write_expect != NULL))
		return error_set(err, ERROR_USAGE,
				 "--at: nothing is expected of clients whose clock is moved; leave "
				 "out --%s",
				 options->expectations != NULL ? "expect" : "write-expect");
	return options->write_expect == NULL || file_writer_open(file, options->write_expect, err);
}

/* For `retest`, which looks for the run in the database. */
static void tell_again(const struct options *options, const struct run *run, bool is_kept)
{
	if (options->again == NULL)
		return;
	snprintf(options->again->id, sizeof options->again->id, "%s", run_id(run));
	options->again->is_kept = is_kept;
}

int command_do_run(const char *name, struct run *run, const struct command_data *data,
		   const struct options *options, struct engine_options *engine,
		   struct conclusion *conclusion)
{
	struct error err = ERROR_INIT;
	struct error keeping_err = ERROR_INIT;
	struct listeners listeners = {0};
	struct progress progress = {0};
	struct file_writer expectations = {0};
	engine->paths = &data->paths;
	engine->clients = options->clients.items;
	engine->num_clients = options->clients.num;
	engine->jobs = options->jobs;
	engine->deadline_ms = options->deadline_ms;
	engine->repeat = options->repeat;
	engine->evidence = options->evidence;
	engine->fetch = options->fetch;
	engine->cell_done = tell_cell;
	/* cppcheck-suppress autoVariables ; the engine runs in this function only */
	engine->cell_context = &listeners;
	engine->cell_tick = tick;
	engine->progress = progress_show;
	/* cppcheck-suppress autoVariables ; the engine runs in this function only */
	engine->progress_context = &progress;
	int status = EXIT_UNABLE;
	if (!move_clock(run, options, &err) || !open_expectations(&expectations, options, &err))
		goto out;
	engine->clock_offset_s = run_clock(run)->offset_s;
	if (!run_make_cells(run, &err) || !report_files_open(&listeners.files, options, &err) ||
	    !interrupt_start(&err))
		goto out;
	report_files_follow(&listeners.files, run);
	keeping_start(&listeners.keeping, run, options, &keeping_err);
	if (keeping_err.kind != ERROR_NONE)
		warn_not_kept(name, &keeping_err);
	enum engine_end end = engine_run(run, engine, &err);
	interrupt_stop();
	progress_end(&progress);
	if (conclusion != NULL)
		conclusion->make(conclusion, run, &err);
	/* Not said twice. */
	if (keeping_err.kind == ERROR_NONE && !keeping_finish(&listeners.keeping, &keeping_err))
		warn_not_kept(name, &keeping_err);
	tell_again(options, run, keeping_err.kind == ERROR_NONE);
	struct run_summary summary;
	run_summarise(run, &summary);
	/* What was done before a failure is worth its report. */
	if (end != ENGINE_FAILED || summary.num_done > 0)
		report_files_write(&listeners.files, run, options->color, &err);
	bool unread = report_files_are_unread(&listeners.files);
	if (unread) /* Whoever ends a pipe knows why. */
		err = ERROR_INIT;
	if (unread || end == ENGINE_INTERRUPTED)
		fprintf(stderr, "%s: %s; %zu of %zu cells were done\n", name,
			unread ? "the report's reader went away" : "interrupted", summary.num_done,
			summary.num_cells);
	write_expectations(name, &expectations, run, data, &summary, &err);
	if (err.kind == ERROR_NONE && !unread)
		status = judge_run(run, options);
	if (status == EXIT_AS_EXPECTED && conclusion != NULL && conclusion->found &&
	    options->fail_on != FAIL_ON_NEVER)
		status = EXIT_FINDING;
	/* Who names a database wants the run in it. */
	if (options->db != NULL && keeping_err.kind != ERROR_NONE)
		status = EXIT_UNABLE;
out:
	keeping_finish(&listeners.keeping, &keeping_err);
	report_files_close(&listeners.files);
	file_writer_abort(&expectations);
	if (err.kind != ERROR_NONE)
		status = command_fail(name, &err);
	return status;
}
