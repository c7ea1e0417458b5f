/* Knows which reply of a name server is one to a question, and what it says. */
#include "harness/doctor/name_reply.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

static bool parse(ns_msg *message, const unsigned char *bytes, size_t len)
{
	return len <= INT_MAX && ns_initparse(bytes, (int)len, message) == 0;
}

static bool parse_question(ns_rr *record, ns_msg *message)
{
	return ns_msg_count(*message, ns_s_qd) == 1 && ns_parserr(message, ns_s_qd, 0, record) == 0;
}

bool name_reply_answers(const unsigned char *reply, size_t len, const unsigned char *question,
			size_t question_len)
{
	ns_msg asked, came;
	ns_rr wanted, repeated;
	if (!parse(&asked, question, question_len) || !parse_question(&wanted, &asked) ||
	    !parse(&came, reply, len))
		return false;
	if (ns_msg_id(came) != ns_msg_id(asked) || ns_msg_getflag(came, ns_f_qr) != 1 ||
	    ns_msg_getflag(came, ns_f_opcode) != ns_o_query)
		return false;
	if (ns_msg_count(came, ns_s_qd) == 0)
		return ns_msg_getflag(came, ns_f_rcode) != ns_r_noerror;
	return parse_question(&repeated, &came) && ns_rr_type(repeated) == ns_rr_type(wanted) &&
	       ns_rr_class(repeated) == ns_rr_class(wanted) &&
	       strcasecmp(ns_rr_name(repeated), ns_rr_name(wanted)) == 0;
}

const char *name_reply_code(const unsigned char *reply, size_t len)
{
	static const char *const words[] = {"NOERROR",  "FORMERR", "SERVFAIL",
					    "NXDOMAIN", "NOTIMP",  "REFUSED"};
	ns_msg message;
	if (!parse(&message, reply, len))
		return "FORMERR";
	size_t code = (size_t)ns_msg_getflag(message, ns_f_rcode);
	return code < sizeof words / sizeof *words ? words[code] : "error";
}

/* False at the end of the list. */
static bool add_address(struct texts *list, const ns_rr *record)
{
	char text[INET6_ADDRSTRLEN];
	bool is_v4 = ns_rr_type(*record) == ns_t_a && ns_rr_rdlen(*record) == 4;
	bool is_v6 = ns_rr_type(*record) == ns_t_aaaa && ns_rr_rdlen(*record) == 16;
	if (!is_v4 && !is_v6)
		return true;
	return list->num < NAME_REPLY_ADDRESSES_MAX &&
	       inet_ntop(is_v4 ? AF_INET : AF_INET6, ns_rr_rdata(*record), text, sizeof text) !=
		       NULL &&
	       texts_add(list, text);
}

void name_reply_addresses(struct texts *list, const unsigned char *reply, size_t len)
{
	ns_msg message;
	ns_rr record;
	char name[NS_MAXDNAME];
	if (!parse(&message, reply, len) || !parse_question(&record, &message))
		return;
	int type = ns_rr_type(record);
	snprintf(name, sizeof name, "%s", ns_rr_name(record));
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		if (ns_parserr(&message, ns_s_an, i, &record) != 0)
			return;
		if (ns_rr_class(record) != ns_c_in || strcasecmp(ns_rr_name(record), name) != 0)
			continue;
		if (ns_rr_type(record) == ns_t_cname &&
		    ns_name_uncompress(ns_msg_base(message), ns_msg_end(message),
				       ns_rr_rdata(record), name, sizeof name) < 0)
			return;
		if ((int)ns_rr_type(record) == type && !add_address(list, &record))
			return;
	}
}
