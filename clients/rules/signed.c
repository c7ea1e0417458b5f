/* Knows where the signature is in what is signed. */
#include "clients/rules/signed.h"

/* The algorithm that a certificate names inside, which has to be the one outside (RFC 5280 section
 * 4.1.1.2). */
static bool has_algorithm(struct der bytes, struct der wanted)
{
	struct der body, content, algorithm;
	if (!der_take(&bytes, &body, DER_SEQUENCE))
		return false;
	der_take(&body, &content, DER_CONSTRUCTED(0));
	return der_take(&body, &content, DER_INTEGER) &&
	       der_take_whole(&body, &algorithm, DER_SEQUENCE) && der_same(algorithm, wanted);
}

bool signed_read(struct signed_bytes *out, enum signed_kind kind, struct der in)
{
	struct der whole, bits;
	*out = (struct signed_bytes){.kind = kind};
	if (!der_take(&in, &whole, DER_SEQUENCE) ||
	    !der_take_whole(&whole, &out->bytes, DER_SEQUENCE) ||
	    !der_take_whole(&whole, &out->algorithm, DER_SEQUENCE) ||
	    !der_take(&whole, &bits, DER_BIT_STRING) || bits.len < 1 || *bits.at != 0)
		return false;
	out->signature = der_of(bits.at + 1, bits.len - 1);
	return kind != SIGNED_CERTIFICATE || has_algorithm(out->bytes, out->algorithm);
}
