/*
 * What the files of the store share: the open database and how its failures are reported. Private
 * to store.
 */
#ifndef HARNESS_ARCHIVE_STORE_DB_H
#define HARNESS_ARCHIVE_STORE_DB_H

#include "harness/archive/store.h"

#include <sqlite3.h>

struct store {
	sqlite3 *db;
	char *path;
};

/* How long other processes are waited for, where that is not in the middle of a run. */
#define STORE_WAIT_MS 5000

/* Records what SQLite says last, with the file and what to do. Always returns false. */
bool store_fail(struct store *store, struct error *err);

/* One statement without values. */
bool store_do(struct store *store, const char *sql, struct error *err);

/* NULL with err. Values are bound in the order of `types`: i int64_t, s const char * or NULL,
 * m int64_t that is NULL when negative, r double. */
sqlite3_stmt *store_prepare(struct store *store, struct error *err, const char *sql,
			    const char *types, ...);

/* Binds anew and runs a statement that gives no rows. */
bool store_run(struct store *store, sqlite3_stmt *statement, struct error *err, const char *types,
	       ...);

/* Never NULL; "" for NULL. Borrowed until the next step. */
const char *store_text(sqlite3_stmt *statement, int column);

#endif
