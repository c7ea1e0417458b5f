/* Knows how OpenSSL checks an OCSP response, in the order of RFC 6960 section 3.2. */
#include "clients/openssl/session.h"

#include "core/clock.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A response under examination. */
struct status_exam {
	const struct session *session;
	const struct policy *policy;
	struct status_check *out;
	X509 *certificate, *issuer; /* borrowed from the verified chain */
	OCSP_RESPONSE *response;
	OCSP_BASICRESP *basic;
	OCSP_SINGLERESP *entry; /* borrowed from basic */
	const uint8_t *nonce;
	size_t nonce_len;
};

static bool fail(struct status_exam *exam, enum check check, int library)
{
	exam->out->check = check;
	native_take(&exam->out->native, library);
	return false;
}

/* Says in our own words what OpenSSL accepts without a word. */
static bool fail_saying(struct status_exam *exam, enum check check, const char *text)
{
	exam->out->check = check;
	native_say(&exam->out->native, text);
	return false;
}

static bool parse(struct status_exam *exam, const uint8_t *der, size_t len)
{
	const uint8_t *end = der;
	exam->response = d2i_OCSP_RESPONSE(NULL, &end, (long)len);
	if (exam->response == NULL)
		return fail(exam, CHECK_MALFORMED, 0);
	if (end != der + len)
		return fail_saying(exam, CHECK_MALFORMED, "bytes after the response");
	int status = OCSP_response_status(exam->response);
	exam->out->response_status = status;
	if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
		exam->out->check = CHECK_ERROR_RESPONSE;
		exam->out->native = (struct native){.library = "OpenSSL", .code = status};
		snprintf(exam->out->native.text, sizeof exam->out->native.text, "%s",
			 OCSP_response_status_str(status));
		return false;
	}
	exam->basic = OCSP_response_get1_basic(exam->response);
	if (exam->basic == NULL)
		return fail(exam, CHECK_MALFORMED, 0);
	if (OCSP_resp_count(exam->basic) < 1)
		return fail_saying(exam, CHECK_MALFORMED, "no entry in the response");
	time_read(&exam->out->produced_at, OCSP_resp_get0_produced_at(exam->basic));
	return true;
}

/*
 * RFC 6960 section 4.2.2.3: version 1, which is the default and not written. OpenSSL has
 * no call for it, so this looks at what stands first in the response data.
 */
static bool check_version(struct status_exam *exam)
{
	static const uint8_t version_1[] = {0xa0, 0x03, 0x02, 0x01, 0x00};
	unsigned char *der = NULL;
	const unsigned char *at;
	long content_len;
	int tag, class;
	int len = i2d_OCSP_RESPDATA((OCSP_RESPDATA *)OCSP_resp_get0_respdata(exam->basic), &der);
	at = der;
	bool is_1 = len > 0 &&
		    (ASN1_get_object(&at, &content_len, &tag, &class, len) & 0x80) == 0 &&
		    (content_len < (long)sizeof version_1 || at[0] != version_1[0] ||
		     memcmp(at, version_1, sizeof version_1) == 0);
	OPENSSL_free(der);
	return is_1 || fail_saying(exam, CHECK_MALFORMED, "the response is not of version 1");
}

/* RFC 6960 section 4.4: an unknown critical extension makes the response unusable.
 * OpenSSL does not look. */
static bool check_extensions(struct status_exam *exam)
{
	for (int i = 0; i < OCSP_BASICRESP_get_ext_count(exam->basic); i++) {
		X509_EXTENSION *extension = OCSP_BASICRESP_get_ext(exam->basic, i);
		int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
		if (X509_EXTENSION_get_critical(extension) && nid != NID_id_pkix_OCSP_Nonce)
			return fail_saying(exam, CHECK_MALFORMED,
					   "unknown critical extension of the response");
	}
	for (int i = 0; i < OCSP_SINGLERESP_get_ext_count(exam->entry); i++)
		if (X509_EXTENSION_get_critical(OCSP_SINGLERESP_get_ext(exam->entry, i)))
			return fail_saying(exam, CHECK_MALFORMED,
					   "unknown critical extension of the entry");
	return true;
}

/* Which of two entries for the same certificate counts: revoked, else the later. */
static bool is_weightier(OCSP_SINGLERESP *entry, OCSP_SINGLERESP *than)
{
	ASN1_GENERALIZEDTIME *this_update = NULL, *that_update = NULL;
	int status = OCSP_single_get0_status(entry, NULL, NULL, &this_update, NULL);
	int other = OCSP_single_get0_status(than, NULL, NULL, &that_update, NULL);
	int64_t when = 0, that = 0;
	if ((status == V_OCSP_CERTSTATUS_REVOKED) != (other == V_OCSP_CERTSTATUS_REVOKED))
		return status == V_OCSP_CERTSTATUS_REVOKED;
	time_read(&when, this_update);
	time_read(&that, that_update);
	return when > that;
}

/* The CertID of the certificate; without one that of the first entry, by our issuer. */
static OCSP_CERTID *make_certid(const struct status_exam *exam, const EVP_MD *digest)
{
	ASN1_INTEGER *serial = NULL;
	if (exam->certificate != NULL)
		return OCSP_cert_to_id(digest, exam->certificate, exam->issuer);
	const OCSP_CERTID *first = OCSP_SINGLERESP_get0_id(OCSP_resp_get0(exam->basic, 0));
	if (first == NULL ||
	    OCSP_id_get0_info(NULL, NULL, NULL, &serial, (OCSP_CERTID *)first) != 1)
		return NULL;
	return OCSP_cert_id_new(digest, X509_get_subject_name(exam->issuer),
				X509_get0_pubkey_bitstr(exam->issuer), serial);
}

static bool find_by(struct status_exam *exam, const EVP_MD *digest)
{
	OCSP_CERTID *id = make_certid(exam, digest);
	for (int i = -1; id != NULL && (i = OCSP_resp_find(exam->basic, id, i)) >= 0;) {
		OCSP_SINGLERESP *entry = OCSP_resp_get0(exam->basic, i);
		if (exam->entry == NULL || is_weightier(entry, exam->entry))
			exam->entry = entry;
	}
	OCSP_CERTID_free(id);
	return exam->entry != NULL;
}

static size_t copy_digest(uint8_t out[static DIGEST_MAX], const ASN1_OCTET_STRING *digest)
{
	size_t len = (size_t)ASN1_STRING_length(digest);
	if (len > DIGEST_MAX)
		len = DIGEST_MAX;
	if (len > 0)
		memcpy(out, ASN1_STRING_get0_data(digest), len);
	return len;
}

static void note_certid(struct certid_facts *out, const OCSP_SINGLERESP *entry)
{
	ASN1_OCTET_STRING *name = NULL, *key = NULL;
	ASN1_INTEGER *serial = NULL;
	ASN1_OBJECT *hash = NULL;
	/* A const only in the name: OpenSSL's parameter has none and changes nothing. */
	OCSP_CERTID *id = (OCSP_CERTID *)OCSP_SINGLERESP_get0_id(entry);
	if (id == NULL || OCSP_id_get0_info(&name, &hash, &key, &serial, id) != 1)
		return;
	int nid = OBJ_obj2nid(hash);
	if (nid != NID_undef)
		snprintf(out->hash, sizeof out->hash, "%s", OBJ_nid2sn(nid));
	else
		OBJ_obj2txt(out->hash, sizeof out->hash, hash, 1);
	for (char *c = out->hash; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	out->name_len = copy_digest(out->name_hash, name);
	out->key_len = copy_digest(out->key_hash, key);
	serial_read(out->serial, sizeof out->serial, serial);
}

/* What the entry that was found says, right or not. */
static bool read_entry(struct status_exam *exam)
{
	struct status_check *out = exam->out;
	ASN1_GENERALIZEDTIME *revoked_at = NULL, *this_update = NULL, *next_update = NULL;
	int reason = -1;
	int status = OCSP_single_get0_status(exam->entry, &reason, &revoked_at, &this_update,
					     &next_update);
	out->status = status == V_OCSP_CERTSTATUS_GOOD      ? STATUS_GOOD
		      : status == V_OCSP_CERTSTATUS_REVOKED ? STATUS_REVOKED
							    : STATUS_UNKNOWN;
	if (status == V_OCSP_CERTSTATUS_REVOKED) {
		out->revocation_reason = reason;
		time_read(&out->revocation_time, revoked_at);
	}
	if (!time_read(&out->this_update, this_update) ||
	    (next_update != NULL && !time_read(&out->next_update, next_update)))
		return fail_saying(exam, CHECK_MALFORMED, "a time in the entry is no time");
	return true;
}

static bool find_entry(struct status_exam *exam)
{
	find_by(exam, digests.sha1);
	if (exam->policy->certid_hash == CERTID_HASH_ANY)
		find_by(exam, digests.sha256);
	OCSP_SINGLERESP *shown = exam->entry != NULL ? exam->entry : OCSP_resp_get0(exam->basic, 0);
	note_certid(&exam->out->certid, shown);
	if (exam->entry == NULL)
		return fail_saying(exam, CHECK_WRONG_CERTIFICATE, "no entry for the certificate");
	return read_entry(exam);
}

/* Without a certificate there is nothing to check: the first entry is told. */
static void decode(struct status_exam *exam, const uint8_t *der, size_t len)
{
	if (!parse(exam, der, len) || !check_version(exam))
		return;
	exam->entry = OCSP_resp_get0(exam->basic, 0);
	note_certid(&exam->out->certid, exam->entry);
	if (read_entry(exam) && check_extensions(exam))
		exam->out->check = CHECK_NOT_CHECKED;
}

/*
 * Flags 0 and the verified chain, nothing else: with OCSP_TRUSTOTHER and the peer's
 * chain a server's own key could sign its status (measured with 3.0 and 3.6). The
 * signature is verified before the signer's right, so a bad one never counts as the latter.
 */
static bool check_signature(struct status_exam *exam)
{
	struct status_check *out = exam->out;
	X509 *signer = NULL;
	ERR_clear_error();
	int verified =
		OCSP_basic_verify(exam->basic, exam->session->chain, exam->session->store, 0);
	if (OCSP_resp_get0_signer(exam->basic, &signer, exam->session->chain) == 1)
		subject_print(out->signer, sizeof out->signer, signer);
	if (verified == 1) {
		out->authentic = true;
		ERR_clear_error();
		return true;
	}
	int reason = native_take(&out->native, ERR_LIB_OCSP);
	out->check = reason == OCSP_R_SIGNATURE_FAILURE ? CHECK_BAD_SIGNATURE
							: CHECK_UNAUTHORIZED_SIGNER;
	return false;
}

static bool check_times(struct status_exam *exam)
{
	struct status_check *out = exam->out;
	enum check check = times_check(exam->policy, out->this_update, out->next_update);
	if (check == CHECK_GOOD)
		out->fresh = true;
	else
		out->check = check;
	return out->fresh;
}

/* RFC 9654 section 2: a response without a nonce is allowed, one with another is not. */
static bool check_nonce(struct status_exam *exam)
{
	if (exam->nonce_len == 0)
		return true;
	int index = OCSP_BASICRESP_get_ext_by_NID(exam->basic, NID_id_pkix_OCSP_Nonce, -1);
	if (index < 0)
		return true;
	const ASN1_OCTET_STRING *value =
		X509_EXTENSION_get_data(OCSP_BASICRESP_get_ext(exam->basic, index));
	const uint8_t *at = ASN1_STRING_get0_data(value);
	ASN1_OCTET_STRING *inner = d2i_ASN1_OCTET_STRING(NULL, &at, ASN1_STRING_length(value));
	bool same = inner != NULL && (size_t)ASN1_STRING_length(inner) == exam->nonce_len &&
		    memcmp(ASN1_STRING_get0_data(inner), exam->nonce, exam->nonce_len) == 0;
	ASN1_OCTET_STRING_free(inner);
	if (!same)
		return fail_saying(exam, CHECK_WRONG_NONCE, "another nonce");
	return true;
}

static void examine(struct status_exam *exam, const uint8_t *der, size_t len)
{
	if (!parse(exam, der, len) || !check_version(exam) || !find_entry(exam) ||
	    !check_extensions(exam) || !check_signature(exam) || !check_times(exam) ||
	    !check_nonce(exam))
		return;
	switch (exam->out->status) {
	case STATUS_GOOD: exam->out->check = CHECK_GOOD; break;
	case STATUS_REVOKED: exam->out->check = CHECK_REVOKED; break;
	default: exam->out->check = CHECK_UNKNOWN; break;
	}
}

void session_check_ocsp(struct probe *probe, struct status_check *out, size_t depth,
			const uint8_t *der, size_t len, const uint8_t *nonce, size_t nonce_len)
{
	const struct session *session = probe->session;
	bool lacks_leaf = session != NULL && session->lacks_leaf;
	bool only_decodes = session != NULL && session->chain == NULL;
	struct status_exam exam = {
		.session = session,
		.policy = &probe->request->policy,
		.out = out,
		.certificate = lacks_leaf ? NULL : session_certificate(session, depth),
		.issuer = session_certificate(session, lacks_leaf ? depth : depth + 1),
		.nonce = nonce,
		.nonce_len = nonce_len,
	};
	*out = (struct status_check){.response_status = -1, .revocation_reason = -1};
	ERR_clear_error();
	if (only_decodes)
		decode(&exam, der, len);
	else if ((exam.certificate == NULL && !lacks_leaf) || exam.issuer == NULL)
		fail_saying(&exam, CHECK_WRONG_CERTIFICATE, "the certificate has no issuer here");
	else
		examine(&exam, der, len);
	OCSP_BASICRESP_free(exam.basic);
	OCSP_RESPONSE_free(exam.response);
	ERR_clear_error();
}

bool session_make_request(struct probe *probe, uint8_t **der, size_t *len, size_t depth,
			  const uint8_t *nonce, size_t nonce_len, struct error *err)
{
	X509 *certificate = session_certificate(probe->session, depth);
	X509 *issuer = session_certificate(probe->session, depth + 1);
	if (certificate == NULL || issuer == NULL)
		return error_set(err, ERROR_UNABLE, "the certificate has no issuer here");
	unsigned char *encoded = NULL;
	int encoded_len = 0;
	OCSP_REQUEST *request = OCSP_REQUEST_new();
	OCSP_CERTID *id = OCSP_cert_to_id(digests.sha1, certificate, issuer);
	/* A copy, since OpenSSL's parameter is not const. */
	unsigned char own_nonce[128];
	if (request == NULL || id == NULL || nonce_len > sizeof own_nonce)
		goto out;
	if (OCSP_request_add0_id(request, id) == NULL)
		goto out;
	id = NULL;
	if (nonce_len > 0) {
		memcpy(own_nonce, nonce, nonce_len);
		if (OCSP_request_add1_nonce(request, own_nonce, (int)nonce_len) != 1)
			goto out;
	}
	encoded_len = i2d_OCSP_REQUEST(request, &encoded);
	if (encoded_len <= 0)
		goto out;
	*der = malloc((size_t)encoded_len);
	if (*der != NULL) {
		memcpy(*der, encoded, (size_t)encoded_len);
		*len = (size_t)encoded_len;
	}
out:
	OPENSSL_free(encoded);
	OCSP_CERTID_free(id);
	OCSP_REQUEST_free(request);
	ERR_clear_error();
	if (*der == NULL)
		return error_set(err, ERROR_UNABLE, "OpenSSL cannot make an OCSP request");
	return true;
}
