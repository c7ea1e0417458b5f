/* Knows the files of the reports while a command works. */
#include "harness/cli/report_files.h"

#include "harness/options/terminal.h"

#include <string.h>

static bool goes_to_stdout(const struct output *output)
{
	return strcmp(output->path, "-") == 0;
}

bool report_files_open(struct report_files *files, const struct options *options, struct error *err)
{
	bool has_stdout = false;
	*files = (struct report_files){.num = options->num_outputs};
	for (size_t i = 0; i < options->num_outputs; i++) {
		files->outputs[i] = options->outputs[i];
		has_stdout = has_stdout || goes_to_stdout(&options->outputs[i]);
	}
	/* What `retest` has to say goes there. */
	if (!has_stdout && !options->is_silent && options->again == NULL)
		files->outputs[files->num++] = (struct output){&formats[0], "-"};
	for (size_t i = 0; i < files->num; i++, files->num_open++)
		if (!file_writer_open(&files->files[i], files->outputs[i].path, err))
			return false;
	return true;
}

void report_files_follow(struct report_files *files, struct run *run)
{
	for (size_t i = 0; i < files->num_open; i++)
		files->streams[i] =
			report_stream_new(files->outputs[i].format, files->files[i].stream, run);
}

bool report_files_are_unread(const struct report_files *files)
{
	return files->num == 1 && files->streams[0] != NULL &&
	       report_stream_is_unread(files->streams[0]);
}

bool report_files_cell(struct report_files *files, size_t row, size_t class)
{
	for (size_t i = 0; i < files->num_open; i++)
		if (files->streams[i] != NULL)
			report_stream_cell(files->streams[i], row, class);
	return !report_files_are_unread(files);
}

static bool write_one(struct report_files *files, size_t i, struct run *run,
		      enum color_choice color, struct error *err)
{
	struct format_options options =
		terminal_format_options(color, goes_to_stdout(&files->outputs[i]));
	if (files->streams[i] != NULL)
		return report_stream_end(files->streams[i], err);
	return files->outputs[i].format->write(files->files[i].stream, run, &options, err);
}

bool report_files_write(struct report_files *files, struct run *run, enum color_choice color,
			struct error *err)
{
	bool all_done = true;
	for (size_t i = 0; i < files->num_open; i++) {
		struct error fault = ERROR_INIT;
		if (write_one(files, i, run, color, &fault) &&
		    file_writer_commit(&files->files[i], &fault))
			continue;
		file_writer_abort(&files->files[i]);
		error_add(err, fault.kind, "%s", fault.text);
		all_done = false;
	}
	return all_done;
}

void report_files_close(struct report_files *files)
{
	for (size_t i = 0; i < files->num_open; i++) {
		report_stream_free(files->streams[i]);
		file_writer_abort(&files->files[i]);
	}
	*files = (struct report_files){0};
}
