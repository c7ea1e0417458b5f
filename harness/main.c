/* Knows how a command is chosen, and that lost output is no success. */
#include "core/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/failure.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_help(FILE *out)
{
	fputs("Usage: revoscope COMMAND [OPTION...] [WORD...]\nWhen revocation status goes wrong, "
	      "which of your TLS clients connect, which warn, which reject?\n\n",
	      out);
	for (size_t i = 0; i < num_commands; i++)
		fprintf(out, "  %-9s %s\n", command_table[i].name, command_table[i].text);
	fputs("\nExamples:\n  revoscope run                        the whole matrix, in the lab on "
	      "this machine\n  revoscope run must-staple            one family of scenarios\n  "
	      "revoscope probe example.org          a server on the network\n  revoscope retest    "
	      "                 repeat the last run and compare\n  revoscope explain "
	      "openssl/hard-fail  what that client class does\n  revoscope lab stale               "
	      "   test your own client with a stale staple\n\n`revoscope COMMAND --help` says "
	      "more.\nExit status: 0 as expected, 1 a finding, 2 wrong usage, 3 the work could not "
	      "be done.\n",
	      out);
}

/* A descriptor that the caller closed would be taken by the next file opened, and get what is
 * meant for a terminal. A closed output is opened so that writing to it fails. */
static bool open_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		int opened = open("/dev/null", fd == 1 ? O_RDONLY : O_RDWR);
		if (opened != fd)
			return false;
	}
	return true;
}

/* What was printed must have arrived. */
static int check_output(int status)
{
	if (!ferror(stdout) && fflush(stdout) == 0)
		return status;
	fputs("revoscope: standard output cannot be written\n", stderr);
	return EXIT_UNABLE;
}

static int unknown_command(const char *word)
{
	struct text visible;
	const char **names = calloc(num_commands + 1, sizeof *names);
	for (size_t i = 0; names != NULL && i < num_commands; i++)
		names[i] = command_table[i].name;
	const char *nearest = names != NULL ? text_nearest(word, names, num_commands) : NULL;
	text_init(&visible, 0);
	text_append_visible(&visible, word, strlen(word));
	fprintf(stderr, "revoscope: unknown command '%s'%s%s%s\n", text_string(&visible),
		nearest != NULL ? "; did you mean '" : " (revoscope --help lists them)",
		nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
	text_clear(&visible);
	free(names);
	return EXIT_USAGE;
}

static int do_command(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	char *word = argv[1];
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
		puts("revoscope " REVOSCOPE_VERSION);
		return 0;
	}
	bool wants_help = strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
			  strcmp(word, "-?") == 0 || strcmp(word, "help") == 0;
	static char help[] = "--help";
	if (wants_help && argc < 3) {
		print_help(stdout);
		return 0;
	}
	/* `revoscope help run` is `revoscope run --help`. */
	if (wants_help) {
		word = argv[2];
		argv[1] = argv[2];
		argv[2] = help;
		argc = 3;
	}
	for (size_t i = 0; i < num_commands; i++) {
		if (strcmp(command_table[i].name, word) != 0)
			continue;
		char name[32];
		snprintf(name, sizeof name, "revoscope %s", command_table[i].name);
		argv[1] = name;
		return command_table[i].run(argc - 1, argv + 1);
	}
	return unknown_command(word);
}

int main(int argc, char **argv)
{
	if (!open_standard_descriptors())
		return EXIT_UNABLE;
	/* A file beyond the limit of sizes (ulimit -f) is a failed write, and does not end the
	 * program. */
	signal(SIGXFSZ, SIG_IGN);
	return check_output(do_command(argc, argv));
}
