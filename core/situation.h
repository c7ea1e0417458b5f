/*
 * A situation: the certificate, the server, the responder and the CRL that one
 * scenario asks the lab for. Plain data with a table of its fields, so that the
 * scenario reader, the lab and the schema cannot drift apart.
 */
#ifndef CORE_SITUATION_H
#define CORE_SITUATION_H

#include "core/error.h"
#include "core/name.h"

#include <jansson.h>
#include <stdint.h>

/* The value of a duration field that is written "none". */
#define DURATION_NONE     INT64_MIN
#define SITUATION_URL_MAX 256
/* In a URL of a certificate: the server and path of the lab's own, and many letters. */
#define SITUATION_URL_LAB  "{lab}"
#define SITUATION_URL_LONG "{long}"
/* In a row, of one client. */
#define CONNECTIONS_MAX 10

#define LIST(symbol, spelling) KEY_##symbol,
enum key_kind {
#include "core/lists/key.def"
};
#undef LIST
#define LIST(symbol, spelling) CHAIN_##symbol,
enum chain_kind {
#include "core/lists/chain.def"
};
#undef LIST
#define LIST(symbol, spelling) SIGNER_##symbol,
enum signer {
#include "core/lists/signer.def"
};
#undef LIST
#define LIST(symbol, spelling) CERTID_##symbol,
enum certid {
#include "core/lists/certid.def"
};
#undef LIST
#define LIST(symbol, spelling) RESPONSE_##symbol,
enum response_status {
#include "core/lists/response.def"
};
#undef LIST
#define LIST(symbol, spelling) ENCODING_##symbol,
enum encoding {
#include "core/lists/encoding.def"
};
#undef LIST
#define LIST(symbol, spelling) BEHAVIOUR_##symbol,
enum behaviour {
#include "core/lists/behaviour.def"
};
#undef LIST
#define LIST(symbol, spelling) FEATURE_##symbol,
enum feature_kind {
#include "core/lists/feature.def"
};
#undef LIST
#define LIST(symbol, spelling) HASH_##symbol,
enum hash_kind {
#include "core/lists/hash.def"
};
#undef LIST
#define LIST(symbol, spelling) ENTRIES_##symbol,
enum entries_kind {
#include "core/lists/entries.def"
};
#undef LIST
#define LIST(symbol, spelling) REVOCATION_##symbol,
enum revocation_kind {
#include "core/lists/revocation.def"
};
#undef LIST
#define LIST(symbol, spelling) NONCE_##symbol,
enum nonce_kind {
#include "core/lists/nonce.def"
};
#undef LIST
#define LIST(symbol, spelling) EXTENSION_##symbol,
enum extension_kind {
#include "core/lists/extension.def"
};
#undef LIST
#define LIST(symbol, spelling) CRL_SCOPE_##symbol,
enum crl_scope {
#include "core/lists/crl_scope.def"
};
#undef LIST
#define LIST(symbol, spelling) UPPER_STAPLE_##symbol,
enum upper_staple {
#include "core/lists/upper_staple.def"
};
#undef LIST

enum name_kind { NAME_MATCH, NAME_MISMATCH };
enum signature_kind { SIGNATURE_VALID, SIGNATURE_CORRUPT };
enum crl_status { CRL_GOOD, CRL_REVOKED };
enum version_kind { VERSION_1, VERSION_2 };
enum responder_id { RESPONDER_BY_KEY, RESPONDER_BY_NAME };

enum { TLS_BIT_1_2 = 1, TLS_BIT_1_3 = 2 };

/* A pointer in a certificate: none, the lab's own, or a URL as given. */
enum pointer { POINTER_NO, POINTER_LAB, POINTER_URL };

struct certificate_spec {
	int must_staple;  /* enum feature_kind: the TLS feature extension (RFC 7633) */
	int no_rev_avail; /* bool: id-ce-noRevAvail (RFC 9608) */
	int ocsp_url;     /* enum pointer: authorityInfoAccess */
	char ocsp_url_text[SITUATION_URL_MAX];
	int crl_url; /* enum pointer: cRLDistributionPoints */
	char crl_url_text[SITUATION_URL_MAX];
	int dead_ocsp_url_first; /* bool: preceded by one at which no server listens */
	int key;                 /* enum key_kind */
	int64_t starts_ms;       /* notBefore, relative to the lab's start */
	int64_t lifetime_ms;     /* from notBefore */
	int chain;               /* enum chain_kind: what the server sends */
	int name;                /* enum name_kind: whether the certificate is for the host */
};

/* The CA certificate that issued the leaf, and what the root's level says of it. */
struct intermediate_spec {
	int status;      /* enum status, counted from good: by OCSP and by CRL */
	int must_staple; /* bool: TLS feature 5 in a CA certificate (RFC 7633 section 4.2.2) */
	int ocsp_url;    /* bool: the lab's */
	int crl_url;     /* bool: the lab's */
	int staple;      /* enum upper_staple: sent for it in TLS 1.3 */
};

/* An OCSP response, whether stapled or answered. Times are relative to the start of
 * the lab for a staple, to the moment of the answer for the responder. */
struct ocsp_spec {
	int status; /* enum status */
	int64_t this_update_ms;
	int64_t next_update_ms; /* or DURATION_NONE */
	int64_t revoked_at_ms;
	int revocation;   /* enum revocation_kind */
	int entries;      /* enum entries_kind */
	int extension;    /* enum extension_kind */
	int version;      /* enum version_kind */
	int nonce;        /* enum nonce_kind; WRONG sends one without being asked, too */
	int nonce_bytes;  /* of a wrong nonce */
	int responder_id; /* enum responder_id: how the response names its signer */
	int signer;       /* enum signer */
	int certid;       /* enum certid */
	int certid_hash;  /* enum hash_kind */
	int signature;    /* enum signature_kind */
	int response;     /* enum response_status */
	int encoding;     /* enum encoding */
};

struct staple_spec {
	int present;       /* bool: `staple: none` clears it */
	int skip_first;    /* connections (per cell) that get none before the first that does */
	int skip_every;    /* every Nth connection (per cell) gets none; 0 never */
	int revoked_after; /* connections (per cell) after which it has status revoked; 0 never */
	int unasked;       /* bool: also for a client that did not request it, against RFC 6066 */
	struct ocsp_spec ocsp;
};

struct server_spec {
	int tls;        /* bits TLS_BIT_* */
	int resumption; /* bool: gives session tickets */
	struct staple_spec staple;
};

struct responder_spec {
	int behaviour;    /* enum behaviour */
	int64_t delay_ms; /* BEHAVIOUR_SLOW */
	int http_status;  /* BEHAVIOUR_HTTP */
	struct ocsp_spec ocsp;
};

struct crl_spec {
	int behaviour; /* enum behaviour; NONE: no CRL is served */
	int64_t delay_ms;
	int http_status;
	int status; /* enum crl_status: whether it lists the leaf */
	int64_t this_update_ms;
	int64_t next_update_ms;
	int extra_entries; /* other certificates that it lists */
	int extension;     /* enum extension_kind; the entry's is in another's entry */
	int scope;         /* enum crl_scope */
	int signer;        /* enum signer: issuer or unrelated */
	int signature;     /* enum signature_kind */
	int encoding;      /* enum encoding */
};

/* What the client does; the lab does not look at it. */
struct client_spec {
	int connections; /* one after the other; what the last one gives is judged */
};

struct situation {
	struct client_spec client;
	struct certificate_spec certificate;
	struct intermediate_spec intermediate;
	struct server_spec server;
	struct responder_spec responder;
	struct crl_spec crl;
};

enum field_kind {
	FIELD_BOOL,
	FIELD_NAME,
	FIELD_NUMBER,
	FIELD_DURATION,      /* "-4d" */
	FIELD_DURATION_NONE, /* "-4d" or "none" */
	FIELD_POINTER,       /* true, false or a URL; offset + sizeof(int) is the text */
	FIELD_TLS,           /* a list of 1.2 and 1.3 */
};

struct situation_field {
	const char *section; /* one of situation_sections */
	const char *key;
	enum field_kind kind;
	const struct name_table *table; /* FIELD_NAME */
	int least, most;                /* FIELD_NUMBER */
	size_t offset;                  /* in struct situation */
	/* FIELD_DURATION and FIELD_NUMBER: giving the field also sets the behaviour of
	 * its section to this (`http: 503` means behaviour http); -1 for none. */
	int implied_behaviour;
	const char *text;
};

/* "client", "certificate", "intermediate", "server", "server.staple", "responder", "crl". */
extern const char *const situation_sections[];
extern const size_t num_situation_sections;

extern const struct situation_field situation_fields[];
extern const size_t num_situation_fields;

/*
 * The healthy situation: no must-staple, an OCSP URL, no CRL, a good staple of a
 * week, and a responder that answers good. status is what the CA knows of the leaf
 * (scenario key `truth`): the default of what the staple and the responder say.
 */
void situation_init(struct situation *situation, enum status truth);

/* NULL when the section has no such key. */
const struct situation_field *situation_find_field(const char *section, const char *key);

/* Sets one field from its spelling (FIELD_TLS: one version, which is added). On
 * failure err says what was expected, without a place. */
bool situation_set(struct situation *situation, const struct situation_field *field,
		   const char *spelling, struct error *err);

/* The spelling of a field into out (FIELD_TLS: space-separated). Returns out. */
const char *situation_spell(const struct situation *situation, const struct situation_field *field,
			    char out[static SITUATION_URL_MAX]);

/* Every field, by section: what the harness sends to the lab. New reference. */
json_t *situation_to_json(const struct situation *situation);

/* Reads what situation_to_json writes. An absent field keeps the default of a good
 * leaf; an unknown section, key or value is an error. */
bool situation_from_json(struct situation *situation, const json_t *object, struct error *err);

#endif
