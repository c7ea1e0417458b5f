/*
 * The project's files and folders and the user's beside them: classes, deviations, expectations,
 * scenarios.
 */
#ifndef HARNESS_OPTIONS_COMMAND_DATA_H
#define HARNESS_OPTIONS_COMMAND_DATA_H

#include "harness/config/class.h"
#include "harness/config/data_paths.h"
#include "harness/config/expectation.h"
#include "harness/config/plan.h"
#include "harness/options/options.h"

struct command_data {
	struct data_paths paths;
	struct class_file classes;
	struct expectation_list deviations;
};

/* Finds and reads; on top what --classes, --deviations and --expect name, with the stacks that
 * --client adds. */
bool command_data_load(struct command_data *data, const struct options *options, struct error *err);
void command_data_clear(struct command_data *data);

/* Chooses among the project's scenarios and those of --scenarios. */
bool command_data_plan(struct scenario_list *out, const struct data_paths *paths,
		       const struct options *options, const struct selection *selection,
		       struct error *err);

/* Cuts the folder of the project's data off the files that scenarios come from, so that documents
 * of two machines can be compared. */
void command_data_shorten(struct scenario_list *list, const struct data_paths *paths);

/* The selection that the options make. Borrows from them. */
struct selection command_data_selection(const struct options *options);

#endif
