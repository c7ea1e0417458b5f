/*
 * Knows how mbedTLS reads a CRL and verifies its signature. It refuses every CRL with a critical
 * extension, and so those that are split by issuingDistributionPoint; such a CRL is malformed to
 * this stack. Of several in one PEM file the first counts.
 */
#include "clients/mbedtls/session.h"
#include "clients/mbedtls/words.h"

#include <mbedtls/md.h>
#include <mbedtls/pk.h>

#include <stdlib.h>
#include <string.h>

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

static enum check check_signer(void *opened, struct status_check *out,
			       const struct question *question, const struct response *response)
{
	const mbedtls_x509_crl *crl = opened;
	const struct status_place *place = question->context;
	const struct session *session = place->probe->session;
	const mbedtls_x509_crt *issuer = &session->chain[place->depth + 1];
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	const mbedtls_md_info_t *info = mbedtls_md_info_from_type(crl->MBEDTLS_PRIVATE(sig_md));
	(void)response;
	if (info == NULL || mbedtls_md(info, crl->tbs.p, crl->tbs.len, hash) != 0)
		return CHECK_BAD_SIGNATURE;
	int code =
		mbedtls_pk_verify_ext(crl->MBEDTLS_PRIVATE(sig_pk), crl->MBEDTLS_PRIVATE(sig_opts),
				      (mbedtls_pk_context *)&issuer->pk,
				      crl->MBEDTLS_PRIVATE(sig_md), hash, mbedtls_md_get_size(info),
				      crl->MBEDTLS_PRIVATE(sig).p, crl->MBEDTLS_PRIVATE(sig).len);
	if (code != 0) {
		native_note(&out->native, code, NULL);
		return CHECK_BAD_SIGNATURE;
	}
	mbedtls_x509_dn_gets(out->signer, sizeof out->signer, &issuer->subject);
	return CHECK_GOOD;
}

const struct status_reader list_reader = {open_list, check_signer, close_list};
