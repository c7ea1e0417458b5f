/* Knows what GnuTLS needs to resume a session, and what a resumed one still knows. */
#include "clients/gnutls_session.h"

#include <poll.h>
#include <stdlib.h>

struct kept {
	gnutls_datum_t ticket;
	gnutls_x509_crt_t chain[MAX_CHAIN]; /* verified in the full handshake */
	size_t num_chain;
};

/* GnuTLS counts no references to certificates. */
static size_t copy_chain(gnutls_x509_crt_t to[static MAX_CHAIN], const gnutls_x509_crt_t *from,
			 size_t num)
{
	for (size_t i = 0; i < num; i++) {
		gnutls_datum_t der;
		if (gnutls_x509_crt_export2(from[i], GNUTLS_X509_FMT_DER, &der) != 0)
			return i;
		bool done = gnutls_x509_crt_init(&to[i]) == 0;
		if (done && gnutls_x509_crt_import(to[i], &der, GNUTLS_X509_FMT_DER) != 0) {
			gnutls_x509_crt_deinit(to[i]);
			done = false;
		}
		gnutls_free(der.data);
		if (!done)
			return i;
	}
	return num;
}

static bool has_ticket(const struct session *session)
{
	return gnutls_protocol_get_version(session->tls) != GNUTLS_TLS1_3 ||
	       (gnutls_session_get_flags(session->tls) & GNUTLS_SFLAGS_SESSION_TICKET) != 0;
}

/* In TLS 1.3 the ticket comes after the handshake, before any answer of the server. */
static bool await_ticket(struct probe *probe, const struct session *session)
{
	struct net *net = &probe->net;
	struct deadline whole = net->deadline, wait = deadline_in_ms(TICKET_WAIT_MS);
	char bytes[256];
	if (deadline_left_ms(wait) < deadline_left_ms(whole))
		net->deadline = wait;
	while (!has_ticket(session)) {
		ssize_t result = gnutls_record_recv(session->tls, bytes, sizeof bytes);
		if (result == 0 || (result < 0 && gnutls_error_is_fatal((int)result)) ||
		    (result == GNUTLS_E_AGAIN && !net_wait(net, POLLIN)) ||
		    deadline_over(net->deadline))
			break;
	}
	net->deadline = whole;
	net->timed_out = false;
	return has_ticket(session);
}

void *session_keep(struct probe *probe)
{
	struct session *session = probe->session;
	if (session == NULL || session->num_chain == 0 || !await_ticket(probe, session))
		return NULL;
	struct kept *kept = calloc(1, sizeof *kept);
	if (kept == NULL)
		return NULL;
	kept->num_chain = copy_chain(kept->chain, session->chain, session->num_chain);
	if (kept->num_chain == session->num_chain &&
	    gnutls_session_get_data2(session->tls, &kept->ticket) == 0)
		return kept;
	session_forget(kept);
	return NULL;
}

void session_forget(void *data)
{
	struct kept *kept = data;
	if (kept == NULL)
		return;
	for (size_t i = 0; i < kept->num_chain; i++)
		gnutls_x509_crt_deinit(kept->chain[i]);
	gnutls_free(kept->ticket.data);
	free(kept);
}

int resumption_offer(const struct probe *probe, const struct session *session)
{
	const struct kept *kept = probe->kept;
	if (kept == NULL)
		return 0;
	return gnutls_session_set_data(session->tls, kept->ticket.data, kept->ticket.size);
}

bool resumption_note(struct probe *probe, struct session *session)
{
	const struct kept *kept = probe->kept;
	if (kept == NULL || gnutls_session_is_resumed(session->tls) == 0)
		return false;
	chain_clear(session);
	session->num_chain = copy_chain(session->chain, kept->chain, kept->num_chain);
	probe->observation.resumed = true;
	probe->observation.chain_verified = true;
	if (session->num_chain > 0)
		facts_read(&probe->observation.certificate, session->chain[0]);
	return true;
}
