/* The life of an endpoint's staples over the examinations that are kept, as inline SVG. */
#ifndef REPORTS_HTML_STAPLE_CHART_H
#define REPORTS_HTML_STAPLE_CHART_H

#include "harness/model/examination.h"
#include "harness/model/staple_life.h"

#include <stdio.h>

/*
 * Writes a figure of the staples that this examination and the earlier ones (NULL: not known) saw,
 * with its numbers as a table; nothing when none of them has a thisUpdate. number tells figures of
 * a page apart.
 */
void staple_chart_write(FILE *out, const struct examination *seen,
			const struct staple_life *earlier, size_t number);

#endif
