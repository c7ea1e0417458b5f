/* Knows where saved runs are, and how a word of the command line finds one. */
#include "harness/cli/saved_run.h"

#include "harness/archive/document.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct store *saved_run_open_store(const char *db, enum store_mode mode, struct error *err)
{
	char *usual = db == NULL ? store_default_path(err) : NULL;
	if (db == NULL && usual == NULL)
		return NULL;
	struct store *store = store_open(db != NULL ? db : usual, mode, err);
	free(usual);
	return store;
}

static bool is_path(const char *word)
{
	size_t len = strlen(word);
	return strcmp(word, "-") == 0 || strchr(word, '/') != NULL ||
	       (len > 5 && strcmp(word + len - 5, ".json") == 0);
}

struct run *saved_run_load(const char *word, const char *db, unsigned what, struct error *err)
{
	struct run *run = NULL;
	if (is_path(word)) {
		document_read_file(&run, word, err);
		return run;
	}
	struct store *store = saved_run_open_store(db, STORE_READ, err);
	if (store != NULL)
		run = store_load(store, word, what, err);
	/* Without it reports show what this run saw. */
	struct error ignored = ERROR_INIT;
	if (run != NULL && (what & STORE_RECORDS) != 0)
		store_read_lives(store, run, &ignored);
	store_close(store);
	/* No kept run, but there is such a file: it is meant, whatever its name ends in. */
	if (run == NULL && *word != '\0' && access(word, F_OK) == 0) {
		*err = ERROR_INIT;
		document_read_file(&run, word, err);
	}
	return run;
}
