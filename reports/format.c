/* Knows which formats there are. */
#include "reports/format.h"

#include "core/text.h"

#include <string.h>

enum { FOR_PROGRAMS, FOR_PEOPLE };
#define FORMAT(symbol, file, name, whom, text) {name, text, whom, symbol##_write_run, NULL},
#define FORMAT_LIVE(symbol, file, name, whom, text) \
	{name, text, whom, symbol##_write_run, &symbol##_stream},
const struct format formats[] = {
#include "reports/format.def"
};
#undef FORMAT
#undef FORMAT_LIVE

#define FORMAT(symbol, file, name, whom, text) name,
#define FORMAT_LIVE                            FORMAT
static const char *const names[] = {
#include "reports/format.def"
};
#undef FORMAT
const struct name_table format_names = {"format", names, NULL, sizeof names / sizeof *names};

int format_find_name(const struct name_table *table, const char *name, size_t len,
		     struct error *err)
{
	char shown[64], list[256];
	for (size_t i = 0; i < table->num; i++)
		if (strlen(table->names[i]) == len && strncmp(table->names[i], name, len) == 0)
			return (int)i;
	snprintf(shown, sizeof shown, "%.*s", (int)(len < 60 ? len : 60), name);
	const char *nearest = text_nearest(shown, table->names, table->num);
	name_list(list, sizeof list, table);
	if (nearest != NULL)
		error_set(err, ERROR_USAGE, "unknown %s '%s'; did you mean '%s'? (one of: %s)",
			  table->what, shown, nearest, list);
	else
		error_set(err, ERROR_USAGE, "unknown %s '%s' (one of: %s)", table->what, shown,
			  list);
	return -1;
}

const struct format *format_find(const char *name, size_t len, struct error *err)
{
	int found = format_find_name(&format_names, name, len, err);
	return found >= 0 ? &formats[found] : NULL;
}
