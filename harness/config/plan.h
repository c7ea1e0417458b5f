/*
 * What will be run: the chosen rows (scenarios or endpoints) by the chosen classes.
 */
#ifndef HARNESS_CONFIG_PLAN_H
#define HARNESS_CONFIG_PLAN_H

#include "harness/config/class.h"
#include "harness/config/scenario.h"

/* What the user chose; every list may be empty. Borrowed strings. */
struct selection {
	const char *const *rows; /* ids, families, globs, or paths of scenario files */
	size_t num_rows;
	const char *const *classes; /* --class patterns: OR; empty: the default classes; "all" */
	size_t num_classes;
	const char *const *tags; /* --tag: a scenario needs one of them */
	size_t num_tags;
	const char *const *excludes; /* --exclude: patterns on scenario id, family/id or class id */
	size_t num_excludes;
	/* Without rows and tags, what is tagged `aside` is left out: it costs more memory and
	 * time than a run of everything should, or has no verdict to give. */
	bool leaves_out_aside;
};

/*
 * Chooses scenarios: reads the folders, later ones override earlier ones by id, and
 * every file that the selection names, keeps what is chosen. A word that matches nothing is an
 * error that names the nearest. The result owns its scenarios, and names what it left out.
 */
bool plan_scenarios(struct scenario_list *out, const char *const *directories,
		    size_t num_directories, const struct selection *selection, struct error *err);

/* Marks the chosen classes: chosen[i] for file->classes[i]; new memory, caller frees. A
 * pattern that matches nothing is an error that names the nearest. */
bool plan_classes(bool **chosen, const struct class_file *file, const struct selection *selection,
		  struct error *err);

#endif
