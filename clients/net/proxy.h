/*
 * The way through an HTTP proxy: CONNECT (RFC 9110 section 9.3.6). The proxy is trusted no more
 * than a server. Knows no authentication.
 */
#ifndef CLIENTS_NET_PROXY_H
#define CLIENTS_NET_PROXY_H

#include "clients/net/net.h"
#include "core/error.h"

#include <stdbool.h>

/* Whether this can be asked for: a numeric address without an interface, or a host name of
 * letters, digits, '-', '_' and dots, of at most 253 bytes. */
bool proxy_is_target(const char *host);

/*
 * Asks the proxy at the other end of net for a way to host and port, within the socket's
 * deadline. Reads no byte behind the proxy's answer: it is the server's. On failure err has
 * what the proxy said, harmlessly.
 */
bool proxy_open(struct net *net, const char *host, int port, struct error *err);

#endif
