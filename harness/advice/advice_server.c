/* Knows the rules about servers: what they do first, what they keep, how long it lasts. */
#include "harness/advice/advice_parts.h"

#include <stdio.h>

bool advice_is_loss(const struct advice_judging *judging, double loss)
{
	return loss > judging->input->most_loss;
}

/* What is left after a restart while the responder is down. */
static enum staple_state state_after_restart(const struct refresh_facts *server)
{
	return server->start == REFRESH_START_STAPLED ? STAPLE_STATE_ERROR : STAPLE_STATE_NONE;
}

static void judge_restart(struct advice_judging *judging, const struct refresh_facts *server)
{
	const struct advice_numbers *numbers = judging->numbers;
	enum staple_state state = state_after_restart(server);
	char lost[ADVICE_WORD_MAX];
	if (server->start == REFRESH_START_KEPT ||
	    !advice_is_loss(judging, numbers->loss_outage[state]))
		return;
	advice_percent(lost, numbers->loss_outage[state]);
	if (server->start == REFRESH_START_SAVED)
		advice_state(
			judging, ADVICE_CONDITION, "staple-saved", numbers->outage[state],
			"The current response is saved to disk whenever it changes, so that it "
			"survives a restart in an outage; otherwise %s of the clients reject.",
			lost);
	else
		advice_state(judging, ADVICE_CONDITION, "no-restart-in-outage",
			     numbers->outage[state],
			     "%s is neither restarted nor reloaded while the responder is down: "
			     "the response is lost with the process, and %s of the clients reject.",
			     server->title, lost);
}

/* Of a server that is known. Returns whether it does what is asked of it. */
static bool judge_known_server(struct advice_judging *judging, const struct refresh_facts *server)
{
	const struct advice_numbers *numbers = judging->numbers;
	char lost[ADVICE_WORD_MAX];
	bool keeps = true;
	if (server->start == REFRESH_START_LATE && advice_is_loss(judging, numbers->loss_first)) {
		keeps = false;
		advice_state(judging, ADVICE_REASON, "first-connection", numbers->first,
			     "After each start and reload the first connections to %s have no "
			     "staple: %s of the clients then reject.",
			     server->title, advice_percent(lost, numbers->loss_first));
	}
	if (server->keep == REFRESH_KEEP_NOT &&
	    advice_is_loss(judging, numbers->loss_outage[server->after])) {
		keeps = false;
		advice_state(
			judging, ADVICE_REASON, "drops-good-staple", numbers->outage[server->after],
			"When a refresh fails %s discards a response that is still valid: %s of "
			"the clients reject.",
			server->title, advice_percent(lost, numbers->loss_outage[server->after]));
	}
	if (!keeps)
		judging->is_not_safe = true;
	judge_restart(judging, server);
	if (refresh_is_by_job((enum refresh)judging->input->server))
		advice_state(judging, ADVICE_CONDITION, "job-watched",
			     numbers->outage[server->after],
			     "The job that refreshes the file runs at least daily, keeps the old "
			     "response when it gets none, and its failures are monitored.");
	return keeps;
}

/* What was seen of the endpoint; it counts beside what its kind of server does. */
static bool judge_seen_server(struct advice_judging *judging)
{
	const struct advice_facts *facts = judging->facts;
	const struct advice_numbers *numbers = judging->numbers;
	char lost[ADVICE_WORD_MAX];
	if (facts->all_addresses == FACT_NO || facts->all_addresses == FACT_PARTLY) {
		bool locks_out = facts->has_extension == FACT_YES;
		judging->is_not_safe = judging->is_not_safe || locks_out;
		advice_state(judging, locks_out ? ADVICE_REASON : ADVICE_CONDITION, "stapling-on",
			     NULL, "Stapling works at every address: currently %s a good response.",
			     facts->all_addresses == FACT_NO ? "none staples" : "only some staple");
		return false;
	}
	if ((facts->first_contact == FACT_NO || facts->first_contact == FACT_PARTLY) &&
	    advice_is_loss(judging, numbers->loss_first)) {
		judging->is_not_safe = true;
		advice_state(judging, ADVICE_REASON, "no-staple-on-first-contact", numbers->first,
			     "The first connection had no staple, later ones had one: the first "
			     "client rejects, if it is one of the %s that enforce must-staple.",
			     advice_percent(lost, numbers->loss_first));
		return false;
	}
	return true;
}

void advice_append_servers(struct text *out, const struct advice_judging *judging)
{
	for (int i = 0; i < NUM_REFRESHES; i++) {
		const struct refresh_facts *server = &refresh_table[i];
		struct margin margin;
		margin_make(&margin, (enum refresh)i, judging->input->staple_life_s);
		if (server->start == REFRESH_START_LATE || server->keep == REFRESH_KEEP_NOT ||
		    margin.least_s < judging->input->outage_s)
			continue;
		text_append_format(out, "%s%s", out->len > 0 ? ", " : "", server->title);
	}
}

static void judge_unknown_server(struct advice_judging *judging)
{
	struct text servers;
	char lost[ADVICE_WORD_MAX];
	text_init(&servers, 1024);
	advice_append_servers(&servers, judging);
	advice_state(
		judging, ADVICE_CONDITION, "server-keeps-staple", judging->numbers->worst,
		"The server fetches before the first client connects, keeps the last good response "
		"when a refresh fails and over a restart, and refreshes early (%s); otherwise up "
		"to %s of the clients reject.",
		servers.len > 0
			? text_string(&servers)
			: "no known server survives this outage with such a short validity period",
		advice_percent(lost, judging->numbers->worst_outage));
	text_clear(&servers);
}

static bool nobody_is_lost(const struct advice_judging *judging)
{
	return !advice_is_loss(judging, judging->numbers->worst_outage) &&
	       !advice_is_loss(judging, judging->numbers->worst_misconfiguration);
}

void advice_judge_server(struct advice_judging *judging)
{
	static const char question[] =
		"Does the server prefetch, keep the last good response and refresh early?";
	int server = judging->input->server;
	if (nobody_is_lost(judging)) {
		advice_question(judging, "server", question, FACT_UNKNOWN,
				"not relevant: in no outage and no misconfiguration more clients "
				"reject with must-staple than without");
		return;
	}
	bool seen = judge_seen_server(judging);
	if (server < 0) {
		judge_unknown_server(judging);
		advice_question(judging, "server", question, seen ? FACT_UNKNOWN : FACT_NO,
				seen ? "the server is not known (set --server)"
				     : "see the examination of the endpoint");
		return;
	}
	bool keeps = judge_known_server(judging, &refresh_table[server]);
	advice_question(judging, "server", question, keeps && seen ? FACT_YES : FACT_NO,
			refresh_table[server].text);
}

/* --- does the server survive an outage of the expected length? --- */

void advice_judge_outage(struct advice_judging *judging)
{
	static const char question[] = "Does the server survive an outage of the expected length?";
	const struct advice_input *input = judging->input;
	const struct advice_numbers *numbers = judging->numbers;
	char least[ADVICE_WORD_MAX], wanted[ADVICE_WORD_MAX], lost[ADVICE_WORD_MAX], text[300];
	int64_t survived_s = margin_least_left(input->staple_life_s);
	double loss = numbers->worst_outage;
	const struct advice_pair *pair = numbers->worst;
	if (input->server >= 0) {
		const struct refresh_facts *server = &refresh_table[input->server];
		struct margin margin;
		margin_make(&margin, (enum refresh)input->server, input->staple_life_s);
		survived_s = margin.least_s;
		loss = numbers->loss_outage[server->after];
		pair = numbers->outage[server->after];
	}
	advice_duration(least, survived_s);
	advice_duration(wanted, input->outage_s);
	advice_percent(lost, loss);
	bool is_long = survived_s >= input->outage_s;
	snprintf(text, sizeof text, "at least %s%s; %s are required", least,
		 input->server >= 0 ? "" : " remain of a response when it is fetched", wanted);
	enum advice_fact answer = input->server < 0 && is_long ? FACT_UNKNOWN
				  : is_long                    ? FACT_YES
							       : FACT_NO;
	advice_question(judging, "outage", question, answer, text);
	if (is_long || !advice_is_loss(judging, loss))
		return;
	judging->is_not_safe = true;
	advice_state(judging, ADVICE_REASON, "margin-too-short", pair,
		     "The server does not survive an outage of %s: the last good response expires "
		     "after %s at the earliest, and then %s of the clients reject.",
		     wanted, least, lost);
}
