/*
 * For a client program whose calls of dlsym are wrapped (--wrap=dlsym): the allocation functions
 * that clients/program/memory_watch.c finds fail once, in a thread that is not the first of the
 * process; to start a thread counts as an allocation. FAILING_MEMORY is its number, from 0; the
 * file that FAILING_MEMORY_COUNT names gets how many there were.
 */
#include <errno.h>
#include <pthread.h>
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
static union {
	void *found;
	void *(*call)(size_t, size_t);
} align, align_old;
static union {
	void *found;
	int (*call)(void **, size_t, size_t);
} align_to;
static union {
	void *found;
	int (*call)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
} start;

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

static void *failing_aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : align.call(alignment, size);
}

static void *failing_memalign(size_t alignment, size_t size)
{
	return fails() ? NULL : align_old.call(alignment, size);
}

static int failing_posix_memalign(void **memory, size_t alignment, size_t size)
{
	return fails() ? ENOMEM : align_to.call(memory, alignment, size);
}

static int failing_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
				  void *(*run)(void *), void *context)
{
	return fails() ? EAGAIN : start.call(thread, attributes, run, context);
}

union function {
	void *found;
	void *(*allocate)(size_t);
	void *(*allocate_zeroed)(size_t, size_t);
	void *(*resize)(void *, size_t);
	int (*align_to)(void **, size_t, size_t);
	int (*start)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
};

/* Called before the address sanitizer has begun. */
__attribute__((no_sanitize_address)) void *__wrap_dlsym(void *handle, const char *name)
{
	const struct {
		const char *name;
		void **usual;
		union function own;
	} functions[] = {
		{"malloc", &allocate.found, {.allocate = failing_malloc}},
		{"calloc", &allocate_zeroed.found, {.allocate_zeroed = failing_calloc}},
		{"realloc", &resize.found, {.resize = failing_realloc}},
		{"aligned_alloc", &align.found, {.allocate_zeroed = failing_aligned_alloc}},
		{"memalign", &align_old.found, {.allocate_zeroed = failing_memalign}},
		{"posix_memalign", &align_to.found, {.align_to = failing_posix_memalign}},
		{"pthread_create", &start.found, {.start = failing_pthread_create}},
	};
	void *found = __real_dlsym(handle, name);
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		if (strcmp(name, functions[i].name) == 0) {
			*functions[i].usual = found;
			return functions[i].own.found;
		}
	}
	return found;
}
