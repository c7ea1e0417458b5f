/* Knows how a client asks an HTTP proxy for a way to somewhere else. */
#include "clients/net/proxy.h"

#include "clients/net/talk.h"

#include <stdio.h>
#include <string.h>

#define HOST_MAX 253 /* RFC 1035 section 2.3.4 */

bool proxy_is_target(const char *host)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";
	uint8_t address[16];
	size_t len = strlen(host);
	return net_address_bytes(address, host) > 0 ||
	       (len > 0 && len <= HOST_MAX && strspn(host, allowed) == len);
}

static bool ask(struct talk *talk, const char *host, int port, struct error *err)
{
	char request[2 * HOST_MAX + 256];
	const char *open = strchr(host, ':') != NULL ? "[" : "", *close = *open != '\0' ? "]" : "";
	snprintf(request, sizeof request,
		 "CONNECT %s%s%s:%d HTTP/1.1\r\nHost: %s%s%s:%d\r\n"
		 "User-Agent: revoscope/" REVOSCOPE_VERSION "\r\n\r\n",
		 open, host, close, port, open, host, close, port);
	return talk_say_text(talk, request, err);
}

/* The status of "HTTP/1.1 200 words" (RFC 9112 section 4), or -1. */
static int read_status(const char *line)
{
	const char *digits = line + strlen("HTTP/1.1 ");
	if (strncmp(line, "HTTP/1.", 7) != 0 || (line[7] != '0' && line[7] != '1') ||
	    line[8] != ' ' || strspn(digits, "0123456789") != 3 ||
	    (digits[3] != ' ' && digits[3] != '\0'))
		return -1;
	return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
}

static bool pass_headers(struct talk *talk, struct error *err)
{
	char line[TALK_LINE_MAX];
	for (int i = 0; i < TALK_LINES_MAX; i++) {
		if (!talk_hear_line(talk, line, err))
			return false;
		if (line[0] == '\0')
			return true;
	}
	return error_set(err, ERROR_UNABLE, "the proxy's answer does not end");
}

bool proxy_open(struct net *net, const char *host, int port, struct error *err)
{
	struct talk talk = TALK_WITH(net, "proxy");
	char line[TALK_LINE_MAX];
	if (!ask(&talk, host, port, err))
		return false;
	/* Interim answers may come first (RFC 9110 section 15.2); the budget ends them. */
	for (;;) {
		if (!talk_hear_line(&talk, line, err))
			return false;
		int status = read_status(line);
		if (status == 407)
			return talk_quote("the proxy wants credentials, and none can be given",
					  line, strlen(line), err);
		if (status < 100 || status > 299)
			return talk_refused(&talk, line, strlen(line), err);
		if (!pass_headers(&talk, err))
			return false;
		if (status >= 200)
			return true;
	}
}
