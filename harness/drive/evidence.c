/* Knows where the evidence of an attempt lies. */
#include "harness/drive/evidence.h"

#include "core/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void append_name(struct text *path, const char *name, bool may_nest)
{
	static const char fine[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@:[]";
	/* A leading dot would make "..", or hide the folder. */
	text_append(path, name[0] == '.' ? "/_" : "/");
	for (const char *p = name[0] == '.' ? name + 1 : name; *p != '\0'; p++) {
		bool as_is = strchr(fine, *p) != NULL || (may_nest && *p == '/');
		text_append_bytes(path, as_is ? p : "_", 1);
	}
}

static bool make_folders(char *path, struct error *err)
{
	for (char *p = path + 1;; p++) {
		if (*p != '/' && *p != '\0')
			continue;
		char kept = *p;
		*p = '\0';
		if (mkdir(path, 0777) != 0 && errno != EEXIST)
			return error_set_errno(err, ERROR_UNABLE,
					       "%s: the evidence directory cannot be created",
					       path);
		*p = kept;
		if (kept == '\0')
			return true;
	}
}

char *evidence_folder(const char *directory, const char *row, const char *class, int attempt,
		      struct error *err)
{
	char *folder = NULL;
	struct text path;
	text_init(&path, 4096);
	text_append(&path, directory);
	append_name(&path, row, false);
	append_name(&path, class, true);
	if (attempt > 0)
		text_append_format(&path, "/%d", attempt);
	if (path.failed || path.data == NULL)
		error_set(err, ERROR_UNABLE, "%s: the path of the evidence is too long", directory);
	else if (make_folders(path.data, err) && (folder = realpath(path.data, NULL)) == NULL)
		error_set_errno(err, ERROR_UNABLE, "%s", path.data);
	text_clear(&path);
	return folder;
}

bool evidence_keep(const char *folder, const char *name, const void *bytes, size_t len,
		   struct error *err)
{
	char *path = file_join(folder, name);
	bool done = path != NULL && file_write(path, bytes, len, err);
	if (path == NULL)
		error_set(err, ERROR_UNABLE, "out of memory");
	free(path);
	return done;
}

bool evidence_keep_json(const char *folder, const char *name, const json_t *object,
			struct error *err)
{
	char *bytes = json_dumps(object, JSON_INDENT(2) | JSON_SORT_KEYS);
	if (bytes == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	struct text whole;
	text_init(&whole, 0);
	text_append_format(&whole, "%s\n", bytes);
	free(bytes);
	bool done = evidence_keep(folder, name, text_string(&whole), whole.len, err);
	text_clear(&whole);
	return done;
}
