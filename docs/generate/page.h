/*
 * The parts of manual pages and shell scripts that are made from tables. A template is a text
 * in which a line @PART@ is replaced by one of them.
 */
#ifndef DOCS_GENERATE_PAGE_H
#define DOCS_GENERATE_PAGE_H

#include "core/error.h"
#include "docs/generate/surface.h"

#include <stdio.h>

struct part {
	const char *name;
	void (*write)(FILE *out, const struct surface *surface);
};

/* Each ends with a row of NULL. */
extern const struct part man_parts[];   /* of revoscope(1): commands, options, formats */
extern const struct part list_parts[];  /* closed lists, axes of policies, fields of scenarios */
extern const struct part shell_parts[]; /* of the completions */

/*
 * Copies the template at `path` to `out`, each @PART@ filled in; @VERSION@ may be anywhere. An
 * unknown part is an error with its place.
 */
bool page_fill(FILE *out, const char *path, const struct surface *surface, struct error *err);

#endif
