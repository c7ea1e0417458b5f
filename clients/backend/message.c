/* Knows where a staple is in a handshake message. */
#include "clients/backend/message.h"

#define EXTENSION_STATUS_REQUEST 5
#define STATUS_TYPE_OCSP         1

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

/* CertificateStatus (RFC 6066 section 8): a type, here always OCSP, and an
 * OCSPResponse<1..2^24-1>, which some servers leave empty. False when it is none. */
static bool read_status(struct reader *response, struct reader in)
{
	unsigned long type = take_number(&in, 1);
	*response = take_vector(&in, 3);
	return type == STATUS_TYPE_OCSP && !in.failed && in.len == 0;
}

static bool find_status(struct reader *response, struct reader extensions)
{
	while (extensions.len > 0) {
		unsigned long type = take_number(&extensions, 2);
		struct reader body = take_vector(&extensions, 2);
		if (extensions.failed)
			return false;
		if (type == EXTENSION_STATUS_REQUEST)
			return read_status(response, body);
	}
	return false;
}

/* The list of a Certificate message of TLS 1.3 (RFC 8446 section 4.4.2). */
static struct reader read_list(const uint8_t *bytes, size_t len)
{
	struct reader in = {bytes, len, false};
	take_vector(&in, 1); /* certificate_request_context */
	return take_vector(&in, 3);
}

/* False at the end, and where the list is cut. */
static bool take_entry(struct reader *certificate, struct reader *extensions, struct reader *list)
{
	if (list->len == 0)
		return false;
	*certificate = take_vector(list, 3);
	*extensions = take_vector(list, 2);
	return !list->failed;
}

static bool certificate_has_empty_status(const uint8_t *bytes, size_t len)
{
	struct reader list = read_list(bytes, len), certificate, extensions, response;
	while (take_entry(&certificate, &extensions, &list))
		if (find_status(&response, extensions) && response.len == 0)
			return true;
	return false;
}

bool message_has_empty_staple(unsigned type, bool is_tls_1_3, const uint8_t *bytes, size_t len)
{
	struct reader response;
	if (type == MESSAGE_CERTIFICATE_STATUS)
		return read_status(&response, (struct reader){bytes, len, false}) &&
		       response.len == 0;
	return type == MESSAGE_CERTIFICATE && is_tls_1_3 &&
	       certificate_has_empty_status(bytes, len);
}

bool message_find_staple(struct der *staple, const uint8_t *bytes, size_t len,
			 struct der certificate)
{
	struct reader list = read_list(bytes, len), sent, extensions, response;
	while (take_entry(&sent, &extensions, &list)) {
		if (!der_same(der_of(sent.at, sent.len), certificate) ||
		    !find_status(&response, extensions))
			continue;
		*staple = der_of(response.at, response.len);
		return true;
	}
	return false;
}
