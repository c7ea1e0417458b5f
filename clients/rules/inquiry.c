/* Knows how to write an OCSPRequest, from its end to its start. */
#include "clients/rules/inquiry.h"

#include "clients/rules/hash.h"

#include <stdlib.h>
#include <string.h>

#define OID_NONCE   "\x2b\x06\x01\x05\x05\x07\x30\x01\x02"
#define NONCE_MAX   128
#define SERIAL_MAX  64
#define INQUIRY_MAX 512

/* Nothing here is longer than 255 bytes but the whole, so that INQUIRY_MAX has room for all. */
struct writer {
	uint8_t bytes[INQUIRY_MAX];
	size_t left; /* unused bytes, at the start */
};

static size_t length(const struct writer *writer)
{
	return sizeof writer->bytes - writer->left;
}

static void add(struct writer *writer, const void *bytes, size_t len)
{
	writer->left -= len;
	if (len > 0)
		memcpy(writer->bytes + writer->left, bytes, len);
}

/* Puts tag and length in front of what was written since the length was `inside`. */
static void wrap(struct writer *writer, size_t inside, int tag)
{
	size_t len = length(writer) - inside;
	uint8_t head[4] = {(uint8_t)tag, 0x82, (uint8_t)(len >> 8), (uint8_t)len};
	if (len < 0x80) {
		head[1] = (uint8_t)len;
		add(writer, head, 2);
	} else if (len < 0x100) {
		head[1] = 0x81;
		head[2] = (uint8_t)len;
		add(writer, head, 3);
	} else {
		add(writer, head, 4);
	}
}

static void add_element(struct writer *writer, int tag, struct der content)
{
	size_t inside = length(writer);
	add(writer, content.at, content.len);
	wrap(writer, inside, tag);
}

static void add_nonce(struct writer *writer, struct der nonce)
{
	size_t inside = length(writer);
	add_element(writer, DER_OCTET_STRING, nonce);
	wrap(writer, inside, DER_OCTET_STRING);
	add_element(writer, DER_OID, der_of(OID_NONCE, sizeof OID_NONCE - 1));
	wrap(writer, inside, DER_SEQUENCE);       /* Extension */
	wrap(writer, inside, DER_SEQUENCE);       /* Extensions */
	wrap(writer, inside, DER_CONSTRUCTED(2)); /* requestExtensions */
}

static void add_algorithm(struct writer *writer)
{
	static const uint8_t no_parameters[] = {0x05, 0x00}; /* NULL */
	size_t inside = length(writer);
	add(writer, no_parameters, sizeof no_parameters);
	add_element(writer, DER_OID, hash_id("sha1"));
	wrap(writer, inside, DER_SEQUENCE);
}

static bool add_certid(struct writer *writer, const struct question *question)
{
	const struct certificate *certificate = question->certificate, *issuer = question->issuer;
	uint8_t name[DIGEST_MAX], key[DIGEST_MAX];
	size_t inside = length(writer);
	size_t name_len = question->digest(name, "sha1", certificate->issuer);
	size_t key_len = question->digest(key, "sha1", issuer->key);
	if (name_len == 0 || key_len == 0)
		return false;
	add_element(writer, DER_INTEGER, certificate->serial);
	add_element(writer, DER_OCTET_STRING, der_of(key, key_len));
	add_element(writer, DER_OCTET_STRING, der_of(name, name_len));
	add_algorithm(writer);
	wrap(writer, inside, DER_SEQUENCE); /* CertID */
	wrap(writer, inside, DER_SEQUENCE); /* Request */
	wrap(writer, inside, DER_SEQUENCE); /* requestList */
	return true;
}

bool inquiry_write(uint8_t **der, size_t *len, const struct question *question, struct error *err)
{
	struct writer writer = {.left = INQUIRY_MAX};
	*der = NULL;
	if (question->certificate->serial.len > SERIAL_MAX || question->nonce.len > NONCE_MAX)
		return error_set(err, ERROR_UNABLE,
				 "the serial number or the nonce is too long for an OCSP request");
	if (question->nonce.len > 0)
		add_nonce(&writer, question->nonce);
	if (!add_certid(&writer, question))
		return error_set(err, ERROR_UNABLE,
				 "the stack cannot hash the issuer's name and key");
	wrap(&writer, 0, DER_SEQUENCE); /* TBSRequest */
	wrap(&writer, 0, DER_SEQUENCE); /* OCSPRequest */
	*len = length(&writer);
	*der = malloc(*len);
	if (*der == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	memcpy(*der, writer.bytes + writer.left, *len);
	return true;
}
