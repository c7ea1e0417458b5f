/*
 * The frame of every HTML page that we write: one self-contained file, whose content
 * security policy lets nothing run and nothing load but the style and the script that are
 * part of it, by their hashes. What a stranger sent can do nothing even if it got out of its
 * escapes.
 */
#ifndef REPORTS_HTML_HTML_PAGE_H
#define REPORTS_HTML_HTML_PAGE_H

#include <stdbool.h>
#include <stdio.h>

/* Writes everything up to and with <body>. The title is foreign text. An element that is
 * written later has no style="" and no onclick="": the policy refuses both. */
void html_page_begin(FILE *out, const char *title, bool with_script);

/* Writes the script when the page was begun with it, and the end. */
void html_page_end(FILE *out, bool with_script);

#endif
