/*
 * What an examination saw: filled by the backend, written by clients/protocol/examine_answer.h.
 * Nothing in it is judged. Plain data.
 */
#ifndef CLIENTS_FACTS_EXAMINED_H
#define CLIENTS_FACTS_EXAMINED_H

#include "clients/facts/observation.h"

#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXAMINED_CERTIFICATES_MAX 64 /* that are read out of one heap */
#define EXAMINED_NAMES_MAX        64 /* of one certificate */

/* One certificate in DER; owned by its holder. */
struct der_bytes {
	uint8_t *data;
	size_t len;
};

/* What a handshake showed beside the probe's observation and staples. */
struct handshake_facts {
	bool is_over;                      /* the observation says why the connection ended */
	bool completed;                    /* the client finished its handshake */
	bool asked_certificate;            /* the server asked for a client certificate */
	struct der_bytes sent[MAX_CHAIN];  /* as they were sent, leaf first */
	size_t num_sent;                   /* in truth; at most MAX_CHAIN are kept */
	struct der_bytes chain[MAX_CHAIN]; /* verified, leaf first */
	size_t num_chain;
	bool chain_failed; /* it was looked at and does not verify: */
	enum reason chain_reason;
	struct text http; /* what came in answer to a HEAD */
};

/* One certificate. Text is ours to show as it is; "" where there is none. */
struct certificate_details {
	struct certificate_facts facts;
	char *pem;                       /* owned */
	char subject[1024];              /* RFC 2253, cut when it is longer */
	char issuer[1024];               /* likewise */
	char common_name[256];           /* the last one of the subject */
	char *names[EXAMINED_NAMES_MAX]; /* dNSName and iPAddress; owned */
	size_t num_names;
	bool is_ca;
	bool self_signed; /* names itself as its issuer, and its own key made its signature */
	bool ocsp_signing;
	uint8_t key_id[DIGEST_MAX], issuer_key_id[DIGEST_MAX];
	size_t key_id_len, issuer_key_id_len;
	char key[64]; /* "EC P-256", "RSA 2048" */
};

struct certificate_list {
	struct certificate_details *all; /* owned */
	size_t num;
};

/* Free what they own; harmless on zero bytes. */
void handshake_facts_clear(struct handshake_facts *facts);
void certificate_list_clear(struct certificate_list *list);

#endif
