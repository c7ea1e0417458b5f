/*
 * The checks of a node that every reader of YAML files needs, with the same messages:
 * is it a mapping, are its keys known, is its value one of a list.
 */
#ifndef HARNESS_CONFIG_YAML_CHECK_H
#define HARNESS_CONFIG_YAML_CHECK_H

#include "core/name.h"
#include "harness/config/yaml.h"

/* True when node is a mapping; otherwise an error says that `what` must be one. */
bool yaml_check_mapping(struct yaml *yaml, const struct yaml_node *node, const char *what,
			struct error *err);

/* True when every key of the mapping is among known; each other one is a fault that
 * names the nearest. `what` is the thing with the keys: "a scenario". */
bool yaml_check_keys(struct yaml *yaml, struct yaml_node *mapping, const char *what,
		     const char *const *known, size_t num_known, struct error *err);

/* The text of a scalar that is not empty, borrowed; or NULL and a fault at the node. */
const char *yaml_check_text(struct yaml *yaml, struct yaml_node *node, const char *what,
			    struct error *err);

/* The value in the table that the scalar spells, or -1 and a fault that lists them. */
int yaml_check_name(struct yaml *yaml, struct yaml_node *node, const struct name_table *table,
		    struct error *err);

/* Copies the text under key into *out (owned by the caller, NULL without the key). False,
 * with a fault, when it is required and absent, or no text. */
bool yaml_take_text(char **out, struct yaml *yaml, struct yaml_node *mapping, const char *key,
		    bool is_required, struct error *err);

/* Whether text matches [a-z0-9][a-z0-9-]* and has at most 40 letters: it becomes a label of
 * a host name. */
bool yaml_is_id(const char *text);

#endif
