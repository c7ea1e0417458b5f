/* Knows the command `list`: what there is to be named. */

#include "core/json.h"
#include "core/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/failure.h"
#include "harness/cli/json_output.h"
#include "harness/cli/list_runs.h"
#include "harness/drive/interrupt.h"
#include "harness/drive/job.h"
#include "harness/model/cause.h"
#include "harness/options/command_data.h"
#include "harness/run/stack_description.h"

#include <stdlib.h>
#include <string.h>

static const char doc[] =
	"Lists scenarios, classes, policies, stacks, reasons, causes or saved runs."
	"\v  scenarios   ids and titles, by family\n"
	"  classes     client classes: a stack, an enforcement, a policy\n"
	"  policies    the built-in policies\n"
	"  stacks      TLS stacks with versions and capabilities; starts the client programs,\n"
	"              and checks them in the lab as a run does\n"
	"  reasons     the closed list of reason codes\n"
	"  causes      the causes that the doctor can find\n"
	"  runs        the saved runs, latest first\n\n"
	"Examples:\n"
	"  revoscope list scenarios\n"
	"  revoscope list stacks --format json\n"
	"  revoscope list runs --prune 90d        delete older runs\n\n"
	"`revoscope explain NAME` says more about each but stacks and runs; `revoscope report RUN` "
	"shows a run.";

struct list_options {
	struct options common;
	bool as_json;
	const char *prune; /* an age; NULL: nothing is deleted */
};

enum key { KEY_SCENARIOS = 0x200, KEY_CLASSES, KEY_CLIENT, KEY_DB, KEY_PRUNE };

static const struct argp_option list_options[] = {
	{"format", 'f', "text|json", 0, "Output format (default: text)", 0},
	{"scenarios", KEY_SCENARIOS, "DIR", 0, OPTIONS_SCENARIOS_TEXT, 0},
	{"classes", KEY_CLASSES, "FILE", 0, OPTIONS_CLASSES_TEXT, 0},
	{"client", KEY_CLIENT, "STACK=PATH", 0, "Use this program for a stack, or add a stack", 0},
	{"db", KEY_DB, "FILE", 0, OPTIONS_DB_TEXT, 0},
	{"prune", KEY_PRUNE, "AGE", 0, "runs: delete those that started longer ago than AGE (90d)",
	 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct list_options *options = state->input;
	switch (key) {
	case ARGP_KEY_ARG: return word_list_add(&options->common.words, arg);
	case KEY_SCENARIOS: return word_list_add(&options->common.scenario_directories, arg);
	case KEY_CLASSES: return word_list_add(&options->common.class_files, arg);
	case KEY_CLIENT: return word_list_add(&options->common.clients, arg);
	case KEY_DB: options->common.db = arg; return 0;
	case KEY_PRUNE: options->prune = arg; return 0;
	case 'f':
		if (strcmp(arg, "json") != 0 && strcmp(arg, "text") != 0)
			options_fail(state, "--format: unknown format '%s' (one of: text, json)",
				     arg);
		options->as_json = strcmp(arg, "json") == 0;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp cmd_list_argp = {
	.options = list_options,
	.parser = parse,
	.args_doc = "scenarios|classes|policies|stacks|reasons|causes|runs",
	.doc = doc,
};

/* Ends a line of text; of what overrides another with the places of both. */
static void end_line(const char *from, const char *overrides)
{
	struct text words;
	text_init(&words, 0);
	if (overrides != NULL) {
		text_append(&words, " [");
		text_append_visible(&words, from, strlen(from));
		text_append(&words, ", overrides ");
		text_append_visible(&words, overrides, strlen(overrides));
		text_append(&words, "]");
	}
	puts(text_string(&words));
	text_clear(&words);
}

static bool list_scenarios(const struct command_data *data, const struct list_options *options,
			   struct error *err)
{
	struct scenario_list scenarios = {0};
	if (!command_data_plan(&scenarios, &data->paths, &options->common, &(struct selection){0},
			       err))
		return false;
	command_data_shorten(&scenarios, &data->paths);
	json_t *object = json_object();
	const char *family = NULL;
	for (size_t i = 0; i < scenarios.num; i++) {
		const struct scenario *scenario = &scenarios.items[i];
		if (options->as_json) {
			json_object_set_new(object, scenario->id, scenario_to_json(scenario));
			continue;
		}
		if (family == NULL || strcmp(family, scenario->family) != 0)
			printf("%s%s\n", family != NULL ? "\n" : "", scenario->family);
		family = scenario->family;
		printf("  %-32s %s", scenario->id, scenario->title);
		end_line(scenario->file, scenario->overrides);
	}
	if (options->as_json)
		json_output_print(json_incref(object));
	json_decref(object);
	scenario_list_clear(&scenarios);
	return true;
}

static bool list_classes(const struct command_data *data, const struct list_options *options,
			 struct error *err)
{
	(void)err;
	json_t *object = json_object();
	for (size_t i = 0; i < data->classes.num_classes; i++) {
		const struct client_class *class = &data->classes.classes[i];
		if (options->as_json)
			json_object_set_new(object, class->id,
					    class_to_json(&data->classes, class));
		else
			printf("%-28s %s%s", class->id, class->title,
			       class->is_default ? "" : " (only when named)");
		if (!options->as_json)
			end_line(class->from, class->overrides);
	}
	if (options->as_json)
		json_output_print(json_incref(object));
	json_decref(object);
	return true;
}

static bool list_policies(const struct command_data *data, const struct list_options *options,
			  struct error *err)
{
	(void)err;
	json_t *object = json_object();
	for (size_t i = 0; i < data->classes.num_policies; i++) {
		const struct named_policy *policy = &data->classes.policies[i];
		if (!options->as_json) {
			printf("%-15s %s", policy->id, policy->text);
			end_line(policy->from, policy->overrides);
			continue;
		}
		json_object_set_new(object, policy->id,
				    json_pack("{s:s, s:s, s:o, s:s?, s:s?}", "title", policy->title,
					      "text", policy->text, "policy",
					      policy_to_json(&policy->policy), "from", policy->from,
					      "overrides", policy->overrides));
	}
	if (options->as_json)
		json_output_print(json_incref(object));
	json_decref(object);
	return true;
}

/* A closed list: its names, and what each says. */
static void list_names(const struct name_table *table, const struct list_options *options)
{
	json_t *object = json_object();
	for (size_t i = 0; i < table->num; i++) {
		if (options->as_json)
			json_set(object, table->names[i], json_string(table->texts[i]));
		else
			printf("%-29s %s\n", table->names[i], table->texts[i]);
	}
	if (options->as_json)
		json_output_print(json_incref(object));
	json_decref(object);
}

static bool list_reasons(const struct command_data *data, const struct list_options *options,
			 struct error *err)
{
	(void)data;
	(void)err;
	list_names(&reason_names, options);
	return true;
}

static bool list_causes(const struct command_data *data, const struct list_options *options,
			struct error *err)
{
	(void)data;
	(void)err;
	list_names(&cause_names, options);
	return true;
}

static void print_stack(const struct run_stack *stack)
{
	const char *key;
	json_t *value;
	printf("%s: %s %s\n", stack->stack->id, stack->stack->title,
	       stack->version != NULL ? stack->version : "(not there)");
	if (stack->fault != NULL)
		printf("    %s\n", stack->fault);
	else
		printf("    compliant: it refuses an impossible policy, connects to a good "
		       "endpoint, rejects an "
		       "untrusted one\n");
	struct stack_description said;
	stack_description_read(&said, stack->description);
	if (said.capabilities.num > 0)
		printf("    can:");
	for (size_t i = 0; i < said.capabilities.num; i++)
		printf(" %s", json_texts_at(&said.capabilities, i));
	if (said.capabilities.num > 0)
		printf("\n");
	json_object_foreach((json_t *)said.lacks, key, value) printf(
		"    cannot %s: %s\n", key, json_is_string(value) ? json_string_value(value) : "?");
}

static json_t *stack_to_json(const struct run_stack *stack)
{
	json_t *object = stack->description != NULL ? json_copy(stack->description) : json_object();
	json_set(object, "title", json_string(stack->stack->title));
	json_set(object, "version",
		 stack->version != NULL ? json_foreign_string(stack->version) : json_null());
	json_set(object, "compliant", json_boolean(stack->compliant));
	json_set(object, "fault",
		 stack->fault != NULL ? json_foreign_string(stack->fault) : json_null());
	return object;
}

static bool list_stacks(const struct command_data *data, const struct list_options *options,
			struct error *err)
{
	struct run *run = run_new("", "", err);
	struct job_options job = {
		.only_programs = true,
		.paths = &data->paths,
		.clients = options->common.clients.items,
		.num_clients = options->common.clients.num,
		.deadline_ms = options->common.deadline_ms,
		.repeat = 1,
	};
	bool done = run != NULL;
	for (size_t i = 0; done && i < data->classes.num_stacks; i++)
		if (run_add_stack(run, &data->classes.stacks[i]) < 0)
			done = error_set(err, ERROR_UNABLE, "out of memory");
	if (done && interrupt_start(err))
		done = job_run(run, &job, err) == JOB_DONE;
	interrupt_stop();
	json_t *object = json_object();
	for (size_t i = 0; done && i < run_num_stacks(run); i++) {
		if (options->as_json)
			json_object_set_new(object, run_stack_at(run, i)->stack->id,
					    stack_to_json(run_stack_at(run, i)));
		else
			print_stack(run_stack_at(run, i));
	}
	if (done && options->as_json)
		json_output_print(json_incref(object));
	json_decref(object);
	run_free(run);
	if (!done)
		error_set(err, ERROR_INTERRUPTED, "interrupted");
	return done;
}

static bool list_kept_runs(const struct command_data *data, const struct list_options *options,
			   struct error *err)
{
	(void)data;
	return options->prune != NULL
		       ? list_runs_prune(options->common.db, options->prune, options->as_json, err)
		       : list_runs(options->common.db, options->as_json, err);
}

static const struct {
	const char *name;
	bool (*print)(const struct command_data *data, const struct list_options *options,
		      struct error *err);
} lists[] = {
	{"scenarios", list_scenarios}, {"classes", list_classes}, {"policies", list_policies},
	{"stacks", list_stacks},       {"reasons", list_reasons}, {"causes", list_causes},
	{"runs", list_kept_runs},
};
#define NUM_LISTS (sizeof lists / sizeof *lists)

static bool find_list(size_t *list, const struct list_options *options, struct error *err)
{
	const char *names[NUM_LISTS];
	for (size_t i = 0; i < NUM_LISTS; i++)
		names[i] = lists[i].name;
	if (options->common.words.num != 1)
		return error_set(
			err, ERROR_USAGE,
			"one of scenarios, classes, policies, stacks, reasons, causes, runs "
			"is expected");
	const char *word = options->common.words.items[0];
	for (*list = 0; *list < NUM_LISTS; (*list)++)
		if (strcmp(names[*list], word) == 0)
			return true;
	const char *nearest = text_nearest(word, names, NUM_LISTS);
	return error_set(err, ERROR_USAGE,
			 "unknown list '%s'%s%s%s (one of: scenarios, classes, policies, stacks, "
			 "reasons, causes, runs)",
			 word, nearest != NULL ? "; did you mean '" : "",
			 nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

static void print_list(size_t list, struct command_data *data, const struct list_options *options,
		       struct error *err)
{
	bool of_runs = strcmp(lists[list].name, "runs") == 0;
	if (options->prune != NULL && !of_runs)
		error_set(err, ERROR_USAGE, "--prune is for `list runs`");
	else if (of_runs || command_data_load(data, &options->common, err))
		lists[list].print(data, options, err);
}

int cmd_list(int argc, char **argv)
{
	struct list_options options = {0};
	struct error err = ERROR_INIT;
	struct command_data data = {0};
	options_init(&options.common);
	size_t list = 0;
	if (options_parse(&cmd_list_argp, argc, argv, &options, &err) &&
	    find_list(&list, &options, &err))
		print_list(list, &data, &options, &err);
	int status = err.kind != ERROR_NONE ? failure_print(argv[0], &err) : EXIT_AS_EXPECTED;
	command_data_clear(&data);
	options_clear(&options.common);
	return status;
}
