/*
 * The little that jansson leaves open: strict objects (an unknown key is an
 * error, never ignored) and one line of output.
 */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include "core/error.h"
#include "core/text.h"

#include <jansson.h>
#include <stdio.h>

/* Parses exactly one JSON object of len bytes; duplicate keys are refused. Returns
 * a new reference, or NULL with err (kind as given). */
json_t *json_parse_object(const char *bytes, size_t len, enum error_kind kind, struct error *err);

/* True when every key of object is among known. Otherwise err names the first
 * that is not, with `where` in front. */
bool json_only_keys(const json_t *object, const char *where, const char *const *known,
		    size_t num_known, struct error *err);

/* Appends object as one line, compact, keys sorted, with a newline. */
bool json_append_line(struct text *out, const json_t *object);

/* Writes any value, compact, keys sorted: in one piece, which is much faster than what json_dumpf
 * does with a stream. False, and nothing written, for NULL or without memory. */
bool json_write(FILE *out, const json_t *value);

/* A string of foreign bytes: bytes that are not UTF-8 become \xNN, so that it can
 * always be stored; jansson refuses them otherwise. New reference. */
json_t *json_foreign_string(const char *bytes);

/* The same; JSON's null for NULL. New reference. */
json_t *json_foreign_string_or_null(const char *bytes);

/* Sets key to value and takes over the reference of value, which may be NULL (then
 * the key is not set). */
void json_set(json_t *object, const char *key, json_t *value);

#endif
