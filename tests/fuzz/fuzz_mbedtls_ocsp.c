/*
 * Any bytes as an OCSP response and as a CRL, by the rules and mbedTLS. Nothing that a fuzzer finds
 * without the issuer's key may be authentic.
 */
#include "clients/rules/list_rules.h"
#include "clients/rules/response_rules.h"
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
	if (!is_made) {
		maker_init(&maker);
		is_made = true;
		atexit(clear);
	}
	struct question question = maker_question(&maker);
	question.nonce = der_of(data, size < 32 ? size : 32);
	response_judge(&check, &question, der_of(data, size));
	if (check.authentic || check.check == CHECK_GOOD || check.check == CHECK_NOT_CHECKED ||
	    !is_terminated(check.signer, sizeof check.signer))
		abort();
	question.reader = client_backend.list_reader;
	list_judge(&check, &question, der_of(data, size));
	if (check.authentic || check.check == CHECK_GOOD)
		abort();
	return 0;
}
