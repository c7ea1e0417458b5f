/* Knows the ASN.1 of OCSP responses. Each reader returns false for what RFC 6960 does not allow. */
#include "clients/rules/response.h"

/* id-pkix-ocsp-basic and id-pkix-ocsp-nonce */
#define OID_BASIC "\x2b\x06\x01\x05\x05\x07\x30\x01\x01"
#define OID_NONCE "\x2b\x06\x01\x05\x05\x07\x30\x01\x02"

/* [n] EXPLICIT Extensions; nothing when it is absent. */
static bool read_extensions(struct der *out, struct der *in, int number)
{
	struct der content, list, rest;
	struct der_extension extension;
	if (!der_take(in, &content, DER_CONSTRUCTED(number)))
		return true;
	if (!der_take(&content, &list, DER_SEQUENCE) || content.len > 0)
		return false;
	*out = rest = list;
	while (rest.len > 0)
		if (!der_take_extension(&rest, &extension))
			return false;
	return true;
}

static bool read_version(struct response *out, struct der *data)
{
	struct der content;
	if (!der_take(data, &content, DER_CONSTRUCTED(0)))
		return true;
	if (!der_take_number(&content, &out->version, DER_INTEGER)) {
		out->version = -1;
		return der_skip(&content) && content.len == 0;
	}
	return content.len == 0;
}

static bool read_responder(struct response *out, struct der *data)
{
	struct der content;
	if (der_take(data, &content, DER_CONSTRUCTED(1)))
		return der_take_whole(&content, &out->responder_name, DER_SEQUENCE) &&
		       content.len == 0;
	return der_take(data, &content, DER_CONSTRUCTED(2)) &&
	       der_take(&content, &out->responder_key, DER_OCTET_STRING) && content.len == 0;
}

static bool read_data(struct response *out, int forms)
{
	struct der in = out->signed_part.bytes;
	struct der data;
	return der_take(&in, &data, DER_SEQUENCE) && read_version(out, &data) &&
	       read_responder(out, &data) &&
	       der_take_time(&data, &out->produced_at, &out->has_produced_at, forms) &&
	       der_take(&data, &out->entries, DER_SEQUENCE) &&
	       read_extensions(&out->extensions, &data, 1) && data.len == 0;
}

static bool read_basic(struct response *out, struct der in, int forms)
{
	struct der basic, certificates;
	if (!signed_read(&out->signed_part, SIGNED_RESPONSE, in) ||
	    !der_take(&in, &basic, DER_SEQUENCE) || in.len > 0 || !der_skip(&basic) ||
	    !der_skip(&basic) || !der_skip(&basic))
		return false;
	if (der_take(&basic, &certificates, DER_CONSTRUCTED(0)) &&
	    !der_take(&certificates, &out->certificates, DER_SEQUENCE))
		return false;
	return basic.len == 0 && read_data(out, forms);
}

bool response_read(struct response *out, struct der in, int forms)
{
	struct der outer, bytes, sequence, id, basic;
	*out = (struct response){.status = -1};
	if (!der_take(&in, &outer, DER_SEQUENCE) || in.len > 0 ||
	    !der_take_number(&outer, &out->status, DER_ENUMERATED))
		return false;
	if (out->status != 0)
		return true;
	return der_take(&outer, &bytes, DER_CONSTRUCTED(0)) && outer.len == 0 &&
	       der_take(&bytes, &sequence, DER_SEQUENCE) && bytes.len == 0 &&
	       der_take(&sequence, &id, DER_OID) && DER_IS(id, OID_BASIC) &&
	       der_take(&sequence, &basic, DER_OCTET_STRING) && sequence.len == 0 &&
	       read_basic(out, basic, forms);
}

static bool read_revoked(struct entry *entry, struct der info, int forms)
{
	struct der reason;
	entry->status = STATUS_REVOKED;
	if (!der_take_time(&info, &entry->revocation_time, &entry->has_revocation_time, forms))
		return false;
	if (der_take(&info, &reason, DER_CONSTRUCTED(0)) &&
	    !der_take_number(&reason, &entry->revocation_reason, DER_ENUMERATED))
		return false;
	return info.len == 0;
}

static bool read_status(struct entry *entry, struct der *single, int forms)
{
	struct der content;
	if (der_take(single, &content, DER_CONTEXT(0)))
		entry->status = STATUS_GOOD;
	else if (der_take(single, &content, DER_CONTEXT(2)))
		entry->status = STATUS_UNKNOWN;
	else
		return der_take(single, &content, DER_CONSTRUCTED(1)) &&
		       read_revoked(entry, content, forms);
	return content.len == 0;
}

static bool read_next_update(struct entry *entry, struct der *single, int forms)
{
	struct der content;
	if (!der_take(single, &content, DER_CONSTRUCTED(0)))
		return true;
	if (!der_take_time(&content, &entry->next_update, &entry->has_next_update, forms) ||
	    content.len > 0)
		return false;
	entry->is_next_update_broken = !entry->has_next_update;
	return true;
}

bool response_take_entry(struct entry *entry, struct der *entries, int forms)
{
	struct der single, id, algorithm;
	*entry = (struct entry){.revocation_reason = -1};
	return der_take(entries, &single, DER_SEQUENCE) && der_take(&single, &id, DER_SEQUENCE) &&
	       der_take(&id, &algorithm, DER_SEQUENCE) &&
	       der_take(&algorithm, &entry->hash_id, DER_OID) &&
	       der_take(&id, &entry->name_hash, DER_OCTET_STRING) &&
	       der_take(&id, &entry->key_hash, DER_OCTET_STRING) &&
	       der_take(&id, &entry->serial, DER_INTEGER) && id.len == 0 &&
	       read_status(entry, &single, forms) &&
	       der_take_time(&single, &entry->this_update, &entry->has_this_update, forms) &&
	       read_next_update(entry, &single, forms) &&
	       read_extensions(&entry->extensions, &single, 1) && single.len == 0;
}

bool response_nonce(struct der *nonce, const struct response *response)
{
	struct der value;
	if (!der_find_extension(&value, response->extensions,
				der_of(OID_NONCE, sizeof OID_NONCE - 1)))
		return false;
	if (!der_take(&value, nonce, DER_OCTET_STRING))
		*nonce = value;
	return true;
}
