/*
 * What the doctor looks at a server with: a handshake that is not judged, and certificates read in
 * detail. A capability of its own, which one client program has: it is written with OpenSSL, on top
 * of that stack's folder, and is no part of what a stack needs.
 */
#ifndef CLIENTS_EXAMINATION_EXAMINATION_H
#define CLIENTS_EXAMINATION_EXAMINATION_H

#include "clients/backend/probe.h"

/* examine_handshake and read_certificates of struct client_backend. */
void examination_handshake(struct probe *probe, struct handshake_facts *facts);
bool examination_read_certificates(struct certificate_list *out, const uint8_t *bytes, size_t len,
				   struct error *err);

#endif
