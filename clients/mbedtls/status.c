/*
 * Knows how mbedTLS verifies who signed an OCSP response, and how it reads CRLs and verifies their
 * signatures. It has no OCSP: a response is read by clients/rules/response.h. It refuses every CRL
 * with a critical extension, and so those that are split by issuingDistributionPoint; such a CRL is
 * malformed to this stack. Of several in one PEM file the first counts.
 *
 * Not verified: responses signed by RSASSA-PSS or EdDSA. The certificate of a delegated responder
 * has to satisfy the default profile of mbedTLS: one that is signed with SHA-1 is not authorized.
 */
#include "clients/mbedtls/session.h"
#include "clients/rules/response_rules.h"

#include <mbedtls/asn1.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * OCSP responses.
 */

/* A response has one delegated responder and perhaps its chain; more is not looked at. */
#define MAX_SIGNERS 8

/* How a response is signed. */
struct signature {
	mbedtls_md_type_t hash;
	mbedtls_pk_type_t key_type; /* MBEDTLS_PK_NONE: an algorithm that is not known */
};

static bool read_algorithm(struct signature *out, struct der algorithm)
{
	mbedtls_asn1_buf id, parameters;
	unsigned char *at = (unsigned char *)algorithm.at;
	if (mbedtls_asn1_get_alg(&at, at + algorithm.len, &id, &parameters) != 0)
		return false;
	if (mbedtls_oid_get_sig_alg(&id, &out->hash, &out->key_type) != 0)
		out->key_type = MBEDTLS_PK_NONE;
	return true;
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
	if (signature->key_type == MBEDTLS_PK_NONE ||
	    signature->key_type == MBEDTLS_PK_RSASSA_PSS || !is_strong(signature->hash))
		return MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG;
	if (!mbedtls_pk_can_do(key, signature->key_type))
		return MBEDTLS_ERR_X509_SIG_MISMATCH;
	if (info == NULL ||
	    mbedtls_md(info, response->signed_part.at, response->signed_part.len, hash) != 0)
		return MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG;
	return mbedtls_pk_verify(key, signature->hash, hash, mbedtls_md_get_size(info),
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

static bool is_responder(const mbedtls_x509_crt *candidate, const struct response *response,
			 const struct question *question)
{
	struct certificate certificate;
	return certificate_read(&certificate, der_of(candidate->raw.p, candidate->raw.len)) &&
	       response_is_by(response, &certificate, question);
}

static void print_signer(struct status_check *out, const mbedtls_x509_crt *signer)
{
	if (mbedtls_x509_dn_gets(out->signer, sizeof out->signer, &signer->subject) < 0)
		out->signer[0] = '\0';
}

/* Who may have signed, and what was found out so far. */
struct search {
	const struct signature *signature;
	const struct question *question;
	const struct response *response;
	mbedtls_x509_crt issuer;
	bool any_named; /* a certificate is that of the responder which the response names */
};

/* Tries one certificate that came with the response. True: it has signed, and *check says
 * whether it may. */
static bool try_delegate(struct search *search, enum check *check, struct status_check *out,
			 struct der bytes)
{
	bool signed_by = false;
	mbedtls_x509_crt delegate;
	mbedtls_x509_crt_init(&delegate);
	int code = certificate_parse(&delegate, bytes);
	if (code != 0) {
		native_note(&out->native, code, NULL);
		goto out;
	}
	if (!is_responder(&delegate, search->response, search->question))
		goto out;
	search->any_named = true;
	code = verify_signature(&delegate, search->signature, search->response);
	if (code != 0) {
		native_note(&out->native, code, NULL);
		goto out;
	}
	signed_by = true;
	out->native = (struct native){0}; /* what earlier candidates said does not matter now */
	print_signer(out, &delegate);
	*check = is_authorized(&delegate, &search->issuer, search->question->now, &out->native)
			 ? CHECK_GOOD
			 : CHECK_UNAUTHORIZED_SIGNER;
out:
	mbedtls_x509_crt_free(&delegate);
	return signed_by;
}

/* The issuer's own key, else one of the certificates that came with the response. */
static enum check find_signer(struct search *search, struct status_check *out)
{
	const struct response *response = search->response;
	struct der certificates = response->certificates;
	struct der bytes;
	enum check check;
	search->any_named = response_is_by(response, search->question->issuer, search->question);
	if (search->any_named) {
		int code = verify_signature(&search->issuer, search->signature, response);
		if (code == 0) {
			print_signer(out, &search->issuer);
			return CHECK_GOOD;
		}
		native_note(&out->native, code, NULL);
	}
	for (int i = 0; i < MAX_SIGNERS && der_take_whole(&certificates, &bytes, DER_SEQUENCE); i++)
		if (try_delegate(search, &check, out, bytes))
			return check;
	if (!search->any_named)
		question_say(out, "no certificate of the response's signer is known");
	return search->any_named ? CHECK_BAD_SIGNATURE : CHECK_UNAUTHORIZED_SIGNER;
}

static enum check check_response_signer(void *opened, struct status_check *out,
					const struct question *question,
					const struct response *response)
{
	struct search search = {.signature = opened, .question = question, .response = response};
	enum check check = CHECK_UNAUTHORIZED_SIGNER;
	mbedtls_x509_crt_init(&search.issuer);
	int code = certificate_parse(&search.issuer, question->issuer->whole);
	if (code == 0)
		check = find_signer(&search, out);
	else
		native_note(&out->native, code, NULL);
	mbedtls_x509_crt_free(&search.issuer);
	return check;
}

const struct status_reader response_reader = {open_response, check_response_signer, free};

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
	return code == 0 ? CHECK_GOOD : CHECK_BAD_SIGNATURE;
}

const struct status_reader list_reader = {open_list, check_list_signer, close_list};
