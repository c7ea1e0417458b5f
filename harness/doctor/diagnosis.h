/*
 * What an examination comes to: causes out of a closed list (cause.def), each with how bad and how
 * sure it is, the evidence, the client classes that it affects, and the fix. A pure function of
 * what was seen; docs/doctor.md has the rules.
 */
#ifndef HARNESS_DOCTOR_DIAGNOSIS_H
#define HARNESS_DOCTOR_DIAGNOSIS_H

#include "harness/model/examination.h"
#include "harness/run/run.h"

/* How little of a staple's life may be left. */
struct staple_limit {
	bool is_fraction; /* left is a part of its life, else seconds */
	double left;
};

/* "6h", "90m", "3600" (seconds) or "25%". False with an ERROR_USAGE that shows text. */
bool staple_limit_parse(struct staple_limit *limit, const char *text, struct error *err);

struct diagnosis_options {
	struct staple_limit warn, critical;
};
/* A quarter and a tenth of its life: servers that refresh do so at half (Caddy), a third left
 * (mod_md), or an hour after the last time (nginx). */
#define DIAGNOSIS_OPTIONS_INIT ((struct diagnosis_options){{true, 0.25}, {true, 0.1}})

/*
 * Gives an examination its causes, level and headline, in place of those that it had. run has the
 * cells of the target, in rows called target_id or target_id@address; NULL: no client was tried.
 * False without memory.
 */
bool diagnose(struct examination *examination, struct run *run, const char *target_id,
	      const struct diagnosis_options *options);

/* The level of a diagnosed examination; SEVERITY_INFO also when nothing was found. */
enum severity diagnosis_level(const struct examination *examination);

#endif
