/*
 * A child process with pipes on 0, 1 and 2: started without a shell in a process
 * group of its own, read and written without blocking, its end seen by a pidfd.
 *
 * The caller polls: process_poll says what to wait for, process_turn does what can
 * be done. Nothing here waits, except process_stop.
 */
#ifndef HARNESS_DRIVE_PROCESS_H
#define HARNESS_DRIVE_PROCESS_H

#include "core/error.h"
#include "core/lines.h"
#include "core/text.h"

#include <poll.h>
#include <sys/types.h>

#define PROCESS_NUM_FDS  4
#define PROCESS_TAIL_MAX ((size_t)8 << 10) /* bytes of stderr that are kept */

/* Open plain data, for its owner to read; all zero bytes but the descriptors means none. */
struct process {
	pid_t pid; /* 0 when none runs */
	int pidfd, in, out, err;
	struct lines *lines; /* of out */
	struct text unsent;  /* for in; bytes before `sent` are gone */
	size_t sent;
	char *tail; /* of stderr; tail_len bytes, the last PROCESS_TAIL_MAX count */
	size_t tail_len;
	int wait_status; /* CLD_EXITED, CLD_KILLED, CLD_DUMPED once ended; else 0 */
	int wait_value;  /* exit status or signal */
};

void process_init(struct process *process);

/*
 * Starts argv[0] (a path). Signals are at their defaults and unblocked in the child; no
 * other descriptor is inherited. Its environment is ours without the variables that
 * would move a TLS stack's trust, configuration or keys (SSL_CERT_FILE, SSLKEYLOGFILE,
 * OPENSSL_CONF, CURL_CA_BUNDLE, ...). http_proxy and its like are there with sees_proxies
 * alone: the lab is on this machine, and a proxy would stand between it and a client.
 */
bool process_start(struct process *process, const char *const *argv, bool sees_proxies,
		   struct error *err);

bool process_running(const struct process *process);

/* Queues bytes for stdin. False without memory, or when the child is gone. */
bool process_send(struct process *process, const char *bytes, size_t len);

/* Fills PROCESS_NUM_FDS entries; those not waited for have fd -1. */
void process_poll(const struct process *process, struct pollfd *fds);

/* Writes, collects stderr, and notes the end of the child. Lines are read by process_line. */
void process_turn(struct process *process, const struct pollfd *fds);

/* Likewise, and drops what is on stdout, so that a child that has to end does not wait for us. */
void process_turn_unheard(struct process *process, const struct pollfd *fds);

/* The next line of stdout; LINES_WAIT when there is none (or no child). */
enum lines_event process_line(struct process *process, const char **line, size_t *len);

/* Whether the child has ended and was reaped; wait_status and wait_value are set. */
bool process_ended(const struct process *process);

/* Reads what is left of stderr, without waiting. */
void process_drain(struct process *process);

/* The last bytes of stderr as text, NUL-terminated, never NULL. Borrowed. */
const char *process_tail(struct process *process);

/* "was ended by signal 11 (Segmentation fault)", "exited with status 3". Returns out. */
const char *process_end_text(const struct process *process, char *out, size_t size);

/* Closes stdin: a well-behaved child ends by itself. */
void process_close_input(struct process *process);

/* Waits up to grace_ms for the end, then kills the whole group; reaps; frees. Harmless when none
 * runs. */
void process_stop(struct process *process, int grace_ms);

#endif
