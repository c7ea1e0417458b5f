/*
 * Knows how mbedTLS verifies who signed an OCSP response, and how it reads CRLs and verifies their
 * signatures. It has no OCSP: a response is read by clients/rules/response.h. It refuses every CRL
 * with a critical extension, and so those that are split by issuingDistributionPoint; such a CRL is
 * malformed to this stack. Of several in one PEM file the first counts.
 *
 * Not verified: responses signed by EdDSA. What mbedTLS itself verifies has to satisfy its default
 * profile: the certificate of a delegated responder that is signed with SHA-1 is not authorized,
 * and a CRL that is can only show that a certificate is revoked.
 */
#include "clients/mbedtls/session.h"
#include "clients/rules/pss.h"
#include "clients/rules/response_rules.h"

#include <mbedtls/asn1.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * OCSP responses.
 */

/* Certificates of the responder that are tried; a response has one, perhaps with its chain. */
#define MAX_SIGNERS 16

/* How a response is signed. */
struct signature {
	mbedtls_md_type_t hash;
	mbedtls_pk_type_t key_type; /* MBEDTLS_PK_NONE: an algorithm that is not known */
	mbedtls_pk_rsassa_pss_options pss;
};

static bool read_algorithm(struct signature *out, struct der algorithm)
{
	struct pss pss;
	mbedtls_asn1_buf id, parameters;
	unsigned char *at = (unsigned char *)algorithm.at;
	if (mbedtls_asn1_get_alg(&at, at + algorithm.len, &id, &parameters) != 0)
		return false;
	if (pss_read(&pss, algorithm)) {
		out->key_type = MBEDTLS_PK_RSASSA_PSS;
		out->hash = mbedtls_md_get_type(md_find(pss.hash));
		out->pss.mgf1_hash_id = mbedtls_md_get_type(md_find(pss.mask_hash));
		out->pss.expected_salt_len = pss.salt_len;
	} else if (mbedtls_oid_get_sig_alg(&id, &out->hash, &out->key_type) != 0) {
		out->key_type = MBEDTLS_PK_NONE;
	}
	return true;
}

/* Whether a code says that mbedTLS does not have an algorithm, a curve or a type of key. */
static bool is_unsupported(int code)
{
	switch (code) {
	case MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG:
	case MBEDTLS_ERR_PK_UNKNOWN_PK_ALG:
	case MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE:
	case MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE:
	case MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE: return true;
	default: return false;
	}
}

/* The number of unused bits is in front of the signature. */
static void *open_response(struct status_check *out, struct der *der)
{
	struct response response;
	struct signature *opened = calloc(1, sizeof *opened);
	bool done = opened != NULL && response_read(&response, *der, 0);
	if (done && response.status == 0)
		done = read_algorithm(opened, response.algorithm) && response.signature.at[-1] == 0;
	if (done)
		return opened;
	if (opened != NULL)
		out->response_status = response.status;
	free(opened);
	question_say(out, "the response cannot be read");
	return NULL;
}

/* SHA-1 is still what old responders sign with; anything weaker proves nothing. */
static bool is_strong(mbedtls_md_type_t hash)
{
	return hash == MBEDTLS_MD_SHA1 || hash == MBEDTLS_MD_SHA224 || hash == MBEDTLS_MD_SHA256 ||
	       hash == MBEDTLS_MD_SHA384 || hash == MBEDTLS_MD_SHA512;
}

static int verify_signature(const mbedtls_x509_crt *signer, const struct signature *signature,
			    const struct response *response)
{
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	mbedtls_pk_context *key = (mbedtls_pk_context *)&signer->pk;
	const mbedtls_md_info_t *info = mbedtls_md_info_from_type(signature->hash);
	bool is_pss = signature->key_type == MBEDTLS_PK_RSASSA_PSS;
	if (signature->key_type == MBEDTLS_PK_NONE || !is_strong(signature->hash))
		return MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG;
	if (!mbedtls_pk_can_do(key, signature->key_type))
		return MBEDTLS_ERR_X509_SIG_MISMATCH;
	if (info == NULL ||
	    mbedtls_md(info, response->signed_part.at, response->signed_part.len, hash) != 0)
		return MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG;
	return mbedtls_pk_verify_ext(signature->key_type, is_pss ? &signature->pss : NULL, key,
				     signature->hash, hash, mbedtls_md_get_size(info),
				     response->signature.at, response->signature.len);
}

/* mbedTLS's check alone passes when the extension is absent. */
static bool has_ocsp_signing(const mbedtls_x509_crt *delegate)
{
	for (const mbedtls_x509_sequence *id = &delegate->ext_key_usage; id != NULL; id = id->next)
		if (der_equals(der_of(id->buf.p, id->buf.len), MBEDTLS_OID_OCSP_SIGNING,
			       MBEDTLS_OID_SIZE(MBEDTLS_OID_OCSP_SIGNING)))
			return true;
	return false;
}

static int64_t seconds_of(const mbedtls_x509_time *time)
{
	struct tm parts = {.tm_year = time->year - 1900,
			   .tm_mon = time->mon - 1,
			   .tm_mday = time->day,
			   .tm_hour = time->hour,
			   .tm_min = time->min,
			   .tm_sec = time->sec};
	return (int64_t)timegm(&parts);
}

static bool is_valid_at(const mbedtls_x509_crt *certificate, int64_t now)
{
	return seconds_of(&certificate->valid_from) <= now &&
	       now <= seconds_of(&certificate->valid_to);
}

/*
 * A delegated responder was issued by the issuer itself, directly, for this purpose, and is
 * valid now (RFC 6960 section 4.2.2.2). mbedTLS judges times by the real clock, so
 * its opinion on those is replaced by ours.
 */
static bool is_authorized(mbedtls_x509_crt *delegate, mbedtls_x509_crt *issuer, int64_t now,
			  struct native *native)
{
	uint32_t flags = 0;
	bool good = false;
	int code = mbedtls_x509_crt_verify(delegate, issuer, NULL, NULL, &flags, NULL, NULL);
	flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
	char text[NATIVE_MAX] = "";
	if (flags != 0)
		flags_print(text, sizeof text, flags);
	if (flags != 0 || (code != 0 && code != MBEDTLS_ERR_X509_CERT_VERIFY_FAILED))
		native_note(native, code, text[0] != '\0' ? text : NULL);
	else if (!has_ocsp_signing(delegate))
		native_note(native, 0, "the signer's certificate lacks the OCSPSigning usage");
	else if (!is_valid_at(delegate, now))
		native_note(native, 0, "the signer's certificate is not valid now");
	else
		good = true;
	return good;
}

static void print_signer(struct status_check *out, const mbedtls_x509_crt *signer)
{
	if (mbedtls_x509_dn_gets(out->signer, sizeof out->signer, &signer->subject) < 0)
		out->signer[0] = '\0';
}

/* A certificate that the response names as the responder's: what comes of it. */
static enum check try_signer(struct status_check *found, const struct signature *signature,
			     const struct question *question, const struct response *response,
			     struct der bytes)
{
	enum check check = CHECK_GOOD;
	mbedtls_x509_crt signer, issuer;
	mbedtls_x509_crt_init(&signer);
	mbedtls_x509_crt_init(&issuer);
	int code = certificate_parse(&signer, bytes);
	if (code == 0)
		code = verify_signature(&signer, signature, response);
	if (code == 0)
		code = certificate_parse(&issuer, question->issuer->whole);
	if (code != 0) {
		native_note(&found->native, code, NULL);
		check = is_unsupported(code) ? CHECK_ALGORITHM_UNSUPPORTED : CHECK_BAD_SIGNATURE;
		goto out;
	}
	print_signer(found, &signer);
	if (!der_same(bytes, question->issuer->whole) &&
	    !is_authorized(&signer, &issuer, question->now, &found->native))
		check = CHECK_UNAUTHORIZED_SIGNER;
out:
	mbedtls_x509_crt_free(&signer);
	mbedtls_x509_crt_free(&issuer);
	return check;
}

/* Which of the failures of several certificates counts: the one that came furthest. */
static int weight_of(enum check check)
{
	switch (check) {
	case CHECK_BAD_SIGNATURE: return 1;
	case CHECK_ALGORITHM_UNSUPPORTED: return 2;
	case CHECK_UNAUTHORIZED_SIGNER: return 3;
	default: return 4;
	}
}

/* The issuer's own certificate, and those that came with the response. */
static enum check check_response_signer(void *signature, struct status_check *out,
					const struct question *question,
					const struct response *response)
{
	struct der rest = response->certificates, bytes = question->issuer->whole;
	struct certificate candidate;
	enum check best = NUM_CHECKS;
	int num = 0;
	do {
		struct status_check found = {0};
		if (!certificate_read(&candidate, bytes) ||
		    !response_is_by(response, &candidate, question))
			continue;
		enum check check = try_signer(&found, signature, question, response, bytes);
		if (best != NUM_CHECKS && weight_of(check) <= weight_of(best))
			continue;
		best = check;
		out->native = found.native;
		snprintf(out->signer, sizeof out->signer, "%s", found.signer);
		num++;
	} while (best != CHECK_GOOD && num < MAX_SIGNERS &&
		 der_take_whole(&rest, &bytes, DER_SEQUENCE));
	if (best != NUM_CHECKS)
		return best;
	question_say(out, "no certificate of the response's signer is known");
	return CHECK_UNAUTHORIZED_SIGNER;
}

const struct status_reader response_reader = {open_response, check_response_signer, free, false};

/*
 * CRLs.
 */

/* mbedTLS ignores what follows a DER list, and wants PEM to end in a NUL. */
static int parse(mbedtls_x509_crl *crl, struct der in)
{
	struct der rest = in;
	if (in.len < 5 || memcmp(in.at, "-----", 5) != 0) {
		if (!der_skip(&rest) || rest.len > 0)
			return MBEDTLS_ERR_X509_INVALID_FORMAT;
		return mbedtls_x509_crl_parse_der(crl, in.at, in.len);
	}
	unsigned char *copy = malloc(in.len + 1);
	if (copy == NULL)
		return MBEDTLS_ERR_X509_ALLOC_FAILED;
	memcpy(copy, in.at, in.len);
	copy[in.len] = '\0';
	int code = mbedtls_x509_crl_parse(crl, copy, in.len + 1);
	free(copy);
	return code;
}

static void close_list(void *opened)
{
	if (opened == NULL)
		return;
	mbedtls_x509_crl_free(opened);
	free(opened);
}

static void *open_list(struct status_check *out, struct der *der)
{
	mbedtls_x509_crl *crl = calloc(1, sizeof *crl);
	if (crl == NULL)
		return NULL;
	mbedtls_x509_crl_init(crl);
	int code = parse(crl, *der);
	if (code == 0) {
		*der = der_of(crl->raw.p, crl->raw.len);
		return crl;
	}
	native_note(&out->native, code, NULL);
	if (is_unsupported(code))
		out->check = CHECK_ALGORITHM_UNSUPPORTED;
	close_list(crl);
	return NULL;
}

static int verify_list(const mbedtls_x509_crl *crl, mbedtls_pk_context *key)
{
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	const mbedtls_md_info_t *info = mbedtls_md_info_from_type(crl->MBEDTLS_PRIVATE(sig_md));
	if (info == NULL || mbedtls_md(info, crl->tbs.p, crl->tbs.len, hash) != 0)
		return MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG;
	return mbedtls_pk_verify_ext(crl->MBEDTLS_PRIVATE(sig_pk), crl->MBEDTLS_PRIVATE(sig_opts),
				     key, crl->MBEDTLS_PRIVATE(sig_md), hash,
				     mbedtls_md_get_size(info), crl->MBEDTLS_PRIVATE(sig).p,
				     crl->MBEDTLS_PRIVATE(sig).len);
}

/* mbedTLS goes on after it has found fault with an algorithm or with the times, and then a listed
 * certificate is revoked (library/x509_crt.c, x509_crt_verifycrl). */
static bool is_in_profile(const mbedtls_x509_crl *crl)
{
	const mbedtls_x509_crt_profile *profile = &mbedtls_x509_crt_profile_default;
	return (profile->allowed_mds & MBEDTLS_X509_ID_FLAG(crl->MBEDTLS_PRIVATE(sig_md))) != 0 &&
	       (profile->allowed_pks & MBEDTLS_X509_ID_FLAG(crl->MBEDTLS_PRIVATE(sig_pk))) != 0;
}

static enum check check_list_signer(void *opened, struct status_check *out,
				    const struct question *question,
				    const struct response *response)
{
	mbedtls_x509_crt issuer;
	(void)response;
	mbedtls_x509_crt_init(&issuer);
	int code = certificate_parse(&issuer, question->issuer->whole);
	if (code == 0)
		code = verify_list(opened, &issuer.pk);
	if (code == 0)
		print_signer(out, &issuer);
	else
		native_note(&out->native, code, NULL);
	mbedtls_x509_crt_free(&issuer);
	if (code != 0)
		return is_unsupported(code) ? CHECK_ALGORITHM_UNSUPPORTED : CHECK_BAD_SIGNATURE;
	out->authentic = !is_in_profile(opened);
	if (!out->authentic)
		return CHECK_GOOD;
	question_say(out, "mbed TLS refuses the algorithm of the signature by its default profile");
	return CHECK_ALGORITHM_UNSUPPORTED;
}

const struct status_reader list_reader = {open_list, check_list_signer, close_list, true};
