/* Knows which runs are there, which of them a word means, and how old ones go. */
#include "harness/archive/store.h"

#include "core/clock.h"
#include "core/text.h"
#include "harness/archive/store_db.h"
#include "harness/run/run_head.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAMED_MAX 5 /* runs that an ambiguous word names */

static bool copy_column(char **out, sqlite3_stmt *row, int column, struct error *err)
{
	*out = strdup(store_text(row, column));
	return *out != NULL || error_set(err, ERROR_UNABLE, "out of memory");
}

static bool add_run(struct store_run_list *list, sqlite3_stmt *row, struct error *err)
{
	struct store_run *items = reallocarray(list->items, list->num + 1, sizeof *items);
	if (items == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	list->items = items;
	struct store_run *item = &items[list->num++];
	*item = (struct store_run){0};
	snprintf(item->id, sizeof item->id, "%s", store_text(row, 0));
	snprintf(item->started, sizeof item->started, "%s", store_text(row, 1));
	snprintf(item->finished, sizeof item->finished, "%s", store_text(row, 2));
	snprintf(item->state, sizeof item->state, "%s", store_text(row, 3));
	item->in_lab = strcmp(store_text(row, 4), "lab") == 0;
	item->num_cells = (size_t)sqlite3_column_int64(row, 7);
	item->num_done = (size_t)sqlite3_column_int64(row, 8);
	item->num_unexpected = (size_t)sqlite3_column_int64(row, 9);
	return copy_column(&item->vantage, row, 5, err) && copy_column(&item->command, row, 6, err);
}

void store_run_list_clear(struct store_run_list *list)
{
	for (size_t i = 0; i < list->num; i++) {
		free(list->items[i].vantage);
		free(list->items[i].command);
	}
	free(list->items);
	*list = (struct store_run_list){0};
}

bool store_list(struct store *store, struct store_run_list *out, struct error *err)
{
	*out = (struct store_run_list){0};
	sqlite3_stmt *statement = store_prepare(
		store, err,
		"SELECT id, started, finished, state, kind, vantage, command, num_cells, num_done, "
		"num_unexpected FROM runs ORDER BY started DESC, run DESC",
		"");
	bool done = statement != NULL;
	int result = SQLITE_DONE;
	while (done && (result = sqlite3_step(statement)) == SQLITE_ROW)
		done = add_run(out, statement, err);
	if (done && result != SQLITE_DONE)
		done = store_fail(store, err);
	sqlite3_finalize(statement);
	if (!done)
		store_run_list_clear(out);
	return done;
}

/* "latest", "latest~2"; false for other words. */
static bool parse_latest(int64_t *back, const char *word)
{
	static const char latest[] = "latest";
	char *end;
	*back = 0;
	if (strncmp(word, latest, sizeof latest - 1) != 0)
		return false;
	word += sizeof latest - 1;
	if (*word == '\0')
		return true;
	errno = 0;
	if (*word != '~' || word[1] < '0' || word[1] > '9')
		return false;
	*back = strtol(word + 1, &end, 10);
	return *end == '\0' && errno == 0;
}

static bool fault_unknown(struct store *store, const char *word, struct error *err)
{
	struct store_run_list list;
	struct text shown;
	if (!store_list(store, &list, err))
		return false;
	text_init(&shown, 0);
	text_append_visible(&shown, word, strnlen(word, 64));
	const char **ids = calloc(list.num + 1, sizeof *ids);
	for (size_t i = 0; ids != NULL && i < list.num; i++)
		ids[i] = list.items[i].id;
	const char *near = ids != NULL ? text_nearest(word, ids, list.num) : NULL;
	if (list.num == 0)
		error_set(err, ERROR_USAGE, "%s: has no saved runs (`revoscope run` saves one)",
			  store->path);
	else
		error_set(err, ERROR_USAGE,
			  "no saved run '%s'%s%s%s (`revoscope list runs` lists them)",
			  text_string(&shown), near != NULL ? "; did you mean '" : "",
			  near != NULL ? near : "", near != NULL ? "'?" : "");
	free(ids);
	text_clear(&shown);
	store_run_list_clear(&list);
	return false;
}

static bool find_latest(struct store *store, char *id, int64_t back, struct error *err)
{
	sqlite3_stmt *statement = store_prepare(
		store, err,
		"SELECT id, (SELECT count(*) FROM runs) FROM runs ORDER BY started DESC, run DESC "
		"LIMIT 1 OFFSET ?",
		"i", back);
	if (statement == NULL)
		return false;
	int result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		snprintf(id, RUN_ID_MAX + 1, "%s", store_text(statement, 0));
	else if (result != SQLITE_DONE)
		store_fail(store, err);
	sqlite3_finalize(statement);
	if (result == SQLITE_DONE)
		error_set(err, ERROR_USAGE,
			  "%s: there are fewer saved runs (`revoscope list runs` lists them)",
			  store->path);
	return result == SQLITE_ROW;
}

bool store_find(struct store *store, char id[static RUN_ID_MAX + 1], const char *word,
		struct error *err)
{
	int64_t back;
	size_t num = 0;
	struct text fitting;
	if (parse_latest(&back, word))
		return find_latest(store, id, back, err);
	sqlite3_stmt *statement = store_prepare(
		store, err,
		"SELECT id, id = ?1 AS whole FROM runs WHERE length(?1) > 0 AND "
		"(substr(id, 1, length(?1)) = ?1 OR substr(id, instr(id, '-') + 1) = ?1) "
		"ORDER BY whole DESC, started DESC",
		"s", word);
	if (statement == NULL)
		return false;
	text_init(&fitting, 0);
	int result;
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		if (num == 0)
			snprintf(id, RUN_ID_MAX + 1, "%s", store_text(statement, 0));
		if (num < NAMED_MAX)
			text_append_format(&fitting, "%s%s", num > 0 ? ", " : "",
					   store_text(statement, 0));
		num++;
		if (sqlite3_column_int(statement, 1) != 0) {
			result = SQLITE_DONE;
			break;
		}
	}
	if (result != SQLITE_DONE)
		store_fail(store, err);
	sqlite3_finalize(statement);
	if (result == SQLITE_DONE && num == 0)
		fault_unknown(store, word, err);
	else if (num > 1)
		error_set(err, ERROR_USAGE, "'%s' is ambiguous, it matches %zu runs: %s%s", word,
			  num, text_string(&fitting), num > NAMED_MAX ? ", ..." : "");
	text_clear(&fitting);
	return result == SQLITE_DONE && num == 1;
}

bool store_prune(struct store *store, int64_t before, size_t *num, struct error *err)
{
	char text[32];
	sqlite3_stmt *statement = store_prepare(store, err, "DELETE FROM runs WHERE started < ?",
						"s", clock_print_utc(text, before));
	if (statement == NULL)
		return false;
	bool done = sqlite3_step(statement) == SQLITE_DONE || store_fail(store, err);
	*num = done ? (size_t)sqlite3_changes(store->db) : 0;
	sqlite3_finalize(statement);
	return done && store_do(store, "PRAGMA incremental_vacuum", err) &&
	       store_do(store, "PRAGMA wal_checkpoint(TRUNCATE)", err);
}
