/* What the words of `revoscope verify` name, read into questions. */
#ifndef HARNESS_OPTIONS_VERIFY_INPUT_H
#define HARNESS_OPTIONS_VERIFY_INPUT_H

#include "harness/options/options.h"
#include "harness/verify/vector_index.h"
#include "harness/verify/verification.h"

/* Paths, as they were given; NULL when not. */
struct verify_input {
	struct word_list responses, crls;
	const char *certificate, *issuer, *chain, *trust;
	const char *index;
	bool has_time;
	int64_t at_s;
};

/* Reads all files; one question for each response and CRL. */
bool verify_input_read(struct verification *out, const struct verify_input *input,
		       struct error *err);

/* Reads the list and its files; each vector gets its questions. A response or CRL there may be any
 * bytes: that it is none is for the stacks to say. */
bool verify_input_read_index(struct verification *out, struct vector_index *index,
			     const struct verify_input *input, struct error *err);

#endif
