/*
 * Bars of an advice as inline SVG: for each pair one without must-staple and one with it. Its look
 * is in html.css; no style of its own, which the page's policy would refuse.
 */
#ifndef REPORTS_HTML_ADVICE_CHART_H
#define REPORTS_HTML_ADVICE_CHART_H

#include "harness/advice/advice_document.h"

#include <stdio.h>

/* The pairs of one family of an advice; nothing where all of them are 0. Labels are foreign and
 * escaped. */
void advice_chart_write(FILE *out, const struct advice *advice, const char *family);

#endif
