/*
 * Text for a page of GitHub- or GitLab-flavoured Markdown, in paragraphs, list items and table
 * cells alike. Nothing foreign can begin a block, end a table cell, become HTML, a link, an image
 * or a mention.
 */
#ifndef REPORTS_MARKDOWN_MARKDOWN_TEXT_H
#define REPORTS_MARKDOWN_MARKDOWN_TEXT_H

#include <stdio.h>

/*
 * Writes text that follows own words on the same line: untrusted bytes are made visible,
 * signs of Markdown escaped, and a word that looks like an address (https://…, www.…, a@b) is
 * written as code, for both sites make links and mentions out of them. NULL writes nothing.
 */
void markdown_write(FILE *out, const char *text);

/* Writes text as code: an id, a reason, a command. */
void markdown_write_code(FILE *out, const char *text);

/* Writes text as a block of code on a line of its own. */
void markdown_write_block(FILE *out, const char *text);

/* The same of lines that stay lines: to be begun, filled line by line, and ended. */
void markdown_begin_lines(FILE *out);
void markdown_write_line(FILE *out, const char *line);
void markdown_end_lines(FILE *out);

#endif
