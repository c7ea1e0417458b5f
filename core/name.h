/*
 * Closed lists: every enum that is seen outside the program has its names in one
 * X-macro file (*.def) and one table here.
 */
#ifndef CORE_NAME_H
#define CORE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* names[VALUE] is the spelling of VALUE; texts[VALUE], where there are texts, explains it. */
struct name_table {
	const char *what; /* "reason", for messages */
	const char *const *names;
	const char *const *texts; /* may be NULL */
	size_t num;
};

/* The value of a spelling, or -1. */
int name_find(const struct name_table *table, const char *spelling);

/* "a, b, c" into out; cut with "..." when it does not fit. Returns out. */
const char *name_list(char *out, size_t size, const struct name_table *table);

#define OUTCOME(symbol, spelling, text) OUTCOME_##symbol,
enum outcome {
#include "core/outcome.def"
	NUM_OUTCOMES
};
#undef OUTCOME

#define REASON(symbol, spelling, layer, text) REASON_##symbol,
enum reason {
#include "core/reason.def"
	NUM_REASONS
};
#undef REASON

#define REASON_LAYER(symbol, about_status) REASON_LAYER_##symbol,
enum reason_layer {
#include "core/reason_layer.def"
	NUM_REASON_LAYERS
};
#undef REASON_LAYER

#define CHECK(symbol, spelling, text) CHECK_##symbol,
enum check {
#include "core/check.def"
	NUM_CHECKS
};
#undef CHECK

#define STATUS(symbol, spelling, text) STATUS_##symbol,
enum status {
#include "core/status.def"
	NUM_STATUSES
};
#undef STATUS

#define STAGE(symbol, spelling, text) STAGE_##symbol,
enum stage {
#include "core/stage.def"
	NUM_STAGES
};
#undef STAGE

#define URL_FAULT(symbol, spelling, text) URL_FAULT_##symbol,
enum url_fault {
#include "core/url_fault.def"
	NUM_URL_FAULTS
};
#undef URL_FAULT

/* The protocols whose plain-text prologue is known, by name, with the port they are usually at. */
#define STARTTLS(symbol, spelling, port, text) STARTTLS_##symbol,
enum starttls {
#include "core/starttls.def"
	NUM_STARTTLS
};
#undef STARTTLS

extern const struct name_table outcome_names;
extern const struct name_table reason_names;
extern const struct name_table check_names;
extern const struct name_table status_names;
extern const struct name_table stage_names;
extern const struct name_table url_fault_names;
extern const struct name_table starttls_names;

const char *outcome_name(enum outcome outcome);
const char *reason_name(enum reason reason);
const char *reason_text(enum reason reason);
/* The reason says what is known of revocation status, or why nothing is; the others are of the
 * connection, the chain, the client program or the run. */
bool reason_is_about_status(enum reason reason);
/* The reason says something about the endpoint or its certificate, not about the client program or
 * the run. */
bool reason_is_about_endpoint(enum reason reason);
const char *check_name(enum check check);
const char *check_text(enum check check);
const char *status_name(enum status status);
const char *stage_name(enum stage stage);
const char *url_fault_name(enum url_fault fault);
const char *url_fault_text(enum url_fault fault);
int starttls_port(enum starttls protocol);

/* "tryLater" for 3 (RFC 6960 section 4.2.1); "other" for a number that has no name. */
const char *ocsp_response_status_name(int64_t status);

/* connect, warn and reject are verdicts; the other outcomes say that there is none. */
bool outcome_is_verdict(enum outcome outcome);

/* "bad_certificate_status_response" for 113 (RFC 8446 section 6); "alert-N" for a
 * number that has no name. Static storage per thread. */
const char *alert_name(int number);

#endif
