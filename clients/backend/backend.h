/*
 * One TLS stack as a client: what clients/<stack>/ gives to the common part.
 *
 * A backend never decides. In application enforcement it verifies the chain with
 * the stack's own code, hands over what came (certificate facts, staples), calls
 * probe_judge() at the one point of the handshake where a client of this stack can
 * still abort because of revocation status, and aborts when the judgement says so. It
 * reads OCSP responses and CRLs, and verifies their signatures, with the stack's own functions
 * when status.h asks it to; what they mean is in clients/rules/. In
 * native enforcement it sets the stack's defaults and nothing else, never calls
 * probe_judge(), and reports the stack's own verdict.
 */
#ifndef CLIENTS_BACKEND_BACKEND_H
#define CLIENTS_BACKEND_BACKEND_H

#include "clients/backend/der_list.h"
#include "clients/facts/examined.h"
#include "clients/net/net.h"
#include "clients/facts/observation.h"
#include "clients/protocol/request.h"
#include "clients/rules/question.h"
#include "core/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Capabilities, as named by --describe (core/capability.def). */
#define CAPABILITY(symbol, spelling) CAPABILITY_##symbol,
enum capability {
#include "core/capability.def"
	NUM_CAPABILITIES
};
#undef CAPABILITY

/* Far more than a round trip: a server that has sent no ticket by then sends none. */
#define TICKET_WAIT_MS 1000

/* How long an examination listens behind the handshake for what the server says first. In
 * TLS 1.3 the alert of a server that insists on a client certificate comes then. */
#define EXAMINE_LISTEN_MS 300
/* How long it waits for the answer to a HEAD, and how much of it is read. */
#define EXAMINE_HTTP_MS  2000
#define EXAMINE_HTTP_MAX 8192

/* What the judge decided, for the backend to carry out. */
struct judgement {
	bool go_on;
	/* The alert that says why (RFC 8446 section 6.2): 113 for a staple, 44 for
	 * revoked, 42 else. A stack that cannot choose sends its own. */
	int alert;
};

struct probe; /* clients/backend/probe.h: request, net, observation, chain, staples */

struct client_backend {
	const char *stack;   /* "openssl" */
	const char *library; /* "OpenSSL", for struct native */
	int max_concurrency; /* worker threads */
	/* Run-time version, borrowed for ever. */
	const char *(*version)(void);
	/* NULL when the stack can, else why it cannot (one sentence, static). Not asked about
	 * CAPABILITY_EXAMINE. */
	const char *(*lacks)(enum capability capability);

	/* Once per process, before the threads. */
	bool (*start)(struct error *err);
	void (*stop)(void);

	/* What status.h and chain.h check with (clients/rules/question.h), in the thread of the
	 * probe: hashes by the stack's own code, SHA-256 at least, the verification of one
	 * signature, and the reading of what is signed. */
	size_t (*digest)(uint8_t out[static DIGEST_MAX], const char *hash, struct der bytes);
	verify_function *verify;
	const struct status_reader *response_reader, *list_reader;

	/*
	 * Connects TLS over probe->net, which is a connected non-blocking socket with
	 * a deadline, and fills probe->observation: outcome, reason, stage, native,
	 * alert, tls_version, cipher, chain_*, and the staples (raw by probe_keep_staple), the
	 * verified chain by chain_keep, and where evidence is wanted the certificates by
	 * probe_keep_certificate. probe->session is zeroed memory of session_size bytes,
	 * what the stack has for a connection.
	 *
	 * Application: sets observation outcome ERROR or REJECT (chain-*) on its own
	 * account only; otherwise the judge has set outcome, reason and detail.
	 * Native: sets everything, assurance too.
	 */
	void (*handshake)(struct probe *probe);
	size_t session_size;

	/*
	 * For checks without a connection (chain.h). Each certificate of a PEM text, as the
	 * stack's own parser takes it; false with the stack's words for one that it cannot
	 * read. Whether the first certificate of a path has a way to one of the anchors,
	 * roots or not, over the others; if not, *reason is a chain-* and the text the stack's.
	 */
	bool (*read_pem)(struct der_list *out, const char *pem, struct error *err);
	bool (*verify_path)(enum reason *reason, char text[static NATIVE_MAX],
			    const struct der_list *path, const struct der_list *anchors);

	/*
	 * The ticket of probe->session, for a later connection of the same probe. Waits for that
	 * of TLS 1.3 until the deadline of probe->net, which is TICKET_WAIT_MS away at most. NULL
	 * when the server left nothing to resume. The next handshake finds it in probe->kept
	 * and offers it; when the server resumes, it calls chain_resume(), and probe_judge() as
	 * ever, if only after the handshake. forget takes NULL too.
	 */
	void *(*keep)(struct probe *probe);
	void (*forget)(void *kept);

	/*
	 * A handshake over probe->net that is looked at and not judged: whatever comes of the
	 * chain it goes on, staples are kept and not checked. Fills probe->observation
	 * (native, alert, tls_version, cipher, chain_*, handshake_us) and facts, and concludes only
	 * what ended the connection. Afterwards it listens for EXAMINE_LISTEN_MS, or for what the
	 * server has to say to a HEAD when the request wants one. NULL, as the next one, in every
	 * backend: clients/examination/ has them, and the program that can examine sets them.
	 */
	void (*examine_handshake)(struct probe *probe, struct handshake_facts *facts);

	/*
	 * Every certificate in bytes, EXAMINED_CERTIFICATES_MAX at most: one in DER, PEM text,
	 * or PKCS#7 with nothing but certificates in DER or PEM (RFC 5280 section 4.2.2.1). False
	 * with err when there is none, or one that the stack cannot read. out is cleared by
	 * the caller in every case.
	 */
	bool (*read_certificates)(struct certificate_list *out, const uint8_t *bytes, size_t len,
				  struct error *err);

	/* Says goodbye (close_notify without waiting) and frees what the session has. */
	void (*close)(struct probe *probe);
};

/* Defined by the folder of each stack; clients/program/main.c alone refers to it. */
extern const struct client_backend client_backend;

#endif
