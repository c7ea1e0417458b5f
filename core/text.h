/*
 * Growing text with a stated maximum, and the few questions asked of names:
 * does a pattern match, which known name is nearest, is it safe to show.
 */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bytes that grow up to max and are always followed by a NUL. A failed append
 * (maximum reached, no memory) sets `failed` and drops everything later, so that
 * a writer can append many times and look once. Open plain data.
 */
struct text {
	char *data; /* NULL while empty */
	size_t len;
	size_t size;
	size_t max; /* bytes without the NUL */
	bool failed;
};

/* An empty text that grows to max bytes; max 0 means 64 MiB. */
void text_init(struct text *text, size_t max);
void text_clear(struct text *text); /* frees; usable again with the same maximum */
void text_reset(struct text *text); /* empties and keeps the memory */

bool text_append(struct text *text, const char *string);
bool text_append_bytes(struct text *text, const void *bytes, size_t len);
bool text_append_format(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool text_append_format_list(struct text *text, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Never NULL. Borrowed until the next append. */
const char *text_string(const struct text *text);

/*
 * Appends foreign bytes so that a terminal shows them harmlessly: control
 * characters, bytes that are not UTF-8, noncharacters, and the bidirectional and invisible
 * format characters of Unicode become \xNN or \u{NNNN}. A newline becomes \n.
 */
bool text_append_visible(struct text *text, const char *bytes, size_t len);

/* The same of what a format gives. */
bool text_append_visible_list(struct text *text, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

bool text_is_utf8(const char *bytes, size_t len);

/* Shell pattern match of a whole name: * and ? also match '/', [..] as usual. */
bool text_matches(const char *pattern, const char *name);

/* Appends len bytes of a name as a pattern that matches it alone: what text_matches would take
 * for more than a letter gets a backslash. */
bool text_append_pattern(struct text *text, const char *name, size_t len);

/* How many characters of a pattern are not wildcards: the larger, the more specific. A set [..] is
 * a wildcard as * and ? are, however many members it has, and a backslash is no character. */
size_t text_specificity(const char *pattern);

/*
 * The candidate that differs least from name (edit distance), or NULL when none
 * is near enough to be a slip of the pen. Borrowed from candidates.
 */
const char *text_nearest(const char *name, const char *const *candidates, size_t num_candidates);

#endif
