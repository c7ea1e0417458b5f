/*
 * One client program with its work: what waits, what is in flight, what is suspected,
 * and what to do when it dies, hangs or violates the protocol. The parts of pool.c that know but
 * one.
 */
#ifndef HARNESS_DRIVE_CLIENT_SLOT_H
#define HARNESS_DRIVE_CLIENT_SLOT_H

#include "core/clock.h"
#include "harness/drive/pool_source.h"
#include "harness/drive/program.h"
#include "harness/drive/queue.h"

#define FLIGHTS_MAX 64

struct flight {
	uint64_t cookie;
	uint64_t serial;
	int tries;
	struct deadline deadline;
	bool may_rest;        /* it waits for something slow after a while */
	struct deadline rest; /* and is counted until then */
	bool is_alone;        /* no other was in flight when it began */
	int64_t late_us;      /* of the program until then, when it is alone (-1: not known) */
};

/* One program with its work. */
struct client_slot {
	struct program *program;
	struct queue waiting;
	struct queue suspects; /* to be tried alone, one after the other */
	struct flight flights[FLIGHTS_MAX];
	size_t num_flights;
	size_t share;
	bool alone;    /* what is in flight is a suspect */
	bool draining; /* a probe hangs in it: nothing new until the others are done */
	int failures_in_row;
	size_t num_failures;
	char *last_failure;
	char *given_up;
};

/* What the slots of a pool share. */
struct dispatch {
	struct pool_source source;
	uint64_t next_serial;
	int deadline_ms;
	bool stopped; /* pool_stop was called */
};

/* How long a probe that waits counts as work: its handshake is done by then. */
#define FLIGHT_REST_MS 500

void client_slot_init(struct client_slot *slot, struct program *program, int share);
void client_slot_clear(struct client_slot *slot);

/* Sends what may be sent next: a suspect alone, or a waiting probe up to the share. True when it
 * sent something. */
bool client_slot_send(struct dispatch *dispatch, struct client_slot *slot);

/* How many of its probes are work for this machine; *rest_ms becomes in how many ms the next of
 * them rests, if that is earlier than it was (-1: never). */
size_t client_slot_busy(const struct client_slot *slot, int *rest_ms);

/* Takes the answers that have come, then the program's end. */
void client_slot_read(struct dispatch *dispatch, struct client_slot *slot);

/* Probes past their hard deadline. */
void client_slot_expire(struct dispatch *dispatch, struct client_slot *slot);

#endif
