/* Knows which entry of an OCSP response counts, and in which order a response is checked. */
#include "clients/rules/response_rules.h"

#include "clients/facts/serial.h"
#include "clients/rules/flags.h"
#include "clients/rules/hash.h"

#include <string.h>

#define ID(literal)                                             \
	{                                                       \
		(const uint8_t *)(literal), sizeof(literal) - 1 \
	}

/* id-pkix-ocsp, and below it the nonce, CrlID, archiveCutoff, extendedRevoke. */
#define OID_OCSP "\x2b\x06\x01\x05\x05\x07\x30\x01"

/* Of a response: the nonce is looked at, those of section 4.4 only inform. */
static const struct der nonce_only[] = {ID(OID_OCSP "\x02"), {NULL, 0}};
static const struct der response_ids[] = {ID(OID_OCSP "\x02"),
					  ID(OID_OCSP "\x03"),
					  ID(OID_OCSP "\x06"),
					  ID(OID_OCSP "\x09"),
					  {NULL, 0}};
/* Of an entry. */
static const struct der none[] = {{NULL, 0}};
static const struct der entry_ids[] = {
	ID(OID_OCSP "\x03"), ID(OID_OCSP "\x06"), ID(OID_OCSP "\x09"), {NULL, 0}};
/* The reason and the invalidity date are of CRLs (RFC 5280 section 5.3). */
static const struct der shared_ids[] = {ID(OID_OCSP "\x03"), ID(OID_OCSP "\x06"),
					ID(OID_OCSP "\x09"), ID("\x55\x1d\x15"),
					ID("\x55\x1d\x18"),  {NULL, 0}};

/* A response while it is checked. */
struct judge {
	const struct question *question;
	struct status_check *out;
	struct response response;
	struct entry entry; /* the one that counts, or the first when none is for the certificate */
	bool has_entry;
};

static bool fail(struct judge *judge, enum check check, const char *text)
{
	judge->out->check = check;
	question_say(judge->out, text);
	return false;
}

static bool has_flag(const struct judge *judge, enum rule_flag flag)
{
	return (judge->question->flags & flag) != 0;
}

/* RFC 6960 section 4.4: a critical extension that is not known makes the response unusable. */
static bool knows_response(struct judge *judge)
{
	const struct der *known =
		has_flag(judge, RULE_NO_STATUS_EXTENSIONS) ? nonce_only : response_ids;
	return question_knows(judge->response.extensions, known) ||
	       fail(judge, CHECK_MALFORMED, "unknown critical extension of the response");
}

static bool knows_entry(struct judge *judge, const struct entry *entry)
{
	const struct der *known = has_flag(judge, RULE_NO_STATUS_EXTENSIONS)       ? none
				  : has_flag(judge, RULE_ENTRIES_SHARE_EXTENSIONS) ? shared_ids
										   : entry_ids;
	return question_knows(entry->extensions, known) ||
	       fail(judge, CHECK_MALFORMED, "unknown critical extension of an entry");
}

static bool has_times(struct judge *judge, const struct entry *entry)
{
	bool is_broken = !entry->has_this_update;
	if (entry->is_next_update_broken && !has_flag(judge, RULE_BROKEN_NEXT_IS_ABSENT))
		is_broken = true;
	if (has_flag(judge, RULE_ALL_TIMES_COUNT) && entry->status == STATUS_REVOKED &&
	    !entry->has_revocation_time)
		is_broken = true;
	return !is_broken || fail(judge, CHECK_MALFORMED, "a time of an entry cannot be read");
}

/* Times and extensions of all entries, whichever of them counts. */
static bool check_all(struct judge *judge)
{
	struct der entries = judge->response.entries;
	struct entry entry;
	if (!knows_response(judge))
		return false;
	while (entries.len > 0) {
		if (!response_take_entry(&entry, &entries, question_time_forms(judge->question)))
			return fail(judge, CHECK_MALFORMED, "an entry cannot be read");
		if (!has_times(judge, &entry) || !knows_entry(judge, &entry))
			return false;
	}
	return true;
}

/*
 * The entry.
 */

static bool is_hash_of(const struct question *question, const char *hash, struct der wanted,
		       struct der bytes)
{
	uint8_t digest[DIGEST_MAX];
	size_t len = question->digest(digest, hash, bytes);
	return len > 0 && der_equals(wanted, digest, len);
}

static bool has_serial(const struct judge *judge, const struct entry *entry, struct der first)
{
	const struct certificate *certificate = judge->question->certificate;
	if (certificate != NULL)
		return der_same(entry->serial, certificate->serial);
	return !has_flag(judge, RULE_FIRST_SERIAL) || der_same(entry->serial, first);
}

/* Whether a CertID is that of the certificate, by the hash that it names itself. */
static bool is_match(const struct judge *judge, const struct entry *entry, struct der first)
{
	const struct question *question = judge->question;
	const struct certificate *certificate = question->certificate, *issuer = question->issuer;
	const char *hash = hash_find(entry->hash_id);
	if (issuer == NULL || hash == NULL || !has_serial(judge, entry, first))
		return false;
	bool is_sha1 = strcmp(hash, "sha1") == 0;
	if (!is_sha1 && (!question->any_certid_hash ||
			 (has_flag(judge, RULE_TWO_HASHES) && strcmp(hash, "sha256") != 0)))
		return false;
	if (certificate != NULL && has_flag(judge, RULE_CERTID_OF_SAME_BYTES) &&
	    !der_same(certificate->issuer, issuer->subject))
		return false;
	struct der name = certificate == NULL || has_flag(judge, RULE_CERTID_OF_SUBJECT)
				  ? issuer->subject
				  : certificate->issuer;
	return is_hash_of(question, hash, entry->name_hash, name) &&
	       is_hash_of(question, hash, entry->key_hash, issuer->key);
}

/* Which of two entries for the same certificate counts. */
static bool is_weightier(const struct judge *judge, const struct entry *entry,
			 const struct entry *than)
{
	if ((entry->status == STATUS_REVOKED) != (than->status == STATUS_REVOKED))
		return entry->status == STATUS_REVOKED;
	if (!has_flag(judge, RULE_LATEST_ENTRY))
		return false;
	if (entry->this_update != than->this_update)
		return entry->this_update > than->this_update;
	const char *hash = hash_find(entry->hash_id), *other = hash_find(than->hash_id);
	return strcmp(hash, "sha1") == 0 && strcmp(other, "sha1") != 0;
}

/* Looks through all entries, since a responder may put others in front. */
static bool find_entry(struct judge *judge)
{
	struct der entries = judge->response.entries, first = {NULL, 0};
	struct entry entry;
	while (entries.len > 0) {
		if (!response_take_entry(&entry, &entries, question_time_forms(judge->question)))
			return fail(judge, CHECK_MALFORMED, "an entry cannot be read");
		if (first.at == NULL) {
			first = entry.serial;
			judge->entry = entry;
		}
		if (!is_match(judge, &entry, first) ||
		    (judge->has_entry && !is_weightier(judge, &entry, &judge->entry)))
			continue;
		judge->entry = entry;
		judge->has_entry = true;
	}
	return true;
}

static size_t copy_digest(uint8_t out[static DIGEST_MAX], struct der in)
{
	size_t len = in.len < DIGEST_MAX ? in.len : DIGEST_MAX;
	if (len > 0)
		memcpy(out, in.at, len);
	return len;
}

static void note_certid(struct certid_facts *out, const struct entry *entry)
{
	hash_print(out->hash, sizeof out->hash, entry->hash_id);
	out->name_len = copy_digest(out->name_hash, entry->name_hash);
	out->key_len = copy_digest(out->key_hash, entry->key_hash);
	serial_print(out->serial, sizeof out->serial, entry->serial.at, entry->serial.len);
}

static void note_entry(struct status_check *out, const struct entry *entry)
{
	out->status = entry->status;
	out->this_update = entry->this_update;
	out->next_update = entry->next_update;
	out->revocation_time = entry->revocation_time;
	out->revocation_reason = entry->revocation_reason;
}

/* Finds the entry that counts and notes what it says, right or not. */
static bool read_entry(struct judge *judge)
{
	bool only_decodes = judge->question->issuer == NULL;
	if (!find_entry(judge))
		return false;
	note_certid(&judge->out->certid, &judge->entry);
	if (!judge->has_entry && !only_decodes)
		return fail(judge, CHECK_WRONG_CERTIFICATE, "no entry for the certificate");
	note_entry(judge->out, &judge->entry);
	return !has_flag(judge, RULE_OTHER_ENTRIES_ARE_IGNORED) ||
	       (has_times(judge, &judge->entry) && knows_response(judge) &&
		knows_entry(judge, &judge->entry));
}

/*
 * The response.
 */

bool response_is_by(const struct response *response, const struct certificate *candidate,
		    const struct question *question)
{
	if (response->responder_name.len > 0)
		return question_is_name(question, response->responder_name, candidate->subject);
	return is_hash_of(question, "sha1", response->responder_key, candidate->key);
}

static bool read_response(struct judge *judge, struct der bytes)
{
	struct status_check *out = judge->out;
	struct response *response = &judge->response;
	bool is_read = response_read(response, bytes, question_time_forms(judge->question));
	out->response_status = response->status;
	if (!is_read)
		return fail(judge, CHECK_MALFORMED, "the response cannot be read");
	if (response->status != 0) {
		out->check = CHECK_ERROR_RESPONSE;
		return false;
	}
	out->produced_at = response->produced_at;
	if (response->entries.len == 0)
		return fail(judge, CHECK_MALFORMED, "no entry in the response");
	/* RFC 6960 section 4.2.2.3: version 1, which is the default. */
	if (response->version != 0)
		return fail(judge, CHECK_MALFORMED, "the response is not of version 1");
	if (has_flag(judge, RULE_ALL_TIMES_COUNT) && !response->has_produced_at)
		return fail(judge, CHECK_MALFORMED, "producedAt cannot be read");
	return has_flag(judge, RULE_OTHER_ENTRIES_ARE_IGNORED) || check_all(judge);
}

static bool check_signer(struct judge *judge, void *opened)
{
	const struct question *question = judge->question;
	struct status_check *out = judge->out;
	out->check = question->reader->check_signer(opened, out, question, &judge->response);
	out->authentic = out->check == CHECK_GOOD;
	return out->authentic;
}

static bool check_times(struct judge *judge)
{
	struct status_check *out = judge->out;
	out->check = question_times(out, judge->question, judge->entry.has_next_update);
	out->fresh = out->check == CHECK_GOOD;
	return out->fresh;
}

/* RFC 9654 section 2: a response without a nonce is allowed, one with another is not. */
static bool check_nonce(struct judge *judge)
{
	struct der sent = judge->question->nonce, nonce;
	bool is_raw;
	if (sent.len == 0 || !response_nonce(&nonce, &is_raw, &judge->response) ||
	    (is_raw && has_flag(judge, RULE_RAW_NONCE_IS_NONE)))
		return true;
	bool counts = !is_raw || has_flag(judge, RULE_RAW_NONCE_COUNTS);
	return (counts && der_same(nonce, sent)) ||
	       fail(judge, CHECK_WRONG_NONCE, "the nonce is not the one that was sent");
}

static enum check check_of(enum status status)
{
	switch (status) {
	case STATUS_GOOD: return CHECK_GOOD;
	case STATUS_REVOKED: return CHECK_REVOKED;
	default: return CHECK_UNKNOWN;
	}
}

static void check_opened(struct judge *judge, void *opened, struct der bytes)
{
	if (!read_response(judge, bytes) || !read_entry(judge))
		return;
	if (judge->question->issuer == NULL) {
		judge->out->check = CHECK_NOT_CHECKED;
		return;
	}
	if (check_signer(judge, opened) && check_times(judge) && check_nonce(judge))
		judge->out->check = check_of(judge->out->status);
}

void response_judge(struct status_check *out, const struct question *question, struct der bytes)
{
	struct judge judge = {.question = question, .out = out};
	*out = (struct status_check){
		.check = CHECK_MALFORMED, .response_status = -1, .revocation_reason = -1};
	if (bytes.len > OCSP_MAX_LEN && !has_flag(&judge, RULE_ANY_LENGTH)) {
		question_say(out, "the response is longer than 64 KiB");
		return;
	}
	void *opened = question->reader->open(out, &bytes);
	if (opened != NULL)
		check_opened(&judge, opened, bytes);
	question->reader->close(opened);
}
