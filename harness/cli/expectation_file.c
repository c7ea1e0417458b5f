/* Knows when expectations can be written, and what is left out of them. */
#include "harness/cli/expectation_file.h"

#include "core/text.h"
#include "harness/run/expectation_write.h"

/* With a moved clock nothing is expected, so a file would say nothing, or be without effect. */
bool expectation_file_open(struct file_writer *file, const struct options *options,
			   struct error *err)
{
	if (options->at != NULL && (options->expectations != NULL || options->write_expect != NULL))
		return error_set(
			err, ERROR_USAGE,
			"--at: there are no expectations for clients with a moved clock; omit --%s",
			options->expectations != NULL ? "expect" : "write-expect");
	return options->write_expect == NULL || file_writer_open(file, options->write_expect, err);
}

bool expectation_file_write(const char *name, struct file_writer *file, struct run *run,
			    const struct class_file *classes, struct error *err)
{
	struct expectation_written written;
	struct text text;
	text_init(&text, 0);
	bool done = expectation_write(&text, run, classes, &written, err);
	if (done) {
		fwrite(text_string(&text), 1, text.len, file->stream);
		done = file_writer_commit(file, err);
	}
	text_clear(&text);
	if (!done)
		return error_prefix(err, "--write-expect");
	if (written.num_left_out > 0)
		fprintf(stderr,
			"%s: --write-expect: %zu %s omitted; crashes, hangs and stacks that are "
			"not built cannot be expected\n",
			name, written.num_left_out,
			written.num_left_out == 1 ? "cell was" : "cells were");
	return true;
}
