/*
 * One TLS connection by mbedTLS, as the files of this backend share it.
 */
#ifndef CLIENTS_MBEDTLS_SESSION_H
#define CLIENTS_MBEDTLS_SESSION_H

#include "clients/backend/probe.h"
#include "clients/backend/trust_pool.h"

#include <mbedtls/version.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#else
#define MBEDTLS_PRIVATE(member) member
#endif

/* What is not allowed by the default profile. */
#define BADCERT_ALGORITHM \
	(MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY)

struct session {
	mbedtls_ssl_context ssl;
	mbedtls_ssl_config config;
	struct trust *trust; /* borrowed */
	uint32_t flags;      /* MBEDTLS_X509_BADCERT_*, of all certificates together */
	int flagged_depth;   /* the first that mbedTLS found fault with, -1 when none */
	bool refused;        /* by the judge */
};

/* OCSP responses and CRLs as mbedTLS reads them, and its word on a signature. */
extern const struct status_reader response_reader, list_reader;
verify_function signature_verify;

/* The parts of struct client_backend. */
bool certificates_read_pem(struct der_list *out, const char *pem, struct error *err);
bool certificates_verify_path(enum reason *reason, char text[static NATIVE_MAX],
			      const struct der_list *path, const struct der_list *anchors);

/* Adds a certificate to the end of a list; 0 or mbedTLS's code. */
int certificate_parse(mbedtls_x509_crt *list, struct der der);

/* Whether a code says that mbedTLS does not have an algorithm, a curve or a type of key. */
bool code_is_unsupported(int code);

/* NULL for a hash that mbedTLS does not have; by the name that hash_find gives. */
const mbedtls_md_info_t *md_find(const char *hash);

/* Of trusted roots as an mbedtls_x509_crt. */
extern struct trust_pool trust_pool;

/* mbedTLS's own words for verification flags, in one line. */
void flags_print(char *out, size_t size, uint32_t flags);

/* Notes what a call of mbedTLS said: code and its text. */
void native_note(struct native *native, int code, const char *text);

/* Fills observation.chain_* and concludes with the chain's fault, which flags name. */
void session_conclude_chain(struct probe *probe, const struct session *session, int code);

/* Concludes with the failure of a handshake that is not the chain's. */
void session_conclude_failure(struct probe *probe, const struct session *session, int code);

/*
 * What differs between versions: private members, PSA, versions and groups to offer.
 */

/* 3.x does its public-key work through PSA, which wants to be started first. */
static inline bool compat_start(void)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
	return psa_crypto_init() == PSA_SUCCESS;
#else
	return true;
#endif
}

/* 2.28 has no TLS 1.3; Debian's later builds have it compiled in. */
static inline bool compat_has_tls_1_3(void)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03000000 && defined(MBEDTLS_SSL_PROTO_TLS1_3)
	return true;
#else
	return false;
#endif
}

static inline void compat_set_versions(mbedtls_ssl_config *config, bool from_1_3, bool to_1_3)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03020000
	mbedtls_ssl_conf_min_tls_version(config, from_1_3 ? MBEDTLS_SSL_VERSION_TLS1_3
							  : MBEDTLS_SSL_VERSION_TLS1_2);
	mbedtls_ssl_conf_max_tls_version(config, to_1_3 ? MBEDTLS_SSL_VERSION_TLS1_3
							: MBEDTLS_SSL_VERSION_TLS1_2);
#else
	(void)from_1_3;
	(void)to_1_3;
	mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3,
				     MBEDTLS_SSL_MINOR_VERSION_3);
	mbedtls_ssl_conf_max_version(config, MBEDTLS_SSL_MAJOR_VERSION_3,
				     MBEDTLS_SSL_MINOR_VERSION_3);
#endif
}

/* 2.28 prefers secp521r1, which costs a handshake several milliseconds more and says
 * nothing about revocation. The rest stays, so that no certificate is refused for it. */
static inline void compat_prefer_fast_groups(mbedtls_ssl_config *config)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03010000
	static const uint16_t groups[] = {
		MBEDTLS_SSL_IANA_TLS_GROUP_X25519, MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
		MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, MBEDTLS_SSL_IANA_TLS_GROUP_SECP521R1,
		MBEDTLS_SSL_IANA_TLS_GROUP_NONE};
	mbedtls_ssl_conf_groups(config, groups);
#else
	static const mbedtls_ecp_group_id groups[] = {
		MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_SECP384R1,
		MBEDTLS_ECP_DP_SECP521R1, MBEDTLS_ECP_DP_NONE};
	mbedtls_ssl_conf_curves(config, groups);
#endif
}

/* Since 3.6.1 tickets of TLS 1.3 are dropped unless reading is to report them. */
static inline void compat_want_tickets(mbedtls_ssl_config *config)
{
	mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
#ifdef MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED
	mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
		config, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
#endif
}

/* Whether what reading returned tells that a ticket of TLS 1.3 came. */
static inline bool compat_is_ticket(int code)
{
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
	return code == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;
#else
	(void)code;
	return false;
#endif
}

/* The description in the alert that ended the handshake; asked only after
 * MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE, when the message buffer still holds it. */
static inline int compat_alert_received(const mbedtls_ssl_context *ssl)
{
	return ssl->MBEDTLS_PRIVATE(in_msg)[1];
}

#endif
