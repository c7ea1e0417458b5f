/* Knows tags, lengths and times of DER. */
#include "clients/rules/der.h"

#include <string.h>
#include <time.h>

struct der der_of(const void *bytes, size_t len)
{
	return (struct der){bytes, bytes != NULL ? len : 0};
}

bool der_equals(struct der in, const void *bytes, size_t len)
{
	return in.len == len && (len == 0 || memcmp(in.at, bytes, len) == 0);
}

bool der_same(struct der one, struct der other)
{
	return der_equals(one, other.at, other.len);
}

static struct der shorten_number(struct der in)
{
	while (in.len > 1 && *in.at == (in.at[1] & 0x80 ? 0xff : 0)) {
		in.at++;
		in.len--;
	}
	return in;
}

bool der_is_same_number(struct der one, struct der other)
{
	return der_same(shorten_number(one), shorten_number(other));
}

bool der_next_is(struct der in, int tag)
{
	return in.len > 0 && *in.at == tag;
}

/* Lengths of up to four bytes: more than any limit here allows. */
static bool take_length(struct der *in, size_t *len)
{
	if (in->len == 0)
		return false;
	uint8_t first = *in->at++;
	in->len--;
	if (first < 0x80) {
		*len = first;
		return *len <= in->len;
	}
	size_t num = first & 0x7f;
	if (num == 0 || num > 4 || num > in->len)
		return false;
	*len = 0;
	for (size_t i = 0; i < num; i++)
		*len = *len << 8 | *in->at++;
	in->len -= num;
	return *len <= in->len;
}

bool der_take_any(struct der *in, int *tag, struct der *content)
{
	struct der rest = *in;
	size_t len;
	if (rest.len == 0)
		return false;
	*tag = *rest.at++;
	rest.len--;
	if ((*tag & 0x1f) == 0x1f || !take_length(&rest, &len))
		return false;
	*content = (struct der){rest.at, len};
	*in = (struct der){rest.at + len, rest.len - len};
	return true;
}

bool der_take(struct der *in, struct der *content, int tag)
{
	int found;
	return der_next_is(*in, tag) && der_take_any(in, &found, content);
}

bool der_take_whole(struct der *in, struct der *element, int tag)
{
	const uint8_t *start = in->at;
	struct der content;
	if (!der_take(in, &content, tag))
		return false;
	*element = (struct der){start, (size_t)(in->at - start)};
	return true;
}

bool der_skip(struct der *in)
{
	struct der content;
	int tag;
	return der_take_any(in, &tag, &content);
}

bool der_is_one_sequence(struct der in)
{
	struct der content;
	return der_take(&in, &content, DER_SEQUENCE) && in.len == 0;
}

bool der_take_number(struct der *in, int *number, int tag)
{
	struct der content, rest = *in;
	if (!der_take(&rest, &content, tag) || content.len == 0 || *content.at > 127)
		return false;
	while (content.len > 4 && *content.at == 0) {
		content.at++;
		content.len--;
	}
	if (content.len > 4 || *content.at > 127)
		return false;
	*number = 0;
	for (size_t i = 0; i < content.len; i++)
		*number = *number << 8 | content.at[i];
	*in = rest;
	return true;
}

bool der_take_extension(struct der *in, struct der_extension *extension)
{
	struct der content, critical;
	if (!der_take(in, &content, DER_SEQUENCE) || !der_take(&content, &extension->id, DER_OID))
		return false;
	extension->critical = false;
	if (der_next_is(content, DER_BOOLEAN)) {
		if (!der_take(&content, &critical, DER_BOOLEAN) || critical.len != 1)
			return false;
		extension->critical = *critical.at != 0;
	}
	return der_take(&content, &extension->value, DER_OCTET_STRING) && content.len == 0;
}

bool der_find_extension(struct der *value, struct der extensions, struct der id)
{
	struct der_extension extension;
	while (der_take_extension(&extensions, &extension)) {
		if (der_same(extension.id, id)) {
			*value = extension.value;
			return true;
		}
	}
	return false;
}

/*
 * Times.
 */

static bool take_digits(struct der *in, int num, int *value)
{
	*value = 0;
	if (in->len < (size_t)num)
		return false;
	for (int i = 0; i < num; i++, in->at++, in->len--) {
		if (*in->at < '0' || *in->at > '9')
			return false;
		*value = *value * 10 + (*in->at - '0');
	}
	return true;
}

static bool is_date(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

static bool is_digit_next(struct der in)
{
	return in.len > 0 && *in.at >= '0' && *in.at <= '9';
}

static bool take_fraction(struct der *in)
{
	if (in->len == 0 || *in->at != '.')
		return true;
	in->at++;
	in->len--;
	if (!is_digit_next(*in))
		return false;
	while (is_digit_next(*in)) {
		in->at++;
		in->len--;
	}
	return true;
}

/* Z, or an offset, at the end; how many seconds have to be taken away. */
static bool take_zone(struct der *in, int64_t *offset_s, int forms)
{
	if (in->len == 0)
		return (forms & DER_TIME_NO_ZONE) != 0;
	char sign = (char)*in->at++;
	int hours = 0, minutes = 0;
	in->len--;
	if (sign == 'Z')
		return in->len == 0;
	if ((forms & DER_TIME_OFFSET) == 0 || (sign != '+' && sign != '-') ||
	    !take_digits(in, 2, &hours) || !take_digits(in, 2, &minutes) || hours > 12 ||
	    minutes > 59 || in->len > 0)
		return false;
	*offset_s = (hours * 3600 + minutes * 60) * (sign == '+' ? 1 : -1);
	return true;
}

static bool read_time(int64_t *seconds, struct der in, bool is_utc, int forms)
{
	int year, month, day, hour, minute, second = 0;
	int64_t offset_s = 0;
	if (!take_digits(&in, is_utc ? 2 : 4, &year) || !take_digits(&in, 2, &month) ||
	    !take_digits(&in, 2, &day) || !take_digits(&in, 2, &hour) ||
	    !take_digits(&in, 2, &minute))
		return false;
	/* RFC 5280 section 4.1.2.5.1. */
	if (is_utc)
		year += year >= 50 ? 1900 : 2000;
	if ((!(forms & DER_TIME_SHORT) || is_digit_next(in)) && !take_digits(&in, 2, &second))
		return false;
	if ((forms & DER_TIME_FRACTION) && !is_utc && !take_fraction(&in))
		return false;
	if (!take_zone(&in, &offset_s, forms) || !is_date(year, month, day) || hour > 23 ||
	    minute > 59 || second > 59)
		return false;
	struct tm parts = {.tm_year = year - 1900,
			   .tm_mon = month - 1,
			   .tm_mday = day,
			   .tm_hour = hour,
			   .tm_min = minute,
			   .tm_sec = second};
	*seconds = (int64_t)timegm(&parts) - offset_s;
	return true;
}

bool der_take_time(struct der *in, int64_t *seconds, bool *readable, int forms)
{
	struct der content;
	bool is_utc = der_next_is(*in, DER_UTC_TIME);
	*seconds = 0;
	if (!der_take(in, &content, is_utc ? DER_UTC_TIME : DER_GENERALIZED_TIME))
		return false;
	*readable = read_time(seconds, content, is_utc, forms);
	return true;
}
