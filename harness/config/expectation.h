/*
 * The verdict that a cell should have, and from where we know: from the scenario
 * file, from the list of known deviations, or from the user's own list (--expect). The most
 * specific pattern wins.
 */
#ifndef HARNESS_CONFIG_EXPECTATION_H
#define HARNESS_CONFIG_EXPECTATION_H

#include "core/error.h"
#include "core/name.h"
#include "harness/config/yaml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct expectation {
	char *class_pattern;
	char *row_pattern;    /* of scenarios or endpoints; NULL inside a scenario: this one */
	bool of_endpoints;    /* with the key `endpoint`: never for a scenario */
	enum outcome outcome; /* a verdict, or UNSUPPORTED */
	bool has_reason;
	enum reason reason;
	char *why;      /* NULL when none is given; always there for a deviation */
	char *until;    /* "2027-01-31" or NULL; of a deviation or the user's own */
	char *versions; /* of the class's stack in which it holds: ">=3.0 <3.6"; NULL: all */
	char *from;     /* "scenarios/staple/stale.yaml:21" */
	int rules; /* the version of the rules that it was written for; 0: its file does not say */
	bool is_deviation;
	bool is_own;        /* of --expect */
	size_t num_decided; /* cells that it decided */
	size_t num_applied; /* those of them that have a verdict, or are unsupported */
	size_t num_seen;    /* those of them in which it held */
	size_t num_expired; /* cells that it might have decided, were its day not over */
};

/*
 * What is wrong with one of the deviations or of the user's own, after a run. One that is a
 * scenario's own is never any of these.
 */
enum expectation_fault {
	EXPECTATION_FINE,
	EXPECTATION_STALE,   /* its cells ran, and none of them matched it */
	EXPECTATION_EXPIRED, /* its day has passed, and there were cells to which it applies */
	EXPECTATION_UNUSED,  /* the user's own, and it decided no cell: no such row or class ran,
			      * or another is more specific everywhere. No failing in itself */
};
enum expectation_fault expectation_fault(const struct expectation *expectation);

struct expectation_list {
	struct expectation *items; /* owned */
	size_t num;
};

/* Reads an `expect:` mapping (pattern: verdict | {verdict, reason, why, versions}) and
 * appends. */
bool expectation_read_mapping(struct expectation_list *list, struct yaml *yaml,
			      struct yaml_node *mapping, struct error *err);

/* Reads a deviations file: a list of {class, scenario or endpoint, verdict, reason, why, until,
 * versions}. Patterns are a text with commas, or a list of texts that are taken whole. */
bool expectation_read_deviations(struct expectation_list *list, const char *path,
				 struct error *err);

/* The user's own (is_own), of the same form; `why` may be absent. In both kinds of file an entry
 * {rules} says for which version of the rules (core/ruleset.h) those behind it were written. */
bool expectation_read_own(struct expectation_list *list, const char *path, struct error *err);

/* expectation_read_own of a document that is parsed already. */
bool expectation_read_own_yaml(struct expectation_list *list, struct yaml *yaml, struct error *err);

/* The cell that something is expected of; borrowed. */
struct expectation_cell {
	const char *class_id;
	const char *row_id;
	const char *version; /* of the class's stack as it runs; NULL when that is not known */
	int64_t now;         /* seconds since 1970 */
	bool is_endpoint;    /* the row; else a scenario */
};

/*
 * The one that decides a cell: among those whose patterns match, that hold in the version
 * and whose day is not over, a deviation or the user's own before a scenario's, then the one with
 * more letters that are no wildcard, then the later. NULL when there is none. Borrowed; either list
 * may be NULL.
 */
struct expectation *expectation_find(struct expectation_list *scenario_list,
				     struct expectation_list *deviations,
				     const struct expectation_cell *cell);

/* Counts the cell for the expired entries of a list that apply to it; list may be NULL. */
void expectation_note_expired(struct expectation_list *list, const struct expectation_cell *cell);

/* Whether its `until` day has passed at the given second since 1970. */
bool expectation_expired(const struct expectation *expectation, int64_t now);

void expectation_list_clear(struct expectation_list *list);

#endif
