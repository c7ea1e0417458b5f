/* Knows what the rules for responses and for CRLs have in common. */
#include "clients/rules/question.h"

#include "clients/rules/flags.h"
#include "clients/rules/freshness.h"
#include "clients/rules/name.h"

#include <stdio.h>

void question_say(struct status_check *out, const char *text)
{
	out->native = (struct native){.library = "revoscope"};
	snprintf(out->native.text, sizeof out->native.text, "%s", text);
}

int question_time_forms(const struct question *question)
{
	return (question->flags & RULE_SHORT_TIMES ? DER_TIME_SHORT : 0) |
	       (question->flags & RULE_ODD_TIMES ? DER_TIME_FRACTION | DER_TIME_OFFSET : 0);
}

enum check question_times(const struct status_check *out, const struct question *question,
			  bool has_next_update)
{
	return freshness_check(out->this_update, out->next_update, has_next_update, question->now,
			       question->skew_s, question->max_age_s);
}

bool question_is_name(const struct question *question, struct der one, struct der other)
{
	return question->flags & RULE_NAMES_AS_BYTES ? der_same(one, other)
						     : name_is_same(one, other, NAME_RFC_5280);
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
