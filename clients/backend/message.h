/* What a handshake message holds that a stack reads and does not show. */
#ifndef CLIENTS_BACKEND_MESSAGE_H
#define CLIENTS_BACKEND_MESSAGE_H

#include "clients/rules/der.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* HandshakeType (RFC 8446 section 4, RFC 6066 section 8). */
enum { MESSAGE_CERTIFICATE = 11, MESSAGE_CERTIFICATE_STATUS = 22 };

/* Whether the body of a message (RFC 8446 section 4.4.2, RFC 6066 section 8) has an OCSP response
 * of length zero. */
bool message_has_empty_staple(unsigned type, bool is_tls_1_3, const uint8_t *bytes, size_t len);

/*
 * The staple that the body of a Certificate message of TLS 1.3 has for a certificate, into *staple:
 * borrowed from bytes, of length zero when it is empty. False when the message has none for it, and
 * where the message is cut before it.
 */
bool message_find_staple(struct der *staple, const uint8_t *bytes, size_t len,
			 struct der certificate);

#endif
