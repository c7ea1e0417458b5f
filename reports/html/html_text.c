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

bool html_write_member(FILE *out, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	if (json_is_string(value))
		html_write(out, json_string_value(value));
	else if (json_is_integer(value))
		fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "yes" : "no", out);
	else
		return false;
	return true;
}
