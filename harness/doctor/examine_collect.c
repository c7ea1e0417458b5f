/* Knows how what a handshake brought, certificates and staples, becomes part of an examination. */
#include "core/json.h"
#include "harness/doctor/examining.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const json_t *examining_certificate(const struct examining *x, const char *sha256)
{
	if (sha256 == NULL)
		sha256 = json_string_value(json_object_get(x->out, "leaf"));
	return sha256 != NULL ? json_object_get(json_object_get(x->out, "certificates"), sha256)
			      : NULL;
}

/* The facts of one certificate into the examination, its PEM beside it. Borrowed id, or NULL. */
static const char *take_facts(struct examining *x, const json_t *facts)
{
	const char *sha256 = json_string_value(json_object_get(facts, "sha256"));
	json_t *certificates = examining_member(x->out, "certificates", false);
	if (sha256 == NULL)
		return NULL;
	if (json_object_get(certificates, sha256) == NULL) {
		json_t *copy = json_copy((json_t *)facts);
		json_set(x->pem, sha256, json_incref(json_object_get(facts, "pem")));
		json_object_del(copy, "pem");
		json_object_del(copy, "sha256");
		json_set(certificates, sha256, copy);
	}
	return sha256;
}

/* One certificate each, since what cannot be read must not hide the others. */
static void read_unknown(struct examining *x, const json_t *list)
{
	size_t i, num = json_array_size(list);
	json_t *one, **answers = calloc(num + 1, sizeof *answers);
	if (answers == NULL) {
		x->failed = true;
		return;
	}
	json_array_foreach((json_t *)list, i, one)
	{
		if (json_object_get(x->ids, json_string_value(one)) == NULL)
			examining_ask(x,
				      &(struct message_examination){
					      .kind = EXAMINATION_CERTIFICATES,
					      .bytes = json_string_value(one),
				      },
				      &answers[i]);
	}

	examining_wait(x);
	json_array_foreach((json_t *)list, i, one)
	{
		json_t *found = json_array_get(json_object_get(answers[i], "certificates"), 0);
		const char *sha256 = take_facts(x, found);
		if (sha256 != NULL)
			json_set(x->ids, json_string_value(one), json_string(sha256));
		json_decref(answers[i]);
	}
	free(answers);
}

/* New array of ids; what OpenSSL cannot read is null in it. */
static json_t *ids_of(struct examining *x, const json_t *list)
{
	json_t *ids = json_array(), *one;
	size_t i;
	read_unknown(x, list);
	json_array_foreach((json_t *)list, i, one)
	{
		json_t *id = json_object_get(x->ids, json_string_value(one));
		json_array_append_new(ids, id != NULL ? json_incref(id) : json_null());
	}
	return ids;
}

/* The key of the chain that is the same, or NULL. Borrowed. */
static const char *find_chain(const struct examining *x, const json_t *sent)
{
	const char *key;
	json_t *chain;
	json_object_foreach(json_object_get(x->out, "chains"), key, chain)
	{
		if (json_equal(json_object_get(chain, "sent"), sent))
			return key;
	}

	return NULL;
}

void examining_take_chain(struct examining *x, json_t *handshake, const json_t *answer)
{
	const json_t *list = json_object_get(answer, "sent");
	const json_t *verified = json_object_get(answer, "chain");
	char number[16];
	if (json_array_size(list) == 0)
		return;
	json_t *sent = ids_of(x, list);
	const char *key = find_chain(x, sent);
	if (key != NULL) {
		json_set(handshake, "chain", json_string(key));
		json_decref(sent);
		return;
	}
	json_t *chains = examining_member(x->out, "chains", false), *about = json_object();
	snprintf(number, sizeof number, "%zu", json_object_size(chains) + 1);
	json_set(about, "sent", sent);
	json_set(about, "num_sent", json_incref(json_object_get(answer, "num_sent")));
	json_set(about, "verified", json_incref(json_object_get(verified, "verified")));
	json_set(about, "reason", json_incref(json_object_get(verified, "reason")));
	json_set(about, "error", json_incref(json_object_get(verified, "error")));
	json_set(about, "depth", json_incref(json_object_get(verified, "depth")));
	json_set(about, "path", ids_of(x, json_object_get(verified, "certificates")));
	json_set(chains, number, about);
	json_set(handshake, "chain", json_string(number));
	if (json_object_get(x->out, "leaf") == NULL && json_is_string(json_array_get(sent, 0)))
		json_set(x->out, "leaf", json_incref(json_array_get(sent, 0)));
}

/* The number of the staple, which is the same when its bytes are. */
static json_t *take_staple(struct examining *x, const json_t *staple, const json_t *handshake)
{
	json_t *staples = examining_member(x->out, "staples", false), *about;
	const json_t *bytes = json_object_get(staple, "bytes");
	const char *key;
	char number[16];
	json_object_foreach(staples, key, about)
	{
		if (!json_equal(json_object_get(about, "bytes"), bytes))
			continue;
		json_int_t seen = json_integer_value(json_object_get(about, "seen"));
		json_set(about, "seen", json_integer(seen + 1));
		return json_string(key);
	}
	const char *text = json_string_value(bytes);
	size_t len = json_string_length(bytes), padding = 0;
	while (text != NULL && padding < len && padding < 2 && text[len - 1 - padding] == '=')
		padding++;
	about = json_object();
	json_set(about, "bytes", json_incref((json_t *)bytes));
	json_set(about, "length", json_integer((json_int_t)(len / 4 * 3 - padding)));
	json_set(about, "depth", json_incref(json_object_get(staple, "depth")));
	json_set(about, "seen", json_integer(1));
	json_set(about, "first_seen", json_incref(json_object_get(handshake, "address")));
	json_set(about, "chain", json_incref(json_object_get(handshake, "chain")));
	snprintf(number, sizeof number, "%zu", json_object_size(staples) + 1);
	json_set(staples, number, about);
	return json_string(number);
}

void examining_take_staples(struct examining *x, json_t *handshake, const json_t *answer)
{
	json_t *own = json_array(), *upper = json_array(), *one;
	size_t i;
	json_array_foreach(json_object_get(answer, "staples"), i, one)
	{
		bool is_own = json_integer_value(json_object_get(one, "depth")) == 0;
		if (json_is_string(json_object_get(one, "bytes")))
			json_array_append_new(is_own ? own : upper, take_staple(x, one, handshake));
	}
	json_set(handshake, "staples", own);
	json_set(handshake, "upper_staples", upper);
}

const json_t *examining_chain(const struct examining *x)
{
	const char *key;
	json_t *chain, *first = NULL;
	json_object_foreach(json_object_get(x->out, "chains"), key, chain)
	{
		if (json_is_true(json_object_get(chain, "verified")))
			return chain;
		if (first == NULL)
			first = chain;
	}
	return first;
}

static const char *pem_of(const struct examining *x, const json_t *sha256)
{
	const char *id = json_string_value(sha256);
	return id != NULL ? json_string_value(json_object_get(x->pem, id)) : NULL;
}

const char *examining_leaf_pem(const struct examining *x)
{
	return pem_of(x, json_object_get(x->out, "leaf"));
}

const char *examining_issuer_pem(const struct examining *x)
{
	const json_t *chain = examining_chain(x), *leaf = examining_certificate(x, NULL);
	const json_t *issuer = json_object_get(leaf, "issuer");
	const json_t *path = json_object_get(chain, "path"), *sent = json_object_get(chain, "sent");
	if (json_array_size(path) > 1)
		return pem_of(x, json_array_get(path, 1));
	for (size_t i = 0; issuer != NULL && i < json_array_size(sent); i++) {
		const char *id = json_string_value(json_array_get(sent, i));
		const json_t *one = id != NULL ? examining_certificate(x, id) : NULL;
		if (json_equal(json_object_get(one, "subject"), issuer))
			return pem_of(x, json_array_get(sent, i));
	}
	return NULL;
}
