/* Knows what earlier runs saw of the staples at the endpoints of a run. */
#include "harness/archive/store.h"

#include "core/json.h"
#include "harness/archive/store_db.h"
#include "harness/model/examination_json.h"
#include "harness/run/run_head.h"

#include <stdlib.h>
#include <string.h>

/* How far back it goes: runs, and bytes of what they saw. */
#define RUNS_MAX  100
#define BYTES_MAX ((size_t)8 << 20)

struct reader {
	struct store *store;
	const struct run *run;
	struct staple_lives *lives;
	size_t len; /* of what was read */
};

static bool no_memory(struct error *err)
{
	return error_set(err, ERROR_UNABLE, "out of memory");
}

static bool is_same_server(const struct examination *one, const struct examination *other)
{
	const char *connect = one->target.connect, *other_connect = other->target.connect;
	return connect == NULL || other_connect == NULL ? connect == other_connect
							: strcmp(connect, other_connect) == 0;
}

/* What a run of an earlier version, or of another program, has of no use is passed over. */
static bool add_examinations(struct reader *reader, const char *text, size_t len, struct error *err)
{
	struct error fault = ERROR_INIT;
	const struct examinations *own = run_examinations(reader->run);
	json_t *about = json_parse_object(text, len, ERROR_UNABLE, &fault);
	struct examinations *all =
		about != NULL ? examinations_read(about, ERROR_UNABLE, &fault) : NULL;
	bool done = true;
	for (size_t i = 0; done && all != NULL && i < all->num_items; i++) {
		const struct examination *earlier = &all->items[i];
		const struct examination *now = examinations_find(own, earlier->id);
		if (now != NULL && is_same_server(earlier, now))
			done = staple_lives_add(reader->lives, earlier);
	}
	examinations_free(all);
	json_decref(about);
	return done || no_memory(err);
}

/* false: at the end of what is read, or with err. */
static bool add_run(struct reader *reader, int64_t number, struct error *err)
{
	sqlite3_stmt *statement = store_prepare(
		reader->store, err,
		"SELECT about FROM additions WHERE run = ? AND key = 'examinations'", "i", number);
	if (statement == NULL)
		return false;
	bool done = true;
	int result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		const char *text = store_text(statement, 0);
		size_t len = strlen(text);
		reader->len += len;
		done = reader->len <= BYTES_MAX && add_examinations(reader, text, len, err);
	} else if (result != SQLITE_DONE) {
		done = store_fail(reader->store, err);
	}
	sqlite3_finalize(statement);
	return done;
}

/* The latest first; from the same place, since another one may get another server's staples. */
static bool find_runs(struct reader *reader, int64_t numbers[static RUNS_MAX], size_t *num,
		      struct error *err)
{
	sqlite3_stmt *statement = store_prepare(
		reader->store, err,
		"SELECT run FROM runs WHERE id != ? AND started <= ? AND vantage IS ? "
		"AND EXISTS (SELECT 1 FROM additions WHERE additions.run = runs.run "
		"AND key = 'examinations') ORDER BY started DESC, run DESC LIMIT ?",
		"sssi", run_id(reader->run), run_started(reader->run), run_vantage(reader->run),
		(int64_t)RUNS_MAX);
	int result = SQLITE_DONE;
	*num = 0;
	if (statement == NULL)
		return false;
	while (*num < RUNS_MAX && (result = sqlite3_step(statement)) == SQLITE_ROW)
		numbers[(*num)++] = sqlite3_column_int64(statement, 0);
	if (result != SQLITE_DONE && result != SQLITE_ROW)
		store_fail(reader->store, err);
	sqlite3_finalize(statement);
	return result == SQLITE_DONE || result == SQLITE_ROW;
}

bool store_read_lives(struct store *store, struct run *run, struct error *err)
{
	struct reader reader = {.store = store, .run = run};
	int64_t numbers[RUNS_MAX];
	size_t num = 0;
	if (run_examinations(run) == NULL)
		return true;
	reader.lives = calloc(1, sizeof *reader.lives);
	if (reader.lives == NULL)
		return no_memory(err);
	struct error fault = ERROR_INIT;
	bool done = find_runs(&reader, numbers, &num, &fault);
	for (size_t i = 0; done && i < num; i++)
		done = add_run(&reader, numbers[i], &fault);
	if (fault.kind != ERROR_NONE) {
		staple_lives_free(reader.lives);
		return error_set(err, fault.kind, "%s", fault.text);
	}
	run_set_lives(run, reader.lives);
	return true;
}
