/* --client STACK=PATH: a stack that the user adds to those of the class file. */
#ifndef HARNESS_OPTIONS_CLIENT_OPTION_H
#define HARNESS_OPTIONS_CLIENT_OPTION_H

#include "harness/config/class.h"

/*
 * For each "STACK=PATH" whose stack the file does not have: adds the stack, with every
 * built-in policy and native as its classes. A name that cannot be part of a class id is
 * an error.
 */
bool client_option_add_stacks(struct class_file *file, const char *const *clients, size_t num,
			      struct error *err);

#endif
