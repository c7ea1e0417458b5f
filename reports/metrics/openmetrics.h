/*
 * A run as metrics (OpenMetrics 1.0) that Prometheus' classic text parser reads as well: gauges
 * only, since the two formats name counters and unknown types differently. What nobody looked
 * at, or what is not there, has no sample, so that it can never read as good.
 */
#ifndef REPORTS_METRICS_OPENMETRICS_H
#define REPORTS_METRICS_OPENMETRICS_H

#include "reports/format.h"

bool openmetrics_write(FILE *out, struct run *run, const struct format_options *options,
		       struct error *err);

#endif
