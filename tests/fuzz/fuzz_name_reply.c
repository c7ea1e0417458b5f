/* Any bytes as a name server's reply: one that answers has the question's ID, its addresses are
 * addresses. The input is a question, behind a byte that says how long it is, and the reply. */
#include "harness/doctor/name_reply.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct texts list = {0};
	size_t question_len = size > 0 ? data[0] : 0;
	if (size < 1 + question_len)
		return 0;
	const uint8_t *question = data + 1, *reply = question + question_len;
	size_t len = size - 1 - question_len;
	if (name_reply_answers(reply, len, question, question_len) &&
	    (len < 12 || memcmp(reply, question, 2) != 0 || (reply[2] & 0x80) == 0))
		abort();
	/* Safe for a reply to another question, too. */
	if (strlen(name_reply_code(reply, len)) == 0)
		abort();
	name_reply_addresses(&list, reply, len);
	if (list.num > NAME_REPLY_ADDRESSES_MAX)
		abort();
	for (size_t i = 0; i < list.num; i++) {
		unsigned char address[16];
		if (inet_pton(AF_INET, list.items[i], address) != 1 &&
		    inet_pton(AF_INET6, list.items[i], address) != 1)
			abort();
	}
	texts_clear(&list);
	return 0;
}
