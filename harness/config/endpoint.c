/* Knows how endpoints are named and resolved. */
#include "harness/config/endpoint.h"

#include "core/clock.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define HOST_MAX      253 /* RFC 1035 section 2.3.4 */
#define ADDRESSES_MAX 64

static bool refuse(const char *text, const char *why, struct error *err)
{
	return error_set(err, ERROR_USAGE, "'%.300s' is not a valid target: %s", text, why);
}

static bool parse_port(int *port, const char *digits, const char *text, struct error *err)
{
	size_t len = strlen(digits);
	if (len == 0 || len > 5 || strspn(digits, "0123456789") != len || atoi(digits) < 1 ||
	    atoi(digits) > 65535)
		return refuse(text, "a port is a number from 1 to 65535", err);
	*port = atoi(digits);
	return true;
}

static bool is_host(const char *host, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)host[i]) && strchr("-._:%", host[i]) == NULL)
			return false;
	return len > 0 && len <= HOST_MAX && host[0] != '-' && host[0] != '.';
}

bool endpoint_parse(struct endpoint *endpoint, const char *text, struct error *err)
{
	*endpoint = (struct endpoint){.port = ENDPOINT_PORT};
	const char *host = text, *rest;
	size_t len;
	if (strstr(text, "://") != NULL)
		return refuse(text, "give host or host:port, not a URL", err);
	if (text[0] == '[') {
		const char *close = strchr(text, ']');
		if (close == NULL)
			return refuse(text, "']' is missing", err);
		host = text + 1;
		len = (size_t)(close - host);
		rest = close + 1;
		if (memchr(host, ':', len) == NULL)
			return refuse(text, "brackets are for IPv6 addresses", err);
	} else {
		const char *colon = strchr(text, ':');
		bool bare_ipv6 = colon != NULL && strchr(colon + 1, ':') != NULL;
		len = colon == NULL || bare_ipv6 ? strlen(text) : (size_t)(colon - text);
		rest = text + len;
	}
	if (!is_host(host, len))
		return refuse(text, "neither a host name nor an address", err);
	if (*rest != '\0' && *rest != ':')
		return refuse(text, "host:port is expected", err);
	if (*rest == ':' && !parse_port(&endpoint->port, rest + 1, text, err))
		return false;
	endpoint->has_port = *rest == ':';
	endpoint->host = strndup(host, len);
	if (endpoint->host == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	for (char *p = endpoint->host; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return true;
}

bool endpoint_parse_proxy(struct endpoint *proxy, const char *text, struct error *err)
{
	static const char scheme[] = "http://";
	char rest[HOST_MAX + 16] = "";
	*proxy = (struct endpoint){0};
	if (strchr(text, '@') != NULL)
		return error_set(err, ERROR_USAGE,
				 "--proxy: a user and a password are not supported; use a proxy "
				 "that needs none");
	const char *start = text;
	if (strncasecmp(start, scheme, strlen(scheme)) == 0)
		start += strlen(scheme);
	else if (strstr(start, "://") != NULL)
		return error_set(err, ERROR_USAGE,
				 "--proxy: '%.300s' is not an HTTP proxy (http://HOST:PORT)", text);
	size_t len = strlen(start);
	if (len > 0 && start[len - 1] == '/')
		len--;
	if (len >= sizeof rest)
		return error_set(err, ERROR_USAGE, "--proxy: '%.300s' is too long", text);
	memcpy(rest, start, len);
	rest[len] = '\0';
	if (!endpoint_parse(proxy, rest, err))
		return error_prefix(err, "--proxy");
	if (proxy->has_port)
		return true;
	endpoint_clear(proxy);
	return error_set(err, ERROR_USAGE, "--proxy: '%.300s' names no port (http://HOST:PORT)",
			 text);
}

void endpoint_clear(struct endpoint *endpoint)
{
	free(endpoint->host);
	*endpoint = (struct endpoint){0};
}

void endpoint_free_addresses(char **addresses, size_t num)
{
	for (size_t i = 0; addresses != NULL && i < num; i++)
		free(addresses[i]);
	free(addresses);
}

/* A question to the resolver, which a thread of glibc works at: if that does not end in time, all
 * of this is left to it. */
struct lookup {
	struct addrinfo hints;
	struct gaicb request;
	char host[HOST_MAX + 1];
};

/* 0 or a code of getaddrinfo, which has no time limit itself. */
static int look_up(struct addrinfo **list, const char *host, enum address_family family,
		   int wait_ms)
{
	struct lookup *lookup = calloc(1, sizeof *lookup);
	struct deadline deadline = deadline_in_ms(wait_ms);
	int status;
	if (lookup == NULL)
		return EAI_MEMORY;
	struct gaicb *requests[] = {&lookup->request};
	lookup->hints.ai_family = family == FAMILY_IPV4   ? AF_INET
				  : family == FAMILY_IPV6 ? AF_INET6
							  : AF_UNSPEC;
	lookup->hints.ai_socktype = SOCK_STREAM;
	snprintf(lookup->host, sizeof lookup->host, "%s", host);
	lookup->request.ar_name = lookup->host;
	lookup->request.ar_request = &lookup->hints;
	status = getaddrinfo_a(GAI_NOWAIT, requests, 1, NULL);
	while (status == 0 && gai_error(requests[0]) == EAI_INPROGRESS) {
		int left = deadline_left_ms(deadline);
		struct timespec wait = {left / 1000, left % 1000 * 1000000L};
		if (left > 0)
			gai_suspend((const struct gaicb *const *)requests, 1, &wait);
		else if (gai_cancel(requests[0]) == EAI_NOTCANCELED)
			return EAI_INPROGRESS;
	}
	if (status == 0)
		status = gai_error(requests[0]);
	*list = status == 0 ? lookup->request.ar_result : NULL;
	free(lookup);
	return status == EAI_CANCELED ? EAI_INPROGRESS : status;
}

bool endpoint_resolve(char ***addresses, size_t *num, const char *host, enum address_family family,
		      bool all, int wait_ms, struct error *err)
{
	struct addrinfo *list = NULL;
	*addresses = NULL;
	*num = 0;
	int status = look_up(&list, host, family, wait_ms);
	if (status == EAI_INPROGRESS)
		return error_set(err, ERROR_UNABLE, "%s does not resolve: no answer within %d ms",
				 host, wait_ms);
	if (status != 0)
		return error_set(err, ERROR_UNABLE, "%s does not resolve: %s", host,
				 gai_strerror(status));
	char **found = calloc(ADDRESSES_MAX, sizeof *found);
	size_t num_found = 0;
	for (struct addrinfo *a = list;
	     found != NULL && a != NULL && num_found < (all ? ADDRESSES_MAX : 1); a = a->ai_next) {
		char text[NI_MAXHOST];
		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0,
				NI_NUMERICHOST) == 0 &&
		    (found[num_found] = strdup(text)) != NULL)
			num_found++;
	}
	freeaddrinfo(list);
	if (num_found == 0) {
		free(found);
		return error_set(err, ERROR_UNABLE, "%s does not resolve to an address", host);
	}
	*addresses = found;
	*num = num_found;
	return true;
}
