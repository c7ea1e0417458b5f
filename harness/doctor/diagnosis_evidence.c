/* Knows how what a source of status returned is cited as evidence. */
#include "core/text.h"
#include "harness/doctor/diagnosing.h"

#include <string.h>
#include <strings.h>

/* HTTP's part: nothing when all is as RFC 6960 appendix A.2 or RFC 2585 section 4 have it. */
static void append_http(struct text *out, const struct fetch *fetch, const char *usual_type)
{
	const char *type = diagnosing_text(fetch->content_type);
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
	if (check == NULL && word_is(fetch->layer, LAYER_ANSWER) && fetch->length.is_known &&
	    fetch->length.value == 0) {
		text_append(out, "an empty body");
		return;
	}
	if (check == NULL) {
		text_append_format(out, "%s%s%s", layer != NULL ? layer : "nothing",
				   fetch->text != NULL ? ": " : "", diagnosing_text(fetch->text));
		return;
	}
	text_append(out, check);
	if (word_is(answer->check, CHECK_ERROR_RESPONSE) && answer->response_status.is_known)
		text_append_format(out, " (%s)",
				   ocsp_response_status_name(answer->response_status.value));
	else
		append_natives(out, answer);
}

/* What stands between here and the source, and answers in its place. */
static void cite_between(struct diagnosing *d, struct finding *cause, const struct fetch *fetch,
			 const struct status_answer *answer)
{
	long long status = fetch->http_status.is_known ? fetch->http_status.value : 0;
	const char *type = diagnosing_text(fetch->content_type);
	static const char html[] = "text/html";
	bool has_status = word_is(answer->check, CHECK_GOOD) ||
			  word_is(answer->check, CHECK_REVOKED) ||
			  word_is(answer->check, CHECK_UNKNOWN);
	if (status == 407 || status == 401 || status == 511)
		diagnosing_evidence(
			d, cause,
			"HTTP %lld: a proxy or a captive portal wants credentials before "
			"it lets anything through.",
			status);
	else if (!has_status && (strncasecmp(type, html, sizeof html - 1) == 0 ||
				 (fetch->redirects.is_known && fetch->redirects.value > 0)))
		diagnosing_evidence(d, cause,
				    "A web page or a redirect in place of the answer is what a "
				    "captive portal or a filtering proxy returns.");
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
	cite_between(d, cause, fetch, answer);
}

void diagnosing_cite_responder(struct diagnosing *d, struct finding *cause, const char *before,
			       const struct responder *responder)
{
	for (size_t i = 0; i < responder->num_attempts; i++) {
		const struct responder_attempt *attempt = &responder->attempts[i];
		bool is_post = word_is(attempt->fetch.method, FETCH_POST);
		struct text what;
		text_init(&what, 0);
		text_append_format(&what, "%s%s by %s", before, diagnosing_text(responder->url),
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
	text_append_format(&what, "%s%s", before, diagnosing_text(crl->url));
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

static bool is_at(const struct handshake *one, const char *address, const char *chain,
		  const char *staple)
{
	return one->address != NULL && strcmp(one->address, address) == 0 &&
	       (chain != NULL ? one->chain != NULL && strcmp(one->chain, chain) == 0
			      : texts_have(&one->staples, staple));
}

void diagnosing_append_addresses(struct text *out, const struct diagnosing *d, const char *chain,
				 const char *staple)
{
	struct case_facts all;
	bool is_seen[CASE_ADDRESSES_MAX] = {0};
	size_t num = 0;
	case_facts_read(&all, d->examination);
	for (size_t k = 0; k < all.num_addresses; k++) {
		for (size_t i = 0; i < d->examination->num_handshakes; i++)
			is_seen[k] = is_seen[k] || is_at(&d->examination->handshakes[i],
							 all.addresses[k].address, chain, staple);
		num += is_seen[k];
	}
	const char *between = " at ";
	for (size_t k = 0; num < all.num_addresses && k < all.num_addresses; k++) {
		if (!is_seen[k])
			continue;
		text_append_format(out, "%s%s", between, all.addresses[k].address);
		between = ", ";
	}
}
