/*
 * Lines out of a pipe whose writer is not trusted: the length is bounded, the end
 * may come in the middle, and NUL bytes are data.
 */
#ifndef CORE_LINES_H
#define CORE_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* A protocol line is at most 1 MiB (see clients/README.md). */
#define LINE_MAX_BYTES ((size_t)1 << 20)

enum lines_event {
	LINES_LINE,     /* a whole line is in *line */
	LINES_WAIT,     /* nothing whole yet */
	LINES_END,      /* the writer closed; nothing is left */
	LINES_PARTIAL,  /* the writer closed in the middle of the line that is in *line */
	LINES_TOO_LONG, /* more than the maximum without a newline; the rest is dropped */
	LINES_FAILED,   /* read failed; errno says why */
};

struct lines;

/* Reads from fd, which stays the caller's. NULL without memory. */
struct lines *lines_new(int fd, size_t max_line);
void lines_free(struct lines *lines);

/*
 * The next event. Reads from fd only when no whole line is buffered; on a blocking
 * fd it blocks until there is one, on a non-blocking one it answers LINES_WAIT.
 * *line, without its newline and followed by a NUL, is borrowed until the next call.
 */
enum lines_event lines_next(struct lines *lines, const char **line, size_t *len);

#endif
