/* Any bytes as a handshake message. */
#include "clients/backend/message.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool status = message_has_empty_staple(MESSAGE_CERTIFICATE_STATUS, false, data, size);
	message_has_empty_staple(MESSAGE_CERTIFICATE, true, data, size);
	if (status && size != 4)
		abort();
	return 0;
}
