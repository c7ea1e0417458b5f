/* Knows the trusted roots, parsed once per file: the system's bundle takes longer to
 * parse than many handshakes. */
#include "clients/openssl/session.h"

#include "core/file.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TRUST_MAX_LEN ((size_t)16 << 20)
#define MOST_ENTRIES  32

struct cached {
	char *path;
	X509_STORE *store;
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct cached entries[MOST_ENTRIES]; /* under lock, as all below */
static size_t next_victim;

static bool is_same_file(const struct cached *entry, const struct stat *info)
{
	return entry->device == info->st_dev && entry->inode == info->st_ino &&
	       entry->size == info->st_size && entry->changed.tv_sec == info->st_mtim.tv_sec &&
	       entry->changed.tv_nsec == info->st_mtim.tv_nsec;
}

static void clear_entry(struct cached *entry)
{
	free(entry->path);
	X509_STORE_free(entry->store);
	*entry = (struct cached){0};
}

static bool add_all(X509_STORE *store, const struct text *pem, const char *path, struct error *err)
{
	BIO *bio = BIO_new_mem_buf(text_string(pem), (int)pem->len);
	size_t num = 0;
	X509 *certificate;
	while (bio != NULL &&
	       (certificate = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL)) != NULL) {
		num += X509_STORE_add_cert(store, certificate) == 1;
		X509_free(certificate);
	}
	BIO_free(bio);
	ERR_clear_error();
	if (num == 0)
		return error_set(err, ERROR_USAGE, "%s: no certificate in it", path);
	return true;
}

static X509_STORE *read_store(const char *path, struct error *err)
{
	struct text pem;
	text_init(&pem, TRUST_MAX_LEN);
	X509_STORE *store = X509_STORE_new();
	if (store == NULL)
		error_set(err, ERROR_UNABLE, "out of memory");
	if (store == NULL || !file_read(&pem, path, TRUST_MAX_LEN, err) ||
	    !add_all(store, &pem, path, err)) {
		X509_STORE_free(store);
		store = NULL;
	}
	text_clear(&pem);
	return store;
}

static struct cached *find_entry(const char *path)
{
	for (size_t i = 0; i < MOST_ENTRIES; i++)
		if (entries[i].path != NULL && strcmp(entries[i].path, path) == 0)
			return &entries[i];
	return NULL;
}

/* The store of an entry that is current, made so if need be. Borrowed. */
static X509_STORE *current_store(const char *path, const struct stat *info, struct error *err)
{
	struct cached *entry = find_entry(path);
	if (entry != NULL && is_same_file(entry, info))
		return entry->store;
	X509_STORE *store = read_store(path, err);
	if (store == NULL)
		return NULL;
	if (entry == NULL) {
		entry = &entries[next_victim];
		next_victim = (next_victim + 1) % MOST_ENTRIES;
	}
	clear_entry(entry);
	*entry = (struct cached){
		.path = strdup(path),
		.store = store,
		.device = info->st_dev,
		.inode = info->st_ino,
		.size = info->st_size,
		.changed = info->st_mtim,
	};
	return store;
}

X509_STORE *trust_take(const char *path, struct error *err)
{
	struct stat info;
	if (stat(path, &info) != 0) {
		error_set_errno(err, ERROR_USAGE, "%s", path);
		return NULL;
	}
	pthread_mutex_lock(&lock);
	X509_STORE *store = current_store(path, &info, err);
	if (store != NULL)
		X509_STORE_up_ref(store);
	pthread_mutex_unlock(&lock);
	return store;
}

void trust_forget(void)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < MOST_ENTRIES; i++)
		clear_entry(&entries[i]);
	pthread_mutex_unlock(&lock);
}
