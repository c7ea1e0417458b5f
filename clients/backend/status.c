/* Knows how the question about a certificate of the chain is put together. */
#include "clients/backend/status.h"

#include "clients/backend/anchor.h"
#include "clients/policy/decision.h"
#include "clients/rules/inquiry.h"
#include "clients/rules/list_rules.h"
#include "clients/rules/pointers.h"
#include "clients/rules/response_rules.h"

#include "core/clock.h"

/* A question with what it borrows. */
struct inquirer {
	struct question question;
	const struct probe *probe;
	size_t depth;
	struct certificate certificate, issuer;
};

static void begin(struct inquirer *self, struct probe *probe, size_t depth, struct der nonce)
{
	const struct policy *policy = &probe->request->policy;
	*self = (struct inquirer){
		.question = {.now = clock_wall_s(),
			     .skew_s = policy->skew_s,
			     .max_age_s = policy->max_age_s,
			     .any_certid_hash = policy->certid_hash == CERTID_HASH_ANY,
			     .only_first = policy->entries == ENTRIES_FIRST,
			     .ignores_criticals = policy->heeds_critical_extensions == NO,
			     .heeds_stale_revoked = policy->heeds_stale_revoked == YES,
			     .nonce = nonce,
			     .digest = probe->backend->digest,
			     .verify = probe->backend->verify},
		.probe = probe,
		.depth = depth,
	};
}

/* The certificate and its issuer into the question; false when the chain has no issuer for it.
 * The certificate itself may be missing. */
static bool read_chain(struct inquirer *self)
{
	struct der certificate = der_list_at(&self->probe->chain, self->depth);
	struct der issuer = der_list_at(&self->probe->chain, self->depth + 1);
	if (!certificate_read(&self->issuer, issuer))
		return false;
	self->question.issuer = &self->issuer;
	if (certificate.len == 0)
		return true;
	self->question.certificate = &self->certificate;
	return certificate_read(&self->certificate, certificate);
}

/* What is current at its own word needs no tolerance. */
static void note_tolerance(struct status_check *out, int64_t now)
{
	bool is_off = (out->next_update != 0 && out->next_update < now) || out->this_update > now;
	out->tolerated = out->fresh && is_off;
}

static void lack_issuer(struct status_check *out)
{
	*out = (struct status_check){
		.check = CHECK_UNAUTHORIZED_SIGNER, .response_status = -1, .revocation_reason = -1};
	question_say(out, "the chain has no issuer that could have signed it");
}

void status_check_ocsp(struct probe *probe, struct status_check *out, size_t depth, struct der der,
		       struct der nonce)
{
	struct inquirer self;
	begin(&self, probe, depth, nonce);
	self.question.reader = probe->backend->response_reader;
	/* Without a certificate and without an issuer a response is only decoded. */
	if (probe->chain.num == 0 || read_chain(&self))
		response_judge(out, &self.question, der);
	else
		lack_issuer(out);
	note_tolerance(out, self.question.now);
}

/* Where the certificate of a CRL's issuer may be. */
static struct der other_at(void *context, size_t place)
{
	const struct probe *probe = context;
	const struct der_list *lists[] = {&probe->chain, &probe->others, &probe->anchors};
	for (size_t i = 0; i < 3; i++) {
		if (place < lists[i]->num)
			return der_list_at(lists[i], place);
		place -= lists[i]->num;
	}
	return der_of(NULL, 0);
}

static bool has_path(void *context, struct der certificate)
{
	return anchor_is_shared(context, certificate);
}

void status_check_crl(struct probe *probe, struct status_check *out, size_t depth, struct der bytes)
{
	struct inquirer self;
	begin(&self, probe, depth, der_of(NULL, 0));
	self.question.reader = probe->backend->list_reader;
	self.question.other = other_at;
	self.question.has_path = has_path;
	self.question.probe = probe;
	if (read_chain(&self) && self.question.certificate != NULL)
		list_judge(out, &self.question, bytes);
	else
		lack_issuer(out);
	note_tolerance(out, self.question.now);
}

bool status_make_request(struct probe *probe, uint8_t **der, size_t *len, size_t depth,
			 struct der nonce, struct error *err)
{
	struct inquirer self;
	begin(&self, probe, depth, nonce);
	bool done = read_chain(&self) && self.question.certificate != NULL;
	if (done)
		done = inquiry_write(der, len, &self.question, err);
	else
		error_set(err, ERROR_UNABLE, "the chain has no issuer to ask about");
	return done;
}

void status_read_facts(const struct client_backend *backend, struct certificate_facts *out,
		       struct der der)
{
	struct certificate certificate;
	certificate_read(&certificate, der);
	pointers_read(out, &certificate);
	probe_sha256(out->sha256, backend, der.at, der.len);
}

bool status_read_certificate(const struct probe *probe, struct certificate_facts *out, size_t depth)
{
	struct der der = der_list_at(&probe->chain, depth);
	if (der.len > 0)
		status_read_facts(probe->backend, out, der);
	return der.len > 0;
}

const struct staple_facts *status_check_staples(struct probe *probe)
{
	struct observation *seen = &probe->observation;
	const struct staple_facts *telling = NULL;
	for (size_t i = 0; i < seen->num_staples; i++) {
		struct staple_facts *staple = &seen->staples[i];
		const struct staple_bytes *bytes = &probe->staples[staple->depth];
		status_check_ocsp(probe, &staple->check, staple->depth,
				  der_of(bytes->data, bytes->len), der_of(NULL, 0));
		if (telling == NULL ||
		    (telling->check.check == CHECK_GOOD && staple->check.check != CHECK_GOOD))
			telling = staple;
	}
	return telling;
}

enum reason status_staple_reason(const struct staple_facts *staple)
{
	const struct source_result result = {
		.source = SOURCE_STAPLE,
		.check = staple != NULL ? staple->check.check : CHECK_MISSING,
		.says_revoked = staple != NULL && staple->check.authentic &&
				staple->check.status == STATUS_REVOKED,
	};
	return decision_reason(&result);
}
