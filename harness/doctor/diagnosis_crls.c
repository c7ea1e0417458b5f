/* Knows what is concluded of CRLs: each kind of fault has words and a fix of its own. */
#include "core/text.h"
#include "harness/doctor/diagnosing.h"

#include <stdlib.h>
#include <string.h>

/* --- those that are good --- */

static void remark(struct diagnosing *d, const struct crl_source *crl, const char *words)
{
	if (words != NULL && words[0] != '\0')
		diagnosing_evidence(
			d, diagnosing_add(d, CAUSE_CRL_REMARK, SEVERITY_INFO, CONFIDENCE_CERTAIN),
			"%s: %s.", diagnosing_text(crl->url), words);
}

/* What is odd about it: in the words of the fetch, or of the stacks' rules. */
static void cite_remarks(struct diagnosing *d, const struct crl_source *crl)
{
	if (!word_is(crl->answer.check, CHECK_GOOD))
		return;
	remark(d, crl, crl->fetch.text);
	for (size_t i = 0; i < crl->answer.num_stacks; i++)
		if (word_is(crl->answer.stacks[i].check, CHECK_GOOD))
			remark(d, crl, crl->answer.stacks[i].detail);
}

/* --- those that are not --- */

#define CRL_STALE                                                                                  \
	"It was fetched, and its nextUpdate has passed: the CA does not publish newer ones here, " \
	"or a cache in between keeps an old one."
#define CRL_SCOPE                                                                                \
	"It was fetched, and it is about other certificates: of another distribution point, of " \
	"another kind, or of another issuer (RFC 5280 section 6.3.3). Clients do not find this " \
	"certificate's status in it."
#define CRL_REASONS                                                                          \
	"It was fetched, and it lists certificates that are revoked for some reasons only. " \
	"Clients need CRLs for the other reasons too (RFC 5280 section 6.3.3)."
#define CRL_SIGNER                                                                                \
	"It was fetched, and who signed it may not: its signer is not the certificate's issuer, " \
	"or the issuer's key usage lacks cRLSign (RFC 5280 section 4.2.1.3)."
#define CRL_SIGNED                                                                                 \
	"It was fetched, and its signature does not verify: it was changed on the way, or signed " \
	"with another key of the same name."
#define CRL_PARSE "Something was fetched that is no CRL, such as a web page or a truncated file."
#define CRL_SIZE                                                                                   \
	"It is larger than what is read here. Many clients have limits of their own, and each of " \
	"them has to fetch all of it."
#define CRL_FUTURE                                                                               \
	"It was fetched, and its thisUpdate is in the future: a clock is wrong, here or at the " \
	"CA."
#define CRL_WAY                                                                                \
	"It cannot be fetched from here. For certificates without a responder it is the only " \
	"source of status."
#define INFORM "Inform the CA"

static const struct fault {
	enum check check;
	const char *text, *advice;
} faults[] = {
	{CHECK_STALE, CRL_STALE,
	 INFORM ", and look for a cache between here and the CRL that returns old copies."},
	{CHECK_NO_NEXT_UPDATE, CRL_STALE, INFORM ": a CRL has to have nextUpdate."},
	{CHECK_WRONG_CERTIFICATE, CRL_SCOPE,
	 INFORM
	 ": the distribution point in the certificate and the issuingDistributionPoint of the "
	 "CRL have to agree."},
	{CHECK_INCOMPLETE, CRL_REASONS,
	 INFORM ": the CRLs that the certificate names together have to cover every reason."},
	{CHECK_UNAUTHORIZED_SIGNER, CRL_SIGNER,
	 INFORM
	 ": the issuer's certificate needs the key usage cRLSign, and the CRL its signature."},
	{CHECK_BAD_SIGNATURE, CRL_SIGNED,
	 INFORM
	 ", and fetch the CRL from another network to see whether it is changed on the way."},
	{CHECK_MALFORMED, CRL_PARSE,
	 "Look at what the URL returns (curl -sI); if it is the CA's own fault, inform it."},
	{CHECK_TOO_LARGE, CRL_SIZE,
	 "Prefer certificates whose CRL is partitioned, or that name a responder."},
	{CHECK_NOT_YET_VALID, CRL_FUTURE,
	 "Synchronize this machine's clock with NTP; if it is right, inform the CA."},
};

static const struct fault *fault_of(const struct crl_source *crl)
{
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (word_is(crl->answer.check, (int)faults[i].check))
			return &faults[i];
	return NULL;
}

static void set(struct diagnosing *d, char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
	d->failed = d->failed || *to == NULL;
}

/* Of several CRLs the first that is broken says what to do. */
static void note_words(struct diagnosing *d, struct finding *cause)
{
	const struct status_sources *sources = d->facts.sources;
	for (size_t i = 0; i < sources->num_crls; i++) {
		const struct crl_source *crl = &sources->crls[i];
		const struct fault *fault = fault_of(crl);
		if (fault != NULL) {
			set(d, &cause->text, fault->text);
			set(d, &cause->fix.text, fault->advice);
			return;
		}
		if (source_verdict_of_crl(sources, crl) == SOURCE_UNAVAILABLE) {
			set(d, &cause->text, CRL_WAY);
			set(d, &cause->fix.text,
			    "Allow outbound HTTP to the CRL, through a proxy if necessary; if it "
			    "is "
			    "unreachable for all, inform the CA.");
			return;
		}
	}
}

void diagnose_crls(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	for (size_t i = 0; i < facts->sources->num_crls; i++)
		cite_remarks(d, &facts->sources->crls[i]);
	if (facts->crl != SOURCE_UNAVAILABLE && facts->crl != SOURCE_BAD_ANSWER)
		return;
	/* With a working responder only clients that prefer the CRL are affected. */
	struct finding *cause =
		diagnosing_add(d, CAUSE_CRL_BROKEN,
			       facts->responder == SOURCE_GOOD ? SEVERITY_INFO : SEVERITY_WARNING,
			       CONFIDENCE_CERTAIN);
	for (size_t i = 0; i < facts->sources->num_crls; i++)
		diagnosing_cite_crl(d, cause, "", &facts->sources->crls[i]);
	note_words(d, cause);
}
