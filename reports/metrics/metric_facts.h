/*
 * The little of each cell that is a measure: gathered in one pass over the records, since the
 * metrics of one name must stand together.
 */
#ifndef REPORTS_METRICS_METRIC_FACTS_H
#define REPORTS_METRICS_METRIC_FACTS_H

#include "core/error.h"
#include "harness/run/run.h"

/* An observed value, or that it was not collected. */
enum seen { NOT_LOOKED, SEEN_NO, SEEN_YES };

struct metric_facts {
	enum seen staple_present; /* NOT_LOOKED: the client asks for none, or the handshake did not
				   * get so far */
	enum seen staple_valid;   /* NOT_LOOKED also: the policy does not check it */
	enum seen must_staple;
	enum seen ocsp_url;
	bool has_next_update, has_not_after;
	int64_t next_update_s, not_after_s; /* seconds since 1970 */
};

/* One per cell, row by row, for the caller to free. NULL with err. */
struct metric_facts *metric_facts_gather(struct run *run, struct error *err);

/* Reads "2026-11-23T01:02:03Z". False for anything else. */
bool metric_parse_time(int64_t *seconds, const char *text);

#endif
