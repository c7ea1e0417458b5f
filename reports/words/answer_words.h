/*
 * The answer of a run in words, for every format that people read: how many of the client
 * classes are exposed, refuse what is good, connect blind; what the cells come to.
 */
#ifndef REPORTS_WORDS_ANSWER_WORDS_H
#define REPORTS_WORDS_ANSWER_WORDS_H

#include "core/text.h"
#include "harness/run/run.h"

enum answer_topic { ANSWER_EXPOSED, ANSWER_REFUSES, ANSWER_BLIND, NUM_ANSWER_TOPICS };

/* "NUM of NUM_CLASSES client classes SAID: NAMES." */
struct answer_sentence {
	size_t num, num_classes;
	const char *said;  /* "connect to a revoked certificate in at least one scenario ..." */
	struct text names; /* "openssl/no-check, gnutls/no-check"; empty for none and for all */
};

/* Fills sentence, which the caller clears. */
void answer_sentence_make(struct answer_sentence *sentence, struct run *run,
			  enum answer_topic topic);
void answer_sentence_clear(struct answer_sentence *sentence);

/* Appends "3 scenarios by 5 client classes, 15 cells: 9 connect (2 of them blind), 6 reject." */
void answer_append_size(struct text *out, struct run *run);

/* Appends "Exposed, that is connected to a revoked certificate, in 2 cells: gnutls/no-check (2)."
 * Nothing when none is. */
void answer_append_exposed(struct text *out, struct run *run);

/* Appends "Not as expected: 2 of 15." or that all are; nothing when nothing is expected. */
void answer_append_judgement(struct text *out, struct run *run);

#endif
