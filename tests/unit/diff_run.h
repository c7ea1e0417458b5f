/*
 * Runs made of letters for the tests of comparisons: each with classes and rows of its own,
 * unlike those of report_run.h.
 */
#ifndef TESTS_DIFF_RUN_H
#define TESTS_DIFF_RUN_H

#include "harness/run/run.h"

/* What one run is made of. Letters as in report_run.h: C c W R - E X H and . (not run); after a
 * letter ! exposed, and ' another reason. */
struct drawn_run {
	const char *classes;  /* "openssl/no-check gnutls/native" */
	const char *rows[80]; /* "id: cells", in the lab "family/id: cells" */
	bool in_lab;
	const char *versions[2]; /* of openssl and gnutls; NULL: not there */
	int skew_s;              /* of every policy: to define classes otherwise */
	enum status truth;       /* of every scenario */
};

/* Ends the test when it cannot. Free with diff_run_free. */
struct run *diff_run(const struct drawn_run *drawn);
void diff_run_free(struct run *run);

#endif
