/* Knows which times of a run are divided by --time-factor. */
#include "harness/run/time_factor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool time_factor_parse(double *factor, const char *text)
{
	char *end;
	size_t len = strlen(text);
	/* strtod would also read "inf", "nan" and hexadecimal numbers. */
	if (len == 0 || len > 20 || strspn(text, "0123456789.") != len)
		return false;
	double number = strtod(text, &end);
	if (*end != '\0' || number < 1 || number > TIME_FACTOR_MOST)
		return false;
	*factor = number;
	return true;
}

const char *time_factor_print(char out[static 24], double factor)
{
	snprintf(out, 24, "%.6g", factor);
	return out;
}

static int64_t divide(int64_t ms, double factor)
{
	return (int64_t)((double)ms / factor + 0.5);
}

void time_factor_shorten_policy(struct policy *policy, double factor)
{
	int64_t ms = divide(policy->timeout_ms, factor);
	policy->timeout_ms = ms > 1 ? (int)ms : 1;
}

void time_factor_shorten_situation(struct situation *situation, double factor)
{
	situation->responder.delay_ms = divide(situation->responder.delay_ms, factor);
	situation->crl.delay_ms = divide(situation->crl.delay_ms, factor);
}
