/* Knows how what the doctor found is read for a report. */
#include "reports/words/doctor_view.h"

#include "harness/run/class_set.h"
#include "harness/model/server_kind.h"

#include <stdlib.h>
#include <string.h>

const struct doctor_effect doctor_effects[DOCTOR_EFFECTS_NUM] = {
	{"refuse", "reject"},
	{"would_refuse", "reject when affected"},
	{"fail", "cannot connect at all"},
	{"warn", "connect and warn"},
	{"exposed", "connect although it is revoked"},
	{"blind", "connect without knowing the status"},
};

json_t *doctor_view_of(const struct run *run)
{
	return (json_t *)run_addition(run, RUN_ADDITION_EXAMINATIONS);
}

const char *doctor_view_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text != NULL ? text : "";
}

static bool is_among(const json_t *list, const char *id)
{
	size_t i;
	json_t *one;
	json_array_foreach((json_t *)list, i, one)
	{
		if (json_is_string(one) && strcmp(json_string_value(one), id) == 0)
			return true;
	}

	return false;
}

void doctor_view_append_classes(struct text *out, const struct run *run, const json_t *cause,
				const char *key)
{
	const json_t *list = json_object_get(json_object_get(cause, "classes"), key);
	size_t num = run_num_classes(run);
	struct class_member *members = calloc(num + 1, sizeof *members);
	if (members == NULL || json_array_size(list) == 0) {
		free(members);
		return;
	}
	for (size_t i = 0; i < num; i++) {
		const char *id = run_class_at(run, i)->class->id;
		members[i] = (struct class_member){id, is_among(list, id)};
	}
	class_set_append(out, members, num);
	free(members);
}

void doctor_view_append_weight(struct text *out, const json_t *cause)
{
	text_append(out, doctor_view_text(cause, "severity"));
	text_append(out, ", ");
	text_append(out, doctor_view_text(cause, "confidence"));
}

const char *doctor_view_mark(const json_t *step)
{
	const json_t *ok = json_object_get(step, "ok");
	return json_is_true(ok) ? "+" : json_is_false(ok) ? "!" : "-";
}

const char *doctor_view_server(const json_t *fix)
{
	const char *server = json_string_value(json_object_get(fix, "server"));
	int kind = server != NULL ? name_find(&server_kind_names, server) : -1;
	if (kind < 0 || !json_is_string(json_object_get(fix, "snippet")))
		return NULL;
	return server_kind_title((enum server_kind)kind);
}

void doctor_view_lines(const char *lines, void (*tell)(void *context, const char *line),
		       void *context)
{
	struct text line;
	text_init(&line, 0);
	while (*lines != '\0') {
		text_reset(&line);
		for (; *lines != '\0' && *lines != '\n'; lines++)
			text_append_bytes(&line, *lines == '\t' ? "    " : lines,
					  *lines == '\t' ? 4 : 1);
		tell(context, text_string(&line));
		lines += *lines == '\n';
	}
	text_clear(&line);
}

void doctor_view_list(const json_t *list, void (*tell)(void *context, const char *line),
		      void *context)
{
	size_t i;
	json_t *one;
	json_array_foreach((json_t *)list, i, one)
	{
		if (json_is_string(one))
			doctor_view_lines(json_string_value(one), tell, context);
	}
}

bool doctor_view_is_sure(const json_t *cause)
{
	return strcmp(doctor_view_text(cause, "confidence"), "certain") == 0;
}
