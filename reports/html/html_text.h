/*
 * Text and JSON values for an HTML page: every foreign byte is made visible and
 * harmless first, then escaped.
 */
#ifndef REPORTS_HTML_HTML_TEXT_H
#define REPORTS_HTML_HTML_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Writes text for element content or a quoted attribute value. NULL writes nothing. */
void html_write(FILE *out, const char *text);

/* Writes the member `key` of an object: a string, number or boolean. Returns false,
 * and writes nothing, when it is absent, null or something else. */
bool html_write_member(FILE *out, const json_t *object, const char *key);

#endif
