/* Knows how mbedTLS reads certificates, and which of them it trusts. */
#include "clients/mbedtls/session.h"

#include <mbedtls/md.h>
#include <mbedtls/pk.h>

#include <stdlib.h>
#include <string.h>

/* A positive code of mbedTLS counts certificates of a bundle that it cannot read. */
static void *roots_load(const char *pem, size_t len, struct error *err)
{
	mbedtls_x509_crt *roots = malloc(sizeof *roots);
	if (roots == NULL) {
		error_set(err, ERROR_UNABLE, "no memory for the trusted roots");
		return NULL;
	}
	mbedtls_x509_crt_init(roots);
	int code = mbedtls_x509_crt_parse(roots, (const unsigned char *)pem, len + 1);
	if (code >= 0 && roots->raw.p != NULL)
		return roots;
	struct native native = {0};
	native_note(&native, code, NULL);
	error_set(err, ERROR_UNABLE, "no certificate in it: %s", native.text);
	mbedtls_x509_crt_free(roots);
	free(roots);
	return NULL;
}

static void roots_free(void *roots)
{
	mbedtls_x509_crt_free(roots);
	free(roots);
}

struct trust_pool trust_pool = TRUST_POOL_INIT(roots_load, roots_free, false);

/* Adds to the end of a list. */
int certificate_parse(mbedtls_x509_crt *list, struct der der)
{
	return mbedtls_x509_crt_parse_der(list, der.at, der.len);
}

/*
 * Certificates that were given.
 */

bool certificates_read_pem(struct der_list *out, const char *pem, struct error *err)
{
	struct native native = {0};
	mbedtls_x509_crt all;
	mbedtls_x509_crt_init(&all);
	int code = mbedtls_x509_crt_parse(&all, (const unsigned char *)pem, strlen(pem) + 1);
	for (const mbedtls_x509_crt *one = &all; code == 0 && one != NULL; one = one->next)
		if (!der_list_add(out, der_of(one->raw.p, one->raw.len)))
			code = MBEDTLS_ERR_X509_ALLOC_FAILED;
	mbedtls_x509_crt_free(&all);
	native_note(&native, code, NULL);
	return code == 0 || error_set(err, ERROR_UNABLE, "%s", native.text);
}

static bool parse_all(mbedtls_x509_crt *out, const struct der_list *list)
{
	size_t i = 0;
	while (i < list->num && certificate_parse(out, der_list_at(list, i)) == 0)
		i++;
	return i == list->num;
}

bool certificates_verify_path(enum reason *reason, char text[static NATIVE_MAX],
			      const struct der_list *path, const struct der_list *anchors)
{
	uint32_t flags = MBEDTLS_X509_BADCERT_OTHER;
	mbedtls_x509_crt way, trust;
	mbedtls_x509_crt_init(&way);
	mbedtls_x509_crt_init(&trust);
	if (parse_all(&way, path) && parse_all(&trust, anchors)) {
		int code = mbedtls_x509_crt_verify(&way, &trust, NULL, NULL, &flags, NULL, NULL);
		if (code != 0 && flags == 0)
			flags = MBEDTLS_X509_BADCERT_OTHER;
	}
	mbedtls_x509_crt_free(&way);
	mbedtls_x509_crt_free(&trust);
	*reason = flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED ? REASON_CHAIN_UNTRUSTED
		  : flags & MBEDTLS_X509_BADCERT_EXPIRED   ? REASON_CHAIN_EXPIRED
		  : flags & MBEDTLS_X509_BADCERT_FUTURE    ? REASON_CHAIN_NOT_YET_VALID
		  : flags & BADCERT_ALGORITHM              ? REASON_CHAIN_ALGORITHM_UNSUPPORTED
							   : REASON_CHAIN_INVALID;
	flags_print(text, NATIVE_MAX, flags);
	return flags == 0;
}
