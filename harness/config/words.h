/*
 * Lists of words with commas between them, as patterns are written in files and on
 * the command line: "openssl/native, mbedtls/native".
 */
#ifndef HARNESS_CONFIG_WORDS_H
#define HARNESS_CONFIG_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Owned copies of the words, without the blanks around them. */
struct words {
	char **items;
	size_t num;
};

/* Splits text at its commas; an empty word between two commas is kept as "". False
 * without memory. */
bool words_split(struct words *words, const char *text);
void words_clear(struct words *words);

#endif
