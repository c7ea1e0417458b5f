/* Bytes out of a pipe cut into lines: never longer than allowed, always ended by a NUL. */
#include "core/lines.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_LINE 64
/* What a pipe holds without a reader. */
#define MOST_BYTES 32768

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int ends[2];
	const char *line;
	size_t len, given = 0;
	if (size > MOST_BYTES || pipe(ends) != 0)
		return 0;
	ssize_t written = write(ends[1], data, size);
	close(ends[1]);
	struct lines *lines = lines_new(ends[0], MAX_LINE);
	enum lines_event event = LINES_END;
	while (lines != NULL && written == (ssize_t)size &&
	       (event = lines_next(lines, &line, &len)) != LINES_END) {
		if (event == LINES_LINE || event == LINES_PARTIAL) {
			given += len;
			if (len > MAX_LINE || line[len] != '\0' || given > size)
				abort();
		} else if (event != LINES_TOO_LONG) {
			abort();
		}
	}
	lines_free(lines);
	close(ends[0]);
	return 0;
}
