/*
 * What moved between two examinations of the same target: the facts side by side, and causes that
 * are gone, new, or there still. Times never count: a staple that is as good as the one before
 * has not moved.
 */
#ifndef HARNESS_COMPARE_DIFF_EXAMINATIONS_H
#define HARNESS_COMPARE_DIFF_EXAMINATIONS_H

#include "core/error.h"
#include "harness/model/examination.h"

#define DIFF_FACTS_NUM  6
#define DIFF_FACT_WORDS 160

/* Words for people; foreign and raw where they come from an examination. */
struct diff_fact {
	const char *what; /* "staple" */
	char before[DIFF_FACT_WORDS], after[DIFF_FACT_WORDS];
	bool moved;
};

/* Severities are NULL where the cause was not there. Borrowed from the examinations. */
struct diff_cause {
	const char *id, *title;
	const char *before, *after;
};

struct diff_examination {
	const char *target;         /* borrowed */
	const char *before, *after; /* levels: ok, info, warning, critical */
	struct diff_fact facts[DIFF_FACTS_NUM];
	struct diff_cause *causes; /* owned: those that are gone, new ones, those that stay */
	size_t num_causes, num_gone, num_new;
};

/*
 * The targets that both have (NULL for none), in the order of after. New memory in *out; false
 * without memory. Borrows from both.
 */
bool diff_examinations_make(struct diff_examination **out, size_t *num,
			    const struct examinations *before, const struct examinations *after,
			    struct error *err);
void diff_examinations_free(struct diff_examination *items, size_t num);

/* Whether a cause came or went, or a fact is another. */
bool diff_examination_has_moved(const struct diff_examination *one);

#endif
