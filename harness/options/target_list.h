/* The targets of a command line and of its files. */
#ifndef HARNESS_OPTIONS_TARGET_LIST_H
#define HARNESS_OPTIONS_TARGET_LIST_H

#include "harness/config/target.h"
#include "harness/options/target_options.h"

struct target_list {
	struct target *items;
	size_t num;
};

/* All words, then all files of --targets; one that was named before is left out. False with an
 * ERROR_USAGE that shows what is wrong and, for a file, where. */
bool target_list_read(struct target_list *list, const struct word_list *words,
		      const struct target_options *options, struct error *err);
void target_list_clear(struct target_list *list);

#endif
