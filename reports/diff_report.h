/*
 * The formats that a comparison of two runs can be written in, and their words. The table
 * of all is diff_format.def; a command knows none of them by name. The JSON is documented by
 * diff.schema.json.
 */
#ifndef REPORTS_DIFF_REPORT_H
#define REPORTS_DIFF_REPORT_H

#include "core/text.h"
#include "harness/compare/diff.h"
#include "reports/format.h"

struct diff_format {
	const char *name;
	bool for_people; /* else machine output: alone on its stream */
	/* Writes the whole comparison; write errors are left to the stream. */
	bool (*write)(FILE *out, const struct diff *diff, const struct format_options *options,
		      struct error *err);
};

extern const struct diff_format diff_formats[]; /* the first: where none is chosen */
extern const struct name_table diff_format_names;

/* NULL with err, which names the nearest and lists all, when there is none. len bytes of
 * name are looked at. */
const struct diff_format *diff_format_find(const char *name, size_t len, struct error *err);

#define DIFF_FORMAT(symbol, file, name, whom)                   \
	bool symbol##_write(FILE *out, const struct diff *diff, \
			    const struct format_options *options, struct error *err);
#include "reports/diff_format.def"
#undef DIFF_FORMAT

/*
 * The sentences of the formats for people. Ids and versions in it are untrusted and raw: a caller
 * that writes them makes them harmless in its own way.
 */

/* "3 of 480 cells moved.", or what is to be said when none did or none could be compared. */
void diff_words_summary(struct text *out, const struct diff *diff);

/* "run 20261123T010203Z-1a2b of 2026-11-23T01:02:03Z, seen from here" */
void diff_words_run(struct text *out, const struct run *run);

/* "2 clients that connected now reject (3 cells)" */
void diff_words_heading(struct text *out, const struct diff *diff, enum move move);

/* "connect (staple-stale), exposed"; the assurance only where it makes the difference. */
void diff_words_state(struct text *out, const struct diff_group *group,
		      const struct diff_state *state);

/* The ids of a group's rows, at most `most` of them and how many more. */
void diff_words_rows(struct text *out, const struct diff *diff, const struct diff_group *group,
		     size_t most);

/* What an examination's moves come to, in a sentence or two: is it healed, and do the clients say
 * so too? */
void diff_words_examination(struct text *out, const struct diff *diff,
			    const struct diff_examination *examination);

/* "gone", "new", "still there", and how bad where that differs. */
const char *diff_words_cause(const struct diff_cause *cause);

/* Adds, sentence by sentence, which rows and classes came and went. */
void diff_words_changes(const struct diff *diff, void (*add)(void *context, const char *words),
			void *context);

/* The same of what may be the cause of moves, and of what was not compared. */
void diff_words_notes(const struct diff *diff, void (*add)(void *context, const char *words),
		      void *context);

#endif
