/*
 * How long an outage of the responder is survived: from the life of an answer and from how a
 * server refreshes and keeps it. A model of documented behaviour, not a measurement: what a
 * given installation does is for its owner to try.
 */
#ifndef HARNESS_ADVICE_REFRESH_MODEL_H
#define HARNESS_ADVICE_REFRESH_MODEL_H

#include "core/name.h"

#include <stdbool.h>
#include <stdint.h>

#define REFRESH(symbol, ...) REFRESH_##symbol,
enum refresh {
#include "harness/advice/refresh.def"
	NUM_REFRESHES
};
#undef REFRESH

enum refresh_rule { REFRESH_RULE_EVERY, REFRESH_RULE_AT_LEFT, REFRESH_RULE_BEFORE_END };
enum refresh_keep {
	REFRESH_KEEP_UNTIL_END,
	REFRESH_KEEP_FOR_EVER,
	REFRESH_KEEP_NOT,
	REFRESH_KEEP_FOUR_FAILURES
};
enum refresh_start {
	REFRESH_START_STAPLED,
	REFRESH_START_LATE,
	REFRESH_START_KEPT,
	REFRESH_START_SAVED
};

/* What becomes of the answer over a restart: "lost", "kept", "kept-if-saved". */
enum refresh_restart {
	REFRESH_RESTART_LOST,
	REFRESH_RESTART_KEPT,
	REFRESH_RESTART_SAVED,
	NUM_REFRESH_RESTARTS
};
enum refresh_restart refresh_restart(enum refresh_start start);
extern const struct name_table refresh_restart_names;

/* What clients get where no good staple is left. */
enum staple_state {
	STAPLE_STATE_NONE,
	STAPLE_STATE_STALE,
	STAPLE_STATE_ERROR,
	STAPLE_STATE_VALID,
	STAPLE_STATE_FIRST, /* nothing for the first connection, good from then on */
	STAPLE_STATE_OTHER,
	NUM_STAPLE_STATES
};

/* A row of refresh.def. */
struct refresh_facts {
	const char *name, *title;
	enum refresh_rule rule;
	int64_t interval_s;
	int left_percent;
	int64_t early_s;
	enum refresh_keep keep;
	enum refresh_start start;
	enum staple_state after;
	const char *text;
};

/* Whether somebody else has to refresh its file. */
bool refresh_is_by_job(enum refresh server);

/* The row of a server that the doctor names, -1 for one without a row: of a version that does not
 * fetch the one that staples a file. software as for server_facts_of. */
int refresh_of_server(int server_kind, const char *software);

extern const struct refresh_facts refresh_table[NUM_REFRESHES];
extern const struct name_table refresh_names;
extern const struct name_table staple_state_names;

/* Seconds from the beginning of the outage until the last good staple. */
struct margin {
	int64_t least_s, usual_s, most_s; /* the server goes on running */
	/* It is restarted in the outage; 0: nothing is left. Of REFRESH_START_SAVED as if it was
	 * saved. */
	int64_t restart_least_s, restart_usual_s;
};

/*
 * The life that a responder's answer still has when it is fetched, at least: CA/Browser Forum
 * Baseline Requirements section 4.9.10 want a new one at half its life (below 16 hours), else eight
 * hours before its end and four days after its beginning.
 */
int64_t margin_least_left(int64_t life_s);

/* life_s: from thisUpdate to nextUpdate, above 0. */
void margin_make(struct margin *margin, enum refresh server, int64_t life_s);

#endif
