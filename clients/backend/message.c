/* Knows where a staple is in a handshake message, far enough to see an empty one. */
#include "clients/backend/message.h"

#define EXTENSION_STATUS_REQUEST 5

struct reader {
	const uint8_t *at;
	size_t len;
	bool failed;
};

static unsigned long take_number(struct reader *in, size_t bytes)
{
	unsigned long number = 0;
	if (in->len < bytes)
		in->failed = true;
	for (size_t i = 0; i < bytes && !in->failed; i++)
		number = number << 8 | in->at[i];
	if (!in->failed) {
		in->at += bytes;
		in->len -= bytes;
	}
	return number;
}

/* Takes a vector whose length has so many bytes. */
static struct reader take_vector(struct reader *in, size_t length_bytes)
{
	size_t len = take_number(in, length_bytes);
	struct reader vector = {in->at, len, false};
	if (len > in->len)
		in->failed = true;
	if (in->failed)
		return (struct reader){0};
	in->at += len;
	in->len -= len;
	return vector;
}

/* CertificateStatus: a type and an OCSPResponse<1..2^24-1>, here of length 0. */
static bool is_empty_status(struct reader in)
{
	take_number(&in, 1);
	return take_number(&in, 3) == 0 && !in.failed && in.len == 0;
}

static bool has_empty_status(struct reader extensions)
{
	while (extensions.len > 0 && !extensions.failed) {
		unsigned long type = take_number(&extensions, 2);
		struct reader body = take_vector(&extensions, 2);
		if (!extensions.failed && type == EXTENSION_STATUS_REQUEST && is_empty_status(body))
			return true;
	}
	return false;
}

static bool certificate_has_empty_status(struct reader in)
{
	take_vector(&in, 1); /* certificate_request_context */
	struct reader list = take_vector(&in, 3);
	while (list.len > 0 && !list.failed && !in.failed) {
		take_vector(&list, 3); /* the certificate */
		struct reader extensions = take_vector(&list, 2);
		if (!list.failed && has_empty_status(extensions))
			return true;
	}
	return false;
}

bool message_has_empty_staple(unsigned type, bool is_tls_1_3, const uint8_t *bytes, size_t len)
{
	struct reader in = {bytes, len, false};
	if (type == MESSAGE_CERTIFICATE_STATUS)
		return is_empty_status(in);
	return type == MESSAGE_CERTIFICATE && is_tls_1_3 && certificate_has_empty_status(in);
}
