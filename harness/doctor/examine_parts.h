/*
 * Private to examiner: the parts of an examination (examine_*.c), as its course calls them.
 */
#ifndef HARNESS_DOCTOR_EXAMINE_PARTS_H
#define HARNESS_DOCTOR_EXAMINE_PARTS_H

#include "harness/doctor/examining.h"

/*
 * The parts, in the order of the examination. Each is called until it returns false: true when it
 * has queued questions or orders, whose answers its examine_take_… gets before it is called again.
 * It may be called after an earlier part found nothing.
 */
bool examine_handshakes(struct examining *x);
bool examine_server(struct examining *x);
bool examine_chains(struct examining *x);
bool examine_sources(struct examining *x);
bool examine_checks(struct examining *x);
bool examine_repeats(struct examining *x);
bool examine_status(struct examining *x);

void examine_take_handshakes(struct examining *x);
void examine_take_sources(struct examining *x);

/* Whether a server should get a moment before it is asked again; examine_handshakes says so. */
bool examine_wants_pause(const struct examining *x);

/* Frees the state of an interrupted examination; NULL is fine. */
void examine_drop_handshakes(struct handshakes *handshakes);
void examine_drop_fetchings(struct fetchings *fetchings);

#endif
