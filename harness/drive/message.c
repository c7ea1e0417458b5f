/* Knows the lines that go to and come from client programs. */
#include "harness/drive/message.h"

#include "core/json.h"
#include "harness/drive/message_examination.h"
#include "harness/drive/message_part.h"

#include <string.h>

#define PROTOCOL_VERSION 1
#define CONCURRENCY_MAX  64

/* The axes that version 1 of the protocol began with. What came later is said only when it
 * says something, so that a program that does not know it goes on as before. */
static bool is_first_axis(const char *name)
{
	static const char *const names[] = {
		"asks_staple",
		"checks_staple",
		"must_staple",
		"requires_staple",
		"fetches_ocsp",
		"ocsp_method",
		"nonce",
		"uses_crl",
		"scope",
		"timeout_ms",
		"skew_s",
		"max_age_s",
		"certid_hash",
		"on_missing",
		"on_unavailable",
		"on_unknown",
		"on_stale",
		"on_malformed",
		"on_bad_signature",
		"on_wrong_certificate",
		"on_revoked",
		"on_error_response",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static json_t *axes_to_json(const struct policy *policy)
{
	json_t *object = policy_to_json(policy);
	for (size_t i = 0; i < num_policy_axes; i++) {
		const struct policy_axis *axis = &policy_axes[i];
		if (policy_get(policy, axis) == axis->fallback && !is_first_axis(axis->name))
			json_object_del(object, axis->name);
	}
	return object;
}

json_t *message_request_to_json(const struct message_request *request)
{
	json_t *object = json_object();
	json_set(object, "id", json_string(request->id));
	json_set(object, "connect",
		 json_pack("{s:s, s:i}", "address", request->address, "port", request->port));
	json_set(object, "server_name", json_string(request->server_name));
	json_set(object, "enforcement", json_string(request->native ? "native" : "application"));
	json_t *policy = request->policy != NULL ? axes_to_json(request->policy) : NULL;
	if (request->impossible_axis != NULL)
		json_set(policy, request->impossible_axis, json_string("yes"));
	json_set(object, "policy", policy);
	if (request->fetch != NULL)
		json_set(object, "fetch", json_string(request->fetch));
	json_set(object, "deadline_ms", json_integer(request->deadline_ms));
	if (request->connections > 1)
		json_set(object, "connections", json_integer(request->connections));
	if (request->starttls != NULL)
		json_set(object, "starttls", json_string(request->starttls));
	if (request->proxy != NULL)
		json_set(object, "proxy",
			 json_pack("{s:s, s:i}", "address", request->proxy, "port",
				   request->proxy_port));
	if (request->trust != NULL)
		json_set(object, "trust", json_string(request->trust));
	if (request->evidence_dir != NULL)
		json_set(object, "evidence_dir", json_string(request->evidence_dir));
	return object;
}

void message_set_text(json_t *object, const char *key, const char *text)
{
	if (text != NULL)
		json_set(object, key, json_string(text));
}

json_t *message_verification_to_json(const struct message_verification *verification)
{
	json_t *object = json_object(), *verify = json_object(), *policy = json_object();
	message_set_text(verify, "kind", verification->is_crl ? "crl" : "ocsp");
	message_set_text(verify, "bytes", verification->bytes);
	message_set_text(verify, "file", verification->file);
	message_set_text(verify, "certificate", verification->certificate);
	message_set_text(verify, "issuer", verification->issuer);
	message_set_text(verify, "chain", verification->chain);
	message_set_text(verify, "trust", verification->trust);
	json_set(object, "id", json_string(verification->id));
	json_set(object, "verify", verify);
	if (verification->has_time)
		json_set(object, "at", json_integer((json_int_t)verification->at_s));
	json_t *all = policy_to_json(verification->policy);
	static const char *const axes[] = {"skew_s", "max_age_s", "certid_hash"};
	for (size_t i = 0; i < sizeof axes / sizeof *axes; i++)
		json_set(policy, axes[i], json_incref(json_object_get(all, axes[i])));
	json_set(object, "policy", policy);
	json_decref(all);
	return object;
}

/* The types of an answer's keys, and of the keys inside. null stands for absent. */
struct key {
	const char *name;
	char type; /* s text, i integer, b boolean, o object, a array of objects, t array of text */
};

static const struct key native_keys[] = {
	{"library", 's'}, {"code", 'i'}, {"name", 's'}, {"text", 's'}};
static const struct key alert_keys[] = {{"direction", 's'}, {"number", 'i'}, {"name", 's'}};
static const struct key tls_keys[] = {{"version", 's'}, {"cipher", 's'}, {"resumed", 'b'}};
static const struct key earlier_keys[] = {
	{"outcome", 's'}, {"reason", 's'},       {"assurance", 's'},  {"tls", 's'},
	{"resumed", 'b'}, {"left_session", 'b'}, {"local_port", 'i'},
};
static const struct key chain_keys[] = {{"verified", 'b'}, {"error", 's'}, {"depth", 'i'}};
static const struct key certificate_keys[] = {
	{"sha256", 's'},   {"serial", 's'},     {"must_staple", 'b'}, {"ocsp_urls", 't'},
	{"crl_urls", 't'}, {"not_before", 's'}, {"not_after", 's'},
};
static const struct key staple_keys[] = {
	{"depth", 'i'},  {"bytes", 'i'},       {"sha256", 's'},      {"response_status", 'v'},
	{"status", 's'}, {"this_update", 's'}, {"next_update", 's'}, {"produced_at", 's'},
	{"signer", 's'}, {"check", 's'},
};
static const struct key fetch_keys[] = {
	{"kind", 's'}, {"depth", 'i'}, {"url", 's'},         {"method", 's'}, {"layer", 's'},
	{"ms", 'i'},   {"check", 's'}, {"http_status", 'i'}, {"text", 's'},   {"local_port", 'i'},
};
static const struct key certid_keys[] = {
	{"hash", 's'}, {"issuer_name_hash", 's'}, {"issuer_key_hash", 's'}, {"serial", 's'}};
static const struct key check_keys_of_answer[] = {
	{"authentic", 'b'},       {"fresh", 'b'},
	{"response_status", 'i'}, {"this_update", 's'},
	{"next_update", 's'},     {"produced_at", 's'},
	{"revocation_time", 's'}, {"revocation_reason", 'i'},
	{"certid", 'o'},          {"signer", 's'},
	{"native", 'o'},
};
static const struct key timing_keys[] = {
	{"connect", 'i'},
	{"handshake", 'i'},
	{"revocation", 'i'},
	{"total", 'i'},
};

static bool has_type(const json_t *value, char type)
{
	size_t i;
	json_t *item;
	switch (type) {
	case 's': return json_is_string(value);
	case 'i': return json_is_integer(value);
	case 'b': return json_is_boolean(value);
	case 'v': return json_is_integer(value) || json_is_string(value);
	case 'o': return json_is_object(value);
	default: break;
	}
	if (!json_is_array(value))
		return false;
	json_array_foreach((json_t *)value, i,
			   item) if (type == 't' ? !json_is_string(item)
						 : !json_is_object(item)) return false;
	return true;
}

static bool check_keys(const json_t *object, const char *where, const struct key *keys, size_t num,
		       struct error *err)
{
	for (size_t i = 0; i < num; i++) {
		const json_t *value = json_object_get(object, keys[i].name);
		if (value != NULL && !json_is_null(value) && !has_type(value, keys[i].type))
			return error_set(err, ERROR_UNABLE, "'%s%s' is of a wrong type", where,
					 keys[i].name);
	}
	return true;
}

struct part {
	struct key key;
	const struct key *keys;
	size_t num;
};

#define PART(name, type, keys)                                 \
	{                                                      \
		{name, type}, keys, sizeof keys / sizeof *keys \
	}
static const struct part parts[] = {
	PART("native", 'o', native_keys),    PART("alert", 'o', alert_keys),
	PART("tls", 'o', tls_keys),          PART("earlier", 'a', earlier_keys),
	PART("chain", 'o', chain_keys),      PART("certificate", 'o', certificate_keys),
	PART("staples", 'a', staple_keys),   PART("fetches", 'a', fetch_keys),
	PART("timing_us", 'o', timing_keys), {{"detail", 's'}, NULL, 0},
	{{"local_port", 'i'}, NULL, 0},
};

static bool check_part(const json_t *object, const struct part *part, struct error *err)
{
	if (!check_keys(object, "", &part->key, 1, err))
		return false;
	json_t *value = json_object_get(object, part->key.name);
	char where[32];
	snprintf(where, sizeof where, "%s.", part->key.name);
	if (json_is_object(value))
		return check_keys(value, where, part->keys, part->num, err);
	size_t i;
	json_t *item;
	json_array_foreach(value, i, item) if (!check_keys(item, where, part->keys, part->num,
							   err)) return false;
	return true;
}

int message_read_name(const json_t *object, const char *key, const struct name_table *table,
		      int fallback, struct error *err)
{
	const json_t *value = json_object_get(object, key);
	if ((value == NULL || json_is_null(value)) && fallback >= 0)
		return fallback;
	const char *spelling = json_string_value(value);
	int found = spelling != NULL ? name_find(table, spelling) : -1;
	if (found < 0)
		error_set(err, ERROR_UNABLE, "'%s' is %s%.40s, which is no %s", key,
			  spelling != NULL ? "" : "absent or no text",
			  spelling != NULL ? spelling : "", table->what);
	return found;
}

bool answer_take(struct answer *answer, json_t *object, struct error *err)
{
	*answer = (struct answer){0};
	int outcome = message_read_name(object, "outcome", &outcome_names, -1, err);
	int reason = message_read_name(object, "reason", &reason_names, -1, err);
	int stage = message_read_name(object, "stage", &stage_names, STAGE_NONE, err);
	int assurance = message_read_name(object, "assurance", &status_names, STATUS_NONE, err);
	bool good = outcome >= 0 && reason >= 0 && stage >= 0 && assurance >= 0;
	if (good && (outcome == OUTCOME_CRASH || outcome == OUTCOME_HANG))
		good = error_set(err, ERROR_UNABLE, "'outcome' %s is not the client's to give",
				 outcome_name((enum outcome)outcome));
	if (good && assurance == STATUS_UNKNOWN)
		good = error_set(err, ERROR_UNABLE, "'assurance' must be good, none or revoked");
	for (size_t i = 0; good && i < sizeof parts / sizeof *parts; i++)
		good = check_part(object, &parts[i], err);
	if (!good) {
		json_decref(object);
		return false;
	}
	const char *detail = json_string_value(json_object_get(object, "detail"));
	*answer = (struct answer){
		.object = object,
		.outcome = (enum outcome)outcome,
		.reason = (enum reason)reason,
		.stage = (enum stage)stage,
		.assurance = (enum status)assurance,
		.detail = detail != NULL ? detail : "",
	};
	return true;
}

static bool check_verification(const json_t *check, struct error *err)
{
	const json_t *certid = json_object_get(check, "certid");
	const json_t *native = json_object_get(check, "native");
	return check_keys(check, "check.", check_keys_of_answer,
			  sizeof check_keys_of_answer / sizeof *check_keys_of_answer, err) &&
	       check_keys(certid, "check.certid.", certid_keys,
			  sizeof certid_keys / sizeof *certid_keys, err) &&
	       check_keys(native, "check.native.", native_keys,
			  sizeof native_keys / sizeof *native_keys, err);
}

bool message_take_refusal(struct answer *answer, json_t *object, const char *key, struct error *err)
{
	if (!answer_take(answer, object, err))
		return false;
	if (answer->outcome != OUTCOME_CONNECT && answer->outcome != OUTCOME_WARN)
		return true;
	answer_clear(answer);
	return error_set(err, ERROR_UNABLE,
			 "'outcome' is a verdict on a connection, and '%s' is missing", key);
}

bool answer_take_check(struct answer *answer, json_t *object, struct error *err)
{
	const json_t *check = json_object_get(object, "check");
	if (check == NULL)
		return message_take_refusal(answer, object, "check", err);
	*answer = (struct answer){0};
	bool good = json_is_object(check) || error_set(err, ERROR_UNABLE, "'check' is no object");
	int verdict = good ? message_read_name(check, "check", &check_names, -1, err) : -1;
	int status =
		good ? message_read_name(check, "status", &status_names, STATUS_NONE, err) : -1;
	if (verdict < 0 || status < 0 || !check_verification(check, err)) {
		json_decref(object);
		return false;
	}
	*answer = (struct answer){
		.object = object,
		.outcome = OUTCOME_ERROR,
		.detail = "",
		.check = check,
		.verdict = (enum check)verdict,
		.status = (enum status)status,
		.authentic = json_is_true(json_object_get(check, "authentic")),
	};
	return true;
}

bool answer_take_as(struct answer *answer, enum answer_kind kind, json_t *object, struct error *err)
{
	switch (kind) {
	case ANSWER_CHECK: return answer_take_check(answer, object, err);
	case ANSWER_EXAMINATION: return answer_take_examination(answer, object, err);
	case ANSWER_PROBE: break;
	}
	return answer_take(answer, object, err);
}

void answer_clear(struct answer *answer)
{
	json_decref(answer->object);
	*answer = (struct answer){0};
}

bool message_check_description(const json_t *object, const char **stack, const char **version,
			       int *max_concurrency, struct error *err)
{
	const json_t *protocol = json_object_get(object, "protocol");
	const json_t *concurrency = json_object_get(object, "max_concurrency");
	if (json_integer_value(protocol) != PROTOCOL_VERSION)
		return error_set(err, ERROR_UNABLE, "--describe: 'protocol' is not %d",
				 PROTOCOL_VERSION);
	*stack = json_string_value(json_object_get(object, "stack"));
	*version = json_string_value(json_object_get(object, "version"));
	if (*stack == NULL || *version == NULL)
		return error_set(err, ERROR_UNABLE, "--describe: 'stack' or 'version' is missing");
	if (!has_type(json_object_get(object, "capabilities"), 't'))
		return error_set(err, ERROR_UNABLE,
				 "--describe: 'capabilities' is no list of names");
	json_int_t number = concurrency == NULL ? 1 : json_integer_value(concurrency);
	if (number < 1)
		return error_set(err, ERROR_UNABLE, "--describe: 'max_concurrency' is below 1");
	*max_concurrency = number > CONCURRENCY_MAX ? CONCURRENCY_MAX : (int)number;
	return true;
}
