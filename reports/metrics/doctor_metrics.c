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
	json_t *examination; /* borrowed, as all in the facts */
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

static struct sample examined_at(const struct examined *at)
{
	int64_t seconds;
	if (metric_parse_time(&seconds,
			      json_string_value(json_object_get(at->examination, "finished"))))
		return of_time(seconds);
	return none;
}

static struct sample level(const struct examined *at)
{
	const char *name = doctor_view_text(at->examination, "level");
	if (strcmp(name, "critical") == 0)
		return of(2);
	if (strcmp(name, "warning") == 0)
		return of(1);
	return strcmp(name, "ok") == 0 || strcmp(name, "info") == 0 ? of(0) : none;
}

static struct sample resolved(const struct examined *at)
{
	return json_is_object(json_object_get(at->examination, "resolution"))
		       ? of(at->facts.is_resolved)
		       : none;
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

/* In the order of their list; those that nobody knows are left out, so that there is an end to
 * them. */
static void write_causes(FILE *out, const char *name, const struct examined *at)
{
	for (int i = 0; i < NUM_CAUSES; i++) {
		const json_t *cause = cause_find(at->examination, (enum cause)i);
		struct text labels;
		if (cause == NULL)
			continue;
		start_labels(&labels, at);
		metric_append_label(&labels, "cause", cause_about((enum cause)i)->id);
		metric_append_label(&labels, "severity", doctor_view_text(cause, "severity"));
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
	const char *stack;
	json_t *finding, *staples = json_object_get(at->examination, "staples");
	if (at->staple == NULL)
		return;
	json_object_foreach(json_object_get(json_object_get(staples, at->staple->id), "stacks"),
			    stack, finding)
	{
		int check = name_find(&check_names, doctor_view_text(finding, "check"));
		struct text labels;
		if (check < 0)
			continue; /* it did not look, or said what nobody knows */
		start_labels(&labels, at);
		metric_append_label(&labels, "stack", stack);
		metric_append_label(&labels, "check", check_name((enum check)check));
		write_sample(out, name, &labels, 1);
		text_clear(&labels);
	}
}

/* Whether a source gave an answer about the certificate that holds, whatever it says. */
static struct sample is_up(const json_t *attempt)
{
	const char *check = doctor_view_text(attempt, "check");
	if (check[0] == '\0' && !json_is_string(json_object_get(attempt, "layer")))
		return none; /* not asked */
	return of(strcmp(check, "good") == 0 || strcmp(check, "revoked") == 0 ||
		  strcmp(check, "unknown") == 0);
}

static struct sample duration(const json_t *attempt)
{
	const json_t *ms = json_object_get(attempt, "ms");
	return json_is_integer(ms) ? of((double)json_integer_value(ms) / 1000) : none;
}

static struct sample ends_at(const json_t *attempt)
{
	int64_t seconds;
	if (metric_parse_time(&seconds, json_string_value(json_object_get(attempt, "next_update"))))
		return of_time(seconds);
	return none;
}

/* A certificate may name a URL twice; its first sample counts. */
static void write_source(FILE *out, const char *name, const struct examined *at, json_t *seen,
			 const char *url, const char *method, struct sample sample)
{
	struct text labels;
	start_labels(&labels, at);
	metric_append_label(&labels, "url", url);
	if (method != NULL)
		metric_append_label(&labels, "method", method);
	if (sample.has && json_object_get(seen, text_string(&labels)) == NULL) {
		write_sample(out, name, &labels, sample.value);
		json_object_set_new(seen, text_string(&labels), json_true());
	}
	text_clear(&labels);
}

static void write_responders(FILE *out, const char *name, const struct examined *at,
			     struct sample (*measure)(const json_t *attempt))
{
	json_t *seen = json_object(), *responder, *attempt;
	size_t i, k;
	json_array_foreach(json_object_get(at->examination, "responders"), i, responder)
	{
		json_array_foreach(json_object_get(responder, "attempts"), k, attempt)
		{
			write_source(out, name, at, seen, doctor_view_text(responder, "url"),
				     doctor_view_text(attempt, "method"), measure(attempt));
		}
	}

	json_decref(seen);
}

static void write_crls(FILE *out, const char *name, const struct examined *at,
		       struct sample (*measure)(const json_t *attempt))
{
	json_t *seen = json_object(), *crl;
	size_t i;
	json_array_foreach(json_object_get(at->examination, "crls"), i, crl)
	{
		write_source(out, name, at, seen, doctor_view_text(crl, "url"), NULL, measure(crl));
	}

	json_decref(seen);
}

static void write_responder_up(FILE *out, const char *name, const struct examined *at)
{
	write_responders(out, name, at, is_up);
}

static void write_responder_duration(FILE *out, const char *name, const struct examined *at)
{
	write_responders(out, name, at, duration);
}

static void write_crl_up(FILE *out, const char *name, const struct examined *at)
{
	write_crls(out, name, at, is_up);
}

static void write_crl_next_update(FILE *out, const char *name, const struct examined *at)
{
	write_crls(out, name, at, ends_at);
}

/* --- all of them --- */

#define P "revoscope_doctor_"
static const struct family families[] = {
	{P "examined_timestamp_seconds", "seconds",
	 "When the endpoint was examined; absent when that was interrupted.", examined_at, NULL},
	{P "level", NULL, "The worst that was found: 0 nothing, 1 a warning, 2 critical.", level,
	 NULL},
	{P "cause", NULL, "1 for each cause that was found; others have no sample.", NULL,
	 write_causes},
	{P "resolved", NULL, "Whether the name resolved.", resolved, NULL},
	{P "handshakes", NULL, "Handshakes that asked for a staple, at each address.", NULL,
	 write_tried},
	{P "handshakes_completed", NULL, "Those that got as far as the certificate.", NULL,
	 write_completed},
	{P "handshakes_stapled", NULL, "Those that brought a staple.", NULL, write_stapled},
	{P "chain_verified", NULL, "Whether the chain leads to a trusted root, at every address.",
	 chain_verified, NULL},
	{P "certificate_not_after_timestamp_seconds", "seconds",
	 "The end of the certificate's validity.", not_after, NULL},
	{P "must_staple", NULL, "Whether the certificate has TLS feature 5 (RFC 7633).",
	 must_staple, NULL},
	{P "staple_valid", NULL,
	 "1 when every staple that came is good; 0 when one is not, and when none came.",
	 staple_valid, NULL},
	{P "staple_check", NULL,
	 "1 for the check that each TLS stack came to for the worst staple.", NULL, write_checks},
	{P "staple_left_seconds", "seconds",
	 "From the examination to the worst staple's nextUpdate; absent when there is none.",
	 staple_left, NULL},
	{P "staple_used_ratio", "ratio",
	 "Which part of the worst staple's life was over; more than 1 when it is stale.",
	 staple_used, NULL},
	{P "staple_this_update_timestamp_seconds", "seconds", "The worst staple's thisUpdate.",
	 staple_this_update, NULL},
	{P "staple_next_update_timestamp_seconds", "seconds", "The worst staple's nextUpdate.",
	 staple_next_update, NULL},
	{P "responder_up", NULL,
	 "Whether the responder gave an answer that holds, by each HTTP method.", NULL,
	 write_responder_up},
	{P "responder_duration_seconds", "seconds", "How long its answer took.", NULL,
	 write_responder_duration},
	{P "crl_up", NULL, "Whether the CRL was fetched, is current and verifies.", NULL,
	 write_crl_up},
	{P "crl_next_update_timestamp_seconds", "seconds", "The CRL's nextUpdate.", NULL,
	 write_crl_next_update},
	{P "clock_difference_seconds", "seconds",
	 "By how much the responder's clock is ahead of that of the machine that looked.",
	 clock_difference, NULL},
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
	json_t *examinations = doctor_view_of(run), *examination;
	const char *endpoint;
	size_t num = 0;
	if (json_object_size(examinations) == 0)
		return true;
	struct examined *list = calloc(json_object_size(examinations), sizeof *list);
	if (list == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	json_object_foreach(examinations, endpoint, examination)
	{
		struct examined *one = &list[num++];
		one->endpoint = endpoint;
		one->examination = examination;
		case_facts_read(&one->facts, examination);
		one->staple = case_facts_worst_staple(&one->facts);
	}
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		write_family(out, &families[i], list, num);
	free(list);
	return true;
}
