/* Knows the database as a file: where it is, its version, what can be wrong with it. */
#include "harness/archive/store.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/text.h"
#include "harness/archive/store_db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "RVSC": tells our databases from others. */
#define APPLICATION_ID 0x52565343
/* One value of a foreign database; a record is at most as long as a cell of a document. */
#define VALUE_MAX (64 << 20)

static const char schema[] = {
#include "harness/archive/store_schema.inc"
	0};

static const char additions[] = {
#include "harness/archive/store_additions.inc"
	0};

static const char rules[] = {
#include "harness/archive/store_rules.inc"
	0};

/* Step i brings a database of version i to i + 1. */
static const char *const steps[] = {schema, additions, rules};
#define VERSION ((int)(sizeof steps / sizeof *steps))

char *store_default_path(struct error *err)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *path = NULL;
	/* The specification wants relative values ignored. */
	bool has_state = state != NULL && state[0] == '/';
	if (!has_state && (home == NULL || home[0] != '/')) {
		error_set(err, ERROR_UNABLE,
			  "neither XDG_STATE_HOME nor HOME is set, so there is no place to save "
			  "runs; name a file with --db FILE");
		return NULL;
	}
	if (asprintf(&path, "%s%s/revoscope/runs.db", has_state ? state : home,
		     has_state ? "" : "/.local/state") < 0) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return NULL;
	}
	return path;
}

/* --- failures --- */

static const char *advice(int code)
{
	switch (code & 0xff) {
	case SQLITE_NOTADB: return "not a database of revoscope; use --db FILE for another";
	case SQLITE_CORRUPT:
		return "the database is damaged; move it away, or use --db FILE for another";
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return "another program has locked the database; stop it, or use --db FILE for "
		       "another";
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return "it cannot be written; check its permissions and those of its directory, or "
		       "use --db FILE for another";
	case SQLITE_CANTOPEN:
		return "it cannot be opened; check its permissions and those of its directory, or "
		       "use --db FILE for another";
	case SQLITE_FULL:
		return "no space left; free some (`revoscope list runs --prune 90d`), or use --db "
		       "FILE for another";
	default: return "use --db FILE for another database, or --no-store to save nothing";
	}
}

bool store_fail(struct store *store, struct error *err)
{
	int code = sqlite3_extended_errcode(store->db);
	int number = sqlite3_system_errno(store->db);
	bool is_file = (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_IOERR;
	return error_set(err, ERROR_UNABLE, "%s: %s: %s", store->path,
			 is_file && number != 0 ? strerror(number) : sqlite3_errmsg(store->db),
			 advice(code));
}

/* --- statements --- */

bool store_do(struct store *store, const char *sql, struct error *err)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       store_fail(store, err);
}

static int bind(sqlite3_stmt *statement, const char *types, va_list args)
{
	int result = SQLITE_OK;
	for (int i = 0; result == SQLITE_OK && types[i] != '\0'; i++) {
		int64_t number;
		switch (types[i]) {
		case 'i':
			result = sqlite3_bind_int64(statement, i + 1, va_arg(args, int64_t));
			break;
		case 'r':
			result = sqlite3_bind_double(statement, i + 1, va_arg(args, double));
			break;
		case 's':
			/* NULL is bound as NULL. */
			result = sqlite3_bind_text(statement, i + 1, va_arg(args, const char *), -1,
						   SQLITE_TRANSIENT);
			break;
		default:
			number = va_arg(args, int64_t);
			result = number < 0 ? sqlite3_bind_null(statement, i + 1)
					    : sqlite3_bind_int64(statement, i + 1, number);
			break;
		}
	}
	return result;
}

sqlite3_stmt *store_prepare(struct store *store, struct error *err, const char *sql,
			    const char *types, ...)
{
	sqlite3_stmt *statement = NULL;
	va_list args;
	va_start(args, types);
	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK ||
	    bind(statement, types, args) != SQLITE_OK) {
		store_fail(store, err);
		sqlite3_finalize(statement);
		statement = NULL;
	}
	va_end(args);
	return statement;
}

bool store_run(struct store *store, sqlite3_stmt *statement, struct error *err, const char *types,
	       ...)
{
	va_list args;
	va_start(args, types);
	bool done =
		bind(statement, types, args) == SQLITE_OK && sqlite3_step(statement) == SQLITE_DONE;
	va_end(args);
	if (!done)
		store_fail(store, err);
	sqlite3_reset(statement);
	return done;
}

const char *store_text(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);
	return text != NULL ? text : "";
}

/* --- opening --- */

static bool get_number(struct store *store, const char *sql, int64_t *out, struct error *err)
{
	sqlite3_stmt *statement = store_prepare(store, err, sql, "");
	if (statement == NULL)
		return false;
	bool done = sqlite3_step(statement) == SQLITE_ROW;
	*out = done ? sqlite3_column_int64(statement, 0) : 0;
	if (!done)
		store_fail(store, err);
	sqlite3_finalize(statement);
	return done;
}

/* The directories above a file, accessible to the user only (XDG Base Directory Specification). */
static bool make_folders(const char *path, struct error *err)
{
	char *folder = strdup(path);
	bool done = folder != NULL || error_set(err, ERROR_UNABLE, "out of memory");
	for (char *p = folder; done && (p = strchr(p + 1, '/')) != NULL; *p = '/') {
		*p = '\0';
		if (mkdir(folder, 0700) != 0 && errno != EEXIST && errno != EROFS &&
		    errno != EACCES)
			done = error_set_errno(
				err, ERROR_UNABLE,
				"%s: cannot be created; use --db FILE for another database",
				folder);
	}
	free(folder);
	return done;
}

/* Two processes that open a new database at the same moment: one of them gets BUSY immediately,
 * whatever the time-out (sqlite3_busy_timeout does not cover the change to WAL). */
static bool use_log(struct store *store, struct error *err)
{
	struct deadline deadline = deadline_in_ms(STORE_WAIT_MS);
	for (;;) {
		int result = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
		if (result == SQLITE_OK)
			return true;
		if (result != SQLITE_BUSY || deadline_over(deadline))
			return store_fail(store, err);
		usleep(20000);
	}
}

static bool is_ours(struct store *store, int64_t *version, struct error *err)
{
	int64_t application, num_tables;
	if (!get_number(store, "PRAGMA application_id", &application, err) ||
	    !get_number(store, "PRAGMA user_version", version, err) ||
	    !get_number(store, "SELECT count(*) FROM sqlite_schema", &num_tables, err))
		return false;
	if (application != APPLICATION_ID && (application != 0 || *version != 0 || num_tables != 0))
		return error_set(
			err, ERROR_UNABLE,
			"%s: is the database of another program; use --db FILE for another",
			store->path);
	if (*version > VERSION)
		return error_set(
			err, ERROR_UNABLE,
			"%s: was created by a newer revoscope (its tables are version %lld, this "
			"program supports %d); use that one, or --db FILE for another",
			store->path, (long long)*version, VERSION);
	return true;
}

static bool migrate(struct store *store, struct error *err)
{
	int64_t version;
	char sql[96];
	if (!store_do(store, "BEGIN IMMEDIATE", err))
		return false;
	/* Another process may have been faster. */
	bool done = is_ours(store, &version, err);
	for (; done && version < VERSION; version++)
		done = store_do(store, steps[version], err);
	snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 APPLICATION_ID, VERSION);
	done = done && store_do(store, sql, err) && store_do(store, "COMMIT", err);
	if (!done)
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return done;
}

/* A table's name may stand for a view that never ends. */
static bool has_tables(struct store *store, struct error *err)
{
	int64_t num = 0;
	if (!get_number(store,
			"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN "
			"('runs', 'stacks', 'classes', 'rows', 'expectations', 'cells', "
			"'records', 'parts', 'additions')",
			&num, err))
		return false;
	return num == 9 ||
	       error_set(err, ERROR_UNABLE,
			 "%s: its tables are not those of revoscope; use --db FILE for another",
			 store->path);
}

static bool connect(struct store *store, const char *name, int flags, struct error *err)
{
	sqlite3_close(store->db);
	if (sqlite3_open_v2(name, &store->db, flags, NULL) != SQLITE_OK)
		return store_fail(store, err);
	sqlite3_busy_timeout(store->db, STORE_WAIT_MS);
	sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return store_do(store,
			"PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; "
			"PRAGMA foreign_keys = ON",
			err);
}

/* A database in a read-only directory: without its log, which is empty there. */
static bool connect_frozen(struct store *store, int64_t *version, struct error *err)
{
	struct text name;
	text_init(&name, 0);
	text_append(&name, "file:");
	for (const char *p = store->path; *p != '\0'; p++)
		text_append_format(&name, strchr("?#%", *p) != NULL ? "%%%02x" : "%c",
				   (unsigned char)*p);
	text_append(&name, "?immutable=1");
	bool done =
		connect(store, text_string(&name), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err) &&
		is_ours(store, version, err);
	text_clear(&name);
	return done;
}

static bool open_to_read(struct store *store, struct error *err)
{
	struct error why = ERROR_INIT;
	struct stat info;
	int64_t version;
	if (stat(store->path, &info) != 0)
		return errno == ENOENT ? error_set(err, ERROR_USAGE,
						   "%s: not found: no run has been saved yet "
						   "(`revoscope run` saves one)",
						   store->path)
				       : error_set_errno(err, ERROR_UNABLE, "%s", store->path);
	bool done = connect(store, store->path, SQLITE_OPEN_READWRITE, &why) &&
		    is_ours(store, &version, &why);
	int code = sqlite3_errcode(store->db);
	if (!done && (code == SQLITE_CANTOPEN || code == SQLITE_READONLY)) {
		why = ERROR_INIT;
		done = connect_frozen(store, &version, &why);
	}
	if (done && version < VERSION)
		done = migrate(store, &why);
	if (!done)
		error_set(err, why.kind, "%s", why.text);
	return done && has_tables(store, err);
}

static bool open_to_write(struct store *store, struct error *err)
{
	int64_t version;
	if (!make_folders(store->path, err) ||
	    !connect(store, store->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err) ||
	    !is_ours(store, &version, err))
		return false;
	/* Before the first table, so that pruning can give pages back. */
	if (version == 0 && !store_do(store, "PRAGMA auto_vacuum = INCREMENTAL", err))
		return false;
	/* Without a sync per transaction: a power cut may cost the last ones, a killed process
	 * none. The log is written back after the run, not during it. */
	return use_log(store, err) &&
	       store_do(store, "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0", err) &&
	       (version == VERSION || migrate(store, err)) && has_tables(store, err);
}

struct store *store_open(const char *path, enum store_mode mode, struct error *err)
{
	struct store *store = calloc(1, sizeof *store);
	if (store == NULL || (store->path = strdup(path)) == NULL) {
		free(store);
		error_set(err, ERROR_UNABLE, "out of memory");
		return NULL;
	}
	if (mode == STORE_WRITE ? open_to_write(store, err) : open_to_read(store, err))
		return store;
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	sqlite3_close(store->db);
	free(store->path);
	free(store);
}
