/* Knows which waits belong to a scenario. */
#include "harness/run/delay.h"

#include "core/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Of a time-out at a real endpoint, which part of lateness is enough to doubt it: a quarter. */
#define LATE_PART 4

/* What the lab plays where a fetch went. */
struct place {
	bool is_lab; /* false: a URL of the scenario's own, whose server is not the lab's */
	int behaviour;
	int64_t delay_ms;
	bool has_dead_url; /* one at which no server listens, before the lab's */
};

static bool is_layer(const struct observed_fetch *fetch, const char *layer)
{
	return fetch->layer != NULL && strcmp(fetch->layer, layer) == 0;
}

/* Whether a pointer leads to the lab's server: its own, and a URL with the lab's place in it. */
static bool leads_to_lab(int pointer, const char *url)
{
	return pointer != POINTER_URL || strstr(url, SITUATION_URL_LAB) != NULL;
}

/* Above the leaf the lab's servers are always healthy (fixtures/README.md). */
static struct place place_of(const struct observed_fetch *fetch, const struct situation *situation)
{
	const struct certificate_spec *leaf = &situation->certificate;
	bool is_crl = fetch->kind != NULL && strcmp(fetch->kind, "crl") == 0;
	if (fetch->depth.value > 0)
		return (struct place){.is_lab = true, .behaviour = BEHAVIOUR_ANSWER};
	return (struct place){
		.is_lab = is_crl ? leads_to_lab(leaf->crl_url, leaf->crl_url_text)
				 : leads_to_lab(leaf->ocsp_url, leaf->ocsp_url_text),
		.behaviour = is_crl ? situation->crl.behaviour : situation->responder.behaviour,
		.delay_ms = is_crl ? situation->crl.delay_ms : situation->responder.delay_ms,
		.has_dead_url = !is_crl && leaf->dead_ocsp_url_first != 0,
	};
}

/* Whether the answer was not due yet when a client gave up after waited_ms. */
static bool lets_wait(const struct place *place, int64_t waited_ms)
{
	switch (place->behaviour) {
	case BEHAVIOUR_SILENT:
	case BEHAVIOUR_ENDLESS:
	case BEHAVIOUR_DRIP: return true;
	case BEHAVIOUR_SLOW: return place->delay_ms > waited_ms;
	default: return !place->is_lab;
	}
}

/* Whether a connection there must succeed, and last as long as the client waits. */
static bool serves(const struct place *place)
{
	switch (place->behaviour) {
	case BEHAVIOUR_ANSWER:
	case BEHAVIOUR_SLOW:
	case BEHAVIOUR_HTTP:
	case BEHAVIOUR_WRONG_TYPE:
	case BEHAVIOUR_REDIRECT:
	case BEHAVIOUR_REDIRECT_LOOP:
	case BEHAVIOUR_SILENT:
	case BEHAVIOUR_ENDLESS:
	case BEHAVIOUR_DRIP:
	case BEHAVIOUR_GET_REFUSED:
	case BEHAVIOUR_POST_REFUSED: return place->is_lab && !place->has_dead_url;
	default: return false;
	}
}

static int64_t waited_ms(const struct observed_fetch *fetch, const struct delay_frame *frame)
{
	return fetch->ms.is_known ? fetch->ms.value : frame->timeout_ms;
}

/* A URL as it may be shown, not too long. */
static void append_url(struct text *out, const char *url)
{
	const size_t most = 120;
	size_t len = url != NULL ? strlen(url) : 0;
	text_append_visible(out, url != NULL ? url : "", len < most ? len : most);
}

static struct doubt doubt_fetch(enum doubt_kind kind, const struct observed_fetch *fetch,
				int64_t ms, const char *although)
{
	struct doubt doubt = {.kind = kind};
	struct text url;
	text_init(&url, 0);
	append_url(&url, fetch->url);
	if (kind == DOUBT_TIMED_OUT)
		snprintf(doubt.text, sizeof doubt.text,
			 "the fetch of %s timed out after %" PRId64 " ms, %s", text_string(&url),
			 ms, although);
	else
		snprintf(doubt.text, sizeof doubt.text, "the fetch of %s failed to connect, %s",
			 text_string(&url), although);
	text_clear(&url);
	return doubt;
}

/* --- the lab --- */

static struct doubt doubt_fetches(const struct observation *seen, const struct delay_frame *frame)
{
	bool has_waited = false; /* as the scenario asks: less is left for what comes after */
	for (size_t i = 0; i < seen->num_fetches; i++) {
		const struct observed_fetch *fetch = &seen->fetches[i];
		struct place place = place_of(fetch, frame->situation);
		int64_t ms = waited_ms(fetch, frame);
		if (is_layer(fetch, "timeout")) {
			if (lets_wait(&place, ms))
				has_waited = true;
			else if (!has_waited || ms >= frame->timeout_ms)
				return doubt_fetch(DOUBT_TIMED_OUT, fetch, ms,
						   "although the lab's response was due earlier");
		} else if (is_layer(fetch, "connect") && serves(&place)) {
			return doubt_fetch(DOUBT_LOST, fetch, ms, "although the lab serves it");
		}
	}
	return (struct doubt){0};
}

/* The lab's own endpoint. */
static struct doubt doubt_connection(const struct observation *seen)
{
	if (seen->outcome != OUTCOME_ERROR)
		return (struct doubt){0};
	switch (seen->reason) {
	case REASON_CONNECT_TIMEOUT:
		return (struct doubt){
			DOUBT_TIMED_OUT,
			"the connection to the lab timed out, although the lab does not delay it"};
	case REASON_TLS_TIMEOUT:
		return (struct doubt){
			DOUBT_TIMED_OUT,
			"the handshake timed out, although the lab does not delay it"};
	case REASON_CONNECT_REFUSED:
		return (struct doubt){DOUBT_LOST,
				      "the lab refused the connection, although it serves it"};
	case REASON_TLS_CLOSED:
		return (struct doubt){DOUBT_LOST,
				      "the lab closed the connection during the handshake"};
	default: return (struct doubt){0};
	}
}

/* --- a real endpoint --- */

/* How late a client was that waited for waited_us and wanted to wait for limit_us (0: not known):
 * the longer of the time that it was ready to run and did not, and of what exceeds the limit. */
static int64_t lateness_us(int64_t waited_us, int64_t limit_us, const struct number *late_us)
{
	int64_t excess_us = limit_us > 0 ? waited_us - limit_us : 0;
	return late_us->value > excess_us ? late_us->value : excess_us;
}

static bool was_late(int64_t waited_us, int64_t late_us)
{
	return waited_us > 0 && late_us >= waited_us / LATE_PART;
}

static struct doubt doubt_late_fetches(const struct observation *seen,
				       const struct delay_frame *frame)
{
	for (size_t i = 0; i < seen->num_fetches; i++) {
		const struct observed_fetch *fetch = &seen->fetches[i];
		int64_t waited_us = fetch->ms.value * 1000;
		int64_t late_us =
			lateness_us(waited_us, (int64_t)frame->timeout_ms * 1000, &fetch->late_us);
		char although[96];
		if (!is_layer(fetch, "timeout") || !was_late(waited_us, late_us))
			continue;
		snprintf(although, sizeof although,
			 "and the client program itself was late for %" PRId64 " ms of it",
			 late_us / 1000);
		return doubt_fetch(DOUBT_TIMED_OUT, fetch, fetch->ms.value, although);
	}
	return (struct doubt){0};
}

static struct doubt doubt_late_connection(const struct observation *seen,
					  const struct delay_frame *frame)
{
	struct doubt doubt = {0};
	bool timed_out =
		seen->outcome == OUTCOME_ERROR &&
		(seen->reason == REASON_CONNECT_TIMEOUT || seen->reason == REASON_TLS_TIMEOUT);
	int64_t late_us = lateness_us(seen->timing.total.value, (int64_t)frame->deadline_ms * 1000,
				      &seen->timing.late);
	if (!timed_out || !was_late(seen->timing.total.value, late_us))
		return doubt;
	doubt.kind = DOUBT_TIMED_OUT;
	snprintf(doubt.text, sizeof doubt.text,
		 "the %s timed out, and the client program itself was late for %" PRId64
		 " ms of %" PRId64,
		 seen->reason == REASON_TLS_TIMEOUT ? "handshake" : "connection", late_us / 1000,
		 seen->timing.total.value / 1000);
	return doubt;
}

/* A server's tickets come after the handshake, and a client waits for them for a second at most. */
static struct doubt doubt_sessions(const struct observation *seen, const struct delay_frame *frame)
{
	for (size_t i = 0; i < seen->num_earlier; i++) {
		const struct flag *left = &seen->earlier[i].left_session;
		if (frame->resumes && frame->situation->server.resumption != 0 && left->is_known &&
		    !left->value)
			return (struct doubt){
				DOUBT_LOST, "no session came in time, although the lab gives one"};
	}
	return (struct doubt){0};
}

struct doubt delay_doubt(const struct observation *seen, const struct delay_frame *frame)
{
	bool in_lab = frame->situation != NULL;
	if (!seen->is_answer || seen->outcome == OUTCOME_UNSUPPORTED)
		return (struct doubt){0};
	struct doubt doubt = in_lab ? doubt_fetches(seen, frame) : doubt_late_fetches(seen, frame);
	if (doubt.kind == DOUBT_NONE && in_lab)
		doubt = doubt_sessions(seen, frame);
	if (doubt.kind != DOUBT_NONE)
		return doubt;
	return in_lab ? doubt_connection(seen) : doubt_late_connection(seen, frame);
}

int64_t delay_longest_us(const struct observation *seen, const struct delay_frame *frame)
{
	if (frame->situation == NULL)
		return seen->timing.late.value;
	int64_t longest_us = seen->timing.handshake.value;
	for (size_t i = 0; i < seen->num_fetches; i++) {
		const struct observed_fetch *fetch = &seen->fetches[i];
		struct place place = place_of(fetch, frame->situation);
		bool is_prompt = place.is_lab && place.behaviour == BEHAVIOUR_ANSWER;
		if (is_prompt && is_layer(fetch, "answer") && fetch->ms.value * 1000 > longest_us)
			longest_us = fetch->ms.value * 1000;
	}
	return longest_us;
}
