/* Knows how foreign text becomes harmless Markdown. */
#include "reports/markdown/markdown_text.h"

#include "core/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool contains(const char *word, size_t len, const char *part)
{
	size_t part_len = strlen(part);
	for (size_t i = 0; i + part_len <= len; i++)
		if (strncasecmp(word + i, part, part_len) == 0)
			return true;
	return false;
}

/* What needs no escape between backticks, also in a table. */
static bool is_plain(const char *visible, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)visible[i]) && strchr("-_./@:+=,%", visible[i]) == NULL)
			return false;
	return len > 0;
}

/*
 * HTML's element where backticks do not do: between these no escape works, so that a '|' in a table
 * or a backtick could not be said. Each sign is a character reference, which never is syntax
 * (CommonMark section 2.5); ':' and the dots of "www." too, since GitHub's parser looks for
 * addresses in HTML's element all the same.
 */
static void write_references(FILE *out, const char *visible, size_t len)
{
	const char *signs =
		contains(visible, len, "www.") ? "\\`*_{}[]<>#!|~&$^@:." : "\\`*_{}[]<>#!|~&$^@:";
	for (size_t i = 0; i < len; i++) {
		if (strchr(signs, visible[i]) != NULL)
			fprintf(out, "&#%d;", visible[i]);
		else
			fputc(visible[i], out);
	}
}

/* GitHub's parser finds the addresses of mail after it has resolved references, but not across
 * elements: each '@' begins one of its own. */
static void write_element(FILE *out, const char *visible, size_t len)
{
	fputs("<code>", out);
	while (len > 0) {
		const char *at = memchr(visible + 1, '@', len - 1);
		size_t part = at != NULL ? (size_t)(at - visible) : len;
		write_references(out, visible, part);
		fputs(at != NULL ? "</code><code>" : "", out);
		visible += part;
		len -= part;
	}
	fputs("</code>", out);
}

static void write_code(FILE *out, const char *visible, size_t len)
{
	if (is_plain(visible, len))
		fprintf(out, "`%.*s`", (int)len, visible);
	else
		write_element(out, visible, len);
}

static void write_visible_references(FILE *out, const char *text)
{
	struct text visible;
	text_init(&visible, 0);
	text_append_visible(&visible, text, strlen(text));
	write_references(out, text_string(&visible), visible.len);
	text_clear(&visible);
}

void markdown_write_block(FILE *out, const char *text)
{
	fputs("<pre><code>", out);
	write_visible_references(out, text);
	fputs("</code></pre>\n", out);
}

/* Such a block of HTML ends at its end tag alone, not at an empty line. */
void markdown_begin_lines(FILE *out)
{
	fputs("<pre><code>", out);
}

void markdown_write_line(FILE *out, const char *line)
{
	write_visible_references(out, line);
	fputc('\n', out);
}

void markdown_end_lines(FILE *out)
{
	fputs("</code></pre>\n", out);
}

void markdown_write_code(FILE *out, const char *text)
{
	struct text visible;
	if (text == NULL)
		return;
	text_init(&visible, 0);
	text_append_visible(&visible, text, strlen(text));
	write_code(out, text_string(&visible), visible.len);
	text_clear(&visible);
}

static bool is_address(const char *word, size_t len)
{
	return contains(word, len, "://") || contains(word, len, "www.") ||
	       contains(word, len, "@") || contains(word, len, "mailto:") ||
	       contains(word, len, "xmpp:");
}

static void write_words(FILE *out, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		switch (word[i]) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		case '|':
			fputs("&#124;", out);
			break; /* "\|" is undone before the rest in a table */
		case '\\': fputs("&#92;", out); break;
		case '`':
		case '*':
		case '_':
		case '[':
		case ']':
		case '~':
		case '#':
		case '!':
		case '$':
		case '{':
		case '}':
		case '^':
			fputc('\\', out);
			fputc(word[i], out);
			break;
		default: fputc(word[i], out); break;
		}
	}
}

void markdown_write(FILE *out, const char *text)
{
	struct text visible;
	if (text == NULL)
		return;
	text_init(&visible, 0);
	text_append_visible(&visible, text, strlen(text));
	for (const char *p = text_string(&visible); *p != '\0';) {
		size_t len = strcspn(p, " ");
		if (is_address(p, len))
			write_code(out, p, len);
		else
			write_words(out, p, len);
		p += len;
		if (*p == ' ') {
			fputc(' ', out);
			p += strspn(p, " ");
		}
	}
	text_clear(&visible);
}
