/*
 * The formats that a run can be written in: what a format gives (it includes this header and no
 * other of a format's), and the table of all, format.def. A command knows none of them by name.
 */
#ifndef REPORTS_FORMAT_H
#define REPORTS_FORMAT_H

#include "core/error.h"
#include "core/name.h"
#include "harness/run/run.h"

#include <stdbool.h>
#include <stdio.h>

struct format_options {
	int width;  /* columns of the terminal, or what is assumed of one */
	bool color; /* escape sequences are welcome */
};

/* How a format is written while the run goes on. Each is false when a record cannot be read back;
 * write errors are left to the stream. */
struct format_stream {
	/* Before the first cell; the stacks are known. */
	bool (*begin)(FILE *out, struct run *run, struct error *err);
	bool (*cell)(FILE *out, struct run *run, size_t row, size_t class, struct error *err);
	bool (*end)(FILE *out, struct run *run, struct error *err);
};

struct format {
	const char *name;
	const char *text; /* what it is for, in some words */
	bool for_people;  /* else machine output: alone on its stream */
	/* Writes the whole report. False when a record cannot be read back; write errors
	 * are left to the stream, for the caller to see. */
	bool (*write)(FILE *out, struct run *run, const struct format_options *options,
		      struct error *err);
	const struct format_stream *stream; /* NULL: written only when the run has ended */
};

#define FORMAT(symbol, file, name, whom, text)                                                    \
	bool symbol##_write_run(FILE *out, struct run *run, const struct format_options *options, \
				struct error *err);
#define FORMAT_LIVE(symbol, file, name, whom, text) \
	FORMAT(symbol, file, name, whom, text)      \
	extern const struct format_stream symbol##_stream;
#include "reports/format.def"
#undef FORMAT
#undef FORMAT_LIVE

extern const struct format formats[];
extern const struct name_table format_names; /* of the formats, in their order */

/* NULL with err, which names the nearest and lists all, when there is none. len bytes of
 * name are looked at. */
const struct format *format_find(const char *name, size_t len, struct error *err);

/* The same in any table of formats: the index of a name, or -1. */
int format_find_name(const struct name_table *table, const char *name, size_t len,
		     struct error *err);

#endif
