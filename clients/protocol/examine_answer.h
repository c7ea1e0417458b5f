/*
 * Writes what an examination saw as one answer line (clients/README.md). A line is never longer
 * than the protocol allows: what does not fit is left out, and the answer says that it is cut.
 */
#ifndef CLIENTS_PROTOCOL_EXAMINE_ANSWER_H
#define CLIENTS_PROTOCOL_EXAMINE_ANSWER_H

#include "clients/facts/examined.h"
#include "clients/protocol/examination.h"
#include "core/text.h"

#include <stdbool.h>

/* Each appends one line with its newline; false without memory. greeting is as it came, "" for
 * none; body is NULL when none came, digest its
 * SHA-256. */
bool examine_append_handshake(struct text *out, const char *id, const struct observation *seen,
			      const struct staple_bytes staples[static MAX_CHAIN],
			      const struct handshake_facts *facts, const char *greeting);
bool examine_append_certificates(struct text *out, const char *id,
				 const struct certificate_list *list);
bool examine_append_fetch(struct text *out, const char *id, const struct examination *wanted,
			  const struct fetch_facts *facts, const struct text *body,
			  const uint8_t digest[static 32]);

#endif
