/* Knows every field of a situation: its place, its spelling, its default. */
#include "core/situation.h"

#include "core/clock.h"
#include "core/json.h"
#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST(symbol, spelling) spelling,
static const char *const key_spellings[] = {
#include "core/lists/key.def"
};
static const char *const chain_spellings[] = {
#include "core/lists/chain.def"
};
static const char *const signer_spellings[] = {
#include "core/lists/signer.def"
};
static const char *const certid_spellings[] = {
#include "core/lists/certid.def"
};
static const char *const response_spellings[] = {
#include "core/lists/response.def"
};
static const char *const encoding_spellings[] = {
#include "core/lists/encoding.def"
};
static const char *const behaviour_spellings[] = {
#include "core/lists/behaviour.def"
};
static const char *const feature_spellings[] = {
#include "core/lists/feature.def"
};
static const char *const hash_spellings[] = {
#include "core/lists/hash.def"
};
static const char *const entries_spellings[] = {
#include "core/lists/entries.def"
};
static const char *const revocation_spellings[] = {
#include "core/lists/revocation.def"
};
static const char *const nonce_spellings[] = {
#include "core/lists/nonce.def"
};
static const char *const extension_spellings[] = {
#include "core/lists/extension.def"
};
static const char *const crl_scope_spellings[] = {
#include "core/lists/crl_scope.def"
};
static const char *const upper_staple_spellings[] = {
#include "core/lists/upper_staple.def"
};
#undef LIST
static const char *const status_spellings[] = {"good", "revoked", "unknown"};
static const char *const name_spellings[] = {"match", "mismatch"};
static const char *const signature_spellings[] = {"valid", "corrupt"};
static const char *const crl_status_spellings[] = {"good", "revoked"};
static const char *const version_spellings[] = {"v1", "v2"};
static const char *const responder_id_spellings[] = {"key", "name"};

#define TABLE(name, what)                                                            \
	static const struct name_table name##_table = {what, name##_spellings, NULL, \
						       sizeof name##_spellings /     \
							       sizeof name##_spellings[0]}
TABLE(key, "key");
TABLE(chain, "chain");
TABLE(signer, "signer");
TABLE(certid, "CertID");
TABLE(response, "response status");
TABLE(encoding, "encoding");
TABLE(behaviour, "behaviour");
TABLE(status, "status");
TABLE(hash, "hash");
TABLE(name, "name");
TABLE(signature, "signature");
TABLE(crl_status, "CRL status");
TABLE(version, "version");
TABLE(responder_id, "responder id");
TABLE(feature, "TLS feature");
TABLE(entries, "entries");
TABLE(revocation, "revocation");
TABLE(nonce, "nonce");
TABLE(extension, "extension");
TABLE(crl_scope, "CRL scope");
TABLE(upper_staple, "staple of the intermediate");

#define AT(member) offsetof(struct situation, member)
#define BOOL(section, key, member, text) \
	{section, key, FIELD_BOOL, NULL, 0, 1, AT(member), -1, text},
#define NAME(section, key, names, member, text) \
	{section, key, FIELD_NAME, &names##_table, 0, 0, AT(member), -1, text},
#define NUMBER(section, key, least, most, member, implied, text) \
	{section, key, FIELD_NUMBER, NULL, least, most, AT(member), implied, text},
#define TIME(section, key, member, implied, text) \
	{section, key, FIELD_DURATION, NULL, 0, 0, AT(member), implied, text},
#define TIME_OR_NONE(section, key, member, text) \
	{section, key, FIELD_DURATION_NONE, NULL, 0, 0, AT(member), -1, text},
#define POINTER(section, key, member, text) \
	{section, key, FIELD_POINTER, NULL, 0, 0, AT(member), -1, text},

#define OCSP_FIELDS(section, member)                                                               \
	NAME(section, "status", status, member.status, "certStatus of the entry")                  \
	TIME(section, "this_update", member.this_update_ms, -1, "thisUpdate")                      \
	TIME_OR_NONE(section, "next_update", member.next_update_ms, "nextUpdate, or none")         \
	TIME(section, "revoked_at", member.revoked_at_ms, -1, "revocationTime")                    \
	NAME(section, "revocation", revocation, member.revocation, "kind of revocation")           \
	NAME(section, "entries", entries, member.entries, "which entries there are")               \
	NAME(section, "extension", extension, member.extension, "an unknown extension")            \
	NAME(section, "version", version, member.version, "version of the response data")          \
	NAME(section, "nonce", nonce, member.nonce, "how the nonce is handled")                    \
	NUMBER(section, "nonce_bytes", 1, 1000, member.nonce_bytes, -1, "length of a wrong nonce") \
	NAME(section, "responder_id", responder_id, member.responder_id,                           \
	     "how it identifies its signer")                                                       \
	NAME(section, "signer", signer, member.signer, "whose key signs")                          \
	NAME(section, "certid", certid, member.certid, "certificate of the entry")                 \
	NAME(section, "certid_hash", hash, member.certid_hash, "hash of the CertID")               \
	NAME(section, "signature", signature, member.signature, "whether the signature is intact") \
	NAME(section, "response", response, member.response, "responseStatus")                     \
	NAME(section, "encoding", encoding, member.encoding, "how the DER is changed")

#define FETCH_FIELDS(section, member)                                                     \
	NAME(section, "behaviour", behaviour, member.behaviour, "how its server behaves") \
	TIME(section, "slow", member.delay_ms, BEHAVIOUR_SLOW, "answers after this time") \
	NUMBER(section, "http", 100, 599, member.http_status, BEHAVIOUR_HTTP, "HTTP status")

/* clang-format off */
const struct situation_field situation_fields[] = {
	NUMBER("client", "connections", 1, CONNECTIONS_MAX, client.connections, -1, "number of consecutive connections; the last is judged")
	NAME("certificate", "must_staple", feature, certificate.must_staple, "TLS feature extension (RFC 7633): 5, or an odd one")
	BOOL("certificate", "no_rev_avail", certificate.no_rev_avail, "noRevAvail (RFC 9608)")
	POINTER("certificate", "ocsp_url", certificate.ocsp_url, "OCSP URL: true (the lab's), false, or a URL")
	POINTER("certificate", "crl_url", certificate.crl_url, "CRL distribution point: true (the lab's), false, or a URL")
	BOOL("certificate", "dead_ocsp_url_first", certificate.dead_ocsp_url_first, "a dead OCSP URL before the other")
	NAME("certificate", "key", key, certificate.key, "kind of key")
	TIME("certificate", "starts", certificate.starts_ms, -1, "notBefore")
	TIME("certificate", "lifetime", certificate.lifetime_ms, -1, "notAfter, counted from notBefore")
	NAME("certificate", "chain", chain, certificate.chain, "chain that the server sends")
	NAME("certificate", "name", name, certificate.name, "whether the certificate is for the host")
	NAME("intermediate", "status", status, intermediate.status, "status of the intermediate according to the root")
	BOOL("intermediate", "must_staple", intermediate.must_staple, "TLS feature 5 in the intermediate")
	BOOL("intermediate", "ocsp_url", intermediate.ocsp_url, "whether it names a responder")
	BOOL("intermediate", "crl_url", intermediate.crl_url, "whether it names a CRL")
	NAME("intermediate", "staple", upper_staple, intermediate.staple, "its staple in TLS 1.3")
	{"server", "tls", FIELD_TLS, NULL, 0, 0, AT(server.tls), -1, "TLS versions that the server supports"},
	BOOL("server", "resumption", server.resumption, "whether sessions can be resumed, with tickets")
	NUMBER("server.staple", "revoked_after", 0, 1000, server.staple.revoked_after, -1, "connections of a client after which the staple has status revoked; 0 never")
	NUMBER("server.staple", "skip_first", 0, 1000, server.staple.skip_first, -1, "connections of a client without a staple before the first with one")
	NUMBER("server.staple", "skip_every", 0, 1000, server.staple.skip_every, -1, "every Nth connection of a client has no staple")
	BOOL("server.staple", "unasked", server.staple.unasked, "also sent to clients that did not request a staple")
	OCSP_FIELDS("server.staple", server.staple.ocsp)
	FETCH_FIELDS("responder", responder)
	OCSP_FIELDS("responder", responder.ocsp)
	FETCH_FIELDS("crl", crl)
	NAME("crl", "status", crl_status, crl.status, "whether the CRL lists the certificate")
	TIME("crl", "this_update", crl.this_update_ms, -1, "thisUpdate")
	TIME_OR_NONE("crl", "next_update", crl.next_update_ms, "nextUpdate, or none")
	NUMBER("crl", "extra_entries", 0, 1000000, crl.extra_entries, -1, "other certificates that it lists")
	NAME("crl", "extension", extension, crl.extension, "an unknown extension")
	NAME("crl", "scope", crl_scope, crl.scope, "certificates in its scope")
	NAME("crl", "signer", signer, crl.signer, "whose key signs")
	NAME("crl", "signature", signature, crl.signature, "whether the signature is intact")
	NAME("crl", "encoding", encoding, crl.encoding, "how the DER is changed")
	BOOL("server.staple", "present", server.staple.present, "false, written `staple: none`: no staple is sent")
};
/* clang-format on */

const char *const situation_sections[] = {"client",        "certificate", "intermediate", "server",
					  "server.staple", "responder",   "crl"};
const size_t num_situation_sections = sizeof situation_sections / sizeof situation_sections[0];

const size_t num_situation_fields = sizeof situation_fields / sizeof situation_fields[0];

#define DAY_MS INT64_C(86400000)

/* The `status` field counts from good; enum status has "none" before it. */
static int status_index(enum status status)
{
	return (int)status - STATUS_GOOD;
}

static void init_ocsp(struct ocsp_spec *ocsp, enum status truth)
{
	*ocsp = (struct ocsp_spec){
		.status = status_index(truth),
		.this_update_ms = -DAY_MS,
		.next_update_ms = 6 * DAY_MS,
		.revoked_at_ms = -2 * DAY_MS,
		.nonce_bytes = 32, /* RFC 9654 section 2.1 */
	};
}

void situation_init(struct situation *situation, enum status truth)
{
	memset(situation, 0, sizeof *situation);
	situation->client.connections = 1;
	situation->certificate.ocsp_url = POINTER_LAB;
	situation->certificate.starts_ms = -10 * DAY_MS;
	situation->certificate.lifetime_ms = 90 * DAY_MS;
	situation->intermediate.ocsp_url = 1;
	situation->intermediate.crl_url = 1;
	situation->server.tls = TLS_BIT_1_2 | TLS_BIT_1_3;
	situation->server.staple.present = 1;
	init_ocsp(&situation->server.staple.ocsp, truth);
	situation->responder.behaviour = BEHAVIOUR_ANSWER;
	init_ocsp(&situation->responder.ocsp, truth);
	situation->crl.behaviour = BEHAVIOUR_NONE;
	situation->crl.status = truth == STATUS_REVOKED ? CRL_REVOKED : CRL_GOOD;
	situation->crl.this_update_ms = -DAY_MS;
	situation->crl.next_update_ms = 6 * DAY_MS;
}

const struct situation_field *situation_find_field(const char *section, const char *key)
{
	for (size_t i = 0; i < num_situation_fields; i++)
		if (strcmp(situation_fields[i].section, section) == 0 &&
		    strcmp(situation_fields[i].key, key) == 0)
			return &situation_fields[i];
	return NULL;
}

static void *member_of(struct situation *situation, const struct situation_field *field)
{
	return (char *)situation + field->offset;
}

static bool set_bool(int *member, const char *key, const char *spelling, struct error *err)
{
	bool yes = strcmp(spelling, "true") == 0 || strcmp(spelling, "yes") == 0;
	bool no = strcmp(spelling, "false") == 0 || strcmp(spelling, "no") == 0;
	if (!yes && !no)
		return error_set(err, ERROR_USAGE, "'%.64s' is no value of %s (true or false)",
				 spelling, key);
	*member = yes;
	return true;
}

static bool set_name(int *member, const struct situation_field *field, const char *spelling,
		     struct error *err)
{
	int value = name_find(field->table, spelling);
	if (value < 0) {
		char list[400];
		const char *near = text_nearest(spelling, field->table->names, field->table->num);
		return error_set(err, ERROR_USAGE, "unknown %s '%.64s'%s%s%s (one of: %s)",
				 field->table->what, spelling,
				 near != NULL ? ", did you mean '" : "", near != NULL ? near : "",
				 near != NULL ? "'" : "",
				 name_list(list, sizeof list, field->table));
	}
	*member = value;
	return true;
}

static bool set_number(int *member, const struct situation_field *field, const char *spelling,
		       struct error *err)
{
	char *end;
	long number = strtol(spelling, &end, 10);
	if (end == spelling || *end != '\0' || number < field->least || number > field->most)
		return error_set(err, ERROR_USAGE,
				 "'%.64s' is no value of %s (a number from %d to %d)", spelling,
				 field->key, field->least, field->most);
	*member = (int)number;
	return true;
}

static bool set_duration(int64_t *member, const struct situation_field *field, const char *spelling,
			 struct error *err)
{
	bool may_be_none = field->kind == FIELD_DURATION_NONE;
	if (may_be_none && strcmp(spelling, "none") == 0) {
		*member = DURATION_NONE;
		return true;
	}
	if (!duration_parse(member, spelling))
		return error_set(
			err, ERROR_USAGE,
			"'%.64s' is no value of %s (a duration such as -4d, 90min, 2500ms%s)",
			spelling, field->key, may_be_none ? ", or none" : "");
	if (field->implied_behaviour >= 0 && *member < 0)
		return error_set(err, ERROR_USAGE, "%s cannot be negative", field->key);
	return true;
}

static bool set_pointer(int *member, const char *key, const char *spelling, struct error *err)
{
	/* struct certificate_spec keeps the text right behind the int. */
	char *url = (char *)(member + 1);
	if (strstr(spelling, "://") == NULL) {
		int yes = 0;
		if (!set_bool(&yes, key, spelling, NULL))
			return error_set(err, ERROR_USAGE,
					 "'%.64s' is no value of %s (true, false, or a URL)",
					 spelling, key);
		*member = yes ? POINTER_LAB : POINTER_NO;
		return true;
	}
	if (strlen(spelling) >= SITUATION_URL_MAX)
		return error_set(err, ERROR_USAGE, "%s: a URL has at most %d bytes here", key,
				 SITUATION_URL_MAX - 1);
	*member = POINTER_URL;
	snprintf(url, SITUATION_URL_MAX, "%s", spelling);
	return true;
}

static bool add_tls(int *member, const char *spelling, struct error *err)
{
	if (strcmp(spelling, "1.2") == 0)
		*member |= TLS_BIT_1_2;
	else if (strcmp(spelling, "1.3") == 0)
		*member |= TLS_BIT_1_3;
	else
		return error_set(err, ERROR_USAGE, "unknown TLS version '%.64s' (one of: 1.2, 1.3)",
				 spelling);
	return true;
}

/* The behaviour of the section that a field belongs to. */
static int *behaviour_of(struct situation *situation, const char *section)
{
	return strcmp(section, "crl") == 0 ? &situation->crl.behaviour
					   : &situation->responder.behaviour;
}

bool situation_set(struct situation *situation, const struct situation_field *field,
		   const char *spelling, struct error *err)
{
	void *member = member_of(situation, field);
	bool done = false;
	switch (field->kind) {
	case FIELD_BOOL: done = set_bool(member, field->key, spelling, err); break;
	case FIELD_NAME: done = set_name(member, field, spelling, err); break;
	case FIELD_NUMBER: done = set_number(member, field, spelling, err); break;
	case FIELD_DURATION:
	case FIELD_DURATION_NONE: done = set_duration(member, field, spelling, err); break;
	case FIELD_POINTER: done = set_pointer(member, field->key, spelling, err); break;
	case FIELD_TLS: done = add_tls(member, spelling, err); break;
	}
	if (done && field->implied_behaviour >= 0)
		*behaviour_of(situation, field->section) = field->implied_behaviour;
	return done;
}

const char *situation_spell(const struct situation *situation, const struct situation_field *field,
			    char out[static SITUATION_URL_MAX])
{
	const void *member = (const char *)situation + field->offset;
	const int *number = member;
	const char *word = NULL;
	char duration[32];
	switch (field->kind) {
	case FIELD_BOOL: word = *number ? "true" : "false"; break;
	case FIELD_NAME: word = field->table->names[*number]; break;
	case FIELD_NUMBER: snprintf(out, SITUATION_URL_MAX, "%d", *number); break;
	case FIELD_DURATION:
	case FIELD_DURATION_NONE: {
		int64_t ms = *(const int64_t *)member;
		word = ms == DURATION_NONE ? "none" : duration_print(duration, ms);
		break;
	}
	case FIELD_POINTER:
		word = *number == POINTER_URL   ? (const char *)(number + 1)
		       : *number == POINTER_LAB ? "true"
						: "false";
		break;
	case FIELD_TLS:
		snprintf(out, SITUATION_URL_MAX, "%s%s%s", *number & TLS_BIT_1_2 ? "1.2" : "",
			 *number == (TLS_BIT_1_2 | TLS_BIT_1_3) ? " " : "",
			 *number & TLS_BIT_1_3 ? "1.3" : "");
		break;
	}
	if (word != NULL)
		snprintf(out, SITUATION_URL_MAX, "%s", word);
	return out;
}

json_t *situation_to_json(const struct situation *situation)
{
	json_t *object = json_object();
	for (size_t i = 0; i < num_situation_fields; i++) {
		const struct situation_field *field = &situation_fields[i];
		/* A number that only matters under its own behaviour would imply it. */
		if (field->implied_behaviour >= 0 &&
		    *behaviour_of((struct situation *)situation, field->section) !=
			    field->implied_behaviour)
			continue;
		char spelling[SITUATION_URL_MAX];
		json_t *section = json_object_get(object, field->section);
		if (section == NULL) {
			section = json_object();
			json_set(object, field->section, section);
		}
		json_set(section, field->key,
			 json_string(situation_spell(situation, field, spelling)));
	}
	return object;
}

static bool read_field(struct situation *situation, const char *section, const char *key,
		       const json_t *value, struct error *err)
{
	const struct situation_field *field = situation_find_field(section, key);
	if (field == NULL)
		return error_set(err, ERROR_USAGE, "unknown key '%.64s'", key);
	if (!json_is_string(value))
		return error_set(err, ERROR_USAGE, "%s: a string is expected", key);
	if (field->kind != FIELD_TLS)
		return situation_set(situation, field, json_string_value(value), err);
	situation->server.tls = 0;
	char versions[32];
	snprintf(versions, sizeof versions, "%s", json_string_value(value));
	char *rest = NULL;
	for (char *word = strtok_r(versions, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest))
		if (!situation_set(situation, field, word, err))
			return false;
	return true;
}

bool situation_from_json(struct situation *situation, const json_t *object, struct error *err)
{
	situation_init(situation, STATUS_GOOD);
	if (!json_only_keys(object, "situation", situation_sections, num_situation_sections, err))
		return false;
	for (size_t i = 0; i < num_situation_sections; i++) {
		const char *section = situation_sections[i];
		const char *key;
		json_t *value;
		json_object_foreach(json_object_get(object, section), key, value)
		{
			if (!read_field(situation, section, key, value, err))
				return error_prefix(err, "%s", section);
		}
	}
	return true;
}
