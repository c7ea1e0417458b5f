/* Knows the keys of a request that wants something looked at and not judged. */
#include "clients/protocol/examination.h"

#include "clients/facts/observation.h"

#include "core/base64.h"
#include "core/json.h"

#include <stdlib.h>
#include <string.h>

#define PEM_TEXT_MAX  ((size_t)256 << 10)
#define PATH_TEXT_MAX 4096

static const char *const kind_spellings[] = {"handshake", "certificates", "fetch"};
static const struct name_table kinds = {"kind", kind_spellings, NULL, NUM_EXAMINATION_KINDS};
static const char *const key_spellings[] = {"any", "rsa", "ecdsa"};
static const struct name_table keys = {"key", key_spellings, NULL, 3};
static const char *const what_spellings[] = {"ocsp", "crl", "issuer"};
static const struct name_table whats = {"what", what_spellings, NULL, 3};
static const char *const method_spellings[] = {"get", "post"};
static const struct name_table methods = {"method", method_spellings, NULL, 2};

static int find_name(const struct name_table *table, const json_t *value)
{
	return json_is_string(value) ? name_find(table, json_string_value(value)) : -1;
}

int examination_kind_of(const json_t *value)
{
	return find_name(&kinds, json_object_get(value, "kind"));
}

static bool read_flag(bool *out, const json_t *object, const char *key, struct error *err)
{
	const json_t *value = json_object_get(object, key);
	if (value != NULL && !json_is_boolean(value))
		return error_set(err, ERROR_USAGE, "'examine.%s' is true or false", key);
	if (value != NULL)
		*out = json_is_true(value);
	return true;
}

/* New text of 1 to max bytes without a NUL inside. */
static bool take_text(char **out, const json_t *object, const char *key, size_t max,
		      struct error *err)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	if (text == NULL || len == 0 || len > max || strlen(text) != len)
		return error_set(err, ERROR_USAGE, "'examine.%s' is text of 1 to %zu bytes", key,
				 max);
	*out = strdup(text);
	return *out != NULL || error_set(err, ERROR_UNABLE, "out of memory");
}

static bool read_handshake(struct examination *out, const json_t *object, struct error *err)
{
	static const char *const known[] = {"asks_staple", "http", "key", "kind"};
	const json_t *value = json_object_get(object, "key");
	int key = value != NULL ? find_name(&keys, value) : EXAMINATION_KEY_ANY;
	if (key < 0)
		return error_set(err, ERROR_USAGE,
				 "'examine.key' is \"any\", \"rsa\" or \"ecdsa\"");
	out->key = (enum examination_key)key;
	out->asks_staple = true;
	return json_only_keys(object, "examine", known, sizeof known / sizeof *known, err) &&
	       read_flag(&out->asks_staple, object, "asks_staple", err) &&
	       read_flag(&out->asks_http, object, "http", err);
}

static bool read_certificates(struct examination *out, const json_t *object, struct error *err)
{
	static const char *const known[] = {"bytes", "kind"};
	const json_t *value = json_object_get(object, "bytes");
	const char *text = json_string_value(value);
	if (!json_only_keys(object, "examine", known, sizeof known / sizeof *known, err))
		return false;
	return (text != NULL &&
		base64_decode(&out->bytes, &out->len, text, json_string_length(value))) ||
	       error_set(err, ERROR_USAGE, "'examine.bytes' is text in base64");
}

static bool read_ocsp(struct examination *out, const json_t *object, struct error *err)
{
	static const char *const known[] = {"certificate", "issuer", "kind",
					    "method",      "url",    "what"};
	if (!json_only_keys(object, "examine", known, sizeof known / sizeof *known, err))
		return false;
	int method = find_name(&methods, json_object_get(object, "method"));
	if (method < 0)
		return error_set(err, ERROR_USAGE, "'examine.method' is \"get\" or \"post\"");
	out->method = method == 0 ? OCSP_METHOD_GET : OCSP_METHOD_POST;
	return take_text(&out->certificate, object, "certificate", PEM_TEXT_MAX, err) &&
	       take_text(&out->issuer, object, "issuer", PEM_TEXT_MAX, err);
}

static bool read_crl(struct examination *out, const json_t *object, struct error *err)
{
	static const char *const known[] = {"file", "kind", "url", "what"};
	if (!json_only_keys(object, "examine", known, sizeof known / sizeof *known, err) ||
	    !take_text(&out->file, object, "file", PATH_TEXT_MAX, err))
		return false;
	/* "-" would be standard output, where only answers go. */
	return out->file[0] == '/' ||
	       error_set(err, ERROR_USAGE, "'examine.file' is an absolute path");
}

static bool read_issuer(struct examination *out, const json_t *object, struct error *err)
{
	static const char *const known[] = {"kind", "url", "what"};
	(void)out;
	return json_only_keys(object, "examine", known, sizeof known / sizeof *known, err);
}

static bool read_fetch(struct examination *out, const json_t *object, struct error *err)
{
	int what = find_name(&whats, json_object_get(object, "what"));
	if (what < 0)
		return error_set(err, ERROR_USAGE,
				 "'examine.what' is \"ocsp\", \"crl\" or \"issuer\"");
	out->what = (enum examination_what)what;
	if (!take_text(&out->url, object, "url", URL_TEXT_MAX - 1, err))
		return false;
	switch (out->what) {
	case EXAMINATION_OCSP: return read_ocsp(out, object, err);
	case EXAMINATION_CRL: return read_crl(out, object, err);
	case EXAMINATION_ISSUER: break;
	}
	return read_issuer(out, object, err);
}

bool examination_read(struct examination *out, const json_t *value, struct error *err)
{
	out->wanted = true;
	if (!json_is_object(value))
		return error_set(err, ERROR_USAGE, "'examine' is an object");
	int kind = examination_kind_of(value);
	if (kind < 0)
		return error_set(err, ERROR_USAGE,
				 "'examine.kind' is \"handshake\", \"certificates\" or \"fetch\"");
	out->kind = (enum examination_kind)kind;
	switch (out->kind) {
	case EXAMINATION_CERTIFICATES: return read_certificates(out, value, err);
	case EXAMINATION_FETCH: return read_fetch(out, value, err);
	default: return read_handshake(out, value, err);
	}
}

void examination_clear(struct examination *examination)
{
	free(examination->bytes);
	free(examination->url);
	free(examination->certificate);
	free(examination->issuer);
	free(examination->file);
	*examination = (struct examination){0};
}
