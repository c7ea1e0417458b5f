/*
 * What is said and heard in the clear before TLS begins: bounded lines and lengths, one budget
 * of bytes for the whole talk, and refusals in the peer's own words, made harmless to show.
 * Reads no byte more than it is asked for, so that nothing of a handshake is swallowed.
 */
#ifndef CLIENTS_NET_TALK_H
#define CLIENTS_NET_TALK_H

#include "clients/net/net.h"
#include "core/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TALK_LINE_MAX  1024  /* bytes of a line, its end included */
#define TALK_BYTES_MAX 65536 /* that a peer may say altogether */
#define TALK_LINES_MAX 200   /* of one answer */

struct talk {
	struct net *net;
	const char *peer; /* "server", "proxy": for messages */
	size_t budget;    /* bytes that it may still say */
	/* TALK_LINE_MAX bytes for the first line that is heard, "" before; NULL: not wanted. */
	char *greeting;
};

#define TALK_WITH(net_, peer_) ((struct talk){(net_), (peer_), TALK_BYTES_MAX, NULL})

/* All of these are false with err at the deadline, at the end of the connection and when
 * the peer says more than it may. */
bool talk_say(struct talk *talk, const void *bytes, size_t len, struct error *err);
bool talk_say_text(struct talk *talk, const char *text, struct error *err);
bool talk_hear(struct talk *talk, void *bytes, size_t len, struct error *err);

/*
 * One line without its CRLF (a lone LF does as well). A NUL or a CR inside is refused: two
 * readers would disagree where such a line ends.
 */
bool talk_hear_line(struct talk *talk, char line[static TALK_LINE_MAX], struct error *err);

/* Sets "the server answered '...'", the bytes escaped and cut. Always false. */
bool talk_refused(const struct talk *talk, const char *words, size_t len, struct error *err);

/* The same behind words of our own: "WHAT: '...'". Always false. */
bool talk_quote(const char *what, const char *words, size_t len, struct error *err);

/*
 * Refuses what lies in the socket already although TLS has not begun: a peer on the way may have
 * put it behind the go-ahead, and a client that read on would take it for protected
 * (CVE-2011-0411). A server never speaks first in TLS. Waits for nothing.
 */
bool talk_expect_silence(const struct talk *talk, struct error *err);

#endif
