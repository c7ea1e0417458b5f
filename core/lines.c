/* Knows how to cut a byte stream into bounded lines. */
#include "core/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE 16384

struct lines {
	int fd;
	size_t max_line;
	char *data;
	size_t size;
	size_t start;   /* of the bytes not yet given out */
	size_t end;     /* of the bytes read */
	size_t scanned; /* from start: no newline before here */
	bool ended;
	bool skipping; /* the rest of a line that was too long */
};

struct lines *lines_new(int fd, size_t max_line)
{
	struct lines *lines = calloc(1, sizeof *lines);
	if (lines == NULL)
		return NULL;
	lines->fd = fd;
	lines->max_line = max_line;
	return lines;
}

void lines_free(struct lines *lines)
{
	if (lines == NULL)
		return;
	free(lines->data);
	free(lines);
}

static bool make_room(struct lines *lines)
{
	if (lines->start > 0) {
		memmove(lines->data, lines->data + lines->start, lines->end - lines->start);
		lines->end -= lines->start;
		lines->start = 0;
	}
	if (lines->size - lines->end > READ_SIZE)
		return true;
	size_t size = lines->size == 0 ? (size_t)READ_SIZE * 2 : lines->size * 2;
	char *data = realloc(lines->data, size);
	if (data == NULL)
		return false;
	lines->data = data;
	lines->size = size;
	return true;
}

static bool take_line(struct lines *lines, const char **line, size_t *len)
{
	size_t have = lines->end - lines->start;
	if (have == lines->scanned)
		return false;
	char *from = lines->data + lines->start;
	char *newline = memchr(from + lines->scanned, '\n', have - lines->scanned);
	if (newline == NULL) {
		lines->scanned = have;
		return false;
	}
	*newline = '\0';
	*line = from;
	*len = (size_t)(newline - from);
	lines->start += *len + 1;
	lines->scanned = 0;
	return true;
}

/* Drops what was read of a line that is too long. */
static void drop_part(struct lines *lines)
{
	lines->start = lines->end;
	lines->scanned = 0;
}

enum lines_event lines_next(struct lines *lines, const char **line, size_t *len)
{
	for (;;) {
		if (take_line(lines, line, len)) {
			bool was_skipping = lines->skipping;
			lines->skipping = false;
			if (!was_skipping)
				return *len > lines->max_line ? LINES_TOO_LONG : LINES_LINE;
			continue;
		}
		if (lines->skipping)
			drop_part(lines);
		if (lines->end - lines->start > lines->max_line) {
			drop_part(lines);
			lines->skipping = true;
			return LINES_TOO_LONG;
		}
		if (lines->ended && lines->end == lines->start)
			return LINES_END;
		if (lines->ended) {
			lines->data[lines->end] = '\0';
			*line = lines->data + lines->start;
			*len = lines->end - lines->start;
			lines->start = lines->end;
			lines->scanned = 0;
			return LINES_PARTIAL;
		}
		if (!make_room(lines)) {
			errno = ENOMEM;
			return LINES_FAILED;
		}
		/* One byte stays free for the NUL after a partial line. */
		ssize_t got = read(lines->fd, lines->data + lines->end, READ_SIZE);
		if (got > 0) {
			lines->end += (size_t)got;
		} else if (got == 0) {
			lines->ended = true;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			return LINES_WAIT;
		} else if (errno != EINTR) {
			return LINES_FAILED;
		}
	}
}
