/*
 * Private to examiner: an examination that is being made, which its parts (examine_*.c) share.
 */
#ifndef HARNESS_DOCTOR_EXAMINING_H
#define HARNESS_DOCTOR_EXAMINING_H

#include "harness/doctor/examination_answer.h"
#include "harness/doctor/examiner.h"
#include "harness/verify/verification.h"

#include <stdbool.h>

/* For a server that fetches its staple when a client asks for one: long enough for a responder
 * that works, short enough for a user who waits. */
#define FETCH_PAUSE_MS 400

/* What is to be put before every stack, of all that go side by side; zero bytes are nothing. */
struct examining_orders {
	struct verification verification;
	struct status_answer **into; /* borrowed, by question: what the findings go into */
};

/* A certificate that was read, which comes in many handshakes. */
struct read_certificate {
	char *bytes; /* base64 of DER */
	char *id;    /* NULL: unreadable */
	char *pem;
};

/* A certificate that a response brought for its signer. */
struct signer {
	char *subject;
	struct number not_after;
};

/* What was fetched, for the stacks to look at, or where an issuer may be. */
struct fetched {
	enum examination_what what;
	size_t of;              /* whose source it is: examining_subject */
	size_t source, attempt; /* of its responders or CRLs, or of the examination's issuers */
	char *bytes, *file;     /* base64, or a path: one of them */
};

struct examining {
	const struct target *target;
	size_t number; /* of the target */
	const struct examiner_options *options;
	struct examine_client *examine_client;
	struct examination seen;
	char **addresses;
	size_t num_addresses;
	char *directory; /* of fetched CRLs; NULL before there is one */
	struct read_certificate *known;
	size_t num_known;
	struct fetched *fetched;
	size_t num_fetched;
	struct signer *signers; /* of all responses */
	size_t num_signers;
	size_t part;                   /* at which it is */
	struct handshakes *handshakes; /* those parts' own while they are in hand; else NULL */
	struct fetchings *fetchings;
	struct examining_orders *orders; /* borrowed: the same for all */
	bool has_ordered_staples;        /* they are among them, or were */
	size_t num_ordered;              /* likewise of what was fetched */
	bool has_repeated;               /* fetches of which one look is not enough */
	bool interrupted, failed;
	struct error *err;
};

/* Records a step and calls the callback. The format's strings are escaped. */
void examining_step(struct examining *x, enum step_name step, enum step_result result,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Queues a question; what is taken over and what is set is as in examine_client_ask. */
void examining_ask(struct examining *x, const struct message_examination *question,
		   json_t **answer);

/* Waits for all of them, for what a part needs while it processes answers: no other
 * requests are queued then. False when the examination was interrupted. */
bool examining_wait(struct examining *x);

/* Puts what is ordered before the stacks, and what they say into its objects; without orders it
 * does nothing. None are left. */
void examining_verify(struct examining *x);
void examining_orders_clear(struct examining_orders *orders);

/* A copy of text; NULL for NULL. Without memory the examination fails, as where the next is given
 * false. */
char *examining_copy(struct examining *x, const char *text);
void examining_need(struct examining *x, bool has_memory);

/* Asks each name server of this machine for a host, no longer than one step may take. */
void examining_ask_resolvers(struct examining *x, struct name_server **list, size_t *num,
			     const char *host);

/* Tells what each name server said of a host; nothing where none was asked. */
void examining_tell_resolvers(struct examining *x, const char *host,
			      const struct name_server *resolvers, size_t num);

#endif
