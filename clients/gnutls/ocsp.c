/* Knows how far GnuTLS checks an OCSP response, and checks the rest. */
#include "clients/gnutls/ocsp.h"
#include "clients/rules/freshness.h"

#include "clients/gnutls/der.h"
#include "clients/gnutls/session.h"
#include "clients/facts/serial.h"

#include <gnutls/crypto.h>
#include <gnutls/ocsp.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OID_OCSP_BASIC "1.3.6.1.5.5.7.48.1.1"
#define OID_OCSP_NONCE "1.3.6.1.5.5.7.48.1.2"
#define MAX_ENTRIES    1024 /* in 64 KiB there is room for some 900 */
#define MAX_EXTENSIONS 64
#define DN_MAX         1024
#define SERIAL_MAX     64

/* A CertID, as a response or GnuTLS itself gives it. Memory of GnuTLS. */
struct certificate_id {
	gnutls_digest_algorithm_t hash;
	gnutls_datum_t name, key, serial;
};

struct entry {
	struct certificate_id id;
	unsigned status;
	time_t this_update, next_update, revocation_time;
	unsigned reason;
};

static void certid_clear(struct certificate_id *id)
{
	gnutls_free(id->name.data);
	gnutls_free(id->key.data);
	gnutls_free(id->serial.data);
	*id = (struct certificate_id){0};
}

static bool equal(const gnutls_datum_t *one, const gnutls_datum_t *other)
{
	return one->size == other->size &&
	       (one->size == 0 || memcmp(one->data, other->data, one->size) == 0);
}

/*
 * The CertID of a certificate. GnuTLS has no public call for the hash of a key as
 * CertIDs want it, but it writes one into a request and reads it back.
 */
static bool certid_make(struct certificate_id *id, gnutls_digest_algorithm_t hash,
			gnutls_x509_crt_t issuer, gnutls_x509_crt_t certificate)
{
	gnutls_ocsp_req_t request;
	*id = (struct certificate_id){0};
	if (gnutls_ocsp_req_init(&request) != 0)
		return false;
	bool made = gnutls_ocsp_req_add_cert(request, hash, issuer, certificate) == 0 &&
		    gnutls_ocsp_req_get_cert_id(request, 0, &id->hash, &id->name, &id->key,
						&id->serial) == 0;
	gnutls_ocsp_req_deinit(request);
	return made;
}

/*
 * Entries.
 */

/* 0, GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE beyond the last, or another code. */
static int entry_read(struct entry *entry, gnutls_ocsp_resp_t response, unsigned index)
{
	*entry = (struct entry){0};
	return gnutls_ocsp_resp_get_single(response, index, &entry->id.hash, &entry->id.name,
					   &entry->id.key, &entry->id.serial, &entry->status,
					   &entry->this_update, &entry->next_update,
					   &entry->revocation_time, &entry->reason);
}

/* GnuTLS takes the name for a CertID from the certificate's issuer field, not from the
 * issuer: both have to be the same name. */
static bool is_named_issuer(const struct response_question *question)
{
	gnutls_datum_t wanted = {NULL, 0}, own = {NULL, 0};
	if (question->certificate == NULL)
		return true;
	bool is = gnutls_x509_crt_get_raw_issuer_dn(question->certificate, &wanted) == 0 &&
		  gnutls_x509_crt_get_raw_dn(question->issuer, &own) == 0 && equal(&wanted, &own);
	gnutls_free(wanted.data);
	gnutls_free(own.data);
	return is;
}

/* The bytes as they stand in the certificate: a CertID that GnuTLS made has them in their
 * shortest form. Without a certificate every number will do. */
static bool has_serial(const struct entry *entry, const struct response_question *question)
{
	uint8_t serial[SERIAL_MAX];
	size_t len = sizeof serial;
	if (question->certificate == NULL)
		return true;
	return gnutls_x509_crt_get_serial(question->certificate, serial, &len) == 0 &&
	       len == entry->id.serial.size && memcmp(serial, entry->id.serial.data, len) == 0;
}

static bool has_name(const struct entry *entry, const struct response_question *question)
{
	gnutls_datum_t own = {NULL, 0};
	uint8_t hash[DIGEST_MAX];
	bool has = entry->id.name.size == gnutls_hash_get_len(entry->id.hash) &&
		   entry->id.name.size <= sizeof hash &&
		   gnutls_x509_crt_get_raw_dn(question->issuer, &own) == 0 &&
		   gnutls_hash_fast(entry->id.hash, own.data, own.size, hash) == 0 &&
		   memcmp(hash, entry->id.name.data, entry->id.name.size) == 0;
	gnutls_free(own.data);
	return has;
}

enum match { MATCH_NONE, MATCH_BUT_KEY, MATCH_WHOLE };

/* By the hash that the entry names itself. */
static enum match entry_match(const struct entry *entry, const struct response_question *question)
{
	struct certificate_id wanted;
	enum match match = MATCH_NONE;
	if (question->issuer == NULL || entry->id.hash == GNUTLS_DIG_UNKNOWN ||
	    (!question->any_certid_hash && entry->id.hash != GNUTLS_DIG_SHA1) ||
	    !has_serial(entry, question) || !has_name(entry, question))
		return MATCH_NONE;
	if (certid_make(&wanted, entry->id.hash, question->issuer, question->issuer))
		match = equal(&wanted.key, &entry->id.key) ? MATCH_WHOLE : MATCH_BUT_KEY;
	certid_clear(&wanted);
	return match;
}

static void note_certid(struct certid_facts *out, const struct certificate_id *id)
{
	const char *name = gnutls_digest_get_name(id->hash);
	snprintf(out->hash, sizeof out->hash, "%s", name != NULL ? name : "unknown");
	for (char *c = out->hash; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	out->name_len = id->name.size < DIGEST_MAX ? id->name.size : DIGEST_MAX;
	out->key_len = id->key.size < DIGEST_MAX ? id->key.size : DIGEST_MAX;
	if (out->name_len > 0)
		memcpy(out->name_hash, id->name.data, out->name_len);
	if (out->key_len > 0)
		memcpy(out->key_hash, id->key.data, out->key_len);
	serial_print(out->serial, sizeof out->serial, id->serial.data, id->serial.size);
}

static void copy_entry(struct status_check *out, const struct entry *entry)
{
	out->this_update = entry->this_update;
	out->next_update = entry->next_update == (time_t)-1 ? 0 : entry->next_update;
	switch (entry->status) {
	case GNUTLS_OCSP_CERT_GOOD: out->status = STATUS_GOOD; break;
	case GNUTLS_OCSP_CERT_REVOKED:
		out->status = STATUS_REVOKED;
		out->revocation_time = entry->revocation_time;
		out->revocation_reason = (int)entry->reason;
		break;
	default: out->status = STATUS_UNKNOWN; break;
	}
}

/* GnuTLS takes an entry for ours when name and serial match: worth telling when the
 * key is another one's. */
static void note_leniency(struct status_check *out, gnutls_ocsp_resp_t response, unsigned index,
			  const struct response_question *question)
{
	if (question->certificate != NULL &&
	    gnutls_ocsp_resp_check_crt(response, index, question->certificate) == 0)
		native_note(
			&out->native, 0,
			"gnutls_ocsp_resp_check_crt accepts the entry: it compares the issuer's "
			"name and the serial number, not the hash of the issuer's key");
}

/*
 * Looks through all entries (GnuTLS 3.7 itself only at the first). Of several for
 * the same certificate a revoked one counts, else the first.
 */
static enum check find_entry(struct status_check *out, gnutls_ocsp_resp_t response,
			     const struct response_question *question)
{
	bool found = false;
	struct entry entry;
	unsigned i;
	int code = 0;
	for (i = 0; i < MAX_ENTRIES; i++) {
		code = entry_read(&entry, response, i);
		if (code != 0)
			break;
		bool readable = entry.this_update != (time_t)-1;
		enum match match = readable ? entry_match(&entry, question) : MATCH_NONE;
		bool matches = match == MATCH_WHOLE && is_named_issuer(question);
		bool counts = !found || (entry.status == GNUTLS_OCSP_CERT_REVOKED &&
					 out->status != STATUS_REVOKED);
		if (i == 0 || (matches && counts))
			note_certid(&out->certid, &entry.id);
		if ((matches && counts) || (i == 0 && question->issuer == NULL))
			copy_entry(out, &entry);
		else if (match == MATCH_BUT_KEY && !found)
			note_leniency(out, response, i, question);
		found = found || matches;
		certid_clear(&entry.id);
		if (!readable)
			return CHECK_MALFORMED;
	}
	if (code != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE || i == 0) {
		native_note(&out->native, code, NULL);
		return CHECK_MALFORMED;
	}
	if (found)
		out->native = (struct native){0};
	return found ? CHECK_GOOD : CHECK_WRONG_CERTIFICATE;
}

/*
 * The signer.
 */

/* Whether the response names this certificate as its responder (RFC 6960 section 4.2.2.3). */
static bool is_responder(gnutls_ocsp_resp_t response, gnutls_x509_crt_t candidate)
{
	gnutls_datum_t named = {NULL, 0}, own = {NULL, 0};
	struct certificate_id id = {0};
	bool is = false;
	if (gnutls_ocsp_resp_get_responder_raw_id(response, GNUTLS_OCSP_RESP_ID_DN, &named) == 0) {
		is = gnutls_x509_crt_get_raw_dn(candidate, &own) == 0 && equal(&named, &own);
	} else if (gnutls_ocsp_resp_get_responder_raw_id(response, GNUTLS_OCSP_RESP_ID_KEY,
							 &named) == 0) {
		is = certid_make(&id, GNUTLS_DIG_SHA1, candidate, candidate) &&
		     equal(&named, &id.key);
	}
	certid_clear(&id);
	gnutls_free(own.data);
	gnutls_free(named.data);
	return is;
}

static void print_signer(struct status_check *out, gnutls_x509_crt_t signer)
{
	char name[DN_MAX];
	size_t len = sizeof name;
	if (gnutls_x509_crt_get_dn(signer, name, &len) == 0)
		snprintf(out->signer, sizeof out->signer, "%.127s", name);
}

/* The certificate of the responder, if it came with the response or is the issuer. */
static bool find_responder(struct status_check *out, gnutls_ocsp_resp_t response,
			   const struct response_question *question)
{
	gnutls_x509_crt_t *list = NULL;
	size_t num = 0;
	bool found = false;
	if (gnutls_ocsp_resp_get_certs(response, &list, &num) != 0)
		num = 0;
	for (size_t i = 0; i < num; i++) {
		if (!found && is_responder(response, list[i])) {
			print_signer(out, list[i]);
			found = true;
		}
		gnutls_x509_crt_deinit(list[i]);
	}
	gnutls_free(list);
	if (!found && is_responder(response, question->issuer)) {
		print_signer(out, question->issuer);
		found = true;
	}
	return found;
}

static const struct {
	unsigned bit;
	const char *name, *text;
	enum check check;
} verify_reasons[] = {
	{GNUTLS_OCSP_VERIFY_SIGNATURE_FAILURE, "GNUTLS_OCSP_VERIFY_SIGNATURE_FAILURE",
	 "the signature does not verify", CHECK_BAD_SIGNATURE},
	{GNUTLS_OCSP_VERIFY_INSECURE_ALGORITHM, "GNUTLS_OCSP_VERIFY_INSECURE_ALGORITHM",
	 "the signature is by an insecure algorithm", CHECK_BAD_SIGNATURE},
	{GNUTLS_OCSP_VERIFY_SIGNER_KEYUSAGE_ERROR, "GNUTLS_OCSP_VERIFY_SIGNER_KEYUSAGE_ERROR",
	 "the signer's certificate lacks the OCSPSigning usage", CHECK_UNAUTHORIZED_SIGNER},
	{GNUTLS_OCSP_VERIFY_CERT_NOT_ACTIVATED, "GNUTLS_OCSP_VERIFY_CERT_NOT_ACTIVATED",
	 "the signer's certificate is not yet valid", CHECK_UNAUTHORIZED_SIGNER},
	{GNUTLS_OCSP_VERIFY_CERT_EXPIRED, "GNUTLS_OCSP_VERIFY_CERT_EXPIRED",
	 "the signer's certificate is expired", CHECK_UNAUTHORIZED_SIGNER},
	{GNUTLS_OCSP_VERIFY_SIGNER_NOT_FOUND, "GNUTLS_OCSP_VERIFY_SIGNER_NOT_FOUND",
	 "the signer's certificate was not issued by the issuer", CHECK_UNAUTHORIZED_SIGNER},
	{GNUTLS_OCSP_VERIFY_UNTRUSTED_SIGNER, "GNUTLS_OCSP_VERIFY_UNTRUSTED_SIGNER",
	 "the signer is not trusted by the issuer", CHECK_UNAUTHORIZED_SIGNER},
};

static enum check check_of_verify(struct native *native, unsigned verify)
{
	for (size_t i = 0; i < sizeof verify_reasons / sizeof verify_reasons[0]; i++) {
		if ((verify & verify_reasons[i].bit) == 0)
			continue;
		native_note(native, (int)verify, verify_reasons[i].text);
		snprintf(native->name, sizeof native->name, "%s", verify_reasons[i].name);
		return verify_reasons[i].check;
	}
	return verify == 0 ? CHECK_GOOD : CHECK_UNAUTHORIZED_SIGNER;
}

/* GnuTLS says the same of a weak signature and of a delegate whose certificate has one. */
static bool is_weakness_of_delegate(gnutls_ocsp_resp_t response, unsigned verify)
{
	int algorithm = gnutls_ocsp_resp_get_signature_algorithm(response);
	return verify == GNUTLS_OCSP_VERIFY_INSECURE_ALGORITHM && algorithm > 0 &&
	       gnutls_sign_is_secure2((gnutls_sign_algorithm_t)algorithm,
				      GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS) != 0;
}

/*
 * gnutls_ocsp_resp_verify_direct takes the issuer itself, or a delegate that the
 * issuer signed, with the OCSPSigning usage and valid now: RFC 6960 section 4.2.2.2.
 * (gnutls_ocsp_resp_verify with the trusted roots also takes what a root signs.) When
 * no certificate in the response is the responder's it tries the issuer's key,
 * whoever is named.
 */
static enum check check_signer(struct status_check *out, gnutls_ocsp_resp_t response,
			       const struct response_question *question)
{
	unsigned verify = 0;
	if (!find_responder(out, response, question)) {
		native_note(&out->native, 0, "no certificate of the response's signer is known");
		return CHECK_UNAUTHORIZED_SIGNER;
	}
	int code = gnutls_ocsp_resp_verify_direct(response, question->issuer, &verify, 0);
	enum check check = code == 0 ? check_of_verify(&out->native, verify) : CHECK_BAD_SIGNATURE;
	if (code != 0)
		native_note(&out->native, code, NULL);
	else if (is_weakness_of_delegate(response, verify))
		check = CHECK_UNAUTHORIZED_SIGNER;
	if (check == CHECK_BAD_SIGNATURE)
		out->signer[0] = '\0';
	return check;
}

/*
 * The rest.
 */

static bool is_basic(gnutls_ocsp_resp_t response)
{
	gnutls_datum_t type = {NULL, 0};
	bool is = gnutls_ocsp_resp_get_response(response, &type, NULL) == 0 && type.data != NULL &&
		  strncmp((const char *)type.data, OID_OCSP_BASIC, type.size) == 0;
	gnutls_free(type.data);
	return is;
}

/* Those of RFC 6960 section 4.4 only inform; the nonce is looked at. */
static bool understands_extensions(gnutls_ocsp_resp_t response)
{
	static const char *const known[] = {OID_OCSP_NONCE, "1.3.6.1.5.5.7.48.1.3",
					    "1.3.6.1.5.5.7.48.1.6", "1.3.6.1.5.5.7.48.1.9"};
	bool understands = true;
	for (unsigned i = 0; i < MAX_EXTENSIONS && understands; i++) {
		gnutls_datum_t id = {NULL, 0}, data = {NULL, 0};
		unsigned critical = 0;
		if (gnutls_ocsp_resp_get_extension(response, i, &id, &critical, &data) != 0)
			break;
		understands = critical == 0;
		for (size_t k = 0; k < sizeof known / sizeof known[0] && !understands; k++)
			understands = strcmp((const char *)id.data, known[k]) == 0;
		gnutls_free(id.data);
		gnutls_free(data.data);
	}
	return understands;
}

/* An answer without a nonce is no failure (RFC 9919 section 5); another nonce is. */
static bool has_wrong_nonce(gnutls_ocsp_resp_t response, const struct response_question *question)
{
	gnutls_datum_t nonce = {NULL, 0};
	if (question->nonce_len == 0 || gnutls_ocsp_resp_get_nonce(response, NULL, &nonce) != 0)
		return false;
	bool wrong = nonce.size != question->nonce_len ||
		     memcmp(nonce.data, question->nonce, nonce.size) != 0;
	gnutls_free(nonce.data);
	return wrong;
}

enum check times_check(const struct status_check *check, const struct response_question *question)
{
	return freshness_check(check->this_update, check->next_update, check->next_update != 0,
			       question->now, question->skew_s, question->max_age_s);
}

static enum check check_of_status(enum status status)
{
	switch (status) {
	case STATUS_GOOD: return CHECK_GOOD;
	case STATUS_REVOKED: return CHECK_REVOKED;
	default: return CHECK_UNKNOWN;
	}
}

/* Everything about a response that GnuTLS could parse. */
static void check_parsed(struct status_check *out, gnutls_ocsp_resp_t response,
			 const gnutls_datum_t *der, const struct response_question *question)
{
	out->response_status = gnutls_ocsp_resp_get_status(response);
	if (out->response_status != GNUTLS_OCSP_RESP_SUCCESSFUL) {
		out->check = CHECK_ERROR_RESPONSE;
		return;
	}
	if (!is_basic(response) || !contents_are_understood(der->data, der->size) ||
	    !understands_extensions(response))
		return;
	time_t produced = gnutls_ocsp_resp_get_produced(response);
	out->produced_at = produced == (time_t)-1 ? 0 : produced;
	out->check = find_entry(out, response, question);
	if (question->issuer == NULL && out->check == CHECK_WRONG_CERTIFICATE)
		out->check = CHECK_NOT_CHECKED;
	if (out->check == CHECK_GOOD)
		out->check = check_signer(out, response, question);
	if (out->check != CHECK_GOOD)
		return;
	out->authentic = true;
	out->check = times_check(out, question);
	if (out->check != CHECK_GOOD)
		return;
	out->fresh = true;
	out->check = has_wrong_nonce(response, question) ? CHECK_WRONG_NONCE
							 : check_of_status(out->status);
}

void response_check(struct status_check *out, const struct response_question *question,
		    const uint8_t *der, size_t len)
{
	gnutls_ocsp_resp_t response = NULL;
	gnutls_datum_t data = {(unsigned char *)der, (unsigned)len};
	*out = (struct status_check){
		.check = CHECK_MALFORMED, .response_status = -1, .revocation_reason = -1};
	if (len > OCSP_MAX_LEN || !span_is_one_sequence(der, len) ||
	    gnutls_ocsp_resp_init(&response) != 0)
		return;
	int code = gnutls_ocsp_resp_import(response, &data);
	if (code == 0)
		check_parsed(out, response, &data, question);
	else
		native_note(&out->native, code, NULL);
	gnutls_ocsp_resp_deinit(response);
}

bool request_encode(uint8_t **der, size_t *len, const struct response_question *question,
		    struct error *err)
{
	gnutls_ocsp_req_t request = NULL;
	gnutls_datum_t out = {NULL, 0};
	gnutls_datum_t nonce = {(unsigned char *)question->nonce, (unsigned)question->nonce_len};
	*der = NULL;
	int code = gnutls_ocsp_req_init(&request);
	if (code == 0)
		code = gnutls_ocsp_req_add_cert(request, GNUTLS_DIG_SHA1, question->issuer,
						question->certificate);
	if (code == 0 && question->nonce_len > 0)
		code = gnutls_ocsp_req_set_nonce(request, 0, &nonce);
	if (code == 0)
		code = gnutls_ocsp_req_export(request, &out);
	if (code == 0)
		*der = malloc(out.size);
	if (*der != NULL) {
		memcpy(*der, out.data, out.size);
		*len = out.size;
	} else {
		error_set(err, ERROR_UNABLE, "GnuTLS cannot write an OCSP request: %s",
			  gnutls_strerror(code));
	}
	gnutls_free(out.data);
	if (request != NULL)
		gnutls_ocsp_req_deinit(request);
	return *der != NULL;
}
