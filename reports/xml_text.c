/* Knows how foreign text becomes harmless XML. */
#include "reports/xml_text.h"

#include <string.h>

/* U+FFFE and U+FFFF in UTF-8. */
static bool is_no_character(const char *at)
{
	return memcmp(at, "\xef\xbf", 2) == 0 && (at[2] == '\xbe' || at[2] == '\xbf');
}

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
		case '\xef':
			if (is_no_character(at)) {
				fputs(at[2] == '\xbe' ? "\\u{fffe}" : "\\u{ffff}", out);
				at += 2;
				break;
			}
			fputc(*at, out);
			break;
		default: fputc(*at, out); break;
		}
	}
	text_clear(&visible);
}
