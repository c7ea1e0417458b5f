/* Knows which cell a word names, and prints its story. */
#include "harness/cli/explain_cell.h"

#include "core/text.h"
#include "harness/cli/saved_run.h"
#include "harness/options/terminal.h"
#include "reports/words/cell_text.h"
#include "harness/run/run_head.h"

#include <stdlib.h>
#include <string.h>

/* Where the run's name ends: at the first slash, or behind ".json" for a file. */
static const char *find_row(const char *word)
{
	const char *file = strstr(word, ".json/");
	return file != NULL ? file + 5 : strchr(word, '/');
}

bool explain_is_cell(const char *word)
{
	/* A class has a slash of its own. */
	const char *row = find_row(word);
	const char *class = row != NULL ? strchr(row + 1, '/') : NULL;
	return class != NULL && strchr(class + 1, '/') != NULL;
}

static const char *row_id(const struct run *run, size_t i)
{
	return run_row_at(run, i)->id;
}

static const char *class_id(const struct run *run, size_t i)
{
	return run_class_at(run, i)->class->id;
}

/* The index of an id; an unknown one is an error that names the nearest. */
static bool find_id(size_t *out, const struct run *run, const char *what, const char *id,
		    size_t num, const char *(*id_at)(const struct run *run, size_t i),
		    struct error *err)
{
	const char **ids = calloc(num + 1, sizeof *ids);
	for (size_t i = 0; ids != NULL && i < num; i++) {
		ids[i] = id_at(run, i);
		*out = i;
		if (strcmp(ids[i], id) == 0) {
			free(ids);
			return true;
		}
	}
	const char *near = ids != NULL ? text_nearest(id, ids, num) : NULL;
	error_set(err, ERROR_USAGE, "run %s has no %s '%.128s'%s%s%s", run_id(run), what, id,
		  near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
		  near != NULL ? "'?" : "");
	free(ids);
	return false;
}

static bool print_cell(struct run *run, const char *row, const char *class, struct error *err)
{
	size_t r, c;
	struct text story;
	if (!find_id(&r, run, run_is_lab(run) ? "scenario" : "endpoint", row, run_num_rows(run),
		     row_id, err) ||
	    !find_id(&c, run, "client class", class, run_num_classes(run), class_id, err))
		return false;
	text_init(&story, 0);
	bool done = cell_text_append(&story, run, r, c,
				     terminal_format_options(COLOR_NEVER, true).width, err);
	if (done)
		fputs(text_string(&story), stdout);
	text_clear(&story);
	return done;
}

bool explain_cell(const char *word, const char *db, struct error *err)
{
	size_t len = (size_t)(find_row(word) - word);
	char *name = strndup(word, len), *row = strdup(word + len + 1);
	char *class = row != NULL ? strchr(row, '/') : NULL;
	bool done = name != NULL && class != NULL;
	if (done) {
		*class ++ = '\0';
		struct run *run = saved_run_load(name, db, STORE_RECORDS, err);
		done = run != NULL && print_cell(run, row, class, err);
		run_free(run);
	} else {
		error_set(err, ERROR_UNABLE, "out of memory");
	}
	free(name);
	free(row);
	return done;
}
