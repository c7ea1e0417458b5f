/*
 * Files as the program needs them: read whole with a limit, written under a
 * temporary name and renamed, found beside the program or where it was installed.
 */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include "core/error.h"
#include "core/text.h"

#include <stdbool.h>
#include <stdio.h>

/* Reads a regular file (or a pipe) of at most max bytes into out, which the caller
 * initialized. A directory or a larger file is an ERROR_USAGE that names it. */
bool file_read(struct text *out, const char *path, size_t max, struct error *err);

/* A file that appears under its final name only when it is complete. */
struct file_writer {
	FILE *stream; /* where to write; owned */
	char *path;
	char *temporary; /* NULL when writing to standard output, a device or a pipe */
};

/* path "-" is standard output. What is there and no regular file is written to as it is. */
bool file_writer_open(struct file_writer *writer, const char *path, struct error *err);

/* Flushes, looks for write errors, renames. On failure nothing is left under path. */
bool file_writer_commit(struct file_writer *writer, struct error *err);

/* Gives up and removes the temporary file; harmless after a commit. */
void file_writer_abort(struct file_writer *writer);

/* Writes bytes to path in the way of file_writer. */
bool file_write(const char *path, const void *bytes, size_t len, struct error *err);

/* "a/b" in new memory, which the caller frees; NULL without memory. */
char *file_join(const char *directory, const char *name);

/* The directory of the running program, in new memory; NULL when /proc is not there. */
char *file_program_directory(void);

/* Removes a directory with the plain files and directories in it. Never follows links. */
void file_remove_tree(const char *directory);

#endif
