/* Knows the requests to client programs. */
#include "harness/drive/message.h"

#include "core/json.h"

#include <string.h>

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

void message_set_text(json_t *object, const char *key, const char *text)
{
	if (text != NULL)
		json_set(object, key, json_string(text));
}

json_t *message_request_to_json(const struct message_request *request)
{
	json_t *object = json_object();
	json_set(object, "id", json_string(request->id));
	json_set(object, "connect",
		 json_pack("{s:s, s:i}", "address", request->address, "port", request->port));
	json_set(object, "server_name", json_string(request->server_name));
	json_set(object, "enforcement", json_string(request->native ? "native" : "application"));
	if (request->policy != NULL) {
		json_t *policy = axes_to_json(request->policy);
		if (request->impossible_axis != NULL)
			json_set(policy, request->impossible_axis, json_string("yes"));
		json_set(object, "policy", policy);
	}
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
