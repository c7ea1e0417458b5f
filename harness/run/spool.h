/*
 * Records on disk under no name: what a run has seen, so that memory stays flat.
 */
#ifndef HARNESS_RUN_SPOOL_H
#define HARNESS_RUN_SPOOL_H

#include "core/error.h"
#include "core/text.h"

#include <stdint.h>
#include <stdio.h>

struct spool;

/* A file in $TMPDIR or /tmp that has no name and ends with the process. */
struct spool *spool_new(struct error *err);
void spool_free(struct spool *spool);

/* Appends bytes; *offset says where they lie. */
bool spool_append(struct spool *spool, int64_t *offset, const void *bytes, size_t len,
		  struct error *err);

/* Reads len bytes back and appends them to out. */
bool spool_read(struct spool *spool, struct text *out, int64_t offset, size_t len,
		struct error *err);

/* Such a file bare, for what has to be read twice; closed with fclose. NULL with err. */
FILE *spool_file(struct error *err);

#endif
