/* Knows what a client program must do before its answers count. */
#include "harness/drive/compliance.h"

#include "core/json.h"
#include "harness/run/delay.h"
#include "harness/drive/message.h"

#include <stdlib.h>
#include <string.h>

enum question { IMPOSSIBLE, GOOD, UNTRUSTED, NUM_QUESTIONS };

static const struct {
	const char *what;
	enum outcome wanted;
} questions[NUM_QUESTIONS] = {
	[IMPOSSIBLE] = {"for a policy axis that does not exist", OUTCOME_UNSUPPORTED},
	[GOOD] = {"at a good endpoint", OUTCOME_CONNECT},
	[UNTRUSTED] = {"at an endpoint with an untrusted root", OUTCOME_REJECT},
};

struct compliance {
	const struct lab_process *lab;
	struct pool *pool;
	struct situation situation; /* that the lab plays for it */
	bool *is_repeated;          /* by cookie */
	char **faults;
	char axis[64];
	int deadline_ms;
};

static bool make_request(void *context, uint64_t cookie, const char *id, bool again,
			 struct text *line)
{
	struct compliance *compliance = context;
	enum question question = (enum question)(cookie % NUM_QUESTIONS);
	char name[128];
	struct policy policy;
	(void)again;
	policy_init(&policy);
	snprintf(name, sizeof name, "k%d.%s", (int)cookie + 1, COMPLIANCE_HOST);
	json_t *request = message_request_to_json(&(struct message_request){
		.id = id,
		.address = "127.0.0.1",
		.port = compliance->lab->tls_port,
		.server_name = name,
		.trust = question == UNTRUSTED ? compliance->lab->other_trust
					       : compliance->lab->trust,
		.policy = &policy,
		.impossible_axis = question == IMPOSSIBLE ? compliance->axis : NULL,
		.deadline_ms = compliance->deadline_ms,
	});
	bool done = json_append_line(line, request);
	json_decref(request);
	return done;
}

static void set_fault(struct compliance *compliance, uint64_t cookie, const char *got,
		      const char *detail)
{
	char **fault = &compliance->faults[cookie / NUM_QUESTIONS];
	enum question question = (enum question)(cookie % NUM_QUESTIONS);
	struct text text;
	if (*fault != NULL)
		return;
	text_init(&text, 1024);
	text_append_format(&text, "not compliant: %s it returned %s, not %s",
			   questions[question].what, got, outcome_name(questions[question].wanted));
	if (detail[0] != '\0') {
		text_append(&text, " (");
		text_append_visible(&text, detail, strlen(detail) < 500 ? strlen(detail) : 500);
		text_append(&text, ")");
	}
	*fault = strdup(text_string(&text));
	text_clear(&text);
}

/* Whether a time-out of this machine, which says nothing about the program, was the reason, and the
 * question is asked again. */
static bool is_doubtful(const struct compliance *compliance, const struct observation *seen)
{
	struct delay_frame frame = {.situation = &compliance->situation,
				    .deadline_ms = compliance->deadline_ms};
	return delay_doubt(seen, &frame).kind != DOUBT_NONE;
}

static bool asks_again(struct compliance *compliance, uint64_t cookie)
{
	if (compliance->is_repeated[cookie])
		return false;
	compliance->is_repeated[cookie] = true;
	return pool_add_alone(compliance->pool, cookie / NUM_QUESTIONS, cookie);
}

static void answered(void *context, uint64_t cookie, struct answer *answer)
{
	if (is_doubtful(context, &answer->observation) && asks_again(context, cookie)) {
		answer_clear(answer);
		return;
	}
	if (answer->observation.outcome != questions[cookie % NUM_QUESTIONS].wanted)
		set_fault(context, cookie, outcome_name(answer->observation.outcome),
			  answer->observation.detail);
	answer_clear(answer);
}

static void failed(void *context, uint64_t cookie, const struct pool_failure *failure)
{
	if (failure->reason == REASON_OVERLOAD_TIMEOUT && asks_again(context, cookie))
		return;
	set_fault(context, cookie, outcome_name(failure->outcome), failure->detail);
}

static void doubted(void *context, uint64_t cookie, const char *detail)
{
	set_fault(context, cookie, "two answers", detail);
}

struct compliance *compliance_begin(struct pool *pool, const struct lab_process *lab, char **faults,
				    size_t num_programs, const char *nonce, int deadline_ms)
{
	struct compliance *compliance = calloc(1, sizeof *compliance);
	if (compliance == NULL)
		return NULL;
	compliance->lab = lab;
	compliance->pool = pool;
	situation_init(&compliance->situation, STATUS_GOOD);
	compliance->is_repeated =
		calloc(num_programs * NUM_QUESTIONS + 1, sizeof *compliance->is_repeated);
	if (compliance->is_repeated == NULL) {
		compliance_end(compliance);
		return NULL;
	}
	compliance->faults = faults;
	compliance->deadline_ms = deadline_ms;
	snprintf(compliance->axis, sizeof compliance->axis, "axis_%s", nonce);
	for (size_t i = 0; i < num_programs; i++) {
		for (int question = 0; faults[i] == NULL && question < NUM_QUESTIONS; question++) {
			if (!pool_add(pool, i, i * NUM_QUESTIONS + (uint64_t)question, false)) {
				compliance_end(compliance);
				return NULL;
			}
		}
	}
	pool_begin(pool, &(struct pool_source){
				 .context = compliance,
				 .take = answer_take,
				 .request = make_request,
				 .answered = answered,
				 .failed = failed,
				 .doubted = doubted,
			 });
	return compliance;
}

void compliance_end(struct compliance *compliance)
{
	if (compliance == NULL)
		return;
	free(compliance->is_repeated);
	free(compliance);
}
