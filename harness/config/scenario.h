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

/* The length of the id without its variant. */
size_t scenario_plain_len(const char *id);

void scenario_clear(struct scenario *scenario);
void scenario_list_clear(struct scenario_list *list);

/* Whether a client that fetches from this scenario's servers waits for a time-out or
 * a slow answer: such cells are started first. */
bool scenario_waits(const struct scenario *scenario);

/* The whole scenario as the result document and `explain --format json` show it
 * (title, why, family, tags, truth, situation, from, overrides). New reference. */
json_t *scenario_to_json(const struct scenario *scenario);

#endif
