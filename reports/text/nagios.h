/*
 * What a doctor found as one line of a monitoring plug-in, for Nagios, Icinga and their kin
 * (Monitoring Plugins Development Guidelines, sections "Plugin Output", "Performance data", "Plugin
 * Return Codes"). Says nothing else on the stream.
 */
#ifndef REPORTS_TEXT_NAGIOS_H
#define REPORTS_TEXT_NAGIOS_H

#include "harness/doctor/diagnosis.h"
#include "harness/run/run.h"

#include <stdio.h>

enum plugin_status { PLUGIN_OK, PLUGIN_WARNING, PLUGIN_CRITICAL, PLUGIN_UNKNOWN };

/* What monitors read of a line (MAX_PLUGIN_OUTPUT_LENGTH of Nagios 4); performance data that do not
 * fit are left out from the end. */
#define NAGIOS_LINE_MAX 8000

/*
 * Writes the line and returns the plug-in's exit status. status is that of the run. A run that did
 * not come to its end is UNKNOWN; so is one that could not do its work (2 or 3), unless something
 * critical is known all the same: at an unreachable endpoint no client has a verdict. 1
 * of a run without causes is WARNING: cells that are not as expected.
 */
enum plugin_status nagios_write(FILE *out, struct run *run, const struct diagnosis_options *limits,
				int status);

/* Writes the line of a look that could not be taken, and why; UNKNOWN. */
enum plugin_status nagios_fail(FILE *out, const char *why);

#endif
