/* Any bytes as a file of certificates, a response or a CRL. */
#include "harness/verify/der_input.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum der_input_kind kinds[] = {DER_INPUT_CERTIFICATE, DER_INPUT_RESPONSE,
						    DER_INPUT_CRL};
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		struct blob_list list = {0};
		struct error err = ERROR_INIT;
		bool done = der_input_parse(&list, (const char *)data, size, kinds[k], &err);
		if (done != (err.kind == ERROR_NONE) || (done && list.num == 0))
			abort();
		for (size_t i = 0; i < list.num; i++) {
			struct blob issuer, subject, *item = &list.items[i];
			if (item->len == 0 ||
			    (kinds[k] == DER_INPUT_CERTIFICATE && !der_input_is_certificate(item)))
				abort();
			if (der_input_names(&issuer, &subject, item) &&
			    (issuer.bytes < item->bytes ||
			     subject.bytes + subject.len > item->bytes + item->len))
				abort();
		}
		blob_list_clear(&list);
	}
	return 0;
}
