/* Knows the lines that go to and come from client programs. */
#include "harness/drive/message.h"

#include "core/json.h"
#include "harness/drive/message_examination.h"
#include "harness/drive/message_part.h"
#include "harness/run/observation_read.h"

#include <string.h>

#define PROTOCOL_VERSION 1
#define CONCURRENCY_MAX  64

/* Without those later axes that are at their default. */
static json_t *axes_to_json(const struct policy *policy)
{
	json_t *object = policy_to_json(policy);
	for (size_t i = 0; i < num_policy_axes; i++) {
		const struct policy_axis *axis = &policy_axes[i];
		if (!axis->always_sent && policy_get(policy, axis) == axis->fallback)
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

bool answer_take(struct answer *answer, json_t *object, struct error *err)
{
	*answer = (struct answer){.object = object};
	if (observation_read(&answer->observation, object, err)) {
		if (answer->observation.detail == NULL)
			answer->observation.detail = "";
		return true;
	}
	answer_clear(answer);
	return false;
}

bool message_take_refusal(struct answer *answer, json_t *object, const char *key, struct error *err)
{
	if (!answer_take(answer, object, err))
		return false;
	enum outcome outcome = answer->observation.outcome;
	if (outcome != OUTCOME_CONNECT && outcome != OUTCOME_WARN)
		return true;
	answer_clear(answer);
	return error_set(err, ERROR_UNABLE,
			 "'outcome' is a verdict on a connection, and '%s' is missing", key);
}

bool answer_take_check(struct answer *answer, json_t *object, struct error *err)
{
	json_t *check = json_object_get(object, "check");
	if (check == NULL)
		return message_take_refusal(answer, object, "check", err);
	*answer = (struct answer){.object = object, .check = check};
	if (status_check_read(&answer->seen, check, err))
		return true;
	answer_clear(answer);
	return false;
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
	observation_clear(&answer->observation);
	json_decref(answer->object);
	*answer = (struct answer){0};
}

static bool is_list_of_texts(const json_t *value)
{
	bool all = json_is_array(value);
	for (size_t i = 0; all && i < json_array_size(value); i++)
		all = json_is_string(json_array_get(value, i));
	return all;
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
	if (!is_list_of_texts(json_object_get(object, "capabilities")))
		return error_set(err, ERROR_UNABLE,
				 "--describe: 'capabilities' is no list of names");
	json_int_t number = concurrency == NULL ? 1 : json_integer_value(concurrency);
	if (number < 1)
		return error_set(err, ERROR_UNABLE, "--describe: 'max_concurrency' is below 1");
	*max_concurrency = number > CONCURRENCY_MAX ? CONCURRENCY_MAX : (int)number;
	return true;
}
