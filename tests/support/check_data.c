/*
 * Reads the data of the project as a run would, and prints its faults or what there
 * is: check-data [-v] [SCENARIO-FILE-OR-FOLDER... [-- CLASSES [DEVIATIONS]]]. Without a
 * path it reads what revoscope itself would find.
 */
#include "harness/config/class.h"
#include "harness/config/data_paths.h"
#include "harness/config/expectation.h"
#include "harness/config/scenario.h"
#include "harness/config/class_read.h"
#include "harness/config/scenario_read.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool read_scenarios(const char *path, bool is_verbose)
{
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	struct stat info;
	bool is_directory = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
	bool done = is_directory ? scenario_read_trees(&list, &path, 1, &err)
				 : scenario_read_file(&list, path, &err);
	if (!done)
		fprintf(stderr, "%s\n", err.text);
	for (size_t i = 0; is_verbose && i < list.num; i++)
		printf("%-12s %-32s %s\n", list.items[i].family, list.items[i].id,
		       list.items[i].title);
	if (done)
		printf("%s: %zu scenarios\n", path, list.num);
	scenario_list_clear(&list);
	return done;
}

static bool read_classes(const char *path, bool is_verbose)
{
	struct class_file file;
	struct error err = ERROR_INIT;
	if (!class_file_read(&file, path, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	for (size_t i = 0; is_verbose && i < file.num_classes; i++)
		printf("%-32s %s\n", file.classes[i].id, file.classes[i].title);
	printf("%s: %zu stacks, %zu policies, %zu classes\n", path, file.num_stacks,
	       file.num_policies, file.num_classes);
	class_file_clear(&file);
	return true;
}

static bool read_deviations(const char *path)
{
	struct expectation_list list = {0};
	struct error err = ERROR_INIT;
	bool done = expectation_read_deviations(&list, path, &err);
	if (done)
		printf("%s: %zu deviations\n", path, list.num);
	else
		fprintf(stderr, "%s\n", err.text);
	expectation_list_clear(&list);
	return done;
}

static bool read_found(bool is_verbose)
{
	struct data_paths paths;
	struct error err = ERROR_INIT;
	if (!data_paths_find(&paths, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	bool done = read_scenarios(paths.scenarios, is_verbose);
	done = read_classes(paths.classes, is_verbose) && done;
	if (paths.deviations != NULL)
		done = read_deviations(paths.deviations) && done;
	data_paths_clear(&paths);
	return done;
}

int main(int argc, char **argv)
{
	bool done = true, is_verbose = false;
	int i = 1;
	if (i < argc && strcmp(argv[i], "-v") == 0) {
		is_verbose = true;
		i++;
	}
	if (i == argc)
		return read_found(is_verbose) ? 0 : 2;
	for (; i < argc && strcmp(argv[i], "--") != 0; i++)
		done = read_scenarios(argv[i], is_verbose) && done;
	if (i + 1 < argc)
		done = read_classes(argv[i + 1], is_verbose) && done;
	if (i + 2 < argc)
		done = read_deviations(argv[i + 2]) && done;
	return done ? 0 : 2;
}
