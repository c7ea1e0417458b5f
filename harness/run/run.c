/* Knows the matrix of a run, its cells, and where their records lie. */
#include "harness/run/run.h"

#include "core/clock.h"
#include "core/ruleset.h"
#include "harness/model/examination.h"
#include "harness/run/run_parts.h"
#include "harness/run/spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static void make_id(char id[32], int64_t now)
{
	uint16_t random = 0;
	time_t seconds = (time_t)now;
	struct tm utc;
	if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
		random = (uint16_t)clock_monotonic_us();
	gmtime_r(&seconds, &utc);
	size_t len = strftime(id, 32, "%Y%m%dT%H%M%SZ", &utc);
	snprintf(id + len, 32 - len, "-%04x", random);
}

struct run *run_new(const char *vantage, const char *command, struct error *err)
{
	struct run *run = calloc(1, sizeof *run);
	if (run == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return NULL;
	}
	int64_t now = clock_wall_s();
	make_id(run->id, now);
	clock_print_utc(run->started, now);
	clock_print_utc(run->clock.at, now);
	run->time_factor = 1;
	run->rules = ruleset_current();
	run->vantage = strdup(vantage);
	run->command = strdup(command);
	run->version = strdup(REVOSCOPE_VERSION);
	if (run->vantage == NULL || run->command == NULL || run->version == NULL)
		error_set(err, ERROR_UNABLE, "out of memory");
	else if ((run->spool = spool_new(err)) != NULL)
		return run;
	run_free(run);
	return NULL;
}

void run_free(struct run *run)
{
	if (run == NULL)
		return;
	for (size_t i = 0; i < run->num_stacks; i++) {
		free(run->stacks[i].version);
		free(run->stacks[i].fault);
		free(run->stacks[i].last_failure);
		json_decref(run->stacks[i].description);
	}
	for (size_t i = 0; i < run->num_rows; i++) {
		free(run->rows[i].id);
		free(run->rows[i].host);
		free(run->rows[i].address);
		free(run->rows[i].server_name);
	}
	free(run->stacks);
	free(run->classes);
	free(run->rows);
	free(run->cells);
	free(run->vantage);
	free(run->command);
	free(run->version);
	free(run->directory);
	json_decref(run->arguments);
	examinations_free(run->examinations);
	staple_lives_free(run->lives);
	json_decref(run->advice);
	spool_free(run->spool);
	if (run->free_owned != NULL)
		run->free_owned(run->owned);
	free(run);
}

/* Room for one more; NULL without memory. The lists are short and grow one by one. */
static void *one_more(void **items, size_t num, size_t size)
{
	char *grown = reallocarray(*items, num + 1, size);
	if (grown == NULL)
		return NULL;
	*items = grown;
	memset(grown + num * size, 0, size);
	return grown + num * size;
}

int run_add_stack(struct run *run, const struct stack *stack)
{
	struct run_stack *added = one_more((void **)&run->stacks, run->num_stacks, sizeof *added);
	if (added == NULL)
		return -1;
	added->stack = stack;
	return (int)run->num_stacks++;
}

int run_add_class(struct run *run, const struct client_class *class, size_t stack)
{
	struct run_class *added = one_more((void **)&run->classes, run->num_classes, sizeof *added);
	if (added == NULL)
		return -1;
	*added = (struct run_class){.class = class, .stack = stack};
	return (int)run->num_classes++;
}

static bool copy(char **to, const char *from)
{
	*to = from != NULL ? strdup(from) : NULL;
	return from == NULL || *to != NULL;
}

int run_add_row(struct run *run, const struct run_row *row)
{
	struct run_row *added = one_more((void **)&run->rows, run->num_rows, sizeof *added);
	if (added == NULL)
		return -1;
	added->scenario = row->scenario;
	added->port = row->port;
	int index = (int)run->num_rows++; /* counted at once, so that run_free sees the copies */
	if (!copy(&added->id, row->id) || !copy(&added->host, row->host) ||
	    !copy(&added->address, row->address) || !copy(&added->server_name, row->server_name))
		return -1;
	return index;
}

bool run_make_cells(struct run *run, struct error *err)
{
	size_t num = run->num_rows * run->num_classes;
	run->cells = calloc(num > 0 ? num : 1, sizeof *run->cells);
	if (run->cells == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	for (size_t i = 0; i < num; i++)
		run->cells[i] = (struct cell){
			.outcome = OUTCOME_ERROR,
			.reason = REASON_INTERRUPTED,
			.spool_offset = -1,
		};
	return true;
}

size_t run_num_stacks(const struct run *run)
{
	return run->num_stacks;
}

size_t run_num_classes(const struct run *run)
{
	return run->num_classes;
}

size_t run_num_rows(const struct run *run)
{
	return run->num_rows;
}

struct run_stack *run_stack_at(struct run *run, size_t i)
{
	return &run->stacks[i];
}

const struct run_class *run_class_at(const struct run *run, size_t i)
{
	return &run->classes[i];
}

const struct run_row *run_row_at(const struct run *run, size_t i)
{
	return &run->rows[i];
}

struct cell *run_cell(struct run *run, size_t row, size_t class)
{
	return &run->cells[row * run->num_classes + class];
}

void run_set_examinations(struct run *run, struct examinations *all)
{
	examinations_free(run->examinations);
	run->examinations = all;
}

const struct examinations *run_examinations(const struct run *run)
{
	return run->examinations;
}

struct examinations *run_take_examinations(struct run *run)
{
	struct examinations *all = run->examinations;
	run->examinations = NULL;
	return all;
}

void run_set_advice(struct run *run, json_t *advice)
{
	json_decref(run->advice);
	run->advice = advice;
}

const json_t *run_advice(const struct run *run)
{
	return run->advice;
}

void run_own(struct run *run, void *owned, void (*free_owned)(void *owned))
{
	run->owned = owned;
	run->free_owned = free_owned;
}

bool run_is_lab(const struct run *run)
{
	return run->num_rows > 0 && run->rows[0].scenario != NULL;
}

void run_set_deviations(struct run *run, struct expectation_list *deviations)
{
	run->deviations = deviations;
}

struct expectation_list *run_deviations(const struct run *run)
{
	return run->deviations;
}

bool run_write_record(struct run *run, struct cell *cell, const void *bytes, size_t len,
		      struct error *err)
{
	bool done = spool_append(run->spool, &cell->spool_offset, bytes, len, err);
	cell->spool_len = done ? len : 0;
	if (!done)
		cell->spool_offset = -1;
	return done;
}

bool run_read_record(struct run *run, const struct cell *cell, struct text *out, struct error *err)
{
	return cell->spool_offset < 0 ||
	       spool_read(run->spool, out, cell->spool_offset, cell->spool_len, err);
}

void run_summarize(struct run *run, struct run_summary *out)
{
	*out = (struct run_summary){.num_cells = run->num_rows * run->num_classes};
	for (size_t i = 0; i < out->num_cells; i++) {
		const struct cell *cell = &run->cells[i];
		if ((cell->marks & CELL_DONE) == 0)
			continue;
		out->num_done++;
		out->by_outcome[cell->outcome]++;
		out->num_unexpected += (cell->marks & CELL_UNEXPECTED) != 0;
		out->num_blind += (cell->marks & CELL_BLIND) != 0;
		out->num_exposed += (cell->marks & CELL_EXPOSED) != 0;
		out->num_varies += (cell->marks & CELL_VARIES) != 0;
		out->num_repeated += (cell->marks & CELL_REPEATED) != 0;
		out->num_incomplete += (cell->marks & CELL_INCOMPLETE) != 0;
		out->num_overload +=
			cell->outcome == OUTCOME_ERROR && cell->reason == REASON_OVERLOAD_TIMEOUT;
	}
	for (size_t i = 0; run->deviations != NULL && i < run->deviations->num; i++) {
		enum expectation_fault fault = expectation_fault(&run->deviations->items[i]);
		out->num_stale += fault == EXPECTATION_STALE;
		out->num_expired += fault == EXPECTATION_EXPIRED;
		out->num_unused += fault == EXPECTATION_UNUSED;
	}
}
