/* Knows the two clocks and how durations are spelt. */
#include "core/clock.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t clock_monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_wall_s(void)
{
	return (int64_t)time(NULL);
}

struct deadline deadline_in_ms(int64_t ms)
{
	return (struct deadline){.at_us = clock_monotonic_us() + ms * 1000};
}

struct deadline deadline_earlier(struct deadline a, struct deadline b)
{
	return a.at_us <= b.at_us ? a : b;
}

int deadline_left_ms(struct deadline deadline)
{
	int64_t left_us = deadline.at_us - clock_monotonic_us();
	if (left_us <= 0)
		return 0;
	int64_t left_ms = (left_us + 999) / 1000;
	return left_ms > INT32_MAX ? INT32_MAX : (int)left_ms;
}

bool deadline_over(struct deadline deadline)
{
	return deadline.at_us <= clock_monotonic_us();
}

struct unit {
	const char *name;
	int64_t ms;
};

/* Largest first; "m" and "min" mean the same, the longer one is printed. */
static const struct unit units[] = {
	{"y", INT64_C(31536000000)},
	{"d", 86400000},
	{"h", 3600000},
	{"min", 60000},
	{"m", 60000},
	{"s", 1000},
	{"ms", 1},
};

bool duration_parse(int64_t *ms, const char *text)
{
	const int64_t limit = INT64_C(1000) * 31536000000; /* a thousand years */
	bool negative = *text == '-';
	if (*text == '-' || *text == '+')
		text++;
	if (!isdigit((unsigned char)*text))
		return false;
	int64_t number = 0;
	for (; isdigit((unsigned char)*text); text++) {
		number = number * 10 + (*text - '0');
		if (number > limit)
			return false;
	}
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (strcmp(text, units[i].name) != 0)
			continue;
		if (number > limit / units[i].ms)
			return false;
		*ms = (negative ? -number : number) * units[i].ms;
		return true;
	}
	return false;
}

const char *duration_print(char out[static 32], int64_t ms)
{
	for (size_t i = 1; i < sizeof units / sizeof units[0]; i++) {
		if (ms % units[i].ms == 0 && (ms != 0 || units[i].ms == 1000)) {
			snprintf(out, 32, "%" PRId64 "%s", ms / units[i].ms, units[i].name);
			break;
		}
	}
	return out;
}

const char *clock_print_utc(char out[static 32], int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm parts;
	if (gmtime_r(&when, &parts) == NULL || strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		snprintf(out, 32, "%" PRId64, seconds);
	return out;
}

bool clock_parse_utc(int64_t *seconds, const char *text)
{
	struct tm parts = {0};
	char again[32];
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);
	if (end == NULL || *end != '\0' || end - text != sizeof "2026-11-23T01:02:03Z" - 1)
		return false;
	*seconds = (int64_t)timegm(&parts);
	/* strptime takes blanks, single digits, and days that do not exist. */
	return strcmp(clock_print_utc(again, *seconds), text) == 0;
}

const char *duration_about(char out[static 32], int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *one, *several;
	} words[] = {{86400, "day", "days"},
		     {3600, "hour", "hours"},
		     {60, "minute", "minutes"},
		     {1, "second", "seconds"}};
	int64_t much = seconds < 0 ? -seconds : seconds;
	size_t i = 0;
	/* Two of a unit say more than one of the next. */
	while (i < 3 && much < 2 * words[i].seconds)
		i++;
	int64_t number = much / words[i].seconds;
	snprintf(out, 32, "%lld %s", (long long)number,
		 number == 1 ? words[i].one : words[i].several);
	return out;
}
