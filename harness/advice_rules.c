/* Knows the rules by which must-staple is safe, not safe or pointless; docs/advice.md says why. */
#include "harness/advice_parts.h"

#include "core/json.h"

#include <stdio.h>
#include <string.h>

static const char *const word_names[] = {"safe", "safe-if", "not-safe", "pointless"};
static const char *const word_texts[] = {"safe", "safe if …", "not safe", "pointless here"};
const struct name_table advice_word_names = {
	.what = "answer", .names = word_names, .texts = word_texts, .num = 4};

/* The answer in the making. */
struct judging {
	const struct advice_numbers *numbers;
	const struct advice_facts *facts;
	const struct advice_input *input;
	json_t *questions, *reasons, *conditions, *instead;
	bool is_pointless, is_not_safe;
};

static const char *percent(char out[static ADVICE_WORD_MAX], double value)
{
	return advice_percent(out, value);
}

/* The rows of a pair, of which a statement speaks. */
static json_t *rows_of(const struct advice_pair *pair)
{
	if (pair == NULL)
		return NULL;
	return json_pack("[s, s]", pair->plain->id, pair->must_staple->id);
}

static void add_question(struct judging *judging, const char *id, const char *question,
			 enum advice_fact answer, const char *text)
{
	json_array_append_new(judging->questions,
			      json_pack("{s:s, s:s, s:s, s:s}", "id", id, "question", question,
					"answer", advice_fact_names.names[answer], "text", text));
}

/* --- does the CA still run OCSP, and issue the extension? --- */

static void judge_status_exists(struct judging *judging)
{
	const struct advice_facts *facts = judging->facts;
	char life[ADVICE_WORD_MAX];
	if (facts->short_lived == FACT_YES || facts->no_rev_avail == FACT_YES) {
		judging->is_pointless = true;
		json_array_append_new(
			judging->reasons,
			advice_statement("short-lived", NULL,
					 "The certificate is over after %s%s: no status could "
					 "protect anybody for longer than that.",
					 facts->lifetime_s > 0
						 ? advice_duration(life, facts->lifetime_s)
						 : "a short time",
					 facts->no_rev_avail == FACT_YES
						 ? " and says that there is no status of it "
						   "(noRevAvail)"
						 : ""));
	}
	if (facts->names_responder == FACT_NO && facts->has_extension == FACT_YES) {
		judging->is_not_safe = true;
		json_array_append_new(
			judging->reasons,
			advice_statement("must-staple-without-responder", NULL,
					 "The certificate is must-staple and names no OCSP "
					 "responder: no server can staple for it, and who "
					 "enforces the extension is locked out until it is "
					 "replaced."));
	} else if (facts->names_responder == FACT_NO) {
		judging->is_pointless = true;
		json_array_append_new(
			judging->reasons,
			advice_statement("no-responder-url", NULL,
					 "The CA's certificate names no OCSP responder: there is "
					 "nothing to staple."));
	}
}

static void judge_ca(struct judging *judging)
{
	const struct advice_facts *facts = judging->facts;
	enum advice_fact answer = FACT_UNKNOWN;
	const char *text = "nobody looked: name a TARGET with a certificate of this CA";
	judge_status_exists(judging);
	if (facts->allows_extension == FACT_NO) {
		judging->is_pointless = true;
		json_array_append_new(judging->reasons,
				      advice_statement("ca-refuses", NULL, "%s.", facts->ca_text));
	}
	if (facts->responder_answers == FACT_NO) {
		judging->is_not_safe = true;
		json_array_append_new(
			judging->reasons,
			advice_statement("responder-down", NULL,
					 "The certificate's responder gives no usable answer now: "
					 "a server that has none yet cannot staple."));
	}
	if (facts->names_responder == FACT_NO || facts->allows_extension == FACT_NO ||
	    facts->responder_answers == FACT_NO) {
		answer = FACT_NO;
		text = "see the reasons";
	} else if (facts->responder_answers == FACT_YES && facts->allows_extension == FACT_YES) {
		answer = FACT_YES;
		text = "the responder answers, and the certificate has the extension";
	} else {
		if (facts->has_endpoint)
			text = "the certificate leaves it open: ask the CA";
		json_array_append_new(
			judging->conditions,
			advice_statement("ca-runs-ocsp", NULL,
					 "The CA %s the extension into the certificate and runs a "
					 "responder for as long as that lives; many no longer do.",
					 facts->allows_extension == FACT_YES ? "has put" : "puts"));
	}
	add_question(judging, "ca", "Does the CA run OCSP and issue the extension?", answer, text);
}

/* --- does a client class that matters enforce it? --- */

static void judge_clients(struct judging *judging)
{
	const struct advice_numbers *numbers = judging->numbers;
	char gain[ADVICE_WORD_MAX], without[ADVICE_WORD_MAX], with[ADVICE_WORD_MAX], text[200];
	bool gains = numbers->gain >= judging->input->least_gain;
	percent(gain, numbers->gain);
	percent(without, numbers->still_without);
	percent(with, numbers->still_with);
	snprintf(text, sizeof text, "%s of the clients refuse a stolen certificate because of it",
		 gain);
	add_question(judging, "clients", "Does a client that matters enforce it?",
		     gains ? FACT_YES : FACT_NO, text);
	json_array_append_new(
		judging->reasons,
		advice_statement(gains ? "gain" : "no-gain", rows_of(numbers->withheld),
				 "A thief who withholds the staple and blocks the responder is let "
				 "in by %s of the clients without must-staple and by %s with it: "
				 "%s gained.",
				 without, with, gain));
	if (!gains)
		judging->is_pointless = true;
	if (gains && numbers->has_expired && numbers->gain_expired < numbers->gain)
		json_array_append_new(
			judging->reasons,
			advice_statement("presence-only", rows_of(numbers->expired),
					 "A thief who staples an old, expired answer instead is "
					 "refused by %s only: the others want some staple, and "
					 "forgive what is wrong with it.",
					 percent(gain, numbers->gain_expired)));
	if (numbers->loss_baseline > judging->input->most_loss) {
		judging->is_not_safe = true;
		json_array_append_new(
			judging->reasons,
			advice_statement("refused-when-well", rows_of(numbers->baseline),
					 "Even with a good staple %s of the clients refuse a "
					 "must-staple certificate.",
					 percent(gain, numbers->loss_baseline)));
	}
}

/* --- does the server prefetch, keep and refresh early? --- */

/* What is left after a restart while the responder is down. */
static enum staple_state state_after_restart(const struct refresh_facts *server)
{
	return server->start == REFRESH_START_STAPLED ? STAPLE_STATE_ERROR : STAPLE_STATE_NONE;
}

static bool is_loss(const struct judging *judging, double loss)
{
	return loss > judging->input->most_loss;
}

static void judge_restart(struct judging *judging, const struct refresh_facts *server)
{
	const struct advice_numbers *numbers = judging->numbers;
	enum staple_state state = state_after_restart(server);
	char lost[ADVICE_WORD_MAX];
	if (server->start == REFRESH_START_KEPT || !is_loss(judging, numbers->loss_outage[state]))
		return;
	percent(lost, numbers->loss_outage[state]);
	if (server->start == REFRESH_START_SAVED)
		json_array_append_new(
			judging->conditions,
			advice_statement(
				"staple-saved", rows_of(numbers->outage[state]),
				"The current answer is saved to disk whenever it changes, "
				"so that a restart in an outage has it; without that %s of "
				"the clients are refused.",
				lost));
	else
		json_array_append_new(
			judging->conditions,
			advice_statement(
				"no-restart-in-outage", rows_of(numbers->outage[state]),
				"%s is neither restarted nor reloaded while the responder "
				"is down: the answer is lost with the process, and %s of the "
				"clients are refused.",
				server->title, lost));
}

/* Of a server that is known. Returns whether it does what is asked of it. */
static bool judge_known_server(struct judging *judging, const struct refresh_facts *server)
{
	const struct advice_numbers *numbers = judging->numbers;
	char lost[ADVICE_WORD_MAX];
	bool keeps = true;
	if (server->start == REFRESH_START_LATE && is_loss(judging, numbers->loss_first)) {
		keeps = false;
		json_array_append_new(
			judging->reasons,
			advice_statement("first-connection", rows_of(numbers->first),
					 "After each start and reload the first connections to %s "
					 "get no staple: %s of the clients are refused then.",
					 server->title, percent(lost, numbers->loss_first)));
	}
	if (server->keep == REFRESH_KEEP_NOT &&
	    is_loss(judging, numbers->loss_outage[server->after])) {
		keeps = false;
		json_array_append_new(
			judging->reasons,
			advice_statement(
				"drops-good-staple", rows_of(numbers->outage[server->after]),
				"When a refresh fails %s gives up an answer that is still "
				"valid: %s of the clients are refused.",
				server->title, percent(lost, numbers->loss_outage[server->after])));
	}
	if (!keeps)
		judging->is_not_safe = true;
	judge_restart(judging, server);
	if (server->keep == REFRESH_KEEP_FOR_EVER && judging->input->server == REFRESH_LIGHTTPD)
		json_array_append_new(
			judging->conditions,
			advice_statement(
				"job-watched", rows_of(numbers->outage[server->after]),
				"The job that refreshes the file runs at least daily, keeps "
				"the old answer when it gets none, and somebody hears of it "
				"when it fails."));
	return keeps;
}

/* What was seen of the endpoint; it counts beside what its kind of server does. */
static bool judge_seen_server(struct judging *judging)
{
	const struct advice_facts *facts = judging->facts;
	const struct advice_numbers *numbers = judging->numbers;
	char lost[ADVICE_WORD_MAX];
	if (facts->all_addresses == FACT_NO || facts->all_addresses == FACT_PARTLY) {
		json_t *statement = advice_statement(
			"stapling-on", NULL,
			"Stapling works at every address: now %s a good answer.",
			facts->all_addresses == FACT_NO ? "none staples" : "only some staple");
		bool locks_out = facts->has_extension == FACT_YES;
		judging->is_not_safe = judging->is_not_safe || locks_out;
		json_array_append_new(locks_out ? judging->reasons : judging->conditions,
				      statement);
		return false;
	}
	if ((facts->first_contact == FACT_NO || facts->first_contact == FACT_PARTLY) &&
	    is_loss(judging, numbers->loss_first)) {
		judging->is_not_safe = true;
		json_array_append_new(
			judging->reasons,
			advice_statement(
				"no-staple-on-first-contact", rows_of(numbers->first),
				"The first connection got no staple, later ones did: whoever "
				"comes first is refused, if it is one of the %s that "
				"enforce it.",
				percent(lost, numbers->loss_first)));
		return false;
	}
	return true;
}

/* The servers that survive the outage by the table, for who may choose. */
static void append_servers(struct text *out, const struct judging *judging)
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

static void judge_unknown_server(struct judging *judging)
{
	struct text servers;
	char lost[ADVICE_WORD_MAX];
	text_init(&servers, 1024);
	append_servers(&servers, judging);
	json_array_append_new(
		judging->conditions,
		advice_statement(
			"server-keeps-staple", rows_of(judging->numbers->worst),
			"The server fetches before the first client comes, keeps the last "
			"good answer when a refresh fails and over a restart, and refreshes "
			"early (%s); otherwise up to %s of the clients are refused.",
			servers.len > 0 ? text_string(&servers)
					: "none that we know survives such an outage with "
					  "answers that live so short",
			percent(lost, judging->numbers->worst_outage)));
	text_clear(&servers);
}

static bool nobody_is_lost(const struct judging *judging)
{
	return !is_loss(judging, judging->numbers->worst_outage) &&
	       !is_loss(judging, judging->numbers->worst_misconfiguration);
}

static void judge_server(struct judging *judging)
{
	static const char question[] =
		"Does the server fetch ahead, keep the last good answer and refresh early?";
	int server = judging->input->server;
	if (nobody_is_lost(judging)) {
		add_question(judging, "server", question, FACT_UNKNOWN,
			     "it does not matter: no outage and no misconfiguration refuses more "
			     "clients with must-staple than without");
		return;
	}
	bool seen = judge_seen_server(judging);
	if (server < 0) {
		judge_unknown_server(judging);
		add_question(judging, "server", question, seen ? FACT_UNKNOWN : FACT_NO,
			     seen ? "it is not known which one it is (--server names it)"
				  : "see what was seen of the endpoint");
		return;
	}
	bool keeps = judge_known_server(judging, &refresh_table[server]);
	add_question(judging, "server", question, keeps && seen ? FACT_YES : FACT_NO,
		     refresh_table[server].text);
}

/* --- is an outage as long as a staple lives acceptable? --- */

static void judge_outage(struct judging *judging)
{
	static const char question[] =
		"Is an outage survived that is as long as one has to expect?";
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
	percent(lost, loss);
	bool is_long = survived_s >= input->outage_s;
	snprintf(text, sizeof text, "at least %s%s, of %s that are wanted", least,
		 input->server >= 0 ? "" : " are left of an answer when it is fetched", wanted);
	enum advice_fact answer = input->server < 0 && is_long ? FACT_UNKNOWN
				  : is_long                    ? FACT_YES
							       : FACT_NO;
	add_question(judging, "outage", question, answer, text);
	if (is_long || !is_loss(judging, loss))
		return;
	judging->is_not_safe = true;
	json_array_append_new(
		judging->reasons,
		advice_statement("margin-too-short", rows_of(pair),
				 "An outage of %s is not survived: the last good "
				 "answer is gone after %s at the earliest, and then %s "
				 "of the clients are refused.",
				 wanted, least, lost));
}

/* --- what comes of it --- */

static void judge_verdicts(struct judging *judging)
{
	char share[ADVICE_WORD_MAX];
	if (!is_loss(judging, judging->numbers->no_verdict))
		return;
	json_array_append_new(
		judging->conditions,
		advice_statement(
			"clients-without-verdict", NULL,
			"The clients without a verdict here (%s at the most: their stack is "
			"not built, or cannot do it) do as the others.",
			percent(share, judging->numbers->no_verdict)));
}

static void add_instead(struct judging *judging, bool is_better, json_t *statement)
{
	json_set(statement, "better", json_boolean(is_better));
	json_array_append_new(judging->instead, statement);
}

static void propose(struct judging *judging)
{
	const struct advice_numbers *numbers = judging->numbers;
	bool is_bad = judging->is_pointless || judging->is_not_safe;
	char with[ADVICE_WORD_MAX], life[ADVICE_WORD_MAX];
	struct text servers;
	if (judging->facts->short_lived != FACT_YES)
		add_instead(judging, is_bad,
			    advice_statement(
				    "short-lived-certificate", NULL,
				    "A certificate of seven days or less: a stolen one is over by "
				    "then for every client, also for the %s that must-staple does "
				    "not protect, while an old good staple can be replayed for up "
				    "to %s; and no outage of a responder refuses anybody. Its "
				    "renewal has to be automatic, and watched.",
				    percent(with, numbers->still_with),
				    advice_duration(life, judging->input->staple_life_s)));
	if (judging->is_not_safe && judging->input->server >= 0) {
		text_init(&servers, 1024);
		append_servers(&servers, judging);
		if (servers.len > 0)
			add_instead(
				judging, false,
				advice_statement("other-server", NULL,
						 "A server that fetches ahead and keeps what it "
						 "has: %s.",
						 text_string(&servers)));
		text_clear(&servers);
	}
	if (numbers->gain < judging->input->least_gain)
		add_instead(
			judging, false,
			advice_statement("clients-insist", NULL,
					 "Where the clients are your own, tell them to insist on "
					 "a staple (curl --cert-status, GnuTLS): that protects "
					 "them whatever the certificate says."));
}

static json_t *summarise(const struct judging *judging, enum advice_word word)
{
	char gain[ADVICE_WORD_MAX], without[ADVICE_WORD_MAX], lost[ADVICE_WORD_MAX], front[80];
	size_t num = json_array_size(judging->conditions);
	percent(gain, judging->numbers->gain);
	percent(without, judging->numbers->still_without);
	percent(lost, judging->numbers->worst_outage);
	switch (word) {
	case ADVICE_SAFE_IF:
		snprintf(front, sizeof front, "Safe if %zu %s: ", num,
			 num == 1 ? "condition holds" : "conditions hold");
		break;
	case ADVICE_SAFE: snprintf(front, sizeof front, "Safe: "); break;
	case ADVICE_NOT_SAFE: snprintf(front, sizeof front, "Not safe: "); break;
	default: snprintf(front, sizeof front, "Pointless here: "); break;
	}
	struct text text;
	text_init(&text, 0);
	text_append_format(&text,
			   "%smust-staple keeps %s of the clients from a stolen, revoked "
			   "certificate that %s connect to without it, and an outage refuses up "
			   "to %s of them.",
			   front, gain, without, lost);
	json_t *string = json_string(text_string(&text));
	text_clear(&text);
	return string;
}

void advice_judge(enum advice_word *word, json_t **questions, json_t **answer,
		  const struct advice_numbers *numbers, const struct advice_facts *facts,
		  const struct advice_input *input)
{
	struct judging judging = {.numbers = numbers,
				  .facts = facts,
				  .input = input,
				  .questions = json_array(),
				  .reasons = json_array(),
				  .conditions = json_array(),
				  .instead = json_array()};
	judge_ca(&judging);
	judge_server(&judging);
	judge_clients(&judging);
	judge_outage(&judging);
	judge_verdicts(&judging);
	propose(&judging);
	*word = judging.is_pointless                      ? ADVICE_POINTLESS
		: judging.is_not_safe                     ? ADVICE_NOT_SAFE
		: json_array_size(judging.conditions) > 0 ? ADVICE_SAFE_IF
							  : ADVICE_SAFE;
	*questions = judging.questions;
	*answer = json_object();
	json_set(*answer, "word", json_string(word_names[*word]));
	json_set(*answer, "title", json_string(word_texts[*word]));
	json_set(*answer, "text", summarise(&judging, *word));
	json_set(*answer, "reasons", judging.reasons);
	json_set(*answer, "conditions", judging.conditions);
	json_set(*answer, "instead", judging.instead);
}
