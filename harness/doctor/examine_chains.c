/* Knows what is said of a chain as a server sends it: order, gaps, what is too much or too old. */
#include "core/clock.h"
#include "core/json.h"
#include "harness/doctor/examining.h"

#include <string.h>

static const json_t *member_of(const struct examining *x, const json_t *id, const char *key)
{
	const char *sha256 = json_string_value(id);
	return sha256 != NULL ? json_object_get(examining_certificate(x, sha256), key) : NULL;
}

static bool contains(const json_t *ids, const json_t *id)
{
	size_t i;
	json_t *one;
	json_array_foreach((json_t *)ids, i, one)
	{
		if (json_is_string(one) && json_equal(one, id))
			return true;
	}

	return false;
}

/* Whether one of these certificates has the subject. */
static bool has_subject(const struct examining *x, const json_t *ids, const json_t *subject)
{
	size_t i;
	json_t *one;
	json_array_foreach((json_t *)ids, i, one)
	{
		if (json_equal(member_of(x, one, "subject"), subject))
			return true;
	}

	return false;
}

static bool is_self_issued(const struct examining *x, const json_t *id)
{
	return json_equal(member_of(x, id, "subject"), member_of(x, id, "issuer"));
}

/* The certificate behind each has to be its issuer (RFC 5246 section 7.4.2; RFC 8446 section
 * 4.4.2 forgives another order). */
static bool is_out_of_order(const struct examining *x, const json_t *sent)
{
	for (size_t i = 0; i + 1 < json_array_size(sent); i++) {
		const json_t *one = json_array_get(sent, i), *next = json_array_get(sent, i + 1);
		const json_t *issuer = member_of(x, one, "issuer");
		if (!is_self_issued(x, one) && !json_equal(member_of(x, next, "subject"), issuer) &&
		    has_subject(x, sent, issuer))
			return true;
	}
	return false;
}

/* The issuers that a client has to bring by itself and that are no roots: of the certificates
 * that lead upwards from the leaf, those whose issuer is neither sent nor the path's root. */
static bool lacks_issuer(const struct examining *x, const json_t *chain)
{
	const json_t *sent = json_object_get(chain, "sent"), *path = json_object_get(chain, "path");
	size_t num_path = json_array_size(path);
	for (size_t i = 0; i + 1 < num_path; i++)
		if (!contains(sent, json_array_get(path, i)))
			return true;
	if (num_path > 0)
		return false;
	/* Nothing verified: follow the names as far as they lead. */
	const json_t *at = json_array_get(sent, 0);
	for (size_t steps = 0; steps < json_array_size(sent); steps++) {
		size_t i;
		json_t *one;
		const json_t *next = NULL, *issuer = member_of(x, at, "issuer");
		if (issuer == NULL || is_self_issued(x, at))
			return false;
		json_array_foreach((json_t *)sent, i, one)
		{
			if (next == NULL && json_equal(member_of(x, one, "subject"), issuer))
				next = one;
		}

		if (next == NULL)
			/* The last one sent may be issued by a root that nobody here trusts. */
			return steps == 0;
		at = next;
	}
	return false;
}

/* 1 expired, -1 not yet valid, 0 current or not known. */
static int age_of(const struct examining *x, const json_t *id, int64_t now)
{
	int64_t from, to;
	if (examining_time(&to, member_of(x, id, "not_after")) && to < now)
		return 1;
	if (examining_time(&from, member_of(x, id, "not_before")) && from > now)
		return -1;
	return 0;
}

static void analyse(const struct examining *x, json_t *chain)
{
	const json_t *sent = json_object_get(chain, "sent"), *path = json_object_get(chain, "path");
	json_t *superfluous = json_array(), *expired = json_array(), *one;
	const json_t *root = json_array_get(path, json_array_size(path) - 1);
	int64_t now = clock_wall_s();
	bool root_sent = false;
	size_t i;
	json_array_foreach((json_t *)sent, i, one)
	{
		bool is_root = json_is_true(member_of(x, one, "self_signed")) && i > 0;
		root_sent = root_sent || is_root;
		bool is_used = json_array_size(path) == 0 || contains(path, one);
		if (json_is_string(one) && !is_used)
			json_array_append(superfluous, one);
		if (age_of(x, one, now) != 0)
			json_array_append(expired, one);
	}
	json_set(chain, "missing_issuer",
		 json_boolean(lacks_issuer(x, chain) ||
			      (root == NULL && json_is_string(json_object_get(chain, "reason")) &&
			       strcmp(json_string_value(json_object_get(chain, "reason")),
				      "chain-incomplete") == 0)));
	json_set(chain, "out_of_order", json_boolean(is_out_of_order(x, sent)));
	json_set(chain, "superfluous", superfluous);
	json_set(chain, "expired", expired);
	json_set(chain, "root_sent", json_boolean(root_sent));
}

static void tell(struct examining *x, const json_t *chain)
{
	size_t num = json_array_size(json_object_get(chain, "sent"));
	const char *error = json_string_value(json_object_get(chain, "error"));
	const char *many = num == 1 ? "" : "s";
	if (json_is_true(json_object_get(chain, "missing_issuer")))
		examining_step(x, "chain", STEP_FAULT,
			       "%zu certificate%s sent; the issuer's certificate is missing", num,
			       many);
	else if (json_is_true(json_object_get(chain, "verified")))
		examining_step(x, "chain", STEP_FINE, "%zu certificate%s sent; the chain verifies",
			       num, many);
	else
		examining_step(x, "chain", STEP_FAULT, "%zu certificate%s sent; %s", num, many,
			       error != NULL ? error : "the chain does not verify");
}

static void tell_leaf(struct examining *x)
{
	const json_t *leaf = examining_certificate(x, NULL);
	const char *not_after = json_string_value(json_object_get(leaf, "not_after"));
	size_t num_ocsp = json_array_size(json_object_get(leaf, "ocsp_urls"));
	size_t num_crl = json_array_size(json_object_get(leaf, "crl_urls"));
	if (leaf == NULL)
		return;
	examining_step(x, "certificate", STEP_TOLD, "%s%s, %s, %s, valid until %s",
		       json_is_true(json_object_get(leaf, "must_staple")) ? "must-staple"
									  : "no must-staple",
		       json_is_true(json_object_get(leaf, "no_rev_avail")) ? ", noRevAvail" : "",
		       num_ocsp > 0 ? "names a responder" : "names no responder",
		       num_crl > 0 ? "names a CRL" : "names no CRL",
		       not_after != NULL ? not_after : "?");
}

bool examine_chains(struct examining *x)
{
	const char *key;
	json_t *chain;
	json_object_foreach(json_object_get(x->out, "chains"), key, chain)
	{
		analyse(x, chain);
		tell(x, chain);
	}
	tell_leaf(x);
	return false;
}
