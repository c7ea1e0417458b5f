/* Knows which formats a comparison can be written in. */
#include "reports/diff_report.h"

enum { FOR_PROGRAMS, FOR_PEOPLE };
#define DIFF_FORMAT(symbol, file, name, whom) {name, whom, symbol##_write},
const struct diff_format diff_formats[] = {
#include "reports/diff_format.def"
};
#undef DIFF_FORMAT

#define DIFF_FORMAT(symbol, file, name, whom) name,
static const char *const names[] = {
#include "reports/diff_format.def"
};
#undef DIFF_FORMAT
const struct name_table diff_format_names = {"format of a comparison", names, NULL,
					     sizeof names / sizeof *names};

const struct diff_format *diff_format_find(const char *name, size_t len, struct error *err)
{
	int found = format_find_name(&diff_format_names, name, len, err);
	return found >= 0 ? &diff_formats[found] : NULL;
}
