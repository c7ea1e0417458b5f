/* What mbedTLS says about a failure, in one line. */
#ifndef CLIENTS_MBEDTLS_WORDS_H
#define CLIENTS_MBEDTLS_WORDS_H

#include "clients/facts/observation.h"

#include <stddef.h>
#include <stdint.h>

/* mbedTLS's own words for verification flags. */
void flags_print(char *out, size_t size, uint32_t flags);

/* Notes what a call of mbedTLS said: code and its text. */
void native_note(struct native *native, int code, const char *text);

#endif
