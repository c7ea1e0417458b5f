/* Knows how words are quoted for a shell. */
#include "harness/options/command_line.h"

#include <string.h>

void command_line_append(struct text *out, int argc, char **argv)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@+";
	text_append(out, argv[0]);
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '\0' && strspn(argv[i], plain) == strlen(argv[i])) {
			text_append_format(out, " %s", argv[i]);
			continue;
		}
		text_append(out, " '");
		for (const char *p = argv[i]; *p != '\0'; p++) {
			if (*p == '\'')
				text_append(out, "'\\''");
			else
				text_append_bytes(out, p, 1);
		}
		text_append(out, "'");
	}
}
