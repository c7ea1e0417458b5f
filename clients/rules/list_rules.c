/* Knows when a CRL is an issuer's, and what it says about a certificate. */
#include "clients/rules/list_rules.h"

#include "clients/rules/freshness.h"
#include "clients/rules/list.h"
#include "clients/rules/list_signer.h"
#include "clients/rules/long_list.h"
#include "clients/rules/name.h"
#include "clients/rules/scope.h"

#include <stdio.h>
#include <stdlib.h>

#define ID(literal)                                             \
	{                                                       \
		(const uint8_t *)(literal), sizeof(literal) - 1 \
	}

#define OID_SCOPE        "\x55\x1d\x1c" /* id-ce-issuingDistributionPoint */
#define OID_DELTA        "\x55\x1d\x1b" /* id-ce-deltaCRLIndicator */
#define OID_FRESHEST     "\x55\x1d\x2e" /* id-ce-freshestCRL */
#define OID_KEY_ID       "\x55\x1d\x0e" /* id-ce-subjectKeyIdentifier */
#define OID_ISSUER_KEY   "\x55\x1d\x23" /* id-ce-authorityKeyIdentifier */
#define OID_ENTRY_ISSUER "\x55\x1d\x1d" /* id-ce-certificateIssuer */

enum { REMOVE_FROM_CRL = 8 };

/* What is looked at here. */
static const struct der list_ids[] = {ID(OID_SCOPE), ID(OID_DELTA), ID(OID_ISSUER_KEY), {NULL, 0}};
/* Of an entry: reason and invalidity date only inform. */
static const struct der entry_ids[] = {
	ID("\x55\x1d\x15"), ID("\x55\x1d\x18"), ID(OID_ENTRY_ISSUER), {NULL, 0}};

/* A CRL while it is checked. */
struct judge {
	const struct question *question;
	struct status_check *out;
	struct list list;
	bool has_odd_times; /* in a form that RFC 5280 section 5.1.2.4 does not allow */
	bool is_refused;    /* by its algorithm, though the signature verifies */
	struct certificate signer;
};

static bool fail(struct judge *judge, enum check check, const char *text)
{
	judge->out->check = check;
	question_say(judge->out, text);
	return false;
}

static bool has_times(const struct list *list)
{
	return list->has_this_update && !list->is_next_update_broken;
}

/* Times in a form that RFC 5280 does not allow can be read in a list of revoked certificates:
 * what is wrong in it does not make the certificate good. */
static bool read_list(struct judge *judge, struct der bytes)
{
	struct list *list = &judge->list;
	struct list strict;
	if (!list_read(list, bytes, DER_TIME_ANY) || !list_read(&strict, bytes, 0))
		return fail(judge, CHECK_MALFORMED, "the CRL cannot be read");
	judge->has_odd_times = !has_times(&strict);
	judge->out->this_update = list->this_update;
	judge->out->next_update = list->next_update;
	return has_times(list) || fail(judge, CHECK_MALFORMED, "a time of the CRL cannot be read");
}

static bool has_extension(struct der extensions, struct der id)
{
	struct der value;
	return der_find_extension(&value, extensions, id);
}

/* RFC 5280 section 5.3: a critical extension of any entry that is not known forbids to use the
 * list for any certificate. */
static bool check_entries(struct judge *judge)
{
	struct der entries = judge->list.entries;
	struct listed listed;
	while (entries.len > 0) {
		if (!list_take_entry(&listed, &entries, DER_TIME_ANY))
			return fail(judge, CHECK_MALFORMED, "an entry cannot be read");
		if (!question_knows(listed.extensions, entry_ids))
			return fail(judge, CHECK_MALFORMED,
				    "unknown critical extension of an entry");
	}
	return true;
}

/* By an algorithm that the stack refuses, a CRL shows who is revoked. */
static bool check_signer(struct judge *judge, void *opened, struct der bytes)
{
	const struct list_signature what = {judge->question, &judge->list, opened, bytes};
	enum check check = list_signer_check(&judge->signer, &judge->is_refused, judge->out, &what);
	if (check == CHECK_GOOD)
		return true;
	judge->out->check = check;
	return false;
}

/* Whether the CRL says that it was signed by another key of its issuer (RFC 5280 section 5.2.1). */
static bool names_other_key(const struct judge *judge)
{
	struct der value, list, wanted, own;
	return der_find_extension(&value, judge->list.extensions, der_of(OID_ISSUER_KEY, 3)) &&
	       der_take(&value, &list, DER_SEQUENCE) && der_take(&list, &wanted, DER_CONTEXT(0)) &&
	       certificate_extension(&value, &judge->signer, der_of(OID_KEY_ID, 3)) &&
	       der_take(&value, &own, DER_OCTET_STRING) && !der_same(wanted, own);
}

/* A delta CRL is no complete one, whether its indicator is critical, as it should be (RFC 5280
 * section 5.2.4), or not. */
static bool check_extensions(struct judge *judge)
{
	const struct question *question = judge->question;
	struct der extensions = judge->list.extensions, value = {NULL, 0};
	if (!question_knows(extensions, list_ids))
		return fail(judge, CHECK_MALFORMED, "unknown critical extension of the CRL");
	if (has_extension(extensions, der_of(OID_DELTA, 3)))
		return fail(judge, CHECK_MALFORMED, "a delta CRL, which is not complete");
	der_find_extension(&value, extensions, der_of(OID_SCOPE, 3));
	switch (scope_check(&judge->out->covered_reasons, value, question->certificate,
			    judge->list.issuer)) {
	case CHECK_GOOD: return true;
	case CHECK_MALFORMED:
		return fail(judge, CHECK_MALFORMED, "the scope of the CRL cannot be read");
	default:
		return fail(judge, CHECK_WRONG_CERTIFICATE, "the CRL is not for such certificates");
	}
}

/* Whether one of these names is the certificate's issuer (GeneralNames, RFC 5280 section 5.3.3). In
 * *is_read whether they are names at all. */
static bool is_entry_issuer(bool *is_read, struct der names, const struct certificate *certificate)
{
	struct der list, name;
	int tag;
	*is_read = der_take(&names, &list, DER_SEQUENCE) && names.len == 0;
	while (*is_read && der_take_any(&list, &tag, &name))
		if (tag == DER_CONSTRUCTED(4) && name_is_same(name, certificate->issuer))
			return true;
	*is_read = *is_read && list.len == 0;
	return false;
}

/* The status by the list. An entry is for a certificate of the CRL's issuer, unless it or one
 * before it names another. */
static bool find_entry(struct judge *judge)
{
	const struct certificate *certificate = judge->question->certificate;
	struct status_check *out = judge->out;
	struct der entries = judge->list.entries, names;
	struct listed listed;
	bool is_of_issuer = name_is_same(judge->list.issuer, certificate->issuer), is_read;
	out->status = STATUS_GOOD;
	while (list_take_entry(&listed, &entries, DER_TIME_ANY)) {
		if (der_find_extension(&names, listed.extensions, der_of(OID_ENTRY_ISSUER, 3))) {
			is_of_issuer = is_entry_issuer(&is_read, names, certificate);
			if (!is_read)
				return fail(judge, CHECK_MALFORMED,
					    "the certificate issuer of an entry cannot be read");
		}
		if (!is_of_issuer || !der_is_same_number(listed.serial, certificate->serial))
			continue;
		int reason = list_reason(&listed);
		/* The certificate is good again (RFC 5280 section 6.3.3 (l)). */
		if (reason == REMOVE_FROM_CRL)
			continue;
		out->status = STATUS_REVOKED;
		out->revocation_time = listed.revocation_time;
		out->revocation_reason = reason;
		return true;
	}
	return true;
}

/* What keeps a CRL from saying that a certificate which it does not list is good; one that it
 * lists is revoked all the same. */
static bool may_say_good(struct judge *judge)
{
	if (judge->has_odd_times)
		return fail(judge, CHECK_MALFORMED, "a time of the CRL cannot be read");
	if (judge->is_refused) {
		judge->out->check = CHECK_ALGORITHM_UNSUPPORTED;
		return false;
	}
	if (names_other_key(judge))
		return fail(judge, CHECK_UNAUTHORIZED_SIGNER,
			    "the authority key identifier of the CRL is that of another key");
	return true;
}

static void check_times(struct judge *judge)
{
	const struct question *question = judge->question;
	struct status_check *out = judge->out;
	bool has_next = judge->list.has_next_update;
	out->check =
		!has_next && question->reader->wants_next_update
			? CHECK_NO_NEXT_UPDATE
			: freshness_check(out->this_update, out->next_update, has_next,
					  question->now, question->skew_s, question->max_age_s);
	out->fresh = out->check == CHECK_GOOD;
	if (out->status == STATUS_REVOKED)
		out->covered_reasons = 0;
	if (out->fresh && out->status == STATUS_REVOKED)
		out->check = CHECK_REVOKED;
	if (out->check != CHECK_GOOD || out->covered_reasons == REASONS_ALL)
		return;
	out->status = STATUS_NONE;
	fail(judge, CHECK_INCOMPLETE,
	     "the CRL lists certificates that are revoked for some reasons only");
}

/* What was revoked after this CRL may be in a delta CRL, which is not fetched. */
static void note_delta(struct judge *judge)
{
	struct der id = der_of(OID_FRESHEST, 3), value;
	if (judge->out->check == CHECK_GOOD &&
	    (has_extension(judge->list.extensions, id) ||
	     certificate_extension(&value, judge->question->certificate, id)))
		question_say(judge->out, "a delta CRL is named (freshestCRL) and was not used");
}

static void check_opened(struct judge *judge, void *opened, struct der bytes)
{
	if (!read_list(judge, bytes) || !check_signer(judge, opened, bytes) ||
	    !check_extensions(judge) || !check_entries(judge) || !find_entry(judge) ||
	    (judge->out->status == STATUS_GOOD && !may_say_good(judge)))
		return;
	judge->out->authentic = true;
	check_times(judge);
	note_delta(judge);
}

static void refuse_size(struct status_check *out, size_t len)
{
	char text[NATIVE_MAX];
	snprintf(text, sizeof text,
		 "the CRL is not in DER, and its %zu bytes are more than the limit of %zu bytes "
		 "for such",
		 len, LONG_LIST_WHOLE_MAX);
	out->check = CHECK_TOO_LARGE;
	question_say(out, text);
}

void list_judge(struct status_check *out, const struct question *question, struct der bytes)
{
	const struct status_reader *reader = question->reader;
	struct judge judge = {.question = question, .out = out};
	uint8_t *decoded = NULL;
	void *opened = NULL;
	*out = (struct status_check){.check = CHECK_MALFORMED, .revocation_reason = -1};
	if (long_list_is(&decoded, &bytes)) {
		if (long_list_read(out, reader, bytes))
			check_opened(&judge, NULL, bytes);
	} else if (bytes.len > LONG_LIST_WHOLE_MAX) {
		refuse_size(out, bytes.len);
	} else if ((opened = reader->open(out, &bytes)) != NULL) {
		check_opened(&judge, opened, bytes);
	}
	reader->close(opened);
	free(decoded);
}
