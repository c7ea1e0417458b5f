/* Knows the poll loop over all client programs and the lab. */
#include "harness/drive/pool.h"

#include "core/clock.h"
#include "harness/drive/client_slot.h"
#include "harness/drive/interrupt.h"

#include <errno.h>
#include <stdlib.h>

#define EVENTS_PER_TURN 65536

/* A mean duration that nothing reaches. */
#define NO_TARGET_US INT64_MAX

/* A probe to be tried alone is known by its program too. */
#define ALONE_SHIFT 48

struct pool {
	struct client_slot *slots;
	size_t num_slots;
	struct dispatch dispatch;
	struct queue alone; /* cookies, with the program above ALONE_SHIFT */
	struct regulator regulator;
	size_t turn; /* the slot that sends first */
	struct process *attached;
	void (*on_line)(void *context, const char *line, size_t len);
	void *line_context;
	bool attached_ended;
	bool interrupted;
	int wanted_ms; /* when the source wants to be asked again; -1: never */
};

struct pool *pool_new(struct program *programs, size_t num_programs, int share, int deadline_ms)
{
	struct pool *pool = calloc(1, sizeof *pool);
	if (pool == NULL)
		return NULL;
	pool->slots = calloc(num_programs > 0 ? num_programs : 1, sizeof *pool->slots);
	if (pool->slots == NULL) {
		free(pool);
		return NULL;
	}
	pool->num_slots = num_programs;
	pool->dispatch.deadline_ms = deadline_ms;
	for (size_t i = 0; i < num_programs; i++)
		client_slot_init(&pool->slots[i], &programs[i], share);
	regulator_init(&pool->regulator, pool_most_in_flight(pool), NO_TARGET_US);
	return pool;
}

void pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	for (size_t i = 0; i < pool->num_slots; i++)
		client_slot_clear(&pool->slots[i]);
	queue_clear(&pool->alone);
	free(pool->slots);
	free(pool);
}

struct regulator *pool_regulator(struct pool *pool)
{
	return &pool->regulator;
}

int pool_most_in_flight(const struct pool *pool)
{
	size_t most = 0;
	for (size_t i = 0; i < pool->num_slots; i++)
		most += pool->slots[i].share;
	return (int)most;
}

void pool_attach(struct pool *pool, struct process *process,
		 void (*on_line)(void *context, const char *line, size_t len), void *context)
{
	pool->attached = process;
	pool->on_line = on_line;
	pool->line_context = context;
	pool->attached_ended = false;
}

bool pool_add(struct pool *pool, size_t program, uint64_t cookie, bool first)
{
	struct queue_item item = {.cookie = cookie};
	return queue_push(&pool->slots[program].waiting, item, first);
}

bool pool_add_alone(struct pool *pool, size_t program, uint64_t cookie)
{
	struct queue_item item = {.cookie = cookie | (uint64_t)program << ALONE_SHIFT};
	return queue_push(&pool->alone, item, false);
}

void pool_stop(struct pool *pool)
{
	pool->dispatch.stopped = true;
}

void pool_interrupt(struct pool *pool)
{
	pool->interrupted = true;
}

size_t pool_num_failures(const struct pool *pool, size_t program)
{
	return pool->slots[program].num_failures;
}

const char *pool_last_failure(const struct pool *pool, size_t program)
{
	return pool->slots[program].last_failure;
}

const char *pool_given_up(const struct pool *pool, size_t program)
{
	return pool->slots[program].given_up;
}

static size_t num_fds(const struct pool *pool)
{
	/* The programs, what is attached, and the signals. */
	return (pool->num_slots + 1) * PROCESS_NUM_FDS + 1;
}

static size_t attached_at(const struct pool *pool)
{
	return pool->num_slots * PROCESS_NUM_FDS;
}

int pool_poll(const struct pool *pool, struct pollfd *fds)
{
	int left = pool->wanted_ms;
	for (size_t i = 0; i < num_fds(pool); i++)
		fds[i] = (struct pollfd){.fd = -1};
	for (size_t i = 0; i < pool->num_slots; i++) {
		const struct client_slot *slot = &pool->slots[i];
		client_slot_busy(slot, &left); /* one that rests lets another be sent */
		process_poll(&slot->program->process, fds + i * PROCESS_NUM_FDS);
		for (size_t k = 0; k < slot->num_flights; k++) {
			int ms = deadline_left_ms(slot->flights[k].deadline);
			if (left < 0 || ms < left)
				left = ms;
		}
	}
	if (pool->attached != NULL)
		process_poll(pool->attached, fds + attached_at(pool));
	if (pool->attached_ended)
		fds[attached_at(pool) + 1].fd = -1;
	fds[num_fds(pool) - 1] = (struct pollfd){.fd = interrupt_fd(), .events = POLLIN};
	return left;
}

static void read_attached(struct pool *pool)
{
	const char *line = "";
	size_t len = 0;
	for (int i = 0; i < EVENTS_PER_TURN && !pool->attached_ended; i++) {
		enum lines_event event = process_line(pool->attached, &line, &len);
		if (event == LINES_WAIT)
			return;
		pool->attached_ended = event != LINES_LINE;
		pool->on_line(pool->line_context, event == LINES_LINE ? line : NULL, len);
	}
}

static bool is_idle(const struct pool *pool)
{
	for (size_t i = 0; i < pool->num_slots; i++) {
		const struct client_slot *slot = &pool->slots[i];
		if (slot->num_flights > 0 || slot->waiting.num > 0 || slot->suspects.num > 0)
			return false;
	}
	return true;
}

static bool all_done(const struct pool *pool)
{
	const struct pool_source *source = &pool->dispatch.source;
	return is_idle(pool) && pool->alone.num == 0 &&
	       (source->finished == NULL || source->finished(source->context));
}

static bool may_send(const struct pool *pool)
{
	int rest_ms = -1;
	size_t busy = 0;
	for (size_t i = 0; i < pool->num_slots; i++)
		busy += client_slot_busy(&pool->slots[i], &rest_ms);
	return busy < (size_t)regulator_limit(&pool->regulator);
}

/* Probe by probe from one program after the other, so that none takes all that is allowed. */
static void send_waiting(struct pool *pool)
{
	size_t num_mute = 0;
	while (num_mute < pool->num_slots && may_send(pool)) {
		struct client_slot *slot = &pool->slots[pool->turn++ % pool->num_slots];
		num_mute = client_slot_send(&pool->dispatch, slot) ? 0 : num_mute + 1;
	}
}

/* When nothing else is left to do, the next that is to be tried alone. */
static void send_alone(struct pool *pool)
{
	struct queue_item item;
	while (!pool->dispatch.stopped && is_idle(pool) && queue_pop(&pool->alone, &item)) {
		struct client_slot *slot = &pool->slots[item.cookie >> ALONE_SHIFT];
		item.cookie &= ((uint64_t)1 << ALONE_SHIFT) - 1;
		if (!queue_push(&slot->waiting, item, false))
			pool->dispatch.stopped = true;
		client_slot_send(&pool->dispatch, slot);
	}
}

/* What came in. */
static void turn(struct pool *pool, const struct pollfd *fds)
{
	if (pool->attached != NULL) {
		process_turn(pool->attached, fds + attached_at(pool));
		read_attached(pool);
	}
	for (size_t i = 0; i < pool->num_slots; i++) {
		struct client_slot *slot = &pool->slots[i];
		if (slot->program->process.pid != 0) {
			process_turn(&slot->program->process, fds + i * PROCESS_NUM_FDS);
			client_slot_read(&pool->dispatch, slot);
		}
		client_slot_expire(&pool->dispatch, slot);
	}
}

void pool_begin(struct pool *pool, const struct pool_source *source)
{
	pool->dispatch.source = *source;
	pool->dispatch.stopped = false;
	pool->wanted_ms = -1;
}

enum pool_end pool_step(struct pool *pool, const struct pollfd *fds)
{
	const struct pool_source *source = &pool->dispatch.source;
	if (fds != NULL)
		turn(pool, fds);
	send_waiting(pool);
	send_alone(pool);
	pool->wanted_ms = source->tick != NULL ? source->tick(source->context) : -1;
	if (pool->dispatch.stopped)
		return POOL_FAILED;
	if (all_done(pool))
		return POOL_DONE;
	return interrupt_count() > 0 || pool->interrupted ? POOL_INTERRUPTED : POOL_MORE;
}

enum pool_end pool_run(struct pool *pool, const struct pool_source *source, struct error *err)
{
	struct pollfd *fds = calloc(num_fds(pool), sizeof *fds);
	if (fds == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return POOL_FAILED;
	}
	pool_begin(pool, source);
	enum pool_end end = pool_step(pool, NULL);
	while (end == POOL_MORE) {
		int timeout_ms = pool_poll(pool, fds);
		if (poll(fds, num_fds(pool), timeout_ms) < 0 && errno != EINTR) {
			error_set_errno(err, ERROR_UNABLE, "poll");
			end = POOL_FAILED;
		} else {
			end = pool_step(pool, fds);
		}
	}
	free(fds);
	return end;
}

void pool_end_programs(struct pool *pool, int grace_ms)
{
	struct deadline deadline = deadline_in_ms(grace_ms);
	for (size_t i = 0; i < pool->num_slots; i++)
		process_close_input(&pool->slots[i].program->process);
	for (size_t i = 0; i < pool->num_slots; i++)
		process_stop(&pool->slots[i].program->process, deadline_left_ms(deadline));
}
