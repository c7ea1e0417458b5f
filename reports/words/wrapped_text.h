/* Paragraphs for a terminal: words in lines that keep a width. */
#ifndef REPORTS_WORDS_WRAPPED_TEXT_H
#define REPORTS_WORDS_WRAPPED_TEXT_H

#include "core/text.h"

/* Appends foreign words, made visible, in lines of at most width columns (40 at least), each
 * behind `indent` spaces; the first line is begun already and has `used` columns. A newline at
 * the end. */
void wrapped_text_append(struct text *out, const char *words, size_t indent, size_t used,
			 int width);

#endif
