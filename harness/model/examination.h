/*
 * What the doctor saw at one endpoint and concludes from it: plain data, as the result document's
 * `examinations` has it (docs/doctor.md). A member that a document does not have is zero, NULL or
 * not known; nothing is said about whether its parts fit together: a key of a chain or a staple
 * may lead nowhere.
 *
 * All texts are owned, foreign, and of any length that a document may have.
 */
#ifndef HARNESS_MODEL_EXAMINATION_H
#define HARNESS_MODEL_EXAMINATION_H

#include "core/record.h"
#include "harness/model/finding.h"

/* How long a clock of a responder, or a certificate's life, has to be to be worth a word. */
#define CLOCK_SLACK_S 300 /* what most clients forgive */
/* CA/Browser Forum, Baseline Requirements: of at most 10 days until March 2026, 7 days since. */
#define SHORT_LIVED_S INT64_C(604800)

/* --- names --- */

struct name_server {
	struct record record;
	char *server;           /* its address */
	char *result;           /* "NOERROR", "NXDOMAIN", …, "timeout" or "unreachable" */
	struct texts addresses; /* those that it gave */
	int64_t ms;
};

struct resolution {
	struct record record;
	char *host;
	struct texts addresses;
	char *error; /* NULL: none */
	int64_t ms;
	struct name_server *resolvers;
	size_t num_resolvers;
};

struct examined_target {
	struct record record;
	char *host;
	int64_t port;
	char *server_name;
	char *starttls; /* NULL: none */
	char *connect;  /* "host:port" where it was connected to instead; NULL: there itself */
	bool proxy;
};

/* --- handshakes --- */

enum offered { OFFERED_ANY, OFFERED_TLS_1_2, OFFERED_TLS_1_3, NUM_OFFERED };
extern const struct name_table offered_names;

/* For which kind of key the client offered signature algorithms. */
enum offered_key { OFFERED_KEY_ANY, OFFERED_KEY_RSA, OFFERED_KEY_ECDSA, NUM_OFFERED_KEYS };
extern const struct name_table offered_key_names;

/* What the server wants of a client certificate. */
enum client_certificate {
	CLIENT_CERTIFICATE_NO,
	CLIENT_CERTIFICATE_ASKED,
	CLIENT_CERTIFICATE_REQUIRED,
	NUM_CLIENT_CERTIFICATES
};
extern const struct name_table client_certificate_names;

enum alert_direction { ALERT_SENT, ALERT_RECEIVED, NUM_ALERT_DIRECTIONS };
extern const struct name_table alert_direction_names;

struct seen_alert {
	struct record record;
	struct word direction; /* enum alert_direction */
	int64_t number;
	char *name;
};

struct seen_tls {
	struct record record;
	char *version, *cipher;
};

/* The stack's own words. */
struct seen_native {
	struct record record;
	char *library;
	int64_t code;
	char *name, *text;
};

/* Microseconds. */
struct seen_timing {
	struct record record;
	int64_t connect, handshake;
};

struct handshake {
	struct record record;
	char *address;
	int64_t port, round; /* round 0 is the first at its address */
	struct word offered; /* enum offered */
	struct word key;     /* enum offered_key; not known: any */
	bool asks_staple;
	bool completed;
	struct word reason; /* enum reason; of one that failed */
	struct word stage;  /* enum stage */
	char *detail;
	struct seen_alert alert;
	struct seen_tls tls;
	struct seen_native native;
	struct seen_timing timing_us;
	struct word client_certificate; /* enum client_certificate */
	char *greeting, *http_server;
	char *chain;                         /* key of one; NULL: no certificate came */
	struct texts staples, upper_staples; /* keys: of the leaf, of intermediates */
};

/* --- what came --- */

/* Which server program it is. */
enum server_source { SERVER_NAMED, SERVER_BY_HTTP, SERVER_BY_GREETING, NUM_SERVER_SOURCES };
extern const struct name_table server_source_names;

struct examined_server {
	struct record record;
	struct word kind; /* enum server_kind */
	char *software;   /* what it says of itself, or the user named with a version */
	struct word how;  /* enum server_source */
};

struct sent_chain {
	struct record record;
	char *id;
	struct texts sent; /* keys of certificates, in the order of the server; NULL: unreadable */
	int64_t num_sent;
	bool verified;
	struct word reason; /* enum reason */
	char *error;
	struct number depth;
	struct texts path; /* as verified, root included */
	/* What is said about the order and the gaps. */
	bool is_analysed;
	bool missing_issuer, out_of_order, root_sent;
	struct texts superfluous, expired;
};

/* What a pointer of a certificate is to. */
enum pointer_kind { POINTER_KIND_OCSP, POINTER_KIND_CRL, POINTER_KIND_ISSUER, NUM_POINTER_KINDS };
extern const struct name_table pointer_kind_names;

/* A pointer that is named and not used. */
struct unusable_pointer {
	struct record record;
	struct word kind; /* enum pointer_kind */
	char *url;        /* the kind of name where it is no URL */
	struct word why;  /* enum url_fault */
};

struct certificate {
	struct record record;
	char *id; /* SHA-256 */
	char *subject, *issuer, *common_name, *serial;
	struct number not_before, not_after;
	struct texts names;
	bool is_ca, self_signed, must_staple, no_rev_avail, ocsp_signing;
	struct texts ocsp_urls, crl_urls, issuer_urls; /* that can be used */
	struct unusable_pointer *unusable_urls;
	size_t num_unusable_urls;
	char *key_id, *issuer_key_id, *key;
};

/* --- status --- */

/* How one stack validates a response or a CRL. */
struct stack_check {
	struct record record;
	char *id;          /* of the stack */
	struct word check; /* enum check; not known: it could not look, detail says why */
	bool is_judged;
	struct word status; /* enum status */
	char *detail;
};

/* What ends the use of a response or a CRL, whichever comes first: its own nextUpdate, or notAfter
 * of the certificate of its signer, of the issuer, or of the one that it is about. */
enum life_end { LIFE_NEXT_UPDATE, LIFE_SIGNER, LIFE_ISSUER, LIFE_CERTIFICATE, NUM_LIFE_ENDS };
extern const struct name_table life_end_names; /* with words: "its nextUpdate" */

/* A response or a CRL as the stacks validate it; the first that looked counts for all. */
struct status_answer {
	struct record record;
	bool is_judged;            /* a stack looked */
	struct word check, status; /* enum check, enum status */
	struct flag authentic, fresh;
	struct number response_status;
	struct number this_update, next_update, produced_at, revocation_time; /* UTC */
	struct number revocation_reason;
	struct number covered_reasons; /* of a CRL for some reasons (core/reason_flags.h) */
	char *signer;
	struct number signer_not_after; /* of a delegated signer's certificate */
	char *serial;                   /* of the entry */
	bool was_put;                   /* before the stacks */
	struct stack_check *stacks;
	size_t num_stacks;
	struct number ends;  /* UTC; of one with nextUpdate */
	struct word ends_by; /* enum life_end */
	struct number left_s,
		life_s;   /* to ends, below 0 once it has passed; from thisUpdate to it */
	struct real used; /* part of its life that has passed */
};

struct staple {
	struct record record;
	char *id;
	char *bytes;                 /* base64 */
	int64_t length, depth, seen; /* seen: in how many handshakes */
	char *first_seen;            /* address */
	char *chain;                 /* key */
	struct status_answer answer;
};

/* --- sources of status --- */

/* How a source of status came out. */
enum source_verdict {
	SOURCE_NONE, /* the certificate names none */
	SOURCE_NOT_ASKED,
	SOURCE_UNAVAILABLE,
	SOURCE_BAD_ANSWER,
	SOURCE_GOOD,
	SOURCE_REVOKED,
	SOURCE_UNKNOWN,
	NUM_SOURCE_VERDICTS
};
extern const struct name_table source_verdict_names;

enum fetch_method { FETCH_GET, FETCH_POST, NUM_FETCH_METHODS };
extern const struct name_table fetch_method_names;

/* How far a fetch came. */
enum fetch_layer {
	LAYER_DNS,
	LAYER_CONNECT,
	LAYER_TIMEOUT,
	LAYER_HTTP,
	LAYER_ANSWER,
	LAYER_FORBIDDEN,
	LAYER_UNUSABLE, /* the URL itself */
	LAYER_FAILED,   /* the client program did not say */
	NUM_FETCH_LAYERS
};
extern const struct name_table fetch_layer_names;

struct fetch {
	struct record record;
	struct word method, layer; /* enum fetch_method, enum fetch_layer */
	bool is_answered;
	struct number http_status;
	char *content_type;
	struct number date; /* of the answer, by its own clock */
	struct number age;  /* seconds that it was in caches since (RFC 9111 section 4.2.3) */
	char *address;      /* of the peer */
	struct number redirects, ms, ms_dns, ms_connect;
	char *text;
	struct number length;
	char *sha256;
};

struct responder_attempt {
	struct record record;
	struct fetch fetch;
	char *bytes; /* base64 */
	struct status_answer answer;
};

struct responder {
	struct record record;
	char *url, *host;
	char *why; /* it was not asked; NULL: it was */
	bool is_asked;
	struct name_server *resolvers;
	size_t num_resolvers;
	struct responder_attempt *attempts;
	size_t num_attempts;
	struct word verdict; /* enum source_verdict */
};

struct crl_source {
	struct record record;
	char *url, *host;
	char *why;
	struct fetch fetch;
	struct status_answer answer;
	struct word verdict; /* enum source_verdict */
};

/* The sources of status that one certificate names. */
struct status_sources {
	struct record record;
	struct responder *responders;
	size_t num_responders;
	struct crl_source *crls;
	size_t num_crls;
};

/* A certificate beside the first leaf whose status was asked: another leaf that the server has
 * (depth 0), or one of a verified path between its leaf and its trust anchor. */
struct examined_certificate {
	struct record record;
	char *certificate, *issuer; /* keys; issuer may be NULL */
	int64_t depth;              /* 1: a leaf's issuer */
	struct status_sources sources;
};

/* Where the certificate says that its issuer's is (RFC 5280 section 4.2.2.1). */
struct issuer_source {
	struct record record;
	char *url, *host;
	char *why;
	bool fetched;
	struct fetch fetch;
	bool is_read;
	struct texts certificates; /* SHA-256 */
	bool helps;                /* the leaf's issuer is among them */
};

struct examined_clock {
	struct record record;
	struct number responder_s; /* by which the responder's clock is ahead of this machine's: of
				      several sources the one that is nearest */
	int64_t sources;           /* hosts that said a time */
	char *url;
};

/* Why something was not looked at. */
enum unexamined_why {
	UNEXAMINED_NO_IPV6,
	UNEXAMINED_NAME_SERVER,
	UNEXAMINED_CLIENT_CERTIFICATE,
	UNEXAMINED_CHAIN_NOT_VERIFIED,
	UNEXAMINED_NO_FETCH,
	UNEXAMINED_FETCH_PRIVATE,
	UNEXAMINED_PROXY,
	UNEXAMINED_NO_CERTIFICATE,
	UNEXAMINED_LIMIT,
	UNEXAMINED_INTERRUPTED,
	NUM_UNEXAMINED_WHYS
};
extern const struct name_table unexamined_why_names;

struct unexamined {
	struct record record;
	char *what;      /* an address, a URL, or in words */
	struct word why; /* enum unexamined_why */
	char *text;
};

/* --- the whole --- */

enum step_name {
	STEP_NAMES,
	STEP_HANDSHAKE,
	STEP_SERVER,
	STEP_CHAIN,
	STEP_CERTIFICATE,
	STEP_STAPLE,
	STEP_RESPONDER,
	STEP_CRL,
	STEP_CLOCK,
	NUM_STEP_NAMES
};
extern const struct name_table step_names;

struct examination_step {
	struct record record;
	struct word step; /* enum step_name */
	struct flag ok;   /* not known: a fact, neither well nor not */
	char *text;
};

struct examination {
	struct record record;
	char *id; /* of the target: "host:port" */
	struct examined_target target;
	struct number started, finished; /* UTC; finished is not known after an interruption */
	struct resolution resolution;
	struct handshake *handshakes;
	size_t num_handshakes;
	struct examined_server server;
	struct sent_chain *chains;
	size_t num_chains;
	struct certificate *certificates;
	size_t num_certificates;
	char *leaf; /* key of certificates */
	struct staple *staples;
	size_t num_staples;
	struct status_sources sources; /* of the leaf */
	struct examined_certificate *others;
	size_t num_others;
	struct issuer_source *issuers;
	size_t num_issuers;
	struct examined_clock clock;
	struct examination_step *steps;
	size_t num_steps;
	struct unexamined *not_examined;
	size_t num_not_examined;
	bool is_diagnosed;
	struct finding *causes; /* the worst first */
	size_t num_causes;
	struct word level; /* enum level */
	char *headline;
};

/* Those of a run, by target. Zero bytes are none. */
struct examinations {
	struct examination *items; /* owned */
	size_t num_items;
};

void examination_clear(struct examination *examination);
/* Takes away what was concluded; what was seen stays. */
void examination_forget_findings(struct examination *examination);
void examinations_clear(struct examinations *all);
void examinations_free(struct examinations *all); /* which is on the heap; NULL is fine */

/* NULL when there is none of this target. */
struct examination *examinations_find(const struct examinations *all, const char *target);

/* By their keys, which may be NULL; NULL when there is none. */
const struct certificate *examination_certificate(const struct examination *of, const char *id);
/* The first one that was sent. */
const struct certificate *examination_leaf(const struct examination *of);
const struct sent_chain *examination_chain(const struct examination *of, const char *id);
/* The leaf of a chain, as the server sent it; its key, or NULL. */
const char *examination_leaf_of(const struct examination *of, const char *chain);
bool examination_is_same_leaf(const struct examination *of, const char *chain, const char *other);
const struct staple *examination_staple(const struct examination *of, const char *id);

/* The first of this cause; NULL when it was not found. */
const struct finding *examination_finding(const struct examination *of, enum cause cause);

#endif
