/*
 * Real endpoints as a user names them, and the addresses that they resolve to.
 */
#ifndef HARNESS_CONFIG_ENDPOINT_H
#define HARNESS_CONFIG_ENDPOINT_H

#include "core/error.h"

#include <stdbool.h>
#include <stddef.h>

#define ENDPOINT_PORT 443

/* "example.org", "example.org:8443", "192.0.2.1", "[2001:db8::1]:443", "2001:db8::1". */
struct endpoint {
	char *host; /* lower case, without brackets */
	int port;
	bool has_port; /* the text named it */
};

/* Port is ENDPOINT_PORT when the text names none. False with an ERROR_USAGE that shows it. */
bool endpoint_parse(struct endpoint *endpoint, const char *text, struct error *err);

/* "http://proxy.example:3128" or "proxy.example:3128"; the port must be named. Other schemes and
 * credentials are errors. */
bool endpoint_parse_proxy(struct endpoint *proxy, const char *text, struct error *err);
void endpoint_clear(struct endpoint *endpoint);

enum address_family { FAMILY_ANY, FAMILY_IPV4, FAMILY_IPV6 };

/*
 * Resolves a host (or a numeric address) to numeric addresses: new array of new strings,
 * freed with endpoint_free_addresses. Only the first unless `all`. On failure err says in the
 * resolver's words what went wrong (ERROR_UNABLE); so does a resolver that has no answer after
 * wait_ms.
 */
bool endpoint_resolve(char ***addresses, size_t *num, const char *host, enum address_family family,
		      bool all, int wait_ms, struct error *err);
void endpoint_free_addresses(char **addresses, size_t num);

#endif
