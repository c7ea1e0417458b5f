/*
 * What a client wants of revocation status, as data: the axes of classes.yaml and
 * of a request to a client program. clients/policy/decision.h says what follows from it.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "core/error.h"
#include "core/name.h"

#include <jansson.h>

enum yes_no { NO, YES };
enum checks_staple { CHECKS_STAPLE_NO, CHECKS_STAPLE_REVOKED_ONLY, CHECKS_STAPLE_FULL };
enum must_staple { MUST_STAPLE_IGNORE, MUST_STAPLE_PRESENCE, MUST_STAPLE_VALID };
enum fetches { FETCHES_NO, FETCHES_LEAF, FETCHES_CHAIN };
enum ocsp_method { OCSP_METHOD_GET, OCSP_METHOD_POST, OCSP_METHOD_AUTO };
enum uses_crl { USES_CRL_NO, USES_CRL_FALLBACK, USES_CRL_PREFER, USES_CRL_ONLY };
enum scope { SCOPE_LEAF, SCOPE_CHAIN };
enum certid_hash { CERTID_HASH_SHA1, CERTID_HASH_ANY };
/* Of a session that an earlier connection left (RFC 8446 section 2.2, RFC 5077): it brings
 * no certificate and no staple. */
enum resumption {
	RESUMPTION_NO,       /* every handshake is a full one */
	RESUMPTION_RECHECK,  /* the sources are walked anew */
	RESUMPTION_REMEMBER, /* what the full handshake gave still counts */
	RESUMPTION_SKIP,     /* nobody looks */
	RESUMPTION_HOOK,     /* the check sits in the stack's hook: rechecked if that is called */
};
enum no_rev_avail { NO_REV_AVAIL_IGNORE, NO_REV_AVAIL_ACCEPT };

/*
 * What to do when a source gives no good status. `next` goes on to the next source;
 * when none is left, on_unavailable decides. `next-or-reject` goes on too, but
 * rejects when no later source gives an answer (Firefox does so with a stale staple).
 */
enum action {
	ACTION_CONNECT,
	ACTION_WARN,
	ACTION_REJECT,
	ACTION_NEXT,
	ACTION_NEXT_OR_REJECT,
	/* What a more general axis says, by which it is spelled ("as-stale"); only where an
	 * axis has a more general one. */
	ACTION_INHERIT,
};

/* One int per axis, so that the table of axes can reach each; the comment names the enum. */
struct policy {
#define AXIS_NAME(field, table, fallback, text)         int field;
#define AXIS_NUMBER(field, least, most, fallback, text) int field;
#include "core/policy.def"
#undef AXIS_NAME
#undef AXIS_NUMBER
};

struct policy_axis {
	const char *name;
	const struct name_table *table; /* NULL for a number */
	int least, most, fallback;
	size_t offset; /* of the int in struct policy */
	const char *text;
};

extern const struct policy_axis policy_axes[];
extern const size_t num_policy_axes;

/* Every axis at its default: a client that looks at nothing. */
void policy_init(struct policy *policy);

/* NULL when there is no such axis. */
const struct policy_axis *policy_find_axis(const char *name);

int policy_get(const struct policy *policy, const struct policy_axis *axis);

/* Sets an axis from its spelling ("full", "2000"; for no/yes also "false"/"true"). On
 * failure err says which values there are, without a place: the caller puts it in front. */
bool policy_set(struct policy *policy, const struct policy_axis *axis, const char *spelling,
		struct error *err);

/* The spelling of an axis's value; a number is written into buffer. */
const char *policy_spell(const struct policy *policy, const struct policy_axis *axis,
			 char buffer[static 16]);

/*
 * Two axes that contradict each other (a staple is required but not asked for).
 * Returns NULL when there are none, else one sentence, and the two axes.
 */
const char *policy_contradiction(const struct policy *policy, const struct policy_axis **one,
				 const struct policy_axis **other);

/* Every axis as a JSON object, names and numbers. New reference. */
json_t *policy_to_json(const struct policy *policy);

/* Reads what policy_to_json writes; an axis that is absent keeps its default, an
 * unknown axis or value is an error. JSON true and false stand for yes and no. */
bool policy_from_json(struct policy *policy, const json_t *object, struct error *err);

#endif
