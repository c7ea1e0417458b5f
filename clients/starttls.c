/* Knows three prologues, as tables of what is said and what must be answered. */
#include "clients/starttls.h"

#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define REPLY_LINE_MAX 1024
#define MOST_LINES     200

/* One exchange: what we say (NULL: nothing), and how the last line of the answer
 * starts. A line that starts with `more` (NULL: none) is followed by others. */
struct exchange {
	const char *say;
	const char *expect;
	const char *more;
};

struct prologue {
	const char *protocol;
	struct exchange exchanges[3];
	size_t num;
};

static const struct prologue prologues[] = {
	/* "*" lines are untagged responses, of which any number may come. */
	{"imap", {{NULL, "* OK", NULL}, {"a1 STARTTLS\r\n", "a1 OK", "* "}}, 2},
	{"pop3", {{NULL, "+OK", NULL}, {"STLS\r\n", "+OK", NULL}}, 2},
	{"smtp",
	 {{NULL, "220 ", "220-"},
	  {"EHLO revoscope.invalid\r\n", "250 ", "250-"},
	  {"STARTTLS\r\n", "220 ", "220-"}},
	 3},
};
enum { NUM_PROLOGUES = sizeof prologues / sizeof prologues[0] };

static const struct prologue *find(const char *protocol)
{
	for (size_t i = 0; i < NUM_PROLOGUES; i++)
		if (strcmp(prologues[i].protocol, protocol) == 0)
			return &prologues[i];
	return NULL;
}

bool starttls_is_known(const char *protocol)
{
	return find(protocol) != NULL;
}

const char *starttls_known(void)
{
	return "imap, pop3, smtp";
}

/* Reads byte by byte, so that nothing of the TLS handshake is swallowed. */
static bool read_line(struct net *net, char line[static REPLY_LINE_MAX], struct error *err)
{
	size_t len = 0;
	for (;;) {
		ssize_t got = net_read(net, line + len, 1);
		if (got < 0)
			return error_set_errno(err, ERROR_UNABLE, "no answer");
		if (got == 0)
			return error_set(err, ERROR_UNABLE, "the server closed the connection");
		if (line[len] == '\n')
			break;
		if (++len == REPLY_LINE_MAX - 1)
			return error_set(err, ERROR_UNABLE, "a line of the server is too long");
	}
	if (len > 0 && line[len - 1] == '\r')
		len--;
	line[len] = '\0';
	return true;
}

static bool say(struct net *net, const char *words, struct error *err)
{
	size_t len = strlen(words);
	while (len > 0) {
		ssize_t sent = net_write(net, words, len);
		if (sent < 0)
			return error_set_errno(err, ERROR_UNABLE, "cannot send");
		words += sent;
		len -= (size_t)sent;
	}
	return true;
}

static bool refuse(const char *line, struct error *err)
{
	struct text shown;
	text_init(&shown, 4 * REPLY_LINE_MAX);
	text_append_visible(&shown, line, strnlen(line, 120));
	error_set(err, ERROR_UNABLE, "the server answered '%s'", text_string(&shown));
	text_clear(&shown);
	return false;
}

static bool carry_out(struct net *net, const struct exchange *exchange, struct error *err)
{
	char line[REPLY_LINE_MAX];
	if (exchange->say != NULL && !say(net, exchange->say, err))
		return false;
	for (int i = 0; i < MOST_LINES; i++) {
		if (!read_line(net, line, err))
			return false;
		if (strncmp(line, exchange->expect, strlen(exchange->expect)) == 0)
			return true;
		if (exchange->more == NULL ||
		    strncmp(line, exchange->more, strlen(exchange->more)) != 0)
			return refuse(line, err);
	}
	return error_set(err, ERROR_UNABLE, "the server's answer does not end");
}

bool starttls_begin(struct net *net, const char *protocol, struct error *err)
{
	const struct prologue *prologue = find(protocol);
	if (prologue == NULL)
		return error_set(err, ERROR_UNABLE, "unknown protocol");
	for (size_t i = 0; i < prologue->num; i++)
		if (!carry_out(net, &prologue->exchanges[i], err))
			return false;
	return true;
}
