/* Knows when, where and how a run was started, and its clock. */
#include "harness/run/run_head.h"

#include "core/clock.h"
#include "harness/run/run_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void run_move_clock(struct run *run, int64_t at_s, int64_t now_s)
{
	run->clock.offset_s = at_s - now_s;
	clock_print_utc(run->clock.at, at_s);
}

void run_set_time_factor(struct run *run, double factor)
{
	run->time_factor = factor;
}

double run_time_factor(const struct run *run)
{
	return run->time_factor;
}

const struct run_clock *run_clock(const struct run *run)
{
	return &run->clock;
}

const char *run_id(const struct run *run)
{
	return run->id;
}

const char *run_vantage(const struct run *run)
{
	return run->vantage;
}

const char *run_command(const struct run *run)
{
	return run->command;
}

const char *run_version(const struct run *run)
{
	return run->version;
}

int run_rules(const struct run *run)
{
	return run->rules;
}

void run_set_arguments(struct run *run, const char *directory, json_t *arguments)
{
	free(run->directory);
	json_decref(run->arguments);
	run->directory = directory != NULL ? strdup(directory) : NULL;
	run->arguments = json_incref(arguments);
}

const char *run_directory(const struct run *run)
{
	return run->directory;
}

const json_t *run_arguments(const struct run *run)
{
	return run->arguments;
}

bool run_restore(struct run *run, const struct run_origin *origin, struct error *err)
{
	free(run->version);
	free(run->vantage);
	free(run->command);
	run->version = strdup(origin->version);
	run->vantage = strdup(origin->vantage);
	run->command = strdup(origin->command);
	if (run->version == NULL || run->vantage == NULL || run->command == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	snprintf(run->id, sizeof run->id, "%s", origin->id);
	snprintf(run->started, sizeof run->started, "%s", origin->started);
	run->is_finished = true;
	run->interrupted = origin->finished == NULL;
	if (origin->finished != NULL)
		snprintf(run->finished, sizeof run->finished, "%s", origin->finished);
	run->clock = origin->clock;
	run->time_factor = origin->time_factor;
	run->rules = origin->rules;
	return true;
}

const char *run_started(const struct run *run)
{
	return run->started;
}

const char *run_finished(const struct run *run)
{
	return run->is_finished && !run->interrupted ? run->finished : NULL;
}

void run_finish(struct run *run, bool interrupted)
{
	run->is_finished = true;
	run->interrupted = interrupted;
	clock_print_utc(run->finished, clock_wall_s());
}

void run_set_lives(struct run *run, struct staple_lives *lives)
{
	staple_lives_free(run->lives);
	run->lives = lives;
}

const struct staple_lives *run_lives(const struct run *run)
{
	return run->lives;
}
