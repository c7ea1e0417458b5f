/* Knows how a CRL is cut into parts that are CRLs themselves. */
#include "clients/rules/long_list.h"

#include "clients/rules/list.h"

#include "core/base64.h"

#include <stdlib.h>
#include <string.h>

#define PEM_BEGIN "-----BEGIN X509 CRL-----"
#define PEM_END   "-----END X509 CRL-----"

enum { HEAD_MAX = 6 }; /* a tag, and a length of up to four bytes */

static struct der between(const uint8_t *from, const uint8_t *to)
{
	return der_of(from, (size_t)(to - from));
}

/* What the first block of the label holds; empty when there is none. */
static struct der find_body(struct der text)
{
	const uint8_t *end = text.at + text.len;
	const uint8_t *begin = memmem(text.at, text.len, PEM_BEGIN, sizeof PEM_BEGIN - 1);
	if (begin == NULL)
		return der_of(NULL, 0);
	begin += sizeof PEM_BEGIN - 1;
	const uint8_t *stop = memmem(begin, (size_t)(end - begin), PEM_END, sizeof PEM_END - 1);
	return stop != NULL ? between(begin, stop) : der_of(NULL, 0);
}

static bool is_readable(struct der bytes)
{
	struct list list;
	struct listed entry;
	bool is = list_read(&list, bytes, 0);
	while (is && list.entries.len > 0)
		is = list_take_entry(&entry, &list.entries, 0);
	return is;
}

bool long_list_is(uint8_t **decoded, struct der *bytes)
{
	struct der body, inside = *bytes;
	*decoded = NULL;
	if (bytes->len <= LONG_LIST_LEN)
		return false;
	if (memcmp(bytes->at, "-----", 5) == 0) {
		body = find_body(*bytes);
		if (!base64_decode(decoded, &inside.len, (const char *)body.at, body.len))
			return false;
		inside.at = *decoded;
	}
	if (!is_readable(inside))
		return false;
	*bytes = inside;
	return true;
}

/* A CRL with its entries left out. */
struct frame {
	struct der before, after; /* of the entries, in what is signed */
	struct der signature;     /* algorithm and signature */
};

static void read_frame(struct frame *out, const struct list *list, struct der bytes)
{
	struct der whole, body;
	der_take(&bytes, &whole, DER_SEQUENCE);
	der_take(&whole, &body, DER_SEQUENCE);
	const uint8_t *end = list->entries.at + list->entries.len;
	*out = (struct frame){.before = between(body.at, list->entries_start),
			      .after = between(end, body.at + body.len),
			      .signature = whole};
}

/* Bytes that are written to from their start. */
struct writer {
	uint8_t *bytes;
	size_t len;
};

static void put(struct writer *out, struct der bytes)
{
	memcpy(out->bytes + out->len, bytes.at, bytes.len);
	out->len += bytes.len;
}

static size_t head_len(size_t len)
{
	return len < 0x80 ? 2 : len < 0x100 ? 3 : len < 0x10000 ? 4 : len < 0x1000000 ? 5 : 6;
}

static void put_head(struct writer *out, size_t len)
{
	uint8_t head[HEAD_MAX] = {DER_SEQUENCE, (uint8_t)len};
	size_t num = head_len(len) - 2;
	if (num > 0)
		head[1] = (uint8_t)(0x80 | num);
	for (size_t i = 0; i < num; i++)
		head[2 + i] = (uint8_t)(len >> 8 * (num - 1 - i));
	put(out, der_of(head, 2 + num));
}

static struct der make_part(uint8_t *memory, const struct frame *frame, struct der entries)
{
	struct writer out = {memory, 0};
	size_t inside = frame->before.len + head_len(entries.len) + entries.len + frame->after.len;
	put_head(&out, head_len(inside) + inside + frame->signature.len);
	put_head(&out, inside);
	put(&out, frame->before);
	put_head(&out, entries.len);
	put(&out, entries);
	put(&out, frame->after);
	put(&out, frame->signature);
	return der_of(out.bytes, out.len);
}

/* Takes entries of up to LONG_LIST_PART bytes, at least one. */
static struct der take_entries(struct der *entries)
{
	const uint8_t *start = entries->at;
	struct der rest = *entries;
	while (der_skip(&rest) &&
	       ((size_t)(rest.at - start) <= LONG_LIST_PART || entries->at == start))
		*entries = rest;
	return between(start, entries->at);
}

static bool read_part(struct status_check *out, const struct status_reader *reader, struct der part)
{
	void *opened = reader->open(out, &part);
	reader->close(opened);
	return opened != NULL;
}

bool long_list_read(struct status_check *out, const struct status_reader *reader, struct der bytes)
{
	struct list list;
	struct frame frame;
	if (!list_read(&list, bytes, 0) || list.entries_start == NULL)
		return read_part(out, reader, bytes);
	read_frame(&frame, &list, bytes);
	/* No part is longer than the whole. */
	uint8_t *memory = malloc(bytes.len);
	struct der rest = list.entries;
	bool done = memory != NULL;
	do
		done = done &&
		       read_part(out, reader, make_part(memory, &frame, take_entries(&rest)));
	while (done && rest.len > 0);
	free(memory);
	return done;
}
