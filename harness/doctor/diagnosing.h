/* Private to diagnosis: one that is being made, which its rules (diagnosis_*.c) share. */
#ifndef HARNESS_DOCTOR_DIAGNOSING_H
#define HARNESS_DOCTOR_DIAGNOSING_H

#include "core/text.h"
#include "harness/doctor/case_facts.h"
#include "harness/doctor/diagnosis.h"
#include "harness/model/server_facts.h"

struct diagnosing {
	const struct examination *examination;
	const struct diagnosis_options *options;
	struct run *run; /* may be NULL */
	const char *target_id;
	struct case_facts facts; /* of the leaf that is looked at, or of all */
	const char *leaves[CASE_LEAVES_MAX];
	size_t num_leaves;
	const char *leaf;         /* which of them; NULL: all of it */
	bool is_here[NUM_CAUSES]; /* found for this leaf */
	struct finding *findings; /* in the order in which they were found; NUM_CAUSES fit */
	size_t num_findings;
	bool is_symptom[NUM_CAUSES]; /* another of the findings is the reason for it */
	bool failed;                 /* without memory */
};

/* A new cause, or the one that is there already, which becomes as severe and as sure; borrowed.
 * What is evident is added to it. */
struct finding *diagnosing_add(struct diagnosing *d, enum cause cause, enum severity severity,
			       enum confidence confidence);

/* One more sentence of evidence, behind which leaf it is about where there are several; foreign
 * words are made visible. */
void diagnosing_evidence(struct diagnosing *d, struct finding *cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * A line for each attempt at a responder, for a CRL: before is said first ("" or whose source it
 * is), then the URL and how far it came: HTTP status, the type where it is not the expected one,
 * redirects, the check, which OCSP error it was, and the stacks' own words.
 */
void diagnosing_cite_responder(struct diagnosing *d, struct finding *cause, const char *before,
			       const struct responder *responder);
void diagnosing_cite_crl(struct diagnosing *d, struct finding *cause, const char *before,
			 const struct crl_source *crl);

/* How bad a staple is that is missing: it breaks a promise of the certificate, or only a hope of
 * strict clients. */
enum severity diagnosing_missing(const struct diagnosing *d);
/* A line for each address: how many of its handshakes had a staple. */
void diagnosing_cite_counts(struct diagnosing *d, struct finding *cause);
/* What the responder says from here, in a sentence. */
void diagnosing_cite_verdict(struct diagnosing *d, struct finding *cause);

/* "good by openssl, malformed by mbedtls: …" */
void diagnosing_cite_stacks(struct diagnosing *d, struct finding *cause, const char *what,
			    const struct status_answer *answer);

/* " at 192.0.2.2", where there are several addresses and a chain or a staple (keys; one of them
 * NULL) was not seen at all of them. */
void diagnosing_append_addresses(struct text *out, const struct diagnosing *d, const char *chain,
				 const char *staple);

/* Whether it was found, for the leaf that is looked at. */
bool diagnosing_has(const struct diagnosing *d, enum cause cause);
/* That which was found, for whichever leaf; borrowed, NULL when it was not. */
struct finding *diagnosing_find(const struct diagnosing *d, enum cause cause);

/* What is known of the server program. */
static inline struct server_facts diagnosing_server(const struct diagnosing *d)
{
	struct word kind = d->examination->server.kind;
	return server_facts_of(kind.is_known ? kind.value : -1, d->examination->server.software);
}

/* A text of an examination, which may be NULL: then "". */
static inline const char *diagnosing_text(const char *text)
{
	return text != NULL ? text : "";
}

/* The rules, in order. Those from diagnose_chain to diagnose_sources look at one leaf. */
void diagnose_endpoint(struct diagnosing *d);
void diagnose_chain(struct diagnosing *d);
void diagnose_missing(struct diagnosing *d); /* staples that did not come */
/* Whether what is peculiar about the responder keeps this server from using it, as far as is known.
 */
bool diagnose_unfit(struct diagnosing *d);
void diagnose_never(struct diagnosing *d);   /* of these, where none ever came */
void diagnose_staples(struct diagnosing *d); /* those that came */
void diagnose_sources(struct diagnosing *d);
void diagnose_crls(struct diagnosing *d); /* of these */
void diagnose_intermediates(struct diagnosing *d);
void diagnose_clock(struct diagnosing *d);
void diagnose_clients(struct diagnosing *d);

/* Which of the causes are there because of another one. */
void diagnosing_note_symptoms(struct diagnosing *d);
/* Which client classes each of the causes affects. */
void diagnosing_note_classes(struct diagnosing *d);
/* What fixes each of them. */
void diagnosing_note_fixes(struct diagnosing *d);

#endif
