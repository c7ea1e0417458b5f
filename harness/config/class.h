/*
 * Client classes: a stack, an enforcement and a policy under an id, read from
 * clients/classes.yaml and from files of one's own on top of it. Also the stacks
 * themselves and the built-in policies.
 */
#ifndef HARNESS_CONFIG_CLASS_H
#define HARNESS_CONFIG_CLASS_H

#include "core/error.h"
#include "core/policy.h"

/* Every axis is one int of the policy. */
enum { CLASS_NUM_AXES = sizeof(struct policy) / sizeof(int) };

/* Where something was written; line 0 is nowhere. */
struct class_place {
	size_t file; /* index into struct class_file.files */
	int line, column;
};

struct stack {
	char *id;      /* "openssl" */
	char *program; /* "revoscope-client-openssl": a name to be found, or a path */
	char *title;   /* "OpenSSL" */
};

struct named_policy {
	char *id; /* "soft-fail" */
	char *title;
	char *text; /* what it does, in a sentence or two */
	struct policy policy;
	struct class_place places[CLASS_NUM_AXES]; /* by axis; line 0: it has its default */
	char *from;                                /* "clients/classes.yaml:20" */
	char *overrides; /* the same of what it overrides; NULL: nothing */
};

struct client_class {
	char *id;        /* "openssl/soft-fail", "gnutls/native", "browser/firefox" */
	size_t stack;    /* index into struct class_file.stacks */
	bool native;     /* enforcement native; else application */
	char *policy_id; /* the named policy, "native", or "own" */
	struct policy policy;
	char *title;
	char *text;      /* what it does, in a sentence or two; may be NULL */
	char *origin;    /* "built-in", "measured", "source" or "documentation" */
	char *reference; /* where from; may be NULL */
	bool is_default; /* part of a run that names no class */
	struct class_place places[CLASS_NUM_AXES];
	char *from; /* file and line, as above */
	char *overrides;
};

struct class_file {
	struct stack *stacks;
	size_t num_stacks;
	struct named_policy *policies; /* in the order of the file: the order of the matrix */
	size_t num_policies;
	struct client_class *classes; /* stack by stack within each policy */
	size_t num_classes;
	char **files; /* that it was read from, in this order */
	size_t num_files;
};

void client_class_clear(struct client_class *class);
void named_policy_clear(struct named_policy *policy);
void class_file_clear(struct class_file *file);

/* {title, stack, enforcement, policy_id, policy, origin, reference, from, overrides}. New
 * reference. */
json_t *class_to_json(const struct class_file *file, const struct client_class *class);

#endif
