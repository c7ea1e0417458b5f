/*
 * What the files of advice share: the sums over cells, the facts of an endpoint, and the answer in
 * the making.
 */
#ifndef HARNESS_ADVICE_ADVICE_PARTS_H
#define HARNESS_ADVICE_ADVICE_PARTS_H

#include "harness/advice/advice.h"

/* What the rules look at, in percent of all clients. */
struct advice_numbers {
	double still_without, still_with; /* connect to the stolen certificate */
	double gain;                      /* of them are refused with must-staple */
	double gain_expired;              /* the same when the thief staples an expired answer */
	bool has_expired;
	double loss_baseline;                  /* refused though all is well */
	double loss_outage[NUM_STAPLE_STATES]; /* refused in an outage; the most of each state */
	double worst_outage;
	double loss_first; /* refused on the first connection after a start */
	double worst_misconfiguration;
	double no_verdict; /* without a verdict in some cell */
	const struct advice_pair *withheld, *expired, *baseline, *first, *worst;
	const struct advice_pair *outage[NUM_STAPLE_STATES]; /* whose loss it is */
};

/* Sums a run's cells by pair: the document's `pairs`, a new reference. */
json_t *advice_count(struct advice_numbers *numbers, const struct advice_input *input,
		     struct error *err);

enum advice_fact { FACT_UNKNOWN, FACT_YES, FACT_NO, FACT_PARTLY };
extern const struct name_table advice_fact_names;

/* What is known of the endpoint; FACT_UNKNOWN throughout without one. */
struct advice_facts {
	bool has_endpoint;
	enum advice_fact names_responder; /* the certificate has an OCSP URL */
	enum advice_fact responder_answers;
	enum advice_fact allows_extension; /* the CA puts it into certificates */
	enum advice_fact has_extension;    /* this certificate has it */
	enum advice_fact no_rev_avail;
	enum advice_fact short_lived;
	enum advice_fact first_contact; /* a staple on the first connection to each address */
	enum advice_fact all_addresses; /* and on the last one */
	int64_t lifetime_s;             /* of the certificate; 0: not known */
	const char *ca_text;            /* what is published of the CA; NULL: nothing */
};
void advice_facts_take(struct advice_facts *facts, const json_t *examination);

/* The document's `endpoint`: {id, facts: [{id, question, answer, text}]}; null without one. New
 * reference. */
json_t *advice_facts_to_json(const struct advice_facts *facts, const struct advice_input *input);

/* The document's `questions` and `answer`, new references. */
void advice_judge(enum advice_word *word, json_t **questions, json_t **answer,
		  const struct advice_numbers *numbers, const struct advice_facts *facts,
		  const struct advice_input *input);

/* The answer in the making. */
struct advice_judging {
	const struct advice_numbers *numbers;
	const struct advice_facts *facts;
	const struct advice_input *input;
	json_t *questions, *reasons, *conditions, *instead;
	bool is_pointless, is_not_safe;
};

/* The rules about servers, and about the time that is survived (advice_server.c). */
void advice_judge_server(struct advice_judging *judging);
void advice_judge_outage(struct advice_judging *judging);

/* Appends the servers that survive the outage by the table, for who may choose. */
void advice_append_servers(struct text *out, const struct advice_judging *judging);

void advice_question(struct advice_judging *judging, const char *id, const char *question,
		     enum advice_fact answer, const char *text);
bool advice_is_loss(const struct advice_judging *judging, double loss);

/* The rows of a pair, of which a statement speaks; a new reference, NULL for no pair. */
json_t *advice_rows(const struct advice_pair *pair);

/* "{id, text, rows}", with the text as by printf; rows (may be NULL) is taken over. */
json_t *advice_statement(const char *id, json_t *rows, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
