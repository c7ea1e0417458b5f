/* Knows the benchmark's loop: connect, handshake, close, COUNT times, and what it cost. */
#include "tests/bench/floor.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int connect_loopback(int port)
{
	int on = 1;
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int64_t wall_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t cpu_us(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
	       usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

/* floor-STACK PORT SERVER-NAME TRUST COUNT check|no-check fresh|shared */
int main(int argc, char **argv)
{
	if (argc != 7) {
		fprintf(stderr, "usage: %s PORT NAME TRUST COUNT check|no-check fresh|shared\n",
			argv[0]);
		return 2;
	}
	int port = (int)strtol(argv[1], NULL, 10);
	long count = strtol(argv[4], NULL, 10);
	bool fresh = strcmp(argv[6], "fresh") == 0;
	struct floor_options options = {
		.server_name = argv[2],
		.trust = argv[3],
		.check = strcmp(argv[5], "check") == 0,
	};
	int64_t wall = wall_us();
	int64_t cpu = cpu_us();

	for (long i = 0; i < count; i++) {
		if ((fresh || i == 0) && !floor_open(&options)) {
			fprintf(stderr, "%s: no context\n", argv[0]);
			return 1;
		}
		int fd = connect_loopback(port);
		if (fd < 0 || !floor_handshake(&options, fd)) {
			fprintf(stderr, "%s: handshake %ld failed\n", argv[0], i);
			return 1;
		}
		close(fd);
		if (fresh || i == count - 1)
			floor_close();
	}
	printf("{\"count\": %ld, \"wall_us\": %lld, \"cpu_us\": %lld}\n", count,
	       (long long)(wall_us() - wall), (long long)(cpu_us() - cpu));
	return 0;
}
