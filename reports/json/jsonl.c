/* Knows the lines of a run as JSON Lines (reports/json/result.schema.json, $defs/line). */
#include "reports/format.h"

#include "core/json.h"
#include "reports/json/result_json.h"

/* Writes {"KIND": value} as one line and takes value over. */
static bool write_line(FILE *out, const char *kind, json_t *value, struct error *err)
{
	if (value == NULL)
		return err != NULL && err->kind != ERROR_NONE
			       ? false
			       : error_set(err, ERROR_UNABLE, "out of memory");
	fprintf(out, "{\"%s\":", kind);
	json_write(out, value);
	fputs("}\n", out);
	json_decref(value);
	return true;
}

static bool begin(FILE *out, struct run *run, struct error *err)
{
	return write_line(out, "head", result_json_head(run), err);
}

static bool write_cell(FILE *out, struct run *run, size_t row, size_t class, struct error *err)
{
	return write_line(out, "cell", result_json_cell(run, row, class, err), err);
}

static bool end(FILE *out, struct run *run, struct error *err)
{
	return write_line(out, "end", result_json_end(run), err);
}

const struct format_stream jsonl_stream = {begin, write_cell, end};

/*
 * A run as JSON Lines: {"head": …}, one {"cell": …} per cell, {"end": …}. While a run goes on
 * the cells come as they are done; of a run that is over they come in the order of the matrix.
 */
bool jsonl_write_run(FILE *out, struct run *run, const struct format_options *options,
		     struct error *err)
{
	(void)options;
	bool done = begin(out, run, err);
	for (size_t row = 0; done && row < run_num_rows(run); row++)
		for (size_t i = 0; done && i < run_num_classes(run); i++)
			done = write_cell(out, run, row, i, err);
	return done && end(out, run, err);
}
