/*
 * An examination in the making: what its parts (examine_*.c) share. Private to them.
 */
#ifndef HARNESS_DOCTOR_EXAMINING_H
#define HARNESS_DOCTOR_EXAMINING_H

#include "harness/doctor/examiner.h"
#include "harness/verify/verification.h"

#include <stdbool.h>

/* For a server that fetches its staple when somebody asks for one: long enough for a responder
 * that is well, short enough not to bore. */
#define FETCH_PAUSE_MS 400

/* What is to be put before every stack, of all that go side by side; zero bytes are nothing. */
struct examining_orders {
	struct verification verification;
	json_t **into; /* borrowed, by question: the object that the findings go into */
};

struct examining {
	const struct target *target;
	size_t number; /* of the target */
	const struct examiner_options *options;
	struct examine_client *examine_client;
	json_t *out; /* the examination; owned by examiner_run */
	char **addresses;
	size_t num_addresses;
	char *directory; /* of fetched CRLs; NULL before there is one */
	json_t *pem;     /* {sha256: PEM text}: no part of the examination, as the next two */
	json_t *ids;     /* {base64 of DER: sha256} */
	json_t *fetched; /* [{"into": object to fill, "bytes": base64, or "file": path}] */
	size_t part;     /* at which it is */
	struct handshakes *handshakes; /* those parts' own while they are in hand; else NULL */
	struct fetchings *fetchings;
	struct examining_orders *orders; /* borrowed: the same for all */
	bool is_ordered;                 /* its own are among them, or were */
	bool interrupted, failed;
	struct error *err;
};

/* Notes a step and tells it to whoever listens. The format's words are made visible. */
void examining_step(struct examining *x, const char *step, enum step_result result,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Queues a question; what is taken over and what is set is as in examine_client_ask. */
void examining_ask(struct examining *x, const struct message_examination *question,
		   json_t **answer);

/* Waits for all of them, for what a part wants to know while it takes answers: nobody else's
 * questions are queued then. False when the examination is over before its end. */
bool examining_wait(struct examining *x);

/* Puts what is ordered before the stacks, and what they say into its objects; without orders it
 * does nothing. None are left. */
void examining_verify(struct examining *x);
void examining_orders_clear(struct examining_orders *orders);

/* The member of an object, which is made when it is not there. Borrowed. */
json_t *examining_member(json_t *object, const char *key, bool is_array);

/*
 * The parts, in the order of the examination. Each is called until it returns false: true when it
 * has queued questions or orders, whose answers its examine_take_… gets before it is called again.
 * It may be called after an earlier part found nothing.
 */
bool examine_handshakes(struct examining *x);
bool examine_server(struct examining *x);
bool examine_chains(struct examining *x);
bool examine_sources(struct examining *x);
bool examine_checks(struct examining *x);

void examine_take_handshakes(struct examining *x);
void examine_take_sources(struct examining *x);

/* Whether a server should get a moment before it is asked again; examine_handshakes says so. */
bool examine_wants_pause(const struct examining *x);

/* Frees what is in hand when the examination is over before its end; NULL is fine. */
void examine_drop_handshakes(struct handshakes *handshakes);
void examine_drop_fetchings(struct fetchings *fetchings);

/* Takes the certificates and staples of a handshake's answer into the examination; the handshake
 * gets the ids. */
void examining_take_chain(struct examining *x, json_t *handshake, const json_t *answer);
void examining_take_staples(struct examining *x, json_t *handshake, const json_t *answer);

/* Facts of a certificate by its id, or NULL. The leaf's for NULL. */
const json_t *examining_certificate(const struct examining *x, const char *sha256);

/* The chain that speaks for the examination: the verified one, or the first. NULL: none came. */
const json_t *examining_chain(const struct examining *x);

/* PEM of the certificate that issued the leaf, of the verified chain or of what was sent; NULL
 * when neither has it. */
const char *examining_issuer_pem(const struct examining *x);
const char *examining_leaf_pem(const struct examining *x);

/* Tells what each name server said of a host; nothing where none was asked. */
void examining_tell_resolvers(struct examining *x, const char *host, const json_t *resolvers);

/* Tells staples, sources, and clocks. */
void examining_tell_status(struct examining *x);

/* Seconds since 1970 of a UTC text of ours; false for anything else. */
bool examining_time(int64_t *out, const json_t *text);

#endif
