/*
 * Examinations for tests of diagnoses: an endpoint that is well, and what differs from it, in JSON
 * with ' for " and words for what comes often (examined_case.c).
 */
#ifndef TESTS_UNIT_EXAMINED_CASE_H
#define TESTS_UNIT_EXAMINED_CASE_H

#include "harness/doctor/diagnosis.h"

#define TARGET "www.example.org:443"

#define STAPLE(patch) "{'staples':{'1':" patch "}}"
#define NO_STAPLE     "'handshakes':[H0,H0,H0],'staples':null"
#define MUST          "'certificates':{'aa':{'must_staple':true}}"

/* Of TARGET alone, with patch merged into it (RFC 7396), read as a document's. */
struct examinations *seen_case(const char *patch);

/* Diagnoses it, with the built-in limits; run may be NULL. */
void conclude_case(struct examinations *all, struct run *run);

#endif
