/* Any bytes as a request line: read whole, refused with an id, or no request at all. */
#include "clients/protocol/request.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request request;
	struct error err = ERROR_INIT;
	enum request_verdict verdict = request_parse(&request, (const char *)data, size, &err);
	bool has_id = request.id != NULL;
	bool verifies = has_id && request.verification.wanted &&
			request.verification.bytes != NULL && request.verification.len > 0;
	bool is_whole = has_id && request.address != NULL && request.server_name != NULL &&
			request.trust != NULL && request.port > 0 && request.deadline_ms > 0 &&
			request.tls != 0;
	const struct examination *wanted = &request.examination;
	bool examines = has_id && wanted->wanted &&
			(wanted->kind == EXAMINATION_HANDSHAKE      ? is_whole
			 : wanted->kind == EXAMINATION_CERTIFICATES ? wanted->bytes != NULL
								    : wanted->url != NULL);
	int num_kinds = (is_whole && !wanted->wanted) + verifies + examines;
	if (verdict == REQUEST_READ ? num_kinds != 1 : err.kind == ERROR_NONE)
		abort();
	if (has_id != (verdict != REQUEST_BROKEN))
		abort();
	request_clear(&request);
	return 0;
}
