/*
 * What advice is made of: scenarios with a must-staple certificate, each beside its twin, the same
 * situation without the extension. Tags choose them: baseline, outage, misconfiguration, attack.
 */
#ifndef HARNESS_ADVICE_ADVICE_PAIRS_H
#define HARNESS_ADVICE_ADVICE_PAIRS_H

#include "harness/advice/refresh_model.h"
#include "harness/config/scenario.h"

enum advice_family {
	ADVICE_BASELINE, /* all is well */
	ADVICE_OUTAGE,
	ADVICE_MISCONFIGURATION,
	ADVICE_ATTACK,
	NUM_ADVICE_FAMILIES
};
/* Their names are the tags. */
extern const struct name_table advice_family_names;

struct advice_pair {
	enum advice_family family;
	const struct scenario *plain, *must_staple; /* borrowed */
	enum staple_state state;                    /* what the server staples there */
	/* A revoked certificate whose holder withholds the staple and blocks the responder: the
	 * attack that must-staple is meant against. */
	bool is_withheld;
};

/* By family, then in the order of the scenarios; of attacks the withheld ones first. */
struct advice_pairs {
	struct advice_pair *items; /* owned */
	size_t num;
};

/*
 * Pairs what is tagged among all: scenarios tagged aside are none. A must-staple scenario that has
 * no twin is an error that names its file and what the twin would be; a tagged one without
 * the extension is in a pair only as the twin of another. No withheld pair is an error, since
 * nothing could be said of what is gained.
 */
bool advice_pairs_find(struct advice_pairs *pairs, const struct scenario_list *all,
		       struct error *err);
void advice_pairs_clear(struct advice_pairs *pairs);

#endif
