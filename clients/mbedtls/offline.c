/* Knows how mbedTLS makes a verified chain of certificates that were given, not sent. */
#include "clients/mbedtls/session.h"

#include "clients/mbedtls/words.h"

#include <stdlib.h>
#include <string.h>

struct given {
	mbedtls_x509_crt certificate, issuer, chain, trust;
};

static bool is_empty(const mbedtls_x509_crt *list)
{
	return list->raw.p == NULL;
}

/* Not one that mbedTLS cannot read is passed over: the code counts those. */
static bool read_list(mbedtls_x509_crt *out, struct probe *probe, const char *pem, const char *what)
{
	mbedtls_x509_crt_init(out);
	if (pem == NULL)
		return true;
	int code = mbedtls_x509_crt_parse(out, (const unsigned char *)pem, strlen(pem) + 1);
	if (code == 0)
		return true;
	struct native native = {0};
	native_note(&native, code, NULL);
	probe_conclude(probe, OUTCOME_REJECT, REASON_CHAIN_INVALID, STAGE_NONE,
		       "mbed TLS cannot read %s%s%s", what, native.text[0] != '\0' ? ": " : "",
		       native.text);
	return false;
}

static bool given_read(struct given *given, struct probe *probe)
{
	const struct verification *wanted = &probe->request->verification;
	bool good = read_list(&given->certificate, probe, wanted->certificate, "the certificate");
	good &= read_list(&given->issuer, probe, wanted->issuer, "the issuer's certificate");
	good &= read_list(&given->chain, probe, wanted->chain, "a certificate of the chain");
	good &= read_list(&given->trust, probe, wanted->trust, "a trusted certificate");
	return good;
}

static void given_clear(struct given *given)
{
	mbedtls_x509_crt_free(&given->certificate);
	mbedtls_x509_crt_free(&given->issuer);
	mbedtls_x509_crt_free(&given->chain);
	mbedtls_x509_crt_free(&given->trust);
}

static bool are_equal(const mbedtls_x509_buf *one, const mbedtls_x509_buf *other)
{
	return one->len == other->len && memcmp(one->p, other->p, one->len) == 0;
}

static bool add_copy(mbedtls_x509_crt *list, const mbedtls_x509_crt *certificate)
{
	return mbedtls_x509_crt_parse_der(list, certificate->raw.p, certificate->raw.len) == 0;
}

/* mbedTLS has no call for one signature alone: the candidate is the only anchor, and what
 * else is wrong with the certificate (its times, its hash) is no matter here. */
static bool has_signed(const mbedtls_x509_crt *candidate, const mbedtls_x509_crt *certificate)
{
	uint32_t flags = MBEDTLS_X509_BADCERT_NOT_TRUSTED;
	mbedtls_x509_crt anchor, subject;
	mbedtls_x509_crt_init(&anchor);
	mbedtls_x509_crt_init(&subject);
	bool asked = are_equal(&candidate->subject_raw, &certificate->issuer_raw) &&
		     add_copy(&anchor, candidate) && add_copy(&subject, certificate);
	if (asked)
		(void)mbedtls_x509_crt_verify(&subject, &anchor, NULL, NULL, &flags, NULL, NULL);
	mbedtls_x509_crt_free(&anchor);
	mbedtls_x509_crt_free(&subject);
	return asked && (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) == 0;
}

static const mbedtls_x509_crt *find_signer(const mbedtls_x509_crt *list,
					   const mbedtls_x509_crt *certificate)
{
	for (; list != NULL && !is_empty(list); list = list->next)
		if (has_signed(list, certificate))
			return list;
	return NULL;
}

static bool contains(const mbedtls_x509_crt *list, const mbedtls_x509_crt *certificate)
{
	for (; list != NULL && !is_empty(list); list = list->next)
		if (are_equal(&list->raw, &certificate->raw))
			return true;
	return false;
}

/* Another certificate of the same CA: the same name and key (a cross certificate). */
static bool is_twin(const mbedtls_x509_crt *one, const mbedtls_x509_crt *other)
{
	return are_equal(&one->subject_raw, &other->subject_raw) &&
	       are_equal(&one->pk_raw, &other->pk_raw);
}

/* What mbedTLS says of the way from this issuer to an anchor; 0: it is good. */
static uint32_t flags_of(struct given *given, const mbedtls_x509_crt *issuer)
{
	uint32_t flags = MBEDTLS_X509_BADCERT_OTHER;
	mbedtls_x509_crt way;
	mbedtls_x509_crt_init(&way);
	bool done = add_copy(&way, issuer);
	for (const mbedtls_x509_crt *one = &given->chain; done && one != NULL && !is_empty(one);
	     one = one->next)
		done = add_copy(&way, one);
	if (done) {
		int code = mbedtls_x509_crt_verify(&way, &given->trust, NULL, NULL, &flags, NULL,
						   NULL);
		if (code != 0 && flags == 0)
			flags = MBEDTLS_X509_BADCERT_OTHER;
	}
	mbedtls_x509_crt_free(&way);
	return flags;
}

static void refuse(struct probe *probe, uint32_t flags)
{
	char text[NATIVE_MAX];
	enum reason reason = flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED ? REASON_CHAIN_UNTRUSTED
			     : flags & MBEDTLS_X509_BADCERT_EXPIRED   ? REASON_CHAIN_EXPIRED
			     : flags & MBEDTLS_X509_BADCERT_FUTURE    ? REASON_CHAIN_NOT_YET_VALID
								      : REASON_CHAIN_INVALID;
	flags_print(text, sizeof text, flags);
	probe_conclude(probe, OUTCOME_REJECT, reason, STAGE_NONE, "%s", text);
}

/* The issuer, or its twin, that leads to an anchor; NULL when none does. Borrowed. */
static const mbedtls_x509_crt *find_trusted(struct probe *probe, struct given *given,
					    const mbedtls_x509_crt *issuer)
{
	if (is_empty(&given->trust) || contains(&given->trust, issuer))
		return issuer;
	uint32_t flags = flags_of(given, issuer);
	if (flags == 0)
		return issuer;
	for (const mbedtls_x509_crt *one = &given->chain; one != NULL && !is_empty(one);
	     one = one->next)
		if (is_twin(one, issuer) && flags_of(given, one) == 0)
			return one;
	refuse(probe, flags);
	return NULL;
}

static void build(struct probe *probe, struct session *session, struct given *given)
{
	const mbedtls_x509_crt *issuer = is_empty(&given->issuer) ? NULL : &given->issuer;
	bool has_certificate = !is_empty(&given->certificate);
	if (issuer == NULL && has_certificate)
		issuer = find_signer(&given->chain, &given->certificate);
	if (issuer == NULL && has_certificate)
		issuer = find_signer(&given->trust, &given->certificate);
	if (issuer == NULL) {
		probe_conclude(probe, OUTCOME_REJECT, REASON_CHAIN_INCOMPLETE, STAGE_NONE,
			       "none of the given certificates issued the certificate");
		return;
	}
	issuer = find_trusted(probe, given, issuer);
	if (issuer == NULL)
		return;
	if ((!has_certificate || add_copy(&session->chain[0], &given->certificate)) &&
	    add_copy(&session->chain[1], issuer))
		session->num_chain = 2;
	else
		probe_conclude(probe, OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, STAGE_NONE,
			       "mbed TLS cannot copy a certificate");
}

void *session_open_offline(struct probe *probe)
{
	struct given given;
	struct session *session = session_new();
	if (session == NULL)
		return NULL;
	if (given_read(&given, probe) &&
	    (!is_empty(&given.certificate) || !is_empty(&given.issuer)))
		build(probe, session, &given);
	given_clear(&given);
	return session;
}
