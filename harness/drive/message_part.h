/* Single keys of the client protocol, for the files that write requests. */
#ifndef HARNESS_DRIVE_MESSAGE_PART_H
#define HARNESS_DRIVE_MESSAGE_PART_H

#include <jansson.h>

/* Sets key to text, unless that is NULL. */
void message_set_text(json_t *object, const char *key, const char *text);

#endif
