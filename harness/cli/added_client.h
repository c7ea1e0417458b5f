/* Stacks that a user adds with --client STACK=PATH, beside those of the class file. */
#ifndef HARNESS_CLI_ADDED_CLIENT_H
#define HARNESS_CLI_ADDED_CLIENT_H

#include "harness/config/class.h"

/*
 * For each "STACK=PATH" whose stack the file does not have: adds the stack, with every
 * built-in policy and native as its classes. A name that could not stand in a class id is
 * an error.
 */
bool added_clients(struct class_file *file, const char *const *clients, size_t num,
		   struct error *err);

#endif
