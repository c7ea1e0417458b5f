/*
 * An advice as the result document has it (reports/json/result.schema.json, `advice`): plain data,
 * with its one writer and its one reader. Members are named as the keys are. Shares are in percent
 * of all clients, times in seconds. Texts of one that was read may be NULL, and are foreign.
 */
#ifndef HARNESS_ADVICE_ADVICE_DOCUMENT_H
#define HARNESS_ADVICE_ADVICE_DOCUMENT_H

#include "core/record.h"
#include "harness/advice/advice_pairs.h"

/* The word of an answer: "safe-if"; texts: "safe if …". */
enum advice_word { ADVICE_SAFE, ADVICE_SAFE_IF, ADVICE_NOT_SAFE, ADVICE_POINTLESS };
extern const struct name_table advice_word_names;

enum advice_fact { FACT_UNKNOWN, FACT_YES, FACT_NO, FACT_PARTLY };
extern const struct name_table advice_fact_names;

/* Where the life of an answer is known from. */
enum advice_life {
	ADVICE_LIFE_ASSUMED,
	ADVICE_LIFE_OPTION,
	ADVICE_LIFE_STAPLE,
	ADVICE_LIFE_RESPONDER,
	NUM_ADVICE_LIVES
};
extern const struct name_table advice_life_names;

struct advice_statement {
	struct record record;
	char *id, *text;
	struct texts rows; /* ids of the scenarios that its numbers are made of */
	bool better;       /* of what to do instead: it is the better way here */
};

struct advice_answer {
	struct record record;
	struct word word; /* enum advice_word */
	char *title, *text;
	struct advice_statement *reasons, *conditions, *instead;
	size_t num_reasons, num_conditions, num_instead;
};

struct advice_question {
	struct record record;
	char *id, *question;
	struct word answer; /* enum advice_fact */
	char *text;         /* NULL: nothing more is said */
};

struct advice_client {
	struct record record;
	char *class, *title, *note;
	struct real share;
};

struct advice_environment {
	struct record record;
	char *file, *title, *text;
	struct real sum;
	struct advice_client *clients;
	size_t num_clients;
};

struct advice_cell {
	struct record record;
	char *class;
	struct real share;
	struct word outcome;
};

/* What the clients did in one row. */
struct advice_side {
	struct record record;
	char *row, *title;
	struct real connects, warns, refuses, no_verdict;
	struct advice_cell *cells;
	size_t num_cells;
};

/* Who connects without must-staple and is refused with it. */
struct advice_refused {
	struct record record;
	struct real share;
	struct texts classes;
};

/* One situation without and with must-staple. */
struct advice_comparison {
	struct record record;
	struct word family; /* enum advice_family */
	char *label;
	struct word staple; /* enum staple_state */
	struct word truth;  /* enum status */
	bool withheld;
	struct advice_side without, with;
	struct advice_refused newly_refused;
};

struct advice_security {
	struct record record;
	struct real still_without, still_with, gained;
	struct texts rows;
};

struct advice_availability {
	struct record record;
	struct real lost_when_well, lost_in_outage, lost_by_misconfiguration, no_verdict;
};

struct advice_thresholds {
	struct record record;
	struct real least_gain, most_loss;
	int64_t outage_s;
};

/* How long an outage is survived by a server. */
struct advice_margin {
	struct record record;
	char *server, *title, *text, *first_connection;
	struct word restart; /* enum refresh_restart */
	struct word after;   /* enum staple_state */
	int64_t least_s, usual_s, most_s, restart_least_s, restart_usual_s;
};

struct advice_margins {
	struct record record;
	int64_t staple_life_s, fetched_least_s, outage_s;
	struct word life_from; /* enum advice_life */
	char *server_from;
	struct advice_margin *servers;
	size_t num_servers;
};

struct advice_endpoint {
	struct record record;
	char *id;
	struct advice_question *facts;
	size_t num_facts;
};

struct advice {
	struct record record;
	struct advice_answer answer;
	struct advice_question *questions;
	size_t num_questions;
	struct advice_environment environment;
	struct advice_comparison *pairs;
	size_t num_pairs;
	struct advice_security security;
	struct advice_availability availability;
	struct advice_thresholds thresholds;
	struct advice_margins margins;
	struct advice_endpoint endpoint; /* record.is_there is false without one */
	struct texts notes;
};

extern const struct record_type advice_type;

/* New reference; NULL without memory. */
json_t *advice_to_json(const struct advice *advice);

/* False with an ERROR_USAGE that names the member; advice can be cleared then. */
bool advice_read(struct advice *advice, const json_t *object, struct error *err);
void advice_clear(struct advice *advice);

#endif
