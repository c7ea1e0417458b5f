/* Knows how foreign text becomes harmless XML. */
#include "reports/ci/xml_text.h"

#include <string.h>

void xml_write(FILE *out, const char *text)
{
	struct text visible;
	if (text == NULL)
		return;
	text_init(&visible, 0);
	text_append_visible(&visible, text, strlen(text));
	for (const char *at = text_string(&visible); *at != '\0'; at++) {
		switch (*at) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break; /* also the end of a CDATA section */
		case '&': fputs("&amp;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default: fputc(*at, out); break;
		}
	}
	text_clear(&visible);
}
