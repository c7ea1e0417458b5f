/* Knows the document of a comparison (diff.schema.json). */
#include "reports/diff_report.h"

#include "core/json.h"
#include "core/ruleset.h"
#include "harness/archive/document.h"
#include "harness/run/run_head.h"

#define SCHEMA_VERSION 1

static json_t *number(size_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *run_to_json(struct run *run)
{
	json_t *object = json_object();
	struct run_summary summary;
	run_summarize(run, &summary);
	json_set(object, "id", json_foreign_string(run_id(run)));
	json_set(object, "started", json_foreign_string(run_started(run)));
	json_set(object, "finished", json_foreign_string_or_null(run_finished(run)));
	json_set(object, "vantage", json_foreign_string(run_vantage(run)));
	json_set(object, "command", json_foreign_string(run_command(run)));
	json_set(object, "clock", document_clock(run));
	json_set(object, "time_factor", json_real(run_time_factor(run)));
	json_set(object, "rules", json_integer(run_rules(run)));
	json_set(object, "cells", number(summary.num_cells));
	json_set(object, "done", number(summary.num_done));
	return object;
}

static json_t *ids_to_json(const struct diff_ids *ids)
{
	json_t *list = json_array();
	for (size_t i = 0; i < ids->num; i++)
		json_append(list, json_foreign_string(ids->items[i]));
	return list;
}

static json_t *changes_to_json(const struct diff_ids *appeared, const struct diff_ids *gone,
			       const struct diff_ids *redefined)
{
	json_t *object = json_object();
	json_set(object, "appeared", ids_to_json(appeared));
	json_set(object, "gone", ids_to_json(gone));
	json_set(object, "redefined", ids_to_json(redefined));
	return object;
}

static json_t *stacks_to_json(const struct diff *diff)
{
	json_t *stacks = json_array();
	for (size_t i = 0; i < diff->num_stacks; i++) {
		json_t *object = json_object();
		json_set(object, "stack", json_foreign_string(diff->stacks[i].id));
		json_set(object, "title", json_foreign_string(diff->stacks[i].title));
		json_set(object, "before", json_foreign_string_or_null(diff->stacks[i].before));
		json_set(object, "after", json_foreign_string_or_null(diff->stacks[i].after));
		json_append(stacks, object);
	}
	return stacks;
}

static json_t *place_to_json(const struct run_row *row)
{
	json_t *object = json_object();
	json_set(object, "address", json_foreign_string_or_null(row->address));
	json_set(object, "port", json_integer(row->port));
	json_set(object, "server_name", json_foreign_string_or_null(row->server_name));
	return object;
}

static json_t *places_to_json(const struct diff *diff)
{
	json_t *places = json_array();
	for (size_t i = 0; i < diff->num_places; i++) {
		json_t *object = json_object();
		json_set(object, "endpoint", json_foreign_string(diff->places[i].id));
		json_set(object, "before", place_to_json(diff->places[i].before));
		json_set(object, "after", place_to_json(diff->places[i].after));
		json_append(places, object);
	}
	return places;
}

static json_t *state_to_json(const struct diff_state *state)
{
	json_t *object = json_object();
	json_set(object, "outcome", json_string(outcome_name(state->outcome)));
	json_set(object, "reason", json_string(reason_name(state->reason)));
	json_set(object, "assurance", json_string(status_name(state->assurance)));
	json_set(object, "exposed", json_boolean(state->exposed));
	return object;
}

static json_t *examination_to_json(const struct diff_examination *one)
{
	json_t *object = json_object(), *facts = json_array(), *causes = json_array();
	for (size_t i = 0; i < DIFF_FACTS_NUM; i++) {
		const struct diff_fact *fact = &one->facts[i];
		json_t *about = json_object();
		json_set(about, "what", json_string(fact->what));
		json_set(about, "before", json_foreign_string(fact->before));
		json_set(about, "after", json_foreign_string(fact->after));
		json_set(about, "moved", json_boolean(fact->moved));
		json_append(facts, about);
	}
	for (size_t i = 0; i < one->num_causes; i++) {
		const struct diff_cause *cause = &one->causes[i];
		json_t *about = json_object();
		json_set(about, "id", json_foreign_string(cause->id));
		json_set(about, "title", json_foreign_string(cause->title));
		json_set(about, "before", json_foreign_string_or_null(cause->before));
		json_set(about, "after", json_foreign_string_or_null(cause->after));
		json_append(causes, about);
	}
	json_set(object, "before", json_foreign_string_or_null(one->before));
	json_set(object, "after", json_foreign_string_or_null(one->after));
	json_set(object, "moved", json_boolean(diff_examination_has_moved(one)));
	json_set(object, "facts", facts);
	json_set(object, "causes", causes);
	return object;
}

static json_t *examinations_to_json(const struct diff *diff)
{
	json_t *object = json_object();
	for (size_t i = 0; i < diff->num_examinations; i++)
		json_set(object, diff->examinations[i].target,
			 examination_to_json(&diff->examinations[i]));
	return object;
}

/* Writes value, which it takes over, behind a key of the document. */
static void write_member(FILE *out, const char *key, json_t *value, const char *end)
{
	fprintf(out, "\"%s\":", key);
	json_write(out, value);
	fputs(end, out);
	json_decref(value);
}

static void write_group(FILE *out, const struct diff *diff, const struct diff_group *group,
			bool *first)
{
	json_t *cell = json_object();
	json_set(cell, "move", json_string(move_name(group->move)));
	json_set(cell, "before", state_to_json(&group->before));
	json_set(cell, "after", state_to_json(&group->after));
	if (ruleset_is_successor(group->before.reason, group->after.reason))
		json_set(cell, "reason_split", json_true());
	for (size_t r = 0; r < group->num_rows; r++) {
		const struct run_row *row = run_row_at(diff->before, group->rows[r]);
		json_set(cell, row->scenario != NULL ? "scenario" : "endpoint",
			 json_foreign_string(row->id));
		for (size_t c = 0; c < group->num_classes; c++) {
			const struct run_class *class =
				run_class_at(diff->before, group->classes[c]);
			json_set(cell, "class", json_foreign_string(class->class->id));
			fputs(*first ? "\n" : ",\n", out);
			json_write(out, cell);
			*first = false;
		}
	}
	json_decref(cell);
}

static json_t *summary_to_json(const struct diff *diff)
{
	json_t *object = json_object(), *moves = json_object();
	for (int i = 0; i < NUM_MOVES; i++)
		json_set(moves, move_name((enum move)i), number(diff->by_move[i]));
	json_set(object, "compared", number(diff->num_compared));
	json_set(object, "moved", number(diff->num_moved));
	json_set(object, "by_move", moves);
	json_set(object, "not_compared", number(diff->num_undone));
	json_set(object, "not_done_before", number(diff->num_undone_before));
	json_set(object, "not_done_after", number(diff->num_undone_after));
	return object;
}

bool diff_json_write(FILE *out, const struct diff *diff, const struct format_options *options,
		     struct error *err)
{
	bool lab = run_is_lab(diff->after), first = true;
	(void)options;
	json_begin();
	fputs("{", out);
	write_member(out, "schema", json_integer(SCHEMA_VERSION), ",");
	write_member(out, "revoscope", json_string(REVOSCOPE_VERSION), ",");
	write_member(out, "document", json_string("diff"), ",\n");
	write_member(out, "before", run_to_json(diff->before), ",\n");
	write_member(out, "after", run_to_json(diff->after), ",\n");
	write_member(out, "same_run", json_boolean(diff->same_run), ",");
	write_member(out, "moved", json_boolean(diff_has_moved(diff)), ",\n");
	write_member(out, "stacks", stacks_to_json(diff), ",\n");
	write_member(out, "classes",
		     changes_to_json(&diff->classes_appeared, &diff->classes_gone,
				     &diff->classes_redefined),
		     ",\n");
	write_member(out, lab ? "scenarios" : "endpoints",
		     changes_to_json(&diff->rows_appeared, &diff->rows_gone, &diff->rows_redefined),
		     ",\n");
	write_member(out, "places", places_to_json(diff), ",\n");
	if (diff->num_examinations > 0)
		write_member(out, "examinations", examinations_to_json(diff), ",\n");
	fputs("\"cells\":[", out);
	for (size_t i = 0; i < diff->num_groups; i++)
		write_group(out, diff, &diff->groups[i], &first);
	fputs("\n],\n", out);
	write_member(out, "summary", summary_to_json(diff), "}\n");
	return json_end(err);
}
