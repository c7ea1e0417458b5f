/*
 * One situation with its meaning: a scenario file, or one variant of it. The
 * grammar is in scenarios/README.md.
 */
#ifndef HARNESS_CONFIG_SCENARIO_H
#define HARNESS_CONFIG_SCENARIO_H

#include "core/error.h"
#include "core/situation.h"
#include "harness/config/expectation.h"

struct scenario {
	char *id;        /* "stale" or "stale@25h": the file's name, and the variant */
	char *family;    /* the folder: "staple" */
	char *file;      /* path */
	char *overrides; /* path of the file that this one overrides; NULL: none */
	char *host;      /* "stale.lab.localhost", "25h.stale.lab.localhost": letters for DNS */
	char *title;
	char *why;
	char *source; /* a reference; may be NULL */
	char **tags;
	size_t num_tags;
	enum status truth;
	struct situation situation;
	struct expectation_list expect; /* the variant's own come after the file's */
};

struct scenario_list {
	struct scenario *items; /* owned; sorted by family in reading order, then id */
	size_t num;
	char *left_out; /* owned: the ids that plan_scenarios left out as aside, or NULL */
};

/*
 * Reads one file, appending one scenario per variant. All faults of the file are
 * reported together, each with its place. The family is the parent folder's name.
 */
bool scenario_read_file(struct scenario_list *list, const char *path, struct error *err);

/* Reads every *.yaml below directory, in the order of families in scenarios/README.md,
 * then by name. A duplicate id is an error that names both files. */
bool scenario_read_tree(struct scenario_list *list, const char *directory, struct error *err);

/*
 * The same of several folders: a file of a later one overrides the file, with all its
 * variants, that has its id in an earlier one. Within a folder ids are unique all the same.
 */
bool scenario_read_trees(struct scenario_list *list, const char *const *directories, size_t num,
			 struct error *err);

void scenario_list_clear(struct scenario_list *list);

/* Whether a client that fetches from this scenario's servers waits for a time-out or
 * a slow answer: such cells are started first. */
bool scenario_waits(const struct scenario *scenario);

/* The whole scenario as the result document and `explain --format json` show it
 * (title, why, family, tags, truth, situation, from, overrides). New reference. */
json_t *scenario_to_json(const struct scenario *scenario);

#endif
