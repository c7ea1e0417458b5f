/* Knows what can be measured of an examination, and what the measures are called. */
#include "reports/metrics/doctor_metrics.h"

#include "harness/doctor/case_facts.h"
#include "harness/model/cause.h"
#include "reports/words/doctor_view.h"
#include "reports/metrics/metric_facts.h"
#include "reports/metrics/metric_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One endpoint, read once. */
struct examined {
	const char *endpoint;
	const struct examination *examination; /* borrowed, as all in the facts */
	struct case_facts facts;
	const struct case_staple *staple; /* the worst; NULL when none came */
};

/* has is false where there is no sample. */
struct sample {
	bool has;
	double value;
};

struct family {
	const char *name, *unit, *help;
	/* One sample of an endpoint; or, in its place, all of its samples. */
	struct sample (*measure)(const struct examined *at);
	void (*write)(FILE *out, const char *name, const struct examined *at);
};

static const struct sample none = {false, 0};

static struct sample of(double value)
{
	return (struct sample){true, value};
}

static struct sample of_time(int64_t seconds)
{
	return (struct sample){seconds != 0, (double)seconds};
}

/* --- one sample of an endpoint --- */

/* Without a sample where it is not known. */
static struct sample of_number(struct number number)
{
	return (struct sample){number.is_known && number.value != 0, (double)number.value};
}

static struct sample examined_at(const struct examined *at)
{
	return of_number(at->examination->finished);
}

static struct sample level(const struct examined *at)
{
	struct word word = at->examination->level;
	if (!word.is_known)
		return none;
	return of(word.value == LEVEL_CRITICAL ? 2 : word.value == LEVEL_WARNING ? 1 : 0);
}

static struct sample resolved(const struct examined *at)
{
	return at->examination->resolution.record.is_there ? of(at->facts.is_resolved) : none;
}

static struct sample chain_verified(const struct examined *at)
{
	return at->facts.has_chain ? of(at->facts.chain_verified) : none;
}

static struct sample not_after(const struct examined *at)
{
	return of_time(at->facts.not_after);
}

static struct sample must_staple(const struct examined *at)
{
	return at->facts.has_leaf ? of(at->facts.must_staple) : none;
}

static struct sample staple_valid(const struct examined *at)
{
	if (at->staple != NULL && at->staple->check != CHECK_NOT_CHECKED)
		return of(at->staple->check == CHECK_GOOD);
	return at->staple == NULL && at->facts.num_completed > 0 ? of(0) : none;
}

static struct sample staple_left(const struct examined *at)
{
	return at->staple != NULL && at->staple->has_left ? of((double)at->staple->left_s) : none;
}

/* Four digits are enough to draw it. */
static struct sample staple_used(const struct examined *at)
{
	return at->staple != NULL && at->staple->has_left ? of(round(at->staple->used * 1e4) / 1e4)
							  : none;
}

static struct sample staple_this_update(const struct examined *at)
{
	return at->staple != NULL ? of_time(at->staple->this_update) : none;
}

static struct sample staple_next_update(const struct examined *at)
{
	return at->staple != NULL ? of_time(at->staple->next_update) : none;
}

static struct sample clock_difference(const struct examined *at)
{
	return at->facts.has_clock ? of((double)at->facts.responder_ahead_s) : none;
}

/* --- several samples of an endpoint --- */

static void write_sample(FILE *out, const char *name, const struct text *labels, double value)
{
	fprintf(out, "%s{%s} %.15g\n", name, text_string(labels), value);
}

static void start_labels(struct text *labels, const struct examined *at)
{
	text_init(labels, 0);
	metric_append_label(labels, "endpoint", at->endpoint);
}

/* In the order of their list; unknown ones are omitted, which limits
 * them. */
static void write_causes(FILE *out, const char *name, const struct examined *at)
{
	for (int i = 0; i < NUM_CAUSES; i++) {
		const struct finding *cause = examination_finding(at->examination, (enum cause)i);
		struct text labels;
		if (cause == NULL)
			continue;
		start_labels(&labels, at);
		metric_append_label(&labels, "cause", cause_about((enum cause)i)->id);
		metric_append_label(&labels, "severity",
				    doctor_view_word(&cause->severity, &severity_names));
		write_sample(out, name, &labels, 1);
		text_clear(&labels);
	}
}

static void write_addresses(FILE *out, const char *name, const struct examined *at,
			    size_t (*count)(const struct case_address *address))
{
	for (size_t i = 0; i < at->facts.num_addresses; i++) {
		struct text labels;
		start_labels(&labels, at);
		metric_append_label(&labels, "address", at->facts.addresses[i].address);
		write_sample(out, name, &labels, (double)count(&at->facts.addresses[i]));
		text_clear(&labels);
	}
}

static size_t count_tried(const struct case_address *address)
{
	return address->num;
}

static size_t count_completed(const struct case_address *address)
{
	return address->num_completed;
}

static size_t count_stapled(const struct case_address *address)
{
	return address->num_stapled;
}

static void write_tried(FILE *out, const char *name, const struct examined *at)
{
	write_addresses(out, name, at, count_tried);
}

static void write_completed(FILE *out, const char *name, const struct examined *at)
{
	write_addresses(out, name, at, count_completed);
}

static void write_stapled(FILE *out, const char *name, const struct examined *at)
{
	write_addresses(out, name, at, count_stapled);
}

/* The check that each stack came to. */
static void write_checks(FILE *out, const char *name, const struct examined *at)
{
	if (at->staple == NULL)
		return;
	const struct status_answer *answer = &at->staple->staple->answer;
	for (size_t i = 0; i < answer->num_stacks; i++) {
		const struct stack_check *one = &answer->stacks[i];
		struct text labels;
		if (!one->check.is_known)
			continue; /* it did not look, or has a name that is not in the list */
		start_labels(&labels, at);
		metric_append_label(&labels, "stack", one->id);
		metric_append_label(&labels, "check", check_name((enum check)one->check.value));
		write_sample(out, name, &labels, 1);
		text_clear(&labels);
	}
}

/* Whether a source gave an answer about the certificate that holds, whatever it says. */
static struct sample is_up(const struct fetch *fetch, const struct status_answer *answer)
{
	bool is_checked = answer->check.is_known || answer->check.foreign != NULL;
	if (!is_checked && !fetch->layer.is_known && fetch->layer.foreign == NULL)
		return none; /* not asked */
	return of(source_verdict_of_fetch(fetch, answer) >= SOURCE_GOOD);
}

static struct sample duration(const struct fetch *fetch, const struct status_answer *answer)
{
	(void)answer;
	return fetch->ms.is_known ? of((double)fetch->ms.value / 1000) : none;
}

static struct sample ends_at(const struct fetch *fetch, const struct status_answer *answer)
{
	(void)fetch;
	return of_number(answer->next_update);
}

/* A certificate may name a URL twice; its first sample counts. */
static void write_source(FILE *out, const char *name, const struct examined *at, struct texts *seen,
			 const char *url, const char *method, struct sample sample)
{
	struct text labels;
	start_labels(&labels, at);
	metric_append_label(&labels, "url", url);
	if (method != NULL)
		metric_append_label(&labels, "method", method);
	if (sample.has && !texts_have(seen, text_string(&labels)) &&
	    texts_add(seen, text_string(&labels)))
		write_sample(out, name, &labels, sample.value);
	text_clear(&labels);
}

typedef struct sample measurement(const struct fetch *fetch, const struct status_answer *answer);

static void write_responders(FILE *out, const char *name, const struct examined *at,
			     struct texts *seen, const struct status_sources *sources,
			     measurement *measure)
{
	for (size_t i = 0; i < sources->num_responders; i++) {
		const struct responder *responder = &sources->responders[i];
		for (size_t k = 0; k < responder->num_attempts; k++) {
			const struct responder_attempt *attempt = &responder->attempts[k];
			write_source(out, name, at, seen, doctor_view_text(responder->url),
				     doctor_view_word(&attempt->fetch.method, &fetch_method_names),
				     measure(&attempt->fetch, &attempt->answer));
		}
	}
}

static void write_crls(FILE *out, const char *name, const struct examined *at, struct texts *seen,
		       const struct status_sources *sources, measurement *measure)
{
	for (size_t i = 0; i < sources->num_crls; i++) {
		const struct crl_source *crl = &sources->crls[i];
		write_source(out, name, at, seen, doctor_view_text(crl->url), NULL,
			     measure(&crl->fetch, &crl->answer));
	}
}

/* Of every certificate of the chain. */
static void write_sources(FILE *out, const char *name, const struct examined *at,
			  void (*write)(FILE *out, const char *name, const struct examined *at,
					struct texts *seen, const struct status_sources *sources,
					measurement *measure),
			  measurement *measure)
{
	struct texts seen = {0};
	write(out, name, at, &seen, &at->examination->sources, measure);
	for (size_t i = 0; i < at->examination->num_others; i++)
		write(out, name, at, &seen, &at->examination->others[i].sources, measure);
	texts_clear(&seen);
}

static void write_responder_up(FILE *out, const char *name, const struct examined *at)
{
	write_sources(out, name, at, write_responders, is_up);
}

static void write_responder_duration(FILE *out, const char *name, const struct examined *at)
{
	write_sources(out, name, at, write_responders, duration);
}

static void write_crl_up(FILE *out, const char *name, const struct examined *at)
{
	write_sources(out, name, at, write_crls, is_up);
}

static void write_crl_next_update(FILE *out, const char *name, const struct examined *at)
{
	write_sources(out, name, at, write_crls, ends_at);
}

/* --- all of them --- */

#define P "revoscope_doctor_"
static const struct family families[] = {
	{P "examined_timestamp_seconds", "seconds",
	 "When the endpoint was examined; absent when that was interrupted.", examined_at, NULL},
	{P "level", NULL, "The worst level: 0 ok or info, 1 warning, 2 critical.", level, NULL},
	{P "cause", NULL, "1 for each cause that was found; others have no sample.", NULL,
	 write_causes},
	{P "resolved", NULL, "Whether the name resolved.", resolved, NULL},
	{P "handshakes", NULL, "Handshakes that requested a staple, at each address.", NULL,
	 write_tried},
	{P "handshakes_completed", NULL, "Those that received the certificate.", NULL,
	 write_completed},
	{P "handshakes_stapled", NULL, "Those that received a staple.", NULL, write_stapled},
	{P "chain_verified", NULL, "Whether the chain verifies, at every address.", chain_verified,
	 NULL},
	{P "certificate_not_after_timestamp_seconds", "seconds", "The certificate's notAfter.",
	 not_after, NULL},
	{P "must_staple", NULL, "Whether the certificate has TLS feature 5 (RFC 7633).",
	 must_staple, NULL},
	{P "staple_valid", NULL,
	 "1 when every received staple is good; 0 when one is not, or none was received.",
	 staple_valid, NULL},
	{P "staple_check", NULL, "1 for the check of each TLS stack for the worst staple.", NULL,
	 write_checks},
	{P "staple_left_seconds", "seconds",
	 "From the examination to the worst staple's nextUpdate, or to notAfter of its signer's, "
	 "the "
	 "issuer's or its certificate if that is earlier; absent when there is none.",
	 staple_left, NULL},
	{P "staple_used_ratio", "ratio",
	 "The elapsed part of the worst staple's validity period; more than 1 when it is stale.",
	 staple_used, NULL},
	{P "staple_this_update_timestamp_seconds", "seconds", "The worst staple's thisUpdate.",
	 staple_this_update, NULL},
	{P "staple_next_update_timestamp_seconds", "seconds", "The worst staple's nextUpdate.",
	 staple_next_update, NULL},
	{P "responder_up", NULL,
	 "Whether the responder returned a valid response, by each HTTP method.", NULL,
	 write_responder_up},
	{P "responder_duration_seconds", "seconds", "The duration of its response.", NULL,
	 write_responder_duration},
	{P "crl_up", NULL, "Whether the CRL was fetched, is current and verifies.", NULL,
	 write_crl_up},
	{P "crl_next_update_timestamp_seconds", "seconds", "The CRL's nextUpdate.", NULL,
	 write_crl_next_update},
	{P "clock_difference_seconds", "seconds",
	 "The responder's clock minus that of the examining machine.", clock_difference, NULL},
};
#undef P

static void write_family(FILE *out, const struct family *family, const struct examined *list,
			 size_t num)
{
	metric_write_head(out, family->name, family->unit, family->help);
	for (size_t i = 0; i < num; i++) {
		if (family->write != NULL) {
			family->write(out, family->name, &list[i]);
			continue;
		}
		struct sample sample = family->measure(&list[i]);
		struct text labels;
		start_labels(&labels, &list[i]);
		if (sample.has)
			write_sample(out, family->name, &labels, sample.value);
		text_clear(&labels);
	}
}

bool doctor_metrics_write(FILE *out, const struct run *run, struct error *err)
{
	const struct examinations *all = run_examinations(run);
	size_t num = 0;
	if (all == NULL || all->num_items == 0)
		return true;
	struct examined *list = calloc(all->num_items, sizeof *list);
	if (list == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	while (num < all->num_items) {
		struct examined *one = &list[num];
		one->endpoint = all->items[num].id;
		one->examination = &all->items[num++];
		case_facts_read(&one->facts, one->examination);
		one->staple = case_facts_worst_staple(&one->facts);
	}
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		write_family(out, &families[i], list, num);
	free(list);
	return true;
}
