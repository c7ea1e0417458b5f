/* Knows when the scope of a CRL takes in a certificate. */
#include "clients/rules/scope.h"

#include "clients/rules/name.h"
#include "clients/rules/uri.h"

#define OID_DISTRIBUTION_POINTS "\x55\x1d\x1f"

/* Of GeneralName. */
enum { TAG_DIRECTORY = DER_CONSTRUCTED(4), TAG_URI = DER_CONTEXT(6) };

/* Names of a place where a CRL is: GeneralNames, or one relative to a directory name. */
struct names {
	struct der list;
	struct der base, part; /* the name, and its last RDN (inside the SET) */
};

/* One of them; a relative one has a part. */
struct name {
	int tag;
	struct der value, part;
};

/* issuingDistributionPoint. */
struct scope {
	bool has_point;
	struct names point;
	bool only_user, only_ca, indirect, only_attribute;
	int reasons;
};

/* One DistributionPoint of a certificate. */
struct point {
	bool has_name, has_issuer;
	struct names name;
	struct der issuer; /* GeneralNames */
	int reasons;
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

/* Without the element every reason is meant. False: it cannot be read. */
static bool take_reasons(struct der *in, int *out, int number)
{
	struct der bits;
	*out = REASONS_ALL;
	if (!der_next_is(*in, DER_CONTEXT(number)))
		return true;
	*out = 0;
	/* The first byte says how many bits at the end are not used. */
	if (!der_take(in, &bits, DER_CONTEXT(number)) || bits.len < 1 || *bits.at > 7)
		return false;
	for (size_t n = 0; n < 8 * (bits.len - 1) && n < 16; n++)
		*out |= (bits.at[1 + n / 8] >> (7 - n % 8) & 1) << n;
	*out &= REASONS_ALL;
	return true;
}

/* DistributionPointName; base is what a relative one follows. */
static bool read_names(struct names *out, struct der in, struct der base)
{
	*out = (struct names){.base = base};
	if (der_take(&in, &out->list, DER_CONSTRUCTED(0)))
		return in.len == 0;
	return der_take(&in, &out->part, DER_CONSTRUCTED(1)) && in.len == 0 && base.len > 0;
}

static bool read_scope(struct scope *out, struct der in, struct der list_issuer)
{
	struct der list, point;
	*out = (struct scope){.reasons = REASONS_ALL};
	if (in.at == NULL)
		return true;
	if (!der_take(&in, &list, DER_SEQUENCE) || in.len > 0)
		return false;
	out->has_point = der_take(&list, &point, DER_CONSTRUCTED(0));
	if (out->has_point && !read_names(&out->point, point, list_issuer))
		return false;
	return take_flag(&list, &out->only_user, 1) && take_flag(&list, &out->only_ca, 2) &&
	       take_reasons(&list, &out->reasons, 3) && take_flag(&list, &out->indirect, 4) &&
	       take_flag(&list, &out->only_attribute, 5) && list.len == 0;
}

static bool take_name(struct name *out, struct names *names)
{
	*out = (struct name){0};
	if (names->part.len > 0) {
		*out = (struct name){TAG_DIRECTORY, names->base, names->part};
		names->part.len = 0;
		return true;
	}
	return der_take_any(&names->list, &out->tag, &out->value);
}

/* The first directory name of a list; empty when it has none. */
static struct der directory_of(struct der list)
{
	struct names names = {.list = list};
	struct name name;
	while (take_name(&name, &names))
		if (name.tag == TAG_DIRECTORY)
			return name.value;
	return der_of(NULL, 0);
}

static bool read_point(struct point *out, struct der in, const struct certificate *certificate)
{
	struct der name;
	*out = (struct point){0};
	out->has_name = der_take(&in, &name, DER_CONSTRUCTED(0));
	if (!take_reasons(&in, &out->reasons, 1))
		return false;
	out->has_issuer = der_take(&in, &out->issuer, DER_CONSTRUCTED(2));
	return in.len == 0 &&
	       (!out->has_name ||
		read_names(&out->name, name,
			   out->has_issuer ? directory_of(out->issuer) : certificate->issuer));
}

static bool is_same(const struct name *one, const struct name *other)
{
	if (one->tag != other->tag)
		return false;
	if (one->tag == TAG_URI)
		return uri_is_same(one->value, other->value);
	if (one->tag != TAG_DIRECTORY)
		return der_same(one->value, other->value);
	return name_is_same_parts(one->value, one->part, other->value, other->part);
}

static bool meet(struct names names, struct names others)
{
	struct name one, other;
	while (take_name(&one, &names))
		for (struct names rest = others; take_name(&other, &rest);)
			if (is_same(&one, &other))
				return true;
	return false;
}

/* Whether one of the names is this directory name. */
static bool hold(struct names names, struct der directory)
{
	const struct name wanted = {.tag = TAG_DIRECTORY, .value = directory};
	struct name one;
	while (take_name(&one, &names))
		if (is_same(&one, &wanted))
			return true;
	return false;
}

/* RFC 5280 section 6.3.3 (b), (1) and (2)(i); is_own: the CRL is by the certificate's issuer. */
static bool is_at(const struct scope *scope, const struct point *point, struct der list_issuer,
		  bool is_own)
{
	struct names issuer = {.list = point->issuer};
	if (point->has_issuer ? !scope->indirect || !hold(issuer, list_issuer) : !is_own)
		return false;
	if (!scope->has_point)
		return true;
	return meet(scope->point, point->has_name ? point->name : issuer);
}

/*
 * The reasons for which the CRL speaks at the distribution points of the certificate; -1 when it
 * is that of none. A CRL that names no place, or the issuer's own directory entry, is also
 * one without a distribution point (the last paragraph of section 6.3.3).
 */
static int find_reasons(const struct scope *scope, const struct certificate *certificate,
			struct der list_issuer)
{
	bool is_own = name_is_same(list_issuer, certificate->issuer);
	struct der value, points, content;
	struct point point;
	int reasons = -1;
	if (certificate_extension(&value, certificate, der_of(OID_DISTRIBUTION_POINTS, 3)) &&
	    der_take(&value, &points, DER_SEQUENCE))
		while (der_take(&points, &content, DER_SEQUENCE))
			if (read_point(&point, content, certificate) &&
			    is_at(scope, &point, list_issuer, is_own))
				reasons = (reasons < 0 ? 0 : reasons) |
					  (point.reasons & scope->reasons);
	if (reasons < 0 && is_own && (!scope->has_point || hold(scope->point, certificate->issuer)))
		return scope->reasons;
	return reasons;
}

bool scope_is_delegated(const struct certificate *certificate, struct der list_issuer)
{
	struct der value, points, content;
	struct point point;
	if (certificate_extension(&value, certificate, der_of(OID_DISTRIBUTION_POINTS, 3)) &&
	    der_take(&value, &points, DER_SEQUENCE))
		while (der_take(&points, &content, DER_SEQUENCE))
			if (read_point(&point, content, certificate) && point.has_issuer &&
			    hold((struct names){.list = point.issuer}, list_issuer))
				return true;
	return false;
}

enum check scope_check(int *reasons, struct der value, const struct certificate *certificate,
		       struct der list_issuer)
{
	struct scope scope;
	*reasons = 0;
	if (!read_scope(&scope, value, list_issuer))
		return CHECK_MALFORMED;
	bool is_ca = certificate_is_ca(certificate);
	if (scope.only_attribute || (scope.only_user && is_ca) || (scope.only_ca && !is_ca))
		return CHECK_WRONG_CERTIFICATE;
	int found = find_reasons(&scope, certificate, list_issuer);
	*reasons = found > 0 ? found : 0;
	return found < 0 ? CHECK_WRONG_CERTIFICATE : CHECK_GOOD;
}
