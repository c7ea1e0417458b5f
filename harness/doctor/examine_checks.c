/* Knows how staples, answers and CRLs of an examination are put before every stack, and what is
 * noted of their times. */
#include "core/base64.h"
#include "core/clock.h"
#include "core/file.h"
#include "harness/doctor/case_facts.h"
#include "harness/doctor/examine_parts.h"
#include "harness/doctor/collected.h"
#include "harness/verify/verification.h"

#include <stdlib.h>
#include <string.h>

#define MAX_AGE_S (7 * 86400)

static char *copy_pem(const char *pem)
{
	return pem != NULL ? strdup(pem) : NULL;
}

static bool read_bytes(struct blob *out, const char *bytes, const char *file, struct error *err)
{
	struct text content;
	if (file == NULL)
		return (bytes != NULL &&
			base64_decode(&out->bytes, &out->len, bytes, strlen(bytes))) ||
		       error_set(err, ERROR_UNABLE, "invalid base64");
	text_init(&content, DER_INPUT_MAX_BYTES + 1);
	bool done = file_read(&content, file, DER_INPUT_MAX_BYTES, err);
	if (done) {
		out->bytes = (uint8_t *)content.data;
		out->len = content.len;
	} else {
		text_clear(&content);
	}
	return done;
}

/* Which certificate a staple of this depth is about, and who issued that. */
static const char *id_at(const struct examining *x, const char *chain_id, int64_t depth)
{
	const struct sent_chain *chain = examination_chain(&x->seen, chain_id);
	if (chain == NULL || depth < 0)
		return NULL;
	const struct texts *list = chain->path.num > 0 ? &chain->path : &chain->sent;
	return (uint64_t)depth < list->num ? list->items[depth] : NULL;
}

/* Of a chain that did not verify the issuer is looked for by its name: the order is the server's.
 */
static const char *issuer_at(const struct examining *x, const char *chain_id, int64_t depth)
{
	const struct sent_chain *chain = examination_chain(&x->seen, chain_id);
	return depth == 0 && chain != NULL ? examining_issuer_in(x, chain)
					   : id_at(x, chain_id, depth + 1);
}

static void add_question(struct examining *x, struct examining_orders *orders,
			 struct status_answer *into, const struct question *question)
{
	struct status_answer **grown =
		reallocarray(orders->into, orders->verification.num_questions + 1, sizeof(*grown));
	if (grown != NULL)
		orders->into = grown;
	if (grown == NULL || !verification_add_question(&orders->verification, question, x->err)) {
		x->failed = true;
		return;
	}
	grown[orders->verification.num_questions - 1] = into;
}

static void add_staple(struct examining *x, struct examining_orders *orders, struct staple *staple)
{
	const char *issuer = examining_pem(x, issuer_at(x, staple->chain, staple->depth));
	struct question question = {.memory_fd = -1, .name = strdup("staple")};
	struct error ignored = ERROR_INIT;
	if (!read_bytes(&question.bytes, staple->bytes, NULL, &ignored)) {
		question_clear(&question);
		return;
	}
	/* Without its issuer no stack can verify it; then it is decoded alone. */
	if (issuer != NULL) {
		question.certificate =
			copy_pem(examining_pem(x, id_at(x, staple->chain, staple->depth)));
		question.issuer = copy_pem(issuer);
	}
	add_question(x, orders, &staple->answer, &question);
}

static void add_fetched(struct examining *x, struct examining_orders *orders,
			const struct fetched *fetched)
{
	struct question question = {.memory_fd = -1, .name = strdup("fetched")};
	struct error ignored = ERROR_INIT;
	question.is_crl = fetched->what == EXAMINATION_CRL;
	if (!read_bytes(&question.bytes, fetched->bytes, fetched->file, &ignored)) {
		question_clear(&question);
		return;
	}
	struct status_sources *sources = examining_sources(x, fetched->of);
	question.certificate = copy_pem(examining_pem(x, examining_subject(x, fetched->of)));
	question.issuer = copy_pem(examining_pem(x, examining_issuer(x, fetched->of)));
	add_question(
		x, orders,
		question.is_crl
			? &sources->crls[fetched->source].answer
			: &sources->responders[fetched->source].attempts[fetched->attempt].answer,
		&question);
}

/* How one stack validates it; of one that could not look, why. */
static bool note_stack(struct status_answer *into, const char *stack,
		       const struct stack_finding *finding)
{
	struct stack_check *about = RECORD_ADD(into, stacks);
	const char *detail = finding->seen.native.text;
	if (about == NULL || (about->id = strdup(stack)) == NULL)
		return false;
	if (finding->check == NULL) {
		detail = finding->detail != NULL ? finding->detail : "";
	} else {
		about->check = word_of(finding->seen.verdict);
		about->status = word_of(finding->seen.status);
	}
	about->detail = detail != NULL ? strdup(detail) : NULL;
	return detail == NULL || about->detail != NULL;
}

static bool take_time(struct number *out, const char *text)
{
	out->is_known = text != NULL && clock_parse_utc(&out->value, text);
	return text == NULL || out->is_known;
}

static bool take_text(char **out, const char *text)
{
	*out = text != NULL ? strdup(text) : NULL;
	return text == NULL || *out != NULL;
}

/* The check that counts for all is that of the first stack that looked. */
static bool note_first(struct status_answer *into, const struct status_check *seen,
		       struct error *err)
{
	into->is_judged = true;
	into->check = word_of(seen->verdict);
	into->status = word_of(seen->status);
	into->authentic = seen->authentic;
	into->fresh = seen->fresh;
	into->response_status = seen->response_status;
	into->revocation_reason = seen->revocation_reason;
	into->covered_reasons = seen->covered_reasons;
	if (!take_text(&into->signer, seen->signer) ||
	    !take_text(&into->serial, seen->certid.serial))
		return error_set(err, ERROR_UNABLE, "out of memory");
	return (take_time(&into->this_update, seen->this_update) &&
		take_time(&into->next_update, seen->next_update) &&
		take_time(&into->produced_at, seen->produced_at) &&
		take_time(&into->revocation_time, seen->revocation_time)) ||
	       error_set(err, ERROR_UNABLE, "a time of a check is none in UTC");
}

static bool note_checks(struct examining_orders *orders, size_t i, struct error *err)
{
	const struct verification *verification = &orders->verification;
	struct status_answer *into = orders->into[i];
	for (size_t k = 0; k < verification->num_stacks; k++) {
		const struct stack_finding *finding = verification_at(verification, i, k);
		if (finding->check == NULL && finding->outcome == OUTCOME_UNSUPPORTED)
			continue;
		if (!note_stack(into, verification->stacks[k].stack->id, finding))
			return error_set(err, ERROR_UNABLE, "out of memory");
		if (finding->check != NULL && !into->is_judged &&
		    !note_first(into, &finding->seen, err))
			return false;
	}
	into->was_put = true;
	return true;
}

void examining_orders_clear(struct examining_orders *orders)
{
	verification_clear(&orders->verification);
	free(orders->into);
	*orders = (struct examining_orders){0};
}

/* By every stack, whose programs are started for all questions together. */
static void verify(struct examining *x, struct examining_orders *orders)
{
	const struct examiner_options *options = x->options;
	const struct class_file *classes = options->classes;
	/* As the policies that are built in. */
	policy_init(&orders->verification.policy);
	orders->verification.policy.skew_s = CLOCK_SLACK_S;
	orders->verification.policy.max_age_s = MAX_AGE_S;
	for (size_t i = 0; i < classes->num_stacks; i++) {
		if (!verification_add_stack(&orders->verification, &classes->stacks[i], x->err)) {
			x->failed = true;
			return;
		}
	}
	switch (verification_run(&orders->verification, options->paths, options->clients,
				 options->num_clients, x->err)) {
	case VERIFICATION_DONE:
		for (size_t i = 0; !x->failed && i < orders->verification.num_questions; i++)
			x->failed = !note_checks(orders, i, x->err);
		return;
	case VERIFICATION_INTERRUPTED: x->interrupted = true; return;
	case VERIFICATION_FAILED: x->failed = true; return;
	}
}

void examining_verify(struct examining *x)
{
	if (x->orders->verification.num_questions > 0)
		verify(x, x->orders);
	examining_orders_clear(x->orders);
}

/* --- how long what came is of use --- */

/* Of a delegated signer; where a response brought several of its name, of the first that ends. */
static struct number signer_end(const struct examining *x, const struct status_answer *of)
{
	struct number end = {0};
	for (size_t i = 0; of->signer != NULL && i < x->num_signers; i++) {
		const struct signer *one = &x->signers[i];
		if (one->subject != NULL && strcmp(one->subject, of->signer) == 0 &&
		    one->not_after.is_known && (!end.is_known || one->not_after.value < end.value))
			end = one->not_after;
	}
	return end;
}

static void end_by(struct status_answer *into, struct number end, enum life_end by)
{
	if (!end.is_known || (into->ends.is_known && end.value >= into->ends.value))
		return;
	into->ends = end;
	into->ends_by = word_of(by);
}

/* How long it is of use still, and which part of its life has passed. */
static void note_life(const struct examining *x, struct status_answer *into, const char *of_id,
		      const char *issuer_id)
{
	const struct certificate *of = examination_certificate(&x->seen, of_id);
	const struct certificate *issuer = examination_certificate(&x->seen, issuer_id);
	struct number from = into->this_update, to = into->next_update;
	int64_t now = clock_wall_s();
	if (issuer == NULL || issuer->subject == NULL || into->signer == NULL ||
	    strcmp(issuer->subject, into->signer) != 0)
		into->signer_not_after = signer_end(x, into);
	if (!from.is_known || !to.is_known || to.value <= from.value)
		return;
	end_by(into, to, LIFE_NEXT_UPDATE);
	end_by(into, into->signer_not_after, LIFE_SIGNER);
	if (issuer != NULL)
		end_by(into, issuer->not_after, LIFE_ISSUER);
	if (of != NULL)
		end_by(into, of->not_after, LIFE_CERTIFICATE);
	int64_t life_s = into->ends.value - from.value;
	if (life_s <= 0)
		return;
	into->left_s = (struct number){true, into->ends.value - now};
	into->life_s = (struct number){true, life_s};
	into->used = (struct real){true, (double)(now - from.value) / (double)life_s};
}

static void note_lives_of(struct examining *x, size_t of)
{
	struct status_sources *sources = examining_sources(x, of);
	const char *id = examining_subject(x, of), *issuer = examining_issuer(x, of);
	for (size_t i = 0; i < sources->num_responders; i++)
		for (size_t k = 0; k < sources->responders[i].num_attempts; k++)
			note_life(x, &sources->responders[i].attempts[k].answer, id, issuer);
	for (size_t i = 0; i < sources->num_crls; i++)
		note_life(x, &sources->crls[i].answer, id, issuer);
}

static void note_lives(struct examining *x)
{
	for (size_t i = 0; i < x->seen.num_staples; i++) {
		struct staple *staple = &x->seen.staples[i];
		note_life(x, &staple->answer, id_at(x, staple->chain, staple->depth),
			  id_at(x, staple->chain, staple->depth + 1));
	}
	for (size_t of = 0; of <= x->seen.num_others; of++)
		note_lives_of(x, of);
}

/* What each source comes to. */
static void note_verdicts(struct status_sources *sources)
{
	for (size_t i = 0; i < sources->num_responders; i++) {
		struct responder *one = &sources->responders[i];
		one->verdict = word_of(source_verdict_of(one->attempts, one->num_attempts));
	}
	for (size_t i = 0; i < sources->num_crls; i++) {
		struct crl_source *one = &sources->crls[i];
		one->verdict = word_of(source_verdict_of_crl(sources, one));
	}
}

/* --- the part --- */

/* What came is put before the stacks together with that of the others; then it is noted. What is
 * fetched later is put before them when this part comes again. */
bool examine_checks(struct examining *x)
{
	size_t num_before = x->orders->verification.num_questions;
	for (size_t i = 0; !x->has_ordered_staples && i < x->seen.num_staples; i++)
		add_staple(x, x->orders, &x->seen.staples[i]);
	x->has_ordered_staples = true;
	for (; x->num_ordered < x->num_fetched; x->num_ordered++)
		if (x->fetched[x->num_ordered].what != EXAMINATION_ISSUER)
			add_fetched(x, x->orders, &x->fetched[x->num_ordered]);
	if (x->orders->verification.num_questions > num_before)
		return true;
	note_lives(x);
	for (size_t of = 0; of <= x->seen.num_others; of++)
		note_verdicts(examining_sources(x, of));
	return false;
}
