/* Knows how each name server of this machine is asked for a name. */
#include "harness/doctor/nameserver.h"

#include "core/clock.h"
#include "harness/doctor/name_reply.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUERIES_MAX (2 * MAXNS) /* A and AAAA of each server */

static bool is_address(const char *host)
{
	unsigned char bytes[16];
	return inet_pton(AF_INET, host, bytes) == 1 || strchr(host, ':') != NULL;
}

/* RFC 6761 section 6.3: such names are for no name server. */
static bool is_local(const char *host)
{
	static const char name[] = "localhost";
	size_t len = strlen(host), own = sizeof name - 1;
	if (len > 0 && host[len - 1] == '.')
		len--;
	return len >= own && strncasecmp(host + len - own, name, own) == 0 &&
	       (len == own || host[len - own - 1] == '.');
}

/* IPv4 or IPv6, as resolv.conf names them. */
union place {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* One question to one server. */
struct query {
	int fd; /* -1: not sent, or over */
	unsigned char question[NS_PACKETSZ];
	int len;
	const char *word; /* what came, or why nothing did */
	bool is_answered;
	struct texts addresses;
	int64_t end_us;
};

static void end_query(struct query *query, const char *word)
{
	if (query->fd >= 0)
		close(query->fd);
	query->fd = -1;
	query->word = word;
	query->end_us = clock_monotonic_us();
}

static void send_query(struct query *query, struct __res_state *state, const union place *server,
		       const char *host, int type)
{
	socklen_t size = server->any.sa_family == AF_INET6 ? sizeof server->v6 : sizeof server->v4;
	query->fd = -1;
	query->len = res_nmkquery(state, ns_o_query, host, ns_c_in, type, NULL, 0, NULL,
				  query->question, sizeof query->question);
	if (query->len < 0) {
		end_query(query, "not a name");
		return;
	}
	query->fd = socket(server->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (query->fd < 0 || connect(query->fd, &server->any, size) != 0 ||
	    send(query->fd, query->question, (size_t)query->len, 0) != query->len)
		end_query(query, "unreachable");
}

/* What does not answer the question may be from anybody, and the wait continues. */
static void take_reply(struct query *query)
{
	unsigned char reply[4096];
	ssize_t got = recv(query->fd, reply, sizeof reply, 0);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got < 0) {
		end_query(query, "unreachable");
	} else if (name_reply_answers(reply, (size_t)got, query->question, (size_t)query->len)) {
		query->is_answered = true;
		name_reply_addresses(&query->addresses, reply, (size_t)got);
		end_query(query, name_reply_code(reply, (size_t)got));
	}
}

/* res_nsend would go on to the next server when one is in trouble, and not say that. */
static void wait_for_replies(struct query *queries, size_t num, int wait_ms)
{
	struct deadline deadline = deadline_in_ms(wait_ms);
	struct pollfd ready[QUERIES_MAX];
	for (bool waits = true; waits;) {
		waits = false;
		for (size_t i = 0; i < num; i++) {
			ready[i] = (struct pollfd){.fd = queries[i].fd, .events = POLLIN};
			waits = waits || queries[i].fd >= 0;
		}
		int left = deadline_left_ms(deadline);
		waits = waits && left > 0;
		int num_ready = waits ? poll(ready, num, left) : 0;
		for (size_t i = 0; num_ready > 0 && i < num; i++)
			if (ready[i].revents != 0)
				take_reply(&queries[i]);
	}
	for (size_t i = 0; i < num; i++)
		if (queries[i].fd >= 0)
			end_query(&queries[i], "timeout");
}

/* A server's queries for A and AAAA: the first that was answered speaks for it. */
static bool describe(struct name_server *about, const union place *server,
		     const struct query pair[static 2], int64_t start_us)
{
	char text[INET6_ADDRSTRLEN] = "?";
	const struct query *first =
		pair[0].is_answered || !pair[1].is_answered ? &pair[0] : &pair[1];
	int64_t end_us = pair[0].end_us > pair[1].end_us ? pair[0].end_us : pair[1].end_us;
	if (server->any.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &server->v6.sin6_addr, text, sizeof text);
	else
		inet_ntop(AF_INET, &server->v4.sin_addr, text, sizeof text);
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0;
		     k < pair[i].addresses.num && about->addresses.num < NAME_REPLY_ADDRESSES_MAX;
		     k++)
			if (!texts_add(&about->addresses, pair[i].addresses.items[k]))
				return false;
	about->server = strdup(text);
	about->result = strdup(first->word);
	about->ms = (end_us - start_us) / 1000;
	return about->server != NULL && about->result != NULL;
}

static size_t take_servers(union place out[static MAXNS], const struct __res_state *state,
			   const struct nameserver_list *servers)
{
	size_t num = 0;
	for (int i = 0; servers == NULL && i < state->nscount && i < MAXNS; i++) {
		const struct sockaddr_in6 *other = state->_u._ext.nsaddrs[i];
		if (state->nsaddr_list[i].sin_family == AF_INET)
			out[num++].v4 = state->nsaddr_list[i];
		else if (other != NULL && other->sin6_family == AF_INET6)
			out[num++].v6 = *other;
	}
	for (size_t i = 0; servers != NULL && i < servers->num && num < MAXNS; i++) {
		struct sockaddr_in *one = &out[num].v4;
		*one = (struct sockaddr_in){.sin_family = AF_INET};
		one->sin_port = htons((uint16_t)(servers->port != 0 ? servers->port : 53));
		if (inet_pton(AF_INET, servers->addresses[i], &one->sin_addr) == 1)
			num++;
	}
	return num;
}

bool nameserver_ask(struct name_server **list, size_t *num, const char *host,
		    const struct nameserver_list *servers, int wait_ms)
{
	static const int types[] = {ns_t_a, ns_t_aaaa};
	struct __res_state state;
	union place places[MAXNS];
	struct query queries[QUERIES_MAX] = {0};
	bool done = true;
	memset(&state, 0, sizeof state);
	if (is_address(host) || is_local(host) || res_ninit(&state) != 0)
		return true;
	size_t num_places = take_servers(places, &state, servers);
	int64_t start_us = clock_monotonic_us();
	for (size_t i = 0; i < 2 * num_places; i++)
		send_query(&queries[i], &state, &places[i / 2], host, types[i % 2]);
	wait_for_replies(queries, 2 * num_places, wait_ms);
	for (size_t i = 0; done && i < num_places; i++) {
		struct name_server *one = record_add((void **)list, num, sizeof(**list));
		done = one != NULL && describe(one, &places[i], &queries[2 * i], start_us);
	}
	for (size_t i = 0; i < 2 * num_places; i++)
		texts_clear(&queries[i].addresses);
	res_nclose(&state);
	return done;
}
