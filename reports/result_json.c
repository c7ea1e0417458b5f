/* Knows the result document. */
#include "reports/result_json.h"

#include "core/json.h"
#include "harness/expectation_json.h"
#include "harness/verdict.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA_VERSION 1

/* Something with an id and its index in the run, to be sorted by the id. */
struct named {
	const char *id;
	size_t index;
};

static int compare_named(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->id, ((const struct named *)b)->id);
}

static const char *row_id(const struct run *run, size_t i)
{
	return run_row_at(run, i)->id;
}

static const char *class_id(const struct run *run, size_t i)
{
	return run_class_at(run, i)->class->id;
}

static struct named *sort_by_id(const struct run *run, size_t num,
				const char *(*id)(const struct run *run, size_t i))
{
	struct named *list = calloc(num + 1, sizeof *list);
	for (size_t i = 0; list != NULL && i < num; i++)
		list[i] = (struct named){id(run, i), i};
	if (list != NULL)
		qsort(list, num, sizeof *list, compare_named);
	return list;
}

static json_t *expected_to_json(const struct expectation *expected)
{
	if (expected == NULL)
		return json_null();
	json_t *object = json_object();
	json_set(object, "outcome", json_string(outcome_name(expected->outcome)));
	if (expected->has_reason)
		json_set(object, "reason", json_string(reason_name(expected->reason)));
	if (expected->why != NULL)
		json_set(object, "why", json_foreign_string(expected->why));
	if (expected->versions != NULL)
		json_set(object, "versions", json_foreign_string(expected->versions));
	json_set(object, "from", json_foreign_string(expected->from));
	json_set(object, "deviation", json_boolean(expected->is_deviation));
	return object;
}

static json_t *or_null(json_t *value)
{
	return value != NULL ? json_incref(value) : json_null();
}

json_t *result_json_cell(struct run *run, size_t row, size_t class, struct error *err)
{
	const struct cell *cell = run_cell(run, row, class);
	const struct run_row *about = run_row_at(run, row);
	struct cell_record record;
	if (!run_load_record(run, cell, &record, err))
		return NULL;
	bool told = record.detail != NULL && record.detail[0] != '\0';
	json_t *object = json_object();
	json_set(object, about->scenario != NULL ? "scenario" : "endpoint",
		 json_foreign_string(about->id));
	json_set(object, "class", json_string(run_class_at(run, class)->class->id));
	json_set(object, "outcome", json_string(outcome_name(cell->outcome)));
	json_set(object, "reason", json_string(reason_name(cell->reason)));
	json_set(object, "detail",
		 json_foreign_string(told ? record.detail : reason_text(cell->reason)));
	json_set(object, "assurance", json_string(status_name(cell->assurance)));
	json_set(object, "blind", json_boolean((cell->marks & CELL_BLIND) != 0));
	json_set(object, "exposed", json_boolean((cell->marks & CELL_EXPOSED) != 0));
	json_set(object, "varies", json_boolean((cell->marks & CELL_VARIES) != 0));
	json_set(object, "expected", expected_to_json(cell->expectation));
	json_set(object, "as_expected",
		 cell_is_judged(cell) ? json_boolean((cell->marks & CELL_UNEXPECTED) == 0)
				      : json_null());
	json_set(object, "attempts", or_null(record.attempts));
	json_set(object, "observation", or_null(record.observation));
	json_set(object, "server", or_null(record.server));
	json_set(object, "duration_us", json_integer((json_int_t)cell->duration_us));
	cell_record_clear(&record);
	return object;
}

/* Writes value, which it takes over, behind a key of the document. */
static void write_member(FILE *out, const char *key, json_t *value, const char *end)
{
	fprintf(out, "\"%s\":", key);
	json_dumpf(value, out, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	fputs(end, out);
	json_decref(value);
}

static json_t *clock_to_json(const struct run_clock *clock)
{
	json_t *object = json_object();
	json_set(object, "moved", json_boolean(clock->offset_s != 0));
	json_set(object, "offset_s", json_integer((json_int_t)clock->offset_s));
	json_set(object, "at", json_string(clock->at));
	return object;
}

static json_t *run_to_json(const struct run *run, bool interrupted)
{
	json_t *object = json_object();
	const char *finished = run_finished(run);
	json_set(object, "id", json_string(run_id(run)));
	json_set(object, "started", json_string(run_started(run)));
	json_set(object, "finished", finished != NULL ? json_string(finished) : json_null());
	json_set(object, "interrupted", json_boolean(interrupted));
	json_set(object, "clock", clock_to_json(run_clock(run)));
	json_set(object, "time_factor", json_real(run_time_factor(run)));
	json_set(object, "vantage", json_foreign_string(run_vantage(run)));
	json_set(object, "command", json_foreign_string(run_command(run)));
	return object;
}

static json_t *stacks_to_json(struct run *run)
{
	json_t *stacks = json_object();
	for (size_t i = 0; i < run_num_stacks(run); i++) {
		const struct run_stack *stack = run_stack_at(run, i);
		const json_t *description = stack->description;
		json_t *object = json_object();
		json_set(object, "title", json_foreign_string(stack->stack->title));
		json_set(object, "version",
			 stack->version != NULL ? json_foreign_string(stack->version)
						: json_null());
		json_t *capabilities = json_object_get(description, "capabilities");
		json_t *lacks = json_object_get(description, "lacks");
		json_set(object, "capabilities",
			 capabilities != NULL ? json_incref(capabilities) : json_array());
		json_set(object, "lacks",
			 json_is_object(lacks) ? json_incref(lacks) : json_object());
		json_set(object, "compliant", json_boolean(stack->compliant));
		json_set(object, "fault",
			 stack->fault != NULL ? json_foreign_string(stack->fault) : json_null());
		json_set(object, "restarts", json_integer((json_int_t)stack->num_restarts));
		json_set(object, "last_failure",
			 stack->last_failure != NULL ? json_foreign_string(stack->last_failure)
						     : json_null());
		json_object_set_new(stacks, stack->stack->id, object);
	}
	return stacks;
}

static json_t *class_entry(struct run *run, size_t i)
{
	/* The class file is not at hand here, and class_to_json needs but the stack's id of it. */
	const struct run_class *class = run_class_at(run, i);
	const struct client_class *about = class->class;
	json_t *object = json_object();
	json_set(object, "title", json_foreign_string(about->title));
	json_set(object, "stack", json_string(run_stack_at(run, class->stack)->stack->id));
	json_set(object, "enforcement", json_string(about->native ? "native" : "application"));
	json_set(object, "policy_id", json_string(about->policy_id));
	json_set(object, "policy", about->native ? json_null() : policy_to_json(&about->policy));
	json_set(object, "origin", json_foreign_string(about->origin));
	json_set(object, "reference",
		 about->reference != NULL ? json_foreign_string(about->reference) : json_null());
	json_set(object, "from",
		 about->from != NULL ? json_foreign_string(about->from) : json_null());
	json_set(object, "overrides",
		 about->overrides != NULL ? json_foreign_string(about->overrides) : json_null());
	return object;
}

static json_t *classes_to_json(struct run *run)
{
	json_t *classes = json_object();
	for (size_t i = 0; i < run_num_classes(run); i++)
		json_object_set_new(classes, class_id(run, i), class_entry(run, i));
	return classes;
}

static json_t *rows_to_json(struct run *run)
{
	json_t *rows = json_object();
	for (size_t i = 0; i < run_num_rows(run); i++) {
		const struct run_row *row = run_row_at(run, i);
		if (row->scenario != NULL) {
			json_object_set_new(rows, row->id, scenario_to_json(row->scenario));
			continue;
		}
		json_t *object = json_object();
		json_set(object, "host", json_foreign_string(row->host));
		json_set(object, "address",
			 row->address != NULL ? json_string(row->address) : json_null());
		json_set(object, "port", json_integer(row->port));
		json_set(object, "server_name", json_foreign_string(row->server_name));
		json_object_set_new(rows, row->id, object);
	}
	return rows;
}

static void count(json_t *object, const struct cell *cell)
{
	const char *name = (cell->marks & CELL_DONE) != 0 ? outcome_name(cell->outcome) : "not_run";
	json_int_t num = json_integer_value(json_object_get(object, name));
	json_set(object, name, json_integer(num + 1));
}

/* {class or row: {outcome: number}}; what is 0 is left out. */
static json_t *count_by(struct run *run, bool by_class)
{
	json_t *counts = json_object();
	for (size_t row = 0; row < run_num_rows(run); row++) {
		for (size_t i = 0; i < run_num_classes(run); i++) {
			const char *key = by_class ? class_id(run, i) : row_id(run, row);
			json_t *one = json_object_get(counts, key);
			if (one == NULL) {
				one = json_object();
				json_object_set_new(counts, key, one);
			}
			count(one, run_cell(run, row, i));
		}
	}
	return counts;
}

static json_t *stale_to_json(const struct run *run)
{
	json_t *list = json_array();
	const struct expectation_list *deviations = run_deviations(run);
	for (size_t i = 0; deviations != NULL && i < deviations->num; i++) {
		const struct expectation *item = &deviations->items[i];
		if (!expectation_is_stale(item))
			continue;
		json_t *object = json_object();
		json_set(object, "class", json_foreign_string(item->class_pattern));
		json_set(object, "scenario", json_foreign_string(item->row_pattern));
		json_set(object, "outcome", json_string(outcome_name(item->outcome)));
		json_set(object, "why",
			 item->why != NULL ? json_foreign_string(item->why) : json_null());
		json_set(object, "from", json_foreign_string(item->from));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *summary_to_json(struct run *run, const struct run_summary *summary)
{
	json_t *object = json_object();
	json_t *by_outcome = json_object();
	for (int i = 0; i < NUM_OUTCOMES; i++)
		json_set(by_outcome, outcome_name((enum outcome)i),
			 json_integer((json_int_t)summary->by_outcome[i]));
	json_set(object, "cells", json_integer((json_int_t)summary->num_cells));
	json_set(object, "done", json_integer((json_int_t)summary->num_done));
	json_set(object, "by_outcome", by_outcome);
	json_set(object, "by_class", count_by(run, true));
	json_set(object, run_is_lab(run) ? "by_scenario" : "by_endpoint", count_by(run, false));
	json_set(object, "unexpected", json_integer((json_int_t)summary->num_unexpected));
	json_set(object, "blind", json_integer((json_int_t)summary->num_blind));
	json_set(object, "exposed", json_integer((json_int_t)summary->num_exposed));
	json_set(object, "varies", json_integer((json_int_t)summary->num_varies));
	json_set(object, "stale_deviations", stale_to_json(run));
	json_set(object, "expectations", expectation_faults_to_json(run_deviations(run)));
	return object;
}

static bool write_cells(FILE *out, struct run *run, struct error *err)
{
	struct named *rows = sort_by_id(run, run_num_rows(run), row_id);
	struct named *classes = sort_by_id(run, run_num_classes(run), class_id);
	bool done = rows != NULL && classes != NULL;
	if (!done)
		error_set(err, ERROR_UNABLE, "out of memory");
	fputs("\"cells\":[", out);
	bool first = true;
	for (size_t r = 0; done && r < run_num_rows(run); r++) {
		for (size_t c = 0; done && c < run_num_classes(run); c++) {
			json_t *cell = result_json_cell(run, rows[r].index, classes[c].index, err);
			done = cell != NULL;
			fputs(first ? "\n" : ",\n", out);
			json_dumpf(cell, out, JSON_COMPACT | JSON_SORT_KEYS);
			json_decref(cell);
			first = false;
		}
	}
	fputs("\n],\n", out);
	free(rows);
	free(classes);
	return done;
}

bool result_json_write(FILE *out, struct run *run, struct error *err)
{
	struct run_summary summary;
	run_summarise(run, &summary);
	fputs("{", out);
	write_member(out, "schema", json_integer(SCHEMA_VERSION), ",");
	write_member(out, "revoscope", json_string(REVOSCOPE_VERSION), ",\n");
	write_member(out, "run", run_to_json(run, summary.num_done < summary.num_cells), ",\n");
	write_member(out, "stacks", stacks_to_json(run), ",\n");
	write_member(out, "classes", classes_to_json(run), ",\n");
	write_member(out, run_is_lab(run) ? "scenarios" : "endpoints", rows_to_json(run), ",\n");
	bool done = write_cells(out, run, err);
	write_member(out, "summary", summary_to_json(run, &summary), "}\n");
	return done;
}

json_t *result_json_head(struct run *run)
{
	json_t *object = json_object();
	json_set(object, "schema", json_integer(SCHEMA_VERSION));
	json_set(object, "revoscope", json_string(REVOSCOPE_VERSION));
	json_set(object, "run", run_to_json(run, false));
	json_set(object, "stacks", stacks_to_json(run));
	json_set(object, "classes", classes_to_json(run));
	json_set(object, run_is_lab(run) ? "scenarios" : "endpoints", rows_to_json(run));
	return object;
}

json_t *result_json_end(struct run *run)
{
	struct run_summary summary;
	json_t *object = json_object();
	run_summarise(run, &summary);
	json_set(object, "run", run_to_json(run, summary.num_done < summary.num_cells));
	json_set(object, "stacks", stacks_to_json(run));
	json_set(object, "summary", summary_to_json(run, &summary));
	return object;
}
