/*
 * A YAML file whose every node knows its place, so that an error about what a
 * value means names file, line and column just as one about its syntax does.
 * The only file that includes libfyaml is yaml.c.
 */
#ifndef HARNESS_CONFIG_YAML_H
#define HARNESS_CONFIG_YAML_H

#include "core/error.h"

#include <stdbool.h>
#include <stddef.h>

#define YAML_MAX_BYTES ((size_t)1 << 20)

struct yaml;      /* a document with its file name */
struct yaml_node; /* borrowed from its document */

enum yaml_kind { YAML_SCALAR, YAML_MAPPING, YAML_SEQUENCE };

/* Reads a file of at most 1 MiB. Refused, each with file:line:column: what is no
 * UTF-8, binary, broken or empty, duplicate keys, more than one document. */
struct yaml *yaml_load(const char *path, struct error *err);

/* The same from memory; name is what errors call it. */
struct yaml *yaml_parse(const char *name, const char *bytes, size_t len, struct error *err);
void yaml_free(struct yaml *yaml);

const char *yaml_name(const struct yaml *yaml);
struct yaml_node *yaml_root(struct yaml *yaml);

enum yaml_kind yaml_kind(const struct yaml_node *node);
int yaml_line(const struct yaml_node *node);   /* from 1 */
int yaml_column(const struct yaml_node *node); /* from 1 */

/* The text of a scalar, or NULL for anything else. Borrowed from the document. */
const char *yaml_text(struct yaml_node *node);

size_t yaml_count(const struct yaml_node *node); /* pairs or items; 0 for a scalar */

/* Item or pair number i; key is a scalar's node. */
struct yaml_node *yaml_item(struct yaml_node *node, size_t i);
bool yaml_pair(struct yaml_node *node, size_t i, struct yaml_node **key, struct yaml_node **value);

/* The value of a key of a mapping, or NULL. */
struct yaml_node *yaml_get(struct yaml_node *node, const char *key);

/* Adds "FILE:LINE:COLUMN: text" to err (ERROR_USAGE), after what it has already, so
 * that one reading reports all faults of a file. Always returns false. */
bool yaml_fault(struct yaml *yaml, const struct yaml_node *node, struct error *err,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same about a place in any file, such as one that yaml builds on. */
bool yaml_fault_in(struct yaml *yaml, const char *name, int line, int column, struct error *err,
		   const char *text);

#endif
