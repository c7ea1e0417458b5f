/*
 * Runs a fuzz target over files without libFuzzer: each argument is a file, or a
 * folder whose files are taken. No input at all is a failure.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_BYTES ((size_t)2 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
	static uint8_t bytes[MAX_BYTES];
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		return 0;
	}
	size_t len = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	/* A block of just that size: the sanitizer sees a read behind its end. */
	uint8_t *exact = malloc(len > 0 ? len : 1);
	if (exact == NULL)
		return 0;
	memcpy(exact, bytes, len);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	return 1;
}

static int replay_folder(const char *path)
{
	int num = 0;
	DIR *folder = opendir(path);
	if (folder == NULL) {
		perror(path);
		return 0;
	}
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		char name[4096];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
		num += replay_file(name);
	}
	closedir(folder);
	return num;
}

int main(int argc, char **argv)
{
	int num = 0;
	for (int i = 1; i < argc; i++) {
		struct stat info;
		bool is_folder = stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode);
		num += is_folder ? replay_folder(argv[i]) : replay_file(argv[i]);
	}
	printf("%d inputs replayed\n", num);
	return num > 0 ? 0 : 1;
}
