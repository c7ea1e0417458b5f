/* Knows which formats there are. */
#include "reports/format.h"

#include "core/text.h"

#include <string.h>

enum { FOR_PROGRAMS, FOR_PEOPLE };
#define FORMAT(symbol, name, whom, text) {name, text, whom, symbol##_write_run, NULL},
#define FORMAT_LIVE(symbol, name, whom, text) \
	{name, text, whom, symbol##_write_run, &symbol##_stream},
const struct format formats[] = {
#include "reports/format.def"
};
#undef FORMAT
#undef FORMAT_LIVE
const size_t num_formats = sizeof formats / sizeof *formats;

const struct format *format_find(const char *name, size_t len, struct error *err)
{
	const char *names[sizeof formats / sizeof *formats];
	char shown[64];
	struct text list;
	for (size_t i = 0; i < num_formats; i++) {
		names[i] = formats[i].name;
		if (strlen(names[i]) == len && strncmp(names[i], name, len) == 0)
			return &formats[i];
	}
	snprintf(shown, sizeof shown, "%.*s", (int)(len < 60 ? len : 60), name);
	const char *nearest = text_nearest(shown, names, num_formats);
	text_init(&list, 0);
	for (size_t i = 0; i < num_formats; i++)
		text_append_format(&list, "%s%s", i > 0 ? ", " : "", names[i]);
	if (nearest != NULL)
		error_set(err, ERROR_USAGE, "unknown format '%s'; did you mean '%s'? (one of: %s)",
			  shown, nearest, text_string(&list));
	else
		error_set(err, ERROR_USAGE, "unknown format '%s' (one of: %s)", shown,
			  text_string(&list));
	text_clear(&list);
	return NULL;
}
