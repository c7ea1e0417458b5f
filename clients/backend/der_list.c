/* Knows how certificates in DER are kept in a list. */
#include "clients/backend/der_list.h"

#include <stdlib.h>
#include <string.h>

static bool reach(struct der_list *list, size_t num)
{
	if (num <= list->num)
		return true;
	struct der_bytes *items = realloc(list->items, num * sizeof *items);
	if (items == NULL)
		return false;
	memset(items + list->num, 0, (num - list->num) * sizeof *items);
	list->items = items;
	list->num = num;
	return true;
}

bool der_list_put(struct der_list *list, size_t place, struct der der)
{
	uint8_t *copy = der.len > 0 ? malloc(der.len) : NULL;
	if ((der.len > 0 && copy == NULL) || !reach(list, place + 1)) {
		free(copy);
		return false;
	}
	if (der.len > 0)
		memcpy(copy, der.at, der.len);
	free(list->items[place].data);
	list->items[place] = (struct der_bytes){copy, der.len};
	return true;
}

bool der_list_add(struct der_list *list, struct der der)
{
	return der_list_put(list, list->num, der);
}

struct der der_list_at(const struct der_list *list, size_t place)
{
	return place < list->num ? der_of(list->items[place].data, list->items[place].len)
				 : der_of(NULL, 0);
}

bool der_list_has(const struct der_list *list, struct der der)
{
	for (size_t i = 0; i < list->num; i++)
		if (der_same(der_list_at(list, i), der))
			return true;
	return false;
}

bool der_list_copy(struct der_list *to, const struct der_list *from)
{
	der_list_clear(to);
	for (size_t i = 0; i < from->num; i++) {
		if (!der_list_add(to, der_list_at(from, i))) {
			der_list_clear(to);
			return false;
		}
	}
	return true;
}

void der_list_clear(struct der_list *list)
{
	for (size_t i = 0; i < list->num; i++)
		free(list->items[i].data);
	free(list->items);
	*list = (struct der_list){0};
}
