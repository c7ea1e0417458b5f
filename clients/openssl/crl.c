/* Knows how OpenSSL checks a CRL for one certificate (RFC 5280 section 6.3.3), as far
 * as it goes: direct, complete CRLs by the issuer of the certificate. */
#include "clients/openssl/session.h"

#include "core/clock.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <string.h>

struct status_exam {
	const struct policy *policy;
	struct status_check *out;
	X509 *certificate, *issuer; /* borrowed */
	X509_CRL *crl;
};

static bool fail(struct status_exam *exam, enum check check, const char *text)
{
	exam->out->check = check;
	native_take(&exam->out->native, 0);
	if (exam->out->native.text[0] == '\0')
		native_say(&exam->out->native, text);
	return false;
}

static bool parse(struct status_exam *exam, const uint8_t *bytes, size_t len)
{
	static const char pem_start[] = "-----BEGIN";
	const uint8_t *end = bytes;
	if (len >= sizeof pem_start && memcmp(bytes, pem_start, sizeof pem_start - 1) == 0) {
		BIO *bio = BIO_new_mem_buf(bytes, (int)len);
		exam->crl = bio != NULL ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;
		BIO_free(bio);
		end = bytes + len;
	} else {
		exam->crl = d2i_X509_CRL(NULL, &end, (long)len);
	}
	if (exam->crl == NULL)
		return fail(exam, CHECK_MALFORMED, "no CRL");
	if (end != bytes + len)
		return fail(exam, CHECK_MALFORMED, "bytes after the CRL");
	const ASN1_TIME *next_update = X509_CRL_get0_nextUpdate(exam->crl);
	exam->out->response_status = 0;
	if (!time_read(&exam->out->this_update, X509_CRL_get0_lastUpdate(exam->crl)) ||
	    (next_update != NULL && !time_read(&exam->out->next_update, next_update)))
		return fail(exam, CHECK_MALFORMED, "a time in the CRL is no time");
	return true;
}

/* A certificate without key usage may sign CRLs; X509_get_key_usage says all ones then. */
static bool check_signer(struct status_exam *exam)
{
	if (X509_NAME_cmp(X509_CRL_get_issuer(exam->crl), X509_get_subject_name(exam->issuer)) != 0)
		return fail(exam, CHECK_UNAUTHORIZED_SIGNER, "the CRL names another issuer");
	if ((X509_get_key_usage(exam->issuer) & KU_CRL_SIGN) == 0)
		return fail(exam, CHECK_UNAUTHORIZED_SIGNER, "the issuer may not sign CRLs");
	subject_print(exam->out->signer, sizeof exam->out->signer, exam->issuer);
	ERR_clear_error();
	if (X509_CRL_verify(exam->crl, X509_get0_pubkey(exam->issuer)) != 1)
		return fail(exam, CHECK_BAD_SIGNATURE, "the signature of the CRL does not verify");
	return true;
}

static bool names_meet(const GENERAL_NAMES *some, const GENERAL_NAMES *others)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(some); i++)
		for (int k = 0; k < sk_GENERAL_NAME_num(others); k++)
			if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(some, i),
					     sk_GENERAL_NAME_value(others, k)) == 0)
				return true;
	return false;
}

/* A CRL of one shard says nothing about certificates of another (RFC 5280 section 5.2.5). */
static bool is_shard_of(const struct status_exam *exam, const DIST_POINT_NAME *shard)
{
	if (shard == NULL)
		return true;
	if (shard->type != 0)
		return false;
	bool met = false;
	CRL_DIST_POINTS *points =
		X509_get_ext_d2i(exam->certificate, NID_crl_distribution_points, NULL, NULL);
	for (int i = 0; i < sk_DIST_POINT_num(points) && !met; i++) {
		const DIST_POINT_NAME *name = sk_DIST_POINT_value(points, i)->distpoint;
		met = name != NULL && name->type == 0 &&
		      names_meet(name->name.fullname, shard->name.fullname);
	}
	CRL_DIST_POINTS_free(points);
	return met;
}

static bool covers(const struct status_exam *exam, const ISSUING_DIST_POINT *scope)
{
	bool is_ca = X509_check_ca(exam->certificate) != 0;
	if (scope->onlyattr > 0 || scope->indirectCRL > 0 || scope->onlysomereasons != NULL)
		return false;
	if ((scope->onlyuser > 0 && is_ca) || (scope->onlyCA > 0 && !is_ca))
		return false;
	return is_shard_of(exam, scope->distpoint);
}

/* RFC 5280 section 5.3: a critical extension of any entry that is not understood forbids
 * to use the list for any certificate. Reason and invalidity date only inform. */
static bool check_entries(struct status_exam *exam)
{
	const STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(exam->crl);
	for (int i = 0; i < sk_X509_REVOKED_num(entries); i++) {
		const X509_REVOKED *entry = sk_X509_REVOKED_value(entries, i);
		for (int k = 0; k < X509_REVOKED_get_ext_count(entry); k++) {
			X509_EXTENSION *extension = X509_REVOKED_get_ext(entry, k);
			int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
			if (X509_EXTENSION_get_critical(extension) && nid != NID_crl_reason &&
			    nid != NID_invalidity_date)
				return fail(exam, CHECK_MALFORMED,
					    "unknown critical extension of an entry");
		}
	}
	return true;
}

static bool check_scope(struct status_exam *exam)
{
	for (int i = 0; i < X509_CRL_get_ext_count(exam->crl); i++) {
		X509_EXTENSION *extension = X509_CRL_get_ext(exam->crl, i);
		int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
		if (nid == NID_delta_crl || (X509_EXTENSION_get_critical(extension) &&
					     nid != NID_issuing_distribution_point))
			return fail(exam, CHECK_MALFORMED, "unknown critical extension of the CRL");
	}
	int occurs = 0;
	ISSUING_DIST_POINT *scope =
		X509_CRL_get_ext_d2i(exam->crl, NID_issuing_distribution_point, &occurs, NULL);
	if (scope == NULL && occurs != -1)
		return fail(exam, CHECK_MALFORMED, "the scope of the CRL does not parse");
	bool covered = scope == NULL || covers(exam, scope);
	ISSUING_DIST_POINT_free(scope);
	if (!covered)
		return fail(exam, CHECK_WRONG_CERTIFICATE, "the CRL is not for such certificates");
	return true;
}

static void find_entry(struct status_exam *exam)
{
	struct status_check *out = exam->out;
	X509_REVOKED *entry = NULL;
	int found = X509_CRL_get0_by_cert(exam->crl, &entry, exam->certificate);
	/* 2: removeFromCRL, which only delta CRLs have; the certificate is good again. */
	out->status = found == 1 ? STATUS_REVOKED : STATUS_GOOD;
	if (found != 1)
		return;
	time_read(&out->revocation_time, X509_REVOKED_get0_revocationDate(entry));
	ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
	if (reason != NULL)
		out->revocation_reason = (int)ASN1_ENUMERATED_get(reason);
	ASN1_ENUMERATED_free(reason);
}

static void examine(struct status_exam *exam, const uint8_t *bytes, size_t len)
{
	struct status_check *out = exam->out;
	if (!parse(exam, bytes, len) || !check_signer(exam) || !check_scope(exam) ||
	    !check_entries(exam))
		return;
	find_entry(exam);
	out->authentic = true;
	out->check = times_check(exam->policy, out->this_update, out->next_update);
	out->fresh = out->check == CHECK_GOOD;
	if (out->fresh && out->status == STATUS_REVOKED)
		out->check = CHECK_REVOKED;
}

void session_check_crl(struct probe *probe, struct status_check *out, size_t depth,
		       const uint8_t *bytes, size_t len)
{
	struct status_exam exam = {
		.policy = &probe->request->policy,
		.out = out,
		.certificate = session_certificate(probe->session, depth),
		.issuer = session_certificate(probe->session, depth + 1),
	};
	*out = (struct status_check){.response_status = -1, .revocation_reason = -1};
	ERR_clear_error();
	if (exam.certificate == NULL || exam.issuer == NULL)
		fail(&exam, CHECK_WRONG_CERTIFICATE, "the certificate has no issuer here");
	else
		examine(&exam, bytes, len);
	X509_CRL_free(exam.crl);
	ERR_clear_error();
}
