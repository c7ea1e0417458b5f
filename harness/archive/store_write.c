/* Knows how a run is written while it goes on. */
#include "harness/archive/store.h"

#include "core/clock.h"
#include "core/json.h"
#include "harness/archive/document.h"
#include "harness/archive/expectation_json.h"
#include "harness/archive/store_db.h"
#include "harness/run/verdict.h"
#include "harness/run/run_addition.h"
#include "harness/run/run_head.h"

#include <stdlib.h>
#include <string.h>

enum statement { PUT_CELL, PUT_RECORD, PUT_EXPECTATION, PUT_PART, SET_COUNTS, NUM_STATEMENTS };

static const char *const texts[NUM_STATEMENTS] = {
	[PUT_CELL] = "INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[PUT_RECORD] = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)",
	[PUT_EXPECTATION] =
		"INSERT OR REPLACE INTO expectations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[PUT_PART] = "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)",
	[SET_COUNTS] = "UPDATE runs SET num_done = ?, num_unexpected = ? WHERE run = ?",
};

struct store_writer {
	struct store *store;
	struct run *run;
	int64_t number; /* of the run in the database */
	sqlite3_stmt *statements[NUM_STATEMENTS];
	struct cell *cells; /* by cell: as it was written; without marks when it was not */
	bool *is_queued;    /* by cell */
	size_t *queue;      /* of cells that wait to be written */
	size_t num_queued;
	struct deadline due;                 /* of the first of them */
	const struct expectation **expected; /* those that are in the database */
	size_t num_expected, expected_size;
	bool has_stacks;  /* with their versions, which are known only when cells are done */
	struct error err; /* the first failure; nothing more is tried then */
};

static bool put_text(struct store_writer *writer, const char *kind, size_t number,
		     const json_t *about, struct error *err)
{
	struct text text;
	text_init(&text, SIZE_MAX / 4);
	bool done = json_print(&text, about) || error_set(err, ERROR_UNABLE, "out of memory");
	done = done && store_run(writer->store, writer->statements[PUT_PART], err, "isis",
				 writer->number, kind, (int64_t)number, text_string(&text));
	text_clear(&text);
	return done;
}

/* One statement that is needed only once or twice in a run. */
static bool run_once(struct store *store, struct error *err, sqlite3_stmt *statement)
{
	if (statement == NULL)
		return false;
	bool done = sqlite3_step(statement) == SQLITE_DONE || store_fail(store, err);
	sqlite3_finalize(statement);
	return done;
}

/* --- the head --- */

static bool put_run(struct store_writer *writer, struct error *err)
{
	struct run *run = writer->run;
	json_begin();
	json_t *about = document_run(run, false);
	const json_t *words = json_object_get(about, "arguments");
	char *arguments = json_is_array(words) ? json_dumps(words, JSON_COMPACT) : NULL;
	struct run_clock clock = *run_clock(run);
	bool done = json_end(err) && (arguments != NULL || !json_is_array(words) ||
				      error_set(err, ERROR_UNABLE, "out of memory"));
	done = done &&
	       run_once(writer->store, err,
			store_prepare(
				writer->store, err,
				"INSERT INTO runs VALUES (NULL, ?, ?, NULL, 'unfinished', ?, ?, ?, "
				"?, ?, ?, ?, ?, ?, ?, 0, 0, ?)",
				"ssssssssrisii", run_id(run), run_started(run),
				run_is_lab(run) ? "lab" : "endpoints",
				json_string_value(json_object_get(about, "vantage")),
				json_string_value(json_object_get(about, "command")), arguments,
				json_string_value(json_object_get(about, "directory")),
				run_version(run), run_time_factor(run), clock.offset_s, clock.at,
				(int64_t)(run_num_rows(run) * run_num_classes(run)),
				(int64_t)run_rules(run)));
	writer->number = sqlite3_last_insert_rowid(writer->store->db);
	free(arguments);
	json_decref(about);
	return done;
}

static bool put_classes(struct store_writer *writer, struct error *err)
{
	struct run *run = writer->run;
	json_begin();
	json_t *all = document_classes(run);
	sqlite3_stmt *statement =
		store_prepare(writer->store, err, "INSERT INTO classes VALUES (?, ?, ?, ?, ?)", "");
	bool done = json_end(err) && statement != NULL;
	for (size_t i = 0; done && i < run_num_classes(run); i++) {
		const struct run_class *class = run_class_at(run, i);
		done = store_run(writer->store, statement, err, "iisss", writer->number, (int64_t)i,
				 class->class->id, run_stack_at(run, class->stack)->stack->id,
				 class->class->policy_id) &&
		       put_text(writer, "class", i, json_object_get(all, class->class->id), err);
	}
	sqlite3_finalize(statement);
	json_decref(all);
	return done;
}

static bool put_rows(struct store_writer *writer, struct error *err)
{
	struct run *run = writer->run;
	json_begin();
	json_t *all = document_rows(run);
	sqlite3_stmt *statement =
		store_prepare(writer->store, err, "INSERT INTO rows VALUES (?, ?, ?, ?)", "");
	bool done = json_end(err) && statement != NULL;
	for (size_t i = 0; done && i < run_num_rows(run); i++) {
		const struct run_row *row = run_row_at(run, i);
		const json_t *about = json_object_get(all, row->id);
		done = store_run(writer->store, statement, err, "iiss", writer->number, (int64_t)i,
				 row->id, json_string_value(json_object_get(about, "family"))) &&
		       put_text(writer, "row", i, about, err);
	}
	sqlite3_finalize(statement);
	json_decref(all);
	return done;
}

static bool put_stacks(struct store_writer *writer, struct error *err)
{
	struct run *run = writer->run;
	json_begin();
	json_t *all = document_stacks(run);
	sqlite3_stmt *statement = store_prepare(
		writer->store, err, "INSERT OR REPLACE INTO stacks VALUES (?, ?, ?, ?, ?)", "");
	bool done = json_end(err) && statement != NULL;
	for (size_t i = 0; done && i < run_num_stacks(run); i++) {
		const struct run_stack *stack = run_stack_at(run, i);
		const json_t *about = json_object_get(all, stack->stack->id);
		done = store_run(writer->store, statement, err, "iissi", writer->number, (int64_t)i,
				 stack->stack->id,
				 json_string_value(json_object_get(about, "version")),
				 (int64_t)stack->compliant) &&
		       put_text(writer, "stack", i, about, err);
	}
	sqlite3_finalize(statement);
	json_decref(all);
	return done;
}

/* --- cells --- */

/* Where an expectation stands among those of the run; it is written when it is new. */
static bool put_expectation(struct store_writer *writer, int64_t *number,
			    const struct expectation *expected, struct error *err)
{
	size_t i = 0;
	while (i < writer->num_expected && writer->expected[i] != expected)
		i++;
	*number = (int64_t)i;
	if (i < writer->num_expected)
		return true;
	if (i == writer->expected_size) {
		size_t size = i * 2 + 64;
		const struct expectation **grown =
			reallocarray(writer->expected, size, sizeof(*grown));
		if (grown == NULL)
			return error_set(err, ERROR_UNABLE, "out of memory");
		writer->expected = grown;
		writer->expected_size = size;
	}
	json_begin();
	json_t *about = document_expected(expected);
	bool done = json_end(err) &&
		    store_run(writer->store, writer->statements[PUT_EXPECTATION], err, "iisssssim",
			      writer->number, *number, outcome_name(expected->outcome),
			      json_string_value(json_object_get(about, "reason")),
			      json_string_value(json_object_get(about, "why")),
			      json_string_value(json_object_get(about, "versions")),
			      json_string_value(json_object_get(about, "from")),
			      (int64_t)expected->is_deviation,
			      (int64_t)(expected->rules > 0 ? expected->rules : -1));
	json_decref(about);
	if (done)
		writer->expected[writer->num_expected++] = expected;
	return done;
}

static bool put_record(struct store_writer *writer, size_t row, size_t class,
		       const struct cell *cell, struct error *err)
{
	struct text line;
	text_init(&line, 0);
	bool done = run_read_record(writer->run, cell, &line, err);
	/* The spool's newline is no part of the value. */
	if (done && line.len > 0)
		line.data[--line.len] = '\0';
	if (done && line.len > 0)
		done = store_run(writer->store, writer->statements[PUT_RECORD], err, "iiis",
				 writer->number, (int64_t)row, (int64_t) class, line.data);
	text_clear(&line);
	return done;
}

static int64_t has_mark(const struct cell *cell, enum cell_mark bit)
{
	return (cell->marks & bit) != 0;
}

static bool put_cell(struct store_writer *writer, size_t index, struct error *err)
{
	const struct cell *cell = run_cell(writer->run, 0, 0) + index;
	size_t row = index / run_num_classes(writer->run);
	size_t class = index % run_num_classes(writer->run);
	int64_t expected = -1;
	if (cell->expectation != NULL &&
	    !put_expectation(writer, &expected, cell->expectation, err))
		return false;
	bool done = store_run(writer->store, writer->statements[PUT_CELL], err, "iiisssiiimmii",
			      writer->number, (int64_t)row, (int64_t) class,
			      outcome_name(cell->outcome), reason_name(cell->reason),
			      status_name(cell->assurance), has_mark(cell, CELL_BLIND),
			      has_mark(cell, CELL_EXPOSED), has_mark(cell, CELL_VARIES), expected,
			      cell_is_judged(cell) ? !has_mark(cell, CELL_UNEXPECTED) : (int64_t)-1,
			      (int64_t)cell->num_attempts, (int64_t)cell->duration_us);
	return done && put_record(writer, row, class, cell, err);
}

static bool put_counts(struct store_writer *writer, struct error *err)
{
	struct run_summary summary;
	run_summarize(writer->run, &summary);
	return store_run(writer->store, writer->statements[SET_COUNTS], err, "iii",
			 (int64_t)summary.num_done, (int64_t)summary.num_unexpected,
			 writer->number);
}

/* Rolls back; *is_busy, which may be NULL, says whether another process was in the way. */
static void undo(struct store_writer *writer, bool *is_busy)
{
	if (is_busy != NULL)
		*is_busy = (sqlite3_errcode(writer->store->db) & 0xff) == SQLITE_BUSY;
	sqlite3_exec(writer->store->db, "ROLLBACK", NULL, NULL, NULL);
}

static void empty_queue(struct store_writer *writer)
{
	for (size_t i = 0; i < writer->num_queued; i++) {
		size_t index = writer->queue[i];
		writer->cells[index] = *(run_cell(writer->run, 0, 0) + index);
		writer->is_queued[index] = false;
	}
	writer->num_queued = 0;
}

/* One short transaction with all that waits. What it undoes is queued still. */
static bool flush(struct store_writer *writer, bool *is_busy, struct error *err)
{
	size_t num_expected = writer->num_expected;
	bool has_stacks = writer->has_stacks;
	if (!store_do(writer->store, "BEGIN IMMEDIATE", err)) {
		undo(writer, is_busy);
		return false;
	}
	bool done = has_stacks || put_stacks(writer, err);
	writer->has_stacks = true;
	for (size_t i = 0; done && i < writer->num_queued; i++)
		done = put_cell(writer, writer->queue[i], err);
	done = done && put_counts(writer, err) && store_do(writer->store, "COMMIT", err);
	if (done) {
		empty_queue(writer);
		return true;
	}
	undo(writer, is_busy);
	writer->num_expected = num_expected;
	writer->has_stacks = has_stacks;
	return false;
}

/* During a run the store does not wait for a lock. */
static void try_flush(struct store_writer *writer)
{
	struct error err = ERROR_INIT;
	if (writer->err.kind != ERROR_NONE || writer->num_queued == 0)
		return;
	sqlite3_busy_timeout(writer->store->db, 0);
	bool is_busy = false, done = flush(writer, &is_busy, &err);
	sqlite3_busy_timeout(writer->store->db, STORE_WAIT_MS);
	writer->due = deadline_in_ms(STORE_EVERY_MS);
	if (!done && !is_busy)
		writer->err = err;
}

/* --- the writer --- */

static void writer_free(struct store_writer *writer)
{
	for (int i = 0; i < NUM_STATEMENTS; i++)
		sqlite3_finalize(writer->statements[i]);
	free(writer->cells);
	free(writer->is_queued);
	free(writer->queue);
	free(writer->expected);
	free(writer);
}

static bool begin(struct store_writer *writer, struct error *err)
{
	for (int i = 0; i < NUM_STATEMENTS; i++)
		if ((writer->statements[i] = store_prepare(writer->store, err, texts[i], "")) ==
		    NULL)
			return false;
	if (!store_do(writer->store, "BEGIN IMMEDIATE", err))
		return false;
	if (put_run(writer, err) && put_classes(writer, err) && put_rows(writer, err) &&
	    put_stacks(writer, err) && store_do(writer->store, "COMMIT", err))
		return true;
	undo(writer, NULL);
	return false;
}

struct store_writer *store_begin(struct store *store, struct run *run, struct error *err)
{
	size_t num = run_num_rows(run) * run_num_classes(run) + 1;
	struct store_writer *writer = calloc(1, sizeof *writer);
	if (writer == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return NULL;
	}
	writer->store = store;
	writer->run = run;
	writer->cells = calloc(num, sizeof *writer->cells);
	writer->is_queued = calloc(num, sizeof *writer->is_queued);
	writer->queue = calloc(num, sizeof *writer->queue);
	bool done = writer->cells != NULL && writer->is_queued != NULL && writer->queue != NULL;
	if (!done)
		error_set(err, ERROR_UNABLE, "out of memory");
	if (done && begin(writer, err))
		return writer;
	writer_free(writer);
	return NULL;
}

void store_add(struct store_writer *writer, size_t row, size_t class)
{
	size_t index = row * run_num_classes(writer->run) + class;
	if (writer->is_queued[index])
		return;
	if (writer->num_queued == 0)
		writer->due = deadline_in_ms(STORE_EVERY_MS);
	writer->is_queued[index] = true;
	writer->queue[writer->num_queued++] = index;
	/* What was locked is not tried again with every cell. */
	if (writer->num_queued % STORE_BATCH == 0 || deadline_over(writer->due))
		try_flush(writer);
}

int store_tick(struct store_writer *writer)
{
	if (writer->num_queued == 0 || writer->err.kind != ERROR_NONE)
		return -1;
	if (deadline_over(writer->due))
		try_flush(writer);
	bool waits = writer->num_queued > 0 && writer->err.kind == ERROR_NONE;
	return waits ? deadline_left_ms(writer->due) : -1;
}

static bool is_same(const struct cell *a, const struct cell *b)
{
	return a->outcome == b->outcome && a->reason == b->reason && a->assurance == b->assurance &&
	       a->marks == b->marks && a->expectation == b->expectation &&
	       a->spool_offset == b->spool_offset && a->num_attempts == b->num_attempts &&
	       a->duration_us == b->duration_us;
}

/* What one cell showed at the end may have changed another that was written. */
static void queue_changed(struct store_writer *writer)
{
	size_t num = run_num_rows(writer->run) * run_num_classes(writer->run);
	for (size_t i = 0; i < num; i++) {
		const struct cell *cell = run_cell(writer->run, 0, 0) + i;
		if ((cell->marks & CELL_DONE) == 0 || writer->is_queued[i] ||
		    is_same(&writer->cells[i], cell))
			continue;
		writer->is_queued[i] = true;
		writer->queue[writer->num_queued++] = i;
	}
}

static bool put_additions(struct store_writer *writer, struct error *err)
{
	sqlite3_stmt *statement =
		store_prepare(writer->store, err, "INSERT INTO additions VALUES (?, ?, ?)", "");
	bool done = statement != NULL;
	for (int i = 0; done && i < NUM_RUN_ADDITIONS; i++) {
		json_t *addition;
		if (!run_addition_write(&addition, writer->run, (enum run_addition)i))
			done = error_set(err, ERROR_UNABLE, "out of memory");
		if (addition == NULL)
			continue;
		struct text text;
		text_init(&text, SIZE_MAX / 4);
		done = (json_print(&text, addition) ||
			error_set(err, ERROR_UNABLE, "out of memory")) &&
		       store_run(writer->store, statement, err, "iss", writer->number,
				 run_addition_key((enum run_addition)i), text_string(&text));
		text_clear(&text);
		json_decref(addition);
	}
	sqlite3_finalize(statement);
	return done;
}

static bool put_end(struct store_writer *writer, struct error *err)
{
	const char *finished = run_finished(writer->run);
	json_begin();
	json_t *faults = json_object();
	json_set(faults, "stale_deviations", document_stale(writer->run));
	json_set(faults, "expectations", expectation_faults_to_json(run_deviations(writer->run)));
	bool done = json_end(err) && put_text(writer, "faults", 0, faults, err);
	json_decref(faults);
	return done && put_additions(writer, err) &&
	       run_once(writer->store, err,
			store_prepare(writer->store, err,
				      "UPDATE runs SET finished = ?, state = ? WHERE run = ?",
				      "ssi", finished,
				      finished != NULL ? "finished" : "interrupted",
				      writer->number));
}

bool store_finish(struct store_writer *writer, struct error *err)
{
	bool done = writer->err.kind == ERROR_NONE;
	if (!done)
		error_set(err, writer->err.kind, "%s", writer->err.text);
	if (done) {
		queue_changed(writer);
		/* The stacks also say how often their programs died. */
		writer->has_stacks = false;
		done = flush(writer, NULL, err);
	}
	if (done) {
		done = store_do(writer->store, "BEGIN IMMEDIATE", err) && put_end(writer, err) &&
		       store_do(writer->store, "COMMIT", err);
		if (!done)
			undo(writer, NULL);
	}
	/* Also for those who read on while we leave; the last one to leave does it anyway. */
	if (done)
		sqlite3_wal_checkpoint_v2(writer->store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
					  NULL);
	writer_free(writer);
	return done;
}
