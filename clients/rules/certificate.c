/* Knows where a certificate has its names, its key and its extensions. */
#include "clients/rules/certificate.h"

#define OID_KEY_USAGE         "\x55\x1d\x0f"
#define OID_BASIC_CONSTRAINTS "\x55\x1d\x13"

static bool read_key(struct der *key, struct der *in)
{
	struct der info;
	if (!der_take(in, &info, DER_SEQUENCE) || !der_skip(&info) ||
	    !der_take(&info, key, DER_BIT_STRING) || key->len < 1)
		return false;
	/* The number of unused bits. */
	key->at++;
	key->len--;
	return true;
}

bool certificate_read(struct certificate *out, struct der in)
{
	struct der whole, body, content;
	*out = (struct certificate){.whole = in};
	if (!der_take(&in, &whole, DER_SEQUENCE) || !der_take(&whole, &body, DER_SEQUENCE))
		return false;
	/* The version; then, behind the serial number, the algorithm. */
	der_take(&body, &content, DER_CONSTRUCTED(0));
	if (!der_take(&body, &out->serial, DER_INTEGER) || !der_skip(&body) ||
	    !der_take_whole(&body, &out->issuer, DER_SEQUENCE) ||
	    !der_take(&body, &out->validity, DER_SEQUENCE) ||
	    !der_take_whole(&body, &out->subject, DER_SEQUENCE) || !read_key(&out->key, &body))
		return false;
	while (body.len > 0 && !der_next_is(body, DER_CONSTRUCTED(3)))
		if (!der_skip(&body))
			return false;
	if (der_take(&body, &content, DER_CONSTRUCTED(3)))
		return der_take(&content, &out->extensions, DER_SEQUENCE);
	return true;
}

bool certificate_extension(struct der *value, const struct certificate *certificate, struct der id)
{
	return der_find_extension(value, certificate->extensions, id);
}

bool certificate_is_ca(const struct certificate *certificate)
{
	struct der value, list, is_ca;
	return certificate_extension(&value, certificate, der_of(OID_BASIC_CONSTRAINTS, 3)) &&
	       der_take(&value, &list, DER_SEQUENCE) && der_take(&list, &is_ca, DER_BOOLEAN) &&
	       is_ca.len == 1 && *is_ca.at != 0;
}

bool certificate_has_usage(const struct certificate *certificate, enum key_usage bit)
{
	struct der value, bits;
	if (!certificate_extension(&value, certificate, der_of(OID_KEY_USAGE, 3)))
		return true;
	/* The first byte says how many bits at the end are not used. */
	return der_take(&value, &bits, DER_BIT_STRING) && bits.len > 1 &&
	       (bits.at[1] & 0x80 >> bit) != 0;
}
