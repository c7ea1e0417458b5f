/*
 * OCSP responses and CRLs put before every stack without a connection: the questions,
 * the client programs that answer them, and the answers.
 */
#ifndef HARNESS_VERIFY_VERIFICATION_H
#define HARNESS_VERIFY_VERIFICATION_H

#include "core/error.h"
#include "core/name.h"
#include "core/policy.h"
#include "harness/verify/der_input.h"
#include "harness/config/class.h"
#include "harness/config/data_paths.h"
#include "harness/run/status_check.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Plain data, all owned. */
struct question {
	char *name;       /* the file, or the case */
	size_t num_parts; /* CRLs of the same file: this one and those after it; 0 or 1: alone */
	bool is_crl;
	struct blob bytes; /* of a refused one the size alone */
	char *refusal;     /* why no stack is asked: a limit of this program; NULL otherwise */
	int memory_fd;     /* bytes that are too long for a line, in memory; -1 */
	char *certificate, *issuer, *chain, *trust; /* PEM text, or NULL */
	bool has_time;
	int64_t at_s;
};

/* One stack's validation of one question. */
struct stack_finding {
	/* The answer's object `check` as it came, for documents, and what it says; NULL when
	 * there is none, and then outcome, reason and detail say why. */
	json_t *check;
	struct status_check seen;
	enum outcome outcome; /* REJECT: the given certificates make no chain for this stack */
	enum reason reason;
	char *detail;
};

/* One stack that is asked. */
struct asked_stack {
	const struct stack *stack; /* borrowed */
	char *version;             /* NULL when the program is not there */
	char *fault;               /* why it is not asked; NULL when it is */
	bool is_built;             /* this build makes its program */
};

/* Open plain data; zero bytes are an empty one. */
struct verification {
	struct question *questions;
	size_t num_questions;
	struct asked_stack *stacks;
	size_t num_stacks;
	struct stack_finding *findings; /* question by question, after verification_run */
	struct policy policy;           /* skew_s, max_age_s and certid_hash count */
	int deadline_ms;                /* of one check; 0: 10 s */
};

void verification_clear(struct verification *verification);

/* Takes over question, also when it fails. */
bool verification_add_question(struct verification *verification, const struct question *question,
			       struct error *err);
void question_clear(struct question *question);
bool verification_add_stack(struct verification *verification, const struct stack *stack,
			    struct error *err);

struct stack_finding *verification_at(const struct verification *verification, size_t question,
				      size_t stack);

/* Whether the CRLs among some questions that cover some reasons each cover all together (RFC 5280
 * section 6.3.3), for one stack. The questions are about one certificate. */
bool verification_is_complete(const struct verification *verification, size_t first, size_t num,
			      size_t stack);

enum verification_end { VERIFICATION_DONE, VERIFICATION_INTERRUPTED, VERIFICATION_FAILED };

/*
 * Starts the client programs ("STACK=PATH" in clients: instead of the one that would be found),
 * sees that each refuses an impossible request, and asks all of them everything. Nothing is left
 * running.
 */
enum verification_end verification_run(struct verification *verification,
				       const struct data_paths *paths, const char *const *clients,
				       size_t num_clients, struct error *err);

#endif
