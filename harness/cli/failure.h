/* The exit statuses of a command, and how it says why it failed. */
#ifndef HARNESS_CLI_FAILURE_H
#define HARNESS_CLI_FAILURE_H

#include "core/error.h"

enum exit_status { EXIT_AS_EXPECTED = 0, EXIT_FINDING = 1, EXIT_USAGE = 2, EXIT_UNABLE = 3 };

/* Prints an error on standard error, line by line, each after the command's name; returns its exit
 * status. */
int failure_print(const char *name, const struct error *err);

#endif
