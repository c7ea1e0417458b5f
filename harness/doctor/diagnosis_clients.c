/* Knows which client classes a cause affects, and what their differences say. */
#include "harness/doctor/diagnosing.h"

#include "core/text.h"
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
	bool is_done = (cell->marks & CELL_DONE) != 0;
	if (is_done && (cell->marks & CELL_EXPOSED) != 0 &&
	    cause_explains((enum cause)cause->id.value, REASON_STATUS_REVOKED))
		add_class(d, cause, EFFECT_EXPOSED, class_id);
	if (!is_done || !cause_explains((enum cause)cause->id.value, cell->reason))
		return;
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

static bool knows_revoked(const struct case_facts *facts)
{
	bool is_revoked = facts->responder == SOURCE_REVOKED || facts->crl == SOURCE_REVOKED;
	for (size_t i = 0; i < facts->num_staples; i++)
		is_revoked = is_revoked || facts->staples[i].check == CHECK_REVOKED;
	for (size_t i = 0; i < facts->num_intermediates; i++)
		is_revoked = is_revoked || case_intermediate_is_revoked(&facts->intermediates[i]);
	return is_revoked;
}

/* Which client looked at no source with the status revoked is exposed too. */
static void note_exposed(struct diagnosing *d)
{
	for (size_t row = 0; row < run_num_rows(d->run); row++) {
		for (size_t i = 0; is_row_of(d, row) && i < run_num_classes(d->run); i++) {
			struct cell *cell = run_cell(d->run, row, i);
			if ((cell->marks & CELL_DONE) != 0 &&
			    (cell->outcome == OUTCOME_CONNECT || cell->outcome == OUTCOME_WARN))
				cell->marks |= CELL_EXPOSED;
		}
	}
}

void diagnosing_note_classes(struct diagnosing *d)
{
	if (d->run != NULL && knows_revoked(&d->facts))
		note_exposed(d);
	for (size_t i = 0; d->run != NULL && i < d->num_findings; i++)
		note_cause(d, &d->findings[i]);
}

/* --- who refuses where others connect --- */

/* For a reason that is the class's own, wherever it connects. */
static bool is_of_class(enum reason reason)
{
	return reason == REASON_STAPLE_NOT_SUPPORTED;
}

/* A verdict about the endpoint that some cause has to explain; what happened in the client program
 * or in the run is no such. */
static bool needs_cause(const struct cell *cell)
{
	if ((cell->marks & CELL_DONE) == 0 || is_of_class(cell->reason))
		return false;
	return cell->outcome == OUTCOME_REJECT ||
	       (cell->outcome == OUTCOME_ERROR && reason_is_about_endpoint(cell->reason));
}

static bool is_explained(const struct diagnosing *d, enum reason reason, enum severity least)
{
	for (size_t i = 0; i < d->num_findings; i++)
		if (cause_explains((enum cause)d->findings[i].id.value, reason) &&
		    finding_severity(&d->findings[i]) >= least)
			return true;
	return false;
}

/* The classes whose cells have this reason, behind what it means. */
static void cite_reason(struct diagnosing *d, struct finding *cause, enum reason reason)
{
	struct text list;
	text_init(&list, 2048);
	for (size_t i = 0; i < run_num_classes(d->run); i++) {
		bool has = false;
		for (size_t row = 0; row < run_num_rows(d->run); row++) {
			const struct cell *cell = run_cell(d->run, row, i);
			if (!is_row_of(d, row) || !needs_cause(cell) || cell->reason != reason)
				continue;
			add_class(d, cause,
				  cell->outcome == OUTCOME_REJECT ? EFFECT_REFUSE : EFFECT_FAIL,
				  run_class_at(d->run, i)->class->id);
			has = true;
		}
		if (has)
			text_append_format(&list, "%s%s", list.len > 0 ? ", " : "",
					   run_class_at(d->run, i)->class->id);
	}
	diagnosing_evidence(d, cause, "%s (%s): %s.", reason_name(reason), reason_text(reason),
			    text_string(&list));
	text_clear(&list);
}

/* A reason of cells that no cause explains is one itself. */
static void diagnose_unexplained(struct diagnosing *d)
{
	bool is_open[NUM_REASONS] = {0};
	struct finding *cause = NULL;
	for (size_t row = 0; row < run_num_rows(d->run); row++) {
		for (size_t i = 0; is_row_of(d, row) && i < run_num_classes(d->run); i++) {
			const struct cell *cell = run_cell(d->run, row, i);
			if (needs_cause(cell) && !is_explained(d, cell->reason, SEVERITY_INFO))
				is_open[cell->reason] = true;
		}
	}
	for (int reason = 0; reason < NUM_REASONS; reason++) {
		if (!is_open[reason])
			continue;
		if (cause == NULL)
			cause = diagnosing_add(d, CAUSE_CLIENTS_REJECT, SEVERITY_WARNING,
					       CONFIDENCE_CERTAIN);
		cite_reason(d, cause, (enum reason)reason);
	}
}

/* What those that refuse because of revocation status and those that connect are, a class once for
 * each of its rows. */
struct count {
	struct texts refuse;
	size_t num_connect, num_fail;
};

static void count_clients(struct diagnosing *d, struct count *count)
{
	for (size_t row = 0; row < run_num_rows(d->run); row++) {
		for (size_t i = 0; is_row_of(d, row) && i < run_num_classes(d->run); i++) {
			const struct cell *cell = run_cell(d->run, row, i);
			if ((cell->marks & CELL_DONE) == 0)
				continue;
			if (cell->outcome == OUTCOME_REJECT &&
			    reason_is_about_status(cell->reason) && !is_of_class(cell->reason)) {
				if (!texts_add(&count->refuse, run_class_at(d->run, i)->class->id))
					d->failed = true;
			} else if (cell->outcome == OUTCOME_CONNECT ||
				   cell->outcome == OUTCOME_WARN) {
				count->num_connect++;
			} else if (needs_cause(cell)) {
				count->num_fail++;
			}
		}
	}
}

/* What alone makes clients reject is no information, whatever its rule thought of it. */
static void raise_reason(struct diagnosing *d, enum reason reason)
{
	if (is_explained(d, reason, SEVERITY_WARNING))
		return;
	for (size_t i = 0; i < d->num_findings; i++)
		if (cause_explains((enum cause)d->findings[i].id.value, reason))
			d->findings[i].severity = word_of(SEVERITY_WARNING);
}

static void raise_reasons(struct diagnosing *d)
{
	for (size_t row = 0; row < run_num_rows(d->run); row++)
		for (size_t i = 0; is_row_of(d, row) && i < run_num_classes(d->run); i++)
			if (needs_cause(run_cell(d->run, row, i)))
				raise_reason(d, run_cell(d->run, row, i)->reason);
}

void diagnose_clients(struct diagnosing *d)
{
	struct count count = {0};
	if (d->run == NULL)
		return;
	diagnose_unexplained(d);
	count_clients(d, &count);
	/* A revoked certificate is refused for good reason. */
	if (count.refuse.num == 0 || count.num_connect == 0 || knows_revoked(&d->facts)) {
		texts_clear(&count.refuse);
		return;
	}
	/* A certificate that names no responder is as it should be; a client that insists on OCSP
	 * refuses it wherever it is. */
	bool is_broken = d->facts.num_ocsp_urls > 0 || d->facts.num_unusable_ocsp > 0 ||
			 d->facts.must_staple;
	if (is_broken)
		raise_reasons(d);
	struct finding *cause =
		diagnosing_add(d, CAUSE_SOFT_FAIL_HIDES,
			       is_broken ? SEVERITY_WARNING : SEVERITY_INFO, CONFIDENCE_CERTAIN);
	if (count.num_fail == 0)
		diagnosing_evidence(d, cause,
				    "%zu of %zu client classes reject because of revocation "
				    "status; the others connect.",
				    count.refuse.num, count.refuse.num + count.num_connect);
	else
		diagnosing_evidence(d, cause,
				    "%zu of %zu client classes reject because of revocation "
				    "status, %zu connect, and %zu fail.",
				    count.refuse.num,
				    count.refuse.num + count.num_connect + count.num_fail,
				    count.num_connect, count.num_fail);
	cause->classes.by_effect[EFFECT_REFUSE] = count.refuse;
}
