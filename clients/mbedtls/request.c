/* Knows how to write an OCSPRequest (RFC 6960 section 4.1) from its end to its start. */
#include "clients/mbedtls/ocsp.h"

#include "clients/mbedtls/der.h"

#include <mbedtls/asn1write.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>

#include <stdlib.h>
#include <string.h>

#define OID_OCSP_NONCE "\x2b\x06\x01\x05\x05\x07\x30\x01\x02"
#define NONCE_MAX      128
#define REQUEST_MAX    512
#define SERIAL_MAX     64
#define SHA1_LEN       20

/* mbedTLS's writers return the length or a negative code; so does this. */
struct writer {
	unsigned char *at;
	unsigned char *start;
	size_t len;
	bool failed;
};

static void add(struct writer *writer, int written)
{
	if (written < 0)
		writer->failed = true;
	else
		writer->len += (size_t)written;
}

/* Puts tag and length in front of what was written since len was `inside`. */
static void wrap(struct writer *writer, size_t inside, int tag)
{
	if (writer->failed)
		return;
	add(writer, mbedtls_asn1_write_len(&writer->at, writer->start, writer->len - inside));
	add(writer, mbedtls_asn1_write_tag(&writer->at, writer->start, (unsigned char)tag));
}

static void add_octets(struct writer *writer, const uint8_t *bytes, size_t len)
{
	if (!writer->failed)
		add(writer,
		    mbedtls_asn1_write_octet_string(&writer->at, writer->start, bytes, len));
}

static void add_nonce(struct writer *writer, const uint8_t *nonce, size_t len)
{
	size_t inside = writer->len;
	add_octets(writer, nonce, len);
	wrap(writer, inside, MBEDTLS_ASN1_OCTET_STRING);
	add(writer, mbedtls_asn1_write_oid(&writer->at, writer->start, OID_OCSP_NONCE,
					   sizeof OID_OCSP_NONCE - 1));
	wrap(writer, inside, DER_SEQUENCE);       /* Extension */
	wrap(writer, inside, DER_SEQUENCE);       /* Extensions */
	wrap(writer, inside, DER_CONSTRUCTED(2)); /* requestExtensions */
}

static void add_certid(struct writer *writer, const mbedtls_x509_crt *certificate,
		       const uint8_t *name_hash, const uint8_t *key_hash)
{
	size_t inside = writer->len;
	add(writer, mbedtls_asn1_write_raw_buffer(&writer->at, writer->start, certificate->serial.p,
						  certificate->serial.len));
	wrap(writer, inside, MBEDTLS_ASN1_INTEGER);
	add_octets(writer, key_hash, SHA1_LEN);
	add_octets(writer, name_hash, SHA1_LEN);
	if (!writer->failed)
		add(writer, mbedtls_asn1_write_algorithm_identifier(
				    &writer->at, writer->start, MBEDTLS_OID_DIGEST_ALG_SHA1,
				    MBEDTLS_OID_SIZE(MBEDTLS_OID_DIGEST_ALG_SHA1), 0));
	wrap(writer, inside, DER_SEQUENCE); /* CertID */
	wrap(writer, inside, DER_SEQUENCE); /* Request */
	wrap(writer, inside, DER_SEQUENCE); /* requestList */
}

bool request_encode(uint8_t **der, size_t *len, const mbedtls_x509_crt *certificate,
		    const mbedtls_x509_crt *issuer, const uint8_t *nonce, size_t nonce_len,
		    struct error *err)
{
	unsigned char buffer[REQUEST_MAX];
	uint8_t name_hash[MBEDTLS_MD_MAX_SIZE], key_hash[MBEDTLS_MD_MAX_SIZE];
	struct writer writer = {.at = buffer + sizeof buffer, .start = buffer};
	if (certificate->serial.len > SERIAL_MAX || nonce_len > NONCE_MAX)
		return error_set(err, ERROR_UNABLE,
				 "serial number or nonce is too long to ask with");
	if (mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA1), issuer->subject_raw.p,
		       issuer->subject_raw.len, name_hash) != 0 ||
	    !issuer_key_hash(key_hash, issuer, MBEDTLS_MD_SHA1))
		return error_set(err, ERROR_UNABLE,
				 "mbed TLS cannot hash the issuer's name and key");
	if (nonce_len > 0)
		add_nonce(&writer, nonce, nonce_len);
	add_certid(&writer, certificate, name_hash, key_hash);
	wrap(&writer, 0, DER_SEQUENCE); /* TBSRequest */
	wrap(&writer, 0, DER_SEQUENCE); /* OCSPRequest */
	*der = writer.failed ? NULL : malloc(writer.len);
	if (*der == NULL)
		return error_set(err, ERROR_UNABLE, "cannot write an OCSP request");
	memcpy(*der, writer.at, writer.len);
	*len = writer.len;
	return true;
}
