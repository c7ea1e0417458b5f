/*
 * Text for an XML 1.0 document. Most control characters, surrogates, U+FFFE and U+FFFF cannot be
 * said in XML 1.0 at all, not even as a character reference (section 2.2): text_append_visible
 * makes them visible, as everywhere.
 */
#ifndef REPORTS_CI_XML_TEXT_H
#define REPORTS_CI_XML_TEXT_H

#include "core/text.h"

#include <stdio.h>

/* Writes text for element content or a quoted attribute value; foreign bytes are made visible
 * first, so that no line break is left. NULL writes nothing. */
void xml_write(FILE *out, const char *text);

#endif
