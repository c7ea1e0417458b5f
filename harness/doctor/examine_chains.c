/* Knows what is said of a chain as a server sends it: order, gaps, what is too much or too old. */
#include "core/clock.h"
#include "harness/doctor/examine_parts.h"
#include "harness/doctor/examining.h"

#include <string.h>

static const struct certificate *certificate(const struct examining *x, const char *id)
{
	return examination_certificate(&x->seen, id);
}

static bool is_same(const char *one, const char *other)
{
	return one != NULL && other != NULL && strcmp(one, other) == 0;
}

/* The first of these certificates with the subject; NULL: none has it. */
static const char *find_subject(const struct examining *x, const struct texts *ids,
				const char *subject)
{
	for (size_t i = 0; i < ids->num; i++) {
		const struct certificate *one = certificate(x, ids->items[i]);
		if (one != NULL && is_same(one->subject, subject))
			return ids->items[i];
	}
	return NULL;
}

static bool is_self_issued(const struct certificate *one)
{
	return one != NULL && is_same(one->subject, one->issuer);
}

/* The certificate behind each has to be its issuer (RFC 5246 section 7.4.2; RFC 8446 section
 * 4.4.2 forgives another order). */
static bool is_out_of_order(const struct examining *x, const struct texts *sent)
{
	for (size_t i = 0; i + 1 < sent->num; i++) {
		const struct certificate *one = certificate(x, sent->items[i]);
		const struct certificate *next = certificate(x, sent->items[i + 1]);
		if (one != NULL && !is_self_issued(one) &&
		    !(next != NULL && is_same(next->subject, one->issuer)) &&
		    find_subject(x, sent, one->issuer) != NULL)
			return true;
	}
	return false;
}

/* The issuers that a client has to bring by itself and that are no roots: of the certificates
 * that lead upwards from the leaf, those whose issuer is neither sent nor the path's root. */
static bool lacks_issuer(const struct examining *x, const struct sent_chain *chain)
{
	const struct texts *sent = &chain->sent, *path = &chain->path;
	for (size_t i = 0; i + 1 < path->num; i++)
		if (path->items[i] == NULL || !texts_have(sent, path->items[i]))
			return true;
	if (path->num > 0)
		return false;
	/* Nothing verified: follow the names as far as they lead. */
	const char *at = sent->num > 0 ? sent->items[0] : NULL;
	for (size_t steps = 0; steps < sent->num; steps++) {
		const struct certificate *one = certificate(x, at);
		if (one == NULL || one->issuer == NULL || is_self_issued(one))
			return false;
		at = find_subject(x, sent, one->issuer);
		if (at == NULL)
			/* The issuer of the last one sent may be a root that is not trusted here.
			 */
			return steps == 0;
	}
	return false;
}

static bool is_current(const struct certificate *one, int64_t now)
{
	return !(one->not_after.is_known && one->not_after.value < now) &&
	       !(one->not_before.is_known && one->not_before.value > now);
}

static void analyse(struct examining *x, struct sent_chain *chain)
{
	int64_t now = clock_wall_s();
	for (size_t i = 0; i < chain->sent.num; i++) {
		const char *id = chain->sent.items[i];
		const struct certificate *one = certificate(x, id);
		if (one == NULL)
			continue;
		chain->root_sent = chain->root_sent || (one->self_signed && i > 0);
		if (chain->path.num > 0 && !texts_have(&chain->path, id))
			examining_need(x, texts_add(&chain->superfluous, id));
		if (!is_current(one, now))
			examining_need(x, texts_add(&chain->expired, id));
	}
	chain->missing_issuer =
		lacks_issuer(x, chain) ||
		(chain->path.num == 0 && word_is(chain->reason, REASON_CHAIN_INCOMPLETE));
	chain->out_of_order = is_out_of_order(x, &chain->sent);
	chain->is_analysed = true;
}

static void log_chain(struct examining *x, const struct sent_chain *chain)
{
	size_t num = chain->sent.num;
	const char *many = num == 1 ? "" : "s";
	if (chain->missing_issuer)
		examining_step(x, STEP_CHAIN, STEP_FAULT,
			       "%zu certificate%s sent; the issuer's certificate is missing", num,
			       many);
	else if (chain->verified)
		examining_step(x, STEP_CHAIN, STEP_FINE,
			       "%zu certificate%s sent; the chain verifies", num, many);
	else
		examining_step(x, STEP_CHAIN, STEP_FAULT, "%zu certificate%s sent; %s", num, many,
			       chain->error != NULL ? chain->error : "the chain does not verify");
}

static const char *naming(const struct certificate *leaf, enum pointer_kind kind,
			  const struct texts *urls, const char *const words[static 3])
{
	for (size_t i = 0; urls->num == 0 && i < leaf->num_unusable_urls; i++)
		if (word_is(leaf->unusable_urls[i].kind, (int)kind))
			return words[1];
	return words[urls->num > 0 ? 0 : 2];
}

static void log_leaf(struct examining *x)
{
	static const char *const responder[] = {"names a responder", "names a responder, unusable",
						"names no responder"};
	static const char *const crl[] = {"names a CRL", "names a CRL, unusable", "names no CRL"};
	const struct certificate *leaf = examination_leaf(&x->seen);
	char utc[32];
	if (leaf == NULL)
		return;
	examining_step(x, STEP_CERTIFICATE, STEP_FACT, "%s%s, %s, %s, valid until %s",
		       leaf->must_staple ? "must-staple" : "no must-staple",
		       leaf->no_rev_avail ? ", noRevAvail" : "",
		       naming(leaf, POINTER_KIND_OCSP, &leaf->ocsp_urls, responder),
		       naming(leaf, POINTER_KIND_CRL, &leaf->crl_urls, crl),
		       leaf->not_after.is_known ? clock_print_utc(utc, leaf->not_after.value)
						: "?");
}

bool examine_chains(struct examining *x)
{
	for (size_t i = 0; i < x->seen.num_chains; i++) {
		analyse(x, &x->seen.chains[i]);
		log_chain(x, &x->seen.chains[i]);
	}
	log_leaf(x);
	return false;
}
