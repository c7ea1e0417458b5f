/* Knows what an advice is made of, and the words for its numbers. */
#include "harness/advice/advice.h"

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

bool advice_copy(char **out, const char *text)
{
	*out = text != NULL ? strdup(text) : NULL;
	return *out != NULL || text == NULL;
}

/* The ids of both rows. False without memory. */
static bool add_rows(struct texts *rows, const struct advice_pair *pair)
{
	return texts_add(rows, pair->plain->id) && texts_add(rows, pair->must_staple->id);
}

struct advice_statement *advice_state(struct advice_judging *judging, enum advice_list list,
				      const char *id, const struct advice_pair *pair,
				      const char *format, ...)
{
	struct advice_answer *answer = &judging->advice->answer;
	struct advice_statement *statement = list == ADVICE_REASON ? RECORD_ADD(answer, reasons)
					     : list == ADVICE_CONDITION
						     ? RECORD_ADD(answer, conditions)
						     : RECORD_ADD(answer, instead);
	va_list args;
	struct text text;
	text_init(&text, 4096);
	va_start(args, format);
	text_append_format_list(&text, format, args);
	va_end(args);
	if (statement == NULL || text.failed || !advice_copy(&statement->id, id) ||
	    !advice_copy(&statement->text, text_string(&text)) ||
	    (pair != NULL && !add_rows(&statement->rows, pair)))
		judging->failed = true;
	text_clear(&text);
	return statement;
}

bool advice_ask(struct advice_question **items, size_t *num, const char *id, const char *question,
		enum advice_fact answer, const char *text)
{
	struct advice_question *one = record_add((void **)items, num, sizeof *one);
	if (one == NULL)
		return false;
	one->answer = word_of((int)answer);
	return advice_copy(&one->id, id) && advice_copy(&one->question, question) &&
	       advice_copy(&one->text, text);
}

void advice_question(struct advice_judging *judging, const char *id, const char *question,
		     enum advice_fact answer, const char *text)
{
	struct advice *advice = judging->advice;
	if (!advice_ask(&advice->questions, &advice->num_questions, id, question, answer, text))
		judging->failed = true;
}

static bool add_margin(struct advice_margins *margins, enum refresh server, int64_t life_s)
{
	const struct refresh_facts *facts = &refresh_table[server];
	struct advice_margin *out = RECORD_ADD(margins, servers);
	struct margin margin;
	if (out == NULL)
		return false;
	margin_make(&margin, server, life_s);
	out->restart = word_of(refresh_restart(facts->start));
	out->after = word_of(facts->after);
	out->least_s = margin.least_s;
	out->usual_s = margin.usual_s;
	out->most_s = margin.most_s;
	out->restart_least_s = margin.restart_least_s;
	out->restart_usual_s = margin.restart_usual_s;
	return advice_copy(&out->server, facts->name) && advice_copy(&out->title, facts->title) &&
	       advice_copy(&out->text, facts->text) &&
	       advice_copy(&out->first_connection,
			   facts->start == REFRESH_START_LATE ? "none" : "stapled");
}

/* The margins of the server, or of all where it is not known. */
static bool note_margins(struct advice_margins *margins, const struct advice_input *input)
{
	margins->record.is_there = true;
	margins->staple_life_s = input->staple_life_s;
	margins->life_from = word_of(input->life_from);
	margins->fetched_least_s = margin_least_left(input->staple_life_s);
	margins->outage_s = input->outage_s;
	for (int i = 0; i < NUM_REFRESHES; i++)
		if ((input->server < 0 || input->server == i) &&
		    !add_margin(margins, (enum refresh)i, input->staple_life_s))
			return false;
	return input->server < 0 || advice_copy(&margins->server_from, input->server_from);
}

static bool note_environment(struct advice_environment *out, const struct environment *environment)
{
	out->record.is_there = true;
	out->sum = advice_real(environment->sum);
	for (size_t i = 0; i < environment->num_clients; i++) {
		const struct environment_client *client = &environment->clients[i];
		struct advice_client *one = RECORD_ADD(out, clients);
		if (one == NULL || !advice_copy(&one->class, client->class_id) ||
		    !advice_copy(&one->title, client->title) ||
		    !advice_copy(&one->note, client->note))
			return false;
		one->share = advice_real(client->share);
	}
	return advice_copy(&out->file, environment->file) &&
	       advice_copy(&out->title, environment->title) &&
	       advice_copy(&out->text, environment->text);
}

static bool note_numbers(struct advice *advice, const struct advice_numbers *numbers,
			 const struct advice_input *input)
{
	advice->security = (struct advice_security){
		.record = {.is_there = true},
		.still_without = advice_real(numbers->still_without),
		.still_with = advice_real(numbers->still_with),
		.gained = advice_real(numbers->gain),
	};
	advice->availability = (struct advice_availability){
		.record = {.is_there = true},
		.lost_when_well = advice_real(numbers->loss_baseline),
		.lost_in_outage = advice_real(numbers->worst_outage),
		.lost_by_misconfiguration = advice_real(numbers->worst_misconfiguration),
		.no_verdict = advice_real(numbers->no_verdict),
	};
	advice->thresholds = (struct advice_thresholds){
		.record = {.is_there = true},
		.least_gain = advice_real(input->least_gain),
		.most_loss = advice_real(input->most_loss),
		.outage_s = input->outage_s,
	};
	return add_rows(&advice->security.rows, numbers->withheld);
}

/* What the lab cannot show of the clients that there are. */
static bool add_notes(struct texts *notes, const struct advice_input *input)
{
	bool has_browser = false;
	for (size_t i = 0; i < input->environment->num_clients; i++)
		has_browser = has_browser ||
			      strncmp(input->environment->clients[i].class_id, "browser/", 8) == 0;
	if (has_browser &&
	    !texts_add(notes,
		       "The browsers' own lists of revoked certificates (CRLite, CRLSets, Apple's "
		       "feed) are not in the lab: under a public root these browsers reject many "
		       "stolen certificates on their own, so must-staple gains less there than "
		       "these numbers show, and more under a private root."))
		return false;
	return texts_add(
		notes,
		"The shares are those of the environment's file; the verdicts are measured; the "
		"margins follow from the known behaviour of servers and are not tested.");
}

bool advice_make(struct advice *advice, const struct advice_input *input, struct error *err)
{
	struct advice_numbers numbers;
	struct advice_facts facts;
	*advice = (struct advice){.record = {.is_there = true}};
	if (!advice_count(&numbers, advice, input, err))
		return false;
	advice_facts_take(&facts, input->examination);
	return (advice_judge(advice, &numbers, &facts, input) &&
		note_environment(&advice->environment, input->environment) &&
		note_numbers(advice, &numbers, input) && note_margins(&advice->margins, input) &&
		advice_note_endpoint(advice, &facts, input) && add_notes(&advice->notes, input)) ||
	       error_set(err, ERROR_UNABLE, "out of memory");
}
