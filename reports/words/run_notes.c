/* Knows what has to be said of a run beside its cells. */
#include "reports/words/run_notes.h"

#include "core/clock.h"
#include "core/ruleset.h"
#include "harness/run/time_factor.h"
#include "harness/run/stack_description.h"
#include "harness/run/run_head.h"
#include "harness/run/verdict.h"

#include <string.h>

#define FAULTS_SHOWN 20

struct notes {
	struct run *run;
	void (*take)(void *context, const char *words);
	void *context;
	struct text words; /* of the note in the making */
};

static void append_visible(struct text *out, const char *words)
{
	text_append_visible(out, words, strlen(words));
}

/* Hands the note over, if there is one. */
static void end_note(struct notes *notes)
{
	if (notes->words.len > 0)
		notes->take(notes->context, text_string(&notes->words));
	text_reset(&notes->words);
}

static bool stack_wants_staple(const struct run *run, size_t stack)
{
	for (size_t i = 0; i < run_num_classes(run); i++) {
		const struct run_class *class = run_class_at(run, i);
		if (class->stack == stack && !class->class->native &&
		    class->class->policy.asks_staple == YES)
			return true;
	}
	return false;
}

static void note_stacks(struct notes *notes)
{
	for (size_t i = 0; i < run_num_stacks(notes->run); i++) {
		const struct run_stack *stack = run_stack_at(notes->run, i);
		if (stack->fault != NULL) {
			text_append_format(&notes->words, "%s: ", stack->stack->id);
			append_visible(&notes->words, stack->fault);
			end_note(notes);
			continue;
		}
		const char *lack = stack_lack(stack->description, "status-request");
		if (lack == NULL || !stack_wants_staple(notes->run, i))
			continue;
		append_visible(&notes->words, stack->stack->title);
		text_append(&notes->words, " cannot request a staple (");
		append_visible(&notes->words, lack);
		text_append(
			&notes->words,
			"); a policy that requires one fails closed there (staple-not-supported).");
		end_note(notes);
	}
}

/* A user's own in the place of the project's: the reader of a report must not take one for the
 * other. */
static void append_override(struct text *words, const char *id, const char *from)
{
	text_append(words, words->len == 0 ? "overriding the installed ones: " : ", ");
	append_visible(words, id);
	text_append(words, " (from ");
	append_visible(words, from);
	text_append(words, ")");
}

static void note_overrides(struct notes *notes)
{
	for (size_t i = 0; i < run_num_classes(notes->run); i++) {
		const struct client_class *class = run_class_at(notes->run, i)->class;
		if (class->overrides != NULL)
			append_override(&notes->words, class->id, class->from);
	}
	for (size_t i = 0; i < run_num_rows(notes->run); i++) {
		const struct scenario *scenario = run_row_at(notes->run, i)->scenario;
		if (scenario != NULL && scenario->overrides != NULL)
			append_override(&notes->words, scenario->id, scenario->file);
	}
	end_note(notes);
}

/* What one says: "gnutls and all in stale should be warn [ours.yaml:7]". */
static void append_expectation(struct notes *notes, const struct expectation *item)
{
	append_visible(&notes->words, item->class_pattern);
	text_append(&notes->words, " in ");
	append_visible(&notes->words, item->row_pattern);
	text_append_format(&notes->words, " should be %s [", outcome_name(item->outcome));
	append_visible(&notes->words, item->from);
	text_append(&notes->words, "]");
}

static void append_fault(struct notes *notes, const struct expectation *item,
			 enum expectation_fault fault)
{
	if (fault == EXPECTATION_EXPIRED)
		text_append_format(&notes->words, "expired %s, valid until %s: ",
				   item->is_deviation ? "deviation" : "expectation", item->until);
	else if (item->is_deviation)
		text_append(&notes->words, "stale deviation, it no longer occurs: ");
	else
		text_append(&notes->words, "stale expectation, none of its cells matched it: ");
}

/* Stale ones and expired ones each with a note, up to FAULTS_SHOWN; those unused in one. */
static void note_expectations(struct notes *notes)
{
	const struct expectation_list *list = run_deviations(notes->run);
	const struct expectation *unused = NULL;
	size_t num_unused = 0, num = 0;
	for (size_t i = 0; list != NULL && i < list->num; i++) {
		enum expectation_fault fault = expectation_fault(&list->items[i]);
		if (fault == EXPECTATION_UNUSED && num_unused++ == 0)
			unused = &list->items[i];
		if (fault == EXPECTATION_FINE || fault == EXPECTATION_UNUSED ||
		    num++ >= FAULTS_SHOWN)
			continue;
		append_fault(notes, &list->items[i], fault);
		append_expectation(notes, &list->items[i]);
		end_note(notes);
	}
	if (num > FAULTS_SHOWN)
		text_append_format(&notes->words, "%zu more are stale or expired.",
				   num - FAULTS_SHOWN);
	end_note(notes);
	if (unused != NULL) {
		text_append_format(
			&notes->words, "%zu %s no cell of this run; the first: ", num_unused,
			num_unused == 1 ? "expectation decided" : "expectations decided");
		append_expectation(notes, unused);
	}
	end_note(notes);
}

/* Where an expectation was not met: for which rules it was written, and whether its reason was
 * split since. */
struct unmet {
	size_t num_split, num_older;
	int older; /* the version of one of num_older */
	const struct cell *split;
};

static void count_unmet(struct unmet *unmet, const struct cell *cell, int rules)
{
	const struct expectation *expected = cell->expectation;
	if ((cell->marks & CELL_DONE) == 0 || (cell->marks & CELL_UNEXPECTED) == 0 ||
	    expected == NULL)
		return;
	if (cell_has_split_reason(cell)) {
		unmet->num_split++;
		unmet->split = cell;
	}
	if (expected->rules > 0 && expected->rules < rules) {
		unmet->num_older++;
		unmet->older = expected->rules;
	}
}

static const char *cells_have(size_t num)
{
	return num == 1 ? "cell has" : "cells have";
}

/* That the rules may have changed, and not the client. */
static void note_rules(struct notes *notes)
{
	struct unmet unmet = {0};
	int rules = run_rules(notes->run);
	const char *changed = ruleset_text(rules);
	for (size_t row = 0; row < run_num_rows(notes->run); row++)
		for (size_t i = 0; i < run_num_classes(notes->run); i++)
			count_unmet(&unmet, run_cell(notes->run, row, i), rules);
	if (unmet.num_split > 0)
		text_append_format(
			&notes->words,
			"%zu unexpected %s the expected verdict, with a reason that newer "
			"rules split from the expected one, such as %s from %s: adapt the "
			"expectations.",
			unmet.num_split, cells_have(unmet.num_split),
			reason_name(unmet.split->reason),
			reason_name(unmet.split->expectation->reason));
	end_note(notes);
	if (unmet.num_older > 0)
		text_append_format(
			&notes->words,
			"%zu unexpected %s an expectation for version %d of the rules, and "
			"this run used version %d%s%s%s: the client may be the same.",
			unmet.num_older, cells_have(unmet.num_older), unmet.older, rules,
			changed != NULL ? " (" : "", changed != NULL ? changed : "",
			changed != NULL ? ")" : "");
	end_note(notes);
}

static const char *cells(size_t num)
{
	return num == 1 ? "cell" : "cells";
}

/* What a busy machine cost. */
static void note_load(struct notes *notes, const struct run_summary *summary)
{
	if (summary->num_repeated > 0)
		text_append_format(&notes->words,
				   "this machine was busy: %zu %s repeated alone after a time-out "
				   "that no server caused.",
				   summary->num_repeated,
				   summary->num_repeated == 1 ? "cell was" : "cells were");
	if (summary->num_overload > 0)
		text_append_format(
			&notes->words,
			" %zu timed out then too and have no verdict (overload-timeout).",
			summary->num_overload);
	end_note(notes);
	if (summary->num_incomplete > 0)
		text_append_format(&notes->words,
				   "the evidence of %zu %s is incomplete: the lab's log "
				   "lacks a connection or a request.",
				   summary->num_incomplete, cells(summary->num_incomplete));
	end_note(notes);
}

static void note_course(struct notes *notes)
{
	struct run_summary summary;
	char factor[24];
	run_summarize(notes->run, &summary);
	if (summary.num_done < summary.num_cells)
		text_append_format(&notes->words, "interrupted: %zu of %zu cells were not run.",
				   summary.num_cells - summary.num_done, summary.num_cells);
	end_note(notes);
	note_load(notes, &summary);
	if (run_time_factor(notes->run) != 1)
		text_append_format(&notes->words,
				   "times of slow responders and time-outs were divided by %s.",
				   time_factor_print(factor, run_time_factor(notes->run)));
	end_note(notes);
}

void run_notes(struct run *run, void (*take)(void *context, const char *words), void *context)
{
	struct notes notes = {.run = run, .take = take, .context = context};
	text_init(&notes.words, 0);
	note_stacks(&notes);
	note_overrides(&notes);
	note_expectations(&notes);
	note_rules(&notes);
	note_course(&notes);
	text_clear(&notes.words);
}

void run_notes_append_clock(struct text *out, const struct run *run)
{
	const struct run_clock *clock = run_clock(run);
	char offset[32];
	if (clock->offset_s == 0)
		return;
	text_append_format(
		out,
		"The clock of the clients was moved by %s%s, to %s; servers, staples and "
		"responders are those of the present. These cells have no expectation.",
		clock->offset_s > 0 ? "+" : "", duration_print(offset, clock->offset_s * 1000),
		clock->at);
}
