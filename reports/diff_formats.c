/* Knows which formats a comparison can be written in. */
#include "reports/diff_report.h"

#include <string.h>

const struct diff_format diff_formats[] = {
	{"text", true, diff_text_write},
	{"json", false, diff_json_write},
	{"markdown", false, diff_markdown_write},
	{"html", false, diff_html_write},
};
enum { NUM_DIFF_FORMATS = sizeof diff_formats / sizeof *diff_formats };

const struct diff_format *diff_format_find(const char *name, size_t len, struct error *err)
{
	const char *names[sizeof diff_formats / sizeof *diff_formats];
	char shown[64];
	struct text list;
	text_init(&list, 0);
	for (size_t i = 0; i < NUM_DIFF_FORMATS; i++) {
		names[i] = diff_formats[i].name;
		if (strlen(names[i]) == len && strncmp(names[i], name, len) == 0)
			return &diff_formats[i];
	}
	for (size_t i = 0; i < NUM_DIFF_FORMATS; i++)
		text_append_format(&list, "%s%s", i > 0 ? ", " : "", names[i]);
	snprintf(shown, sizeof shown, "%.*s", (int)(len < 60 ? len : 60), name);
	const char *nearest = text_nearest(shown, names, NUM_DIFF_FORMATS);
	error_set(err, ERROR_USAGE, "unknown format of a comparison '%s'%s%s%s (one of: %s)", shown,
		  nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
		  nearest != NULL ? "'?" : "", text_string(&list));
	text_clear(&list);
	return NULL;
}
