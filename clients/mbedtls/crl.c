/* Knows when a CRL speaks for an issuer, and what it says of a certificate. */
#include "clients/mbedtls/crl.h"

#include "clients/mbedtls/der.h"

#include <mbedtls/md.h>
#include <mbedtls/pk.h>

#include <stdlib.h>
#include <string.h>

#define OID_CRL_REASON "\x55\x1d\x15" /* id-ce-cRLReasons */
#define OID_INVALIDITY "\x55\x1d\x18" /* id-ce-invalidityDate */

static bool is_pem(const uint8_t *bytes, size_t len)
{
	return len >= 5 && memcmp(bytes, "-----", 5) == 0;
}

/* mbedTLS ignores what follows a DER list, and wants PEM to end in a NUL. */
static int parse(mbedtls_x509_crl *crl, const uint8_t *bytes, size_t len)
{
	struct der in = der_of(bytes, len);
	if (!is_pem(bytes, len)) {
		if (!der_skip(&in) || !der_is_empty(&in))
			return MBEDTLS_ERR_X509_INVALID_FORMAT;
		return mbedtls_x509_crl_parse_der(crl, bytes, len);
	}
	unsigned char *copy = malloc(len + 1);
	if (copy == NULL)
		return MBEDTLS_ERR_X509_ALLOC_FAILED;
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	int code = mbedtls_x509_crl_parse(crl, copy, len + 1);
	free(copy);
	return code;
}

static enum check check_signer(struct native *native, const mbedtls_x509_crl *crl,
			       const mbedtls_x509_crt *issuer)
{
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	const mbedtls_md_info_t *info = mbedtls_md_info_from_type(crl->MBEDTLS_PRIVATE(sig_md));
	struct der name = der_of(crl->issuer_raw.p, crl->issuer_raw.len);
	if (!der_equals(&name, issuer->subject_raw.p, issuer->subject_raw.len)) {
		native_note(native, 0, "the CRL is of another issuer");
		return CHECK_UNAUTHORIZED_SIGNER;
	}
	int code = mbedtls_x509_crt_check_key_usage(issuer, MBEDTLS_X509_KU_CRL_SIGN);
	if (code != 0) {
		native_note(native, code, NULL);
		return CHECK_UNAUTHORIZED_SIGNER;
	}
	if (info == NULL || mbedtls_md(info, crl->tbs.p, crl->tbs.len, hash) != 0)
		return CHECK_BAD_SIGNATURE;
	code = mbedtls_pk_verify_ext(crl->MBEDTLS_PRIVATE(sig_pk), crl->MBEDTLS_PRIVATE(sig_opts),
				     (mbedtls_pk_context *)&issuer->pk,
				     crl->MBEDTLS_PRIVATE(sig_md), hash, mbedtls_md_get_size(info),
				     crl->MBEDTLS_PRIVATE(sig).p, crl->MBEDTLS_PRIVATE(sig).len);
	if (code != 0)
		native_note(native, code, NULL);
	return code == 0 ? CHECK_GOOD : CHECK_BAD_SIGNATURE;
}

/* entry_ext starts with the tag, and its length is that of what is behind tag and length
 * (2.28, library/x509_crl.c, x509_get_crl_entry_ext): its end is that of the entry. */
static struct der extensions_of(const mbedtls_x509_crl_entry *entry)
{
	const uint8_t *start = entry->entry_ext.p;
	const uint8_t *end = entry->raw.p + entry->raw.len;
	return start != NULL && entry->entry_ext.len > 0 ? der_of(start, (size_t)(end - start))
							 : der_of(NULL, 0);
}

/* Reason and invalidity date only inform; another critical one forbids to use the list
 * for any certificate (RFC 5280 section 5.3). mbedTLS steps over all of them. */
static bool is_entry_understood(const mbedtls_x509_crl_entry *entry)
{
	struct der in = extensions_of(entry);
	struct der list;
	struct der_extension extension;
	if (der_is_empty(&in))
		return true;
	if (!der_take(&in, &list, DER_SEQUENCE))
		return false;
	while (!der_is_empty(&list)) {
		if (!der_take_extension(&list, &extension))
			return false;
		if (extension.critical &&
		    !der_equals(&extension.id, OID_CRL_REASON, sizeof OID_CRL_REASON - 1) &&
		    !der_equals(&extension.id, OID_INVALIDITY, sizeof OID_INVALIDITY - 1))
			return false;
	}
	return true;
}

static enum check check_entries(struct native *native, const mbedtls_x509_crl *crl)
{
	for (const mbedtls_x509_crl_entry *entry = &crl->entry; entry != NULL; entry = entry->next)
		if (!is_entry_understood(entry)) {
			native_note(native, 0, "unknown critical extension of an entry");
			return CHECK_MALFORMED;
		}
	return CHECK_GOOD;
}

static int reason_of(const mbedtls_x509_crl_entry *entry)
{
	struct der in = extensions_of(entry);
	struct der list;
	struct der_extension extension;
	int reason;
	if (!der_take(&in, &list, DER_SEQUENCE))
		return -1;
	while (der_take_extension(&list, &extension))
		if (der_equals(&extension.id, OID_CRL_REASON, sizeof OID_CRL_REASON - 1) &&
		    mbedtls_asn1_get_enum(&extension.value.at, extension.value.end, &reason) == 0)
			return reason;
	return -1;
}

static void find_entry(struct status_check *out, const mbedtls_x509_crl *crl,
		       const mbedtls_x509_crt *certificate)
{
	out->status = STATUS_GOOD;
	if (!mbedtls_x509_crt_is_revoked(certificate, crl))
		return;
	out->status = STATUS_REVOKED;
	for (const mbedtls_x509_crl_entry *entry = &crl->entry; entry != NULL;
	     entry = entry->next) {
		struct der serial = der_of(entry->serial.p, entry->serial.len);
		if (!der_equals(&serial, certificate->serial.p, certificate->serial.len))
			continue;
		out->revocation_time = der_seconds(&entry->revocation_date);
		out->revocation_reason = reason_of(entry);
		return;
	}
}

static enum check check_times(const struct status_check *out,
			      const struct response_question *question)
{
	if (out->this_update > question->now + question->skew_s)
		return CHECK_NOT_YET_VALID;
	if (out->next_update != 0)
		return out->next_update + question->skew_s < question->now ? CHECK_STALE
									   : CHECK_GOOD;
	if (question->max_age_s == 0)
		return CHECK_NO_NEXT_UPDATE;
	if (question->max_age_s > 0 && question->now - out->this_update > question->max_age_s)
		return CHECK_STALE;
	return CHECK_GOOD;
}

void crl_check(struct status_check *out, const struct response_question *question,
	       const uint8_t *bytes, size_t len)
{
	mbedtls_x509_crl crl;
	*out = (struct status_check){.check = CHECK_MALFORMED, .revocation_reason = -1};
	mbedtls_x509_crl_init(&crl);
	int code = len > CRL_MAX_LEN ? MBEDTLS_ERR_X509_INVALID_FORMAT : parse(&crl, bytes, len);
	if (code != 0) {
		native_note(&out->native, code, NULL);
		goto out;
	}
	out->this_update = der_seconds(&crl.this_update);
	if (crl.next_update.year != 0)
		out->next_update = der_seconds(&crl.next_update);
	out->check = check_signer(&out->native, &crl, question->issuer);
	if (out->check == CHECK_GOOD)
		out->check = check_entries(&out->native, &crl);
	if (out->check != CHECK_GOOD)
		goto out;
	find_entry(out, &crl, question->certificate);
	out->authentic = true;
	mbedtls_x509_dn_gets(out->signer, sizeof out->signer, &question->issuer->subject);
	out->check = check_times(out, question);
	out->fresh = out->check == CHECK_GOOD;
	if (out->fresh && out->status == STATUS_REVOKED)
		out->check = CHECK_REVOKED;
out:
	mbedtls_x509_crl_free(&crl);
}
