/* Fills in a template: revoscope-describe TEMPLATE > PAGE. */
#include "harness/cli/failure.h"
#include "docs/generate/page.h"

#include <stdlib.h>
#include <string.h>

/* Placeholders of the command line that no completion knows are named, one per line. */
static bool check_placeholders(const struct surface *surface)
{
	struct text values;
	bool done = true;
	text_init(&values, 0);
	for (size_t i = 0; i < surface->num_commands; i++) {
		const struct surface_command *command = &surface->commands[i];
		const char *words = command->command->argp->args_doc;
		if (words != NULL && !surface_values(&values, words, NULL)) {
			fprintf(stderr, "revoscope %s: what is '%s'?\n", command->command->name,
				words);
			done = false;
		}
		for (size_t k = 0; k < command->num_options; k++) {
			const struct surface_option *option = &command->options[k];
			if (option->arg == NULL || surface_values(&values, option->arg, option))
				continue;
			fprintf(stderr, "revoscope %s --%s: what is '%s'?\n",
				command->command->name, option->name, option->arg);
			done = false;
		}
	}
	text_clear(&values);
	return done;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	struct surface surface;
	bool done = false;
	if (argc != 2) {
		fputs("usage: revoscope-describe TEMPLATE\n"
		      "       revoscope-describe --check\n"
		      "--check names words of the command line that no completion supports.\n",
		      stderr);
		return EXIT_USAGE;
	}
	surface_init(&surface);
	if (strcmp(argv[1], "--check") == 0)
		done = check_placeholders(&surface);
	else if (!page_fill(stdout, argv[1], &surface, &err))
		fprintf(stderr, "revoscope-describe: %s\n", err.text);
	else if (fflush(stdout) != 0 || ferror(stdout) != 0)
		fputs("revoscope-describe: standard output cannot be written\n", stderr);
	else
		done = true;
	surface_clear(&surface);
	return done ? EXIT_AS_EXPECTED : EXIT_FINDING;
}
