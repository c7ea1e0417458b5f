/* Base64 (RFC 4648 section 4): how binary data travels in PEM and in lines of JSON. */
#ifndef CORE_BASE64_H
#define CORE_BASE64_H

#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes len bytes of base64 into new memory, which the caller frees; white space
 * between the letters is skipped. False, with nothing allocated, for anything else, for
 * wrong padding or bits behind the end, for nothing at all, and without memory.
 */
bool base64_decode(uint8_t **out, size_t *out_len, const char *text, size_t len);

/* Appends bytes as base64, with a newline after every line_len letters (a multiple of 4) and
 * at the end; 0: all in one line without an end. */
bool base64_append(struct text *out, const uint8_t *bytes, size_t len, size_t line_len);

#endif
