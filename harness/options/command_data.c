/* Knows which files are read before a command does its work. */
#include "harness/options/command_data.h"

#include "harness/options/client_option.h"
#include "harness/config/class_read.h"

#include <stdlib.h>
#include <string.h>

/* Cuts the folder of the project's data off a place in it; place may be NULL. */
static void shorten(char *place, const struct data_paths *paths)
{
	const char *slash = strrchr(paths->scenarios, '/');
	size_t len = slash != NULL ? (size_t)(slash - paths->scenarios) + 1 : 0;
	if (place != NULL && len > 0 && strncmp(place, paths->scenarios, len) == 0)
		memmove(place, place + len, strlen(place + len) + 1);
}

static void shorten_list(struct expectation_list *list, const struct data_paths *paths)
{
	for (size_t i = 0; i < list->num; i++)
		shorten(list->items[i].from, paths);
}

static void shorten_classes(struct class_file *file, const struct data_paths *paths)
{
	for (size_t i = 0; i < file->num_policies; i++) {
		shorten(file->policies[i].from, paths);
		shorten(file->policies[i].overrides, paths);
	}
	for (size_t i = 0; i < file->num_classes; i++) {
		shorten(file->classes[i].from, paths);
		shorten(file->classes[i].overrides, paths);
	}
}

void command_data_shorten(struct scenario_list *list, const struct data_paths *paths)
{
	for (size_t i = 0; i < list->num; i++) {
		shorten(list->items[i].file, paths);
		shorten(list->items[i].overrides, paths);
		shorten_list(&list->items[i].expect, paths);
	}
}

bool command_data_load(struct command_data *data, const struct options *options, struct error *err)
{
	*data = (struct command_data){0};
	if (!data_paths_find(&data->paths, err))
		return false;
	bool done = class_file_read(&data->classes, data->paths.classes, err);
	for (size_t i = 0; done && i < options->class_files.num; i++)
		done = class_file_add(&data->classes, options->class_files.items[i], err);
	if (data->paths.deviations != NULL &&
	    !expectation_read_deviations(&data->deviations, data->paths.deviations, err))
		done = false;
	for (size_t i = 0; i < options->deviation_files.num; i++)
		if (!expectation_read_deviations(&data->deviations,
						 options->deviation_files.items[i], err))
			done = false;
	if (options->expectations != NULL &&
	    !expectation_read_own(&data->deviations, options->expectations, err))
		done = false;
	if (done)
		done = client_option_add_stacks(&data->classes, options->clients.items,
						options->clients.num, err);
	shorten_list(&data->deviations, &data->paths);
	shorten_classes(&data->classes, &data->paths);
	if (!done)
		command_data_clear(data);
	return done;
}

bool command_data_plan(struct scenario_list *out, const struct data_paths *paths,
		       const struct options *options, const struct selection *selection,
		       struct error *err)
{
	const struct word_list *own = &options->scenario_directories;
	const char **directories = calloc(own->num + 1, sizeof *directories);
	if (directories == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	directories[0] = paths->scenarios;
	for (size_t i = 0; i < own->num; i++)
		directories[i + 1] = own->items[i];
	bool done = plan_scenarios(out, directories, own->num + 1, selection, err);
	free(directories);
	return done;
}

void command_data_clear(struct command_data *data)
{
	class_file_clear(&data->classes);
	expectation_list_clear(&data->deviations);
	data_paths_clear(&data->paths);
	*data = (struct command_data){0};
}

struct selection command_data_selection(const struct options *options)
{
	return (struct selection){
		.rows = options->words.items,
		.num_rows = options->words.num,
		.classes = options->classes.items,
		.num_classes = options->classes.num,
		.tags = options->tags.items,
		.num_tags = options->tags.num,
		.excludes = options->excludes.items,
		.num_excludes = options->excludes.num,
	};
}
