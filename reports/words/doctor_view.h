/*
 * The document's `examinations` as reports read it. It may come out of a document of somebody else,
 * so that nothing of it is taken for granted: what is absent is an empty text.
 */
#ifndef REPORTS_WORDS_DOCTOR_VIEW_H
#define REPORTS_WORDS_DOCTOR_VIEW_H

#include "harness/run/run.h"

/* {target: examination}; NULL when the run has none. Borrowed. */
json_t *doctor_view_of(const struct run *run);

/* Never NULL. */
const char *doctor_view_text(const json_t *object, const char *key);

/* What a cause does to client classes, in the order in which it matters. */
#define DOCTOR_EFFECTS_NUM 6
struct doctor_effect {
	const char *key; /* in the cause's `classes` */
	const char *words;
};
extern const struct doctor_effect doctor_effects[DOCTOR_EFFECTS_NUM];

/* Appends the classes that feel an effect, in few words; nothing when there are none. */
void doctor_view_append_classes(struct text *out, const struct run *run, const json_t *cause,
				const char *key);

/* "critical, certain" */
void doctor_view_append_weight(struct text *out, const json_t *cause);

/* "+", "!" or "-": how a step came out. */
const char *doctor_view_mark(const json_t *step);

/* "nginx configuration", or how a fix is headed when there is no server's own: NULL. */
const char *doctor_view_server(const json_t *fix);

/* Tells the lines of a configuration one by one, tabs as spaces: a tab is not seen for what it is
 * where foreign bytes are made visible. */
void doctor_view_lines(const char *lines, void (*tell)(void *context, const char *line),
		       void *context);

/* The same of a list of lines. */
void doctor_view_list(const json_t *list, void (*tell)(void *context, const char *line),
		      void *context);

/* Whether the commands on the server have something to tell that is not known yet. */
bool doctor_view_is_sure(const json_t *cause);

#endif
