/*
 * The parts of reading scenarios that plan.c and the fuzz target use beside
 * scenario.h: a document in memory, the files of a directory, clashes of ids.
 */
#ifndef HARNESS_CONFIG_SCENARIO_READ_H
#define HARNESS_CONFIG_SCENARIO_READ_H

#include "harness/config/scenario.h"
#include "harness/config/words.h"
#include "harness/config/yaml.h"

/* Appends the scenarios of a parsed document; path gives id and family and need not
 * exist. On failure nothing is appended. */
bool scenario_read_yaml(struct scenario_list *list, struct yaml *yaml, const char *path,
			struct error *err);

/* Appends the path of every *.yaml below directory, in the order of scenario_read_trees. Names
 * that begin with a dot are passed over. No file at all is an error. */
bool scenario_find_files(struct words *paths, const char *directory, struct error *err);

/* An id in two files is an error that names both. */
bool scenario_check_unique(const struct scenario_list *list, struct error *err);

/*
 * Reads one file, appending one scenario per variant. All faults of the file are
 * reported together, each with its place. The family is the parent folder's name.
 */
bool scenario_read_file(struct scenario_list *list, const char *path, struct error *err);

/*
 * Reads every *.yaml below the directories, in the order of families in scenarios/README.md, then
 * by name. A file of a later directory overrides the file, with all its variants, that has its id
 * in an earlier one. A duplicate id within a directory is an error that names both files.
 */
bool scenario_read_trees(struct scenario_list *list, const char *const *directories, size_t num,
			 struct error *err);

#endif
