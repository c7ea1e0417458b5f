/* Knows which prologue belongs to which protocol, and what all of them must end with. */
#include "clients/net/starttls.h"

typedef bool prologue(struct talk *talk, const struct starttls_way *way, struct error *err);

static prologue *const prologues[NUM_STARTTLS] = {
	[STARTTLS_FTP] = starttls_ftp,     [STARTTLS_IMAP] = starttls_imap,
	[STARTTLS_LDAP] = starttls_ldap,   [STARTTLS_LMTP] = starttls_lmtp,
	[STARTTLS_MYSQL] = starttls_mysql, [STARTTLS_NNTP] = starttls_nntp,
	[STARTTLS_POP3] = starttls_pop3,   [STARTTLS_POSTGRES] = starttls_postgres,
	[STARTTLS_SIEVE] = starttls_sieve, [STARTTLS_SMTP] = starttls_smtp,
	[STARTTLS_XMPP] = starttls_xmpp,   [STARTTLS_XMPP_SERVER] = starttls_xmpp_server,
};

bool starttls_begin(struct net *net, enum starttls protocol, const struct starttls_way *way,
		    struct error *err)
{
	struct talk talk = TALK_WITH(net, "server");
	talk.greeting = way->greeting;
	if (way->greeting != NULL)
		way->greeting[0] = '\0';
	return prologues[protocol](&talk, way, err) && talk_expect_silence(&talk, err);
}
