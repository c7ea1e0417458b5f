/*
 * How metrics are spelled (OpenMetrics 1.0 section 4), in what Prometheus' classic text format
 * reads as well.
 */
#ifndef REPORTS_METRICS_METRIC_TEXT_H
#define REPORTS_METRICS_METRIC_TEXT_H

#include "core/text.h"

#include <stdio.h>

/* The descriptor of a family of gauges, before its samples. unit is the end of name, or NULL. */
void metric_write_head(FILE *out, const char *name, const char *unit, const char *help);

/* Appends one more label. value is foreign: what is no harmless UTF-8 is made visible, and what the
 * format reserves is escaped. */
void metric_append_label(struct text *out, const char *name, const char *value);

#endif
