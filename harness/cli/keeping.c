/* Knows how a run that goes on is kept, and how a word finds one that was. */
#include "harness/cli/keeping.h"

#include "harness/archive/document.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct store *keeping_open(const char *db, enum store_mode mode, struct error *err)
{
	char *usual = db == NULL ? store_default_path(err) : NULL;
	if (db == NULL && usual == NULL)
		return NULL;
	struct store *store = store_open(db != NULL ? db : usual, mode, err);
	free(usual);
	return store;
}

bool keeping_start(struct keeping *keeping, struct run *run, const struct options *options,
		   struct error *err)
{
	*keeping = (struct keeping){0};
	if (options->no_store)
		return true;
	keeping->store = keeping_open(options->db, STORE_WRITE, err);
	if (keeping->store != NULL)
		keeping->writer = store_begin(keeping->store, run, err);
	if (keeping->writer != NULL)
		return true;
	store_close(keeping->store);
	keeping->store = NULL;
	return false;
}

void keeping_take(struct keeping *keeping, size_t row, size_t class)
{
	if (keeping->writer != NULL)
		store_add(keeping->writer, row, class);
}

int keeping_tick(struct keeping *keeping)
{
	return keeping->writer != NULL ? store_tick(keeping->writer) : -1;
}

bool keeping_finish(struct keeping *keeping, struct error *err)
{
	bool done = keeping->writer == NULL || store_finish(keeping->writer, err);
	store_close(keeping->store);
	*keeping = (struct keeping){0};
	return done;
}

static bool is_path(const char *word)
{
	size_t len = strlen(word);
	return strcmp(word, "-") == 0 || strchr(word, '/') != NULL ||
	       (len > 5 && strcmp(word + len - 5, ".json") == 0);
}

struct run *keeping_load(const char *word, const char *db, unsigned what, struct error *err)
{
	struct run *run = NULL;
	if (is_path(word)) {
		document_read_file(&run, word, err);
		return run;
	}
	struct store *store = keeping_open(db, STORE_READ, err);
	if (store != NULL)
		run = store_load(store, word, what, err);
	store_close(store);
	/* No kept run, but there is such a file: it is meant, whatever its name ends in. */
	if (run == NULL && *word != '\0' && access(word, F_OK) == 0) {
		*err = ERROR_INIT;
		document_read_file(&run, word, err);
	}
	return run;
}
