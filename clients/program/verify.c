/* Knows the course of a check without a connection. */
#include "clients/program/verify.h"

#include "clients/protocol/answer.h"
#include "clients/program/moved_clock.h"
#include "clients/backend/chain.h"
#include "clients/backend/status.h"

#include "clients/rules/question.h"

#include <stdio.h>
#include <stdlib.h>

static void refuse_size(struct status_check *out, size_t len)
{
	char text[NATIVE_MAX];
	*out = (struct status_check){
		.check = CHECK_TOO_LARGE, .response_status = -1, .revocation_reason = -1};
	snprintf(text, sizeof text, "its %zu bytes are more than the limit of %zu bytes", len,
		 OCSP_FILE_MAX_LEN);
	question_say(out, text);
}

static void check(struct text *out, struct probe *probe)
{
	const struct request *request = probe->request;
	const struct verification *wanted = &request->verification;
	struct status_check check = {0};
	if (wanted->kind == VERIFICATION_CRL)
		status_check_crl(probe, &check, 0, der_of(wanted->bytes, wanted->len));
	else if (wanted->len > OCSP_FILE_MAX_LEN)
		refuse_size(&check, wanted->len);
	else
		status_check_ocsp(probe, &check, 0, der_of(wanted->bytes, wanted->len),
				  der_of(NULL, 0));
	answer_append_check(out, request->id, &check);
}

/* Nothing of a probe is used but the chain, the policy, and the outcome when there is none. */
static void verify(struct text *out, struct probe *probe)
{
	const struct observation *seen = &probe->observation;
	if (chain_open_given(probe))
		check(out, probe);
	else
		answer_append_refusal(out, probe->request->id, seen->outcome, seen->reason,
				      seen->detail);
}

void verify_answer(struct text *out, const struct client_backend *backend,
		   const struct request *request)
{
	struct probe *probe = calloc(1, sizeof *probe);
	if (probe == NULL) {
		answer_append_refusal(out, request->id, OUTCOME_ERROR, REASON_OUT_OF_MEMORY,
				      "the client program has no memory");
		return;
	}
	probe->backend = backend;
	probe->request = request;
	probe->net.fd = -1;
	if (request->verification.has_time)
		moved_clock_enter(request->verification.at_s);
	verify(out, probe);
	moved_clock_leave();
	probe_clear(probe);
	free(probe);
}
