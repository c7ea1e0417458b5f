/*
 * The result document (reports/json/result.schema.json): how it represents the head of a run, and
 * the way back from a file to a run that every report takes like one that has just ended.
 */
#ifndef HARNESS_ARCHIVE_DOCUMENT_H
#define HARNESS_ARCHIVE_DOCUMENT_H

#include "harness/run/run.h"

#include <stdio.h>

#define DOCUMENT_SCHEMA    1
#define DOCUMENT_MAX_BYTES ((size_t)256 << 20)

/* The members of a document. New references. */
json_t *document_run(const struct run *run, bool interrupted);
json_t *document_clock(const struct run *run);
json_t *document_stacks(struct run *run);  /* {id: …} */
json_t *document_classes(struct run *run); /* {id: …} */
json_t *document_rows(struct run *run);    /* scenarios or endpoints: {id: …} */
json_t *document_expected(const struct expectation *expected); /* null for NULL */
json_t *document_stale(const struct run *run);                 /* deviations: […] */

/*
 * Reads a result document of at most DOCUMENT_MAX_BYTES; path "-" is standard input. Cells are
 * read one by one and their records go to the spool, so that memory stays flat. The file is
 * foreign: what is no document, of another schema or cut short is an ERROR_USAGE of one line. On
 * success *run is the caller's.
 *
 * Not checked: whether verdicts follow from observations, or `summary` from the cells; it is
 * counted anew.
 */
bool document_read_file(struct run **run, const char *path, struct error *err);

/* The same of a stream that can be read again from any place, under a name for messages. */
bool document_read(struct run **run, FILE *file, const char *name, struct error *err);

#endif
