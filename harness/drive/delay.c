/* Knows which waits belong to a scenario. */
#include "harness/drive/delay.h"

#include "core/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

/* Above the leaf the lab's servers are always healthy (fixtures/README.md). */
static struct place place_of(const struct observed_fetch *fetch, const struct situation *situation)
{
	bool is_crl = fetch->kind != NULL && strcmp(fetch->kind, "crl") == 0;
	int pointer = is_crl ? situation->certificate.crl_url : situation->certificate.ocsp_url;
	if (fetch->depth.value > 0)
		return (struct place){.is_lab = true, .behaviour = BEHAVIOUR_ANSWER};
	return (struct place){
		.is_lab = pointer != POINTER_URL,
		.behaviour = is_crl ? situation->crl.behaviour : situation->responder.behaviour,
		.delay_ms = is_crl ? situation->crl.delay_ms : situation->responder.delay_ms,
		.has_dead_url = !is_crl && situation->certificate.dead_ocsp_url_first != 0,
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

static struct doubt doubt_fetch(enum doubt_kind kind, const struct observed_fetch *fetch,
				int64_t ms)
{
	struct doubt doubt = {.kind = kind};
	struct text url;
	text_init(&url, 160);
	if (fetch->url != NULL)
		text_append_visible(&url, fetch->url,
				    strlen(fetch->url) < 120 ? strlen(fetch->url) : 120);
	if (kind == DOUBT_TIMED_OUT)
		snprintf(doubt.text, sizeof doubt.text,
			 "the fetch of %s timed out after %" PRId64
			 " ms, although the lab does not delay its response",
			 text_string(&url), ms);
	else
		snprintf(doubt.text, sizeof doubt.text,
			 "the fetch of %s failed to connect, although the lab serves it",
			 text_string(&url));
	text_clear(&url);
	return doubt;
}

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
				return doubt_fetch(DOUBT_TIMED_OUT, fetch, ms);
		} else if (is_layer(fetch, "connect") && serves(&place)) {
			return doubt_fetch(DOUBT_LOST, fetch, ms);
		}
	}
	return (struct doubt){0};
}

/* The endpoint itself. */
static struct doubt doubt_endpoint(const struct observation *seen)
{
	if (seen->outcome != OUTCOME_ERROR)
		return (struct doubt){0};
	switch (seen->reason) {
	case REASON_CONNECT_TIMEOUT:
		return (struct doubt){
			DOUBT_TIMED_OUT,
			"the connection to the lab timed out, although the lab does not "
			"delay it"};
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

struct doubt delay_doubt(const struct observation *seen, const struct delay_frame *frame)
{
	if (!seen->is_answer || seen->outcome == OUTCOME_UNSUPPORTED)
		return (struct doubt){0};
	struct doubt doubt = doubt_fetches(seen, frame);
	return doubt.kind != DOUBT_NONE ? doubt : doubt_endpoint(seen);
}

int64_t delay_longest_us(const struct observation *seen, const struct delay_frame *frame)
{
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
