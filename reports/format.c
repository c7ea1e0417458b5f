/* Knows which formats there are. */
#include "reports/format.h"

#include "core/text.h"
#include "reports/csv.h"
#include "reports/html/html.h"
#include "reports/json/jsonl.h"
#include "reports/ci/junit.h"
#include "reports/markdown/markdown.h"
#include "reports/metrics/openmetrics.h"
#include "reports/json/result_json.h"
#include "reports/ci/sarif.h"
#include "reports/text/text_report.h"

#include <string.h>

static bool write_html(FILE *out, struct run *run, const struct format_options *options,
		       struct error *err)
{
	(void)options;
	return html_write_run(out, run, err);
}

static bool write_json(FILE *out, struct run *run, const struct format_options *options,
		       struct error *err)
{
	(void)options;
	return result_json_write(out, run, err);
}

const struct format formats[] = {
	{"text", "the matrix and what is not as expected, for a terminal", true, text_report_write,
	 NULL},
	{"json", "the whole result as one document", false, write_json, NULL},
	{"jsonl", "a line per cell as it is done", false, jsonl_write, &jsonl_stream},
	{"csv", "a table with a row per cell, for a spreadsheet", false, csv_write, NULL},
	{"markdown", "a page for a wiki", false, markdown_write_run, NULL},
	{"html", "a page to read and to pass on", false, write_html, NULL},
	{"junit", "a test case per cell, for a CI system", false, junit_write, NULL},
	{"sarif", "the findings, for a code-scanning dashboard", false, sarif_write, NULL},
	{"openmetrics", "gauges, for monitoring", false, openmetrics_write, NULL},
};
const size_t num_formats = sizeof formats / sizeof *formats;

const struct format *format_find(const char *name, size_t len, struct error *err)
{
	const char *names[sizeof formats / sizeof *formats];
	char shown[64];
	struct text list;
	for (size_t i = 0; i < num_formats; i++) {
		names[i] = formats[i].name;
		if (strlen(names[i]) == len && strncmp(names[i], name, len) == 0)
			return &formats[i];
	}
	snprintf(shown, sizeof shown, "%.*s", (int)(len < 60 ? len : 60), name);
	const char *nearest = text_nearest(shown, names, num_formats);
	text_init(&list, 0);
	for (size_t i = 0; i < num_formats; i++)
		text_append_format(&list, "%s%s", i > 0 ? ", " : "", names[i]);
	if (nearest != NULL)
		error_set(err, ERROR_USAGE,
			  "unknown format '%s'; did you mean '%s'? (there are: %s)", shown, nearest,
			  text_string(&list));
	else
		error_set(err, ERROR_USAGE, "unknown format '%s' (there are: %s)", shown,
			  text_string(&list));
	text_clear(&list);
	return NULL;
}
