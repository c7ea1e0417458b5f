/*
 * The answers of client programs (clients/README.md): checked before anything in them is
 * believed.
 */
#ifndef HARNESS_DRIVE_ANSWER_H
#define HARNESS_DRIVE_ANSWER_H

#include "core/error.h"
#include "harness/run/observation.h"
#include "harness/run/status_check.h"

#include <jansson.h>

/* An answer that is believed. */
struct answer {
	json_t *object; /* as it came, with keys that are not known; owned */
	/* Of a probe, and of a verification or examination that did not take place: why. Its
	 * detail is never NULL. Zero otherwise. */
	struct observation observation;
	/* Of a verification: the object `check`, and what it says; NULL when there is none. */
	json_t *check;
	struct status_check seen;
	/* Of an examination: the object `examination`, likewise
	 * (harness/drive/message_examination.h). */
	const json_t *examination;
};

/* The id of the request that an answer is for; NULL when it says none. Borrowed. */
const char *answer_id(const json_t *object);

/*
 * Takes object (its reference too) as an answer. False when it breaks the protocol: a
 * value outside of the closed lists, a key of a wrong type, an outcome that is not the
 * client's to give; err says which, and nothing is kept. Keys that are not known stay.
 */
bool answer_take(struct answer *answer, json_t *object, struct error *err);

/* The same for the answer of a verification: it has a `check`, or why there is none
 * (outcome reject, unsupported or error). */
bool answer_take_check(struct answer *answer, json_t *object, struct error *err);

/* Takes an answer that says why there is no object under key; a verdict on a connection is no
 * such reason. */
bool answer_take_refusal(struct answer *answer, json_t *object, const char *key, struct error *err);

void answer_clear(struct answer *answer);

#endif
