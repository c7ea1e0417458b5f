/* Knows the layouts of a build tree and of an installation. */
#include "harness/config/data_paths.h"

#include "core/file.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PROGRAM_FOLDERS 3

static bool no_memory(struct error *err)
{
	return error_set(err, ERROR_UNABLE, "out of memory");
}

/* The value of a variable that is set to something, or NULL. */
static const char *find_variable(const char *name)
{
	const char *value = getenv(name);
	return value != NULL && *value != '\0' ? value : NULL;
}

static bool is_folder(const char *path)
{
	struct stat info;
	return path != NULL && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Whether the program runs out of the build tree. An installation below it, as packagers
 * make one, has its data beside the program and is none. */
static bool is_in_build_tree(const char *directory)
{
	size_t len = strlen(REVOSCOPE_BUILD_DIR);
	if (strncmp(directory, REVOSCOPE_BUILD_DIR, len) != 0 ||
	    (directory[len] != '\0' && directory[len] != '/'))
		return false;
	char *installed = file_join(directory, REVOSCOPE_DATA_FROM_BIN);
	bool is_installed = is_folder(installed);
	free(installed);
	return !is_installed;
}

/* The folder with scenarios/ and clients/. */
static char *find_data(const char *program_directory)
{
	const char *variable = find_variable("REVOSCOPE_DATA");
	if (variable != NULL)
		return strdup(variable);
	if (is_in_build_tree(program_directory))
		return strdup(REVOSCOPE_SOURCE_DIR);
	return file_join(program_directory, REVOSCOPE_DATA_FROM_BIN);
}

static bool find_programs(struct data_paths *paths, const char *program_directory)
{
	const char *variable = find_variable("REVOSCOPE_LIBEXEC");
	if (variable != NULL) {
		paths->programs[0] = strdup(variable);
		return paths->programs[0] != NULL;
	}
	if (is_in_build_tree(program_directory)) {
		paths->programs[0] = strdup(REVOSCOPE_BUILD_DIR "/clients");
		paths->programs[1] = strdup(REVOSCOPE_BUILD_DIR "/fixtures");
		return paths->programs[0] != NULL && paths->programs[1] != NULL;
	}
	paths->programs[0] = file_join(program_directory, REVOSCOPE_LIBEXEC_FROM_BIN);
	return paths->programs[0] != NULL;
}

static bool check_found(const struct data_paths *paths, struct error *err)
{
	if (!is_folder(paths->scenarios))
		return error_set(err, ERROR_UNABLE, "%s: no scenarios found (set REVOSCOPE_DATA)",
				 paths->scenarios);
	if (access(paths->classes, R_OK) != 0)
		return error_set(err, ERROR_UNABLE,
				 "%s: no client classes found (set REVOSCOPE_DATA)",
				 paths->classes);
	return true;
}

/* What need not exist. */
static void forget_absent(char **path)
{
	if (access(*path, F_OK) == 0)
		return;
	free(*path);
	*path = NULL;
}

bool data_paths_find(struct data_paths *paths, struct error *err)
{
	bool done = false;
	char *data = NULL;
	*paths = (struct data_paths){0};
	char *program_directory = file_program_directory();
	if (program_directory == NULL) {
		error_set(err, ERROR_UNABLE, "/proc is not mounted: the data cannot be found");
		goto out;
	}
	data = find_data(program_directory);
	if (data == NULL || !find_programs(paths, program_directory) ||
	    (paths->scenarios = file_join(data, "scenarios")) == NULL ||
	    (paths->classes = file_join(data, "clients/classes.yaml")) == NULL ||
	    (paths->deviations = file_join(data, "clients/deviations.yaml")) == NULL ||
	    (paths->environment = file_join(data, "clients/environment.yaml")) == NULL) {
		no_memory(err);
		goto out;
	}
	forget_absent(&paths->deviations);
	forget_absent(&paths->environment);
	done = check_found(paths, err);
out:
	free(program_directory);
	free(data);
	if (!done)
		data_paths_clear(paths);
	return done;
}

void data_paths_clear(struct data_paths *paths)
{
	if (paths == NULL)
		return;
	free(paths->scenarios);
	free(paths->classes);
	free(paths->deviations);
	free(paths->environment);
	for (size_t i = 0; i < MAX_PROGRAM_FOLDERS; i++)
		free(paths->programs[i]);
	*paths = (struct data_paths){0};
}

static bool is_program(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

char *data_paths_program(const struct data_paths *paths, const char *name, struct error *err)
{
	struct text looked;
	char *path = NULL;
	text_init(&looked, ERROR_TEXT_MAX);
	if (strchr(name, '/') != NULL) {
		if (is_program(name) && (path = strdup(name)) == NULL)
			no_memory(err);
		else if (path == NULL)
			error_set(err, ERROR_UNABLE, "%s: not a program", name);
		goto out;
	}
	for (size_t i = 0; path == NULL && paths->programs[i] != NULL; i++) {
		char *candidate = file_join(paths->programs[i], name);
		if (candidate != NULL && is_program(candidate)) {
			path = candidate;
			break;
		}
		text_append_format(&looked, "%s%s", i > 0 ? " and " : "", paths->programs[i]);
		free(candidate);
	}
	if (path == NULL)
		error_set(err, ERROR_UNABLE, "%s: no such program in %s", name,
			  text_string(&looked));
out:
	text_clear(&looked);
	return path;
}
