/*
 * Any bytes as an OCSP response, as a CRL, as a certificate and as the scope of a CRL, under any
 * policy: the first four bytes. The signature is never good, so nothing may be
 * authentic.
 */
#include "clients/rules/list_rules.h"
#include "clients/rules/name.h"
#include "clients/rules/pointers.h"
#include "clients/rules/response_rules.h"
#include "clients/rules/scope.h"
#include "tests/unit/clients/rules/stack.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_terminated(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static void check_urls(const struct url_list *list)
{
	enum url_fault why;
	if (list->num > MAX_URLS || list->num_unusable > MAX_URLS)
		abort();
	for (size_t i = 0; i < list->num; i++)
		if (!is_terminated(list->urls[i], URL_TEXT_MAX) ||
		    !url_is_usable(list->urls[i], strlen(list->urls[i]), &why))
			abort();
	for (size_t i = 0; i < list->num_unusable; i++)
		if (!is_terminated(list->unusable[i].url, URL_TEXT_MAX) ||
		    list->unusable[i].why >= NUM_URL_FAULTS)
			abort();
}

static void check_certificate(struct der in)
{
	struct certificate certificate;
	struct certificate_facts facts;
	if (!certificate_read(&certificate, in))
		certificate = (struct certificate){.extensions = in};
	pointers_read(&facts, &certificate);
	check_urls(&facts.ocsp);
	check_urls(&facts.crl);
	check_urls(&facts.issuer);
	pointers_have_address(&certificate, der_of("\x7f\x00\x00\x01", 4));
	int reasons;
	if (scope_check(&reasons, in, &certificate, stack_issuer.subject) != CHECK_GOOD &&
	    reasons != 0)
		abort();
	scope_is_delegated(&certificate, stack_issuer.subject);
	if (!name_is_same(in, in))
		abort();
	name_is_same(in, stack_leaf.subject);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum signature signature;
	struct status_check seen;
	unsigned flags;
	if (size < sizeof flags)
		return 0;
	memcpy(&flags, data, sizeof flags);
	struct der in = der_of(data + sizeof flags, size - sizeof flags);
	stack_make();
	struct question question = stack_question(&signature);
	signature = SIGNATURE_BAD;
	question.only_first = (flags & 1) != 0;
	question.ignores_criticals = (flags & 2) != 0;
	question.heeds_stale_revoked = (flags & 4) != 0;
	question.nonce = der_of("nonce", 5);
	response_judge(&seen, &question, in);
	if (seen.authentic || seen.check == CHECK_GOOD)
		abort();
	list_judge(&seen, &question, in);
	if (seen.authentic || seen.check == CHECK_GOOD)
		abort();
	check_certificate(in);
	return 0;
}
