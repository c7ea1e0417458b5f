/*
 * The client classes as documents: what a class wants, when it refuses, when it warns, when it
 * connects blind or to a revoked certificate. Ids: "k17" by the index of the class in the run.
 */
#ifndef REPORTS_HTML_HTML_CLASS_H
#define REPORTS_HTML_HTML_CLASS_H

#include "harness/run/run.h"

#include <stdio.h>

void html_write_classes(FILE *out, struct run *run);

#endif
