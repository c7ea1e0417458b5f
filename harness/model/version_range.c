/* Knows how versions are compared, and how ranges of them are written. */
#include "harness/model/version_range.h"

#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 6
#define DIGITS    "0123456789"

struct version {
	long parts[PARTS_MAX];
	int num;
};

/* Reads numbers with dots between them; returns how many letters, 0 when there is none. */
static size_t read_version(struct version *version, const char *text)
{
	const char *p = text;
	*version = (struct version){0};
	while (version->num < PARTS_MAX) {
		size_t len = strspn(p, DIGITS);
		if (len == 0 || len > 9)
			return 0;
		version->parts[version->num++] = strtol(p, NULL, 10);
		p += len;
		/* What comes behind the numbers is a release's nickname. */
		if (*p != '.' || strspn(p + 1, DIGITS) == 0)
			break;
		p++;
	}
	return (size_t)(p - text);
}

/* Below, at or above 0, by the first num parts alone. */
static int compare(const struct version *a, const struct version *b, int num)
{
	for (int i = 0; i < num; i++)
		if (a->parts[i] != b->parts[i])
			return a->parts[i] < b->parts[i] ? -1 : 1;
	return 0;
}

static const char *const operators[] = {"<=", ">=", "<", ">", "="};

static bool is_true(size_t how, int order)
{
	switch (how) {
	case 0: return order <= 0;
	case 1: return order >= 0;
	case 2: return order < 0;
	case 3: return order > 0;
	default: return order == 0;
	}
}

/* One comparison; *p moves behind it. */
static bool read_comparison(size_t *how, struct version *version, const char **p)
{
	for (*how = 0; *how < sizeof operators / sizeof *operators; ++*how) {
		size_t len = strlen(operators[*how]);
		if (strncmp(*p, operators[*how], len) != 0)
			continue;
		size_t used = read_version(version, *p + len);
		*p += len + used;
		return used > 0 && (**p == ' ' || **p == '\0');
	}
	return false;
}

bool version_range_check(const char *range, struct error *err)
{
	const char *p = range + strspn(range, " ");
	bool is_range = *p != '\0';
	for (; is_range && *p != '\0'; p += strspn(p, " ")) {
		size_t how;
		struct version version;
		is_range = read_comparison(&how, &version, &p);
	}
	return is_range ||
	       error_set(err, ERROR_USAGE,
			 "invalid range of versions '%.64s' (such as \">=3.0 <3.6\": <, <=, "
			 ">, >= or = and a number each)",
			 range);
}

bool version_range_holds(const char *range, const char *version)
{
	struct version is;
	if (version == NULL || read_version(&is, version + strcspn(version, DIGITS)) == 0)
		return false;
	for (const char *p = range + strspn(range, " "); *p != '\0'; p += strspn(p, " ")) {
		size_t how;
		struct version wanted;
		if (!read_comparison(&how, &wanted, &p) ||
		    !is_true(how, compare(&is, &wanted, wanted.num)))
			return false;
	}
	return true;
}
