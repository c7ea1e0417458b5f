/* Knows the command `probe`: real endpoints by the client classes. */
#include "harness/command.h"

#include "core/file.h"
#include "core/name.h"
#include "harness/endpoint.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TARGETS_MAX_BYTES ((size_t)4 << 20)
#define TARGETS_MAX       10000
#define HOST_NAME_BYTES   256

static const char doc[] =
	"Connects to real endpoints through every client class and shows who connects, warns and "
	"rejects."
	"\v"
	"TARGET is host[:port] or [IPv6]:port; the port is 443, or the usual one of --starttls, "
	"when "
	"none is given. A file of targets has one "
	"per line; what follows a # is a comment.\n\n"
	"PROTO of --starttls, with its port:\n"
#define STARTTLS(symbol, spelling, port, text) "  " spelling " (" #port "): " text "\n"
#include "core/starttls.def"
#undef STARTTLS
	"\n"
	"Examples:\n"
	"  revoscope probe example.org\n"
	"  revoscope probe example.org --all-addresses --class '*/must-staple'\n"
	"  revoscope probe www.example.org --connect 192.0.2.7:8443    before the DNS is changed\n"
	"  revoscope probe mail.example.org --starttls smtp\n"
	"  revoscope probe '[2001:db8::7]:5432' --starttls postgres --servername db.example.org\n"
	"  revoscope probe intranet:8443 --ca /etc/ssl/our-root.pem --format json\n"
	"  revoscope probe www.example.org --proxy http://proxy.example.net:3128\n"
	"  revoscope probe --targets hosts.txt --repeat 5 --fail-on reject\n\n"
	"Exit status: 0 nothing found at the level of --fail-on, 1 a finding, 2 wrong usage, 3 "
	"nothing could be "
	"tested, or it was interrupted.";

enum key {
	KEY_TARGETS = 0x200,
	KEY_CONNECT,
	KEY_SERVERNAME,
	KEY_CA,
	KEY_STARTTLS,
	KEY_PROXY,
	KEY_ALL,
	KEY_CONNECTIONS
};

struct probe_options {
	struct options common; /* first: the children's input */
	struct word_list files;
	const char *connect;
	const char *server_name;
	const char *ca;
	int starttls; /* enum starttls, or -1 */
	const char *proxy;
	enum address_family family;
	bool all;
	int connections;
};

static const struct argp_option target_options[] = {
	{NULL, 0, NULL, 0, "Targets:", 1},
	{"targets", KEY_TARGETS, "FILE", 0, "Read targets from FILE, or from standard input for -",
	 1},
	{"connect", KEY_CONNECT, "ADDR[:PORT]", 0, "Connect there, whatever the target resolves to",
	 1},
	{"servername", KEY_SERVERNAME, "NAME", 0, "Ask for this name (SNI) and verify it", 1},
	{"ca", KEY_CA, "FILE", 0, "Trust these roots (PEM) instead of the system's", 1},
	{"starttls", KEY_STARTTLS, "PROTO", 0,
	 "Start TLS in this protocol first: smtp, imap, ... (see below)", 1},
	{"proxy", KEY_PROXY, "URL", 0,
	 "Reach the targets through this HTTP proxy (http://HOST:PORT, CONNECT), which also "
	 "resolves "
	 "their names unless -4, -6 or --all-addresses is given. OCSP and CRL fetches go through "
	 "it "
	 "too",
	 1},
	{"ipv4", '4', NULL, 0, "IPv4 addresses only", 1},
	{"ipv6", '6', NULL, 0, "IPv6 addresses only", 1},
	{"connections", KEY_CONNECTIONS, "N", 0,
	 "Connect N times in a row for one attempt and judge the last (1 to 10), so that classes "
	 "whose policy says so resume their sessions",
	 1},
	{"all-addresses", KEY_ALL, NULL, 0, "Every address of a name, each a row of its own", 1},
	{0},
};

static int read_starttls(const struct argp_state *state, const char *name)
{
	char list[256];
	int found = name_find(&starttls_names, name);
	if (found < 0)
		options_fail(state, "--starttls: '%s' is none of: %s", name,
			     name_list(list, sizeof list, &starttls_names));
	return found;
}

static void set_family(struct probe_options *options, struct argp_state *state,
		       enum address_family family)
{
	if (options->family != FAMILY_ANY && options->family != family)
		options_fail(state, "-4 and -6 exclude each other; without both any address is "
				    "taken, --all-addresses tests every one");
	options->family = family;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct probe_options *options = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		for (int i = 0; i < 3; i++)
			state->child_inputs[i] = &options->common;
		return 0;
	case ARGP_KEY_ARG: word_list_add(&options->common.words, arg); return 0;
	case ARGP_KEY_END:
		if (options->common.words.num == 0 && options->files.num == 0)
			options_fail(state, "no target; try: revoscope probe example.org");
		return 0;
	case KEY_TARGETS: word_list_add(&options->files, arg); return 0;
	case KEY_CONNECT: options->connect = arg; return 0;
	case KEY_SERVERNAME: options->server_name = arg; return 0;
	case KEY_CA: options->ca = arg; return 0;
	case KEY_STARTTLS: options->starttls = read_starttls(state, arg); return 0;
	case KEY_PROXY: options->proxy = arg; return 0;
	case '4': set_family(options, state, FAMILY_IPV4); return 0;
	case '6': set_family(options, state, FAMILY_IPV6); return 0;
	case KEY_ALL: options->all = true; return 0;
	case KEY_CONNECTIONS:
		options->connections =
			options_number(state, "--connections", arg, 1, CONNECTIONS_MAX);
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{&options_classes_argp, 0, NULL, 0},
	{&options_work_argp, 0, NULL, 0},
	{&options_output_argp, 0, NULL, 0},
	{0},
};
const struct argp cmd_probe_argp = {
	.options = target_options,
	.parser = parse,
	.args_doc = "TARGET ...",
	.doc = doc,
	.children = children,
};

/* The rows in the making, and why those without an address have none. */
struct targets {
	struct run *run;
	const struct probe_options *options;
	char **faults; /* by row */
	size_t num;
};

static bool has_row(const struct run *run, const char *id)
{
	for (size_t i = 0; i < run_num_rows(run); i++)
		if (strcmp(run_row_at(run, i)->id, id) == 0)
			return true;
	return false;
}

static bool add_row(struct targets *targets, const struct endpoint *endpoint, const char *address,
		    int port, bool one_of_several, const char *fault, struct error *err)
{
	char id[700];
	bool ipv6 = strchr(endpoint->host, ':') != NULL;
	snprintf(id, sizeof id, "%s%s%s:%d%s%s", ipv6 ? "[" : "", endpoint->host, ipv6 ? "]" : "",
		 endpoint->port, one_of_several ? "@" : "", one_of_several ? address : "");
	if (has_row(targets->run, id))
		return true;
	if (targets->num == TARGETS_MAX)
		return error_set(err, ERROR_USAGE, "more than %d targets", TARGETS_MAX);
	char **faults = reallocarray(targets->faults, targets->num + 1, sizeof *faults);
	if (faults == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	targets->faults = faults;
	faults[targets->num++] = fault != NULL ? strdup(fault) : NULL;
	/* An interface is ours alone: no certificate and no server knows it. */
	char host[HOST_NAME_BYTES];
	snprintf(host, sizeof host, "%.*s", (int)strcspn(endpoint->host, "%"), endpoint->host);
	const char *name = targets->options->server_name;
	struct run_row row = {
		.id = id,
		.host = endpoint->host,
		.address = (char *)address,
		.port = port,
		.server_name = (char *)(name != NULL ? name : host),
	};
	if (run_add_row(targets->run, &row) < 0)
		return error_set(err, ERROR_UNABLE, "out of memory");
	return true;
}

/* One target: where it is reached, one row or several. */
static bool add_target(struct targets *targets, const char *text, struct error *err)
{
	struct endpoint endpoint = {0}, other = {0};
	struct error fault = ERROR_INIT;
	char **addresses = NULL;
	size_t num = 0;
	const struct probe_options *options = targets->options;
	bool done = endpoint_parse(&endpoint, text, err);
	if (!endpoint.has_port && options->starttls >= 0)
		endpoint.port = starttls_port((enum starttls)options->starttls);
	if (done && options->connect != NULL)
		done = endpoint_parse(&other, options->connect, err);
	if (!done)
		goto out;
	/* --connect with a host alone keeps the target's port. */
	int port = options->connect != NULL && other.has_port ? other.port : endpoint.port;
	const char *host = options->connect != NULL ? other.host : endpoint.host;
	if (options->proxy != NULL && options->family == FAMILY_ANY && !options->all)
		done = add_row(targets, &endpoint, host, port, false, NULL, err);
	else if (!endpoint_resolve(&addresses, &num, host, options->family, options->all, &fault))
		done = add_row(targets, &endpoint, NULL, port, false, fault.text, err);
	for (size_t i = 0; done && i < num; i++)
		done = add_row(targets, &endpoint, addresses[i], port, num > 1, NULL, err);
out:
	endpoint_free_addresses(addresses, num);
	endpoint_clear(&endpoint);
	endpoint_clear(&other);
	return done;
}

static bool add_file(struct targets *targets, const char *path, struct error *err)
{
	struct text text;
	int line = 1;
	text_init(&text, TARGETS_MAX_BYTES);
	bool done = file_read(&text, strcmp(path, "-") == 0 ? "/dev/stdin" : path,
			      TARGETS_MAX_BYTES, err);
	if (done && strlen(text_string(&text)) != text.len)
		done = error_set(err, ERROR_USAGE, "%s: is no text", path);
	for (char *p = text.data; done && p != NULL && *p != '\0'; line++) {
		size_t len = strcspn(p, "\n");
		char *next = p[len] == '\n' ? p + len + 1 : p + len;
		p[len] = '\0';
		p[strcspn(p, "#\r")] = '\0';
		p += strspn(p, " \t");
		p[strcspn(p, " \t")] = '\0';
		if (*p != '\0' && !add_target(targets, p, err)) {
			error_prefix(err, "%s:%d", path, line);
			done = false;
		}
		p = next;
	}
	text_clear(&text);
	return done;
}

static bool add_targets(struct targets *targets, struct error *err)
{
	const struct probe_options *options = targets->options;
	for (size_t i = 0; i < options->common.words.num; i++)
		if (!add_target(targets, options->common.words.items[i], err))
			return false;
	for (size_t i = 0; i < options->files.num; i++)
		if (!add_file(targets, options->files.items[i], err))
			return false;
	if (targets->num == 0)
		return error_set(err, ERROR_USAGE, "no target is left: nothing would be tested");
	return true;
}

/* The client programs run elsewhere, so the path must not depend on where we are. */
static bool find_roots(char **path, const char *ca, struct error *err)
{
	struct text text;
	if (ca == NULL)
		return true;
	text_init(&text, TARGETS_MAX_BYTES);
	bool done = file_read(&text, ca, TARGETS_MAX_BYTES, err);
	if (done && strstr(text_string(&text), "-----BEGIN ") == NULL)
		done = error_set(err, ERROR_USAGE, "%s: no certificate in PEM is in it", ca);
	text_clear(&text);
	if (done && (*path = realpath(ca, NULL)) == NULL)
		done = error_set_errno(err, ERROR_USAGE, "%s", ca);
	return done;
}

/* The one address that the proxy has for all probes of this run; NULL without a proxy. */
static bool find_proxy(char **address, int *port, const char *text, struct error *err)
{
	struct endpoint proxy = {0};
	char **addresses = NULL;
	size_t num = 0;
	if (text == NULL)
		return true;
	bool done = endpoint_parse_proxy(&proxy, text, err);
	if (done && !endpoint_resolve(&addresses, &num, proxy.host, FAMILY_ANY, false, err))
		done = error_prefix(err, "--proxy");
	if (done) {
		*port = proxy.port;
		*address = addresses[0];
		addresses[0] = NULL;
	}
	endpoint_free_addresses(addresses, num);
	endpoint_clear(&proxy);
	return done;
}

/* Of a list on standard input nothing is left by the time of a retest. */
static bool check_again(const struct probe_options *options, struct error *err)
{
	for (size_t i = 0; options->common.again != NULL && i < options->files.num; i++)
		if (strcmp(options->files.items[i], "-") == 0)
			return error_set(err, ERROR_USAGE,
					 "the targets came from standard input (--targets -) and "
					 "were not kept: this run cannot be repeated");
	return true;
}

int cmd_probe(int argc, char **argv)
{
	return cmd_probe_again(argc, argv, NULL);
}

int cmd_probe_again(int argc, char **argv, struct again *again)
{
	struct probe_options options = {.starttls = -1};
	struct error err = ERROR_INIT;
	struct command_data data = {0};
	struct targets targets = {.options = &options};
	char *trust = NULL, *proxy = NULL;
	int status = EXIT_UNABLE, proxy_port = 0;
	options_init(&options.common);
	options_parse(&cmd_probe_argp, argc, argv, &options);
	options_set_again(&options.common, again);
	if (!check_again(&options, &err) || !command_data_load(&data, &options.common, &err) ||
	    !find_roots(&trust, options.ca, &err) ||
	    !find_proxy(&proxy, &proxy_port, options.proxy, &err))
		goto out;
	/* The words are targets, not scenarios. */
	targets.run = command_new_run(&data, &options.common, argc, argv, &err);
	if (targets.run == NULL || !add_targets(&targets, &err))
		goto out;
	run_set_deviations(targets.run, &data.deviations);
	struct engine_options engine = {
		.trust = trust,
		.starttls = options.starttls >= 0 ? starttls_names.names[options.starttls] : NULL,
		.proxy = proxy,
		.proxy_port = proxy_port,
		.connections = options.connections,
		.row_faults = (const char *const *)targets.faults,
	};
	status = command_do_run(argv[0], targets.run, &data, &options.common, &engine, NULL);
out:
	if (err.kind != ERROR_NONE)
		status = command_fail(argv[0], &err);
	for (size_t i = 0; i < targets.num; i++)
		free(targets.faults[i]);
	free(targets.faults);
	free(trust);
	free(proxy);
	free(options.files.items);
	run_free(targets.run);
	command_data_clear(&data);
	options_clear(&options.common);
	return status;
}
