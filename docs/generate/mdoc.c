/* Knows how text has to be written so that mdoc shows it as it is. */
#include "docs/generate/mdoc.h"

#include <ctype.h>
#include <string.h>

#define LINE_MAX_BYTES 72 /* escapes make it longer */

/* A hyphen is a minus here: names and options are copied from a page. */
static void put_char(FILE *out, char c)
{
	switch (c) {
	case '\\': fputs("\\e", out); break;
	case '-': fputs("\\-", out); break;
	case '`': fputs("\\(ga", out); break;
	case '\'': fputs("\\(aq", out); break;
	case '~': fputs("\\(ti", out); break;
	case '^': fputs("\\(ha", out); break;
	default: fputc(c, out);
	}
}

static void put_line(FILE *out, const char *line, size_t len)
{
	/* A dot in front would make a macro of it. */
	if (len > 0 && line[0] == '.')
		fputs("\\&", out);
	for (size_t i = 0; i < len; i++)
		put_char(out, line[i]);
	fputc('\n', out);
}

/* Up to and with what ends a sentence, else all of it. */
static size_t sentence_len(const char *text, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++)
		if (strchr(".!?", text[i]) != NULL && text[i + 1] == ' ')
			return i + 1;
	return len;
}

/* Where a line is broken: behind a sentence, or before it becomes too long. */
static size_t part_len(const char *text, size_t len)
{
	size_t part = sentence_len(text, len);
	if (part <= LINE_MAX_BYTES)
		return part;
	for (part = LINE_MAX_BYTES; part > 0 && text[part] != ' ';)
		part--;
	return part > 0 ? part : sentence_len(text, len);
}

static void put_sentences(FILE *out, const char *line, size_t len)
{
	while (len > 0) {
		size_t part = part_len(line, len);
		put_line(out, line, part);
		line += part;
		len -= part;
		while (len > 0 && *line == ' ') {
			line++;
			len--;
		}
	}
}

void mdoc_text(FILE *out, const char *text)
{
	bool literal = false, gap = false;
	for (const char *line = text; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		bool wants_literal = strncmp(line, "  ", 2) == 0;
		if (literal && !wants_literal)
			fputs(".Ed\n", out);
		if (gap && len > 0 && !wants_literal)
			fputs(".Pp\n", out);
		if (wants_literal && !literal)
			fputs(".Bd -literal -offset 2n\n", out);
		if (wants_literal)
			put_line(out, line + 2, len - 2);
		else
			put_sentences(out, line, len);
		literal = wants_literal;
		gap = len == 0;
		line += len;
		line += *line == '\n';
	}
	if (literal)
		fputs(".Ed\n", out);
}

void mdoc_word(FILE *out, const char *word)
{
	fputc('"', out);
	/* Short words may be macros, and a mark alone is punctuation to mdoc. */
	if (strlen(word) <= 3 &&
	    (isupper((unsigned char)word[0]) || ispunct((unsigned char)word[0])))
		fputs("\\&", out);
	for (; *word != '\0'; word++) {
		if (*word == '"')
			fputs("\\(dq", out);
		else
			put_char(out, *word);
	}
	fputc('"', out);
}

void mdoc_names(FILE *out, const struct name_table *table)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (size_t i = 0; i < table->num; i++) {
		fputs(".It Cm ", out);
		mdoc_word(out, table->names[i]);
		fputc('\n', out);
		mdoc_text(out, table->texts[i]);
	}
	fputs(".El\n", out);
}
