/* Knows how wide text may be, and where it may have colours. */
#include "harness/options/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct format_options terminal_format_options(enum color_choice color, bool to_stdout)
{
	struct format_options options = {.width = 80};
	struct winsize size;
	const char *columns = getenv("COLUMNS"), *term = getenv("TERM"),
		   *no_color = getenv("NO_COLOR");
	bool terminal = to_stdout && isatty(STDOUT_FILENO);
	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		options.width = size.ws_col;
	else if (to_stdout && columns != NULL && atoi(columns) >= 40 && atoi(columns) <= 1000)
		options.width = atoi(columns);
	options.color = color == COLOR_ALWAYS && to_stdout;
	if (color == COLOR_AUTO && terminal)
		options.color = (no_color == NULL || no_color[0] == '\0') &&
				(term == NULL || strcmp(term, "dumb") != 0);
	return options;
}
