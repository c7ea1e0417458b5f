/* Knows how a failure reaches the user. */
#include "harness/cli/failure.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>

int failure_print(const char *name, const struct error *err)
{
	const char *p = err->text;
	while (*p != '\0') {
		struct text line;
		size_t len = strcspn(p, "\n");
		text_init(&line, 0);
		text_append_visible(&line, p, len);
		fprintf(stderr, "%s: %s\n", name, text_string(&line));
		text_clear(&line);
		p += len;
		p += *p == '\n';
	}
	return err->kind == ERROR_USAGE ? EXIT_USAGE : EXIT_UNABLE;
}
