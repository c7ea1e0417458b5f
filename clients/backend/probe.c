/* Knows how what came in a handshake is kept, and how an attempt gets its outcome. */
#include "clients/backend/probe.h"

#include "clients/backend/evidence.h"
#include "clients/policy/resumption.h"

#include "core/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void probe_sha256(uint8_t out[static 32], const struct client_backend *backend, const void *data,
		  size_t len)
{
	uint8_t digest[DIGEST_MAX];
	memset(out, 0, 32);
	if (backend->digest(digest, "sha256", der_of(len > 0 ? data : "", len)) == 32)
		memcpy(out, digest, 32);
}

bool probe_open_session(struct probe *probe)
{
	probe->session = calloc(1, probe->backend->session_size);
	if (probe->session == NULL)
		probe_conclude(probe, OUTCOME_ERROR, REASON_OUT_OF_MEMORY, STAGE_NONE,
			       "the client program has no memory");
	return probe->session != NULL;
}

void probe_close_session(struct probe *probe)
{
	if (probe->session != NULL)
		probe->backend->close(probe);
	free(probe->session);
	probe->session = NULL;
}

struct trust *probe_borrow_trust(struct probe *probe, struct trust_pool *pool)
{
	struct error err = ERROR_INIT;
	struct trust *trust = trust_borrow(pool, probe->request->trust, &err);
	if (trust == NULL)
		probe_conclude(probe, OUTCOME_ERROR, REASON_TLS_PROTOCOL, STAGE_HANDSHAKE, "%s",
			       err.text);
	return trust;
}

void probe_keep_staple(struct probe *probe, size_t depth, const void *data, size_t len)
{
	struct observation *seen = &probe->observation;
	if (depth >= MAX_CHAIN)
		return;
	struct staple_bytes *staple = &probe->staples[depth];
	free(staple->data);
	*staple = (struct staple_bytes){.present = true};
	if (len > 0)
		staple->data = malloc(len);
	if (staple->data != NULL) {
		memcpy(staple->data, data, len);
		staple->len = len;
	}
	size_t i = 0;
	while (i < seen->num_staples && seen->staples[i].depth != depth)
		i++;
	if (i == seen->num_staples)
		seen->num_staples++;
	seen->staples[i] = (struct staple_facts){.depth = depth, .len = len};
	seen->staples[i].check.response_status = -1;
	seen->staples[i].check.revocation_reason = -1;
	probe_sha256(seen->staples[i].sha256, probe->backend, data, len);
	evidence_save(probe->request->evidence_dir, "staple", depth, data, len,
		      &probe->evidence_error);
}

void probe_keep_other(struct probe *probe, struct der certificate)
{
	if (probe->others.num < MAX_CHAIN && !der_list_has(&probe->others, certificate))
		der_list_add(&probe->others, certificate);
}

void probe_keep_certificate(struct probe *probe, size_t depth, const void *der, size_t len)
{
	probe_keep_other(probe, der_of(der, len));
	evidence_save(probe->request->evidence_dir, "chain", depth, der, len,
		      &probe->evidence_error);
}

void probe_conclude(struct probe *probe, enum outcome outcome, enum reason reason, enum stage stage,
		    const char *format, ...)
{
	struct observation *seen = &probe->observation;
	bool was_let_on = probe->judged &&
			  (seen->outcome == OUTCOME_CONNECT || seen->outcome == OUTCOME_WARN);
	if (probe->concluded && !(was_let_on && outcome == OUTCOME_ERROR))
		return;
	va_list args;
	va_start(args, format);
	vsnprintf(seen->detail, sizeof seen->detail, format, args);
	va_end(args);
	seen->outcome = outcome;
	seen->reason = reason;
	seen->stage = stage;
	if (outcome == OUTCOME_ERROR)
		seen->assurance = STATUS_NONE;
	probe->concluded = true;
}

struct judgement probe_judge(struct probe *probe)
{
	struct judgement judgement = {.go_on = false, .alert = 42};
	if (probe->judged)
		return judgement;
	struct observation *seen = &probe->observation;
	int64_t start_us = clock_monotonic_us();
	if (!resumption_judge(seen, &probe->request->policy))
		judgement.alert = probe->judge(probe);
	seen->revocation_us = clock_monotonic_us() - start_us;
	probe->judged = true;
	probe->concluded = true;
	judgement.go_on = seen->outcome == OUTCOME_CONNECT || seen->outcome == OUTCOME_WARN;
	if (judgement.go_on)
		seen->stage = STAGE_NONE;
	else if (seen->stage == STAGE_NONE)
		seen->stage = STAGE_HANDSHAKE;
	return judgement;
}

bool probe_judge_late(struct probe *probe)
{
	probe->observation.stage = STAGE_AFTER_HANDSHAKE;
	return probe_judge(probe).go_on;
}

void probe_refuse_chain(struct probe *probe, enum reason reason)
{
	probe->observation.chain_verified = false;
	probe_conclude(probe, OUTCOME_REJECT, reason, STAGE_HANDSHAKE, "%s: %s",
		       reason_text(reason), probe->observation.chain_error);
}

void probe_fail(struct probe *probe, enum reason reason, int alert)
{
	struct observation *seen = &probe->observation;
	const char *words = seen->native.text;
	if (reason == REASON_TLS_ALERT) {
		seen->alert_number = alert;
		seen->alert_sent = false;
		words = alert_name(alert);
	}
	probe_conclude(probe, OUTCOME_ERROR, reason, STAGE_HANDSHAKE, "%s: %s", reason_text(reason),
		       words);
}

void probe_clear(struct probe *probe)
{
	der_list_clear(&probe->chain);
	der_list_clear(&probe->kept_chain);
	der_list_clear(&probe->others);
	der_list_clear(&probe->anchors);
	for (size_t i = 0; i < MAX_CHAIN; i++)
		free(probe->staples[i].data);
	*probe = (struct probe){.net = {.fd = -1}};
}
