/*
 * Writes what a probe saw as files into its evidence directory, so that the finding
 * can be looked at with any other tool. Each appears whole or not at all.
 */
#ifndef CLIENTS_BACKEND_EVIDENCE_H
#define CLIENTS_BACKEND_EVIDENCE_H

#include "core/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Writes directory/KIND-NUMBER.der ("staple", 0); directory may be NULL: nothing is done. */
bool evidence_save(const char *directory, const char *kind, size_t number, const void *bytes,
		   size_t len, struct error *err);

#endif
