/* Any bytes as a handshake message, which the GnuTLS backend reads itself. */
#include "clients/gnutls/session.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool status =
		message_has_empty_staple(GNUTLS_HANDSHAKE_CERTIFICATE_STATUS, false, data, size);
	message_has_empty_staple(GNUTLS_HANDSHAKE_CERTIFICATE_PKT, true, data, size);
	if (status && size != 4)
		abort();
	return 0;
}
