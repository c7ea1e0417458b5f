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
 * a new reference, or NULL with err (kind as given; ERROR_UNABLE without memory). */
json_t *json_parse_object(const char *bytes, size_t len, enum error_kind kind, struct error *err);

/* Whether a value could not be read for want of memory; jansson 2.14 says nothing at all then. */
bool json_is_out_of_memory(const json_error_t *fault);

/* True when every key of object is among known. Otherwise err names the first
 * that is not, with `where` in front. */
bool json_only_keys(const json_t *object, const char *where, const char *const *known,
		    size_t num_known, struct error *err);

/* Appends any value, compact, keys sorted. False, and out fails, for NULL or without memory. */
bool json_print(struct text *out, const json_t *value);

/* Appends object as one line, compact, keys sorted, with a newline. */
bool json_append_line(struct text *out, const json_t *object);

/*
 * Building and writing without a check at each step: that something could not be added, or
 * json_write not write it, is remembered for this thread, as errno is. json_begin forgets it;
 * json_end returns false with an ERROR_UNABLE when anything is missing since then. So a document
 * is whole, or its writer fails.
 */
void json_begin(void);
bool json_end(struct error *err);

/* Writes any value, compact, keys sorted: in one piece, which is much faster than what json_dumpf
 * does with a stream. False, and nothing written, for NULL or without memory. */
bool json_write(FILE *out, const json_t *value);

/* A string of foreign bytes: bytes that are not UTF-8 become \xNN, so that it can
 * always be stored; jansson refuses them otherwise. New reference. */
json_t *json_foreign_string(const char *bytes);

/* The same; JSON's null for NULL. New reference. */
json_t *json_foreign_string_or_null(const char *bytes);

/* Sets key to value, or appends value, and takes over its reference. NULL is what there was no
 * memory for. */
void json_set(json_t *object, const char *key, json_t *value);
void json_append(json_t *array, json_t *value);

/* The same of a value that may be NULL: then the key is not set. */
void json_set_if(json_t *object, const char *key, json_t *value);

#endif
