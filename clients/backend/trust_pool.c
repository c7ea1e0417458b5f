/* Knows which parsed roots can be lent, and whether their file is still the same. */
#include "clients/backend/trust_pool.h"

#include "core/file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_KEPT      32
#define TRUST_MAX_LEN ((size_t)16 << 20)

struct trust {
	struct trust *next;
	char *path;
	void *roots;
	size_t num_users; /* of shared ones; others are in no list while they are lent */
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

static void put(struct trust_pool *pool, struct trust *trust)
{
	trust->next = pool->first;
	pool->first = trust;
	pool->num++;
}

static void unlink_at(struct trust_pool *pool, struct trust **at)
{
	*at = (*at)->next;
	pool->num--;
}

static struct trust *find(struct trust_pool *pool, const char *path, const struct stat *info)
{
	struct trust **at = &pool->first;
	pthread_mutex_lock(&pool->lock);
	while (*at != NULL && !(strcmp((*at)->path, path) == 0 && is_same_file(&(*at)->info, info)))
		at = &(*at)->next;
	struct trust *found = *at;
	if (found != NULL && pool->is_shared)
		found->num_users++;
	else if (found != NULL)
		unlink_at(pool, at);
	pthread_mutex_unlock(&pool->lock);
	return found;
}

/* The last that has no user, when there are too many; NULL otherwise. */
static struct trust *take_spare(struct trust_pool *pool)
{
	struct trust **spare = NULL;
	if (pool->num <= MAX_KEPT)
		return NULL;
	for (struct trust **at = &pool->first; *at != NULL; at = &(*at)->next)
		if ((*at)->num_users == 0)
			spare = at;
	struct trust *taken = spare != NULL ? *spare : NULL;
	if (taken != NULL)
		unlink_at(pool, spare);
	return taken;
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

static struct trust *load(struct trust_pool *pool, const char *path, const struct stat *info,
			  struct error *err)
{
	struct trust *trust = calloc(1, sizeof *trust);
	if (trust != NULL)
		trust->path = strdup(path);
	if (trust == NULL || trust->path == NULL) {
		error_set(err, ERROR_UNABLE, "no memory for the trusted roots");
		trust_free(pool, trust);
		return NULL;
	}
	trust->info = *info;
	trust->roots = load_file(pool, path, err);
	if (trust->roots != NULL)
		return trust;
	trust_free(pool, trust);
	return NULL;
}

static struct trust *borrow_shared(struct trust_pool *pool, const char *path,
				   const struct stat *info, struct error *err)
{
	pthread_mutex_lock(&pool->loading);
	struct trust *trust = find(pool, path, info);
	if (trust == NULL) {
		trust = load(pool, path, info, err);
		if (trust != NULL) {
			pthread_mutex_lock(&pool->lock);
			trust->num_users = 1;
			put(pool, trust);
			pthread_mutex_unlock(&pool->lock);
		}
	}
	pthread_mutex_unlock(&pool->loading);
	return trust;
}

struct trust *trust_borrow(struct trust_pool *pool, const char *path, struct error *err)
{
	struct stat info;
	if (stat(path, &info) != 0) {
		error_set_errno(err, ERROR_UNABLE, "%s", path);
		return NULL;
	}
	if (pool->is_shared)
		return borrow_shared(pool, path, &info, err);
	struct trust *trust = find(pool, path, &info);
	return trust != NULL ? trust : load(pool, path, &info, err);
}

void *trust_roots(const struct trust *trust)
{
	return trust->roots;
}

void trust_return(struct trust_pool *pool, struct trust *trust)
{
	if (trust == NULL)
		return;
	pthread_mutex_lock(&pool->lock);
	if (pool->is_shared)
		trust->num_users--;
	else
		put(pool, trust);
	struct trust *spare = take_spare(pool);
	pthread_mutex_unlock(&pool->lock);
	trust_free(pool, spare);
}

void trust_pool_clear(struct trust_pool *pool)
{
	while (pool->first != NULL) {
		struct trust *next = pool->first->next;
		trust_free(pool, pool->first);
		pool->first = next;
	}
	pool->num = 0;
}
