/* A run before its work: vantage, command line, chosen classes. */
#ifndef HARNESS_CLI_RUN_SETUP_H
#define HARNESS_CLI_RUN_SETUP_H

#include "harness/options/command_data.h"
#include "harness/run/run.h"

/* A run with the chosen classes and their stacks, without rows and cells yet. argv as the command
 * got it. NULL with err. */
struct run *run_setup(const struct command_data *data, const struct options *options, int argc,
		      char **argv, struct error *err);

#endif
