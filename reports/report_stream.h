/*
 * A report that is written cell by cell while the run goes on, for the formats that can
 * (struct format.stream).
 */
#ifndef REPORTS_REPORT_STREAM_H
#define REPORTS_REPORT_STREAM_H

#include "reports/format.h"

struct report_stream;

/* All are borrowed until report_stream_free. NULL without memory, or when the format does not
 * stream. The run has its cells. */
struct report_stream *report_stream_new(const struct format *format, FILE *out, struct run *run);
void report_stream_free(struct report_stream *stream);

/*
 * Takes a cell that is done and judged; the head goes before the first. As much is written as the
 * reader takes without waiting; the rest follows with the next cells. False when something failed,
 * now or before: the stream is lost then, and says why in report_stream_end.
 */
bool report_stream_cell(struct report_stream *stream, size_t row, size_t class);

/*
 * Ends the report. First every cell that the reader does not know as it is now: those that were
 * not run, and once more those that came to mean something else after they were written (what
 * another class established at an endpoint exposes them).
 */
bool report_stream_end(struct report_stream *stream, struct error *err);

/* Whether its reader went away (EPIPE). */
bool report_stream_is_unread(const struct report_stream *stream);

#endif
