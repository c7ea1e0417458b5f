/* Knows how every stack is asked about the same responses. */
#include "harness/verify/verification.h"

#include "core/base64.h"
#include "core/json.h"
#include "core/reason_flags.h"
#include "harness/drive/description.h"
#include "harness/drive/message.h"
#include "harness/drive/pool.h"
#include "harness/run/stack_description.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define INLINE_MAX  ((size_t)512 << 10) /* bytes; in base64 they leave room for certificates */
#define DEADLINE_MS 10000

/* The question before all others, which no program can answer. */
#define IMPOSSIBLE UINT64_C(0xffffffff)

struct work {
	struct verification *verification;
	struct pool *pool;
	struct program *programs;
	char **faults; /* by stack */
	const char **ids;
	int *num_repeats; /* by question, the impossible one last, and stack */
};

void question_clear(struct question *question)
{
	if (question->memory_fd >= 0)
		close(question->memory_fd);
	free(question->name);
	free(question->bytes.bytes);
	free(question->refusal);
	free(question->certificate);
	free(question->issuer);
	free(question->chain);
	free(question->trust);
	*question = (struct question){.memory_fd = -1};
}

static void finding_clear(struct stack_finding *finding)
{
	json_decref(finding->check);
	free(finding->detail);
	*finding = (struct stack_finding){0};
}

void verification_clear(struct verification *verification)
{
	size_t num_findings = verification->findings != NULL
				      ? verification->num_questions * verification->num_stacks
				      : 0;
	for (size_t i = 0; i < num_findings; i++)
		finding_clear(&verification->findings[i]);
	for (size_t i = 0; i < verification->num_questions; i++)
		question_clear(&verification->questions[i]);
	for (size_t i = 0; i < verification->num_stacks; i++) {
		free(verification->stacks[i].version);
		free(verification->stacks[i].fault);
	}
	free(verification->findings);
	free(verification->questions);
	free(verification->stacks);
	*verification = (struct verification){0};
}

/* A file that only we and our children see: a line of the protocol is at most 1 MiB. */
static bool put_into_memory(struct question *question, struct error *err)
{
	size_t done = 0;
	question->memory_fd = memfd_create("revoscope-question", MFD_CLOEXEC);
	while (question->memory_fd >= 0 && done < question->bytes.len) {
		ssize_t num = write(question->memory_fd, question->bytes.bytes + done,
				    question->bytes.len - done);
		if (num < 0 && errno != EINTR)
			break;
		done += num > 0 ? (size_t)num : 0;
	}
	return done == question->bytes.len ||
	       error_set_errno(err, ERROR_UNABLE, "a file in memory");
}

bool verification_add_question(struct verification *verification, const struct question *question,
			       struct error *err)
{
	struct question copy = *question;
	struct question *questions = reallocarray(
		verification->questions, verification->num_questions + 1, sizeof *questions);
	copy.memory_fd = -1;
	if (questions == NULL) {
		question_clear(&copy);
		return error_set(err, ERROR_UNABLE, "out of memory");
	}
	verification->questions = questions;
	questions[verification->num_questions++] = copy;
	return copy.refusal != NULL || copy.bytes.len <= INLINE_MAX ||
	       put_into_memory(&questions[verification->num_questions - 1], err);
}

bool verification_add_stack(struct verification *verification, const struct stack *stack,
			    struct error *err)
{
	struct asked_stack *stacks =
		reallocarray(verification->stacks, verification->num_stacks + 1, sizeof *stacks);
	if (stacks == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	verification->stacks = stacks;
	stacks[verification->num_stacks++] = (struct asked_stack){.stack = stack};
	return true;
}

struct stack_finding *verification_at(const struct verification *verification, size_t question,
				      size_t stack)
{
	return &verification->findings[question * verification->num_stacks + stack];
}

bool verification_is_complete(const struct verification *verification, size_t first, size_t num,
			      size_t stack)
{
	int64_t covered = 0;
	for (size_t i = first; i < first + num; i++) {
		const struct stack_finding *finding = verification_at(verification, i, stack);
		if (finding->check != NULL && finding->seen.verdict == CHECK_INCOMPLETE)
			covered |= finding->seen.covered_reasons.value;
	}
	return (covered & REASONS_ALL) == REASONS_ALL;
}

/* --- what the pool asks --- */

static size_t stack_of(uint64_t cookie)
{
	return (size_t)(cookie >> 32);
}

static uint64_t question_of(uint64_t cookie)
{
	return cookie & UINT32_MAX;
}

static json_t *impossible_request(const char *id)
{
	return json_pack("{s:s, s:{s:s, s:s, s:s}}", "id", id, "verify", "kind", "ocsp", "bytes",
			 "MAA=", "mood", "cheerful");
}

static json_t *request_of(const struct question *question, const char *id,
			  const struct policy *policy)
{
	struct text bytes;
	char path[64];
	text_init(&bytes, 0);
	if (question->memory_fd < 0)
		base64_append(&bytes, question->bytes.bytes, question->bytes.len, 0);
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getpid(), question->memory_fd);
	json_t *request = message_verification_to_json(&(struct message_verification){
		.id = id,
		.is_crl = question->is_crl,
		.bytes = question->memory_fd < 0 ? text_string(&bytes) : NULL,
		.file = question->memory_fd >= 0 ? path : NULL,
		.certificate = question->certificate,
		.issuer = question->issuer,
		.chain = question->chain,
		.trust = question->trust,
		.has_time = question->has_time,
		.at_s = question->at_s,
		.policy = policy,
	});
	text_clear(&bytes);
	return request;
}

static bool make_request(void *context, uint64_t cookie, const char *id, bool again,
			 struct text *line)
{
	const struct work *work = context;
	uint64_t question = question_of(cookie);
	(void)again;
	json_t *request = question == IMPOSSIBLE
				  ? impossible_request(id)
				  : request_of(&work->verification->questions[question], id,
					       &work->verification->policy);
	bool done = json_append_line(line, request);
	json_decref(request);
	return done;
}

static void set_fault(const struct work *work, size_t stack, const char *text)
{
	char fault[512];
	snprintf(fault, sizeof fault,
		 "not compliant: for an unknown policy axis it did not return unsupported (%s)",
		 text);
	if (work->faults[stack] == NULL)
		work->faults[stack] = strdup(fault);
}

static void fail(const struct work *work, uint64_t cookie, enum outcome outcome, enum reason reason,
		 const char *detail)
{
	if (question_of(cookie) == IMPOSSIBLE) {
		set_fault(work, stack_of(cookie), detail);
		return;
	}
	struct stack_finding *finding =
		verification_at(work->verification, question_of(cookie), stack_of(cookie));
	finding_clear(finding);
	finding->outcome = outcome;
	finding->reason = reason;
	finding->detail = strdup(detail);
}

static void answered(void *context, uint64_t cookie, struct answer *answer)
{
	const struct work *work = context;
	if (question_of(cookie) == IMPOSSIBLE) {
		if (answer->check != NULL || answer->observation.outcome != OUTCOME_UNSUPPORTED)
			set_fault(work, stack_of(cookie), answer->observation.detail);
	} else if (answer->check == NULL) {
		fail(work, cookie, answer->observation.outcome, answer->observation.reason,
		     answer->observation.detail);
	} else {
		*verification_at(work->verification, question_of(cookie), stack_of(cookie)) =
			(struct stack_finding){
				.check = json_incref(answer->check),
				.seen = answer->seen,
				.outcome = OUTCOME_ERROR,
			};
	}
	answer_clear(answer);
}

/* What only this machine spoilt is asked again alone, as in a run. */
static bool asks_again(const struct work *work, uint64_t cookie, enum reason reason)
{
	const struct verification *verification = work->verification;
	uint64_t question = question_of(cookie);
	size_t row = question == IMPOSSIBLE ? verification->num_questions : (size_t)question;
	int *num = &work->num_repeats[row * verification->num_stacks + stack_of(cookie)];
	if (reason != REASON_OVERLOAD_TIMEOUT || *num >= POOL_REPEATS_MAX)
		return false;
	++*num;
	return pool_add_alone(work->pool, stack_of(cookie), cookie);
}

static void failed(void *context, uint64_t cookie, const struct pool_failure *failure)
{
	if (asks_again(context, cookie, failure->reason))
		return;
	fail(context, cookie, failure->outcome, failure->reason, failure->detail);
}

static void doubted(void *context, uint64_t cookie, const char *detail)
{
	fail(context, cookie, OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, detail);
}

/* --- the course of it --- */

static bool find_programs(struct work *work, const struct data_paths *paths,
			  const char *const *clients, size_t num_clients, struct error *err)
{
	size_t num = work->verification->num_stacks;
	work->programs = calloc(num + 1, sizeof *work->programs);
	work->faults = calloc(num + 1, sizeof *work->faults);
	work->ids = calloc(num + 1, sizeof *work->ids);
	work->verification->findings = calloc(work->verification->num_questions * num + 1,
					      sizeof *work->verification->findings);
	work->num_repeats = calloc((work->verification->num_questions + 1) * num + 1,
				   sizeof *work->num_repeats);
	if (work->programs == NULL || work->faults == NULL || work->ids == NULL ||
	    work->num_repeats == NULL || work->verification->findings == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	for (size_t i = 0; i < num; i++)
		process_init(&work->programs[i].process);
	for (size_t i = 0; i < num; i++) {
		const struct stack *stack = work->verification->stacks[i].stack;
		work->ids[i] = stack->id;
		if (!program_find(&work->programs[i], &work->faults[i], paths, stack, clients,
				  num_clients, err))
			return false;
	}
	return true;
}

static bool is_refused(const struct verification *verification, uint64_t question)
{
	return question != IMPOSSIBLE && verification->questions[question].refusal != NULL;
}

static enum verification_end ask(struct work *work, bool only_impossible, struct error *err)
{
	const struct verification *verification = work->verification;
	uint64_t first = only_impossible ? IMPOSSIBLE : 0;
	uint64_t num = only_impossible ? IMPOSSIBLE + 1 : verification->num_questions;
	for (size_t i = 0; i < verification->num_stacks; i++) {
		for (uint64_t k = first; work->faults[i] == NULL && k < num; k++) {
			if (is_refused(verification, k))
				continue;
			if (!pool_add(work->pool, i, (uint64_t)i << 32 | k, false)) {
				error_set(err, ERROR_UNABLE, "out of memory");
				return VERIFICATION_FAILED;
			}
		}
	}
	struct pool_source source = {
		.context = work,
		.take = answer_take_check,
		.request = make_request,
		.answered = answered,
		.failed = failed,
		.doubted = doubted,
	};
	switch (pool_run(work->pool, &source, err)) {
	case POOL_DONE: return VERIFICATION_DONE;
	case POOL_INTERRUPTED: return VERIFICATION_INTERRUPTED;
	case POOL_MORE:
	case POOL_FAILED: break;
	}
	return VERIFICATION_FAILED;
}

/* What no stack is asked. */
static void note_refusals(const struct work *work)
{
	const struct verification *verification = work->verification;
	for (size_t i = 0; i < verification->num_stacks; i++)
		for (size_t k = 0; work->faults[i] == NULL && k < verification->num_questions; k++)
			if (is_refused(verification, k))
				fail(work, (uint64_t)i << 32 | k, OUTCOME_ERROR,
				     REASON_INPUT_TOO_LARGE, verification->questions[k].refusal);
}

/* What is known of the programs goes to the stacks, and to what they were not asked. */
static void note_stacks(struct work *work)
{
	struct verification *verification = work->verification;
	for (size_t i = 0; i < verification->num_stacks; i++) {
		struct asked_stack *stack = &verification->stacks[i];
		const struct program *program = &work->programs[i];
		struct stack_description said;
		stack_description_read(&said, program->description);
		stack->version = said.version != NULL ? strdup(said.version) : NULL;
		stack->is_built = program->built || program->path != NULL;
		stack->fault = work->faults[i] != NULL ? strdup(work->faults[i]) : NULL;
		for (size_t k = 0; stack->fault != NULL && k < verification->num_questions; k++)
			*verification_at(verification, k, i) = (struct stack_finding){
				.outcome = OUTCOME_UNSUPPORTED,
				.reason = program->path == NULL ? REASON_PROGRAM_MISSING
								: REASON_PROGRAM_NOT_COMPLIANT,
				.detail = strdup(stack->fault),
			};
	}
}

static void clean_up(struct work *work)
{
	if (work->pool != NULL)
		pool_end_programs(work->pool, PROGRAM_STOP_MS);
	pool_free(work->pool);
	for (size_t i = 0; work->programs != NULL && i < work->verification->num_stacks; i++)
		program_clear(&work->programs[i]);
	for (size_t i = 0; work->faults != NULL && i < work->verification->num_stacks; i++)
		free(work->faults[i]);
	free(work->programs);
	free(work->faults);
	free(work->ids);
	free(work->num_repeats);
}

enum verification_end verification_run(struct verification *verification,
				       const struct data_paths *paths, const char *const *clients,
				       size_t num_clients, struct error *err)
{
	struct work work = {.verification = verification};
	enum verification_end end = VERIFICATION_FAILED;
	if (!find_programs(&work, paths, clients, num_clients, err))
		goto out;
	if (!descriptions_read(work.programs, work.ids, work.faults, verification->num_stacks,
			       err)) {
		if (err->kind == ERROR_INTERRUPTED)
			end = VERIFICATION_INTERRUPTED;
		goto out;
	}
	work.pool =
		pool_new(work.programs, verification->num_stacks, POOL_SHARE,
			 verification->deadline_ms > 0 ? verification->deadline_ms : DEADLINE_MS);
	if (work.pool == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		goto out;
	}
	end = ask(&work, true, err);
	note_stacks(&work);
	note_refusals(&work);
	if (end == VERIFICATION_DONE)
		end = ask(&work, false, err);
out:
	clean_up(&work);
	return end;
}
