/* Knows how what the doctor found is put into words. */
#include "reports/words/doctor_view.h"

#include "harness/model/server_kind.h"
#include "harness/run/class_set.h"

#include <stdlib.h>
#include <string.h>

const char *doctor_view_text(const char *text)
{
	return text != NULL ? text : "";
}

const char *doctor_view_word(const struct word *word, const struct name_table *names)
{
	return doctor_view_text(word_spelling(word, names));
}

static void append_classes(struct text *out, const struct run *run, const struct finding *cause,
			   enum effect effect)
{
	const struct texts *list = &cause->classes.by_effect[effect];
	size_t num = run_num_classes(run);
	struct class_member *members = calloc(num + 1, sizeof *members);
	if (members == NULL || list->num == 0) {
		free(members);
		return;
	}
	for (size_t i = 0; i < num; i++) {
		const char *id = run_class_at(run, i)->class->id;
		members[i] = (struct class_member){id, texts_have(list, id)};
	}
	class_set_append(out, members, num);
	free(members);
}

void doctor_view_classes(const struct run *run, const struct finding *cause,
			 void (*write)(void *context, const char *effect, const char *classes),
			 void *context)
{
	struct text words;
	text_init(&words, 0);
	for (int i = 0; i < NUM_EFFECTS; i++) {
		text_reset(&words);
		append_classes(&words, run, cause, (enum effect)i);
		if (words.len > 0)
			write(context, effect_names.texts[i], text_string(&words));
	}
	text_clear(&words);
}

enum severity doctor_view_severity(const struct finding *cause)
{
	return word_is(cause->confidence, CONFIDENCE_POSSIBLE) ? SEVERITY_INFO
							       : finding_severity(cause);
}

void doctor_view_append_weight(struct text *out, const struct finding *cause)
{
	const char *severity = doctor_view_word(&cause->severity, &severity_names);
	const char *confidence = doctor_view_word(&cause->confidence, &confidence_names);
	if (doctor_view_severity(cause) != finding_severity(cause))
		text_append_format(out, "%s, would be %s%s", confidence,
				   finding_severity(cause) == SEVERITY_WARNING ? "a " : "",
				   severity);
	else
		text_append_format(out, "%s%s%s", severity,
				   severity[0] != '\0' && confidence[0] != '\0' ? ", " : "",
				   confidence);
}

const char *doctor_view_server(const struct fix *fix)
{
	if (!fix->server.is_known || fix->snippet == NULL)
		return NULL;
	return server_kind_title((enum server_kind)fix->server.value);
}

void doctor_view_lines(const char *lines, void (*write)(void *context, const char *line),
		       void *context)
{
	struct text line;
	text_init(&line, 0);
	while (*lines != '\0') {
		text_reset(&line);
		for (; *lines != '\0' && *lines != '\n'; lines++)
			text_append_bytes(&line, *lines == '\t' ? "    " : lines,
					  *lines == '\t' ? 4 : 1);
		write(context, text_string(&line));
		lines += *lines == '\n';
	}
	text_clear(&line);
}

void doctor_view_list(const struct texts *list, void (*write)(void *context, const char *line),
		      void *context)
{
	for (size_t i = 0; i < list->num; i++)
		if (list->items[i] != NULL)
			doctor_view_lines(list->items[i], write, context);
}

bool doctor_view_is_sure(const struct finding *cause)
{
	return word_is(cause->confidence, CONFIDENCE_CERTAIN);
}
