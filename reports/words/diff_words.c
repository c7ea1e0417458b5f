/* Knows how a comparison is said in words. */
#include "reports/diff_report.h"

#include "core/clock.h"
#include "core/ruleset.h"
#include "harness/run/time_factor.h"
#include "harness/run/run_head.h"

#include <string.h>

#define IDS_SHOWN 20

static const char *plural(size_t num, const char *of_one, const char *of_many)
{
	return num == 1 ? of_one : of_many;
}

void diff_words_summary(struct text *out, const struct diff *diff)
{
	if (diff->num_compared == 0)
		text_append(out, "Nothing could be compared: no cell was completed in both runs.");
	else if (diff->num_moved == 0)
		text_append_format(out, "No differences in %zu %s.", diff->num_compared,
				   plural(diff->num_compared, "cell", "cells"));
	else
		text_append_format(out, "%zu of %zu cells changed.", diff->num_moved,
				   diff->num_compared);
}

/* Whether the clients say the same: the doctor may see something else that none of them feels. */
static void append_clients(struct text *out, const struct diff *diff)
{
	size_t better =
		diff_count_classes(diff, MOVE_ACCEPTS) + diff_count_classes(diff, MOVE_SILENT);
	size_t worse = diff_count_classes(diff, MOVE_BREAKS) + diff_count_classes(diff, MOVE_WARNS);
	if (better > 0)
		text_append_format(out, " %zu client %s that rejected or warned now connect%s.",
				   better, plural(better, "class", "classes"),
				   better == 1 ? "s" : "");
	if (worse > 0)
		text_append_format(out, " %zu client %s that connected now reject%s or warn%s.",
				   worse, plural(worse, "class", "classes"), worse == 1 ? "s" : "",
				   worse == 1 ? "s" : "");
	if (better + worse == 0)
		text_append(out, " No client behaves differently.");
}

/* A server whose first handshakes have no staple has one afterwards, whatever was done: the
 * handshakes of the examination before were such first ones. */
static bool may_be_warmed(const struct diff_examination *examination)
{
	const char *first = cause_names.names[CAUSE_STAPLE_MISSING_FIRST];
	for (size_t i = 0; i < examination->num_causes; i++)
		if (examination->causes[i].after == NULL &&
		    strcmp(examination->causes[i].id, first) == 0)
			return true;
	return false;
}

void diff_words_examination(struct text *out, const struct diff *diff,
			    const struct diff_examination *examination)
{
	size_t num = examination->num_causes, gone = examination->num_gone;
	size_t new = examination->num_new, stay = num - gone - new;
	if (may_be_warmed(examination) && gone == 1)
		text_append(
			out,
			"The first connection has a staple now, which is no proof of a fix: the "
			"examination before has warmed the server. Restart or reload it, and "
			"repeat.");
	else if (num == 0)
		text_append(out, "Nothing was wrong before or after.");
	else if (gone > 0 && stay + new == 0)
		text_append_format(out, "Fixed: %s.",
				   gone == 1 ? "the cause is gone" : "all causes are gone");
	else if (gone > 0 && new == 0)
		text_append_format(out, "Better: %zu %s gone, %zu %s remaining.", gone,
				   plural(gone, "cause is", "causes are"), stay,
				   plural(stay, "is", "are"));
	else if (new > 0 && gone == 0)
		text_append_format(out, "Worse: %zu %s new.", new,
				   plural(new, "cause is", "causes are"));
	else if (new > 0)
		text_append_format(out, "Changed: %zu %s gone, %zu %s new.", gone,
				   plural(gone, "cause is", "causes are"), new,
				   plural(new, "is", "are"));
	else
		text_append_format(out, "The same %s as before.", plural(stay, "cause", "causes"));
	append_clients(out, diff);
}

const char *diff_words_cause(const struct diff_cause *cause)
{
	return cause->after == NULL ? "gone" : cause->before == NULL ? "new" : "there still";
}

void diff_words_run(struct text *out, const struct run *run)
{
	text_append_format(out, "run %s of %s, from %s", run_id(run), run_started(run),
			   run_vantage(run));
	if (run_finished(run) == NULL)
		text_append(out, ", which was not finished");
}

void diff_words_heading(struct text *out, const struct diff *diff, enum move move)
{
	size_t num_classes = diff_count_classes(diff, move), num_cells = diff->by_move[move];
	text_append_format(out, "%zu %s (%zu %s)", num_classes,
			   move_heading(move, num_classes == 1), num_cells,
			   plural(num_cells, "cell", "cells"));
}

void diff_words_state(struct text *out, const struct diff_group *group,
		      const struct diff_state *state)
{
	text_append_format(out, "%s (%s)", outcome_name(state->outcome),
			   reason_name(state->reason));
	if (state == &group->after && ruleset_is_successor(group->before.reason, state->reason))
		text_append(out, ", split from the reason before by newer rules");
	if (state->exposed)
		text_append(out, ", exposed");
	if (group->move == MOVE_KNOWLEDGE)
		text_append_format(out, ", assurance %s", status_name(state->assurance));
}

void diff_words_rows(struct text *out, const struct diff *diff, const struct diff_group *group,
		     size_t most)
{
	/* Not "and 1 more": that one has room in the place of these words. */
	size_t shown = group->num_rows <= most + 1 ? group->num_rows : most;
	for (size_t i = 0; i < shown; i++)
		text_append_format(out, "%s%s", i > 0 ? ", " : "",
				   run_row_at(diff->before, group->rows[i])->id);
	if (shown < group->num_rows)
		text_append_format(out, " and %zu more", group->num_rows - shown);
}

/* A sentence being built, for the callback. */
struct sentence {
	void (*add)(void *context, const char *words);
	void *context;
	struct text words;
};

static void sentence_end(struct sentence *sentence)
{
	sentence->add(sentence->context, text_string(&sentence->words));
	text_reset(&sentence->words);
}

/* "2 scenarios are new: a, b." */
static void say_ids(struct sentence *sentence, const struct diff_ids *ids, const char *of_one,
		    const char *of_many)
{
	if (ids->num == 0)
		return;
	text_append_format(&sentence->words, "%zu %s: ", ids->num,
			   plural(ids->num, of_one, of_many));
	for (size_t i = 0; i < ids->num && i < IDS_SHOWN; i++)
		text_append_format(&sentence->words, "%s%s", i > 0 ? ", " : "", ids->items[i]);
	if (ids->num > IDS_SHOWN)
		text_append_format(&sentence->words, " and %zu more", ids->num - IDS_SHOWN);
	text_append(&sentence->words, ".");
	sentence_end(sentence);
}

void diff_words_changes(const struct diff *diff, void (*add)(void *context, const char *words),
			void *context)
{
	struct sentence sentence = {.add = add, .context = context};
	bool lab = run_is_lab(diff->after);
	text_init(&sentence.words, 0);
	say_ids(&sentence, &diff->rows_appeared, lab ? "scenario is new" : "endpoint is new",
		lab ? "scenarios are new" : "endpoints are new");
	say_ids(&sentence, &diff->rows_gone, lab ? "scenario is gone" : "endpoint is gone",
		lab ? "scenarios are gone" : "endpoints are gone");
	say_ids(&sentence, &diff->classes_appeared, "client class is new",
		"client classes are new");
	say_ids(&sentence, &diff->classes_gone, "client class is gone", "client classes are gone");
	text_clear(&sentence.words);
}

static void append_clock(struct text *out, const struct run *run)
{
	const struct run_clock *clock = run_clock(run);
	char offset[32];
	if (clock->offset_s == 0)
		text_append(out, "not moved");
	else
		text_append_format(out, "moved by %s%s, to %s", clock->offset_s > 0 ? "+" : "",
				   duration_print(offset, clock->offset_s * 1000), clock->at);
}

static void append_place(struct text *out, const struct run_row *row)
{
	text_append_format(out, "%s port %d as %s",
			   row->address != NULL ? row->address : "no address", row->port,
			   row->server_name != NULL ? row->server_name : "no name");
}

static void say_stacks(struct sentence *sentence, const struct diff *diff)
{
	for (size_t i = 0; i < diff->num_stacks; i++) {
		const struct diff_stack *stack = &diff->stacks[i];
		text_append_format(&sentence->words, "%s %s → %s.", stack->title,
				   stack->before != NULL ? stack->before : "(not there)",
				   stack->after != NULL ? stack->after : "(not there)");
		sentence_end(sentence);
	}
}

/* What a reader must not take for a change of the clients. */
static void say_rules(struct sentence *sentence, const struct diff *diff)
{
	int before = run_rules(diff->before), after = run_rules(diff->after);
	int later = before > after ? before : after;
	if (before == after)
		return;
	text_append_format(&sentence->words,
			   "The rules of revoscope changed (version %d → %d), so a cell may differ "
			   "although its client does not.",
			   before, after);
	if (ruleset_text(later) != NULL)
		text_append_format(&sentence->words, " With version %d: %s.", later,
				   ruleset_text(later));
	sentence_end(sentence);
}

static void say_places(struct sentence *sentence, const struct diff *diff)
{
	for (size_t i = 0; i < diff->num_places && i < IDS_SHOWN; i++) {
		const struct diff_place *place = &diff->places[i];
		text_append_format(&sentence->words, "%s had another address: ", place->id);
		append_place(&sentence->words, place->before);
		text_append(&sentence->words, " → ");
		append_place(&sentence->words, place->after);
		text_append(&sentence->words, ".");
		sentence_end(sentence);
	}
	if (diff->num_places > IDS_SHOWN) {
		text_append_format(&sentence->words, "%zu more endpoints had another address.",
				   diff->num_places - IDS_SHOWN);
		sentence_end(sentence);
	}
}

static void say_undone(struct sentence *sentence, const struct diff *diff)
{
	if (diff->num_undone == 0)
		return;
	text_append_format(&sentence->words, "%zu %s not compared: ", diff->num_undone,
			   plural(diff->num_undone, "cell was", "cells were"));
	if (diff->num_undone_before > 0)
		text_append_format(&sentence->words, "%zu not completed in the earlier run",
				   diff->num_undone_before);
	if (diff->num_undone_after > 0)
		text_append_format(&sentence->words, "%s%zu not completed in the later run",
				   diff->num_undone_before > 0 ? ", " : "", diff->num_undone_after);
	text_append(&sentence->words, ".");
	sentence_end(sentence);
}

void diff_words_notes(const struct diff *diff, void (*add)(void *context, const char *words),
		      void *context)
{
	struct sentence sentence = {.add = add, .context = context};
	bool lab = run_is_lab(diff->after);
	text_init(&sentence.words, 0);
	if (diff->same_run)
		add(context, "Both are the same run: there can be no differences.");
	say_stacks(&sentence, diff);
	say_rules(&sentence, diff);
	if (diff->clock_differs) {
		text_append(&sentence.words, "The clock of the clients: ");
		append_clock(&sentence.words, diff->before);
		text_append(&sentence.words, " → ");
		append_clock(&sentence.words, diff->after);
		text_append(&sentence.words, ".");
		sentence_end(&sentence);
	}
	if (diff->time_factor_differs) {
		char before[24], after[24];
		text_append_format(&sentence.words,
				   "Delays and time-outs were divided by %s → by %s.",
				   time_factor_print(before, run_time_factor(diff->before)),
				   time_factor_print(after, run_time_factor(diff->after)));
		sentence_end(&sentence);
	}
	if (strcmp(run_vantage(diff->before), run_vantage(diff->after)) != 0) {
		text_append_format(&sentence.words, "Vantage %s → %s.", run_vantage(diff->before),
				   run_vantage(diff->after));
		sentence_end(&sentence);
	}
	say_ids(&sentence, &diff->rows_redefined,
		lab ? "scenario has another definition" : "endpoint has another definition",
		lab ? "scenarios have another definition" : "endpoints have another definition");
	say_ids(&sentence, &diff->classes_redefined, "client class has another policy",
		"client classes have another policy");
	say_places(&sentence, diff);
	say_undone(&sentence, diff);
	text_clear(&sentence.words);
}
