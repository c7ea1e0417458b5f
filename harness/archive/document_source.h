/*
 * The bytes of a result document, one by one: its values are taken whole or passed over, so
 * that no more than one of them is in memory.
 */
#ifndef HARNESS_ARCHIVE_DOCUMENT_SOURCE_H
#define HARNESS_ARCHIVE_DOCUMENT_SOURCE_H

#include "core/error.h"

#include <jansson.h>
#include <stdio.h>

#define DOCUMENT_PART_MAX ((size_t)16 << 20) /* one member, or one cell */

/* Plain data; line begins with 1, peeked with -1. */
struct source {
	FILE *file;
	const char *name; /* for messages, as line is */
	size_t line;
	size_t part_left; /* what the value that is being read may still have */
	int peeked;       /* a byte that was looked at, or -1 */
	bool too_long;
	struct error *err;
};

/* Always false; err names the file and the line that is being read. */
bool source_fault(const struct source *source, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The next byte, or EOF. */
int source_next(struct source *source);

/* The next byte that is no white space, which is not taken yet; EOF at the end. */
int source_look(struct source *source);

/* Takes this byte, after white space; false with err when it is another. */
bool source_take(struct source *source, int wanted);

/* A text, a list or an object of at most DOCUMENT_PART_MAX bytes. New reference, or NULL with
 * err. */
json_t *source_take_value(struct source *source);

/* A number or a word such as true, cut to size; out may be NULL. */
void source_take_word(struct source *source, char *out, size_t size);

/* Passes over a value of any length: brackets are counted, texts are minded. */
bool source_skip(struct source *source);

#endif
