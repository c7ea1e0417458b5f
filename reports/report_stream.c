/* Knows what a reader was told of a run so far. */
#include "reports/report_stream.h"

#include <errno.h>
#include <stdlib.h>

/* What a cell was when it was written. */
struct told {
	bool any;
	enum outcome outcome;
	enum reason reason;
	enum status assurance;
	unsigned marks;
};

struct report_stream {
	const struct format_stream *calls;
	FILE *out;
	struct run *run;
	struct told *told; /* by cell */
	bool has_begun, is_lost, is_unread;
	struct error err;
};

struct report_stream *report_stream_new(const struct format *format, FILE *out, struct run *run)
{
	if (format->stream == NULL)
		return NULL;
	struct report_stream *stream = calloc(1, sizeof *stream);
	if (stream == NULL)
		return NULL;
	stream->calls = format->stream;
	stream->out = out;
	stream->run = run;
	stream->told = calloc(run_num_rows(run) * run_num_classes(run) + 1, sizeof *stream->told);
	if (stream->told != NULL)
		return stream;
	free(stream);
	return NULL;
}

void report_stream_free(struct report_stream *stream)
{
	if (stream == NULL)
		return;
	free(stream->told);
	free(stream);
}

static struct told tell(const struct cell *cell)
{
	return (struct told){true, cell->outcome, cell->reason, cell->assurance, cell->marks};
}

static bool knows(const struct told *told, const struct cell *cell)
{
	return told->any && told->outcome == cell->outcome && told->reason == cell->reason &&
	       told->assurance == cell->assurance && told->marks == cell->marks;
}

/* Hands what was written to the reader, who may be a pipe that is looked at now. */
static bool flush(struct report_stream *stream)
{
	errno = 0;
	if (fflush(stream->out) == 0 && !ferror(stream->out))
		return true;
	stream->is_unread = errno == EPIPE;
	error_set_errno(&stream->err, ERROR_UNABLE, "the report cannot be written");
	return false;
}

static bool begin(struct report_stream *stream)
{
	if (stream->has_begun)
		return true;
	stream->has_begun = true;
	return stream->calls->begin(stream->out, stream->run, &stream->err);
}

static bool write_cell(struct report_stream *stream, size_t row, size_t class)
{
	const struct cell *cell = run_cell(stream->run, row, class);
	struct told *told = &stream->told[row * run_num_classes(stream->run) + class];
	if (knows(told, cell))
		return true;
	*told = tell(cell);
	return stream->calls->cell(stream->out, stream->run, row, class, &stream->err);
}

bool report_stream_cell(struct report_stream *stream, size_t row, size_t class)
{
	if (!stream->is_lost)
		stream->is_lost =
			!begin(stream) || !write_cell(stream, row, class) || !flush(stream);
	return !stream->is_lost;
}

bool report_stream_end(struct report_stream *stream, struct error *err)
{
	bool done = !stream->is_lost && begin(stream);
	for (size_t row = 0; done && row < run_num_rows(stream->run); row++)
		for (size_t i = 0; done && i < run_num_classes(stream->run); i++)
			done = write_cell(stream, row, i);
	if (done)
		done = stream->calls->end(stream->out, stream->run, &stream->err) && flush(stream);
	stream->is_lost = !done;
	if (!done)
		error_add(err, stream->err.kind, "%s", stream->err.text);
	return done;
}

bool report_stream_is_unread(const struct report_stream *stream)
{
	return stream->is_unread;
}
