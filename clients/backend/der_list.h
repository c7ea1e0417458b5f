/* Certificates in DER, in memory of their own. Says nothing about what they are to each other. */
#ifndef CLIENTS_BACKEND_DER_LIST_H
#define CLIENTS_BACKEND_DER_LIST_H

#include "clients/facts/examined.h"
#include "clients/rules/der.h"

#include <stdbool.h>
#include <stddef.h>

/* Zeroed it is empty. A place that was never put is an empty one. */
struct der_list {
	struct der_bytes *items; /* owned */
	size_t num;
};

/* Puts a copy at a place, which may be behind the end; what was there is freed. False without
 * memory, and then nothing has changed. */
bool der_list_put(struct der_list *list, size_t place, struct der der);
bool der_list_add(struct der_list *list, struct der der);

/* Borrowed; empty beyond the end. */
struct der der_list_at(const struct der_list *list, size_t place);
bool der_list_has(const struct der_list *list, struct der der);

/* Replaces *to. False without memory, and then it is empty. */
bool der_list_copy(struct der_list *to, const struct der_list *from);
void der_list_clear(struct der_list *list);

#endif
