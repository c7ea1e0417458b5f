/* Knows how single keys of the client protocol are written. */
#include "harness/drive/message_part.h"

#include "core/json.h"

void message_set_text(json_t *object, const char *key, const char *text)
{
	if (text != NULL)
		json_set(object, key, json_string(text));
}
