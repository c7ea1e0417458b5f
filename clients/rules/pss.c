/* Knows how the parameters of RSASSA-PSS are written. */
#include "clients/rules/pss.h"

#include "clients/rules/hash.h"

#define OID_PKCS1 "\x2a\x86\x48\x86\xf7\x0d\x01\x01"
#define OID_MGF1  OID_PKCS1 "\x08"
#define OID_PSS   OID_PKCS1 "\x0a"

/* A parameter of its own tag, which is explicit; empty when it is absent. */
static struct der take_parameter(struct der *parameters, int number)
{
	struct der content = {NULL, 0};
	der_take(parameters, &content, DER_CONSTRUCTED(number));
	return content;
}

/* The OID of an AlgorithmIdentifier; what is left of the algorithm is its parameters. */
static bool take_algorithm(struct der *in, struct der *id, struct der *parameters)
{
	return der_take(in, parameters, DER_SEQUENCE) && der_take(parameters, id, DER_OID);
}

static bool read_hash(const char **name, struct der in)
{
	struct der id, parameters;
	if (!take_algorithm(&in, &id, &parameters))
		return false;
	*name = hash_find(id);
	return *name != NULL;
}

static bool read_mask(const char **name, struct der in)
{
	struct der id, parameters;
	return take_algorithm(&in, &id, &parameters) && DER_IS(id, OID_MGF1) &&
	       read_hash(name, parameters);
}

bool pss_read(struct pss *out, struct der algorithm)
{
	struct der id, rest, in;
	int trailer = 1;
	*out = (struct pss){"sha1", "sha1", 20};
	if (!take_algorithm(&algorithm, &id, &rest) || !DER_IS(id, OID_PSS) ||
	    !der_take(&rest, &in, DER_SEQUENCE))
		return false;
	struct der hash = take_parameter(&in, 0), mask = take_parameter(&in, 1);
	struct der salt = take_parameter(&in, 2), last = take_parameter(&in, 3);
	return (hash.len == 0 || read_hash(&out->hash, hash)) &&
	       (mask.len == 0 || read_mask(&out->mask_hash, mask)) &&
	       (salt.len == 0 || der_take_number(&salt, &out->salt_len, DER_INTEGER)) &&
	       (last.len == 0 || der_take_number(&last, &trailer, DER_INTEGER)) && trailer == 1 &&
	       in.len == 0;
}
