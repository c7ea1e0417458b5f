/* Knows how each name server of this machine is asked for a name. */
#include "harness/nameserver.h"

#include "core/clock.h"
#include "core/json.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

static void add_addresses(json_t *list, const unsigned char *answer, int len)
{
	ns_msg message;
	if (len < 0 || ns_initparse(answer, len, &message) != 0)
		return;
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		ns_rr record;
		char text[INET6_ADDRSTRLEN];
		if (json_array_size(list) >= ADDRESSES_MAX ||
		    ns_parserr(&message, ns_s_an, i, &record) != 0)
			return;
		bool is_v4 = ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == 4;
		bool is_v6 = ns_rr_type(record) == ns_t_aaaa && ns_rr_rdlen(record) == 16;
		if ((is_v4 || is_v6) && inet_ntop(is_v4 ? AF_INET : AF_INET6, ns_rr_rdata(record),
						  text, sizeof text) != NULL)
			json_array_append_new(list, json_string(text));
	}
}

/* What the answer says of the question, in the words of RFC 1035 section 4.1.1. */
static const char *word_of(const unsigned char *answer, int len)
{
	static const char *const words[] = {"NOERROR",  "FORMERR", "SERVFAIL",
					    "NXDOMAIN", "NOTIMP",  "REFUSED"};
	ns_msg message;
	if (len < 0 || ns_initparse(answer, len, &message) != 0)
		return "FORMERR";
	size_t code = (size_t)ns_msg_getflag(message, ns_f_rcode);
	return code < sizeof words / sizeof *words ? words[code] : "error";
}

/* One question to the one server of state. */
static const char *ask(json_t *addresses, struct __res_state *state, const char *host, int type)
{
	unsigned char question[NS_PACKETSZ], answer[NS_MAXMSG / 4];
	int len = res_nmkquery(state, ns_o_query, host, ns_c_in, type, NULL, 0, NULL, question,
			       sizeof question);
	if (len < 0)
		return "not a name";
	int64_t start_us = clock_monotonic_us();
	len = res_nsend(state, question, len, answer, sizeof answer);
	/* res_nsend does not say which; a refused packet comes back at once. */
	if (len < 0)
		return clock_monotonic_us() - start_us > 500000 ? "timeout" : "unreachable";
	add_addresses(addresses, answer, len);
	return word_of(answer, len);
}

static json_t *ask_server(struct __res_state *state, const struct sockaddr_in *server,
			  const char *host)
{
	char text[INET_ADDRSTRLEN] = "?";
	json_t *about = json_object(), *addresses = json_array();
	int64_t start_us = clock_monotonic_us();
	inet_ntop(AF_INET, &server->sin_addr, text, sizeof text);
	state->nscount = 1;
	state->nsaddr_list[0] = *server;
	state->retrans = NAMESERVER_WAIT_S;
	state->retry = 1;
	const char *word = ask(addresses, state, host, ns_t_a);
	if (strcmp(word, "NOERROR") == 0)
		ask(addresses, state, host, ns_t_aaaa);
	json_set(about, "server", json_string(text));
	json_set(about, "result", json_string(word));
	json_set(about, "addresses", addresses);
	json_set(about, "ms", json_integer((clock_monotonic_us() - start_us) / 1000));
	return about;
}

/* The servers to ask, IPv4 only: glibc keeps others apart. */
static size_t take_servers(struct sockaddr_in out[static MAXNS], const struct __res_state *state,
			   const struct nameserver_list *servers)
{
	size_t num = 0;
	for (int i = 0; servers == NULL && i < state->nscount && i < MAXNS; i++)
		if (state->nsaddr_list[i].sin_family == AF_INET)
			out[num++] = state->nsaddr_list[i];
	for (size_t i = 0; servers != NULL && i < servers->num && num < MAXNS; i++) {
		struct sockaddr_in *one = &out[num];
		*one = (struct sockaddr_in){.sin_family = AF_INET};
		one->sin_port = htons((uint16_t)(servers->port != 0 ? servers->port : 53));
		if (inet_pton(AF_INET, servers->addresses[i], &one->sin_addr) == 1)
			num++;
	}
	return num;
}

json_t *nameserver_ask(const char *host, const struct nameserver_list *servers)
{
	struct __res_state state;
	struct sockaddr_in addresses[MAXNS];
	json_t *list = json_array();
	memset(&state, 0, sizeof state);
	if (is_address(host) || is_local(host) || res_ninit(&state) != 0)
		return list;
	size_t num = take_servers(addresses, &state, servers);
	for (size_t i = 0; i < num; i++)
		json_array_append_new(list, ask_server(&state, &addresses[i], host));
	res_nclose(&state);
	return list;
}
