/*
 * What differs between mbedTLS 2.28 and 3.x, so that nothing else asks for a
 * version: private members, PSA, versions and groups to offer.
 */
#ifndef CLIENTS_MBEDTLS_COMPAT_H
#define CLIENTS_MBEDTLS_COMPAT_H

#include <mbedtls/version.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>

#include <stdbool.h>

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#else
#define MBEDTLS_PRIVATE(member) member
#endif

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
