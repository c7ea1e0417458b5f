/* Knows how OpenSSL reads an OCSP response and verifies its signature. */
#include "clients/openssl/session.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <stdlib.h>
#include <string.h>

struct opened {
	OCSP_RESPONSE *response;
	OCSP_BASICRESP *basic; /* NULL for an error response */
	unsigned char *der;    /* OpenSSL takes BER: the response in DER */
};

static void close_response(void *context)
{
	struct opened *opened = context;
	if (opened == NULL)
		return;
	OPENSSL_free(opened->der);
	OCSP_BASICRESP_free(opened->basic);
	OCSP_RESPONSE_free(opened->response);
	free(opened);
	ERR_clear_error();
}

static void note_error_response(struct native *native, int status)
{
	*native = (struct native){.library = "OpenSSL", .code = status};
	snprintf(native->text, sizeof native->text, "%s", OCSP_response_status_str(status));
}

static bool encode(struct opened *opened, struct der *der)
{
	OCSP_RESPONSE *normal =
		OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, opened->basic);
	int len = i2d_OCSP_RESPONSE(normal, &opened->der);
	OCSP_RESPONSE_free(normal);
	*der = der_of(opened->der, len > 0 ? (size_t)len : 0);
	return len > 0;
}

static bool parse(struct opened *opened, struct status_check *out, struct der *der)
{
	const uint8_t *end = der->at;
	opened->response = d2i_OCSP_RESPONSE(NULL, &end, (long)der->len);
	if (opened->response != NULL && end != der->at + der->len) {
		question_say(out, "bytes after the response");
		return false;
	}
	if (opened->response != NULL) {
		out->response_status = OCSP_response_status(opened->response);
		if (out->response_status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
			note_error_response(&out->native, out->response_status);
			return true;
		}
		opened->basic = OCSP_response_get1_basic(opened->response);
	}
	if (opened->basic != NULL && encode(opened, der))
		return true;
	native_take(&out->native, 0);
	return false;
}

static void *open_response(struct status_check *out, struct der *der)
{
	struct opened *opened = calloc(1, sizeof *opened);
	ERR_clear_error();
	if (opened != NULL && parse(opened, out, der))
		return opened;
	close_response(opened);
	return NULL;
}

/*
 * Flags 0 and the verified chain, nothing else: with OCSP_TRUSTOTHER and the peer's
 * chain a server's own key could sign its status (measured with 3.0 and 3.6). The
 * signature is verified before the signer's right, so a bad one never counts as the latter.
 */
static enum check check_signer(void *context, struct status_check *out,
			       const struct question *question, const struct response *response)
{
	const struct opened *opened = context;
	const struct status_place *place = question->context;
	const struct session *session = place->probe->session;
	X509 *signer = NULL;
	(void)response;
	ERR_clear_error();
	int verified = OCSP_basic_verify(opened->basic, session->chain, session->store, 0);
	if (OCSP_resp_get0_signer(opened->basic, &signer, session->chain) == 1)
		subject_print(out->signer, sizeof out->signer, signer);
	if (verified == 1) {
		ERR_clear_error();
		return CHECK_GOOD;
	}
	int reason = native_take(&out->native, ERR_LIB_OCSP);
	return reason == OCSP_R_SIGNATURE_FAILURE ? CHECK_BAD_SIGNATURE : CHECK_UNAUTHORIZED_SIGNER;
}

const struct status_reader response_reader = {open_response, check_signer, close_response};
