/* Knows how to write DER for the tests of the rules. */
#include "tests/unit/clients/rules/element.h"

#include <stdlib.h>
#include <string.h>

void element_put(struct element *to, int tag, const void *content, size_t len)
{
	if (to->len + len + 4 > sizeof to->bytes)
		abort();
	to->bytes[to->len++] = (uint8_t)tag;
	if (len >= 0x80) {
		to->bytes[to->len++] = 0x82;
		to->bytes[to->len++] = (uint8_t)(len >> 8);
	}
	to->bytes[to->len++] = (uint8_t)len;
	if (len > 0)
		memcpy(to->bytes + to->len, content, len);
	to->len += len;
}

void element_add(struct element *to, const struct element *what)
{
	if (to->len + what->len > sizeof to->bytes)
		abort();
	memcpy(to->bytes + to->len, what->bytes, what->len);
	to->len += what->len;
}

void element_wrap(struct element *element, int tag)
{
	struct element whole = {.len = 0};
	element_put(&whole, tag, element->bytes, element->len);
	*element = whole;
}

void element_put_extension(struct element *to, const char *id, size_t id_len, bool critical,
			   const struct element *value)
{
	struct element extension = {.len = 0};
	element_put(&extension, DER_OID, id, id_len);
	if (critical)
		element_put(&extension, DER_BOOLEAN, "\xff", 1);
	element_put(&extension, DER_OCTET_STRING, value->bytes, value->len);
	element_wrap(&extension, DER_SEQUENCE);
	element_add(to, &extension);
}

struct der element_der(const struct element *element)
{
	return der_of(element->bytes, element->len);
}

static void put_part(struct element *to, const char *id, const char *value, int tag)
{
	struct element part = {.len = 0};
	element_put(&part, DER_OID, id, 3);
	element_put(&part, tag, value, strlen(value));
	element_wrap(&part, DER_SEQUENCE);
	element_wrap(&part, DER_SET);
	element_add(to, &part);
}

void element_put_name(struct element *to, const char *common_name, int tag)
{
	struct element name = {.len = 0};
	put_part(&name, "\x55\x04\x0a", "Example", tag);
	put_part(&name, "\x55\x04\x03", common_name, tag);
	element_wrap(&name, DER_SEQUENCE);
	element_add(to, &name);
}
