/* Knows the OIDs of hashes. */
#include "clients/rules/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NIST "\x60\x86\x48\x01\x65\x03\x04\x02" /* 2.16.840.1.101.3.4.2 */

static const struct {
	const char *name, *id;
	size_t len;
} hashes[] = {
	{"sha1", "\x2b\x0e\x03\x02\x1a", 5},
	{"sha256", NIST "\x01", 9},
	{"sha384", NIST "\x02", 9},
	{"sha512", NIST "\x03", 9},
	{"sha224", NIST "\x04", 9},
	{"sha3-224", NIST "\x07", 9},
	{"sha3-256", NIST "\x08", 9},
	{"sha3-384", NIST "\x09", 9},
	{"sha3-512", NIST "\x0a", 9},
	{"md5", "\x2a\x86\x48\x86\xf7\x0d\x02\x05", 8},
	{"ripemd160", "\x2b\x24\x03\x02\x01", 5},
	{"streebog-256", "\x2a\x85\x03\x07\x01\x01\x02\x02", 8},
	{"streebog-512", "\x2a\x85\x03\x07\x01\x01\x02\x03", 8},
	{"gostr341194", "\x2a\x85\x03\x02\x02\x09", 6},
};
enum { NUM_HASHES = sizeof hashes / sizeof hashes[0] };

const char *hash_find(struct der id)
{
	for (size_t i = 0; i < NUM_HASHES; i++)
		if (der_equals(id, hashes[i].id, hashes[i].len))
			return hashes[i].name;
	return NULL;
}

struct der hash_id(const char *name)
{
	for (size_t i = 0; i < NUM_HASHES; i++)
		if (strcmp(hashes[i].name, name) == 0)
			return der_of(hashes[i].id, hashes[i].len);
	return der_of(NULL, 0);
}

void hash_print(char *out, size_t size, struct der id)
{
	const char *name = hash_find(id);
	uint64_t number = 0;
	size_t used = 0;
	bool is_first = true;
	if (name != NULL || id.len == 0) {
		snprintf(out, size, "%s", name != NULL ? name : "unknown");
		return;
	}
	for (size_t i = 0; i < id.len && used + 1 < size; i++) {
		number = number << 7 | (id.at[i] & 0x7f);
		if (id.at[i] & 0x80)
			continue;
		/* The first number stands for two (X.690 section 8.19.4). */
		uint64_t top = number < 40 ? 0 : number < 80 ? 1 : 2;
		if (is_first)
			used += (size_t)snprintf(out + used, size - used, "%" PRIu64 ".%" PRIu64,
						 top, number - top * 40);
		else
			used += (size_t)snprintf(out + used, size - used, ".%" PRIu64, number);
		is_first = false;
		number = 0;
	}
}
