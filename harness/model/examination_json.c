/* Knows which member of an examination is which key of its document. */
#include "harness/model/examination_json.h"

#include "harness/model/finding_json.h"
#include "harness/model/server_kind.h"

#include <stdlib.h>
#include <string.h>

/* The maximum in a document; examinations of this program have fewer. */
#define MANY 4096
#define SOME 256
#define FEW  16

#define ALWAYS              .presence = RECORD_ALWAYS
#define IF_SET              .presence = RECORD_IF_SET
#define TEXT(member)        RECORD_TEXT_ROW(OF, member)
#define TEXTS(member)       RECORD_TEXTS_ROW(OF, member)
#define BOOLEAN(member)     RECORD_BOOLEAN_ROW(OF, member)
#define FLAG(member)        RECORD_FLAG_ROW(OF, member)
#define INTEGER(member)     RECORD_INTEGER_ROW(OF, member)
#define NUMBER(member)      RECORD_NUMBER_ROW(OF, member)
#define REAL(member)        RECORD_REAL_ROW(OF, member)
#define TIME(member)        RECORD_TIME_ROW(OF, member)
#define WORD(member, names) RECORD_WORD_ROW(OF, member, names)
#define WITH(flag)          RECORD_GROUP(OF, flag)

/* --- names --- */

#define OF struct name_server
static const struct record_member name_server_members[] = {
	{TEXT(server), ALWAYS},
	{TEXT(result), ALWAYS},
	{TEXTS(addresses), ALWAYS},
	{INTEGER(ms), ALWAYS},
};
static const struct record_type name_server_type = RECORD_TYPE(OF, name_server_members);
#undef OF

#define OF struct resolution
static const struct record_member resolution_members[] = {
	{TEXT(host), ALWAYS},
	{TEXTS(addresses), ALWAYS},
	{TEXT(error), ALWAYS},
	{INTEGER(ms), ALWAYS},
	{RECORD_LIST_ROW(OF, resolvers, struct name_server, name_server_type, FEW), ALWAYS},
};
static const struct record_type resolution_type = RECORD_TYPE(OF, resolution_members);
#undef OF

#define OF struct examined_target
static const struct record_member target_members[] = {
	{TEXT(host), ALWAYS},     {INTEGER(port), ALWAYS}, {TEXT(server_name), ALWAYS},
	{TEXT(starttls), ALWAYS}, {TEXT(connect), ALWAYS}, {BOOLEAN(proxy), ALWAYS},
};
static const struct record_type target_type = RECORD_TYPE(OF, target_members);
#undef OF

/* --- handshakes --- */

#define OF struct seen_alert
static const struct record_member alert_members[] = {
	{WORD(direction, alert_direction_names), ALWAYS},
	{INTEGER(number), ALWAYS},
	{TEXT(name), ALWAYS},
};
static const struct record_type alert_type = RECORD_TYPE(OF, alert_members);
#undef OF

#define OF struct seen_tls
static const struct record_member tls_members[] = {
	{TEXT(version), ALWAYS},
	{TEXT(cipher), ALWAYS},
};
static const struct record_type tls_type = RECORD_TYPE(OF, tls_members);
#undef OF

#define OF struct seen_native
static const struct record_member native_members[] = {
	{TEXT(library), ALWAYS},
	{INTEGER(code), ALWAYS},
	{TEXT(name), ALWAYS},
	{TEXT(text), ALWAYS},
};
static const struct record_type native_type = RECORD_TYPE(OF, native_members);
#undef OF

#define OF struct seen_timing
static const struct record_member timing_members[] = {
	{INTEGER(connect), ALWAYS},
	{INTEGER(handshake), ALWAYS},
};
static const struct record_type timing_type = RECORD_TYPE(OF, timing_members);
#undef OF

#define OF struct handshake
/* What the client program says of it. */
#define OUTCOME_ROWS                                                                         \
	{BOOLEAN(completed), ALWAYS}, {WORD(reason, reason_names), ALWAYS},                  \
		{WORD(stage, stage_names), ALWAYS}, {TEXT(detail), ALWAYS},                  \
		{RECORD_OBJECT_ROW(OF, alert, struct seen_alert, alert_type), ALWAYS},       \
		{RECORD_OBJECT_ROW(OF, tls, struct seen_tls, tls_type), ALWAYS},             \
		{RECORD_OBJECT_ROW(OF, native, struct seen_native, native_type), ALWAYS},    \
		{RECORD_OBJECT_ROW(OF, timing_us, struct seen_timing, timing_type), ALWAYS}, \
		{WORD(client_certificate, client_certificate_names), ALWAYS},                \
		{TEXT(greeting), ALWAYS},                                                    \
	{                                                                                    \
		TEXT(http_server), ALWAYS                                                    \
	}
static const struct record_member outcome_members[] = {OUTCOME_ROWS};
const struct record_type handshake_outcome_type = RECORD_TYPE(OF, outcome_members);

static const struct record_member handshake_members[] = {
	{TEXT(address), ALWAYS},
	{INTEGER(port), ALWAYS},
	{INTEGER(round), ALWAYS},
	{WORD(offered, offered_names), ALWAYS},
	{WORD(key, offered_key_names), IF_SET},
	{BOOLEAN(asks_staple), ALWAYS},
	OUTCOME_ROWS,
	{TEXT(chain), IF_SET},
	{TEXTS(staples), ALWAYS},
	{TEXTS(upper_staples), ALWAYS},
};
static const struct record_type handshake_type = RECORD_TYPE(OF, handshake_members);
#undef OF

/* --- what came --- */

#define OF struct examined_server
static const struct record_member server_members[] = {
	{WORD(kind, server_kind_names), ALWAYS},
	{TEXT(software), ALWAYS},
	{WORD(how, server_source_names), ALWAYS},
};
static const struct record_type server_type = RECORD_TYPE(OF, server_members);
#undef OF

#define OF struct sent_chain
static const struct record_member chain_members[] = {
	{TEXTS(sent), ALWAYS},
	{INTEGER(num_sent), ALWAYS},
	{BOOLEAN(verified), ALWAYS},
	{WORD(reason, reason_names), ALWAYS},
	{TEXT(error), ALWAYS},
	{NUMBER(depth), ALWAYS},
	{TEXTS(path), ALWAYS},
	{BOOLEAN(missing_issuer), WITH(is_analysed)},
	{BOOLEAN(out_of_order), WITH(is_analysed)},
	{TEXTS(superfluous), WITH(is_analysed)},
	{TEXTS(expired), WITH(is_analysed)},
	{BOOLEAN(root_sent), WITH(is_analysed)},
};
static const struct record_type chain_type = RECORD_MAP_TYPE(OF, chain_members);
#undef OF

#define OF struct unusable_pointer
static const struct record_member unusable_pointer_members[] = {
	{WORD(kind, pointer_kind_names), ALWAYS},
	{TEXT(url), ALWAYS},
	{WORD(why, url_fault_names), ALWAYS},
};
static const struct record_type unusable_pointer_type = RECORD_TYPE(OF, unusable_pointer_members);
#undef OF

#define OF struct certificate
static const struct record_member certificate_members[] = {
	{TEXT(subject), ALWAYS},
	{TEXT(issuer), ALWAYS},
	{TEXT(common_name), ALWAYS},
	{TEXT(serial), ALWAYS},
	{TIME(not_before), ALWAYS},
	{TIME(not_after), ALWAYS},
	{TEXTS(names), ALWAYS},
	{BOOLEAN(is_ca), ALWAYS},
	{BOOLEAN(self_signed), ALWAYS},
	{BOOLEAN(must_staple), ALWAYS},
	{BOOLEAN(no_rev_avail), ALWAYS},
	{BOOLEAN(ocsp_signing), ALWAYS},
	{TEXTS(ocsp_urls), ALWAYS},
	{TEXTS(crl_urls), ALWAYS},
	{TEXTS(issuer_urls), ALWAYS},
	{TEXT(key_id), ALWAYS},
	{TEXT(issuer_key_id), ALWAYS},
	{TEXT(key), ALWAYS},
	{RECORD_LIST_ROW(OF, unusable_urls, struct unusable_pointer, unusable_pointer_type, SOME),
	 IF_SET},
};
const struct record_type certificate_type = RECORD_MAP_TYPE(OF, certificate_members);
#undef OF

/* --- status --- */

#define OF struct stack_check
static const struct record_member stack_check_members[] = {
	{WORD(check, check_names), ALWAYS},
	{WORD(status, status_names), IF_SET},
	{TEXT(detail), IF_SET},
};
static const struct record_type stack_check_type = RECORD_MAP_TYPE(OF, stack_check_members);
#undef OF

#define OF struct status_answer
static const struct record_member status_answer_members[] = {
	{WORD(check, check_names), WITH(is_judged)},
	{WORD(status, status_names), WITH(is_judged)},
	{FLAG(authentic), WITH(is_judged)},
	{FLAG(fresh), WITH(is_judged)},
	{NUMBER(response_status), WITH(is_judged)},
	{TIME(this_update), WITH(is_judged)},
	{TIME(next_update), WITH(is_judged)},
	{TIME(produced_at), WITH(is_judged)},
	{TEXT(signer), WITH(is_judged)},
	{TIME(signer_not_after), IF_SET},
	{TIME(revocation_time), WITH(is_judged)},
	{NUMBER(revocation_reason), WITH(is_judged)},
	{NUMBER(covered_reasons), IF_SET},
	{TEXT(serial), IF_SET},
	{RECORD_MAP_ROW(OF, stacks, struct stack_check, stack_check_type, SOME), WITH(was_put)},
	{TIME(ends), IF_SET},
	{WORD(ends_by, life_end_names), IF_SET},
	{NUMBER(left_s), IF_SET},
	{NUMBER(life_s), IF_SET},
	{REAL(used), IF_SET},
};
static const struct record_type status_answer_type = RECORD_TYPE(OF, status_answer_members);
#undef OF

#define OF struct staple
static const struct record_member staple_members[] = {
	{TEXT(bytes), ALWAYS},
	{INTEGER(length), ALWAYS},
	{INTEGER(depth), ALWAYS},
	{INTEGER(seen), ALWAYS},
	{TEXT(first_seen), ALWAYS},
	{TEXT(chain), IF_SET},
	{RECORD_INLINE_ROW(OF, answer, struct status_answer, status_answer_type)},
};
static const struct record_type staple_type = RECORD_MAP_TYPE(OF, staple_members);
#undef OF

/* --- sources --- */

#define OF struct fetch
static const struct record_member fetch_members[] = {
	{WORD(method, fetch_method_names), IF_SET},
	{WORD(layer, fetch_layer_names), IF_SET},
	{NUMBER(http_status), WITH(is_answered)},
	{TEXT(content_type), WITH(is_answered)},
	{TIME(date), WITH(is_answered)},
	{NUMBER(age), IF_SET},
	{TEXT(address), WITH(is_answered)},
	{NUMBER(redirects), WITH(is_answered)},
	{NUMBER(ms), WITH(is_answered)},
	{NUMBER(ms_dns), WITH(is_answered)},
	{NUMBER(ms_connect), WITH(is_answered)},
	{TEXT(text), WITH(is_answered)},
	{NUMBER(length), WITH(is_answered)},
	{TEXT(sha256), WITH(is_answered)},
};
const struct record_type fetch_type = RECORD_TYPE(OF, fetch_members);
#undef OF

#define OF struct responder_attempt
static const struct record_member attempt_members[] = {
	{RECORD_INLINE_ROW(OF, fetch, struct fetch, fetch_type)},
	{TEXT(bytes), IF_SET},
	{RECORD_INLINE_ROW(OF, answer, struct status_answer, status_answer_type)},
};
static const struct record_type attempt_type = RECORD_TYPE(OF, attempt_members);
#undef OF

#define OF struct responder
static const struct record_member responder_members[] = {
	{TEXT(url), ALWAYS},
	{TEXT(host), ALWAYS},
	{TEXT(why), IF_SET},
	{RECORD_LIST_ROW(OF, resolvers, struct name_server, name_server_type, FEW), WITH(is_asked)},
	{RECORD_LIST_ROW(OF, attempts, struct responder_attempt, attempt_type, FEW), IF_SET},
	{WORD(verdict, source_verdict_names), IF_SET},
};
static const struct record_type responder_type = RECORD_TYPE(OF, responder_members);
#undef OF

#define OF struct crl_source
static const struct record_member crl_members[] = {
	{TEXT(url), ALWAYS},
	{TEXT(host), ALWAYS},
	{TEXT(why), IF_SET},
	{RECORD_INLINE_ROW(OF, fetch, struct fetch, fetch_type)},
	{RECORD_INLINE_ROW(OF, answer, struct status_answer, status_answer_type)},
	{WORD(verdict, source_verdict_names), IF_SET},
};
static const struct record_type crl_type = RECORD_TYPE(OF, crl_members);
#undef OF

#define OF struct status_sources
static const struct record_member sources_members[] = {
	{RECORD_LIST_ROW(OF, responders, struct responder, responder_type, SOME), IF_SET},
	{RECORD_LIST_ROW(OF, crls, struct crl_source, crl_type, SOME), IF_SET},
};
static const struct record_type sources_type = RECORD_TYPE(OF, sources_members);
#undef OF

#define OF struct examined_certificate
static const struct record_member other_members[] = {
	{TEXT(certificate), ALWAYS},
	{TEXT(issuer), ALWAYS},
	{INTEGER(depth), ALWAYS},
	{RECORD_INLINE_ROW(OF, sources, struct status_sources, sources_type)},
};
static const struct record_type other_type = RECORD_TYPE(OF, other_members);
#undef OF

#define OF struct issuer_source
static const struct record_member issuer_members[] = {
	{TEXT(url), ALWAYS},
	{TEXT(host), ALWAYS},
	{TEXT(why), IF_SET},
	{BOOLEAN(fetched), ALWAYS},
	{RECORD_INLINE_ROW(OF, fetch, struct fetch, fetch_type)},
	{TEXTS(certificates), WITH(is_read)},
	{BOOLEAN(helps), WITH(is_read)},
};
static const struct record_type issuer_type = RECORD_TYPE(OF, issuer_members);
#undef OF

/* --- the whole --- */

#define OF struct examined_clock
static const struct record_member clock_members[] = {
	{NUMBER(responder_s), IF_SET},
	{INTEGER(sources), IF_SET},
	{TEXT(url), IF_SET},
};
static const struct record_type clock_type = RECORD_TYPE(OF, clock_members);
#undef OF

#define OF struct examination_step
static const struct record_member step_members[] = {
	{WORD(step, step_names), ALWAYS},
	{FLAG(ok), ALWAYS},
	{TEXT(text), ALWAYS},
};
static const struct record_type step_type = RECORD_TYPE(OF, step_members);
#undef OF

#define OF struct unexamined
static const struct record_member unexamined_members[] = {
	{TEXT(what), ALWAYS},
	{WORD(why, unexamined_why_names), ALWAYS},
	{TEXT(text), ALWAYS},
};
static const struct record_type unexamined_type = RECORD_TYPE(OF, unexamined_members);
#undef OF

#define OF struct examination
static const struct record_member examination_members[] = {
	{RECORD_OBJECT_ROW(OF, target, struct examined_target, target_type), IF_SET},
	{TIME(started), ALWAYS},
	{TIME(finished), ALWAYS},
	{RECORD_OBJECT_ROW(OF, resolution, struct resolution, resolution_type), IF_SET},
	{RECORD_LIST_ROW(OF, handshakes, struct handshake, handshake_type, MANY), IF_SET},
	{RECORD_OBJECT_ROW(OF, server, struct examined_server, server_type), IF_SET},
	{RECORD_MAP_ROW(OF, chains, struct sent_chain, chain_type, MANY), IF_SET},
	{RECORD_MAP_ROW(OF, certificates, struct certificate, certificate_type, MANY), IF_SET},
	{TEXT(leaf), IF_SET},
	{RECORD_MAP_ROW(OF, staples, struct staple, staple_type, MANY), IF_SET},
	{RECORD_INLINE_ROW(OF, sources, struct status_sources, sources_type)},
	{RECORD_LIST_ROW(OF, others, struct examined_certificate, other_type, SOME), IF_SET},
	{RECORD_LIST_ROW(OF, issuers, struct issuer_source, issuer_type, SOME), IF_SET},
	{RECORD_OBJECT_ROW(OF, clock, struct examined_clock, clock_type), IF_SET},
	{RECORD_LIST_ROW(OF, steps, struct examination_step, step_type, MANY), IF_SET},
	{RECORD_LIST_ROW(OF, not_examined, struct unexamined, unexamined_type, MANY), IF_SET},
	{RECORD_LIST_ROW(OF, causes, struct finding, finding_type, SOME), WITH(is_diagnosed)},
	{WORD(level, level_names), WITH(is_diagnosed)},
	{TEXT(headline), WITH(is_diagnosed)},
};
const struct record_type examination_type = RECORD_TYPE(OF, examination_members);
#undef OF

void examination_clear(struct examination *examination)
{
	free(examination->id);
	record_clear(examination, &examination_type);
}

void examination_forget_findings(struct examination *examination)
{
	for (size_t i = 0; i < examination->num_causes; i++)
		record_clear(&examination->causes[i], &finding_type);
	free(examination->causes);
	free(examination->level.foreign);
	free(examination->headline);
	examination->causes = NULL;
	examination->num_causes = 0;
	examination->level = (struct word){0};
	examination->headline = NULL;
}

void examinations_clear(struct examinations *all)
{
	for (size_t i = 0; i < all->num_items; i++)
		examination_clear(&all->items[i]);
	free(all->items);
	*all = (struct examinations){0};
}

void examinations_free(struct examinations *all)
{
	if (all != NULL)
		examinations_clear(all);
	free(all);
}

static bool add(struct examinations *all, const char *target, const json_t *object,
		enum error_kind kind, struct error *err)
{
	char where[128];
	struct examination *one =
		record_add((void **)&all->items, &all->num_items, sizeof *all->items);
	if (one == NULL || (one->id = strdup(target)) == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	snprintf(where, sizeof where, "examinations.%.64s", target);
	return record_read(one, &examination_type, object, where, kind, err);
}

struct examinations *examinations_read(const json_t *object, enum error_kind kind,
				       struct error *err)
{
	struct examinations *all = calloc(1, sizeof *all);
	const char *target;
	json_t *one;
	if (all == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return NULL;
	}
	if (!json_is_object(object)) {
		error_set(err, kind, "'examinations' is not an object");
		free(all);
		return NULL;
	}
	json_object_foreach((json_t *)object, target, one)
	{
		if (!add(all, target, one, kind, err)) {
			examinations_free(all);
			return NULL;
		}
	}
	return all;
}

json_t *examinations_write(const struct examinations *all)
{
	json_t *object = json_object();
	for (size_t i = 0; object != NULL && i < all->num_items; i++) {
		if (json_object_set_new(object, all->items[i].id,
					record_write(&all->items[i], &examination_type)) != 0) {
			json_decref(object);
			object = NULL;
		}
	}
	return object;
}
