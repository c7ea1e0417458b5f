/* Knows how a stack's check of a response or CRL is read. */
#include "harness/run/status_check.h"

#define TEXT(type, member)                                                     \
	{                                                                      \
#member, JSON_MEMBER_TEXT, offsetof(struct type, member), NULL \
	}
#define NUMBER(type, member)                                                     \
	{                                                                        \
#member, JSON_MEMBER_NUMBER, offsetof(struct type, member), NULL \
	}
#define FLAG(type, member)                                                     \
	{                                                                      \
#member, JSON_MEMBER_FLAG, offsetof(struct type, member), NULL \
	}

static const struct json_member check_members[] = {
	FLAG(status_check, authentic),           FLAG(status_check, fresh),
	FLAG(status_check, tolerated),           NUMBER(status_check, response_status),
	TEXT(status_check, this_update),         TEXT(status_check, next_update),
	TEXT(status_check, produced_at),         TEXT(status_check, revocation_time),
	NUMBER(status_check, revocation_reason), TEXT(status_check, signer),
	NUMBER(status_check, covered_reasons),
};
static const struct json_member certid_members[] = {
	TEXT(checked_certid, hash),
	TEXT(checked_certid, issuer_name_hash),
	TEXT(checked_certid, issuer_key_hash),
	TEXT(checked_certid, serial),
};
static const struct json_member native_members[] = {
	TEXT(observed_native, library),
	NUMBER(observed_native, code),
	TEXT(observed_native, name),
	TEXT(observed_native, text),
};

bool status_check_read(struct status_check *out, const json_t *object, struct error *err)
{
	const json_t *certid, *native;
	*out = (struct status_check){0};
	if (!json_is_object(object))
		return error_set(err, ERROR_UNABLE, "'check' is not an object");
	int verdict = json_members_name(object, "check", &check_names, -1, err);
	int status = json_members_name(object, "status", &status_names, NUM_STATUSES, err);
	if (verdict < 0 || status < 0 ||
	    !JSON_MEMBERS_READ(out, object, "check.", check_members, err) ||
	    !json_members_object(&certid, object, "certid", err) ||
	    !json_members_object(&native, object, "native", err) ||
	    !JSON_MEMBERS_READ(&out->certid, certid, "check.certid.", certid_members, err) ||
	    !JSON_MEMBERS_READ(&out->native, native, "check.native.", native_members, err))
		return false;
	out->verdict = (enum check)verdict;
	out->has_status = status < NUM_STATUSES;
	out->status = out->has_status ? (enum status)status : STATUS_NONE;
	out->certid.is_present = certid != NULL;
	out->native.is_present = native != NULL;
	return true;
}
