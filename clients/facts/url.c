/* Knows which URLs of a certificate can be fetched over HTTP. */
#include "clients/facts/url.h"

#include <string.h>
#include <strings.h>

#define LARGEST_PORT 65535

/* A part of a URL. */
struct part {
	const char *at;
	size_t len;
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The length of the scheme, which a colon follows; 0 when there is none (RFC 3986 section 3.1). */
static size_t scheme_len(struct part url)
{
	size_t len = 0;
	while (len < url.len && (is_letter(url.at[len]) ||
				 (len > 0 && (is_digit(url.at[len]) || url.at[len] == '+' ||
					      url.at[len] == '-' || url.at[len] == '.'))))
		len++;
	return len < url.len && url.at[len] == ':' ? len : 0;
}

static bool are_printable(struct part url)
{
	for (size_t i = 0; i < url.len; i++)
		if (url.at[i] <= ' ' || url.at[i] > '~')
			return false;
	return true;
}

static bool is_port(struct part port)
{
	unsigned number = 0;
	for (size_t i = 0; i < port.len; i++) {
		if (!is_digit(port.at[i]))
			return false;
		number = number * 10 + (unsigned)(port.at[i] - '0');
		if (number > LARGEST_PORT)
			return false;
	}
	return port.len == 0 || number > 0;
}

/* An address in brackets; of its content the letters only, libcurl looks at the rest. */
static bool is_literal(struct part host)
{
	if (host.len < 4 || host.at[host.len - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < host.len; i++)
		if (!is_hex(host.at[i]) && host.at[i] != ':' && host.at[i] != '.')
			return false;
	return true;
}

/* Letters, digits and what a reg-name may have else (RFC 3986 section 3.2.2), and colons where
 * they are allowed. */
static bool is_made_of_name(struct part part, bool colons)
{
	static const char others[] = "-._~%!$&'()*+,;=:";
	size_t num_others = sizeof others - (colons ? 1 : 2);
	for (size_t i = 0; i < part.len; i++)
		if (!is_letter(part.at[i]) && !is_digit(part.at[i]) &&
		    memchr(others, part.at[i], num_others) == NULL)
			return false;
	return true;
}

/* [ userinfo "@" ] host [ ":" port ] */
static bool is_authority(struct part whole)
{
	const char *at = memchr(whole.at, '@', whole.len);
	struct part user = {whole.at, 0}, host = whole, port = {NULL, 0};
	if (at != NULL) {
		user.len = (size_t)(at - whole.at);
		host = (struct part){at + 1, whole.len - user.len - 1};
	}
	bool is_bracketed = host.len > 0 && host.at[0] == '[';
	const char *end = is_bracketed ? memchr(host.at, ']', host.len) : host.at;
	if (end == NULL)
		return false;
	const char *colon = memchr(end, ':', (size_t)(host.at + host.len - end));
	if (colon != NULL) {
		port = (struct part){colon + 1, (size_t)(host.at + host.len - colon - 1)};
		host.len = (size_t)(colon - host.at);
	}
	return is_made_of_name(user, true) && is_port(port) &&
	       (is_bracketed ? is_literal(host) : host.len > 0 && is_made_of_name(host, false));
}

/* What stands behind "http:". */
static bool has_host(struct part rest)
{
	if (rest.len < 3 || memcmp(rest.at, "//", 2) != 0)
		return false;
	struct part authority = {rest.at + 2, 0};
	while (authority.len < rest.len - 2 && strchr("/?#", authority.at[authority.len]) == NULL)
		authority.len++;
	return is_authority(authority);
}

bool url_is_usable(const void *bytes, size_t len, enum url_fault *why)
{
	struct part url = {bytes, len};
	size_t scheme = scheme_len(url);
	if (len == 0)
		*why = URL_FAULT_MALFORMED;
	else if (scheme == 0)
		*why = URL_FAULT_NO_SCHEME;
	else if (scheme != 4 || strncasecmp(url.at, "http", 4) != 0)
		*why = URL_FAULT_SCHEME;
	else if (len >= URL_TEXT_MAX)
		*why = URL_FAULT_TOO_LONG;
	else if (!are_printable(url))
		*why = URL_FAULT_CHARACTERS;
	else if (!has_host((struct part){url.at + scheme + 1, len - scheme - 1}))
		*why = URL_FAULT_MALFORMED;
	else
		return true;
	return false;
}
