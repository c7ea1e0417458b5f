/*
 * Our words as mdoc(7), the language of manual pages. Text is escaped: whatever it holds, it
 * is shown as it is. Caveat: write errors are left to the stream, for the caller to see.
 */
#ifndef DOCS_GENERATE_MDOC_H
#define DOCS_GENERATE_MDOC_H

#include "core/name.h"

#include <stdio.h>

/*
 * Paragraphs, with an empty line between them; each sentence begins a line, as mdoc requires.
 * Lines that begin with two blanks are shown letter by letter.
 */
void mdoc_text(FILE *out, const char *text);

/* One word of a macro's line: quoted where mdoc would read it as something else. */
void mdoc_word(FILE *out, const char *word);

/* A list of names, each with its text. */
void mdoc_names(FILE *out, const struct name_table *table);

#endif
