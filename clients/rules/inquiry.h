/* Writes the request to a responder (RFC 6960 section 4.1). */
#ifndef CLIENTS_RULES_INQUIRY_H
#define CLIENTS_RULES_INQUIRY_H

#include "clients/rules/question.h"
#include "core/error.h"

/*
 * An OCSPRequest in DER with one CertID by SHA-1 and, when the question has one, a nonce (at most
 * 128 bytes, RFC 9654). The question needs a certificate and its issuer. New memory in *der, which
 * the caller frees.
 */
bool inquiry_write(uint8_t **der, size_t *len, const struct question *question, struct error *err);

#endif
