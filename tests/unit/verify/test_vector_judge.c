/* What several CRLs and several certificates of a vector come to, for one stack. */
#include "harness/verify/vector_judge.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_QUESTIONS = 6 };

/*
 * A row's findings, certificate by certificate: g good, r revoked, b a bad signature, o a CRL of
 * another issuer, w of other certificates, j the certificates were rejected, x the program crashed,
 * 1 and 2 a CRL for some reasons, which are all together.
 */
static const struct {
	const char *name;
	const char *findings;
	size_t num_lists;
	enum vector_class expected;
	const char *class; /* NULL: none */
	size_t question;
} rows[] = {
	{"one good list", "g", 1, CLASS_GOOD, "good", 0},
	{"one that lists it", "r", 1, CLASS_REVOKED, "revoked", 0},
	{"of another issuer", "o", 1, CLASS_INVALID, "invalid", 0},
	{"rejected certificates", "j", 1, CLASS_INVALID, "invalid", 0},
	{"a crash has no class", "x", 1, CLASS_INVALID, NULL, 0},
	{"the good one among others", "ogb", 3, CLASS_GOOD, "good", 1},
	{"the one that lists it before a good one", "rg", 2, CLASS_REVOKED, "revoked", 0},
	{"the one that lists it behind a good one", "gr", 2, CLASS_REVOKED, "revoked", 1},
	{"a crash hides what a list would have said", "gx", 2, CLASS_GOOD, NULL, 1},
	{"listed, whatever crashed", "xr", 2, CLASS_REVOKED, "revoked", 1},
	{"the fault of its issuer's list, not of the others", "owb", 3, CLASS_INVALID, "invalid",
	 2},
	{"every certificate is good", "gg", 1, CLASS_GOOD, "good", 0},
	{"the issuer is revoked", "gr", 1, CLASS_REVOKED, "revoked", 1},
	{"the issuer has no list", "go", 1, CLASS_INVALID, "invalid", 1},
	{"the leaf is revoked, the issuer has no list", "ro", 1, CLASS_REVOKED, "revoked", 0},
	{"two lists, two certificates", "goog", 2, CLASS_GOOD, "good", 0},
	{"two lists, the second certificate is listed", "goor", 2, CLASS_REVOKED, "revoked", 3},
	{"one for some reasons", "1", 1, CLASS_INVALID, "invalid", 0},
	{"two for all reasons together", "12", 2, CLASS_GOOD, "good", 0},
	{"two for the same reasons", "11", 2, CLASS_INVALID, "invalid", 0},
	{"two for all reasons together, and one that lists it", "12r", 3, CLASS_REVOKED, "revoked",
	 2},
	{"two for all reasons together, one of each certificate", "12", 1, CLASS_INVALID, "invalid",
	 0},
	{"a crash beside two for all reasons", "1x2", 3, CLASS_GOOD, NULL, 1},
	{"not what is expected", "g", 1, CLASS_REVOKED, "good", 0},
};

static void set_finding(struct stack_finding *finding, char letter, json_t *some)
{
	static const struct {
		char letter;
		enum check check;
	} checks[] = {{'g', CHECK_GOOD},
		      {'r', CHECK_REVOKED},
		      {'b', CHECK_BAD_SIGNATURE},
		      {'o', CHECK_UNAUTHORIZED_SIGNER},
		      {'w', CHECK_WRONG_CERTIFICATE},
		      {'1', CHECK_INCOMPLETE},
		      {'2', CHECK_INCOMPLETE}};
	*finding = (struct stack_finding){
		.outcome = letter == 'j' ? OUTCOME_REJECT : OUTCOME_CRASH,
	};
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		if (checks[i].letter != letter)
			continue;
		finding->check = some;
		finding->seen.verdict = checks[i].check;
		finding->seen.covered_reasons.value = letter == '1' ? 0x0fe : 0x1f0;
	}
}

START_TEST(a_row_has_the_verdict_of_what_counts)
{
	const char *findings = rows[_i].findings;
	size_t num = strlen(findings);
	/* One question of another vector is before them. */
	struct stack_finding seen[MOST_QUESTIONS] = {{.outcome = OUTCOME_CRASH}};
	char id[] = "double", name[] = "s/c";
	struct stack stack = {.id = id};
	struct asked_stack asked = {.stack = &stack};
	struct vector vector = {.name = name,
				.kind = VECTOR_CRL_CHAIN,
				.class = rows[_i].expected,
				.first_question = 1,
				.num_lists = rows[_i].num_lists,
				.num_certificates = num / rows[_i].num_lists};
	struct vector_index index = {&vector, 1};
	struct explained explained = {0};
	json_t *some = json_object();
	for (size_t i = 0; i < num; i++)
		set_finding(&seen[i + 1], findings[i], some);
	const struct verification verification = {
		.num_questions = num + 1, .stacks = &asked, .num_stacks = 1, .findings = seen};
	struct vector_verdict *verdict = vectors_judge(&verification, &index, &explained);
	ck_assert_ptr_nonnull(verdict);
	ck_assert_msg(verdict->has_class == (rows[_i].class != NULL), "%s", rows[_i].name);
	if (verdict->has_class)
		ck_assert_msg(strcmp(vector_class_name(verdict->class), rows[_i].class) == 0,
			      "%s: %s", rows[_i].name, vector_class_name(verdict->class));
	ck_assert_msg(verdict->question == rows[_i].question + 1, "%s: question %zu", rows[_i].name,
		      verdict->question);
	struct vector_tally tally = vectors_tally(&index, verdict, 0, 1);
	bool as_expected = verdict->has_class && verdict->class == vector.class;
	ck_assert_uint_eq(tally.num, 1);
	ck_assert_uint_eq(tally.num_expected, as_expected);
	ck_assert_uint_eq(tally.num_unexplained, !as_expected);
	free(verdict);
	json_decref(some);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vector_judge");
	TCase *tests = tcase_create("vector_judge");
	tcase_add_loop_test(tests, a_row_has_the_verdict_of_what_counts, 0,
			    sizeof rows / sizeof *rows);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
