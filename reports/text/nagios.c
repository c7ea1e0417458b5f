/* Knows how a monitoring plug-in speaks. */
#include "reports/text/nagios.h"

#include "core/clock.h"
#include "core/text.h"
#include "harness/doctor/case_facts.h"
#include "reports/words/doctor_view.h"
#include "harness/run/run_head.h"

#include <string.h>

#define TARGETS_LISTED_MAX 8
#define WORDS_MAX          300 /* bytes of a headline or a name */

enum { RUN_FINDING = 1, RUN_USAGE = 2 };

static const char *const status_words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/* --- words --- */

/* A bar begins performance data, and a line ends the message. */
static void append_words(struct text *out, const char *words)
{
	struct text visible;
	text_init(&visible, 0);
	text_append_visible(&visible, words, strnlen(words, WORDS_MAX));
	for (const char *p = text_string(&visible); *p != '\0'; p++)
		text_append_bytes(out, *p == '|' ? "/" : p, 1);
	text_clear(&visible);
}

/* "host:443: What is wrong", without the full stop of the sentence. */
static void append_headline(struct text *out, const struct examination *examination)
{
	const char *headline = doctor_view_text(examination->headline);
	size_t len = strlen(headline);
	char words[WORDS_MAX + 1];
	snprintf(words, sizeof words, "%.*s",
		 (int)(len > 0 && headline[len - 1] == '.' ? len - 1 : len), headline);
	append_words(out, examination->id);
	text_append(out, ": ");
	append_words(out, words[0] != '\0' ? words : "not examined");
}

/* Of one endpoint there is room for what its staple is. */
static void append_staple(struct text *out, const struct examination *examination)
{
	struct case_facts facts;
	char left[32];
	case_facts_read(&facts, examination);
	if (facts.num_completed == 0)
		return;
	text_append_format(out, "; %zu of %zu handshakes stapled", facts.num_stapled,
			   facts.num_completed);
	const struct case_staple *staple = case_facts_worst_staple(&facts);
	if (staple == NULL)
		return;
	text_append_format(out, ", %s", check_name(staple->check));
	if (staple->has_left)
		text_append_format(
			out, staple->left_s < 0 ? ", expired %s ago" : ", current for %s more",
			duration_about(left, staple->left_s));
	if (staple->has_left && staple->ends_by != LIFE_NEXT_UPDATE)
		text_append_format(out, ", until %s", life_end_names.texts[staple->ends_by]);
}

struct tally {
	size_t num;
	size_t by_level[SEVERITY_CRITICAL + 1];
};

static struct tally count(const struct examinations *all)
{
	struct tally tally = {.num = all != NULL ? all->num_items : 0};
	for (size_t i = 0; i < tally.num; i++)
		tally.by_level[diagnosis_level(&all->items[i])]++;
	return tally;
}

/* The worst first, and only so many; what is well is counted. */
static void append_targets(struct text *out, const struct examinations *all,
			   const struct tally *tally)
{
	size_t num_listed = 0, num_sick = tally->num - tally->by_level[SEVERITY_INFO];
	for (int level = SEVERITY_CRITICAL; level > SEVERITY_INFO; level--) {
		for (size_t i = 0; i < all->num_items; i++) {
			if ((int)diagnosis_level(&all->items[i]) != level ||
			    num_listed == TARGETS_LISTED_MAX)
				continue;
			text_append(out, num_listed++ > 0 ? "; " : "");
			append_headline(out, &all->items[i]);
		}
	}
	if (num_sick > num_listed)
		text_append_format(out, "; and %zu more", num_sick - num_listed);
	text_append_format(out, "%s%zu of %zu targets are ok", num_sick > 0 ? "; " : "",
			   tally->by_level[SEVERITY_INFO], tally->num);
}

/* --- performance data --- */

/* 'label'=; a label of several targets begins with its own. Neither = nor ' may be in it. */
static void append_label(struct text *out, const char *target, const char *name)
{
	struct text label;
	text_init(&label, 0);
	if (target != NULL) {
		append_words(&label, target);
		text_append(&label, " ");
	}
	text_append(&label, name);
	text_append(out, " '");
	for (const char *p = text_string(&label); *p != '\0'; p++)
		text_append_bytes(out, *p == '\'' || *p == '=' ? "_" : p, 1);
	text_append(out, "'=");
	text_clear(&label);
}

static double limit_s(const struct staple_limit *limit, int64_t life_s)
{
	return limit->is_fraction ? limit->left * (double)life_s : limit->left;
}

/* Ranges: "N:" alerts below N. target is NULL where there is but one. */
static void append_performance(struct text *out, const char *target,
			       const struct examination *examination,
			       const struct diagnosis_options *limits)
{
	struct case_facts facts;
	case_facts_read(&facts, examination);
	const struct case_staple *staple = case_facts_worst_staple(&facts);
	if (staple != NULL && staple->has_left) {
		append_label(out, target, "staple_left");
		text_append_format(out, "%llds;%.0f:;%.0f:", (long long)staple->left_s,
				   limit_s(&limits->warn, staple->life_s),
				   limit_s(&limits->critical, staple->life_s));
	}
	append_label(out, target, "stapled");
	text_append_format(out, "%zu;;;0;%zu", facts.num_stapled, facts.num_completed);
}

/* "0" as a range alerts above 0. */
static void append_counts(struct text *out, const struct tally *tally)
{
	append_label(out, NULL, "critical");
	text_append_format(out, "%zu;;0;0;%zu", tally->by_level[SEVERITY_CRITICAL], tally->num);
	append_label(out, NULL, "warning");
	text_append_format(out, "%zu;0;;0;%zu", tally->by_level[SEVERITY_WARNING], tally->num);
}

static void append_all_performance(struct text *out, const struct examinations *all,
				   const struct tally *tally,
				   const struct diagnosis_options *limits)
{
	struct text one;
	if (tally->num > 1)
		append_counts(out, tally);
	text_init(&one, 0);
	for (size_t i = 0; i < all->num_items; i++) {
		text_reset(&one);
		append_performance(&one, tally->num > 1 ? all->items[i].id : NULL, &all->items[i],
				   limits);
		if (out->len + one.len > NAGIOS_LINE_MAX)
			break;
		text_append(out, text_string(&one));
	}
	text_clear(&one);
}

/* --- the line --- */

static enum plugin_status judge(const struct run *run, const struct tally *tally, int status)
{
	if (tally->num == 0 || run_finished(run) == NULL)
		return PLUGIN_UNKNOWN;
	if (tally->by_level[SEVERITY_CRITICAL] > 0)
		return PLUGIN_CRITICAL;
	if (status >= RUN_USAGE)
		return PLUGIN_UNKNOWN;
	return tally->by_level[SEVERITY_WARNING] > 0 || status == RUN_FINDING ? PLUGIN_WARNING
									      : PLUGIN_OK;
}

/* What the causes do not say of the status. */
static void append_trouble(struct text *out, const struct run *run, const struct tally *tally,
			   int status)
{
	if (run_finished(run) == NULL)
		text_append(out, "not finished (see standard error); ");
	else if (status >= RUN_USAGE && tally->by_level[SEVERITY_CRITICAL] == 0)
		text_append(out, "no client could be tested, or a report or the database was not "
				 "written (see standard error); ");
	else if (status == RUN_FINDING && tally->by_level[SEVERITY_INFO] == tally->num)
		text_append(out, "cells are not as expected, or have no verdict; ");
}

enum plugin_status nagios_write(FILE *out, struct run *run, const struct diagnosis_options *limits,
				int status)
{
	const struct examinations *all = run_examinations(run);
	struct tally tally = count(all);
	enum plugin_status result = judge(run, &tally, status);
	struct text line;
	if (tally.num == 0)
		return nagios_fail(out, "nothing was examined (see standard error)");
	text_init(&line, 0);
	text_append_format(&line, "REVOCATION %s - ", status_words[result]);
	append_trouble(&line, run, &tally, status);
	if (tally.num > 1) {
		append_targets(&line, all, &tally);
	} else {
		append_headline(&line, &all->items[0]);
		append_staple(&line, &all->items[0]);
	}
	text_append(&line, " |");
	append_all_performance(&line, all, &tally, limits);
	fprintf(out, "%s\n", text_string(&line));
	text_clear(&line);
	return result;
}

enum plugin_status nagios_fail(FILE *out, const char *why)
{
	struct text line;
	text_init(&line, 0);
	append_words(&line, why);
	fprintf(out, "REVOCATION %s - %s\n", status_words[PLUGIN_UNKNOWN], text_string(&line));
	text_clear(&line);
	return PLUGIN_UNKNOWN;
}
