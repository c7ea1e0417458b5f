/* Knows the spelling of every closed list; the lists themselves are in the .def files. */
#include "core/name.h"

#include <stdio.h>
#include <string.h>

#define NAME(symbol, spelling, text) spelling,
#define TEXT(symbol, spelling, text) text,

#define OUTCOME NAME
static const char *const outcomes[] = {
#include "core/outcome.def"
};
#undef OUTCOME
#define OUTCOME TEXT
static const char *const outcome_texts[] = {
#include "core/outcome.def"
};
#undef OUTCOME

#define REASON(symbol, spelling, layer, text) spelling,
static const char *const reasons[] = {
#include "core/reason.def"
};
#undef REASON
#define REASON(symbol, spelling, layer, text) text,
static const char *const reason_texts[] = {
#include "core/reason.def"
};
#undef REASON
#define REASON(symbol, spelling, layer, text) REASON_LAYER_##layer,
static const enum reason_layer reason_layers[] = {
#include "core/reason.def"
};
#undef REASON
#define REASON_LAYER(symbol, about_status) about_status,
static const bool layers_about_status[] = {
#include "core/reason_layer.def"
};
#undef REASON_LAYER
_Static_assert(sizeof reason_layers / sizeof *reason_layers == NUM_REASONS &&
		       sizeof layers_about_status / sizeof *layers_about_status ==
			       NUM_REASON_LAYERS,
	       "each reason has a layer of the list");

#define CHECK NAME
static const char *const checks[] = {
#include "core/check.def"
};
#undef CHECK
#define CHECK TEXT
static const char *const check_texts[] = {
#include "core/check.def"
};
#undef CHECK

#define STATUS NAME
static const char *const statuses[] = {
#include "core/status.def"
};
#undef STATUS
#define STATUS TEXT
static const char *const status_texts[] = {
#include "core/status.def"
};
#undef STATUS

#define STAGE NAME
static const char *const stages[] = {
#include "core/stage.def"
};
#undef STAGE
#define STAGE TEXT
static const char *const stage_texts[] = {
#include "core/stage.def"
};
#undef STAGE

#define URL_FAULT NAME
static const char *const url_faults[] = {
#include "core/url_fault.def"
};
#undef URL_FAULT
#define URL_FAULT TEXT
static const char *const url_fault_texts[] = {
#include "core/url_fault.def"
};
#undef URL_FAULT

#define STARTTLS(symbol, spelling, port, text) spelling,
static const char *const starttls_spellings[] = {
#include "core/starttls.def"
};
#undef STARTTLS
#define STARTTLS(symbol, spelling, port, text) text,
static const char *const starttls_texts[] = {
#include "core/starttls.def"
};
#undef STARTTLS
#define STARTTLS(symbol, spelling, port, text) port,
static const int starttls_ports[] = {
#include "core/starttls.def"
};
#undef STARTTLS

const struct name_table outcome_names = {"outcome", outcomes, outcome_texts, NUM_OUTCOMES};
const struct name_table reason_names = {"reason", reasons, reason_texts, NUM_REASONS};
const struct name_table check_names = {"check", checks, check_texts, NUM_CHECKS};
const struct name_table status_names = {"status", statuses, status_texts, NUM_STATUSES};
const struct name_table stage_names = {"stage", stages, stage_texts, NUM_STAGES};
const struct name_table url_fault_names = {"URL fault", url_faults, url_fault_texts,
					   NUM_URL_FAULTS};
const struct name_table starttls_names = {"STARTTLS protocol", starttls_spellings, starttls_texts,
					  NUM_STARTTLS};

int name_find(const struct name_table *table, const char *spelling)
{
	for (size_t i = 0; i < table->num; i++)
		if (strcmp(table->names[i], spelling) == 0)
			return (int)i;
	return -1;
}

const char *name_list(char *out, size_t size, const struct name_table *table)
{
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < table->num; i++) {
		int len = snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "",
				   table->names[i]);
		if (len < 0 || (size_t)len >= size - used) {
			if (size >= 4)
				memcpy(out + size - 4, "...", 4);
			break;
		}
		used += (size_t)len;
	}
	return out;
}

const char *outcome_name(enum outcome outcome)
{
	return outcomes[outcome];
}

const char *reason_name(enum reason reason)
{
	return reasons[reason];
}

const char *reason_text(enum reason reason)
{
	return reason_texts[reason];
}

bool reason_is_about_status(enum reason reason)
{
	return layers_about_status[reason_layers[reason]];
}

bool reason_is_about_endpoint(enum reason reason)
{
	return reason_layers[reason] != REASON_LAYER_PROGRAM &&
	       reason_layers[reason] != REASON_LAYER_RUN;
}

const char *check_name(enum check check)
{
	return checks[check];
}

const char *check_text(enum check check)
{
	return check_texts[check];
}

const char *ocsp_response_status_name(int64_t status)
{
	static const char *const names[] = {
		"successful", "malformedRequest", "internalError", "tryLater",
		NULL,         "sigRequired",      "unauthorized"};
	return status >= 0 && status < (int64_t)(sizeof names / sizeof *names) &&
			       names[status] != NULL
		       ? names[status]
		       : "other";
}

const char *status_name(enum status status)
{
	return statuses[status];
}

const char *stage_name(enum stage stage)
{
	return stages[stage];
}

const char *url_fault_name(enum url_fault fault)
{
	return url_faults[fault];
}

const char *url_fault_text(enum url_fault fault)
{
	return url_fault_texts[fault];
}

int starttls_port(enum starttls protocol)
{
	return starttls_ports[protocol];
}

bool outcome_is_verdict(enum outcome outcome)
{
	return outcome == OUTCOME_CONNECT || outcome == OUTCOME_WARN || outcome == OUTCOME_REJECT;
}

struct alert {
	int number;
	const char *name;
};

/* RFC 8446 section 6 and the older numbers of RFC 5246 section 7.2. */
static const struct alert alerts[] = {
	{0, "close_notify"},
	{10, "unexpected_message"},
	{20, "bad_record_mac"},
	{22, "record_overflow"},
	{40, "handshake_failure"},
	{42, "bad_certificate"},
	{43, "unsupported_certificate"},
	{44, "certificate_revoked"},
	{45, "certificate_expired"},
	{46, "certificate_unknown"},
	{47, "illegal_parameter"},
	{48, "unknown_ca"},
	{49, "access_denied"},
	{50, "decode_error"},
	{51, "decrypt_error"},
	{70, "protocol_version"},
	{71, "insufficient_security"},
	{80, "internal_error"},
	{86, "inappropriate_fallback"},
	{90, "user_canceled"},
	{100, "no_renegotiation"},
	{109, "missing_extension"},
	{110, "unsupported_extension"},
	{111, "certificate_unobtainable"},
	{112, "unrecognized_name"},
	{113, "bad_certificate_status_response"},
	{115, "unknown_psk_identity"},
	{116, "certificate_required"},
	{120, "no_application_protocol"},
};

const char *alert_name(int number)
{
	static _Thread_local char other[32];
	for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
		if (alerts[i].number == number)
			return alerts[i].name;
	snprintf(other, sizeof other, "alert-%d", number);
	return other;
}
