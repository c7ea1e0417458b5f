/* Knows the command `lab`: the lab for any client, until Ctrl-C. */

#include "core/file.h"
#include "core/json.h"
#include "harness/cli/commands.h"
#include "harness/cli/failure.h"
#include "harness/drive/interrupt.h"
#include "harness/drive/lab_process.h"
#include "harness/drive/program.h"
#include "harness/options/command_data.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char doc[] =
	"Runs the lab's servers on this machine, so that any client can be tried against any "
	"scenario, and prints how to reach each. Ctrl-C ends it. What the lab sees of connections "
	"and requests is printed on standard error."
	"\vThe certificates are made at the start and are worth nothing afterwards. Hosts end in "
	".lab.localhost, which browsers find on this machine by themselves; other clients need the "
	"address.\n\n"
	"Examples:\n"
	"  revoscope lab                       every scenario\n"
	"  revoscope lab stale must-staple     one of them, and a family\n"
	"  revoscope lab good-staple --export /tmp/lab    key and certificates for your own server";

enum key { KEY_EXPORT = 0x200, KEY_TAG, KEY_EXCLUDE, KEY_SCENARIOS, KEY_TIME_FACTOR };

struct lab_options {
	struct options common;
	const char *export;
};

static const struct argp_option lab_options[] = {
	{"export", KEY_EXPORT, "DIR", 0,
	 "Write cert.pem, key.pem, chain.pem, fullchain.pem and root.pem of each scenario to "
	 "DIR/SCENARIO/",
	 0},
	{"tag", KEY_TAG, "TAG", 0, "Only scenarios with this tag", 0},
	{"exclude", KEY_EXCLUDE, "PATTERN", 0, "Exclude scenarios (id or family/id)", 0},
	{"time-factor", KEY_TIME_FACTOR, "N", 0,
	 "Divide the delays of slow responders by N (default: 1)", 0},
	{"scenarios", KEY_SCENARIOS, "DIR", 0, OPTIONS_SCENARIOS_TEXT, 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct lab_options *options = state->input;
	switch (key) {
	case ARGP_KEY_ARG: return word_list_add(&options->common.words, arg);
	case KEY_EXPORT: options->export = arg; return 0;
	case KEY_TAG: return word_list_add(&options->common.tags, arg);
	case KEY_EXCLUDE: return word_list_add(&options->common.excludes, arg);
	case KEY_TIME_FACTOR:
		options->common.time_factor = options_time_factor(state, arg);
		return 0;
	case KEY_SCENARIOS: return word_list_add(&options->common.scenario_directories, arg);
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp cmd_lab_argp = {
	.options = lab_options,
	.parser = parse,
	.args_doc = "[SCENARIO|FAMILY|FILE|GLOB ...]",
	.doc = doc,
};

static void print_scenario(const struct lab_process *lab, const struct scenario *scenario)
{
	struct lab_place place;
	lab_process_place(&place, lab, scenario->id);
	int port = (int)place.port.value;
	printf("%s: %s\n", scenario->id, scenario->title);
	printf("    host %s, address 127.0.0.1, port %d\n", scenario->host, port);
	if (place.ocsp_url != NULL)
		printf("    OCSP %s\n", place.ocsp_url);
	if (place.crl_url != NULL)
		printf("    CRL  %s\n", place.crl_url);
	printf("    openssl s_client -connect 127.0.0.1:%d -servername %s -verify_hostname %s "
	       "-status -CAfile %s\n",
	       port, scenario->host, scenario->host, lab->trust);
	printf("    curl -sS --cert-status --cacert %s --resolve %s:%d:127.0.0.1 "
	       "https://%s:%d/\n\n",
	       lab->trust, scenario->host, port, scenario->host, port);
}

static void append_word(struct text *out, const char *word)
{
	text_append_visible(out, word != NULL ? word : "?", word != NULL ? strlen(word) : 1);
}

static void print_connection(const json_t *event)
{
	struct text line;
	struct lab_connection seen;
	lab_connection_read(&seen, event);
	text_init(&line, 0);
	text_append(&line, "connection to ");
	append_word(&line, seen.sni);
	text_append(&line, ": TLS ");
	append_word(&line, seen.tls);
	if (!seen.status_request.value)
		text_append(&line, ", requested no staple");
	else if (seen.staple.is_present)
		text_append_format(&line, ", received a staple of %lld bytes",
				   (long long)seen.staple.bytes.value);
	else
		text_append(&line, ", requested a staple and received none");
	text_append(&line,
		    seen.completed.value ? ", handshake completed" : ", handshake not completed");
	if (seen.alert.is_present) {
		text_append(&line, ", alert ");
		append_word(&line, seen.alert.name);
	}
	fprintf(stderr, "%s\n", text_string(&line));
	text_clear(&line);
}

static void print_request(const json_t *event)
{
	struct text line;
	struct lab_request seen;
	lab_request_read(&seen, event);
	text_init(&line, 0);
	append_word(&line, seen.kind);
	text_append(&line, " request for ");
	append_word(&line, seen.scenario);
	text_append(&line, ": ");
	append_word(&line, seen.method);
	text_append(&line, ", ");
	append_word(&line, seen.behaviour);
	fprintf(stderr, "%s\n", text_string(&line));
	text_clear(&line);
}

/* False when the lab says that a command failed, or when it ended. */
static bool show_event(struct lab_process *lab, const char *line, size_t len, struct error *err)
{
	json_t *event = lab_process_read(lab, line, len, err);
	if (event == NULL)
		return false;
	bool done = true;
	int kind = lab_event_kind(event);
	if (kind == LAB_EVENT_CONNECTION)
		print_connection(event);
	else if (kind == LAB_EVENT_REQUEST)
		print_request(event);
	else if (kind == LAB_EVENT_FAILED)
		done = error_set(err, ERROR_UNABLE, "the lab: %.1000s", lab_event_text(event));
	json_decref(event);
	return done;
}

static bool export_all(struct lab_process *lab, const struct scenario_list *scenarios,
		       const char *directory, struct error *err)
{
	char whole[PATH_MAX];
	if ((mkdir(directory, 0777) != 0 && access(directory, W_OK) != 0) ||
	    realpath(directory, whole) == NULL)
		return error_set_errno(err, ERROR_UNABLE, "%s", directory);
	for (size_t i = 0; i < scenarios->num; i++) {
		char *path = file_join(whole, scenarios->items[i].id);
		if (path == NULL)
			return error_set(err, ERROR_UNABLE, "out of memory");
		mkdir(path, 0777);
		json_t *command = json_pack("{s:s, s:s, s:s}", "command", "export", "scenario",
					    scenarios->items[i].id, "directory", path);
		bool sent = command != NULL && lab_process_send(lab, command);
		json_decref(command);
		free(path);
		if (!sent)
			return error_set(err, ERROR_UNABLE, "the lab does not read its input");
	}
	return true;
}

static bool watch(struct lab_process *lab, struct error *err)
{
	for (;;) {
		struct pollfd fds[PROCESS_NUM_FDS + 1];
		const char *line = "";
		size_t len = 0;
		enum lines_event event;
		process_poll(&lab->process, fds);
		fds[PROCESS_NUM_FDS] = (struct pollfd){.fd = interrupt_fd(), .events = POLLIN};
		poll(fds, PROCESS_NUM_FDS + 1, -1);
		if (interrupt_count() > 0)
			return true;
		process_turn(&lab->process, fds);
		while ((event = process_line(&lab->process, &line, &len)) != LINES_WAIT)
			if (!show_event(lab, event == LINES_LINE ? line : NULL, len, err))
				return false;
	}
}

static bool keep_up(const struct command_data *data, const struct scenario_list *scenarios,
		    const struct lab_options *options, struct error *err)
{
	struct program program = {0};
	struct lab_process lab = {0};
	bool done = false;
	struct lab_scenario *list = calloc(scenarios->num + 1, sizeof *list);
	process_init(&program.process);
	process_init(&lab.process);
	if (list == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < scenarios->num; i++)
		list[i] = (struct lab_scenario){scenarios->items[i].id, scenarios->items[i].host,
						&scenarios->items[i].situation};
	if (!program_init(&program, &data->paths, "revoscope-lab", err))
		goto out;
	if (program.path == NULL) {
		error_set(err, ERROR_UNABLE, "%s", program.missing);
		goto out;
	}
	if (!interrupt_start(err) || !lab_process_start(&lab, program.path, list, scenarios->num,
							options->common.time_factor, err))
		goto out;
	if (options->export != NULL && !export_all(&lab, scenarios, options->export, err))
		goto out;
	printf("The lab is up; Ctrl-C ends it. Trust anchors: %s\n\n", lab.trust);
	for (size_t i = 0; i < scenarios->num; i++)
		print_scenario(&lab, &scenarios->items[i]);
	if (options->export != NULL)
		printf("Keys and certificates: %s/SCENARIO/\n", options->export);
	if (fflush(stdout) != 0)
		error_set_errno(err, ERROR_UNABLE, "standard output");
	else
		done = watch(&lab, err);
out:
	lab_process_stop(&lab);
	interrupt_stop();
	program_clear(&program);
	free(list);
	return done;
}

int cmd_lab(int argc, char **argv)
{
	struct lab_options options = {0};
	struct error err = ERROR_INIT;
	struct command_data data = {0};
	struct scenario_list scenarios = {0};
	options_init(&options.common);
	if (!options_parse(&cmd_lab_argp, argc, argv, &options, &err))
		goto out;
	struct selection selection = command_data_selection(&options.common);
	if (!data_paths_find(&data.paths, &err))
		goto out;
	if (!command_data_plan(&scenarios, &data.paths, &options.common, &selection, &err))
		goto out;
	if (scenarios.num == 0)
		error_set(&err, ERROR_USAGE, "no scenario selected");
	else
		keep_up(&data, &scenarios, &options, &err);
out:;
	/* An interruption while the keys were made is an end like any other. */
	bool failed = err.kind != ERROR_NONE && err.kind != ERROR_INTERRUPTED;
	int status = failed ? failure_print(argv[0], &err) : EXIT_AS_EXPECTED;
	scenario_list_clear(&scenarios);
	command_data_clear(&data);
	options_clear(&options.common);
	return status;
}
