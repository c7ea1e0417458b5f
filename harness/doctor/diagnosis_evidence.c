/* Knows how what a source of status returned is cited as evidence. */
#include "core/text.h"
#include "harness/doctor/diagnosing.h"

#include <string.h>
#include <strings.h>

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

/* HTTP's part: nothing when all is as RFC 6960 appendix A.2 or RFC 2585 section 4 have it. */
static void append_http(struct text *out, const struct fetch *fetch, const char *usual_type)
{
	const char *type = or_empty(fetch->content_type);
	size_t len = strcspn(type, "; ");
	bool is_usual = len == strlen(usual_type) && strncasecmp(type, usual_type, len) == 0;
	bool is_redirected = fetch->redirects.is_known && fetch->redirects.value > 0;
	long long status = fetch->http_status.is_known ? fetch->http_status.value : 0;
	if (status <= 0 || (status == 200 && is_usual && !is_redirected))
		return;
	text_append_format(out, "HTTP %lld", status);
	if (status == 200 && !is_usual)
		text_append_format(out, ", %s%s", len > 0 ? "content type " : "no content type",
				   type);
	if (is_redirected)
		text_append_format(out, ", %lld redirect%s", (long long)fetch->redirects.value,
				   fetch->redirects.value == 1 ? "" : "s");
	text_append(out, ": ");
}

static bool has_words(const struct stack_check *one)
{
	return one->detail != NULL && one->detail[0] != '\0' && one->check.is_known &&
	       one->check.value != CHECK_GOOD;
}

/* What the stacks say that did not find it good: the same words once. */
static void append_natives(struct text *out, const struct status_answer *answer)
{
	for (size_t i = 0; i < answer->num_stacks; i++) {
		const struct stack_check *one = &answer->stacks[i];
		bool is_said = !has_words(one);
		for (size_t k = 0; k < i && !is_said; k++)
			is_said = has_words(&answer->stacks[k]) &&
				  strcmp(answer->stacks[k].detail, one->detail) == 0;
		if (is_said)
			continue;
		text_append_format(out, "; %s", one->id);
		for (size_t k = i + 1; k < answer->num_stacks; k++)
			if (has_words(&answer->stacks[k]) &&
			    strcmp(answer->stacks[k].detail, one->detail) == 0)
				text_append_format(out, ", %s", answer->stacks[k].id);
		text_append_format(out, ": %s", one->detail);
	}
}

static void append_answer(struct text *out, const struct fetch *fetch,
			  const struct status_answer *answer)
{
	const char *check = word_spelling(&answer->check, &check_names);
	const char *layer = word_spelling(&fetch->layer, &fetch_layer_names);
	if (check == NULL) {
		text_append_format(out, "%s%s%s", layer != NULL ? layer : "nothing",
				   fetch->text != NULL ? ": " : "", or_empty(fetch->text));
		return;
	}
	text_append(out, check);
	if (word_is(answer->check, CHECK_ERROR_RESPONSE) && answer->response_status.is_known)
		text_append_format(out, " (%s)",
				   ocsp_response_status_name(answer->response_status.value));
	else
		append_natives(out, answer);
}

static void cite(struct diagnosing *d, struct finding *cause, const char *what,
		 const struct fetch *fetch, const struct status_answer *answer,
		 const char *usual_type)
{
	struct text words;
	text_init(&words, 0);
	append_http(&words, fetch, usual_type);
	append_answer(&words, fetch, answer);
	diagnosing_evidence(d, cause, "%s: %s.", what, text_string(&words));
	text_clear(&words);
}

void diagnosing_cite_responder(struct diagnosing *d, struct finding *cause, const char *before,
			       const struct responder *responder)
{
	for (size_t i = 0; i < responder->num_attempts; i++) {
		const struct responder_attempt *attempt = &responder->attempts[i];
		bool is_post = word_is(attempt->fetch.method, FETCH_POST);
		struct text what;
		text_init(&what, 0);
		text_append_format(&what, "%s%s by %s", before, or_empty(responder->url),
				   is_post ? "POST" : "GET");
		cite(d, cause, text_string(&what), &attempt->fetch, &attempt->answer,
		     "application/ocsp-response");
		text_clear(&what);
	}
}

void diagnosing_cite_crl(struct diagnosing *d, struct finding *cause, const char *before,
			 const struct crl_source *crl)
{
	struct text what;
	text_init(&what, 0);
	text_append_format(&what, "%s%s", before, or_empty(crl->url));
	cite(d, cause, text_string(&what), &crl->fetch, &crl->answer, "application/pkix-crl");
	text_clear(&what);
}

void diagnosing_cite_stacks(struct diagnosing *d, struct finding *cause, const char *what,
			    const struct status_answer *answer)
{
	struct text words;
	text_init(&words, 0);
	for (size_t i = 0; i < answer->num_stacks; i++) {
		const struct stack_check *one = &answer->stacks[i];
		const char *check = word_spelling(&one->check, &check_names);
		text_append_format(&words, "%s%s by %s", i > 0 ? ", " : "",
				   check != NULL ? check : "not checked", one->id);
		if (has_words(one))
			text_append_format(&words, " (%s)", one->detail);
	}
	diagnosing_evidence(d, cause, "%s is %s.", what, text_string(&words));
	text_clear(&words);
}
