/* Knows what is collected for one cell, and which events of the lab belong to an answer. */
#include "harness/drive/task.h"

#include <stdlib.h>

struct task *task_new(size_t row, size_t class)
{
	struct task *task = calloc(1, sizeof *task);
	if (task == NULL)
		return NULL;
	task->row = row;
	task->class = class;
	task->connections = json_array();
	task->requests = json_array();
	return task;
}

void task_free(struct task *task)
{
	if (task == NULL)
		return;
	free(task->detail);
	free(task->folder);
	json_decref(task->observation);
	json_decref(task->connections);
	json_decref(task->requests);
	attempts_clear(&task->attempts);
	free(task);
}

/* A client that does not do what it was asked makes no connection; one without a TLS version of the
 * server's does. */
static bool has_connected(const struct observation *seen)
{
	if (seen->outcome == OUTCOME_UNSUPPORTED)
		return seen->reason == REASON_TLS_UNSUPPORTED;
	return !seen->has_stage || seen->stage != STAGE_CONNECT;
}

void task_expect(struct task *task, const struct observation *seen)
{
	if (seen->outcome == OUTCOME_UNSUPPORTED && !has_connected(seen))
		return;
	task->is_certain = seen->local_port.value > 0;
	task->connections_due += seen->num_earlier + has_connected(seen);
	for (size_t i = 0; i < seen->num_fetches; i++) {
		int64_t port = seen->fetches[i].local_port.value;
		if (port > 0 && port <= UINT16_MAX && task->num_ports < TASK_PORTS_MAX)
			task->ports[task->num_ports++] = (int)port;
	}
}

bool task_is_incomplete(const struct task *task)
{
	return task->connections_due > 0 || task->num_ports > 0;
}

void task_begin_again(struct task *task, bool is_first)
{
	task->connections_due = 0;
	task->num_ports = 0;
	task->num_repeats++;
	task->num_repeats_now++;
	if (!is_first)
		return;
	json_array_clear(task->connections);
	json_array_clear(task->requests);
	task->first_retry = ++task->retries;
}
