/* Knows tag and length of DER. */
#include "clients/gnutls/der.h"

/* Lengths of up to four bytes: more than any limit here allows. */
static bool take_length(struct span *in, size_t *len)
{
	if (in->len == 0)
		return false;
	uint8_t first = *in->at++;
	in->len--;
	if (first < 0x80) {
		*len = first;
		return *len <= in->len;
	}
	size_t num = first & 0x7f;
	if (num == 0 || num > 4 || num > in->len)
		return false;
	*len = 0;
	for (size_t i = 0; i < num; i++)
		*len = *len << 8 | *in->at++;
	in->len -= num;
	return *len <= in->len;
}

bool span_take(struct span *in, uint8_t *tag, struct span *content)
{
	struct span rest = *in;
	size_t len;
	if (rest.len == 0)
		return false;
	*tag = *rest.at++;
	rest.len--;
	if ((*tag & 0x1f) == 0x1f || !take_length(&rest, &len))
		return false;
	*content = (struct span){rest.at, len};
	*in = (struct span){rest.at + len, rest.len - len};
	return true;
}

bool span_is_one_sequence(const uint8_t *bytes, size_t len)
{
	struct span in = {bytes, len};
	struct span content;
	uint8_t tag;
	return span_take(&in, &tag, &content) && tag == 0x30 && in.len == 0;
}
