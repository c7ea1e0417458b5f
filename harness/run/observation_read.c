/* Knows how an observation is read, and what a client program may say in it. */
#include "harness/run/observation_read.h"

#include <stdlib.h>

#define TEXT(type, key, member)                                            \
	{                                                                  \
		key, JSON_MEMBER_TEXT, offsetof(struct type, member), NULL \
	}
#define NUMBER(type, key, member)                                            \
	{                                                                    \
		key, JSON_MEMBER_NUMBER, offsetof(struct type, member), NULL \
	}
#define FLAG(type, key, member)                                            \
	{                                                                  \
		key, JSON_MEMBER_FLAG, offsetof(struct type, member), NULL \
	}
#define TEXTS(type, key, member)                                            \
	{                                                                   \
		key, JSON_MEMBER_TEXTS, offsetof(struct type, member), NULL \
	}
#define NAME(type, key, member, names)                                      \
	{                                                                   \
		key, JSON_MEMBER_NAME, offsetof(struct type, member), names \
	}

static const struct json_member native_members[] = {
	TEXT(observed_native, "library", library),
	NUMBER(observed_native, "code", code),
	TEXT(observed_native, "name", name),
	TEXT(observed_native, "text", text),
};
static const struct json_member alert_members[] = {
	TEXT(observed_alert, "direction", direction),
	NUMBER(observed_alert, "number", number),
	TEXT(observed_alert, "name", name),
};
static const struct json_member tls_members[] = {
	TEXT(observed_tls, "version", version),
	TEXT(observed_tls, "cipher", cipher),
	FLAG(observed_tls, "resumed", resumed),
};
static const struct json_member chain_members[] = {
	FLAG(observed_chain, "verified", verified),
	TEXT(observed_chain, "error", error),
	NUMBER(observed_chain, "depth", depth),
};
static const struct json_member certificate_members[] = {
	TEXT(observed_certificate, "sha256", sha256),
	TEXT(observed_certificate, "serial", serial),
	FLAG(observed_certificate, "must_staple", must_staple),
	TEXTS(observed_certificate, "ocsp_urls", ocsp_urls),
	TEXTS(observed_certificate, "crl_urls", crl_urls),
	TEXT(observed_certificate, "not_before", not_before),
	TEXT(observed_certificate, "not_after", not_after),
};
static const struct json_member pointer_members[] = {
	TEXT(observed_pointer, "kind", kind),
	TEXT(observed_pointer, "url", url),
	NAME(observed_pointer, "why", why, &url_fault_names),
};
static const struct json_member staple_members[] = {
	NUMBER(observed_staple, "depth", depth),
	NUMBER(observed_staple, "bytes", bytes),
	TEXT(observed_staple, "sha256", sha256),
	/* A client may name the status (RFC 6960, section 4.2.1) in the place of its number. */
	{"response_status", JSON_MEMBER_NUMBER_OR_TEXT,
	 offsetof(struct observed_staple, response_status), NULL},
	TEXT(observed_staple, "status", status),
	TEXT(observed_staple, "this_update", this_update),
	TEXT(observed_staple, "next_update", next_update),
	TEXT(observed_staple, "produced_at", produced_at),
	TEXT(observed_staple, "signer", signer),
	NAME(observed_staple, "check", check, &check_names),
};
static const struct json_member fetch_members[] = {
	TEXT(observed_fetch, "kind", kind),
	NUMBER(observed_fetch, "depth", depth),
	TEXT(observed_fetch, "url", url),
	TEXT(observed_fetch, "method", method),
	TEXT(observed_fetch, "layer", layer),
	NUMBER(observed_fetch, "ms", ms),
	NUMBER(observed_fetch, "late_us", late_us),
	NAME(observed_fetch, "check", check, &check_names),
	NUMBER(observed_fetch, "http_status", http_status),
	TEXT(observed_fetch, "text", text),
	NUMBER(observed_fetch, "local_port", local_port),
};
static const struct json_member earlier_members[] = {
	TEXT(observed_connection, "outcome", outcome),
	TEXT(observed_connection, "reason", reason),
	TEXT(observed_connection, "assurance", assurance),
	TEXT(observed_connection, "tls", tls),
	FLAG(observed_connection, "resumed", resumed),
	FLAG(observed_connection, "left_session", left_session),
	NUMBER(observed_connection, "local_port", local_port),
};
static const struct json_member timing_members[] = {
	NUMBER(observed_timing, "connect", connect),
	NUMBER(observed_timing, "handshake", handshake),
	NUMBER(observed_timing, "revocation", revocation),
	NUMBER(observed_timing, "total", total),
	NUMBER(observed_timing, "late", late),
};
static const struct json_member plain_members[] = {
	TEXT(observation, "detail", detail),
	NUMBER(observation, "local_port", local_port),
};
/* The harness's own words, of a program that did not answer; from a client they mean nothing. */
static const struct json_member talk_members[] = {
	TEXT(observation, "stderr", stderr_text),
	TEXT(observation, "output", output),
};

/* --- the verdict --- */

static bool read_verdict(struct observation *out, const json_t *object, struct error *err)
{
	int outcome = json_members_name(object, "outcome", &outcome_names, -1, err);
	int reason = json_members_name(object, "reason", &reason_names, -1, err);
	int stage = json_members_name(object, "stage", &stage_names, NUM_STAGES, err);
	int assurance = json_members_name(object, "assurance", &status_names, STATUS_NONE, err);
	out->is_answer = outcome >= 0 && reason >= 0;
	out->outcome = outcome >= 0 ? (enum outcome)outcome : OUTCOME_ERROR;
	out->reason = reason >= 0 ? (enum reason)reason : REASON_PROGRAM_PROTOCOL;
	out->has_stage = stage >= 0 && stage < NUM_STAGES;
	out->stage = out->has_stage ? (enum stage)stage : STAGE_NONE;
	out->assurance = assurance >= 0 ? (enum status)assurance : STATUS_NONE;
	if (!out->is_answer || stage < 0 || assurance < 0)
		return false;
	if (out->outcome == OUTCOME_CRASH || out->outcome == OUTCOME_HANG)
		return error_set(err, ERROR_UNABLE, "'outcome' %s is not allowed for a client",
				 outcome_name(out->outcome));
	return out->assurance != STATUS_UNKNOWN ||
	       error_set(err, ERROR_UNABLE, "'assurance' must be good, none or revoked");
}

/* --- the parts --- */

/* An object under key, member by member. */
static bool read_part(bool *is_present, void *out, const json_t *object, const char *key,
		      const struct json_member *members, size_t num, struct error *err)
{
	const json_t *part;
	char where[32];
	bool good = json_members_object(&part, object, key, err);
	snprintf(where, sizeof where, "%s.", key);
	*is_present = part != NULL;
	return json_members_read(out, part, where, members, num, err) && good;
}

/* A list of objects under key, likewise; *items is NULL when it is empty. */
static bool read_list(void **items, size_t *num_items, size_t size, const json_t *object,
		      const char *key, const struct json_member *members, size_t num,
		      struct error *err)
{
	const json_t *list;
	size_t num_listed;
	char where[32];
	bool good = json_members_list(&list, &num_listed, object, key, OBSERVATION_LIST_MAX, err);
	if (num_listed == 0)
		return good;
	*items = calloc(num_listed, size);
	if (*items == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	*num_items = num_listed;
	snprintf(where, sizeof where, "%s.", key);
	for (size_t i = 0; i < num_listed; i++)
		good = json_members_read((char *)*items + i * size, json_array_get(list, i), where,
					 members, num, err) &&
		       good;
	return good;
}

#define PART(is_present, member, key, members)                    \
	read_part(is_present, &out->member, object, key, members, \
		  sizeof members / sizeof *(members), err)
#define LIST(member, key, members)                                                             \
	read_list((void **)&out->member, &out->num_##member, sizeof *out->member, object, key, \
		  members, sizeof members / sizeof *(members), err)

bool observation_read(struct observation *out, const json_t *object, struct error *err)
{
	bool ignored;
	const json_t *certificate;
	struct error no_fault = ERROR_INIT;
	*out = (struct observation){0};
	JSON_MEMBERS_READ(out, object, "", talk_members, &no_fault);
	bool good = read_verdict(out, object, err);
	good = JSON_MEMBERS_READ(out, object, "", plain_members, err) && good;
	good = PART(&out->native.is_present, native, "native", native_members) && good;
	good = PART(&out->alert.is_present, alert, "alert", alert_members) && good;
	good = PART(&ignored, tls, "tls", tls_members) && good;
	good = PART(&ignored, chain, "chain", chain_members) && good;
	good = PART(&out->certificate.is_present, certificate, "certificate",
		    certificate_members) &&
	       good;
	good = json_members_object(&certificate, object, "certificate", err) && good;
	good = read_list((void **)&out->unusable_urls, &out->num_unusable_urls,
			 sizeof *out->unusable_urls, certificate, "unusable_urls", pointer_members,
			 sizeof pointer_members / sizeof *pointer_members, err) &&
	       good;
	good = PART(&ignored, timing, "timing_us", timing_members) && good;
	good = LIST(staples, "staples", staple_members) && good;
	good = LIST(fetches, "fetches", fetch_members) && good;
	return LIST(earlier, "earlier", earlier_members) && good;
}
