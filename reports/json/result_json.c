/* Knows the result document. */
#include "reports/json/result_json.h"

#include "reports/format.h"

#include "core/json.h"
#include "harness/archive/document.h"
#include "harness/archive/expectation_json.h"
#include "harness/run/cell_record.h"
#include "harness/run/verdict.h"
#include "harness/run/run_addition.h"
#include "harness/run/run_head.h"

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

static json_t *or_null(json_t *value)
{
	return value != NULL ? json_incref(value) : json_null();
}

json_t *result_json_cell(struct run *run, size_t row, size_t class, struct error *err)
{
	const struct cell *cell = run_cell(run, row, class);
	const struct run_row *about = run_row_at(run, row);
	struct cell_source source;
	if (!cell_source_load(&source, run, cell, err)) {
		cell_source_clear(&source);
		return NULL;
	}
	bool has_detail = source.detail != NULL && source.detail[0] != '\0';
	json_t *object = json_object();
	json_set(object, about->scenario != NULL ? "scenario" : "endpoint",
		 json_foreign_string(about->id));
	json_set(object, "class", json_string(run_class_at(run, class)->class->id));
	json_set(object, "outcome", json_string(outcome_name(cell->outcome)));
	json_set(object, "reason", json_string(reason_name(cell->reason)));
	json_set(object, "detail",
		 json_foreign_string(has_detail ? source.detail : reason_text(cell->reason)));
	json_set(object, "assurance", json_string(status_name(cell->assurance)));
	json_set(object, "blind", json_boolean((cell->marks & CELL_BLIND) != 0));
	json_set(object, "exposed", json_boolean((cell->marks & CELL_EXPOSED) != 0));
	json_set(object, "varies", json_boolean((cell->marks & CELL_VARIES) != 0));
	json_set(object, "expected", document_expected(cell->expectation));
	json_set(object, "as_expected",
		 cell_is_judged(cell) ? json_boolean((cell->marks & CELL_UNEXPECTED) == 0)
				      : json_null());
	if (cell_has_split_reason(cell))
		json_set(object, "reason_split", json_true());
	json_set(object, "attempts", or_null(source.attempts));
	json_set(object, "observation", or_null(source.observation));
	json_set(object, "server", or_null(source.server));
	if (source.num_repeats > 0)
		json_set(object, "repeats", json_integer(source.num_repeats));
	json_set(object, "duration_us", json_integer((json_int_t)cell->duration_us));
	cell_source_clear(&source);
	if (object == NULL)
		error_set(err, ERROR_UNABLE, "out of memory");
	return object;
}

/* Writes value, which it takes over, behind a key of the document. */
static void write_member(FILE *out, const char *key, json_t *value, const char *end)
{
	fprintf(out, "\"%s\":", key);
	json_write(out, value);
	fputs(end, out);
	json_decref(value);
}

/* Cells by outcome; behind the outcomes those that were not run. */
struct counts {
	size_t by_outcome[NUM_OUTCOMES + 1];
};

static void count(struct counts *counts, const struct cell *cell)
{
	counts->by_outcome[(cell->marks & CELL_DONE) != 0 ? (int)cell->outcome : NUM_OUTCOMES]++;
}

/* {outcome: number}; what is 0 is left out. */
static json_t *counts_to_json(const struct counts *counts)
{
	json_t *object = json_object();
	for (int i = 0; i <= NUM_OUTCOMES; i++)
		if (counts->by_outcome[i] > 0)
			json_set(object,
				 i < NUM_OUTCOMES ? outcome_name((enum outcome)i) : "not_run",
				 json_integer((json_int_t)counts->by_outcome[i]));
	return object;
}

/* {class or row: {outcome: number}} */
static json_t *count_by(struct run *run, bool by_class)
{
	json_t *object = json_object();
	size_t num = by_class ? run_num_classes(run) : run_num_rows(run);
	size_t num_others = by_class ? run_num_rows(run) : run_num_classes(run);
	for (size_t i = 0; i < num && num_others > 0; i++) {
		struct counts counts = {0};
		for (size_t k = 0; k < num_others; k++)
			count(&counts, by_class ? run_cell(run, k, i) : run_cell(run, i, k));
		json_set(object, by_class ? class_id(run, i) : row_id(run, i),
			 counts_to_json(&counts));
	}
	return object;
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
	json_set(object, "stale_deviations", document_stale(run));
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
			json_write(out, cell);
			json_decref(cell);
			first = false;
		}
	}
	fputs("\n],\n", out);
	free(rows);
	free(classes);
	return done;
}

static bool write_additions(FILE *out, const struct run *run, struct error *err)
{
	for (int i = 0; i < NUM_RUN_ADDITIONS; i++) {
		json_t *addition;
		if (!run_addition_write(&addition, run, (enum run_addition)i))
			return error_set(err, ERROR_UNABLE, "out of memory");
		if (addition != NULL)
			write_member(out, run_addition_key((enum run_addition)i), addition, ",\n");
	}
	return true;
}

bool result_json_write_run(FILE *out, struct run *run, const struct format_options *options,
			   struct error *err)
{
	(void)options;
	struct run_summary summary;
	run_summarize(run, &summary);
	json_begin();
	fputs("{", out);
	write_member(out, "schema", json_integer(SCHEMA_VERSION), ",");
	write_member(out, "revoscope", json_string(run_version(run)), ",\n");
	write_member(out, "run", document_run(run, summary.num_done < summary.num_cells), ",\n");
	write_member(out, "stacks", document_stacks(run), ",\n");
	write_member(out, "classes", document_classes(run), ",\n");
	write_member(out, run_is_lab(run) ? "scenarios" : "endpoints", document_rows(run), ",\n");
	bool done = write_cells(out, run, err) && write_additions(out, run, err);
	write_member(out, "summary", summary_to_json(run, &summary), "}\n");
	return done && json_end(err);
}

json_t *result_json_head(struct run *run)
{
	json_t *object = json_object();
	json_set(object, "schema", json_integer(SCHEMA_VERSION));
	json_set(object, "revoscope", json_string(run_version(run)));
	json_set(object, "run", document_run(run, false));
	json_set(object, "stacks", document_stacks(run));
	json_set(object, "classes", document_classes(run));
	json_set(object, run_is_lab(run) ? "scenarios" : "endpoints", document_rows(run));
	return object;
}

json_t *result_json_end(struct run *run)
{
	struct run_summary summary;
	json_t *object = json_object();
	run_summarize(run, &summary);
	json_set(object, "run", document_run(run, summary.num_done < summary.num_cells));
	json_set(object, "stacks", document_stacks(run));
	for (int i = 0; i < NUM_RUN_ADDITIONS; i++) {
		json_t *addition;
		/* Of what there is no memory for json_end knows. */
		if (!run_addition_write(&addition, run, (enum run_addition)i))
			json_set(object, run_addition_key((enum run_addition)i), NULL);
		json_set_if(object, run_addition_key((enum run_addition)i), addition);
	}
	json_set(object, "summary", summary_to_json(run, &summary));
	return object;
}
