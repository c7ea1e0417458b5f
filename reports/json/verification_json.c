/* Knows the document of verifications. */
#include "reports/verification_report.h"

#include "core/clock.h"
#include "core/json.h"

#define SCHEMA_VERSION 1

static json_t *stacks_to_json(const struct verification_report *report)
{
	const struct verification *verification = report->verification;
	json_t *stacks = json_object();
	for (size_t i = 0; i < verification->num_stacks; i++) {
		const struct asked_stack *stack = &verification->stacks[i];
		json_t *object = json_object();
		json_set(object, "title", json_foreign_string(stack->stack->title));
		json_set(object, "version", json_foreign_string_or_null(stack->version));
		json_set(object, "fault", json_foreign_string_or_null(stack->fault));
		if (report->index != NULL && stack->fault == NULL) {
			struct vector_tally tally = vectors_tally(report->index, report->verdicts,
								  i, verification->num_stacks);
			json_set(object, "vectors",
				 json_pack("{s:I, s:I, s:I, s:I}", "all", (json_int_t)tally.num,
					   "as_expected", (json_int_t)tally.num_expected,
					   "explained", (json_int_t)tally.num_explained,
					   "unexplained", (json_int_t)tally.num_unexplained));
		}
		json_set(stacks, stack->stack->id, object);
	}
	return stacks;
}

/* row: a vector with a list, else a question. */
static json_t *finding_to_json(const struct verification_report *report, size_t row, size_t stack)
{
	const struct vector_verdict *verdict =
		report->index != NULL
			? &report->verdicts[row * report->verification->num_stacks + stack]
			: NULL;
	const struct stack_finding *finding = verification_at(
		report->verification, verdict != NULL ? verdict->question : row, stack);
	json_t *object = json_object();
	bool has_check = finding->check != NULL;
	json_set(object, "check", has_check ? json_incref(finding->check) : json_null());
	json_set(object, "outcome",
		 has_check ? json_null() : json_string(outcome_name(finding->outcome)));
	json_set(object, "reason",
		 has_check ? json_null() : json_string(reason_name(finding->reason)));
	json_set(object, "detail",
		 has_check ? json_null() : json_foreign_string_or_null(finding->detail));
	if (verdict == NULL)
		return object;
	json_set(object, "status",
		 verdict->has_class ? json_string(vector_class_name(verdict->class)) : json_null());
	json_set(object, "as_expected",
		 verdict->was_asked ? json_boolean(verdict->is_expected) : json_null());
	json_set(object, "explained",
		 verdict->explanation != NULL ? json_foreign_string(verdict->explanation->why)
					      : json_null());
	return object;
}

static json_t *question_to_json(const struct verification_report *report, size_t i)
{
	const struct verification *verification = report->verification;
	const struct question *question =
		&verification
			 ->questions[report->index != NULL ? report->index->items[i].first_question
							   : i];
	char at[32];
	json_t *object = json_object(), *findings = json_object();
	json_set(object, "name", json_foreign_string(question->name));
	json_set(object, "kind", json_string(question->is_crl ? "crl" : "ocsp"));
	json_set(object, "bytes", json_integer((json_int_t)question->bytes.len));
	json_set(object, "at",
		 question->has_time ? json_string(clock_print_utc(at, question->at_s))
				    : json_null());
	if (report->index != NULL) {
		const struct vector *vector = &report->index->items[i];
		json_set(object, "expected",
			 json_pack("{s:s, s:o, s:i}", "status", vector_class_name(vector->class),
				   "text", json_foreign_string(vector->expected), "line",
				   vector->line));
		if (vector->kind == VECTOR_CRL_CHAIN)
			json_set(object, "certificates",
				 json_integer((json_int_t)vector->num_certificates));
	}
	for (size_t k = 0; k < verification->num_stacks; k++)
		json_set(findings, verification->stacks[k].stack->id,
			 finding_to_json(report, i, k));
	json_set(object, "findings", findings);
	return object;
}

/* Explanations that explain nothing any more. */
static json_t *stale_to_json(const struct explained *explained)
{
	json_t *list = json_array();
	for (size_t i = 0; i < explained->num; i++)
		if (explained->items[i].num_used == 0)
			json_append(list, json_foreign_string(explained->items[i].from));
	return list;
}

bool verification_json_write(FILE *out, const struct verification_report *report, struct error *err)
{
	json_begin();
	const struct verification *verification = report->verification;
	json_t *document = json_object(), *questions = json_array(), *policy = json_object();
	json_set(document, "schema", json_integer(SCHEMA_VERSION));
	json_set(document, "revoscope", json_string(REVOSCOPE_VERSION));
	json_set(document, "command", json_foreign_string(report->command));
	json_set(policy, "skew_s", json_integer(verification->policy.skew_s));
	json_set(policy, "max_age_s", json_integer(verification->policy.max_age_s));
	json_set(policy, "certid_hash",
		 json_string(verification->policy.certid_hash == CERTID_HASH_ANY ? "any" : "sha1"));
	json_set(document, "policy", policy);
	json_set(document, "stacks", stacks_to_json(report));
	size_t num = report->index != NULL ? report->index->num : verification->num_questions;
	for (size_t i = 0; i < num; i++)
		json_append(questions, question_to_json(report, i));
	json_set(document, "questions", questions);
	if (report->index != NULL)
		json_set(document, "stale_explanations", stale_to_json(report->explained));
	bool done = json_end(err);
	if (done && (json_dumpf(document, out, JSON_INDENT(1) | JSON_SORT_KEYS) != 0 ||
		     fputs("\n", out) < 0))
		done = error_set(err, ERROR_UNABLE, "the document cannot be written");
	json_decref(document);
	return done;
}
