/*
 * The plain-text prologue of protocols that upgrade to TLS (core/starttls.def). Says no more
 * than it must to get there, and believes nothing that is said back: an attacker on the path
 * can say it too. Does NOT look whether the server offers TLS where asking for it is enough.
 */
#ifndef CLIENTS_NET_STARTTLS_H
#define CLIENTS_NET_STARTTLS_H

#include "clients/net/net.h"
#include "clients/net/talk.h"
#include "core/error.h"
#include "core/name.h"

#include <stdbool.h>

/* What a prologue may need beside the socket. */
struct starttls_way {
	const char *server_name; /* XMPP says whom it wants */
	/* NULL, or TALK_LINE_MAX bytes for the first line that the server says, as it came; ""
	 * where a protocol has no lines, and when none came. */
	char *greeting;
};

/*
 * Talks until the server is ready for a ClientHello, within the socket's deadline. On failure
 * err has what the server said, harmlessly. Bytes that came behind its go-ahead are a failure.
 */
bool starttls_begin(struct net *net, enum starttls protocol, const struct starttls_way *way,
		    struct error *err);

/* One prologue: up to and with the go-ahead. By family, in files of their own. */
bool starttls_ftp(struct talk *talk, const struct starttls_way *way, struct error *err);
bool starttls_imap(struct talk *talk, const struct starttls_way *way, struct error *err);
bool starttls_ldap(struct talk *talk, const struct starttls_way *way, struct error *err);
bool starttls_lmtp(struct talk *talk, const struct starttls_way *way, struct error *err);
bool starttls_mysql(struct talk *talk, const struct starttls_way *way, struct error *err);
bool starttls_nntp(struct talk *talk, const struct starttls_way *way, struct error *err);
bool starttls_pop3(struct talk *talk, const struct starttls_way *way, struct error *err);
bool starttls_postgres(struct talk *talk, const struct starttls_way *way, struct error *err);
bool starttls_sieve(struct talk *talk, const struct starttls_way *way, struct error *err);
bool starttls_smtp(struct talk *talk, const struct starttls_way *way, struct error *err);
bool starttls_xmpp(struct talk *talk, const struct starttls_way *way, struct error *err);
bool starttls_xmpp_server(struct talk *talk, const struct starttls_way *way, struct error *err);

#endif
