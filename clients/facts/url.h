/*
 * A URL out of a certificate: whether it can be fetched at all, and if not, why (the closed list
 * core/url_fault.def). Stricter than libcurl, which guesses a scheme and a host where there are
 * none. Does not look at what the URL leads to.
 */
#ifndef CLIENTS_FACTS_URL_H
#define CLIENTS_FACTS_URL_H

#include "core/name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define URL_TEXT_MAX 512 /* bytes of a URL with its NUL */

/*
 * Whether these bytes, a uniformResourceIdentifier of RFC 5280 section 4.2.1.6, are an absolute URL
 * of the scheme http with a host (RFC 3986 section 3, RFC 9110 section 4.2.1), printable ASCII, of
 * less than URL_TEXT_MAX bytes. Otherwise *why is the first that is wrong: scheme, length,
 * characters, form.
 */
bool url_is_usable(const void *bytes, size_t len, enum url_fault *why);

#endif
