/* Knows the options of a target: what is reached, by which way, and the trust anchors. */
#include "harness/options/target_options.h"

#include "core/file.h"
#include "core/name.h"
#include "core/situation.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

#define ROOTS_MAX_BYTES ((size_t)4 << 20)

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

static const struct argp_option target_options[] = {
	{NULL, 0, NULL, 0, "Targets:", 1},
	{"targets", KEY_TARGETS, "FILE", 0, "Read targets from FILE, or from standard input for -",
	 1},
	{"connect", KEY_CONNECT, "ADDR[:PORT]", 0,
	 "Connect to this address instead of the target's", 1},
	{"servername", KEY_SERVERNAME, "NAME", 0,
	 "Send this name (SNI) and verify the certificate for it", 1},
	{"ca", KEY_CA, "FILE", 0, "Trust anchors (PEM), instead of the system's", 1},
	{"starttls", KEY_STARTTLS, "PROTO", 0,
	 "Use STARTTLS of this protocol: smtp, imap, ... (see below)", 1},
	{"proxy", KEY_PROXY, "URL", 0,
	 "Connect to the targets through this HTTP proxy (http://HOST:PORT, CONNECT), which also "
	 "resolves their names unless -4, -6 or --all-addresses is given. OCSP and CRL fetches use "
	 "it too",
	 1},
	{"ipv4", '4', NULL, 0, "IPv4 addresses only", 1},
	{"ipv6", '6', NULL, 0, "IPv6 addresses only", 1},
	{"connections", KEY_CONNECTIONS, "N", 0,
	 "Make N consecutive connections per attempt and use the result of the last (1 to 10), so "
	 "that classes whose policy resumes sessions do so",
	 1},
	{"all-addresses", KEY_ALL, NULL, 0, "Test every address of a name, each as a separate row",
	 1},
	{0},
};

static int read_starttls(struct argp_state *state, const char *name)
{
	char list[256];
	int found = name_find(&starttls_names, name);
	if (found < 0)
		options_fail(state, "--starttls: unknown protocol '%s' (one of: %s)", name,
			     name_list(list, sizeof list, &starttls_names));
	return found;
}

static void set_family(struct target_options *options, struct argp_state *state,
		       enum address_family family)
{
	if (options->family != FAMILY_ANY && options->family != family)
		options_fail(state, "-4 and -6 exclude each other; by default any address is used, "
				    "--all-addresses tests every one");
	options->family = family;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct target_options *options = state->input;
	switch (key) {
	case KEY_TARGETS: return word_list_add(&options->files, arg);
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

const struct argp target_options_argp = {.options = target_options, .parser = parse};

void target_options_clear(struct target_options *options)
{
	free(options->files.items);
	options->files = (struct word_list){0};
}

bool target_options_roots(char **path, const struct target_options *options, struct error *err)
{
	struct text text;
	if (options->ca == NULL)
		return true;
	text_init(&text, ROOTS_MAX_BYTES);
	bool done = file_read(&text, options->ca, ROOTS_MAX_BYTES, err);
	if (done && strstr(text_string(&text), "-----BEGIN ") == NULL)
		done = error_set(err, ERROR_USAGE, "%s: has no certificate in PEM", options->ca);
	text_clear(&text);
	/* The client programs run elsewhere, so the path must not depend on where we are. */
	if (done && (*path = realpath(options->ca, NULL)) == NULL)
		done = error_set_errno(err, ERROR_USAGE, "%s", options->ca);
	return done;
}

bool target_options_proxy(char **address, int *port, const struct target_options *options,
			  int deadline_ms, struct error *err)
{
	struct endpoint proxy = {0};
	char **addresses = NULL;
	size_t num = 0;
	if (options->proxy == NULL)
		return true;
	bool done = endpoint_parse_proxy(&proxy, options->proxy, err);
	if (done &&
	    !endpoint_resolve(&addresses, &num, proxy.host, FAMILY_ANY, false, deadline_ms, err))
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

const char *target_options_starttls(const struct target_options *options)
{
	return options->starttls >= 0 ? starttls_names.names[options->starttls] : NULL;
}

bool target_options_check_again(const struct target_options *options, const struct again *again,
				struct error *err)
{
	for (size_t i = 0; again != NULL && i < options->files.num; i++)
		if (strcmp(options->files.items[i], "-") == 0)
			return error_set(err, ERROR_USAGE,
					 "the targets were read from standard input (--targets -) "
					 "and not saved: this run cannot be repeated");
	return true;
}
