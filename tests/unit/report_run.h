/*
 * A run made of letters, for the tests of reports: rows by classes as one would draw
 * the matrix. C, c (blind), W, R, - E X H and . (not run); after a letter ! exposed,
 * * unexpected, ~ varies.
 */
#ifndef TESTS_REPORT_RUN_H
#define TESTS_REPORT_RUN_H

#include "harness/run/run.h"

/* Two stacks (openssl 3.0.17, gnutls not there), policies no-check and require-staple for
 * both, and browser/firefox by openssl: five classes. A row is "id: cells"; scenarios when
 * in_lab, of the family that stands before a slash. Static data; free with run_free. */
struct run *report_run(const char *const *rows, size_t num_rows, bool in_lab);

#endif
