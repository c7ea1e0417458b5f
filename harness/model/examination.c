/* Knows the closed lists of an examination, and how its parts are found. */
#include "harness/model/examination.h"

#include <string.h>

#define TABLE(name, what, ...)                                       \
	static const char *const name##_spellings[] = {__VA_ARGS__}; \
	const struct name_table name##_names = {                     \
		what, name##_spellings, NULL, sizeof name##_spellings / sizeof *name##_spellings}

TABLE(offered, "TLS version", "any", "1.2", "1.3");
TABLE(offered_key, "key", "any", "rsa", "ecdsa");
TABLE(client_certificate, "client certificate", "no", "asked", "required");
TABLE(alert_direction, "direction", "sent", "received");
TABLE(server_source, "source", "named", "http", "greeting");
TABLE(source_verdict, "verdict", "none", "not-asked", "unavailable", "bad-answer", "good",
      "revoked", "unknown");
TABLE(pointer_kind, "kind", "ocsp", "crl", "issuer");
TABLE(fetch_method, "method", "get", "post");
TABLE(fetch_layer, "layer", "dns", "connect", "timeout", "http", "answer", "forbidden", "unusable",
      "failed");
static const char *const life_end_words[] = {
	"its nextUpdate", "notAfter of its signer's certificate",
	"notAfter of the issuer's certificate", "notAfter of the certificate itself"};
static const char *const life_end_spellings[] = {"next-update", "signer", "issuer", "certificate"};
const struct name_table life_end_names = {"end", life_end_spellings, life_end_words, NUM_LIFE_ENDS};
TABLE(unexamined_why, "reason", "no-ipv6", "name-server", "client-certificate",
      "chain-not-verified", "no-fetch", "fetch-private", "proxy", "no-certificate", "limit",
      "interrupted");
TABLE(step, "step", "names", "handshake", "server", "chain", "certificate", "staple", "responder",
      "crl", "clock");

static bool is_same(const char *one, const char *other)
{
	return one != NULL && other != NULL && strcmp(one, other) == 0;
}

struct examination *examinations_find(const struct examinations *all, const char *target)
{
	for (size_t i = 0; all != NULL && i < all->num_items; i++)
		if (is_same(all->items[i].id, target))
			return &all->items[i];
	return NULL;
}

const struct certificate *examination_certificate(const struct examination *of, const char *id)
{
	for (size_t i = 0; i < of->num_certificates; i++)
		if (is_same(of->certificates[i].id, id))
			return &of->certificates[i];
	return NULL;
}

const struct certificate *examination_leaf(const struct examination *of)
{
	return examination_certificate(of, of->leaf);
}

const struct sent_chain *examination_chain(const struct examination *of, const char *id)
{
	for (size_t i = 0; i < of->num_chains; i++)
		if (is_same(of->chains[i].id, id))
			return &of->chains[i];
	return NULL;
}

const char *examination_leaf_of(const struct examination *of, const char *chain)
{
	const struct sent_chain *found = examination_chain(of, chain);
	return found != NULL && found->sent.num > 0 ? found->sent.items[0] : NULL;
}

bool examination_is_same_leaf(const struct examination *of, const char *chain, const char *other)
{
	const char *leaf = examination_leaf_of(of, chain);
	return leaf != NULL ? is_same(leaf, examination_leaf_of(of, other))
			    : examination_leaf_of(of, other) == NULL;
}

const struct staple *examination_staple(const struct examination *of, const char *id)
{
	for (size_t i = 0; i < of->num_staples; i++)
		if (is_same(of->staples[i].id, id))
			return &of->staples[i];
	return NULL;
}

const struct finding *examination_finding(const struct examination *of, enum cause cause)
{
	for (size_t i = 0; i < of->num_causes; i++)
		if (word_is(of->causes[i].id, cause))
			return &of->causes[i];
	return NULL;
}
