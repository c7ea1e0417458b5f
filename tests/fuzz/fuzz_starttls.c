/* Any bytes as what a server, or the proxy before it, says before TLS: the prologue ends, and
 * nothing of a server's is left unread. */
#include "clients/net/proxy.h"
#include "clients/net/starttls.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Fits into a socket's buffer; budgets are for the unit tests. */
#define MOST_BYTES 32768

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte chooses the protocol; the one behind the last is the proxy. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct starttls_way way = {.server_name = "example.org"};
	struct error err = ERROR_INIT;
	int ends[2];
	char left;
	if (size == 0 || size > MOST_BYTES ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
		return 0;
	struct net net = {.fd = ends[0], .deadline = deadline_in_ms(5000)};
	if (write(ends[1], data + 1, size - 1) != (ssize_t)size - 1)
		abort();
	shutdown(ends[1], SHUT_WR);
	int protocol = data[0] % (NUM_STARTTLS + 1);
	bool begun = protocol == NUM_STARTTLS
			     ? proxy_open(&net, way.server_name, 443, &err)
			     : starttls_begin(&net, (enum starttls)protocol, &way, &err);
	if (begun == (err.kind != ERROR_NONE) || net.timed_out)
		abort();
	if (begun && protocol < NUM_STARTTLS && recv(ends[0], &left, 1, MSG_DONTWAIT) > 0)
		abort();
	for (const char *p = err.text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ')
			abort();
	net_close(&net);
	close(ends[1]);
	return 0;
}
