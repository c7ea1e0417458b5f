/* Knows an unlinked file that records are appended to and read back from. */
#include "harness/run/spool.h"

#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct spool {
	int fd;
	int64_t end;
};

static int open_unlinked(const char *directory)
{
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	/* Some file systems (NFS, older overlays) have no O_TMPFILE. */
	char *path = file_join(directory, "revoscope-spool-XXXXXX");
	fd = path != NULL ? mkostemp(path, O_CLOEXEC) : -1;
	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

static int open_temporary(struct error *err)
{
	const char *directory = getenv("TMPDIR");
	if (directory == NULL || *directory != '/')
		directory = "/tmp";
	int fd = open_unlinked(directory);
	if (fd < 0)
		error_set_errno(err, ERROR_UNABLE,
				"%s: the file for the observations cannot be created", directory);
	return fd;
}

FILE *spool_file(struct error *err)
{
	int fd = open_temporary(err);
	FILE *file = fd >= 0 ? fdopen(fd, "w+") : NULL;
	if (fd >= 0 && file == NULL) {
		error_set_errno(err, ERROR_UNABLE, "no temporary file");
		close(fd);
	}
	return file;
}

struct spool *spool_new(struct error *err)
{
	struct spool *spool = calloc(1, sizeof *spool);
	if (spool == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return NULL;
	}
	spool->fd = open_temporary(err);
	if (spool->fd < 0) {
		free(spool);
		return NULL;
	}
	return spool;
}

void spool_free(struct spool *spool)
{
	if (spool == NULL)
		return;
	close(spool->fd);
	free(spool);
}

bool spool_append(struct spool *spool, int64_t *offset, const void *bytes, size_t len,
		  struct error *err)
{
	size_t done = 0;
	while (done < len) {
		ssize_t written = pwrite(spool->fd, (const char *)bytes + done, len - done,
					 spool->end + (int64_t)done);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return error_set_errno(err, ERROR_UNABLE,
					       "the observations cannot be stored");
		done += (size_t)written;
	}
	*offset = spool->end;
	spool->end += (int64_t)len;
	return true;
}

bool spool_read(struct spool *spool, struct text *out, int64_t offset, size_t len,
		struct error *err)
{
	char block[16384];
	while (len > 0) {
		size_t wanted = len < sizeof block ? len : sizeof block;
		ssize_t got = pread(spool->fd, block, wanted, offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return error_set_errno(err, ERROR_UNABLE,
					       "the observations cannot be read");
		if (!text_append_bytes(out, block, (size_t)got))
			return error_set(err, ERROR_UNABLE, "out of memory");
		offset += got;
		len -= (size_t)got;
	}
	return true;
}
