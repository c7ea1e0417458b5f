/* Knows the prologues of which each reply begins with a word: IMAP, POP3, ManageSieve. */
#include "clients/net/starttls.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LITERAL_MAX 4096

/* Whether the line begins with these words, in any case, and no word goes on behind them. */
static bool begins(const char *line, const char *words)
{
	size_t len = strlen(words);
	return strncasecmp(line, words, len) == 0 && (line[len] == ' ' || line[len] == '\0');
}

bool starttls_imap(struct talk *talk, const struct starttls_way *way, struct error *err)
{
	char line[TALK_LINE_MAX];
	(void)way;
	if (!talk_hear_line(talk, line, err))
		return false;
	/* A session that is authenticated already has no STARTTLS (RFC 9051 section 6.2.1); that
	 * is also how an attacker on the path would keep a client from it (section 11.1). */
	if (begins(line, "* PREAUTH"))
		return talk_quote("the server greets a session that is authenticated already, in "
				  "which TLS cannot begin",
				  line, strlen(line), err);
	if (!begins(line, "* OK"))
		return talk_refused(talk, line, strlen(line), err);
	if (!talk_say_text(talk, "a1 STARTTLS\r\n", err))
		return false;
	/* Any number of untagged responses may come first (section 7). */
	for (int i = 0; i < TALK_LINES_MAX; i++) {
		if (!talk_hear_line(talk, line, err))
			return false;
		if (begins(line, "a1 OK"))
			return true;
		if (strncmp(line, "* ", 2) != 0 || begins(line, "* BYE"))
			return talk_refused(talk, line, strlen(line), err);
	}
	return error_set(err, ERROR_UNABLE, "the server's answer does not end");
}

static bool hear_ok(struct talk *talk, struct error *err)
{
	char line[TALK_LINE_MAX];
	return talk_hear_line(talk, line, err) &&
	       (begins(line, "+OK") || talk_refused(talk, line, strlen(line), err));
}

bool starttls_pop3(struct talk *talk, const struct starttls_way *way, struct error *err)
{
	(void)way;
	return hear_ok(talk, err) && talk_say_text(talk, "STLS\r\n", err) && hear_ok(talk, err);
}

/* The length of the literal that a line ends with ("{12}" or "{12+}"), or -1. */
static long literal_len(const char *line)
{
	const char *brace = strrchr(line, '{');
	if (brace == NULL)
		return -1;
	const char *digits = brace + 1;
	size_t num = strspn(digits, "0123456789");
	const char *end = digits[num] == '+' ? digits + num + 1 : digits + num;
	return num > 0 && num <= 6 && strcmp(end, "}") == 0 ? strtol(digits, NULL, 10) : -1;
}

/* A line with its literals (RFC 5804 section 1.2), of which only the first piece is kept. */
static bool hear_response(struct talk *talk, char line[static TALK_LINE_MAX], struct error *err)
{
	char rest[TALK_LINE_MAX];
	char literal[LITERAL_MAX];
	if (!talk_hear_line(talk, line, err))
		return false;
	for (long len = literal_len(line); len >= 0; len = literal_len(rest)) {
		if (len > LITERAL_MAX)
			return error_set(err, ERROR_UNABLE, "a literal of the server is too long");
		if (!talk_hear(talk, literal, (size_t)len, err) || !talk_hear_line(talk, rest, err))
			return false;
	}
	return true;
}

/* A response ends with OK, NO or BYE; in front of it may stand capabilities, in quotes. */
static bool hear_sieve(struct talk *talk, struct error *err)
{
	char line[TALK_LINE_MAX];
	for (int i = 0; i < TALK_LINES_MAX; i++) {
		if (!hear_response(talk, line, err))
			return false;
		if (begins(line, "OK"))
			return true;
		if (line[0] != '"' && line[0] != '{')
			return talk_refused(talk, line, strlen(line), err);
	}
	return error_set(err, ERROR_UNABLE, "the server's answer does not end");
}

bool starttls_sieve(struct talk *talk, const struct starttls_way *way, struct error *err)
{
	(void)way;
	return hear_sieve(talk, err) && talk_say_text(talk, "STARTTLS\r\n", err) &&
	       hear_sieve(talk, err);
}
