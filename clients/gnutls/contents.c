/* Knows the parts of OCSP responses and CRLs that GnuTLS parses and has no call for. */
#include "clients/gnutls/der.h"

#include <string.h>

enum {
	TAG_BOOLEAN = 0x01,
	TAG_INTEGER = 0x02,
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_ENUMERATED = 0x0a,
	TAG_UTC_TIME = 0x17,
	TAG_GENERALIZED_TIME = 0x18,
	TAG_SEQUENCE = 0x30,
	TAG_CONTEXT_0 = 0xa0,
	TAG_CONTEXT_1 = 0xa1,
};

static bool take_as(struct span *in, uint8_t wanted, struct span *content)
{
	struct span rest = *in;
	uint8_t tag;
	if (!span_take(&rest, &tag, content) || tag != wanted)
		return false;
	*in = rest;
	return true;
}

/* Steps over so many elements, whatever they are. */
static bool skip(struct span *in, int num)
{
	struct span content;
	uint8_t tag;
	while (num > 0 && span_take(in, &tag, &content))
		num--;
	return num == 0;
}

/* What only informs: CRL references, archive cutoff, extended revoke (RFC 6960 section
 * 4.4); reason and invalidity date (RFC 5280 section 5.3). */
static bool is_known(struct span id)
{
	static const uint8_t reason[] = {0x55, 0x1d, 0x15}, invalidity[] = {0x55, 0x1d, 0x18};
	if (id.len == sizeof reason)
		return memcmp(id.at, reason, id.len) == 0 || memcmp(id.at, invalidity, id.len) == 0;

	static const uint8_t ocsp[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01};
	return id.len == sizeof ocsp + 1 && memcmp(id.at, ocsp, sizeof ocsp) == 0 &&
	       (id.at[sizeof ocsp] == 3 || id.at[sizeof ocsp] == 6 || id.at[sizeof ocsp] == 9);
}

/* RFC 5280 sections 4.2 and 5.3: a critical extension that is not understood forbids the use. */
static bool are_understood(struct span in)
{
	struct span list, extension, id, critical;
	if (!take_as(&in, TAG_SEQUENCE, &list))
		return false;
	while (list.len > 0) {
		if (!take_as(&list, TAG_SEQUENCE, &extension) || !take_as(&extension, TAG_OID, &id))
			return false;
		bool is_critical = take_as(&extension, TAG_BOOLEAN, &critical) &&
				   critical.len == 1 && *critical.at != 0;
		if (is_critical && !is_known(id))
			return false;
	}
	return true;
}

/* CertID, status, thisUpdate, then what may be there. */
static bool is_entry_understood(struct span entry)
{
	struct span content;
	if (!skip(&entry, 3))
		return false;
	take_as(&entry, TAG_CONTEXT_0, &content);
	return !take_as(&entry, TAG_CONTEXT_1, &content) || are_understood(content);
}

static bool is_version_1(struct span in)
{
	struct span version;
	return take_as(&in, TAG_INTEGER, &version) && version.len == 1 && *version.at == 0;
}

bool contents_are_understood(const uint8_t *der, size_t len)
{
	struct span in = {der, len};
	struct span response, bytes, octets, basic, data, content, entries, entry;
	if (!take_as(&in, TAG_SEQUENCE, &response) ||
	    !take_as(&response, TAG_ENUMERATED, &content) ||
	    !take_as(&response, TAG_CONTEXT_0, &bytes) ||
	    !take_as(&bytes, TAG_SEQUENCE, &content) || !take_as(&content, TAG_OID, &octets) ||
	    !take_as(&content, TAG_OCTETS, &octets) || !take_as(&octets, TAG_SEQUENCE, &basic) ||
	    !take_as(&basic, TAG_SEQUENCE, &data))
		return false;
	if (take_as(&data, TAG_CONTEXT_0, &content) && !is_version_1(content))
		return false;
	/* The responder and producedAt. */
	if (!skip(&data, 2) || !take_as(&data, TAG_SEQUENCE, &entries))
		return false;
	while (entries.len > 0)
		if (!take_as(&entries, TAG_SEQUENCE, &entry) || !is_entry_understood(entry))
			return false;
	return true;
}

bool list_is_understood(const uint8_t *der, size_t len)
{
	struct span in = {der, len};
	struct span list, data, content, entries, entry;
	if (!take_as(&in, TAG_SEQUENCE, &list) || !take_as(&list, TAG_SEQUENCE, &data))
		return false;
	take_as(&data, TAG_INTEGER, &content);
	/* The algorithm, the issuer and thisUpdate; then nextUpdate, which may be missing. */
	if (!skip(&data, 3))
		return false;
	if (!take_as(&data, TAG_UTC_TIME, &content))
		take_as(&data, TAG_GENERALIZED_TIME, &content);
	if (!take_as(&data, TAG_SEQUENCE, &entries))
		return true;
	while (entries.len > 0) {
		if (!take_as(&entries, TAG_SEQUENCE, &entry) || !skip(&entry, 2))
			return false;
		if (entry.len > 0 && !are_understood(entry))
			return false;
	}
	return true;
}
