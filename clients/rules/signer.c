/* Knows whose signature an OCSP response may have, and in which order certificates are tried. */
#include "clients/rules/signer.h"

#include "clients/rules/name.h"

#include <stdio.h>

#define ID(literal)                                             \
	{                                                       \
		(const uint8_t *)(literal), sizeof(literal) - 1 \
	}

#define OID_EXTENDED_USAGE "\x55\x1d\x25"
#define OID_OCSP_SIGNING   "\x2b\x06\x01\x05\x05\x07\x03\x09"

/* Certificates of a response that are tried; one has 64 KiB at most when it comes from the network.
 */
enum { MAX_SIGNERS = 64 };

/* What the certificate of a responder may have in a critical extension: keys, key usages, names,
 * basicConstraints, policies, pointers, and id-pkix-ocsp-nocheck. */
static const struct der known_ids[] = {ID("\x55\x1d\x0e"),
				       ID("\x55\x1d\x0f"),
				       ID("\x55\x1d\x11"),
				       ID("\x55\x1d\x12"),
				       ID("\x55\x1d\x13"),
				       ID("\x55\x1d\x1f"),
				       ID("\x55\x1d\x20"),
				       ID("\x55\x1d\x23"),
				       ID(OID_EXTENDED_USAGE),
				       ID("\x55\x1d\x2e"),
				       ID("\x2b\x06\x01\x05\x05\x07\x01\x01"),
				       ID("\x2b\x06\x01\x05\x05\x07\x30\x01\x05"),
				       {NULL, 0}};

static enum check deny(struct status_check *out, const char *text)
{
	question_say(out, text);
	return CHECK_UNAUTHORIZED_SIGNER;
}

/* Whether the response names this certificate as its responder's (RFC 6960 section 4.2.2.3). */
static bool is_named(const struct response *response, const struct certificate *candidate,
		     const struct question *question)
{
	if (response->responder_name.len > 0)
		return name_is_same(response->responder_name, candidate->subject);
	return question_hashes(question, "sha1", response->responder_key, candidate->key);
}

static bool has_ocsp_signing(const struct certificate *delegate)
{
	struct der value, list, id;
	if (!certificate_extension(&value, delegate,
				   der_of(OID_EXTENDED_USAGE, sizeof OID_EXTENDED_USAGE - 1)) ||
	    !der_take(&value, &list, DER_SEQUENCE))
		return false;
	while (der_take(&list, &id, DER_OID))
		if (DER_IS(id, OID_OCSP_SIGNING))
			return true;
	return false;
}

static bool is_valid_at(const struct certificate *delegate, int64_t now)
{
	struct der times = delegate->validity;
	int64_t begin, end;
	bool has_begin, has_end;
	return der_take_time(&times, &begin, &has_begin, 0) &&
	       der_take_time(&times, &end, &has_end, 0) && has_begin && has_end && begin <= now &&
	       now <= end;
}

/* A delegated responder was issued by the issuer itself, for this purpose, and is valid now. */
static enum check check_delegate(struct status_check *out, const struct question *question,
				 const struct certificate *delegate)
{
	struct signed_bytes what;
	struct status_check own = {0};
	if (!name_is_same(delegate->issuer, question->issuer->subject) ||
	    !signed_read(&what, SIGNED_CERTIFICATE, delegate->whole))
		return deny(out, "the signer's certificate was not issued by the issuer");
	if (!has_ocsp_signing(delegate))
		return deny(out, "the signer's certificate lacks the OCSPSigning usage");
	if (!is_valid_at(delegate, question->now))
		return deny(out, "the signer's certificate is not valid now");
	if (!question_knows(delegate->extensions, known_ids))
		return deny(out, "unknown critical extension of the signer's certificate");
	switch (question->verify(&own, question->issuer->whole, &what)) {
	case SIGNATURE_GOOD: return CHECK_GOOD;
	case SIGNATURE_BAD:
		return deny(out, "the signer's certificate was not signed by the issuer");
	default:
		question_say(out, "the stack does not support or refuses the algorithm that the "
				  "signer's certificate is signed with");
		return CHECK_ALGORITHM_UNSUPPORTED;
	}
}

/* A certificate that the response names as the responder's: what comes of it. */
static enum check try_signer(struct status_check *out, const struct question *question,
			     const struct response *response, const struct certificate *candidate)
{
	switch (question->verify(out, candidate->whole, &response->signed_part)) {
	case SIGNATURE_GOOD: break;
	case SIGNATURE_BAD: return CHECK_BAD_SIGNATURE;
	default: return CHECK_ALGORITHM_UNSUPPORTED;
	}
	return candidate == question->issuer ? CHECK_GOOD
					     : check_delegate(out, question, candidate);
}

/* Which of the failures of several certificates counts: the one that came furthest. */
static int weight_of(enum check check)
{
	switch (check) {
	case CHECK_NOT_CHECKED: return 0;
	case CHECK_BAD_SIGNATURE: return 1;
	case CHECK_ALGORITHM_UNSUPPORTED: return 2;
	case CHECK_UNAUTHORIZED_SIGNER: return 3;
	default: return 4;
	}
}

static void consider(struct status_check *out, enum check *best, const struct question *question,
		     const struct response *response, const struct certificate *candidate)
{
	struct status_check found = {0};
	enum check check = try_signer(&found, question, response, candidate);
	if (weight_of(check) <= weight_of(*best))
		return;
	*best = check;
	out->native = found.native;
	snprintf(out->signer, sizeof out->signer, "%s", found.signer);
}

enum check signer_check(struct status_check *out, const struct question *question,
			const struct response *response)
{
	struct der rest = response->certificates, bytes;
	struct certificate candidate;
	enum check best = CHECK_NOT_CHECKED;
	int num = 0;
	if (is_named(response, question->issuer, question))
		consider(out, &best, question, response, question->issuer);
	while (best != CHECK_GOOD && num < MAX_SIGNERS &&
	       der_take_whole(&rest, &bytes, DER_SEQUENCE)) {
		if (!certificate_read(&candidate, bytes) ||
		    !is_named(response, &candidate, question))
			continue;
		consider(out, &best, question, response, &candidate);
		num++;
	}
	return best != CHECK_NOT_CHECKED
		       ? best
		       : deny(out, "no certificate of the response's signer is known");
}
