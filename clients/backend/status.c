/* Knows how the question about a certificate of the chain is put together. */
#include "clients/backend/status.h"

#include "clients/rules/inquiry.h"
#include "clients/rules/list_rules.h"
#include "clients/rules/pointers.h"
#include "clients/rules/response_rules.h"

#include "core/clock.h"

#include <stdlib.h>

/* A question with what it borrows. */
struct inquirer {
	struct question question;
	struct der_bytes ders[2]; /* of the certificate and of its issuer; owned */
	struct certificate certificate, issuer;
	struct status_place place;
};

static void clear(struct inquirer *self)
{
	free(self->ders[0].data);
	free(self->ders[1].data);
}

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
			     .flags = probe->backend->rule_flags,
			     .digest = probe->backend->digest,
			     .context = &self->place},
		.place = {.probe = probe, .depth = depth},
	};
}

/* The certificate and its issuer into the question; false when the chain has no issuer for it.
 * An offline session may lack the certificate: its DER is empty then. */
static bool read_chain(struct inquirer *self)
{
	const struct client_backend *backend = self->place.probe->backend;
	size_t depth = self->place.depth;
	if (self->place.probe->session == NULL ||
	    !backend->certificate_der(self->place.probe, &self->ders[0], depth) ||
	    !backend->certificate_der(self->place.probe, &self->ders[1], depth + 1) ||
	    !certificate_read(&self->issuer, der_of(self->ders[1].data, self->ders[1].len)))
		return false;
	self->question.issuer = &self->issuer;
	if (self->ders[0].len == 0)
		return true;
	self->question.certificate = &self->certificate;
	return certificate_read(&self->certificate, der_of(self->ders[0].data, self->ders[0].len));
}

static void lack_issuer(struct status_check *out)
{
	*out = (struct status_check){
		.check = CHECK_UNAUTHORIZED_SIGNER, .response_status = -1, .revocation_reason = -1};
	question_say(out, "the chain has no issuer that could have signed it");
}

/* Without a certificate and without an issuer a response is only decoded. */
static bool only_decodes(const struct probe *probe)
{
	struct der_bytes der = {0};
	bool has_any = probe->session == NULL || probe->backend->certificate_der(probe, &der, 0);
	free(der.data);
	return !has_any;
}

void status_check_ocsp(struct probe *probe, struct status_check *out, size_t depth, struct der der,
		       struct der nonce)
{
	struct inquirer self;
	begin(&self, probe, depth, nonce);
	self.question.reader = probe->backend->response_reader;
	if (only_decodes(probe) || read_chain(&self))
		response_judge(out, &self.question, der);
	else
		lack_issuer(out);
	clear(&self);
}

void status_check_crl(struct probe *probe, struct status_check *out, size_t depth, struct der bytes)
{
	struct inquirer self;
	begin(&self, probe, depth, der_of(NULL, 0));
	self.question.reader = probe->backend->list_reader;
	if (read_chain(&self) && self.question.certificate != NULL)
		list_judge(out, &self.question, bytes);
	else
		lack_issuer(out);
	clear(&self);
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
	clear(&self);
	return done;
}

void status_read_facts(const struct client_backend *backend, struct certificate_facts *out,
		       struct der der)
{
	struct certificate certificate;
	certificate_read(&certificate, der);
	pointers_read(out, &certificate);
	backend->sha256(out->sha256, der.at, der.len);
}

bool status_read_certificate(const struct probe *probe, struct certificate_facts *out, size_t depth)
{
	struct der_bytes der;
	if (!probe->backend->certificate_der(probe, &der, depth))
		return false;
	status_read_facts(probe->backend, out, der_of(der.data, der.len));
	free(der.data);
	return true;
}
