/*
 * A run's advice as reports read it. It may come out of a foreign document, so that
 * nothing of it is taken for granted: what is absent is an empty text, or 0.
 */
#ifndef REPORTS_WORDS_ADVICE_VIEW_H
#define REPORTS_WORDS_ADVICE_VIEW_H

#include "harness/advice/advice_document.h"
#include "harness/run/run.h"

/*
 * The advice of a run, to be cleared in every case. False when it has none, and with err when what
 * it has cannot be read.
 */
bool advice_view_load(struct advice *advice, const struct run *run, struct error *err);

/* Never NULL. */
const char *advice_view_text(const char *text);

/* A pair of rows. Borrowed from the advice. */
struct advice_row {
	const char *family, *label;
	const char *plain_id, *must_staple_id;
	/* Percent of all clients: who is refused; of an attack who still connects. */
	double without, with;
	double changed;              /* who is refused only with it */
	const struct texts *classes; /* and these are the classes */
	bool is_attack;
};

void advice_view_row(struct advice_row *row, const struct advice_comparison *pair);

/* What stands over the pairs of a family. */
const char *advice_view_heading(const char *family);

/* "yes", or what a document of a later version has. */
const char *advice_view_answer(const struct advice_question *question);

/* The margins: what is known of the answer's life, in a sentence. */
void advice_view_append_life(struct text *out, const struct advice_margins *margins);

/* What clients get when the last good answer is gone. */
const char *advice_view_after(const struct advice_margin *server);

/* "0", "2 d 23 h", or "3 d if saved": how long a restart in an outage is survived. */
void advice_view_append_restart(struct text *out, const struct advice_margin *server);

/* The command that shows the cells behind a number. */
void advice_view_append_explain(struct text *out, const struct run *run,
				const struct advice *advice);

#endif
