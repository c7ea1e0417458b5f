/*
 * What an examination comes to at a glance: handshakes counted by address and version, the worst
 * of several chains, the best of several sources. The rules of the doctor, comparisons and reports
 * look at it. An examination may come from a foreign document: what is not there is absent.
 */
#ifndef HARNESS_DOCTOR_CASE_FACTS_H
#define HARNESS_DOCTOR_CASE_FACTS_H

#include "harness/doctor/source_verdict.h"
#include "harness/model/examination.h"

#define CASE_ADDRESSES_MAX     16
#define CASE_STAPLES_MAX       16
#define CASE_INTERMEDIATES_MAX 16
#define CASE_LEAVES_MAX        8

/* Handshakes at one address that asked for a staple by any version, in their order. */
struct case_address {
	const char *address; /* borrowed, as all texts here */
	size_t num, num_completed, num_stapled;
	size_t num_bare_first; /* unstapled ones before the first that was stapled */
	bool ends_stapled;     /* the last completed one was */
	const char *chain;     /* keys of what that one brought; NULL: none */
	const char *staple;
	bool has_chain;     /* a certificate came, completed or not */
	bool has_fault;     /* one failed; of the first: */
	struct word reason; /* enum reason; its spelling is borrowed */
	const char *detail; /* or NULL */
};

/* Handshakes that asked for a staple and negotiated this version, or offered it alone. */
struct case_version {
	size_t num, num_completed, num_stapled;
};

struct case_staple {
	const struct staple *staple; /* borrowed */
	enum check check;            /* CHECK_NOT_CHECKED when no stack looked */
	const char *serial;
	int64_t this_update, next_update, left_s, life_s; /* 0: not known */
	bool has_left;
	enum life_end ends_by; /* has_left */
	int64_t past_s;        /* since nextUpdate; below 0: it is to come, or not known */
	double used;           /* fraction of its life that has passed; has_left */
	bool disagree;         /* stacks say different things */
	size_t seen;           /* in how many handshakes */
};

/* What is known of the status of a certificate between the leaf and its trust anchor. */
struct case_intermediate {
	const struct examined_certificate *certificate; /* borrowed */
	const char *name;                               /* its common name, or its subject */
	enum source_verdict responder, crl;             /* the best of several */
	bool staple_is_good, staple_is_revoked;
};

struct case_facts {
	bool is_resolved;
	const char *resolve_error;
	struct case_address addresses[CASE_ADDRESSES_MAX];
	size_t num_addresses;
	size_t num_handshakes, num_completed, num_stapled; /* of all addresses */
	struct case_version tls12, tls13;
	/* Handshakes that asked for no staple, and how long both kinds took: of those that asked
	 * the quickest, of the others the slowest, in microseconds; 0: none completed. */
	size_t num_unasked, num_unasked_completed;
	int64_t asked_us, unasked_us;
	bool client_certificate_needed, client_certificate_asked;

	bool has_leaf;
	const char *serial;
	bool must_staple, no_rev_avail;
	size_t num_ocsp_urls, num_crl_urls;           /* that can be used */
	size_t num_unusable_ocsp, num_unusable_crl;   /* that cannot */
	const struct unusable_pointer *unusable_urls; /* of every kind; borrowed */
	size_t num_unusable_urls;
	int64_t not_before, not_after; /* 0: not known */

	bool has_chain, chain_verified, missing_issuer, out_of_order, root_sent;
	size_t num_superfluous, num_expired;
	struct word chain_reason; /* enum reason; borrowed */
	const char *chain_error;

	struct case_staple staples[CASE_STAPLES_MAX];
	size_t num_staples;

	const struct status_sources *sources; /* of the leaf; borrowed */
	enum source_verdict responder, crl;   /* the best of several */
	int64_t responder_this_update;        /* of its answer; 0: not known */
	int64_t responder_next_update;
	bool get_works, post_works; /* some responder was good by it */
	bool responder_varies;      /* by one method it was good, and not */

	struct case_intermediate intermediates[CASE_INTERMEDIATES_MAX];
	size_t num_intermediates;

	bool has_clock;
	int64_t responder_ahead_s;
	int64_t num_clocks; /* hosts that said a time; 0: not known */
};

/*
 * All of it, with the certificate and the sources of the first leaf. Borrows from examination.
 */
void case_facts_read(struct case_facts *facts, const struct examination *examination);

/* What there is of one of its leaves (key of a certificate) alone: handshakes, chains and staples
 * with it, and its sources. Handshakes that got no certificate count for the first leaf. */
void case_facts_read_leaf(struct case_facts *facts, const struct examination *examination,
			  const char *leaf);

/* Whether clients meet something else at one address than at the other: no connection, another
 * leaf, another verdict about the chain, a staple or none, another check of it. */
bool case_addresses_differ(const struct examination *examination, const struct case_address *one,
			   const struct case_address *other);

/* The leaves that the server sent, the first one first; returns how many, at most max. Borrowed. */
size_t case_leaves(const char **out, size_t max, const struct examination *examination);

/* The staple to show where there is room for one: a bad one before good ones, of these the
 * one with the earliest nextUpdate. Borrowed; NULL without a staple. */
const struct case_staple *case_facts_worst_staple(const struct case_facts *facts);

/* Whether some stacks have a status from it and others another one or none. */
bool case_stacks_disagree(const struct status_answer *answer);

/* By any of its sources. */
bool case_intermediate_is_revoked(const struct case_intermediate *at);

#endif
