/*
 * The chain of a probe: what the stack verified in the handshake, what an earlier connection left,
 * or what was given for a check without a connection.
 */
#ifndef CLIENTS_BACKEND_CHAIN_H
#define CLIENTS_BACKEND_CHAIN_H

#include "clients/backend/probe.h"

/*
 * For a backend: the certificate at depth of the chain that the stack built, 0 the leaf, of which
 * the observation gets the facts. What is deeper than MAX_CHAIN is left out. False without memory.
 */
bool chain_keep(struct probe *probe, size_t depth, const void *der, size_t len);

/*
 * For a backend whose library does not show the chain that it built: makes it of what the server
 * sent, leaf first, and keeps the same as evidence. Each certificate is followed by the one that
 * signed it, of those that were sent or of the trusted ones, of which add_anchor adds what may be
 * its issuer. When the library verified the chain, the only certificate of the issuer's name must
 * be the one; otherwise the signature decides, and probe->chain_lacks_algorithm says
 * that the stack lacks what it takes to find an issuer.
 */
void chain_order(struct probe *probe, const struct der_list *sent, bool is_verified,
		 void (*add_anchor)(struct der_list *anchors, const struct probe *probe,
				    struct der certificate));

/* Whether the server sent no issuer for a leaf that is not its own: the commonest mistake of
 * servers, which libraries do not distinguish from an unknown root. */
bool chain_is_incomplete(const struct probe *probe);

/* The depth of the first certificate that is not valid now by its own times; -1 for none. */
int chain_find_outdated(const struct probe *probe);

/* Whether a CA certificate has TLS features (RFC 7633 section 4.2.2) that are not those of the
 * certificate that it issued. */
bool chain_lacks_feature(const struct probe *probe);

/* For a backend whose server resumed the session that probe->kept is of: takes over the chain of
 * that connection and notes the fact. */
void chain_resume(struct probe *probe);

/*
 * For a check without a connection: makes the chain of what request->verification gives. The
 * issuer is the one among the given issuers, or without any among the other certificates, that
 * signed the certificate; without a certificate it is the one given. It must be
 * an anchor itself or have a path to one, by another certificate of the same name and key if need
 * be. The chain ends with the issuer; without a certificate its place is empty, without an
 * issuer too the chain is. False: why is concluded, OUTCOME_REJECT with a reason chain-* for
 * what the stack refuses.
 */
bool chain_open_given(struct probe *probe);

#endif
