/* Knows whose signature a CRL may have. */
#include "clients/rules/list_signer.h"

#include "clients/rules/name.h"
#include "clients/rules/scope.h"

#include <stdio.h>

static enum check deny(struct status_check *out, const char *text)
{
	question_say(out, text);
	return CHECK_UNAUTHORIZED_SIGNER;
}

static enum signature verify(const struct list_signature *what, struct status_check *out,
			     struct der signer)
{
	const struct question *question = what->question;
	struct signed_bytes bytes;
	if (what->opened != NULL && question->reader->verify != NULL)
		return question->reader->verify(what->opened, out, signer);
	if (signed_read(&bytes, SIGNED_LIST, what->bytes))
		return question->verify(out, signer, &bytes);
	question_say(out, "the signature of the CRL cannot be read");
	return SIGNATURE_BAD;
}

/* A certificate of the name that the CRL has. */
static enum check try_signer(struct status_check *out, bool *is_refused,
			     const struct list_signature *what, const struct certificate *candidate)
{
	const struct question *question = what->question;
	bool is_issuer = candidate == question->issuer;
	if (!certificate_has_usage(candidate, KEY_USAGE_CRL_SIGN))
		return deny(out, is_issuer ? "the issuer's key usage does not allow it to sign CRLs"
					   : "the key usage of the CRL's issuer does not allow it "
					     "to sign CRLs");
	enum signature signature = verify(what, out, candidate->whole);
	*is_refused = signature == SIGNATURE_REFUSED;
	if (signature != SIGNATURE_GOOD && !*is_refused)
		return signature == SIGNATURE_UNSUPPORTED ? CHECK_ALGORITHM_UNSUPPORTED
							  : CHECK_BAD_SIGNATURE;
	if (!is_issuer && !question->has_path(question->probe, candidate->whole))
		return deny(out, "the certificate of the CRL's issuer has no path to the trust "
				 "anchor of the certificate");
	return CHECK_GOOD;
}

/* Which failure of several certificates counts: the one that came furthest. */
static int weight_of(enum check check)
{
	switch (check) {
	case CHECK_NOT_CHECKED: return 0;
	case CHECK_BAD_SIGNATURE: return 1;
	case CHECK_ALGORITHM_UNSUPPORTED: return 2;
	default: return 3;
	}
}

/* The others: the CRL's issuer is another authority, or the CA with another key. */
static enum check try_others(struct certificate *signer, bool *is_refused, struct status_check *out,
			     const struct list_signature *what)
{
	const struct question *question = what->question;
	enum check best = CHECK_NOT_CHECKED;
	struct der bytes;
	for (size_t i = 0;
	     question->other != NULL && (bytes = question->other(question->probe, i)).len > 0;
	     i++) {
		struct status_check found = {0};
		bool refused = false;
		if (!certificate_read(signer, bytes) ||
		    !name_is_same(signer->subject, what->list->issuer) ||
		    der_same(signer->whole, question->issuer->whole))
			continue;
		enum check check = try_signer(&found, &refused, what, signer);
		if (check != CHECK_GOOD && weight_of(check) <= weight_of(best))
			continue;
		best = check;
		*is_refused = refused;
		out->native = found.native;
		snprintf(out->signer, sizeof out->signer, "%s", found.signer);
		if (check == CHECK_GOOD)
			break;
	}
	return best;
}

enum check list_signer_check(struct certificate *signer, bool *is_refused, struct status_check *out,
			     const struct list_signature *what)
{
	const struct question *question = what->question;
	bool is_own = name_is_same(what->list->issuer, question->issuer->subject);
	struct status_check others = {0};
	enum check check = CHECK_NOT_CHECKED;
	if (!is_own && !scope_is_delegated(question->certificate, what->list->issuer))
		return deny(out, "the CRL names another issuer");
	*signer = *question->issuer;
	if (is_own)
		check = try_signer(out, is_refused, what, question->issuer);
	if (check == CHECK_GOOD)
		return check;
	enum check other = try_others(signer, is_refused, &others, what);
	if (other != CHECK_GOOD && is_own)
		return check;
	if (other == CHECK_NOT_CHECKED)
		return deny(out, "the certificate of the CRL's issuer, which the certificate names "
				 "(cRLIssuer), is missing");
	out->native = others.native;
	snprintf(out->signer, sizeof out->signer, "%s", others.signer);
	return other;
}
