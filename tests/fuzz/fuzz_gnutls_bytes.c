/* Any bytes as a handshake message and as the scope of a CRL, for what the GnuTLS backend
 * reads itself. */
#include "clients/gnutls/der.h"
#include "clients/gnutls/session.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct certificate_facts nowhere;
	bool status =
		message_has_empty_staple(GNUTLS_HANDSHAKE_CERTIFICATE_STATUS, false, data, size);
	message_has_empty_staple(GNUTLS_HANDSHAKE_CERTIFICATE_PKT, true, data, size);
	if (status && size != 4)
		abort();
	scope_fits(data, size, true, &nowhere);
	if (scope_fits(data, size, false, &nowhere) && !span_is_one_sequence(data, size))
		abort();
	return 0;
}
