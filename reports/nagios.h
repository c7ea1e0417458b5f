/* What a doctor found, as one line of a monitoring plug-in with performance data. */
#ifndef REPORTS_NAGIOS_H
#define REPORTS_NAGIOS_H

#include "harness/diagnosis.h"
#include "harness/run.h"

#include <stdio.h>

/*
 * Writes the line and returns the plug-in's exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3
 * UNKNOWN. status is that of the run: 2 or 3 there is UNKNOWN here, unless something critical is
 * known all the same.
 */
int nagios_write(FILE *out, const struct run *run, const struct diagnosis_options *limits,
		 int status);

#endif
