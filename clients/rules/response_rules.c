/* Knows which entry of an OCSP response counts, and in which order a response is checked. */
#include "clients/rules/response_rules.h"

#include "clients/facts/serial.h"
#include "clients/rules/freshness.h"
#include "clients/rules/hash.h"
#include "clients/rules/name.h"
#include "clients/rules/signer.h"

#include <stdio.h>
#include <string.h>

#define ID(literal)                                             \
	{                                                       \
		(const uint8_t *)(literal), sizeof(literal) - 1 \
	}

/* id-pkix-ocsp, and below it the nonce, CrlID, archiveCutoff, extendedRevoke. */
#define OID_OCSP "\x2b\x06\x01\x05\x05\x07\x30\x01"

/* Of a response: the nonce is looked at, those of section 4.4 only inform. */
static const struct der response_ids[] = {ID(OID_OCSP "\x02"),
					  ID(OID_OCSP "\x03"),
					  ID(OID_OCSP "\x06"),
					  ID(OID_OCSP "\x09"),
					  {NULL, 0}};
/* Of an entry. By section 4.4.5 those of a CRL's entries count here too: reason, invalidity date
 * and certificate issuer (RFC 5280 section 5.3). */
static const struct der entry_ids[] = {ID(OID_OCSP "\x03"),
				       ID(OID_OCSP "\x06"),
				       ID(OID_OCSP "\x09"),
				       ID("\x55\x1d\x15"),
				       ID("\x55\x1d\x18"),
				       ID("\x55\x1d\x1d"),
				       {NULL, 0}};

/*
 * How much an entry for the certificate weighs, beside others for it: what can be used before what
 * cannot, then the strictest status. Two kinds of revoked entry that cannot be used still keep
 * a good one from counting: a stale one, where the policy heeds it (revocation does not wear
 * off), and one of which a part is not understood. An entry from the future never does.
 */
enum weight {
	WEIGHT_BROKEN,
	WEIGHT_FUTURE,
	WEIGHT_STALE,
	WEIGHT_STALE_REVOKED,
	WEIGHT_GOOD,
	WEIGHT_UNKNOWN,
	WEIGHT_BROKEN_REVOKED,
	WEIGHT_HEEDED_REVOKED,
	WEIGHT_REVOKED,
};

/* A response while it is checked. */
struct judge {
	const struct question *question;
	struct status_check *out;
	struct response response;
	struct entry entry; /* the one that counts, or the first when none is for the certificate */
	bool has_entry;
	enum weight weight; /* of that entry */
	/* Without a certificate: the serial number of the first entry by its issuer. */
	struct der first_serial;
	/* An entry for the serial number whose hash the stack does not have. */
	struct entry unread;
	bool has_unread, has_unread_revoked;
};

static bool fail(struct judge *judge, enum check check, const char *text)
{
	judge->out->check = check;
	question_say(judge->out, text);
	return false;
}

/* RFC 6960 section 4.4: a critical extension that is not known makes the response unusable. */
static bool knows_response(struct judge *judge)
{
	return judge->question->ignores_criticals ||
	       question_knows(judge->response.extensions, response_ids) ||
	       fail(judge, CHECK_MALFORMED, "unknown critical extension of the response");
}

static bool knows_entry(const struct judge *judge, const struct entry *entry)
{
	return judge->question->ignores_criticals || question_knows(entry->extensions, entry_ids);
}

static bool has_times(const struct entry *entry)
{
	return entry->has_this_update && !entry->is_next_update_broken;
}

/*
 * The entry.
 */

static bool has_serial(const struct judge *judge, const struct entry *entry)
{
	const struct certificate *certificate = judge->question->certificate;
	if (certificate != NULL)
		return der_is_same_number(entry->serial, certificate->serial);
	return judge->first_serial.at == NULL ||
	       der_is_same_number(entry->serial, judge->first_serial);
}

enum match {
	MATCH_NO,
	MATCH_YES,
	MATCH_UNKNOWN_HASH, /* the serial number is the same; the rest cannot be compared */
};

/* Whether a CertID is that of the certificate, by the hash that it names itself. Hashed are the
 * issuer field of the certificate and the issuer's key (RFC 6960 section 4.1.1). */
static enum match match(const struct judge *judge, const struct entry *entry)
{
	const struct question *question = judge->question;
	const struct certificate *certificate = question->certificate, *issuer = question->issuer;
	const char *hash = hash_find(entry->hash_id);
	uint8_t digest[DIGEST_MAX];
	if (issuer == NULL || !has_serial(judge, entry))
		return MATCH_NO;
	if (!question->any_certid_hash && (hash == NULL || strcmp(hash, "sha1") != 0))
		return MATCH_NO;
	if (hash == NULL || question->digest(digest, hash, issuer->key) == 0)
		return MATCH_UNKNOWN_HASH;
	struct der name = certificate == NULL ? issuer->subject : certificate->issuer;
	/* Else it is not the issuer at all. */
	if (!name_is_same(name, issuer->subject))
		return MATCH_NO;
	return question_hashes(question, hash, entry->name_hash, name) &&
			       question_hashes(question, hash, entry->key_hash, issuer->key)
		       ? MATCH_YES
		       : MATCH_NO;
}

static bool is_from_future(const struct judge *judge, const struct entry *entry)
{
	return entry->has_this_update &&
	       entry->this_update > judge->question->now + judge->question->skew_s;
}

static enum check check_entry_times(const struct judge *judge, const struct entry *entry)
{
	const struct question *question = judge->question;
	return freshness_check(entry->this_update, entry->next_update, entry->has_next_update,
			       question->now, question->skew_s, question->max_age_s);
}

static enum weight weigh(const struct judge *judge, const struct entry *entry)
{
	bool is_revoked = entry->status == STATUS_REVOKED;
	if (is_from_future(judge, entry))
		return WEIGHT_FUTURE;
	if (!has_times(entry) || !knows_entry(judge, entry))
		return is_revoked ? WEIGHT_BROKEN_REVOKED : WEIGHT_BROKEN;
	if (check_entry_times(judge, entry) != CHECK_GOOD) {
		if (!is_revoked)
			return WEIGHT_STALE;
		return judge->question->heeds_stale_revoked ? WEIGHT_HEEDED_REVOKED
							    : WEIGHT_STALE_REVOKED;
	}
	return is_revoked                        ? WEIGHT_REVOKED
	       : entry->status == STATUS_UNKNOWN ? WEIGHT_UNKNOWN
						 : WEIGHT_GOOD;
}

/* Takes the next entry. Times in a form that RFC 5280 section 4.1.2.5 does not allow can be read
 * in a revoked one alone: what is wrong in it does not make the certificate good. */
static bool take_entry(struct entry *entry, struct der *entries)
{
	struct der start = *entries;
	if (!response_take_entry(entry, entries, 0))
		return false;
	if (entry->status == STATUS_REVOKED && !has_times(entry))
		return response_take_entry(entry, &start, DER_TIME_ANY);
	return true;
}

static void note_unread(struct judge *judge, const struct entry *entry)
{
	if (!judge->has_unread)
		judge->unread = *entry;
	judge->has_unread = true;
	if (entry->status == STATUS_REVOKED && !is_from_future(judge, entry))
		judge->has_unread_revoked = true;
}

static void consider(struct judge *judge, const struct entry *entry)
{
	enum match is_match = match(judge, entry);
	bool only_first = judge->question->only_first && judge->has_entry;
	if (is_match == MATCH_UNKNOWN_HASH && !only_first)
		note_unread(judge, entry);
	if (is_match != MATCH_YES || only_first)
		return;
	enum weight weight = weigh(judge, entry);
	if (judge->first_serial.at == NULL)
		judge->first_serial = entry->serial;
	if (judge->has_entry && weight <= judge->weight)
		return;
	judge->entry = *entry;
	judge->weight = weight;
	judge->has_entry = true;
}

/* Looks through all entries, since a responder may put others in front. */
static bool find_entry(struct judge *judge)
{
	struct der entries = judge->response.entries;
	struct entry entry;
	bool is_first = true;
	while (entries.len > 0) {
		if (!take_entry(&entry, &entries))
			return fail(judge, CHECK_MALFORMED, "an entry cannot be read");
		if (is_first)
			judge->entry = entry;
		is_first = false;
		consider(judge, &entry);
	}
	if (!judge->has_entry && judge->has_unread)
		judge->entry = judge->unread;
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

/* No entry can be said to be for the certificate. */
static bool lack_entry(struct judge *judge)
{
	const struct certificate *certificate = judge->question->certificate;
	char text[NATIVE_MAX];
	if (judge->has_unread) {
		snprintf(text, sizeof text, "the stack does not have the hash of the CertID, %s",
			 judge->out->certid.hash);
		return fail(judge, CHECK_WRONG_CERTIFICATE, text);
	}
	if (certificate != NULL && !der_is_same_number(judge->entry.serial, certificate->serial))
		return fail(judge, CHECK_WRONG_CERTIFICATE,
			    "no entry is for the certificate's serial number");
	return fail(judge, CHECK_WRONG_CERTIFICATE,
		    "no entry is for a certificate of this issuer, or none by an accepted hash");
}

/* Finds the entry that counts and notes what it says, right or not. */
static bool read_entry(struct judge *judge)
{
	bool only_decodes = judge->question->issuer == NULL;
	if (!find_entry(judge))
		return false;
	note_certid(&judge->out->certid, &judge->entry);
	if (!judge->has_entry && !only_decodes)
		return lack_entry(judge);
	note_entry(judge->out, &judge->entry);
	if (!has_times(&judge->entry))
		return fail(judge, CHECK_MALFORMED, "a time of the entry cannot be read");
	if (!knows_entry(judge, &judge->entry))
		return fail(judge, CHECK_MALFORMED, "unknown critical extension of the entry");
	if (judge->has_unread_revoked && judge->out->status != STATUS_REVOKED)
		return fail(judge, CHECK_MALFORMED,
			    "another entry for the serial number says revoked, with a CertID by a "
			    "hash that the stack does not have");
	return true;
}

/*
 * The response.
 */

static bool read_response(struct judge *judge, struct der bytes)
{
	struct status_check *out = judge->out;
	struct response *response = &judge->response;
	bool is_read = response_read(response, bytes, DER_TIME_ANY);
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
	return knows_response(judge);
}

static bool check_signer(struct judge *judge)
{
	struct status_check *out = judge->out;
	out->check = signer_check(out, judge->question, &judge->response);
	out->authentic = out->check == CHECK_GOOD;
	return out->authentic;
}

static bool check_times(struct judge *judge)
{
	struct status_check *out = judge->out;
	out->check = check_entry_times(judge, &judge->entry);
	out->fresh = out->check == CHECK_GOOD;
	return out->fresh;
}

/* RFC 9654 section 2: a response without a nonce is allowed, one with another is not. Old
 * responders leave out the inner OCTET STRING. */
static bool check_nonce(struct judge *judge)
{
	struct der sent = judge->question->nonce, nonce;
	if (sent.len == 0 || !response_nonce(&nonce, &judge->response))
		return true;
	return der_same(nonce, sent) ||
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

static void check_opened(struct judge *judge, struct der bytes)
{
	if (!read_response(judge, bytes) || !read_entry(judge))
		return;
	if (judge->question->issuer == NULL) {
		judge->out->check = CHECK_NOT_CHECKED;
		return;
	}
	if (check_signer(judge) && check_times(judge) && check_nonce(judge))
		judge->out->check = check_of(judge->out->status);
}

void response_judge(struct status_check *out, const struct question *question, struct der bytes)
{
	struct judge judge = {.question = question, .out = out};
	*out = (struct status_check){
		.check = CHECK_MALFORMED, .response_status = -1, .revocation_reason = -1};
	void *opened = question->reader->open(out, &bytes);
	if (opened != NULL)
		check_opened(&judge, bytes);
	question->reader->close(opened);
}
