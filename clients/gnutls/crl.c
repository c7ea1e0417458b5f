/* Knows when a CRL speaks for an issuer, and what it says of a certificate. */
#include "clients/gnutls/ocsp.h"

#include "clients/gnutls/der.h"
#include "clients/gnutls/session.h"

#include <stdio.h>
#include <string.h>

#define MAX_EXTENSIONS    64
#define MAX_SERIAL        64
#define DN_MAX            1024
#define OID_ISSUING_POINT "2.5.29.28"

static bool is_pem(const uint8_t *bytes, size_t len)
{
	return len >= 5 && memcmp(bytes, "-----", 5) == 0;
}

/* GnuTLS does not look at issuingDistributionPoint at all (lib/x509/verify.c), so that a
 * part of a CRL would pass for the whole. */
static bool is_in_scope(const gnutls_datum_t *extension, const struct response_question *question)
{
	struct certificate_facts facts;
	unsigned is_ca = 0;
	facts_read(&facts, question->certificate);
	if (gnutls_x509_crt_get_basic_constraints(question->certificate, NULL, &is_ca, NULL) < 0)
		is_ca = 0;
	return scope_fits(extension->data, extension->size, is_ca != 0, &facts);
}

/* GOOD, or why the extensions of the list forbid to use it. */
static enum check check_extensions(gnutls_x509_crl_t crl, const struct response_question *question)
{
	for (unsigned i = 0; i < MAX_EXTENSIONS; i++) {
		char id[128];
		size_t len = sizeof id;
		unsigned critical = 0;
		if (gnutls_x509_crl_get_extension_info(crl, i, id, &len, &critical) != 0)
			break;
		if (strcmp(id, OID_ISSUING_POINT) == 0) {
			gnutls_datum_t data = {NULL, 0};
			bool ours = gnutls_x509_crl_get_extension_data2(crl, i, &data) == 0 &&
				    is_in_scope(&data, question);
			gnutls_free(data.data);
			if (!ours)
				return CHECK_WRONG_CERTIFICATE;
		} else if (critical != 0) {
			return CHECK_MALFORMED;
		}
	}
	return CHECK_GOOD;
}

static bool may_sign_lists(gnutls_x509_crt_t issuer)
{
	unsigned usage = 0;
	int code = gnutls_x509_crt_get_key_usage(issuer, &usage, NULL);
	return code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE ||
	       (code == 0 && (usage & GNUTLS_KEY_CRL_SIGN) != 0);
}

/* GNUTLS_VERIFY_DISABLE_TIME_CHECKS does not reach CRLs (lib/x509/verify.c,
 * gnutls_x509_crl_verify), so what it says of times is left out here. */
static unsigned without_times(unsigned verify)
{
	unsigned rest = verify & ~(unsigned)(GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED |
					     GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE);
	return rest != verify && rest == GNUTLS_CERT_INVALID ? 0 : rest;
}

static enum check check_signer(struct native *native, gnutls_x509_crl_t crl,
			       gnutls_x509_crt_t issuer)
{
	unsigned verify = 0;
	if (gnutls_x509_crl_check_issuer(crl, issuer) == 0) {
		native_note(native, 0, "the CRL is of another issuer");
		return CHECK_UNAUTHORIZED_SIGNER;
	}
	if (!may_sign_lists(issuer)) {
		native_note(native, 0, "the issuer's key may not sign CRLs");
		return CHECK_UNAUTHORIZED_SIGNER;
	}
	int code = gnutls_x509_crl_verify(crl, &issuer, 1, 0, &verify);
	verify = without_times(verify);
	if (code == 0 && verify == 0)
		return CHECK_GOOD;
	gnutls_datum_t text = {NULL, 0};
	if (code == 0 &&
	    gnutls_certificate_verification_status_print(verify, GNUTLS_CRT_X509, &text, 0) == 0)
		native_note(native, (int)verify, (const char *)text.data);
	else
		native_note(native, code, NULL);
	gnutls_free(text.data);
	return verify & GNUTLS_CERT_SIGNER_NOT_CA ? CHECK_UNAUTHORIZED_SIGNER : CHECK_BAD_SIGNATURE;
}

static void find_entry(struct status_check *out, gnutls_x509_crl_t crl,
		       gnutls_x509_crt_t certificate)
{
	gnutls_x509_crl_iter_t iterator = NULL;
	uint8_t wanted[MAX_SERIAL], serial[MAX_SERIAL];
	size_t wanted_len = sizeof wanted;
	time_t revoked_at = 0;
	int code;
	out->status = STATUS_GOOD;
	if (gnutls_x509_crt_check_revocation(certificate, &crl, 1) == 0)
		return;
	out->status = STATUS_REVOKED;
	if (gnutls_x509_crt_get_serial(certificate, wanted, &wanted_len) != 0)
		return;
	do {
		size_t len = sizeof serial;
		code = gnutls_x509_crl_iter_crt_serial(crl, &iterator, serial, &len, &revoked_at);
		if (code == 0 && len == wanted_len && memcmp(serial, wanted, len) == 0) {
			out->revocation_time = revoked_at;
			break;
		}
	} while (code == 0 || code == GNUTLS_E_SHORT_MEMORY_BUFFER);
	if (iterator != NULL)
		gnutls_x509_crl_iter_deinit(iterator);
}

static bool are_entries_understood(const gnutls_datum_t *bytes, bool pem)
{
	gnutls_datum_t der = {NULL, 0};
	if (!pem)
		return list_is_understood(bytes->data, bytes->size);
	bool understood = gnutls_pem_base64_decode2("X509 CRL", bytes, &der) == 0 &&
			  list_is_understood(der.data, der.size);
	gnutls_free(der.data);
	return understood;
}

static void check_parsed(struct status_check *out, gnutls_x509_crl_t crl,
			 const struct response_question *question)
{
	time_t this_update = gnutls_x509_crl_get_this_update(crl);
	time_t next_update = gnutls_x509_crl_get_next_update(crl);
	if (this_update == (time_t)-1)
		return;
	out->this_update = this_update;
	out->next_update = next_update == (time_t)-1 ? 0 : next_update;
	out->check = check_signer(&out->native, crl, question->issuer);
	if (out->check == CHECK_GOOD)
		out->check = check_extensions(crl, question);
	if (out->check != CHECK_GOOD)
		return;
	char name[DN_MAX];
	size_t len = sizeof name;
	if (gnutls_x509_crt_get_dn(question->issuer, name, &len) == 0)
		snprintf(out->signer, sizeof out->signer, "%.127s", name);
	find_entry(out, crl, question->certificate);
	out->authentic = true;
	out->check = times_check(out, question);
	out->fresh = out->check == CHECK_GOOD;
	if (out->fresh && out->status == STATUS_REVOKED)
		out->check = CHECK_REVOKED;
}

void crl_check(struct status_check *out, const struct response_question *question,
	       const uint8_t *bytes, size_t len)
{
	gnutls_x509_crl_t crl = NULL;
	gnutls_datum_t data = {(unsigned char *)bytes, (unsigned)len};
	bool pem = is_pem(bytes, len);
	*out = (struct status_check){.check = CHECK_MALFORMED, .revocation_reason = -1};
	if (len > CRL_MAX_LEN || (!pem && !span_is_one_sequence(bytes, len)) ||
	    gnutls_x509_crl_init(&crl) != 0)
		return;
	int code =
		gnutls_x509_crl_import(crl, &data, pem ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER);
	if (code == 0 && !are_entries_understood(&data, pem))
		native_note(&out->native, 0, "unknown critical extension of an entry");
	else if (code == 0)
		check_parsed(out, crl, question);
	else
		native_note(&out->native, code, NULL);
	gnutls_x509_crl_deinit(crl);
}
