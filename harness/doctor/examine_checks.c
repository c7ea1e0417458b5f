/* Knows how staples, answers and CRLs of an examination are put before every stack, and what is
 * noted of their times. */
#include "core/base64.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "harness/doctor/case_facts.h"
#include "harness/doctor/examining.h"
#include "harness/verify/verification.h"

#include <stdlib.h>
#include <string.h>

#define SKEW_S    300
#define MAX_AGE_S (7 * 86400)

static char *copy_pem(const char *pem)
{
	return pem != NULL ? strdup(pem) : NULL;
}

static bool read_bytes(struct blob *out, const json_t *bytes, const char *file, struct error *err)
{
	struct text content;
	if (file == NULL)
		return base64_decode(&out->bytes, &out->len, json_string_value(bytes),
				     json_string_length(bytes)) ||
		       error_set(err, ERROR_UNABLE, "bytes in no base64");
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
static const char *pem_at(const struct examining *x, const char *chain_id, json_int_t depth)
{
	const json_t *chain = json_object_get(json_object_get(x->out, "chains"),
					      chain_id != NULL ? chain_id : "");
	const json_t *path = json_object_get(chain, "path");
	const json_t *list = json_array_size(path) > 0 ? path : json_object_get(chain, "sent");
	const char *id = json_string_value(json_array_get(list, (size_t)depth));
	return id != NULL ? json_string_value(json_object_get(x->pem, id)) : NULL;
}

static void add_question(struct examining *x, struct examining_orders *orders, json_t *into,
			 const struct question *question)
{
	json_t **grown =
		reallocarray(orders->into, orders->verification.num_questions + 1, sizeof(*grown));
	if (grown != NULL)
		orders->into = grown;
	if (grown == NULL || !verification_add_question(&orders->verification, question, x->err)) {
		x->failed = true;
		return;
	}
	grown[orders->verification.num_questions - 1] = into;
}

static void add_staple(struct examining *x, struct examining_orders *orders, json_t *staple)
{
	const char *chain = json_string_value(json_object_get(staple, "chain"));
	json_int_t depth = json_integer_value(json_object_get(staple, "depth"));
	const char *issuer = depth == 0 ? examining_issuer_pem(x) : pem_at(x, chain, depth + 1);
	struct question question = {.memory_fd = -1, .name = strdup("staple")};
	struct error ignored = ERROR_INIT;
	if (!read_bytes(&question.bytes, json_object_get(staple, "bytes"), NULL, &ignored)) {
		question_clear(&question);
		return;
	}
	/* Without its issuer nobody can verify it; then it is decoded alone. */
	if (issuer != NULL) {
		question.certificate = copy_pem(pem_at(x, chain, depth));
		question.issuer = copy_pem(issuer);
	}
	add_question(x, orders, staple, &question);
}

static void add_fetched(struct examining *x, struct examining_orders *orders, const json_t *fetched)
{
	const char *file = json_string_value(json_object_get(fetched, "file"));
	struct question question = {.memory_fd = -1, .name = strdup("fetched")};
	struct error ignored = ERROR_INIT;
	question.is_crl = json_integer_value(json_object_get(fetched, "what")) == EXAMINATION_CRL;
	if (!read_bytes(&question.bytes, json_object_get(fetched, "bytes"), file, &ignored)) {
		question_clear(&question);
		return;
	}
	question.certificate = copy_pem(examining_leaf_pem(x));
	question.issuer = copy_pem(examining_issuer_pem(x));
	add_question(x, orders, json_object_get(fetched, "into"), &question);
}

/* What one stack made of it; of one that could not look, why. */
static json_t *stack_to_json(const struct stack_finding *finding)
{
	json_t *object = json_object();
	if (finding->check == NULL) {
		json_set(object, "check", json_null());
		json_set(object, "detail",
			 json_foreign_string(finding->detail != NULL ? finding->detail : ""));
		return object;
	}
	const json_t *native = json_object_get(finding->check, "native");
	json_set(object, "check", json_string(check_name(finding->seen.verdict)));
	json_set(object, "status", json_string(status_name(finding->seen.status)));
	json_set(object, "detail", json_incref(json_object_get(native, "text")));
	return object;
}

/* How long it is current still, and which part of its life is over. */
static void note_life(json_t *into)
{
	int64_t from, to, now = clock_wall_s();
	if (!examining_time(&from, json_object_get(into, "this_update")) ||
	    !examining_time(&to, json_object_get(into, "next_update")) || to <= from)
		return;
	json_set(into, "left_s", json_integer(to - now));
	json_set(into, "life_s", json_integer(to - from));
	json_set(into, "used", json_real((double)(now - from) / (double)(to - from)));
}

/* The check that speaks for all is that of the first stack that looked. */
static void note_checks(struct examining_orders *orders, size_t i)
{
	static const char *const copied[] = {
		"status",      "authentic",   "fresh",  "response_status", "this_update",
		"next_update", "produced_at", "signer", "revocation_time", "revocation_reason"};
	const struct verification *verification = &orders->verification;
	json_t *into = orders->into[i], *stacks = json_object();
	bool has_check = false;
	for (size_t k = 0; k < verification->num_stacks; k++) {
		const struct stack_finding *finding = verification_at(verification, i, k);
		const char *stack = verification->stacks[k].stack->id;
		if (finding->check == NULL && finding->outcome == OUTCOME_UNSUPPORTED)
			continue;
		json_object_set_new(stacks, stack, stack_to_json(finding));
		if (finding->check == NULL || has_check)
			continue;
		has_check = true;
		json_set(into, "check", json_string(check_name(finding->seen.verdict)));
		for (size_t n = 0; n < sizeof copied / sizeof *copied; n++)
			json_set(into, copied[n],
				 json_incref(json_object_get(finding->check, copied[n])));
		json_set(into, "serial",
			 json_incref(json_object_get(json_object_get(finding->check, "certid"),
						     "serial")));
	}
	json_set(into, "stacks", stacks);
	note_life(into);
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
	orders->verification.policy.skew_s = SKEW_S;
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
		for (size_t i = 0; i < orders->verification.num_questions; i++)
			note_checks(orders, i);
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

/* What each source comes to. */
static void note_verdicts(const struct examining *x)
{
	json_t *source, *alone;
	size_t i;
	json_array_foreach(json_object_get(x->out, "responders"), i, source)
	{
		json_set(source, "verdict",
			 json_string(source_verdict_name(
				 source_verdict_of(json_object_get(source, "attempts")))));
	}

	json_array_foreach(json_object_get(x->out, "crls"), i, source)
	{
		alone = json_array();
		if (json_object_get(source, "why") == NULL)
			json_array_append(alone, source);
		json_set(source, "verdict",
			 json_string(source_verdict_name(source_verdict_of(alone))));
		json_decref(alone);
	}
}

/* --- the part --- */

/* What came is put before the stacks together with that of the others; then it is told. */
bool examine_checks(struct examining *x)
{
	const char *key;
	json_t *one;
	size_t i, num_before = x->orders->verification.num_questions;
	if (!x->is_ordered) {
		x->is_ordered = true;
		json_object_foreach(json_object_get(x->out, "staples"), key, one)
		{
			add_staple(x, x->orders, one);
		}
		json_array_foreach(x->fetched, i, one)
		{
			add_fetched(x, x->orders, one);
		}
		if (x->orders->verification.num_questions > num_before)
			return true;
	}
	note_verdicts(x);
	examining_tell_status(x);
	return false;
}
