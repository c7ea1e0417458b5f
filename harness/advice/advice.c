/* Knows the document of an advice: what it is made of, and the words for its numbers. */
#include "harness/advice/advice.h"

#include "core/json.h"
#include "harness/advice/advice_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *advice_percent(char out[static ADVICE_WORD_MAX], double percent)
{
	snprintf(out, ADVICE_WORD_MAX, "%.10g %%", round(percent * 100) / 100);
	return out;
}

const char *advice_duration(char out[static ADVICE_WORD_MAX], int64_t seconds)
{
	static const struct {
		int64_t s;
		const char *unit;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	for (size_t i = 0; i < 4; i++) {
		int64_t whole = seconds / units[i].s;
		if (whole == 0 && i < 3)
			continue;
		int64_t rest = i < 3 ? seconds % units[i].s / units[i + 1].s : 0;
		if (rest > 0)
			snprintf(out, ADVICE_WORD_MAX, "%lld %s %lld %s", (long long)whole,
				 units[i].unit, (long long)rest, units[i + 1].unit);
		else
			snprintf(out, ADVICE_WORD_MAX, "%lld %s", (long long)whole, units[i].unit);
		break;
	}
	return out;
}

json_t *advice_statement(const char *id, json_t *rows, const char *format, ...)
{
	va_list args;
	struct text text;
	text_init(&text, 4096);
	va_start(args, format);
	text_append_format_list(&text, format, args);
	va_end(args);
	json_t *statement = json_object();
	json_set(statement, "id", json_string(id));
	json_set(statement, "text", json_foreign_string(text_string(&text)));
	json_set(statement, "rows", rows != NULL ? rows : json_array());
	text_clear(&text);
	return statement;
}

/* The margins of the server, or of all where it is not known. */
static json_t *margins(const struct advice_input *input)
{
	json_t *servers = json_array(), *object = json_object();
	for (int i = 0; i < NUM_REFRESHES; i++) {
		struct margin margin;
		if (input->server >= 0 && input->server != i)
			continue;
		margin_make(&margin, (enum refresh)i, input->staple_life_s);
		json_array_append_new(servers, margin_to_json((enum refresh)i, &margin));
	}
	json_set(object, "staple_life_s", json_integer(input->staple_life_s));
	json_set(object, "life_from", json_string(input->life_from));
	json_set(object, "fetched_least_s", json_integer(margin_least_left(input->staple_life_s)));
	json_set(object, "outage_s", json_integer(input->outage_s));
	json_set(object, "server_from",
		 input->server >= 0 ? json_string(input->server_from) : json_null());
	json_set(object, "servers", servers);
	return object;
}

/* What the lab cannot show of the clients that there are. */
static json_t *notes(const struct advice_input *input)
{
	json_t *list = json_array();
	bool has_browser = false;
	for (size_t i = 0; i < input->environment->num_clients; i++)
		has_browser = has_browser ||
			      strncmp(input->environment->clients[i].class_id, "browser/", 8) == 0;
	if (has_browser)
		json_array_append_new(
			list,
			json_string("The browsers' own lists of revoked certificates "
				    "(CRLite, CRLSets, Apple's feed) are not in the lab: under a "
				    "public root they refuse many stolen certificates by "
				    "themselves, so that less is gained there than is said "
				    "here, and more under a private root."));
	json_array_append_new(
		list,
		json_string("The shares are those of the environment's file; the verdicts are "
			    "measured; the margins follow from how servers are known to behave "
			    "and are not tried."));
	return list;
}

json_t *advice_make(enum advice_word *word, const struct advice_input *input, struct error *err)
{
	struct advice_numbers numbers;
	struct advice_facts facts;
	json_t *questions, *answer, *advice = json_object();
	json_t *pairs = advice_count(&numbers, input, err);
	if (pairs == NULL) {
		json_decref(advice);
		return NULL;
	}
	advice_facts_take(&facts, input->examination);
	advice_judge(word, &questions, &answer, &numbers, &facts, input);
	json_set(advice, "answer", answer);
	json_set(advice, "questions", questions);
	json_set(advice, "environment", environment_to_json(input->environment));
	json_set(advice, "pairs", pairs);
	json_set(advice, "security",
		 json_pack("{s:f, s:f, s:f, s:[s, s]}", "still_without", numbers.still_without,
			   "still_with", numbers.still_with, "gained", numbers.gain, "rows",
			   numbers.withheld->plain->id, numbers.withheld->must_staple->id));
	json_set(advice, "availability",
		 json_pack("{s:f, s:f, s:f, s:f}", "lost_when_well", numbers.loss_baseline,
			   "lost_in_outage", numbers.worst_outage, "lost_by_misconfiguration",
			   numbers.worst_misconfiguration, "no_verdict", numbers.no_verdict));
	json_set(advice, "thresholds",
		 json_pack("{s:f, s:f, s:I}", "least_gain", input->least_gain, "most_loss",
			   input->most_loss, "outage_s", (json_int_t)input->outage_s));
	json_set(advice, "margins", margins(input));
	json_set(advice, "endpoint", advice_facts_to_json(&facts, input));
	json_set(advice, "notes", notes(input));
	return advice;
}
