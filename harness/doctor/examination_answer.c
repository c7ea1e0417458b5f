/* Knows which member of an answer to an examination is which key. */
#include "harness/doctor/examination_answer.h"

#include "harness/model/examination_json.h"

#define MANY 4096 /* a line of the protocol is bounded too */

static const struct record_member staple_members[] = {
	{RECORD_INTEGER_ROW(struct answered_staple, depth)},
	{RECORD_TEXT_ROW(struct answered_staple, bytes)},
};
static const struct record_type staple_type = RECORD_TYPE(struct answered_staple, staple_members);

static const struct record_member chain_members[] = {
	{RECORD_BOOLEAN_ROW(struct answered_chain, verified)},
	{RECORD_WORD_ROW(struct answered_chain, reason, reason_names)},
	{RECORD_TEXT_ROW(struct answered_chain, error)},
	{RECORD_NUMBER_ROW(struct answered_chain, depth)},
	{RECORD_TEXTS_ROW(struct answered_chain, certificates)},
};
static const struct record_type chain_type = RECORD_TYPE(struct answered_chain, chain_members);

static const struct record_member handshake_members[] = {
	{RECORD_TEXTS_ROW(struct handshake_answer, sent)},
	{RECORD_INTEGER_ROW(struct handshake_answer, num_sent)},
	{RECORD_OBJECT_ROW(struct handshake_answer, chain, struct answered_chain, chain_type)},
	{RECORD_LIST_ROW(struct handshake_answer, staples, struct answered_staple, staple_type,
			 MANY)},
};
static const struct record_type answer_type =
	RECORD_TYPE(struct handshake_answer, handshake_members);

static const struct record_member certificate_members[] = {
	{RECORD_TEXT_ROW(struct answered_certificate, sha256)},
	{RECORD_TEXT_ROW(struct answered_certificate, pem)},
	{RECORD_INLINE_ROW(struct answered_certificate, certificate, struct certificate,
			   certificate_type)},
};
static const struct record_type answered_certificate_type =
	RECORD_TYPE(struct answered_certificate, certificate_members);

static const struct record_member certificates_members[] = {
	{RECORD_LIST_ROW(struct certificates_answer, certificates, struct answered_certificate,
			 answered_certificate_type, MANY)},
	{RECORD_TEXT_ROW(struct certificates_answer, detail)},
};
static const struct record_type certificates_type =
	RECORD_TYPE(struct certificates_answer, certificates_members);

static const struct record_member fetch_members[] = {
	{RECORD_INLINE_ROW(struct fetch_answer, fetch, struct fetch, fetch_type)},
	{RECORD_TEXT_ROW(struct fetch_answer, bytes)},
	{RECORD_TEXT_ROW(struct fetch_answer, detail)},
};
static const struct record_type fetch_answer_type = RECORD_TYPE(struct fetch_answer, fetch_members);

bool handshake_answer_read(struct handshake_answer *out, struct handshake *handshake,
			   const json_t *answer, struct error *err)
{
	bool done = record_read(handshake, &handshake_outcome_type, answer, "examination",
				ERROR_UNABLE, err) &&
		    record_read(out, &answer_type, answer, "examination", ERROR_UNABLE, err);
	/* What did not come is null in an examination. */
	record_renew(&handshake->record);
	return done;
}

bool certificates_answer_read(struct certificates_answer *out, const json_t *answer,
			      struct error *err)
{
	return record_read(out, &certificates_type, answer, "examination", ERROR_UNABLE, err);
}

bool fetch_answer_read(struct fetch_answer *out, const json_t *answer, struct error *err)
{
	return record_read(out, &fetch_answer_type, answer, "examination", ERROR_UNABLE, err);
}

void handshake_answer_clear(struct handshake_answer *answer)
{
	record_clear(answer, &answer_type);
}

void certificates_answer_clear(struct certificates_answer *answer)
{
	record_clear(answer, &certificates_type);
}

void fetch_answer_clear(struct fetch_answer *answer)
{
	record_clear(answer, &fetch_answer_type);
}
