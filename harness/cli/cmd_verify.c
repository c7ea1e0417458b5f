/* Knows the command `verify`: responses and CRLs before every stack, without a connection. */

#include "core/clock.h"
#include "core/file.h"
#include "harness/cli/commands.h"
#include "harness/cli/failure.h"
#include "harness/config/timestamp.h"
#include "harness/drive/interrupt.h"
#include "harness/options/command_data.h"
#include "harness/options/command_line.h"
#include "harness/options/terminal.h"
#include "harness/options/verify_input.h"
#include "reports/verification_report.h"

#include <stdlib.h>
#include <string.h>

static const char doc[] =
	"Shows how each stack validates an OCSP response or a CRL, without a connection."
	"\vFiles are DER, PEM (\"OCSP RESPONSE\", \"CERTIFICATE\", \"X509 CRL\") or base64. Any "
	"other content is wrong usage; invalid content inside is `malformed`, according to the "
	"stack.\n\n"
	"The issuer is the certificate of --issuer that signed that of --cert; without --issuer, "
	"the one after the first of --cert, in --chain or in --trust. A stack refuses certificates "
	"of which none did. Without --trust the issuer is the trust anchor; with it, the "
	"issuer must be in it or have a certificate path to it, and every certificate in it is a "
	"trust anchor, self-signed or not.\n\n"
	"A CRL file may have several CRLs in PEM: one that is good for the certificate is enough, "
	"and one that lists it counts. A CRL for some reasons only is `incomplete`; several of "
	"them count as good when they cover all reasons together.\n\n"
	"A list of test vectors (--index) is tab-separated text with a header: suite, case, kind "
	"(ocsp, ocsp-signature, ocsp-parse, crl, crl-chain), response_file, expected_status (good, "
	"revoked, unknown, invalid), and cert_file, issuer_file, trust_file, other_files, time, "
	"alt_time; further columns are ignored, and paths are relative to the list. For crl-chain "
	"each certificate of cert_file and issuer_file, and of other_files each that one of these "
	"names as its issuer, needs a CRL unless it is a trust anchor, and the worst result "
	"counts. A row with a file of more than 16 MiB is an `error`.\n\n"
	"Examples:\n"
	"  revoscope verify --response staple.der --cert fullchain.pem\n"
	"  revoscope verify --response r.der --cert leaf.pem --issuer ca.pem --at +3d\n"
	"  revoscope verify --crl ca.crl --cert leaf.pem --issuer ca.pem --format json\n"
	"  revoscope verify --index vectors/index.tsv --explained differences.yaml\n\n"
	"Exit status: 0 good according to every stack (or as the list expects), 1 otherwise, 2 "
	"wrong usage or a file that cannot be read, 3 no stack could be used, or it was "
	"interrupted.";

enum key {
	KEY_RESPONSE = 0x300,
	KEY_CRL,
	KEY_CERT,
	KEY_ISSUER,
	KEY_CHAIN,
	KEY_TRUST,
	KEY_AT,
	KEY_STACK,
	KEY_SKEW,
	KEY_MAX_AGE,
	KEY_HASH,
	KEY_INDEX,
	KEY_EXPLAINED,
	KEY_STRICT,
	KEY_CLIENT,
	KEY_TIMEOUT,
};

struct verify_options {
	struct options common; /* --client, for the stacks */
	struct verify_input input;
	struct word_list stacks;
	const char *explained;
	bool strict;
	const char *json; /* where the document goes; NULL: nowhere */
	bool as_text;
	struct policy policy;
	int deadline_ms;
};

static const struct argp_option verify_options_list[] = {
	{NULL, 0, NULL, 0, "Input:", 1},
	{"response", KEY_RESPONSE, "FILE", 0, "An OCSP response; may be repeated", 1},
	{"crl", KEY_CRL, "FILE", 0, "A CRL; may be repeated", 1},
	{"cert", KEY_CERT, "FILE", 0,
	 "The certificate whose status is checked; further ones in the file are its chain", 1},
	{"issuer", KEY_ISSUER, "FILE", 0, "The certificate of its issuer, among others or alone",
	 1},
	{"chain", KEY_CHAIN, "FILE", 0, "Certificates between issuer and trust anchors", 1},
	{"trust", KEY_TRUST, "FILE", 0, "Trusted certificates (default: the issuer)", 1},
	{"index", KEY_INDEX, "FILE.tsv", 0, "A list of test vectors, instead of all these", 1},
	{"explained", KEY_EXPLAINED, "FILE", 0,
	 "Known differences from the list (YAML: stack, case, got, why)", 1},
	{"strict", KEY_STRICT, NULL, 0, "Stale explanations fail too", 1},
	{NULL, 0, NULL, 0, "How:", 2},
	{"at", KEY_AT, "WHEN", 0,
	 "Validate at this time: +3d, -2h, 2026-12-01T00:00:00Z, 2026-12-01 or seconds since 1970",
	 2},
	{"skew", KEY_SKEW, "S", 0,
	 "Tolerance around thisUpdate and nextUpdate in seconds (default: 300)", 2},
	{"max-age", KEY_MAX_AGE, "S", 0,
	 "Maximum age without nextUpdate in seconds (default: 604800; -1 any age, 0 nextUpdate is "
	 "required)",
	 2},
	{"certid-hash", KEY_HASH, "sha1|any", 0, "Accepted CertID hashes (default: any)", 2},
	{"timeout", KEY_TIMEOUT, "TIME", 0,
	 "Deadline of one check by one stack, such as 30s (default: 10s)", 2},
	{"stack", KEY_STACK, "NAME", 0, "Only this stack; may be repeated", 2},
	{"client", KEY_CLIENT, "STACK=PATH", 0,
	 "Use this program for a stack, or add a stack of this name", 2},
	{"format", 'f', "text|json[=FILE]", 0,
	 "Output format (default: text); with json=FILE the text is on standard output", 2},
	{0},
};

static void set_format(struct verify_options *options, struct argp_state *state, const char *text)
{
	if (strcmp(text, "text") == 0)
		options->as_text = true;
	else if (strcmp(text, "json") == 0)
		options->json = "-";
	else if (strncmp(text, "json=", 5) == 0 && text[5] != '\0')
		options->json = text + 5;
	else
		options_fail(state, "--format: unknown format '%s' (one of: text, json, json=FILE)",
			     text);
}

static void set_once(const char **out, struct argp_state *state, const char *option,
		     const char *value)
{
	if (*out != NULL)
		options_fail(state, "%s is given more than once", option);
	*out = value;
}

static void set_time(struct verify_options *options, struct argp_state *state, const char *text)
{
	struct error err = ERROR_INIT;
	options->input.has_time = true;
	if (!timestamp_parse(&options->input.at_s, text, clock_wall_s(), &err))
		options_fail(state, "--at: %s", err.text);
}

static void check_words(const struct verify_options *options, struct argp_state *state)
{
	const struct verify_input *input = &options->input;
	bool has_files = input->responses.num + input->crls.num > 0;
	if (input->index != NULL) {
		if (has_files || input->certificate != NULL || input->issuer != NULL ||
		    input->chain != NULL || input->trust != NULL || input->has_time)
			options_fail(state, "--index has its own files and times; omit --response, "
					    "--crl, --cert, --issuer, --chain, --trust and --at");
		return;
	}
	if (options->explained != NULL || options->strict)
		options_fail(state, "--explained and --strict need --index");
	if (!has_files)
		options_fail(state, "nothing to verify; use --response, --crl or --index");
	if (input->certificate == NULL)
		options_fail(state, "--cert is missing: the certificate whose status is checked");
}

static error_t parse_policy(struct verify_options *options, int key, char *arg,
			    struct argp_state *state)
{
	struct policy *policy = &options->policy;
	switch (key) {
	case KEY_SKEW: policy->skew_s = options_number(state, "--skew", arg, 0, 31536000); return 0;
	case KEY_MAX_AGE:
		policy->max_age_s = options_number(state, "--max-age", arg, -1, 31536000);
		return 0;
	case KEY_HASH:
		if (strcmp(arg, "sha1") != 0 && strcmp(arg, "any") != 0)
			options_fail(state, "--certid-hash: unknown hash '%s' (one of: sha1, any)",
				     arg);
		policy->certid_hash = strcmp(arg, "any") == 0 ? CERTID_HASH_ANY : CERTID_HASH_SHA1;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct verify_options *options = state->input;
	struct verify_input *input = &options->input;
	switch (key) {
	case KEY_RESPONSE: return word_list_add(&input->responses, arg);
	case KEY_CRL: return word_list_add(&input->crls, arg);
	case KEY_CERT: set_once(&input->certificate, state, "--cert", arg); return 0;
	case KEY_ISSUER: set_once(&input->issuer, state, "--issuer", arg); return 0;
	case KEY_CHAIN: set_once(&input->chain, state, "--chain", arg); return 0;
	case KEY_TRUST: set_once(&input->trust, state, "--trust", arg); return 0;
	case KEY_INDEX: set_once(&input->index, state, "--index", arg); return 0;
	case KEY_EXPLAINED: set_once(&options->explained, state, "--explained", arg); return 0;
	case KEY_STRICT: options->strict = true; return 0;
	case KEY_AT: set_time(options, state, arg); return 0;
	case KEY_STACK: return word_list_add(&options->stacks, arg);
	case KEY_TIMEOUT: options->deadline_ms = options_deadline(state, arg); return 0;
	case KEY_CLIENT:
		if (strchr(arg, '=') == NULL || arg[0] == '=' || strchr(arg, '=')[1] == '\0')
			options_fail(state, "--client: '%s' is not STACK=PATH", arg);
		return word_list_add(&options->common.clients, arg);
	case 'f': set_format(options, state, arg); return 0;
	case ARGP_KEY_ARG:
		options_fail(state, "unexpected argument '%s'; files follow --response or --crl",
			     arg);
		return 0;
	case ARGP_KEY_END: check_words(options, state); return 0;
	default: return parse_policy(options, key, arg, state);
	}
}

const struct argp cmd_verify_argp = {.options = verify_options_list, .parser = parse, .doc = doc};

static bool is_chosen(const struct verify_options *options, const char *stack)
{
	for (size_t i = 0; i < options->stacks.num; i++)
		if (strcmp(options->stacks.items[i], stack) == 0)
			return true;
	return options->stacks.num == 0;
}

static bool choose_stacks(struct verification *verification, const struct verify_options *options,
			  const struct class_file *classes, struct error *err)
{
	for (size_t i = 0; i < options->stacks.num; i++) {
		bool known = false;
		for (size_t k = 0; k < classes->num_stacks && !known; k++)
			known = strcmp(classes->stacks[k].id, options->stacks.items[i]) == 0;
		if (!known)
			return error_set(
				err, ERROR_USAGE,
				"--stack: unknown stack '%s' (see `revoscope list stacks`)",
				options->stacks.items[i]);
	}
	for (size_t k = 0; k < classes->num_stacks; k++)
		if (is_chosen(options, classes->stacks[k].id) &&
		    !verification_add_stack(verification, &classes->stacks[k], err))
			return false;
	return true;
}

/* Machine output is alone on standard output. */
static bool write_reports(const struct verification_report *report,
			  const struct verify_options *options, struct file_writer *writer,
			  struct error *err)
{
	bool json_to_stdout = options->json != NULL && strcmp(options->json, "-") == 0;
	struct format_options format = terminal_format_options(COLOR_NEVER, true);
	if (options->json != NULL && (!verification_json_write(writer->stream, report, err) ||
				      !file_writer_commit(writer, err)))
		return error_set(err, ERROR_UNABLE, "%s: cannot be written", options->json);
	return json_to_stdout || verification_text_write(stdout, report, &format, err);
}

/* Whether a stack finds the certificate good by a response, or by the CRLs of a file: one says so,
 * or covers a part of the reasons that all CRLs together cover, and none lists it. */
static bool is_good(const struct verification *verification, size_t first, size_t stack)
{
	size_t num = verification->questions[first].num_parts;
	bool any = false, is_listed = false;
	bool is_complete =
		verification_is_complete(verification, 0, verification->num_questions, stack);
	for (size_t i = first; i == first || i < first + num; i++) {
		const struct stack_finding *finding = verification_at(verification, i, stack);
		any |= finding->check != NULL &&
		       (finding->seen.verdict == CHECK_GOOD ||
			(is_complete && finding->seen.verdict == CHECK_INCOMPLETE));
		is_listed |= finding->check != NULL && finding->seen.verdict == CHECK_REVOKED;
	}
	return any && !is_listed;
}

static int judge_findings(const struct verification *verification)
{
	size_t num_asked = 0, num_others = 0;
	for (size_t i = 0, next; i < verification->num_questions; i = next) {
		size_t num_parts = verification->questions[i].num_parts;
		next = i + (num_parts > 1 ? num_parts : 1);
		for (size_t k = 0; k < verification->num_stacks; k++) {
			const struct stack_finding *finding = verification_at(verification, i, k);
			if (verification->stacks[k].fault != NULL) {
				num_others += verification->stacks[k].is_built;
				continue;
			}
			num_asked += finding->check != NULL || finding->outcome == OUTCOME_REJECT;
			num_others += !is_good(verification, i, k);
		}
	}
	if (num_asked == 0)
		return EXIT_UNABLE;
	return num_others > 0 ? EXIT_FINDING : EXIT_AS_EXPECTED;
}

static int judge_vectors(const struct verification_report *report,
			 const struct verify_options *options)
{
	const struct verification *verification = report->verification;
	size_t num_asked = 0, num_others = 0;
	for (size_t k = 0; k < verification->num_stacks; k++) {
		struct vector_tally tally =
			vectors_tally(report->index, report->verdicts, k, verification->num_stacks);
		num_asked += tally.num;
		num_others += tally.num_unexplained;
		if (verification->stacks[k].fault != NULL && verification->stacks[k].is_built)
			num_others++;
	}
	for (size_t i = 0; options->strict && i < report->explained->num; i++)
		num_others += report->explained->items[i].num_used == 0;
	if (num_asked == 0)
		return EXIT_UNABLE;
	return num_others > 0 ? EXIT_FINDING : EXIT_AS_EXPECTED;
}

/* Everything is read; asks, reports, judges. */
static int verify(struct verification *verification, const struct vector_index *index,
		  struct explained *explained, const struct verify_options *options,
		  const struct command_data *data, const char *command, struct error *err)
{
	struct file_writer writer = {0};
	struct vector_verdict *verdicts = NULL;
	int status = EXIT_UNABLE;
	if ((options->json != NULL && !file_writer_open(&writer, options->json, err)) ||
	    !interrupt_start(err))
		return status;
	enum verification_end end =
		verification_run(verification, &data->paths, options->common.clients.items,
				 options->common.clients.num, err);
	interrupt_stop();
	if (end == VERIFICATION_INTERRUPTED)
		error_set(err, ERROR_INTERRUPTED, "interrupted");
	if (end == VERIFICATION_DONE && index->num > 0)
		verdicts = vectors_judge(verification, index, explained);
	struct verification_report report = {
		.verification = verification,
		.command = command,
		.index = verdicts != NULL ? index : NULL,
		.verdicts = verdicts,
		.explained = explained,
	};
	if (end == VERIFICATION_DONE && write_reports(&report, options, &writer, err))
		status = verdicts != NULL ? judge_vectors(&report, options)
					  : judge_findings(verification);
	if (options->json != NULL)
		file_writer_abort(&writer);
	free(verdicts);
	return status;
}

static void clear_options(struct verify_options *options)
{
	free(options->stacks.items);
	free(options->input.responses.items);
	free(options->input.crls.items);
	options_clear(&options->common);
}

int cmd_verify(int argc, char **argv)
{
	struct verify_options options = {0};
	struct error err = ERROR_INIT;
	struct command_data data = {0};
	struct verification verification = {0};
	struct vector_index index = {0};
	struct explained explained = {0};
	struct text command;
	int status = EXIT_UNABLE;
	options_init(&options.common);
	policy_init(&options.policy);
	text_init(&command, 65536);
	options.policy.skew_s = 300;
	options.policy.max_age_s = 604800;
	options.policy.certid_hash = CERTID_HASH_ANY;
	if (!options_parse(&cmd_verify_argp, argc, argv, &options, &err)) {
		status = EXIT_AS_EXPECTED; /* help, when there is no err */
		goto out;
	}
	verification.policy = options.policy;
	verification.deadline_ms = options.deadline_ms;
	command_line_append(&command, argc, argv);
	bool read = options.input.index != NULL
			    ? verify_input_read_index(&verification, &index, &options.input, &err)
			    : verify_input_read(&verification, &options.input, &err);
	if (read && options.explained != NULL)
		read = explained_read(&explained, options.explained, &err);
	if (read && command_data_load(&data, &options.common, &err) &&
	    choose_stacks(&verification, &options, &data.classes, &err))
		status = verify(&verification, &index, &explained, &options, &data,
				text_string(&command), &err);
out:
	if (err.kind != ERROR_NONE)
		status = failure_print(argv[0], &err);
	text_clear(&command);
	explained_clear(&explained);
	vector_index_clear(&index);
	verification_clear(&verification);
	command_data_clear(&data);
	clear_options(&options);
	return status;
}
