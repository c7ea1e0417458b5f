/* Knows how the head of a run is written in its document: all but the cells. */
#include "harness/archive/document.h"

#include "core/json.h"
#include "harness/run/stack_description.h"
#include "harness/run/run_head.h"

json_t *document_expected(const struct expectation *expected)
{
	if (expected == NULL)
		return json_null();
	json_t *object = json_object();
	json_set(object, "outcome", json_string(outcome_name(expected->outcome)));
	if (expected->has_reason)
		json_set(object, "reason", json_string(reason_name(expected->reason)));
	if (expected->why != NULL)
		json_set(object, "why", json_foreign_string(expected->why));
	if (expected->versions != NULL)
		json_set(object, "versions", json_foreign_string(expected->versions));
	json_set(object, "from", json_foreign_string(expected->from));
	json_set(object, "deviation", json_boolean(expected->is_deviation));
	if (expected->rules > 0)
		json_set(object, "rules", json_integer(expected->rules));
	return object;
}

json_t *document_clock(const struct run *run)
{
	const struct run_clock *clock = run_clock(run);
	json_t *object = json_object();
	json_set(object, "moved", json_boolean(clock->offset_s != 0));
	json_set(object, "offset_s", json_integer((json_int_t)clock->offset_s));
	json_set(object, "at", json_string(clock->at));
	return object;
}

/* Objects are sorted by their keys; a matrix has an order of its own. */
static json_t *order_to_json(const struct run *run)
{
	json_t *stacks = json_array(), *classes = json_array(), *rows = json_array();
	for (size_t i = 0; i < run_num_stacks(run); i++)
		json_append(stacks, json_string(run_stack_at((struct run *)run, i)->stack->id));
	for (size_t i = 0; i < run_num_classes(run); i++)
		json_append(classes, json_string(run_class_at(run, i)->class->id));
	for (size_t i = 0; i < run_num_rows(run); i++)
		json_append(rows, json_foreign_string(run_row_at(run, i)->id));
	return json_pack("{s:o, s:o, s:o}", "stacks", stacks, "classes", classes, "rows", rows);
}

json_t *document_run(const struct run *run, bool interrupted)
{
	json_t *object = json_object();
	const char *directory = run_directory(run);
	const json_t *arguments = run_arguments(run);
	const char *finished = run_finished(run);
	json_set(object, "id", json_string(run_id(run)));
	json_set(object, "started", json_string(run_started(run)));
	json_set(object, "finished", finished != NULL ? json_string(finished) : json_null());
	json_set(object, "interrupted", json_boolean(interrupted));
	json_set(object, "clock", document_clock(run));
	json_set(object, "time_factor", json_real(run_time_factor(run)));
	json_set(object, "rules", json_integer(run_rules(run)));
	json_set(object, "vantage", json_foreign_string(run_vantage(run)));
	json_set(object, "command", json_foreign_string(run_command(run)));
	json_set(object, "arguments",
		 arguments != NULL ? json_incref((json_t *)arguments) : json_null());
	json_set(object, "directory",
		 directory != NULL ? json_foreign_string(directory) : json_null());
	json_set(object, "order", order_to_json(run));
	return object;
}

json_t *document_stacks(struct run *run)
{
	json_t *stacks = json_object();
	for (size_t i = 0; i < run_num_stacks(run); i++) {
		const struct run_stack *stack = run_stack_at(run, i);
		struct stack_description said;
		json_t *object = json_object();
		json_set(object, "title", json_foreign_string(stack->stack->title));
		json_set(object, "version",
			 stack->version != NULL ? json_foreign_string(stack->version)
						: json_null());
		stack_description_read(&said, stack->description);
		json_set(object, "capabilities",
			 said.capabilities.is_known ? json_incref((json_t *)said.capabilities.list)
						    : json_array());
		json_set(object, "lacks",
			 said.lacks != NULL ? json_incref((json_t *)said.lacks) : json_object());
		json_set(object, "compliant", json_boolean(stack->compliant));
		json_set(object, "fault",
			 stack->fault != NULL ? json_foreign_string(stack->fault) : json_null());
		json_set(object, "restarts", json_integer((json_int_t)stack->num_restarts));
		json_set(object, "last_failure",
			 stack->last_failure != NULL ? json_foreign_string(stack->last_failure)
						     : json_null());
		json_set(stacks, stack->stack->id, object);
	}
	return stacks;
}

static json_t *class_entry(struct run *run, size_t i)
{
	/* The class file is not at hand here, and class_to_json needs but the stack's id of it. */
	const struct run_class *class = run_class_at(run, i);
	const struct client_class *about = class->class;
	json_t *object = json_object();
	json_set(object, "title", json_foreign_string(about->title));
	json_set(object, "text",
		 about->text != NULL ? json_foreign_string(about->text) : json_null());
	json_set(object, "stack", json_string(run_stack_at(run, class->stack)->stack->id));
	json_set(object, "enforcement", json_string(about->native ? "native" : "application"));
	json_set(object, "policy_id", json_string(about->policy_id));
	json_set(object, "policy", about->native ? json_null() : policy_to_json(&about->policy));
	json_set(object, "origin", json_foreign_string(about->origin));
	json_set(object, "reference",
		 about->reference != NULL ? json_foreign_string(about->reference) : json_null());
	json_set(object, "from",
		 about->from != NULL ? json_foreign_string(about->from) : json_null());
	json_set(object, "overrides",
		 about->overrides != NULL ? json_foreign_string(about->overrides) : json_null());
	return object;
}

json_t *document_classes(struct run *run)
{
	json_t *classes = json_object();
	for (size_t i = 0; i < run_num_classes(run); i++)
		json_set(classes, run_class_at(run, i)->class->id, class_entry(run, i));
	return classes;
}

json_t *document_rows(struct run *run)
{
	json_t *rows = json_object();
	for (size_t i = 0; i < run_num_rows(run); i++) {
		const struct run_row *row = run_row_at(run, i);
		if (row->scenario != NULL) {
			json_set(rows, row->id, scenario_to_json(row->scenario));
			continue;
		}
		json_t *object = json_object();
		json_set(object, "host", json_foreign_string(row->host));
		json_set(object, "address",
			 row->address != NULL ? json_string(row->address) : json_null());
		json_set(object, "port", json_integer(row->port));
		json_set(object, "server_name", json_foreign_string(row->server_name));
		json_set(rows, row->id, object);
	}
	return rows;
}

json_t *document_stale(const struct run *run)
{
	json_t *list = json_array();
	const struct expectation_list *deviations = run_deviations(run);
	for (size_t i = 0; deviations != NULL && i < deviations->num; i++) {
		const struct expectation *item = &deviations->items[i];
		if (!expectation_is_stale(item))
			continue;
		json_t *object = json_object();
		json_set(object, "class", json_foreign_string(item->class_pattern));
		json_set(object, "scenario", json_foreign_string(item->row_pattern));
		json_set(object, "outcome", json_string(outcome_name(item->outcome)));
		json_set(object, "why",
			 item->why != NULL ? json_foreign_string(item->why) : json_null());
		json_set(object, "from", json_foreign_string(item->from));
		json_append(list, object);
	}
	return list;
}
