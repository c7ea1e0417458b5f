/* Knows as much of XMPP's streams as leads to <proceed/> (RFC 6120 sections 4 and 5). */
#include "clients/net/starttls.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>

#define TAG_MAX  2048
#define TAGS_MAX 200

/* A tag as it came, and what it is. */
struct tag {
	char bytes[TAG_MAX]; /* between < and > */
	size_t len;
	const char *name; /* without prefix */
	size_t name_len;
	bool is_end;   /* </name> */
	bool is_whole; /* <name/> */
};

static bool is(const struct tag *tag, const char *name)
{
	return strlen(name) == tag->name_len && memcmp(tag->name, name, tag->name_len) == 0;
}

/* The bytes up to the > that no quotation marks are around. */
static bool hear_tag_bytes(struct talk *talk, struct tag *tag, struct error *err)
{
	char quote = '\0', c;
	tag->len = 0;
	for (;;) {
		if (!talk_hear(talk, &c, 1, err))
			return false;
		if (c == '>' && quote == '\0')
			return true;
		if (c == '\0' || (c == '<' && quote == '\0') || tag->len == sizeof tag->bytes)
			return talk_quote("the server's stream is not XML", tag->bytes, tag->len,
					  err);
		if (quote != '\0')
			quote = c == quote ? '\0' : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		tag->bytes[tag->len++] = c;
	}
}

static void read_tag(struct tag *tag)
{
	const char *start = tag->bytes, *end = tag->bytes + tag->len;
	tag->is_end = start < end && *start == '/';
	if (tag->is_end)
		start++;
	tag->is_whole = start < end && end[-1] == '/';
	const char *p = start;
	while (p < end && strchr(" \t\r\n/", *p) == NULL) {
		if (*p == ':')
			start = p + 1;
		p++;
	}
	tag->name = start;
	tag->name_len = (size_t)(p - start);
}

/*
 * The next tag, after any text. An XML declaration is passed over; comments, DTDs and other
 * instructions have no place in a stream (section 11.1).
 */
static bool hear_tag(struct talk *talk, struct tag *tag, struct error *err)
{
	char c;
	do {
		if (!talk_hear(talk, &c, 1, err))
			return false;
		if (c == '<' && !hear_tag_bytes(talk, tag, err))
			return false;
	} while (c != '<' || (tag->len >= 4 && memcmp(tag->bytes, "?xml", 4) == 0));
	if (tag->len == 0 || tag->bytes[0] == '!' || tag->bytes[0] == '?')
		return talk_quote("the server's stream has what XMPP forbids", tag->bytes, tag->len,
				  err);
	read_tag(tag);
	return true;
}

/* An error's name is that of the element inside (section 4.9.2). */
static bool report_error(struct talk *talk, struct tag *tag, struct error *err)
{
	char what[64];
	snprintf(what, sizeof what, "the server refuses the stream");
	if (!tag->is_whole && !hear_tag(talk, tag, err))
		return error_prefix(err, "%s", what);
	return talk_quote(what, tag->name, tag->name_len, err);
}

/* Up to the end of <stream:features/>; notes whether starttls is among them. */
static bool hear_features(struct talk *talk, bool *has_starttls, struct error *err)
{
	struct tag tag = {.len = 0};
	bool in_stream = false, in_features = false;
	*has_starttls = false;
	for (int i = 0; i < TAGS_MAX; i++) {
		if (!hear_tag(talk, &tag, err))
			return false;
		if (is(&tag, "error"))
			return report_error(talk, &tag, err);
		if (!in_stream && (tag.is_end || !is(&tag, "stream")))
			return talk_quote("the server opens no stream", tag.bytes, tag.len, err);
		if (in_stream && is(&tag, "stream"))
			return talk_quote("the server closed the stream", tag.bytes, tag.len, err);
		in_stream = true;
		if (in_features && is(&tag, "starttls"))
			*has_starttls = true;
		if (!is(&tag, "features"))
			continue;
		in_features = true;
		if (tag.is_end || tag.is_whole)
			return true;
	}
	return error_set(err, ERROR_UNABLE, "the server's features do not end");
}

/* RFC 6120 section 5.4.2.3; the element is empty, in either spelling. */
static bool hear_proceed(struct talk *talk, struct error *err)
{
	struct tag tag = {.len = 0};
	if (!hear_tag(talk, &tag, err))
		return false;
	if (is(&tag, "error"))
		return report_error(talk, &tag, err);
	if (!is(&tag, "proceed") || tag.is_end)
		return talk_refused(talk, tag.bytes, tag.len, err);
	return tag.is_whole ||
	       (hear_tag(talk, &tag, err) && ((tag.is_end && is(&tag, "proceed")) ||
					      talk_refused(talk, tag.bytes, tag.len, err)));
}

static void append_escaped(struct text *out, const char *name)
{
	for (; *name != '\0'; name++)
		if (strchr("&<>'\"", *name) != NULL)
			text_append_format(out, "&#%d;", *name);
		else
			text_append_bytes(out, name, 1);
}

static bool begin(struct talk *talk, const char *name, const char *namespace, struct error *err)
{
	struct text head;
	bool has_starttls;
	text_init(&head, 4096);
	text_append(&head, "<?xml version='1.0'?><stream:stream to='");
	append_escaped(&head, name);
	text_append_format(&head,
			   "' xmlns='%s' xmlns:stream='http://etherx.jabber.org/streams' "
			   "version='1.0'>",
			   namespace);
	bool done = !head.failed ? talk_say(talk, head.data, head.len, err)
				 : error_set(err, ERROR_UNABLE, "out of memory");
	text_clear(&head);
	if (!done || !hear_features(talk, &has_starttls, err))
		return false;
	if (!has_starttls)
		return error_set(err, ERROR_UNABLE,
				 "the server does no TLS (starttls is not among its features)");
	return talk_say_text(talk, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", err) &&
	       hear_proceed(talk, err);
}

bool starttls_xmpp(struct talk *talk, const struct starttls_way *way, struct error *err)
{
	return begin(talk, way->server_name, "jabber:client", err);
}

bool starttls_xmpp_server(struct talk *talk, const struct starttls_way *way, struct error *err)
{
	return begin(talk, way->server_name, "jabber:server", err);
}
