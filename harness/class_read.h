/*
 * The reading of classes.yaml from a document that is parsed already, for class.c and
 * the fuzz target.
 */
#ifndef HARNESS_CLASS_READ_H
#define HARNESS_CLASS_READ_H

#include "harness/class.h"
#include "harness/yaml.h"

/* Fills file, initialised or not. On failure err has every fault, and file wants clearing. */
bool class_file_read_yaml(struct class_file *file, struct yaml *yaml, struct error *err);

#endif
