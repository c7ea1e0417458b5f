/* Knows how GnuTLS makes a verified chain of certificates that were given, not sent. */
#include "clients/gnutls/session.h"

#include <stdlib.h>
#include <string.h>

#define MAX_GIVEN 16 /* GnuTLS itself verifies no longer chain */

/* Certificates of one PEM text; memory of GnuTLS. */
struct list {
	gnutls_x509_crt_t *items;
	unsigned num;
};

struct given {
	struct list certificate, issuer, chain, trust;
};

static void list_clear(struct list *list)
{
	for (unsigned i = 0; i < list->num; i++)
		gnutls_x509_crt_deinit(list->items[i]);
	gnutls_free(list->items);
	*list = (struct list){0};
}

static bool list_read(struct list *out, struct probe *probe, const char *pem, const char *what)
{
	if (pem == NULL)
		return true;
	gnutls_datum_t data = {(unsigned char *)pem, (unsigned)strlen(pem)};
	int code =
		gnutls_x509_crt_list_import2(&out->items, &out->num, &data, GNUTLS_X509_FMT_PEM, 0);
	if (code >= 0)
		return true;
	*out = (struct list){0};
	probe_conclude(probe, OUTCOME_REJECT, REASON_CHAIN_INVALID, STAGE_NONE,
		       "GnuTLS cannot read %s: %s", what, gnutls_strerror(code));
	return false;
}

static bool given_read(struct given *given, struct probe *probe)
{
	const struct verification *wanted = &probe->request->verification;
	return list_read(&given->certificate, probe, wanted->certificate, "the certificate") &&
	       list_read(&given->issuer, probe, wanted->issuer, "the issuer's certificate") &&
	       list_read(&given->chain, probe, wanted->chain, "a certificate of the chain") &&
	       list_read(&given->trust, probe, wanted->trust, "a trusted certificate");
}

static void given_clear(struct given *given)
{
	list_clear(&given->certificate);
	list_clear(&given->issuer);
	list_clear(&given->chain);
	list_clear(&given->trust);
}

static gnutls_x509_crt_t find_signer(const struct list *list, gnutls_x509_crt_t certificate)
{
	for (unsigned i = 0; i < list->num; i++)
		if (chain_is_issuer(list->items[i], certificate))
			return list->items[i];
	return NULL;
}

static bool contains(const struct list *list, gnutls_x509_crt_t certificate)
{
	for (unsigned i = 0; i < list->num; i++)
		if (gnutls_x509_crt_equals(list->items[i], certificate) != 0)
			return true;
	return false;
}

/* Another certificate of the same CA: the same name and key (a cross certificate). */
static bool is_twin(gnutls_x509_crt_t one, gnutls_x509_crt_t other)
{
	uint8_t one_id[64], other_id[64];
	size_t one_len = sizeof one_id, other_len = sizeof other_id;
	gnutls_datum_t name = {NULL, 0}, other_name = {NULL, 0};
	bool is = gnutls_x509_crt_get_key_id(one, GNUTLS_KEYID_USE_SHA256, one_id, &one_len) == 0 &&
		  gnutls_x509_crt_get_key_id(other, GNUTLS_KEYID_USE_SHA256, other_id,
					     &other_len) == 0 &&
		  one_len == other_len && memcmp(one_id, other_id, one_len) == 0 &&
		  gnutls_x509_crt_get_raw_dn(one, &name) == 0 &&
		  gnutls_x509_crt_get_raw_dn(other, &other_name) == 0 &&
		  name.size == other_name.size &&
		  memcmp(name.data, other_name.data, name.size) == 0;
	gnutls_free(name.data);
	gnutls_free(other_name.data);
	return is;
}

/* What GnuTLS says of the way from this issuer to an anchor; 0: it is good. */
static unsigned status_of(const struct given *given, gnutls_x509_crt_t issuer)
{
	gnutls_x509_trust_list_t anchors = NULL;
	gnutls_x509_crt_t way[MAX_GIVEN] = {issuer};
	unsigned num = 1, status = GNUTLS_CERT_INVALID;
	for (unsigned i = 0; i < given->chain.num && num < MAX_GIVEN; i++)
		if (given->chain.items[i] != issuer)
			way[num++] = given->chain.items[i];
	if (gnutls_x509_trust_list_init(&anchors, 0) != 0)
		return status;
	if (gnutls_x509_trust_list_add_cas(anchors, given->trust.items, given->trust.num, 0) < 0 ||
	    gnutls_x509_trust_list_verify_crt2(anchors, way, num, NULL, 0,
					       GNUTLS_VERIFY_DISABLE_CRL_CHECKS, &status,
					       NULL) != 0)
		status |= GNUTLS_CERT_INVALID;
	gnutls_x509_trust_list_deinit(anchors, 0);
	return status;
}

static void refuse(struct probe *probe, unsigned status)
{
	char text[NATIVE_MAX];
	enum reason reason = status & GNUTLS_CERT_EXPIRED            ? REASON_CHAIN_EXPIRED
			     : status & GNUTLS_CERT_NOT_ACTIVATED    ? REASON_CHAIN_NOT_YET_VALID
			     : status & GNUTLS_CERT_SIGNER_NOT_FOUND ? REASON_CHAIN_UNTRUSTED
								     : REASON_CHAIN_INVALID;
	status_print(text, sizeof text, status);
	probe_conclude(probe, OUTCOME_REJECT, reason, STAGE_NONE, "%s", text);
}

/* The issuer, or its twin, that leads to an anchor; NULL when none does. Borrowed. */
static gnutls_x509_crt_t find_trusted(struct probe *probe, const struct given *given,
				      gnutls_x509_crt_t issuer)
{
	if (given->trust.num == 0 || contains(&given->trust, issuer))
		return issuer;
	unsigned status = status_of(given, issuer);
	if (status == 0)
		return issuer;
	for (unsigned i = 0; i < given->chain.num; i++)
		if (is_twin(given->chain.items[i], issuer) &&
		    status_of(given, given->chain.items[i]) == 0)
			return given->chain.items[i];
	refuse(probe, status);
	return NULL;
}

/* NULL: there is an issuer alone. */
static bool add_copy(struct session *session, gnutls_x509_crt_t certificate)
{
	if (certificate != NULL)
		return chain_add_copy(session, certificate);
	session->num_chain++;
	return true;
}

static void build(struct probe *probe, struct session *session, const struct given *given)
{
	gnutls_x509_crt_t certificate =
		given->certificate.num > 0 ? given->certificate.items[0] : NULL;
	gnutls_x509_crt_t issuer = given->issuer.num > 0 ? given->issuer.items[0] : NULL;
	if (issuer == NULL && certificate != NULL)
		issuer = find_signer(&given->chain, certificate);
	if (issuer == NULL && certificate != NULL)
		issuer = find_signer(&given->trust, certificate);
	if (issuer == NULL) {
		probe_conclude(probe, OUTCOME_REJECT, REASON_CHAIN_INCOMPLETE, STAGE_NONE,
			       "none of the given certificates issued the certificate");
		return;
	}
	issuer = find_trusted(probe, given, issuer);
	if (issuer != NULL && (!add_copy(session, certificate) || !add_copy(session, issuer)))
		probe_conclude(probe, OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, STAGE_NONE,
			       "GnuTLS cannot copy a certificate");
}

void *session_open_offline(struct probe *probe)
{
	struct given given = {0};
	struct session *session = calloc(1, sizeof *session);
	if (session == NULL)
		return NULL;
	if (given_read(&given, probe) && given.certificate.num + given.issuer.num > 0)
		build(probe, session, &given);
	given_clear(&given);
	return session;
}
