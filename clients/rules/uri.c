/* Knows the normal form of a URI (RFC 3986 sections 6.2.2 and 6.2.3). */
#include "clients/rules/uri.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *port;
} schemes[] = {{"http", "80"}, {"https", "443"}, {"ftp", "21"}, {"ldap", "389"}};

/* The normal form, which is never longer than a slash more. */
struct form {
	char *text;
	size_t len;
};

/* What is still to be read. */
struct span {
	const char *at, *end;
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3986 section 2.3. */
static bool is_unreserved(int c)
{
	return (c > 0 && c < 0x80) &&
	       (is_letter((char)c) || is_digit((char)c) || strchr("-._~", c) != NULL);
}

/* Copies up to the end of the part, with percent-encoding in its normal form. */
static void put_part(struct form *out, struct span part)
{
	static const char digits[] = "0123456789ABCDEF";
	while (part.at < part.end) {
		bool is_encoded = part.end - part.at >= 3 && *part.at == '%' &&
				  hex_value(part.at[1]) >= 0 && hex_value(part.at[2]) >= 0;
		int byte = is_encoded ? hex_value(part.at[1]) * 16 + hex_value(part.at[2]) : 0;
		if (!is_encoded || is_unreserved(byte)) {
			out->text[out->len++] = is_encoded ? (char)byte : *part.at;
		} else {
			out->text[out->len++] = '%';
			out->text[out->len++] = digits[byte / 16];
			out->text[out->len++] = digits[byte % 16];
		}
		part.at += is_encoded ? 3 : 1;
	}
}

/* What was written since then in small letters, but for the digits of percent-encoding. */
static void lower_since(struct form *out, size_t start)
{
	for (size_t i = start; i < out->len; i++) {
		if (out->text[i] == '%')
			i += 2;
		else
			out->text[i] = lower(out->text[i]);
	}
}

/* Takes what comes before the first of these letters. */
static struct span take_until(struct span *in, const char *letters)
{
	struct span part = {in->at, in->at};
	while (part.end < in->end && (*part.end == '\0' || strchr(letters, *part.end) == NULL))
		part.end++;
	in->at = part.end;
	return part;
}

/* The scheme and its colon. False: there is none. */
static bool put_scheme(struct form *out, struct span *in)
{
	struct span rest = *in, scheme = take_until(&rest, ":/?#");
	bool is = scheme.end > scheme.at && rest.at < rest.end && *rest.at == ':' &&
		  is_letter(*scheme.at);
	for (const char *at = scheme.at; is && at < scheme.end; at++)
		is = *at != '\0' && (is_letter(*at) || is_digit(*at) || strchr("+-.", *at) != NULL);
	if (!is)
		return false;
	while (scheme.at < scheme.end)
		out->text[out->len++] = lower(*scheme.at++);
	out->text[out->len++] = ':';
	in->at = rest.at + 1;
	return true;
}

/* The port that goes without saying; NULL for a scheme that is not known. */
static const char *default_port(const struct form *scheme)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (scheme->len == strlen(schemes[i].name) + 1 &&
		    memcmp(scheme->text, schemes[i].name, scheme->len - 1) == 0)
			return schemes[i].port;
	return NULL;
}

static void put_authority(struct form *out, struct span authority, const char *port)
{
	struct span user = authority;
	while (user.end > user.at && user.end[-1] != '@')
		user.end--;
	put_part(out, user);
	/* The colons of an IPv6 address are in brackets. */
	struct span host = {user.end, authority.end};
	const char *colon = host.end;
	while (colon > host.at && is_digit(colon[-1]))
		colon--;
	bool has_port = colon > host.at && colon[-1] == ':';
	if (has_port)
		host.end = colon - 1;
	size_t start = out->len;
	put_part(out, host);
	lower_since(out, start);
	size_t port_len = (size_t)(authority.end - colon);
	if (!has_port || port_len == 0 ||
	    (port != NULL && port_len == strlen(port) && memcmp(colon, port, port_len) == 0))
		return;
	put_part(out, (struct span){host.end, authority.end});
}

/* Whether the next segment, behind its slash, is these dots. */
static bool is_segment(struct span path, const char *dots)
{
	size_t len = strlen(dots);
	return (size_t)(path.end - path.at) > len && memcmp(path.at + 1, dots, len) == 0 &&
	       (path.at + 1 + len == path.end || path.at[1 + len] == '/');
}

/* Of a path that begins with a slash (RFC 3986 section 5.2.4), in place. */
static void remove_dots(struct form *out, size_t start)
{
	struct span path = {out->text + start, out->text + out->len};
	size_t len = start;
	while (path.at < path.end) {
		bool is_up = is_segment(path, ".."), is_here = is_segment(path, ".");
		if (is_up || is_here) {
			while (is_up && len > start && out->text[--len] != '/') {
			}
			path.at += is_up ? 3 : 2;
			/* The last one leaves a directory behind. */
			if (path.at == path.end)
				out->text[len++] = '/';
			continue;
		}
		do
			out->text[len++] = *path.at++;
		while (path.at < path.end && *path.at != '/');
	}
	out->len = len;
}

/* False: no URI. */
static bool normalize(struct form *out, struct der in)
{
	struct span rest = {(const char *)in.at, (const char *)in.at + in.len};
	if (!put_scheme(out, &rest))
		return false;
	const char *port = default_port(out);
	bool has_authority = rest.end - rest.at >= 2 && memcmp(rest.at, "//", 2) == 0;
	if (has_authority) {
		put_part(out, (struct span){rest.at, rest.at + 2});
		rest.at += 2;
		put_authority(out, take_until(&rest, "/?#"), port);
	}
	size_t start = out->len;
	put_part(out, take_until(&rest, "?#"));
	if (out->len > start && out->text[start] == '/')
		remove_dots(out, start);
	if (out->len == start && has_authority && port != NULL)
		out->text[out->len++] = '/';
	put_part(out, rest);
	return true;
}

bool uri_is_same(struct der one, struct der other)
{
	struct form forms[2] = {{.text = malloc(one.len + 1)}, {.text = malloc(other.len + 1)}};
	bool is = der_same(one, other);
	if (!is && forms[0].text != NULL && forms[1].text != NULL)
		is = normalize(&forms[0], one) && normalize(&forms[1], other) &&
		     forms[0].len == forms[1].len &&
		     memcmp(forms[0].text, forms[1].text, forms[0].len) == 0;
	free(forms[0].text);
	free(forms[1].text);
	return is;
}
