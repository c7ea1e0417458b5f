/* Knows how the parts of a result document become a run again. */
#include "harness/archive/run_maker.h"

#include "core/clock.h"
#include "core/json.h"
#include "core/ruleset.h"
#include "core/text.h"
#include "harness/archive/expectation_json.h"
#include "harness/run/run_head.h"

#include <stdlib.h>
#include <string.h>

#define ID_MAX 1024
/* More than a document or a list of targets can have; a foreign one might claim more rows and
 * classes than there is memory for. */
#define CELLS_MAX 2000000

/* What a run borrows when it is live; here it is its own. */
struct made {
	struct class_file classes;
	struct scenario_list scenarios;
	struct expectation_list deviations;
	struct expectation_list *expected; /* of one each, so that they stay where they are */
	size_t num_expected, expected_size;
};

struct run_maker {
	struct run *run;
	struct made *made; /* the run's */
	struct run_maker_size size;
	json_t *expected; /* what was expected, as text: its index */
	json_t *rows, *classes;
};

static void made_free(void *owned)
{
	struct made *made = owned;
	class_file_clear(&made->classes);
	scenario_list_clear(&made->scenarios);
	expectation_list_clear(&made->deviations);
	for (size_t i = 0; i < made->num_expected; i++)
		expectation_list_clear(&made->expected[i]);
	free(made->expected);
	free(made);
}

static bool no_memory(struct error *err)
{
	return error_set(err, ERROR_UNABLE, "out of memory");
}

struct run_maker *run_maker_new(const struct run_maker_size *size, struct error *err)
{
	struct run_maker *maker = calloc(1, sizeof *maker);
	struct made *made = calloc(1, sizeof *made);
	if (maker == NULL || made == NULL || (maker->run = run_new("", "", err)) == NULL) {
		free(made);
		free(maker);
		no_memory(err);
		return NULL;
	}
	run_own(maker->run, made, made_free);
	maker->made = made;
	maker->size = *size;
	maker->expected = json_object();
	maker->rows = json_object();
	maker->classes = json_object();
	made->classes.stacks = calloc(size->num_stacks + 1, sizeof *made->classes.stacks);
	made->classes.classes = calloc(size->num_classes + 1, sizeof *made->classes.classes);
	made->scenarios.items = calloc(size->num_rows + 1, sizeof *made->scenarios.items);
	if (maker->expected != NULL && maker->rows != NULL && maker->classes != NULL &&
	    made->classes.stacks != NULL && made->classes.classes != NULL &&
	    made->scenarios.items != NULL)
		return maker;
	run_maker_free(maker);
	no_memory(err);
	return NULL;
}

void run_maker_free(struct run_maker *maker)
{
	if (maker == NULL)
		return;
	run_free(maker->run);
	json_decref(maker->expected);
	json_decref(maker->rows);
	json_decref(maker->classes);
	free(maker);
}

struct run *run_maker_run(struct run_maker *maker)
{
	return maker->run;
}

struct run *run_maker_take(struct run_maker *maker)
{
	struct run *run = maker->run;
	maker->run = NULL;
	run_maker_free(maker);
	return run;
}

/* --- texts --- */

/* A text that has to be there. Borrowed. */
static const char *take(const json_t *about, const char *key, struct error *err)
{
	const char *text = json_string_value(json_object_get(about, key));
	if (text == NULL)
		error_set(err, ERROR_USAGE, "'%s' is missing or not a string", key);
	return text;
}

static bool take_copy(char **out, const json_t *about, const char *key, struct error *err)
{
	const char *text = take(about, key, err);
	if (text == NULL)
		return false;
	*out = strdup(text);
	return *out != NULL || no_memory(err);
}

/* The same of a text that may be null or absent. */
static bool take_maybe(char **out, const json_t *about, const char *key, struct error *err)
{
	const json_t *value = json_object_get(about, key);
	*out = NULL;
	return value == NULL || json_is_null(value) || take_copy(out, about, key, err);
}

/* Ids are put into lines, paths and attributes of reports. Live ones are harmless by the readers
 * of classes, scenarios and targets. */
static bool check_id(const char *what, const char *id, struct error *err)
{
	struct text visible;
	size_t len = strlen(id);
	text_init(&visible, 0);
	text_append_visible(&visible, id, len);
	bool fits = len > 0 && len <= ID_MAX && strcmp(text_string(&visible), id) == 0;
	if (!fits)
		error_set(err, ERROR_USAGE, "invalid id '%.64s' of a %s", text_string(&visible),
			  what);
	text_clear(&visible);
	return fits;
}

static bool take_id(char **out, const char *what, const char *id, struct error *err)
{
	if (!check_id(what, id, err))
		return false;
	*out = strdup(id);
	return *out != NULL || no_memory(err);
}

static bool take_name(int *out, const json_t *about, const char *key,
		      const struct name_table *table, struct error *err)
{
	const char *text = take(about, key, err);
	if (text == NULL)
		return false;
	*out = name_find(table, text);
	return *out >= 0 ||
	       error_set(err, ERROR_USAGE, "'%.64s' is not a known %s", text, table->what);
}

/* "2026-11-23T01:02:03Z" */
static bool take_time(const char **out, const json_t *about, const char *key, struct error *err)
{
	static const char pattern[] = "0000-00-00T00:00:00Z";
	*out = take(about, key, err);
	if (*out == NULL)
		return false;
	bool fits = strlen(*out) == sizeof pattern - 1;
	for (size_t i = 0; fits && i < sizeof pattern - 1; i++)
		fits = pattern[i] == '0' ? (*out)[i] >= '0' && (*out)[i] <= '9'
					 : (*out)[i] == pattern[i];
	return fits || error_set(err, ERROR_USAGE, "'%s' is not a time in UTC", key);
}

static bool check_object(const json_t *about, struct error *err)
{
	return json_is_object(about) || error_set(err, ERROR_USAGE, "an object is expected");
}

/* --- the run --- */

static bool take_clock(struct run_clock *clock, const json_t *about, struct error *err)
{
	const char *at;
	const json_t *object = json_object_get(about, "clock");
	const json_t *offset = json_object_get(object, "offset_s");
	if (!json_is_integer(offset))
		return error_set(err, ERROR_USAGE, "'clock' has no offset_s");
	if (!take_time(&at, object, "at", err))
		return false;
	clock->offset_s = json_integer_value(offset);
	snprintf(clock->at, sizeof clock->at, "%s", at);
	return true;
}

static bool set_arguments(struct run *run, const json_t *about, struct error *err)
{
	size_t i;
	json_t *word, *arguments = json_object_get(about, "arguments");
	const char *directory = json_string_value(json_object_get(about, "directory"));
	if (arguments == NULL || json_is_null(arguments))
		return true;
	if (!json_is_array(arguments))
		return error_set(err, ERROR_USAGE, "'arguments' is not a list");
	json_array_foreach(arguments, i, word)
	{
		if (!json_is_string(word))
			return error_set(err, ERROR_USAGE, "'arguments' is not a list of strings");
	}
	run_set_arguments(run, directory, arguments);
	return true;
}

bool run_maker_set_run(struct run_maker *maker, const json_t *about, const char *version,
		       struct error *err)
{
	struct run_origin origin = {.version = version};
	const json_t *finished = json_object_get(about, "finished");
	const json_t *factor = json_object_get(about, "time_factor");
	if (!check_object(about, err))
		return false;
	origin.vantage = take(about, "vantage", err);
	origin.command = take(about, "command", err);
	origin.id = take(about, "id", err);
	if (origin.vantage == NULL || origin.command == NULL || origin.id == NULL ||
	    !check_id("run", origin.id, err) || !take_time(&origin.started, about, "started", err))
		return false;
	if (strlen(origin.id) > RUN_ID_MAX)
		return error_set(err, ERROR_USAGE, "the run's id is longer than %d characters",
				 RUN_ID_MAX);
	if (finished != NULL && !json_is_null(finished) &&
	    !take_time(&origin.finished, about, "finished", err))
		return false;
	origin.time_factor = json_number_value(factor);
	if (!json_is_number(factor) || origin.time_factor < 1)
		return error_set(err, ERROR_USAGE, "'time_factor' is not a number of at least 1");
	return take_clock(&origin.clock, about, err) &&
	       ruleset_read(&origin.rules, about, RULESET_FIRST, err) &&
	       run_restore(maker->run, &origin, err) && set_arguments(maker->run, about, err);
}

bool run_maker_add_stack(struct run_maker *maker, const char *id, const json_t *about,
			 struct error *err)
{
	struct class_file *file = &maker->made->classes;
	json_t *capabilities = json_object_get(about, "capabilities");
	json_t *lacks = json_object_get(about, "lacks");
	if (!check_object(about, err))
		return false;
	if (file->num_stacks == maker->size.num_stacks)
		return error_set(err, ERROR_USAGE, "too many stacks");
	struct stack *stack = &file->stacks[file->num_stacks++];
	if (!take_id(&stack->id, "stack", id, err) ||
	    !take_copy(&stack->title, about, "title", err))
		return false;
	int index = run_add_stack(maker->run, stack);
	if (index < 0)
		return no_memory(err);
	struct run_stack *added = run_stack_at(maker->run, (size_t)index);
	if (!take_maybe(&added->version, about, "version", err) ||
	    !take_maybe(&added->fault, about, "fault", err) ||
	    !take_maybe(&added->last_failure, about, "last_failure", err))
		return false;
	added->compliant = json_is_true(json_object_get(about, "compliant"));
	json_int_t restarts = json_integer_value(json_object_get(about, "restarts"));
	added->num_restarts = restarts > 0 ? (size_t)restarts : 0;
	added->description = json_object();
	if (json_is_array(capabilities))
		json_set(added->description, "capabilities", json_incref(capabilities));
	if (json_is_object(lacks))
		json_set(added->description, "lacks", json_incref(lacks));
	return true;
}

static bool find_stack(size_t *out, const struct class_file *file, const char *id,
		       struct error *err)
{
	for (size_t i = 0; i < file->num_stacks; i++) {
		*out = i;
		if (strcmp(file->stacks[i].id, id) == 0)
			return true;
	}
	return error_set(err, ERROR_USAGE, "its stack '%.64s' is not among the stacks", id);
}

bool run_maker_add_class(struct run_maker *maker, const char *id, const json_t *about,
			 struct error *err)
{
	struct class_file *file = &maker->made->classes;
	if (!check_object(about, err))
		return false;
	if (file->num_classes == maker->size.num_classes)
		return error_set(err, ERROR_USAGE, "too many classes");
	struct client_class *class = &file->classes[file->num_classes];
	json_set(maker->classes, id, json_integer((json_int_t)file->num_classes++));
	const char *stack = take(about, "stack", err);
	const char *enforcement = take(about, "enforcement", err);
	if (stack == NULL || enforcement == NULL || !find_stack(&class->stack, file, stack, err) ||
	    !take_id(&class->id, "client class", id, err) ||
	    !take_copy(&class->title, about, "title", err) ||
	    !take_maybe(&class->text, about, "text", err) ||
	    !take_copy(&class->policy_id, about, "policy_id", err) ||
	    !check_id("policy", class->policy_id, err) ||
	    !take_copy(&class->origin, about, "origin", err) ||
	    !take_maybe(&class->reference, about, "reference", err) ||
	    !take_maybe(&class->from, about, "from", err) ||
	    !take_maybe(&class->overrides, about, "overrides", err))
		return false;
	class->native = strcmp(enforcement, "native") == 0;
	policy_init(&class->policy);
	if (!class->native &&
	    !policy_from_json(&class->policy, json_object_get(about, "policy"), err))
		return false;
	return run_add_class(maker->run, class, class->stack) >= 0 || no_memory(err);
}

static bool take_tags(struct scenario *scenario, const json_t *about, struct error *err)
{
	const json_t *tags = json_object_get(about, "tags");
	size_t num = json_array_size(tags);
	scenario->tags = calloc(num + 1, sizeof *scenario->tags);
	if (scenario->tags == NULL)
		return no_memory(err);
	for (size_t i = 0; i < num; i++) {
		const char *tag = json_string_value(json_array_get(tags, i));
		if (tag == NULL)
			return error_set(err, ERROR_USAGE, "'tags' is not a list of strings");
		scenario->tags[i] = strdup(tag);
		if (scenario->tags[i] == NULL)
			return no_memory(err);
		scenario->num_tags++;
	}
	return true;
}

static bool read_scenario(struct scenario *scenario, const char *id, const json_t *about,
			  struct error *err)
{
	int truth;
	if (!take_id(&scenario->id, "scenario", id, err) ||
	    !take_copy(&scenario->title, about, "title", err) ||
	    !take_copy(&scenario->why, about, "why", err) ||
	    !take_maybe(&scenario->source, about, "source", err) ||
	    !take_copy(&scenario->family, about, "family", err) ||
	    !take_copy(&scenario->file, about, "from", err) ||
	    !take_maybe(&scenario->overrides, about, "overrides", err) ||
	    !take_tags(scenario, about, err) ||
	    !take_name(&truth, about, "truth", &status_names, err))
		return false;
	scenario->truth = (enum status)truth;
	return situation_from_json(&scenario->situation, json_object_get(about, "situation"), err);
}

bool run_maker_add_row(struct run_maker *maker, const char *id, const json_t *about,
		       bool is_scenario, struct error *err)
{
	struct scenario_list *scenarios = &maker->made->scenarios;
	struct run_row row = {.id = (char *)id};
	if (!check_object(about, err))
		return false;
	if (run_num_rows(maker->run) == maker->size.num_rows)
		return error_set(err, ERROR_USAGE, "too many rows");
	if (is_scenario) {
		struct scenario *scenario = &scenarios->items[scenarios->num++];
		if (!read_scenario(scenario, id, about, err))
			return false;
		row.scenario = scenario;
	} else {
		json_int_t port = json_integer_value(json_object_get(about, "port"));
		row.host = (char *)take(about, "host", err);
		row.address = (char *)json_string_value(json_object_get(about, "address"));
		row.server_name = (char *)take(about, "server_name", err);
		if (row.host == NULL || row.server_name == NULL || !check_id("endpoint", id, err))
			return false;
		if (port < 1 || port > 65535)
			return error_set(err, ERROR_USAGE, "'port' is not a port");
		row.port = (int)port;
	}
	json_set(maker->rows, id, json_integer((json_int_t)run_num_rows(maker->run)));
	return run_add_row(maker->run, &row) >= 0 || no_memory(err);
}

bool run_maker_make_cells(struct run_maker *maker, struct error *err)
{
	if (run_num_rows(maker->run) != maker->size.num_rows ||
	    run_num_classes(maker->run) != maker->size.num_classes)
		return error_set(err, ERROR_USAGE, "rows or classes are missing");
	if (maker->size.num_classes > 0 &&
	    maker->size.num_rows > CELLS_MAX / maker->size.num_classes)
		return error_set(err, ERROR_USAGE, "more than %d cells", CELLS_MAX);
	return run_make_cells(maker->run, err);
}

bool run_maker_find(const struct run_maker *maker, size_t *row, size_t *class, const char *row_id,
		    const char *class_id)
{
	const json_t *r = json_object_get(maker->rows, row_id);
	const json_t *c = json_object_get(maker->classes, class_id);
	*row = (size_t)json_integer_value(r);
	*class = (size_t)json_integer_value(c);
	return r != NULL && c != NULL;
}

/* --- what was expected --- */

static bool read_expectation(struct expectation *item, const json_t *about, struct error *err)
{
	int value;
	if (!check_object(about, err) ||
	    !take_name(&value, about, "outcome", &outcome_names, err) ||
	    !take_maybe(&item->why, about, "why", err) ||
	    !take_copy(&item->from, about, "from", err))
		return false;
	item->outcome = (enum outcome)value;
	item->has_reason = json_object_get(about, "reason") != NULL;
	if (item->has_reason && !take_name(&value, about, "reason", &reason_names, err))
		return false;
	item->reason = item->has_reason ? (enum reason)value : 0;
	return true;
}

static struct expectation *add_expectation(struct made *made)
{
	if (made->num_expected == made->expected_size) {
		size_t size = made->expected_size * 2 + 16;
		struct expectation_list *grown = reallocarray(made->expected, size, sizeof *grown);
		if (grown == NULL)
			return NULL;
		made->expected = grown;
		made->expected_size = size;
	}
	struct expectation_list *list = &made->expected[made->num_expected];
	*list = (struct expectation_list){calloc(1, sizeof *list->items), 1};
	if (list->items == NULL)
		return NULL;
	made->num_expected++;
	return list->items;
}

bool run_maker_expect(struct run_maker *maker, struct expectation **out, const json_t *expected,
		      struct error *err)
{
	*out = NULL;
	if (expected == NULL || json_is_null(expected))
		return true;
	if (!check_object(expected, err))
		return false;
	char *text = json_dumps(expected, JSON_COMPACT | JSON_SORT_KEYS);
	if (text == NULL)
		return no_memory(err);
	const json_t *known = json_object_get(maker->expected, text);
	bool done = true;
	if (known != NULL) {
		*out = maker->made->expected[json_integer_value(known)].items;
	} else {
		json_set(maker->expected, text,
			 json_integer((json_int_t)maker->made->num_expected));
		*out = add_expectation(maker->made);
		done = *out != NULL
			       ? read_expectation(*out, expected, err) &&
					 take_maybe(&(*out)->versions, expected, "versions", err) &&
					 ruleset_read(&(*out)->rules, expected, 0, err)
			       : no_memory(err);
		if (done)
			(*out)->is_deviation = json_is_true(json_object_get(expected, "deviation"));
	}
	free(text);
	return done;
}

bool run_maker_set_faults(struct run_maker *maker, const json_t *summary, struct error *err)
{
	struct expectation_list *deviations = &maker->made->deviations;
	const json_t *stale = json_object_get(summary, "stale_deviations");
	const json_t *others = json_object_get(summary, "expectations");
	size_t num = json_array_size(stale);
	deviations->items = calloc(num + 1, sizeof *deviations->items);
	if (deviations->items == NULL)
		return no_memory(err);
	for (size_t i = 0; i < num; i++) {
		const json_t *about = json_array_get(stale, i);
		struct expectation *item = &deviations->items[i];
		deviations->num++;
		if (!read_expectation(item, about, err) ||
		    !take_copy(&item->class_pattern, about, "class", err) ||
		    !take_copy(&item->row_pattern, about, "scenario", err))
			return error_prefix(err, "stale_deviations");
		item->is_deviation = true;
		item->num_applied = 1;
	}
	run_set_deviations(maker->run, deviations);
	return others == NULL || expectation_faults_from_json(deviations, others, err);
}
