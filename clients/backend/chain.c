/* Knows how a probe comes to its chain, and which of the certificates that are given are one. */
#include "clients/backend/chain.h"

#include "clients/backend/status.h"
#include "clients/rules/name.h"

#include "core/clock.h"

bool chain_keep(struct probe *probe, size_t depth, const void *der, size_t len)
{
	if (depth > MAX_CHAIN)
		return true;
	if (!der_list_put(&probe->chain, depth, der_of(der, len)))
		return false;
	if (depth == 0)
		status_read_certificate(probe, &probe->observation.certificate, 0);
	return true;
}

/* Whether one certificate names the other as its issuer. */
static bool is_named(struct der issuer, struct der certificate)
{
	struct certificate one, other;
	return certificate_read(&one, issuer) && certificate_read(&other, certificate) &&
	       der_same(one.subject, other.issuer);
}

/* By name (RFC 5280 section 7.1) and by signature: a CA may have two keys under one name. */
static enum signature check_issuer(const struct probe *probe, struct der issuer,
				   struct der certificate)
{
	struct certificate one, other;
	struct signed_bytes what;
	struct status_check seen = {0};
	if (!certificate_read(&one, issuer) || !certificate_read(&other, certificate) ||
	    !name_is_same(one.subject, other.issuer) ||
	    !signed_read(&what, SIGNED_CERTIFICATE, certificate))
		return SIGNATURE_BAD;
	return probe->backend->verify(&seen, issuer, &what);
}

/* An algorithm that the stack refuses is a matter of the path, not of who issued what. */
static bool is_issued(enum signature signature)
{
	return signature == SIGNATURE_GOOD || signature == SIGNATURE_REFUSED;
}

bool chain_is_incomplete(const struct probe *probe)
{
	struct der leaf = der_list_at(&probe->chain, 0);
	return probe->chain.num == 1 && !is_named(leaf, leaf);
}

int chain_find_outdated(const struct probe *probe)
{
	struct certificate_facts facts;
	int64_t now = clock_wall_s();
	for (size_t i = 0; status_read_certificate(probe, &facts, i); i++)
		if (facts.not_after < now || facts.not_before > now)
			return (int)i;
	return -1;
}

bool chain_lacks_feature(const struct probe *probe)
{
	static const uint8_t id[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x18};
	struct certificate one;
	struct der features, issued = {NULL, 0};
	for (size_t i = 0; certificate_read(&one, der_list_at(&probe->chain, i)); i++) {
		bool has = certificate_extension(&features, &one, der_of(id, sizeof id));
		if (i > 0 && has && !der_same(features, issued))
			return true;
		issued = has ? features : der_of(NULL, 0);
	}
	return false;
}

static bool is_candidate(const struct probe *probe, struct der one)
{
	return one.len > 0 && !der_list_has(&probe->chain, one);
}

/* The one that is named, when there is no other and it need not be a root's next key; else empty.
 */
static struct der only_named(const struct probe *probe, const struct der_list *sent,
			     struct der certificate, struct der anchor)
{
	struct der found = anchor;
	if (is_named(certificate, certificate))
		return der_of(NULL, 0);
	for (size_t i = 0; i < sent->num; i++) {
		struct der one = der_list_at(sent, i);
		if (!is_candidate(probe, one) || der_same(one, found) ||
		    !is_named(one, certificate))
			continue;
		if (found.len > 0)
			return der_of(NULL, 0);
		found = one;
	}
	return found;
}

/* The issuer of a certificate; empty when none is known. */
static struct der find_issuer(struct probe *probe, const struct der_list *sent,
			      struct der certificate, struct der anchor)
{
	probe->chain_lacks_algorithm = false;
	for (size_t i = 0; i <= sent->num; i++) {
		struct der one = i < sent->num ? der_list_at(sent, i) : anchor;
		enum signature signature = is_candidate(probe, one)
						   ? check_issuer(probe, one, certificate)
						   : SIGNATURE_BAD;
		if (is_issued(signature)) {
			probe->chain_lacks_algorithm = false;
			return one;
		}
		probe->chain_lacks_algorithm |= signature == SIGNATURE_UNSUPPORTED;
	}
	return der_of(NULL, 0);
}

void chain_order(struct probe *probe, const struct der_list *sent, bool is_verified,
		 void (*add_anchor)(struct der_list *anchors, const struct probe *probe,
				    struct der certificate))
{
	struct der_list anchors = {0};
	struct certificate view;
	for (size_t i = 0; i < sent->num; i++)
		probe_keep_other(probe, der_list_at(sent, i));
	struct der next = der_list_at(sent, 0);
	while (certificate_read(&view, next) && probe->chain.num < MAX_CHAIN) {
		struct der certificate = next;
		size_t num = anchors.num;
		probe_keep_certificate(probe, probe->chain.num, next.at, next.len);
		if (!chain_keep(probe, probe->chain.num, next.at, next.len))
			break;
		add_anchor(&anchors, probe, certificate);
		struct der anchor = der_list_at(&anchors, num);
		if (der_same(anchor, certificate))
			break;
		next = is_verified ? only_named(probe, sent, certificate, anchor) : der_of(NULL, 0);
		if (next.len == 0)
			next = find_issuer(probe, sent, certificate, anchor);
	}
	der_list_clear(&anchors);
}

void chain_resume(struct probe *probe)
{
	der_list_copy(&probe->chain, &probe->kept_chain);
	probe->observation.resumed = true;
	probe->observation.chain_verified = true;
	status_read_certificate(probe, &probe->observation.certificate, 0);
}

/*
 * Certificates that were given.
 */

/* What a request gives, one list for each of its keys. */
struct given {
	struct der_list certificate, issuer, chain, trust;
};

static bool read_pem(struct der_list *out, struct probe *probe, const char *pem, const char *what)
{
	struct error err = ERROR_INIT;
	if (pem == NULL || probe->backend->read_pem(out, pem, &err))
		return true;
	probe_conclude(probe, OUTCOME_REJECT, REASON_CHAIN_INVALID, STAGE_NONE,
		       "%s cannot read %s%s%s", probe->backend->library, what,
		       err.text[0] != '\0' ? ": " : "", err.text);
	return false;
}

static bool given_read(struct given *given, struct probe *probe)
{
	const struct verification *wanted = &probe->request->verification;
	return read_pem(&given->certificate, probe, wanted->certificate, "the certificate") &&
	       read_pem(&given->issuer, probe, wanted->issuer, "the issuer's certificate") &&
	       read_pem(&given->chain, probe, wanted->chain, "a certificate of the chain") &&
	       read_pem(&given->trust, probe, wanted->trust, "a trusted certificate");
}

static void given_clear(struct given *given)
{
	der_list_clear(&given->certificate);
	der_list_clear(&given->issuer);
	der_list_clear(&given->chain);
	der_list_clear(&given->trust);
}

/* The one of a list that issued the certificate; empty when none did. Borrowed. */
static struct der find_signer(const struct probe *probe, const struct der_list *list,
			      struct der certificate)
{
	for (size_t i = 0; i < list->num; i++) {
		struct der one = der_list_at(list, i);
		if (is_issued(check_issuer(probe, one, certificate)))
			return one;
	}
	return der_of(NULL, 0);
}

/* Another certificate of the same CA: the same name and key (a cross-certificate). */
static bool is_twin(struct der one, struct der other)
{
	struct certificate first, second;
	return certificate_read(&first, one) && certificate_read(&second, other) &&
	       name_is_same(first.subject, second.subject) && der_same(first.key, second.key);
}

/* Whether the certificate has a path to an anchor; if not, why, in the stack's words. */
static bool has_path(const struct probe *probe, const struct given *given, struct der from,
		     enum reason *reason, char text[static NATIVE_MAX])
{
	struct der_list path = {0};
	*reason = REASON_CHAIN_INVALID;
	text[0] = '\0';
	bool done = der_list_add(&path, from);
	for (size_t i = 0; done && i < given->chain.num; i++)
		if (!der_same(der_list_at(&given->chain, i), from))
			done = der_list_add(&path, der_list_at(&given->chain, i));
	done = done && probe->backend->verify_path(reason, text, &path, &given->trust);
	der_list_clear(&path);
	return done;
}

/* The issuer, or its twin, that has a path to an anchor; empty when none has. Borrowed. */
static struct der find_trusted(struct probe *probe, const struct given *given, struct der issuer)
{
	char text[NATIVE_MAX], other_text[NATIVE_MAX];
	enum reason reason, other_reason;
	if (given->trust.num == 0 || der_list_has(&given->trust, issuer) ||
	    has_path(probe, given, issuer, &reason, text))
		return issuer;
	for (size_t i = 0; i < given->chain.num; i++) {
		struct der one = der_list_at(&given->chain, i);
		if (is_twin(one, issuer) && has_path(probe, given, one, &other_reason, other_text))
			return one;
	}
	probe_conclude(probe, OUTCOME_REJECT, reason, STAGE_NONE, "%s", text);
	return der_of(NULL, 0);
}

static struct der refuse(struct probe *probe, enum reason reason, const char *text)
{
	probe_conclude(probe, OUTCOME_REJECT, reason, STAGE_NONE, "%s: %s", probe->backend->library,
		       text);
	return der_of(NULL, 0);
}

/* Whether one of a list may be the issuer, which the stack cannot find out. */
static bool has_unsupported(const struct probe *probe, const struct der_list *list,
			    struct der certificate)
{
	for (size_t i = 0; i < list->num; i++)
		if (check_issuer(probe, der_list_at(list, i), certificate) == SIGNATURE_UNSUPPORTED)
			return true;
	return false;
}

/* Why none of the certificates that may be the issuer is. */
static struct der lack_issuer(struct probe *probe, const struct given *given,
			      struct der certificate)
{
	size_t num_given = given->issuer.num;
	if (num_given > 0 ? has_unsupported(probe, &given->issuer, certificate)
			  : has_unsupported(probe, &given->chain, certificate) ||
				    has_unsupported(probe, &given->trust, certificate))
		return refuse(probe, REASON_CHAIN_ALGORITHM_UNSUPPORTED,
			      "it does not support the algorithm, curve or key type that the "
			      "certificate is signed with");
	if (num_given == 1 && is_named(der_list_at(&given->issuer, 0), certificate))
		return refuse(probe, REASON_CHAIN_INCOMPLETE,
			      "the certificate names the given issuer, but its signature does "
			      "not verify with that key");
	return refuse(probe, REASON_CHAIN_INCOMPLETE,
		      num_given == 1  ? "the given issuer did not issue the certificate"
		      : num_given > 1 ? "none of the given issuers issued the certificate"
				      : "none of the given certificates issued the certificate");
}

/* The given issuer of the certificate, which must have signed it: a status that another CA signed
 * says nothing about it, whatever serial numbers they share. */
static struct der choose_issuer(struct probe *probe, const struct given *given,
				struct der certificate)
{
	size_t num_given = given->issuer.num;
	struct der issuer = der_list_at(&given->issuer, 0);
	if (certificate.len == 0)
		return num_given == 1 ? issuer
				      : refuse(probe, REASON_CHAIN_INCOMPLETE,
					       "several issuers are given, and no certificate");
	if (num_given > 0) {
		issuer = find_signer(probe, &given->issuer, certificate);
	} else {
		issuer = find_signer(probe, &given->chain, certificate);
		if (issuer.len == 0)
			issuer = find_signer(probe, &given->trust, certificate);
	}
	return issuer.len > 0 ? issuer : lack_issuer(probe, given, certificate);
}

/* The other issuers may be between the one and an anchor. */
static bool join_issuers(struct given *given, struct der issuer)
{
	bool done = true;
	for (size_t i = 0; done && given->issuer.num > 1 && i < given->issuer.num; i++)
		if (!der_same(der_list_at(&given->issuer, i), issuer))
			done = der_list_add(&given->chain, der_list_at(&given->issuer, i));
	return done;
}

/* For the issuers of CRLs. */
static bool keep_given(struct probe *probe, const struct given *given)
{
	bool done = der_list_copy(&probe->anchors, &given->trust) &&
		    der_list_copy(&probe->others, &given->chain);
	for (size_t i = 0; done && i < given->issuer.num; i++)
		done = der_list_add(&probe->others, der_list_at(&given->issuer, i));
	return done;
}

static bool build(struct probe *probe, struct given *given)
{
	struct der certificate = der_list_at(&given->certificate, 0);
	struct der issuer = choose_issuer(probe, given, certificate);
	if (issuer.len > 0 && join_issuers(given, issuer))
		issuer = find_trusted(probe, given, issuer);
	if (probe->concluded)
		return false;
	if (chain_keep(probe, 0, certificate.at, certificate.len) &&
	    chain_keep(probe, 1, issuer.at, issuer.len) && keep_given(probe, given))
		return true;
	probe_conclude(probe, OUTCOME_ERROR, REASON_OUT_OF_MEMORY, STAGE_NONE, "out of memory");
	return false;
}

bool chain_open_given(struct probe *probe)
{
	struct given given = {0};
	bool done = given_read(&given, probe);
	if (done && given.certificate.num + given.issuer.num > 0)
		done = build(probe, &given);
	given_clear(&given);
	return done;
}
