/* Knows how to make certificates and OCSP responses, right and wrong, with mbedTLS. */
#include "tests/unit/clients/mbedtls/maker.h"

#include "clients/backend/backend.h"
#include "core/clock.h"
#include "tests/unit/clients/mbedtls/maker_compat.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/oid.h>
#include <mbedtls/rsa.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY 86400

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context generator;

static void must(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "cannot make %s\n", what);
	abort();
}

void made_put(struct made *out, int tag, const void *content, size_t len)
{
	must(len < 0x10000 && out->len + len + 4 <= sizeof out->data, "something so long");
	out->data[out->len++] = (uint8_t)tag;
	if (len >= 0x80) {
		out->data[out->len++] = 0x82;
		out->data[out->len++] = (uint8_t)(len >> 8);
	}
	out->data[out->len++] = (uint8_t)len;
	if (len > 0)
		memcpy(out->data + out->len, content, len);
	out->len += len;
}

void made_wrap(struct made *out, int tag, const struct made *content)
{
	made_put(out, tag, content->data, content->len);
}

static void put_raw(struct made *out, const void *bytes, size_t len)
{
	must(out->len + len <= sizeof out->data, "something so long");
	memcpy(out->data + out->len, bytes, len);
	out->len += len;
}

#define PUT_ID(out, literal) made_put(out, MBEDTLS_ASN1_OID, literal, sizeof(literal) - 1)

static void put_time(struct made *out, int64_t offset)
{
	char utc[32], text[32];
	int n = 0;
	for (const char *at = clock_print_utc(utc, MAKER_NOW + offset); *at != '\0'; at++)
		if (strchr("-T:", *at) == NULL)
			text[n++] = *at;
	made_put(out, MBEDTLS_ASN1_GENERALIZED_TIME, text, (size_t)n);
}

/*
 * Certificates.
 */

static void make_rsa_key(mbedtls_pk_context *key)
{
	must(mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA)) == 0 &&
		     mbedtls_rsa_gen_key(mbedtls_pk_rsa(*key), mbedtls_ctr_drbg_random, &generator,
					 2048, 65537) == 0,
	     "an RSA key");
}

static void make_key(mbedtls_pk_context *key)
{
	must(mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) == 0 &&
		     mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key),
					 mbedtls_ctr_drbg_random, &generator) == 0,
	     "a key");
}

struct spec {
	const char *subject, *issuer;
	enum person by;
	bool is_ca;
	bool may_sign_ocsp;
	const char *until;
	bool is_rsa;
};

static const struct spec specs[NUM_PEOPLE] = {
	[LEAF] = {"CN=leaf.test", "CN=issuer", ISSUER, false, false, "20990101000000", false},
	[ISSUER] = {"CN=issuer", "CN=issuer", ISSUER, true, false, "20990101000000", false},
	[OTHER_ISSUER] = {"CN=issuer", "CN=issuer", OTHER_ISSUER, true, false, "20990101000000",
			  false},
	[UNRELATED] = {"CN=unrelated", "CN=unrelated", UNRELATED, true, true, "20990101000000",
		       false},
	[DELEGATE] = {"CN=delegate", "CN=issuer", ISSUER, false, true, "20990101000000", false},
	[NO_EKU] = {"CN=no usage", "CN=issuer", ISSUER, false, false, "20990101000000", false},
	[EXPIRED] = {"CN=expired", "CN=issuer", ISSUER, false, true, "20250101000000", false},
	[GRANDCHILD] = {"CN=grandchild", "CN=delegate", DELEGATE, false, true, "20990101000000",
			false},
	[RSA_DELEGATE] = {"CN=rsa", "CN=issuer", ISSUER, false, true, "20990101000000", true},
};

static void make_certificate(struct maker *maker, enum person who)
{
	static const unsigned char usage[] = "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x09";
	const struct spec *spec = &specs[who];
	unsigned char der[2048];
	mbedtls_x509write_cert writer;
	unsigned char serial[] = {0x01, 0x23, 0x45, (unsigned char)(0x67 + (int)who)};
	mbedtls_x509write_crt_init(&writer);
	mbedtls_x509write_crt_set_md_alg(&writer, MBEDTLS_MD_SHA256);
	mbedtls_x509write_crt_set_subject_key(&writer, &maker->keys[who]);
	mbedtls_x509write_crt_set_issuer_key(&writer, &maker->keys[spec->by]);
	must(compat_set_serial(&writer, serial, sizeof serial) &&
		     mbedtls_x509write_crt_set_subject_name(&writer, spec->subject) == 0 &&
		     mbedtls_x509write_crt_set_issuer_name(&writer, spec->issuer) == 0 &&
		     mbedtls_x509write_crt_set_validity(&writer, "20200101000000", spec->until) ==
			     0 &&
		     mbedtls_x509write_crt_set_basic_constraints(&writer, spec->is_ca, -1) == 0,
	     "a certificate");
	if (spec->may_sign_ocsp)
		must(mbedtls_x509write_crt_set_extension(
			     &writer, MBEDTLS_OID_EXTENDED_KEY_USAGE,
			     MBEDTLS_OID_SIZE(MBEDTLS_OID_EXTENDED_KEY_USAGE), 0, usage,
			     sizeof usage - 1) == 0,
		     "a usage");
	int len = mbedtls_x509write_crt_der(&writer, der, sizeof der, mbedtls_ctr_drbg_random,
					    &generator);
	must(len > 0 && mbedtls_x509_crt_parse_der(&maker->certificates[who],
						   der + sizeof der - len, (size_t)len) == 0,
	     "a signed certificate");
	mbedtls_x509write_crt_free(&writer);
}

struct question maker_question(struct maker *maker)
{
	return (struct question){
		.certificate = &maker->leaf,
		.issuer = &maker->issuer,
		.now = MAKER_NOW,
		.max_age_s = -1,
		.any_certid_hash = true,
		.digest = client_backend.digest,
		.verify = client_backend.verify,
		.reader = client_backend.response_reader,
	};
}

void maker_init(struct maker *maker)
{
	mbedtls_entropy_init(&entropy);
	mbedtls_ctr_drbg_init(&generator);
	must(compat_start() && mbedtls_ctr_drbg_seed(&generator, mbedtls_entropy_func, &entropy,
						     NULL, 0) == 0,
	     "random numbers");
	for (int who = 0; who < NUM_PEOPLE; who++) {
		mbedtls_pk_init(&maker->keys[who]);
		mbedtls_x509_crt_init(&maker->certificates[who]);
	}
	for (int who = 0; who < NUM_PEOPLE; who++)
		if (!specs[who].is_rsa)
			make_key(&maker->keys[who]);
	for (int who = 0; who < NUM_PEOPLE; who++)
		if (!specs[who].is_rsa)
			make_certificate(maker, (enum person)who);
	const mbedtls_x509_buf *leaf = &maker->certificates[LEAF].raw;
	const mbedtls_x509_buf *issuer = &maker->certificates[ISSUER].raw;
	must(certificate_read(&maker->leaf, der_of(leaf->p, leaf->len)) &&
		     certificate_read(&maker->issuer, der_of(issuer->p, issuer->len)),
	     "a chain");
}

void maker_add_rsa(struct maker *maker)
{
	make_rsa_key(&maker->keys[RSA_DELEGATE]);
	make_certificate(maker, RSA_DELEGATE);
}

void maker_clear(struct maker *maker)
{
	for (int who = 0; who < NUM_PEOPLE; who++) {
		mbedtls_pk_free(&maker->keys[who]);
		mbedtls_x509_crt_free(&maker->certificates[who]);
	}
	mbedtls_ctr_drbg_free(&generator);
	mbedtls_entropy_free(&entropy);
}

/*
 * Responses.
 */

static bool key_hash(uint8_t out[static MBEDTLS_MD_MAX_SIZE], const mbedtls_x509_crt *of,
		     mbedtls_md_type_t type)
{
	struct certificate certificate;
	return certificate_read(&certificate, der_of(of->raw.p, of->raw.len)) &&
	       mbedtls_md(mbedtls_md_info_from_type(type), certificate.key.at, certificate.key.len,
			  out) == 0;
}

static void put_certid(struct made *out, const struct maker *maker, const struct single *single)
{
	const mbedtls_x509_crt *issuer = &maker->certificates[ISSUER];
	mbedtls_md_type_t type = single->sha256 ? MBEDTLS_MD_SHA256 : MBEDTLS_MD_SHA1;
	size_t len = mbedtls_md_get_size(mbedtls_md_info_from_type(type));
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	struct made id = {.len = 0}, algorithm = {.len = 0};
	if (single->sha256)
		PUT_ID(&algorithm, MBEDTLS_OID_DIGEST_ALG_SHA256);
	else
		PUT_ID(&algorithm, MBEDTLS_OID_DIGEST_ALG_SHA1);
	made_put(&algorithm, MBEDTLS_ASN1_NULL, NULL, 0);
	made_wrap(&id, DER_SEQUENCE, &algorithm);
	const mbedtls_x509_buf *name = single->wrong == WRONG_NAME
					       ? &maker->certificates[UNRELATED].subject_raw
					       : &issuer->subject_raw;
	must(mbedtls_md(mbedtls_md_info_from_type(type), name->p, name->len, hash) == 0, "a hash");
	made_put(&id, MBEDTLS_ASN1_OCTET_STRING, hash, len);
	must(key_hash(hash,
		      single->wrong == WRONG_KEY ? &maker->certificates[OTHER_ISSUER] : issuer,
		      type),
	     "a hash");
	made_put(&id, MBEDTLS_ASN1_OCTET_STRING, hash, len);
	const mbedtls_x509_crt *about =
		&maker->certificates[single->wrong == WRONG_SERIAL ? DELEGATE : LEAF];
	made_put(&id, MBEDTLS_ASN1_INTEGER, about->serial.p, about->serial.len);
	made_wrap(out, DER_SEQUENCE, &id);
}

static void put_status(struct made *out, enum status status)
{
	static const uint8_t key_compromise[] = {MBEDTLS_ASN1_ENUMERATED, 1, 1};
	struct made info = {.len = 0};
	switch (status) {
	case STATUS_REVOKED:
		put_time(&info, -2 * DAY);
		made_put(&info, DER_CONSTRUCTED(0), key_compromise, sizeof key_compromise);
		made_wrap(out, DER_CONSTRUCTED(1), &info);
		break;
	case STATUS_UNKNOWN: made_put(out, DER_CONTEXT(2), NULL, 0); break;
	default: made_put(out, DER_CONTEXT(0), NULL, 0); break;
	}
}

/* [1] EXPLICIT Extensions with one extension. */
static void put_extension(struct made *out, const char *id, size_t id_len, bool critical,
			  const void *value, size_t len)
{
	static const uint8_t yes = 0xff;
	struct made extension = {.len = 0}, list = {.len = 0}, wrapped = {.len = 0};
	made_put(&extension, MBEDTLS_ASN1_OID, id, id_len);
	if (critical)
		made_put(&extension, MBEDTLS_ASN1_BOOLEAN, &yes, 1);
	made_put(&extension, MBEDTLS_ASN1_OCTET_STRING, value, len);
	made_wrap(&list, DER_SEQUENCE, &extension);
	made_wrap(&wrapped, DER_SEQUENCE, &list);
	made_wrap(out, DER_CONSTRUCTED(1), &wrapped);
}

static void put_critical(struct made *out)
{
	put_extension(out, "\x2a\x03\x04", 3, true, "\x05\x00", 2);
}

static void put_single(struct made *out, const struct maker *maker, const struct single *single)
{
	struct made content = {.len = 0}, next = {.len = 0};
	put_certid(&content, maker, single);
	put_status(&content, single->status);
	put_time(&content, single->this_update != 0 ? single->this_update : -DAY);
	if (!single->no_next_update) {
		put_time(&next, single->next_update != 0 ? single->next_update : 6 * DAY);
		made_wrap(&content, DER_CONSTRUCTED(0), &next);
	}
	if (single->critical_extension)
		put_critical(&content);
	made_wrap(out, DER_SEQUENCE, &content);
}

static void put_responder(struct made *out, const struct maker *maker, enum person named,
			  bool by_key)
{
	const mbedtls_x509_crt *certificate = &maker->certificates[named];
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	struct made key = {.len = 0};
	if (!by_key) {
		made_put(out, DER_CONSTRUCTED(1), certificate->subject_raw.p,
			 certificate->subject_raw.len);
		return;
	}
	must(key_hash(hash, certificate, MBEDTLS_MD_SHA1), "a hash");
	made_put(&key, MBEDTLS_ASN1_OCTET_STRING, hash, 20);
	made_wrap(out, DER_CONSTRUCTED(2), &key);
}

static enum person signer_of(const struct recipe *recipe)
{
	return recipe->signer == LEAF && !recipe->by_leaf ? ISSUER : recipe->signer;
}

static void put_data(struct made *out, const struct maker *maker, const struct recipe *recipe)
{
	static const uint8_t version[] = {MBEDTLS_ASN1_INTEGER, 1, 1};
	struct made data = {.len = 0}, entries = {.len = 0}, nonce = {.len = 0};
	if (recipe->version_2)
		made_put(&data, DER_CONSTRUCTED(0), version, sizeof version);
	put_responder(&data, maker, recipe->named != LEAF ? recipe->named : signer_of(recipe),
		      recipe->named_by_key);
	put_time(&data, -DAY);
	size_t num = recipe->num_singles != 0 ? recipe->num_singles : 1;
	for (size_t i = 0; i < num && !recipe->no_entries; i++)
		put_single(&entries, maker, &recipe->singles[i]);
	made_wrap(&data, DER_SEQUENCE, &entries);
	if (recipe->nonce != NULL) {
		made_put(&nonce, MBEDTLS_ASN1_OCTET_STRING, recipe->nonce, recipe->nonce_len);
		put_extension(&data, "\x2b\x06\x01\x05\x05\x07\x30\x01\x02", 9, false, nonce.data,
			      nonce.len);
	}
	if (recipe->critical_extension)
		put_critical(&data);
	made_wrap(out, DER_SEQUENCE, &data);
}

/* The AlgorithmIdentifier of a signature (RFC 8017 appendix A.2.4, RFC 5758 section 3.2). */
static void put_algorithm(struct made *out, bool is_rsa, mbedtls_md_type_t hash)
{
	struct made algorithm = {.len = 0};
	if (!is_rsa)
		PUT_ID(&algorithm, MBEDTLS_OID_ECDSA_SHA256);
	else if (hash == MBEDTLS_MD_MD5)
		PUT_ID(&algorithm, MBEDTLS_OID_PKCS1_MD5);
	else if (hash == MBEDTLS_MD_SHA1)
		PUT_ID(&algorithm, MBEDTLS_OID_PKCS1_SHA1);
	else
		PUT_ID(&algorithm, MBEDTLS_OID_PKCS1_SHA256);
	if (is_rsa)
		made_put(&algorithm, MBEDTLS_ASN1_NULL, NULL, 0);
	made_wrap(out, DER_SEQUENCE, &algorithm);
}

static void put_signature(struct made *out, struct maker *maker, const struct recipe *recipe,
			  const struct made *data)
{
	mbedtls_md_type_t type = recipe->hash != MBEDTLS_MD_NONE ? recipe->hash : MBEDTLS_MD_SHA256;
	const mbedtls_md_info_t *info = mbedtls_md_info_from_type(type);
	uint8_t hash[MBEDTLS_MD_MAX_SIZE];
	unsigned char signature[1 + MBEDTLS_PK_SIGNATURE_MAX_SIZE] = {0};
	size_t len = 0;
	put_algorithm(out, specs[signer_of(recipe)].is_rsa, type);
	must(info != NULL && mbedtls_md(info, data->data, data->len, hash) == 0 &&
		     compat_sign(&maker->keys[signer_of(recipe)], type, hash,
				 mbedtls_md_get_size(info), signature + 1, &len, &generator),
	     "a signature");
	if (recipe->corrupt)
		signature[len] ^= 1;
	made_put(out, MBEDTLS_ASN1_BIT_STRING, signature, len + 1);
}

static void put_basic(struct made *out, struct maker *maker, const struct recipe *recipe)
{
	const mbedtls_x509_crt *signer = &maker->certificates[signer_of(recipe)];
	struct made data = {.len = 0}, basic = {.len = 0}, certificates = {.len = 0};
	put_data(&data, maker, recipe);
	put_raw(&basic, data.data, data.len);
	put_signature(&basic, maker, recipe, &data);
	if (signer_of(recipe) != ISSUER && !recipe->no_certificate) {
		struct made list = {.len = 0};
		put_raw(&list, signer->raw.p, signer->raw.len);
		made_wrap(&certificates, DER_SEQUENCE, &list);
		made_wrap(&basic, DER_CONSTRUCTED(0), &certificates);
	}
	made_wrap(out, DER_SEQUENCE, &basic);
}

void maker_respond(struct made *out, struct maker *maker, const struct recipe *recipe)
{
	uint8_t status = (uint8_t)recipe->response_status;
	struct made outer = {.len = 0}, bytes = {.len = 0}, inner = {.len = 0}, basic = {.len = 0};
	made_put(&outer, MBEDTLS_ASN1_ENUMERATED, &status, 1);
	if (!recipe->no_bytes && status == 0) {
		if (recipe->other_type)
			PUT_ID(&inner, "\x2b\x06\x01\x05\x05\x07\x30\x01\x08");
		else
			PUT_ID(&inner, "\x2b\x06\x01\x05\x05\x07\x30\x01\x01");
		put_basic(&basic, maker, recipe);
		made_wrap(&inner, MBEDTLS_ASN1_OCTET_STRING, &basic);
		made_wrap(&bytes, DER_SEQUENCE, &inner);
		made_wrap(&outer, DER_CONSTRUCTED(0), &bytes);
	}
	out->len = 0;
	made_wrap(out, DER_SEQUENCE, &outer);
}
