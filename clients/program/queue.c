/* Knows how texts are handed from one thread to others. */
#include "clients/program/queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct item {
	char *text;
	size_t len;
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct item *items; /* a ring */
	size_t capacity, first, num;
	bool closed;
};

struct queue *queue_new(size_t capacity)
{
	struct queue *queue = calloc(1, sizeof *queue);
	if (queue == NULL)
		return NULL;
	queue->items = calloc(capacity, sizeof *queue->items);
	queue->capacity = capacity;
	if (queue->items == NULL) {
		free(queue);
		return NULL;
	}
	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->changed, NULL);
	return queue;
}

void queue_free(struct queue *queue)
{
	if (queue == NULL)
		return;
	for (size_t i = 0; i < queue->num; i++)
		free(queue->items[(queue->first + i) % queue->capacity].text);
	pthread_cond_destroy(&queue->changed);
	pthread_mutex_destroy(&queue->lock);
	free(queue->items);
	free(queue);
}

bool queue_put(struct queue *queue, const char *text, size_t len)
{
	struct item item = {.text = malloc(len + 1), .len = len};
	if (item.text == NULL)
		return false;
	memcpy(item.text, text, len);
	item.text[len] = '\0';
	pthread_mutex_lock(&queue->lock);
	while (queue->num == queue->capacity)
		pthread_cond_wait(&queue->changed, &queue->lock);
	queue->items[(queue->first + queue->num++) % queue->capacity] = item;
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
	return true;
}

char *queue_take(struct queue *queue, size_t *len)
{
	struct item item = {0};
	pthread_mutex_lock(&queue->lock);
	while (queue->num == 0 && !queue->closed)
		pthread_cond_wait(&queue->changed, &queue->lock);
	if (queue->num > 0) {
		item = queue->items[queue->first];
		queue->first = (queue->first + 1) % queue->capacity;
		queue->num--;
		pthread_cond_broadcast(&queue->changed);
	}
	pthread_mutex_unlock(&queue->lock);
	*len = item.len;
	return item.text;
}

void queue_close(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
}
