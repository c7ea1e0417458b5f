/*
 * A run as JUnit XML by the rules of Jenkins' xUnit plugin (junit-10.xsd), which the importers of
 * other CI systems accept too: a suite per family, or per endpoint, a case per cell.
 */
#ifndef REPORTS_CI_JUNIT_H
#define REPORTS_CI_JUNIT_H

#include "reports/format.h"

bool junit_write(FILE *out, struct run *run, const struct format_options *options,
		 struct error *err);

#endif
