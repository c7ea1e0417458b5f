/* Knows a ring of waiting probes. */
#include "harness/drive/queue.h"

#include <stdlib.h>

static bool grow(struct queue *queue)
{
	size_t size = queue->size == 0 ? 64 : queue->size * 2;
	struct queue_item *items = calloc(size, sizeof *items);
	if (items == NULL)
		return false;
	for (size_t i = 0; i < queue->num; i++)
		items[i] = queue->items[(queue->head + i) & (queue->size - 1)];
	free(queue->items);
	queue->items = items;
	queue->size = size;
	queue->head = 0;
	return true;
}

bool queue_push(struct queue *queue, struct queue_item item, bool at_front)
{
	if (queue->num == queue->size && !grow(queue))
		return false;
	if (at_front)
		queue->head = (queue->head - 1) & (queue->size - 1);
	size_t at = at_front ? queue->head : queue->head + queue->num;
	queue->items[at & (queue->size - 1)] = item;
	queue->num++;
	return true;
}

bool queue_pop(struct queue *queue, struct queue_item *item)
{
	if (queue->num == 0)
		return false;
	*item = queue->items[queue->head];
	queue->head = (queue->head + 1) & (queue->size - 1);
	queue->num--;
	return true;
}

void queue_clear(struct queue *queue)
{
	free(queue->items);
	*queue = (struct queue){0};
}
