/*
 * The reading of classes.yaml, and of files of one's own, from a file or a parsed document.
 */
#ifndef HARNESS_CONFIG_CLASS_READ_H
#define HARNESS_CONFIG_CLASS_READ_H

#include "harness/config/class.h"
#include "harness/config/yaml.h"

/* Fills file, initialized or not. On failure err has every fault, and file must be cleared. */
bool class_file_read_yaml(struct class_file *file, struct yaml *yaml, struct error *err);

/* The same for a file of one's own, on top of what file has. */
bool class_file_add_yaml(struct class_file *file, struct yaml *yaml, struct error *err);

/* Reads classes.yaml: every built-in policy for every stack, every stack's native, and
 * the named classes. Contradicting policies are errors that name both places. */
bool class_file_read(struct class_file *file, const char *path, struct error *err);

/*
 * Reads a file of one's own on top: the same grammar, every part may be absent. What has the id
 * of an existing entry overrides it (a policy for every stack), the rest is added. On
 * failure file must be cleared.
 */
bool class_file_add(struct class_file *file, const char *path, struct error *err);
#endif
