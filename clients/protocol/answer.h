/* Writes what was seen as one answer line (clients/README.md). */
#ifndef CLIENTS_PROTOCOL_ANSWER_H
#define CLIENTS_PROTOCOL_ANSWER_H

#include "clients/facts/observation.h"
#include "core/text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Appends the whole answer with its newline. False without memory. */
bool answer_append(struct text *out, const char *id, const struct observation *observation);

/* What answers of more than one kind have. New references; null for what is absent: a time of
 * 0, an empty text, no alert. hex takes at most DIGEST_MAX bytes. */
json_t *answer_hex(const uint8_t *bytes, size_t len);
json_t *answer_utc(int64_t seconds);
json_t *answer_text(const char *text);
json_t *answer_native(const struct native *native);
json_t *answer_alert(const struct observation *observation);
json_t *answer_urls(const struct url_list *list);
/* Why pointers of a certificate are not used: an array, empty for most. */
json_t *answer_unusable_urls(const struct certificate_facts *facts);
const char *answer_layer(enum fetch_layer layer);

/* Appends what a check without a connection gave. */
bool answer_append_check(struct text *out, const char *id, const struct status_check *check);

/* Appends an answer without an attempt: id (NULL for none), outcome, reason, detail. */
bool answer_append_refusal(struct text *out, const char *id, enum outcome outcome,
			   enum reason reason, const char *detail);

#endif
