/* Knows how files are read with a limit and written without leaving half of one. */
#include "core/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* With its size, where that is known before it is read. */
static bool refuse_size(const char *path, const struct stat *info, size_t max, struct error *err)
{
	if (S_ISREG(info->st_mode) && info->st_size > 0)
		return error_set(err, ERROR_USAGE,
				 "%s: its %lld bytes are more than the %zu bytes allowed here",
				 path, (long long)info->st_size, max);
	return error_set(err, ERROR_USAGE, "%s: larger than the %zu bytes allowed here", path, max);
}

bool file_read(struct text *out, const char *path, size_t max, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(err, ERROR_USAGE, "%s", path);
	bool done = false;
	struct stat info = {0};
	if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
		error_set(err, ERROR_USAGE, "%s: is a directory, not a file", path);
		goto out;
	}
	char block[65536];
	for (;;) {
		ssize_t len = read(fd, block, sizeof block);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0) {
			error_set_errno(err, ERROR_USAGE, "%s: cannot be read", path);
			goto out;
		}
		if (len == 0)
			break;
		if (out->len + (size_t)len > max || !text_append_bytes(out, block, (size_t)len)) {
			refuse_size(path, &info, max, err);
			goto out;
		}
	}
	done = true;
out:
	close(fd);
	return done;
}

bool file_writer_open(struct file_writer *writer, const char *path, struct error *err)
{
	*writer = (struct file_writer){0};
	if (strcmp(path, "-") == 0) {
		writer->stream = stdout;
		return true;
	}
	struct stat info;
	bool exists = stat(path, &info) == 0;
	if (exists && S_ISDIR(info.st_mode))
		return error_set(err, ERROR_USAGE, "%s: is a directory, not a file", path);
	/* A terminal, a pipe, /dev/stdout: renaming would put a file in its place. */
	if (exists && !S_ISREG(info.st_mode)) {
		writer->path = strdup(path);
		writer->stream = writer->path != NULL ? fopen(path, "we") : NULL;
		if (writer->stream != NULL)
			return true;
		error_set_errno(err, ERROR_UNABLE, "%s: cannot be written", path);
		file_writer_abort(writer);
		return false;
	}
	size_t size = strlen(path) + sizeof ".XXXXXX";
	writer->path = strdup(path);
	writer->temporary = malloc(size);
	if (writer->path == NULL || writer->temporary == NULL) {
		file_writer_abort(writer);
		return error_set(err, ERROR_UNABLE, "out of memory");
	}
	snprintf(writer->temporary, size, "%s.XXXXXX", path);
	int fd = mkostemp(writer->temporary, O_CLOEXEC);
	if (fd < 0) {
		error_set_errno(err, ERROR_UNABLE, "%s: cannot be written", path);
		free(writer->temporary);
		writer->temporary = NULL;
		file_writer_abort(writer);
		return false;
	}
	/* mkostemp makes the file private; a report has the user's usual rights. */
	mode_t mask = umask(0);
	umask(mask);
	if (fchmod(fd, 0666 & ~mask) != 0 || (writer->stream = fdopen(fd, "w")) == NULL) {
		error_set_errno(err, ERROR_UNABLE, "%s: cannot be written", path);
		close(fd);
		file_writer_abort(writer);
		return false;
	}
	return true;
}

bool file_writer_commit(struct file_writer *writer, struct error *err)
{
	const char *shown = writer->path != NULL ? writer->path : "standard output";
	bool written = fflush(writer->stream) == 0 && !ferror(writer->stream);
	if (writer->temporary == NULL) {
		if (!written)
			error_set_errno(err, ERROR_UNABLE, "%s: cannot be written", shown);
		file_writer_abort(writer);
		return written;
	}
	if (written)
		written = fsync(fileno(writer->stream)) == 0;
	if (fclose(writer->stream) != 0)
		written = false;
	writer->stream = NULL;
	if (written)
		written = rename(writer->temporary, writer->path) == 0;
	if (!written) {
		error_set_errno(err, ERROR_UNABLE, "%s: cannot be written", shown);
		file_writer_abort(writer);
		return false;
	}
	free(writer->temporary);
	writer->temporary = NULL;
	file_writer_abort(writer);
	return true;
}

void file_writer_abort(struct file_writer *writer)
{
	if (writer->stream != NULL && writer->stream != stdout)
		fclose(writer->stream);
	if (writer->temporary != NULL)
		unlink(writer->temporary);
	free(writer->temporary);
	free(writer->path);
	*writer = (struct file_writer){0};
}

bool file_write(const char *path, const void *bytes, size_t len, struct error *err)
{
	struct file_writer writer;
	if (!file_writer_open(&writer, path, err))
		return false;
	fwrite(bytes, 1, len, writer.stream);
	return file_writer_commit(&writer, err);
}

char *file_join(const char *directory, const char *name)
{
	size_t size = strlen(directory) + strlen(name) + 2;
	char *path = malloc(size);
	if (path != NULL)
		snprintf(path, size, "%s/%s", directory, name);
	return path;
}

char *file_program_directory(void)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
	if (len <= 0)
		return NULL;
	path[len] = '\0';
	char *slash = strrchr(path, '/');
	if (slash == NULL)
		return NULL;
	*slash = '\0';
	return strdup(path);
}

static void remove_entries(int directory_fd, int depth)
{
	DIR *directory = fdopendir(directory_fd);
	if (directory == NULL) {
		close(directory_fd);
		return;
	}
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(directory), entry->d_name, 0) == 0 || depth == 0)
			continue;
		int fd = openat(dirfd(directory), entry->d_name,
				O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			continue;
		remove_entries(fd, depth - 1);
		unlinkat(dirfd(directory), entry->d_name, AT_REMOVEDIR);
	}
	closedir(directory);
}

void file_remove_tree(const char *directory)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	remove_entries(fd, 8);
	rmdir(directory);
}
