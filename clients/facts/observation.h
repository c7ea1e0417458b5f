/*
 * What one client saw and did in one attempt: the data behind one answer line.
 * Filled by the backend (what the stack saw), by revocation (sources, decision)
 * and by client_main (times). clients/protocol/answer.h writes it as JSON.
 */
#ifndef CLIENTS_FACTS_OBSERVATION_H
#define CLIENTS_FACTS_OBSERVATION_H

#include "clients/facts/url.h"

#include "core/name.h"
#include "core/reason_flags.h"
#include "core/situation.h"

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#define MAX_URLS          8  /* of one kind that are kept from one certificate */
#define MAX_CHAIN         10 /* certificates of a chain that are looked at, leaf first */
#define MAX_FETCHES       16
#define OCSP_MAX_LEN      ((size_t)64 << 10)
#define OCSP_FILE_MAX_LEN ((size_t)1 << 20) /* of a check without a connection */
#define CRL_MAX_LEN       ((size_t)16 << 20)
#define DETAIL_MAX        512
#define NATIVE_MAX        256

/* The stack's own words, untouched. Empty strings where there are none. */
struct native {
	char library[32];
	int64_t code;
	char name[64];
	char text[NATIVE_MAX];
};

#define DIGEST_MAX 64 /* bytes: SHA-512 */

/* A CertID as a response has it (RFC 6960 section 4.1.1). */
struct certid_facts {
	char hash[32]; /* "sha1", "sha256", another name, or the number of one unknown; "": none */
	uint8_t name_hash[DIGEST_MAX], key_hash[DIGEST_MAX]; /* of the issuer */
	size_t name_len, key_len;
	char serial[64]; /* lower-case hex without leading zeros */
};

/* What the checks of one OCSP response or CRL gave, in the order of RFC 6960 section 3.2. */
struct status_check {
	enum check check;   /* the first check that failed, or GOOD / REVOKED / UNKNOWN */
	enum status status; /* what the entry for the certificate says; NONE when there is none */
	bool authentic;     /* entry found, signature verified, signer authorized */
	bool fresh;         /* current within the policy's skew and maximum age */
	bool tolerated;     /* current by the skew alone: nextUpdate has passed, or thisUpdate is to
			       come */
	int response_status; /* RFC 6960 section 4.2.1, -1 when unparseable; 0 for a CRL */
	int64_t this_update; /* seconds since 1970; 0 = absent; likewise below */
	int64_t next_update;
	int64_t produced_at;
	int64_t revocation_time;
	int revocation_reason; /* CRLReason, -1 when absent */
	/* Of a CRL that does not list the certificate: for which reasons (core/reason_flags.h). */
	int covered_reasons;
	/* Of the entry that was looked at; of the first when none is for the certificate. */
	struct certid_facts certid;
	char signer[128];     /* subject of the certificate whose key signed, or "" */
	struct native native; /* what the stack's own call said */
};

/* A pointer that is named and not used. */
struct unusable_url {
	char url[URL_TEXT_MAX]; /* made harmless and cut; the kind of name where it is no URL */
	enum url_fault why;
};

/* The pointers of one kind that a certificate has, in its order. */
struct url_list {
	char urls[MAX_URLS][URL_TEXT_MAX];
	size_t num;
	struct unusable_url unusable[MAX_URLS];
	size_t num_unusable; /* that are kept; further ones are left out */
};

struct certificate_facts {
	bool present;
	uint8_t sha256[32];
	char serial[64];   /* lower-case hex without leading zeros */
	bool must_staple;  /* TLS feature extension with status_request(5) */
	bool no_rev_avail; /* noRevAvail, id-ce 56 (RFC 9608) */
	struct url_list ocsp, crl;
	struct url_list issuer; /* caIssuers: of its issuer's certificate */
	int64_t not_before;
	int64_t not_after;
};

struct staple_facts {
	size_t depth;
	size_t len;
	uint8_t sha256[32];
	struct status_check check; /* CHECK_NOT_CHECKED when the policy does not look */
};

/* How far a fetch came. Values of `layer` in an answer: dns, connect, timeout, http, answer,
 * forbidden, unusable (the URL itself: nothing was asked). */
enum fetch_layer {
	FETCH_DNS,
	FETCH_CONNECT,
	FETCH_TIMEOUT,
	FETCH_HTTP,
	FETCH_ANSWER,
	FETCH_FORBIDDEN,
	FETCH_UNUSABLE
};

struct fetch_facts {
	bool is_crl;
	size_t depth;
	char url[URL_TEXT_MAX];
	bool post;
	enum fetch_layer layer;
	int http_status; /* 0 when none came */
	int64_t ms;
	int64_t late_us;       /* of it the thread was ready to run and did not; -1: not known */
	int local_port;        /* 0 when not connected; the lab knows the request by it */
	char text[NATIVE_MAX]; /* libcurl's own words, and what is odd about the answer */
	bool is_pem;           /* a CRL came in PEM; RFC 5280 section 4.2.1.13 wants DER */
	struct status_check check;
	/* What only an examination shows. */
	char content_type[128]; /* "" when none came, cut when it is longer */
	int64_t date;           /* of the answer, by its Date; 0 = absent */
	int64_t age_s;          /* in caches, by its Age; -1 = absent */
	char address[64]; /* numeric, of the last peer (a proxy, where there is one); "": none */
	int redirects;
	int64_t ms_dns, ms_connect; /* until then, from the beginning, of the last connection */
};

/* A connection before the one that is judged. */
struct earlier_connection {
	enum outcome outcome; /* connect or warn, or there would be no later one */
	enum reason reason;
	enum status assurance;
	char tls_version[16];
	bool resumed;
	bool has_session; /* it left one to resume */
	int local_port;
};

/* A staple as it came. */
struct staple_bytes {
	uint8_t *data; /* owned; NULL with len 0: present and empty, or absent */
	size_t len;
	bool present;
};

struct observation {
	struct earlier_connection earlier[CONNECTIONS_MAX - 1];
	size_t num_earlier;
	bool resumed; /* this connection resumed the session of an earlier one */
	enum outcome outcome;
	enum reason reason;
	enum stage stage;
	enum status assurance; /* GOOD, REVOKED, or NONE */
	char detail[DETAIL_MAX];
	struct native native;
	int alert_number;     /* -1: none seen */
	bool alert_sent;      /* else received */
	char tls_version[16]; /* "1.2", "1.3" or "" */
	char cipher[64];
	struct certificate_facts certificate; /* the leaf */
	bool chain_verified;
	int chain_depth;              /* of the failing certificate, -1 when none */
	char chain_error[NATIVE_MAX]; /* the stack's text */
	struct staple_facts staples[MAX_CHAIN];
	size_t num_staples;
	struct fetch_facts fetches[MAX_FETCHES];
	size_t num_fetches;
	int64_t connect_us, handshake_us, revocation_us, total_us;
	int64_t late_us; /* of total_us the thread was ready to run and did not; -1: not known */
	int local_port;
};

#endif
