/*
 * The name servers of this machine, each asked for itself: getaddrinfo says only what they came to
 * together, and an operator wants to know which of them did not answer.
 */
#ifndef HARNESS_DOCTOR_NAMESERVER_H
#define HARNESS_DOCTOR_NAMESERVER_H

#include "harness/model/examination.h"

#define NAMESERVER_WAIT_MS 2000 /* more than a server that works needs */

/* Where to ask; the default is what /etc/resolv.conf names. */
struct nameserver_list {
	const char *addresses[3]; /* numeric IPv4 */
	size_t num;
	int port; /* 0: 53 */
};

/*
 * Adds one struct per server to an owned list: what it said (a response code of DNS, "timeout" or
 * "unreachable") and the addresses of A and AAAA. Nothing for an address, or for a name that no
 * name server is asked for (localhost, RFC 6761). servers NULL: the machine's. All are asked at the
 * same time; one that has not replied to the question after wait_ms is a "timeout". False without
 * memory.
 */
bool nameserver_ask(struct name_server **list, size_t *num, const char *host,
		    const struct nameserver_list *servers, int wait_ms);

#endif
