/* Knows how kept runs are listed and pruned. */
#include "harness/cli/list_runs.h"

#include "core/clock.h"
#include "core/json.h"
#include "core/text.h"
#include "harness/archive/store.h"
#include "harness/cli/json_output.h"
#include "harness/options/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The store when there is one; *is_there is false, without err, when no run was kept yet. */
static struct store *open_if_there(const char *db, enum store_mode mode, bool *is_there,
				   struct error *err)
{
	char *path = db != NULL ? strdup(db) : store_default_path(err);
	struct store *store = NULL;
	*is_there = path != NULL && access(path, F_OK) == 0;
	if (*is_there)
		store = store_open(path, mode, err);
	else if (path == NULL)
		error_set(err, ERROR_UNABLE, "out of memory");
	free(path);
	return store;
}

static json_t *run_to_json(const struct store_run *run)
{
	json_t *object = json_object();
	json_set(object, "started", json_foreign_string(run->started));
	json_set(object, "finished",
		 run->finished[0] != '\0' ? json_foreign_string(run->finished) : json_null());
	json_set(object, "state", json_foreign_string(run->state));
	json_set(object, "kind", json_string(run->in_lab ? "lab" : "endpoints"));
	json_set(object, "vantage", json_foreign_string(run->vantage));
	json_set(object, "command", json_foreign_string(run->command));
	json_set(object, "cells", json_integer((json_int_t)run->num_cells));
	json_set(object, "done", json_integer((json_int_t)run->num_done));
	json_set(object, "unexpected", json_integer((json_int_t)run->num_unexpected));
	return object;
}

static void append_cut(struct text *line, const char *words, size_t most)
{
	struct text visible;
	text_init(&visible, 0);
	text_append_visible(&visible, words, strlen(words));
	const char *shown = text_string(&visible);
	size_t len = visible.len;
	if (len > most && most > 3) {
		/* Never in the middle of a character. */
		for (len = most - 3; len > 0 && ((unsigned char)shown[len] & 0xc0) == 0x80; len--)
			;
		text_append_bytes(line, shown, len);
		text_append(line, "...");
	} else {
		text_append_bytes(line, shown, len);
	}
	text_clear(&visible);
}

static void print_run(const struct store_run *run, size_t width)
{
	struct text line;
	bool is_whole = strcmp(run->state, "finished") == 0;
	text_init(&line, 0);
	text_append_format(&line, "%-21s  %.10s %.8sZ  ", run->id, run->started,
			   strlen(run->started) > 11 ? run->started + 11 : "");
	append_cut(&line, run->vantage, 20);
	if (!is_whole)
		text_append_format(&line, "  %s: %zu of %zu cells", run->state, run->num_done,
				   run->num_cells);
	else
		text_append_format(&line, "  %zu cells", run->num_cells);
	text_append_format(&line, ", %zu unexpected\n    ", run->num_unexpected);
	append_cut(&line, run->command, width - 4);
	puts(text_string(&line));
	text_clear(&line);
}

bool list_runs(const char *db, bool as_json, struct error *err)
{
	bool is_there;
	struct store_run_list list = {0};
	struct store *store = open_if_there(db, STORE_READ, &is_there, err);
	bool done = err->kind == ERROR_NONE && (store == NULL || store_list(store, &list, err));
	size_t width = (size_t)terminal_format_options(COLOR_NEVER, true).width;
	json_t *object = json_object();
	for (size_t i = 0; done && i < list.num; i++) {
		if (as_json)
			json_object_set_new(object, list.items[i].id, run_to_json(&list.items[i]));
		else
			print_run(&list.items[i], width);
	}
	if (done && as_json)
		json_output_print(json_incref(object));
	else if (done && list.num == 0)
		fputs("no run is saved yet; `revoscope run` and `revoscope probe` save theirs\n",
		      stderr);
	json_decref(object);
	store_run_list_clear(&list);
	store_close(store);
	return done;
}

bool list_runs_prune(const char *db, const char *age, bool as_json, struct error *err)
{
	bool is_there;
	int64_t ms;
	size_t num = 0;
	struct store_run_list list = {0};
	if (!duration_parse(&ms, age) || ms < 0)
		return error_set(err, ERROR_USAGE,
				 "--prune: invalid age '%.64s' (such as 90d or 12h)", age);
	struct store *store = open_if_there(db, STORE_WRITE, &is_there, err);
	bool done = err->kind == ERROR_NONE;
	if (store != NULL)
		done = store_prune(store, clock_wall_s() - ms / 1000, &num, err) &&
		       store_list(store, &list, err);
	if (done && as_json)
		json_output_print(json_pack("{s:I, s:I}", "deleted", (json_int_t)num, "kept",
					    (json_int_t)list.num));
	else if (done)
		printf("%zu run%s deleted, %zu remaining\n", num, num == 1 ? "" : "s", list.num);
	store_run_list_clear(&list);
	store_close(store);
	return done;
}
