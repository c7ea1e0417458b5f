/* Knows what OpenSSL is and can do, and hands its parts to the common code. */
#include "clients/openssl/session.h"

#include <openssl/asn1err.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evperr.h>
#include <openssl/ocsperr.h>
#include <openssl/x509err.h>

#include <string.h>

/* Fetched once, since OpenSSL 3 looks algorithms up by name on every use otherwise. */
static struct {
	EVP_MD *sha1, *sha256;
} digests;

static const char *version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}

static const char *lacks(enum capability capability)
{
	static const char *const missing[NUM_CAPABILITIES] = {
		[CAPABILITY_NATIVE_MUST_STAPLE] =
			"OpenSSL leaves the TLS feature extension (RFC 7633) to the application",
		[CAPABILITY_NATIVE_STAPLE_CHECK] =
			"by default OpenSSL neither asks for a staple nor checks one",
		[CAPABILITY_NATIVE_OCSP_FETCH] = "OpenSSL's TLS client fetches nothing",
		[CAPABILITY_KEYLOG] = "this client program writes no key log",
	};
	return missing[capability];
}

static bool start(struct error *err)
{
	if (OPENSSL_init_ssl(0, NULL) != 1)
		return error_set(err, ERROR_UNABLE, "OpenSSL does not start");
	digests.sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	digests.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (digests.sha1 == NULL || digests.sha256 == NULL)
		return error_set(err, ERROR_UNABLE, "OpenSSL has no SHA-1 or SHA-256 here");
	return true;
}

static void stop(void)
{
	trust_pool_clear(&trust_pool);
	EVP_MD_free(digests.sha1);
	EVP_MD_free(digests.sha256);
	digests.sha1 = digests.sha256 = NULL;
}

/* By SHA-1 and SHA-256 at no cost; OpenSSL looks up the others by name. */
static size_t digest(uint8_t out[static DIGEST_MAX], const char *hash, struct der bytes)
{
	unsigned int len = 0;
	EVP_MD *other = NULL;
	const EVP_MD *md = strcmp(hash, "sha1") == 0     ? digests.sha1
			   : strcmp(hash, "sha256") == 0 ? digests.sha256
							 : (other = EVP_MD_fetch(NULL, hash, NULL));
	if (md == NULL || EVP_Digest(bytes.at, bytes.len, out, &len, md, NULL) != 1)
		len = 0;
	EVP_MD_free(other);
	return len;
}

static bool is_unsupported(unsigned long code)
{
	static const int reasons[][2] = {
		{ERR_LIB_ASN1, ASN1_R_UNKNOWN_SIGNATURE_ALGORITHM},
		{ERR_LIB_ASN1, ASN1_R_UNKNOWN_MESSAGE_DIGEST_ALGORITHM},
		{ERR_LIB_ASN1, ASN1_R_UNKNOWN_PUBLIC_KEY_TYPE},
		{ERR_LIB_X509, X509_R_UNSUPPORTED_ALGORITHM},
		{ERR_LIB_X509, X509_R_UNKNOWN_KEY_TYPE},
		{ERR_LIB_EVP, EVP_R_UNSUPPORTED_ALGORITHM},
		{ERR_LIB_OCSP, OCSP_R_NO_SIGNER_KEY},
	};
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (ERR_GET_LIB(code) == reasons[i][0] && ERR_GET_REASON(code) == reasons[i][1])
			return true;
	return false;
}

struct failure native_take(struct native *native, int library)
{
	const char *function, *data;
	int flags;
	unsigned long code;
	struct failure failure = {0, false};
	while ((code = ERR_get_error_all(NULL, NULL, &function, &data, &flags)) != 0) {
		bool is_wanted = library == 0 ? failure.reason == 0 : ERR_GET_LIB(code) == library;
		failure.is_unsupported |= is_unsupported(code);
		if (!is_wanted)
			continue;
		const char *text = ERR_reason_error_string(code);
		bool has_data = (flags & ERR_TXT_STRING) != 0 && data != NULL && data[0] != '\0';
		failure.reason = ERR_GET_REASON(code);
		*native = (struct native){.library = "OpenSSL", .code = (int64_t)code};
		snprintf(native->name, sizeof native->name, "%s", function != NULL ? function : "");
		snprintf(native->text, sizeof native->text, "%s%s%s", text != NULL ? text : "error",
			 has_data ? ": " : "", has_data ? data : "");
	}
	return failure;
}

const struct client_backend client_backend = {
	.stack = "openssl",
	.library = "OpenSSL",
	.max_concurrency = 16,
	.version = version,
	.lacks = lacks,
	.start = start,
	.stop = stop,
	.digest = digest,
	.verify = signature_verify,
	.response_reader = &response_reader,
	.list_reader = &list_reader,
	.handshake = session_handshake,
	.session_size = sizeof(struct session),
	.read_pem = certificates_read_pem,
	.verify_path = certificates_verify_path,
	.keep = session_keep,
	.forget = session_forget,
	.close = session_close,
};
