/*
 * Files of trusted roots in a stack's own form, parsed once: parsing the system's bundle costs
 * more than several handshakes. A parsed file is lent to one connection at a time where threads
 * may not share it (mbedTLS 2.28 writes into the curve of a key that it verifies with), and to all
 * of them where they may.
 */
#ifndef CLIENTS_BACKEND_TRUST_POOL_H
#define CLIENTS_BACKEND_TRUST_POOL_H

#include "core/error.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct trust; /* a parsed file with what tells whether it has changed */

/* Made with TRUST_POOL_INIT; the fields are the pool's own. */
struct trust_pool {
	/* The roots in the text of a PEM file (a NUL follows the len bytes), or NULL with err. */
	void *(*load)(const char *pem, size_t len, struct error *err);
	void (*release)(void *roots);
	bool is_shared;          /* connections may use the same roots at the same time */
	pthread_mutex_t loading; /* of shared ones, so that each file is loaded once */
	pthread_mutex_t lock;
	struct trust *first; /* that can be lent; under lock, as is the count */
	size_t num;
};

#define TRUST_POOL_INIT(load, release, is_shared)                                               \
	{                                                                                       \
		load, release, is_shared, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, \
			NULL, 0                                                                 \
	}

/*
 * The roots of a file, parsed anew when none of the file as it is now can be lent. The borrower
 * gives them back. NULL with err.
 */
struct trust *trust_borrow(struct trust_pool *pool, const char *path, struct error *err);
void *trust_roots(const struct trust *trust);

/* NULL is allowed. */
void trust_return(struct trust_pool *pool, struct trust *trust);

/* Frees all; nothing may be lent out any more. */
void trust_pool_clear(struct trust_pool *pool);

#endif
