/* Knows where client programs are and what they say of themselves. */
#include "harness/drive/program.h"

#include "core/clock.h"
#include "core/json.h"
#include "harness/drive/interrupt.h"
#include "harness/drive/message.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* REVOSCOPE_BUILT is the list of client programs that this build makes, with a space
 * around each name. */
static bool was_built(const char *name)
{
	char wanted[128];
	snprintf(wanted, sizeof wanted, " %s ", name);
	return strstr(REVOSCOPE_BUILT, wanted) != NULL;
}

bool program_init(struct program *program, const struct data_paths *paths, const char *name,
		  struct error *err)
{
	struct error missing = ERROR_INIT;
	*program = (struct program){.max_concurrency = 1};
	process_init(&program->process);
	program->built = was_built(name) || strchr(name, '/') != NULL;
	program->path = data_paths_program(paths, name, &missing);
	if (program->path != NULL)
		return true;
	program->missing = strdup(missing.text);
	return program->missing != NULL || error_set(err, ERROR_UNABLE, "out of memory");
}

static char *describe_absence(const struct program *program)
{
	struct text text;
	text_init(&text, 0);
	text_append_format(&text, "%s: %s",
			   program->built ? "missing" : "not built (its library was not installed)",
			   program->missing);
	char *fault = strdup(text_string(&text));
	text_clear(&text);
	return fault;
}

bool program_find(struct program *program, char **fault, const struct data_paths *paths,
		  const struct stack *stack, const char *const *clients, size_t num_clients,
		  struct error *err)
{
	const char *name = stack->program;
	size_t len = strlen(stack->id);
	for (size_t i = 0; i < num_clients; i++)
		if (strncmp(clients[i], stack->id, len) == 0 && clients[i][len] == '=')
			name = clients[i] + len + 1;
	*fault = NULL;
	if (!program_init(program, paths, name, err))
		return false;
	if (program->path == NULL)
		*fault = describe_absence(program);
	return true;
}

void program_clear(struct program *program)
{
	process_stop(&program->process, 0);
	json_decref(program->description);
	free(program->path);
	free(program->missing);
	*program = (struct program){0};
	process_init(&program->process);
}

bool program_start(struct program *program, struct error *err)
{
	char seconds[32];
	snprintf(seconds, sizeof seconds, "%" PRId64, program->clock_offset_s);
	const char *argv[] = {program->path, "--clock-offset", seconds, NULL};
	if (program->clock_offset_s == 0)
		argv[1] = NULL;
	return process_start(&program->process, argv, err);
}

const char *program_clock_fault(const struct program *program, char *out, size_t size)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(program->description, "capabilities"), i, one)
	{
		const char *name = json_string_value(one);
		if (name != NULL && strcmp(name, "at-time") == 0)
			return NULL;
	}
	const json_t *lacks = json_object_get(program->description, "lacks");
	const char *why = json_string_value(json_object_get(lacks, "at-time"));
	snprintf(out, size, "its clock cannot be moved%s%s", why != NULL ? ": " : "",
		 why != NULL ? why : "");
	return out;
}

static void set_fault(char **fault, const char *text)
{
	if (*fault == NULL)
		*fault = strdup(text);
}

static void read_description(struct program *program, const char *stack, char **fault,
			     const char *line, size_t len)
{
	struct error err = ERROR_INIT;
	const char *name, *version;
	json_t *object = json_parse_object(line, len, ERROR_UNABLE, &err);
	if (object == NULL)
		error_prefix(&err, "--describe");
	else if (message_check_description(object, &name, &version, &program->max_concurrency,
					   &err) &&
		 strcmp(name, stack) != 0)
		error_set(&err, ERROR_UNABLE, "--describe: it calls itself '%.64s', not '%s'", name,
			  stack);
	if (err.kind != ERROR_NONE) {
		set_fault(fault, err.text);
		json_decref(object);
	} else {
		program->description = object;
	}
}

/* One program's next step; true when it is done. */
static bool describe_turn(struct program *program, const char *stack, char **fault,
			  const struct pollfd *fds)
{
	struct process *process = &program->process;
	const char *line;
	size_t len;
	char text[256];
	process_turn(process, fds);
	switch (process_line(process, &line, &len)) {
	case LINES_LINE:
	case LINES_PARTIAL: read_description(program, stack, fault, line, len); break;
	case LINES_TOO_LONG: set_fault(fault, "--describe: more than 1 MiB in one line"); break;
	case LINES_WAIT: return false;
	case LINES_END:
	case LINES_FAILED:
		process_stop(process, 100);
		set_fault(fault, "--describe: ended without a word");
		return true;
	}
	/* Its status counts: the protocol says that --describe exits 0. */
	struct deadline deadline = deadline_in_ms(PROGRAM_STOP_MS);
	while (!process_ended(process) && !deadline_over(deadline)) {
		struct pollfd end[PROCESS_NUM_FDS];
		process_poll(process, end);
		end[1].fd = -1;
		poll(end, PROCESS_NUM_FDS, deadline_left_ms(deadline));
		process_turn(process, end);
	}
	if (!process_ended(process)) {
		set_fault(fault, "--describe: did not end");
	} else if (process->wait_status != CLD_EXITED || process->wait_value != 0) {
		char end[128];
		snprintf(text, sizeof text, "--describe: %s",
			 process_end_text(process, end, sizeof end));
		set_fault(fault, text);
	}
	process_stop(process, 0);
	return true;
}

static void start_describing(struct program *program, char **fault)
{
	struct error err = ERROR_INIT;
	if (program->path == NULL)
		return;
	if (!process_start(&program->process, (const char *[]){program->path, "--describe", NULL},
			   &err))
		set_fault(fault, err.text);
	else
		process_close_input(&program->process);
}

bool programs_describe(struct program *programs, const char *const *stacks, char **faults,
		       size_t num)
{
	struct deadline deadline = deadline_in_ms(DESCRIBE_TIMEOUT_MS);
	struct pollfd *fds = calloc(num * PROCESS_NUM_FDS + 1, sizeof *fds);
	bool interrupted = false;
	if (fds == NULL)
		return false;
	for (size_t i = 0; i < num; i++)
		start_describing(&programs[i], &faults[i]);
	for (;;) {
		size_t num_open = 0;
		for (size_t i = 0; i < num; i++) {
			process_poll(&programs[i].process, fds + i * PROCESS_NUM_FDS);
			num_open += programs[i].process.pid != 0;
		}
		fds[num * PROCESS_NUM_FDS] =
			(struct pollfd){.fd = interrupt_fd(), .events = POLLIN};
		interrupted = interrupt_count() > 0;
		if (num_open == 0 || deadline_over(deadline) || interrupted)
			break;
		poll(fds, num * PROCESS_NUM_FDS + 1, deadline_left_ms(deadline));
		for (size_t i = 0; i < num; i++)
			if (programs[i].process.pid != 0)
				describe_turn(&programs[i], stacks[i], &faults[i],
					      fds + i * PROCESS_NUM_FDS);
	}
	for (size_t i = 0; i < num; i++) {
		if (programs[i].process.pid != 0)
			set_fault(&faults[i], "--describe: no answer in time");
		process_stop(&programs[i].process, 0);
	}
	free(fds);
	return !interrupted;
}
