/* Knows whether memory ran out, and passes all who ask for it on to the C library. */
#include "clients/program/memory_watch.h"

#include "core/memory_notice.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Thread_local bool is_watched;
static _Thread_local bool has_failed;
/* While dlsym looks for a function, which must not look for it again. */
static _Thread_local bool is_looking;
/* Failures in threads that nothing watches, such as a resolver's of libcurl; how many there were
 * when this thread began. */
static atomic_uint num_elsewhere;
static _Thread_local unsigned num_elsewhere_before;

void memory_watch_begin(void)
{
	is_watched = true;
	has_failed = false;
	num_elsewhere_before = atomic_load(&num_elsewhere);
}

bool memory_watch_has_failed(void)
{
	return has_failed || atomic_load(&num_elsewhere) != num_elsewhere_before;
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

/* Needs no memory, and changes nothing that the failed call left. */
static void write_notice(const char *line)
{
	int kept = errno;
	ssize_t done = write(STDERR_FILENO, line, strlen(line));
	(void)done;
	errno = kept;
}

void memory_watch_answered(void)
{
	write_notice(MEMORY_NOTICE_ANSWERED);
}

static void note_failure(void)
{
	static _Thread_local bool has_noticed;
	if (is_watched ? !has_failed : !has_noticed)
		write_notice(MEMORY_NOTICE_FAILED);
	has_noticed = true;
	if (is_watched)
		has_failed = true;
	else
		atomic_fetch_add(&num_elsewhere, 1);
}

static void *note(void *memory, size_t size)
{
	if (memory == NULL && size > 0)
		note_failure();
	return memory;
}

/* Implementations that find each other by an object's pointer: ISO C has no way from that to a
 * function's. */
union function {
	void *found;
	void *(*allocate)(size_t);
	void *(*allocate_zeroed)(size_t, size_t);
	void *(*resize)(void *, size_t);
	void *(*align)(size_t, size_t);
	int (*align_to)(void **, size_t, size_t);
	int (*start)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
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

void *aligned_alloc(size_t alignment, size_t size)
{
	static union function next;
	if (next.found == NULL)
		next.found = find_next("aligned_alloc");
	return next.found != NULL ? note(next.align(alignment, size), size) : NULL;
}

void *memalign(size_t alignment, size_t size)
{
	static union function next;
	if (next.found == NULL)
		next.found = find_next("memalign");
	return next.found != NULL ? note(next.align(alignment, size), size) : NULL;
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
	static union function next;
	if (next.found == NULL)
		next.found = find_next("posix_memalign");
	int failure = next.found != NULL ? next.align_to(memory, alignment, size) : ENOMEM;
	if (failure == ENOMEM)
		note_failure();
	return failure;
}

/* The stack of a thread is mapped memory. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
		   void *context)
{
	static union function next;
	if (next.found == NULL)
		next.found = find_next("pthread_create");
	int failure = next.found != NULL ? next.start(thread, attributes, run, context) : EAGAIN;
	if (failure == EAGAIN)
		note_failure();
	return failure;
}
