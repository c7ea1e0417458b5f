/* Knows growing text, safe display of foreign bytes, and nearness of names. */
#include "core/text.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_DEFAULT_MAX ((size_t)64 << 20)
#define NEAREST_NAME_MAX 128

void text_init(struct text *text, size_t max)
{
	*text = (struct text){.max = max != 0 ? max : TEXT_DEFAULT_MAX};
}

void text_clear(struct text *text)
{
	if (text == NULL)
		return;
	free(text->data);
	text_init(text, text->max);
}

void text_reset(struct text *text)
{
	text->len = 0;
	text->failed = false;
	if (text->data != NULL)
		text->data[0] = '\0';
}

static bool make_room(struct text *text, size_t len)
{
	if (text->failed)
		return false;
	if (text->max == 0)
		text->max = TEXT_DEFAULT_MAX;
	if (len > text->max - text->len) {
		text->failed = true;
		return false;
	}
	size_t needed = text->len + len + 1;
	if (needed <= text->size)
		return true;
	size_t size = text->size < 64 ? 64 : text->size;
	while (size < needed)
		size *= 2;
	char *data = realloc(text->data, size);
	if (data == NULL) {
		text->failed = true;
		return false;
	}
	text->data = data;
	text->size = size;
	return true;
}

bool text_append_bytes(struct text *text, const void *bytes, size_t len)
{
	if (!make_room(text, len))
		return false;
	if (len > 0)
		memcpy(text->data + text->len, bytes, len);
	text->len += len;
	text->data[text->len] = '\0';
	return true;
}

bool text_append(struct text *text, const char *string)
{
	return text_append_bytes(text, string, strlen(string));
}

bool text_append_format_list(struct text *text, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0 || !make_room(text, (size_t)len)) {
		text->failed = true;
		return false;
	}
	vsnprintf(text->data + text->len, (size_t)len + 1, format, args);
	text->len += (size_t)len;
	return true;
}

bool text_append_format(struct text *text, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	bool done = text_append_format_list(text, format, args);
	va_end(args);
	return done;
}

const char *text_string(const struct text *text)
{
	return text->data != NULL ? text->data : "";
}

/* Decodes one character of UTF-8 (RFC 3629); returns its length, or 0 when the
 * bytes are none: overlong forms and surrogates are refused. */
static size_t decode_utf8(uint32_t *code, const unsigned char *bytes, size_t len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t need;
	if (bytes[0] < 0x80) {
		*code = bytes[0];
		return 1;
	}
	if (bytes[0] >= 0xc2 && bytes[0] < 0xe0)
		need = 2;
	else if (bytes[0] >= 0xe0 && bytes[0] < 0xf0)
		need = 3;
	else if (bytes[0] >= 0xf0 && bytes[0] < 0xf5)
		need = 4;
	else
		return 0;
	if (need > len)
		return 0;
	*code = bytes[0] & (0xffU >> (need + 1));
	for (size_t i = 1; i < need; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (bytes[i] & 0x3f);
	}
	if (*code < least[need] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return need;
}

/* Characters that a terminal acts on, or that make text read otherwise than it is. */
static bool is_invisible(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x061c ||
	       (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
	       (code >= 0xfff9 && code <= 0xfffb) || (code & 0xfffe) == 0xfffe ||
	       (code >= 0xe0000 && code <= 0xe007f);
}

bool text_append_visible(struct text *text, const char *bytes, size_t len)
{
	const unsigned char *from = (const unsigned char *)bytes;
	for (size_t i = 0; i < len;) {
		uint32_t code;
		/* Most of it is plain, and goes over at once. */
		size_t plain = 0;
		while (i + plain < len && from[i + plain] >= 0x20 && from[i + plain] < 0x7f)
			plain++;
		if (plain > 0) {
			text_append_bytes(text, from + i, plain);
			i += plain;
			continue;
		}
		size_t used = decode_utf8(&code, from + i, len - i);
		if (used == 0) {
			text_append_format(text, "\\x%02x", from[i++]);
			continue;
		}
		if (code == '\n')
			text_append(text, "\\n");
		else if (is_invisible(code))
			text_append_format(text, code < 0x100 ? "\\x%02x" : "\\u{%04x}",
					   (unsigned)code);
		else
			text_append_bytes(text, from + i, used);
		i += used;
	}
	return !text->failed;
}

bool text_append_visible_list(struct text *text, const char *format, va_list args)
{
	struct text words;
	text_init(&words, 65536);
	text_append_format_list(&words, format, args);
	bool done = text_append_visible(text, text_string(&words), words.len);
	text_clear(&words);
	return done;
}

bool text_is_utf8(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t used = decode_utf8(&code, (const unsigned char *)bytes + i, len - i);
		if (used == 0)
			return false;
		i += used;
	}
	return true;
}

bool text_matches(const char *pattern, const char *name)
{
	return fnmatch(pattern, name, 0) == 0;
}

bool text_append_pattern(struct text *text, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr("*?[]\\", name[i]) != NULL && name[i] != '\0')
			text_append(text, "\\");
		text_append_bytes(text, &name[i], 1);
	}
	return !text->failed;
}

/* Behind the bracket that closes a set, or NULL when none does: then fnmatch takes the opening
 * one for a letter. p is behind the opening one. */
static const char *end_of_set(const char *p)
{
	if (*p == '!' || *p == '^')
		p++;
	/* A closing bracket that comes first is a member. */
	if (*p == ']')
		p++;
	for (; *p != '\0'; p++) {
		if (*p == ']')
			return p + 1;
		const char *end = p[0] == '[' && p[1] == ':' ? strstr(p + 2, ":]") : NULL;
		if (end != NULL)
			p = end + 1;
		else if (*p == '\\' && p[1] != '\0')
			p++;
	}
	return NULL;
}

size_t text_specificity(const char *pattern)
{
	size_t num = 0;
	const char *p = pattern;
	while (*p != '\0') {
		const char *end = *p == '[' ? end_of_set(p + 1) : NULL;
		if (end != NULL) {
			p = end;
			continue;
		}
		if (*p == '\\')
			num += *++p != '\0';
		else
			num += *p != '*' && *p != '?';
		p += *p != '\0';
	}
	return num;
}

/* Letters that are missing, too many, wrong, or in the order of their neighbour. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t len_a = strlen(a), len_b = strlen(b);
	size_t rows[3][NEAREST_NAME_MAX + 1];
	if (len_a > NEAREST_NAME_MAX || len_b > NEAREST_NAME_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= len_b; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= len_a; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= len_b; j++) {
			size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);
			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    two_above[j - 2] + 1 < best)
				best = two_above[j - 2] + 1;
			row[j] = best;
		}
	}
	return rows[len_a % 3][len_b];
}

const char *text_nearest(const char *name, const char *const *candidates, size_t num_candidates)
{
	const char *best = NULL;
	/* A third of the letters may be wrong, at least one, at most four. */
	size_t limit = strlen(name) / 3;
	size_t best_distance = (limit < 1 ? 1 : limit > 4 ? 4 : limit) + 1;
	for (size_t i = 0; i < num_candidates; i++) {
		size_t distance = edit_distance(name, candidates[i]);
		if (distance < best_distance) {
			best_distance = distance;
			best = candidates[i];
		}
	}
	return best;
}
