/* Knows how causes get their fixes. */
#include "harness/doctor/diagnosing.h"

#include "harness/doctor/remedy.h"

#include <stdlib.h>
#include <string.h>

/* Each line that is not empty. */
static void add_lines(struct diagnosing *d, struct texts *list, const struct text *words)
{
	char *copy = strdup(text_string(words)), *rest = NULL;
	d->failed = d->failed || copy == NULL;
	for (char *line = copy != NULL ? strtok_r(copy, "\n", &rest) : NULL; line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		if (!texts_add(list, line))
			d->failed = true;
	free(copy);
}

static char *copy(struct diagnosing *d, const char *text)
{
	char *new = strdup(text);
	d->failed = d->failed || new == NULL;
	return new;
}

/* A server's own remedy, or what is right on any. */
static void add_fix(struct diagnosing *d, struct finding *cause, int server,
		    const struct remedy_facts *facts)
{
	const struct cause_about *about = cause_about((enum cause)cause->id.value);
	struct text snippet, words;
	text_init(&snippet, 0);
	text_init(&words, 0);
	if (about->topic == NO_TOPIC) {
		/* A rule may have said something more to the point. */
		if (cause->fix.text == NULL)
			cause->fix.text = copy(d, about->advice);
		return;
	}
	enum remedy_topic topic = (enum remedy_topic)about->topic;
	cause->fix.text = copy(d, remedy_general(topic));
	if (server >= 0 && remedy_write(&snippet, &words, (enum server_kind)server, topic, facts)) {
		cause->fix.server = word_of(server);
		cause->fix.snippet = copy(d, text_string(&snippet));
	}
	add_lines(d, &cause->fix.commands, &words);
	text_reset(&words);
	remedy_on_server(&words, server, topic, facts);
	add_lines(d, &cause->on_server, &words);
	text_clear(&snippet);
	text_clear(&words);
}

void diagnosing_note_fixes(struct diagnosing *d)
{
	const struct examination *examination = d->examination;
	const struct responder *responder = examination->sources.num_responders > 0
						    ? &examination->sources.responders[0]
						    : NULL;
	struct remedy_facts facts = {
		.server_name = examination->target.server_name,
		.responder_host = responder != NULL ? responder->host : NULL,
		.responder_url = responder != NULL ? responder->url : NULL,
		.must_staple = d->facts.must_staple,
		.software = examination->server.software,
	};
	struct word kind = examination->server.kind;
	for (size_t i = 0; i < d->num_findings; i++)
		add_fix(d, &d->findings[i], kind.is_known ? kind.value : -1, &facts);
}
