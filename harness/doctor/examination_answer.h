/*
 * What a client program answers to an examination (clients/README.md), as plain data.
 * message_examination.h has checked an answer before; what does not fit all the same is an error
 * that names its place.
 */
#ifndef HARNESS_DOCTOR_EXAMINATION_ANSWER_H
#define HARNESS_DOCTOR_EXAMINATION_ANSWER_H

#include "harness/model/examination.h"

#include <jansson.h>

struct answered_staple {
	struct record record;
	int64_t depth;
	char *bytes; /* base64 */
};

struct answered_chain {
	struct record record;
	bool verified;
	struct word reason; /* enum reason */
	char *error;
	struct number depth;
	struct texts certificates; /* base64 of DER, the verified path */
};

struct handshake_answer {
	struct record record;
	struct texts sent; /* base64 of DER */
	int64_t num_sent;
	struct answered_chain chain;
	struct answered_staple *staples;
	size_t num_staples;
};

struct answered_certificate {
	struct record record;
	char *sha256, *pem;
	struct certificate certificate; /* without its id */
};

struct certificates_answer {
	struct record record;
	struct answered_certificate *certificates;
	size_t num_certificates;
	char *detail; /* why there are none */
};

struct fetch_answer {
	struct record record;
	struct fetch fetch;
	char *bytes;  /* base64 */
	char *detail; /* why nothing was fetched */
};

/*
 * Each reads answer, which may be one that says why there is none, into zero bytes. False with
 * ERROR_UNABLE; also then out is cleared by the function below. Of a handshake the members that an
 * examination has too go into handshake.
 */
bool handshake_answer_read(struct handshake_answer *out, struct handshake *handshake,
			   const json_t *answer, struct error *err);
bool certificates_answer_read(struct certificates_answer *out, const json_t *answer,
			      struct error *err);
bool fetch_answer_read(struct fetch_answer *out, const json_t *answer, struct error *err);

void handshake_answer_clear(struct handshake_answer *answer);
void certificates_answer_clear(struct certificates_answer *answer);
void fetch_answer_clear(struct fetch_answer *answer);

#endif
