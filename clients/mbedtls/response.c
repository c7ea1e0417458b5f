/* Knows the ASN.1 of OCSP responses. Each reader returns false for what RFC 6960 does not allow. */
#include "clients/mbedtls/response.h"

#include <mbedtls/oid.h>

/* id-pkix-ocsp 1.3.6.1.5.5.7.48.1, and what stands below it */
#define OID_OCSP            "\x2b\x06\x01\x05\x05\x07\x30\x01"
#define OID_OCSP_BASIC      OID_OCSP "\x01"
#define OID_OCSP_NONCE      OID_OCSP "\x02"
#define OID_OCSP_CRL        OID_OCSP "\x03"
#define OID_OCSP_CUTOFF     OID_OCSP "\x06"
#define OID_OCSP_EXTENDED   OID_OCSP "\x09"
#define HAS_ID(in, literal) der_equals(in, literal, sizeof(literal) - 1)

/* A critical extension that is not understood makes the response unusable (RFC 5280
 * section 4.2); those of RFC 6960 section 4.4 only inform. */
static bool read_extensions(struct der in, struct der *nonce, bool *has_nonce)
{
	struct der list;
	struct der_extension extension;
	if (!der_take(&in, &list, DER_SEQUENCE) || !der_is_empty(&in))
		return false;
	while (!der_is_empty(&list)) {
		if (!der_take_extension(&list, &extension))
			return false;
		if (nonce != NULL && HAS_ID(&extension.id, OID_OCSP_NONCE)) {
			/* Old responders leave out the inner OCTET STRING of RFC 8954. */
			*has_nonce = true;
			if (!der_take(&extension.value, nonce, MBEDTLS_ASN1_OCTET_STRING))
				*nonce = extension.value;
		} else if (extension.critical && !HAS_ID(&extension.id, OID_OCSP_CRL) &&
			   !HAS_ID(&extension.id, OID_OCSP_CUTOFF) &&
			   !HAS_ID(&extension.id, OID_OCSP_EXTENDED)) {
			return false;
		}
	}
	return true;
}

static bool read_version(struct der *data)
{
	struct der content;
	int version;
	if (!der_next_is(data, DER_CONSTRUCTED(0)))
		return true;
	return der_take(data, &content, DER_CONSTRUCTED(0)) &&
	       mbedtls_asn1_get_int(&content.at, content.end, &version) == 0 && version == 0 &&
	       der_is_empty(&content);
}

static bool read_responder(struct response *response, struct der *data)
{
	struct der content;
	if (der_take(data, &content, DER_CONSTRUCTED(1)))
		return der_take_whole(&content, &response->responder_name, DER_SEQUENCE) &&
		       der_is_empty(&content);
	return der_take(data, &content, DER_CONSTRUCTED(2)) &&
	       der_take(&content, &response->responder_key, MBEDTLS_ASN1_OCTET_STRING) &&
	       der_is_empty(&content);
}

static bool read_data(struct response *response)
{
	struct der in = response->signed_part;
	struct der data, extensions;
	if (!der_take(&in, &data, DER_SEQUENCE) || !read_version(&data) ||
	    !read_responder(response, &data) || !der_take_time(&data, &response->produced_at) ||
	    !der_take(&data, &response->entries, DER_SEQUENCE) || der_is_empty(&response->entries))
		return false;
	if (der_take(&data, &extensions, DER_CONSTRUCTED(1)) &&
	    !read_extensions(extensions, &response->nonce, &response->has_nonce))
		return false;
	return der_is_empty(&data);
}

static bool read_signature(struct response *response, struct der *basic)
{
	mbedtls_asn1_buf algorithm, parameters;
	if (mbedtls_asn1_get_alg(&basic->at, basic->end, &algorithm, &parameters) != 0 ||
	    !der_take(basic, &response->signature, MBEDTLS_ASN1_BIT_STRING) ||
	    der_len(&response->signature) < 1 || *response->signature.at != 0)
		return false;
	response->signature.at++; /* the number of unused bits */
	if (mbedtls_oid_get_sig_alg(&algorithm, &response->hash, &response->key_type) != 0)
		response->key_type = MBEDTLS_PK_NONE;
	return true;
}

static bool read_basic(struct response *response, struct der in)
{
	struct der basic, certificates;
	if (!der_take(&in, &basic, DER_SEQUENCE) || !der_is_empty(&in) ||
	    !der_take_whole(&basic, &response->signed_part, DER_SEQUENCE) ||
	    !read_signature(response, &basic))
		return false;
	if (der_take(&basic, &certificates, DER_CONSTRUCTED(0)) &&
	    !der_take(&certificates, &response->certificates, DER_SEQUENCE))
		return false;
	return der_is_empty(&basic) && read_data(response);
}

bool response_read(struct response *response, int *status, struct der in)
{
	struct der outer, bytes, sequence, id, basic;
	if (!der_take(&in, &outer, DER_SEQUENCE) || !der_is_empty(&in) ||
	    mbedtls_asn1_get_enum(&outer.at, outer.end, status) != 0)
		return false;
	if (*status != 0)
		return true;
	return der_take(&outer, &bytes, DER_CONSTRUCTED(0)) && der_is_empty(&outer) &&
	       der_take(&bytes, &sequence, DER_SEQUENCE) && der_is_empty(&bytes) &&
	       der_take(&sequence, &id, MBEDTLS_ASN1_OID) && HAS_ID(&id, OID_OCSP_BASIC) &&
	       der_take(&sequence, &basic, MBEDTLS_ASN1_OCTET_STRING) && der_is_empty(&sequence) &&
	       read_basic(response, basic);
}

static bool read_revoked(struct entry *entry, struct der info)
{
	struct der reason;
	entry->status = STATUS_REVOKED;
	if (!der_take_time(&info, &entry->revocation_time))
		return false;
	if (der_take(&info, &reason, DER_CONSTRUCTED(0)) &&
	    mbedtls_asn1_get_enum(&reason.at, reason.end, &entry->revocation_reason) != 0)
		return false;
	return der_is_empty(&info);
}

static bool read_status(struct entry *entry, struct der *single)
{
	struct der content;
	if (der_take(single, &content, DER_CONTEXT(0)))
		entry->status = STATUS_GOOD;
	else if (der_take(single, &content, DER_CONTEXT(2)))
		entry->status = STATUS_UNKNOWN;
	else
		return der_take(single, &content, DER_CONSTRUCTED(1)) &&
		       read_revoked(entry, content);
	return der_is_empty(&content);
}

bool response_take_entry(struct entry *entry, struct der *entries)
{
	struct der single, id, algorithm, content;
	*entry = (struct entry){.revocation_reason = -1};
	if (!der_take(entries, &single, DER_SEQUENCE) || !der_take(&single, &id, DER_SEQUENCE) ||
	    !der_take(&id, &algorithm, DER_SEQUENCE) ||
	    !der_take(&algorithm, &entry->hash_id, MBEDTLS_ASN1_OID) ||
	    !der_take(&id, &entry->name_hash, MBEDTLS_ASN1_OCTET_STRING) ||
	    !der_take(&id, &entry->key_hash, MBEDTLS_ASN1_OCTET_STRING) ||
	    !der_take(&id, &entry->serial, MBEDTLS_ASN1_INTEGER) || !der_is_empty(&id) ||
	    !read_status(entry, &single) || !der_take_time(&single, &entry->this_update))
		return false;
	entry->has_next_update = der_take(&single, &content, DER_CONSTRUCTED(0));
	if (entry->has_next_update &&
	    (!der_take_time(&content, &entry->next_update) || !der_is_empty(&content)))
		return false;
	if (der_take(&single, &content, DER_CONSTRUCTED(1)) &&
	    !read_extensions(content, NULL, NULL))
		return false;
	return der_is_empty(&single);
}
