/*
 * Files of trusted roots in a stack's own form, parsed once and lent to one
 * connection at a time: parsing the system's bundle costs more than several
 * handshakes, and the parsed form may not be shared between threads (mbedTLS 2.28
 * writes into the curve of a key that it verifies with).
 */
#ifndef CLIENTS_BACKEND_TRUST_POOL_H
#define CLIENTS_BACKEND_TRUST_POOL_H

#include "core/error.h"

#include <pthread.h>
#include <stddef.h>

struct trust; /* a parsed file with what tells whether it has changed */

/* Made with TRUST_POOL_INIT; the fields are the pool's own. */
struct trust_pool {
	/* The roots in the text of a PEM file (a NUL follows the len bytes), or NULL with err. */
	void *(*load)(const char *pem, size_t len, struct error *err);
	void (*release)(void *roots);
	pthread_mutex_t lock;
	struct trust *idle; /* under lock, as is the count */
	size_t num_idle;
};

#define TRUST_POOL_INIT(load, release)                            \
	{                                                         \
		load, release, PTHREAD_MUTEX_INITIALIZER, NULL, 0 \
	}

/*
 * The roots of a file, parsed anew when no idle copy of the file as it is now is
 * there. The borrower has them alone and gives them back. NULL with err.
 */
struct trust *trust_borrow(struct trust_pool *pool, const char *path, struct error *err);
void *trust_roots(const struct trust *trust);

/* NULL is allowed. */
void trust_return(struct trust_pool *pool, struct trust *trust);

/* Frees the idle ones; nothing may be lent out any more. */
void trust_pool_clear(struct trust_pool *pool);

#endif
