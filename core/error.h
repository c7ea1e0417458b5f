/*
 * How errors are passed on: one line of text and the kind of error, filled in by
 * the function that detects it and printed only by a main or a cmd_*.
 */
#ifndef CORE_ERROR_H
#define CORE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

enum error_kind {
	ERROR_NONE,
	ERROR_USAGE,       /* the user's words or files are wrong: exit status 2 */
	ERROR_UNABLE,      /* the work could not be done: exit status 3 */
	ERROR_INTERRUPTED, /* a signal ended the work: exit status 3 */
};

#define ERROR_TEXT_MAX 2048

/* Plain data; initialize with ERROR_INIT or = {0}. */
struct error {
	enum error_kind kind;
	char text[ERROR_TEXT_MAX];
};

#define ERROR_INIT ((struct error){.kind = ERROR_NONE})

/*
 * Records a failure unless one is recorded already: the first cause wins. err may
 * be NULL. Always returns false, so that a caller can `return error_set(...)`.
 * Text longer than ERROR_TEXT_MAX - 1 bytes is cut.
 */
bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with the text of errno at the end: "open x: No such file or directory". */
bool error_set_errno(struct error *err, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "context: " in front of a recorded failure. Always returns false. */
bool error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a further line to a recorded failure of the same kind, so that a file with
 * several faults names them all. Behaves as error_set when none is recorded. */
bool error_add(struct error *err, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
