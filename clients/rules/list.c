/* Knows the ASN.1 of CRLs. Each reader returns false for what RFC 5280 section 5 does not allow. */
#include "clients/rules/list.h"

#define OID_REASON "\x55\x1d\x15" /* id-ce-cRLReasons */

static bool are_extensions(struct der list)
{
	struct der_extension extension;
	while (list.len > 0)
		if (!der_take_extension(&list, &extension))
			return false;
	return true;
}

static bool read_times(struct list *out, struct der *body, int forms)
{
	if (!der_take_time(body, &out->this_update, &out->has_this_update, forms))
		return false;
	if (der_take_time(body, &out->next_update, &out->has_next_update, forms))
		out->is_next_update_broken = !out->has_next_update;
	return true;
}

bool list_read(struct list *out, struct der in, int forms)
{
	struct der whole, body, content;
	*out = (struct list){0};
	if (!der_take(&in, &whole, DER_SEQUENCE) || in.len > 0 ||
	    !der_take(&whole, &body, DER_SEQUENCE))
		return false;
	/* The version, then the algorithm. */
	der_take(&body, &content, DER_INTEGER);
	if (!der_skip(&body) || !der_take_whole(&body, &out->issuer, DER_SEQUENCE) ||
	    !read_times(out, &body, forms))
		return false;
	const uint8_t *start = body.at;
	if (der_take(&body, &out->entries, DER_SEQUENCE))
		out->entries_start = start;
	if (der_take(&body, &content, DER_CONSTRUCTED(0)) &&
	    (!der_take(&content, &out->extensions, DER_SEQUENCE) || content.len > 0))
		return false;
	return body.len == 0 && are_extensions(out->extensions);
}

bool list_take_entry(struct listed *out, struct der *entries, int forms)
{
	struct der entry;
	bool readable;
	*out = (struct listed){0};
	if (!der_take(entries, &entry, DER_SEQUENCE) ||
	    !der_take(&entry, &out->serial, DER_INTEGER) ||
	    !der_take_time(&entry, &out->revocation_time, &readable, forms))
		return false;
	der_take(&entry, &out->extensions, DER_SEQUENCE);
	return entry.len == 0 && are_extensions(out->extensions);
}

int list_reason(const struct listed *listed)
{
	struct der rest = listed->extensions;
	struct der_extension extension;
	int reason;
	while (der_take_extension(&rest, &extension))
		if (DER_IS(extension.id, OID_REASON) &&
		    der_take_number(&extension.value, &reason, DER_ENUMERATED))
			return reason;
	return -1;
}
