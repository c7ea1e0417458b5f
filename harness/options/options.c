/* Knows the options that several commands have. */
#include "harness/options/options.h"

#include "core/clock.h"
#include "core/text.h"
#include "harness/run/time_factor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum key {
	KEY_TAG = 0x100,
	KEY_EXCLUDE,
	KEY_SCENARIOS,
	KEY_CLASSES,
	KEY_DEVIATIONS,
	KEY_TIMEOUT,
	KEY_TIME_FACTOR,
	KEY_REPEAT,
	KEY_EVIDENCE,
	KEY_AT,
	KEY_DB,
	KEY_NO_STORE,
	KEY_NO_FETCH,
	KEY_FETCH_PRIVATE,
	KEY_CLIENT,
	KEY_VANTAGE,
};

void options_init(struct options *options)
{
	*options = (struct options){.repeat = 1, .deadline_ms = JOB_DEADLINE_MS, .time_factor = 1};
}

void options_clear(struct options *options)
{
	free(options->words.items);
	free(options->classes.items);
	free(options->tags.items);
	free(options->excludes.items);
	free(options->clients.items);
	free(options->class_files.items);
	free(options->scenario_directories.items);
	free(options->deviation_files.items);
	*options = (struct options){0};
}

error_t word_list_add(struct word_list *list, const char *word)
{
	const char **items = reallocarray(list->items, list->num + 1, sizeof *items);
	if (items == NULL)
		return ENOMEM;
	list->items = items;
	items[list->num++] = word;
	return 0;
}

/* What goes through one parsing. argp hands root to every parser as state->root_argp. */
struct parsing {
	struct argp root; /* first */
	struct error err;
	bool has_helped;
};

static struct parsing *parsing_of(const struct argp_state *state)
{
	return (struct parsing *)state->root_argp;
}

void options_fail(struct argp_state *state, const char *format, ...)
{
	struct text text;
	va_list args;
	text_init(&text, ERROR_TEXT_MAX);
	va_start(args, format);
	text_append_format_list(&text, format, args);
	va_end(args);
	error_set(&parsing_of(state)->err, ERROR_USAGE, "%s", text_string(&text));
	text_clear(&text);
	state->next = state->argc;
}

int options_number(struct argp_state *state, const char *option, const char *text, int least,
		   int most)
{
	char *end;
	errno = 0;
	long number = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || number < least || number > most)
		options_fail(state, "%s: invalid number '%s' (%d to %d)", option, text, least,
			     most);
	return (int)number;
}

int options_choose(struct argp_state *state, const char *option, const char *text,
		   const char *const *names, size_t num)
{
	struct text list;
	for (size_t i = 0; i < num; i++)
		if (strcmp(names[i], text) == 0)
			return (int)i;
	text_init(&list, 0);
	for (size_t i = 0; i < num; i++)
		text_append_format(&list, "%s%s", i > 0 ? ", " : "", names[i]);
	options_fail(state, "%s: unknown value '%s' (one of: %s)", option, text,
		     text_string(&list));
	text_clear(&list);
	return 0;
}

int options_deadline(struct argp_state *state, const char *text)
{
	int64_t ms = 0;
	char *end;
	long seconds = strtol(text, &end, 10);
	bool plain = end != text && *end == '\0' && seconds > 0 && seconds <= 3600;
	if (plain)
		ms = seconds * 1000;
	else if (!duration_parse(&ms, text) || ms < 1 || ms > 3600000)
		options_fail(state, "--timeout: invalid time '%s' (1ms to 1h, such as 10s)", text);
	return (int)ms;
}

double options_time_factor(struct argp_state *state, const char *text)
{
	double factor = 1;
	if (!time_factor_parse(&factor, text))
		options_fail(state, "--time-factor: invalid number '%s' (1 to %d)", text,
			     TIME_FACTOR_MOST);
	return factor;
}

enum color_choice options_color(struct argp_state *state, const char *text)
{
	static const char *const colors[] = {"auto", "always", "never"};
	return (enum color_choice)options_choose(state, "--color", text, colors, 3);
}

void options_set_again(struct options *options, struct again *again)
{
	if (again == NULL)
		return;
	options->again = again;
	options->num_outputs = 0;
	options->evidence = options->write_expect = NULL;
	options->db = again->db;
	options->no_store = false;
}

/* --- what is chosen --- */

static const struct argp_option selection_options[] = {
	{NULL, 0, NULL, 0, "Selection:", 2},
	{"class", 'c', "PATTERN", 0,
	 "Client classes: openssl/soft-fail, '*/hard-fail', gnutls/*, or all. May be repeated; "
	 "without it the default classes",
	 2},
	{"tag", KEY_TAG, "TAG", 0, "Only scenarios with this tag (or one of several)", 2},
	{"exclude", KEY_EXCLUDE, "PATTERN", 0, "Exclude scenarios (id or family/id) or classes", 2},
	{"scenarios", KEY_SCENARIOS, "DIR", 0, OPTIONS_SCENARIOS_TEXT, 2},
	{"classes", KEY_CLASSES, "FILE", 0, OPTIONS_CLASSES_TEXT, 2},
	{"deviations", KEY_DEVIATIONS, "FILE", 0,
	 "Read deviations from FILE too; of two that match equally well the later one counts", 2},
	{0},
};

static const struct argp_option classes_options[] = {
	{NULL, 0, NULL, 0, "Selection:", 2},
	{"class", 'c', "PATTERN", 0,
	 "Client classes: openssl/soft-fail, '*/hard-fail', gnutls/*, or all. May be repeated; "
	 "without it the default classes",
	 2},
	{"exclude", KEY_EXCLUDE, "PATTERN", 0, "Exclude classes", 2},
	{"classes", KEY_CLASSES, "FILE", 0, OPTIONS_CLASSES_TEXT, 2},
	{"deviations", KEY_DEVIATIONS, "FILE", 0,
	 "Read deviations from FILE too; of two that match equally well the later one counts", 2},
	{0},
};

static error_t parse_selection(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	switch (key) {
	case 'c': return word_list_add(&options->classes, arg);
	case KEY_TAG: return word_list_add(&options->tags, arg);
	case KEY_EXCLUDE: return word_list_add(&options->excludes, arg);
	case KEY_SCENARIOS: return word_list_add(&options->scenario_directories, arg);
	case KEY_CLASSES: return word_list_add(&options->class_files, arg);
	case KEY_DEVIATIONS: return word_list_add(&options->deviation_files, arg);
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp options_selection_argp = {.options = selection_options,
					    .parser = parse_selection};
const struct argp options_classes_argp = {.options = classes_options, .parser = parse_selection};

/* --- how the work is done --- */

static const struct argp_option work_options[] = {
	{NULL, 0, NULL, 0, "Work:", 3},
	{"jobs", 'j', "N", 0, "Concurrent probes in total (default: 16 in each client program)", 3},
	{"timeout", KEY_TIMEOUT, "TIME", 0, "Deadline of one probe, such as 5s (default: 10s)", 3},
	{"time-factor", KEY_TIME_FACTOR, "N", 0,
	 "Divide the delays of slow responders and the policies' time-outs by N, to save time "
	 "(default: 2 for run, 1 for probe and lab)",
	 3},
	{"repeat", KEY_REPEAT, "N", 0,
	 "Try each cell N times (default: 1), to catch intermittent staples; the worst result is "
	 "shown",
	 3},
	{"at", KEY_AT, "WHEN", 0,
	 "Move the clock of the clients to WHEN: +3d, -2h, 2026-12-01T00:00:00Z, 2026-12-01 or "
	 "seconds since 1970. Lab and servers stay at now: what is shown is which clients fail if "
	 "nothing "
	 "is refreshed until then. What scenarios expect does not count then",
	 3},
	{"evidence", KEY_EVIDENCE, "DIR", 0,
	 "Save staples, chains, fetched bodies, requests and answers in DIR/ROW/CLASS/", 3},
	{"no-fetch", KEY_NO_FETCH, NULL, 0,
	 "Clients fetch nothing (no OCSP, no CRL), whatever their policy", 3},
	{"fetch-private", KEY_FETCH_PRIVATE, "allow|deny", 0,
	 "Whether clients may fetch from private, link-local and loopback addresses in "
	 "certificates (default: allow)",
	 3},
	{"client", KEY_CLIENT, "STACK=PATH", 0,
	 "Use this program for a stack, or add a stack of this name (clients/README.md)", 3},
	{"vantage", KEY_VANTAGE, "NAME", 0,
	 "Name of the place from which this run tests (default: the host name)", 3},
	{"db", KEY_DB, "FILE", 0, OPTIONS_DB_TEXT, 3},
	{"no-store", KEY_NO_STORE, NULL, 0, "Do not save this run", 3},
	{0},
};

static error_t parse_work(int key, char *arg, struct argp_state *state)
{
	static const char *const allow_deny[] = {"allow", "deny"};
	struct options *options = state->input;
	switch (key) {
	case 'j': options->jobs = options_number(state, "--jobs", arg, 1, 1024); return 0;
	case KEY_TIMEOUT: options->deadline_ms = options_deadline(state, arg); return 0;
	case KEY_TIME_FACTOR: options->time_factor = options_time_factor(state, arg); return 0;
	case KEY_REPEAT:
		options->repeat = options_number(state, "--repeat", arg, 1, JOB_REPEAT_MAX);
		return 0;
	case KEY_AT: options->at = arg; return 0;
	case KEY_EVIDENCE: options->evidence = arg; return 0;
	case KEY_NO_FETCH: options->fetch = "none"; return 0;
	case KEY_FETCH_PRIVATE:
		if (options_choose(state, "--fetch-private", arg, allow_deny, 2) == 1 &&
		    options->fetch == NULL)
			options->fetch = "public";
		return 0;
	case KEY_CLIENT:
		if (strchr(arg, '=') == NULL || arg[0] == '=' || strchr(arg, '=')[1] == '\0')
			options_fail(state, "--client: '%s' is not STACK=PATH", arg);
		return word_list_add(&options->clients, arg);
	case KEY_VANTAGE: options->vantage = arg; return 0;
	case KEY_DB: options->db = arg; return 0;
	case KEY_NO_STORE: options->no_store = true; return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp options_work_argp = {.options = work_options, .parser = parse_work};

/* An examination repeats its handshakes, and tries each cell once. */
static char *say_handshakes(int key, const char *text, void *input)
{
	(void)input;
	if (key != KEY_REPEAT)
		return (char *)text;
	char *filled = strdup("Make N handshakes (default: 6), to catch "
			      "intermittent staples");
	if (filled == NULL)
		return (char *)text;
	return filled;
}

const struct argp options_examination_argp = {
	.options = work_options, .parser = parse_work, .help_filter = say_handshakes};

/* --- parsing --- */

/* Collects the long names of a parser and its children. */
static size_t collect_names(const struct argp *argp, const char **names, size_t num, size_t max)
{
	for (const struct argp_option *o = argp->options;
	     o != NULL && (o->name != NULL || o->key != 0 || o->doc != NULL); o++)
		if (o->name != NULL && num < max)
			names[num++] = o->name;
	for (const struct argp_child *c = argp->children; c != NULL && c->argp != NULL; c++)
		num = collect_names(c->argp, names, num, max);
	return num;
}

/* getopt says that an option is unknown, but not which one was meant. */
static bool check_option_names(const struct argp *argp, int argc, char **argv, struct error *err)
{
	const char *names[96] = {"help", "usage", "version"};
	size_t num = collect_names(argp, names, 3, sizeof names / sizeof *names);
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		char name[64];
		if (strncmp(argv[i], "--", 2) != 0)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)strcspn(argv[i] + 2, "="), argv[i] + 2);
		bool known = false;
		for (size_t k = 0; k < num && !known; k++)
			known = strncmp(names[k], name, strlen(name)) == 0;
		const char *nearest = known ? NULL : text_nearest(name, names, num);
		if (!known && nearest != NULL)
			return error_set(err, ERROR_USAGE,
					 "unknown option '--%s'; did you mean '--%s'?", name,
					 nearest);
		if (!known)
			return error_set(err, ERROR_USAGE,
					 "unknown option '--%s' (%s --help lists them)", name,
					 argv[0]);
	}
	return true;
}

/* argp's own options for help, which would end the program. */
enum { KEY_USAGE = 0x700 };
static const struct argp_option help_options[] = {
	{"help", '?', NULL, 0, "Give this help list", -1},
	{"usage", KEY_USAGE, NULL, 0, "Give a short usage message", 0},
	{0},
};

static error_t parse_help(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key != '?' && key != KEY_USAGE)
		return ARGP_ERR_UNKNOWN;
	argp_state_help(state, state->out_stream,
			key == '?' ? ARGP_HELP_STD_HELP : ARGP_HELP_USAGE);
	parsing_of(state)->has_helped = true;
	state->next = state->argc;
	return 0;
}

static const struct argp help_argp = {.options = help_options, .parser = parse_help};

bool options_parse(const struct argp *argp, int argc, char **argv, void *input, struct error *err)
{
	const struct argp_child children[] = {{argp, 0, NULL, 0}, {&help_argp, 0, NULL, 0}, {0}};
	struct parsing parsing = {.root = {.children = children}};
	if (!check_option_names(argp, argc, argv, err))
		return false;
	/* argp takes the name for messages from argv[0] and cuts it at the last slash. */
	error_t fault =
		argp_parse(&parsing.root, argc, argv, ARGP_NO_EXIT | ARGP_NO_HELP, NULL, input);
	if (parsing.has_helped)
		return false;
	if (parsing.err.kind != ERROR_NONE)
		return error_set(err, parsing.err.kind, "%s", parsing.err.text);
	if (fault == ENOMEM)
		return error_set(err, ERROR_UNABLE, "out of memory");
	/* getopt and argp have said what is wrong. */
	return fault == 0 || error_set(err, ERROR_USAGE, "%s", "");
}
