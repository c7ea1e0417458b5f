/*
 * Text for an HTML page: every foreign byte is made visible and
 * harmless first, then escaped.
 */
#ifndef REPORTS_HTML_HTML_TEXT_H
#define REPORTS_HTML_HTML_TEXT_H

#include <stdio.h>

/* Writes text for element content or a quoted attribute value. NULL writes nothing. */
void html_write(FILE *out, const char *text);

#endif
