/* Any bytes as the head of an HTTP answer: what the server calls itself is short and harmless. */
#include "clients/net/http_head.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text server;
	const char *bytes = (const char *)data;
	text_init(&server, 0);
	bool found = http_head_server(&server, bytes, size);
	/* A name ends the search, at whatever byte more that comes. */
	if (found && (server.len == 0 || !http_head_is_over(bytes, size)))
		abort();
	/* A byte becomes eight at the most: "\u{NNNN}". */
	if (!found ? server.len > 0 : server.len > (size_t)8 * HTTP_SERVER_MAX)
		abort();
	for (size_t i = 0; i < server.len; i++)
		if ((unsigned char)server.data[i] < 0x20 || server.data[i] == 0x7f)
			abort();
	text_clear(&server);
	return 0;
}
