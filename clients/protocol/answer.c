/* Knows every key of an answer line. */
#include "clients/protocol/answer.h"

#include "core/clock.h"
#include "core/json.h"

#include <stdio.h>

json_t *answer_hex(const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char out[2 * DIGEST_MAX];
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	return json_stringn_nocheck(out, 2 * len);
}

/* 0 stands for an absent time. */
json_t *answer_utc(int64_t seconds)
{
	char out[32];
	return seconds == 0 ? json_null() : json_string(clock_print_utc(out, seconds));
}

json_t *answer_text(const char *text)
{
	return text[0] == '\0' ? json_null() : json_foreign_string(text);
}

/* A name of one of our own closed lists: known to be UTF-8. */
static json_t *name(const char *spelling)
{
	return json_string_nocheck(spelling);
}

json_t *answer_native(const struct native *native)
{
	if (native->library[0] == '\0' && native->text[0] == '\0' && native->code == 0)
		return json_null();
	json_t *object = json_object();
	json_set(object, "library", json_foreign_string(native->library));
	json_set(object, "code", json_integer(native->code));
	json_set(object, "name", json_foreign_string(native->name));
	json_set(object, "text", json_foreign_string(native->text));
	return object;
}

json_t *answer_alert(const struct observation *seen)
{
	if (seen->alert_number < 0)
		return json_null();
	json_t *object = json_object();
	json_set(object, "direction", name(seen->alert_sent ? "sent" : "received"));
	json_set(object, "number", json_integer(seen->alert_number));
	json_set(object, "name", name(alert_name(seen->alert_number)));
	return object;
}

json_t *answer_urls(const struct url_list *list)
{
	json_t *array = json_array();
	for (size_t i = 0; i < list->num; i++)
		json_array_append_new(array, json_foreign_string(list->urls[i]));
	return array;
}

static void add_unusable(json_t *array, const char *kind, const struct url_list *list)
{
	for (size_t i = 0; i < list->num_unusable; i++) {
		json_t *object = json_object();
		json_set(object, "kind", name(kind));
		json_set(object, "url", json_foreign_string(list->unusable[i].url));
		json_set(object, "why", name(url_fault_name(list->unusable[i].why)));
		json_array_append_new(array, object);
	}
}

json_t *answer_unusable_urls(const struct certificate_facts *facts)
{
	json_t *array = json_array();
	add_unusable(array, "ocsp", &facts->ocsp);
	add_unusable(array, "crl", &facts->crl);
	add_unusable(array, "issuer", &facts->issuer);
	return array;
}

static json_t *certificate_json(const struct certificate_facts *facts)
{
	if (!facts->present)
		return json_null();
	json_t *object = json_object();
	json_set(object, "sha256", answer_hex(facts->sha256, sizeof facts->sha256));
	json_set(object, "serial", json_foreign_string(facts->serial));
	json_set(object, "must_staple", json_boolean(facts->must_staple));
	json_set(object, "ocsp_urls", answer_urls(&facts->ocsp));
	json_set(object, "crl_urls", answer_urls(&facts->crl));
	json_set(object, "unusable_urls", answer_unusable_urls(facts));
	json_set(object, "not_before", answer_utc(facts->not_before));
	json_set(object, "not_after", answer_utc(facts->not_after));
	return object;
}

static json_t *chain_json(const struct observation *seen)
{
	json_t *object = json_object();
	json_set(object, "verified", json_boolean(seen->chain_verified));
	json_set(object, "error", answer_text(seen->chain_error));
	json_set(object, "depth",
		 seen->chain_depth < 0 ? json_null() : json_integer(seen->chain_depth));
	return object;
}

static json_t *staple_json(const struct staple_facts *staple)
{
	const struct status_check *check = &staple->check;
	json_t *object = json_object();
	json_set(object, "depth", json_integer((json_int_t)staple->depth));
	json_set(object, "bytes", json_integer((json_int_t)staple->len));
	json_set(object, "sha256", answer_hex(staple->sha256, sizeof staple->sha256));
	json_set(object, "response_status",
		 check->response_status < 0 ? json_null() : json_integer(check->response_status));
	json_set(object, "status", name(status_name(check->status)));
	json_set(object, "this_update", answer_utc(check->this_update));
	json_set(object, "next_update", answer_utc(check->next_update));
	json_set(object, "produced_at", answer_utc(check->produced_at));
	json_set(object, "signer", answer_text(check->signer));
	json_set(object, "check", name(check_name(check->check)));
	return object;
}

const char *answer_layer(enum fetch_layer layer)
{
	static const char *const names[] = {
		[FETCH_DNS] = "dns",           [FETCH_CONNECT] = "connect",
		[FETCH_TIMEOUT] = "timeout",   [FETCH_HTTP] = "http",
		[FETCH_ANSWER] = "answer",     [FETCH_FORBIDDEN] = "forbidden",
		[FETCH_UNUSABLE] = "unusable",
	};
	return names[layer];
}

static json_t *late_json(int64_t late_us)
{
	return late_us < 0 ? json_null() : json_integer(late_us);
}

static json_t *fetch_json(const struct fetch_facts *fetch)
{
	json_t *object = json_object();
	json_set(object, "kind", name(fetch->is_crl ? "crl" : "ocsp"));
	json_set(object, "depth", json_integer((json_int_t)fetch->depth));
	json_set(object, "url", json_foreign_string(fetch->url));
	json_set(object, "method", name(fetch->post ? "POST" : "GET"));
	json_set(object, "layer", name(answer_layer(fetch->layer)));
	json_set(object, "http_status",
		 fetch->http_status == 0 ? json_null() : json_integer(fetch->http_status));
	json_set(object, "ms", json_integer(fetch->ms));
	json_set(object, "late_us", late_json(fetch->late_us));
	json_set(object, "check", name(check_name(fetch->check.check)));
	json_set(object, "text", answer_text(fetch->text));
	json_set(object, "local_port",
		 fetch->local_port == 0 ? json_null() : json_integer(fetch->local_port));
	return object;
}

static json_t *tls_json(const struct observation *seen)
{
	json_t *object = json_object();
	json_set(object, "version", answer_text(seen->tls_version));
	json_set(object, "cipher", answer_text(seen->cipher));
	if (seen->num_earlier > 0)
		json_set(object, "resumed", json_boolean(seen->resumed));
	return object;
}

/* The connections before the one that the answer is about, oldest first. */
static json_t *earlier_json(const struct observation *seen)
{
	json_t *array = json_array();
	for (size_t i = 0; i < seen->num_earlier; i++) {
		const struct earlier_connection *earlier = &seen->earlier[i];
		json_t *object = json_object();
		json_set(object, "outcome", name(outcome_name(earlier->outcome)));
		json_set(object, "reason", name(reason_name(earlier->reason)));
		json_set(object, "assurance", name(status_name(earlier->assurance)));
		json_set(object, "tls", answer_text(earlier->tls_version));
		json_set(object, "resumed", json_boolean(earlier->resumed));
		json_set(object, "left_session", json_boolean(earlier->has_session));
		json_set(object, "local_port",
			 earlier->local_port == 0 ? json_null()
						  : json_integer(earlier->local_port));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *timing_json(const struct observation *seen)
{
	json_t *object = json_object();
	json_set(object, "connect", json_integer(seen->connect_us));
	json_set(object, "handshake", json_integer(seen->handshake_us));
	json_set(object, "revocation", json_integer(seen->revocation_us));
	json_set(object, "total", json_integer(seen->total_us));
	json_set(object, "late", late_json(seen->late_us));
	return object;
}

static json_t *head_json(const char *id, enum outcome outcome, enum reason reason,
			 const char *detail)
{
	json_t *object = json_object();
	json_set(object, "id", id == NULL ? json_null() : json_foreign_string(id));
	json_set(object, "outcome", name(outcome_name(outcome)));
	json_set(object, "reason", name(reason_name(reason)));
	json_set(object, "detail", json_foreign_string(detail));
	return object;
}

bool answer_append(struct text *out, const char *id, const struct observation *seen)
{
	json_t *object = head_json(id, seen->outcome, seen->reason, seen->detail);
	json_set(object, "stage", name(stage_name(seen->stage)));
	json_set(object, "native", answer_native(&seen->native));
	json_set(object, "alert", answer_alert(seen));
	json_set(object, "assurance", name(status_name(seen->assurance)));
	json_set(object, "tls", tls_json(seen));
	if (seen->num_earlier > 0)
		json_set(object, "earlier", earlier_json(seen));
	json_set(object, "certificate", certificate_json(&seen->certificate));
	json_set(object, "chain", chain_json(seen));
	json_t *staples = json_array(), *fetches = json_array();
	for (size_t i = 0; i < seen->num_staples; i++)
		json_array_append_new(staples, staple_json(&seen->staples[i]));
	for (size_t i = 0; i < seen->num_fetches; i++)
		json_array_append_new(fetches, fetch_json(&seen->fetches[i]));
	json_set(object, "staples", staples);
	json_set(object, "fetches", fetches);
	json_set(object, "timing_us", timing_json(seen));
	json_set(object, "local_port",
		 seen->local_port == 0 ? json_null() : json_integer(seen->local_port));
	bool done = json_append_line(out, object);
	json_decref(object);
	return done;
}

static json_t *certid_json(const struct certid_facts *certid)
{
	if (certid->hash[0] == '\0')
		return json_null();
	json_t *object = json_object();
	json_set(object, "hash", json_foreign_string(certid->hash));
	json_set(object, "issuer_name_hash", answer_hex(certid->name_hash, certid->name_len));
	json_set(object, "issuer_key_hash", answer_hex(certid->key_hash, certid->key_len));
	json_set(object, "serial", json_foreign_string(certid->serial));
	return object;
}

static json_t *check_json(const struct status_check *check)
{
	json_t *object = json_object();
	json_set(object, "check", name(check_name(check->check)));
	json_set(object, "status", name(status_name(check->status)));
	json_set(object, "authentic", json_boolean(check->authentic));
	json_set(object, "fresh", json_boolean(check->fresh));
	json_set(object, "tolerated", json_boolean(check->tolerated));
	json_set(object, "response_status",
		 check->response_status < 0 ? json_null() : json_integer(check->response_status));
	json_set(object, "this_update", answer_utc(check->this_update));
	json_set(object, "next_update", answer_utc(check->next_update));
	json_set(object, "produced_at", answer_utc(check->produced_at));
	json_set(object, "revocation_time", answer_utc(check->revocation_time));
	json_set(object, "revocation_reason",
		 check->revocation_reason < 0 ? json_null()
					      : json_integer(check->revocation_reason));
	json_set(object, "covered_reasons",
		 check->check == CHECK_INCOMPLETE ? json_integer(check->covered_reasons)
						  : json_null());
	json_set(object, "certid", certid_json(&check->certid));
	json_set(object, "signer", answer_text(check->signer));
	json_set(object, "native", answer_native(&check->native));
	return object;
}

bool answer_append_check(struct text *out, const char *id, const struct status_check *check)
{
	json_t *object = json_object();
	json_set(object, "id", json_foreign_string(id));
	json_set(object, "check", check_json(check));
	bool done = json_append_line(out, object);
	json_decref(object);
	return done;
}

bool answer_append_refusal(struct text *out, const char *id, enum outcome outcome,
			   enum reason reason, const char *detail)
{
	json_t *object = head_json(id, outcome, reason, detail);
	bool done = json_append_line(out, object);
	json_decref(object);
	return done;
}
