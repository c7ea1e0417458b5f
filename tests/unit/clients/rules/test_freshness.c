/* When a response or a CRL is current: each limit at the second before, at and after it. */
#include "clients/rules/freshness.h"

#include <check.h>
#include <stdlib.h>

#define NOW  INT64_C(1790000000) /* 2026-09-21 */
#define NONE INT64_MIN           /* no nextUpdate */
#define ANY  (-1)                /* any age will do without nextUpdate */

static const struct {
	const char *name;
	int64_t this_update, next_update; /* relative to now */
	int64_t skew_s, max_age_s;
	enum check check;
} rows[] = {
	{"between thisUpdate and nextUpdate", -60, 60, 0, ANY, CHECK_GOOD},
	{"thisUpdate is now", 0, 60, 0, ANY, CHECK_GOOD},
	{"thisUpdate in a second", 1, 60, 0, ANY, CHECK_NOT_YET_VALID},
	{"thisUpdate within the tolerance", 300, 600, 300, ANY, CHECK_GOOD},
	{"thisUpdate beyond the tolerance", 301, 600, 300, ANY, CHECK_NOT_YET_VALID},
	{"nextUpdate is now", -60, 0, 0, ANY, CHECK_GOOD},
	{"nextUpdate a second ago", -60, -1, 0, ANY, CHECK_STALE},
	{"nextUpdate within the tolerance", -600, -300, 300, ANY, CHECK_GOOD},
	{"nextUpdate beyond the tolerance", -600, -301, 300, ANY, CHECK_STALE},
	{"nextUpdate is thisUpdate", -60, -60, 300, ANY, CHECK_GOOD},
	{"nextUpdate before thisUpdate", -60, -61, 300, ANY, CHECK_STALE},
	{"the age does not count beside nextUpdate", -600, 60, 0, 60, CHECK_GOOD},
	{"a nextUpdate is wanted and there", -600, 60, 0, 0, CHECK_GOOD},
	{"no nextUpdate, one is wanted", 0, NONE, 0, 0, CHECK_NO_NEXT_UPDATE},
	{"no nextUpdate, from the future", 1, NONE, 0, 0, CHECK_NOT_YET_VALID},
	{"no nextUpdate, any age", -400 * INT64_C(86400), NONE, 0, ANY, CHECK_GOOD},
	{"no nextUpdate, of the greatest age", -60, NONE, 0, 60, CHECK_GOOD},
	{"no nextUpdate, a second older", -61, NONE, 0, 60, CHECK_STALE},
	{"the tolerance is not for an age", -61, NONE, 300, 60, CHECK_STALE},
	{"an age of a second", -1, NONE, 0, 1, CHECK_GOOD},
	{"an age of a second, two seconds old", -2, NONE, 0, 1, CHECK_STALE},
};

START_TEST(a_response_is_current_within_its_limits)
{
	bool has_next = rows[_i].next_update != NONE;
	enum check check = freshness_check(NOW + rows[_i].this_update,
					   has_next ? NOW + rows[_i].next_update : 0, has_next, NOW,
					   rows[_i].skew_s, rows[_i].max_age_s);
	ck_assert_msg(check == rows[_i].check, "%s: %s", rows[_i].name, check_name(check));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("freshness");
	TCase *tcase = tcase_create("freshness");
	tcase_add_loop_test(tcase, a_response_is_current_within_its_limits, 0,
			    sizeof rows / sizeof *rows);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
