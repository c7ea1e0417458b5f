/* Knows where a line of words ends. */
#include "reports/words/wrapped_text.h"

#include <string.h>

#define LEAST_WIDTH 40

void wrapped_text_append(struct text *out, const char *words, size_t indent, size_t used, int width)
{
	struct text visible;
	size_t most = width > LEAST_WIDTH ? (size_t)width : LEAST_WIDTH;
	text_init(&visible, 0);
	text_append_visible(&visible, words, strlen(words));
	const char *p = text_string(&visible);
	bool first = true;
	while (*p != '\0') {
		size_t len = strcspn(p, " ");
		if (!first && used + 1 + len > most) {
			text_append_format(out, "\n%*s", (int)indent, "");
			used = indent;
			first = true;
		}
		if (!first)
			text_append(out, " ");
		text_append_bytes(out, p, len);
		used += len + (first ? 0 : 1);
		first = false;
		p += len;
		p += strspn(p, " ");
	}
	text_append(out, "\n");
	text_clear(&visible);
}
