/* Knows the lines of a run as JSON Lines (reports/json/result.schema.json, $defs/line). */
#include "reports/format.h"

#include "core/json.h"
#include "reports/json/result_json.h"

/* Writes {"KIND": value} as one line and takes value over, which was built since json_begin. */
static bool write_line(FILE *out, const char *kind, json_t *value, struct error *err)
{
	fprintf(out, "{\"%s\":", kind);
	json_write(out, value);
	fputs("}\n", out);
	json_decref(value);
	return json_end(err);
}

static bool begin(FILE *out, struct run *run, struct error *err)
{
	json_begin();
	return write_line(out, "head", result_json_head(run), err);
}

static bool write_cell(FILE *out, struct run *run, size_t row, size_t class, struct error *err)
{
	json_begin();
	json_t *cell = result_json_cell(run, row, class, err);
	return cell != NULL && write_line(out, "cell", cell, err);
}

static bool end(FILE *out, struct run *run, struct error *err)
{
	json_begin();
	return write_line(out, "end", result_json_end(run), err);
}

const struct format_stream jsonl_stream = {begin, write_cell, end};

/*
 * A run as JSON Lines: {"head": …}, one {"cell": …} per cell, {"end": …}. While a run goes on
 * the cells come as they are done; of a finished run they come in the order of the matrix.
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
