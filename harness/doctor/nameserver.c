/* Knows how each name server of this machine is asked for a name. */
#include "harness/doctor/nameserver.h"

#include "core/clock.h"

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

#define ADDRESSES_MAX 32

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

static void add_addresses(struct texts *list, const unsigned char *answer, int len)
{
	ns_msg message;
	if (len < 0 || ns_initparse(answer, len, &message) != 0)
		return;
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		ns_rr record;
		char text[INET6_ADDRSTRLEN];
		if (list->num >= ADDRESSES_MAX || ns_parserr(&message, ns_s_an, i, &record) != 0)
			return;
		bool is_v4 = ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == 4;
		bool is_v6 = ns_rr_type(record) == ns_t_aaaa && ns_rr_rdlen(record) == 16;
		/* Without memory the list ends here. */
		if ((is_v4 || is_v6) &&
		    inet_ntop(is_v4 ? AF_INET : AF_INET6, ns_rr_rdata(record), text, sizeof text) !=
			    NULL &&
		    !texts_add(list, text))
			return;
	}
}

/* What the answer says of the question, in the words of RFC 1035 section 4.1.1. */
static const char *response_code(const unsigned char *answer, int len)
{
	static const char *const words[] = {"NOERROR",  "FORMERR", "SERVFAIL",
					    "NXDOMAIN", "NOTIMP",  "REFUSED"};
	ns_msg message;
	if (len < 0 || ns_initparse(answer, len, &message) != 0)
		return "FORMERR";
	size_t code = (size_t)ns_msg_getflag(message, ns_f_rcode);
	return code < sizeof words / sizeof *words ? words[code] : "error";
}

/* Sends a question and waits for what comes back. res_nsend would go on to the next server when one
 * is in trouble, and not say that. The length of the answer, or -1 with *word. */
static int exchange(unsigned char *answer, size_t size, const char **word,
		    const struct sockaddr *server, socklen_t server_len,
		    const unsigned char *question, size_t len)
{
	struct deadline deadline = deadline_in_ms(NAMESERVER_WAIT_S * 1000);
	int fd = socket(server->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ssize_t got = -1;
	*word = "unreachable";
	if (fd < 0)
		return -1;
	bool waits =
		connect(fd, server, server_len) == 0 && send(fd, question, len, 0) == (ssize_t)len;
	while (waits) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		int num = poll(&ready, 1, deadline_left_ms(deadline));
		if (num == 0)
			*word = "timeout";
		if (num > 0)
			got = recv(fd, answer, size, 0);
		/* What does not begin with our number is no answer to us. */
		waits = (num < 0 && errno == EINTR) ||
			(got >= 2 && memcmp(answer, question, 2) != 0 && !deadline_over(deadline));
	}
	close(fd);
	return (int)got;
}

/* One question to one server: the word of its answer, or why there is none. */
static const char *ask(struct texts *addresses, struct __res_state *state,
		       const struct sockaddr *server, socklen_t server_len, const char *host,
		       int type)
{
	unsigned char question[NS_PACKETSZ], answer[4096];
	const char *word;
	int len = res_nmkquery(state, ns_o_query, host, ns_c_in, type, NULL, 0, NULL, question,
			       sizeof question);
	if (len < 0)
		return "not a name";
	len = exchange(answer, sizeof answer, &word, server, server_len, question, (size_t)len);
	if (len < 0)
		return word;
	add_addresses(addresses, answer, len);
	return response_code(answer, len);
}

/* IPv4 or IPv6, as resolv.conf names them. */
union place {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool ask_server(struct name_server *about, struct __res_state *state,
		       const union place *server, const char *host)
{
	char text[INET6_ADDRSTRLEN] = "?";
	bool is_v6 = server->any.sa_family == AF_INET6;
	socklen_t len = is_v6 ? sizeof server->v6 : sizeof server->v4;
	int64_t start_us = clock_monotonic_us();
	if (is_v6)
		inet_ntop(AF_INET6, &server->v6.sin6_addr, text, sizeof text);
	else
		inet_ntop(AF_INET, &server->v4.sin_addr, text, sizeof text);
	const char *word = ask(&about->addresses, state, &server->any, len, host, ns_t_a);
	if (strcmp(word, "NOERROR") == 0)
		ask(&about->addresses, state, &server->any, len, host, ns_t_aaaa);
	about->server = strdup(text);
	about->result = strdup(word);
	about->ms = (clock_monotonic_us() - start_us) / 1000;
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
		    const struct nameserver_list *servers)
{
	struct __res_state state;
	union place places[MAXNS];
	bool done = true;
	memset(&state, 0, sizeof state);
	if (is_address(host) || is_local(host) || res_ninit(&state) != 0)
		return true;
	size_t num_places = take_servers(places, &state, servers);
	for (size_t i = 0; done && i < num_places; i++) {
		struct name_server *one = record_add((void **)list, num, sizeof(**list));
		done = one != NULL && ask_server(one, &state, &places[i], host);
	}
	res_nclose(&state);
	return done;
}
