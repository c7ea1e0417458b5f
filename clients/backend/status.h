/*
 * The status of a certificate of the chain: what a backend's functions and the rules for
 * all stacks (clients/rules/) give together.
 */
#ifndef CLIENTS_BACKEND_STATUS_H
#define CLIENTS_BACKEND_STATUS_H

#include "clients/backend/probe.h"

/* The facts of the certificate at depth of the verified chain; false beyond its end. */
bool status_read_certificate(const struct probe *probe, struct certificate_facts *out,
			     size_t depth);

/* The facts of a certificate in DER; what is odd in it is left out. Its sha256 too. */
void status_read_facts(const struct client_backend *backend, struct certificate_facts *out,
		       struct der der);

/*
 * Checks an OCSP response for the certificate at depth of the verified chain in the order of RFC
 * 6960 section 3.2, under policy's skew_s, max_age_s and certid_hash. Never fails: what goes
 * wrong is a check.
 *
 * Without a certificate at depth it is about the certificate of the issuer which the response names
 * first. Without an issuer as well response and first entry are only decoded: CHECK_NOT_CHECKED
 * and never authentic, or what decoding finds wrong.
 */
void status_check_ocsp(struct probe *probe, struct status_check *out, size_t depth, struct der der,
		       struct der nonce);

/* The same for a CRL (DER or PEM). */
void status_check_crl(struct probe *probe, struct status_check *out, size_t depth,
		      struct der bytes);

/*
 * For native enforcement of a stack that verifies staples itself: checks every staple of the
 * observation by the rules. The first that is not good, else the first; NULL without any.
 */
const struct staple_facts *status_check_staples(struct probe *probe);

/* What a staple is the reason for, NULL a missing one. */
enum reason status_staple_reason(const struct staple_facts *staple);

/*
 * A DER OCSPRequest for the certificate at depth (CertID by SHA-1), with the nonce unless it is
 * empty. New memory in *der, which the caller frees.
 */
bool status_make_request(struct probe *probe, uint8_t **der, size_t *len, size_t depth,
			 struct der nonce, struct error *err);

#endif
