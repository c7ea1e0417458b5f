/* Knows the keys of a request that wants something checked without a connection. */
#include "clients/protocol/verification.h"

#include "clients/facts/observation.h"

#include "core/base64.h"
#include "core/file.h"
#include "core/json.h"
#include "core/name.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_spellings[] = {"ocsp", "crl"};
static const struct name_table kind_table = {"kind", kind_spellings, NULL, 2};

static bool read_kind(struct verification *out, const json_t *value, struct error *err)
{
	int found = json_is_string(value) ? name_find(&kind_table, json_string_value(value)) : -1;
	if (found < 0)
		return error_set(err, ERROR_USAGE, "'verify.kind' is \"ocsp\" or \"crl\"");
	out->kind = (enum verification_kind)found;
	return true;
}

static bool read_bytes(struct verification *out, const json_t *value, struct error *err)
{
	const char *text = json_string_value(value);
	if (text != NULL && base64_decode(&out->bytes, &out->len, text, json_string_length(value)))
		return true;
	return error_set(err, ERROR_USAGE, "'verify.bytes' is text in base64");
}

/* For a CRL that is longer than a line may be. */
static bool read_file(struct verification *out, const json_t *value, struct error *err)
{
	const char *path = json_string_value(value);
	struct text content;
	struct error fault = ERROR_INIT;
	if (path == NULL || strlen(path) != json_string_length(value))
		return error_set(err, ERROR_USAGE, "'verify.file' is a path");
	text_init(&content, CRL_MAX_LEN);
	bool done = file_read(&content, path, CRL_MAX_LEN, &fault) && content.len > 0;
	if (done) {
		out->bytes = (uint8_t *)content.data;
		out->len = content.len;
		return true;
	}
	text_clear(&content);
	return error_set(err, ERROR_USAGE, "'verify.file': %s",
			 fault.kind != ERROR_NONE ? fault.text : "it is empty");
}

static bool read_content(struct verification *out, const json_t *object, struct error *err)
{
	const json_t *bytes = json_object_get(object, "bytes");
	const json_t *file = json_object_get(object, "file");
	if ((bytes == NULL) == (file == NULL))
		return error_set(err, ERROR_USAGE,
				 "'verify' has one of the keys 'bytes' and 'file'");
	return bytes != NULL ? read_bytes(out, bytes, err) : read_file(out, file, err);
}

static bool read_pem(char **out, const json_t *object, const char *key, struct error *err)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_string_value(value);
	if (value == NULL || json_is_null(value))
		return true;
	if (text == NULL || text[0] == '\0' || strlen(text) != json_string_length(value))
		return error_set(err, ERROR_USAGE, "'verify.%s' is PEM text", key);
	*out = strdup(text);
	return *out != NULL || error_set(err, ERROR_UNABLE, "out of memory");
}

/* A CRL is about many certificates, a response names its own. */
static bool check_certificate(const struct verification *out, struct error *err)
{
	if (out->certificate == NULL && out->kind == VERIFICATION_CRL)
		return error_set(err, ERROR_USAGE, "'verify.certificate' is missing");
	return true;
}

bool verification_read(struct verification *out, const json_t *value, struct error *err)
{
	static const char *const known[] = {"bytes",  "certificate", "chain", "file",
					    "issuer", "kind",        "trust"};
	out->wanted = true;
	if (!json_is_object(value))
		return error_set(err, ERROR_USAGE, "'verify' is an object");
	return json_only_keys(value, "verify", known, sizeof known / sizeof *known, err) &&
	       read_kind(out, json_object_get(value, "kind"), err) &&
	       read_content(out, value, err) &&
	       read_pem(&out->certificate, value, "certificate", err) &&
	       read_pem(&out->issuer, value, "issuer", err) &&
	       read_pem(&out->chain, value, "chain", err) &&
	       read_pem(&out->trust, value, "trust", err) && check_certificate(out, err);
}

void verification_clear(struct verification *verification)
{
	free(verification->bytes);
	free(verification->certificate);
	free(verification->issuer);
	free(verification->chain);
	free(verification->trust);
	*verification = (struct verification){0};
}
