/* Knows when the scope of a CRL takes in a certificate. */
#include "clients/rules/scope.h"

#include "clients/rules/flags.h"
#include "clients/rules/name.h"

#define OID_DISTRIBUTION_POINTS "\x55\x1d\x1f"
#define OID_KEY_USAGE           "\x55\x1d\x0f"
#define OID_BASIC_CONSTRAINTS   "\x55\x1d\x13"

/* Of GeneralName. */
enum { TAG_URI = DER_CONTEXT(6), TAG_DIRECTORY = DER_CONSTRUCTED(4) };

/* The most that RULE_SCOPE_BY_URI looks at. */
enum { URIS_MAX = 4, URI_MAX = 511 };

/* issuingDistributionPoint. */
struct scope {
	bool has_point;
	struct der point; /* inside the DistributionPointName */
	bool only_user, only_ca, some_reasons, indirect, only_attribute;
};

static bool take_flag(struct der *in, bool *out, int number)
{
	struct der content;
	if (!der_next_is(*in, DER_CONTEXT(number)))
		return true;
	if (!der_take(in, &content, DER_CONTEXT(number)) || content.len != 1)
		return false;
	*out = *content.at != 0;
	return true;
}

static bool read_scope(struct scope *out, struct der in, unsigned flags)
{
	struct der list, reasons;
	*out = (struct scope){0};
	if (!der_take(&in, &list, DER_SEQUENCE) || (in.len > 0 && (flags & RULE_SCOPE_BY_URI)))
		return false;
	out->has_point = der_take(&list, &out->point, DER_CONSTRUCTED(0));
	if (!take_flag(&list, &out->only_user, 1) || !take_flag(&list, &out->only_ca, 2))
		return false;
	out->some_reasons = der_take(&list, &reasons, DER_CONTEXT(3));
	return take_flag(&list, &out->indirect, 4) && take_flag(&list, &out->only_attribute, 5) &&
	       list.len == 0;
}

static bool is_plain_uri(struct der name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] <= ' ' || name.at[i] > '~')
			return false;
	return name.len > 0 && name.len <= URI_MAX;
}

static bool is_same_name(int tag, struct der one, int other_tag, struct der other)
{
	if (tag != other_tag)
		return false;
	return tag == TAG_DIRECTORY ? name_is_same(one, other, NAME_RFC_5280)
				    : der_same(one, other);
}

/* Whether one of these general names is the other; *num_uris counts those that were passed. */
static bool holds(struct der names, int tag, struct der wanted, unsigned flags, int *num_uris)
{
	struct der name;
	int other;
	while (der_take_any(&names, &other, &name)) {
		bool is_uri = other == TAG_URI && is_plain_uri(name);
		if ((flags & RULE_SCOPE_BY_URI) && (!is_uri || ++*num_uris > URIS_MAX))
			continue;
		if (is_same_name(tag, wanted, other, name))
			return true;
	}
	return false;
}

/* Whether the certificate points to the general name. */
static bool is_pointed_to(int tag, struct der wanted, const struct certificate *certificate,
			  unsigned flags)
{
	struct der value, points, point, name, full;
	int num_uris = 0;
	if (!certificate_extension(&value, certificate, der_of(OID_DISTRIBUTION_POINTS, 3)) ||
	    !der_take(&value, &points, DER_SEQUENCE))
		return false;
	while (der_take(&points, &point, DER_SEQUENCE))
		if (der_take(&point, &name, DER_CONSTRUCTED(0)) &&
		    der_take(&name, &full, DER_CONSTRUCTED(0)) &&
		    holds(full, tag, wanted, flags, &num_uris))
			return true;
	return false;
}

/* A CRL of one shard says nothing about certificates of another. A name relative to the
 * issuer's meets none. */
static bool is_shard_of(struct der point, const struct certificate *certificate, unsigned flags)
{
	struct der names, name;
	int tag;
	if (!der_take(&point, &names, DER_CONSTRUCTED(0)))
		return false;
	while (der_take_any(&names, &tag, &name))
		if (is_pointed_to(tag, name, certificate, flags))
			return true;
	return false;
}

static bool is_ca(const struct certificate *certificate, unsigned flags)
{
	struct der value;
	if (!(flags & RULE_CA_BY_KEY_USAGE))
		return certificate_is_ca(certificate);
	if (!certificate_has_usage(certificate, KEY_USAGE_CERT_SIGN))
		return false;
	if (certificate_extension(&value, certificate, der_of(OID_BASIC_CONSTRAINTS, 3)))
		return certificate_is_ca(certificate);
	return certificate_extension(&value, certificate, der_of(OID_KEY_USAGE, 3));
}

enum check scope_check(struct der value, const struct certificate *certificate, unsigned flags)
{
	struct scope scope;
	if (!read_scope(&scope, value, flags))
		return flags & RULE_SCOPE_BY_URI ? CHECK_WRONG_CERTIFICATE : CHECK_MALFORMED;
	bool is_one = is_ca(certificate, flags);
	if (scope.only_attribute || scope.indirect || scope.some_reasons ||
	    (scope.only_user && is_one) || (scope.only_ca && !is_one) ||
	    (scope.has_point && !is_shard_of(scope.point, certificate, flags)))
		return CHECK_WRONG_CERTIFICATE;
	return CHECK_GOOD;
}
