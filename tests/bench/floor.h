/*
 * The floor of the benchmark: the least code that does one handshake and one check
 * of a staple with a stack. One floor_<stack>.c each; floor.c is the loop.
 */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <stdbool.h>

struct floor_options {
	const char *server_name;
	const char *trust; /* PEM file */
	bool check;        /* ask for a staple and demand a good one */
};

/* Makes the context that one or many handshakes share: trust, settings. */
bool floor_open(const struct floor_options *options);
void floor_close(void);

/* One handshake over the connected blocking socket, chain and name verified, and with
 * `check` a staple that is authentic, current and good. False when any of it fails. */
bool floor_handshake(const struct floor_options *options, int fd);

#endif
