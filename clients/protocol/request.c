/* Knows every key of a request line, and refuses all others. */
#include "clients/protocol/request.h"

#include "clients/net/net.h"
#include "clients/net/proxy.h"
#include "core/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_MAX             256
#define SERVER_NAME_MAX    253
#define PATH_TEXT_MAX      4096
#define STARTTLS_MAX       32
#define DEFAULT_DEADLINE   10000
#define LONGEST_DEADLINE   600000
#define LAST_SECOND        INT64_C(253402300799) /* of the year 9999 */
#define SYSTEM_TRUST_STORE "/etc/ssl/certs/ca-certificates.crt"

static const char *const enforcement_spellings[] = {"application", "native"};
static const struct name_table enforcement_table = {"enforcement", enforcement_spellings, NULL, 2};
static const char *const fetch_spellings[] = {"any", "public", "none"};
static const struct name_table fetch_table = {"fetch rule", fetch_spellings, NULL, 3};

/* New text of 1 to max bytes without a NUL inside, or NULL with err. */
static char *take_text(const json_t *value, const char *key, size_t max, struct error *err)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	if (text == NULL || len == 0 || len > max || strlen(text) != len) {
		error_set(err, ERROR_USAGE, "'%s' is text of 1 to %zu bytes", key, max);
		return NULL;
	}
	char *copy = strdup(text);
	if (copy == NULL)
		error_set(err, ERROR_UNABLE, "out of memory");
	return copy;
}

static bool read_number(int *out, const json_t *value, const char *key, int least, int most,
			struct error *err)
{
	json_int_t number = json_integer_value(value);
	if (!json_is_integer(value) || number < least || number > most)
		return error_set(err, ERROR_USAGE, "'%s' is a number from %d to %d", key, least,
				 most);
	*out = (int)number;
	return true;
}

static bool read_name(int *out, const json_t *value, const struct name_table *table,
		      struct error *err)
{
	char list[128];
	int found = json_is_string(value) ? name_find(table, json_string_value(value)) : -1;
	if (found < 0)
		return error_set(err, ERROR_USAGE, "unknown %s '%.64s' (one of: %s)", table->what,
				 json_is_string(value) ? json_string_value(value) : "?",
				 name_list(list, sizeof list, table));
	*out = found;
	return true;
}

/* {"address": ..., "port": ...} under a key. */
static bool read_place(char **address, int *port, const json_t *value, const char *key,
		       struct error *err)
{
	static const char *const known[] = {"address", "port"};
	char name[32];
	if (!json_is_object(value))
		return error_set(err, ERROR_USAGE, "'%s' is an object with address and port", key);
	if (!json_only_keys(value, key, known, 2, err))
		return false;
	snprintf(name, sizeof name, "%s.address", key);
	*address = take_text(json_object_get(value, "address"), name, SERVER_NAME_MAX, err);
	snprintf(name, sizeof name, "%s.port", key);
	return *address != NULL &&
	       read_number(port, json_object_get(value, "port"), name, 1, 65535, err);
}

static bool read_connect(struct request *request, const json_t *value, struct error *err)
{
	return read_place(&request->address, &request->port, value, "connect", err);
}

static bool read_proxy(struct request *request, const json_t *value, struct error *err)
{
	if (json_is_null(value))
		return true;
	if (!read_place(&request->proxy, &request->proxy_port, value, "proxy", err))
		return false;
	return net_is_address(request->proxy) ||
	       error_set(err, ERROR_USAGE, "'proxy.address': invalid numeric address '%.64s'",
			 request->proxy);
}

static bool read_version(int *out, const json_t *value, const char *key, struct error *err)
{
	if (value == NULL)
		return true;
	const char *text = json_is_string(value) ? json_string_value(value) : "";
	if (strcmp(text, "1.2") == 0)
		*out = 2;
	else if (strcmp(text, "1.3") == 0)
		*out = 3;
	else
		return error_set(err, ERROR_USAGE, "'%s' is \"1.2\" or \"1.3\"", key);
	return true;
}

static bool read_tls(struct request *request, const json_t *value, struct error *err)
{
	static const char *const known[] = {"max", "min"};
	int least = 2, most = 3;
	if (!json_is_object(value))
		return error_set(err, ERROR_USAGE, "'tls' is an object with min and max");
	if (!json_only_keys(value, "tls", known, 2, err) ||
	    !read_version(&least, json_object_get(value, "min"), "tls.min", err) ||
	    !read_version(&most, json_object_get(value, "max"), "tls.max", err))
		return false;
	if (least > most)
		return error_set(err, ERROR_USAGE, "tls.min is above tls.max");
	request->tls = (least == 2 ? TLS_BIT_1_2 : 0) | (most == 3 ? TLS_BIT_1_3 : 0);
	return true;
}

static bool read_policy(struct request *request, const json_t *value, struct error *err)
{
	const struct policy_axis *one, *other;
	if (!policy_from_json(&request->policy, value, err))
		return false;
	const char *fault = policy_contradiction(&request->policy, &one, &other);
	if (fault != NULL)
		return error_set(err, ERROR_USAGE, "policy: %s and %s contradict each other: %s",
				 one->name, other->name, fault);
	request->has_axes = json_object_size(value) > 0;
	return true;
}

static bool read_enforcement(struct request *request, const json_t *value, struct error *err)
{
	int found = 0;
	if (!read_name(&found, value, &enforcement_table, err))
		return false;
	request->enforcement = (enum enforcement)found;
	return true;
}

static bool read_fetch(struct request *request, const json_t *value, struct error *err)
{
	int found = 0;
	if (!read_name(&found, value, &fetch_table, err))
		return false;
	request->fetch = (enum fetch_rule)found;
	return true;
}

static bool read_deadline(struct request *request, const json_t *value, struct error *err)
{
	return read_number(&request->deadline_ms, value, "deadline_ms", 1, LONGEST_DEADLINE, err);
}

static bool read_connections(struct request *request, const json_t *value, struct error *err)
{
	return read_number(&request->connections, value, "connections", 1, CONNECTIONS_MAX, err);
}

static bool read_server_name(struct request *request, const json_t *value, struct error *err)
{
	request->server_name = take_text(value, "server_name", SERVER_NAME_MAX, err);
	return request->server_name != NULL;
}

static bool read_starttls(struct request *request, const json_t *value, struct error *err)
{
	if (json_is_null(value))
		return true;
	request->starttls = take_text(value, "starttls", STARTTLS_MAX, err);
	return request->starttls != NULL;
}

static bool read_trust(struct request *request, const json_t *value, struct error *err)
{
	free(request->trust);
	request->trust = take_text(value, "trust", PATH_TEXT_MAX, err);
	return request->trust != NULL;
}

static bool read_evidence(struct request *request, const json_t *value, struct error *err)
{
	if (json_is_null(value))
		return true;
	request->evidence_dir = take_text(value, "evidence_dir", PATH_TEXT_MAX, err);
	return request->evidence_dir != NULL;
}

static bool read_verify(struct request *request, const json_t *value, struct error *err)
{
	return verification_read(&request->verification, value, err);
}

static bool read_examine(struct request *request, const json_t *value, struct error *err)
{
	return examination_read(&request->examination, value, err);
}

static bool read_at(struct request *request, const json_t *value, struct error *err)
{
	json_int_t at_s = json_integer_value(value);
	if (!json_is_integer(value) || at_s < 0 || at_s > LAST_SECOND)
		return error_set(err, ERROR_USAGE, "'at' is a number of seconds since 1970");
	request->verification.has_time = true;
	request->verification.at_s = at_s;
	return true;
}

static bool read_id(struct request *request, const json_t *value, struct error *err)
{
	(void)value;
	(void)err;
	return request->id != NULL; /* read before all others */
}

/* Which kind of request a key belongs to. */
enum key_use {
	USE_CONNECT = 1,
	USE_VERIFY = 2,
	USE_HANDSHAKE = 4, /* the kinds of an examination */
	USE_CERTIFICATES = 8,
	USE_FETCH = 16,
};
#define USE_EXAMINE (USE_HANDSHAKE | USE_CERTIFICATES | USE_FETCH)
#define USE_ALL     (USE_CONNECT | USE_VERIFY | USE_EXAMINE)

struct request_key {
	const char *name;
	bool (*read)(struct request *request, const json_t *value, struct error *err);
	unsigned int use; /* some of enum key_use */
	bool required;    /* where it is of use */
};

static const struct request_key request_keys[] = {
	{"id", read_id, USE_ALL, true},
	{"connect", read_connect, USE_CONNECT | USE_HANDSHAKE, true},
	{"proxy", read_proxy, USE_CONNECT | USE_HANDSHAKE | USE_FETCH, false},
	{"server_name", read_server_name, USE_CONNECT | USE_HANDSHAKE, true},
	{"starttls", read_starttls, USE_CONNECT | USE_HANDSHAKE, false},
	{"tls", read_tls, USE_CONNECT | USE_HANDSHAKE, false},
	{"trust", read_trust, USE_CONNECT | USE_HANDSHAKE | USE_FETCH, false},
	{"enforcement", read_enforcement, USE_CONNECT, false},
	{"policy", read_policy, USE_CONNECT | USE_VERIFY, false},
	{"fetch", read_fetch, USE_CONNECT | USE_FETCH, false},
	{"deadline_ms", read_deadline, USE_CONNECT | USE_HANDSHAKE | USE_FETCH, false},
	{"connections", read_connections, USE_CONNECT, false},
	{"evidence_dir", read_evidence, USE_CONNECT, false},
	{"verify", read_verify, USE_VERIFY, true},
	{"at", read_at, USE_VERIFY, false},
	{"examine", read_examine, USE_EXAMINE, true},
};
enum { NUM_REQUEST_KEYS = sizeof request_keys / sizeof request_keys[0] };

/* What a request is, by the key that makes it so. */
static enum key_use use_of(const json_t *object)
{
	static const enum key_use uses[NUM_EXAMINATION_KINDS] = {
		[EXAMINATION_HANDSHAKE] = USE_HANDSHAKE,
		[EXAMINATION_CERTIFICATES] = USE_CERTIFICATES,
		[EXAMINATION_FETCH] = USE_FETCH,
	};
	const json_t *examine = json_object_get(object, "examine");
	if (json_object_get(object, "verify") != NULL)
		return USE_VERIFY;
	if (examine == NULL)
		return USE_CONNECT;
	int kind = examination_kind_of(examine);
	return uses[kind < 0 ? EXAMINATION_HANDSHAKE : kind];
}

static const char *use_name(enum key_use use)
{
	switch (use) {
	case USE_CONNECT: return "'connect'";
	case USE_VERIFY: return "'verify'";
	case USE_HANDSHAKE: return "an examination of the kind 'handshake'";
	case USE_CERTIFICATES: return "an examination of the kind 'certificates'";
	case USE_FETCH: break;
	}
	return "an examination of the kind 'fetch'";
}

static bool read_key(struct request *request, const json_t *object, const struct request_key *key,
		     enum key_use use, struct error *err)
{
	const json_t *value = json_object_get(object, key->name);
	bool is_of_use = (key->use & use) != 0;
	if (value == NULL)
		return !is_of_use || !key->required ||
		       error_set(err, ERROR_USAGE, "'%s' is missing", key->name);
	if (!is_of_use)
		return error_set(err, ERROR_USAGE, "'%s' does not go with %s", key->name,
				 use_name(use));
	return key->read(request, value, err);
}

static bool read_keys(struct request *request, const json_t *object, struct error *err)
{
	const char *known[NUM_REQUEST_KEYS];
	for (size_t i = 0; i < NUM_REQUEST_KEYS; i++)
		known[i] = request_keys[i].name;
	if (!json_only_keys(object, "request", known, NUM_REQUEST_KEYS, err))
		return false;
	/* First, since its kind says what goes with it. */
	const json_t *examine = json_object_get(object, "examine");
	if (examine != NULL && examination_kind_of(examine) < 0)
		return read_examine(request, examine, err);
	enum key_use use = use_of(object);
	for (size_t i = 0; i < NUM_REQUEST_KEYS; i++)
		if (!read_key(request, object, &request_keys[i], use, err))
			return false;
	return true;
}

/* Names are for a proxy alone: nothing else here resolves any. */
static bool check_address(const struct request *request, struct error *err)
{
	if (request->address == NULL)
		return true;
	if (request->proxy == NULL)
		return net_is_address(request->address) ||
		       error_set(err, ERROR_USAGE,
				 "'connect.address': invalid numeric address '%.64s'",
				 request->address);
	return proxy_is_target(request->address) ||
	       error_set(err, ERROR_USAGE,
			 "'connect.address' is neither an address nor a host name");
}

/* Behind another protocol's prologue there is no HTTP, and a name that is none would be more
 * than a name in a field. */
static bool check_http(const struct request *request, struct error *err)
{
	if (!request->examination.asks_http)
		return true;
	if (request->starttls != NULL)
		return error_set(err, ERROR_USAGE, "'examine.http' does not go with 'starttls'");
	return proxy_is_target(request->server_name) ||
	       error_set(err, ERROR_USAGE,
			 "'server_name' is neither an address nor a host name, as HTTP wants it");
}

/* An axis that would have no effect is refused, not ignored. */
static bool check_enforcement(const struct request *request, struct error *err)
{
	return request->enforcement != ENFORCEMENT_NATIVE || !request->has_axes ||
	       error_set(err, ERROR_USAGE,
			 "native enforcement takes no axes: the stack's own switches decide");
}

enum request_verdict request_parse(struct request *request, const char *line, size_t len,
				   struct error *err)
{
	*request = (struct request){
		.tls = TLS_BIT_1_2 | TLS_BIT_1_3,
		.deadline_ms = DEFAULT_DEADLINE,
		.connections = 1,
	};
	policy_init(&request->policy);
	json_t *object = json_parse_object(line, len, ERROR_USAGE, err);
	if (object == NULL)
		return REQUEST_BROKEN;
	enum request_verdict verdict = REQUEST_BROKEN;
	request->id = take_text(json_object_get(object, "id"), "id", ID_MAX, err);
	if (request->id == NULL)
		goto out;
	request->trust = strdup(SYSTEM_TRUST_STORE);
	if (request->trust != NULL && read_keys(request, object, err) &&
	    check_address(request, err) && check_enforcement(request, err) &&
	    check_http(request, err)) {
		verdict = REQUEST_READ;
		goto out;
	}
	verdict = REQUEST_UNSUPPORTED;
	char *id = request->id;
	request->id = NULL;
	request_clear(request);
	request->id = id;
out:
	json_decref(object);
	return verdict;
}

void request_clear(struct request *request)
{
	if (request == NULL)
		return;
	free(request->id);
	free(request->address);
	free(request->proxy);
	free(request->server_name);
	free(request->starttls);
	free(request->trust);
	free(request->evidence_dir);
	verification_clear(&request->verification);
	examination_clear(&request->examination);
	*request = (struct request){0};
}
