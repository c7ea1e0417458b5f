/* Knows when a CRL is an issuer's, and what it says about a certificate. */
#include "clients/rules/list_rules.h"

#include "clients/rules/flags.h"
#include "clients/rules/list.h"
#include "clients/rules/name.h"
#include "clients/rules/scope.h"

#define ID(literal)                                             \
	{                                                       \
		(const uint8_t *)(literal), sizeof(literal) - 1 \
	}

#define OID_SCOPE        "\x55\x1d\x1c" /* id-ce-issuingDistributionPoint */
#define OID_DELTA        "\x55\x1d\x1b" /* id-ce-deltaCRLIndicator */
#define OID_ENTRY_ISSUER "\x55\x1d\x1d" /* id-ce-certificateIssuer */
#define OID_OCSP         "\x2b\x06\x01\x05\x05\x07\x30\x01"

enum { REMOVE_FROM_CRL = 8 };

/* Of an entry: reason and invalidity date only inform. */
static const struct der entry_ids[] = {ID("\x55\x1d\x15"), ID("\x55\x1d\x18"), {NULL, 0}};
static const struct der shared_ids[] = {ID("\x55\x1d\x15"),  ID("\x55\x1d\x18"),
					ID(OID_OCSP "\x03"), ID(OID_OCSP "\x06"),
					ID(OID_OCSP "\x09"), {NULL, 0}};

/* A CRL while it is checked. */
struct judge {
	const struct question *question;
	struct status_check *out;
	struct list list;
	int forms;       /* of times */
	bool is_refused; /* by its algorithm, though the signature verifies */
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

static bool read_list(struct judge *judge, struct der bytes)
{
	struct list *list = &judge->list;
	struct status_check *out = judge->out;
	if (!list_read(list, bytes, judge->forms))
		return fail(judge, CHECK_MALFORMED, "the CRL cannot be read");
	bool is_next_broken =
		list->is_next_update_broken && !has_flag(judge, RULE_BROKEN_NEXT_IS_ABSENT);
	out->this_update = list->this_update;
	out->next_update = list->next_update;
	return (list->has_this_update && !is_next_broken) ||
	       fail(judge, CHECK_MALFORMED, "a time of the CRL cannot be read");
}

/* RFC 5280 section 5.3: a critical extension of any entry that is not known forbids to use the
 * list for any certificate. */
static bool check_entries(struct judge *judge)
{
	const struct der *known =
		has_flag(judge, RULE_ENTRIES_SHARE_EXTENSIONS) ? shared_ids : entry_ids;
	struct der entries = judge->list.entries;
	struct listed listed;
	while (entries.len > 0) {
		if (!list_take_entry(&listed, &entries, judge->forms))
			return fail(judge, CHECK_MALFORMED, "an entry cannot be read");
		if (!question_knows(listed.extensions, known))
			return fail(judge, CHECK_MALFORMED,
				    "unknown critical extension of an entry");
	}
	return true;
}

/* Whether a name is that of the CRL's issuer. */
static bool is_list_issuer(const struct judge *judge, struct der name)
{
	if (has_flag(judge, RULE_LIST_ISSUER_BY_LETTERS))
		return name_is_same(judge->list.issuer, name, NAME_BY_LETTERS);
	return question_is_name(judge->question, judge->list.issuer, name);
}

static bool check_signer(struct judge *judge, void *opened)
{
	const struct question *question = judge->question;
	struct status_check *out = judge->out;
	if (!is_list_issuer(judge, question->issuer->subject))
		return fail(judge, CHECK_UNAUTHORIZED_SIGNER, "the CRL names another issuer");
	if (!certificate_has_usage(question->issuer, KEY_USAGE_CRL_SIGN))
		return fail(judge, CHECK_UNAUTHORIZED_SIGNER,
			    "the issuer's key usage does not allow it to sign CRLs");
	out->check = question->reader->check_signer(opened, out, question, NULL);
	judge->is_refused = out->authentic && out->check == CHECK_ALGORITHM_UNSUPPORTED;
	out->authentic = false;
	return out->check == CHECK_GOOD || judge->is_refused;
}

static bool is_unusable(const struct judge *judge, const struct der_extension *extension)
{
	if (DER_IS(extension->id, OID_SCOPE))
		return false;
	if (DER_IS(extension->id, OID_DELTA) && !has_flag(judge, RULE_DELTA_IS_COMPLETE))
		return true;
	return extension->critical;
}

static bool check_scope(struct judge *judge, struct der value)
{
	const struct question *question = judge->question;
	switch (scope_check(value, question->certificate, question->flags)) {
	case CHECK_GOOD: return true;
	case CHECK_MALFORMED:
		return fail(judge, CHECK_MALFORMED, "the scope of the CRL cannot be read");
	default:
		return fail(judge, CHECK_WRONG_CERTIFICATE, "the CRL is not for such certificates");
	}
}

/* The extensions of the list, either for what is critical in them or for the scope, or for both
 * in their order. */
static bool check_extensions(struct judge *judge, bool criticals, bool scopes)
{
	struct der rest = judge->list.extensions;
	struct der_extension extension;
	while (der_take_extension(&rest, &extension)) {
		if (criticals && is_unusable(judge, &extension))
			return fail(judge, CHECK_MALFORMED,
				    DER_IS(extension.id, OID_DELTA)
					    ? "a delta CRL, which is not complete"
					    : "unknown critical extension of the CRL");
		if (scopes && DER_IS(extension.id, OID_SCOPE) &&
		    !check_scope(judge, extension.value))
			return false;
	}
	return true;
}

static bool check_list(struct judge *judge)
{
	bool scopes = !has_flag(judge, RULE_NO_SCOPE);
	if (has_flag(judge, RULE_LIST_EXTENSIONS_IN_ORDER))
		return check_extensions(judge, true, scopes);
	return check_extensions(judge, true, false) && check_extensions(judge, false, scopes);
}

/* Whether the last certificateIssuer of the entries so far (GeneralNames, RFC 5280 section
 * 5.3.3) is the certificate's issuer. */
static bool is_entry_issuer(struct der names, const struct certificate *certificate)
{
	struct der list, name;
	int tag;
	if (!der_take(&names, &list, DER_SEQUENCE))
		return false;
	while (der_take_any(&list, &tag, &name))
		if (tag == DER_CONSTRUCTED(4) &&
		    name_is_same(name, certificate->issuer, NAME_RFC_5280))
			return true;
	return false;
}

static void note_issuer(struct der *issuer, const struct listed *listed)
{
	struct der rest = listed->extensions;
	struct der_extension extension;
	while (der_take_extension(&rest, &extension))
		if (DER_IS(extension.id, OID_ENTRY_ISSUER))
			*issuer = extension.value;
}

static void find_entry(struct judge *judge)
{
	const struct certificate *certificate = judge->question->certificate;
	bool has_details = has_flag(judge, RULE_LIST_ENTRY_DETAILS);
	struct status_check *out = judge->out;
	struct der entries = judge->list.entries, issuer = {NULL, 0};
	struct listed listed;
	bool is_of_issuer = !has_flag(judge, RULE_LIST_OF_ISSUER_FIELD) ||
			    is_list_issuer(judge, certificate->issuer);
	out->status = STATUS_GOOD;
	while (list_take_entry(&listed, &entries, judge->forms)) {
		if (has_details)
			note_issuer(&issuer, &listed);
		if (!der_same(listed.serial, certificate->serial) ||
		    !(issuer.at != NULL ? is_entry_issuer(issuer, certificate) : is_of_issuer))
			continue;
		int reason = list_reason(&listed);
		/* Only delta CRLs have it; the certificate is good again. */
		if (has_details && reason == REMOVE_FROM_CRL)
			return;
		out->status = STATUS_REVOKED;
		out->revocation_time = listed.revocation_time;
		out->revocation_reason = reason;
		return;
	}
}

static enum check check_times(const struct judge *judge)
{
	struct status_check times = *judge->out;
	bool has_next = judge->list.has_next_update;
	if (!has_next && judge->question->reader->wants_next_update)
		return CHECK_NO_NEXT_UPDATE;
	/* Is current by its nextUpdate alone. */
	if (has_flag(judge, RULE_LIST_TIMES_MAY_CROSS) && has_next &&
	    times.next_update < times.this_update &&
	    times.this_update <= judge->question->now + judge->question->skew_s)
		times.this_update = times.next_update;
	return question_times(&times, judge->question, has_next);
}

static void check_opened(struct judge *judge, void *opened, struct der bytes)
{
	bool entries_first = has_flag(judge, RULE_LIST_ENTRIES_FIRST);
	struct status_check *out = judge->out;
	if (!read_list(judge, bytes) || (entries_first && !check_entries(judge)) ||
	    !check_signer(judge, opened) || !check_list(judge) ||
	    (!entries_first && !check_entries(judge)))
		return;
	find_entry(judge);
	if (judge->is_refused && out->status != STATUS_REVOKED) {
		out->check = CHECK_ALGORITHM_UNSUPPORTED;
		return;
	}
	out->authentic = true;
	out->check = check_times(judge);
	out->fresh = out->check == CHECK_GOOD;
	if (out->fresh && out->status == STATUS_REVOKED)
		out->check = CHECK_REVOKED;
}

void list_judge(struct status_check *out, const struct question *question, struct der bytes)
{
	struct judge judge = {
		.question = question, .out = out, .forms = question_time_forms(question)};
	*out = (struct status_check){.check = CHECK_MALFORMED, .revocation_reason = -1};
	if (has_flag(&judge, RULE_SHORT_LIST_TIMES))
		judge.forms |= DER_TIME_SHORT | DER_TIME_NO_ZONE;
	void *opened = question->reader->open(out, &bytes);
	if (opened != NULL)
		check_opened(&judge, opened, bytes);
	question->reader->close(opened);
}
