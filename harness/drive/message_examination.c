/* Knows the lines of an examination, to and from a client program. */
#include "harness/drive/message_examination.h"

#include "core/base64.h"
#include "core/json.h"
#include "core/json_members.h"
#include "harness/drive/message.h"
#include "harness/model/examination.h"

#include <stdlib.h>
#include <string.h>

#define DIGEST_LETTERS 64 /* of SHA-256 in hexadecimal */

static const char *const kind_spellings[] = {"handshake", "certificates", "fetch"};
static const struct name_table kinds = {"kind", kind_spellings, NULL, NUM_EXAMINATION_KINDS};
static const char *const what_spellings[] = {"ocsp", "crl", "issuer"};
static const char *const wish_spellings[] = {"no", "asked", "required"};
static const struct name_table wishes = {"client certificate", wish_spellings, NULL, 3};
static const char *const direction_spellings[] = {"sent", "received"};
static const struct name_table directions = {"direction", direction_spellings, NULL, 2};
static const char *const method_spellings[] = {"get", "post"};
static const struct name_table methods = {"method", method_spellings, NULL, 2};
static const char *const layer_spellings[] = {"dns",    "connect",   "timeout", "http",
					      "answer", "forbidden", "unusable"};
static const struct name_table layers = {"layer", layer_spellings, NULL, 7};

static void set_place(json_t *object, const char *key, const char *address, int port)
{
	if (address != NULL)
		json_set(object, key, json_pack("{s:s, s:i}", "address", address, "port", port));
}

static void set_handshake(json_t *object, json_t *examine, const struct message_examination *wanted)
{
	json_t *tls = json_object();
	set_place(object, "connect", wanted->address, wanted->port);
	message_set_text(object, "server_name", wanted->server_name);
	message_set_text(object, "starttls", wanted->starttls);
	message_set_text(tls, "min", wanted->tls_min);
	message_set_text(tls, "max", wanted->tls_max);
	if (json_object_size(tls) > 0)
		json_set(object, "tls", json_incref(tls));
	json_decref(tls);
	message_set_text(examine, "key", wanted->key);
	json_set(examine, "asks_staple", json_boolean(wanted->asks_staple));
	json_set(examine, "http", json_boolean(wanted->asks_http));
}

static void set_fetch(json_t *object, json_t *examine, const struct message_examination *wanted)
{
	message_set_text(object, "fetch", wanted->fetch);
	message_set_text(examine, "what", what_spellings[wanted->what]);
	message_set_text(examine, "url", wanted->url);
	if (wanted->what == EXAMINATION_CRL)
		message_set_text(examine, "file", wanted->file);
	if (wanted->what != EXAMINATION_OCSP)
		return;
	message_set_text(examine, "method", wanted->post ? "post" : "get");
	message_set_text(examine, "certificate", wanted->certificate);
	message_set_text(examine, "issuer", wanted->issuer);
}

json_t *message_examination_to_json(const struct message_examination *wanted)
{
	json_t *object = json_object(), *examine = json_object();
	message_set_text(object, "id", wanted->id);
	message_set_text(examine, "kind", kind_spellings[wanted->kind]);
	json_set(object, "examine", examine);
	if (wanted->kind == EXAMINATION_CERTIFICATES) {
		message_set_text(examine, "bytes", wanted->bytes);
		return object;
	}
	set_place(object, "proxy", wanted->proxy, wanted->proxy_port);
	json_set(object, "deadline_ms", json_integer(wanted->deadline_ms));
	message_set_text(object, "trust", wanted->trust);
	if (wanted->kind == EXAMINATION_HANDSHAKE)
		set_handshake(object, examine, wanted);
	else
		set_fetch(object, examine, wanted);
	return object;
}

/* A key that an object must have, and what its value is. */
enum shape {
	SHAPE_TEXT,
	SHAPE_FLAG,
	SHAPE_NUMBER, /* not negative */
	SHAPE_CODE,   /* any whole number */
	SHAPE_BASE64,
	SHAPE_DIGEST,
	SHAPE_OBJECT,
	SHAPE_TEXTS, /* a list of them, likewise below */
	SHAPE_BASE64S,
	SHAPE_OBJECTS,
};

struct field {
	const char *name;
	enum shape shape;
	bool may_be_null;
};

static const struct field handshake_fields[] = {
	{"completed", SHAPE_FLAG, false},   {"detail", SHAPE_TEXT, false},
	{"native", SHAPE_OBJECT, true},     {"alert", SHAPE_OBJECT, true},
	{"tls", SHAPE_OBJECT, true},        {"sent", SHAPE_BASE64S, false},
	{"num_sent", SHAPE_NUMBER, false},  {"chain", SHAPE_OBJECT, false},
	{"staples", SHAPE_OBJECTS, false},  {"greeting", SHAPE_TEXT, true},
	{"http_server", SHAPE_TEXT, true},  {"timing_us", SHAPE_OBJECT, false},
	{"local_port", SHAPE_NUMBER, true},
};
static const struct field native_fields[] = {
	{"library", SHAPE_TEXT, false},
	{"code", SHAPE_CODE, false},
	{"name", SHAPE_TEXT, false},
	{"text", SHAPE_TEXT, false},
};
static const struct field alert_fields[] = {
	{"number", SHAPE_NUMBER, false},
	{"name", SHAPE_TEXT, false},
};
static const struct field tls_fields[] = {
	{"version", SHAPE_TEXT, false},
	{"cipher", SHAPE_TEXT, true},
};
static const struct field chain_fields[] = {
	{"verified", SHAPE_FLAG, false},
	{"error", SHAPE_TEXT, true},
	{"depth", SHAPE_NUMBER, true},
	{"certificates", SHAPE_BASE64S, false},
};
static const struct field staple_fields[] = {
	{"depth", SHAPE_NUMBER, false},
	{"bytes", SHAPE_BASE64, false},
};
static const struct field timing_fields[] = {
	{"connect", SHAPE_NUMBER, false},
	{"handshake", SHAPE_NUMBER, false},
};
static const struct field heap_fields[] = {
	{"certificates", SHAPE_OBJECTS, false},
};
static const struct field certificate_fields[] = {
	{"sha256", SHAPE_DIGEST, false},         {"pem", SHAPE_TEXT, false},
	{"subject", SHAPE_TEXT, false},          {"issuer", SHAPE_TEXT, false},
	{"common_name", SHAPE_TEXT, true},       {"serial", SHAPE_TEXT, false},
	{"not_before", SHAPE_TEXT, true},        {"not_after", SHAPE_TEXT, true},
	{"names", SHAPE_TEXTS, false},           {"is_ca", SHAPE_FLAG, false},
	{"self_signed", SHAPE_FLAG, false},      {"must_staple", SHAPE_FLAG, false},
	{"no_rev_avail", SHAPE_FLAG, false},     {"ocsp_signing", SHAPE_FLAG, false},
	{"ocsp_urls", SHAPE_TEXTS, false},       {"crl_urls", SHAPE_TEXTS, false},
	{"issuer_urls", SHAPE_TEXTS, false},     {"key_id", SHAPE_TEXT, true},
	{"issuer_key_id", SHAPE_TEXT, true},     {"key", SHAPE_TEXT, true},
	{"unusable_urls", SHAPE_OBJECTS, false},
};
static const struct field unusable_fields[] = {{"url", SHAPE_TEXT, false}};
static const struct field fetch_fields[] = {
	{"url", SHAPE_TEXT, false},          {"http_status", SHAPE_NUMBER, true},
	{"content_type", SHAPE_TEXT, true},  {"date", SHAPE_TEXT, true},
	{"address", SHAPE_TEXT, true},       {"redirects", SHAPE_NUMBER, false},
	{"ms", SHAPE_NUMBER, false},         {"ms_dns", SHAPE_NUMBER, false},
	{"ms_connect", SHAPE_NUMBER, false}, {"text", SHAPE_TEXT, true},
	{"length", SHAPE_NUMBER, true},      {"sha256", SHAPE_DIGEST, true},
	{"bytes", SHAPE_BASE64, true},
};

/* No bytes at all are bytes too: a staple may be empty. */
static bool is_base64(const json_t *value)
{
	uint8_t *bytes = NULL;
	size_t len, letters = json_string_length(value);
	if (!json_is_string(value))
		return false;
	bool good = letters == 0 || base64_decode(&bytes, &len, json_string_value(value), letters);
	free(bytes);
	return good;
}

static bool is_digest(const json_t *value)
{
	const char *text = json_string_value(value);
	return text != NULL && strlen(text) == DIGEST_LETTERS &&
	       strspn(text, "0123456789abcdef") == DIGEST_LETTERS;
}

static bool is_one(const json_t *value, enum shape shape)
{
	switch (shape) {
	case SHAPE_TEXT: return json_is_string(value);
	case SHAPE_FLAG: return json_is_boolean(value);
	case SHAPE_NUMBER: return json_is_integer(value) && json_integer_value(value) >= 0;
	case SHAPE_CODE: return json_is_integer(value);
	case SHAPE_BASE64: return is_base64(value);
	case SHAPE_DIGEST: return is_digest(value);
	default: return json_is_object(value);
	}
}

static bool is_of(const json_t *value, enum shape shape)
{
	enum shape one = shape == SHAPE_TEXTS     ? SHAPE_TEXT
			 : shape == SHAPE_BASE64S ? SHAPE_BASE64
						  : SHAPE_OBJECT;
	if (shape < SHAPE_TEXTS)
		return is_one(value, shape);
	if (!json_is_array(value))
		return false;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!is_one(json_array_get(value, i), one))
			return false;
	return true;
}

static bool check_fields(const json_t *object, const char *where, const struct field *fields,
			 size_t num, struct error *err)
{
	for (size_t i = 0; i < num; i++) {
		const json_t *value = json_object_get(object, fields[i].name);
		if (value == NULL)
			return error_set(err, ERROR_UNABLE, "'%s.%s' is missing", where,
					 fields[i].name);
		bool is_good =
			json_is_null(value) ? fields[i].may_be_null : is_of(value, fields[i].shape);
		if (!is_good)
			return error_set(err, ERROR_UNABLE, "'%s.%s' has the wrong type", where,
					 fields[i].name);
	}
	return true;
}
#define CHECK(object, where, fields, err) \
	check_fields(object, where, fields, sizeof fields / sizeof *(fields), err)

/* A name of a closed list that must be there, or may be null. */
static bool check_word(const json_t *object, const char *key, const struct name_table *table,
		       bool may_be_null, struct error *err)
{
	if (may_be_null && json_is_null(json_object_get(object, key)))
		return true;
	return json_members_name(object, key, table, -1, err) >= 0;
}

static bool check_each(const json_t *array, const char *where, const struct field *fields,
		       size_t num, struct error *err)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (!check_fields(json_array_get(array, i), where, fields, num, err))
			return false;
	return true;
}

static bool check_alert(const json_t *alert, struct error *err)
{
	return json_is_null(alert) || (check_word(alert, "direction", &directions, false, err) &&
				       CHECK(alert, "alert", alert_fields, err));
}

static bool check_handshake(const json_t *seen, struct error *err)
{
	if (!CHECK(seen, "examination", handshake_fields, err))
		return false;
	const json_t *native = json_object_get(seen, "native"), *tls = json_object_get(seen, "tls");
	const json_t *chain = json_object_get(seen, "chain");
	return check_word(seen, "reason", &reason_names, true, err) &&
	       check_word(seen, "stage", &stage_names, false, err) &&
	       check_word(seen, "client_certificate", &wishes, false, err) &&
	       check_alert(json_object_get(seen, "alert"), err) &&
	       (json_is_null(native) || CHECK(native, "native", native_fields, err)) &&
	       (json_is_null(tls) || CHECK(tls, "tls", tls_fields, err)) &&
	       CHECK(chain, "chain", chain_fields, err) &&
	       check_word(chain, "reason", &reason_names, true, err) &&
	       check_each(json_object_get(seen, "staples"), "staples", staple_fields,
			  sizeof staple_fields / sizeof *staple_fields, err) &&
	       CHECK(json_object_get(seen, "timing_us"), "timing_us", timing_fields, err);
}

static bool check_unusable_urls(const json_t *certificate, struct error *err)
{
	const json_t *urls = json_object_get(certificate, "unusable_urls");
	if (!check_each(urls, "certificates.unusable_urls", unusable_fields,
			sizeof unusable_fields / sizeof *unusable_fields, err))
		return false;
	for (size_t i = 0; i < json_array_size(urls); i++)
		if (!check_word(json_array_get(urls, i), "kind", &pointer_kind_names, false, err) ||
		    !check_word(json_array_get(urls, i), "why", &url_fault_names, false, err))
			return false;
	return true;
}

static bool check_certificates(const json_t *seen, struct error *err)
{
	const json_t *all = json_object_get(seen, "certificates");
	if (!CHECK(seen, "examination", heap_fields, err) ||
	    !check_each(all, "certificates", certificate_fields,
			sizeof certificate_fields / sizeof *certificate_fields, err))
		return false;
	for (size_t i = 0; i < json_array_size(all); i++)
		if (!check_unusable_urls(json_array_get(all, i), err))
			return false;
	return true;
}

static bool check_fetch(const json_t *seen, struct error *err)
{
	return CHECK(seen, "examination", fetch_fields, err) &&
	       check_word(seen, "method", &methods, false, err) &&
	       check_word(seen, "layer", &layers, false, err);
}

static bool check_examination(const json_t *seen, struct error *err)
{
	if (!json_is_object(seen))
		return error_set(err, ERROR_UNABLE, "'examination' is not an object");
	int kind = json_members_name(seen, "kind", &kinds, -1, err);
	if (kind < 0)
		return false;
	switch ((enum examination_kind)kind) {
	case EXAMINATION_CERTIFICATES: return check_certificates(seen, err);
	case EXAMINATION_FETCH: return check_fetch(seen, err);
	default: return check_handshake(seen, err);
	}
}

bool answer_take_examination(struct answer *answer, json_t *object, struct error *err)
{
	const json_t *seen = json_object_get(object, "examination");
	if (seen == NULL)
		return answer_take_refusal(answer, object, "examination", err);
	*answer = (struct answer){0};
	if (!check_examination(seen, err)) {
		json_decref(object);
		return false;
	}
	*answer = (struct answer){
		.object = object,
		.examination = seen,
	};
	return true;
}
