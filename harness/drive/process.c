/* Knows how a child process is started, fed, listened to and ended. */
#include "harness/drive/process.h"

#include "core/clock.h"
#include "harness/drive/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Variables by which a user's shell would change what a stack trusts, does or writes:
 * a matrix must not depend on them. */
static const char *const unwanted[] = {
	"SSL_CERT_FILE",
	"SSL_CERT_DIR",
	"SSLKEYLOGFILE",
	"CURL_CA_BUNDLE",
	"REQUESTS_CA_BUNDLE",
	"OPENSSL_CONF",
	"OPENSSL_CONF_INCLUDE",
	"OPENSSL_MODULES",
	"OPENSSL_ENGINES",
	"GNUTLS_SYSTEM_PRIORITY_FILE",
	"GNUTLS_SYSTEM_PRIORITY_FAIL_ON_INVALID",
	"GNUTLS_KEYLOGFILE",
	"GNUTLS_DEBUG_LEVEL",
	"CURL_SSL_BACKEND",
	"NSS_DEFAULT_DB_TYPE",
	"CURL_HOME",
};
static const char *const proxies[] = {
	"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
};

void process_init(struct process *process)
{
	*process = (struct process){.pidfd = -1, .in = -1, .out = -1, .err = -1};
}

static bool names_one_of(const char *variable, const char *const *names, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		size_t len = strlen(names[i]);
		if (strncmp(variable, names[i], len) == 0 && variable[len] == '=')
			return true;
	}
	return false;
}

/* New array of borrowed strings; NULL without memory. */
static char **make_environment(bool sees_proxies)
{
	size_t num = 0;
	while (environ[num] != NULL)
		num++;
	char **environment = calloc(num + 1, sizeof *environment);
	if (environment == NULL)
		return NULL;
	size_t kept = 0;
	for (size_t i = 0; i < num; i++) {
		if (names_one_of(environ[i], unwanted, sizeof unwanted / sizeof *unwanted))
			continue;
		if (!sees_proxies &&
		    names_one_of(environ[i], proxies, sizeof proxies / sizeof *proxies))
			continue;
		environment[kept++] = environ[i];
	}
	return environment;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int spawn(pid_t *pid, const char *const *argv, const int child_fds[3], char **environment)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int status = posix_spawn_file_actions_init(&actions);
	if (status != 0)
		return status;
	status = posix_spawnattr_init(&attributes);
	if (status != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return status;
	}
	sigemptyset(&none);
	sigfillset(&all);
	for (int i = 0; i < 3 && status == 0; i++)
		status = posix_spawn_file_actions_adddup2(&actions, child_fds[i], i);
	if (status == 0)
		status = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
								       POSIX_SPAWN_SETSIGMASK |
								       POSIX_SPAWN_SETSIGDEF);
	if (status == 0)
		status = posix_spawnattr_setsigmask(&attributes, &none);
	if (status == 0)
		status = posix_spawnattr_setsigdefault(&attributes, &all);
	if (status == 0)
		status = posix_spawn(pid, argv[0], &actions, &attributes, (char *const *)argv,
				     environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return status;
}

/* Pipes that the child does not inherit: adddup2 clears the flag on the copies only.
 * An end below 3 would be overwritten by the dup2 of another, so it is moved up. */
static bool open_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		if (ends[i] > 2)
			continue;
		int moved = fcntl(ends[i], F_DUPFD_CLOEXEC, 3);
		if (moved < 0)
			return false;
		close(ends[i]);
		ends[i] = moved;
	}
	return true;
}

bool process_start(struct process *process, const char *const *argv, bool sees_proxies,
		   struct error *err)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, talk[2] = {-1, -1};
	char **environment = make_environment(sees_proxies);
	bool done = false;
	process_init(process);
	if (environment == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		goto out;
	}
	if (!open_pipe(in) || !open_pipe(out) || !open_pipe(talk)) {
		error_set_errno(err, ERROR_UNABLE, "%s: no pipe", argv[0]);
		goto out;
	}
	int status = spawn(&process->pid, argv, (int[3]){in[0], out[1], talk[1]}, environment);
	if (status != 0) {
		process->pid = 0;
		error_set(err, ERROR_UNABLE, "%s: cannot be started: %s", argv[0],
			  strerror(status));
		goto out;
	}
	process->in = in[1];
	process->out = out[0];
	process->err = talk[0];
	in[1] = out[0] = talk[0] = -1;
	process->pidfd = pidfd_open(process->pid, 0);
	process->lines = lines_new(process->out, LINE_MAX_BYTES);
	process->tail = malloc(2 * PROCESS_TAIL_MAX + 1);
	if (process->pidfd < 0 || process->lines == NULL || process->tail == NULL ||
	    fcntl(process->in, F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(process->out, F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(process->err, F_SETFL, O_NONBLOCK) != 0) {
		error_set_errno(err, ERROR_UNABLE, "%s: cannot be watched", argv[0]);
		process_stop(process, 0);
		goto out;
	}
	done = true;
out:
	for (int i = 0; i < 2; i++) {
		close_fd(&in[i]);
		close_fd(&out[i]);
		close_fd(&talk[i]);
	}
	free(environment);
	return done;
}

bool process_running(const struct process *process)
{
	return process->pid != 0 && process->wait_status == 0;
}

bool process_ended(const struct process *process)
{
	return process->pid != 0 && process->wait_status != 0;
}

static void write_pending(struct process *process)
{
	while (process->in >= 0 && process->sent < process->unsent.len) {
		ssize_t len = write(process->in, process->unsent.data + process->sent,
				    process->unsent.len - process->sent);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0 && errno == EAGAIN)
			return;
		if (len < 0) {
			close_fd(&process->in);
			return;
		}
		process->sent += (size_t)len;
	}
	text_reset(&process->unsent);
	process->sent = 0;
}

bool process_send(struct process *process, const char *bytes, size_t len)
{
	if (process->in < 0 || !text_append_bytes(&process->unsent, bytes, len))
		return false;
	write_pending(process);
	return process->in >= 0;
}

void process_poll(const struct process *process, struct pollfd *fds)
{
	bool writes = process->sent < process->unsent.len;
	bool runs = process_running(process);
	fds[0] = (struct pollfd){.fd = writes ? process->in : -1, .events = POLLOUT};
	fds[1] = (struct pollfd){.fd = process->out, .events = POLLIN};
	fds[2] = (struct pollfd){.fd = process->err, .events = POLLIN};
	fds[3] = (struct pollfd){.fd = runs ? process->pidfd : -1, .events = POLLIN};
}

static void keep_tail(struct process *process, const char *bytes, size_t len)
{
	if (len > PROCESS_TAIL_MAX) {
		bytes += len - PROCESS_TAIL_MAX;
		len = PROCESS_TAIL_MAX;
	}
	if (process->tail_len + len > 2 * PROCESS_TAIL_MAX) {
		memmove(process->tail, process->tail + process->tail_len - PROCESS_TAIL_MAX,
			PROCESS_TAIL_MAX);
		process->tail_len = PROCESS_TAIL_MAX;
	}
	memcpy(process->tail + process->tail_len, bytes, len);
	process->tail_len += len;
}

void process_drain(struct process *process)
{
	char block[16384];
	/* Bounded, so that a child that talks without end cannot hold the loop. */
	for (int i = 0; i < 16 && process->err >= 0; i++) {
		ssize_t len = read(process->err, block, sizeof block);
		if (len > 0)
			keep_tail(process, block, (size_t)len);
		else if (len == 0 || (errno != EAGAIN && errno != EINTR))
			close_fd(&process->err);
		else
			return;
	}
}

static void notice_end(struct process *process)
{
	siginfo_t info = {0};
	if (!process_running(process) ||
	    waitid(P_PIDFD, (id_t)process->pidfd, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	    info.si_pid == 0)
		return;
	/* While it is not reaped its number cannot be another's: what it left in its
	 * group can be killed safely. */
	kill(-process->pid, SIGKILL);
	waitid(P_PIDFD, (id_t)process->pidfd, &info, WEXITED);
	process->wait_status = info.si_code;
	process->wait_value = info.si_status;
	process_drain(process);
}

void process_turn(struct process *process, const struct pollfd *fds)
{
	if (fds[0].revents != 0)
		write_pending(process);
	if (fds[2].revents != 0)
		process_drain(process);
	if (fds[3].revents != 0)
		notice_end(process);
}

void process_turn_unheard(struct process *process, const struct pollfd *fds)
{
	char block[16384];
	if (fds[1].revents != 0 && read(process->out, block, sizeof block) == 0)
		close_fd(&process->out);
	process_turn(process, fds);
}

enum lines_event process_line(struct process *process, const char **line, size_t *len)
{
	if (process->lines == NULL || process->out < 0)
		return LINES_WAIT;
	return lines_next(process->lines, line, len);
}

const char *process_tail(struct process *process)
{
	if (process->tail == NULL)
		return "";
	process->tail[process->tail_len] = '\0';
	size_t skip =
		process->tail_len > PROCESS_TAIL_MAX ? process->tail_len - PROCESS_TAIL_MAX : 0;
	return process->tail + skip;
}

const char *process_end_text(const struct process *process, char *out, size_t size)
{
	if (process->wait_status == CLD_EXITED)
		snprintf(out, size, "exited with status %d", process->wait_value);
	else if (process->wait_status != 0)
		snprintf(out, size, "was ended by signal %d (%s)", process->wait_value,
			 strsignal(process->wait_value));
	else
		snprintf(out, size, "closed its output");
	return out;
}

void process_close_input(struct process *process)
{
	close_fd(&process->in);
}

/* Both pipes are emptied meanwhile, so that the child does not wait for us. A second Ctrl-C
 * ends the patience. */
static void wait_for_end(struct process *process, int grace_ms)
{
	struct deadline deadline = deadline_in_ms(grace_ms);
	while (process_running(process) && process->pidfd >= 0 && !deadline_over(deadline)) {
		struct pollfd fds[PROCESS_NUM_FDS + 1];
		process_poll(process, fds);
		fds[0].fd = -1;
		fds[PROCESS_NUM_FDS] = (struct pollfd){.fd = interrupt_fd(), .events = POLLIN};
		if (interrupt_count() > 1)
			return;
		if (poll(fds, PROCESS_NUM_FDS + 1, deadline_left_ms(deadline)) <= 0)
			continue;
		process_turn_unheard(process, fds);
	}
}

void process_stop(struct process *process, int grace_ms)
{
	process_close_input(process);
	if (process_running(process)) {
		if (grace_ms > 0)
			wait_for_end(process, grace_ms);
		if (process_running(process)) {
			kill(-process->pid, SIGKILL);
			kill(process->pid, SIGKILL);
			waitpid(process->pid, NULL, 0);
		}
	}
	close_fd(&process->pidfd);
	close_fd(&process->out);
	close_fd(&process->err);
	lines_free(process->lines);
	text_clear(&process->unsent);
	free(process->tail);
	process_init(process);
}
