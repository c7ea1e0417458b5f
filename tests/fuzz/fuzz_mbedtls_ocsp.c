/*
 * Any bytes as an OCSP response, as a CRL and as the extensions of a certificate, for
 * the code that the mbedTLS backend brings itself. Nothing that a fuzzer finds without the
 * issuer's key may be authentic.
 */
#include "clients/mbedtls/crl.h"
#include "clients/mbedtls/facts.h"
#include "tests/unit/clients/mbedtls/maker.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct maker maker;
static bool is_made;

static void clear(void)
{
	maker_clear(&maker);
}

static bool is_terminated(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct status_check check;
	struct certificate_facts facts = {0};
	if (!is_made) {
		maker_init(&maker);
		is_made = true;
		atexit(clear);
	}
	const struct response_question question = {
		.certificate = &maker.certificates[LEAF],
		.issuer = &maker.certificates[ISSUER],
		.now = MAKER_NOW,
		.max_age_s = -1,
		.any_certid_hash = true,
		.nonce = data,
		.nonce_len = size < 32 ? size : 32,
	};
	response_check(&check, &question, data, size);
	if (check.authentic || check.check == CHECK_GOOD || check.check == CHECK_NOT_CHECKED ||
	    !is_terminated(check.signer, sizeof check.signer))
		abort();
	crl_check(&check, &question, data, size);
	if (check.authentic || check.check == CHECK_GOOD)
		abort();
	facts_read_extensions(&facts, data, size);
	if (facts.num_ocsp_urls > MAX_URLS || facts.num_crl_urls > MAX_URLS)
		abort();
	for (size_t i = 0; i < facts.num_ocsp_urls; i++)
		if (!is_terminated(facts.ocsp_urls[i], URL_TEXT_MAX))
			abort();
	return 0;
}
