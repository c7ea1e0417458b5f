/* Knows where a comparison is written to, and what exit status it makes. */
#include "harness/cli/diff_output.h"

#include "harness/cli/failure.h"
#include "harness/options/report_options.h"
#include "harness/options/terminal.h"

#include <stdlib.h>
#include <string.h>

enum key {
	KEY_COLOR = 0x500,
	KEY_DB,
	KEY_SHORT_FORM, /* and one more for each further format */
};

/* --html[=FILE] is short for --format html[=FILE], as with the reports of a run. */
enum short_form {
#define DIFF_FORMAT(symbol, file, name, whom) SHORT_FORM_##symbol,
#include "reports/diff_format.def"
#undef DIFF_FORMAT
	NUM_SHORT_FORMS
};

static const struct argp_option options_list[] = {
	{"format", 'f', "FMT[=FILE]", 0,
	 "The format of the comparison; may be repeated. Without a file to standard output, "
	 "where only one can go (default: text)",
	 0},
#define DIFF_FORMAT(symbol, file, name, whom)               \
	{name,   KEY_SHORT_FORM + (int)SHORT_FORM_##symbol, \
	 "FILE", OPTION_ARG_OPTIONAL | OPTION_HIDDEN,       \
	 NULL,   0},
#include "reports/diff_format.def"
#undef DIFF_FORMAT
	{"color", KEY_COLOR, "auto|always|never", 0,
	 "Colour of text (default: auto; NO_COLOR is respected)", 0},
	{"db", KEY_DB, "FILE", 0, OPTIONS_DB_TEXT, 0},
	{0},
};

static void add(struct diff_output *output, struct argp_state *state,
		const struct diff_format *format, const char *path)
{
	if (output->num == OPTIONS_OUTPUTS_MAX)
		options_fail(state, "--format: more than %d formats", OPTIONS_OUTPUTS_MAX);
	else if (path[0] == '\0')
		options_fail(state, "--format: '%s=' has no file name", format->name);
	for (size_t i = 0; i < output->num; i++)
		if (strcmp(output->items[i].path, path) == 0)
			options_fail(state, "--format: two reports to %s",
				     strcmp(path, "-") == 0 ? "standard output (stdout)" : path);
	if (output->num == OPTIONS_OUTPUTS_MAX)
		return;
	output->items[output->num].format = format;
	output->items[output->num++].path = path;
}

/* "html" or "html=FILE". */
static void add_text(struct diff_output *output, struct argp_state *state, const char *text)
{
	struct error err = ERROR_INIT;
	const char *equals = strchr(text, '=');
	size_t len = equals != NULL ? (size_t)(equals - text) : strlen(text);
	const struct diff_format *format = diff_format_find(text, len, &err);
	if (format == NULL)
		options_fail(state, "--format: %s", err.text);
	else
		add(output, state, format, equals != NULL ? equals + 1 : "-");
}

/* The format of the hidden option of its name, or NULL. */
static const struct diff_format *short_form(int key)
{
	bool is_one = key >= KEY_SHORT_FORM && key < KEY_SHORT_FORM + NUM_SHORT_FORMS;
	return is_one ? &diff_formats[key - KEY_SHORT_FORM] : NULL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct diff_output *output = state->input;
	const struct diff_format *format = short_form(key);
	if (format != NULL) {
		add(output, state, format, arg != NULL ? arg : "-");
		return 0;
	}
	switch (key) {
	case 'f': add_text(output, state, arg); return 0;
	case KEY_COLOR: output->color = options_color(state, arg); return 0;
	case KEY_DB: output->db = arg; return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static char *list_formats(int key, const char *text, void *input)
{
	(void)input;
	return key == 'f' && text != NULL ? options_format_help(text, &diff_format_names, "html")
					  : (char *)text;
}

const struct argp diff_output_argp = {
	.options = options_list, .parser = parse, .help_filter = list_formats};

bool diff_output_open(struct diff_output *output, struct error *err)
{
	bool has_stdout = false;
	for (size_t i = 0; i < output->num; i++)
		has_stdout = has_stdout || strcmp(output->items[i].path, "-") == 0;
	if (!has_stdout) {
		output->items[output->num].format = &diff_formats[0];
		output->items[output->num++].path = "-";
	}
	for (; output->num_open < output->num; output->num_open++)
		if (!file_writer_open(&output->items[output->num_open].file,
				      output->items[output->num_open].path, err))
			return false;
	return true;
}

/* All are tried, so that a full disk under one does not cost the others. */
static void write_all(struct diff_output *output, const struct diff *diff, struct error *err)
{
	for (size_t i = 0; i < output->num_open; i++) {
		struct file_writer *file = &output->items[i].file;
		struct error fault = ERROR_INIT;
		struct format_options options = terminal_format_options(
			output->color, strcmp(output->items[i].path, "-") == 0);
		if (output->items[i].format->write(file->stream, diff, &options, &fault) &&
		    file_writer_commit(file, &fault))
			continue;
		file_writer_abort(file);
		error_add(err, fault.kind, "%s", fault.text);
	}
}

int diff_output_write(struct diff_output *output, const char *name, struct run *before,
		      struct run *after)
{
	struct error err = ERROR_INIT;
	struct diff *diff = diff_new(before, after, &err);
	int status = EXIT_AS_EXPECTED;
	if (diff != NULL)
		write_all(output, diff, &err);
	if (diff == NULL || err.kind != ERROR_NONE) {
		diff_free(diff);
		return failure_print(name, &err);
	}
	if (diff->same_run)
		fprintf(stderr, "%s: both are the same run, so there are no differences\n", name);
	if (diff->num_compared == 0) {
		fprintf(stderr,
			"%s: nothing could be compared: no cell was completed in both runs\n",
			name);
		status = EXIT_UNABLE;
	} else if (diff_has_moved(diff)) {
		status = EXIT_FINDING;
	}
	diff_free(diff);
	return status;
}

void diff_output_close(struct diff_output *output)
{
	for (size_t i = 0; i < output->num_open; i++)
		file_writer_abort(&output->items[i].file);
	output->num_open = 0;
}
