/*
 * The reading of classes.yaml from a document that is parsed already, for class.c and
 * the fuzz target.
 */
#ifndef HARNESS_CONFIG_CLASS_READ_H
#define HARNESS_CONFIG_CLASS_READ_H

#include "harness/config/class.h"
#include "harness/config/yaml.h"

/* Fills file, initialised or not. On failure err has every fault, and file must be cleared. */
bool class_file_read_yaml(struct class_file *file, struct yaml *yaml, struct error *err);

/* The same for a file of one's own, on top of what file has. */
bool class_file_add_yaml(struct class_file *file, struct yaml *yaml, struct error *err);

void client_class_clear(struct client_class *class);
void named_policy_clear(struct named_policy *policy);

#endif
