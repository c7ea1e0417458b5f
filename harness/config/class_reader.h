/*
 * One file of classes while it is read. Private to class_read: for the two files that do so,
 * class_read.c (stacks, policies, the whole) and class_build.c (the classes).
 */
#ifndef HARNESS_CONFIG_CLASS_READER_H
#define HARNESS_CONFIG_CLASS_READER_H

#include "harness/config/class_axes.h"
#include "harness/config/class_read.h"

enum { CLASS_STACKS_MAX = 32, CLASS_POLICIES_MAX = 64 };

struct class_reader {
	struct class_file *file;
	struct yaml *yaml;
	struct yaml_node *root;
	struct error *err;
	bool is_first; /* the base of every other file: only classes may be absent */
	bool stacks_here[CLASS_STACKS_MAX]; /* those that this file names, and its policies */
	bool policies_here[CLASS_POLICIES_MAX];
	struct client_class *old; /* the classes before this file; without id: in file again */
	size_t num_old;
	bool *classes_here; /* by class in file: made by this file */
};

/* The classes anew, in the order of the matrix: built-ins, natives, the named ones. */
bool class_build(struct class_reader *reader);

/* Records that there is no memory. Always returns false. */
bool class_no_memory(const struct class_reader *reader);

/* Room for one more item behind num, zeroed; NULL without memory. Counting it is the caller's. */
void *class_one_more(const struct class_reader *reader, void **items, size_t num, size_t size);

/* The place of an entry, "clients/classes.yaml:20", into *from, which the caller owns. */
bool class_take_place(char **from, const struct class_reader *reader, const struct yaml_node *node);

/* The mapping of a part of the file with 1 to most entries. *part is NULL, without a fault, when a
 * file on top does without it. */
bool class_find_part(struct yaml_node **part, const struct class_reader *reader, const char *key,
		     size_t most);

/* Indexes, or -1. */
int class_find_stack(const struct class_file *file, const char *id);
int class_find_policy(const struct class_file *file, const char *id);

/* Notes that there is no such stack. Always returns false. */
bool class_fault_stack(const struct class_reader *reader, const struct yaml_node *node,
		       const char *id);

/* A policy that is being read, with the names of the files so far. */
struct class_axes class_reader_axes(const struct class_reader *reader, struct policy *policy,
				    struct class_place *places);

#endif
