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

/* Appends the path of every *.yaml below directory, in the order of scenario_read_tree. Names
 * that begin with a dot are passed over. No file at all is an error. */
bool scenario_find_files(struct words *paths, const char *directory, struct error *err);

/* An id in two files is an error that names both. */
bool scenario_check_unique(const struct scenario_list *list, struct error *err);

/* The length of the id without its variant. */
size_t scenario_plain_len(const char *id);

void scenario_clear(struct scenario *scenario);

#endif
