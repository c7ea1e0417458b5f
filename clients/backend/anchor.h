/* Whether two certificates of an attempt are verified with the same trust anchor. */
#ifndef CLIENTS_BACKEND_ANCHOR_H
#define CLIENTS_BACKEND_ANCHOR_H

#include "clients/backend/probe.h"

/* Whether a certificate has a path to the anchor that the chain was verified with, over the
 * certificates that were sent or given (RFC 5280 section 6.3.3 (f)). */
bool anchor_is_shared(const struct probe *probe, struct der certificate);

#endif
