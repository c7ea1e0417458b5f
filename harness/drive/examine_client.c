/* Knows how a client program is asked for an examination, without a verdict. */
#include "harness/drive/examine_client.h"

#include "core/json.h"
#include "core/name.h"
#include "harness/drive/description.h"
#include "harness/drive/pool.h"
#include "harness/run/stack_description.h"

#include <stdlib.h>
#include <string.h>

#define CAPABILITY "examine"

struct question {
	json_t *request;
	json_t **answer;
	int num_repeats;
};

struct examine_client {
	struct program program;
	struct pool *pool;
	struct question *questions;
	size_t num;
};

/* --- the program --- */

/* The programs of all stacks while one of them is chosen. */
struct choice {
	struct program *programs;
	char **faults;
	const char **ids;
	size_t num;
};

static void choice_clear(struct choice *choice)
{
	for (size_t i = 0; i < choice->num; i++) {
		program_clear(&choice->programs[i]);
		free(choice->faults[i]);
	}
	free(choice->programs);
	free(choice->faults);
	free(choice->ids);
}

static bool find_programs(struct choice *choice, const struct data_paths *paths,
			  const struct class_file *classes, const char *const *clients,
			  size_t num_clients, struct error *err)
{
	size_t num = classes->num_stacks;
	choice->programs = calloc(num + 1, sizeof *choice->programs);
	choice->faults = calloc(num + 1, sizeof *choice->faults);
	choice->ids = calloc(num + 1, sizeof *choice->ids);
	if (choice->programs == NULL || choice->faults == NULL || choice->ids == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	choice->num = num;
	for (size_t i = 0; i < num; i++)
		process_init(&choice->programs[i].process);
	for (size_t i = 0; i < num; i++) {
		choice->ids[i] = classes->stacks[i].id;
		if (!program_find(&choice->programs[i], &choice->faults[i], paths,
				  &classes->stacks[i], clients, num_clients, err))
			return false;
		choice->programs[i].sees_proxies = true;
	}
	return descriptions_read(choice->programs, choice->ids, choice->faults, num, err);
}

/* Moves the first that can into *program. */
static bool choose(struct program *program, struct choice *choice, struct error *err)
{
	for (size_t i = 0; i < choice->num; i++) {
		if (choice->faults[i] != NULL ||
		    !stack_can(choice->programs[i].description, CAPABILITY))
			continue;
		*program = choice->programs[i];
		choice->programs[i] = (struct program){0};
		process_init(&choice->programs[i].process);
		return true;
	}
	const char *fault = choice->num > 0 ? choice->faults[0] : NULL;
	return error_set(err, ERROR_UNABLE,
			 "no client program can examine an endpoint (none has the capability "
			 "'" CAPABILITY "')%s%s",
			 fault != NULL ? ": " : "", fault != NULL ? fault : "");
}

struct examine_client *examine_client_new(const struct data_paths *paths,
					  const struct class_file *classes,
					  const char *const *clients, size_t num_clients,
					  int deadline_ms, struct error *err)
{
	struct choice choice = {0};
	struct examine_client *examine_client = calloc(1, sizeof *examine_client);
	bool done = examine_client != NULL || error_set(err, ERROR_UNABLE, "out of memory");
	if (examine_client != NULL)
		process_init(&examine_client->program.process);
	done = done && find_programs(&choice, paths, classes, clients, num_clients, err) &&
	       choose(&examine_client->program, &choice, err);
	if (done) {
		examine_client->pool =
			pool_new(&examine_client->program, 1, POOL_SHARE, deadline_ms);
		done = examine_client->pool != NULL ||
		       error_set(err, ERROR_UNABLE, "out of memory");
	}
	choice_clear(&choice);
	if (done)
		return examine_client;
	examine_client_free(examine_client);
	return NULL;
}

static void forget_questions(struct examine_client *examine_client)
{
	for (size_t i = 0; i < examine_client->num; i++)
		json_decref(examine_client->questions[i].request);
	free(examine_client->questions);
	examine_client->questions = NULL;
	examine_client->num = 0;
}

void examine_client_free(struct examine_client *examine_client)
{
	if (examine_client == NULL)
		return;
	if (examine_client->pool != NULL)
		pool_end_programs(examine_client->pool, PROGRAM_STOP_MS);
	pool_free(examine_client->pool);
	program_clear(&examine_client->program);
	forget_questions(examine_client);
	free(examine_client);
}

/* --- the questions --- */

bool examine_client_ask(struct examine_client *examine_client,
			const struct message_examination *question, json_t **answer,
			struct error *err)
{
	struct message_examination named = *question;
	named.id = ""; /* it has one when it is sent */
	json_t *request = message_examination_to_json(&named);
	*answer = NULL;
	struct question *grown = reallocarray(examine_client->questions, examine_client->num + 1,
					      sizeof *examine_client->questions);
	if (grown == NULL || request == NULL) {
		json_decref(request);
		if (grown != NULL)
			examine_client->questions = grown;
		return error_set(err, ERROR_UNABLE, "out of memory");
	}
	examine_client->questions = grown;
	grown[examine_client->num++] = (struct question){request, answer, 0};
	return pool_add(examine_client->pool, 0, examine_client->num - 1, false) ||
	       error_set(err, ERROR_UNABLE, "out of memory");
}

static bool make_request(void *context, uint64_t cookie, const char *id, bool again,
			 struct text *line)
{
	const struct examine_client *examine_client = context;
	json_t *request = examine_client->questions[cookie].request;
	(void)again;
	json_set(request, "id", json_string(id));
	return json_append_line(line, request);
}

static void set_failed(const struct examine_client *examine_client, uint64_t cookie,
		       enum reason reason, const char *detail)
{
	json_t **answer = examine_client->questions[cookie].answer;
	json_decref(*answer);
	*answer = json_object();
	json_set(*answer, "failed", json_true());
	json_set(*answer, "reason", json_string(reason_name(reason)));
	json_set(*answer, "detail", json_foreign_string(detail));
}

static bool asks_again(const struct examine_client *examine_client, uint64_t cookie,
		       enum reason reason)
{
	struct question *question = &examine_client->questions[cookie];
	if (reason != REASON_OVERLOAD_TIMEOUT || question->num_repeats >= POOL_REPEATS_MAX)
		return false;
	question->num_repeats++;
	return pool_add_alone(examine_client->pool, 0, cookie);
}

static void settle(const struct examine_client *examine_client, uint64_t cookie, enum reason reason,
		   const char *detail)
{
	if (!asks_again(examine_client, cookie, reason))
		set_failed(examine_client, cookie, reason, detail);
}

static void answered(void *context, uint64_t cookie, struct answer *answer)
{
	const struct examine_client *examine_client = context;
	if (answer->examination == NULL) {
		settle(examine_client, cookie, answer->observation.reason,
		       answer->observation.detail);
	} else {
		json_decref(*examine_client->questions[cookie].answer);
		*examine_client->questions[cookie].answer =
			json_incref((json_t *)answer->examination);
	}
	answer_clear(answer);
}

static void failed(void *context, uint64_t cookie, const struct pool_failure *failure)
{
	settle(context, cookie, failure->reason, failure->detail);
}

static void doubted(void *context, uint64_t cookie, const char *detail)
{
	set_failed(context, cookie, REASON_PROGRAM_PROTOCOL, detail);
}

enum examine_client_end examine_client_wait(struct examine_client *examine_client,
					    struct error *err)
{
	struct pool_source source = {
		.context = examine_client,
		.take = answer_take_examination,
		.request = make_request,
		.answered = answered,
		.failed = failed,
		.doubted = doubted,
	};
	enum pool_end end = pool_run(examine_client->pool, &source, err);
	forget_questions(examine_client);
	return end == POOL_DONE          ? EXAMINE_CLIENT_DONE
	       : end == POOL_INTERRUPTED ? EXAMINE_CLIENT_INTERRUPTED
					 : EXAMINE_CLIENT_FAILED;
}

bool examine_client_has_answered(const json_t *answer)
{
	return json_is_object(answer) && json_object_get(answer, "failed") == NULL;
}
