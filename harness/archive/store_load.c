/* Knows how a run comes back out of the database. */
#include "harness/archive/store.h"

#include "core/json.h"
#include "harness/archive/run_maker.h"
#include "harness/archive/store_db.h"
#include "harness/run/cell_record.h"
#include "harness/run/run_addition.h"
#include "harness/run/run_head.h"

#include <stdlib.h>
#include <string.h>

/* A run on its way back. */
struct loader {
	struct store *store;
	int64_t number;
	char id[RUN_ID_MAX + 1];
	struct run_maker *maker;
	struct expectation **expected; /* by number; borrowed */
	size_t num_expected;
	bool in_lab;
};

/* Always false: what was read is not what a revoscope wrote. */
static bool damaged(const struct loader *loader, struct error *err, const struct error *why)
{
	return error_set(err, why->kind == ERROR_USAGE ? ERROR_UNABLE : why->kind,
			 "%s: run %s cannot be read: %s", loader->store->path, loader->id,
			 why->text);
}

static bool bad_value(struct error *err, const char *what)
{
	return error_set(err, ERROR_UNABLE, "%s is unknown to this revoscope", what);
}

static json_t *or_null(const char *text)
{
	return text != NULL ? json_string(text) : json_null();
}

static const char *maybe(sqlite3_stmt *statement, int column)
{
	return (const char *)sqlite3_column_text(statement, column);
}

/* The row of the run as the document's member `run`. */
static json_t *read_run(sqlite3_stmt *row)
{
	const char *arguments = maybe(row, 5);
	json_t *about = json_object();
	json_set(about, "id", or_null(maybe(row, 0)));
	json_set(about, "started", or_null(maybe(row, 1)));
	json_set(about, "finished", or_null(maybe(row, 2)));
	json_set(about, "vantage", or_null(maybe(row, 3)));
	json_set(about, "command", or_null(maybe(row, 4)));
	json_set_if(about, "arguments",
		    arguments != NULL ? json_loads(arguments, JSON_REJECT_DUPLICATES, NULL) : NULL);
	json_set(about, "directory", or_null(maybe(row, 6)));
	json_set(about, "time_factor", json_real(sqlite3_column_double(row, 8)));
	json_set(about, "clock",
		 json_pack("{s:I, s:o}", "offset_s", (json_int_t)sqlite3_column_int64(row, 9), "at",
			   or_null(maybe(row, 10))));
	json_set(about, "rules", json_integer(sqlite3_column_int64(row, 12)));
	return about;
}

static bool count_parts(struct loader *loader, struct run_maker_size *size, struct error *err)
{
	sqlite3_stmt *statement = store_prepare(
		loader->store, err, "SELECT kind, count(*) FROM parts WHERE run = ? GROUP BY kind",
		"i", loader->number);
	if (statement == NULL)
		return false;
	int result;
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *kind = store_text(statement, 0);
		size_t num = (size_t)sqlite3_column_int64(statement, 1);
		if (strcmp(kind, "stack") == 0)
			size->num_stacks = num;
		else if (strcmp(kind, "class") == 0)
			size->num_classes = num;
		else if (strcmp(kind, "row") == 0)
			size->num_rows = num;
	}
	if (result != SQLITE_DONE)
		store_fail(loader->store, err);
	sqlite3_finalize(statement);
	return result == SQLITE_DONE;
}

static bool start(struct loader *loader, struct error *err)
{
	struct run_maker_size size = {0};
	struct error why = ERROR_INIT;
	if (!count_parts(loader, &size, err))
		return false;
	sqlite3_stmt *statement = store_prepare(
		loader->store, err,
		"SELECT id, started, finished, vantage, command, arguments, directory, revoscope, "
		"time_factor, clock_offset_s, clock_at, kind, rules FROM runs WHERE run = ?",
		"i", loader->number);
	if (statement == NULL)
		return false;
	bool done = sqlite3_step(statement) == SQLITE_ROW || store_fail(loader->store, err);
	if (done) {
		json_t *about = read_run(statement);
		loader->in_lab = strcmp(store_text(statement, 11), "lab") == 0;
		loader->maker = run_maker_new(&size, &why);
		done = (loader->maker != NULL &&
			run_maker_set_run(loader->maker, about, store_text(statement, 7), &why)) ||
		       damaged(loader, err, &why);
		json_decref(about);
	}
	sqlite3_finalize(statement);
	return done;
}

static bool add_part(struct loader *loader, const char *kind, const char *id, const json_t *about,
		     struct error *err)
{
	if (strcmp(kind, "stack") == 0)
		return run_maker_add_stack(loader->maker, id, about, err);
	if (strcmp(kind, "class") == 0)
		return run_maker_add_class(loader->maker, id, about, err);
	return run_maker_add_row(loader->maker, id, about, loader->in_lab, err);
}

static bool add_parts(struct loader *loader, const char *kind, const char *sql, struct error *err)
{
	struct error why = ERROR_INIT;
	sqlite3_stmt *statement = store_prepare(loader->store, err, sql, "i", loader->number);
	if (statement == NULL)
		return false;
	bool done = true;
	int result = SQLITE_DONE;
	while (done && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *text = store_text(statement, 1);
		json_t *about = json_parse_object(text, strlen(text), ERROR_UNABLE, &why);
		done = about != NULL &&
		       add_part(loader, kind, store_text(statement, 0), about, &why);
		json_decref(about);
	}
	if (!done)
		damaged(loader, err, &why);
	else if (result != SQLITE_DONE)
		done = store_fail(loader->store, err);
	sqlite3_finalize(statement);
	return done;
}

static bool add_head(struct loader *loader, struct error *err)
{
	struct error why = ERROR_INIT;
	if (!add_parts(loader, "stack",
		       "SELECT id, about FROM stacks JOIN parts USING (run, number) "
		       "WHERE run = ? AND kind = 'stack' ORDER BY number",
		       err) ||
	    !add_parts(loader, "class",
		       "SELECT id, about FROM classes JOIN parts USING (run, number) "
		       "WHERE run = ? AND kind = 'class' ORDER BY number",
		       err) ||
	    !add_parts(loader, "row",
		       "SELECT id, about FROM rows JOIN parts USING (run, number) "
		       "WHERE run = ? AND kind = 'row' ORDER BY number",
		       err))
		return false;
	return run_maker_make_cells(loader->maker, &why) || damaged(loader, err, &why);
}

static bool add_faults(struct loader *loader, struct error *err)
{
	struct error why = ERROR_INIT;
	sqlite3_stmt *statement = store_prepare(
		loader->store, err, "SELECT about FROM parts WHERE run = ? AND kind = 'faults'",
		"i", loader->number);
	if (statement == NULL)
		return false;
	json_t *faults = NULL;
	if (sqlite3_step(statement) == SQLITE_ROW)
		faults = json_loads(store_text(statement, 0), JSON_REJECT_DUPLICATES, NULL);
	bool done = run_maker_set_faults(loader->maker, faults, &why) || damaged(loader, err, &why);
	json_decref(faults);
	sqlite3_finalize(statement);
	return done;
}

/* Every row of the statement, which it ends. */
static bool add_each(struct loader *loader, sqlite3_stmt *statement,
		     bool (*add)(struct loader *loader, sqlite3_stmt *row, struct error *err),
		     struct error *err)
{
	struct error why = ERROR_INIT;
	bool done = true;
	int result = SQLITE_DONE;
	while (done && (result = sqlite3_step(statement)) == SQLITE_ROW)
		done = add(loader, statement, &why);
	if (!done)
		damaged(loader, err, &why);
	else if (result != SQLITE_DONE)
		done = store_fail(loader->store, err);
	sqlite3_finalize(statement);
	return done;
}

static bool add_expectation(struct loader *loader, sqlite3_stmt *row, struct error *err)
{
	if (sqlite3_column_int64(row, 0) != (int64_t)loader->num_expected)
		return error_set(err, ERROR_UNABLE, "its expectations have no numbers");
	struct expectation **grown =
		reallocarray(loader->expected, loader->num_expected + 1, sizeof(*grown));
	if (grown == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	loader->expected = grown;
	json_t *about = json_object();
	json_set(about, "outcome", or_null(maybe(row, 1)));
	if (maybe(row, 2) != NULL)
		json_set(about, "reason", or_null(maybe(row, 2)));
	json_set(about, "why", or_null(maybe(row, 3)));
	json_set(about, "versions", or_null(maybe(row, 4)));
	json_set(about, "from", or_null(maybe(row, 5)));
	json_set(about, "deviation", json_boolean(sqlite3_column_int64(row, 6) != 0));
	if (sqlite3_column_type(row, 7) != SQLITE_NULL)
		json_set(about, "rules", json_integer(sqlite3_column_int64(row, 7)));
	bool done = run_maker_expect(loader->maker, &grown[loader->num_expected], about, err);
	json_decref(about);
	loader->num_expected += done;
	return done;
}

static bool add_expectations(struct loader *loader, struct error *err)
{
	sqlite3_stmt *statement = store_prepare(
		loader->store, err,
		"SELECT number, outcome, reason, why, versions, origin, deviation, rules "
		"FROM expectations WHERE run = ? ORDER BY number",
		"i", loader->number);
	if (statement == NULL)
		return false;
	return add_each(loader, statement, add_expectation, err);
}

static unsigned mark(sqlite3_stmt *row, int column, unsigned bit)
{
	return sqlite3_column_int64(row, column) != 0 ? bit : 0;
}

enum {
	COLUMN_ROW,
	COLUMN_CLASS,
	COLUMN_OUTCOME,
	COLUMN_REASON,
	COLUMN_ASSURANCE,
	COLUMN_BLIND,
	COLUMN_EXPOSED,
	COLUMN_VARIES,
	COLUMN_EXPECTED,
	COLUMN_AS_EXPECTED,
	COLUMN_ATTEMPTS,
	COLUMN_DURATION,
	COLUMN_RECORD,
};

static bool add_cell(struct loader *loader, sqlite3_stmt *at, struct error *err)
{
	struct run *run = run_maker_run(loader->maker);
	int64_t row = sqlite3_column_int64(at, COLUMN_ROW);
	int64_t class = sqlite3_column_int64(at, COLUMN_CLASS);
	int64_t expected = sqlite3_column_int64(at, COLUMN_EXPECTED);
	int outcome = name_find(&outcome_names, store_text(at, COLUMN_OUTCOME));
	int reason = name_find(&reason_names, store_text(at, COLUMN_REASON));
	int assurance = name_find(&status_names, store_text(at, COLUMN_ASSURANCE));
	bool has_expected = sqlite3_column_type(at, COLUMN_EXPECTED) != SQLITE_NULL;
	bool is_judged = sqlite3_column_type(at, COLUMN_AS_EXPECTED) != SQLITE_NULL;
	if (row < 0 || class < 0 || row >= (int64_t)run_num_rows(run) ||
	    class >= (int64_t)run_num_classes(run))
		return error_set(err, ERROR_UNABLE, "a cell's row or class is missing");
	if (outcome < 0 || reason < 0 || assurance < 0)
		return bad_value(err, "a cell's outcome, reason or assurance");
	if (has_expected && (expected < 0 || expected >= (int64_t)loader->num_expected))
		return error_set(err, ERROR_UNABLE, "a cell's expectation is missing");
	struct cell *cell = run_cell(run, (size_t)row, (size_t) class);
	cell->outcome = (enum outcome)outcome;
	cell->reason = (enum reason)reason;
	cell->assurance = (enum status)assurance;
	cell->expectation = has_expected ? loader->expected[expected] : NULL;
	cell->num_attempts = sqlite3_column_int(at, COLUMN_ATTEMPTS);
	cell->duration_us = (uint64_t)sqlite3_column_int64(at, COLUMN_DURATION);
	cell->marks = CELL_DONE | mark(at, COLUMN_BLIND, CELL_BLIND) |
		      mark(at, COLUMN_EXPOSED, CELL_EXPOSED) | mark(at, COLUMN_VARIES, CELL_VARIES);
	if (is_judged && sqlite3_column_int64(at, COLUMN_AS_EXPECTED) == 0)
		cell->marks |= CELL_UNEXPECTED;
	const void *record = sqlite3_column_text(at, COLUMN_RECORD);
	size_t len = (size_t)sqlite3_column_bytes(at, COLUMN_RECORD);
	cell->marks |= cell_record_marks(record, len);
	return record == NULL || run_write_record(run, cell, record, len, err);
}

static bool add_cells(struct loader *loader, unsigned what, struct error *err)
{
	sqlite3_stmt *statement = store_prepare(
		loader->store, err,
		(what & STORE_RECORDS) != 0
			? "SELECT row, class, outcome, reason, assurance, blind, exposed, varies, "
			  "expected, as_expected, attempts, duration_us, record "
			  "FROM cells LEFT JOIN records USING (run, row, class) WHERE run = ?"
			: "SELECT row, class, outcome, reason, assurance, blind, exposed, varies, "
			  "expected, as_expected, attempts, duration_us, NULL "
			  "FROM cells WHERE run = ?",
		"i", loader->number);
	if (statement == NULL)
		return false;
	return add_each(loader, statement, add_cell, err);
}

static bool add_addition(struct loader *loader, sqlite3_stmt *row, struct error *err)
{
	const char *key = store_text(row, 0), *text = store_text(row, 1);
	int which = 0;
	while (which < NUM_RUN_ADDITIONS &&
	       strcmp(run_addition_key((enum run_addition)which), key) != 0)
		which++;
	if (which == NUM_RUN_ADDITIONS)
		return true; /* of a later version */
	json_t *addition = json_parse_object(text, strlen(text), ERROR_UNABLE, err);
	if (addition == NULL)
		return false;
	bool done = run_addition_read(run_maker_run(loader->maker), (enum run_addition)which,
				      addition, ERROR_UNABLE, err);
	json_decref(addition);
	return done;
}

static bool add_additions(struct loader *loader, struct error *err)
{
	sqlite3_stmt *statement =
		store_prepare(loader->store, err, "SELECT key, about FROM additions WHERE run = ?",
			      "i", loader->number);
	return statement != NULL && add_each(loader, statement, add_addition, err);
}

static bool find_number(struct loader *loader, struct error *err)
{
	sqlite3_stmt *statement = store_prepare(
		loader->store, err, "SELECT run FROM runs WHERE id = ?", "s", loader->id);
	if (statement == NULL)
		return false;
	bool done = sqlite3_step(statement) == SQLITE_ROW || store_fail(loader->store, err);
	loader->number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return done;
}

struct run *store_load(struct store *store, const char *word, unsigned what, struct error *err)
{
	struct loader loader = {.store = store};
	struct run *run = NULL;
	if (!store_find(store, loader.id, word, err))
		return NULL;
	/* One moment of a run that may still go on. */
	if (!store_do(store, "BEGIN", err))
		return NULL;
	if (find_number(&loader, err) && start(&loader, err) && add_head(&loader, err) &&
	    add_faults(&loader, err) && add_expectations(&loader, err) &&
	    add_cells(&loader, what, err) && add_additions(&loader, err)) {
		run = run_maker_take(loader.maker);
		loader.maker = NULL;
	}
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	run_maker_free(loader.maker);
	free(loader.expected);
	return run;
}
