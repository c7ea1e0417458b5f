/* Knows where Linux says whether a process runs, and how long its threads waited for a processor.
 */
#include "core/process_lateness.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The first bytes of a file in a folder, as a string; "" when it cannot be read. */
static const char *read_start(char *out, size_t size, int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd >= 0 ? read(fd, out, size - 1) : -1;
	if (fd >= 0)
		close(fd);
	out[len > 0 ? len : 0] = '\0';
	return out;
}

int64_t process_lateness_us(pid_t pid)
{
	char path[300], line[128];
	int64_t sum_us = -1, ran_ns, waited_ns;
	snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
	DIR *folder = opendir(path);
	const struct dirent *entry;
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		snprintf(path, sizeof path, "%s/schedstat", entry->d_name);
		read_start(line, sizeof line, dirfd(folder), path);
		if (sscanf(line, "%" SCNd64 " %" SCNd64, &ran_ns, &waited_ns) == 2)
			sum_us = (sum_us > 0 ? sum_us : 0) + waited_ns / 1000;
	}
	if (folder != NULL)
		closedir(folder);
	return sum_us;
}

bool process_lateness_is_stopped(pid_t pid)
{
	char path[64], line[256];
	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	read_start(line, sizeof line, AT_FDCWD, path);
	/* The name before the state may hold anything. */
	const char *state = strrchr(line, ')');
	return state != NULL && (strncmp(state, ") T", 3) == 0 || strncmp(state, ") t", 3) == 0);
}
