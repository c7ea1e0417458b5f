/*
 * Which of a client's waits the scenario asked for, and which only show how busy this machine was.
 *
 * The lab is part of the experiment: its TLS endpoint never lets a client wait, and its responder
 * and CRL server do so only where the scenario says it (silent, slow, endless, drip). A time-out
 * anywhere else is an event of this machine: it says nothing about the client. Of a real endpoint
 * it is not known what its servers do; there a time-out is this machine's if the client program was
 * ready to run and did not for a part of it, or saw it too late. Pure functions of an observation
 * and of what the lab was asked to play.
 */
#ifndef HARNESS_RUN_DELAY_H
#define HARNESS_RUN_DELAY_H

#include "core/situation.h"
#include "harness/run/observation.h"

/* What a probe was asked. */
struct delay_frame {
	const struct situation *situation; /* as the lab plays it: its delays are already divided;
					    * NULL: a real endpoint */
	int timeout_ms;                    /* of one fetch; 0: not known (native enforcement) */
	int deadline_ms;                   /* of the whole probe */
	bool resumes;                      /* it resumes sessions, where a server gives them */
};

enum doubt_kind {
	DOUBT_NONE,
	DOUBT_TIMED_OUT, /* a fetch or the handshake, though the lab does not delay it */
	DOUBT_LOST,      /* no connection, a closed one, or no session, though the lab gives it */
};

/* The first such event, with a sentence for people ("" without one). */
struct doubt {
	enum doubt_kind kind;
	char text[384];
};

struct doubt delay_doubt(const struct observation *seen, const struct delay_frame *frame);

/* What the regulator learns from, in microseconds: the longest of the client's steps that the
 * scenario does not delay; of an endpoint how long it was ready to run and did not. 0 when the
 * client does not say. */
int64_t delay_longest_us(const struct observation *seen, const struct delay_frame *frame);

#endif
