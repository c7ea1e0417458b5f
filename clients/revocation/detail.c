/* Knows how the findings of a walk read as a sentence. */
#include "clients/revocation/detail.h"

#include "core/clock.h"
#include "core/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "2h" rather than "7231s": the largest unit of which there are two. */
static const char *roughly(char out[static 32], int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}};
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (seconds >= 2 * units[i].seconds) {
			snprintf(out, 32, "%" PRId64 " %s", seconds / units[i].seconds,
				 units[i].name);
			return out;
		}
	}
	snprintf(out, 32, "%" PRId64 " s", seconds);
	return out;
}

/* CRLReason of RFC 5280 section 5.3.1. */
static const char *revocation_reason_name(int reason)
{
	static const char *const names[] = {
		"unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
		"superseded",    "cessationOfOperation", "certificateHold", NULL,
		"removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
	if (reason < 0 || (size_t)reason >= sizeof names / sizeof names[0] || names[reason] == NULL)
		return "unknown reason";
	return names[reason];
}

/* Foreign words in brackets; none when there are none. */
static void add_remark(struct text *out, const char *words)
{
	if (words[0] == '\0')
		return;
	text_append(out, " (");
	text_append_visible(out, words, strlen(words));
	text_append(out, ")");
}

static void add_native(struct text *out, const struct status_check *check)
{
	if (check->native.text[0] == '\0')
		return;
	text_append(out, " (");
	if (strcmp(check->native.library, "revoscope") != 0)
		text_append_format(out, "%s: ", check->native.library);
	text_append_visible(out, check->native.text, strlen(check->native.text));
	text_append(out, ")");
}

static void add_staleness(struct text *out, const struct status_check *check, int64_t now)
{
	char when[32], rough[32];
	if (check->next_update != 0 && check->next_update <= now)
		text_append_format(out, "nextUpdate %s was %s ago",
				   clock_print_utc(when, check->next_update),
				   roughly(rough, now - check->next_update));
	else
		text_append_format(out, "thisUpdate %s was %s ago, longer than the policy allows",
				   clock_print_utc(when, check->this_update),
				   roughly(rough, now - check->this_update));
}

/* What is current by the skew alone. */
static void add_tolerance(struct text *out, const struct status_check *check, int64_t now)
{
	char rough[32];
	if (!check->tolerated)
		return;
	if (check->this_update > now)
		text_append_format(out, ", thisUpdate is in %s, which skew_s tolerates",
				   roughly(rough, check->this_update - now));
	else
		text_append_format(out, ", nextUpdate was %s ago, which skew_s tolerates",
				   roughly(rough, now - check->next_update));
}

static void add_revoked(struct text *out, const struct status_check *check, int64_t now)
{
	char when[32];
	text_append(out, "says revoked");
	if (check->revocation_time != 0)
		text_append_format(out, " since %s", clock_print_utc(when, check->revocation_time));
	if (check->revocation_reason >= 0)
		text_append_format(out, " (%s)", revocation_reason_name(check->revocation_reason));
	if (!check->fresh && check->next_update != 0) {
		text_append(out, ", though it is stale: ");
		add_staleness(out, check, now);
	}
	add_tolerance(out, check, now);
}

static void add_good(struct text *out, const struct status_check *check)
{
	char from[32], to[32];
	text_append_format(out, "says good (%s to %s)", clock_print_utc(from, check->this_update),
			   check->next_update != 0 ? clock_print_utc(to, check->next_update)
						   : "no end");
	/* What the rules remark on, as a delta CRL that was not used; a stack has nothing to say.
	 */
	if (strcmp(check->native.library, "revoscope") == 0)
		add_native(out, check);
}

/* What the checks of a response or CRL found; reads after a subject ("staple ..."). */
static void add_finding(struct text *out, const struct status_check *check, bool says_revoked,
			int64_t now)
{
	char when[32], rough[32];
	if (says_revoked && check->check != CHECK_NOT_YET_VALID) {
		add_revoked(out, check, now);
		return;
	}
	switch (check->check) {
	case CHECK_GOOD:
		add_good(out, check);
		add_tolerance(out, check, now);
		return;
	case CHECK_UNKNOWN:
		text_append(out, "says unknown");
		add_tolerance(out, check, now);
		return;
	case CHECK_STALE:
		text_append(out, "is stale: ");
		add_staleness(out, check, now);
		return;
	case CHECK_NOT_YET_VALID:
		text_append_format(out, "is not yet valid: thisUpdate %s is in %s",
				   clock_print_utc(when, check->this_update),
				   roughly(rough, check->this_update - now));
		return;
	case CHECK_NO_NEXT_UPDATE: text_append(out, "has no nextUpdate"); break;
	case CHECK_MALFORMED: text_append(out, "does not parse"); break;
	case CHECK_TOO_LARGE: text_append(out, "is too large"); break;
	case CHECK_ERROR_RESPONSE:
		text_append_format(out, "is an OCSP error (responseStatus %d)",
				   check->response_status);
		break;
	case CHECK_WRONG_CERTIFICATE: text_append(out, "does not cover the certificate"); break;
	case CHECK_INCOMPLETE: text_append(out, "does not cover every reason"); break;
	case CHECK_BAD_SIGNATURE: text_append(out, "has a bad signature"); break;
	case CHECK_ALGORITHM_UNSUPPORTED:
		text_append(out, "is signed with an algorithm that the stack does not accept");
		break;
	case CHECK_UNAUTHORIZED_SIGNER:
		text_append(out, "is not signed by an authorized signer");
		if (check->signer[0] != '\0') {
			text_append(out, ", ");
			text_append_visible(out, check->signer, strlen(check->signer));
		}
		break;
	case CHECK_WRONG_NONCE: text_append(out, "has a different nonce than the request"); break;
	default: text_append(out, check_text(check->check)); break;
	}
	add_native(out, check);
}

static void add_fetch_failure(struct text *out, const struct fetch_facts *fetch)
{
	switch (fetch->layer) {
	case FETCH_DNS: text_append(out, "does not resolve"); break;
	case FETCH_CONNECT:
		text_append(out, "could not be reached, or closed the connection");
		break;
	case FETCH_TIMEOUT:
		text_append_format(out, "did not answer within %" PRId64 " ms", fetch->ms);
		break;
	case FETCH_HTTP:
		if (fetch->http_status != 0)
			text_append_format(out, "answered HTTP %d", fetch->http_status);
		else
			text_append(out, "did not answer in HTTP");
		break;
	case FETCH_ANSWER: text_append(out, "answered"); break;
	case FETCH_FORBIDDEN:
		text_append(out, "was not asked, fetching from it is forbidden");
		break;
	case FETCH_UNUSABLE: text_append(out, "was not asked, its URL cannot be used"); break;
	}
	add_remark(out, fetch->text);
}

static void add_staple(struct text *out, const struct certificate_walk *walk,
		       const struct source_record *record, int64_t now)
{
	enum check check = record->result.check;
	if (check == CHECK_NOT_SUPPORTED) {
		text_append(out, "the stack cannot ask for a staple");
	} else if (check == CHECK_MISSING) {
		text_append(out, "the server sent no staple");
		if (walk->must_staple)
			text_append(out, ", although the certificate requires one");
	} else if (record->check == NULL) {
		text_append(out, "the staple was not checked");
	} else {
		text_append(out, "the staple ");
		add_finding(out, record->check, record->result.says_revoked, now);
	}
}

static void add_unusable(struct text *out, const struct source_record *record)
{
	text_append_format(out, "the %s is named, unusable: %s (%s)",
			   record->result.source == SOURCE_CRL ? "CRL" : "responder",
			   record->unusable.url, url_fault_text(record->unusable.why));
	if (record->num_unusable > 1)
		text_append_format(out, ", and %zu more", record->num_unusable - 1);
}

/* CRLs for some reasons each, of which the last one is the record's. */
static void add_complete(struct text *out, const struct source_record *record)
{
	char from[32], to[32];
	const struct status_check *check = record->check;
	text_append_format(out, "says with %zu other%s, for all reasons together, good (%s to %s)",
			   record->num_parts - 1, record->num_parts == 2 ? "" : "s",
			   clock_print_utc(from, check->this_update),
			   check->next_update != 0 ? clock_print_utc(to, check->next_update)
						   : "no end");
}

static void add_fetched(struct text *out, const struct source_record *record, int64_t now)
{
	bool is_crl = record->result.source == SOURCE_CRL;
	const struct fetch_facts *fetch = record->fetch;
	if (record->num_unusable > 0) {
		add_unusable(out, record);
		return;
	}
	if (fetch == NULL && record->result.check == CHECK_UNAVAILABLE) {
		text_append(out, "no further URL was fetched: the chain names too many");
		return;
	}
	if (fetch == NULL) {
		text_append(out, is_crl ? "the certificate names no CRL"
					: "the certificate names no OCSP responder");
		return;
	}
	text_append(out, is_crl ? "the CRL " : "the responder ");
	text_append_visible(out, fetch->url, strlen(fetch->url));
	text_append(out, " ");
	if (fetch->layer != FETCH_ANSWER) {
		add_fetch_failure(out, fetch);
		return;
	}
	if (!is_crl)
		text_append(out, "sent an answer that ");
	if (record->result.check == CHECK_GOOD && record->check->check == CHECK_INCOMPLETE)
		add_complete(out, record);
	else
		add_finding(out, record->check, record->result.says_revoked, now);
	if (record->check->check == CHECK_MALFORMED || record->check->check == CHECK_TOO_LARGE ||
	    fetch->is_pem)
		add_remark(out, fetch->text);
}

void detail_write(char out[static DETAIL_MAX], const struct certificate_walk *walk, int64_t now)
{
	struct text text;
	text_init(&text, 8192);
	if (walk->depth > 0)
		text_append_format(&text, "intermediate at depth %zu: ", walk->depth);
	for (size_t i = 0; i < walk->num_records; i++) {
		if (i > 0)
			text_append(&text, "; ");
		if (walk->records[i].result.source == SOURCE_STAPLE)
			add_staple(&text, walk, &walk->records[i], now);
		else
			add_fetched(&text, &walk->records[i], now);
	}
	if (walk->decision.reason == REASON_NO_REV_AVAIL)
		text_append_format(&text,
				   "%sthe certificate says that its status is not published "
				   "(noRevAvail), and the policy then asks for none",
				   walk->num_records > 0 ? "; " : "");
	else if (walk->num_records == 0)
		text_append(&text, "the policy checks no source of revocation status");
	if (walk->insists && walk->decision.outcome == OUTCOME_REJECT &&
	    walk->decision.source == SOURCE_STAPLE)
		text_append(&text, "; the policy requires a staple here");
	snprintf(out, DETAIL_MAX, "%s", text_string(&text));
	text_clear(&text);
}
