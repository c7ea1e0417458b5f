/*
 * What a run found as SARIF 2.1.0, for code-scanning dashboards: unexpected, exposed and blind
 * cells, cells without a verdict, stale deviations, and what the doctor found. Cells that are as
 * they should be are absent.
 */
#ifndef REPORTS_CI_SARIF_H
#define REPORTS_CI_SARIF_H

#include "reports/format.h"

bool sarif_write(FILE *out, struct run *run, const struct format_options *options,
		 struct error *err);

#endif
