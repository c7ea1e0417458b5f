/*
 * The axes of a policy as a file of classes writes them, each with its place, so that two that
 * contradict each other are both pointed at.
 */
#ifndef HARNESS_CONFIG_CLASS_AXES_H
#define HARNESS_CONFIG_CLASS_AXES_H

#include "harness/config/class.h"
#include "harness/config/yaml.h"

/* A policy that is being read. */
struct class_axes {
	struct policy *policy;
	struct class_place *places; /* CLASS_NUM_AXES of them */
	const char *const *files;   /* names for the places */
	size_t file;                /* the one that is read now */
};

/* The names of all axes behind the given keys, for yaml_check_keys. Returns how many. */
enum { CLASS_KEYS_MAX = 64 };
size_t class_axes_keys(const char *keys[static CLASS_KEYS_MAX], const char *const *first,
		       size_t num);

/* Sets every axis that the mapping has; its other keys are read elsewhere. */
bool class_axes_read(struct class_axes *axes, struct yaml *yaml, struct yaml_node *mapping,
		     struct error *err);

/* Two faults, one per axis, when the policy contradicts itself. name is the policy's or class's
 * own node: the place of an axis that has its default. */
bool class_axes_check(const struct class_axes *axes, struct yaml *yaml, struct yaml_node *name,
		      struct error *err);

#endif
