/* Knows whether memory ran out, and passes all who ask for it on to the C library. */
#include "clients/program/memory_watch.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

static _Thread_local bool has_failed;
/* While dlsym looks for a function, which must not look for it again. */
static _Thread_local bool is_looking;

void memory_watch_begin(void)
{
	has_failed = false;
}

bool memory_watch_has_failed(void)
{
	return has_failed;
}

/* The function of this name behind ours; every thread finds the same. */
static void *find_next(const char *name)
{
	if (is_looking)
		return NULL;
	is_looking = true;
	void *found = dlsym(RTLD_NEXT, name);
	is_looking = false;
	return found;
}

static void *note(void *memory, size_t size)
{
	if (memory == NULL && size > 0)
		has_failed = true;
	return memory;
}

/* Implementations that find each other by an object's pointer: ISO C has no way from that to a
 * function's. */
union function {
	void *found;
	void *(*allocate)(size_t);
	void *(*allocate_zeroed)(size_t, size_t);
	void *(*resize)(void *, size_t);
};

void *malloc(size_t size)
{
	static union function next;
	if (next.found == NULL)
		next.found = find_next("malloc");
	return next.found != NULL ? note(next.allocate(size), size) : NULL;
}

void *calloc(size_t num, size_t size)
{
	static union function next;
	if (next.found == NULL)
		next.found = find_next("calloc");
	return next.found != NULL ? note(next.allocate_zeroed(num, size), num * size) : NULL;
}

void *realloc(void *memory, size_t size)
{
	static union function next;
	if (next.found == NULL)
		next.found = find_next("realloc");
	return next.found != NULL ? note(next.resize(memory, size), size) : NULL;
}
