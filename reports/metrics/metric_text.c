/* Knows the grammar of a family's head and of a label. */
#include "reports/metrics/metric_text.h"

#include <string.h>

void metric_write_head(FILE *out, const char *name, const char *unit, const char *help)
{
	fprintf(out, "# TYPE %s gauge\n", name);
	if (unit != NULL)
		fprintf(out, "# UNIT %s %s\n", name, unit);
	fprintf(out, "# HELP %s %s\n", name, help);
}

/* Backslash, quote and line feed are escaped; foreign bytes are made visible first, since the value
 * must be UTF-8. */
void metric_append_label(struct text *out, const char *name, const char *value)
{
	struct text visible;
	text_init(&visible, 0);
	text_append_visible(&visible, value, strlen(value));
	text_append_format(out, "%s%s=\"", out->len > 0 ? "," : "", name);
	for (const char *p = text_string(&visible); *p != '\0'; p++) {
		if (*p == '\\' || *p == '"')
			text_append(out, "\\");
		text_append_bytes(out, p, 1);
	}
	text_append(out, "\"");
	text_clear(&visible);
}
