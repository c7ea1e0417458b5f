/* Knows which client classes a cause affects, and what their differences say. */
#include "harness/doctor/diagnosing.h"
#include "harness/run/stack_description.h"

#include <string.h>

/* The cells of the target, class by class: the worst over its rows. */
static bool is_row_of(const struct diagnosing *d, size_t row)
{
	const char *id = run_row_at(d->run, row)->id;
	size_t len = strlen(d->target_id);
	return strncmp(id, d->target_id, len) == 0 && (id[len] == '\0' || id[len] == '@');
}

static void add_class(struct diagnosing *d, struct finding *cause, enum effect effect,
		      const char *class_id)
{
	struct texts *list = &cause->classes.by_effect[effect];
	if (!texts_have(list, class_id) && !texts_add(list, class_id))
		d->failed = true;
}

/* What a cell shows of a cause that explains its reason. */
static void note_cell(struct diagnosing *d, struct finding *cause, const struct cell *cell,
		      const char *class_id)
{
	if ((cell->marks & CELL_DONE) == 0 ||
	    !cause_explains((enum cause)cause->id.value, cell->reason))
		return;
	if ((cell->marks & CELL_EXPOSED) != 0)
		add_class(d, cause, EFFECT_EXPOSED, class_id);
	if (cell->outcome == OUTCOME_REJECT)
		add_class(d, cause, EFFECT_REFUSE, class_id);
	else if (cell->outcome == OUTCOME_WARN)
		add_class(d, cause, EFFECT_WARN, class_id);
	else if (cell->outcome == OUTCOME_ERROR)
		add_class(d, cause, EFFECT_FAIL, class_id);
	else if ((cell->marks & CELL_BLIND) != 0)
		add_class(d, cause, EFFECT_BLIND, class_id);
}

/* Whether a class refuses a connection of this certificate that has no staple, by what it is: the
 * matrix cannot show that of a staple which is missing now and then. */
static bool insists(struct run *run, size_t class, bool must_staple)
{
	const struct client_class *about = run_class_at(run, class)->class;
	const struct run_stack *stack = run_stack_at(run, run_class_at(run, class)->stack);
	if (about->native)
		return must_staple && stack_can(stack->description, "native-must-staple");
	return about->policy.requires_staple == YES ||
	       (must_staple && about->policy.must_staple != MUST_STAPLE_IGNORE);
}

static bool comes_and_goes(enum cause cause)
{
	return cause == CAUSE_STAPLE_MISSING_FIRST || cause == CAUSE_STAPLE_MISSING_ADDRESSES ||
	       cause == CAUSE_STAPLE_INTERMITTENT || cause == CAUSE_STAPLE_EXPIRING;
}

static void note_cause(struct diagnosing *d, struct finding *cause)
{
	for (size_t row = 0; row < run_num_rows(d->run); row++)
		for (size_t i = 0; is_row_of(d, row) && i < run_num_classes(d->run); i++)
			note_cell(d, cause, run_cell(d->run, row, i),
				  run_class_at(d->run, i)->class->id);
	if (!comes_and_goes((enum cause)cause->id.value))
		return;
	for (size_t i = 0; i < run_num_classes(d->run); i++)
		if (insists(d->run, i, d->facts.must_staple))
			add_class(d, cause, EFFECT_WOULD_REFUSE,
				  run_class_at(d->run, i)->class->id);
}

void diagnosing_note_classes(struct diagnosing *d)
{
	for (size_t i = 0; d->run != NULL && i < d->num_findings; i++)
		note_cause(d, &d->findings[i]);
}

/* --- who refuses where others connect --- */

/* What those that refuse because of revocation status and those that connect are, a class once for
 * each of its rows. */
static void count_clients(struct diagnosing *d, struct texts *refuse, size_t *num_connect)
{
	for (size_t row = 0; d->run != NULL && row < run_num_rows(d->run); row++) {
		for (size_t i = 0; is_row_of(d, row) && i < run_num_classes(d->run); i++) {
			const struct cell *cell = run_cell(d->run, row, i);
			bool about_status = reason_is_about_status(cell->reason);
			if ((cell->marks & CELL_DONE) == 0)
				continue;
			if (cell->outcome == OUTCOME_REJECT && about_status &&
			    cell->reason != REASON_STAPLE_NOT_SUPPORTED) {
				if (!texts_add(refuse, run_class_at(d->run, i)->class->id))
					d->failed = true;
			} else if (cell->outcome == OUTCOME_CONNECT ||
				   cell->outcome == OUTCOME_WARN) {
				(*num_connect)++;
			}
		}
	}
}

void diagnose_clients(struct diagnosing *d)
{
	struct texts refuse = {0};
	size_t num_connect = 0;
	count_clients(d, &refuse, &num_connect);
	/* A revoked certificate is refused for good reason. */
	if (refuse.num == 0 || num_connect == 0 || diagnosing_has(d, CAUSE_CERTIFICATE_REVOKED) ||
	    diagnosing_has(d, CAUSE_STAPLE_REVOKED)) {
		texts_clear(&refuse);
		return;
	}
	/* A certificate that names no responder is as it should be; a client that insists on OCSP
	 * refuses it wherever it is. */
	bool is_broken = d->facts.num_ocsp_urls > 0 || d->facts.num_unusable_ocsp > 0 ||
			 d->facts.must_staple;
	struct finding *cause =
		diagnosing_add(d, CAUSE_SOFT_FAIL_HIDES,
			       is_broken ? SEVERITY_WARNING : SEVERITY_INFO, CONFIDENCE_CERTAIN);
	diagnosing_evidence(d, cause,
			    "%zu of %zu client classes reject because of revocation status; the "
			    "others connect.",
			    refuse.num, refuse.num + num_connect);
	cause->classes.by_effect[EFFECT_REFUSE] = refuse;
}
