/* Knows what a client program is asked for a cell. */
#include "harness/drive/work_parts.h"

#include "harness/drive/lab_log.h"
#include "harness/drive/message.h"
#include "harness/run/run_head.h"
#include "harness/run/time_factor.h"

#include <stdio.h>

/* What depends on whether the row is played by the lab. */
static void fill_place(struct message_request *request, char *name, size_t size,
		       const struct run_row *row, const struct lab_process *lab,
		       const struct task *task, size_t cell)
{
	char label[32];
	snprintf(name, size, "%s%s", lab_log_label(label, cell, task->retries),
		 row->scenario->host);
	request->address = "127.0.0.1";
	request->port = lab_process_port(lab, row->scenario->id);
	request->server_name = name;
	request->trust = lab->trust;
	request->connections = row->scenario->situation.client.connections;
}

json_t *work_request_to_json(struct run *run, const struct lab_process *lab,
			     const struct job_options *options, const struct task *task,
			     const char *id)
{
	const struct run_row *row = run_row_at(run, task->row);
	const struct client_class *class = run_class_at(run, task->class)->class;
	struct policy policy = class->policy;
	char name[512];
	time_factor_shorten_policy(&policy, run_time_factor(run));
	struct message_request request = {
		.id = id,
		.native = class->native,
		.policy = class->native ? NULL : &policy,
		.fetch = options->fetch,
		.deadline_ms = options->deadline_ms,
		.evidence_dir = task->folder,
	};
	if (row->scenario != NULL) {
		fill_place(&request, name, sizeof name, row, lab, task,
			   task->row * run_num_classes(run) + task->class);
	} else {
		request.address = row->address;
		request.port = row->port;
		request.server_name = row->server_name;
		request.proxy = options->proxy;
		request.proxy_port = options->proxy_port;
		request.starttls = options->starttls;
		request.trust = options->trust;
		request.connections = options->connections;
	}
	return message_request_to_json(&request);
}

void work_request_frame(struct delay_frame *frame, struct situation *situation, struct run *run,
			const struct job_options *options, const struct task *task)
{
	const struct client_class *class = run_class_at(run, task->class)->class;
	const struct scenario *scenario = run_row_at(run, task->row)->scenario;
	struct policy policy = class->policy;
	time_factor_shorten_policy(&policy, run_time_factor(run));
	*frame = (struct delay_frame){.timeout_ms = class->native ? 0 : policy.timeout_ms,
				      .deadline_ms = options->deadline_ms,
				      .resumes =
					      !class->native && policy.resumption != RESUMPTION_NO};
	if (scenario == NULL)
		return;
	*situation = scenario->situation;
	time_factor_shorten_situation(situation, run_time_factor(run));
	frame->situation = situation;
}
