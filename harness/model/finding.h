/* What the doctor concludes: a cause that was found, with its evidence and its fix. */
#ifndef HARNESS_MODEL_FINDING_H
#define HARNESS_MODEL_FINDING_H

#include "core/record.h"
#include "harness/model/cause.h"

#define EFFECT(symbol, spelling, words) EFFECT_##symbol,
enum effect {
#include "harness/model/effect.def"
	NUM_EFFECTS
};
#undef EFFECT
extern const struct name_table effect_names; /* with words: "connect and warn" */

/* Ids of client classes; a class may be there for several effects. */
struct affected {
	struct record record;
	struct texts by_effect[NUM_EFFECTS];
};

struct fix {
	struct record record;
	char *text;
	struct word server;    /* enum server_kind: whose configuration the snippet is */
	char *snippet;         /* NULL: none */
	struct texts commands; /* that check and load it, in order */
};

struct finding {
	struct record record;
	struct word id; /* enum cause; of a later version its foreign spelling */
	char *title;
	struct word severity;   /* enum severity */
	struct word confidence; /* enum confidence */
	char *text;
	struct texts evidence;
	struct affected classes;
	struct fix fix;
	struct texts
		on_server; /* commands that tell causes apart which look the same from outside */
	char *afterwards;
};

/* SEVERITY_INFO and CONFIDENCE_POSSIBLE where a document says something else or nothing. */
enum severity finding_severity(const struct finding *finding);
enum confidence finding_confidence(const struct finding *finding);

#endif
