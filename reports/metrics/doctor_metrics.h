/*
 * What the doctor found as families of gauges, beside those of the cells. Every sample has the
 * label `endpoint`. Data that was not collected has no sample.
 */
#ifndef REPORTS_METRICS_DOCTOR_METRICS_H
#define REPORTS_METRICS_DOCTOR_METRICS_H

#include "harness/run/run.h"

#include <stdio.h>

/* Writes nothing of a run without examinations. False with err without memory. */
bool doctor_metrics_write(FILE *out, const struct run *run, struct error *err);

#endif
