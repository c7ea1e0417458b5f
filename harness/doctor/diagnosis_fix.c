/* Knows how causes get their remedies. */
#include "harness/doctor/diagnosing.h"

#include "core/json.h"
#include "harness/doctor/remedy.h"

#include <string.h>

static json_t *lines_of(const struct text *words)
{
	json_t *list = json_array();
	for (const char *p = text_string(words); *p != '\0';) {
		size_t len = strcspn(p, "\n");
		if (len > 0)
			json_array_append_new(list, json_stringn(p, len));
		p += len + (p[len] == '\n');
	}
	return list;
}

/* A server's own remedy, or what is right on any. */
static json_t *fix_of(enum cause cause, int server, const struct remedy_facts *facts)
{
	const struct cause_about *about = cause_about(cause);
	json_t *fix = json_object();
	struct text snippet, words;
	text_init(&snippet, 0);
	text_init(&words, 0);
	bool has_own = about->topic >= 0 && server >= 0 &&
		       remedy_write(&snippet, &words, (enum server_kind)server,
				    (enum remedy_topic)about->topic, facts);
	json_set(fix, "text",
		 json_string(about->topic >= 0 ? remedy_general((enum remedy_topic)about->topic)
					       : about->advice));
	json_set(fix, "server",
		 has_own ? json_string(server_kind_name((enum server_kind)server)) : json_null());
	json_set(fix, "snippet", has_own ? json_string(text_string(&snippet)) : json_null());
	json_set(fix, "commands", lines_of(&words));
	text_clear(&snippet);
	text_clear(&words);
	return fix;
}

static json_t *on_server(enum cause cause, int server, const struct remedy_facts *facts)
{
	int topic = cause_about(cause)->topic;
	struct text words;
	text_init(&words, 0);
	if (topic >= 0)
		remedy_on_server(&words, server, (enum remedy_topic)topic, facts);
	json_t *list = lines_of(&words);
	text_clear(&words);
	return list;
}

void diagnosing_note_fixes(struct diagnosing *d)
{
	const json_t *server = json_object_get(d->examination, "server");
	const json_t *responder = json_array_get(json_object_get(d->examination, "responders"), 0);
	const char *kind = json_string_value(json_object_get(server, "kind"));
	int found = kind != NULL ? name_find(&server_kind_names, kind) : -1;
	struct remedy_facts facts = {
		.server_name = json_string_value(
			json_object_get(json_object_get(d->examination, "target"), "server_name")),
		.responder_host = json_string_value(json_object_get(responder, "host")),
		.responder_url = json_string_value(json_object_get(responder, "url")),
		.must_staple = d->facts.must_staple,
		.software = json_string_value(json_object_get(server, "software")),
	};
	size_t i;
	json_t *cause;
	json_array_foreach(d->causes, i, cause)
	{
		int id = name_find(&cause_names, json_string_value(json_object_get(cause, "id")));
		if (id < 0)
			continue;
		json_set(cause, "fix", fix_of((enum cause)id, found, &facts));
		json_set(cause, "on_server", on_server((enum cause)id, found, &facts));
	}
}
