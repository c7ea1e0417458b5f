/* Knows how the steps of an examination are logged. */
#include "core/clock.h"
#include "core/text.h"
#include "harness/doctor/case_facts.h"
#include "harness/doctor/examine_parts.h"
#include "harness/doctor/examining.h"

#include <string.h>

static bool is_good(const struct status_answer *answer)
{
	return word_is(answer->check, CHECK_GOOD);
}

static const char *check_of(const struct word *check)
{
	const char *spelling = word_spelling(check, &check_names);
	return spelling != NULL ? spelling : "not checked";
}

/* What the stacks say: one word when they agree, else each with its own. */
static void append_checks(struct text *out, const struct status_answer *seen)
{
	bool agree = true;
	for (size_t i = 0; i < seen->num_stacks; i++)
		agree = agree && (!seen->stacks[i].check.is_known || !seen->check.is_known ||
				  word_equals(&seen->stacks[i].check, &seen->check));
	if (agree)
		text_append(out, check_of(&seen->check));
	for (size_t i = 0; !agree && i < seen->num_stacks; i++)
		text_append_format(out, "%s%s by %s", i == 0 ? "" : ", ",
				   check_of(&seen->stacks[i].check), seen->stacks[i].id);
}

/* "2026-01-10T00:00:00Z to 2026-01-17T00:00:00Z, current for 6 days more (14 % elapsed)" */
static void append_life(struct text *out, const struct status_answer *seen)
{
	char from[32], to[32], much[32];
	if (!seen->this_update.is_known)
		return;
	text_append_format(out, "; %s to %s", clock_print_utc(from, seen->this_update.value),
			   seen->next_update.is_known ? clock_print_utc(to, seen->next_update.value)
						      : "no nextUpdate");
	if (!seen->left_s.is_known)
		return;
	duration_about(much, seen->left_s.value);
	if (seen->left_s.value < 0)
		text_append_format(out, ", expired %s ago", much);
	else
		text_append_format(out, ", current for %s more (%.0f %% elapsed)", much,
				   seen->used.value * 100);
	if (seen->ends_by.is_known && seen->ends_by.value != LIFE_NEXT_UPDATE)
		text_append_format(out, ", until %s", life_end_names.texts[seen->ends_by.value]);
}

static void log_staples(struct examining *x)
{
	struct text words;
	text_init(&words, 0);
	for (size_t i = 0; i < x->seen.num_staples; i++) {
		const struct staple *staple = &x->seen.staples[i];
		const char *signer = staple->answer.signer;
		text_reset(&words);
		if (staple->depth > 0)
			text_append_format(&words, "for the intermediate at depth %lld: ",
					   (long long)staple->depth);
		append_checks(&words, &staple->answer);
		append_life(&words, &staple->answer);
		if (signer != NULL && signer[0] != '\0')
			text_append_format(&words, "; signed by %s", signer);
		examining_step(x, STEP_STAPLE, is_good(&staple->answer) ? STEP_FINE : STEP_FAULT,
			       "%s", text_string(&words));
	}
	text_clear(&words);
}

/* How far it came: the name, the connection, HTTP, and how the stacks validate the answer. */
static void log_fetch(struct examining *x, enum step_name step, const char *what,
		      const struct fetch *fetch, const struct status_answer *answer)
{
	const char *layer = word_spelling(&fetch->layer, &fetch_layer_names);
	struct text words;
	text_init(&words, 0);
	text_append_format(&words, "%s: ", what);
	if (fetch->address != NULL)
		text_append_format(&words, "%s, ", fetch->address);
	if (fetch->http_status.is_known && fetch->http_status.value > 0)
		text_append_format(&words, "HTTP %lld, %s, ", (long long)fetch->http_status.value,
				   fetch->content_type != NULL ? fetch->content_type : "no type");
	if (answer->check.is_known) {
		append_checks(&words, answer);
		append_life(&words, answer);
		if (fetch->text != NULL)
			text_append_format(&words, "; %s", fetch->text);
	} else {
		text_append_format(&words, "%s%s%s", layer != NULL ? layer : "not fetched",
				   fetch->text != NULL ? ": " : "",
				   fetch->text != NULL ? fetch->text : "");
	}
	examining_step(x, step, is_good(answer) ? STEP_FINE : STEP_FAULT, "%s (%lld ms)",
		       text_string(&words), (long long)(fetch->ms.is_known ? fetch->ms.value : 0));
	text_clear(&words);
}

/* Whether the server passes on what the responder says now. */
static void log_age(struct examining *x)
{
	struct case_facts facts;
	char much[32];
	case_facts_read(&facts, &x->seen);
	for (size_t i = 0; i < facts.num_staples; i++) {
		const struct case_staple *staple = &facts.staples[i];
		int64_t behind = facts.responder_this_update - staple->this_update;
		if (facts.responder_this_update == 0 || staple->this_update == 0)
			continue;
		if (behind == 0)
			examining_step(x, STEP_STAPLE, STEP_FACT,
				       "is as old as the responder's response");
		else
			examining_step(
				x, STEP_STAPLE, STEP_FACT, "is %s %s than the responder's response",
				duration_about(much, behind), behind > 0 ? "older" : "newer");
	}
}

/* Whose source it is, before its URL: nothing of the first leaf's. */
static void append_owner(struct text *out, const struct certificate *of)
{
	if (of == NULL)
		return;
	if (!of->is_ca && of->key != NULL) {
		text_append_format(out, "for the %s certificate: ", of->key);
		return;
	}
	text_append_format(out, "for %s: ",
			   of->common_name != NULL && of->common_name[0] != '\0' ? of->common_name
			   : of->subject != NULL                                 ? of->subject
										 : "?");
}

/* Of another certificate, or of the first leaf: NULL. */
static void log_responder(struct examining *x, const struct certificate *of,
			  const struct responder *responder)
{
	struct text what;
	text_init(&what, 0);
	append_owner(&what, of);
	text_append(&what, responder->url);
	if (responder->why != NULL)
		examining_step(x, STEP_RESPONDER, STEP_FACT, "%s: not asked: %s",
			       text_string(&what), responder->why);
	examining_tell_resolvers(x, responder->host, responder->resolvers,
				 responder->num_resolvers);
	for (size_t i = 0; i < responder->num_attempts; i++) {
		const struct responder_attempt *attempt = &responder->attempts[i];
		bool is_post = word_is(attempt->fetch.method, FETCH_POST);
		text_reset(&what);
		append_owner(&what, of);
		text_append_format(&what, "%s by %s", responder->url, is_post ? "POST" : "GET");
		log_fetch(x, STEP_RESPONDER, text_string(&what), &attempt->fetch, &attempt->answer);
	}
	text_clear(&what);
}

static void log_crl(struct examining *x, const struct certificate *of, const struct crl_source *crl)
{
	struct text what;
	text_init(&what, 0);
	append_owner(&what, of);
	text_append(&what, crl->url);
	if (crl->why != NULL)
		examining_step(x, STEP_CRL, STEP_FACT, "%s: not fetched: %s", text_string(&what),
			       crl->why);
	else
		log_fetch(x, STEP_CRL, text_string(&what), &crl->fetch, &crl->answer);
	text_clear(&what);
}

static void log_sources(struct examining *x, const struct certificate *of,
			const struct status_sources *sources)
{
	for (size_t i = 0; i < sources->num_responders; i++)
		log_responder(x, of, &sources->responders[i]);
	for (size_t i = 0; i < sources->num_crls; i++)
		log_crl(x, of, &sources->crls[i]);
}

static void log_clock(struct examining *x)
{
	struct number ahead = x->seen.clock.responder_s;
	long long seconds = ahead.value;
	if (!ahead.is_known)
		return;
	bool is_far = seconds > CLOCK_SLACK_S || seconds < -CLOCK_SLACK_S;
	examining_step(x, STEP_CLOCK, is_far ? STEP_FAULT : STEP_FINE,
		       seconds == 0 ? "the responder's clock agrees with this machine's"
				    : "the responder's clock is %lld s %s this machine's",
		       seconds < 0 ? -seconds : seconds, seconds < 0 ? "behind" : "ahead of");
}

bool examine_status(struct examining *x)
{
	log_staples(x);
	log_sources(x, NULL, &x->seen.sources);
	for (size_t i = 0; i < x->seen.num_others; i++) {
		const struct examined_certificate *one = &x->seen.others[i];
		log_sources(x, examination_certificate(&x->seen, one->certificate), &one->sources);
	}
	log_age(x);
	log_clock(x);
	return false;
}
