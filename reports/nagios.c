/* Knows how a monitoring plug-in speaks (Monitoring Plugins Development Guidelines, section 2). */
#include "reports/nagios.h"

#include "core/text.h"
#include "harness/case_facts.h"

#include <string.h>

enum { PLUGIN_OK, PLUGIN_WARNING, PLUGIN_CRITICAL, PLUGIN_UNKNOWN };
enum { RUN_USAGE = 2 };

/* A bar begins performance data, and a line ends the message. */
static void append_words(struct text *out, const char *words)
{
	struct text visible;
	text_init(&visible, 4096);
	text_append_visible(&visible, words, strlen(words));
	for (const char *p = text_string(&visible); *p != '\0'; p++)
		text_append_bytes(out, *p == '|' ? "/" : p, 1);
	text_clear(&visible);
}

/* The first cause of each target; what is well is only counted. */
static void append_targets(struct text *out, json_t *examinations)
{
	const char *target;
	json_t *examination;
	size_t num = json_object_size(examinations), num_well = 0, num_told = 0;
	json_object_foreach(examinations, target, examination)
	{
		const char *headline = json_string_value(json_object_get(examination, "headline"));
		if (num > 1 && diagnosis_level(examination) == SEVERITY_INFO) {
			num_well++;
			continue;
		}
		text_append(out, num_told++ > 0 ? "; " : "");
		append_words(out, target);
		text_append(out, ": ");
		append_words(out, headline != NULL ? headline : "not examined");
	}
	if (num_well > 0)
		text_append_format(out, "%s%zu of %zu targets are well", num_told > 0 ? "; " : "",
				   num_well, num);
}

static double limit_s(const struct staple_limit *limit, int64_t life_s)
{
	return limit->is_fraction ? limit->left * (double)life_s : limit->left;
}

/* Label in single quotes, as names with special characters want; seconds with both limits, below
 * which they alert. */
static void append_performance(struct text *out, const char *target, const json_t *examination,
			       const struct diagnosis_options *limits)
{
	struct case_facts facts;
	struct text label;
	case_facts_read(&facts, examination);
	text_init(&label, 4096);
	for (const char *p = target; *p != '\0'; p++)
		text_append_bytes(&label, strchr("'=|\"", *p) != NULL ? "_" : p, 1);
	int64_t left = 0, life = 0;
	bool has_left = false;
	for (size_t i = 0; i < facts.num_staples; i++) {
		const struct case_staple *one = &facts.staples[i];
		if (!one->has_left || (has_left && one->left_s >= left))
			continue;
		has_left = true;
		left = one->left_s;
		life = one->life_s;
	}
	if (has_left)
		text_append_format(out, " '%s staple_left'=%llds;%.0f:;%.0f:", text_string(&label),
				   (long long)left, limit_s(&limits->warn, life),
				   limit_s(&limits->critical, life));
	text_append_format(out, " '%s stapled'=%zu;;;0;%zu", text_string(&label), facts.num_stapled,
			   facts.num_completed);
	text_clear(&label);
}

int nagios_write(FILE *out, const struct run *run, const struct diagnosis_options *limits,
		 int status)
{
	static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	json_t *examinations = (json_t *)run_addition(run, RUN_ADDITION_EXAMINATIONS), *one;
	const char *target;
	enum severity level = SEVERITY_INFO;
	struct text line;
	json_object_foreach(examinations, target, one)
	{
		if (diagnosis_level(one) > level)
			level = diagnosis_level(one);
	}

	int result = level == SEVERITY_CRITICAL                    ? PLUGIN_CRITICAL
		     : status >= RUN_USAGE || examinations == NULL ? PLUGIN_UNKNOWN
		     : level == SEVERITY_WARNING                   ? PLUGIN_WARNING
								   : PLUGIN_OK;
	text_init(&line, 0);
	text_append_format(&line, "REVOCATION %s - ", words[result]);
	if (examinations == NULL)
		text_append(&line, "nothing was examined");
	append_targets(&line, examinations);
	text_append(&line, " |");
	json_object_foreach(examinations, target, one)
	{
		append_performance(&line, target, one, limits);
	}

	fprintf(out, "%s\n", text_string(&line));
	text_clear(&line);
	return result;
}
