/*
 * The endpoint that advice is given for: examined now, or out of a run of `doctor`.
 */
#ifndef HARNESS_CLI_ADVISE_TARGET_H
#define HARNESS_CLI_ADVISE_TARGET_H

#include "harness/doctor/examiner.h"
#include "harness/options/command_data.h"
#include "harness/options/target_options.h"

/* What was seen, and of whom. Plain data, owned; all zero bytes: nothing. */
struct advise_target {
	struct examinations seen;        /* of the one, or of all of a run */
	struct examination *examination; /* the one; NULL: none */
};

/* Examines the one target that the words name. After an interruption, or on failure, target is
 * nothing. */
enum examiner_end advise_target_examine(struct advise_target *target,
					const struct command_data *data,
					const struct options *options,
					const struct target_options *way, struct error *err);

/* Takes the examination out of a kept run or a result document: of the endpoint that the words
 * name, or without any of the only one that there is. */
bool advise_target_load(struct advise_target *target, const char *run_word,
			const struct options *options, struct error *err);

void advise_target_clear(struct advise_target *target);

#endif
