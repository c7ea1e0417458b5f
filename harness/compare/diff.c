/* Knows which cells of two runs belong together, and what moved. */
#include "harness/compare/diff.h"

#include "harness/run/class_set.h"
#include "harness/compare/diff_parts.h"
#include "harness/run/grouping.h"
#include "harness/run/run_head.h"

#include <stdlib.h>
#include <string.h>

/* --- what belongs together --- */

struct named {
	const char *id;
	size_t index;
};

static int compare_named(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->id, ((const struct named *)b)->id);
}

#define NOT_THERE ((size_t)-1)

/* The rows or the classes of one run, by id. */
struct side {
	struct named *sorted;
	size_t num;
};

static const char *row_id(const struct run *run, size_t i)
{
	return run_row_at(run, i)->id;
}

static const char *class_id(const struct run *run, size_t i)
{
	return run_class_at(run, i)->class->id;
}

static bool side_make(struct side *side, const struct run *run, size_t num,
		      const char *(*id)(const struct run *run, size_t i))
{
	side->num = num;
	side->sorted = calloc(num + 1, sizeof *side->sorted);
	for (size_t i = 0; side->sorted != NULL && i < num; i++)
		side->sorted[i] = (struct named){id(run, i), i};
	if (side->sorted != NULL)
		qsort(side->sorted, num, sizeof *side->sorted, compare_named);
	return side->sorted != NULL;
}

static size_t side_find(const struct side *side, const char *id)
{
	const struct named wanted = {.id = id};
	const struct named *found =
		bsearch(&wanted, side->sorted, side->num, sizeof wanted, compare_named);
	return found != NULL ? found->index : NOT_THERE;
}

/* For each of the run before, its index in the run after; lists what came and went. */
static size_t *pair_up(struct diff_ids *gone, struct diff_ids *appeared, const struct diff *diff,
		       size_t num_before, size_t num_after,
		       const char *(*id)(const struct run *run, size_t i))
{
	struct side before = {0}, after = {0};
	size_t *pairs = calloc(num_before + 1, sizeof *pairs);
	gone->items = calloc(num_before + 1, sizeof *gone->items);
	appeared->items = calloc(num_after + 1, sizeof *appeared->items);
	bool done = pairs != NULL && gone->items != NULL && appeared->items != NULL &&
		    side_make(&before, diff->before, num_before, id) &&
		    side_make(&after, diff->after, num_after, id);
	for (size_t i = 0; done && i < num_before; i++) {
		pairs[i] = side_find(&after, id(diff->before, i));
		if (pairs[i] == NOT_THERE)
			gone->items[gone->num++] = id(diff->before, i);
	}
	for (size_t i = 0; done && i < num_after; i++)
		if (side_find(&before, id(diff->after, i)) == NOT_THERE)
			appeared->items[appeared->num++] = id(diff->after, i);
	free(before.sorted);
	free(after.sorted);
	if (!done) {
		free(pairs);
		pairs = NULL;
	}
	return pairs;
}

/* --- what may be the cause --- */

static bool differ(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
}

static bool same_situation(const struct scenario *a, const struct scenario *b)
{
	json_t *one = situation_to_json(&a->situation), *other = situation_to_json(&b->situation);
	bool same = a->truth == b->truth && json_equal(one, other);
	json_decref(one);
	json_decref(other);
	return same;
}

static bool same_class(struct diff *diff, size_t before, size_t after)
{
	const struct run_class *a = run_class_at(diff->before, before);
	const struct run_class *b = run_class_at(diff->after, after);
	if (a->class->native != b->class->native ||
	    strcmp(run_stack_at(diff->before, a->stack)->stack->id,
		   run_stack_at(diff->after, b->stack)->stack->id) != 0)
		return false;
	if (a->class->native)
		return true;
	json_t *one = policy_to_json(&a->class->policy), *other = policy_to_json(&b->class->policy);
	bool same = json_equal(one, other);
	json_decref(one);
	json_decref(other);
	return same;
}

static bool compare_rows(struct diff *diff, const size_t *pairs)
{
	size_t num = run_num_rows(diff->before);
	diff->rows_redefined.items = calloc(num + 1, sizeof *diff->rows_redefined.items);
	diff->places = calloc(num + 1, sizeof *diff->places);
	if (diff->rows_redefined.items == NULL || diff->places == NULL)
		return false;
	for (size_t i = 0; i < num; i++) {
		if (pairs[i] == NOT_THERE)
			continue;
		const struct run_row *a = run_row_at(diff->before, i);
		const struct run_row *b = run_row_at(diff->after, pairs[i]);
		if (a->scenario == NULL || b->scenario == NULL) {
			if (differ(a->address, b->address) || a->port != b->port ||
			    differ(a->server_name, b->server_name))
				diff->places[diff->num_places++] = (struct diff_place){a->id, a, b};
		} else if (!same_situation(a->scenario, b->scenario)) {
			diff->rows_redefined.items[diff->rows_redefined.num++] = a->id;
		}
	}
	return true;
}

static bool compare_classes(struct diff *diff, const size_t *pairs)
{
	size_t num = run_num_classes(diff->before);
	struct diff_ids *redefined = &diff->classes_redefined;
	redefined->items = calloc(num + 1, sizeof *redefined->items);
	for (size_t i = 0; redefined->items != NULL && i < num; i++)
		if (pairs[i] != NOT_THERE && !same_class(diff, i, pairs[i]))
			redefined->items[redefined->num++] = class_id(diff->before, i);
	return redefined->items != NULL;
}

static bool compare_stacks(struct diff *diff)
{
	size_t num = run_num_stacks(diff->before);
	diff->stacks = calloc(num + 1, sizeof *diff->stacks);
	for (size_t i = 0; diff->stacks != NULL && i < num; i++) {
		const struct run_stack *a = run_stack_at(diff->before, i);
		for (size_t k = 0; k < run_num_stacks(diff->after); k++) {
			const struct run_stack *b = run_stack_at(diff->after, k);
			if (strcmp(a->stack->id, b->stack->id) == 0 &&
			    differ(a->version, b->version))
				diff->stacks[diff->num_stacks++] = (struct diff_stack){
					a->stack->id, b->stack->title, a->version, b->version};
		}
	}
	return diff->stacks != NULL;
}

static void compare_runs(struct diff *diff)
{
	int64_t before_s = run_clock(diff->before)->offset_s;
	int64_t after_s = run_clock(diff->after)->offset_s;
	diff->same_run = strcmp(run_id(diff->before), run_id(diff->after)) == 0;
	/* --at with a date gives another number of seconds each time; that is what it is for. */
	diff->clock_differs = before_s != after_s;
	diff->time_factor_differs = run_time_factor(diff->before) != run_time_factor(diff->after);
}

/* --- what moved --- */

struct moved_cell {
	enum move move;
	struct diff_state before, after;
	size_t row, class;
};

static bool same_move(const struct moved_cell *a, const struct moved_cell *b)
{
	return a->move == b->move && state_compare(&a->before, &b->before) == 0 &&
	       state_compare(&a->after, &b->after) == 0;
}

static int compare_moves(const void *a, const void *b)
{
	const struct moved_cell *one = a, *other = b;
	if (one->move != other->move)
		return one->move < other->move ? -1 : 1;
	int order = state_compare(&one->before, &other->before);
	if (order == 0)
		order = state_compare(&one->after, &other->after);
	if (order == 0 && one->row != other->row)
		order = one->row < other->row ? -1 : 1;
	if (order == 0)
		order = one->class < other->class ? -1 : one->class > other->class;
	return order;
}

static void compare_cell(struct diff *diff, struct moved_cell *moved, const struct cell *before,
			 const struct cell *after)
{
	bool was_done = (before->marks & CELL_DONE) != 0;
	bool is_done = (after->marks & CELL_DONE) != 0;
	diff->num_undone_before += !was_done;
	diff->num_undone_after += !is_done;
	diff->num_undone += !was_done || !is_done;
	if (!was_done || !is_done)
		return;
	moved->before = state_of(before);
	moved->after = state_of(after);
	diff->num_compared++;
	if (!move_of(&moved->move, &moved->before, &moved->after))
		return;
	diff->by_move[moved->move]++;
	diff->num_moved++;
}

static struct moved_cell *find_moved(struct diff *diff, const size_t *rows, const size_t *classes)
{
	size_t num_rows = run_num_rows(diff->before), num_classes = run_num_classes(diff->before);
	struct moved_cell *cells = calloc(num_rows * num_classes + 1, sizeof *cells);
	for (size_t i = 0; cells != NULL && i < num_rows; i++) {
		for (size_t k = 0; rows[i] != NOT_THERE && k < num_classes; k++) {
			if (classes[k] == NOT_THERE)
				continue;
			cells[diff->num_moved].row = i;
			cells[diff->num_moved].class = k;
			compare_cell(diff, &cells[diff->num_moved], run_cell(diff->before, i, k),
				     run_cell(diff->after, rows[i], classes[k]));
		}
	}
	if (cells != NULL)
		qsort(cells, diff->num_moved, sizeof *cells, compare_moves);
	return cells;
}

/* The words for the classes of a group among those that are in both runs. */
static char *class_words(const struct diff *diff, const struct group_block *block,
			 const size_t *classes)
{
	size_t num = 0, next = 0;
	char *words = NULL;
	struct text text;
	struct class_member *known = calloc(run_num_classes(diff->before) + 1, sizeof *known);
	text_init(&text, 0);
	for (size_t i = 0; known != NULL && i < run_num_classes(diff->before); i++) {
		bool is_in = next < block->num_classes && block->classes[next] == i;
		next += is_in;
		if (classes[i] != NOT_THERE)
			known[num++] = (struct class_member){class_id(diff->before, i), is_in};
	}
	if (known != NULL && class_set_append(&text, known, num))
		words = strdup(text_string(&text));
	text_clear(&text);
	free(known);
	return words;
}

static bool add_groups(struct diff *diff, struct grouping *grouping,
		       const struct moved_cell *const *keys, const size_t *classes)
{
	diff->groups = calloc(grouping->num + 1, sizeof *diff->groups);
	for (size_t i = 0; diff->groups != NULL && i < grouping->num; i++) {
		struct group_block *block = &grouping->blocks[i];
		const struct moved_cell *like = keys[block->key];
		struct diff_group *group = &diff->groups[diff->num_groups++];
		*group = (struct diff_group){
			.move = like->move,
			.before = like->before,
			.after = like->after,
			.rows = block->rows,
			.classes = block->classes,
			.num_rows = block->num_rows,
			.num_classes = block->num_classes,
			.class_words = class_words(diff, block, classes),
		};
		block->rows = block->classes = NULL;
		if (group->class_words == NULL)
			return false;
	}
	return diff->groups != NULL;
}

static bool fold_moves(struct diff *diff, const struct moved_cell *cells, const size_t *classes)
{
	struct grouping grouping = {0};
	size_t key = 0;
	struct group_cell *folded = calloc(diff->num_moved + 1, sizeof *folded);
	const struct moved_cell **keys = calloc(diff->num_moved + 1, sizeof(*keys));
	bool done = folded != NULL && keys != NULL;
	for (size_t i = 0; done && i < diff->num_moved; i++) {
		key += i > 0 && !same_move(&cells[i], &cells[i - 1]);
		keys[key] = &cells[i];
		folded[i] = (struct group_cell){key, cells[i].row, cells[i].class};
	}
	done = done && group_make(&grouping, folded, diff->num_moved) &&
	       add_groups(diff, &grouping, keys, classes);
	grouping_clear(&grouping);
	free(folded);
	free(keys);
	return done;
}

struct diff *diff_new(struct run *before, struct run *after, struct error *err)
{
	if (run_is_lab(before) != run_is_lab(after)) {
		error_set(err, ERROR_USAGE,
			  "%s is a run of %s, %s one of %s: scenarios and endpoints cannot be "
			  "compared",
			  run_id(before), run_is_lab(before) ? "the lab" : "endpoints",
			  run_id(after), run_is_lab(after) ? "the lab" : "endpoints");
		return NULL;
	}
	size_t *rows = NULL, *classes = NULL;
	struct moved_cell *cells = NULL;
	struct diff *diff = calloc(1, sizeof *diff);
	if (diff == NULL)
		goto out;
	diff->before = before;
	diff->after = after;
	rows = pair_up(&diff->rows_gone, &diff->rows_appeared, diff, run_num_rows(before),
		       run_num_rows(after), row_id);
	classes = pair_up(&diff->classes_gone, &diff->classes_appeared, diff,
			  run_num_classes(before), run_num_classes(after), class_id);
	if (rows != NULL && classes != NULL)
		cells = find_moved(diff, rows, classes);
	if (cells == NULL || !fold_moves(diff, cells, classes) || !compare_rows(diff, rows) ||
	    !compare_classes(diff, classes) || !compare_stacks(diff) ||
	    !diff_examinations_make(&diff->examinations, &diff->num_examinations,
				    run_examinations(before), run_examinations(after), err)) {
		diff_free(diff);
		diff = NULL;
		goto out;
	}
	compare_runs(diff);
out:
	if (diff == NULL)
		error_set(err, ERROR_UNABLE, "out of memory");
	free(rows);
	free(classes);
	free(cells);
	return diff;
}

void diff_free(struct diff *diff)
{
	if (diff == NULL)
		return;
	for (size_t i = 0; i < diff->num_groups; i++) {
		free(diff->groups[i].rows);
		free(diff->groups[i].classes);
		free(diff->groups[i].class_words);
	}
	free(diff->groups);
	free(diff->rows_appeared.items);
	free(diff->rows_gone.items);
	free(diff->classes_appeared.items);
	free(diff->classes_gone.items);
	free(diff->rows_redefined.items);
	free(diff->classes_redefined.items);
	free(diff->stacks);
	free(diff->places);
	diff_examinations_free(diff->examinations, diff->num_examinations);
	free(diff);
}

bool diff_has_moved(const struct diff *diff)
{
	for (size_t i = 0; i < diff->num_examinations; i++)
		if (diff_examination_has_moved(&diff->examinations[i]))
			return true;
	return diff->num_moved + diff->rows_appeared.num + diff->rows_gone.num +
		       diff->classes_appeared.num + diff->classes_gone.num >
	       0;
}

size_t diff_count_classes(const struct diff *diff, enum move move)
{
	size_t num = 0, num_classes = run_num_classes(diff->before);
	bool *seen = calloc(num_classes + 1, sizeof *seen);
	for (size_t i = 0; seen != NULL && i < diff->num_groups; i++) {
		const struct diff_group *group = &diff->groups[i];
		for (size_t k = 0; group->move == move && k < group->num_classes; k++) {
			num += !seen[group->classes[k]];
			seen[group->classes[k]] = true;
		}
	}
	free(seen);
	return num;
}
