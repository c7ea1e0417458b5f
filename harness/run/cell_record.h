/*
 * What is kept of a cell beside its verdict: a line of JSON in the spool and in the store. As a
 * source it is passed on unread: documents have a client's answer and the lab's events as they
 * came, with members that this version does not know. As a record it is typed, for reports.
 */
#ifndef HARNESS_RUN_CELL_RECORD_H
#define HARNESS_RUN_CELL_RECORD_H

#include "core/error.h"
#include "harness/run/attempts.h"
#include "harness/run/lab_event.h"
#include "harness/run/observation.h"
#include "harness/run/run.h"

/* Read by cell_record_load only. Any of them may be NULL. */
struct cell_source {
	const char *detail;
	json_t *observation; /* the client's answer (harness/run/observation.h) */
	json_t *server; /* {connections: [...], requests: [...], complete} (harness/run/lab_event.h)
			 */
	json_t *attempts; /* with --repeat (harness/run/attempts.h) */
	int num_repeats;  /* how often a doubtful attempt was repeated alone */
	json_t *line;     /* what they are borrowed from; owned. NULL: the caller owns them */
};

/* Appends the line to the run's spool, points the cell at it, and sets its marks that say how the
 * record came about: CELL_REPEATED, CELL_INCOMPLETE. */
bool cell_source_store(struct run *run, struct cell *cell, const struct cell_source *source,
		       struct error *err);
/* Reads it back; an empty source when there is none. Clear it afterwards, also on failure. */
bool cell_source_load(struct cell_source *source, struct run *run, const struct cell *cell,
		      struct error *err);
void cell_source_clear(struct cell_source *source);

/* The member "repeats" of a record or of a document's cell; 0 without one. */
int cell_source_repeats(const json_t *object);

/* The marks of a cell (those two) with such a line, which may be NULL. */
unsigned cell_record_marks(const char *line, size_t len);

/* Texts are borrowed from the source, which is owned. What was stored by another version, or came
 * with a document, and is not as it should be is as if it were absent. */
struct cell_record {
	struct cell_source source;
	const char *detail; /* NULL: none */
	bool has_observation;
	struct observation observation; /* zero without one */
	bool has_server;
	bool is_incomplete; /* the lab's log lacks events */
	struct lab_connection *connections;
	struct lab_request *requests;
	size_t num_connections, num_requests;
	struct attempts attempts;
};

/* Clear it afterwards, also on failure. */
bool cell_record_load(struct cell_record *record, struct run *run, const struct cell *cell,
		      struct error *err);
void cell_record_clear(struct cell_record *record);

#endif
