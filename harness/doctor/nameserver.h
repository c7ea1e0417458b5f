/*
 * The name servers of this machine, asked one by one: getaddrinfo tells what they came to together,
 * and an operator wants to know which of them did not answer.
 */
#ifndef HARNESS_DOCTOR_NAMESERVER_H
#define HARNESS_DOCTOR_NAMESERVER_H

#include <jansson.h>

#define NAMESERVER_WAIT_S 2 /* for each of at most three */

/* Where to ask; the default is what /etc/resolv.conf names. */
struct nameserver_list {
	const char *addresses[3]; /* numeric IPv4 */
	size_t num;
	int port; /* 0: 53 */
};

/*
 * New array, one object per server: {"server": address, "result": "NOERROR", "NXDOMAIN",
 * "SERVFAIL", …, "timeout" or "unreachable", "addresses": [text], "ms": n}. Asks for A and AAAA. An
 * address or a name that no name server is asked for (localhost, RFC 6761) gives an empty array.
 * servers NULL: the machine's.
 */
json_t *nameserver_ask(const char *host, const struct nameserver_list *servers);

#endif
