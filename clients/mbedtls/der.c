/* Knows how to walk over DER with mbedTLS's ASN.1 functions. */
#include "clients/mbedtls/der.h"

#include <string.h>

struct der der_of(const uint8_t *bytes, size_t len)
{
	unsigned char *at = (unsigned char *)bytes;
	return (struct der){at, at != NULL ? at + len : at};
}

size_t der_len(const struct der *in)
{
	return in->at != NULL ? (size_t)(in->end - in->at) : 0;
}

bool der_is_empty(const struct der *in)
{
	return der_len(in) == 0;
}

bool der_equals(const struct der *in, const void *bytes, size_t len)
{
	return der_len(in) == len && (len == 0 || memcmp(in->at, bytes, len) == 0);
}

bool der_next_is(const struct der *in, int tag)
{
	return !der_is_empty(in) && *in->at == tag;
}

bool der_take(struct der *in, struct der *content, int tag)
{
	unsigned char *at = in->at;
	size_t len;
	if (der_is_empty(in) || mbedtls_asn1_get_tag(&at, in->end, &len, tag) != 0)
		return false;
	*content = (struct der){at, at + len};
	in->at = at + len;
	return true;
}

bool der_take_whole(struct der *in, struct der *element, int tag)
{
	unsigned char *start = in->at;
	struct der content;
	if (!der_take(in, &content, tag))
		return false;
	*element = (struct der){start, content.end};
	return true;
}

bool der_skip(struct der *in)
{
	struct der content;
	return !der_is_empty(in) && der_take(in, &content, *in->at);
}

bool der_take_extension(struct der *in, struct der_extension *extension)
{
	struct der content;
	int critical = 0;
	if (!der_take(in, &content, DER_SEQUENCE) ||
	    !der_take(&content, &extension->id, MBEDTLS_ASN1_OID))
		return false;
	if (der_next_is(&content, MBEDTLS_ASN1_BOOLEAN) &&
	    mbedtls_asn1_get_bool(&content.at, content.end, &critical) != 0)
		return false;
	extension->critical = critical != 0;
	return der_take(&content, &extension->value, MBEDTLS_ASN1_OCTET_STRING) &&
	       der_is_empty(&content);
}

/* Days since 1970-01-01 in the Gregorian calendar, for years from 0 to 9999. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	/* Years begin in March here, so that the leap day is the last one. */
	if (month <= 2)
		year--;
	int64_t shifted = month > 2 ? month - 3 : month + 9;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * shifted + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool is_date(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

static bool take_digits(const unsigned char **at, int num, int *value)
{
	*value = 0;
	for (int i = 0; i < num; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		*value = *value * 10 + (**at - '0');
	}
	return true;
}

bool der_take_time(struct der *in, int64_t *seconds)
{
	struct der content;
	mbedtls_x509_time time;
	if (!der_take(in, &content, MBEDTLS_ASN1_GENERALIZED_TIME) || der_len(&content) != 15 ||
	    content.at[14] != 'Z')
		return false;
	const unsigned char *at = content.at;
	if (!take_digits(&at, 4, &time.year) || !take_digits(&at, 2, &time.mon) ||
	    !take_digits(&at, 2, &time.day) || !take_digits(&at, 2, &time.hour) ||
	    !take_digits(&at, 2, &time.min) || !take_digits(&at, 2, &time.sec))
		return false;
	if (!is_date(time.year, time.mon, time.day) || time.hour > 23 || time.min > 59 ||
	    time.sec > 59)
		return false;
	*seconds = der_seconds(&time);
	return true;
}

int64_t der_seconds(const mbedtls_x509_time *time)
{
	return days_of(time->year, time->mon, time->day) * 86400 + time->hour * 3600 +
	       time->min * 60 + time->sec;
}
