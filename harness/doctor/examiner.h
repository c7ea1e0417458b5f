/*
 * Looks at endpoints as an operator would with a dozen tools: names, handshakes by TLS
 * version and address, the chain as it was sent, staples, responder, CRL, clocks. Judges no client
 * and concludes nothing: what was seen is a struct examination, from which diagnosis.h draws
 * conclusions.
 *
 * Fetches nothing that a certificate names before its chain is verified.
 */
#ifndef HARNESS_DOCTOR_EXAMINER_H
#define HARNESS_DOCTOR_EXAMINER_H

#include "harness/drive/examine_client.h"
#include "harness/config/endpoint.h"
#include "harness/config/target.h"
#include "harness/model/examination.h"

#define EXAMINER_ROUNDS        6
#define EXAMINER_ROUNDS_MAX    1000
#define EXAMINER_ADDRESSES_MAX 16
#define EXAMINER_SIDE_BY_SIDE  16

/* How a step came out. */
enum step_result { STEP_FAULT, STEP_FINE, STEP_FACT /* neither */ };

/* Plain data; strings are borrowed and may be NULL. */
struct examiner_options {
	const struct data_paths *paths;
	const struct class_file *classes; /* whose stacks verify what was seen */
	const char *const *clients;       /* "STACK=PATH" */
	size_t num_clients;
	const char *trust;
	const char *starttls;
	const char *proxy; /* numeric address */
	int proxy_port;
	bool proxy_resolves; /* the target's name is for the proxy */
	enum address_family family;
	const char *fetch; /* "public", "none" or NULL: anything */
	/* Also the issuer's certificate that an incomplete chain names, though nothing vouches for
	 * the name yet. */
	bool fetches_issuers;
	int deadline_ms;    /* of one connection or fetch */
	int rounds;         /* handshakes that ask for a staple, spread over the addresses */
	const char *server; /* the kind that the user named, or NULL */
	/* Called when a step is done; text is one sentence with foreign words made visible. NULL:
	 * no callback. */
	void (*step)(void *context, enum step_name step, enum step_result result, const char *text);
	/* Called when an examination has ended, with its target's number; NULL likewise. */
	void (*over)(void *context, size_t target, const struct examination *examination);
	void *context; /* of both */
};

enum examiner_end { EXAMINER_DONE, EXAMINER_INTERRUPTED, EXAMINER_FAILED };

/*
 * Examines targets by the program that examine_client keeps up, EXAMINER_SIDE_BY_SIDE of them at a
 * time: what takes long is waiting. out gets one for each, also after an interruption (then
 * without what was not reached, and none for targets where nothing was).
 */
enum examiner_end examiner_run(struct examinations *out, const struct target *targets,
			       size_t num_targets, struct examine_client *examine_client,
			       const struct examiner_options *options, struct error *err);

#endif
