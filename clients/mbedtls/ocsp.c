/* Knows the rules of RFC 6960 for accepting a response. */
#include "clients/mbedtls/ocsp.h"
#include "clients/rules/freshness.h"

#include "clients/mbedtls/response.h"
#include "clients/facts/serial.h"

#include <mbedtls/error.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define HAS_ID(in, literal) der_equals(in, literal, sizeof(literal) - 1)

/* A response has one delegate and perhaps its chain; more is not looked at. */
#define MAX_SIGNERS 8

void native_note(struct native *native, int code, const char *text)
{
	snprintf(native->library, sizeof native->library, "mbed TLS");
	native->code = code;
	if (code < 0)
		snprintf(native->name, sizeof native->name, "-0x%04X", (unsigned)-code);
	if (text != NULL)
		snprintf(native->text, sizeof native->text, "%s", text);
	else if (code != 0)
		mbedtls_strerror(code, native->text, sizeof native->text);
}

/* mbedTLS writes a line per flag; one line is wanted here. */
void flags_print(char *out, size_t size, uint32_t flags)
{
	out[0] = '\0';
	mbedtls_x509_crt_verify_info(out, size, "", flags);
	size_t len = strlen(out);
	if (len > 0 && out[len - 1] == '\n')
		out[len - 1] = '\0';
	for (char *at = out; (at = strchr(at, '\n')) != NULL;)
		*at = ' ';
}

static bool digest(uint8_t out[static MBEDTLS_MD_MAX_SIZE], mbedtls_md_type_t hash,
		   const uint8_t *bytes, size_t len)
{
	const mbedtls_md_info_t *info = mbedtls_md_info_from_type(hash);
	return info != NULL && mbedtls_md(info, bytes, len, out) == 0;
}

static size_t digest_len(mbedtls_md_type_t hash)
{
	return mbedtls_md_get_size(mbedtls_md_info_from_type(hash));
}

bool issuer_key_hash(uint8_t out[static MBEDTLS_MD_MAX_SIZE], const mbedtls_x509_crt *issuer,
		     mbedtls_md_type_t hash)
{
	struct der in = der_of(issuer->pk_raw.p, issuer->pk_raw.len);
	struct der info, key;
	if (!der_take(&in, &info, DER_SEQUENCE) || !der_skip(&info) ||
	    !der_take(&info, &key, MBEDTLS_ASN1_BIT_STRING) || der_len(&key) < 1)
		return false;
	return digest(out, hash, key.at + 1, der_len(&key) - 1);
}

/*
 * Matching.
 */

/* Whether a CertID is that of the certificate, by the hash that it names itself. */
static bool entry_matches(const struct entry *entry, const struct response_question *question)
{
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	mbedtls_md_type_t type;
	mbedtls_asn1_buf id = {MBEDTLS_ASN1_OID, der_len(&entry->hash_id), entry->hash_id.at};
	const mbedtls_x509_crt *issuer = question->issuer;
	const mbedtls_x509_crt *certificate = question->certificate;
	if (issuer == NULL ||
	    (certificate != NULL &&
	     !der_equals(&entry->serial, certificate->serial.p, certificate->serial.len)) ||
	    mbedtls_oid_get_md_alg(&id, &type) != 0)
		return false;
	if (!question->any_certid_hash && type != MBEDTLS_MD_SHA1)
		return false;
	if (!digest(hash, type, issuer->subject_raw.p, issuer->subject_raw.len) ||
	    !der_equals(&entry->name_hash, hash, digest_len(type)))
		return false;
	return issuer_key_hash(hash, issuer, type) &&
	       der_equals(&entry->key_hash, hash, digest_len(type));
}

/*
 * Looks through all entries, since a responder may put others in front. Of several
 * for the same certificate a revoked one counts, else the first; when there is none
 * (*any is false) *found is the first of all. False: one of them does not parse.
 */
static bool find_entry(struct entry *found, bool *any, const struct response *response,
		       const struct response_question *question)
{
	struct der entries = response->entries;
	struct entry entry;
	bool is_first = true;
	*any = false;
	while (!der_is_empty(&entries)) {
		if (!response_take_entry(&entry, &entries))
			return false;
		if (is_first)
			*found = entry;
		is_first = false;
		if (!entry_matches(&entry, question))
			continue;
		if (!*any || (entry.status == STATUS_REVOKED && found->status != STATUS_REVOKED))
			*found = entry;
		*any = true;
	}
	return true;
}

/*
 * The signer.
 */

static bool is_responder(const mbedtls_x509_crt *candidate, const struct response *response)
{
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	if (!der_is_empty(&response->responder_name))
		return der_equals(&response->responder_name, candidate->subject_raw.p,
				  candidate->subject_raw.len);
	return issuer_key_hash(hash, candidate, MBEDTLS_MD_SHA1) &&
	       der_equals(&response->responder_key, hash, digest_len(MBEDTLS_MD_SHA1));
}

/* SHA-1 is still what old responders sign with; anything weaker proves nothing. */
static bool is_strong(mbedtls_md_type_t hash)
{
	return hash == MBEDTLS_MD_SHA1 || hash == MBEDTLS_MD_SHA224 || hash == MBEDTLS_MD_SHA256 ||
	       hash == MBEDTLS_MD_SHA384 || hash == MBEDTLS_MD_SHA512;
}

static int verify_signature(const mbedtls_x509_crt *signer, const struct response *response)
{
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	mbedtls_pk_context *key = (mbedtls_pk_context *)&signer->pk;
	if (response->key_type == MBEDTLS_PK_NONE || response->key_type == MBEDTLS_PK_RSASSA_PSS ||
	    !is_strong(response->hash))
		return MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG;
	if (!mbedtls_pk_can_do(key, response->key_type))
		return MBEDTLS_ERR_X509_SIG_MISMATCH;
	if (!digest(hash, response->hash, response->signed_part.at,
		    der_len(&response->signed_part)))
		return MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG;
	return mbedtls_pk_verify(key, response->hash, hash, digest_len(response->hash),
				 response->signature.at, der_len(&response->signature));
}

/* The extension must be there: mbedTLS's check alone passes when it is absent. */
static bool has_ocsp_signing(const mbedtls_x509_crt *delegate)
{
	for (const mbedtls_x509_sequence *id = &delegate->ext_key_usage; id != NULL;
	     id = id->next) {
		struct der usage = der_of(id->buf.p, id->buf.len);
		if (HAS_ID(&usage, MBEDTLS_OID_OCSP_SIGNING))
			return true;
	}
	return false;
}

static bool is_valid_at(const mbedtls_x509_crt *certificate, int64_t now)
{
	return der_seconds(&certificate->valid_from) <= now &&
	       now <= der_seconds(&certificate->valid_to);
}

/*
 * A delegate was issued by the issuer itself, directly, for this purpose, and is
 * valid now (RFC 6960 section 4.2.2.2). mbedTLS judges times by the real clock, so
 * its opinion on those is replaced by ours.
 */
static bool may_speak(mbedtls_x509_crt *delegate, const struct response_question *question,
		      struct native *native)
{
	uint32_t flags = 0;
	bool good = false;
	mbedtls_x509_crt issuer;
	mbedtls_x509_crt_init(&issuer);
	/* A copy stands alone: the certificates that follow the issuer in a list would
	 * be trusted with it. */
	int code = mbedtls_x509_crt_parse_der(&issuer, question->issuer->raw.p,
					      question->issuer->raw.len);
	if (code == 0)
		code = mbedtls_x509_crt_verify(delegate, &issuer, NULL, NULL, &flags, NULL, NULL);
	flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
	char text[NATIVE_MAX] = "";
	if (flags != 0)
		flags_print(text, sizeof text, flags);
	if (flags != 0 || (code != 0 && code != MBEDTLS_ERR_X509_CERT_VERIFY_FAILED))
		native_note(native, code, text[0] != '\0' ? text : NULL);
	else if (!has_ocsp_signing(delegate))
		native_note(native, 0, "the signer's certificate lacks the OCSPSigning usage");
	else if (!is_valid_at(delegate, question->now))
		native_note(native, 0, "the signer's certificate is not valid now");
	else
		good = true;
	mbedtls_x509_crt_free(&issuer);
	return good;
}

static void print_signer(struct status_check *out, const mbedtls_x509_crt *signer)
{
	if (mbedtls_x509_dn_gets(out->signer, sizeof out->signer, &signer->subject) < 0)
		out->signer[0] = '\0';
}

/* Tries one certificate that came with the response. True: it has signed, and
 * *check says whether it may. */
static bool try_delegate(struct status_check *out, const struct der *bytes, bool *any_named,
			 const struct response *response, const struct response_question *question)
{
	bool signed_by = false;
	mbedtls_x509_crt delegate;
	mbedtls_x509_crt_init(&delegate);
	int code = mbedtls_x509_crt_parse_der(&delegate, bytes->at, der_len(bytes));
	if (code != 0) {
		native_note(&out->native, code, NULL);
		goto out;
	}
	if (!is_responder(&delegate, response))
		goto out;
	*any_named = true;
	code = verify_signature(&delegate, response);
	if (code != 0) {
		native_note(&out->native, code, NULL);
		goto out;
	}
	signed_by = true;
	out->native = (struct native){0}; /* what earlier candidates said is over */
	print_signer(out, &delegate);
	out->check = may_speak(&delegate, question, &out->native) ? CHECK_GOOD
								  : CHECK_UNAUTHORIZED_SIGNER;
out:
	mbedtls_x509_crt_free(&delegate);
	return signed_by;
}

/* Leaves CHECK_GOOD in out->check when the issuer, or somebody for it, has signed. */
static void check_signer(struct status_check *out, const struct response *response,
			 const struct response_question *question)
{
	struct der certificates = response->certificates;
	struct der bytes;
	bool any_named = is_responder(question->issuer, response);
	if (any_named) {
		int code = verify_signature(question->issuer, response);
		if (code == 0) {
			print_signer(out, question->issuer);
			out->check = CHECK_GOOD;
			return;
		}
		native_note(&out->native, code, NULL);
	}
	for (int i = 0; i < MAX_SIGNERS && der_take_whole(&certificates, &bytes, DER_SEQUENCE); i++)
		if (try_delegate(out, &bytes, &any_named, response, question))
			return;
	out->check = any_named ? CHECK_BAD_SIGNATURE : CHECK_UNAUTHORIZED_SIGNER;
	if (!any_named)
		native_note(&out->native, 0, "no certificate of the response's signer is known");
}

/*
 * The verdict.
 */

static enum check check_times(const struct entry *entry, const struct response_question *question)
{
	return freshness_check(entry->this_update, entry->next_update, entry->has_next_update,
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

/* An answer without a nonce is no failure (RFC 9919 section 5); another nonce is. */
static bool has_wrong_nonce(const struct response *response,
			    const struct response_question *question)
{
	return question->nonce_len > 0 && response->has_nonce &&
	       !der_equals(&response->nonce, question->nonce, question->nonce_len);
}

static void note_certid(struct certid_facts *out, const struct entry *entry)
{
	mbedtls_md_type_t type;
	mbedtls_asn1_buf id = {MBEDTLS_ASN1_OID, der_len(&entry->hash_id), entry->hash_id.at};
	if (mbedtls_oid_get_md_alg(&id, &type) == 0)
		snprintf(out->hash, sizeof out->hash, "%s",
			 mbedtls_md_get_name(mbedtls_md_info_from_type(type)));
	else if (mbedtls_oid_get_numeric_string(out->hash, sizeof out->hash, &id) < 0)
		snprintf(out->hash, sizeof out->hash, "unknown");
	for (char *c = out->hash; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	out->name_len = der_len(&entry->name_hash);
	out->key_len = der_len(&entry->key_hash);
	out->name_len = out->name_len < DIGEST_MAX ? out->name_len : DIGEST_MAX;
	out->key_len = out->key_len < DIGEST_MAX ? out->key_len : DIGEST_MAX;
	if (entry->name_hash.at != NULL)
		memcpy(out->name_hash, entry->name_hash.at, out->name_len);
	if (entry->key_hash.at != NULL)
		memcpy(out->key_hash, entry->key_hash.at, out->key_len);
	serial_print(out->serial, sizeof out->serial, entry->serial.at, der_len(&entry->serial));
}

static void copy_entry(struct status_check *out, const struct entry *entry)
{
	out->status = entry->status;
	out->this_update = entry->this_update;
	out->next_update = entry->next_update;
	out->revocation_time = entry->revocation_time;
	out->revocation_reason = entry->revocation_reason;
}

void response_check(struct status_check *out, const struct response_question *question,
		    const uint8_t *der, size_t len)
{
	struct response response = {0};
	struct entry entry = {0};
	bool any;
	*out = (struct status_check){
		.check = CHECK_MALFORMED, .response_status = -1, .revocation_reason = -1};
	if (len > OCSP_MAX_LEN ||
	    !response_read(&response, &out->response_status, der_of(der, len)))
		return;
	if (out->response_status != 0) {
		out->check = CHECK_ERROR_RESPONSE;
		return;
	}
	out->produced_at = response.produced_at;
	if (!find_entry(&entry, &any, &response, question))
		return;
	note_certid(&out->certid, &entry);
	if (question->issuer == NULL) {
		copy_entry(out, &entry);
		out->check = CHECK_NOT_CHECKED;
		return;
	}
	if (!any) {
		out->check = CHECK_WRONG_CERTIFICATE;
		return;
	}
	copy_entry(out, &entry);
	check_signer(out, &response, question);
	if (out->check != CHECK_GOOD)
		return;
	out->authentic = true;
	out->check = check_times(&entry, question);
	if (out->check != CHECK_GOOD)
		return;
	out->fresh = true;
	out->check = has_wrong_nonce(&response, question) ? CHECK_WRONG_NONCE
							  : check_of_status(entry.status);
}
