/*
 * The verdict that a cell should have, and from where we know: from the scenario
 * file, or from the list of known deviations. The most specific pattern wins.
 */
#ifndef HARNESS_EXPECTATION_H
#define HARNESS_EXPECTATION_H

#include "core/error.h"
#include "core/name.h"
#include "harness/yaml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct expectation {
	char *class_pattern;
	char *row_pattern;    /* of scenarios or endpoints; NULL inside a scenario: this one */
	enum outcome outcome; /* a verdict, or UNSUPPORTED */
	bool has_reason;
	enum reason reason;
	char *why;      /* NULL when none is given; always there for a deviation */
	char *until;    /* "2027-01-31" or NULL; of a deviation */
	char *versions; /* of the class's stack in which it holds: ">=3.0 <3.6"; NULL: all */
	char *from;     /* "scenarios/staple/stale.yaml:21" */
	bool is_deviation;
	size_t num_seen; /* cells in which it was applied and held: 0 at the end is stale */
	size_t num_applied;
};

struct expectation_list {
	struct expectation *items; /* owned */
	size_t num;
};

/* Reads an `expect:` mapping (pattern: verdict | {verdict, reason, why, versions}) and
 * appends. */
bool expectation_read_mapping(struct expectation_list *list, struct yaml *yaml,
			      struct yaml_node *mapping, struct error *err);

/* Reads a deviations file: a list of {class, scenario, verdict, reason, why, until,
 * versions}. */
bool expectation_read_deviations(struct expectation_list *list, const char *path,
				 struct error *err);

/* The same of a document that is parsed already. */
bool expectation_read_deviations_yaml(struct expectation_list *list, struct yaml *yaml,
				      struct error *err);

/* The cell that something is expected of; borrowed. */
struct expectation_cell {
	const char *class_id;
	const char *row_id;
	const char *version; /* of the class's stack as it runs; NULL when that is not known */
	int64_t now;         /* seconds since 1970 */
};

/*
 * The one that decides a cell: among those whose patterns match, that hold in the version
 * and whose day is not over, a deviation before a scenario's own, then the one with more
 * letters that are no wildcard, then the later. NULL when there is none. Borrowed; either list
 * may be NULL.
 */
struct expectation *expectation_find(struct expectation_list *scenario_list,
				     struct expectation_list *deviations,
				     const struct expectation_cell *cell);

/* Whether its `until` day is over at the given second since 1970. */
bool expectation_expired(const struct expectation *expectation, int64_t now);

void expectation_list_clear(struct expectation_list *list);

#endif
