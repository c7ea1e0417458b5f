/* Any bytes as a file of certificates, a response or a CRL. */
#include "harness/armour.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum armour_kind kinds[] = {ARMOUR_CERTIFICATE, ARMOUR_RESPONSE, ARMOUR_CRL};
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		struct blob_list list = {0};
		struct error err = ERROR_INIT;
		bool done = armour_parse(&list, (const char *)data, size, kinds[k], &err);
		if (done != (err.kind == ERROR_NONE) || (done && list.num == 0))
			abort();
		for (size_t i = 0; i < list.num; i++)
			if (list.items[i].len == 0 || (kinds[k] == ARMOUR_CERTIFICATE &&
						       !armour_is_certificate(&list.items[i])))
				abort();
		blob_list_clear(&list);
	}
	return 0;
}
