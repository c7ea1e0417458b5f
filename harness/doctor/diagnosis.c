/* Knows how causes are put together and which of them gives the headline. */
#include "harness/doctor/diagnosis.h"

#include "core/clock.h"
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
			 "'%.64s' is neither a time (6h, 90min, 3600 for seconds) nor a part of a "
			 "staple's validity period (25%%)",
			 text);
}

/* Copies text; without memory the diagnosis fails. */
static char *copy(struct diagnosing *d, const char *text)
{
	char *new = strdup(text);
	d->failed = d->failed || new == NULL;
	return new;
}

struct finding *diagnosing_find(const struct diagnosing *d, enum cause cause)
{
	for (size_t i = 0; i < d->num_findings; i++)
		if (word_is(d->findings[i].id, cause))
			return &d->findings[i];
	return NULL;
}

struct finding *diagnosing_add(struct diagnosing *d, enum cause cause, enum severity severity,
			       enum confidence confidence)
{
	const struct cause_about *about = cause_about(cause);
	struct finding *one = diagnosing_find(d, cause);
	d->is_here[cause] = true;
	if (one != NULL) {
		if (finding_severity(one) < severity)
			one->severity = word_of(severity);
		if (finding_confidence(one) < confidence)
			one->confidence = word_of(confidence);
		return one;
	}
	one = &d->findings[d->num_findings++];
	*one = (struct finding){
		.id = word_of(cause),
		.title = copy(d, about->title),
		.severity = word_of(severity),
		.confidence = word_of(confidence),
		.text = copy(d, about->text),
		.classes.record.is_there = true,
		.fix.record.is_there = true,
		.afterwards = copy(d, about->afterwards),
	};
	return one;
}

/* "RSA 2048 certificate: ", with its serial number where another has such a key. */
static void append_leaf(struct text *out, const struct diagnosing *d)
{
	const struct certificate *leaf = examination_certificate(d->examination, d->leaf);
	const char *key = leaf != NULL && leaf->key != NULL ? leaf->key : "?";
	bool is_alone = true;
	for (size_t i = 0; i < d->num_leaves; i++) {
		const struct certificate *one =
			examination_certificate(d->examination, d->leaves[i]);
		is_alone = is_alone && (one == leaf || one == NULL || one->key == NULL ||
					strcmp(one->key, key) != 0);
	}
	if (is_alone || leaf == NULL || leaf->serial == NULL)
		text_append_format(out, "%s certificate: ", key);
	else
		text_append_format(out, "%s certificate with serial number %s: ", key,
				   leaf->serial);
}

void diagnosing_evidence(struct diagnosing *d, struct finding *cause, const char *format, ...)
{
	struct text visible;
	va_list args;
	text_init(&visible, 0);
	if (d->leaf != NULL)
		append_leaf(&visible, d);
	va_start(args, format);
	text_append_visible_list(&visible, format, args);
	va_end(args);
	/* What was seen again is no more evidence. */
	if (!texts_have(&cause->evidence, text_string(&visible)) &&
	    !texts_add(&cause->evidence, text_string(&visible)))
		d->failed = true;
	text_clear(&visible);
}

bool diagnosing_has(const struct diagnosing *d, enum cause cause)
{
	return d->is_here[cause];
}

/* What only says what clients make of the others gives no headline. */
static bool is_about_others(const struct finding *one)
{
	return word_is(one->id, CAUSE_SOFT_FAIL_HIDES) || word_is(one->id, CAUSE_CLIENTS_REJECT);
}

/* How much a cause says about what has to be fixed: a root that was seen, a likely one, what is
 * there because of another, and what is only possible. */
static int weight(const struct diagnosing *d, const struct finding *one)
{
	static const int weights[] = {
		[CONFIDENCE_CERTAIN] = 3, [CONFIDENCE_LIKELY] = 2, [CONFIDENCE_POSSIBLE] = 0};
	bool is_symptom = one->id.is_known && d->is_symptom[one->id.value];
	return is_symptom ? 1 : weights[finding_confidence(one)];
}

/* Above zero when one comes before the other. */
static int precedence(const struct diagnosing *d, const struct finding *one,
		      const struct finding *other)
{
	int by_severity = (int)finding_severity(one) - (int)finding_severity(other);
	int by_kind = (int)is_about_others(other) - (int)is_about_others(one);
	return by_severity != 0 ? by_severity
	       : by_kind != 0   ? by_kind
				: weight(d, one) - weight(d, other);
}

/* The worst first, of these the one that says most about what to fix, of these the one that was
 * found first. */
static void sort(struct diagnosing *d)
{
	struct finding *list = d->findings;
	for (size_t i = 1; i < d->num_findings; i++) {
		for (size_t k = i; k > 0 && precedence(d, &list[k], &list[k - 1]) > 0; k--) {
			struct finding one = list[k];
			list[k] = list[k - 1];
			list[k - 1] = one;
		}
	}
}

static char *headline(struct diagnosing *d)
{
	const struct finding *first = d->findings;
	char text[512];
	if (d->num_findings == 0)
		snprintf(text, sizeof text, "Nothing is wrong with revocation status here.");
	else if (finding_severity(first) == SEVERITY_INFO && d->num_findings == 1)
		snprintf(text, sizeof text, "Nothing is broken; for information: %s.",
			 first->title);
	else if (finding_severity(first) == SEVERITY_INFO)
		snprintf(text, sizeof text, "Nothing is broken; %zu causes for information.",
			 d->num_findings);
	else
		snprintf(text, sizeof text, "%s%s.", first->title,
			 confidence_names.texts[finding_confidence(first)]);
	return copy(d, text);
}

static enum level level_of(const struct finding *first)
{
	switch (finding_severity(first)) {
	case SEVERITY_CRITICAL: return LEVEL_CRITICAL;
	case SEVERITY_WARNING: return LEVEL_WARNING;
	default: return LEVEL_INFO;
	}
}

/* Each leaf that the server has is looked at for itself; what is compared is of one certificate. */
static void diagnose_leaves(struct diagnosing *d)
{
	static void (*const rules[])(struct diagnosing * d) = {diagnose_chain, diagnose_missing,
							       diagnose_staples, diagnose_sources};
	bool is_found[NUM_CAUSES];
	memcpy(is_found, d->is_here, sizeof is_found);
	d->num_leaves = case_leaves(d->leaves, CASE_LEAVES_MAX, d->examination);
	for (size_t leaf = 0; leaf == 0 || leaf < d->num_leaves; leaf++) {
		memset(d->is_here, 0, sizeof d->is_here);
		if (d->num_leaves > 1) {
			d->leaf = d->leaves[leaf];
			case_facts_read_leaf(&d->facts, d->examination, d->leaf);
		}
		for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
			rules[i](d);
		for (size_t i = 0; i < NUM_CAUSES; i++)
			is_found[i] = is_found[i] || d->is_here[i];
	}
	d->leaf = NULL;
	memcpy(d->is_here, is_found, sizeof is_found);
	case_facts_read(&d->facts, d->examination);
}

bool diagnose(struct examination *examination, struct run *run, const char *target_id,
	      const struct diagnosis_options *options)
{
	static void (*const rules[])(struct diagnosing * d) = {
		diagnose_endpoint, diagnose_leaves,          diagnose_intermediates,
		diagnose_clock,    diagnosing_note_symptoms, diagnosing_note_classes,
		diagnose_clients,  diagnosing_note_fixes,
	};
	struct diagnosing d = {
		.examination = examination,
		.options = options,
		.run = run,
		.target_id = target_id,
		.findings = calloc(NUM_CAUSES, sizeof *d.findings),
	};
	if (d.findings == NULL)
		return false;
	case_facts_read(&d.facts, examination);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		rules[i](&d);
	if (!d.failed)
		sort(&d);
	examination_forget_findings(examination);
	examination->causes = d.findings;
	examination->num_causes = d.num_findings;
	examination->is_diagnosed = true;
	examination->level = word_of(d.num_findings == 0 ? LEVEL_OK : level_of(d.findings));
	examination->headline = d.failed ? NULL : headline(&d);
	return !d.failed;
}

enum severity diagnosis_level(const struct examination *examination)
{
	return examination->num_causes > 0 ? finding_severity(&examination->causes[0])
					   : SEVERITY_INFO;
}
