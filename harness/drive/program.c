/* Knows where client programs are and how they are started. */
#include "harness/drive/program.h"

#include "core/text.h"
#include "harness/run/stack_description.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	return process_start(&program->process, argv, program->sees_proxies, err);
}

const char *program_clock_fault(const struct program *program, char *out, size_t size)
{
	if (stack_can(program->description, "at-time"))
		return NULL;
	const char *why = stack_lack(program->description, "at-time");
	snprintf(out, size, "its clock cannot be moved%s%s", why != NULL ? ": " : "",
		 why != NULL ? why : "");
	return out;
}
