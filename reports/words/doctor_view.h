/*
 * What the doctor found, as words of a report. Examinations may come out of a foreign
 * document, so that nothing of them is taken for granted: what is absent is an empty text.
 */
#ifndef REPORTS_WORDS_DOCTOR_VIEW_H
#define REPORTS_WORDS_DOCTOR_VIEW_H

#include "harness/model/examination.h"
#include "harness/run/run.h"

/*
 * The examinations in the order of a report of several: the worst first, of these the one with the
 * least time left. An interrupted one comes behind those with a warning. New memory, as many as all
 * has; NULL without memory, or when there are none.
 */
const struct examination **doctor_view_order(const struct examinations *all);

/* "critical", or "incomplete" of one that was interrupted. */
const char *doctor_view_level(const struct examination *one);

/* "6 days", or "expired 25 hours ago", of the staple that ends first; nothing without a staple. */
void doctor_view_append_left(struct text *out, const struct examination *one);

/* Never NULL; for those that may be. */
const char *doctor_view_text(const char *text);
const char *doctor_view_word(const struct word *word, const struct name_table *names);

/* Writes the classes that a cause affects: for each effect that it has on some what it is
 * ("reject") and which, in few words. */
void doctor_view_classes(const struct run *run, const struct finding *cause,
			 void (*write)(void *context, const char *effect, const char *classes),
			 void *context);

/* How much a cause weighs in a report: what is only possible is no warning. */
enum severity doctor_view_severity(const struct finding *cause);

/* "critical, certain", or "possible, would be critical" */
void doctor_view_append_weight(struct text *out, const struct finding *cause);

/* "nginx configuration", or how a fix is headed when there is no server's own: NULL. */
const char *doctor_view_server(const struct fix *fix);

/* Writes the lines of a configuration one by one, tabs as spaces: a tab is not seen for what it is
 * where foreign bytes are made visible. */
void doctor_view_lines(const char *lines, void (*write)(void *context, const char *line),
		       void *context);

/* The same of a list of lines. */
void doctor_view_list(const struct texts *list, void (*write)(void *context, const char *line),
		      void *context);

/* Whether the commands on the server have nothing to say that is not known yet. */
bool doctor_view_is_sure(const struct finding *cause);

#endif
