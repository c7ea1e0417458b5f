/*
 * The options that say which real endpoints are tested and how they are reached: an argp child of
 * the commands that have a TARGET.
 */
#ifndef HARNESS_OPTIONS_TARGET_OPTIONS_H
#define HARNESS_OPTIONS_TARGET_OPTIONS_H

#include "harness/config/endpoint.h"
#include "harness/options/options.h"

/* Plain data; initialize with TARGET_OPTIONS_INIT. Strings are borrowed from argv. */
struct target_options {
	struct word_list files; /* --targets */
	const char *connect;    /* NULL: where the target resolves to */
	const char *server_name;
	const char *ca;
	int starttls; /* enum starttls, or -1 */
	const char *proxy;
	enum address_family family;
	bool all; /* every address, a row of its own */
	int connections;
};

#define TARGET_OPTIONS_INIT ((struct target_options){.starttls = -1})

extern const struct argp target_options_argp; /* its input is a struct target_options */

void target_options_clear(struct target_options *options);

/* The path of --ca's file from anywhere (new memory), NULL without the option. False with err
 * when there is no certificate in PEM in it. */
bool target_options_roots(char **path, const struct target_options *options, struct error *err);

/* The one address that --proxy's host has for all probes of this run (new memory), resolved
 * within deadline_ms; NULL without the option. */
bool target_options_proxy(char **address, int *port, const struct target_options *options,
			  int deadline_ms, struct error *err);

/* The name for struct job_options, or NULL. */
const char *target_options_starttls(const struct target_options *options);

/* Of a list on standard input nothing is left by the time of a retest: false with err. */
bool target_options_check_again(const struct target_options *options, const struct again *again,
				struct error *err);

#endif
