/* Knows how moments are spelt. */
#include "harness/config/timestamp.h"

#include "core/clock.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LAST_SECOND INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

static bool is_like(const char *text, const char *form)
{
	size_t i = 0;
	for (; form[i] != '\0'; i++)
		if (form[i] == '0' ? !isdigit((unsigned char)text[i]) : text[i] != form[i])
			return false;
	return text[i] == '\0';
}

/* False for a day or hour that does not exist: timegm would make another of it. */
static bool read_utc(int64_t *at_s, const char *text)
{
	struct tm parts = {0}, again;
	bool has_time = is_like(text, "0000-00-00T00:00:00Z");
	if (!has_time && !is_like(text, "0000-00-00"))
		return false;
	parts.tm_year = atoi(text) - 1900;
	parts.tm_mon = atoi(text + 5) - 1;
	parts.tm_mday = atoi(text + 8);
	if (has_time) {
		parts.tm_hour = atoi(text + 11);
		parts.tm_min = atoi(text + 14);
		parts.tm_sec = atoi(text + 17);
	}
	again = parts;
	time_t at = timegm(&again);
	*at_s = (int64_t)at;
	return again.tm_year == parts.tm_year && again.tm_mon == parts.tm_mon &&
	       again.tm_mday == parts.tm_mday && again.tm_hour == parts.tm_hour &&
	       again.tm_min == parts.tm_min && again.tm_sec == parts.tm_sec;
}

static bool read_relative(int64_t *at_s, const char *text, int64_t now_s)
{
	int64_t ms;
	if ((text[0] != '+' && text[0] != '-') || !duration_parse(&ms, text) || ms % 1000 != 0)
		return false;
	*at_s = now_s + ms / 1000;
	return true;
}

static bool read_seconds(int64_t *at_s, const char *text)
{
	size_t len = strspn(text, "0123456789");
	if (len == 0 || len > 12 || text[len] != '\0')
		return false;
	*at_s = strtoll(text, NULL, 10);
	return true;
}

bool timestamp_parse(int64_t *at_s, const char *text, int64_t now_s, struct error *err)
{
	if (!read_relative(at_s, text, now_s) && !read_utc(at_s, text) && !read_seconds(at_s, text))
		return error_set(err, ERROR_USAGE, "invalid time '%.64s' (" TIMESTAMP_FORMS ")",
				 text);
	if (*at_s < 0 || *at_s > LAST_SECOND)
		return error_set(err, ERROR_USAGE, "'%.64s' is before 1970 or after 9999", text);
	return true;
}
