/* Knows the command `doctor`: what is wrong at an endpoint, why, and how to fix it. */
#include "core/clock.h"
#include "harness/cli/commands.h"
#include "harness/cli/failure.h"
#include "harness/cli/run_setup.h"
#include "harness/cli/run_work.h"
#include "harness/doctor/case_facts.h"
#include "harness/doctor/diagnosis.h"
#include "harness/doctor/examiner.h"
#include "harness/drive/examine_client.h"
#include "harness/drive/interrupt.h"
#include "harness/model/server_kind.h"
#include "harness/options/command_data.h"
#include "harness/options/report_options.h"
#include "harness/options/target_list.h"
#include "harness/options/target_rows.h"
#include "reports/text/nagios.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char doc[] =
	"Examines real endpoints and says what is wrong with revocation status there, which client "
	"classes are affected, and how to fix it."
	"\vTARGET is host[:port], as for probe. It examines names, handshakes with both TLS "
	"versions and at every address, the chain, staples, responder, CRL and clocks; then every "
	"client class connects. No URL from a certificate is fetched before its chain is "
	"verified.\n\n"
	"SERVER of --server, with its version where you know it (nginx/1.22.1); without it the "
	"server is recognized by what it says of itself:\n"
#define SERVER(symbol, spelling, title, products, word) "  " spelling ": " title "\n"
#include "harness/model/server.def"
#undef SERVER
	"\nLEFT of --warn-left and --crit-left is a time (6h, 90min, 3600 for seconds) or a part "
	"of the staple's validity period (25%).\n\n"
	"PROTO of --starttls, with its port:\n"
#define STARTTLS(symbol, spelling, port, text) "  " spelling " (" #port "): " text "\n"
#include "core/starttls.def"
#undef STARTTLS
	"\nExamples:\n"
	"  revoscope doctor www.example.org                 what is wrong, and how to fix it\n"
	"  revoscope doctor www.example.org --server nginx  with nginx's configuration\n"
	"  revoscope retest                                 after the reload: is it fixed?\n"
	"  revoscope doctor mail.example.org --starttls smtp --server exim\n"
	"  revoscope doctor www.example.org --format html=doctor.html\n"
	"  revoscope doctor www.example.org --nagios --warn-left 12h --crit-left 2h\n"
	"  revoscope doctor --targets hosts.txt --format openmetrics=/var/lib/node/doctor.prom\n\n"
	"Exit status: 0 nothing is wrong, 1 a cause of severity warning or critical, 2 wrong "
	"usage, 3 no client could be tested, or it was interrupted. With --nagios: 0 OK, 1 "
	"WARNING, 2 CRITICAL, 3 UNKNOWN.";

enum key { KEY_SERVER = 0x300, KEY_NAGIOS, KEY_WARN_LEFT, KEY_CRIT_LEFT, KEY_FETCH_ISSUERS };

struct doctor_options {
	struct options common; /* first: the children's input */
	struct target_options target;
	struct diagnosis_options limits;
	const char *server;
	bool nagios, fetches_issuers;
};

static const struct argp_option doctor_options[] = {
	{NULL, 0, NULL, 0, "Examination:", 5},
	{"server", KEY_SERVER, "SERVER", 0, "Show the configuration of this server program", 5},
	{"warn-left", KEY_WARN_LEFT, "LEFT", 0,
	 "Warn when less of a staple's validity period remains (default: 25%)", 5},
	{"crit-left", KEY_CRIT_LEFT, "LEFT", 0, "Critical when less of it remains (default: 10%)",
	 5},
	{"fetch-issuers", KEY_FETCH_ISSUERS, NULL, 0,
	 "Fetch the issuer's certificate that an incomplete chain names (AIA caIssuers), although "
	 "the certificate that names it is not verified yet",
	 5},
	{"nagios", KEY_NAGIOS, NULL, 0,
	 "One line with performance data, and the exit status of a monitoring plug-in", 5},
	{0},
};

static void read_limit(struct staple_limit *limit, struct argp_state *state, const char *option,
		       const char *text)
{
	struct error err = ERROR_INIT;
	if (!staple_limit_parse(limit, text, &err))
		options_fail(state, "%s: %s", option, err.text);
}

static void check_server(struct argp_state *state, const char *text)
{
	char list[256];
	if (server_kind_parse(text, NULL) >= 0)
		return;
	const char *nearest = server_kind_nearest(text);
	const char *version = strchr(text, '/');
	if (nearest != NULL && version != NULL && strcspn(text, "/") == strlen(nearest) &&
	    strncmp(nearest, text, strlen(nearest)) == 0)
		options_fail(state, "--server: '%s' is no version (such as %s/2.6.12)", version + 1,
			     nearest);
	options_fail(state, "--server: unknown server '%s'%s%s%s (one of: %s)", text,
		     nearest != NULL ? ", did you mean '" : "", nearest != NULL ? nearest : "",
		     nearest != NULL ? "'?" : "", name_list(list, sizeof list, &server_kind_names));
}

/* Less that is critical than what is warned of, where the two can be compared. */
static void check_limits(struct argp_state *state, const struct diagnosis_options *limits)
{
	if (limits->warn.is_fraction == limits->critical.is_fraction &&
	    limits->critical.left > limits->warn.left)
		options_fail(state, "--crit-left is more than --warn-left (default: 25%%): it "
				    "would never warn");
}

static void check_nagios(struct argp_state *state, const struct doctor_options *options)
{
	const struct options *common = &options->common;
	for (size_t i = 0; options->nagios && i < common->num_outputs; i++)
		if (strcmp(common->outputs[i].path, "-") == 0)
			options_fail(
				state,
				"--nagios: standard output has only its line; use --format %s=FILE",
				common->outputs[i].format->name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct doctor_options *options = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->target;
		for (int i = 1; i < 4; i++)
			state->child_inputs[i] = &options->common;
		return 0;
	case ARGP_KEY_ARG: return word_list_add(&options->common.words, arg);
	case ARGP_KEY_END:
		if (options->common.at != NULL)
			options_fail(state,
				     "--at: the doctor looks at what is now; `revoscope probe "
				     "--at` shows which clients fail later");
		if (options->common.words.num == 0 && options->target.files.num == 0)
			options_fail(state, "no target; try: revoscope doctor example.org");
		check_limits(state, &options->limits);
		check_nagios(state, options);
		return 0;
	case KEY_SERVER:
		check_server(state, arg);
		options->server = arg;
		return 0;
	case KEY_NAGIOS: options->nagios = true; return 0;
	case KEY_WARN_LEFT: read_limit(&options->limits.warn, state, "--warn-left", arg); return 0;
	case KEY_CRIT_LEFT:
		read_limit(&options->limits.critical, state, "--crit-left", arg);
		return 0;
	case KEY_FETCH_ISSUERS: options->fetches_issuers = true; return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{&target_options_argp, 0, NULL, 0},
	{&options_classes_argp, 0, NULL, 0},
	{&options_examination_argp, 0, NULL, 0},
	{&report_options_run, 0, NULL, 0},
	{0},
};
const struct argp cmd_doctor_argp = {
	.options = doctor_options,
	.parser = parse,
	.args_doc = "TARGET ...",
	.doc = doc,
	.children = children,
};

/* --- steps as they are done --- */

struct listener {
	bool is_printed, color;
	const struct target_list *targets;
};

static void print_step(void *context, enum step_name step, enum step_result result,
		       const char *text)
{
	const struct listener *listener = context;
	static const char *const marks[] = {
		[STEP_FAULT] = "!", [STEP_FINE] = "+", [STEP_FACT] = "-"};
	static const char *const colors[] = {
		[STEP_FAULT] = "\033[31m", [STEP_FINE] = "\033[32m", [STEP_FACT] = ""};
	if (!listener->is_printed)
		return;
	fprintf(stderr, "%s%s%s %-11s %s\n", listener->color ? colors[result] : "", marks[result],
		listener->color ? "\033[0m" : "", step_names.names[step], text);
}

/* Of several side by side each is printed when it is complete. */
static void print_examination(void *context, size_t target, const struct examination *examination)
{
	const struct listener *listener = context;
	if (!listener->is_printed)
		return;
	fprintf(stderr, "%s (%zu of %zu)\n", listener->targets->items[target].id, target + 1,
		listener->targets->num);
	for (size_t i = 0; i < examination->num_steps; i++) {
		const struct examination_step *one = &examination->steps[i];
		print_step(context, (enum step_name)one->step.value,
			   !one->ok.is_known ? STEP_FACT
			   : one->ok.value   ? STEP_FINE
					     : STEP_FAULT,
			   one->text);
	}
}

/* Where a person reads: at a terminal, or with nothing but text on standard output. */
static struct listener make_listener(const struct doctor_options *options)
{
	const struct options *common = &options->common;
	bool for_people = !options->nagios && common->again == NULL;
	for (size_t i = 0; i < common->num_outputs; i++)
		if (strcmp(common->outputs[i].path, "-") == 0)
			for_people = common->outputs[i].format->for_people;
	const char *no_color = getenv("NO_COLOR");
	bool terminal = isatty(STDERR_FILENO) != 0;
	return (struct listener){
		.is_printed = for_people || (terminal && !options->nagios),
		.color = common->color == COLOR_ALWAYS ||
			 (common->color == COLOR_AUTO && terminal &&
			  (no_color == NULL || no_color[0] == '\0')),
	};
}

/* --- the examination --- */

/* What the parts of the command share. */
struct work {
	const struct doctor_options *options;
	struct command_data *data;
	struct target_list targets;
	struct target_rows rows;
	char *trust, *proxy;
	int proxy_port;
	struct examinations *examinations; /* NULL once the run has them */
};

static enum examiner_end examine(struct work *work, struct examine_client *examine_client,
				 struct listener *listener, struct error *err)
{
	const struct doctor_options *options = work->options;
	const struct target_options *way = &options->target;
	const struct target_list *targets = &work->targets;
	struct examiner_options examiner = {
		.paths = &work->data->paths,
		.classes = &work->data->classes,
		.clients = options->common.clients.items,
		.num_clients = options->common.clients.num,
		.trust = work->trust,
		.starttls = target_options_starttls(way),
		.proxy = work->proxy,
		.proxy_port = work->proxy_port,
		.proxy_resolves = target_is_resolved_by_proxy(way),
		.family = way->family,
		.fetch = options->common.fetch,
		.fetches_issuers = options->fetches_issuers,
		.deadline_ms = options->common.deadline_ms,
		.rounds = options->common.repeat,
		.server = options->server,
		.step = targets->num == 1 ? print_step : NULL,
		.over = targets->num > 1 ? print_examination : NULL,
		.context = listener,
	};
	work->examinations = calloc(1, sizeof *work->examinations);
	if (work->examinations == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return EXAMINER_FAILED;
	}
	return examiner_run(work->examinations, targets->items, targets->num, examine_client,
			    &examiner, err);
}

static enum examiner_end examine_all(struct work *work, struct error *err)
{
	const struct options *common = &work->options->common;
	struct listener listener = make_listener(work->options);
	enum examiner_end end = EXAMINER_DONE;
	if (!interrupt_start(err))
		return EXAMINER_FAILED;
	struct examine_client *examine_client =
		examine_client_new(&work->data->paths, &work->data->classes, common->clients.items,
				   common->clients.num, common->deadline_ms, err);
	if (examine_client == NULL)
		end = err->kind == ERROR_INTERRUPTED ? EXAMINER_INTERRUPTED : EXAMINER_FAILED;
	listener.targets = &work->targets;
	if (examine_client != NULL)
		end = examine(work, examine_client, &listener, err);
	examine_client_free(examine_client);
	interrupt_stop();
	return end;
}

/* The addresses behind the first at which clients see something else: each gets a row of its own.
 * The first has the target's own name, so that two runs can be compared. */
static bool add_other_addresses(struct work *work, const struct target *target, struct error *err)
{
	const struct examination *seen = examinations_find(work->examinations, target->id);
	struct case_facts facts = {0};
	bool done = true;
	if (seen != NULL)
		case_facts_read(&facts, seen);
	for (size_t i = 1; done && i < facts.num_addresses; i++) {
		const struct case_address *other = &facts.addresses[i];
		if (case_addresses_differ(seen, &facts.addresses[0], other))
			done = target_rows_add_address(&work->rows, target, other->address, true,
						       err);
	}
	return done;
}

/* The one that was examined first: a resolver may give another the next time. */
static const char *first_address(const struct work *work, const struct target *target)
{
	const struct examination *seen = examinations_find(work->examinations, target->id);
	return seen != NULL && seen->resolution.addresses.num > 0
		       ? seen->resolution.addresses.items[0]
		       : NULL;
}

/* Why there is none. */
static const char *name_fault(const struct work *work, const struct target *target)
{
	const struct examination *seen = examinations_find(work->examinations, target->id);
	return seen != NULL ? seen->resolution.error : NULL;
}

static bool add_rows(struct work *work, struct error *err)
{
	const struct target_options *way = &work->options->target;
	bool done = true;
	for (size_t i = 0; done && i < work->targets.num; i++) {
		const struct target *target = &work->targets.items[i];
		const char *first = first_address(work, target);
		const char *fault = name_fault(work, target);
		if (fault != NULL)
			done = target_rows_add_fault(&work->rows, target, fault, err);
		else if (way->all || first == NULL)
			done = target_rows_add(&work->rows, target, way, way->all,
					       work->options->common.deadline_ms, err);
		else
			done = target_rows_add_address(&work->rows, target, first, false, err) &&
			       add_other_addresses(work, target, err);
	}
	return done;
}

/* When the clients were tried: what it all comes to. */
static bool conclude(struct conclusion *conclusion, struct run *run, struct error *err)
{
	struct work *work = conclusion->context;
	for (size_t i = 0; i < work->examinations->num_items; i++) {
		struct examination *one = &work->examinations->items[i];
		if (!diagnose(one, run, one->id, &work->options->limits))
			return error_set(err, ERROR_UNABLE, "out of memory");
		if (diagnosis_level(one) > SEVERITY_INFO)
			conclusion->found = true;
	}
	run_set_examinations(run, work->examinations);
	work->examinations = NULL;
	return true;
}

static int try_clients(struct work *work, int argc, char **argv, struct error *err)
{
	const struct doctor_options *options = work->options;
	struct options common = options->common;
	common.repeat = 1;
	common.is_silent = options->nagios;
	work->rows.run = run_setup(work->data, &common, argc, argv, err);
	if (work->rows.run == NULL || !add_rows(work, err))
		return EXIT_UNABLE;
	run_set_deviations(work->rows.run, &work->data->deviations);
	struct job_options job = {
		.trust = work->trust,
		.starttls = target_options_starttls(&options->target),
		.proxy = work->proxy,
		.proxy_port = work->proxy_port,
		.connections = options->target.connections,
		.row_faults = (const char *const *)work->rows.faults,
	};
	struct conclusion conclusion = {.make = conclude, .context = work};
	int status = run_work(argv[0], work->rows.run, work->data, &common, &job, &conclusion);
	return options->nagios ? (int)nagios_write(stdout, work->rows.run, &options->limits, status)
			       : status;
}

/* --- as a monitoring plug-in --- */

/* Whether the line of a plug-in is wanted, before the options are parsed: wrong usage has to be
 * reported by it. Also its abbreviations; --help prints what argp writes. */
static bool wants_line(int argc, char **argv)
{
	bool is_there = false;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], "--h", 3) == 0 || strncmp(argv[i], "--us", 4) == 0 ||
		    strcmp(argv[i], "-?") == 0)
			return false;
		is_there = is_there || (strncmp(argv[i], "--na", 4) == 0 &&
					strncmp(argv[i], "--nagios", strlen(argv[i])) == 0);
	}
	return is_there;
}

static int fail_as_plugin(const struct error *err)
{
	return (int)nagios_fail(
		stdout, err->text[0] != '\0' ? err->text
					     : "wrong usage (standard error says what; revoscope "
					       "doctor --help lists the options)");
}

static int print_interrupted(const char *name, const struct doctor_options *options)
{
	if (options->nagios)
		return (int)nagios_fail(stdout, "interrupted during the examination");
	fprintf(stderr, "%s: interrupted during the examination; no client was tested\n", name);
	return EXIT_UNABLE;
}

int cmd_doctor(int argc, char **argv)
{
	return cmd_doctor_again(argc, argv, NULL);
}

int cmd_doctor_again(int argc, char **argv, struct again *again)
{
	struct doctor_options options = {.target = TARGET_OPTIONS_INIT,
					 .limits = DIAGNOSIS_OPTIONS_INIT};
	struct error err = ERROR_INIT;
	struct command_data data = {0};
	struct work work = {.options = &options, .data = &data};
	int status = EXIT_UNABLE;
	options_init(&options.common);
	options.common.repeat = EXAMINER_ROUNDS;
	bool as_line = again == NULL && wants_line(argc, argv);
	if (!options_parse(&cmd_doctor_argp, argc, argv, &options, &err)) {
		options.nagios = as_line;
		status = EXIT_AS_EXPECTED; /* help, when there is no err */
		goto out;
	}
	options_set_again(&options.common, again);
	options.nagios = options.nagios && again == NULL;
	if (!target_options_check_again(&options.target, again, &err) ||
	    !command_data_load(&data, &options.common, &err) ||
	    !target_options_roots(&work.trust, &options.target, &err) ||
	    !target_options_proxy(&work.proxy, &work.proxy_port, &options.target,
				  options.common.deadline_ms, &err) ||
	    !target_list_read(&work.targets, &options.common.words, &options.target, &err))
		goto out;
	switch (examine_all(&work, &err)) {
	case EXAMINER_DONE: status = try_clients(&work, argc, argv, &err); break;
	case EXAMINER_INTERRUPTED:
		err = ERROR_INIT;
		status = print_interrupted(argv[0], &options);
		break;
	case EXAMINER_FAILED: break;
	}
out:
	if (err.kind != ERROR_NONE)
		status = options.nagios ? fail_as_plugin(&err) : failure_print(argv[0], &err);
	run_free(work.rows.run);
	target_rows_clear(&work.rows);
	target_list_clear(&work.targets);
	target_options_clear(&options.target);
	examinations_free(work.examinations);
	free(work.trust);
	free(work.proxy);
	command_data_clear(&data);
	options_clear(&options.common);
	return status;
}
