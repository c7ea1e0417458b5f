/* Knows the prologues of which each reply begins with a number: SMTP, LMTP, NNTP, FTP. */
#include "clients/net/starttls.h"

#include <string.h>

static bool is_reply(const char *line, const char *number, char mark)
{
	return strncmp(line, number, 3) == 0 &&
	       (line[3] == mark || (mark == ' ' && line[3] == '\0'));
}

static bool is_number(const char *line)
{
	return strspn(line, "0123456789") == 3;
}

/*
 * One reply, which must have the number. Of several lines ("250-...") each has it (RFC 5321
 * section 4.2.1); in FTP those between the first and the last may be anything (RFC 959
 * section 4.2), so that `free_middle` looks for the last alone.
 */
static bool hear_reply(struct talk *talk, const char *number, bool free_middle, struct error *err)
{
	char line[TALK_LINE_MAX];
	bool in_middle = false;
	for (int i = 0; i < TALK_LINES_MAX; i++) {
		if (!talk_hear_line(talk, line, err))
			return false;
		if (is_reply(line, number, ' '))
			return true;
		if (is_reply(line, number, '-'))
			in_middle = free_middle;
		else if (!in_middle)
			return talk_refused(talk, line, strlen(line), err);
	}
	return error_set(err, ERROR_UNABLE, "the server's answer does not end");
}

static bool exchange(struct talk *talk, const char *words, const char *number, struct error *err)
{
	return talk_say_text(talk, words, err) && hear_reply(talk, number, false, err);
}

bool starttls_smtp(struct talk *talk, const struct starttls_way *way, struct error *err)
{
	(void)way;
	return hear_reply(talk, "220", false, err) &&
	       exchange(talk, "EHLO revoscope.invalid\r\n", "250", err) &&
	       exchange(talk, "STARTTLS\r\n", "220", err);
}

bool starttls_lmtp(struct talk *talk, const struct starttls_way *way, struct error *err)
{
	(void)way;
	return hear_reply(talk, "220", false, err) &&
	       exchange(talk, "LHLO revoscope.invalid\r\n", "250", err) &&
	       exchange(talk, "STARTTLS\r\n", "220", err);
}

bool starttls_ftp(struct talk *talk, const struct starttls_way *way, struct error *err)
{
	(void)way;
	return hear_reply(talk, "220", true, err) && talk_say_text(talk, "AUTH TLS\r\n", err) &&
	       hear_reply(talk, "234", true, err);
}

/* 200: posting is allowed, 201: it is not (RFC 3977 section 5.1.1). No reply here has
 * a second line. */
bool starttls_nntp(struct talk *talk, const struct starttls_way *way, struct error *err)
{
	char line[TALK_LINE_MAX];
	(void)way;
	if (!talk_hear_line(talk, line, err))
		return false;
	if (!is_number(line) || (strncmp(line, "200", 3) != 0 && strncmp(line, "201", 3) != 0))
		return talk_refused(talk, line, strlen(line), err);
	return exchange(talk, "STARTTLS\r\n", "382", err);
}
