/* Knows the signals that end a run. */
#include "harness/drive/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static int signal_fd = -1;
static int num_seen;

static void fill(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
}

bool interrupt_start(struct error *err)
{
	sigset_t set;
	fill(&set);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return error_set_errno(err, ERROR_UNABLE, "signals cannot be blocked");
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signal_fd < 0)
		return error_set_errno(err, ERROR_UNABLE, "signals cannot be watched");
	num_seen = 0;
	return true;
}

int interrupt_fd(void)
{
	return signal_fd;
}

int interrupt_count(void)
{
	struct signalfd_siginfo info;
	while (signal_fd >= 0 && read(signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
		num_seen++;
	return num_seen;
}

void interrupt_stop(void)
{
	if (signal_fd < 0)
		return;
	sigset_t set;
	fill(&set);
	interrupt_count();
	close(signal_fd);
	signal_fd = -1;
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
