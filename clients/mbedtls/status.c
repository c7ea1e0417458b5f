/*
 * Knows how mbedTLS verifies signatures, and how it reads CRLs. It has no OCSP: a response is read
 * by clients/rules/response.h. It refuses every CRL with a critical extension, and so those that
 * are split by issuingDistributionPoint; such a CRL is malformed to this stack. Of several in one
 * PEM file the first counts.
 *
 * Not verified: responses signed by EdDSA. Certificates and CRLs have to satisfy its default
 * profile: the certificate of a delegated responder that is signed with SHA-1 will not do, and a
 * CRL that is can only show that a certificate is revoked.
 */
#include "clients/mbedtls/session.h"
#include "clients/rules/pss.h"
#include "clients/rules/response.h"

#include <mbedtls/asn1.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>

#include <stdlib.h>
#include <string.h>

/*
 * Signatures.
 */

/* How something is signed. */
struct algorithm {
	mbedtls_md_type_t hash;
	mbedtls_pk_type_t key_type; /* MBEDTLS_PK_NONE: an algorithm that is not known */
	mbedtls_pk_rsassa_pss_options pss;
};

static struct algorithm read_algorithm(struct der identifier)
{
	struct algorithm out = {.key_type = MBEDTLS_PK_NONE};
	struct pss pss;
	mbedtls_asn1_buf id, parameters;
	unsigned char *at = (unsigned char *)identifier.at;
	if (pss_read(&pss, identifier)) {
		out.key_type = MBEDTLS_PK_RSASSA_PSS;
		out.hash = mbedtls_md_get_type(md_find(pss.hash));
		out.pss.mgf1_hash_id = mbedtls_md_get_type(md_find(pss.mask_hash));
		out.pss.expected_salt_len = pss.salt_len;
	} else if (mbedtls_asn1_get_alg(&at, at + identifier.len, &id, &parameters) != 0 ||
		   mbedtls_oid_get_sig_alg(&id, &out.hash, &out.key_type) != 0) {
		out.key_type = MBEDTLS_PK_NONE;
	}
	return out;
}

/* A code of a lower module, less than 0x80, may be added. */
bool code_is_unsupported(int code)
{
	switch (-(-code & 0xff80)) {
	case MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG:
	case MBEDTLS_ERR_PK_UNKNOWN_PK_ALG:
	case MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE:
	case MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE:
	case MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE: return true;
	default: return false;
	}
}

/* SHA-1 is still what old responders sign with; anything weaker proves nothing. */
static bool is_strong(mbedtls_md_type_t hash)
{
	return hash == MBEDTLS_MD_SHA1 || hash == MBEDTLS_MD_SHA224 || hash == MBEDTLS_MD_SHA256 ||
	       hash == MBEDTLS_MD_SHA384 || hash == MBEDTLS_MD_SHA512;
}

static void print_signer(struct status_check *out, const mbedtls_x509_crt *signer)
{
	if (mbedtls_x509_dn_gets(out->signer, sizeof out->signer, &signer->subject) < 0)
		out->signer[0] = '\0';
}

static int verify(mbedtls_pk_context *key, const struct algorithm *algorithm,
		  const struct signed_bytes *what)
{
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	const mbedtls_md_info_t *info = mbedtls_md_info_from_type(algorithm->hash);
	bool is_pss = algorithm->key_type == MBEDTLS_PK_RSASSA_PSS;
	if (algorithm->key_type == MBEDTLS_PK_NONE || info == NULL ||
	    (what->kind == SIGNED_RESPONSE && !is_strong(algorithm->hash)))
		return MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG;
	if (!mbedtls_pk_can_do(key, algorithm->key_type))
		return MBEDTLS_ERR_X509_SIG_MISMATCH;
	if (mbedtls_md(info, what->bytes.at, what->bytes.len, hash) != 0)
		return MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG;
	return mbedtls_pk_verify_ext(algorithm->key_type, is_pss ? &algorithm->pss : NULL, key,
				     algorithm->hash, hash, mbedtls_md_get_size(info),
				     what->signature.at, what->signature.len);
}

/* mbedTLS goes on after it has found fault with the algorithm of a CRL, and then a listed
 * certificate is revoked (library/x509_crt.c, x509_crt_verifycrl). */
static bool is_in_profile(const struct algorithm *algorithm)
{
	const mbedtls_x509_crt_profile *profile = &mbedtls_x509_crt_profile_default;
	return algorithm->hash != MBEDTLS_MD_NONE && algorithm->key_type != MBEDTLS_PK_NONE &&
	       (profile->allowed_mds & MBEDTLS_X509_ID_FLAG(algorithm->hash)) != 0 &&
	       (profile->allowed_pks & MBEDTLS_X509_ID_FLAG(algorithm->key_type)) != 0;
}

enum signature signature_verify(struct status_check *out, struct der signer,
				const struct signed_bytes *what)
{
	struct algorithm algorithm = read_algorithm(what->algorithm);
	bool is_refused = what->kind != SIGNED_RESPONSE && !is_in_profile(&algorithm);
	mbedtls_x509_crt certificate;
	mbedtls_x509_crt_init(&certificate);
	int code = certificate_parse(&certificate, signer);
	if (code == 0)
		code = verify(&certificate.pk, &algorithm, what);
	if (code == 0)
		print_signer(out, &certificate);
	else
		native_note(&out->native, code, NULL);
	if (code == 0 && is_refused)
		question_say(out, "Mbed TLS refuses the algorithm of the signature by its default "
				  "profile");
	mbedtls_x509_crt_free(&certificate);
	if (code != 0)
		return code_is_unsupported(code) ? SIGNATURE_UNSUPPORTED : SIGNATURE_BAD;
	return is_refused ? SIGNATURE_REFUSED : SIGNATURE_GOOD;
}

/*
 * OCSP responses, which clients/rules/response.h reads.
 */

static void *open_response(struct status_check *out, struct der *der)
{
	static char opened;
	struct response response;
	if (response_read(&response, *der, 0))
		return &opened;
	out->response_status = response.status;
	question_say(out, "the response cannot be read");
	return NULL;
}

static void close_response(void *opened)
{
	(void)opened;
}

const struct status_reader response_reader = {open_response, NULL, close_response, false};

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
	if (code_is_unsupported(code))
		out->check = CHECK_ALGORITHM_UNSUPPORTED;
	close_list(crl);
	return NULL;
}

const struct status_reader list_reader = {open_list, NULL, close_list, true};
