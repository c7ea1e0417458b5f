/*
 * The document's `advice` as reports read it. It may come out of a document of somebody else, so
 * that nothing of it is taken for granted: what is absent is an empty text, or 0.
 */
#ifndef REPORTS_WORDS_ADVICE_VIEW_H
#define REPORTS_WORDS_ADVICE_VIEW_H

#include "harness/run/run.h"

/* A pair of rows. Borrowed from the advice. */
struct advice_row {
	const char *family, *label;
	const char *plain_id, *must_staple_id;
	/* Percent of all clients: who is refused; of an attack who still connects. */
	double without, with;
	double changed;        /* who is refused only with must-staple */
	const json_t *classes; /* and these are the classes */
	bool is_attack;
};

/* NULL when the run has none. */
const json_t *advice_view_of(const struct run *run);

void advice_view_row(struct advice_row *row, const json_t *pair);

/* What stands over the pairs of a family. */
const char *advice_view_heading(const char *family);

/* Never NULL. */
const char *advice_view_text(const json_t *object, const char *key);
double advice_view_number(const json_t *object, const char *key);

/* One of the lists of `answer`: "reasons", "conditions", "instead". */
const json_t *advice_view_list(const json_t *advice, const char *key);

/* The margins: what is known of the answer's life, in a sentence. */
void advice_view_append_life(struct text *out, const json_t *advice);

/* What clients get when the last good answer is gone. */
const char *advice_view_after(const json_t *server);

/* "0", "2 d 23 h", or "3 d if saved": how long a restart in an outage is survived. */
void advice_view_append_restart(struct text *out, const json_t *server);

/* The command that shows the cells behind a number. */
void advice_view_append_explain(struct text *out, const struct run *run, const json_t *advice);

#endif
