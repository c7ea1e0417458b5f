/* Knows where Linux says how long a thread waited for a processor. */
#include "clients/net/lateness.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

int64_t lateness_us(void)
{
	char line[128];
	int64_t ran_ns, waited_ns;
	int fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd >= 0 ? read(fd, line, sizeof line - 1) : -1;
	if (fd >= 0)
		close(fd);
	if (len <= 0)
		return -1;
	line[len] = '\0';
	if (sscanf(line, "%" SCNd64 " %" SCNd64, &ran_ns, &waited_ns) != 2)
		return -1;
	return waited_ns / 1000;
}

int64_t lateness_since_us(int64_t before_us)
{
	int64_t now_us = lateness_us();
	return before_us >= 0 && now_us >= before_us ? now_us - before_us : -1;
}
