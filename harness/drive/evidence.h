/*
 * The folder of one attempt under --evidence DIR: DIR/ROW/CLASS, and a number below
 * it when there are several attempts. The client program writes staples, chain and
 * fetched bodies there; the harness the request that repeats it, the answer, and
 * what the program said before it died.
 */
#ifndef HARNESS_DRIVE_EVIDENCE_H
#define HARNESS_DRIVE_EVIDENCE_H

#include "core/error.h"

#include <jansson.h>
#include <stddef.h>

/* Makes the folder (attempt 0: without a number) and returns its absolute path in new
 * memory; NULL with err. Row and class are names of the project or foreign host names: what is no
 * letter, digit or one of "._-@:[]" becomes '_'. A '/' in a class is a folder. */
char *evidence_folder(const char *directory, const char *row, const char *class, int attempt,
		      struct error *err);

/* Writes name in folder: the object, readable, with sorted keys. */
bool evidence_keep_json(const char *folder, const char *name, const json_t *object,
			struct error *err);
bool evidence_keep(const char *folder, const char *name, const void *bytes, size_t len,
		   struct error *err);

#endif
