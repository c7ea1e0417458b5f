/* What a handshake message holds that a stack reads and does not show. */
#ifndef CLIENTS_BACKEND_MESSAGE_H
#define CLIENTS_BACKEND_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* HandshakeType (RFC 8446 section 4, RFC 6066 section 8). */
enum { MESSAGE_CERTIFICATE = 11, MESSAGE_CERTIFICATE_STATUS = 22 };

/* Whether the body of a message (RFC 8446 section 4.4.2, RFC 6066 section 8) has an OCSP response
 * of length zero. */
bool message_has_empty_staple(unsigned type, bool is_tls_1_3, const uint8_t *bytes, size_t len);

#endif
