/* Knows which client classes feel a cause, and what their differences say. */
#include "harness/doctor/diagnosing.h"

#include "core/json.h"

#include <string.h>

/* The cells of the target, class by class: the worst over its rows. */
static bool is_row_of(const struct diagnosing *d, size_t row)
{
	const char *id = run_row_at(d->run, row)->id;
	size_t len = strlen(d->target_id);
	return strncmp(id, d->target_id, len) == 0 && (id[len] == '\0' || id[len] == '@');
}

static void add_class(json_t *classes, const char *key, const char *class_id)
{
	json_t *list = json_object_get(classes, key), *one;
	size_t i;
	if (list == NULL) {
		list = json_array();
		json_set(classes, key, list);
	}
	json_array_foreach(list, i, one)
	{
		if (strcmp(json_string_value(one), class_id) == 0)
			return;
	}

	json_array_append_new(list, json_string(class_id));
}

/* What a cell shows of a cause whose reasons these are. */
static void note_cell(json_t *classes, const struct cell *cell, int cause, const char *class_id)
{
	bool shows = cause >= 0 && cause_explains((enum cause)cause, cell->reason);
	if ((cell->marks & CELL_DONE) == 0 || !shows)
		return;
	if ((cell->marks & CELL_EXPOSED) != 0)
		add_class(classes, "exposed", class_id);
	if (cell->outcome == OUTCOME_REJECT)
		add_class(classes, "refuse", class_id);
	else if (cell->outcome == OUTCOME_WARN)
		add_class(classes, "warn", class_id);
	else if (cell->outcome == OUTCOME_ERROR)
		add_class(classes, "fail", class_id);
	else if ((cell->marks & CELL_BLIND) != 0)
		add_class(classes, "blind", class_id);
}

static bool has_capability(const struct run_stack *stack, const char *wanted)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(stack->description, "capabilities"), i, one)
	{
		if (json_is_string(one) && strcmp(json_string_value(one), wanted) == 0)
			return true;
	}

	return false;
}

/* Whether a class refuses a connection of this certificate that has no staple, by what it is: the
 * matrix cannot show that of a staple which is missing now and then. */
static bool insists(struct run *run, size_t class, bool must_staple)
{
	const struct client_class *about = run_class_at(run, class)->class;
	const struct run_stack *stack = run_stack_at(run, run_class_at(run, class)->stack);
	if (about->native)
		return must_staple && has_capability(stack, "native-must-staple");
	return about->policy.requires_staple == YES ||
	       (must_staple && about->policy.must_staple != MUST_STAPLE_IGNORE);
}

static bool comes_and_goes(const char *id)
{
	static const enum cause causes[] = {CAUSE_STAPLE_MISSING_FIRST,
					    CAUSE_STAPLE_MISSING_ADDRESSES,
					    CAUSE_STAPLE_INTERMITTENT, CAUSE_STAPLE_EXPIRING};
	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
		if (strcmp(cause_about(causes[i])->id, id) == 0)
			return true;
	return false;
}

static void note_cause(struct diagnosing *d, json_t *cause)
{
	const char *id = json_string_value(json_object_get(cause, "id"));
	int found = name_find(&cause_names, id);
	json_t *classes = json_object();
	for (size_t row = 0; d->run != NULL && row < run_num_rows(d->run); row++)
		for (size_t i = 0; is_row_of(d, row) && i < run_num_classes(d->run); i++)
			note_cell(classes, run_cell(d->run, row, i), found,
				  run_class_at(d->run, i)->class->id);
	for (size_t i = 0; d->run != NULL && comes_and_goes(id) && i < run_num_classes(d->run); i++)
		if (insists(d->run, i, d->facts.must_staple))
			add_class(classes, "would_refuse", run_class_at(d->run, i)->class->id);
	json_set(cause, "classes", classes);
}

void diagnosing_note_classes(struct diagnosing *d)
{
	size_t i;
	json_t *cause;
	json_array_foreach(d->causes, i, cause)
	{
		note_cause(d, cause);
	}
}

/* --- who refuses where others connect --- */

void diagnose_clients(struct diagnosing *d)
{
	json_t *refuse = json_array(), *connect = json_array(), *classes = json_object();
	for (size_t row = 0; d->run != NULL && row < run_num_rows(d->run); row++) {
		for (size_t i = 0; is_row_of(d, row) && i < run_num_classes(d->run); i++) {
			const struct cell *cell = run_cell(d->run, row, i);
			const char *id = run_class_at(d->run, i)->class->id;
			bool about_status = reason_is_about_status(cell->reason);
			if ((cell->marks & CELL_DONE) == 0)
				continue;
			if (cell->outcome == OUTCOME_REJECT && about_status &&
			    cell->reason != REASON_STAPLE_NOT_SUPPORTED)
				json_array_append_new(refuse, json_string(id));
			else if (cell->outcome == OUTCOME_CONNECT || cell->outcome == OUTCOME_WARN)
				json_array_append_new(connect, json_string(id));
		}
	}
	/* A revoked certificate is refused for good reason. */
	if (json_array_size(refuse) > 0 && json_array_size(connect) > 0 &&
	    !diagnosing_has(d, CAUSE_CERTIFICATE_REVOKED) &&
	    !diagnosing_has(d, CAUSE_STAPLE_REVOKED)) {
		/* A certificate that names no responder is as it should be; who insists on OCSP
		 * refuses it wherever it is. */
		bool is_broken = d->facts.num_ocsp_urls > 0 || d->facts.must_staple;
		json_t *cause = diagnosing_add(d, CAUSE_SOFT_FAIL_HIDES,
					       is_broken ? SEVERITY_WARNING : SEVERITY_INFO,
					       CONFIDENCE_CERTAIN);
		diagnosing_evidence(cause,
				    "%zu of %zu client classes refuse because of revocation "
				    "status; the others connect.",
				    json_array_size(refuse),
				    json_array_size(refuse) + json_array_size(connect));
		json_set(classes, "refuse", json_incref(refuse));
		json_set(cause, "classes", json_incref(classes));
	}
	json_decref(refuse);
	json_decref(connect);
	json_decref(classes);
}
