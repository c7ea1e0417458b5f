/* Knows what the rules for responses and for CRLs have in common. */
#include "clients/rules/question.h"

#include <stdio.h>

void question_say(struct status_check *out, const char *text)
{
	out->native = (struct native){.library = "revoscope"};
	snprintf(out->native.text, sizeof out->native.text, "%s", text);
}

bool question_knows(struct der extensions, const struct der *known)
{
	struct der_extension extension;
	while (der_take_extension(&extensions, &extension)) {
		bool is_known = !extension.critical;
		for (const struct der *id = known; id->len > 0 && !is_known; id++)
			is_known = der_same(extension.id, *id);
		if (!is_known)
			return false;
	}
	return true;
}

bool question_hashes(const struct question *question, const char *hash, struct der digest,
		     struct der bytes)
{
	uint8_t own[DIGEST_MAX];
	size_t len = question->digest(own, hash, bytes);
	return len > 0 && der_equals(digest, own, len);
}
