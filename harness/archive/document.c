/* Knows how a result document is read part by part. */
#include "harness/archive/document.h"

#include "core/json.h"
#include "harness/archive/document_source.h"
#include "harness/archive/run_maker.h"
#include "harness/run/cell_record.h"
#include "harness/run/spool.h"
#include "harness/run/run_addition.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The members that are read whole; NULL until they were met. */
struct members {
	json_t *run, *stacks, *classes, *scenarios, *endpoints, *summary, *version;
	json_t *additions[NUM_RUN_ADDITIONS];
	bool has_schema;
	long cells; /* where the list of cells begins; -1: not met */
	size_t cells_line;
};

/* --- the members --- */

static void members_clear(struct members *members)
{
	json_decref(members->run);
	json_decref(members->stacks);
	json_decref(members->classes);
	json_decref(members->scenarios);
	json_decref(members->endpoints);
	json_decref(members->summary);
	json_decref(members->version);
	for (int i = 0; i < NUM_RUN_ADDITIONS; i++)
		json_decref(members->additions[i]);
}

static bool take_schema(struct source *source)
{
	char word[32];
	source_look(source);
	source_take_word(source, word, sizeof word);
	char *end;
	long schema = strtol(word, &end, 10);
	if (end == word || *end != '\0')
		return source_fault(source, "not a result document: 'schema' is not a number");
	if (schema != DOCUMENT_SCHEMA)
		return source_fault(source,
				    "has schema %ld, and this revoscope reads schema %d; use the "
				    "version of revoscope that wrote it",
				    schema, DOCUMENT_SCHEMA);
	return true;
}

/* Where the value of a key goes that is read whole; NULL for a key that is not. */
static json_t **find_member(struct members *members, const char *key)
{
	const struct {
		const char *key;
		json_t **value;
	} known[] = {
		{"run", &members->run},
		{"stacks", &members->stacks},
		{"classes", &members->classes},
		{"scenarios", &members->scenarios},
		{"endpoints", &members->endpoints},
		{"summary", &members->summary},
		{"revoscope", &members->version},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].key, key) == 0)
			return known[i].value;
	for (int i = 0; i < NUM_RUN_ADDITIONS; i++)
		if (strcmp(run_addition_key((enum run_addition)i), key) == 0)
			return &members->additions[i];
	return NULL;
}

static bool take_member(struct source *source, struct members *members, const char *key)
{
	json_t **value = find_member(members, key);
	if (strcmp(key, "schema") == 0) {
		members->has_schema = true;
		return take_schema(source);
	}
	if (strcmp(key, "cells") == 0) {
		source_look(source);
		members->cells = ftell(source->file) - 1;
		members->cells_line = source->line;
		return source_skip(source);
	}
	if (value == NULL)
		return source_skip(source);
	if (*value != NULL)
		return source_fault(source, "duplicate key '%s'", key);
	*value = source_take_value(source);
	return *value != NULL;
}

static bool take_members(struct source *source, struct members *members)
{
	if (source_look(source) != '{')
		return source_fault(source,
				    "not a result document (as written by `--format json`)");
	bool more = source_take(source, '{') && source_look(source) != '}';
	while (more) {
		if (source_look(source) != '"')
			return source_take(source, '"');
		json_t *key = source_take_value(source);
		if (key == NULL)
			return false;
		bool done = source_take(source, ':') &&
			    take_member(source, members, json_string_value(key));
		json_decref(key);
		if (!done)
			return false;
		more = source_look(source) == ',';
		if (more)
			source_next(source);
	}
	if (!source_take(source, '}'))
		return false;
	if (source_look(source) != EOF)
		return source_fault(source, "there is more data after the end of the document");
	bool whole = members->has_schema && json_is_object(members->run) &&
		     json_is_object(members->stacks) && json_is_object(members->classes) &&
		     json_is_object(members->summary) && json_is_string(members->version) &&
		     json_is_object(members->scenarios) != json_is_object(members->endpoints);
	source->line = 1;
	if (!whole || members->cells < 0)
		return source_fault(
			source,
			"not a result document (as written by `--format json`): schema, run, "
			"stacks, classes, scenarios or endpoints, cells and summary are expected");
	return true;
}

/* --- the head --- */

/* The ids of an object's members in the order that was noted, where that names each once. */
static const char **order_ids(json_t *object, const json_t *order)
{
	size_t num = json_object_size(object), i = 0;
	const char **ids = calloc(num + 1, sizeof *ids);
	json_t *seen = json_object();
	const char *key;
	json_t *value;
	bool fits = json_array_size(order) == num;
	for (i = 0; fits && ids != NULL && i < num; i++) {
		ids[i] = json_string_value(json_array_get(order, i));
		fits = ids[i] != NULL && json_object_get(object, ids[i]) != NULL &&
		       json_object_get(seen, ids[i]) == NULL;
		if (fits)
			json_set(seen, ids[i], json_true());
	}
	json_decref(seen);
	i = 0;
	if (!fits && ids != NULL)
		json_object_foreach(object, key, value) ids[i++] = key;
	return ids;
}

typedef bool add_part(struct run_maker *maker, const char *id, const json_t *about,
		      struct error *err);

static bool add_scenario(struct run_maker *maker, const char *id, const json_t *about,
			 struct error *err)
{
	return run_maker_add_row(maker, id, about, true, err);
}

static bool add_endpoint(struct run_maker *maker, const char *id, const json_t *about,
			 struct error *err)
{
	return run_maker_add_row(maker, id, about, false, err);
}

static bool add_parts(const struct source *source, struct run_maker *maker, json_t *object,
		      const json_t *order, const char *name, add_part *add)
{
	struct error why = ERROR_INIT;
	const char **ids = order_ids(object, order);
	bool done = ids != NULL;
	for (size_t i = 0; done && i < json_object_size(object); i++)
		if (!add(maker, ids[i], json_object_get(object, ids[i]), &why))
			done = source_fault(source, "%s: %.128s: %s", name, ids[i], why.text);
	if (ids == NULL)
		error_set(source->err, ERROR_UNABLE, "out of memory");
	free(ids);
	return done;
}

static bool add_head(const struct source *source, struct run_maker *maker,
		     const struct members *members)
{
	struct error why = ERROR_INIT;
	const json_t *order = json_object_get(members->run, "order");
	bool in_lab = members->scenarios != NULL;
	if (!run_maker_set_run(maker, members->run, json_string_value(members->version), &why))
		return source_fault(source, "run: %s", why.text);
	if (!add_parts(source, maker, members->stacks, json_object_get(order, "stacks"), "stacks",
		       run_maker_add_stack) ||
	    !add_parts(source, maker, members->classes, json_object_get(order, "classes"),
		       "classes", run_maker_add_class) ||
	    !add_parts(source, maker, in_lab ? members->scenarios : members->endpoints,
		       json_object_get(order, "rows"), in_lab ? "scenarios" : "endpoints",
		       in_lab ? add_scenario : add_endpoint))
		return false;
	return (run_maker_make_cells(maker, &why) &&
		run_maker_set_faults(maker, members->summary, &why)) ||
	       source_fault(source, "%s", why.text);
}

static bool add_additions(const struct source *source, struct run *run,
			  const struct members *members)
{
	struct error why = ERROR_INIT;
	for (int i = 0; i < NUM_RUN_ADDITIONS; i++) {
		json_t *addition = members->additions[i];
		if (addition != NULL &&
		    !run_addition_read(run, (enum run_addition)i, addition, ERROR_USAGE, &why))
			return source_fault(source, "%s", why.text);
	}
	return true;
}

/* --- the cells --- */

/* null is as good as absent. */
static json_t *part(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);
	return json_is_null(value) ? NULL : value;
}

static unsigned mark(const json_t *object, const char *key, unsigned bit)
{
	return json_is_true(json_object_get(object, key)) ? bit : 0;
}

static bool take_name(int *out, const json_t *object, const char *key,
		      const struct name_table *table, struct error *err)
{
	const char *name = json_string_value(json_object_get(object, key));
	*out = name != NULL ? name_find(table, name) : -1;
	return *out >= 0 || error_set(err, ERROR_USAGE, "'%.64s' is not a known %s",
				      name != NULL ? name : "", table->what);
}

static bool fill_cell(struct run_maker *maker, struct cell *cell, const json_t *about,
		      struct error *err)
{
	int outcome, reason, assurance;
	if (!take_name(&outcome, about, "outcome", &outcome_names, err) ||
	    !take_name(&reason, about, "reason", &reason_names, err) ||
	    !take_name(&assurance, about, "assurance", &status_names, err) ||
	    !run_maker_expect(maker, &cell->expectation, json_object_get(about, "expected"), err))
		return false;
	json_int_t duration = json_integer_value(json_object_get(about, "duration_us"));
	cell->outcome = (enum outcome)outcome;
	cell->reason = (enum reason)reason;
	cell->assurance = (enum status)assurance;
	cell->duration_us = duration > 0 ? (uint64_t)duration : 0;
	/* Said of no cell that was run. */
	if (cell->outcome == OUTCOME_ERROR && cell->reason == REASON_INTERRUPTED)
		return true;
	cell->marks = CELL_DONE | mark(about, "blind", CELL_BLIND) |
		      mark(about, "exposed", CELL_EXPOSED) | mark(about, "varies", CELL_VARIES);
	if (json_is_false(json_object_get(about, "as_expected")))
		cell->marks |= CELL_UNEXPECTED;
	struct cell_source source = {
		.detail = json_string_value(json_object_get(about, "detail")),
		.observation = part(about, "observation"),
		.server = part(about, "server"),
		.attempts = part(about, "attempts"),
		.num_repeats = cell_source_repeats(about),
	};
	struct attempts attempts;
	struct error ignored = ERROR_INIT; /* a report leaves out what is none */
	attempts_read(&attempts, source.attempts, &ignored);
	cell->num_attempts = attempts_total(&attempts);
	attempts_clear(&attempts);
	return cell_source_store(run_maker_run(maker), cell, &source, err);
}

static bool add_cell(const struct source *source, struct run_maker *maker, const json_t *about,
		     bool *seen)
{
	struct error why = ERROR_INIT;
	struct run *run = run_maker_run(maker);
	size_t row, class;
	const char *row_id = json_string_value(
		json_object_get(about, run_is_lab(run) ? "scenario" : "endpoint"));
	const char *class_id = json_string_value(json_object_get(about, "class"));
	if (row_id == NULL || class_id == NULL ||
	    !run_maker_find(maker, &row, &class, row_id, class_id))
		return source_fault(source, "a cell's row or class is not in the document");
	size_t index = row * run_num_classes(run) + class;
	if (seen[index])
		return source_fault(source, "duplicate cell %.128s %.128s", row_id, class_id);
	seen[index] = true;
	if (fill_cell(maker, run_cell(run, row, class), about, &why))
		return true;
	if (why.kind == ERROR_UNABLE)
		return error_set(source->err, ERROR_UNABLE, "%s", why.text);
	return source_fault(source, "the cell %.128s %.128s: %s", row_id, class_id, why.text);
}

static bool add_cells(struct source *source, struct run_maker *maker)
{
	struct run *run = run_maker_run(maker);
	size_t num = 0, wanted = run_num_rows(run) * run_num_classes(run);
	bool *seen = calloc(wanted + 1, sizeof *seen);
	if (seen == NULL)
		return error_set(source->err, ERROR_UNABLE, "out of memory");
	bool done = source_take(source, '[');
	bool more = done && source_look(source) != ']';
	while (done && more) {
		json_t *cell = source_take_value(source);
		done = cell != NULL && add_cell(source, maker, cell, seen);
		json_decref(cell);
		num++;
		more = source_look(source) == ',';
		if (more)
			source_next(source);
	}
	done = done && source_take(source, ']');
	if (done && num < wanted)
		done = source_fault(source, "%zu cells are missing", wanted - num);
	free(seen);
	return done;
}

/* --- the file --- */

static bool read_document(struct run **run, struct source *source)
{
	struct members members = {.cells = -1};
	struct run_maker *maker = NULL;
	bool done = take_members(source, &members);
	if (!done)
		goto out;
	maker = run_maker_new(
		&(struct run_maker_size){
			json_object_size(members.stacks),
			json_object_size(members.classes),
			json_object_size(members.scenarios) + json_object_size(members.endpoints),
		},
		source->err);
	done = maker != NULL && add_head(source, maker, &members);
	if (!done)
		goto out;
	/* With sorted keys the cells come before the rows and classes that they refer to. */
	if (fseek(source->file, members.cells, SEEK_SET) != 0) {
		done = source_fault(source, "cannot be read: %s", strerror(errno));
		goto out;
	}
	source->peeked = -1;
	source->line = members.cells_line;
	done = add_cells(source, maker) && add_additions(source, run_maker_run(maker), &members);
	if (done) {
		*run = run_maker_take(maker);
		maker = NULL;
	}
out:
	run_maker_free(maker);
	members_clear(&members);
	return done;
}

/* A pipe cannot be read twice. */
static bool copy_stream(FILE **file, const char *name, struct error *err)
{
	char block[65536];
	size_t len, total = 0;
	FILE *copy = spool_file(err);
	if (copy == NULL)
		return false;
	while ((len = fread(block, 1, sizeof block, *file)) > 0) {
		total += len;
		if (total > DOCUMENT_MAX_BYTES || fwrite(block, 1, len, copy) != len)
			break;
	}
	bool done = len == 0 && !ferror(*file) && fflush(copy) == 0;
	if (total > DOCUMENT_MAX_BYTES)
		error_set(err, ERROR_USAGE, "%s: is larger than %zu MiB", name,
			  DOCUMENT_MAX_BYTES >> 20);
	else if (!done)
		error_set_errno(err, ERROR_UNABLE, "%s: cannot be read", name);
	rewind(copy);
	fclose(*file);
	*file = copy;
	return done;
}

bool document_read(struct run **run, FILE *file, const char *name, struct error *err)
{
	struct source source = {.file = file, .name = name, .line = 1, .peeked = -1, .err = err};
	*run = NULL;
	return read_document(run, &source);
}

bool document_read_file(struct run **run, const char *path, struct error *err)
{
	bool is_standard = strcmp(path, "-") == 0;
	const char *name = is_standard ? "standard input" : path;
	struct stat info;
	*run = NULL;
	FILE *file = fopen(is_standard ? "/dev/stdin" : path, "re");
	if (file == NULL)
		return error_set_errno(err, ERROR_USAGE, "%s", name);
	bool done = fstat(fileno(file), &info) == 0 ||
		    error_set_errno(err, ERROR_UNABLE, "%s: cannot be read", name);
	if (done && S_ISDIR(info.st_mode))
		done = error_set(err, ERROR_USAGE, "%s: is a directory, not a file", name);
	if (done && S_ISREG(info.st_mode) && (size_t)info.st_size > DOCUMENT_MAX_BYTES)
		done = error_set(err, ERROR_USAGE, "%s: is larger than %zu MiB", name,
				 DOCUMENT_MAX_BYTES >> 20);
	if (done && !S_ISREG(info.st_mode))
		done = copy_stream(&file, name, err);
	done = done && document_read(run, file, name, err);
	fclose(file);
	return done;
}
