/* Knows what mbedTLS needs to resume a session, and what a resumed one still knows. */
#include "clients/backend/status.h"
#include "clients/mbedtls/session.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

struct kept {
	mbedtls_ssl_session ticket;
	mbedtls_x509_crt chain[MAX_CHAIN]; /* verified in the full handshake */
	size_t num_chain;
};

/* Copies that stand alone; the targets are initialized. */
static bool copy_chain(mbedtls_x509_crt *to, const mbedtls_x509_crt *from, size_t num)
{
	for (size_t i = 0; i < num; i++)
		if (mbedtls_x509_crt_parse_der(&to[i], from[i].raw.p, from[i].raw.len) != 0)
			return false;
	return true;
}

/* In TLS 1.3, which 2.28 does not speak, the ticket comes after the handshake and reading
 * tells of it. In TLS 1.2 it came before the end. */
static bool await_ticket(struct probe *probe, struct session *session)
{
	struct net *net = &probe->net;
	const char *version = mbedtls_ssl_get_version(&session->ssl);
	bool came = version == NULL || strcmp(version, "TLSv1.3") != 0;
	bool has_looked = false;
	unsigned char bytes[256];
	while (!came && !deadline_over(net->deadline)) {
		int code = mbedtls_ssl_read(&session->ssl, bytes, sizeof bytes);
		came = compat_is_ticket(code);
		if (came || code > 0)
			continue;
		if (code != MBEDTLS_ERR_SSL_WANT_READ)
			break;
		/* 3.x says WANT_READ between seeing a ticket and reading it, though nothing more
		 * comes: it is asked once more before the wait. */
		has_looked = !has_looked;
		if (!has_looked && !net_wait(net, POLLIN))
			break;
	}
	return came;
}

void *session_keep(struct probe *probe)
{
	struct session *session = probe->session;
	if (session == NULL || session->num_chain == 0 || !await_ticket(probe, session))
		return NULL;
	struct kept *kept = calloc(1, sizeof *kept);
	if (kept == NULL)
		return NULL;
	mbedtls_ssl_session_init(&kept->ticket);
	for (size_t i = 0; i < MAX_CHAIN; i++)
		mbedtls_x509_crt_init(&kept->chain[i]);
	kept->num_chain = session->num_chain;
	if (copy_chain(kept->chain, session->chain, session->num_chain) &&
	    mbedtls_ssl_get_session(&session->ssl, &kept->ticket) == 0)
		return kept;
	session_forget(kept);
	return NULL;
}

void session_forget(void *data)
{
	struct kept *kept = data;
	if (kept == NULL)
		return;
	for (size_t i = 0; i < MAX_CHAIN; i++)
		mbedtls_x509_crt_free(&kept->chain[i]);
	mbedtls_ssl_session_free(&kept->ticket);
	free(kept);
}

int resumption_offer(const struct probe *probe, struct session *session)
{
	const struct kept *kept = probe->kept;
	return kept == NULL ? 0 : mbedtls_ssl_set_session(&session->ssl, &kept->ticket);
}

bool resumption_note(struct probe *probe, struct session *session)
{
	const struct kept *kept = probe->kept;
	/* mbedTLS does not say whether it resumed; without resumption there would be a server's
	 * certificate. */
	if (kept == NULL || session->num_chain > 0)
		return false;
	if (copy_chain(session->chain, kept->chain, kept->num_chain))
		session->num_chain = kept->num_chain;
	probe->observation.resumed = true;
	probe->observation.chain_verified = true;
	status_read_certificate(probe, &probe->observation.certificate, 0);
	return true;
}
