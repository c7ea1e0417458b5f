/*
 * The plain-text prologue of protocols that upgrade to TLS: SMTP (RFC 3207), IMAP
 * and POP3 (RFC 2595). Says no more than it must to get there.
 */
#ifndef CLIENTS_STARTTLS_H
#define CLIENTS_STARTTLS_H

#include "clients/net.h"
#include "core/error.h"

#include <stdbool.h>

bool starttls_is_known(const char *protocol);
const char *starttls_known(void); /* "imap, pop3, smtp" */

/* Talks until the server is ready for a ClientHello, within the socket's deadline.
 * On failure err has what the server said. */
bool starttls_begin(struct net *net, const char *protocol, struct error *err);

#endif
