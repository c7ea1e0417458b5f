/*
 * A connected non-blocking TCP socket with one deadline for everything that is
 * done on it, so that a server that drips a byte now and then ends too.
 */
#ifndef CLIENTS_NET_NET_H
#define CLIENTS_NET_NET_H

#include "core/clock.h"
#include "core/error.h"
#include "core/name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct net {
	int fd; /* -1 when closed; owned */
	struct deadline deadline;
	bool timed_out; /* a wait ended at the deadline */
};

/*
 * Whether text is a numeric address as it is connected to: IPv4 with four numbers, or IPv6 without
 * brackets. A link-local one may end in the interface that it belongs to ("fe80::1%eth0", RFC 4007
 * section 11).
 */
bool net_is_address(const char *text);

/*
 * The bytes of a numeric address without an interface: what an iPAddress of a certificate has
 * (RFC 5280 section 4.2.1.6). Their number (4 or 16), or 0 for a name. An address is no SNI
 * either (RFC 6066 section 3).
 */
size_t net_address_bytes(uint8_t bytes[static 16], const char *text);

/*
 * Connects to a numeric address. On failure *reason is CONNECT_REFUSED or
 * CONNECT_TIMEOUT and err has the system's words. TCP_NODELAY is set.
 */
bool net_connect(struct net *net, enum reason *reason, const char *address, int port,
		 struct deadline deadline, struct error *err);

/* Waits for POLLIN or POLLOUT until the deadline. False: over (timed_out) or failed. */
bool net_wait(struct net *net, short events);

/*
 * Like recv and send, for the functions that a stack reads and writes with: they do not wait, and
 * no signal is raised. Reading fails with ETIMEDOUT once the deadline has passed: a stack that
 * takes whatever comes, as long as something comes, would not notice.
 */
ssize_t net_try_read(struct net *net, void *buffer, size_t len);
ssize_t net_try_write(const struct net *net, const void *buffer, size_t len);

/* Like read and write, but they wait, and at the deadline fail with ETIMEDOUT. */
ssize_t net_read(struct net *net, void *buffer, size_t len);
ssize_t net_write(struct net *net, const void *buffer, size_t len);

int net_local_port(const struct net *net); /* 0 when it is not known */
void net_close(struct net *net);

#endif
