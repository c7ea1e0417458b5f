/*
 * A run as a page for a wiki (GitHub- and GitLab-flavoured Markdown): the answer in words, the
 * matrix, who is exposed and who is blind, what is not as expected, the policies in words, how to
 * repeat it.
 */
#ifndef REPORTS_MARKDOWN_MARKDOWN_H
#define REPORTS_MARKDOWN_MARKDOWN_H

#include "reports/format.h"

bool markdown_write_run(FILE *out, struct run *run, const struct format_options *options,
			struct error *err);

#endif
