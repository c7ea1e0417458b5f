/*
 * Knows what a reader has received of a run so far, and that a slow reader must not delay the
 * run: a program that waits for its reader answers its clients late, and their time-outs strike.
 */
#include "reports/report_stream.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a cell was when it was written. */
struct sent {
	bool any;
	enum outcome outcome;
	enum reason reason;
	enum status assurance;
	unsigned marks;
};

struct report_stream {
	const struct format_stream *calls;
	int fd;
	struct run *run;
	struct sent *sent;       /* by cell */
	size_t *queue;           /* cells that are done and not written yet, as a ring */
	size_t first, num, size; /* size: one place per cell */
	char *line;              /* what is being written; NULL: nothing */
	size_t line_len, line_sent;
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
	stream->fd = fileno(out);
	stream->run = run;
	stream->size = run_num_rows(run) * run_num_classes(run) + 1;
	stream->sent = calloc(stream->size, sizeof *stream->sent);
	stream->queue = calloc(stream->size, sizeof *stream->queue);
	if (stream->sent != NULL && stream->queue != NULL)
		return stream;
	report_stream_free(stream);
	return NULL;
}

void report_stream_free(struct report_stream *stream)
{
	if (stream == NULL)
		return;
	free(stream->sent);
	free(stream->queue);
	free(stream->line);
	free(stream);
}

static struct sent sent_of(const struct cell *cell)
{
	return (struct sent){true, cell->outcome, cell->reason, cell->assurance, cell->marks};
}

static bool knows(const struct sent *sent, const struct cell *cell)
{
	return sent->any && sent->outcome == cell->outcome && sent->reason == cell->reason &&
	       sent->assurance == cell->assurance && sent->marks == cell->marks;
}

enum part { PART_HEAD, PART_CELL, PART_END };

/* Makes the next line; index is the cell's. */
static bool make_line(struct report_stream *stream, enum part part, size_t index)
{
	size_t num_classes = run_num_classes(stream->run);
	FILE *out = open_memstream(&stream->line, &stream->line_len);
	if (out == NULL)
		return error_set(&stream->err, ERROR_UNABLE, "out of memory");
	bool done = part == PART_HEAD  ? stream->calls->begin(out, stream->run, &stream->err)
		    : part == PART_END ? stream->calls->end(out, stream->run, &stream->err)
				       : stream->calls->cell(out, stream->run, index / num_classes,
							     index % num_classes, &stream->err);
	stream->line_sent = 0;
	if (fclose(out) != 0 && done)
		done = error_set(&stream->err, ERROR_UNABLE, "out of memory");
	return done;
}

/*
 * Writes what is left of the line. Without may_wait only as much as the reader takes at once: what
 * is at most PIPE_BUF bytes never blocks on a pipe that polls as writable (pipe(7)).
 */
static bool send_line(struct report_stream *stream, bool may_wait)
{
	while (stream->line != NULL && stream->line_sent < stream->line_len) {
		struct pollfd fd = {.fd = stream->fd, .events = POLLOUT};
		size_t len = stream->line_len - stream->line_sent;
		if (!may_wait && poll(&fd, 1, 0) <= 0)
			return true;
		ssize_t sent = write(stream->fd, stream->line + stream->line_sent,
				     len < PIPE_BUF ? len : PIPE_BUF);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN) {
			if (!may_wait)
				return true;
			poll(&fd, 1, -1);
			continue;
		}
		if (sent < 0) {
			stream->is_unread = errno == EPIPE;
			return error_set_errno(&stream->err, ERROR_UNABLE,
					       "the report cannot be written");
		}
		stream->line_sent += (size_t)sent;
	}
	free(stream->line);
	stream->line = NULL;
	return true;
}

/* Makes line after line of what is queued, as far as the reader takes them. */
static bool pump(struct report_stream *stream, bool may_wait)
{
	for (;;) {
		if (!send_line(stream, may_wait))
			return false;
		if (stream->line != NULL || (stream->has_begun && stream->num == 0))
			return true;
		if (!stream->has_begun) {
			stream->has_begun = true;
			if (!make_line(stream, PART_HEAD, 0))
				return false;
			continue;
		}
		size_t index = stream->queue[stream->first];
		struct sent *sent = &stream->sent[index];
		const struct cell *cell =
			run_cell(stream->run, index / run_num_classes(stream->run),
				 index % run_num_classes(stream->run));
		stream->first = (stream->first + 1) % stream->size;
		stream->num--;
		if (knows(sent, cell))
			continue;
		*sent = sent_of(cell);
		if (!make_line(stream, PART_CELL, index))
			return false;
	}
}

static void enqueue(struct report_stream *stream, size_t index)
{
	/* A cell that is written twice is in the queue once; when there is no place the end finds
	 * it all the same. */
	if (stream->num < stream->size)
		stream->queue[(stream->first + stream->num++) % stream->size] = index;
}

bool report_stream_cell(struct report_stream *stream, size_t row, size_t class)
{
	if (!stream->is_lost) {
		enqueue(stream, row * run_num_classes(stream->run) + class);
		stream->is_lost = !pump(stream, false);
	}
	return !stream->is_lost;
}

bool report_stream_end(struct report_stream *stream, struct error *err)
{
	bool done = !stream->is_lost && pump(stream, true);
	for (size_t i = 0; done && i + 1 < stream->size; i++) {
		enqueue(stream, i);
		done = pump(stream, true);
	}
	if (done)
		done = make_line(stream, PART_END, 0) && send_line(stream, true);
	stream->is_lost = !done;
	if (!done)
		error_add(err, stream->err.kind, "%s", stream->err.text);
	return done;
}

bool report_stream_is_unread(const struct report_stream *stream)
{
	return stream->is_unread;
}
