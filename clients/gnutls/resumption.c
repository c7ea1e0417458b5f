/* Knows what GnuTLS needs to resume a session, and what a resumed one still knows. */
#include "clients/backend/status.h"
#include "clients/gnutls/session.h"

#include <poll.h>
#include <stdlib.h>

struct kept {
	gnutls_datum_t ticket;
	gnutls_x509_crt_t chain[MAX_CHAIN]; /* verified in the full handshake */
	size_t num_chain;
};

static bool has_ticket(const struct session *session)
{
	return gnutls_protocol_get_version(session->tls) != GNUTLS_TLS1_3 ||
	       (gnutls_session_get_flags(session->tls) & GNUTLS_SFLAGS_SESSION_TICKET) != 0;
}

/* In TLS 1.3 the ticket comes after the handshake, before any answer of the server. */
static bool await_ticket(struct probe *probe, const struct session *session)
{
	struct net *net = &probe->net;
	char bytes[256];
	while (!has_ticket(session)) {
		ssize_t result = gnutls_record_recv(session->tls, bytes, sizeof bytes);
		if (result == 0 || (result < 0 && gnutls_error_is_fatal((int)result)) ||
		    (result == GNUTLS_E_AGAIN && !net_wait(net, POLLIN)) ||
		    deadline_over(net->deadline))
			break;
	}
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
	kept->num_chain = certificates_copy(kept->chain, session->chain, session->num_chain);
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
	for (size_t i = 0; i < kept->num_chain && chain_add_copy(session, kept->chain[i]); i++)
		;
	probe->observation.resumed = true;
	probe->observation.chain_verified = true;
	status_read_certificate(probe, &probe->observation.certificate, 0);
	return true;
}
