/* Knows the command `probe`: real endpoints by the client classes. */
#include "core/name.h"
#include "harness/cli/commands.h"
#include "harness/cli/failure.h"
#include "harness/cli/run_setup.h"
#include "harness/cli/run_work.h"
#include "harness/options/command_data.h"
#include "harness/options/report_options.h"
#include "harness/options/target_list.h"
#include "harness/options/target_rows.h"

#include <stdlib.h>

static const char doc[] =
	"Connects to real endpoints with every client class and shows which connect, warn and "
	"reject."
	"\vTARGET is host[:port] or [IPv6]:port; the port is 443, or the usual one of --starttls, "
	"when none is given. A file of targets has one per line; # begins a comment.\n\n"
	"PROTO of --starttls, with its port:\n"
#define STARTTLS(symbol, spelling, port, text) "  " spelling " (" #port "): " text "\n"
#include "core/starttls.def"
#undef STARTTLS
	"\nExamples:\n"
	"  revoscope probe example.org\n"
	"  revoscope probe example.org --all-addresses --class '*/must-staple'\n"
	"  revoscope probe www.example.org --connect 192.0.2.7:8443    before the DNS is changed\n"
	"  revoscope probe mail.example.org --starttls smtp\n"
	"  revoscope probe '[2001:db8::7]:5432' --starttls postgres --servername db.example.org\n"
	"  revoscope probe intranet:8443 --ca /etc/ssl/root.pem --format json\n"
	"  revoscope probe www.example.org --proxy http://proxy.example.net:3128\n"
	"  revoscope probe --targets hosts.txt --repeat 5 --fail-on reject\n\n"
	"Exit status: 0 no finding at the level of --fail-on, 1 a finding, 2 wrong usage, 3 "
	"nothing could be tested, or it was interrupted.";

struct probe_options {
	struct options common; /* first: the children's input */
	struct target_options target;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct probe_options *options = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->target;
		for (int i = 1; i < 4; i++)
			state->child_inputs[i] = &options->common;
		return 0;
	case ARGP_KEY_ARG: return word_list_add(&options->common.words, arg);
	case ARGP_KEY_END:
		if (options->common.words.num == 0 && options->target.files.num == 0)
			options_fail(state, "no target; try: revoscope probe example.org");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{&target_options_argp, 0, NULL, 0},
	{&options_classes_argp, 0, NULL, 0},
	{&options_work_argp, 0, NULL, 0},
	{&report_options_run, 0, NULL, 0},
	{0},
};
const struct argp cmd_probe_argp = {
	.parser = parse,
	.args_doc = "TARGET ...",
	.doc = doc,
	.children = children,
};

static bool add_rows(struct target_rows *rows, const struct target_list *targets,
		     const struct target_options *options, int deadline_ms, struct error *err)
{
	bool done = true;
	for (size_t i = 0; done && i < targets->num; i++)
		done = target_rows_add(rows, &targets->items[i], options, options->all, deadline_ms,
				       err);
	return done;
}

int cmd_probe(int argc, char **argv)
{
	return cmd_probe_again(argc, argv, NULL);
}

int cmd_probe_again(int argc, char **argv, struct again *again)
{
	struct probe_options options = {.target = TARGET_OPTIONS_INIT};
	struct error err = ERROR_INIT;
	struct command_data data = {0};
	struct target_list targets = {0};
	struct target_rows rows = {0};
	char *trust = NULL, *proxy = NULL;
	int status = EXIT_UNABLE, proxy_port = 0;
	options_init(&options.common);
	if (!options_parse(&cmd_probe_argp, argc, argv, &options, &err)) {
		status = EXIT_AS_EXPECTED; /* help, when there is no err */
		goto out;
	}
	options_set_again(&options.common, again);
	if (!target_options_check_again(&options.target, again, &err) ||
	    !command_data_load(&data, &options.common, &err) ||
	    !target_options_roots(&trust, &options.target, &err) ||
	    !target_options_proxy(&proxy, &proxy_port, &options.target, options.common.deadline_ms,
				  &err) ||
	    !target_list_read(&targets, &options.common.words, &options.target, &err))
		goto out;
	/* The words are targets, not scenarios. */
	rows.run = run_setup(&data, &options.common, argc, argv, &err);
	if (rows.run == NULL ||
	    !add_rows(&rows, &targets, &options.target, options.common.deadline_ms, &err))
		goto out;
	run_set_deviations(rows.run, &data.deviations);
	struct job_options job = {
		.trust = trust,
		.starttls = target_options_starttls(&options.target),
		.proxy = proxy,
		.proxy_port = proxy_port,
		.connections = options.target.connections,
		.row_faults = (const char *const *)rows.faults,
	};
	status = run_work(argv[0], rows.run, &data, &options.common, &job, NULL);
out:
	if (err.kind != ERROR_NONE)
		status = failure_print(argv[0], &err);
	run_free(rows.run);
	target_rows_clear(&rows);
	target_list_clear(&targets);
	target_options_clear(&options.target);
	free(trust);
	free(proxy);
	command_data_clear(&data);
	options_clear(&options.common);
	return status;
}
