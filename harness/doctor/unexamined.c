/* Knows what an examination leaves out, and for which reason. */
#include "harness/doctor/unexamined.h"

#include "core/text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct noting {
	struct examination *seen;
	const struct unexamined_facts *facts;
	bool failed;
};

static bool is_ipv6(const char *address)
{
	return address != NULL && strchr(address, ':') != NULL;
}

bool unexamined_has_route(const char *address)
{
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(443)};
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(443)};
	bool is_v6 = is_ipv6(address);
	const struct sockaddr *to = is_v6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
	if (inet_pton(is_v6 ? AF_INET6 : AF_INET, address,
		      is_v6 ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr) != 1)
		return true; /* with a scope: the address is this machine's own business */
	int fd = socket(to->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has_route = fd >= 0 && connect(fd, to, is_v6 ? sizeof v6 : sizeof v4) == 0;
	if (fd >= 0)
		close(fd);
	return has_route;
}

static void note(struct noting *n, enum unexamined_why why, const char *what, const char *format,
		 ...) __attribute__((format(printf, 4, 5)));

/* What is foreign is made visible. */
static void note(struct noting *n, enum unexamined_why why, const char *what, const char *format,
		 ...)
{
	struct text visible;
	va_list args;
	struct unexamined *one = RECORD_ADD(n->seen, not_examined);
	if (one == NULL) {
		n->failed = true;
		return;
	}
	text_init(&visible, 0);
	text_append_visible(&visible, what, strlen(what));
	one->what = strdup(text_string(&visible));
	text_reset(&visible);
	va_start(args, format);
	text_append_visible_list(&visible, format, args);
	va_end(args);
	one->text = strdup(text_string(&visible));
	one->why = word_of(why);
	n->failed = n->failed || one->what == NULL || one->text == NULL;
	text_clear(&visible);
}

/* --- names --- */

/* Whether name servers were asked and none said anything of the name. */
static bool are_silent(const struct name_server *list, size_t num)
{
	for (size_t i = 0; i < num; i++)
		if (list[i].result == NULL || (strcmp(list[i].result, "timeout") != 0 &&
					       strcmp(list[i].result, "unreachable") != 0))
			return false;
	return num > 0;
}

static void note_name_servers(struct noting *n, const char *host, const struct name_server *list,
			      size_t num)
{
	struct text what;
	if (host == NULL || !are_silent(list, num))
		return;
	text_init(&what, 0);
	text_append_format(&what, "the DNS records of %s", host);
	note(n, UNEXAMINED_NAME_SERVER, text_string(&what),
	     "none of this machine's %zu name servers replied: DNS is blocked, or they are down",
	     num);
	text_clear(&what);
}

static void note_names(struct noting *n)
{
	const struct resolution *about = &n->seen->resolution;
	const char *host = about->host != NULL ? about->host : n->seen->id;
	struct text what;
	note_name_servers(n, host, about->resolvers, about->num_resolvers);
	text_init(&what, 0);
	if (n->facts->proxy_resolves && host != NULL) {
		text_append_format(&what, "the addresses of %s", host);
		note(n, UNEXAMINED_PROXY, text_string(&what),
		     "the proxy resolves the name and does not say to which address; only the one "
		     "that it chose was examined");
	}
	if (about->addresses.num > n->facts->addresses_max) {
		text_reset(&what);
		text_append_format(&what, "%zu further addresses",
				   about->addresses.num - n->facts->addresses_max);
		note(n, UNEXAMINED_LIMIT, text_string(&what), "only the first %zu are examined",
		     n->facts->addresses_max);
	}
	text_clear(&what);
}

/* --- addresses and handshakes --- */

/* Whether every connection to an address failed. */
static bool is_dead(const struct examination *seen, const char *address)
{
	size_t num = 0;
	for (size_t i = 0; i < seen->num_handshakes; i++) {
		const struct handshake *one = &seen->handshakes[i];
		if (one->address == NULL || strcmp(one->address, address) != 0)
			continue;
		if (one->completed || one->chain != NULL)
			return false;
		num++;
	}
	return num > 0;
}

static void note_addresses(struct noting *n)
{
	const struct texts *addresses = &n->seen->resolution.addresses;
	for (size_t i = 0; i < addresses->num; i++) {
		const char *address = addresses->items[i];
		if (is_ipv6(address) && is_dead(n->seen, address) && !n->facts->has_route(address))
			note(n, UNEXAMINED_NO_IPV6, address,
			     "this machine has no IPv6 route to it; examine it from one that has");
	}
}

static void note_handshakes(struct noting *n)
{
	const struct examination *seen = n->seen;
	for (size_t i = 0; i < seen->num_handshakes; i++) {
		if (!word_is(seen->handshakes[i].client_certificate, CLIENT_CERTIFICATE_REQUIRED))
			continue;
		note(n, UNEXAMINED_CLIENT_CERTIFICATE, "connections with a client certificate",
		     "the server requires one, and none is sent: what it does after a handshake "
		     "with one was not seen");
		break;
	}
	if (seen->leaf == NULL)
		note(n, UNEXAMINED_NO_CERTIFICATE, "chain, staples and sources of status",
		     "no handshake brought a certificate");
}

/* --- sources --- */

/* text: what the examination says of a source that was not asked. */
static void note_source(struct noting *n, const char *url, const char *text, bool is_verified)
{
	enum unexamined_why why = !n->facts->fetches ? UNEXAMINED_NO_FETCH
				  : !is_verified     ? UNEXAMINED_CHAIN_NOT_VERIFIED
						     : UNEXAMINED_LIMIT;
	if (url != NULL && text != NULL)
		note(n, why, url, "%s", text);
}

static void note_forbidden(struct noting *n, const char *url, const struct fetch *fetch)
{
	if (url != NULL && word_is(fetch->layer, LAYER_FORBIDDEN))
		note(n, UNEXAMINED_FETCH_PRIVATE, url, "%s",
		     fetch->text != NULL ? fetch->text
					 : "its address is private (--fetch-private deny)");
}

static void note_sources_of(struct noting *n, const struct status_sources *sources,
			    bool is_verified)
{
	for (size_t i = 0; i < sources->num_responders; i++) {
		const struct responder *one = &sources->responders[i];
		note_source(n, one->url, one->why, is_verified);
		note_name_servers(n, one->host, one->resolvers, one->num_resolvers);
		if (one->num_attempts > 0)
			note_forbidden(n, one->url, &one->attempts[0].fetch);
	}
	for (size_t i = 0; i < sources->num_crls; i++) {
		note_source(n, sources->crls[i].url, sources->crls[i].why, is_verified);
		note_forbidden(n, sources->crls[i].url, &sources->crls[i].fetch);
	}
}

static void note_sources(struct noting *n)
{
	const struct examination *seen = n->seen;
	bool is_verified = false;
	for (size_t i = 0; i < seen->num_chains; i++)
		is_verified = is_verified || seen->chains[i].verified;
	note_sources_of(n, &seen->sources, is_verified);
	for (size_t i = 0; i < seen->num_others; i++)
		note_sources_of(n, &seen->others[i].sources, is_verified);
	for (size_t i = 0; i < seen->num_issuers; i++) {
		note_source(n, seen->issuers[i].url, seen->issuers[i].why, is_verified);
		note_forbidden(n, seen->issuers[i].url, &seen->issuers[i].fetch);
	}
}

bool unexamined_note(struct examination *seen, const struct unexamined_facts *facts)
{
	struct noting n = {.seen = seen, .facts = facts};
	note_names(&n);
	note_addresses(&n);
	note_handshakes(&n);
	note_sources(&n);
	if (!seen->finished.is_known)
		note(&n, UNEXAMINED_INTERRUPTED, "the rest", "the examination was interrupted");
	return !n.failed;
}
