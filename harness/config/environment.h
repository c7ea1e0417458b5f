/*
 * The environment that advice is given for: which client classes there are, and which share of
 * all clients each of them has. harness/README.md has the grammar of its file.
 */
#ifndef HARNESS_CONFIG_ENVIRONMENT_H
#define HARNESS_CONFIG_ENVIRONMENT_H

#include "harness/config/class.h"
#include "harness/config/yaml.h"

/* By how many percent the shares may miss 100 together: people round. */
#define ENVIRONMENT_SLACK 0.5

struct environment_client {
	char *class_id;    /* of a class that is known */
	const char *title; /* of the class; borrowed from the class file */
	double share;      /* percent of all clients, above 0 */
	char *note;        /* may be NULL */
	int line, column;  /* where it is written */
};

struct environment {
	char *file;                         /* as it was named */
	char *title;                        /* what it describes */
	char *text;                         /* may be NULL */
	struct environment_client *clients; /* in the order of the file */
	size_t num_clients;
	double sum; /* of the shares: 100, give or take ENVIRONMENT_SLACK */
};

/*
 * Reads the file. All its faults are reported together, each with file, line and column: unknown
 * keys and classes (the nearest is named), a class twice, a share that is no number above 0, shares
 * that do not add up to 100. The environment borrows titles from classes, which must outlive it.
 */
bool environment_read(struct environment *environment, const char *path,
		      const struct class_file *classes, struct error *err);

/* The same of a parsed document. */
bool environment_read_yaml(struct environment *environment, struct yaml *yaml,
			   const struct class_file *classes, struct error *err);
void environment_clear(struct environment *environment);

/* Reads a share: "40", "12.5", "12.5 %", in any locale. False for anything else. */
bool environment_parse_percent(double *out, const char *text);

#endif
