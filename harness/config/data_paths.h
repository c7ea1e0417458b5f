/*
 * Where the data and the programs beside revoscope are: in the build tree, or under
 * ../share/revoscope and ../libexec/revoscope of an installation. The environment
 * variables REVOSCOPE_DATA (a folder with scenarios/ and clients/) and REVOSCOPE_LIBEXEC
 * (a folder with the programs) take precedence, and are then the only place.
 */
#ifndef HARNESS_CONFIG_DATA_PATHS_H
#define HARNESS_CONFIG_DATA_PATHS_H

#include "core/error.h"

struct data_paths {
	char *scenarios;   /* folder */
	char *classes;     /* file */
	char *deviations;  /* file */
	char *environment; /* file: the sample of an environment */
	char *programs[4]; /* folders with programs, looked at in this order; NULL at the end */
};

/* Finds the data; an absent scenarios folder or class file is ERROR_UNABLE that names the place.
 * A file of deviations, or of an environment, need not exist: then it is NULL. */
bool data_paths_find(struct data_paths *paths, struct error *err);
void data_paths_clear(struct data_paths *paths);

/* The path of a program ("revoscope-lab"), new memory; a name with a slash is a path already. NULL
 * with err (ERROR_UNABLE, names where it looked) when there is no such executable file. */
char *data_paths_program(const struct data_paths *paths, const char *name, struct error *err);

#endif
