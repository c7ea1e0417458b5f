/* Knows how causes are put together and which of them gives the headline. */
#include "harness/doctor/diagnosis.h"

#include "core/clock.h"
#include "core/json.h"
#include "core/text.h"
#include "harness/doctor/diagnosing.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool staple_limit_parse(struct staple_limit *limit, const char *text, struct error *err)
{
	size_t len = strlen(text);
	char *end = NULL;
	double number = strtod(text, &end);
	int64_t ms;
	if (len > 1 && end == text + len - 1 && *end == '%' && number >= 0 && number <= 100) {
		*limit = (struct staple_limit){true, number / 100};
		return true;
	}
	if (len > 0 && strspn(text, "0123456789") == len && len < 10) {
		*limit = (struct staple_limit){false, number};
		return true;
	}
	if (duration_parse(&ms, text) && ms >= 0) {
		*limit = (struct staple_limit){false, (double)ms / 1000};
		return true;
	}
	return error_set(err, ERROR_USAGE,
			 "'%.64s' is no time (6h, 90min, 3600 for seconds) and no part of a "
			 "staple's life (25%%)",
			 text);
}

json_t *diagnosing_add(struct diagnosing *d, enum cause cause, enum severity severity,
		       enum confidence confidence)
{
	const struct cause_about *about = cause_about(cause);
	json_t *object = json_object();
	json_set(object, "id", json_string(about->id));
	json_set(object, "title", json_string(about->title));
	json_set(object, "severity", json_string(severity_name(severity)));
	json_set(object, "confidence", json_string(confidence_name(confidence)));
	json_set(object, "text", json_string(about->text));
	json_set(object, "evidence", json_array());
	json_set(object, "afterwards", json_string(about->afterwards));
	json_array_append_new(d->causes, object);
	return object;
}

void diagnosing_evidence(json_t *cause, const char *format, ...)
{
	struct text visible;
	va_list args;
	text_init(&visible, 0);
	va_start(args, format);
	text_append_visible_list(&visible, format, args);
	va_end(args);
	json_array_append_new(json_object_get(cause, "evidence"),
			      json_foreign_string(text_string(&visible)));
	text_clear(&visible);
}

bool diagnosing_has(const struct diagnosing *d, enum cause cause)
{
	size_t i;
	json_t *one;
	json_array_foreach(d->causes, i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "id")), cause_about(cause)->id) ==
		    0)
			return true;
	}

	return false;
}

static enum severity severity_of(const json_t *cause)
{
	const char *name = json_string_value(json_object_get(cause, "severity"));
	for (int i = SEVERITY_CRITICAL; name != NULL && i > SEVERITY_INFO; i--)
		if (strcmp(name, severity_name((enum severity)i)) == 0)
			return (enum severity)i;
	return SEVERITY_INFO;
}

static int confidence_of(const json_t *cause)
{
	const char *name = json_string_value(json_object_get(cause, "confidence"));
	for (int i = CONFIDENCE_CERTAIN; name != NULL && i > CONFIDENCE_POSSIBLE; i--)
		if (strcmp(name, confidence_name((enum confidence)i)) == 0)
			return i;
	return CONFIDENCE_POSSIBLE;
}

/* What only says how others are noticed gives no headline. */
static bool is_about_others(const json_t *cause)
{
	return strcmp(json_string_value(json_object_get(cause, "id")),
		      cause_about(CAUSE_SOFT_FAIL_HIDES)->id) == 0;
}

/* Above zero when one is to be told before the other. */
static int precedence(const json_t *one, const json_t *other)
{
	int by_severity = (int)severity_of(one) - (int)severity_of(other);
	int by_kind = (int)is_about_others(other) - (int)is_about_others(one);
	int by_confidence = confidence_of(one) - confidence_of(other);
	return by_severity != 0 ? by_severity : by_kind != 0 ? by_kind : by_confidence;
}

/* The worst first, of these the surest, of these the one that was found first. */
static void sort(json_t *causes)
{
	for (size_t i = 1; i < json_array_size(causes); i++) {
		for (size_t k = i; k > 0; k--) {
			json_t *one = json_array_get(causes, k),
			       *before = json_array_get(causes, k - 1);
			if (precedence(one, before) <= 0)
				break;
			json_incref(one);
			json_array_remove(causes, k);
			json_array_insert_new(causes, k - 1, one);
		}
	}
}

static json_t *headline(const struct diagnosing *d)
{
	const json_t *first = json_array_get(d->causes, 0);
	const char *title = json_string_value(json_object_get(first, "title"));
	const char *confidence = json_string_value(json_object_get(first, "confidence"));
	size_t num = json_array_size(d->causes);
	char text[512];
	if (first == NULL)
		snprintf(text, sizeof text, "Nothing is wrong with revocation status here.");
	else if (severity_of(first) == SEVERITY_INFO && num == 1)
		snprintf(text, sizeof text, "Nothing is broken; to know: %s.", title);
	else if (severity_of(first) == SEVERITY_INFO)
		snprintf(text, sizeof text, "Nothing is broken; %zu things to know.", num);
	else
		snprintf(text, sizeof text, "%s%s.", title,
			 strcmp(confidence, "certain") == 0  ? ""
			 : strcmp(confidence, "likely") == 0 ? " (likely)"
							     : " (possibly)");
	return json_string(text);
}

bool diagnose(json_t *examination, struct run *run, const char *target_id,
	      const struct diagnosis_options *options)
{
	static void (*const rules[])(struct diagnosing * d) = {
		diagnose_endpoint, diagnose_chain,          diagnose_missing, diagnose_staples,
		diagnose_sources,  diagnosing_note_classes, diagnose_clients, diagnosing_note_fixes,
	};
	struct diagnosing d = {
		.examination = examination,
		.options = options,
		.run = run,
		.target_id = target_id,
		.causes = json_array(),
	};
	if (d.causes == NULL)
		return false;
	case_facts_read(&d.facts, examination);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		rules[i](&d);
	sort(d.causes);
	json_set(examination, "headline", headline(&d));
	json_set(examination, "level",
		 json_string(json_array_size(d.causes) == 0
				     ? "ok"
				     : severity_name(severity_of(json_array_get(d.causes, 0)))));
	json_set(examination, "causes", d.causes);
	return true;
}

enum severity diagnosis_level(const json_t *examination)
{
	return severity_of(json_array_get(json_object_get(examination, "causes"), 0));
}
