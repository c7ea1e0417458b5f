/* Knows how a template is filled in. */
#include "docs/generate/page.h"

#include "core/file.h"

#include <string.h>

#define TEMPLATE_MAX_BYTES ((size_t)1 << 20)

static const struct part *const tables[] = {man_parts, list_parts, shell_parts};

static const struct part *find_part(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct part *part = tables[i]; part->name != NULL; part++)
			if (strlen(part->name) == len && strncmp(part->name, name, len) == 0)
				return part;
	return NULL;
}

static void copy_line(FILE *out, const char *line, size_t len)
{
	static const char version[] = "@VERSION@";
	for (size_t i = 0; i < len; i++) {
		if (len - i >= strlen(version) &&
		    strncmp(line + i, version, strlen(version)) == 0) {
			fputs(REVOSCOPE_VERSION, out);
			i += strlen(version) - 1;
		} else {
			fputc(line[i], out);
		}
	}
	fputc('\n', out);
}

bool page_fill(FILE *out, const char *path, const struct surface *surface, struct error *err)
{
	struct text template;
	text_init(&template, TEMPLATE_MAX_BYTES);
	bool done = file_read(&template, path, TEMPLATE_MAX_BYTES, err);
	int number = 1;
	for (const char *line = text_string(&template); done && *line != '\0'; number++) {
		size_t len = strcspn(line, "\n");
		bool is_part = len > 2 && line[0] == '@' && line[len - 1] == '@';
		const struct part *part = is_part ? find_part(line + 1, len - 2) : NULL;
		if (part != NULL)
			part->write(out, surface);
		else if (is_part)
			done = error_set(err, ERROR_USAGE, "%s:%d: no part is called %.*s", path,
					 number, (int)len, line);
		else
			copy_line(out, line, len);
		line += len;
		line += *line == '\n';
	}
	text_clear(&template);
	return done;
}
