/*
 * Whether must-staple is safe in an environment: what the cells of a run come to by the shares of
 * its clients, how long an outage is survived, and the answer with its conditions. The rules and
 * their sources are in docs/advice.md.
 */
#ifndef HARNESS_ADVICE_ADVICE_H
#define HARNESS_ADVICE_ADVICE_H

#include "harness/advice/advice_document.h"
#include "harness/advice/advice_pairs.h"
#include "harness/config/environment.h"
#include "harness/advice/refresh_model.h"
#include "harness/run/run.h"
#include "harness/model/examination.h"

/* From what percentage on a gain is one, and up to which a loss is none: shares are not known
 * better than to a percent. */
#define ADVICE_LEAST_GAIN 1.0
#define ADVICE_MOST_LOSS  1.0
/* An outage that has to be survived: those that were seen from outside lasted hours (Chung et al.,
 * IMC 2018), and the operator has to notice. */
#define ADVICE_OUTAGE_S ((int64_t)24 * 3600)
/* What public responders answer for, most of them. */
#define ADVICE_STAPLE_LIFE_S ((int64_t)7 * 24 * 3600)

/* Plain data; everything is borrowed. */
struct advice_input {
	struct run *run; /* its cells are done: the rows of pairs by the classes of environment */
	const struct environment *environment;
	const struct advice_pairs *pairs;
	int64_t staple_life_s; /* above 0 */
	enum advice_life life_from;
	int server;                            /* enum refresh, or -1: not known */
	const char *server_from;               /* "option" or "endpoint"; NULL: not known */
	int64_t outage_s;                      /* that has to be survived */
	double least_gain, most_loss;          /* percent */
	const char *target;                    /* id of the endpoint; NULL: none */
	const struct examination *examination; /* what the doctor saw of it; NULL: none */
};

/*
 * Makes an advice, to be cleared in every case. False with err when no client has a verdict in a
 * pair that the answer needs, or without memory.
 */
bool advice_make(struct advice *advice, const struct advice_input *input, struct error *err);

/* What an examination says of the life of an answer, in seconds, and whose it is (that of a
 * staple or of the responder); false when it saw none, and for NULL. */
bool advice_measured_life(int64_t *life_s, enum advice_life *from,
			  const struct examination *examination);

/* The server that an examination found, or -1 when it is not one that is known. */
int advice_measured_server(const struct examination *examination);

/* "5.5 %"; "2 d 23 h", "45 min". Returns out. */
#define ADVICE_WORD_MAX 40
const char *advice_percent(char out[static ADVICE_WORD_MAX], double percent);
const char *advice_duration(char out[static ADVICE_WORD_MAX], int64_t seconds);

#endif
