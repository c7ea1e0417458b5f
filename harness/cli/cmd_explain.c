/* Knows the command `explain`: what a name means, in plain words. */

#include "core/situation.h"
#include "core/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/explain_cell.h"
#include "harness/cli/failure.h"
#include "harness/doctor/remedy.h"
#include "harness/model/cause.h"
#include "harness/options/command_data.h"
#include "harness/options/terminal.h"
#include "reports/format.h"

#include <stdlib.h>
#include <string.h>

static const char doc[] =
	"Explains a scenario, client class, policy, reason or cause, or the result of a cell of a "
	"run."
	"\vExamples:\n"
	"  revoscope explain stale                a scenario: situation, background, expected "
	"verdicts\n"
	"  revoscope explain openssl/hard-fail    a client class, axis by axis\n"
	"  revoscope explain must-staple          a policy\n"
	"  revoscope explain staple-stale         a reason, and the cause with this name\n"
	"  revoscope explain latest/stale@8d/gnutls/native\n"
	"                                         a cell of a saved run (revoscope list runs): "
	"what was\n"
	"                                         seen, and why this verdict\n"
	"  revoscope explain result.json/stale@8d/gnutls/native\n"
	"                                         the same from a result document";

enum key { KEY_SCENARIOS = 0x200, KEY_CLASSES, KEY_DB };

static const struct argp_option explain_options[] = {
	{"scenarios", KEY_SCENARIOS, "DIR", 0, OPTIONS_SCENARIOS_TEXT, 0},
	{"classes", KEY_CLASSES, "FILE", 0, OPTIONS_CLASSES_TEXT, 0},
	{"db", KEY_DB, "FILE", 0, OPTIONS_DB_TEXT, 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	switch (key) {
	case ARGP_KEY_ARG: return word_list_add(&options->words, arg);
	case KEY_SCENARIOS: return word_list_add(&options->scenario_directories, arg);
	case KEY_CLASSES: return word_list_add(&options->class_files, arg);
	case KEY_DB: options->db = arg; return 0;
	case ARGP_KEY_END:
		if (options->words.num == 0)
			options_fail(state, "nothing to explain; try: revoscope explain stale");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp cmd_explain_argp = {
	.options = explain_options,
	.parser = parse,
	.args_doc = "SCENARIO|CLASS|POLICY|REASON|CAUSE|RUN/ROW/CLASS ...",
	.doc = doc,
};

/* Prints words in lines that fit, each behind an indent. */
static void print_wrapped(const char *words, int indent)
{
	int width = terminal_format_options(COLOR_NEVER, true).width;
	int used = indent;
	printf("%*s", indent, "");
	for (const char *p = words; *p != '\0';) {
		int len = (int)strcspn(p, " \n");
		if (used > indent && used + 1 + len > width) {
			printf("\n%*s", indent, "");
			used = indent;
		}
		if (used > indent) {
			putchar(' ');
			used++;
		}
		printf("%.*s", len, p);
		used += len;
		p += len;
		p += strspn(p, " \n");
	}
	putchar('\n');
}

static void print_axis(const struct policy *policy, const struct policy_axis *axis)
{
	char number[16];
	struct text words;
	const char *value = policy_spell(policy, axis, number);
	text_init(&words, 0);
	text_append_format(&words, "%s: %s", axis->name, value);
	int found = axis->table != NULL ? name_find(axis->table, value) : -1;
	if (found >= 0 && axis->table->texts != NULL && axis->table->texts[found] != NULL)
		text_append_format(&words, " (%s)", axis->table->texts[found]);
	text_append_format(&words, " - %s", axis->text);
	print_wrapped(text_string(&words), 4);
	text_clear(&words);
}

/* The order in which it asks, as one sentence. */
static void print_sources(const struct policy *policy)
{
	struct text words;
	bool crl_first = policy->uses_crl == USES_CRL_PREFER || policy->uses_crl == USES_CRL_ONLY;
	bool only = policy->uses_crl == USES_CRL_ONLY;
	const char *sources[4];
	size_t num = 0;
	if (crl_first)
		sources[num++] = "the CRL";
	if (policy->asks_staple == YES && policy->checks_staple != CHECKS_STAPLE_NO && !only)
		sources[num++] = "the staple";
	if (policy->fetches_ocsp != FETCHES_NO && !only)
		sources[num++] = "the OCSP responder";
	if (policy->uses_crl == USES_CRL_FALLBACK)
		sources[num++] = "the CRL";
	text_init(&words, 0);
	text_append(&words, num == 0 ? "It checks no source of revocation status" : "It uses ");
	for (size_t i = 0; i < num; i++)
		text_append_format(&words, "%s%s", i > 0 ? ", else " : "", sources[i]);
	text_append_format(&words, "%s.",
			   num > 0 && policy->scope == SCOPE_CHAIN
				   ? ", for every certificate of the chain but the root"
				   : "");
	if (num > 0)
		text_append_format(&words, " When no source has a valid response: %s.",
				   policy->on_unavailable == ACTION_CONNECT
					   ? "it connects without a warning"
				   : policy->on_unavailable == ACTION_WARN ? "it connects and warns"
									   : "it rejects");
	if (policy->requires_staple == YES)
		text_append(&words,
			    " A certificate without a valid and good staple is always rejected.");
	else if (policy->must_staple == MUST_STAPLE_VALID)
		text_append(&words, " A must-staple certificate (RFC 7633) without a valid staple "
				    "is rejected.");
	else if (policy->must_staple == MUST_STAPLE_PRESENCE)
		text_append(
			&words,
			" A must-staple certificate (RFC 7633) without any staple is rejected.");
	print_wrapped(text_string(&words), 2);
	text_clear(&words);
}

static void print_policy(const struct policy *policy)
{
	print_sources(policy);
	printf("  Axis by axis:\n");
	for (size_t i = 0; i < num_policy_axes; i++)
		print_axis(policy, &policy_axes[i]);
}

/* On how many axes two policies differ. */
static size_t count_differing(const struct policy *one, const struct policy *other)
{
	size_t num = 0;
	for (size_t i = 0; i < num_policy_axes; i++)
		num += policy_get(one, &policy_axes[i]) != policy_get(other, &policy_axes[i]);
	return num;
}

/* The built-in policy that differs least, and on which axes: what is special about a class. */
static void print_nearest(const struct class_file *file, const struct policy *policy)
{
	const struct named_policy *nearest = NULL;
	size_t least = 0;
	struct text words;
	for (size_t i = 0; i < file->num_policies; i++) {
		size_t num = count_differing(policy, &file->policies[i].policy);
		if (nearest != NULL && num >= least)
			continue;
		nearest = &file->policies[i];
		least = num;
	}
	if (nearest == NULL)
		return;
	text_init(&words, 0);
	text_append_format(&words, "%s the built-in policy %s",
			   least == 0 ? "The same as" : "Nearest to", nearest->id);
	const char *before = ", from which it differs in ";
	for (size_t i = 0; i < num_policy_axes; i++) {
		const struct policy_axis *axis = &policy_axes[i];
		char own[16], usual[16];
		if (policy_get(policy, axis) == policy_get(&nearest->policy, axis))
			continue;
		text_append_format(&words, "%s%s: %s (there %s)", before, axis->name,
				   policy_spell(policy, axis, own),
				   policy_spell(&nearest->policy, axis, usual));
		before = ", ";
	}
	text_append(&words, ".");
	print_wrapped(text_string(&words), 2);
	text_clear(&words);
}

/* Which file it is from, when that is not the project's own, and what it overrides. */
static void print_place(const char *from, const char *overrides)
{
	struct text words;
	if (from == NULL)
		return;
	text_init(&words, 0);
	text_append_format(&words, "From %s", from);
	if (overrides != NULL)
		text_append_format(&words, ", overrides %s", overrides);
	print_wrapped(text_string(&words), 2);
	text_clear(&words);
}

static bool explain_class(const struct class_file *file, const char *word)
{
	for (size_t i = 0; i < file->num_classes; i++) {
		const struct client_class *class = &file->classes[i];
		if (strcmp(class->id, word) != 0)
			continue;
		printf("client class %s: %s\n", class->id, class->title);
		if (class->text != NULL)
			print_wrapped(class->text, 2);
		printf("  stack %s, enforcement %s, origin %s%s%s\n", file->stacks[class->stack].id,
		       class->native ? "native (the stack's own settings decide)"
				     : "application (revoscope's policy engine decides, the stack "
				       "verifies)",
		       class->origin, class->reference != NULL ? ": " : "",
		       class->reference != NULL ? class->reference : "");
		print_place(class->from, class->overrides);
		if (!class->native && strcmp(class->policy_id, "own") == 0)
			print_nearest(file, &class->policy);
		if (!class->native)
			print_policy(&class->policy);
		return true;
	}
	return false;
}

static bool explain_policy(const struct class_file *file, const char *word)
{
	for (size_t i = 0; i < file->num_policies; i++) {
		const struct named_policy *policy = &file->policies[i];
		if (strcmp(policy->id, word) != 0)
			continue;
		printf("policy %s\n", policy->id);
		print_wrapped(policy->text, 2);
		print_place(policy->from, policy->overrides);
		print_policy(&policy->policy);
		printf("  Classes with it:");
		for (size_t k = 0; k < file->num_classes; k++)
			if (strcmp(file->classes[k].policy_id, policy->id) == 0)
				printf(" %s", file->classes[k].id);
		printf("\n");
		return true;
	}
	return false;
}

static bool explain_reason(const struct scenario_list *scenarios, const char *word)
{
	int reason = name_find(&reason_names, word);
	if (reason < 0)
		return false;
	printf("reason %s: %s\n", word, reason_text((enum reason)reason));
	bool first = true;
	for (size_t i = 0; i < scenarios->num; i++) {
		const struct expectation_list *expect = &scenarios->items[i].expect;
		for (size_t k = 0; k < expect->num; k++) {
			if (!expect->items[k].has_reason ||
			    expect->items[k].reason != (enum reason)reason)
				continue;
			printf("%s %s", first ? "  Scenarios that show it:" : ",",
			       scenarios->items[i].id);
			first = false;
			break;
		}
	}
	if (!first)
		printf("\n");
	return true;
}

/* The servers that have a remedy of their own. */
static void print_remedies(enum remedy_topic topic)
{
	bool first = true;
	struct text snippet, commands;
	text_init(&snippet, 0);
	text_init(&commands, 0);
	for (int i = 0; i < NUM_SERVER_KINDS; i++) {
		if (!remedy_write(&snippet, &commands, (enum server_kind)i, topic,
				  &(struct remedy_facts){0}))
			continue;
		printf("%s %s", first ? "  Configuration (doctor --server):" : ",",
		       server_kind_name((enum server_kind)i));
		first = false;
	}
	printf("%s", first ? "" : "\n");
	text_clear(&snippet);
	text_clear(&commands);
}

static bool explain_cause(const char *word)
{
	int found = name_find(&cause_names, word);
	if (found < 0)
		return false;
	const struct cause_about *about = cause_about((enum cause)found);
	printf("cause %s: %s\n", word, about->title);
	print_wrapped(about->text, 2);
	if (about->topic >= 0) {
		print_wrapped(remedy_general((enum remedy_topic)about->topic), 2);
		print_remedies((enum remedy_topic)about->topic);
	}
	printf("  When fixed:\n");
	print_wrapped(about->afterwards, 4);
	return true;
}

/* The fields in which the situation differs from the healthy one. */
static void print_situation(const struct scenario *scenario)
{
	struct situation healthy;
	bool any = false;
	situation_init(&healthy, scenario->truth);
	for (size_t i = 0; i < num_situation_fields; i++) {
		const struct situation_field *field = &situation_fields[i];
		char value[SITUATION_URL_MAX], usual[SITUATION_URL_MAX];
		situation_spell(&scenario->situation, field, value);
		situation_spell(&healthy, field, usual);
		if (strcmp(value, usual) == 0)
			continue;
		if (!any)
			printf("  Differences from a correct setup:\n");
		any = true;
		struct text words;
		text_init(&words, 0);
		text_append_format(&words, "%s.%s: %s - %s (usually %s)", field->section,
				   field->key, value, field->text, usual);
		print_wrapped(text_string(&words), 4);
		text_clear(&words);
	}
	if (!any)
		printf("  No difference from a correct setup.\n");
}

static bool explain_scenario(const struct scenario_list *scenarios, const char *word)
{
	bool found = false;
	for (size_t i = 0; i < scenarios->num; i++) {
		const struct scenario *scenario = &scenarios->items[i];
		size_t plain = strcspn(scenario->id, "@");
		bool variant_of = strlen(word) == plain && strncmp(scenario->id, word, plain) == 0;
		if (strcmp(scenario->id, word) != 0 && !variant_of)
			continue;
		/* Variants share their file's why and source. */
		bool is_other = found;
		found = true;
		printf("%sscenario %s/%s: %s\n", is_other ? "\n" : "", scenario->family,
		       scenario->id, scenario->title);
		if (!is_other)
			print_wrapped(scenario->why, 2);
		if (!is_other && scenario->source != NULL) {
			printf("  Source:\n");
			print_wrapped(scenario->source, 4);
		}
		if (!is_other)
			print_place(scenario->file, scenario->overrides);
		printf("  Status of the certificate according to its CA: %s.\n",
		       status_name(scenario->truth));
		print_situation(scenario);
		printf("  Expected:\n");
		for (size_t k = 0; k < scenario->expect.num; k++) {
			const struct expectation *item = &scenario->expect.items[k];
			printf("    %-28s %s%s%s%s%s%s\n", item->class_pattern,
			       outcome_name(item->outcome), item->has_reason ? " (" : "",
			       item->has_reason ? reason_name(item->reason) : "",
			       item->has_reason ? ")" : "",
			       item->versions != NULL ? ", versions " : "",
			       item->versions != NULL ? item->versions : "");
			if (item->why != NULL)
				print_wrapped(item->why, 8);
		}
	}
	return found;
}

/* Every name that could have been meant. */
static const char *find_nearest(const struct class_file *file,
				const struct scenario_list *scenarios, const char *word)
{
	size_t num = 0;
	const char **names = calloc(file->num_classes + file->num_policies + scenarios->num +
					    NUM_REASONS + NUM_CAUSES,
				    sizeof *names);
	if (names == NULL)
		return NULL;
	for (size_t i = 0; i < file->num_classes; i++)
		names[num++] = file->classes[i].id;
	for (size_t i = 0; i < file->num_policies; i++)
		names[num++] = file->policies[i].id;
	for (size_t i = 0; i < scenarios->num; i++)
		names[num++] = scenarios->items[i].id;
	for (int i = 0; i < NUM_REASONS; i++)
		names[num++] = reason_name((enum reason)i);
	for (int i = 0; i < NUM_CAUSES; i++)
		names[num++] = cause_names.names[i];
	const char *nearest = text_nearest(word, names, num);
	free(names);
	return nearest;
}

/* A name may mean several things: each is printed. */
static bool explain(const struct command_data *data, const struct scenario_list *scenarios,
		    const char *word, struct error *err)
{
	bool found = explain_scenario(scenarios, word);
	found = explain_class(&data->classes, word) || found;
	found = explain_policy(&data->classes, word) || found;
	found = explain_reason(scenarios, word) || found;
	found = explain_cause(word) || found;
	if (found)
		return true;
	const char *nearest = find_nearest(&data->classes, scenarios, word);
	return error_set(err, ERROR_USAGE,
			 "no scenario, class, policy, reason or cause '%.200s', and not a cell "
			 "(RUN/ROW/CLASS)%s%s%s",
			 word, nearest != NULL ? "; did you mean '" : "",
			 nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

int cmd_explain(int argc, char **argv)
{
	struct options options;
	struct error err = ERROR_INIT;
	struct command_data data = {0};
	struct scenario_list scenarios = {0};
	options_init(&options);
	bool done = options_parse(&cmd_explain_argp, argc, argv, &options, &err) &&
		    command_data_load(&data, &options, &err);
	if (done)
		done = command_data_plan(&scenarios, &data.paths, &options, &(struct selection){0},
					 &err);
	for (size_t i = 0; done && i < options.words.num; i++) {
		if (i > 0)
			printf("\n");
		const char *word = options.words.items[i];
		done = explain_is_cell(word) ? explain_cell(word, options.db, &err)
					     : explain(&data, &scenarios, word, &err);
	}
	int status = err.kind != ERROR_NONE ? failure_print(argv[0], &err) : EXIT_AS_EXPECTED;
	scenario_list_clear(&scenarios);
	command_data_clear(&data);
	options_clear(&options);
	return status;
}
