/* Knows what OpenSSL needs to resume a session, and what a resumed one still knows. */
#include "clients/openssl/session.h"

#include <openssl/err.h>

#include <poll.h>
#include <stdlib.h>

struct kept {
	SSL_SESSION *ticket;
	STACK_OF(X509) * chain; /* verified in the full handshake */
};

/*
 * In TLS 1.3 the ticket comes after the handshake, among the application's data, which is
 * left where it is.
 */
static bool await_ticket(struct session *session)
{
	struct net *net = &session->probe->net;
	char byte;
	while (!SSL_SESSION_is_resumable(SSL_get0_session(session->ssl))) {
		int result = SSL_peek(session->ssl, &byte, 1);
		if (result > 0 || SSL_get_error(session->ssl, result) != SSL_ERROR_WANT_READ ||
		    !net_wait(net, POLLIN))
			break;
	}
	ERR_clear_error();
	return SSL_SESSION_is_resumable(SSL_get0_session(session->ssl)) == 1;
}

void *session_keep(struct probe *probe)
{
	struct session *session = probe->session;
	if (session == NULL || session->chain == NULL || !await_ticket(session))
		return NULL;
	struct kept *kept = calloc(1, sizeof *kept);
	if (kept == NULL)
		return NULL;
	kept->ticket = SSL_get1_session(session->ssl);
	kept->chain = X509_chain_up_ref(session->chain);
	if (kept->ticket != NULL && kept->chain != NULL)
		return kept;
	session_forget(kept);
	return NULL;
}

void session_forget(void *data)
{
	struct kept *kept = data;
	if (kept == NULL)
		return;
	SSL_SESSION_free(kept->ticket);
	sk_X509_pop_free(kept->chain, X509_free);
	free(kept);
}

bool resumption_offer(const struct session *session)
{
	const struct kept *kept = session->probe->kept;
	return kept == NULL || SSL_set_session(session->ssl, kept->ticket) == 1;
}

void resumption_note(struct session *session)
{
	struct probe *probe = session->probe;
	const struct kept *kept = probe->kept;
	if (kept == NULL || session->chain != NULL || SSL_session_reused(session->ssl) != 1)
		return;
	session->chain = X509_chain_up_ref(kept->chain);
	probe->observation.resumed = true;
	probe->observation.chain_verified = true;
	if (session->chain != NULL)
		facts_read(&probe->observation.certificate, sk_X509_value(session->chain, 0));
}
