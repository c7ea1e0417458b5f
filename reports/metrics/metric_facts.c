/* Knows what can be measured of a cell's record, and when it was not collected. */
#include "reports/metrics/metric_facts.h"

#include "reports/words/cell_facts.h"
#include "harness/run/stack_description.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

bool metric_parse_time(int64_t *seconds, const char *text)
{
	struct tm utc = {0};
	if (text == NULL || strlen(text) != strlen("2026-11-23T01:02:03Z"))
		return false;
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc);
	if (end == NULL || *end != '\0')
		return false;
	*seconds = (int64_t)timegm(&utc);
	return true;
}

/* A client without an answer, or one that was refused before the server's first flight, saw
 * neither a staple nor its absence. */
static bool saw_handshake(const struct cell_facts *facts)
{
	return facts->seen->certificate.is_present;
}

static bool asks_staple(const struct cell_facts *facts)
{
	const struct client_class *class = facts->class->class;
	bool can = stack_can(facts->stack->description, "status-request");
	/* A native class says nothing of what it asks for; only a staple that came tells. */
	return can && !class->native && class->policy.asks_staple == YES;
}

static void look_at_staple(struct metric_facts *out, const struct cell_facts *facts)
{
	const struct observed_staple *staple = facts->staple;
	if (staple == NULL) {
		if (saw_handshake(facts) && asks_staple(facts))
			out->staple_present = out->staple_valid = SEEN_NO;
		return;
	}
	out->staple_present = SEEN_YES;
	if (staple->check.text != NULL && staple->check.value != CHECK_NOT_CHECKED)
		out->staple_valid = staple->check.value == CHECK_GOOD ? SEEN_YES : SEEN_NO;
	out->has_next_update = metric_parse_time(&out->next_update_s, staple->next_update);
}

static void look_at_certificate(struct metric_facts *out, const struct cell_facts *facts)
{
	const struct observed_certificate *certificate = &facts->seen->certificate;
	if (certificate->must_staple.is_known)
		out->must_staple = certificate->must_staple.value ? SEEN_YES : SEEN_NO;
	if (certificate->ocsp_urls.is_known)
		out->ocsp_url = certificate->ocsp_urls.num > 0 ? SEEN_YES : SEEN_NO;
	out->has_not_after = metric_parse_time(&out->not_after_s, certificate->not_after);
}

struct metric_facts *metric_facts_gather(struct run *run, struct error *err)
{
	size_t num_classes = run_num_classes(run);
	struct metric_facts *list = calloc(run_num_rows(run) * num_classes + 1, sizeof *list);
	if (list == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return NULL;
	}
	for (size_t row = 0; row < run_num_rows(run); row++) {
		for (size_t i = 0; i < num_classes; i++) {
			struct cell_facts facts;
			bool done = cell_facts_load(&facts, run, row, i, err);
			if (done) {
				look_at_staple(&list[row * num_classes + i], &facts);
				look_at_certificate(&list[row * num_classes + i], &facts);
			}
			cell_facts_clear(&facts);
			if (!done) {
				free(list);
				return NULL;
			}
		}
	}
	return list;
}
