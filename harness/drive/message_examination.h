/*
 * Examinations as the harness asks for them and takes the answers (clients/README.md,
 * request key `examine`): for a client program with the capability `examine`.
 */
#ifndef HARNESS_DRIVE_MESSAGE_EXAMINATION_H
#define HARNESS_DRIVE_MESSAGE_EXAMINATION_H

#include "harness/drive/answer.h"

enum examination_kind {
	EXAMINATION_HANDSHAKE,
	EXAMINATION_CERTIFICATES,
	EXAMINATION_FETCH,
	NUM_EXAMINATION_KINDS
};

enum examination_what { EXAMINATION_OCSP, EXAMINATION_CRL, EXAMINATION_ISSUER };

/* One request. Strings are borrowed; what its kind has no use for is not looked at. */
struct message_examination {
	const char *id;
	enum examination_kind kind;
	/* Of a handshake and of a fetch. */
	const char *proxy; /* numeric address of an HTTP proxy; NULL: none */
	int proxy_port;
	int deadline_ms;
	const char *trust; /* NULL: the system's bundle */
	/* Of a handshake. */
	const char *address; /* numeric; with a proxy also a name */
	int port;
	const char *server_name;
	const char *starttls;          /* NULL: none; then there is no HTTP */
	const char *tls_min, *tls_max; /* "1.2", "1.3"; NULL: as the program likes */
	const char *key;               /* "rsa" or "ecdsa"; NULL: any */
	bool asks_staple;
	bool asks_http; /* what the server calls itself, by HEAD */
	/* Of certificates. */
	const char *bytes; /* base64 of DER, PEM, PKCS#7, or an OCSP response */
	/* Of a fetch. */
	enum examination_what what;
	const char *fetch;                /* "public" or "none"; NULL: anything */
	const char *url;                  /* of less than 512 bytes */
	bool post;                        /* OCSP alone, as the two below */
	const char *certificate, *issuer; /* PEM text */
	const char *file;                 /* absolute path; of a CRL alone */
};

/* New reference; NULL without memory. */
json_t *message_examination_to_json(const struct message_examination *examination);

/*
 * Takes object (its reference too) as the answer to an examination, as answer_take does: it has
 * an `examination`, or why there is none (outcome unsupported, error or reject). With one every
 * key of its kind is there and of the right type, names are of the closed lists, and what is
 * base64 or a digest is one.
 */
bool answer_take_examination(struct answer *answer, json_t *object, struct error *err);

#endif
