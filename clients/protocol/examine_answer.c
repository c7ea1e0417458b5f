/* Knows every key of the answer to an examination. */
#include "clients/protocol/examine_answer.h"

#include "clients/protocol/answer.h"
#include "clients/net/http_head.h"

#include "core/base64.h"
#include "core/json.h"
#include "core/lines.h"

#include <string.h>

/* What is kept of the certificates that were sent when not all of them fit. */
#define SENT_WHEN_CUT 2
/* Room is left for the id and what stands around the examination. */
#define EXAMINATION_LINE_MAX (LINE_MAX_BYTES - 4096)

static json_t *name(const char *spelling)
{
	return json_string_nocheck(spelling);
}

static json_t *base64(const uint8_t *bytes, size_t len)
{
	struct text text;
	text_init(&text, 0);
	base64_append(&text, bytes, len, 0);
	json_t *string = json_string_nocheck(text_string(&text));
	text_clear(&text);
	return string;
}

static json_t *visible(const char *bytes)
{
	struct text text;
	text_init(&text, 0);
	text_append_visible(&text, bytes, strlen(bytes));
	json_t *string = answer_text(text_string(&text));
	text_clear(&text);
	return string;
}

/* Behind the id, with the newline. */
static size_t line_len(const json_t *object)
{
	return json_dumpb(object, NULL, 0, JSON_COMPACT) + 1;
}

/* Takes over examination. */
static bool append(struct text *out, const char *id, json_t *examination)
{
	json_t *object = json_object();
	json_set(object, "id", json_foreign_string(id));
	json_set(object, "examination", examination);
	bool done = json_append_line(out, object);
	json_decref(object);
	return done;
}

static json_t *ders_json(const struct der_bytes *all, size_t num)
{
	json_t *array = json_array();
	for (size_t i = 0; i < num && i < MAX_CHAIN; i++)
		json_array_append_new(array, base64(all[i].data, all[i].len));
	return array;
}

static json_t *tls_json(const struct observation *seen)
{
	if (seen->tls_version[0] == '\0')
		return json_null();
	json_t *object = json_object();
	json_set(object, "version", name(seen->tls_version));
	json_set(object, "cipher", answer_text(seen->cipher));
	return object;
}

static json_t *chain_json(const struct observation *seen, const struct handshake_facts *facts)
{
	json_t *object = json_object();
	json_set(object, "verified", json_boolean(seen->chain_verified));
	json_set(object, "reason",
		 facts->chain_failed ? name(reason_name(facts->chain_reason)) : json_null());
	json_set(object, "error", answer_text(seen->chain_error));
	json_set(object, "depth",
		 seen->chain_depth < 0 ? json_null() : json_integer(seen->chain_depth));
	json_set(object, "certificates", ders_json(facts->chain, facts->num_chain));
	return object;
}

static json_t *staples_json(const struct staple_bytes staples[static MAX_CHAIN])
{
	json_t *array = json_array();
	for (size_t depth = 0; depth < MAX_CHAIN; depth++) {
		const struct staple_bytes *staple = &staples[depth];
		if (!staple->present)
			continue;
		json_t *object = json_object();
		json_set(object, "depth", json_integer((json_int_t)depth));
		json_set(object, "bytes", base64(staple->data, staple->len));
		json_array_append_new(array, object);
	}
	return array;
}

/*
 * Whether it is for want of a client certificate that the server ended the connection: in TLS
 * 1.3 there is an alert for that. Before, it is one of those about a certificate, or
 * handshake_failure (RFC 5246 section 7.4.6).
 */
static const char *client_certificate(const struct observation *seen,
				      const struct handshake_facts *facts)
{
	enum {
		HANDSHAKE_FAILURE = 40,
		NO_CERTIFICATE = 41,
		BAD_CERTIFICATE = 42,
		UNKNOWN_CA = 48,
		ACCESS_DENIED = 49,
		CERTIFICATE_REQUIRED = 116
	};
	int alert = seen->alert_sent ? -1 : seen->alert_number;
	if (!facts->asked_certificate)
		return "no";
	bool is_about = alert == HANDSHAKE_FAILURE || alert == NO_CERTIFICATE ||
			alert == UNKNOWN_CA || alert == ACCESS_DENIED || alert == BAD_CERTIFICATE ||
			alert == CERTIFICATE_REQUIRED;
	return is_about ? "required" : "asked";
}

static json_t *server_json(const struct handshake_facts *facts)
{
	struct text shown;
	text_init(&shown, 0);
	http_head_server(&shown, text_string(&facts->http), facts->http.len);
	json_t *string = answer_text(text_string(&shown));
	text_clear(&shown);
	return string;
}

static json_t *timing_json(const struct observation *seen)
{
	json_t *object = json_object();
	json_set(object, "connect", json_integer(seen->connect_us));
	json_set(object, "handshake", json_integer(seen->handshake_us));
	return object;
}

/* Leaves out what makes the line too long, the dearest last. */
static void cut_handshake(json_t *object, const struct handshake_facts *facts)
{
	size_t num = facts->num_sent < SENT_WHEN_CUT ? facts->num_sent : SENT_WHEN_CUT;
	if (line_len(object) <= EXAMINATION_LINE_MAX)
		return;
	json_set(object, "cut", json_true());
	json_set(object, "sent", ders_json(facts->sent, num));
	if (line_len(object) > EXAMINATION_LINE_MAX)
		json_set(object, "sent", json_array());
	if (line_len(object) > EXAMINATION_LINE_MAX)
		json_set(json_object_get(object, "chain"), "certificates", json_array());
	if (line_len(object) > EXAMINATION_LINE_MAX)
		json_set(object, "staples", json_array());
}

bool examine_append_handshake(struct text *out, const char *id, const struct observation *seen,
			      const struct staple_bytes staples[static MAX_CHAIN],
			      const struct handshake_facts *facts, const char *greeting)
{
	json_t *object = json_object();
	json_set(object, "kind", name("handshake"));
	json_set(object, "completed", json_boolean(facts->completed));
	json_set(object, "reason", facts->is_over ? name(reason_name(seen->reason)) : json_null());
	json_set(object, "stage", name(stage_name(seen->stage)));
	json_set(object, "detail", json_foreign_string(seen->detail));
	json_set(object, "native", answer_native(&seen->native));
	json_set(object, "alert", answer_alert(seen));
	json_set(object, "tls", tls_json(seen));
	json_set(object, "sent", ders_json(facts->sent, facts->num_sent));
	json_set(object, "num_sent", json_integer((json_int_t)facts->num_sent));
	json_set(object, "chain", chain_json(seen, facts));
	json_set(object, "staples", staples_json(staples));
	json_set(object, "client_certificate", name(client_certificate(seen, facts)));
	json_set(object, "greeting", visible(greeting));
	json_set(object, "http_server", server_json(facts));
	json_set(object, "timing_us", timing_json(seen));
	json_set(object, "local_port",
		 seen->local_port == 0 ? json_null() : json_integer(seen->local_port));
	cut_handshake(object, facts);
	return append(out, id, object);
}

static json_t *names_json(const struct certificate_details *one)
{
	json_t *array = json_array();
	for (size_t i = 0; i < one->num_names; i++)
		json_array_append_new(array, json_foreign_string(one->names[i]));
	return array;
}

static json_t *id_json(const uint8_t *id, size_t len)
{
	return len == 0 ? json_null() : answer_hex(id, len);
}

static json_t *certificate_json(const struct certificate_details *one)
{
	const struct certificate_facts *facts = &one->facts;
	json_t *object = json_object();
	json_set(object, "sha256", answer_hex(facts->sha256, sizeof facts->sha256));
	json_set(object, "pem", json_foreign_string(one->pem != NULL ? one->pem : ""));
	json_set(object, "subject", json_foreign_string(one->subject));
	json_set(object, "issuer", json_foreign_string(one->issuer));
	json_set(object, "common_name", answer_text(one->common_name));
	json_set(object, "serial", json_foreign_string(facts->serial));
	json_set(object, "not_before", answer_utc(facts->not_before));
	json_set(object, "not_after", answer_utc(facts->not_after));
	json_set(object, "names", names_json(one));
	json_set(object, "is_ca", json_boolean(one->is_ca));
	json_set(object, "self_signed", json_boolean(one->self_signed));
	json_set(object, "must_staple", json_boolean(facts->must_staple));
	json_set(object, "no_rev_avail", json_boolean(facts->no_rev_avail));
	json_set(object, "ocsp_signing", json_boolean(one->ocsp_signing));
	json_set(object, "ocsp_urls", answer_urls(&facts->ocsp));
	json_set(object, "crl_urls", answer_urls(&facts->crl));
	json_set(object, "issuer_urls", answer_urls(&facts->issuer));
	json_set(object, "unusable_urls", answer_unusable_urls(facts));
	json_set(object, "key_id", id_json(one->key_id, one->key_id_len));
	json_set(object, "issuer_key_id", id_json(one->issuer_key_id, one->issuer_key_id_len));
	json_set(object, "key", answer_text(one->key));
	return object;
}

bool examine_append_certificates(struct text *out, const char *id,
				 const struct certificate_list *list)
{
	json_t *object = json_object(), *array = json_array();
	size_t len = 0;
	for (size_t i = 0; i < list->num; i++) {
		json_t *one = certificate_json(&list->all[i]);
		len += line_len(one);
		if (len > EXAMINATION_LINE_MAX) {
			json_decref(one);
			json_set(object, "cut", json_true());
			break;
		}
		json_array_append_new(array, one);
	}
	json_set(object, "kind", name("certificates"));
	json_set(object, "certificates", array);
	return append(out, id, object);
}

static json_t *number_or_null(int64_t number)
{
	return number == 0 ? json_null() : json_integer(number);
}

/* What came, when something came. */
static void set_body(json_t *object, const struct examination *wanted, const struct text *body,
		     const uint8_t *digest)
{
	bool is_here = body != NULL && wanted->what != EXAMINATION_CRL;
	const uint8_t *bytes = body != NULL ? (const uint8_t *)text_string(body) : NULL;
	json_set(object, "length",
		 body != NULL ? json_integer((json_int_t)body->len) : json_null());
	json_set(object, "sha256", body != NULL ? answer_hex(digest, 32) : json_null());
	json_set(object, "bytes", is_here ? base64(bytes, body->len) : json_null());
}

bool examine_append_fetch(struct text *out, const char *id, const struct examination *wanted,
			  const struct fetch_facts *facts, const struct text *body,
			  const uint8_t digest[static 32])
{
	json_t *object = json_object();
	json_set(object, "kind", name("fetch"));
	json_set(object, "url", json_foreign_string(facts->url));
	json_set(object, "method", name(facts->post ? "post" : "get"));
	json_set(object, "layer", name(answer_layer(facts->layer)));
	json_set(object, "http_status", number_or_null(facts->http_status));
	json_set(object, "content_type", answer_text(facts->content_type));
	json_set(object, "date", answer_utc(facts->date));
	json_set(object, "age", facts->age_s < 0 ? json_null() : json_integer(facts->age_s));
	json_set(object, "address", answer_text(facts->address));
	json_set(object, "redirects", json_integer(facts->redirects));
	json_set(object, "ms", json_integer(facts->ms));
	json_set(object, "ms_dns", json_integer(facts->ms_dns));
	json_set(object, "ms_connect", json_integer(facts->ms_connect));
	json_set(object, "text", answer_text(facts->text));
	set_body(object, wanted, body, digest);
	return append(out, id, object);
}
