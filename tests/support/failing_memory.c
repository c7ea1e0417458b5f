/*
 * For a client program whose calls of dlsym are wrapped (--wrap=dlsym): the allocation functions
 * that clients/program/memory_watch.c finds fail once, in a thread that is not the first of the
 * process. FAILING_MEMORY is the number of the allocation, from 0; the file that
 * FAILING_MEMORY_COUNT names gets how many there were.
 */
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__real_dlsym(void *handle, const char *name);
void *__wrap_dlsym(void *handle, const char *name);

static atomic_long count;
static _Atomic long failing = -1;

/* The usual function of each kind; ISO C has no way from an object's pointer to a function's. */
static union {
	void *found;
	void *(*call)(size_t);
} allocate;
static union {
	void *found;
	void *(*call)(size_t, size_t);
} allocate_zeroed;
static union {
	void *found;
	void *(*call)(void *, size_t);
} resize;

__attribute__((constructor)) static void read_number(void)
{
	const char *number = getenv("FAILING_MEMORY");
	if (number != NULL)
		failing = strtol(number, NULL, 10);
}

__attribute__((destructor)) static void write_count(void)
{
	const char *path = getenv("FAILING_MEMORY_COUNT");
	FILE *file = path != NULL ? fopen(path, "w") : NULL;
	if (file == NULL)
		return;
	fprintf(file, "%ld\n", (long)count);
	fclose(file);
}

static int fails(void)
{
	return syscall(SYS_gettid) != getpid() && atomic_fetch_add(&count, 1) == failing;
}

static void *failing_malloc(size_t size)
{
	return fails() ? NULL : allocate.call(size);
}

static void *failing_calloc(size_t num, size_t size)
{
	return fails() ? NULL : allocate_zeroed.call(num, size);
}

static void *failing_realloc(void *memory, size_t size)
{
	return fails() ? NULL : resize.call(memory, size);
}

void *__wrap_dlsym(void *handle, const char *name)
{
	static const union {
		void *(*function)(size_t);
		void *found;
	} own_malloc = {failing_malloc};
	static const union {
		void *(*function)(size_t, size_t);
		void *found;
	} own_calloc = {failing_calloc};
	static const union {
		void *(*function)(void *, size_t);
		void *found;
	} own_realloc = {failing_realloc};
	void *found = __real_dlsym(handle, name);
	if (strcmp(name, "malloc") == 0) {
		allocate.found = found;
		return own_malloc.found;
	}
	if (strcmp(name, "calloc") == 0) {
		allocate_zeroed.found = found;
		return own_calloc.found;
	}
	if (strcmp(name, "realloc") == 0) {
		resize.found = found;
		return own_realloc.found;
	}
	return found;
}
