/* Knows how client programs are asked what they are, and what must be right with that. */
#include "harness/drive/description.h"

#include "core/clock.h"
#include "core/json.h"
#include "harness/drive/interrupt.h"
#include "harness/run/stack_description.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define PROTOCOL_VERSION 1
#define CONCURRENCY_MAX  64

struct descriptions {
	struct program *programs; /* borrowed, as the next two */
	const char *const *stacks;
	char **faults;
	size_t num;
	struct deadline deadline; /* of all */
	/* By program: its line came, and it has until then to end. */
	struct {
		bool has_spoken;
		struct deadline end;
	} * states;
};

bool description_check(const json_t *object, const char **stack, const char **version,
		       int *max_concurrency, struct error *err)
{
	struct stack_description said;
	stack_description_read(&said, object);
	if (said.protocol.value != PROTOCOL_VERSION)
		return error_set(err, ERROR_UNABLE, "--describe: 'protocol' is not %d",
				 PROTOCOL_VERSION);
	*stack = said.stack;
	*version = said.version;
	if (*stack == NULL || *version == NULL)
		return error_set(err, ERROR_UNABLE, "--describe: 'stack' or 'version' is missing");
	if (!said.capabilities.is_known)
		return error_set(err, ERROR_UNABLE,
				 "--describe: 'capabilities' is not a list of names");
	int64_t number = said.has_concurrency ? said.max_concurrency.value : 1;
	if (number < 1)
		return error_set(err, ERROR_UNABLE, "--describe: 'max_concurrency' is below 1");
	*max_concurrency = number > CONCURRENCY_MAX ? CONCURRENCY_MAX : (int)number;
	return true;
}

static void set_fault(char **fault, const char *text)
{
	if (*fault == NULL)
		*fault = strdup(text);
}

static void read_line(struct program *program, const char *stack, char **fault, const char *line,
		      size_t len)
{
	struct error err = ERROR_INIT;
	const char *name, *version;
	json_t *object = json_parse_object(line, len, ERROR_UNABLE, &err);
	if (object == NULL)
		error_prefix(&err, "--describe");
	else if (description_check(object, &name, &version, &program->max_concurrency, &err) &&
		 strcmp(name, stack) != 0)
		error_set(&err, ERROR_UNABLE, "--describe: its stack is '%.64s', not '%s'", name,
			  stack);
	if (err.kind != ERROR_NONE) {
		set_fault(fault, err.text);
		json_decref(object);
	} else {
		program->description = object;
	}
}

static void start(struct program *program, char **fault)
{
	struct error err = ERROR_INIT;
	if (program->path == NULL)
		return;
	if (!process_start(&program->process, (const char *[]){program->path, "--describe", NULL},
			   program->sees_proxies, &err))
		set_fault(fault, err.text);
	else
		process_close_input(&program->process);
}

struct descriptions *descriptions_start(struct program *programs, const char *const *stacks,
					char **faults, size_t num)
{
	struct descriptions *descriptions = calloc(1, sizeof *descriptions);
	if (descriptions == NULL)
		return NULL;
	descriptions->states = calloc(num + 1, sizeof *descriptions->states);
	if (descriptions->states == NULL) {
		free(descriptions);
		return NULL;
	}
	descriptions->programs = programs;
	descriptions->stacks = stacks;
	descriptions->faults = faults;
	descriptions->num = num;
	descriptions->deadline = deadline_in_ms(DESCRIPTION_TIMEOUT_MS);
	for (size_t i = 0; i < num; i++)
		start(&programs[i], &faults[i]);
	return descriptions;
}

void descriptions_end(struct descriptions *descriptions)
{
	if (descriptions == NULL)
		return;
	for (size_t i = 0; i < descriptions->num; i++) {
		struct process *process = &descriptions->programs[i].process;
		if (process->pid != 0)
			set_fault(&descriptions->faults[i],
				  descriptions->states[i].has_spoken
					  ? "--describe: did not exit"
					  : "--describe: no answer in time");
		process_stop(process, 0);
	}
	free(descriptions->states);
	free(descriptions);
}

static size_t num_fds(size_t num_programs)
{
	/* The programs and the signals. */
	return num_programs * PROCESS_NUM_FDS + 1;
}

int descriptions_poll(const struct descriptions *descriptions, struct pollfd *fds)
{
	int left = deadline_left_ms(descriptions->deadline);
	size_t num_open = 0;
	for (size_t i = 0; i < descriptions->num; i++) {
		const struct process *process = &descriptions->programs[i].process;
		struct pollfd *of_one = fds + i * PROCESS_NUM_FDS;
		process_poll(process, of_one);
		num_open += process->pid != 0;
		if (process->pid == 0 || !descriptions->states[i].has_spoken)
			continue;
		of_one[1].fd = -1;
		int ms = deadline_left_ms(descriptions->states[i].end);
		left = ms < left ? ms : left;
	}
	fds[descriptions->num * PROCESS_NUM_FDS] =
		(struct pollfd){.fd = interrupt_fd(), .events = POLLIN};
	return num_open > 0 ? left : 0;
}

/* Its status counts: the protocol says that --describe exits 0. */
static void take_end(struct process *process, char **fault)
{
	char text[256], end[128];
	if (!process_ended(process)) {
		set_fault(fault, "--describe: did not exit");
	} else if (process->wait_status != CLD_EXITED || process->wait_value != 0) {
		snprintf(text, sizeof text, "--describe: %s",
			 process_end_text(process, end, sizeof end));
		set_fault(fault, text);
	}
	process_stop(process, 0);
}

static void turn(struct descriptions *descriptions, size_t i, const struct pollfd *fds)
{
	struct program *program = &descriptions->programs[i];
	struct process *process = &program->process;
	char **fault = &descriptions->faults[i];
	const char *line;
	size_t len;
	process_turn(process, fds);
	if (!descriptions->states[i].has_spoken) {
		switch (process_line(process, &line, &len)) {
		case LINES_WAIT: return;
		case LINES_LINE:
		case LINES_PARTIAL:
			read_line(program, descriptions->stacks[i], fault, line, len);
			break;
		case LINES_TOO_LONG:
			set_fault(fault, "--describe: more than 1 MiB in one line");
			break;
		case LINES_END:
		case LINES_FAILED:
			set_fault(fault, "--describe: ended without output");
			process_stop(process, 0);
			return;
		}
		descriptions->states[i].has_spoken = true;
		descriptions->states[i].end = deadline_in_ms(PROGRAM_STOP_MS);
	}
	if (process_ended(process) || deadline_over(descriptions->states[i].end))
		take_end(process, fault);
}

bool descriptions_step(struct descriptions *descriptions, const struct pollfd *fds)
{
	size_t num_open = 0;
	for (size_t i = 0; i < descriptions->num; i++) {
		const struct process *process = &descriptions->programs[i].process;
		if (process->pid != 0)
			turn(descriptions, i, fds + i * PROCESS_NUM_FDS);
		num_open += process->pid != 0;
	}
	return num_open > 0 && !deadline_over(descriptions->deadline);
}

bool descriptions_read(struct program *programs, const char *const *stacks, char **faults,
		       size_t num, struct error *err)
{
	struct descriptions *descriptions = descriptions_start(programs, stacks, faults, num);
	struct pollfd *fds = calloc(num_fds(num), sizeof *fds);
	bool done = (descriptions != NULL && fds != NULL) ||
		    error_set(err, ERROR_UNABLE, "out of memory");
	for (bool goes_on = done; goes_on;) {
		int timeout_ms = descriptions_poll(descriptions, fds);
		poll(fds, num_fds(num), timeout_ms);
		goes_on = descriptions_step(descriptions, fds);
		if (interrupt_count() > 0)
			goes_on = done = error_set(err, ERROR_INTERRUPTED, "interrupted");
	}
	descriptions_end(descriptions);
	free(fds);
	return done;
}
