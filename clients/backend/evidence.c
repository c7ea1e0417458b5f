/* Knows the names of the evidence files. */
#include "clients/backend/evidence.h"

#include "core/file.h"

#include <stdio.h>
#include <stdlib.h>

bool evidence_save(const char *directory, const char *kind, size_t number, const void *bytes,
		   size_t len, struct error *err)
{
	char name[64];
	if (directory == NULL)
		return true;
	snprintf(name, sizeof name, "%s-%zu.der", kind, number);
	char *path = file_join(directory, name);
	if (path == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	bool written = file_write(path, bytes, len, err);
	free(path);
	return written;
}
