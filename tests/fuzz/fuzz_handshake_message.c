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
	/* Of whatever certificate the first bytes are. */
	for (size_t len = 0; len < 4 && 7 + len <= size; len++) {
		struct der staple;
		if (message_find_staple(&staple, data, size, der_of(data + 7, len)) &&
		    (staple.at < data || staple.len > size ||
		     (size_t)(staple.at - data) > size - staple.len))
			abort();
	}
	return 0;
}
