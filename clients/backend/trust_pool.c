/* Knows which parsed roots are idle, and whether their file is still the same. */
#include "clients/backend/trust_pool.h"

#include "core/file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_IDLE      32
#define TRUST_MAX_LEN ((size_t)16 << 20)

struct trust {
	struct trust *next;
	char *path;
	void *roots;
	struct stat info;
};

static bool is_same_file(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
	       one->st_size == other->st_size && one->st_mtim.tv_sec == other->st_mtim.tv_sec &&
	       one->st_mtim.tv_nsec == other->st_mtim.tv_nsec;
}

static void trust_free(struct trust_pool *pool, struct trust *trust)
{
	if (trust == NULL)
		return;
	if (trust->roots != NULL)
		pool->release(trust->roots);
	free(trust->path);
	free(trust);
}

static struct trust *take_idle(struct trust_pool *pool, const char *path, const struct stat *info)
{
	struct trust *found = NULL;
	pthread_mutex_lock(&pool->lock);
	for (struct trust **at = &pool->idle; *at != NULL && found == NULL;) {
		if (strcmp((*at)->path, path) == 0 && is_same_file(&(*at)->info, info)) {
			found = *at;
			*at = found->next;
			pool->num_idle--;
		} else {
			at = &(*at)->next;
		}
	}
	pthread_mutex_unlock(&pool->lock);
	return found;
}

static void *load_file(struct trust_pool *pool, const char *path, struct error *err)
{
	struct text pem;
	void *roots = NULL;
	text_init(&pem, TRUST_MAX_LEN);
	if (file_read(&pem, path, TRUST_MAX_LEN, err)) {
		roots = pool->load(text_string(&pem), pem.len, err);
		if (roots == NULL)
			error_prefix(err, "%s", path);
	}
	text_clear(&pem);
	return roots;
}

struct trust *trust_borrow(struct trust_pool *pool, const char *path, struct error *err)
{
	struct stat info;
	if (stat(path, &info) != 0) {
		error_set_errno(err, ERROR_UNABLE, "%s", path);
		return NULL;
	}
	struct trust *trust = take_idle(pool, path, &info);
	if (trust != NULL)
		return trust;
	trust = calloc(1, sizeof *trust);
	if (trust != NULL)
		trust->path = strdup(path);
	if (trust == NULL || trust->path == NULL) {
		error_set(err, ERROR_UNABLE, "no memory for the trusted roots");
		trust_free(pool, trust);
		return NULL;
	}
	trust->info = info;
	trust->roots = load_file(pool, path, err);
	if (trust->roots != NULL)
		return trust;
	trust_free(pool, trust);
	return NULL;
}

void *trust_roots(const struct trust *trust)
{
	return trust->roots;
}

void trust_return(struct trust_pool *pool, struct trust *trust)
{
	struct trust *oldest = NULL;
	if (trust == NULL)
		return;
	pthread_mutex_lock(&pool->lock);
	trust->next = pool->idle;
	pool->idle = trust;
	if (++pool->num_idle > MAX_IDLE) {
		struct trust **at = &pool->idle;
		while ((*at)->next != NULL)
			at = &(*at)->next;
		oldest = *at;
		*at = NULL;
		pool->num_idle--;
	}
	pthread_mutex_unlock(&pool->lock);
	trust_free(pool, oldest);
}

void trust_pool_clear(struct trust_pool *pool)
{
	while (pool->idle != NULL) {
		struct trust *next = pool->idle->next;
		trust_free(pool, pool->idle);
		pool->idle = next;
	}
	pool->num_idle = 0;
}
