/* Knows how to write OCSP responses for the tests of the rules. */
#include "tests/unit/clients/rules/response_maker.h"

#include "clients/rules/hash.h"

#include <string.h>

#define DAY       STACK_DAY
#define NONCE_ID  "\x2b\x06\x01\x05\x05\x07\x30\x01\x02"
#define CUTOFF_ID "\x2b\x06\x01\x05\x05\x07\x30\x01\x06"
#define REASON_ID "\x55\x1d\x15"

static void put_extension(struct element *to, enum strange kind)
{
	struct element value = {.len = 0};
	element_put(&value, 0x05, NULL, 0);
	switch (kind) {
	case STRANGE: element_put_extension(to, "\x2a\x03", 2, false, &value); break;
	case STRANGE_CRITICAL: element_put_extension(to, "\x2a\x03", 2, true, &value); break;
	case CUTOFF_CRITICAL: element_put_extension(to, CUTOFF_ID, 9, true, &value); break;
	case REASON_CRITICAL: element_put_extension(to, REASON_ID, 3, true, &value); break;
	case NO_EXTENSION: break;
	}
}

static void wrap_extensions(struct element *list)
{
	if (list->len == 0)
		return;
	element_wrap(list, DER_SEQUENCE);
	element_wrap(list, DER_CONSTRUCTED(1));
}

static void put_time(struct element *to, const char *text, int64_t offset)
{
	if (text != NULL)
		element_put(to, DER_GENERALIZED_TIME, text, strlen(text));
	else
		stack_put_time(to, offset);
}

static void put_certid(struct element *to, const struct single *single)
{
	struct element id = {.len = 0}, name = {.len = 0};
	const char *hash = single->hash != NULL ? single->hash : "sha1";
	uint8_t digest[DIGEST_MAX];
	struct der oid = hash_id(hash);
	element_put(&id, DER_OID, oid.at, oid.len);
	element_wrap(&id, DER_SEQUENCE);
	element_put_name(&name, single->other_name ? "another" : "issuer",
			 single->plain_name ? 0x13 : 0x0c);
	size_t len = stack_digest(digest, hash, element_der(&name));
	element_put(&id, DER_OCTET_STRING, digest, len);
	len = stack_digest(digest, hash, single->other_key ? der_of("wrong", 5) : stack_issuer.key);
	element_put(&id, DER_OCTET_STRING, digest, len);
	element_put(&id, DER_INTEGER, single->other_serial ? "\x12" : "\x11", 1);
	element_wrap(&id, DER_SEQUENCE);
	element_add(to, &id);
}

static void put_single(struct element *to, const struct single *single)
{
	struct element body = {.len = 0}, revoked = {.len = 0}, next = {.len = 0};
	struct element extensions = {.len = 0};
	put_certid(&body, single);
	put_time(&revoked, single->revoked_text, -2 * DAY);
	element_wrap(&revoked, DER_CONSTRUCTED(1));
	if (single->status == STATUS_REVOKED)
		element_add(&body, &revoked);
	else
		element_put(&body, DER_CONTEXT(single->status == STATUS_UNKNOWN ? 2 : 0), NULL, 0);
	put_time(&body, single->this_text, single->this_update != 0 ? single->this_update : -DAY);
	put_time(&next, single->next_text,
		 single->next_update != 0 ? single->next_update : 5 * DAY);
	element_wrap(&next, DER_CONSTRUCTED(0));
	if (!single->no_next)
		element_add(&body, &next);
	put_extension(&extensions, single->extension);
	wrap_extensions(&extensions);
	element_add(&body, &extensions);
	element_wrap(&body, DER_SEQUENCE);
	element_add(to, &body);
}

static void put_data(struct element *to, const struct recipe *recipe)
{
	struct element data = {.len = 0}, part = {.len = 0}, entries = {.len = 0};
	struct element extensions = {.len = 0};
	const uint8_t version[] = {DER_INTEGER, 1, (uint8_t)recipe->version};
	if (recipe->version != 0)
		element_put(&data, DER_CONSTRUCTED(0), version, sizeof version);
	element_put_name(&part, "issuer", 0x0c);
	element_wrap(&part, DER_CONSTRUCTED(1));
	element_add(&data, &part);
	put_time(&data, recipe->produced_text, -DAY);
	size_t num = recipe->num_singles == 0 ? 1 : recipe->num_singles % 9;
	for (size_t i = 0; i < num; i++)
		put_single(&entries, &recipe->singles[i]);
	element_wrap(&entries, DER_SEQUENCE);
	element_add(&data, &entries);
	put_extension(&extensions, recipe->extension);
	part.len = 0;
	if (recipe->nonce != NULL)
		element_put(&part, DER_OCTET_STRING, recipe->nonce, strlen(recipe->nonce));
	if (recipe->raw_nonce != NULL) {
		memcpy(part.bytes, recipe->raw_nonce, strlen(recipe->raw_nonce));
		part.len = strlen(recipe->raw_nonce);
	}
	if (part.len > 0)
		element_put_extension(&extensions, NONCE_ID, 9, false, &part);
	wrap_extensions(&extensions);
	element_add(&data, &extensions);
	element_wrap(&data, DER_SEQUENCE);
	element_add(to, &data);
}

void make_response(struct element *out, const struct recipe *recipe)
{
	struct element basic = {.len = 0}, bytes = {.len = 0};
	const uint8_t status = (uint8_t)recipe->status;
	out->len = 0;
	put_data(&basic, recipe);
	element_put(&basic, DER_SEQUENCE, NULL, 0);
	element_put(&basic, DER_BIT_STRING, "\x00sign", 5);
	element_wrap(&basic, DER_SEQUENCE);
	element_put(&bytes, DER_OID, "\x2b\x06\x01\x05\x05\x07\x30\x01\x01", 9);
	element_put(&bytes, DER_OCTET_STRING, basic.bytes, basic.len);
	element_wrap(&bytes, DER_SEQUENCE);
	element_wrap(&bytes, DER_CONSTRUCTED(0));
	element_put(out, DER_ENUMERATED, &status, 1);
	if (status == 0)
		element_add(out, &bytes);
	element_wrap(out, DER_SEQUENCE);
}
