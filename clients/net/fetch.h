/*
 * Fetches OCSP answers and CRLs over HTTP with libcurl (GnuTLS flavour), bounded in
 * length and time. Says nothing about what the answer means.
 */
#ifndef CLIENTS_NET_FETCH_H
#define CLIENTS_NET_FETCH_H

#include "clients/facts/observation.h"
#include "core/clock.h"
#include "core/policy.h"
#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>

/* What may be fetched: anything, nothing that is private (loopback, link-local,
 * RFC 1918, RFC 4193), or nothing at all. */
enum fetch_rule { FETCH_ANY, FETCH_PUBLIC, FETCH_NOTHING };

/* One fetch: where, what, and under which limits. Everything is borrowed. */
struct fetch_order {
	const char *url;
	const uint8_t *ocsp_request; /* DER; NULL for a CRL */
	size_t ocsp_request_len;
	enum ocsp_method method;
	enum fetch_rule rule;
	const char *proxy; /* numeric address of an HTTP proxy; NULL: what the environment says */
	int proxy_port;
	const char *trust; /* PEM file of trust anchors for https; NULL: the system's */
	struct deadline deadline;
	size_t max_len; /* OCSP_MAX_LEN or CRL_MAX_LEN */
	bool any_type;  /* no Content-Type is remarked upon */
};

/* Once per process, before the threads; false when libcurl cannot start. */
bool fetch_start(void);
void fetch_stop(void);

/*
 * Carries out an order. Its URL is http (url_is_usable()); it is followed to at most three others
 * of http or https. No user name and password of a URL is ever sent. facts gets url, post, layer,
 * http_status, ms, local_port, text and what comes after `check`; the caller has set is_crl and
 * depth. True when a body came with HTTP 200: it is in body, which the caller initialized with
 * order->max_len. A body that is larger is layer FETCH_ANSWER with false, and text says its size.
 * Of a URL that cannot be used, also one of another scheme, the layer is FETCH_UNUSABLE, and
 * nothing was asked.
 */
bool fetch(struct fetch_facts *facts, struct text *body, const struct fetch_order *order);

/* Whether an address is private, loopback, link-local or otherwise not public (RFC 1918,
 * RFC 4193, RFC 6890). Anything but IPv4 and IPv6 is. */
struct sockaddr;
bool fetch_is_private(const struct sockaddr *address);

/*
 * The URL of an OCSP GET: base URL, slash, the request in base64 and URL-encoded (RFC
 * 6960 appendix A.1). New memory, which the caller frees; NULL without memory.
 */
char *fetch_ocsp_get_url(const char *url, const uint8_t *request, size_t len);

#endif
