/* Knows non-blocking TCP under one absolute deadline. */
#include "clients/net/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* The number of an interface, by name or as a number; 0 is none. */
static uint32_t read_scope(const char *text)
{
	uint32_t number = if_nametoindex(text);
	size_t len = strlen(text);
	if (number == 0 && len > 0 && len < 10 && strspn(text, "0123456789") == len)
		number = (uint32_t)atoi(text);
	return number;
}

static bool read_v6(struct sockaddr_in6 *out, const char *text)
{
	char address[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "%");
	if (len >= sizeof address)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	if (inet_pton(AF_INET6, address, &out->sin6_addr) != 1)
		return false;
	if (text[len] == '\0')
		return true;
	out->sin6_scope_id = read_scope(text + len + 1);
	return out->sin6_scope_id != 0;
}

static bool read_address(union address *out, socklen_t *len, const char *text, int port)
{
	memset(out, 0, sizeof *out);
	if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons((uint16_t)port);
		*len = sizeof out->v4;
		return true;
	}
	if (read_v6(&out->v6, text)) {
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons((uint16_t)port);
		*len = sizeof out->v6;
		return true;
	}
	return false;
}

bool net_is_address(const char *text)
{
	union address address;
	socklen_t len;
	return read_address(&address, &len, text, 0);
}

size_t net_address_bytes(uint8_t bytes[static 16], const char *text)
{
	if (inet_pton(AF_INET, text, bytes) == 1)
		return 4;
	return inet_pton(AF_INET6, text, bytes) == 1 ? 16 : 0;
}

/* The result of a connect() that was in progress, into errno. */
static bool finish_connect(struct net *net)
{
	int failure = 0;
	socklen_t len = sizeof failure;
	if (!net_wait(net, POLLOUT))
		return false;
	if (getsockopt(net->fd, SOL_SOCKET, SO_ERROR, &failure, &len) != 0)
		return false;
	errno = failure;
	return failure == 0;
}

bool net_connect(struct net *net, enum reason *reason, const char *address, int port,
		 struct deadline deadline, struct error *err)
{
	union address to;
	socklen_t len;
	*net = (struct net){.fd = -1, .deadline = deadline};
	*reason = REASON_CONNECT_REFUSED;
	if (port < 1 || port > 65535 || !read_address(&to, &len, address, port))
		return error_set(err, ERROR_UNABLE, "invalid numeric address '%.64s', port %d",
				 address, port);
	net->fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (net->fd < 0)
		return error_set_errno(err, ERROR_UNABLE, "no socket");
	int yes = 1;
	(void)setsockopt(net->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	if (connect(net->fd, &to.any, len) == 0 || (errno == EINPROGRESS && finish_connect(net)))
		return true;
	if (net->timed_out || errno == ETIMEDOUT)
		*reason = REASON_CONNECT_TIMEOUT;
	error_set_errno(err, ERROR_UNABLE, "%s port %d", address, port);
	net_close(net);
	return false;
}

bool net_wait(struct net *net, short events)
{
	struct pollfd one = {.fd = net->fd, .events = events};
	for (;;) {
		int left = deadline_left_ms(net->deadline);
		if (left == 0)
			break;
		int ready = poll(&one, 1, left);
		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR)
			return false;
	}
	net->timed_out = true;
	errno = ETIMEDOUT;
	return false;
}

ssize_t net_try_read(struct net *net, void *buffer, size_t len)
{
	if (!deadline_over(net->deadline))
		return recv(net->fd, buffer, len, 0);
	net->timed_out = true;
	errno = ETIMEDOUT;
	return -1;
}

ssize_t net_try_write(const struct net *net, const void *buffer, size_t len)
{
	return send(net->fd, buffer, len, MSG_NOSIGNAL);
}

ssize_t net_read(struct net *net, void *buffer, size_t len)
{
	for (;;) {
		/* A peer that always has one more byte must not outlive the deadline. */
		if (deadline_over(net->deadline)) {
			net->timed_out = true;
			errno = ETIMEDOUT;
			return -1;
		}
		ssize_t got = recv(net->fd, buffer, len, 0);
		if (got >= 0)
			return got;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return -1;
		if (!net_wait(net, POLLIN))
			return -1;
	}
}

ssize_t net_write(struct net *net, const void *buffer, size_t len)
{
	for (;;) {
		if (deadline_over(net->deadline)) {
			net->timed_out = true;
			errno = ETIMEDOUT;
			return -1;
		}
		ssize_t sent = send(net->fd, buffer, len, MSG_NOSIGNAL);
		if (sent >= 0)
			return sent;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return -1;
		if (!net_wait(net, POLLOUT))
			return -1;
	}
}

int net_local_port(const struct net *net)
{
	union address own;
	socklen_t len = sizeof own;
	memset(&own, 0, sizeof own);
	if (net->fd < 0 || getsockname(net->fd, &own.any, &len) != 0)
		return 0;
	if (own.any.sa_family == AF_INET)
		return ntohs(own.v4.sin_port);
	if (own.any.sa_family == AF_INET6)
		return ntohs(own.v6.sin6_port);
	return 0;
}

void net_close(struct net *net)
{
	if (net->fd >= 0)
		close(net->fd);
	net->fd = -1;
}
