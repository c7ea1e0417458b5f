/* Knows the folders of scenarios: which files they have, and in what order they are read. */
#include "harness/config/scenario_read.h"

#include "core/file.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_DEPTH 4
#define MAX_FILES 4096

/* The order of scenarios/README.md: from what works to what is attacked. */
static const char *const families[] = {"healthy", "staple", "must-staple", "responder", "crl",
				       "chain",   "attack", "protocol",    "timing"};

#define NUM_FAMILIES (sizeof families / sizeof families[0])

/* Part of a path; not terminated. */
struct span {
	const char *start;
	size_t len;
};

static int compare_spans(struct span a, struct span b)
{
	int order = memcmp(a.start, b.start, a.len < b.len ? a.len : b.len);
	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

/* The last part of a path of len bytes. */
static struct span last_part(const char *path, size_t len)
{
	size_t start = len;
	while (start > 0 && path[start - 1] != '/')
		start--;
	return (struct span){path + start, len - start};
}

static struct span family_span(const char *path)
{
	struct span name = last_part(path, strlen(path));
	size_t len = (size_t)(name.start - path);
	return last_part(path, len > 0 ? len - 1 : 0);
}

static struct span id_span(const char *path)
{
	struct span name = last_part(path, strlen(path));
	name.len -= name.len >= 5 ? 5 : 0; /* ".yaml" */
	return name;
}

static size_t family_rank(struct span family)
{
	for (size_t i = 0; i < NUM_FAMILIES; i++)
		if (strlen(families[i]) == family.len &&
		    memcmp(families[i], family.start, family.len) == 0)
			return i;
	return NUM_FAMILIES;
}

static int compare_paths(const void *a, const void *b)
{
	const char *one = *(char *const *)a, *other = *(char *const *)b;
	struct span family_one = family_span(one), family_other = family_span(other);
	size_t rank_one = family_rank(family_one), rank_other = family_rank(family_other);
	if (rank_one != rank_other)
		return rank_one < rank_other ? -1 : 1;
	int order = compare_spans(family_one, family_other);
	if (order == 0)
		order = compare_spans(id_span(one), id_span(other));
	return order != 0 ? order : strcmp(one, other);
}

static bool has_yaml_name(const char *name)
{
	size_t len = strlen(name);
	return len > 5 && strcmp(name + len - 5, ".yaml") == 0;
}

/* Takes over path. */
static bool add_path(struct words *paths, char *path, struct error *err)
{
	char **items = NULL;
	if (paths->num == MAX_FILES)
		error_set(err, ERROR_USAGE, "%s: more than %d scenario files", path, MAX_FILES);
	else if ((items = reallocarray(paths->items, paths->num + 1, sizeof(*items))) == NULL)
		error_set(err, ERROR_UNABLE, "out of memory");
	if (items == NULL) {
		free(path);
		return false;
	}
	paths->items = items;
	items[paths->num++] = path;
	return true;
}

static bool find_below(struct words *paths, const char *directory, int depth, struct error *err)
{
	bool done = true;
	DIR *stream = opendir(directory);
	if (stream == NULL)
		return error_set_errno(err, ERROR_USAGE, "%s", directory);
	for (struct dirent *entry; done && (entry = readdir(stream)) != NULL;) {
		struct stat info;
		if (entry->d_name[0] == '.')
			continue;
		char *path = file_join(directory, entry->d_name);
		if (path == NULL) {
			done = error_set(err, ERROR_UNABLE, "out of memory");
			break;
		}
		bool is_directory = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
		if (is_directory && depth < MAX_DEPTH)
			done = find_below(paths, path, depth + 1, err);
		if (!is_directory && has_yaml_name(entry->d_name))
			done = add_path(paths, path, err);
		else
			free(path);
	}
	closedir(stream);
	return done;
}

bool scenario_find_files(struct words *paths, const char *directory, struct error *err)
{
	size_t first = paths->num;
	size_t len = strlen(directory);
	/* A slash at the end would be doubled in every message. */
	while (len > 1 && directory[len - 1] == '/')
		len--;
	char *shown = strndup(directory, len);
	if (shown == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	bool done = find_below(paths, shown, 0, err);
	free(shown);
	if (!done)
		return false;
	if (paths->num == first)
		return error_set(err, ERROR_USAGE, "%s: no scenario file (*.yaml) here", directory);
	qsort(paths->items + first, paths->num - first, sizeof(*paths->items), compare_paths);
	return true;
}

bool scenario_check_unique(const struct scenario_list *list, struct error *err)
{
	bool done = true;
	for (size_t i = 1; i < list->num; i++) {
		const struct scenario *later = &list->items[i];
		/* The variants of one file are adjacent: one comparison per file is enough. */
		if (strcmp(list->items[i - 1].file, later->file) == 0)
			continue;
		size_t len = scenario_plain_len(later->id);
		for (size_t k = 0; k < i; k++) {
			const struct scenario *earlier = &list->items[k];
			if (scenario_plain_len(earlier->id) != len ||
			    memcmp(earlier->id, later->id, len) != 0)
				continue;
			done = error_add(err, ERROR_USAGE,
					 "%s:1:1: duplicate id '%.*s', first defined in %s",
					 later->file, (int)len, later->id, earlier->file);
			break;
		}
	}
	return done;
}

/* A file that will be read, and the one of an earlier folder that it overrides. */
struct found {
	char *path;      /* owned */
	char *overrides; /* owned; NULL: none */
};

struct finds {
	struct found *items;
	size_t num;
};

static void finds_clear(struct finds *finds)
{
	for (size_t i = 0; i < finds->num; i++) {
		free(finds->items[i].path);
		free(finds->items[i].overrides);
	}
	free(finds->items);
	*finds = (struct finds){0};
}

static int compare_finds(const void *a, const void *b)
{
	return compare_paths(&((const struct found *)a)->path, &((const struct found *)b)->path);
}

/* Takes a file of a later folder: whatever has its id among the first num gives way to it. */
static bool take_find(struct finds *finds, size_t *num, char *path)
{
	struct found *items = reallocarray(finds->items, finds->num + 1, sizeof *items);
	if (items == NULL) {
		free(path);
		return false;
	}
	finds->items = items;
	struct found found = {.path = path};
	for (size_t i = 0; i < *num;) {
		if (compare_spans(id_span(items[i].path), id_span(path)) != 0) {
			i++;
			continue;
		}
		free(items[i].overrides);
		free(found.overrides);
		found.overrides = items[i].path;
		memmove(&items[i], &items[i + 1], (--finds->num - i) * sizeof *items);
		--*num;
	}
	items[finds->num++] = found;
	return true;
}

static bool find_in(struct finds *finds, const char *directory, struct error *err)
{
	struct words paths = {0};
	size_t num_earlier = finds->num;
	bool done = scenario_find_files(&paths, directory, err);
	for (size_t i = 0; done && i < paths.num; i++) {
		done = take_find(finds, &num_earlier, paths.items[i]);
		paths.items[i] = NULL;
		if (!done)
			error_set(err, ERROR_UNABLE, "out of memory");
	}
	words_clear(&paths);
	return done;
}

bool scenario_read_file(struct scenario_list *list, const char *path, struct error *err)
{
	struct yaml *yaml = yaml_load(path, err);
	if (yaml == NULL)
		return false;
	bool done = scenario_read_yaml(list, yaml, path, err);
	yaml_free(yaml);
	return done;
}

static bool read_find(struct scenario_list *list, const struct found *found, struct error *err)
{
	size_t first = list->num;
	if (!scenario_read_file(list, found->path, err))
		return false;
	for (size_t i = first; found->overrides != NULL && i < list->num; i++)
		if ((list->items[i].overrides = strdup(found->overrides)) == NULL)
			return error_set(err, ERROR_UNABLE, "out of memory");
	return true;
}

bool scenario_read_trees(struct scenario_list *list, const char *const *directories, size_t num,
			 struct error *err)
{
	struct finds finds = {0};
	bool done = true;
	for (size_t i = 0; i < num; i++)
		done = find_in(&finds, directories[i], err) && done;
	if (done && finds.num > 1)
		qsort(finds.items, finds.num, sizeof *finds.items, compare_finds);
	bool is_found = done;
	for (size_t i = 0; is_found && i < finds.num; i++)
		done = read_find(list, &finds.items[i], err) && done;
	finds_clear(&finds);
	return done && scenario_check_unique(list, err);
}
