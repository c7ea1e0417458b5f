/* What the files that know lines of the client protocol have in common. */
#ifndef HARNESS_DRIVE_MESSAGE_PART_H
#define HARNESS_DRIVE_MESSAGE_PART_H

#include "harness/drive/message.h"

/* Sets key to text, unless that is NULL. */
void message_set_text(json_t *object, const char *key, const char *text);

/* Takes an answer that says why there is no object under key; a verdict on a connection is no
 * such reason. */
bool message_take_refusal(struct answer *answer, json_t *object, const char *key,
			  struct error *err);

#endif
