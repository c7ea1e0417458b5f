/* Knows the command `advise`: whether must-staple is safe for the clients that there are. */
#include "core/clock.h"
#include "core/json.h"
#include "harness/advice/advice.h"
#include "harness/cli/advise_target.h"
#include "harness/cli/commands.h"
#include "harness/cli/failure.h"
#include "harness/cli/run_setup.h"
#include "harness/cli/run_work.h"
#include "harness/options/command_data.h"
#include "harness/options/report_options.h"
#include "harness/run/time_factor.h"

#include <stdlib.h>
#include <string.h>

#define DURATION_MOST_MS ((int64_t)400 * 24 * 3600 * 1000)

static const char doc[] =
	"Says whether must-staple is safe for your clients: which are refused in outages and by "
	"misconfigurations, which would still connect to a stolen certificate, with must-staple "
	"and without, and how long an outage is survived."
	"\vThe environment lists client classes and their shares of all clients; without "
	"--environment it is the installed sample (clients/environment.yaml), whose shares are "
	"assumptions. Its classes are run through the scenarios with the tags baseline, outage, "
	"misconfiguration and attack, each with and without must-staple; the report lists the "
	"cells behind every number.\n\n"
	"TARGET is host[:port], as for probe: its certificate, responder and staples are examined "
	"as by doctor, or read from the run of --examination, and the rules use these facts.\n\n"
	"KIND of --server, whose renewal of staples is known:\n"
#define REFRESH(symbol, spelling, title, ...) "  " spelling ": " title "\n"
#include "harness/advice/refresh.def"
#undef REFRESH
	"\nPROTO of --starttls, with its port:\n"
#define STARTTLS(symbol, spelling, port, text) "  " spelling " (" #port "): " text "\n"
#include "core/starttls.def"
#undef STARTTLS
	"\nExamples:\n"
	"  revoscope advise                                the sample, all servers\n"
	"  revoscope advise --environment mine.yaml --server nginx\n"
	"  revoscope advise --server caddy --staple-life 4d --outage 12h\n"
	"  revoscope advise www.example.org --environment mine.yaml --format html=advice.html\n"
	"  revoscope advise www.example.org --examination latest  the last run of doctor\n"
	"  revoscope advise --format json | jq .advice.answer\n"
	"  revoscope explain latest/stolen-key@must-staple/browser/firefox-public-root\n"
	"                                                  one of the cells behind a number\n\n"
	"Exit status: 0 safe, or safe if its conditions hold; 1 not safe, or pointless; 2 wrong "
	"usage or an invalid file; 3 the work could not be done, or it was interrupted.";

enum key {
	KEY_ENVIRONMENT = 0x300,
	KEY_SERVER,
	KEY_STAPLE_LIFE,
	KEY_OUTAGE,
	KEY_LEAST_GAIN,
	KEY_MOST_LOSS,
	KEY_EXAMINATION,
	KEY_SCENARIOS,
	KEY_CLASSES,
};

struct advise_options {
	struct options common; /* first: the children's input */
	struct target_options way;
	const char *environment, *examination;
	int server;        /* enum refresh, or -1 */
	int64_t life_ms;   /* 0: not given */
	int64_t outage_ms; /* 0: not given */
	double least_gain, most_loss;
};

static const struct argp_option advise_options[] = {
	{NULL, 0, NULL, 0, "Facts:", 5},
	{"environment", KEY_ENVIRONMENT, "FILE", 0,
	 "Client classes and their shares (YAML; default: the installed sample)", 5},
	{"server", KEY_SERVER, "KIND", 0, "The server that staples (default: the margins of all)",
	 5},
	{"staple-life", KEY_STAPLE_LIFE, "TIME", 0,
	 "Validity period of the CA's responses (thisUpdate to nextUpdate), such as 4d (default: "
	 "from the examination, else 7d)",
	 5},
	{"examination", KEY_EXAMINATION, "RUN", 0,
	 "A saved run, or a result document, of `revoscope doctor`: uses its facts of the endpoint",
	 5},
	{"scenarios", KEY_SCENARIOS, "DIR", 0, OPTIONS_SCENARIOS_TEXT, 5},
	{"classes", KEY_CLASSES, "FILE", 0, OPTIONS_CLASSES_TEXT, 5},
	{NULL, 0, NULL, 0, "Thresholds:", 6},
	{"outage", KEY_OUTAGE, "TIME", 0,
	 "The outage of the responder that the server has to survive (default: 24h)", 6},
	{"least-gain", KEY_LEAST_GAIN, "PERCENT", 0,
	 "Pointless below this share of protected clients (default: 1)", 6},
	{"most-loss", KEY_MOST_LOSS, "PERCENT", 0,
	 "Not safe above this share of clients that reject without a security gain (default: 1)",
	 6},
	{0},
};

static int64_t read_duration(struct argp_state *state, const char *option, const char *text)
{
	int64_t ms;
	if (!duration_parse(&ms, text) || ms < 1000 || ms > DURATION_MOST_MS)
		options_fail(state, "%s: invalid time '%s' (1s to 400d, such as 4d or 12h)", option,
			     text);
	return ms;
}

static double read_percent(struct argp_state *state, const char *option, const char *text)
{
	double percent;
	if (!environment_parse_percent(&percent, text) || percent > 100)
		options_fail(state, "%s: invalid percentage '%s' (0 to 100)", option, text);
	return percent;
}

static int read_server(struct argp_state *state, const char *name)
{
	char list[256];
	int found = name_find(&refresh_names, name);
	const char *nearest = text_nearest(name, refresh_names.names, refresh_names.num);
	if (found < 0)
		options_fail(state, "--server: unknown server '%s'%s%s%s (one of: %s)", name,
			     nearest != NULL ? ", did you mean '" : "",
			     nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "",
			     name_list(list, sizeof list, &refresh_names));
	return found;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct advise_options *options = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->way;
		for (int i = 1; i < 3; i++)
			state->child_inputs[i] = &options->common;
		return 0;
	case ARGP_KEY_ARG: return word_list_add(&options->common.words, arg);
	case ARGP_KEY_END:
		if (options->common.words.num > 1)
			options_fail(state, "one target at a time");
		if (options->common.at != NULL)
			options_fail(state, "--at: advice applies to the present only");
		return 0;
	case KEY_ENVIRONMENT: options->environment = arg; return 0;
	case KEY_EXAMINATION: options->examination = arg; return 0;
	case KEY_SCENARIOS: return word_list_add(&options->common.scenario_directories, arg);
	case KEY_CLASSES: return word_list_add(&options->common.class_files, arg);
	case KEY_SERVER: options->server = read_server(state, arg); return 0;
	case KEY_STAPLE_LIFE:
		options->life_ms = read_duration(state, "--staple-life", arg);
		return 0;
	case KEY_OUTAGE: options->outage_ms = read_duration(state, "--outage", arg); return 0;
	case KEY_LEAST_GAIN:
		options->least_gain = read_percent(state, "--least-gain", arg);
		return 0;
	case KEY_MOST_LOSS: options->most_loss = read_percent(state, "--most-loss", arg); return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{&target_options_argp, 0, NULL, 0},
	{&options_work_argp, 0, NULL, 0},
	{&report_options_advice, 0, NULL, 0},
	{0},
};
const struct argp cmd_advise_argp = {
	.options = advise_options,
	.parser = parse,
	.args_doc = "[TARGET]",
	.doc = doc,
	.children = children,
};

/* What is read, and what comes of it. */
struct advising {
	const struct advise_options *options;
	struct command_data data;
	struct environment environment;
	struct scenario_list scenarios;
	struct advice_pairs pairs;
	struct advise_target target; /* nothing without one */
	enum advice_word word;
	bool is_made;
};

static bool load(struct advising *advising, struct options *options, struct error *err)
{
	const char *path = advising->options->environment;
	struct selection all = {.num_rows = 0};
	if (!command_data_load(&advising->data, options, err))
		return false;
	if (path == NULL)
		path = advising->data.paths.environment;
	if (path == NULL)
		return error_set(err, ERROR_USAGE,
				 "the sample environment is not installed: specify a file with "
				 "--environment");
	bool done = environment_read(&advising->environment, path, &advising->data.classes, err);
	done = command_data_plan(&advising->scenarios, &advising->data.paths, options, &all, err) &&
	       done;
	done = done && advice_pairs_find(&advising->pairs, &advising->scenarios, err);
	/* The run is by the classes of the environment, and no others. */
	for (size_t i = 0; done && i < advising->environment.num_clients; i++)
		word_list_add(&options->classes, advising->environment.clients[i].class_id);
	return done;
}

static bool is_wanted(const struct advice_pairs *pairs, const struct scenario *scenario)
{
	for (size_t i = 0; i < pairs->num; i++)
		if (pairs->items[i].plain == scenario || pairs->items[i].must_staple == scenario)
			return true;
	return false;
}

/* In the order of the matrix, which is that of the scenarios. */
static bool add_rows(struct run *run, const struct advising *advising, struct error *err)
{
	for (size_t i = 0; i < advising->scenarios.num; i++) {
		const struct scenario *scenario = &advising->scenarios.items[i];
		struct run_row row = {.id = scenario->id, .scenario = scenario};
		if (is_wanted(&advising->pairs, scenario) && run_add_row(run, &row) < 0)
			return error_set(err, ERROR_UNABLE, "out of memory");
	}
	return true;
}

static bool conclude(struct conclusion *conclusion, struct run *run, struct error *err)
{
	struct advising *advising = conclusion->context;
	const struct advise_options *options = advising->options;
	struct run_summary summary;
	struct advice_input input = {
		.run = run,
		.environment = &advising->environment,
		.pairs = &advising->pairs,
		.staple_life_s = ADVICE_STAPLE_LIFE_S,
		.life_from = ADVICE_LIFE_ASSUMED,
		.server = options->server,
		.server_from = "option",
		.outage_s = options->outage_ms > 0 ? options->outage_ms / 1000 : ADVICE_OUTAGE_S,
		.least_gain = options->least_gain,
		.most_loss = options->most_loss,
		.target = advising->target.examination != NULL ? advising->target.examination->id
							       : NULL,
		.examination = advising->target.examination,
	};
	run_summarize(run, &summary);
	/* Half of the cells is no ground for an advice. */
	if (summary.num_done < summary.num_cells)
		return true;
	if (options->life_ms > 0) {
		input.staple_life_s = options->life_ms / 1000;
		input.life_from = ADVICE_LIFE_OPTION;
	} else if (!advice_measured_life(&input.staple_life_s, &input.life_from,
					 advising->target.examination)) {
		input.staple_life_s = ADVICE_STAPLE_LIFE_S;
		input.life_from = ADVICE_LIFE_ASSUMED;
	}
	if (input.server < 0 && advising->target.examination != NULL) {
		input.server = advice_measured_server(advising->target.examination);
		input.server_from = "endpoint";
	}
	struct advice advice;
	json_t *object = NULL;
	if (advice_make(&advice, &input, err) && (object = advice_to_json(&advice)) == NULL)
		error_set(err, ERROR_UNABLE, "out of memory");
	advising->word = (enum advice_word)advice.answer.word.value;
	advising->is_made = object != NULL;
	if (advising->is_made)
		run_set_advice(run, object);
	advice_clear(&advice);
	return advising->is_made;
}

static int exit_status(const struct advising *advising, int status)
{
	/* What clients do is an answer here, and no finding by itself. */
	if (!advising->is_made || (status != EXIT_AS_EXPECTED && status != EXIT_FINDING))
		return status;
	return advising->word == ADVICE_SAFE || advising->word == ADVICE_SAFE_IF ? EXIT_AS_EXPECTED
										 : EXIT_FINDING;
}

/* False with err, or when it was interrupted. */
static bool know_target(struct advising *advising, bool *is_interrupted, struct error *err)
{
	const struct advise_options *options = advising->options;
	if (options->examination != NULL)
		return advise_target_load(&advising->target, options->examination, &options->common,
					  err);
	if (options->common.words.num + options->way.files.num == 0)
		return true;
	enum examiner_end end = advise_target_examine(&advising->target, &advising->data,
						      &options->common, &options->way, err);
	*is_interrupted = end == EXAMINER_INTERRUPTED;
	if (*is_interrupted)
		*err = ERROR_INIT;
	return end == EXAMINER_DONE;
}

static int try_clients(struct advising *advising, int argc, char **argv, struct error *err)
{
	const struct options *options = &advising->options->common;
	struct conclusion conclusion = {.make = conclude, .context = advising};
	struct job_options job = {0};
	int status = EXIT_UNABLE;
	struct run *run = run_setup(&advising->data, options, argc, argv, err);
	if (run != NULL && add_rows(run, advising, err)) {
		run_set_deviations(run, &advising->data.deviations);
		command_data_shorten(&advising->scenarios, &advising->data.paths);
		status = exit_status(advising, run_work(argv[0], run, &advising->data, options,
							&job, &conclusion));
	}
	run_free(run);
	return status;
}

int cmd_advise(int argc, char **argv)
{
	return cmd_advise_again(argc, argv, NULL);
}

int cmd_advise_again(int argc, char **argv, struct again *again)
{
	struct advise_options options = {.way = TARGET_OPTIONS_INIT,
					 .server = -1,
					 .least_gain = ADVICE_LEAST_GAIN,
					 .most_loss = ADVICE_MOST_LOSS};
	struct error err = ERROR_INIT;
	struct advising advising = {.options = &options};
	bool is_interrupted = false;
	int status = EXIT_UNABLE;
	options_init(&options.common);
	options.common.time_factor = TIME_FACTOR_RUN;
	if (!options_parse(&cmd_advise_argp, argc, argv, &options, &err)) {
		status = EXIT_AS_EXPECTED; /* help, when there is no err */
		goto out;
	}
	options_set_again(&options.common, again);
	if (!load(&advising, &options.common, &err))
		goto out;
	if (know_target(&advising, &is_interrupted, &err))
		status = try_clients(&advising, argc, argv, &err);
	else if (is_interrupted)
		fprintf(stderr, "%s: interrupted during the examination; no client was tested\n",
			argv[0]);
out:
	if (err.kind != ERROR_NONE)
		status = failure_print(argv[0], &err);
	advise_target_clear(&advising.target);
	target_options_clear(&options.way);
	advice_pairs_clear(&advising.pairs);
	scenario_list_clear(&advising.scenarios);
	environment_clear(&advising.environment);
	command_data_clear(&advising.data);
	options_clear(&options.common);
	return status;
}
