/* Knows how to talk in the clear with a peer that is not trusted. */
#include "clients/net/talk.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define WORDS_SHOWN 200

bool talk_say(struct talk *talk, const void *bytes, size_t len, struct error *err)
{
	const char *rest = bytes;
	while (len > 0) {
		ssize_t sent = net_write(talk->net, rest, len);
		if (sent < 0)
			return error_set_errno(err, ERROR_UNABLE, "cannot send");
		rest += sent;
		len -= (size_t)sent;
	}
	return true;
}

bool talk_say_text(struct talk *talk, const char *text, struct error *err)
{
	return talk_say(talk, text, strlen(text), err);
}

bool talk_hear(struct talk *talk, void *bytes, size_t len, struct error *err)
{
	char *rest = bytes;
	if (len > talk->budget)
		return error_set(err, ERROR_UNABLE, "the %s says more than %d bytes before TLS",
				 talk->peer, TALK_BYTES_MAX);
	talk->budget -= len;
	while (len > 0) {
		ssize_t got = net_read(talk->net, rest, len);
		if (got < 0)
			return error_set_errno(err, ERROR_UNABLE, "no answer of the %s",
					       talk->peer);
		if (got == 0)
			return error_set(err, ERROR_UNABLE, "the %s closed the connection",
					 talk->peer);
		rest += got;
		len -= (size_t)got;
	}
	return true;
}

bool talk_hear_line(struct talk *talk, char line[static TALK_LINE_MAX], struct error *err)
{
	size_t len = 0;
	for (;;) {
		if (!talk_hear(talk, line + len, 1, err))
			return false;
		if (line[len] == '\n')
			break;
		if (++len == TALK_LINE_MAX - 1)
			return error_set(err, ERROR_UNABLE, "a line of the %s is too long",
					 talk->peer);
	}
	if (len > 0 && line[len - 1] == '\r')
		len--;
	line[len] = '\0';
	if (memchr(line, '\0', len) != NULL || memchr(line, '\r', len) != NULL)
		return talk_quote("a line has a NUL or CR inside", line, len, err);
	if (talk->greeting != NULL) {
		memcpy(talk->greeting, line, len + 1);
		talk->greeting = NULL;
	}
	return true;
}

static bool show(const char *what, const char *mark, const char *words, size_t len,
		 struct error *err)
{
	struct text shown;
	bool is_cut = len > WORDS_SHOWN;
	text_init(&shown, 0);
	text_append_visible(&shown, words, is_cut ? WORDS_SHOWN : len);
	error_set(err, ERROR_UNABLE, "%s%s '%s'%s", what, mark, text_string(&shown),
		  is_cut ? " (cut)" : "");
	text_clear(&shown);
	return false;
}

bool talk_quote(const char *what, const char *words, size_t len, struct error *err)
{
	return show(what, ":", words, len, err);
}

bool talk_refused(const struct talk *talk, const char *words, size_t len, struct error *err)
{
	char what[64];
	snprintf(what, sizeof what, "the %s answered", talk->peer);
	return show(what, "", words, len, err);
}

bool talk_expect_silence(const struct talk *talk, struct error *err)
{
	char early[64];
	char what[128];
	ssize_t got = recv(talk->net->fd, early, sizeof early, MSG_PEEK | MSG_DONTWAIT);
	if (got <= 0)
		return true; /* the end, or an error, is noticed by the handshake */
	snprintf(what, sizeof what,
		 "the %s sent more in the clear before TLS began (injection, CVE-2011-0411)",
		 talk->peer);
	return talk_quote(what, early, (size_t)got, err);
}
