/* Knows how foreign text becomes harmless HTML. */
#include "reports/html/html_text.h"

#include "core/text.h"

#include <string.h>

void html_write(FILE *out, const char *text)
{
	if (text == NULL)
		return;
	struct text visible;
	text_init(&visible, 0);
	text_append_visible(&visible, text, strlen(text));
	for (const char *at = text_string(&visible); *at != '\0'; at++) {
		switch (*at) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default: fputc(*at, out); break;
		}
	}
	text_clear(&visible);
}
