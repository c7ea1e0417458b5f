/* Knows how a list of words is split at its commas. */
#include "harness/config/words.h"

#include <stdlib.h>
#include <string.h>

bool words_split(struct words *words, const char *text)
{
	static const char blanks[] = " \t\r\n";
	size_t most = 1;
	for (const char *at = text; *at != '\0'; at++)
		most += *at == ',';
	*words = (struct words){.items = calloc(most, sizeof(*words->items))};
	if (words->items == NULL)
		return false;
	for (size_t i = 0; i < most; i++) {
		const char *start = text + strspn(text, blanks);
		const char *comma = text + strcspn(text, ",");
		const char *end = comma;
		while (end > start && strchr(blanks, end[-1]) != NULL)
			end--;
		words->items[i] = strndup(start, end > start ? (size_t)(end - start) : 0);
		if (words->items[i] == NULL) {
			words_clear(words);
			return false;
		}
		words->num++;
		text = comma + 1;
	}
	return true;
}

void words_clear(struct words *words)
{
	for (size_t i = 0; i < words->num; i++)
		free(words->items[i]);
	free(words->items);
	*words = (struct words){0};
}
