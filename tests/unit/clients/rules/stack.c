/* Knows a stack that verifies nothing, and two certificates. */
#include "tests/unit/clients/rules/stack.h"

#include "core/clock.h"

#include <stdio.h>
#include <string.h>

struct certificate stack_leaf, stack_issuer;

/* The first letters of the name, then a sum that every byte moves. */
size_t stack_digest(uint8_t out[static DIGEST_MAX], const char *hash, struct der bytes)
{
	uint32_t sum = 5381;
	if (strcmp(hash, "md5") == 0)
		return 0;
	for (size_t i = 0; i < bytes.len; i++)
		sum = sum * 33 + bytes.at[i];
	memset(out, 0, 20);
	memcpy(out, hash, strnlen(hash, 12));
	memcpy(out + 12, &sum, sizeof sum);
	return 20;
}

static void *open_bytes(struct status_check *out, struct der *der)
{
	static char opened;
	(void)out;
	return der->len > 0 ? &opened : NULL;
}

static const enum signature *wanted;

static enum signature verify(struct status_check *out, struct der signer,
			     const struct signed_bytes *what)
{
	(void)signer;
	(void)what;
	snprintf(out->signer, sizeof out->signer, "signer");
	return *wanted;
}

static void close_bytes(void *opened)
{
	(void)opened;
}

const struct status_reader stack_reader = {open_bytes, NULL, close_bytes, false};

void stack_put_time(struct element *to, int64_t offset)
{
	char utc[32], text[32];
	size_t len = 0;
	for (const char *at = clock_print_utc(utc, STACK_NOW + offset); *at != '\0'; at++)
		if (strchr("-T:", *at) == NULL)
			text[len++] = *at;
	element_put(to, DER_GENERALIZED_TIME, text, len);
}

static struct der other(void *probe, size_t place)
{
	(void)probe;
	(void)place;
	return der_of(NULL, 0);
}

static bool has_path(void *probe, struct der certificate)
{
	(void)probe;
	(void)certificate;
	return false;
}

void stack_make(void)
{
	static struct element issuer, leaf;
	issuer.len = leaf.len = 0;
	element_put_name(&issuer, "issuer", 0x0c);
	element_put_name(&leaf, "leaf", 0x0c);
	stack_issuer = (struct certificate){.serial = der_of("\x01", 1),
					    .issuer = element_der(&issuer),
					    .subject = element_der(&issuer),
					    .key = der_of("key", 3)};
	stack_leaf = (struct certificate){.serial = der_of("\x11", 1),
					  .issuer = element_der(&issuer),
					  .subject = element_der(&leaf),
					  .key = der_of("other", 5)};
}

struct question stack_question(enum signature *signature)
{
	*signature = SIGNATURE_GOOD;
	wanted = signature;
	return (struct question){
		.certificate = &stack_leaf,
		.issuer = &stack_issuer,
		.now = STACK_NOW,
		.max_age_s = -1,
		.any_certid_hash = true,
		.digest = stack_digest,
		.verify = verify,
		.reader = &stack_reader,
		.other = other,
		.has_path = has_path,
	};
}
