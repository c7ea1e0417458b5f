/* Knows the rules by which must-staple is safe, not safe or pointless; docs/advice.md says why. */
#include "harness/advice/advice_parts.h"

#include <stdio.h>
#include <string.h>

/* --- does the CA still run OCSP, and issue the extension? --- */

static void judge_status_exists(struct advice_judging *judging)
{
	const struct advice_facts *facts = judging->facts;
	char life[ADVICE_WORD_MAX];
	const char *unusable = facts->responder_is_unusable ? " with a URL that can be used" : "";
	if (facts->short_lived == FACT_YES || facts->no_rev_avail == FACT_YES) {
		judging->is_pointless = true;
		advice_state(judging, ADVICE_REASON, "short-lived", NULL,
			     "The certificate expires after %s%s: no status could protect clients "
			     "for longer than that.",
			     facts->lifetime_s > 0 ? advice_duration(life, facts->lifetime_s)
						   : "a short time",
			     facts->no_rev_avail == FACT_YES
				     ? " and states that no revocation information is available "
				       "(noRevAvail)"
				     : "");
	}
	if (facts->names_responder == FACT_NO && facts->has_extension == FACT_YES) {
		judging->is_not_safe = true;
		advice_state(judging, ADVICE_REASON, "must-staple-without-responder", NULL,
			     "The certificate is must-staple and names no OCSP responder%s: no "
			     "server can staple for it, and clients that enforce the extension "
			     "reject it until it is replaced.",
			     unusable);
	} else if (facts->names_responder == FACT_NO) {
		judging->is_pointless = true;
		advice_state(
			judging, ADVICE_REASON, "no-responder-url", NULL,
			"The certificate names no OCSP responder%s: there is nothing to staple.",
			unusable);
	}
}

static void judge_ca(struct advice_judging *judging)
{
	const struct advice_facts *facts = judging->facts;
	enum advice_fact answer = FACT_UNKNOWN;
	const char *text = "not examined: specify a TARGET with a certificate of this CA";
	judge_status_exists(judging);
	if (facts->allows_extension == FACT_NO) {
		judging->is_pointless = true;
		advice_state(judging, ADVICE_REASON, "ca-refuses", NULL, "%s.", facts->ca_text);
	}
	if (facts->responder_answers == FACT_NO) {
		judging->is_not_safe = true;
		advice_state(judging, ADVICE_REASON, "responder-down", NULL,
			     "The certificate's responder currently returns no usable response: a "
			     "server without a cached one cannot staple.");
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
			text = "the certificate does not show it: ask the CA";
		advice_state(judging, ADVICE_CONDITION, "ca-runs-ocsp", NULL,
			     "The CA %s the extension into the certificate and runs a responder "
			     "for the certificate's lifetime; %s.",
			     facts->allows_extension == FACT_YES ? "has put" : "puts",
			     facts->ca_text != NULL ? facts->ca_text : "many no longer do");
	}
	advice_question(judging, "ca", "Does the CA run OCSP and issue the extension?", answer,
			text);
}

/* --- does a client class that matters enforce it? --- */

static void judge_clients(struct advice_judging *judging)
{
	const struct advice_numbers *numbers = judging->numbers;
	char gain[ADVICE_WORD_MAX], without[ADVICE_WORD_MAX], with[ADVICE_WORD_MAX], text[200];
	bool gains = numbers->gain >= judging->input->least_gain;
	advice_percent(gain, numbers->gain);
	advice_percent(without, numbers->still_without);
	advice_percent(with, numbers->still_with);
	snprintf(text, sizeof text, "%s of the clients reject a stolen certificate because of it",
		 gain);
	advice_question(judging, "clients", "Does a relevant client enforce it?",
			gains ? FACT_YES : FACT_NO, text);
	advice_state(judging, ADVICE_REASON, gains ? "gain" : "no-gain", numbers->withheld,
		     "An attacker who withholds the staple and blocks the responder is accepted by "
		     "%s of the clients without must-staple and by %s with it: %s gained.",
		     without, with, gain);
	if (!gains)
		judging->is_pointless = true;
	if (gains && numbers->has_expired && numbers->gain_expired < numbers->gain)
		advice_state(judging, ADVICE_REASON, "presence-only", numbers->expired,
			     "Against an attacker who staples an old, expired response instead "
			     "must-staple gains %s only: the others require a staple but tolerate "
			     "its faults, or reject it in either case.",
			     advice_percent(gain, numbers->gain_expired));
	if (numbers->loss_baseline > judging->input->most_loss) {
		judging->is_not_safe = true;
		advice_state(judging, ADVICE_REASON, "refused-when-well", numbers->baseline,
			     "Even with a good staple %s of the clients reject a must-staple "
			     "certificate.",
			     advice_percent(gain, numbers->loss_baseline));
	}
}

/* --- what comes of it --- */

static void judge_verdicts(struct advice_judging *judging)
{
	char share[ADVICE_WORD_MAX];
	if (!advice_is_loss(judging, judging->numbers->no_verdict))
		return;
	advice_state(judging, ADVICE_CONDITION, "clients-without-verdict", NULL,
		     "The clients without a verdict here (at most %s: their stack is not built, or "
		     "does not support it) behave like the others.",
		     advice_percent(share, judging->numbers->no_verdict));
}

static void set_better(bool is_better, struct advice_statement *statement)
{
	if (statement != NULL)
		statement->better = is_better;
}

static void propose(struct advice_judging *judging)
{
	const struct advice_numbers *numbers = judging->numbers;
	bool is_bad = judging->is_pointless || judging->is_not_safe;
	char with[ADVICE_WORD_MAX], life[ADVICE_WORD_MAX];
	struct text servers;
	if (judging->facts->short_lived != FACT_YES)
		set_better(
			is_bad,
			advice_state(judging, ADVICE_INSTEAD, "short-lived-certificate", NULL,
				     "A certificate of seven days or less: a stolen one expires by "
				     "then for every client, also for the %s that must-staple does "
				     "not protect, while an old good staple can be replayed for up "
				     "to %s; and an outage of a responder affects no client. Its "
				     "renewal has to be automatic and monitored.",
				     advice_percent(with, numbers->still_with),
				     advice_duration(life, judging->input->staple_life_s)));
	if (judging->is_not_safe && judging->input->server >= 0) {
		text_init(&servers, 1024);
		advice_append_servers(&servers, judging);
		if (servers.len > 0)
			advice_state(judging, ADVICE_INSTEAD, "other-server", NULL,
				     "A server that prefetches and keeps its responses: %s.",
				     text_string(&servers));
		text_clear(&servers);
	}
	if (numbers->gain < judging->input->least_gain)
		advice_state(
			judging, ADVICE_INSTEAD, "clients-insist", NULL,
			"If the clients are your own, configure them to require a staple (curl "
			"--cert-status, GnuTLS): that protects them with any certificate.");
}

/* The conditions that hang on a question which nothing here answered; the others are for the
 * operator to fulfil. */
static size_t count_unanswered(const struct advice_answer *answer)
{
	static const char *const ids[] = {"ca-runs-ocsp", "server-keeps-staple",
					  "clients-without-verdict"};
	size_t num = 0;
	for (size_t i = 0; i < answer->num_conditions; i++)
		for (size_t k = 0; k < sizeof ids / sizeof *ids; k++)
			num += answer->conditions[i].id != NULL &&
			       strcmp(answer->conditions[i].id, ids[k]) == 0;
	return num;
}

static void summarize(struct advice_judging *judging, enum advice_word word)
{
	char gain[ADVICE_WORD_MAX], without[ADVICE_WORD_MAX], lost[ADVICE_WORD_MAX], front[120];
	size_t num = judging->advice->answer.num_conditions;
	size_t unanswered = count_unanswered(&judging->advice->answer);
	advice_percent(gain, judging->numbers->gain);
	advice_percent(without, judging->numbers->still_without);
	advice_percent(lost, judging->numbers->worst_outage);
	switch (word) {
	case ADVICE_SAFE_IF:
		snprintf(front, sizeof front, "Safe if %zu %s: ", num,
			 num == 1 ? "condition holds" : "conditions hold");
		if (unanswered > 0)
			snprintf(front, sizeof front,
				 "Not known to be safe, %zu of %zu condition%s could not be "
				 "examined: ",
				 unanswered, num, num == 1 ? "" : "s");
		break;
	case ADVICE_SAFE: snprintf(front, sizeof front, "Safe: "); break;
	case ADVICE_NOT_SAFE: snprintf(front, sizeof front, "Not safe: "); break;
	default: snprintf(front, sizeof front, "Pointless here: "); break;
	}
	struct text text;
	text_init(&text, 0);
	text_append_format(&text,
			   "%smust-staple protects %s of the clients from a stolen, revoked "
			   "certificate that %s connect to without it, but up to %s reject in an "
			   "outage of the responder when no good staple remains.",
			   front, gain, without, lost);
	judging->failed |=
		text.failed || !advice_copy(&judging->advice->answer.text, text_string(&text));
	text_clear(&text);
}

bool advice_judge(struct advice *advice, const struct advice_numbers *numbers,
		  const struct advice_facts *facts, const struct advice_input *input)
{
	struct advice_judging judging = {
		.numbers = numbers, .facts = facts, .input = input, .advice = advice};
	judge_ca(&judging);
	advice_judge_server(&judging);
	judge_clients(&judging);
	advice_judge_outage(&judging);
	judge_verdicts(&judging);
	propose(&judging);
	enum advice_word word = judging.is_pointless                ? ADVICE_POINTLESS
				: judging.is_not_safe               ? ADVICE_NOT_SAFE
				: advice->answer.num_conditions > 0 ? ADVICE_SAFE_IF
								    : ADVICE_SAFE;
	advice->answer.record.is_there = true;
	advice->answer.word = word_of(word);
	summarize(&judging, word);
	bool is_open = word == ADVICE_SAFE_IF && count_unanswered(&advice->answer) > 0;
	return !judging.failed &&
	       advice_copy(&advice->answer.title,
			   is_open ? "not known to be safe" : advice_word_names.texts[word]);
}
