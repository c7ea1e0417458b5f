/* Knows when two distinguished names are the same (RFC 5280 section 7.1). */
#include "clients/rules/name.h"

enum { TAG_UTF8 = 0x0c, TAG_PRINTABLE = 0x13, TAG_T61 = 0x14, TAG_IA5 = 0x16, TAG_VISIBLE = 0x1a };
enum { TAG_UNIVERSAL = 0x1c, TAG_BMP = 0x1e };
enum { END = -1, INVALID = -2 };

/* How many bytes a letter has in a string of this type: 0 for one that is not compared by letters.
 */
static size_t width_of(int tag)
{
	switch (tag) {
	case TAG_UTF8:
	case TAG_PRINTABLE:
	case TAG_T61:
	case TAG_IA5:
	case TAG_VISIBLE: return 1;
	case TAG_BMP: return 2;
	case TAG_UNIVERSAL: return 4;
	default: return 0;
	}
}

/* A string that is read letter by letter. */
struct letters {
	struct der rest;
	int tag;
	bool is_begun;
};

/* One letter beyond ASCII in UTF-8, of which the first byte was taken. */
static int32_t take_utf8(struct letters *in, uint8_t first)
{
	int num = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	int32_t letter = first & (0x3f >> num);
	if (first < 0xc0 || first >= 0xf8 || in->rest.len < (size_t)num)
		return INVALID;
	for (; num > 0; num--, in->rest.at++, in->rest.len--) {
		if ((*in->rest.at & 0xc0) != 0x80)
			return INVALID;
		letter = letter << 6 | (*in->rest.at & 0x3f);
	}
	return letter;
}

static int32_t take_letter(struct letters *in)
{
	size_t width = width_of(in->tag);
	uint32_t letter = 0;
	if (in->rest.len == 0)
		return END;
	if (in->rest.len < width)
		return INVALID;
	for (size_t i = 0; i < width; i++, in->rest.at++, in->rest.len--)
		letter = letter << 8 | *in->rest.at;
	if (letter > 0x10ffff)
		return INVALID;
	if (in->tag == TAG_UTF8 && letter >= 0x80)
		return take_utf8(in, (uint8_t)letter);
	return letter >= 'A' && letter <= 'Z' ? (int32_t)letter + 32 : (int32_t)letter;
}

static bool is_blank(int32_t letter)
{
	return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

/* The next letter of the string as it is compared: blanks at both ends are gone, and those
 * inside are one. */
static int32_t next_letter(struct letters *in)
{
	struct letters ahead = *in;
	int32_t letter = take_letter(&ahead);
	if (is_blank(letter)) {
		struct letters blank = ahead;
		while (is_blank(letter = take_letter(&ahead)))
			blank = ahead;
		if (in->is_begun && letter != END) {
			*in = blank;
			return ' ';
		}
	}
	ahead.is_begun = true;
	*in = ahead;
	return letter;
}

static bool is_same_text(struct letters one, struct letters other)
{
	int32_t letter;
	do {
		letter = next_letter(&one);
		if (letter == INVALID || letter != next_letter(&other))
			return false;
	} while (letter != END);
	return true;
}

/* AttributeTypeAndValue. */
static bool is_same_attribute(struct der one, struct der other)
{
	struct der id, other_id, value, other_value;
	int tag, other_tag;
	if (der_same(one, other))
		return true;
	if (!der_take(&one, &id, DER_OID) || !der_take(&other, &other_id, DER_OID) ||
	    !der_same(id, other_id) || !der_take_any(&one, &tag, &value) ||
	    !der_take_any(&other, &other_tag, &other_value) || width_of(tag) == 0 ||
	    width_of(other_tag) == 0)
		return false;
	return is_same_text((struct letters){.rest = value, .tag = tag},
			    (struct letters){.rest = other_value, .tag = other_tag});
}

static bool holds(struct der set, struct der attribute)
{
	struct der one;
	while (der_take(&set, &one, DER_SEQUENCE))
		if (is_same_attribute(one, attribute))
			return true;
	return false;
}

static size_t count(struct der set)
{
	size_t num = 0;
	while (der_skip(&set))
		num++;
	return num;
}

/* RelativeDistinguishedName, which is a set. */
static bool is_same_part(struct der one, struct der other)
{
	struct der rest = one, attribute;
	if (count(one) != count(other))
		return false;
	while (der_take(&rest, &attribute, DER_SEQUENCE))
		if (!holds(other, attribute))
			return false;
	return rest.len == 0;
}

/* A name that is read part by part. */
struct parts {
	struct der rest, last;
};

static bool begin(struct parts *out, struct der name, struct der part)
{
	out->last = part;
	return der_take(&name, &out->rest, DER_SEQUENCE) && name.len == 0;
}

/* False: there is none, or what follows is no part. */
static bool take_part(struct parts *in, struct der *part)
{
	if (in->rest.len > 0)
		return der_take(&in->rest, part, DER_SET);
	*part = in->last;
	in->last = der_of(NULL, 0);
	return part->len > 0;
}

bool name_is_same_parts(struct der one, struct der one_part, struct der other,
			struct der other_part)
{
	struct parts parts, other_parts;
	struct der part, other_part_read;
	if (!begin(&parts, one, one_part) || !begin(&other_parts, other, other_part))
		return false;
	while (take_part(&parts, &part))
		if (!take_part(&other_parts, &other_part_read) ||
		    !is_same_part(part, other_part_read))
			return false;
	return parts.rest.len == 0 && other_parts.rest.len == 0 && other_parts.last.len == 0;
}

bool name_is_same(struct der one, struct der other)
{
	static const struct der nothing;
	return der_same(one, other) || name_is_same_parts(one, nothing, other, nothing);
}
