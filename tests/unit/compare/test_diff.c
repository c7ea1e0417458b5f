/* Comparisons of runs: what belongs together, what moved, and in which order that is reported. */
#include "harness/compare/diff.h"

#include "core/ruleset.h"
#include "core/text.h"
#include "tests/unit/diff_run.h"
#include "harness/compare/diff_parts.h"
#include "harness/run/run_head.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define GOOD(outcome, reason)                                          \
	{                                                              \
		OUTCOME_##outcome, REASON_##reason, STATUS_GOOD, false \
	}
#define NONE(outcome, reason)                                          \
	{                                                              \
		OUTCOME_##outcome, REASON_##reason, STATUS_NONE, false \
	}
#define OPEN(outcome, reason)                                         \
	{                                                             \
		OUTCOME_##outcome, REASON_##reason, STATUS_NONE, true \
	}

static const struct {
	const char *name;
	struct diff_state before, after;
	const char *move; /* NULL: nothing moved */
} moves[] = {
	{"the same", GOOD(CONNECT, STATUS_GOOD), GOOD(CONNECT, STATUS_GOOD), NULL},
	{"exposed as before", OPEN(CONNECT, NOT_CHECKED), OPEN(CONNECT, NOT_CHECKED), NULL},
	{"connect to reject", GOOD(CONNECT, STATUS_GOOD), NONE(REJECT, STAPLE_STALE), "breaks"},
	{"warn to reject", NONE(WARN, STAPLE_STALE), NONE(REJECT, STAPLE_STALE), "breaks"},
	{"exposed to reject", OPEN(CONNECT, NOT_CHECKED), NONE(REJECT, STATUS_REVOKED),
	 "protected"},
	{"reject to connect, revoked", NONE(REJECT, STATUS_REVOKED), OPEN(CONNECT, NOT_CHECKED),
	 "exposes"},
	{"reject to warn, revoked", NONE(REJECT, STATUS_REVOKED), OPEN(WARN, STAPLE_MISSING),
	 "exposes"},
	{"reject to connect", NONE(REJECT, STAPLE_STALE), GOOD(CONNECT, STATUS_GOOD), "accepts"},
	{"reject to warn", NONE(REJECT, STAPLE_STALE), NONE(WARN, STAPLE_STALE), "accepts"},
	{"connect, revoked meanwhile", NONE(CONNECT, NOT_CHECKED), OPEN(CONNECT, NOT_CHECKED),
	 "exposed"},
	{"warn to connect, revoked", NONE(WARN, STAPLE_STALE), OPEN(CONNECT, NOT_CHECKED),
	 "exposed"},
	{"no verdict to connect, revoked", NONE(ERROR, TLS_CLOSED), OPEN(CONNECT, NOT_CHECKED),
	 "exposed"},
	{"connect to error", GOOD(CONNECT, STATUS_GOOD), NONE(ERROR, TLS_CLOSED), "verdict-lost"},
	{"reject to hang", NONE(REJECT, STAPLE_STALE), NONE(HANG, PROGRAM_HANG), "verdict-lost"},
	{"exposed to crash", OPEN(WARN, STAPLE_STALE), NONE(CRASH, PROGRAM_CRASH), "verdict-lost"},
	{"warn to unsupported", NONE(WARN, STAPLE_STALE), NONE(UNSUPPORTED, TLS_UNSUPPORTED),
	 "verdict-lost"},
	{"connect to warn", GOOD(CONNECT, STATUS_GOOD), NONE(WARN, STAPLE_STALE), "warns"},
	{"warn to connect", NONE(WARN, STAPLE_STALE), GOOD(CONNECT, STATUS_GOOD), "silent"},
	{"exposed and silent now", OPEN(WARN, STAPLE_STALE), OPEN(CONNECT, NOT_CHECKED), "silent"},
	{"error to reject", NONE(ERROR, TLS_CLOSED), NONE(REJECT, STAPLE_STALE), "verdict-gained"},
	{"error to hang", NONE(ERROR, TLS_CLOSED), NONE(HANG, PROGRAM_HANG), "failure"},
	{"error to error", NONE(ERROR, TLS_CLOSED), NONE(ERROR, CONNECT_REFUSED), "failure"},
	{"no longer revoked", OPEN(CONNECT, NOT_CHECKED), NONE(CONNECT, NOT_CHECKED), "protected"},
	{"another reason", NONE(REJECT, STAPLE_STALE), NONE(REJECT, STAPLE_MISSING), "reason"},
	{"another assurance", GOOD(CONNECT, STATUS_GOOD), NONE(CONNECT, STATUS_GOOD), "assurance"},
};

START_TEST(a_move_has_one_name)
{
	enum move move;
	bool moved = move_of(&move, &moves[_i].before, &moves[_i].after);
	ck_assert_msg(moved == (moves[_i].move != NULL), "%s", moves[_i].name);
	if (moved)
		ck_assert_msg(strcmp(move_name(move), moves[_i].move) == 0, "%s: %s",
			      moves[_i].name, move_name(move));
}
END_TEST

START_TEST(every_move_can_happen)
{
	for (int move = 0; move < NUM_MOVES; move++) {
		size_t num = 0;
		for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
			num += moves[i].move != NULL &&
			       strcmp(moves[i].move, move_name((enum move)move)) == 0;
		ck_assert_msg(num > 0, "%s", move_name((enum move)move));
	}
}
END_TEST

/* "breaks stale: openssl/native; ..." */
static void say_groups(struct text *out, const struct diff *diff)
{
	for (size_t i = 0; i < diff->num_groups; i++) {
		const struct diff_group *group = &diff->groups[i];
		text_append_format(out, "%s%s", i > 0 ? "; " : "", move_name(group->move));
		for (size_t k = 0; k < group->num_rows; k++)
			text_append_format(out, "%s%s", k > 0 ? "," : " ",
					   run_row_at(diff->before, group->rows[k])->id);
		text_append_format(out, ": %s", group->class_words);
	}
}

static void say_ids(struct text *out, const char *what, const struct diff_ids *ids)
{
	for (size_t i = 0; i < ids->num; i++)
		text_append_format(out, "%s%s %s", out->len > 0 ? "; " : "", what, ids->items[i]);
}

static void check(const struct drawn_run *before, const struct drawn_run *after,
		  const char *expected)
{
	struct error err = ERROR_INIT;
	struct text said;
	text_init(&said, 0);
	struct run *a = diff_run(before), *b = diff_run(after);
	struct diff *diff = diff_new(a, b, &err);
	ck_assert_msg(diff != NULL, "%s", err.text);
	say_groups(&said, diff);
	say_ids(&said, "row gone", &diff->rows_gone);
	say_ids(&said, "row appeared", &diff->rows_appeared);
	say_ids(&said, "class gone", &diff->classes_gone);
	say_ids(&said, "class appeared", &diff->classes_appeared);
	say_ids(&said, "row redefined", &diff->rows_redefined);
	say_ids(&said, "class redefined", &diff->classes_redefined);
	for (size_t i = 0; i < diff->num_stacks; i++)
		text_append_format(&said, "%s%s %s>%s", said.len > 0 ? "; " : "",
				   diff->stacks[i].title,
				   diff->stacks[i].before != NULL ? diff->stacks[i].before : "none",
				   diff->stacks[i].after != NULL ? diff->stacks[i].after : "none");
	if (diff->num_undone > 0)
		text_append_format(&said, "%s%zu undone", said.len > 0 ? "; " : "",
				   diff->num_undone);
	ck_assert_str_eq(text_string(&said), expected);
	text_clear(&said);
	diff_free(diff);
	diff_run_free(a);
	diff_run_free(b);
}

#define FOUR "openssl/native gnutls/native openssl/soft gnutls/soft"

START_TEST(nothing_moves_between_equal_runs)
{
	static const struct drawn_run run = {.classes = FOUR,
					     .rows = {"a:443: C W R -", "b:443: E X H ."},
					     .versions = {"3.0.17", "3.7.9"}};
	check(&run, &run, "1 undone");
}
END_TEST

START_TEST(cells_are_found_by_id_whatever_their_place)
{
	check(&(struct drawn_run){.classes = FOUR, .rows = {"a:443: C W R -", "b:443: C C C C"}},
	      &(struct drawn_run){.classes =
					  "gnutls/soft openssl/soft gnutls/native openssl/native",
				  .rows = {"b:443: C C C R'", "a:443: - R W C"}},
	      "breaks b:443: openssl/native");
}
END_TEST

START_TEST(what_matters_most_comes_first)
{
	check(&(struct drawn_run){.classes = FOUR,
				  .rows = {"a:443: C R R C", "b:443: R' C W C", "c:443: E R' E W"},
				  .in_lab = false},
	      &(struct drawn_run){
		      .classes = FOUR,
		      .rows = {"a:443: W c! C E", "b:443: R R' C c!", "c:443: C R H R'"}},
	      "breaks b:443: gnutls/native; breaks c:443: gnutls/soft; exposes a:443: "
	      "gnutls/native; exposed b:443: gnutls/soft; verdict-lost a:443: gnutls/soft; warns "
	      "a:443: openssl/native; silent b:443: openssl/soft; accepts a:443: openssl/soft; "
	      "verdict-gained c:443: openssl/native; failure c:443: openssl/soft; reason b:443: "
	      "openssl/native; reason c:443: gnutls/native");
}
END_TEST

START_TEST(like_moves_are_one_group)
{
	check(&(struct drawn_run){.classes = FOUR,
				  .rows = {"a:1: C C C C", "b:1: C C C C", "c:1: C C C C"}},
	      &(struct drawn_run){.classes = FOUR,
				  .rows = {"a:1: R R C C", "b:1: R R R R", "c:1: R R C C"}},
	      "breaks a:1,c:1: */native; breaks b:1: *");
	/* Of the same move those that end alike are one group, wherever they stand. */
	check(&(struct drawn_run){.classes = FOUR, .rows = {"a:1: C C C C", "b:1: C C C C"}},
	      &(struct drawn_run){.classes = FOUR, .rows = {"a:1: R R' C C", "b:1: R R' C C"}},
	      "breaks a:1,b:1: gnutls/native; breaks a:1,b:1: openssl/native");
	/* And so do those that began alike. */
	check(&(struct drawn_run){.classes = FOUR, .rows = {"a:1: C W C C", "b:1: C W C C"}},
	      &(struct drawn_run){.classes = FOUR, .rows = {"a:1: R R C C", "b:1: R R C C"}},
	      "breaks a:1,b:1: openssl/native; breaks a:1,b:1: gnutls/native");
}
END_TEST

START_TEST(rows_and_classes_that_came_or_went_are_reported_once)
{
	check(&(struct drawn_run){.classes = FOUR,
				  .rows = {"f/a: C C C C", "f/b: C C C C"},
				  .in_lab = true},
	      &(struct drawn_run){.classes = "openssl/native gnutls/soft gnutls/own",
				  .rows = {"f/b: C C R", "f/c: R R R"},
				  .in_lab = true},
	      "row gone a; row appeared c; class gone gnutls/native; class gone openssl/soft; "
	      "class appeared gnutls/own");
	/* A class that went is none of "all". */
	check(&(struct drawn_run){.classes = "openssl/native gnutls/native openssl/soft",
				  .rows = {"a:1: C C C"}},
	      &(struct drawn_run){.classes = "openssl/native openssl/soft", .rows = {"a:1: R R"}},
	      "breaks a:1: *; class gone gnutls/native");
}
END_TEST

START_TEST(what_was_not_run_is_not_compared)
{
	check(&(struct drawn_run){.classes = FOUR, .rows = {"a:1: C C . .", "b:1: C C C C"}},
	      &(struct drawn_run){.classes = FOUR, .rows = {"a:1: R . R .", "b:1: C C C ."}},
	      "breaks a:1: openssl/native; 4 undone");
	struct error err = ERROR_INIT;
	struct run *a = diff_run(&(struct drawn_run){.classes = FOUR, .rows = {"a:1: C C . ."}});
	struct run *b = diff_run(&(struct drawn_run){.classes = FOUR, .rows = {"a:1: R R R ."}});
	struct diff *diff = diff_new(a, b, &err);
	ck_assert_uint_eq(diff->num_undone_before, 2);
	ck_assert_uint_eq(diff->num_undone_after, 1);
	ck_assert_uint_eq(diff->num_undone, 2);
	ck_assert_uint_eq(diff->num_compared, 2);
	ck_assert_uint_eq(diff->by_move[MOVE_BREAKS], 2);
	ck_assert_uint_eq(diff_count_classes(diff, MOVE_BREAKS), 2);
	ck_assert_uint_eq(diff_count_classes(diff, MOVE_WARNS), 0);
	diff_free(diff);
	diff_run_free(a);
	diff_run_free(b);
}
END_TEST

START_TEST(what_may_be_the_cause_is_reported)
{
	check(&(struct drawn_run){.classes = FOUR,
				  .rows = {"f/a: C C C C"},
				  .in_lab = true,
				  .versions = {"3.0.17", "3.7.9"},
				  .truth = STATUS_GOOD},
	      &(struct drawn_run){.classes = FOUR,
				  .rows = {"f/a: C C C C"},
				  .in_lab = true,
				  .versions = {NULL, "3.8.3"},
				  .truth = STATUS_REVOKED},
	      "row redefined a; OpenSSL 3.0.17>none; GnuTLS 3.7.9>3.8.3");
	check(&(struct drawn_run){.classes = "openssl/soft gnutls/soft",
				  .rows = {"f/a: C C"},
				  .in_lab = true},
	      &(struct drawn_run){.classes = "openssl/soft gnutls/soft",
				  .rows = {"f/a: C C"},
				  .in_lab = true,
				  .skew_s = 1},
	      "class redefined openssl/soft; class redefined gnutls/soft");
}
END_TEST

START_TEST(a_cause_is_no_move)
{
	struct error err = ERROR_INIT;
	struct run *a = diff_run(
		&(struct drawn_run){.classes = FOUR, .rows = {"a:1: C C C C"}, .versions = {"1"}});
	struct run *b = diff_run(
		&(struct drawn_run){.classes = FOUR, .rows = {"a:1: C C C C"}, .versions = {"2"}});
	struct run *c = diff_run(
		&(struct drawn_run){.classes = FOUR, .rows = {"a:1: C C C C", "b:1: C C C C"}});
	ck_assert_int_eq(run_rules(a), ruleset_current());
	run_set_time_factor(b, 4);
	run_move_clock(b, 2000, 1000);
	struct diff *diff = diff_new(a, b, &err);
	ck_assert(!diff_has_moved(diff) && diff->num_stacks == 1 && !diff->same_run);
	ck_assert(diff->time_factor_differs && diff->clock_differs);
	diff_free(diff);
	diff = diff_new(a, a, &err);
	ck_assert(!diff_has_moved(diff) && diff->same_run && diff->num_compared == 4);
	diff_free(diff);
	diff = diff_new(a, c, &err);
	ck_assert(diff_has_moved(diff) && diff->num_moved == 0);
	diff_free(diff);
	diff_run_free(a);
	diff_run_free(b);
	diff_run_free(c);
}
END_TEST

START_TEST(the_lab_and_endpoints_cannot_be_compared)
{
	struct error err = ERROR_INIT;
	struct run *a = diff_run(
		&(struct drawn_run){.classes = FOUR, .rows = {"f/a: C C C C"}, .in_lab = true});
	struct run *b = diff_run(&(struct drawn_run){.classes = FOUR, .rows = {"a:1: C C C C"}});
	ck_assert_ptr_null(diff_new(a, b, &err));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, "is a run of the lab"));
	diff_run_free(a);
	diff_run_free(b);
}
END_TEST

static void change_port(struct run_row *row)
{
	row->port = 444;
}

static void change_address(struct run_row *row)
{
	row->address[0] = '2';
}

static void change_server_name(struct run_row *row)
{
	row->server_name[0] = 'c';
}

static void forget_address(struct run_row *row)
{
	free(row->address);
	row->address = NULL;
}

static const struct {
	const char *name;
	void (*change)(struct run_row *row);
} places[] = {
	{"another port", change_port},
	{"another address", change_address},
	{"another server name", change_server_name},
	{"no address any more", forget_address},
};

START_TEST(an_endpoint_reached_at_another_place_is_listed)
{
	struct error err = ERROR_INIT;
	struct run *a = diff_run(
		&(struct drawn_run){.classes = FOUR, .rows = {"a:1: C C C C", "b:1: C C C C"}});
	struct run *b = diff_run(
		&(struct drawn_run){.classes = FOUR, .rows = {"b:1: C C C C", "a:1: C C C C"}});
	places[_i].change((struct run_row *)run_row_at(b, 1));
	struct diff *diff = diff_new(a, b, &err);
	ck_assert_msg(diff->num_places == 1, "%s: %zu", places[_i].name, diff->num_places);
	ck_assert_str_eq(diff->places[0].id, "a:1");
	ck_assert_ptr_eq(diff->places[0].before, run_row_at(a, 0));
	ck_assert_ptr_eq(diff->places[0].after, run_row_at(b, 1));
	diff_free(diff);
	diff_run_free(a);
	diff_run_free(b);
}
END_TEST

static const struct {
	const char *name;
	struct {
		bool native;
		int skew_s, stack;
	} before, after;
	bool redefined;
} definitions[] = {
	{"the same policy", {false, 5, 0}, {false, 5, 0}, false},
	{"another policy", {false, 5, 0}, {false, 6, 0}, true},
	{"another stack", {false, 5, 0}, {false, 5, 1}, true},
	{"a policy, then the stack's own", {false, 5, 0}, {true, 5, 0}, true},
	{"the stack's own, then a policy", {true, 5, 0}, {false, 5, 0}, true},
	{"the stack's own has no policy", {true, 5, 0}, {true, 6, 0}, false},
	{"another stack's own", {true, 5, 0}, {true, 5, 1}, true},
};

static void define_class(struct run *run, bool native, int skew_s, int stack)
{
	struct client_class *class = (struct client_class *)run_class_at(run, 0)->class;
	class->native = native;
	class->policy.skew_s = skew_s;
	((struct run_class *)run_class_at(run, 0))->stack = (size_t)stack;
}

START_TEST(a_class_of_another_definition_is_redefined)
{
	static const struct drawn_run drawn = {.classes = "own/class openssl/soft",
					       .rows = {"a:1: C C"}};
	struct error err = ERROR_INIT;
	struct run *a = diff_run(&drawn), *b = diff_run(&drawn);
	define_class(a, definitions[_i].before.native, definitions[_i].before.skew_s,
		     definitions[_i].before.stack);
	define_class(b, definitions[_i].after.native, definitions[_i].after.skew_s,
		     definitions[_i].after.stack);
	struct diff *diff = diff_new(a, b, &err);
	ck_assert_msg(diff->classes_redefined.num == definitions[_i].redefined, "%s: %zu",
		      definitions[_i].name, diff->classes_redefined.num);
	if (definitions[_i].redefined)
		ck_assert_str_eq(diff->classes_redefined.items[0], "own/class");
	diff_free(diff);
	diff_run_free(a);
	diff_run_free(b);
}
END_TEST

/* Two runs of 60 rows by 80 classes with a few hundred moves: every cell is in one group. */
START_TEST(groups_hold_every_moved_cell_once)
{
	struct drawn_run drawn[2] = {{.classes = NULL}, {.classes = NULL}};
	struct text classes, rows[2][60];
	struct error err = ERROR_INIT;
	size_t num_moved = 0;
	unsigned random = 7;
	text_init(&classes, 0);
	for (int i = 0; i < 80; i++)
		text_append_format(&classes, "%sf%d/c%d", i > 0 ? " " : "", i % 5, i / 5);
	for (int i = 0; i < 60; i++) {
		for (int k = 0; k < 2; k++) {
			text_init(&rows[k][i], 0);
			text_append_format(&rows[k][i], "r%d:", i);
		}
		for (int c = 0; c < 80; c++) {
			random = random * 1103515245 + 12345;
			bool moved = (random >> 16) % 4 == 0;
			text_append(&rows[0][i], " C");
			text_append(&rows[1][i], moved ? (random >> 20) % 2 ? " R" : " W" : " C");
			num_moved += moved;
		}
		drawn[0].rows[i] = text_string(&rows[0][i]);
		drawn[1].rows[i] = text_string(&rows[1][i]);
	}
	drawn[0].classes = drawn[1].classes = text_string(&classes);
	struct run *a = diff_run(&drawn[0]), *b = diff_run(&drawn[1]);
	struct diff *diff = diff_new(a, b, &err);
	static bool seen[60][80];
	size_t num = 0;
	for (size_t i = 0; i < diff->num_groups; i++) {
		const struct diff_group *group = &diff->groups[i];
		for (size_t r = 0; r < group->num_rows; r++) {
			for (size_t c = 0; c < group->num_classes; c++, num++) {
				size_t row = group->rows[r], class = group->classes[c];
				ck_assert(!seen[row][class]);
				seen[row][class] = true;
				ck_assert_int_eq(run_cell(b, row, class)->outcome,
						 group->after.outcome);
			}
		}
	}
	ck_assert_uint_gt(num_moved, 500);
	ck_assert_uint_eq(num, num_moved);
	ck_assert_uint_eq(diff->num_moved, num_moved);
	diff_free(diff);
	diff_run_free(a);
	diff_run_free(b);
	text_clear(&classes);
	for (int i = 0; i < 120; i++)
		text_clear(&rows[i / 60][i % 60]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff");
	TCase *tcase = tcase_create("diff");
	tcase_add_loop_test(tcase, a_move_has_one_name, 0, sizeof moves / sizeof *moves);
	tcase_add_test(tcase, every_move_can_happen);
	tcase_add_test(tcase, nothing_moves_between_equal_runs);
	tcase_add_test(tcase, cells_are_found_by_id_whatever_their_place);
	tcase_add_test(tcase, what_matters_most_comes_first);
	tcase_add_test(tcase, like_moves_are_one_group);
	tcase_add_test(tcase, rows_and_classes_that_came_or_went_are_reported_once);
	tcase_add_test(tcase, what_was_not_run_is_not_compared);
	tcase_add_test(tcase, what_may_be_the_cause_is_reported);
	tcase_add_test(tcase, a_cause_is_no_move);
	tcase_add_test(tcase, the_lab_and_endpoints_cannot_be_compared);
	tcase_add_loop_test(tcase, an_endpoint_reached_at_another_place_is_listed, 0,
			    sizeof places / sizeof *places);
	tcase_add_loop_test(tcase, a_class_of_another_definition_is_redefined, 0,
			    sizeof definitions / sizeof *definitions);
	tcase_add_test(tcase, groups_hold_every_moved_cell_once);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
