/*
 * What the files of advice share: the sums over cells, the facts of an endpoint, and the answer in
 * the making. Private to advice.
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

/* Sums a run's cells by pair: the pairs of advice. */
bool advice_count(struct advice_numbers *numbers, struct advice *advice,
		  const struct advice_input *input, struct error *err);

/* What is known of the endpoint; FACT_UNKNOWN throughout without one. */
struct advice_facts {
	bool has_endpoint;
	enum advice_fact names_responder; /* the certificate has an OCSP URL that can be used */
	bool responder_is_unusable;       /* it has others alone */
	enum advice_fact responder_answers;
	enum advice_fact allows_extension; /* the CA puts it into certificates */
	enum advice_fact has_extension;    /* this certificate has it */
	enum advice_fact no_rev_avail;
	enum advice_fact short_lived;
	enum advice_fact first_contact; /* a staple on the first connection to each address */
	enum advice_fact all_addresses; /* and on the last one */
	int64_t lifetime_s;             /* of the certificate; 0: not known */
	const char *ca_text;            /* what is published of the CA, and when that was recorded;
					   NULL: nothing */
	char ca_words[320];             /* what ca_text is made of */
};
void advice_facts_take(struct advice_facts *facts, const struct examination *examination);

/* The endpoint of advice; nothing without one. False without memory. */
bool advice_note_endpoint(struct advice *advice, const struct advice_facts *facts,
			  const struct advice_input *input);

/* The questions and the answer of advice. False without memory. */
bool advice_judge(struct advice *advice, const struct advice_numbers *numbers,
		  const struct advice_facts *facts, const struct advice_input *input);

/* The answer that is being made. */
struct advice_judging {
	const struct advice_numbers *numbers;
	const struct advice_facts *facts;
	const struct advice_input *input;
	struct advice *advice;
	bool is_pointless, is_not_safe;
	bool failed; /* without memory */
};

/* The rules about servers, and about the time that is survived (advice_server.c). */
void advice_judge_server(struct advice_judging *judging);
void advice_judge_outage(struct advice_judging *judging);

/* Appends the servers that survive the outage by the table, for who may choose. */
void advice_append_servers(struct text *out, const struct advice_judging *judging);

void advice_question(struct advice_judging *judging, const char *id, const char *question,
		     enum advice_fact answer, const char *text);
bool advice_is_loss(const struct advice_judging *judging, double loss);

/* Which list of the answer a statement is for. */
enum advice_list { ADVICE_REASON, ADVICE_CONDITION, ADVICE_INSTEAD };

/* Adds a statement, with its text as by printf, that is about the rows of a pair (NULL: none). The
 * result can be changed until the next one; NULL without memory. */
struct advice_statement *advice_state(struct advice_judging *judging, enum advice_list list,
				      const char *id, const struct advice_pair *pair,
				      const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* Adds a question to a list; text may be NULL. False without memory. */
bool advice_ask(struct advice_question **items, size_t *num, const char *id, const char *question,
		enum advice_fact answer, const char *text);

/* Sets *out to a copy, with bytes that are no UTF-8 made visible; NULL for NULL. False without
 * memory. */
bool advice_copy(char **out, const char *text);

static inline struct real advice_real(double value)
{
	return (struct real){true, value};
}

#endif
