/*
 * The releases of a stack in which something holds: ">=3.0 <3.6", comparisons that all must be
 * true. Only as many numbers as a comparison has are looked at: 3.0.17 is "=3.0" and "<=3.0".
 */
#ifndef HARNESS_MODEL_VERSION_RANGE_H
#define HARNESS_MODEL_VERSION_RANGE_H

#include "core/error.h"

#include <stdbool.h>

/* False, with what is wrong and without a place, when the range is none. */
bool version_range_check(const char *range, struct error *err);

/*
 * Whether version is in a range that was checked. Of the version the first numbers with dots
 * between them count ("3.0.17", "OpenSSL 1.1.1w": 1.1.1). NULL, or one without a number, is in
 * none.
 */
bool version_range_holds(const char *range, const char *version);

#endif
