/*
 * Says in one sentence, for people, what was found: each source in the order in
 * which it was used, with the times and the stack's words where they help.
 */
#ifndef CLIENTS_REVOCATION_DETAIL_H
#define CLIENTS_REVOCATION_DETAIL_H

#include "clients/revocation/walk.h"

#include <stdint.h>

/* now is the wall clock in seconds, for "2h ago". Foreign text is made harmless;
 * what does not fit is cut. */
void detail_write(char out[static DETAIL_MAX], const struct certificate_walk *walk, int64_t now);

#endif
